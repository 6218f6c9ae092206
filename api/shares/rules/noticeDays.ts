// Days of leaving as arithmetic: until when a notice is in time, which year's end it reaches, periods of months after an exit.
import { fiscalYearOf } from '../../statute/rules.ts';
import { addDays, addMonths, type Day } from '../../values/calendar.ts';

/** The last day on which a notice must have arrived to end on that fiscal year's end; weekends do not shift it (§ 65(2) GenG, M-40). */
export function lastNoticeDay(fiscalYearEnd: Day, months: number): Day {
	return addDays(addMonths(addDays(fiscalYearEnd, 1), -months), -1);
}

/** The longest period a statute may set: five years, ten where more than three quarters of the members are businesses (§ 65(2) GenG, M-40). */
export function longestNoticeMonths(mostlyBusinesses: boolean): number {
	return mostlyBusinesses ? 120 : 60;
}

/** The end of `count` months that begin after a day: exit 31 December, six months: 30 June. */
export function monthsAfter(day: Day, count: number): Day {
	return addDays(addMonths(addDays(day, 1), count), -1);
}

/** How fiscal years run. */
export interface Years {
	/** month in which fiscal years end, 1 to 12 */
	endMonth: number;
}

/** The first fiscal year's end for which a notice that arrived on `receivedOn` comes in time (M-40). */
export function noticeEnd(
	receivedOn: Day,
	{ noticeMonths, endMonth }: Years & { noticeMonths: number },
): { effectiveOn: Day; lastDayForThat: Day; missed: { end: Day; lastDay: Day } | null } {
	let end = fiscalYearOf(receivedOn, endMonth).end;
	let missed: { end: Day; lastDay: Day } | null = null;
	while (lastNoticeDay(end, noticeMonths) < receivedOn) {
		missed = { end, lastDay: lastNoticeDay(end, noticeMonths) };
		end = fiscalYearOf(addDays(end, 1), endMonth).end;
	}
	return { effectiveOn: end, lastDayForThat: lastNoticeDay(end, noticeMonths), missed };
}

/** The first day on which a member who joined on `joinedOn` has been one for a full fiscal year (§ 65(3) GenG, M-41). */
export function fullYearSince(joinedOn: Day, endMonth: number): Day {
	const first = fiscalYearOf(joinedOn, endMonth);
	const full = first.start === joinedOn ? first : fiscalYearOf(addDays(first.end, 1), endMonth);
	return addDays(full.end, 1);
}

/** True if the exit is void because the cooperative was dissolved within six months after it (§ 75 S. 1 GenG, M-48). */
export function isVoidByDissolution(exitOn: Day, dissolvedOn: Day): boolean {
	return exitOn <= dissolvedOn && dissolvedOn <= monthsAfter(exitOn, 6);
}
