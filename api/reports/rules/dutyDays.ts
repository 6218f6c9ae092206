// The days duties are due on: once a year, after a fiscal year, before an assembly, after something dated.
import { monthsAfter } from '../../shares/rules/noticeDays.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
import { addDays, addMonths, type Day } from '../../values/calendar.ts';
import type { DutyId } from './duties.ts';

/** Something of the cooperative that a due day hangs on: an assembly, a plant, a mandate, an event the board has entered. */
export interface Dated {
	id: string;
	/** shown with the duty; null where the day says it all */
	label: string | null;
	on: Day;
}

/** All that the calendar is calculated from. */
export interface CalendarFacts {
	/** 1 to 12 */
	fiscalYearEndMonth: number;
	/** first day of the statute: before it nothing is due */
	foundedOn: Day;
	/** the statute's terms */
	noticeMonths: number;
	payoutMonths: number;
	conveningDays: number;
	announcementDays: number;
	paysInterest: boolean;
	/** the balance sheet total is more than two million euro: an audit every year (§ 53(1) S. 2 GenG) */
	auditEveryYear: boolean;
	/** all assemblies, and the ordinary ones among them */
	meetings: readonly Dated[];
	assemblies: readonly Dated[];
	/** days on which dividends are paid */
	payouts: readonly Dated[];
	/** plants with the day of commissioning */
	plants: readonly Dated[];
	/** the cooperative proves to be a citizens' energy company (Bürgerenergiegesellschaft, E-15) for these plants */
	citizensPlantIds: readonly string[];
	/** fiscal years whose accounts were prepared, with the day */
	prepared: readonly Dated[];
	/** fiscal years with a loss of more than half of balances and reserves (P-11), with the day it was recorded */
	heavyLosses: readonly Dated[];
	/** last days of fiscal years with which somebody leaves */
	exitDays: readonly Day[];
	/** certificates that end: last day of validity */
	certificateEnds: readonly Day[];
	/** payments on shares that are due and unpaid */
	unpaid: readonly Dated[];
	/** mandates with the day of their last use */
	mandates: readonly Dated[];
	/** collections whose notice is still to go out, with the day of the debit */
	collections: readonly Dated[];
	/** what the board has entered, by duty */
	events: readonly (Dated & { duty: DutyId })[];
}

/** A time at which something is due, before it has a name. */
export interface Due {
	subject: string;
	label?: string | null;
	dueOn: Day;
	opensOn?: Day;
	remindOn?: Day;
}

/** A fiscal year and the calendar year it ends in. */
export interface Year {
	end: Day;
	subject: string;
	calendarYear: number;
}

/** Once for every fiscal year, or for those it applies to. */
export const perYear =
	(
		dueOn: (year: Year, facts: CalendarFacts) => Day,
		applies: (facts: CalendarFacts, year: Year) => boolean = () => true,
	) =>
	(facts: CalendarFacts, years: readonly Year[]): Due[] =>
		years.filter((year) => applies(facts, year)).map((year) => ({ subject: year.subject, dueOn: dueOn(year, facts) }));

/** On the same day of every calendar year. */
export const everyYear =
	(day: string, applies: (facts: CalendarFacts) => boolean = () => true) =>
	(facts: CalendarFacts, years: readonly Year[]): Due[] =>
		applies(facts)
			? years.map(({ calendarYear }) => ({ subject: String(calendarYear), dueOn: `${calendarYear}-${day}` }))
			: [];

/** Once for each of some dated things. */
export const perItem =
	(items: (facts: CalendarFacts) => readonly Dated[], dueOn: (on: Day, facts: CalendarFacts) => Day) =>
	(facts: CalendarFacts): Due[] =>
		items(facts).map(({ id, label, on }) => ({ subject: id, label, dueOn: dueOn(on, facts) }));

/** Once for each day the board has entered for a duty. */
export const eventsOf =
	(duty: string, dueOn: (on: Day) => Day = (on) => on) =>
	(facts: CalendarFacts): Due[] =>
		facts.events
			.filter((event) => event.duty === duty)
			.map(({ id, label, on }) => ({ subject: id, label, dueOn: dueOn(on) }));

/** So many months after the end of every fiscal year. */
export const afterYear = (months: number) => perYear(({ end }) => monthsAfter(end, months));
/** Whether there is a plant at all. */
export const hasPlants = ({ plants }: CalendarFacts) => plants.length > 0;
/** The 28 or 29 February of a year. */
export const lastOfFebruary = (year: number): Day => addDays(`${year}-03-01`, -1);

/** The ordinary assembly that deals with a fiscal year: the first one after its end, at most fourteen months later. */
function assemblyAfter({ assemblies }: CalendarFacts, end: Day): Dated | undefined {
	return [...assemblies]
		.sort((a, b) => (a.on < b.on ? -1 : 1))
		.find(({ on }) => on > end && on <= monthsAfter(end, 14));
}

/** The audit (Pflichtprüfung, § 53 GenG): every second fiscal year, or every year of larger cooperatives. */
export function audits(facts: CalendarFacts, years: readonly Year[]): Due[] {
	const first = Number(fiscalYearOf(facts.foundedOn, facts.fiscalYearEndMonth).end.slice(0, 4));
	return years
		.filter(({ calendarYear }) => facts.auditEveryYear || (calendarYear - first) % 2 === 1)
		.map(({ subject, end }) => ({ subject, dueOn: end }));
}

/** Disclosure (Offenlegung, § 339 HGB): without delay after the assembly, within twelve months at the latest. */
export function disclosure(facts: CalendarFacts, years: readonly Year[]): Due[] {
	return years.map(({ subject, end }) => {
		const assembly = assemblyAfter(facts, end);
		const dueOn = monthsAfter(end, 12);
		const soon = addDays(dueOn, -60);
		return {
			...{ subject, dueOn },
			...(assembly && assembly.on < soon ? { opensOn: assembly.on, remindOn: assembly.on } : {}),
		};
	});
}

/** Before the start of the month that precedes the switch: the last day of the month before that (§ 21c(1) EEG). */
export const beforeSwitch = (on: Day): Day => addDays(addMonths(`${on.slice(0, 7)}-01`, -1), -1);

/** Every five years after commissioning, as long as plants are supported (twenty years). */
export function citizensProofs({ plants, citizensPlantIds }: CalendarFacts): Due[] {
	return plants
		.filter(({ id }) => citizensPlantIds.includes(id))
		.flatMap(({ id, label, on }) =>
			[5, 10, 15, 20].map((years) => ({ subject: `${id}/${years}`, label, dueOn: addMonths(on, years * 12) })),
		);
}
