// A member's holding through time: movements of shares, payments, what fell due; held against the statute on every day.
import type { StatuteTerms } from '../../statute/rules.ts';
import type { Day } from '../../values/calendar.ts';
import type { Draft } from './person.ts';
import type { Surroundings } from './check.ts';
import type { Reading } from './rows.ts';
import type { HistoricKind } from './values.ts';

/** A movement of shares as it will be recorded; `nominalCents` has the sign of `count`. */
export interface ArrivalMovement {
	on: Day;
	kind: HistoricKind;
	count: number;
	nominalCents: number;
	basis: string | null;
}

/** A change on a day, in cents. */
export interface ArrivalChange {
	day: Day;
	cents: number;
}

/** A member's holding through time. */
export interface Stretch {
	joinedOn: Day;
	movements: ArrivalMovement[];
	/** changes of the balance (Geschäftsguthaben) */
	paid: ArrivalChange[];
	/** changes of what is owed to a former member (Auseinandersetzungsguthaben) */
	settled: ArrivalChange[];
	/** what fell or falls due, beyond what is paid; claims follow from it */
	dues: ArrivalChange[];
}

interface MovementRow {
	row: Reading;
	on: Day;
	kind: HistoricKind;
	count: number;
	basis: string | null;
}

interface ChangeRow {
	row: Reading;
	on: Day;
	cents: number;
}

/** Everything that is said about one member's holding. */
export interface Said {
	reading: Reading;
	person: Draft;
	surroundings: Surroundings;
	termsOn: (day: Day) => StatuteTerms;
	movements: MovementRow[];
	payments: ChangeRow[];
	dues: ChangeRow[];
}

const byDay = <T extends { on: Day }>(rows: readonly T[]): T[] =>
	[...rows].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));

function movementsOf({ reading, person, movements }: Said): MovementRow[] | null {
	const held = reading.whole('shares', 'shares-wrong');
	if (held !== null && held < 0) {
		reading.problem('shares', 'shares-wrong', { value: String(held) });
		return null;
	}
	if (movements.length === 0) {
		if (person.joinedOn === null) {
			reading.problem('joinedOn', 'entry-missing');
			return null;
		}
		if (held === null && String(reading.cell('shares') ?? '').trim() !== '') return null;
		if (held === null || held === 0) {
			reading.problem('shares', 'shares-missing');
			return null;
		}
		return [{ row: reading, on: person.joinedOn, kind: 'admission', count: held, basis: null }];
	}
	const sorted = byDay(movements);
	const sum = sorted.reduce((total, { count }) => total + count, 0);
	// Lists of former members keep what they held, or nothing.
	if (held !== null && held !== sum && !(person.leftOn !== null && sum === 0)) {
		reading.problem('shares', 'shares-differ', { held, sum });
	}
	return sorted;
}

/** Walks through the movements: the first on the day of joining, one share or more while a member, within the limit. */
function walked(said: Said, rows: readonly MovementRow[]): { joinedOn: Day; movements: ArrivalMovement[] } | null {
	const { person, termsOn } = said;
	const [first] = rows;
	const joinedOn = person.joinedOn ?? first?.on;
	if (!first || joinedOn === undefined) return null;
	if (first.on < joinedOn) first.row.problem('effectiveOn', 'before-entry', { day: first.on, joinedOn });
	else if (first.on > joinedOn || first.count < 0)
		first.row.problem('effectiveOn', 'first-movement', { day: first.on, joinedOn });
	if (person.leftOn !== null && person.leftOn < joinedOn && person.joinedOn === null) {
		said.reading.problem('leftOn', 'exit-before-entry', { day: person.leftOn, joinedOn });
	}
	const movements: ArrivalMovement[] = [];
	let shares = 0;
	rows.forEach((row, i) => {
		const { on, count, basis } = row;
		if (person.leftOn !== null && on > person.leftOn)
			row.row.problem('effectiveOn', 'after-exit', { day: on, leftOn: person.leftOn });
		const terms = termsOn(on);
		shares += count;
		const last = person.leftOn !== null && on === person.leftOn;
		if (shares < 1 && !(last && shares === 0)) row.row.problem('shares', 'below-one-share', { shares, day: on });
		if (shares > terms.maxShares) row.row.problem('shares', 'over-limit', { shares, max: terms.maxShares });
		const kind = i === 0 ? ('admission' as const) : row.kind === 'admission' ? ('further' as const) : row.kind;
		movements.push({ on, kind, count, nominalCents: count * terms.nominalCents, basis });
	});
	const terms = termsOn(said.surroundings.today);
	if (person.leftOn === null && shares > 0 && shares < terms.mandatoryShares) {
		said.reading.problem('shares', 'below-mandatory', { shares, min: terms.mandatoryShares });
	}
	if (person.leftOn !== null && shares > 0) {
		// Every movement so far is undone by the exit, at the values it came with.
		const nominalCents = -movements.reduce((sum, movement) => sum + movement.nominalCents, 0);
		movements.push({ on: person.leftOn, kind: 'exit', count: -shares, nominalCents, basis: null });
	}
	return { joinedOn, movements };
}

/** Payments of the member, from their own table or from the row's balance. */
function paymentsOf(said: Said, joinedOn: Day): ChangeRow[] {
	const { reading, person, payments, surroundings } = said;
	const paid = reading.cents('paid');
	const paidOn = reading.day('paidOn');
	if (paid !== null && paid < 0) reading.problem('paid', 'paid-below-zero', { cents: paid });
	if (payments.length > 0) {
		const sum = payments.reduce((total, { cents }) => total + cents, 0);
		if (paid !== null && paid !== sum) reading.problem('paid', 'paid-differs', { paidCents: paid, sumCents: sum });
		return byDay(payments);
	}
	if (paid === null || paid <= 0) return [];
	const day = paidOn ?? surroundings.balanceOn;
	const on = day < joinedOn ? joinedOn : person.leftOn !== null && day > person.leftOn ? person.leftOn : day;
	return [{ row: reading, on, cents: paid }];
}

const sumUntil = (changes: readonly ArrivalChange[], day: Day): number =>
	changes.reduce((sum, change) => (change.day <= day ? sum + change.cents : sum), 0);

/** Balance and, from the exit on, what is owed to the former member: the balance moves over on the last day (M-70). */
function balancesOf(
	said: Said,
	{ joinedOn, movements }: { joinedOn: Day; movements: readonly ArrivalMovement[] },
): Pick<Stretch, 'paid' | 'settled'> {
	const { person, reading } = said;
	const paid: ArrivalChange[] = [];
	const settled: ArrivalChange[] = [];
	const nominalOn = (day: Day) =>
		movements.reduce(
			(sum, movement) =>
				movement.on <= day && !(movement.on === person.leftOn && movement.count < 0)
					? sum + movement.nominalCents
					: sum,
			0,
		);
	const rows = paymentsOf(said, joinedOn);
	const { leftOn } = person;
	for (const { row, on, cents } of rows.filter((one) => leftOn === null || one.on <= leftOn)) {
		if (on < joinedOn) row.problem('paidOn', 'before-entry', { day: on, joinedOn });
		const spot = row === reading ? 'paid' : 'amount';
		const sum = sumUntil(paid, on) + cents;
		if (sum < 0) row.problem(spot, 'paid-below-zero', { cents: sum });
		if (sum > nominalOn(on))
			row.problem(spot, 'paid-over-nominal', { paidCents: sum, nominalCents: nominalOn(on), day: on });
		paid.push({ day: on, cents });
	}
	// Shares given back take their balance along, or it is more than the rest can hold.
	for (const { on, count } of movements) {
		if (count > 0 || on === leftOn) continue;
		const over = sumUntil(paid, on) - nominalOn(on);
		if (over > 0)
			reading.problem('paid', 'paid-over-nominal', {
				paidCents: sumUntil(paid, on),
				nominalCents: nominalOn(on),
				day: on,
			});
	}
	if (leftOn === null) return { paid, settled };
	const owed = sumUntil(paid, leftOn);
	if (owed > 0) {
		paid.push({ day: leftOn, cents: -owed });
		settled.push({ day: leftOn, cents: owed });
	}
	for (const { row, on, cents } of rows.filter((one) => one.on > leftOn)) {
		if (cents > 0) row.problem('paidOn', 'after-exit', { day: on, leftOn });
		else if (sumUntil(settled, on) + cents < 0)
			row.problem('amount', 'paid-below-zero', { cents: sumUntil(settled, on) + cents });
		settled.push({ day: on, cents });
	}
	const open = settled.reduce((sum, { cents }) => sum + cents, 0);
	if (open > 0) reading.problem('paid', 'settlement-open', { openCents: open });
	return { paid, settled };
}

/** What falls due: as the table of dues says, else as much as is paid, with what the row calls open on top. */
function duesOf(said: Said, stretch: Pick<Stretch, 'paid' | 'movements'>): ArrivalChange[] {
	const { reading, person, dues, surroundings } = said;
	const open = reading.cents('dueAmount');
	const openOn = reading.day('dueOn', { future: true });
	const nominalCents = stretch.movements.reduce((sum, movement) => sum + Math.max(0, movement.nominalCents), 0);
	if (person.leftOn !== null) return stretch.paid;
	if (dues.length > 0) {
		let sum = 0;
		for (const { row, cents } of byDay(dues)) {
			sum += cents;
			if (sum > nominalCents) row.problem('amount', 'due-over-nominal', { dueCents: sum, nominalCents });
		}
		return byDay(dues).map(({ on, cents }) => ({ day: on, cents }));
	}
	if (open === null || open === 0) return stretch.paid;
	const paidCents = stretch.paid.reduce((sum, { cents }) => sum + cents, 0);
	if (open < 0) reading.problem('dueAmount', 'amount-zero');
	if (paidCents + open > nominalCents)
		reading.problem('dueAmount', 'due-over-nominal', { dueCents: paidCents + open, nominalCents });
	return [...stretch.paid, { day: openOn ?? surroundings.balanceOn, cents: open }];
}

/** A member's holding through time, or null if it makes no sense; everything wrong is noted at its row and column. */
export function historyOf(said: Said): Stretch | null {
	const rows = movementsOf(said);
	if (!rows) return null;
	const way = walked(said, rows);
	if (!way) return null;
	const balances = balancesOf(said, way);
	return { ...way, ...balances, dues: duesOf(said, { ...balances, movements: way.movements }) };
}
