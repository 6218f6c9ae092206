// Bank statements: what is read of them, and what is refused before anything is touched.
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type Known, matcherOf, memberNumbersIn, referencesIn } from '../../api/payments/rules/matching.ts';
import { giroCode, isCreditorReference, memberOfReference, referenceOf } from '../../api/payments/rules/reference.ts';
import { openDelivery } from '../../api/payments/service/archive.ts';
import { readStatements } from '../../api/payments/service/camt.ts';
import { camtXml, type CamtStatement } from '../bank/camt.ts';
import { testIban } from '../cooperative.ts';

const own = testIban(1);
const read = (xml: string | Buffer) => readStatements(Buffer.from(xml), own);
const on = '2026-06-10';
const simple = (changes: Partial<CamtStatement> = {}): CamtStatement => ({
	...{ id: 'S-1', on, openingCents: 100_000 },
	entries: [
		{
			cents: 50_000,
			on,
			ref: 'R1',
			details: [{ text: 'Mitglied 147', party: 'Ömer & Söhne'.replace('&', '&amp;'), partyIban: testIban(7) }],
		},
	],
	...changes,
});

describe('reading', () => {
	test.each([
		['02', undefined],
		['08', undefined],
		['08', 'ns2'],
		['02', 'camt'],
	] as const)('version %s with prefix %s', async (version, prefix) => {
		const [statement] = await read(camtXml(simple({ version, ...(prefix ? { prefix } : {}) })));
		expect(statement).toMatchObject({
			...{ statementId: 'S-1', version: `camt.053.001.${version}`, openingCents: 100_000, closingCents: 150_000 },
			lines: [
				{
					amountCents: 50_000,
					partyName: 'Ömer & Söhne',
					partyIban: testIban(7),
					purpose: 'Mitglied 147',
					bookedOn: on,
				},
			],
		});
	});

	test('several statements, batches by their parts, returns with reason and original amount, pending entries apart', async () => {
		const found = await read(
			camtXml(
				simple(),
				simple({
					...{ id: 'S-2', openingCents: 150_000, version: '08' },
					entries: [
						{
							cents: 30_000,
							on,
							batch: 'GWL-1-RCUR',
							details: [
								{ cents: 10_000, endToEndId: 'E1' },
								{ cents: 20_000, endToEndId: 'E2', mandate: 'GW-2-1' },
							],
						},
						{
							cents: -10_350,
							on,
							reversal: true,
							details: [{ endToEndId: 'E1', returnReason: 'AC04', originalCents: 10_000, party: 'Anke' }],
						},
						{ cents: 999, on, status: 'PDNG' },
						{ cents: -45, on, code: 'NCHG+805' },
					],
				}),
			),
		);
		expect(found.map(({ closingCents, pending }) => [closingCents, pending])).toEqual([
			[150_000, 0],
			[169_605, 1],
		]);
		expect(found[1]?.lines).toMatchObject([
			{ amountCents: 10_000, endToEndId: 'E1', batchId: 'GWL-1-RCUR', returnReason: null },
			{ amountCents: 20_000, endToEndId: 'E2', mandateReference: 'GW-2-1' },
			{ amountCents: -10_350, endToEndId: 'E1', returnReason: 'AC04', originalCents: 10_000, partyName: 'Anke' },
			{ amountCents: -45, endToEndId: null, returnReason: null },
		]);
		expect(new Set(found.flatMap(({ lines }) => lines.map(({ bankReference }) => bankReference))).size).toBe(5);
	});

	test('the same line has the same reference wherever it is shown, equal lines are told apart', async () => {
		const twin = { cents: 5_000, on, details: [{ text: 'Mitglied 9', party: 'Eva' }] };
		const [daily] = await read(camtXml(simple({ entries: [twin, twin] })));
		const [monthly] = await read(camtXml(simple({ id: 'M-6', entries: [{ cents: 1, on }, twin, twin] })));
		const references = daily?.lines.map(({ bankReference }) => bankReference) ?? [];
		expect(new Set(references).size).toBe(2);
		expect(monthly?.lines.slice(1).map(({ bankReference }) => bankReference)).toEqual(references);
	});

	test('ISO-8859-1 as declared', async () => {
		const xml = camtXml(simple()).replace('UTF-8', 'ISO-8859-1');
		const [statement] = await readStatements(Buffer.from(xml, 'latin1'), own);
		expect(statement?.lines[0]?.partyName).toBe('Ömer & Söhne');
	});
});

describe('refusing', () => {
	const good = camtXml(simple());
	const cases: [string, string | Buffer, object][] = [
		['cut off', good.slice(0, -40), { code: 'payments.statement-broken' }],
		['cut off in the middle', good.slice(0, good.length / 2), { code: 'payments.statement-broken' }],
		['empty', '', { code: 'payments.statement-broken' }],
		['no XML', 'IBAN;Betrag\n', { code: 'payments.statement-broken' }],
		['two roots', `${good}<a/>`, { code: expect.stringMatching(/statement-(broken|kind)/) }],
		[
			'a document type',
			good.replace('<Document', '<!DOCTYPE Document SYSTEM "http://127.0.0.1:1/x.dtd"><Document'),
			{ code: 'payments.statement-entities' },
		],
		[
			'entities that grow',
			good
				.replace('<Document', '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document')
				.replace('Mitglied 147', '&b;'),
			{ code: 'payments.statement-entities' },
		],
		[
			'an external entity',
			good
				.replace('<Document', '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document')
				.replace('Mitglied 147', '&x;'),
			{ code: 'payments.statement-entities' },
		],
		['an unknown entity', good.replace('Mitglied 147', '&nbsp;'), { code: 'payments.statement-entities' }],
		[
			'another message',
			good.replaceAll('camt.053.001.08', 'camt.052.001.08'),
			{ code: 'payments.statement-kind', values: { found: 'camt.052.001.08' } },
		],
		['another version', good.replaceAll('camt.053.001.08', 'camt.053.001.12'), { code: 'payments.statement-kind' }],
		['no namespace', good.replace(/ xmlns="[^"]*"/, ''), { code: 'payments.statement-kind' }],
		[
			'a foreign element',
			good.replace('<Ntry>', '<x:a xmlns:x="urn:x"/><Ntry>'),
			{ code: 'payments.statement-kind', values: { found: 'urn:x' } },
		],
		[
			'a closing balance that is wrong',
			camtXml(simple({ closingCents: 150_001 })),
			{ code: 'payments.statement-balance', values: { expectedCents: 150_000, closingCents: 150_001 } },
		],
		['a stated sum that is wrong', camtXml(simple({ creditSumCents: 50_100 })), { code: 'payments.statement-sums' }],
		[
			'a batch that does not add up',
			camtXml(simple({ entries: [{ cents: 300, on, details: [{ cents: 100 }, { cents: 199 }] }] })),
			{ code: 'payments.statement-sums' },
		],
		['another account', camtXml(simple({ iban: testIban(2) })), { code: 'payments.statement-account-foreign' }],
		[
			'another currency',
			camtXml(simple({ currency: 'USD' })),
			{ code: 'payments.statement-currency', values: { currency: 'USD' } },
		],
		[
			'an impossible day',
			good.replace('<BookgDt><Dt>2026-06-10', '<BookgDt><Dt>2026-02-30'),
			{ code: 'payments.statement-field', values: { field: 'BookgDt' } },
		],
		[
			'an amount of three digits',
			good.replace('>500.00<', '>500.001<'),
			{ code: 'payments.statement-field', values: { field: 'Amt' } },
		],
		['a negative amount', good.replace('>500.00<', '>-500.00<'), { code: 'payments.statement-field' }],
		['an amount in exponents', good.replace('>500.00<', '>5e2<'), { code: 'payments.statement-field' }],
		['no balances', good.replace(/<Bal>.*<\/Bal>/, ''), { code: 'payments.statement-field', values: { field: 'Bal' } }],
		[
			'no side',
			good.replace(/<Ntry>(<Amt.*?<\/Amt>)<CdtDbtInd>CRDT<\/CdtDbtInd>/, '<Ntry>$1'),
			{ code: 'payments.statement-field' },
		],
		[
			'depth',
			good.replace('<Ntry>', `<Ntry>${'<a>'.repeat(100)}${'</a>'.repeat(100)}`),
			{ code: 'payments.statement-too-large' },
		],
		['endless text', good.replace('Mitglied 147', 'x'.repeat(100_000)), { code: 'payments.statement-too-large' }],
		[
			'wrong bytes',
			Buffer.concat([Buffer.from(good.slice(0, 900)), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from(good.slice(900))]),
			{ code: 'payments.statement-broken' },
		],
		['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), { code: 'payments.statement-broken' }],
	];
	test.each(cases)('%s', async (_, xml, refusal) => {
		await expect(read(xml)).rejects.toMatchObject(refusal);
	});

	test('any cut of a good file is refused, never half read', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: good.trimEnd().length - 1 }), async (length) => {
				await expect(read(good.slice(0, length))).rejects.toMatchObject({ kind: 'invalid' });
			}),
			{ numRuns: 60 },
		);
	});
});

describe('archives', () => {
	const good = strToU8(camtXml(simple()));
	const zip = (files: Record<string, Uint8Array>) => Buffer.from(zipSync(files, { level: 9 }));

	test('a ZIP of several files is opened in the order of their names', async () => {
		const files = await openDelivery('a.zip', zip({ 'b.xml': good, 'a.XML': good, 'sub/c.xml': good }));
		expect(files.map(({ name }) => name)).toEqual(['a.XML', 'b.xml', 'sub/c.xml']);
	});

	test.each([
		['a bomb', zip({ 'a.xml': new Uint8Array(30_000_000) }), 'payments.archive-too-large'],
		[
			'too many files',
			zip(Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`${i}.xml`, good]))),
			'payments.archive-too-large',
		],
		['another kind of file', zip({ 'a.xml': good, 'run.exe': good }), 'payments.archive-broken'],
		['an archive inside', zip({ 'a.zip': new Uint8Array(zip({ 'a.xml': good })) }), 'payments.archive-broken'],
		['a way out', zip({ '../../etc/a.xml': good }), 'payments.archive-broken'],
		['nothing', zip({}), 'payments.'],
		['cut off', zip({ 'a.xml': good }).subarray(0, 200), 'payments.archive-broken'],
		['too large', Buffer.alloc(20_000_001, 0x20), 'payments.archive-too-large'],
	])('refuses %s', async (_, content, code) => {
		const outcome = openDelivery('x.zip', content).then(async (files) => {
			for (const file of files) await readStatements(file.content, own);
		});
		await expect(outcome).rejects.toMatchObject({ code: expect.stringContaining(code) });
	});

	test('sizes that lie do not help: what comes out counts', async () => {
		const bytes = zip({ 'a.xml': new Uint8Array(3_000_000) });
		const at = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
		bytes.writeUInt32LE(1_000, at + 24);
		await expect(openDelivery('x.zip', bytes)).rejects.toMatchObject({
			code: expect.stringMatching(/^payments\.archive-/),
		});
	});
});

describe('references', () => {
	test('a member number becomes a creditor reference and back', () => {
		expect(referenceOf(147)).toBe('RF40M147');
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 999_999_999 }), (number) => {
				const reference = referenceOf(number);
				expect(isCreditorReference(reference)).toBe(true);
				expect(memberOfReference(reference.replace(/(.{4})/g, '$1 ').toLowerCase())).toBe(number);
				expect(referencesIn(`Einzahlung ${reference} vielen Dank`)).toEqual([reference]);
			}),
		);
		expect(memberOfReference('RF41M147')).toBeUndefined();
		expect(memberOfReference('RF18539007547034')).toBeUndefined();
	});

	test.each([
		['Mitglied 147', [147]],
		['Einzahlung Mitgl.-Nr. 00147 Anteil', [147]],
		['Mitgliedsnummer: 12 und Mitglied 13', [12, 13]],
		['MITGLIEDSNR 9', [9]],
		['M-Nr. 44', [44]],
		['Rechnung 147', []],
		['M147', []],
		['Mitglieder 2026', []],
	])('numbers in %s', (text, numbers) => {
		expect(memberNumbersIn(text)).toEqual(numbers);
	});

	test('the GiroCode has the lines of the standard', () => {
		const code = giroCode({
			name: 'Bürgerenergie Auental eG',
			iban: own,
			amountCents: 50_000,
			text: 'RF40M147 Mitglied 147',
		});
		expect(code.split('\n')).toEqual([
			'BCD',
			'002',
			'1',
			'SCT',
			'',
			'Buergerenergie Auental eG',
			own,
			'EUR500.00',
			'',
			'',
			'RF40M147 Mitglied 147',
			'',
		]);
	});
});

describe('matching', () => {
	const debit = {
		...{ fileId: 'f', line: 1, memberId: 'a', memberNumber: 1, amountCents: 10_000, endToEndId: 'GWL-x-1' },
		...{ mandateReference: 'GW-1-1', messageId: 'GWL-x', paymentId: null, returned: false, voided: false },
	};
	const known: Known = {
		...{ debits: [debit], transfers: [] },
		batches: [
			{ kind: 'debit', fileId: 'f', messageId: 'GWL-x-RCUR', sequence: 'RCUR', sumCents: 10_000, state: 'released' },
		],
		members: new Map([
			[1, { memberId: 'a', expectedCents: [10_000, 50_000], byHand: [] }],
			[2, { memberId: 'b', expectedCents: [], byHand: [{ amountCents: 888, valueOn: '2026-06-08' }] }],
		]),
	};
	const line = {
		...{ amountCents: 10_000, endToEndId: null, mandateReference: null, creditorReference: null, batchId: null },
		...{ purpose: '', returnReason: null, originalCents: null, valueOn: '2026-06-10' },
	};
	test.each([
		['its id', { endToEndId: 'gwl-X-1' }, { kind: 'debit', key: 'end-to-end-id' }],
		['its id but another amount', { endToEndId: 'GWL-x-1', amountCents: 9_999 }, { kind: 'open' }],
		['its mandate', { mandateReference: 'gw-1-1' }, { kind: 'debit', key: 'mandate' }],
		[
			'a return with charges',
			{ endToEndId: 'GWL-x-1', amountCents: -10_350, returnReason: 'AC04' },
			{ kind: 'debit-return' },
		],
		['the batch as a whole', { batchId: 'GWL-X-RCUR' }, { kind: 'batch' }],
		['the batch, wrong sum', { batchId: 'GWL-X-RCUR', amountCents: 10_001 }, { kind: 'open' }],
		[
			'a creditor reference, any amount',
			{ creditorReference: referenceOf(2), amountCents: 777 },
			{ kind: 'payment', key: 'creditor-reference', memberId: 'b' },
		],
		[
			'a reference in the text',
			{ purpose: `Danke ${referenceOf(2)}`, amountCents: 777 },
			{ kind: 'payment', memberId: 'b' },
		],
		[
			'a reference, but recorded by hand two days before',
			{ creditorReference: referenceOf(2), amountCents: 888 },
			{ kind: 'open' },
		],
		[
			'a reference, recorded by hand long before',
			{ creditorReference: referenceOf(2), amountCents: 888, valueOn: '2026-06-20' },
			{ kind: 'payment' },
		],
		['two references', { purpose: `${referenceOf(1)} ${referenceOf(2)}` }, { kind: 'open' }],
		[
			'number and expected amount',
			{ purpose: 'Mitglied 1', amountCents: 50_000 },
			{ kind: 'payment', key: 'member-number', memberId: 'a' },
		],
		['number and unexpected amount', { purpose: 'Mitglied 1', amountCents: 50_001 }, { kind: 'open' }],
		['two numbers', { purpose: 'Mitglied 1 und Mitglied 2', amountCents: 50_000 }, { kind: 'open' }],
		['a name alone', { purpose: 'Anke Sommer Anteil', amountCents: 50_000 }, { kind: 'open' }],
		['money out with a reference', { creditorReference: referenceOf(2), amountCents: -777 }, { kind: 'open' }],
		['a return with a reference', { creditorReference: referenceOf(2), returnReason: 'AC01' }, { kind: 'open' }],
	])('by %s', (_, changes, wanted) => {
		expect(matcherOf(known)({ ...line, ...changes })).toMatchObject(wanted);
	});
});
