// How long each euro of a balance earned in a fiscal year: the distribution methods B, C and D, and who earns after a transfer.
import type { FiscalYear } from '../../statute/rules.ts';
import { addDays, addMonths, type Day, daysBetween, partsOf } from '../../values/calendar.ts';
import { Decimal, floorCent } from '../../values/money.ts';
import type { MemberBase } from './allocation.ts';

/**
 * Distribution keys a statute may choose (§ 19(1), (2) S. 1 GenG). A: balance at the end of the previous fiscal year (P-20) ·
 * B: full calendar months (P-21) · C: days (P-22) · D: quarters, fully paid shares only (P-23).
 */
export const dividendMethods = ['A', 'B', 'C', 'D'] as const;
export type DividendMethod = (typeof dividendMethods)[number];
/** The methods that count time. */
export type TimedMethod = Exclude<DividendMethod, 'A'>;

/** The rule of each method. */
export const methodRules = { A: 'P-20', B: 'P-21', C: 'P-22', D: 'P-23' } as const;

/** What a balance grew by on a day (payment, credited profit), negative where it shrank (loss written off). */
export interface BalanceChange {
	readonly on: Day;
	readonly cents: number;
}

/** One member's balance (Geschäftsguthaben) through a fiscal year: what was there at its start, and what changed. */
export interface Holding {
	readonly memberNumber: number;
	readonly openingCents: number;
	/** in any order; those before the year belong to its start, those after it do not count */
	readonly changes: readonly BalanceChange[];
}

/** A part of a base: so many cents that earned for so many units of time, months, days or quarters. Negative cents earned less. */
export interface BasePart {
	readonly cents: number;
	/** the day it came or went, by method D the quarter's first; null: there at the start of the year */
	readonly on: Day | null;
	readonly units: number;
}

/** A member's base of a method that counts time. */
export interface TimedBase extends MemberBase {
	/** the mean balance that earned, over a whole year, rounded down: for showing, never for dividing */
	readonly baseCents: number;
	/** cents × units of time: exact, what the dividend goes by */
	readonly unitCents: number;
	readonly parts: readonly BasePart[];
}

/**
 * Units of a whole year: 12 months, 4 quarters, 365 or 366 days (act/act). A rate is one per year, so in a short fiscal year
 * (Rumpfgeschäftsjahr) even a balance that was always there earns only a part of it.
 */
export function unitsPerYear(method: TimedMethod, { end }: Pick<FiscalYear, 'end'>): number {
	if (method === 'B') return 12;
	if (method === 'D') return 4;
	const next = addDays(end, 1);
	return daysBetween(addMonths(next, -12), next);
}

const monthOf = (day: Day): number => {
	const [year, month] = partsOf(day);
	return year * 12 + month;
};

function quarterStarts({ start, end }: FiscalYear): Day[] {
	// Quarters end with the fiscal year; in a short year the first of them may have begun before it, and counts from its start.
	const next = addDays(end, 1);
	const starts = [-12, -9, -6, -3].map((months) => addMonths(next, months));
	return starts.filter((_, i) => addMonths(next, -9 + 3 * i) > start).map((day) => (day < start ? start : day));
}

/**
 * For how many units what was paid in on a day earns in the fiscal year (P-21 to P-23). B: calendar months from the payment on, the
 * month itself only if paid on its 1st. C: days after the payment, that day not counted. D: quarters that begin after the payment.
 */
export function earningUnits(method: TimedMethod, paidOn: Day, year: FiscalYear): number {
	const from = paidOn < year.start ? addDays(year.start, -1) : paidOn;
	if (method === 'C') return Math.max(0, daysBetween(from, year.end));
	if (method === 'D') return quarterStarts(year).filter((start) => start > from).length;
	const firstMonth = monthOf(from) + (partsOf(from)[2] === 1 ? 0 : 1);
	return Math.max(0, monthOf(year.end) - firstMonth + 1);
}

function partsByTime(method: 'B' | 'C', holding: Holding, year: FiscalYear): BasePart[] {
	return [
		{ cents: openingOf(holding, year), on: null, units: earningUnits(method, addDays(year.start, -1), year) },
		...changesIn(holding, year).map(({ cents, on }) => ({ cents, on, units: earningUnits(method, on, year) })),
	];
}

function openingOf({ openingCents, changes }: Holding, year: FiscalYear): number {
	return changes.reduce((sum, { on, cents }) => (on < year.start ? sum + cents : sum), openingCents);
}

function changesIn({ changes }: Holding, { start, end }: FiscalYear): BalanceChange[] {
	return changes.filter(({ on }) => start <= on && on <= end).sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

// Whole shares are counted quarter by quarter: two payments that fill one share earn from the quarter after the second.
function partsByQuarter(holding: Holding, year: FiscalYear, shareCents: number): BasePart[] {
	const starts = quarterStarts(year);
	const changes = changesIn(holding, year);
	const fullOn = (start: Day): number => {
		const balance = changes.reduce((sum, { on, cents }) => (on < start ? sum + cents : sum), openingOf(holding, year));
		return balance - (balance % shareCents);
	};
	let before = 0;
	return starts.map((start, i) => {
		const full = fullOn(start);
		const cents = full - before;
		before = full;
		return { cents, on: i === 0 ? null : start, units: starts.length - i };
	});
}

/**
 * A member's base by a method that counts time: each cent times the months (B, P-21), days (C, P-22) or quarters (D, P-23) it earned.
 * What leaves the balance stops earning by the same count, so that no time is earned twice. D counts shares that are fully paid when
 * the quarter begins; `shareCents` is the nominal value of one (Geschäftsanteil).
 * Throws RangeError if a balance was ever below zero or `shareCents` is no positive number of cents.
 */
export function timedBase(method: TimedMethod, holding: Holding, year: FiscalYear, shareCents: number): TimedBase {
	if (!Number.isSafeInteger(shareCents) || shareCents <= 0) throw new RangeError('a share has a nominal value');
	const changes = changesIn(holding, year);
	const days = new Set(changes.map(({ on }) => on));
	const balanceOn = (day: Day) =>
		changes.reduce((sum, { on, cents }) => (on <= day ? sum + cents : sum), openingOf(holding, year));
	if ([addDays(year.start, -1), ...days].some((day) => balanceOn(day) < 0)) {
		throw new RangeError(`the balance of member ${holding.memberNumber} is below zero`);
	}
	const parts = (
		method === 'D' ? partsByQuarter(holding, year, shareCents) : partsByTime(method, holding, year)
	).filter(({ cents }) => cents !== 0);
	const unitCents = parts.reduce((sum, { cents, units }) => sum + cents * units, 0);
	const baseCents = floorCent(new Decimal(unitCents).div(unitsPerYear(method, year)));
	return { memberNumber: holding.memberNumber, baseCents, unitCents, parts };
}
