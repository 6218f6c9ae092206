// All tables of a move held together: what each member comes with, and everything that stands in the way.
import type { StatuteTerms } from '../../statute/rules.ts';
import type { Day } from '../../values/calendar.ts';
import { isIban, maskedIban, normalised } from '../../values/identifiers.ts';
import { historyOf, type Stretch } from './history.ts';
import { type Draft, personOf } from './person.ts';
import { Findings, type Problem } from './problems.ts';
import { type Reading, readingsOf, type Table } from './rows.ts';
import { movementIn } from './values.ts';

/** What the program knows already. */
export interface Surroundings {
	today: Day;
	/** the day balances without a day of their own are taken from */
	balanceOn: Day;
	fiscalYearEndMonth: number;
	/** last closed day of the books */
	lockedThrough: Day;
	/** the statute's terms, oldest first, each from a day on; the oldest count before it too */
	statutes: readonly { validFrom: Day; terms: StatuteTerms }[];
	/** member numbers that are taken */
	numbers: ReadonlySet<number>;
	/** mandate references that are taken, in upper case */
	references: ReadonlySet<string>;
	/** the cooperative has a creditor id, without which there are no mandates */
	creditorId: boolean;
}

/** A SEPA mandate that comes along. */
export interface MandateDraft {
	reference: string;
	signedOn: Day;
	iban: string;
	accountHolder: string | null;
}

/** A member with everything that comes along. */
export interface Arrival extends Omit<Draft, 'joinedOn'>, Stretch {
	mandate: MandateDraft | null;
}

/** What a move would bring in, and what stands in the way; with an error among the problems nothing may be brought in. */
export interface Checked {
	arrivals: Arrival[];
	problems: Problem[];
}

/** The terms in force on a day; before the oldest version those of the oldest. */
export function termsOn(statutes: Surroundings['statutes'], day: Day): StatuteTerms {
	const found = statutes.findLast(({ validFrom }) => validFrom <= day) ?? statutes[0];
	if (!found) throw new RangeError('there is no statute');
	return found.terms;
}

/** Rows of a kind of table by member number; rows of nobody are a problem. */
function byMember(readings: readonly Reading[], known: ReadonlySet<number>): Map<number, Reading[]> {
	const rows = new Map<number, Reading[]>();
	for (const reading of readings) {
		const number = reading.memberNumber();
		if (number === null) continue;
		if (!known.has(number)) {
			reading.problem('number', 'member-unknown', { number });
			continue;
		}
		const own = rows.get(number);
		if (own) own.push(reading);
		else rows.set(number, [reading]);
	}
	return rows;
}

function mandateOf(
	rows: readonly Reading[],
	person: Draft,
	surroundings: Surroundings,
	taken: Set<string>,
): MandateDraft | null {
	const [row, second] = rows;
	if (!row) return null;
	if (second) second.problem('mandateReference', 'mandate-second', { number: person.number });
	const typed = row.needed('mandateReference');
	const ownIban = row.has('iban') ? row.text('iban') : null;
	const iban = ownIban === null ? person.iban : normalised(ownIban);
	if (ownIban !== null && iban !== null && !isIban(iban)) {
		row.problem('iban', 'iban-wrong', { value: maskedIban(iban) });
		return null;
	}
	const signedOn = row.day('mandateSignedOn');
	if (signedOn === null && textless(row)) row.problem('mandateSignedOn', 'mandate-day-missing');
	if (iban === null) row.problem('iban', 'mandate-iban-missing');
	if (!surroundings.creditorId) row.problem('mandateReference', 'creditor-id-missing');
	if (typed === null || iban === null || signedOn === null) return null;
	const reference = normalised(typed);
	if (!/^[A-Z0-9+?/.,:()'-]{1,35}$/.test(reference) || /^\/|\/$|\/\//.test(reference)) {
		row.problem('mandateReference', 'mandate-reference-wrong', { value: typed });
		return null;
	}
	if (taken.has(reference)) row.problem('mandateReference', 'mandate-twice', { value: reference });
	else if (surroundings.references.has(reference))
		row.problem('mandateReference', 'mandate-taken', { value: reference });
	taken.add(reference);
	if (person.leftOn !== null) {
		row.problem('mandateReference', 'mandate-of-left');
		return null;
	}
	return { reference, signedOn, iban, accountHolder: row.has('accountHolder') ? row.text('accountHolder') : null };
}

const textless = (row: Reading): boolean => {
	const cell = row.cell('mandateSignedOn');
	return cell === null || String(cell).trim() === '';
};

/** Members of all member tables; a number that comes twice or is taken is a problem. */
function peopleOf(readings: readonly Reading[], surroundings: Surroundings): { reading: Reading; person: Draft }[] {
	const seen = new Map<number, number>();
	return readings.flatMap((reading) => {
		const person = personOf(reading, surroundings.today, surroundings.fiscalYearEndMonth);
		if (!person) return [];
		const earlier = seen.get(person.number);
		if (earlier !== undefined) {
			reading.problem('number', 'number-twice', { number: person.number, row: earlier });
			return [];
		}
		seen.set(person.number, reading.row);
		if (surroundings.numbers.has(person.number)) reading.problem('number', 'number-taken', { number: person.number });
		return [{ reading, person }];
	});
}

/**
 * Reads all tables of a move together. Every problem is named by table, row and column; a row with a problem is read on as far as it
 * makes sense, so that all of them are found at once.
 */
export function checkMoving(tables: readonly Table[], surroundings: Surroundings): Checked {
	const findings = new Findings();
	const { today } = surroundings;
	const read = (kind: Table['kind']): Reading[] =>
		tables.filter((table) => table.kind === kind).flatMap((table) => readingsOf(table, findings, today));
	const memberRows = read('members');
	if (!tables.some(({ kind }) => kind === 'members')) {
		findings.add({ file: tables[0]?.id ?? '', row: null, column: null }, 'no-members-file');
	}
	const people = peopleOf(memberRows, surroundings);
	// A row of a member who could not be read is not blamed for it.
	const known = new Set(memberRows.flatMap((reading) => numberOf(reading)));
	const [movements, payments, dues, mandates] = (['movements', 'payments', 'dues', 'mandates'] as const).map((kind) =>
		byMember(read(kind), known),
	);
	const references = new Set<string>();
	const arrivals = people.flatMap(({ reading, person }): Arrival[] => {
		const terms = termsOn(surroundings.statutes, today);
		if (person.investing && !terms.investingMembers) reading.problem('investing', 'investing-not-allowed');
		const stretch = historyOf({
			...{ reading, person, surroundings, termsOn: (day: Day) => termsOn(surroundings.statutes, day) },
			movements: (movements?.get(person.number) ?? []).flatMap((row) => movementOf(row)),
			payments: (payments?.get(person.number) ?? []).flatMap((row) => changeOf(row, 'paidOn')),
			dues: (dues?.get(person.number) ?? []).flatMap((row) => changeOf(row, 'dueOn')),
		});
		const inline = reading.has('mandateReference') && reading.cell('mandateReference') !== null ? [reading] : [];
		const mandate = mandateOf([...inline, ...(mandates?.get(person.number) ?? [])], person, surroundings, references);
		return stretch ? [{ ...person, ...stretch, mandate }] : [];
	});
	const first = arrivals.flatMap(({ paid }) => paid.map(({ day }) => day)).sort()[0];
	if (first !== undefined && first <= surroundings.lockedThrough) {
		const file = tables.find(({ kind }) => kind === 'payments')?.id ?? tables[0]?.id ?? '';
		const lockedThrough = surroundings.lockedThrough;
		findings.add({ file, row: null, column: null }, 'period-locked', { day: first, lockedThrough });
	}
	return { arrivals, problems: inOrder(findings.problems, tables) };
}

/** Problems in the order of tables and rows; what is about a whole table comes first. */
function inOrder(problems: readonly Problem[], tables: readonly Table[]): Problem[] {
	const places = new Map(tables.map(({ id }, i) => [id, i]));
	return [...problems].sort(
		(a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0) || (a.row ?? 0) - (b.row ?? 0),
	);
}

function numberOf(reading: Reading): number[] {
	const number = Number(String(reading.cell('number') ?? '').trim());
	return Number.isSafeInteger(number) && number > 0 ? [number] : [];
}

function movementOf(row: Reading) {
	const on = row.day('effectiveOn');
	if (on === null && String(row.cell('effectiveOn') ?? '').trim() === '') row.problem('effectiveOn', 'cell-missing');
	const typed = row.whole('shares', 'shares-wrong');
	if (typed === null && String(row.cell('shares') ?? '').trim() === '') row.problem('shares', 'cell-missing');
	if (typed === 0) row.problem('shares', 'shares-wrong', { value: '0' });
	if (on === null || typed === null || typed === 0) return [];
	const kind = movementIn(row.cell('movement'), typed);
	if (!kind) {
		row.problem('movement', 'movement-unknown', { value: String(row.cell('movement') ?? '').slice(0, 40) });
		return [];
	}
	const down = kind === 'exit' || kind === 'transfer-out';
	if (!down && typed < 0) {
		row.problem('shares', 'movement-sign', { value: String(typed) });
		return [];
	}
	return [
		{ row, on, kind, count: down ? -Math.abs(typed) : typed, basis: row.has('basis') ? row.text('basis') : null },
	];
}

function changeOf(row: Reading, dayField: 'paidOn' | 'dueOn') {
	const on = row.day(dayField, { future: dayField === 'dueOn' });
	if (on === null && String(row.cell(dayField) ?? '').trim() === '') row.problem(dayField, 'cell-missing');
	const cents = row.cents('amount');
	if (cents === null && String(row.cell('amount') ?? '').trim() === '') row.problem('amount', 'cell-missing');
	if (cents === 0 || (cents !== null && cents < 0 && dayField === 'dueOn')) {
		row.problem('amount', 'amount-zero');
		return [];
	}
	return on === null || cents === null ? [] : [{ row, on, cents }];
}
