// Duties of the year: reads the words of the list (FY_END+5M, ASSEMBLY-2W …) as days, and asks the rules for theirs.
import { occurrencesBetween, type DutyId, dutyIds, dutyRule } from '../../api/reports/rules/duties.ts';
import type { CalendarFacts } from '../../api/reports/rules/dutyDays.ts';
import { type Fields, textOf, type VectorCase } from './given.ts';

const dayMs = 86_400_000;
const utc = (y: number, month: number, d: number) => Date.UTC(y, month - 1, d);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const plus = (day: string, days: number) => dayOf(Date.parse(day) + days * dayMs);

const known = {
	FY_END: '2025-12-31',
	ASSEMBLY: '2026-06-26',
	PAYOUT_DATE: '2026-07-15',
	REQUEST: '2026-03-10',
	COMMISSIONING: '2026-04-20',
	MANDATE_LAST_USE: '2023-05-05',
	DUE: '2026-05-29',
};

/** What the days of the list are counted from: a calendar year as fiscal year, one of everything that can be due in it. */
export const exampleFacts: CalendarFacts = {
	...{ fiscalYearEndMonth: 12, foundedOn: '2012-03-15', noticeMonths: 3, payoutMonths: 6 },
	...{ conveningDays: 14, announcementDays: 7, paysInterest: true, auditEveryYear: false },
	meetings: [{ id: 'a', label: null, on: known.ASSEMBLY }],
	assemblies: [{ id: 'a', label: null, on: known.ASSEMBLY }],
	payouts: [{ id: 'p', label: null, on: known.PAYOUT_DATE }],
	plants: [
		{ id: 'old', label: null, on: '2021-09-01' },
		{ id: 'new', label: null, on: known.COMMISSIONING },
	],
	citizensPlantIds: ['old', 'new'],
	prepared: [{ id: '2025', label: null, on: '2026-05-12' }],
	heavyLosses: [{ id: '2025', label: null, on: '2026-05-13' }],
	exitDays: ['2024-12-31', '2025-12-31', '2026-12-31'],
	certificateEnds: ['2026-12-31'],
	unpaid: [{ id: 'u', label: null, on: '2016-08-01' }],
	mandates: [{ id: 'm', label: null, on: known.MANDATE_LAST_USE }],
	collections: [{ id: 'c', label: null, on: known.DUE }],
	events: [
		{ id: 'request', duty: 'C-14', label: null, on: known.REQUEST },
		{ id: 'report', duty: 'C-15', label: null, on: '2026-04-01' },
		{ id: 'switch', duty: 'C-25', label: null, on: '2026-10-01' },
		{ id: 'board', duty: 'C-34', label: null, on: '2026-02-02' },
		{ id: 'term', duty: 'C-35', label: null, on: '2026-06-27' },
	],
};

function monthsLater(day: string, months: number, lastDay: boolean): string {
	const [y = 0, m = 0, d = 0] = day.split('-').map(Number);
	const end = new Date(utc(y, m + months + 1, 0)).getUTCDate();
	return dayOf(utc(y, m + months, lastDay ? end : Math.min(d, end)));
}

/** The days of 2026 that words of the list mean for the example; undefined for words nobody has taught this reader. */
export function daysOf(due: string): string[] | undefined {
	const step = /^([A-Z_]+)([+-])(\d+)([DWM])/.exec(due);
	const base = known[step?.[1] as keyof typeof known];
	if (step && base) {
		const [count, sign] = [Number(step[3]), step[2] === '-' ? -1 : 1];
		if (step[4] === 'M') return [monthsLater(base, sign * count, step[1] === 'FY_END')];
		// FY_END+1D is the day after every fiscal year's end: the one of 2026 follows the end of 2025.
		if (step[4] === 'D') return [plus(base, sign * count)];
		// Whole weeks before an assembly: neither its day nor the day of receipt counts.
		return [plus(base, sign * (7 * count + 1))];
	}
	const fixed = /^(before )?--(\d\d-\d\d)(?:\/--(\d\d-\d\d))?/.exec(due);
	if (fixed) return [plus(`2026-${fixed[3] ?? fixed[2]}`, fixed[1] ? -1 : 0)];
	const told: Record<string, string[]> = {
		ASSEMBLY: [known.ASSEMBLY],
		PAYOUT_DATE: [known.PAYOUT_DATE],
		'on preparation': ['2026-05-12'],
		'ASSEMBLY without delay, latest FY_END+12M': ['2026-12-31'],
		'every 2nd FY; every FY if balance sheet > 2 Mio EUR': [],
		'on receipt of audit report': ['2026-04-01'],
		'last day of February': ['2026-02-28'],
		'NOTICE_DEADLINE (e.g. --09-30 at 3 months)': ['2026-09-30'],
		'event: loss > half of balances + reserves': ['2026-05-13'],
		'before start of the month preceding the switch': ['2026-08-31'],
		'every 5 years after commissioning': ['2026-09-01'],
		'10 years after becoming due': ['2026-08-01'],
		'event: change of board': ['2026-02-02'],
		'term ends': ['2026-06-27'],
	};
	return told[due];
}

/** What the case expects, which the list does not set apart: the words, the days they mean, how long before, who. */
export function expectedDuty({ due, remind_before, owner }: Fields): Fields {
	const words = textOf(due) ?? '';
	return { due, remind_before, owner, days: daysOf(words)?.join(' ') ?? 'words not understood' };
}

/** What the rules say about a duty of the list; undefined for one they do not know. */
export function duty({ id }: VectorCase): Fields | undefined {
	if (!dutyIds.includes(id as DutyId)) return undefined;
	const { due, remindDays, owner } = dutyRule(id as DutyId);
	const days = occurrencesBetween(exampleFacts, '2026-01-01', '2026-12-31')
		.filter((one) => one.duty === id && !one.key.endsWith('old'))
		.map(({ dueOn }) => dueOn);
	return { due, remind_before: `${remindDays}d`, owner, days: days.join(' ') };
}
