// What a bank statement (camt.053) says, element by element: its balances, its lines, and whether its sums hold (B-10, B-18).
import { createHash } from 'node:crypto';
import { type Day, isDay } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { centsOf } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** An XML element as the reader hands it on: local name, attributes, text, children in order. */
export interface XmlNode {
	name: string;
	attributes: Readonly<Record<string, string>>;
	text: string;
	children: XmlNode[];
}

/** A line of a statement: one movement of money, also where the bank booked several as one. Amounts: in positive, out negative. */
export interface BankLine {
	amountCents: number;
	bookedOn: Day;
	valueOn: Day;
	/** names the line for good, the same in every statement that shows it */
	bankReference: string;
	endToEndId: string | null;
	mandateReference: string | null;
	creditorReference: string | null;
	/** message or batch the bank names */
	batchId: string | null;
	purpose: string;
	partyName: string;
	partyIban: string | null;
	bankCode: string;
	/** set for returns and refunds: the bank's code, 'NARR' if it gives none */
	returnReason: string | null;
	/** what the returned payment was about, without the banks' charges */
	originalCents: number | null;
}

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

/** The first element at a path of local names below a node. */
export function at(node: XmlNode | undefined, ...path: string[]): XmlNode | undefined {
	return path.reduce((found, name) => found?.children.find((child) => child.name === name), node);
}

const all = (node: XmlNode | undefined, name: string): XmlNode[] =>
	node?.children.filter((child) => child.name === name) ?? [];
const textAt = (node: XmlNode | undefined, ...path: string[]): string => at(node, ...path)?.text.trim() ?? '';

const wrong = (statement: string, field: string): Refusal =>
	new Refusal('invalid', 'payments.statement-field', { statement, field }, { rule: 'B-10', field: 'files' });

function amountOf(node: XmlNode | undefined, statement: string): number {
	const text = node?.text.trim() ?? '';
	if (!/^\d{1,11}(\.\d{1,5})?$/.test(text)) throw wrong(statement, 'Amt');
	const currency = node?.attributes.Ccy ?? 'EUR';
	if (currency !== 'EUR') {
		throw new Refusal(
			'invalid',
			'payments.statement-currency',
			{ statement, currency: currency.slice(0, 3) },
			{ field: 'files' },
		);
	}
	const [whole = '', digits = ''] = text.split('.');
	if (/[1-9]/.test(digits.slice(2))) throw wrong(statement, 'Amt');
	return centsOf(digits ? `${whole}.${digits.slice(0, 2)}` : whole);
}

function signOf(node: XmlNode, statement: string): 1 | -1 {
	const side = textAt(node, 'CdtDbtInd');
	if (side !== 'CRDT' && side !== 'DBIT') throw wrong(statement, 'CdtDbtInd');
	return side === 'CRDT' ? 1 : -1;
}

function dayIn(node: XmlNode | undefined, statement: string, field: string): Day {
	const text = (textAt(node, 'Dt') || textAt(node, 'DtTm')).slice(0, 10);
	if (!isDay(text)) throw wrong(statement, field);
	return text;
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

const provided = (text: string): string | null =>
	text === '' || /^(NOTPROVIDED|NONREF)$/i.test(text) ? null : text.slice(0, 140);

/** The codes German banks give to returned debits and returned transfers (GVC), beside the ISO families. */
const returnCodes = /(?:^|[+/])(?:108|109|159|181|184)(?:[+/]|$)/;

function returnReasonOf(entry: XmlNode, details: XmlNode | undefined, bankCode: string): string | null {
	const info = at(details, 'RtrInf');
	const reason = textAt(info, 'Rsn', 'Cd') || textAt(info, 'Rsn', 'Prtry') || textAt(info, 'RtrRsn', 'Cd');
	const family = [
		textAt(entry, 'BkTxCd', 'Domn', 'Fmly', 'Cd'),
		textAt(entry, 'BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd'),
	].join('/');
	const returned =
		info !== undefined ||
		/^(true|1)$/.test(textAt(entry, 'RvslInd')) ||
		/^(IDDT\/(UPDD|PRDD|RCDD)|ICDT\/RRTN|RCDT\/RRTN)$/.test(family) ||
		returnCodes.test(bankCode);
	return reason !== '' ? reason.slice(0, 35) : returned ? 'NARR' : null;
}

function partyOf(
	details: XmlNode | undefined,
	ownIban: string,
	incoming: boolean,
): { name: string; iban: string | null } {
	const parties = at(details, 'RltdPties');
	const sides = incoming ? ['Dbtr', 'Cdtr'] : ['Cdtr', 'Dbtr'];
	for (const side of sides) {
		const iban = normalised(textAt(parties, `${side}Acct`, 'Id', 'IBAN'));
		if (iban === ownIban) continue;
		const name = textAt(parties, side, 'Pty', 'Nm') || textAt(parties, side, 'Nm');
		if (name || iban) return { name: name.slice(0, 140), iban: iban && /^[A-Z0-9]{15,34}$/.test(iban) ? iban : null };
	}
	return { name: '', iban: null };
}

function detailAmount(details: XmlNode): XmlNode | undefined {
	return at(details, 'Amt') ?? at(details, 'AmtDtls', 'TxAmt', 'Amt') ?? at(details, 'AmtDtls', 'InstdAmt', 'Amt');
}

const sameCurrency = (node: XmlNode | undefined): boolean => (node?.attributes.Ccy ?? 'EUR') === 'EUR';

function purposeOf(entry: XmlNode, details: XmlNode | undefined): string {
	const free = all(at(details, 'RmtInf'), 'Ustrd').map(({ text }) => text.trim());
	const reason = all(at(details, 'RtrInf'), 'AddtlInf').map(({ text }) => text.trim());
	const said = [...free, ...reason].filter(Boolean).join(' ');
	return (said || textAt(details, 'AddtlTxInf') || textAt(entry, 'AddtlNtryInf')).replace(/\s+/g, ' ').slice(0, 500);
}

/** The lines of one entry: one, or as many as the bank details of a sum it booked at once. Refuses as `statementOf`. */
export function entryLines(entry: XmlNode, ownIban: string, statement: string): Omit<BankLine, 'bankReference'>[] {
	const totalCents = signOf(entry, statement) * amountOf(at(entry, 'Amt'), statement);
	const bookedOn = dayIn(at(entry, 'BookgDt'), statement, 'BookgDt');
	const valueOn = at(entry, 'ValDt') ? dayIn(at(entry, 'ValDt'), statement, 'ValDt') : bookedOn;
	const code = at(entry, 'BkTxCd');
	const domain = [
		textAt(code, 'Domn', 'Cd'),
		textAt(code, 'Domn', 'Fmly', 'Cd'),
		textAt(code, 'Domn', 'Fmly', 'SubFmlyCd'),
	];
	const bankCode = (textAt(code, 'Prtry', 'Cd') || domain.filter(Boolean).join('/')).slice(0, 35);
	const details = all(entry, 'NtryDtls').flatMap((node) => all(node, 'TxDtls'));
	const batch = all(entry, 'NtryDtls')
		.map((node) => at(node, 'Btch'))
		.find(Boolean);
	const batchId = provided(textAt(batch, 'PmtInfId')) ?? provided(textAt(batch, 'MsgId'));
	const one = (node: XmlNode | undefined, amountCents: number): Omit<BankLine, 'bankReference'> => {
		const returnReason = returnReasonOf(entry, node, bankCode);
		const refs = at(node, 'Refs');
		const instructed = at(node, 'AmtDtls', 'InstdAmt', 'Amt') ?? at(node, 'RtrInf', 'OrgnlAmt');
		const incoming = returnReason === null ? amountCents > 0 : amountCents < 0;
		const party = partyOf(node, ownIban, incoming);
		return {
			...{ amountCents, bookedOn, valueOn, bankCode, returnReason, purpose: purposeOf(entry, node) },
			...{ endToEndId: provided(textAt(refs, 'EndToEndId')), mandateReference: provided(textAt(refs, 'MndtId')) },
			creditorReference:
				all(at(node, 'RmtInf'), 'Strd')
					.map((s) => provided(textAt(s, 'CdtrRefInf', 'Ref')))
					.find(Boolean) ?? null,
			batchId: batchId ?? provided(textAt(refs, 'PmtInfId')) ?? provided(textAt(refs, 'MsgId')),
			...{ partyName: party.name, partyIban: party.iban },
			originalCents:
				returnReason !== null && instructed && sameCurrency(instructed) ? amountOf(instructed, statement) : null,
		};
	};
	if (details.length < 2) return totalCents === 0 ? [] : [one(details[0], totalCents)];
	if (details.some((node) => !detailAmount(node) || !sameCurrency(detailAmount(node))))
		return [one(undefined, totalCents)];
	const lines = details.map((node) => {
		const sign = at(node, 'CdtDbtInd') ? signOf(node, statement) : Math.sign(totalCents);
		return one(node, sign * amountOf(detailAmount(node), statement));
	});
	const sumCents = lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
	if (sumCents !== totalCents) {
		const values = { statement, statedCents: totalCents, countedCents: sumCents };
		throw new Refusal('invalid', 'payments.statement-sums', values, { rule: 'B-18', field: 'files' });
	}
	return lines.filter(({ amountCents }) => amountCents !== 0);
}

/** Only what the bank has booked counts; the rest is announced. */
export function isBooked(entry: XmlNode): boolean {
	return (textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts')) === 'BOOK';
}

/** The bank's name for an entry, made of what stays the same wherever it is shown. */
function referenceOf(entry: XmlNode, line: Omit<BankLine, 'bankReference'>, part: number): string {
	const given =
		provided(textAt(entry, 'AcctSvcrRef')) ?? provided(textAt(entry, 'NtryDtls', 'TxDtls', 'Refs', 'AcctSvcrRef'));
	const made = () =>
		createHash('sha256')
			.update([line.valueOn, line.endToEndId, line.purpose, line.partyName, line.partyIban].join('\n'))
			.digest('hex')
			.slice(0, 16);
	return normalised(`${given ?? made()}/${line.bookedOn}/${line.amountCents}/${part}`);
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
