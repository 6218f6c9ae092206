// A lower nominal value: how long creditors may report (§ 22 GenG), what is no longer owed, and what was paid in above it.
import { addMonths, type Day, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Change } from '../rules.ts';

/** What became of a creditor who reported: given security, paid, or nothing was owed. */
export const creditorAnswers = ['secured', 'satisfied', 'unfounded'] as const;

/** The last day on which creditors may report: six months from the announcement (§ 22(2) S. 1 GenG; §§ 187, 188 BGB). */
export function lastReportDay(announcedOn: Day): Day {
	return addMonths(announcedOn, 6);
}

/** Where a reduction stands. */
export interface ReductionStanding {
	registeredOn: Day;
	announcedOn: Day | null;
	announcedBy: string | null;
	effectiveOn: Day | null;
	/** creditors who reported and have no answer yet */
	openCreditors: number;
}

/**
 * Whether the announcement may be recorded with that day. Refuses conflict `shares.reduction-announced`; invalid
 * `shares.announcement-day-wrong` {from} before the entry in the register or in the future.
 */
export function checkAnnouncement(
	{ registeredOn, announcedOn: earlier }: Pick<ReductionStanding, 'registeredOn' | 'announcedOn'>,
	announcedOn: Day,
	today: Day,
): void {
	if (earlier !== null) throw new Refusal('conflict', 'shares.reduction-announced', {}, { rule: 'S-06' });
	if (!isDay(announcedOn) || announcedOn < registeredOn || announcedOn > today) {
		throw new Refusal('invalid', 'shares.announcement-day-wrong', { from: registeredOn }, { field: 'announcedOn' });
	}
}

/**
 * Whether a creditor's report counts. Refuses conflict `shares.reduction-unannounced`, `shares.reduction-effected`; invalid
 * `shares.report-day-wrong` {from, until} outside the six months or in the future.
 */
export function checkReport(
	{ announcedOn, effectiveOn }: Pick<ReductionStanding, 'announcedOn' | 'effectiveOn'>,
	reportedOn: Day,
	today: Day,
): void {
	if (announcedOn === null) throw new Refusal('conflict', 'shares.reduction-unannounced');
	if (effectiveOn !== null) throw new Refusal('conflict', 'shares.reduction-effected');
	const until = lastReportDay(announcedOn);
	if (!isDay(reportedOn) || reportedOn < announcedOn || reportedOn > until || reportedOn > today) {
		throw new Refusal('invalid', 'shares.report-day-wrong', { from: announcedOn, until }, { field: 'reportedOn' });
	}
}

/**
 * Whether members may rely on the lower value (§ 22(3) GenG): announced, the six months over, everybody who reported paid or secured; by
 * another person than the one who recorded the announcement. Refuses conflict `shares.reduction-effected`,
 * `shares.reduction-unannounced`, `shares.reduction-waiting` {until}, `shares.creditors-open` {count}; forbidden
 * `shares.second-person-needed`.
 */
export function checkEffect(standing: ReductionStanding, personId: string, today: Day): void {
	const { announcedOn, announcedBy, effectiveOn, openCreditors: count } = standing;
	if (effectiveOn !== null) throw new Refusal('conflict', 'shares.reduction-effected');
	if (announcedOn === null) throw new Refusal('conflict', 'shares.reduction-unannounced', {}, { rule: 'S-06' });
	const until = lastReportDay(announcedOn);
	if (today <= until) throw new Refusal('conflict', 'shares.reduction-waiting', { until }, { rule: 'S-06' });
	if (count > 0) throw new Refusal('conflict', 'shares.creditors-open', { count }, { rule: 'S-06' });
	if (announcedBy === personId) throw new Refusal('forbidden', 'shares.second-person-needed');
}

/**
 * What is no longer owed where a member's shares are worth `mostCents` from a day on: what falls due last goes first, what was due already
 * goes on the day itself. Negative; nothing before `from` changes.
 */
export function cutDues(dues: readonly Change[], mostCents: number, from: Day): Change[] {
	let overCents = dues.reduce((sum, { cents }) => sum + cents, 0) - mostCents;
	const later = new Map<Day, number>();
	for (const { day, cents } of dues) if (day > from) later.set(day, (later.get(day) ?? 0) + cents);
	const cuts: Change[] = [];
	for (const [day, cents] of [...later].sort(([a], [b]) => (a < b ? 1 : -1))) {
		const cut = Math.min(Math.max(0, overCents), Math.max(0, cents));
		if (cut > 0) cuts.push({ day, cents: -cut });
		overCents -= cut;
	}
	return overCents > 0 ? [...cuts, { day: from, cents: -overCents }] : cuts;
}
