// The lines of a bank statement (camt.053), element by element (B-10, B-18).
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

/** The first element at a path of local names below a node. */
export function at(node: XmlNode | undefined, ...path: string[]): XmlNode | undefined {
	return path.reduce((found, name) => found?.children.find((child) => child.name === name), node);
}

export const all = (node: XmlNode | undefined, name: string): XmlNode[] =>
	node?.children.filter((child) => child.name === name) ?? [];

export const textAt = (node: XmlNode | undefined, ...path: string[]): string => at(node, ...path)?.text.trim() ?? '';

export const wrong = (statement: string, field: string): Refusal =>
	new Refusal('invalid', 'payments.statement-field', { statement, field }, { rule: 'B-10', field: 'files' });

export function amountOf(node: XmlNode | undefined, statement: string): number {
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

export function signOf(node: XmlNode, statement: string): 1 | -1 {
	const side = textAt(node, 'CdtDbtInd');
	if (side !== 'CRDT' && side !== 'DBIT') throw wrong(statement, 'CdtDbtInd');
	return side === 'CRDT' ? 1 : -1;
}

export function dayIn(node: XmlNode | undefined, statement: string, field: string): Day {
	const text = (textAt(node, 'Dt') || textAt(node, 'DtTm')).slice(0, 10);
	if (!isDay(text)) throw wrong(statement, field);
	return text;
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
export function referenceOf(entry: XmlNode, line: Omit<BankLine, 'bankReference'>, part: number): string {
	const given =
		provided(textAt(entry, 'AcctSvcrRef')) ?? provided(textAt(entry, 'NtryDtls', 'TxDtls', 'Refs', 'AcctSvcrRef'));
	const made = () =>
		createHash('sha256')
			.update([line.valueOn, line.endToEndId, line.purpose, line.partyName, line.partyIban].join('\n'))
			.digest('hex')
			.slice(0, 16);
	return normalised(`${given ?? made()}/${line.bookedOn}/${line.amountCents}/${part}`);
}
