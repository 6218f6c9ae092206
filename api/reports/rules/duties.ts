// The year of a cooperative (rulebook § 8): what is due when, and from when on the board is reminded of it.
import { conveningDeadlines } from '../../assemblies/rules.ts';
import { lastNoticeDay, monthsAfter } from '../../shares/rules/noticeDays.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
import { addDays, addMonths, type Day, partsOf } from '../../values/calendar.ts';
import {
	afterYear,
	audits,
	beforeSwitch,
	type CalendarFacts,
	citizensProofs,
	disclosure,
	type Due,
	eventsOf,
	everyYear,
	hasPlants,
	lastOfFebruary,
	perItem,
	perYear,
	type Year,
} from './dutyDays.ts';

/** One time at which something is due. */
export interface Occurrence {
	duty: DutyId;
	/** the same for the same duty, also if its day moves */
	key: string;
	label: string | null;
	/** the first day on which it can be done, where there is one */
	opensOn: Day | null;
	dueOn: Day;
	/** the board is reminded from this day on */
	remindOn: Day;
}

interface Definition {
	/** when it is due, in the words of the list of duties */
	due: string;
	remindDays: number;
	/** paragraph it rests on */
	law: string;
	/** which events the board enters for it: 'event' where it is known only to people */
	source: 'calculated' | 'event';
	dues: (facts: CalendarFacts, years: readonly Year[]) => Due[];
}

/**
 * Every duty of the list, by its id. `dueOn` follows §§ 187, 188 BGB; weekends do not move it. Two weeks before an assembly are
 * fourteen full days between receipt and assembly (C3), one week seven (C6).
 */
const definitions = {
	'C-01': { due: 'FY_END+5M', remindDays: 45, law: '§ 336(1) HGB', source: 'calculated', dues: afterYear(5) },
	'C-02': {
		...{ due: 'on preparation', remindDays: 0, law: '§ 33(1) GenG', source: 'calculated' },
		dues: perItem(
			({ prepared }) => prepared,
			(on) => on,
		),
	},
	'C-03': { due: 'FY_END+6M', remindDays: 60, law: '§ 48(1) GenG', source: 'calculated', dues: afterYear(6) },
	'C-04': {
		...{ due: 'ASSEMBLY-2W (earlier if statute)', remindDays: 7, law: '§ 46(1) GenG', source: 'calculated' },
		dues: perItem(
			({ meetings }) => meetings,
			(on, facts) => conveningDeadlines(on, facts).latestReceiptOn,
		),
	},
	'C-05': {
		...{ due: 'ASSEMBLY-1W', remindDays: 3, law: '§ 46(2) GenG', source: 'calculated' },
		dues: perItem(
			({ meetings }) => meetings,
			(on, facts) => conveningDeadlines(on, facts).latestAdditionOn,
		),
	},
	'C-06': {
		...{ due: 'ASSEMBLY-1W', remindDays: 5, law: '§ 48(3) GenG', source: 'calculated' },
		dues: perItem(
			({ assemblies }) => assemblies,
			(on) => addDays(on, -8),
		),
	},
	'C-07': {
		...{ due: 'ASSEMBLY', remindDays: 14, law: '§ 44(2) EStG', source: 'calculated' },
		dues: perItem(
			({ assemblies }) => assemblies,
			(on) => on,
		),
	},
	'C-08': {
		...{ due: 'PAYOUT_DATE', remindDays: 7, law: '§ 44(1) S. 5 EStG', source: 'calculated' },
		dues: perItem(
			({ payouts }) => payouts,
			(on) => on,
		),
	},
	'C-09': {
		...{ due: 'PAYOUT_DATE+30D', remindDays: 0, law: '§ 45a(2) EStG', source: 'calculated' },
		dues: perItem(
			({ payouts }) => payouts,
			(on) => addDays(on, 30),
		),
	},
	'C-10': {
		...{ due: 'FY_END+6M', remindDays: 30, law: '§§ 73(2), 75, 8a GenG', source: 'calculated' },
		dues: perYear(
			({ end }, { payoutMonths }) => monthsAfter(end, payoutMonths),
			({ exitDays }, { end }) => exitDays.includes(end),
		),
	},
	'C-11': {
		...{ due: 'FY_END+6M', remindDays: 30, law: '§ 21a(1) GenG', source: 'calculated' },
		dues: perYear(
			({ end }) => monthsAfter(end, 6),
			({ paysInterest }) => paysInterest,
		),
	},
	'C-12': {
		...{ due: 'ASSEMBLY without delay, latest FY_END+12M', remindDays: 60, law: '§ 339(1) HGB', source: 'calculated' },
		dues: disclosure,
	},
	'C-13': {
		due: 'every 2nd FY; every FY if balance sheet > 2 Mio EUR',
		...{ remindDays: 120, law: '§ 53(1) GenG', source: 'calculated', dues: audits },
	},
	'C-14': {
		...{ due: 'REQUEST+2M', remindDays: 14, law: '§ 53a(2) GenG', source: 'event' },
		dues: eventsOf('C-14', (on) => addMonths(on, 2)),
	},
	'C-15': {
		...{ due: 'on receipt of audit report', remindDays: 0, law: '§§ 58(4), 59(1) GenG', source: 'event' },
		dues: eventsOf('C-15'),
	},
	'C-16': { due: '--06-30', remindDays: 45, law: '§ 51a(2c) EStG', source: 'calculated', dues: everyYear('06-30') },
	'C-17': {
		...{ due: '--09-01/--10-31', remindDays: 14, law: '§ 51a(2c) EStG', source: 'calculated' },
		dues: (_facts, years) =>
			years.map(({ calendarYear: year }) => ({
				...{ subject: String(year), opensOn: `${year}-09-01`, dueOn: `${year}-10-31` },
				remindOn: addDays(`${year}-09-01`, -14),
			})),
	},
	'C-18': {
		...{ due: 'last day of February', remindDays: 30, law: '§ 45d(1) EStG, § 93c AO', source: 'calculated' },
		dues: (_facts, years) =>
			years.map(({ calendarYear }) => ({ subject: String(calendarYear), dueOn: lastOfFebruary(calendarYear) })),
	},
	'C-19': {
		...{ due: '--12-31', remindDays: 60, law: '§ 44a(2) EStG', source: 'calculated' },
		dues: ({ certificateEnds }, years) =>
			years
				.filter(({ calendarYear }) => certificateEnds.some((day) => partsOf(day)[0] === calendarYear))
				.map(({ calendarYear }) => ({ subject: String(calendarYear), dueOn: `${calendarYear}-12-31` })),
	},
	'C-20': {
		...{ due: 'NOTICE_DEADLINE (e.g. --09-30 at 3 months)', remindDays: 30, law: '§ 65(2) GenG', source: 'calculated' },
		dues: perYear(({ end }, { noticeMonths }) => lastNoticeDay(end, noticeMonths)),
	},
	'C-21': {
		...{ due: 'FY_END+1D', remindDays: 0, law: '§ 69 GenG', source: 'calculated' },
		dues: perYear(
			({ end }) => addDays(end, 1),
			({ exitDays }, { end }) => exitDays.includes(end),
		),
	},
	'C-22': {
		...{ due: 'event: loss > half of balances + reserves', remindDays: 0, law: '§ 33(3) GenG', source: 'calculated' },
		dues: perItem(
			({ heavyLosses }) => heavyLosses,
			(on) => on,
		),
	},
	'C-23': {
		...{ due: '--02-28', remindDays: 21, law: '§§ 71, 26(2) EEG', source: 'calculated' },
		dues: everyYear('02-28', hasPlants),
	},
	'C-24': {
		...{ due: 'before --12-01', remindDays: 21, law: '§ 48(2a) EEG', source: 'calculated' },
		dues: everyYear('11-30', hasPlants),
	},
	'C-25': {
		...{ due: 'before start of the month preceding the switch', remindDays: 14, law: '§ 21c(1) EEG', source: 'event' },
		dues: eventsOf('C-25', beforeSwitch),
	},
	'C-26': {
		...{ due: 'COMMISSIONING+1M', remindDays: 14, law: '§ 5(5) MaStRV', source: 'calculated' },
		dues: perItem(
			({ plants }) => plants,
			(on) => addMonths(on, 1),
		),
	},
	'C-27': {
		...{ due: 'every 5 years after commissioning', remindDays: 90, law: '§ 22b(4) EEG', source: 'calculated' },
		dues: citizensProofs,
	},
	'C-28': {
		...{ due: '--07-31', remindDays: 30, law: '§ 71(4) EEG', source: 'calculated' },
		dues: everyYear('07-31', hasPlants),
	},
	'C-29': {
		...{ due: '10 years after becoming due', remindDays: 180, law: '§ 22(6) GenG', source: 'calculated' },
		dues: perItem(
			({ unpaid }) => unpaid,
			(on) => addMonths(on, 120),
		),
	},
	'C-30': {
		...{ due: 'MANDATE_LAST_USE+36M', remindDays: 60, law: 'SEPA', source: 'calculated' },
		dues: perItem(
			({ mandates }) => mandates,
			(on) => addMonths(on, 36),
		),
	},
	'C-31': {
		...{ due: 'DUE-14D (or agreed shorter)', remindDays: 3, law: 'SEPA', source: 'calculated' },
		dues: perItem(
			({ collections }) => collections,
			(on) => addDays(on, -14),
		),
	},
	'C-32': {
		...{ due: '--12-31', remindDays: 30, law: '§ 257 HGB, § 147 AO', source: 'calculated' },
		dues: everyYear('12-31'),
	},
	'C-33': {
		...{ due: '--07-31 (with adviser later)', remindDays: 60, law: '§ 149(2) AO', source: 'calculated' },
		dues: everyYear('07-31'),
	},
	'C-34': {
		...{ due: 'event: change of board', remindDays: 0, law: '§ 28 GenG', source: 'event' },
		dues: eventsOf('C-34'),
	},
	'C-35': {
		...{ due: 'term ends', remindDays: 180, law: '§§ 24, 36, 43a GenG', source: 'event' },
		dues: eventsOf('C-35'),
	},
} as const satisfies Record<`C-${number}`, Definition>;

/** Id of a duty: 'C-01' to 'C-35'. */
export type DutyId = keyof typeof definitions;

/** All ids in order. */
export const dutyIds = Object.keys(definitions) as DutyId[];

/** Duties that hang on something only people know: the board enters its day. */
export const enteredDuties = dutyIds.filter((id) => definitions[id].source === 'event');

/** When a duty is due in words, how many days before the board is reminded, who is in charge, and the law. */
export function dutyRule(id: DutyId): { due: string; remindDays: number; owner: 'board'; law: string } {
	const { due, remindDays, law } = definitions[id];
	return { due, remindDays, owner: 'board', law };
}

function yearsAround(facts: CalendarFacts, from: Day, to: Day): Year[] {
	const years: Year[] = [];
	// The notice for a fiscal year's end can be due ten years before it.
	const last = addMonths(to, Math.max(14, facts.noticeMonths + 2));
	let { start, end } = fiscalYearOf(addMonths(from, -36), facts.fiscalYearEndMonth);
	while (start <= last) {
		years.push({ end, subject: end, calendarYear: partsOf(end)[0] });
		({ start, end } = fiscalYearOf(addDays(end, 1), facts.fiscalYearEndMonth));
	}
	return years;
}

/** Everything due from one day to another, both included, the earliest first; nothing from before the founding. */
export function occurrencesBetween(facts: CalendarFacts, from: Day, to: Day): Occurrence[] {
	const years = yearsAround(facts, from, to);
	return dutyIds
		.flatMap((duty) => {
			const { dues, remindDays }: Definition = definitions[duty];
			return dues(facts, years).map(({ subject, label = null, dueOn, opensOn = null, remindOn }) => ({
				...{ duty, key: `${duty}/${subject}`, label, opensOn, dueOn },
				remindOn: remindOn ?? addDays(dueOn, -remindDays),
			}));
		})
		.filter(({ dueOn }) => dueOn >= from && dueOn <= to && dueOn > facts.foundedOn)
		.sort((a, b) => (a.dueOn === b.dueOn ? (a.key < b.key ? -1 : 1) : a.dueOn < b.dueOn ? -1 : 1));
}
