// Bank statements for tests, made by the project itself: camt.053 in both versions, as banks write them and as attackers would.
import { eurosOf } from '../../api/values/money.ts';
import { testIban } from '../cooperative.ts';

/** A movement inside an entry. */
export interface CamtDetail {
	cents?: number;
	endToEndId?: string;
	mandate?: string;
	reference?: string;
	text?: string;
	party?: string;
	partyIban?: string;
	returnReason?: string;
	originalCents?: number;
}

/** An entry of a statement; cents in positive, out negative. Several details make it a batch. */
export interface CamtEntry {
	cents: number;
	on: string;
	valueOn?: string;
	ref?: string;
	status?: string;
	code?: string;
	batch?: string;
	reversal?: boolean;
	details?: CamtDetail[];
}

/** A statement; `openingCents` before, `closingCents` what it should end with (default: it adds up). */
export interface CamtStatement {
	id: string;
	version?: '02' | '08';
	iban?: string;
	currency?: string;
	on: string;
	openingCents?: number;
	closingCents?: number;
	/** stated sum of money in, if it is to be stated */
	creditSumCents?: number;
	/** namespace prefix of every element */
	prefix?: string;
	entries: CamtEntry[];
}

const side = (cents: number) => (cents < 0 ? 'DBIT' : 'CRDT');
const amount = (cents: number, currency = 'EUR', name = 'Amt') =>
	`<${name} Ccy="${currency}">${eurosOf(Math.abs(cents))}</${name}>`;

function detailXml(entry: CamtEntry, detail: CamtDetail, version: '02' | '08', several: boolean): string {
	const cents = detail.cents ?? entry.cents;
	const sideName = detail.returnReason ? (cents < 0 ? 'Dbtr' : 'Cdtr') : cents < 0 ? 'Cdtr' : 'Dbtr';
	const name = version === '08' ? `<Pty><Nm>${detail.party ?? ''}</Nm></Pty>` : `<Nm>${detail.party ?? ''}</Nm>`;
	const own = version === '08' && several ? `${amount(cents)}<CdtDbtInd>${side(cents)}</CdtDbtInd>` : '';
	const parts = [
		...(detail.originalCents ? [`<InstdAmt>${amount(detail.originalCents)}</InstdAmt>`] : []),
		...(version === '02' && several ? [`<TxAmt>${amount(cents)}</TxAmt>`] : []),
	];
	return [
		'<TxDtls><Refs>',
		`<EndToEndId>${detail.endToEndId ?? 'NOTPROVIDED'}</EndToEndId>`,
		...(detail.mandate ? [`<MndtId>${detail.mandate}</MndtId>`] : []),
		`</Refs>${own}`,
		...(parts.length ? [`<AmtDtls>${parts.join('')}</AmtDtls>`] : []),
		...(detail.party || detail.partyIban
			? [
					`<RltdPties><${sideName}>${name}</${sideName}>`,
					detail.partyIban ? `<${sideName}Acct><Id><IBAN>${detail.partyIban}</IBAN></Id></${sideName}Acct>` : '',
					'</RltdPties>',
				]
			: []),
		...(detail.text || detail.reference
			? [
					'<RmtInf>',
					detail.text ? `<Ustrd>${detail.text}</Ustrd>` : '',
					detail.reference ? `<Strd><CdtrRefInf><Ref>${detail.reference}</Ref></CdtrRefInf></Strd>` : '',
					'</RmtInf>',
				]
			: []),
		...(detail.returnReason ? [`<RtrInf><Rsn><Cd>${detail.returnReason}</Cd></Rsn></RtrInf>`] : []),
		'</TxDtls>',
	].join('');
}

function entryXml(entry: CamtEntry, version: '02' | '08', currency: string): string {
	const status = entry.status ?? 'BOOK';
	const details = entry.details ?? [];
	return [
		`<Ntry>${amount(entry.cents, currency)}<CdtDbtInd>${side(entry.cents)}</CdtDbtInd>`,
		...(entry.reversal ? ['<RvslInd>true</RvslInd>'] : []),
		version === '08' ? `<Sts><Cd>${status}</Cd></Sts>` : `<Sts>${status}</Sts>`,
		`<BookgDt><Dt>${entry.on}</Dt></BookgDt><ValDt><Dt>${entry.valueOn ?? entry.on}</Dt></ValDt>`,
		...(entry.ref ? [`<AcctSvcrRef>${entry.ref}</AcctSvcrRef>`] : []),
		`<BkTxCd><Prtry><Cd>${entry.code ?? 'NTRF+166'}</Cd></Prtry></BkTxCd>`,
		'<NtryDtls>',
		...(entry.batch ? [`<Btch><PmtInfId>${entry.batch}</PmtInfId></Btch>`] : []),
		...details.map((detail) => detailXml(entry, detail, version, details.length > 1)),
		'</NtryDtls></Ntry>',
	].join('');
}

const balance = (code: string, cents: number, on: string) =>
	`<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(cents)}<CdtDbtInd>${side(cents)}</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`;

function statementXml(statement: CamtStatement): string {
	const { id, version = '08', iban = testIban(1), currency = 'EUR', on, openingCents = 0, entries } = statement;
	const counted = entries.filter(({ status = 'BOOK' }) => status === 'BOOK').reduce((sum, { cents }) => sum + cents, 0);
	const closingCents = statement.closingCents ?? openingCents + counted;
	const summary =
		statement.creditSumCents === undefined
			? ''
			: `<TxsSummry><TtlCdtNtries><Sum>${eurosOf(statement.creditSumCents)}</Sum></TtlCdtNtries></TxsSummry>`;
	return [
		`<Stmt><Id>${id}</Id><CreDtTm>${on}T06:00:00</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>${currency}</Ccy></Acct>`,
		balance(version === '08' ? 'OPBD' : 'PRCD', openingCents, on),
		balance('CLBD', closingCents, on),
		summary,
		...entries.map((entry) => entryXml(entry, version, currency)),
		'</Stmt>',
	].join('');
}

/** A camt.053 file of one or several statements. */
export function camtXml(...statements: CamtStatement[]): string {
	const [first] = statements;
	const version = first?.version ?? '08';
	const prefix = first?.prefix;
	const body = `<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-06-10T06:00:00</CreDtTm></GrpHdr>${statements.map(statementXml).join('')}</BkToCstmrStmt>`;
	const namespace = `urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}`;
	const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
	if (!prefix) return `${head}<Document xmlns="${namespace}">${body}</Document>\n`;
	const named = body.replace(/<(\/?)([A-Za-z])/g, `<$1${prefix}:$2`);
	return `${head}<${prefix}:Document xmlns:${prefix}="${namespace}">${named}</${prefix}:Document>\n`;
}
