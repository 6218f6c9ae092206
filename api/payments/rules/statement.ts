// What a bank statement (camt.053) says, element by element: its balances, its lines, and whether its sums hold (B-10, B-18).
import type { Day } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	type XmlNode,
	type BankLine,
	at,
	all,
	textAt,
	wrong,
	amountOf,
	signOf,
	dayIn,
	entryLines,
	isBooked,
	referenceOf,
} from './statementLines.ts';

/** A statement of one account. */
export interface BankStatement {
	statementId: string;
	/** 'camt.053.001.08' */
	version: string;
	iban: string;
	fromOn: Day;
	toOn: Day;
	openingCents: number;
	closingCents: number;
	/** entries that are only announced and not counted */
	pending: number;
	lines: BankLine[];
}

interface Balance {
	cents: number;
	day: Day;
}

/** Opening and closing balance; a statement of several pages carries interim ones (ITBD) at the seams. */
function balancesOf(head: XmlNode, statement: string): { opening: Balance; closing: Balance } {
	const balances = all(head, 'Bal').map((node) => ({
		code: textAt(node, 'Tp', 'CdOrPrtry', 'Cd') || textAt(node, 'Tp', 'CdOrPrtry', 'Prtry'),
		read: (): Balance => ({
			cents: signOf(node, statement) * amountOf(at(node, 'Amt'), statement),
			day: dayIn(at(node, 'Dt'), statement, 'Bal/Dt'),
		}),
	}));
	const interim = balances.filter(({ code }) => code === 'ITBD');
	const coded = (...codes: string[]) =>
		codes.map((wanted) => balances.find(({ code }) => code === wanted)).find(Boolean);
	const opening = coded('OPBD', 'PRCD') ?? interim[0];
	const closing = coded('CLBD') ?? interim.at(-1);
	if (!opening || !closing || opening === closing) throw wrong(statement, 'Bal');
	return { opening: opening.read(), closing: closing.read() };
}

/** Collects the entries of a statement as they are read, so that none is kept longer than needed. */
export interface EntryCollector {
	add: (entry: XmlNode, head: XmlNode) => void;
	/** The statement, once its head is complete. Refuses as `statementOf`. */
	finish: (head: XmlNode, version: string) => BankStatement;
}

/**
 * Reads a statement of the account `ownIban`. Refuses invalid `payments.statement-field` {statement, field},
 * `payments.statement-currency` {statement, currency}, `payments.statement-account-foreign` {statement},
 * `payments.statement-sums` {statement, statedCents, countedCents}, `payments.statement-balance` {statement, expectedCents, closingCents}.
 */
export function collectEntries(ownIban: string): EntryCollector {
	const lines: BankLine[] = [];
	const seen = new Map<string, number>();
	let pending = 0;
	const sums = { CRDT: 0, DBIT: 0 };
	return {
		add: (entry, head) => {
			const statement = textAt(head, 'Id').slice(0, 70);
			if (!isBooked(entry)) {
				pending++;
				return;
			}
			const own = entryLines(entry, ownIban, statement);
			const cents = signOf(entry, statement) * amountOf(at(entry, 'Amt'), statement);
			sums[cents < 0 ? 'DBIT' : 'CRDT'] += Math.abs(cents);
			for (const [part, line] of own.entries()) {
				const reference = referenceOf(entry, line, part);
				const again = (seen.get(reference) ?? 0) + 1;
				seen.set(reference, again);
				lines.push({ ...line, bankReference: again === 1 ? reference : `${reference}~${again}` });
			}
		},
		finish: (head, version) => {
			const statementId = textAt(head, 'Id');
			if (statementId === '' || statementId.length > 70) throw wrong(statementId.slice(0, 70), 'Id');
			const iban = normalised(textAt(head, 'Acct', 'Id', 'IBAN'));
			if (iban !== ownIban) {
				throw new Refusal(
					'invalid',
					'payments.statement-account-foreign',
					{ statement: statementId },
					{ rule: 'B-18', field: 'files' },
				);
			}
			const currency = textAt(head, 'Acct', 'Ccy') || 'EUR';
			if (currency !== 'EUR') {
				throw new Refusal(
					'invalid',
					'payments.statement-currency',
					{ statement: statementId, currency: currency.slice(0, 3) },
					{ field: 'files' },
				);
			}
			const { opening, closing } = balancesOf(head, statementId);
			checkSummary(head, statementId, sums);
			const expectedCents = opening.cents + sums.CRDT - sums.DBIT;
			if (expectedCents !== closing.cents) {
				const values = { statement: statementId, expectedCents, closingCents: closing.cents };
				throw new Refusal('invalid', 'payments.statement-balance', values, { rule: 'B-18', field: 'files' });
			}
			const days = [opening.day, closing.day].sort();
			return {
				...{ statementId, version, iban, fromOn: days[0] ?? opening.day, toOn: days[1] ?? closing.day },
				...{ openingCents: opening.cents, closingCents: closing.cents, pending, lines },
			};
		},
	};
}

function checkSummary(head: XmlNode, statement: string, sums: { CRDT: number; DBIT: number }): void {
	const summary = at(head, 'TxsSummry');
	const stated = (path: readonly string[], counted: number): void => {
		const node = at(summary, ...path);
		if (!node) return;
		const statedCents = amountOf({ ...node, text: node.text.trim().replace(/^-/, '') }, statement);
		if (statedCents === counted) return;
		throw new Refusal(
			'invalid',
			'payments.statement-sums',
			{ statement, statedCents, countedCents: counted },
			{ rule: 'B-18', field: 'files' },
		);
	};
	stated(['TtlCdtNtries', 'Sum'], sums.CRDT);
	stated(['TtlDbtNtries', 'Sum'], sums.DBIT);
}
