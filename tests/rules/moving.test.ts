// Moving in, the pure part: headings, cells as people fill them, files held against the statute, every problem at its row and column.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMoving, type Surroundings } from '../../api/moving/rules/check.ts';
import { fileKinds, guessColumns, guessKind, shapeOf } from '../../api/moving/rules/fields.ts';
import type { Table } from '../../api/moving/rules/rows.ts';
import { sentenceOf } from '../../api/moving/words/problems.ts';
import {
	type Cell,
	centsIn,
	countryIn,
	dayIn,
	isGarbled,
	kindIn,
	kindOfOrganisation,
	movementIn,
	nameIn,
	wholeIn,
} from '../../api/moving/rules/values.ts';
import { templateOf } from '../../api/moving/service/template.ts';
import { readCsv } from '../../api/moving/read/csv.ts';
import { UnreadableFile } from '../../api/moving/read/table.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { addDays } from '../../api/values/calendar.ts';

const today = '2026-11-22';
const surroundings: Surroundings = {
	...{ today, balanceOn: '2025-12-31', lockedThrough: '1900-01-01', creditorId: true, fiscalYearEndMonth: 12 },
	statutes: [
		{ validFrom: '2012-03-15', terms: { ...suggestedTerms, nominalCents: 50_000, maxShares: 20 } },
		{ validFrom: '2020-01-01', terms: { ...suggestedTerms, nominalCents: 50_000, maxShares: 40 } },
	],
	...{ numbers: new Set([7]), references: new Set(['M-7']) },
};

/** Tables from CSV texts, columns as guessed. */
function tables(...texts: string[]): Table[] {
	return texts.map((text, i) => {
		const [table] = readCsv(Buffer.from(text));
		const kind = guessKind(table?.headings ?? []);
		const headings = table?.headings ?? [];
		return { id: `file ${i + 1}`, kind, headings, columns: guessColumns(kind, headings), rows: table?.rows ?? [] };
	});
}

/** Problems as [code, table, row, column]. */
const problems = (...texts: string[]) =>
	checkMoving(tables(...texts), surroundings).problems.map(({ code, file, row, column }) => [code, file, row, column]);

const head = 'Mitgliedsnummer;Nachname;Vorname;Straße;PLZ;Ort;Eintritt';
const person = (number: number, rest = '', joined = '01.04.2013') =>
	`${number};Sommer;Anke;Weg 1;43210;Auental;${joined}${rest}`;

describe('headings', () => {
	test.each([
		[
			'members',
			[
				'Mitglieds-Nr.',
				'Name',
				'Vorname',
				'Straße',
				'PLZ',
				'Ort',
				'Eintritt',
				'Anteile',
				'Guthaben',
				'IBAN',
				'Mandatsreferenz',
			],
		],
		[
			'members',
			[
				'MITGLIEDSNUMMER',
				'Nachname',
				'Vorname(n)',
				'Strasse / Hausnr.',
				'Postleitzahl',
				'Wohnort',
				'Beitrittsdatum',
				'Anzahl Geschäftsanteile',
			],
		],
		['movements', ['Mitgliedsnr', 'Datum', 'Vorgang', 'Anteile', 'Beschluss']],
		['payments', ['Mitgliedsnummer', 'Buchungstag', 'Betrag', 'Verwendungszweck']],
		['dues', ['Mitgliedsnummer', 'fällig am', 'Betrag']],
		['mandates', ['Mitgliedsnummer', 'Mandatsreferenz', 'Mandatsdatum', 'IBAN']],
	] as const)('of a table of %s are known', (kind, headings) => {
		expect(guessKind(headings)).toBe(kind);
		expect(guessColumns(kind, headings).filter((field) => field === null).length).toBeLessThanOrEqual(1);
	});

	test('mean a field once; the shape is that of the headings alone', () => {
		expect(guessColumns('members', ['Name', 'Nachname', '???'])).toEqual(['familyName', null, null]);
		expect(shapeOf(['Straße', 'Ort'])).toBe(shapeOf(['STRASSE', ' ort ']));
		expect(shapeOf(['Ort', 'Straße'])).not.toBe(shapeOf(['Straße', 'Ort']));
	});

	test('of the templates are all understood, and their examples move in as they stand', () => {
		const texts = fileKinds.map((kind) => templateOf(kind).csv);
		for (const [i, table] of tables(...texts).entries()) {
			expect(table.kind).toBe(fileKinds[i]);
			expect(table.columns).not.toContain(null);
		}
		const { arrivals, problems: wrong } = checkMoving(tables(...texts), surroundings);
		expect(wrong).toEqual([]);
		expect(arrivals).toMatchObject([{ number: 1, mandate: { reference: 'MUSTER-1' } }]);
		expect(checkMoving(tables(texts[0] ?? ''), surroundings).problems).toEqual([]);
	});
});

describe('cells', () => {
	test.each([
		['31.12.2019', '2019-12-31'],
		['1.4.19', '2019-04-01'],
		['01.04.71', '1971-04-01'],
		['2019-12-31', '2019-12-31'],
		['2019-12-31 00:00:00', '2019-12-31'],
		[43_830, '2019-12-31'],
		['43830', '2019-12-31'],
		['31.02.2020', undefined],
		['29.02.2020', '2020-02-29'],
		['29.02.2021', undefined],
		['12/2019', undefined],
		['2019', undefined],
		['00.01.2019', undefined],
		[43_830.5, undefined],
	] as [Cell, string | undefined][])('day %s is %s', (cell, day) => {
		expect(dayIn(cell, today)).toBe(day);
	});

	test.each([
		['1.234,56 €', 123_456],
		['1234,5', 123_450],
		['1234.50', 123_450],
		['1,234.56', 123_456],
		['1.500', 150_000],
		['EUR 500,00', 50_000],
		['500,--', 50_000],
		['-12,30', -1_230],
		[1234.56, 123_456],
		[0.1 + 0.2, undefined],
		[500, 50_000],
		['1.23', 123],
		['1.2345', undefined],
		['12,345', undefined],
		['abc', undefined],
		['', undefined],
	] as [Cell, number | undefined][])('amount %s is %s', (cell, cents) => {
		expect(centsIn(cell)).toBe(cents);
	});

	test('any amount written the German way is read back; any day as a serial too', () => {
		fc.assert(
			fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (cents) => {
				const text = new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 }).format(cents / 100);
				expect(centsIn(text)).toBe(cents);
			}),
		);
		fc.assert(
			fc.property(fc.integer({ min: 61, max: 73_000 }), (serial) => {
				expect(dayIn(serial, today)).toBe(addDays('1899-12-30', serial));
			}),
		);
	});

	test('counts, kinds, countries, names, movements', () => {
		expect(['0012', '1.000', '3,0', '-2', '1,5', 'x'].map(wholeIn)).toEqual([12, 1_000, 3, -2, undefined, undefined]);
		expect(['Privatperson', 'GmbH', 'Verein', 'Stadt', 'GbR', 'Katze'].map(kindIn)).toEqual([
			...['natural', 'company', 'association', 'public-body', 'partnership', undefined],
		]);
		expect(['Sonne GmbH', 'Wind e.V.', 'Gemeinde Auental', 'Solar GmbH & Co. KG'].map(kindOfOrganisation)).toEqual([
			...['company', 'association', 'public-body', 'partnership'],
		]);
		expect(['', 'Österreich', 'ch', 'Atlantis'].map(countryIn)).toEqual(['DE', 'AT', 'CH', undefined]);
		expect(nameIn('Sommer, Anke')).toEqual({ familyName: 'Sommer', givenNames: 'Anke' });
		expect(nameIn('Anna Lena von der Heide')).toEqual({ familyName: 'von der Heide', givenNames: 'Anna Lena' });
		expect(nameIn('Sommer')).toBeUndefined();
		expect([
			movementIn('Teilkündigung', 1),
			movementIn('Übertragung an Sohn', 1),
			movementIn('', -1),
			movementIn('Fest', 1),
		]).toEqual([...['exit', 'transfer-in', 'exit', undefined]]);
		expect(['MÃ¼ller', 'M„ller', 'M\uFFFDller', 'Müller „Söhne“', 'Ãssling'].map(isGarbled)).toEqual([
			true,
			true,
			true,
			false,
			false,
		]);
	});
});

describe('problems', () => {
	test.each([
		['cell-missing', `${head};Anteile\n;Sommer;Anke;Weg 1;43210;Auental;01.04.2013;1`, 2, 'Mitgliedsnummer'],
		['number-wrong', `${head};Anteile\nM1;Sommer;Anke;Weg 1;43210;Auental;01.04.2013;1`, 2, 'Mitgliedsnummer'],
		['number-twice', `${head};Anteile\n${person(1, ';1')}\n${person(1, ';1')}`, 3, 'Mitgliedsnummer'],
		['number-taken', `${head};Anteile\n${person(7, ';1')}`, 2, 'Mitgliedsnummer'],
		['name-missing', `${head};Anteile\n1;;;Weg 1;43210;Auental;01.04.2013;1`, 2, 'Nachname'],
		['name-missing', `${head};Anteile\n1;;Anke;Weg 1;43210;Auental;01.04.2013;1`, 2, 'Nachname'],
		['postcode-wrong', `${head};Anteile\n1;Sommer;Anke;Weg 1;432;Auental;01.04.2013;1`, 2, 'PLZ'],
		['country-unknown', `${head};Anteile;Land\n${person(1, ';1;Atlantis')}`, 2, 'Land'],
		['email-wrong', `${head};Anteile;E-Mail\n${person(1, ';1;anke@')}`, 2, 'E-Mail'],
		['iban-wrong', `${head};Anteile;IBAN\n${person(1, ';1;DE02120300000000202052')}`, 2, 'IBAN'],
		['tax-id-wrong', `${head};Anteile;Steuer-ID\n${person(1, ';1;12345678901')}`, 2, 'Steuer-ID'],
		['day-wrong', `${head};Anteile\n${person(1, ';1', '31.02.2013')}`, 2, 'Eintritt'],
		['day-in-future', `${head};Anteile\n${person(1, ';1', '01.01.2027')}`, 2, 'Eintritt'],
		['exit-before-entry', `${head};Anteile;Austritt\n${person(1, ';1;31.12.2012')}`, 2, 'Austritt'],
		[
			'exit-not-year-end',
			`${head};Anteile;Austritt;Kündigung am\n${person(1, ';1;30.06.2028;01.03.2026')}`,
			2,
			'Austritt',
		],
		['notice-day-missing', `${head};Anteile;Austritt\n${person(1, ';1;31.12.2028')}`, 2, null],
		[
			'notice-after-exit',
			`${head};Anteile;Austritt;Kündigung am\n${person(1, ';1;31.12.2025;01.03.2026')}`,
			2,
			'Kündigung am',
		],
		['notice-without-exit', `${head};Anteile;Kündigung am\n${person(1, ';1;01.03.2026')}`, 2, null],
		[
			'representative-missing',
			'Nr;Firma;Straße;PLZ;Ort;Eintritt;Anteile\n1;Sonne GmbH;Weg 1;43210;Auental;01.03.2016;1',
			2,
			null,
		],
		['representative-unnamed', `${head};Anteile;E-Mail Vertreter\n${person(1, ';1;a@auental.example')}`, 2, null],
		['birth-after-entry', `${head};Anteile;Geburtsdatum\n${person(1, ';1;01.01.2014')}`, 2, 'Geburtsdatum'],
		['guardian-missing', `${head};Anteile;Geburtsdatum\n${person(1, ';1;01.01.2012')}`, 2, null],
		['kind-unknown', `${head};Anteile;Art\n${person(1, ';1;Katze')}`, 2, 'Art'],
		['kind-mismatch', `${head};Anteile;Art\n${person(1, ';1;Verein')}`, 2, 'Art'],
		['investing-not-allowed', `${head};Anteile;Investierend\n${person(1, ';1;ja')}`, 2, 'Investierend'],
		['shares-missing', `${head};Anteile\n${person(1, ';')}`, 2, 'Anteile'],
		['shares-wrong', `${head};Anteile\n${person(1, ';eins')}`, 2, 'Anteile'],
		['over-limit', `${head};Anteile\n${person(1, ';21')}`, 2, 'Anteile'],
		['paid-over-nominal', `${head};Anteile;Guthaben\n${person(1, ';1;500,01')}`, 2, 'Guthaben'],
		['paid-below-zero', `${head};Anteile;Guthaben\n${person(1, ';1;-5')}`, 2, 'Guthaben'],
		['amount-wrong', `${head};Anteile;Guthaben\n${person(1, ';1;1.23456')}`, 2, 'Guthaben'],
		['due-over-nominal', `${head};Anteile;Guthaben;Offen\n${person(1, ';1;400;101')}`, 2, 'Offen'],
		['settlement-open', `${head};Anteile;Guthaben;Austritt\n${person(1, ';1;500;31.12.2020')}`, 2, 'Guthaben'],
		['characters-broken', `${head};Anteile\n1;MÃ¼ller;Anke;Weg 1;43210;Auental;01.04.2013;1`, 2, 'Nachname'],
		[
			'mandate-taken',
			`${head};Anteile;IBAN;Mandatsreferenz;Mandatsdatum\n${person(1, ';1;DE02120300000000202051;m-7;01.04.2013')}`,
			2,
			'Mandatsreferenz',
		],
		[
			'mandate-day-missing',
			`${head};Anteile;IBAN;Mandatsreferenz;Mandatsdatum\n${person(1, ';1;DE02120300000000202051;X;')}`,
			2,
			'Mandatsdatum',
		],
		[
			'mandate-reference-wrong',
			`${head};Anteile;IBAN;Mandatsreferenz;Mandatsdatum\n${person(1, ';1;DE02120300000000202051;ä;01.04.2013')}`,
			2,
			'Mandatsreferenz',
		],
	])('%s is named by row and column', (code, text, row, column) => {
		expect(problems(text)).toContainEqual([code, 'file 1', row, column]);
	});

	test.each([
		['member-unknown', 'Mitgliedsnummer;Datum;Betrag\n9;01.05.2013;5', 'Mitgliedsnummer'],
		['before-entry', 'Mitgliedsnummer;Datum;Betrag\n1;01.05.2012;5', 'Datum'],
		['amount-zero', 'Mitgliedsnummer;Datum;Betrag\n1;01.05.2013;0', 'Betrag'],
		['paid-over-nominal', 'Mitgliedsnummer;Datum;Betrag\n1;01.05.2013;500\n1;02.05.2013;500', 'Betrag'],
		['first-movement', 'Mitgliedsnummer;Datum;Vorgang;Anteile\n1;01.05.2013;Beitritt;1', 'Datum'],
		['movement-unknown', 'Mitgliedsnummer;Datum;Vorgang;Anteile\n1;01.04.2013;Fest;1', 'Vorgang'],
		['movement-sign', 'Mitgliedsnummer;Datum;Vorgang;Anteile\n1;01.04.2013;Beitritt;-1', 'Anteile'],
		[
			'below-one-share',
			'Mitgliedsnummer;Datum;Vorgang;Anteile\n1;01.04.2013;Beitritt;1\n1;01.05.2013;Kündigung;1',
			'Anteile',
		],
		['mandate-iban-missing', 'Mitgliedsnummer;Mandatsreferenz;Mandatsdatum;IBAN\n1;X;01.04.2013;', 'IBAN'],
	])('%s is named in a table of its own', (code, text, column) => {
		const rows = problems(`${head};Anteile\n${person(1, ';1')}`, text).filter(([found]) => found === code);
		expect(rows.at(-1)).toMatchObject([code, 'file 2', expect.any(Number), column]);
	});

	test('all of a table are found at once, and a row with one does not make others', () => {
		const text = `${head};Anteile;IBAN\n${person(1, ';99;DE00', '31.02.2013')}\n${person(2, ';1;')}`;
		expect(problems(text)).toEqual([
			['day-wrong', 'file 1', 2, 'Eintritt'],
			['iban-wrong', 'file 1', 2, 'IBAN'],
		]);
	});

	test('a limit holds from the day it was in the statute', () => {
		const moves = (day: string) =>
			`Mitgliedsnummer;Datum;Vorgang;Anteile\n1;01.04.2013;Beitritt;20\n1;${day};Zeichnung;20`;
		const text = `${head}\n${person(1)}`;
		expect(problems(text, moves('31.12.2019'))).toContainEqual(['over-limit', 'file 2', 3, 'Anteile']);
		expect(problems(text, moves('01.01.2020'))).toEqual([]);
	});

	test('secrets are masked in what is said about them', () => {
		const found = checkMoving(
			tables(`${head};Anteile;IBAN\n${person(1, ';1;DE02120300000000202052')}`),
			surroundings,
		).problems;
		expect(JSON.stringify(found)).not.toContain('0000000020205');
	});

	test('each is said in both languages, with days and amounts as people write them', () => {
		const { problems } = checkMoving(
			tables(`${head};Anteile;Guthaben;Guthaben am;Austritt\n${person(1, ';1;600,00;31.12.2025;30.06.2028')}`),
			surroundings,
		);
		const said = (language: 'de' | 'en') => problems.map((problem) => sentenceOf(problem, language));
		expect(said('de')).toContain('Am 31.12.2025 wären 600,00 € eingezahlt, die Anteile fassen nur 500,00 €.');
		expect(said('en').join(' ')).toContain('€600.00');
		expect(said('de').join(' ')).toContain('Der Austritt am 30.06.2028 ist kein Ende eines Geschäftsjahres');
		for (const text of [...said('de'), ...said('en')]) expect(text).not.toMatch(/[{}]/);
	});
});

test('whatever stands in the cells, checking ends, and what is brought in keeps 0 ≤ paid ≤ nominal on every day', () => {
	const cell = fc.oneof(
		fc.string({ maxLength: 12 }),
		fc.constantFrom<Cell>(
			null,
			1,
			2,
			3,
			'1',
			'2',
			'01.04.2013',
			'31.12.2020',
			'500',
			'-500',
			'Sommer',
			'43210',
			41_000,
		),
	);
	const columns = guessColumns('members', `${head};Anteile;Guthaben;Austritt`.split(';'));
	const rows = fc.array(fc.array(cell, { minLength: 10, maxLength: 10 }), { maxLength: 12 });
	const payments = fc.array(
		fc.tuple(fc.constantFrom(1, 2, 3), fc.integer({ min: 41_000, max: 46_000 }), fc.constantFrom(-500, 250, 500)),
		{ maxLength: 8 },
	);
	fc.assert(
		fc.property(rows, payments, (cells, paid) => {
			const members: Table = {
				...{ id: 'm', kind: 'members', headings: columns.map(String), columns },
				rows: [
					...cells.map((line, i) => ({ row: i + 2, cells: line })),
					...[1, 2, 3].map((n) => ({
						row: 100 + n,
						cells: [n, 'A', 'B', 'C', '43210', 'D', '01.04.2012', n, null, n === 3 ? '31.12.2020' : null],
					})),
				],
			};
			const money: Table = {
				...{ id: 'p', kind: 'payments', headings: ['a', 'b', 'c'], columns: ['number', 'paidOn', 'amount'] },
				rows: paid.map((line, i) => ({ row: i + 2, cells: [...line] })),
			};
			const { arrivals, problems: found } = checkMoving([members, money], surroundings);
			const wrong = new Set(found.filter((one) => one.severity === 'error' && one.file === 'm').map(({ row }) => row));
			// Nobody is left out without a word.
			for (const { row, cells: line } of members.rows) {
				const came = arrivals.some(({ number }) => wholeIn(line[0] ?? null) === number);
				expect(came || wrong.has(row), JSON.stringify(line)).toBe(true);
			}
			if (found.some(({ severity }) => severity === 'error')) return;
			for (const arrival of arrivals) {
				for (const { day } of arrival.paid) {
					const sum = arrival.paid.reduce((total, one) => (one.day <= day ? total + one.cents : total), 0);
					const nominal = arrival.movements.reduce(
						(total, one) => (one.on <= day ? total + one.nominalCents : total),
						0,
					);
					expect(sum).toBeGreaterThanOrEqual(0);
					expect(sum).toBeLessThanOrEqual(nominal);
				}
			}
		}),
		{ numRuns: 200 },
	);
});

describe('files', () => {
	test('CSV of any encoding and separator; headings below a title; row numbers as a spreadsheet shows them', () => {
		const text = 'Unsere Mitglieder\n\nNummer;Name;Ort\n\n1;Müller;"Groß\nBühl"\n';
		const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
		for (const [bytes, encoding] of [
			[Buffer.from(text), 'utf-8'],
			[Buffer.from(`\uFEFF${text}`), 'utf-8'],
			[Buffer.from(text, 'latin1'), 'windows-1252'],
			[utf16, 'utf-16'],
		] as const) {
			const [table] = readCsv(bytes);
			expect(table).toMatchObject({ encoding, headings: ['Nummer', 'Name', 'Ort'] });
			expect(table?.rows).toEqual([{ row: 5, cells: ['1', 'Müller', 'Groß\nBühl'] }]);
		}
		for (const sign of [',', '\t', '|'])
			expect(readCsv(Buffer.from(text.replaceAll(';', sign)))[0]?.headings).toHaveLength(3);
		expect(readCsv(Buffer.from('\n\n'))).toEqual([]);
	});

	test.each([
		['quotes that do not close', Buffer.from('a;b\n"1;2\n3;4'), 'file-broken'],
		['binary', Buffer.from([0x89, 0x50, 0, 1]), 'file-not-known'],
		['too many rows', Buffer.from(`a;b\n${'1;2\n'.repeat(50_100)}`), 'file-too-large'],
		['too many columns', Buffer.from(`${'a;'.repeat(300)}\n${'1;'.repeat(300)}`), 'file-too-large'],
	])('%s is refused', (_, bytes, reason) => {
		expect(() => readCsv(bytes)).toThrow(UnreadableFile);
		try {
			readCsv(bytes);
		} catch (error) {
			expect(error).toMatchObject({ reason });
		}
	});
});
