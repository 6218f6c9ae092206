// Bank statements of the demo as its bank delivers them: camt.053.001.08.
import type { Day } from '../../../api/values/calendar.ts';
import { eurosOf } from '../../../api/values/money.ts';

/** A movement on the account: in positive, out negative. */
export interface StatementEntry {
	cents: number;
	on: Day;
	reference: string;
	party: string;
	iban?: string;
	text: string;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const side = (cents: number): string => (cents < 0 ? 'DBIT' : 'CRDT');
const amount = (cents: number): string =>
	`<Amt Ccy="EUR">${eurosOf(Math.abs(cents))}</Amt><CdtDbtInd>${side(cents)}</CdtDbtInd>`;
const balance = (code: string, cents: number, on: Day): string =>
	`<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(cents)}<Dt><Dt>${on}</Dt></Dt></Bal>`;

function entryXml({ cents, on, reference, party, iban, text }: StatementEntry): string {
	const who = cents < 0 ? 'Cdtr' : 'Dbtr';
	const account = iban ? `<${who}Acct><Id><IBAN>${iban}</IBAN></Id></${who}Acct>` : '';
	return [
		`<Ntry>${amount(cents)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${on}</Dt></BookgDt><ValDt><Dt>${on}</Dt></ValDt>`,
		`<AcctSvcrRef>${reference}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>`,
		`<RltdPties><${who}><Pty><Nm>${escaped(party)}</Nm></Pty></${who}>${account}</RltdPties>`,
		`<RmtInf><Ustrd>${escaped(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
	].join('\n');
}

/** One statement of one account; the closing balance follows from the entries. */
export function statementXml(statement: {
	id: string;
	iban: string;
	from: Day;
	to: Day;
	openingCents: number;
	entries: readonly StatementEntry[];
}): string {
	const { id, iban, from, to, openingCents, entries } = statement;
	const closingCents = entries.reduce((sum, { cents }) => sum + cents, openingCents);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
		`<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${to}T20:00:00</CreDtTm></GrpHdr>`,
		`<Stmt><Id>${id}</Id><CreDtTm>${to}T20:00:00</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>`,
		balance('OPBD', openingCents, from),
		balance('CLBD', closingCents, to),
		...entries.map(entryXml),
		'</Stmt></BkToCstmrStmt></Document>\n',
	].join('\n');
}
