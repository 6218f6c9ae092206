// The XML of a direct debit batch: pain.008.001.08 as the German banks take it (B-10 to B-13), amounts exact to the cent.
import { clockOf, type Day, dayOf } from '../../values/calendar.ts';
import { eurosOf } from '../../values/money.ts';
import { needsAddress } from '../rules/collection.ts';
import { sepaText } from '../rules/files.ts';

/** A direct debit: from whom, how much, under which mandate. Texts may hold any characters; they are made fit for banks here. */
export interface Debit {
	name: string;
	iban: string;
	address: { street: string; postcode: string; town: string; country: string };
	amountCents: number;
	sequence: 'OOFF' | 'RCUR' | 'FNAL';
	endToEndId: string;
	mandateReference: string;
	signedOn: Day;
	remittance: string;
}

/** A batch of direct debits to the cooperative's account. */
export interface DebitBatch {
	messageId: string;
	createdAt: Date;
	collectionOn: Day;
	creditor: { name: string; iban: string; creditorId: string };
	debits: readonly Debit[];
}

const escaped = (text: string): string =>
	text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] ?? c);
const tag = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;
const sumOf = (debits: readonly Debit[]): number => debits.reduce((sum, { amountCents }) => sum + amountCents, 0);

/** Structured, as banks demand since November 2026; only for accounts outside the European Economic Area (B-11). */
function addressXml({ iban, address: { street, postcode, town, country } }: Debit): string {
	if (!needsAddress(iban)) return '';
	const lines = [
		...(street ? [tag('StrtNm', sepaText(street, 70))] : []),
		...(postcode ? [tag('PstCd', sepaText(postcode, 16))] : []),
		...[tag('TwnNm', sepaText(town, 35)), tag('Ctry', country)],
	];
	return `<PstlAdr>${lines.join('')}</PstlAdr>`;
}

function debitXml(debit: Debit): string {
	const { name, iban, amountCents, endToEndId, mandateReference, signedOn, remittance } = debit;
	return [
		`<DrctDbtTxInf><PmtId>${tag('EndToEndId', endToEndId)}</PmtId>`,
		`<InstdAmt Ccy="EUR">${eurosOf(amountCents)}</InstdAmt>`,
		`<DrctDbtTx><MndtRltdInf>${tag('MndtId', mandateReference)}${tag('DtOfSgntr', signedOn)}</MndtRltdInf></DrctDbtTx>`,
		'<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>',
		`<Dbtr>${tag('Nm', sepaText(name, 70))}${addressXml(debit)}</Dbtr>`,
		`<DbtrAcct><Id>${tag('IBAN', iban)}</Id></DbtrAcct>`,
		`<RmtInf>${tag('Ustrd', sepaText(remittance, 140))}</RmtInf></DrctDbtTxInf>`,
	].join('');
}

/** The file's XML; debits of one sequence stand together. The caller checks everything a person could have caused. */
export function debitFileXml({ messageId, createdAt, collectionOn, creditor, debits }: DebitBatch): string {
	const created = `${dayOf(createdAt)}T${clockOf(createdAt)}:00`;
	const name = sepaText(creditor.name, 70);
	const sequences = (['OOFF', 'RCUR', 'FNAL'] as const).filter((one) =>
		debits.some(({ sequence }) => sequence === one),
	);
	const blocks = sequences.map((sequence) => {
		const own = debits.filter((debit) => debit.sequence === sequence);
		return [
			`<PmtInf>${tag('PmtInfId', `${messageId}-${sequence}`)}<PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>`,
			`<NbOfTxs>${own.length}</NbOfTxs><CtrlSum>${eurosOf(sumOf(own))}</CtrlSum>`,
			`<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>${sequence}</SeqTp></PmtTpInf>`,
			`${tag('ReqdColltnDt', collectionOn)}<Cdtr>${tag('Nm', name)}</Cdtr><CdtrAcct><Id>${tag('IBAN', creditor.iban)}</Id></CdtrAcct>`,
			'<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt><ChrgBr>SLEV</ChrgBr>',
			`<CdtrSchmeId><Id><PrvtId><Othr>${tag('Id', creditor.creditorId)}<SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>`,
			...own.map(debitXml),
			'</PmtInf>',
		].join('');
	});
	return [
		'<?xml version="1.0" encoding="UTF-8"?>\n',
		'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"><CstmrDrctDbtInitn>',
		`<GrpHdr>${tag('MsgId', messageId)}${tag('CreDtTm', created)}<NbOfTxs>${debits.length}</NbOfTxs>`,
		`<CtrlSum>${eurosOf(sumOf(debits))}</CtrlSum><InitgPty>${tag('Nm', name)}</InitgPty></GrpHdr>`,
		...blocks,
		'</CstmrDrctDbtInitn></Document>\n',
	].join('');
}
