// DATEV posting batches: the exact header, entries as pairs without losing a cent, text the format can carry.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnTitles } from '../../api/ledger/datev/columns.ts';
import { type BatchHeader, batchFile } from '../../api/ledger/datev/file.ts';
import { type Line, pairsOf } from '../../api/ledger/datev/pairs.ts';
import { bookingText, voucherText, windows1252 } from '../../api/ledger/datev/text.ts';
import { readBatch, sumsOf } from '../extf.ts';

const clearing = '1370';
const header: BatchHeader = {
	...{ created: '20261122141503123', consultant: 1001, client: 147, yearStart: '2026-01-01', accountLength: 4 },
	...{ from: '2026-01-01', to: '2026-06-30', label: 'Gemeinwatt "Auental"', chart: '04', locked: true },
};

/** Balanced lines on a few accounts, several of them often on the same one. */
const entries = fc
	.array(
		fc.tuple(fc.constantFrom('1800', '2901', '3520', '4400', '6310', '2970'), fc.integer({ min: 1, max: 10 ** 9 })),
		{
			minLength: 1,
			maxLength: 30,
		},
	)
	.chain((debits) =>
		fc
			.array(fc.constantFrom('1800', '2901', '3520', '4400', '6310'), { minLength: 1, maxLength: 12 })
			.map((credits) => {
				let rest = debits.reduce((sum, [, cents]) => sum + cents, 0);
				const lines: Line[] = debits.map(([account, cents]) => ({ account, cents }));
				for (const [i, account] of credits.entries()) {
					const cents = i === credits.length - 1 ? rest : Math.floor(rest / 2);
					rest -= cents;
					if (cents > 0) lines.push({ account, cents: -cents });
				}
				return lines;
			}),
	);

function turnover(lines: readonly Line[]): Map<string, { debit: number; credit: number }> {
	const sums = new Map<string, { debit: number; credit: number }>();
	for (const { account, cents } of lines) {
		const sum = sums.get(account) ?? { debit: 0, credit: 0 };
		if (cents > 0) sum.debit += cents;
		else sum.credit -= cents;
		sums.set(account, sum);
	}
	return sums;
}

describe('the file', () => {
	test('has the 31 fields of the header in their places, and 125 titles', () => {
		const { header: fields, titles } = readBatch(batchFile(header, []));
		expect(fields).toEqual([
			...['EXTF', '700', '21', 'Buchungsstapel', '13', '20261122141503123', '', 'RE', 'Gemeinwatt', '', '1001', '147'],
			...['20260101', '4', '20260101', '20260630', "Gemeinwatt 'Auental'", '', '1', '0', '1', 'EUR', '', '', '', ''],
			...['04', '', '', '', ''],
		]);
		expect(titles).toHaveLength(125);
		expect([titles[0], titles[9], titles[13], titles[104], titles[113], titles[114]]).toEqual([
			...['Umsatz (ohne Soll/Haben-Kz)', 'Belegdatum', 'Buchungstext', 'SEPA-Mandatsreferenz', 'Festschreibung'],
			'Leistungsdatum',
		]);
		expect(new Set(columnTitles).size).toBe(125);
	});

	test('writes a row as the format wants it', () => {
		const pair = { account: '1800', contra: '2901', amountCents: 1_050_007 };
		const row = {
			...pair,
			bookedOn: '2026-03-09',
			voucher: 'Auszug 4/1',
			text: 'Einzahlung; Müller "Söhne"',
			taxKey: '',
		};
		const bytes = batchFile({ ...header, accountLength: 6 }, [row]);
		expect(bytes.includes(Buffer.from([0x4d, 0xfc, 0x6c]))).toBe(true);
		expect(readBatch(bytes).rows[0]).toMatchObject({
			...{ 'Umsatz (ohne Soll/Haben-Kz)': '10500,07', 'Soll/Haben-Kennzeichen': 'S', 'WKZ Umsatz': 'EUR' },
			...{ Konto: '180000', 'Gegenkonto (ohne BU-Schlüssel)': '290100', Belegdatum: '0903' },
			...{ 'Belegfeld 1': 'Auszug-4/1', Buchungstext: "Einzahlung; Müller 'Söhne'", Festschreibung: '1' },
		});
	});

	test('any entries re-read to the same sums per account and side; the clearing account ends at zero', () => {
		fc.assert(
			fc.property(
				fc.array(entries, { minLength: 1, maxLength: 8 }),
				fc.string({ unit: 'binary', maxLength: 90 }),
				(all, text) => {
					const rows = all.flatMap((lines) =>
						pairsOf(lines, clearing).map((pair) => ({
							...pair,
							bookedOn: '2026-02-28',
							voucher: text,
							text,
							taxKey: '',
						})),
					);
					const batch = readBatch(batchFile(header, rows));
					const read = sumsOf(batch);
					const cleared = read.get(clearing);
					expect(cleared?.debit ?? 0).toBe(cleared?.credit ?? 0);
					read.delete(clearing);
					expect(read).toEqual(turnover(all.flat()));
					for (const row of batch.rows) {
						expect(row.Konto).not.toBe(row['Gegenkonto (ohne BU-Schlüssel)']);
						expect((row.Buchungstext ?? '').length).toBeLessThanOrEqual(60);
						expect(row['Belegfeld 1']).toMatch(/^[A-Za-z0-9$&%*+\-/]{0,36}$/);
					}
				},
			),
		);
	});

	test('pairs the largest sides first and needs no clearing account where another account is there', () => {
		expect(
			pairsOf(
				[
					{ account: '1800', cents: 70 },
					{ account: '6310', cents: 30 },
					{ account: '2901', cents: -90 },
					{ account: '3520', cents: -10 },
				],
				clearing,
			),
		).toEqual([
			{ account: '1800', contra: '2901', amountCents: 70 },
			{ account: '6310', contra: '2901', amountCents: 20 },
			{ account: '6310', contra: '3520', amountCents: 10 },
		]);
		expect(
			pairsOf(
				[
					{ account: '2901', cents: 50 },
					{ account: '2901', cents: -50 },
				],
				clearing,
			),
		).toEqual([
			{ account: '2901', contra: clearing, amountCents: 50 },
			{ account: clearing, contra: '2901', amountCents: 50 },
		]);
		expect(() => pairsOf([{ account: '1800', cents: 1 }], clearing)).toThrow(RangeError);
	});
});

describe('text', () => {
	test('is what Windows-1252 can carry', () => {
		expect(windows1252('Dvořák – 10 € „ß“ 木').toString('latin1')).toBe('Dvor\xe1k \x96 10 \x80 \x84\xdf\x93 ?');
	});
	test('cannot break out of its field or become a formula', () => {
		expect(bookingText('=1+1";\r\nEXTF')).toBe("'=1+1'; EXTF");
		expect(bookingText('  @cmd')).toBe("'@cmd");
		expect(bookingText('x'.repeat(80))).toHaveLength(60);
		expect(voucherText(' Beschluss Nr. 4 (2026-03-01) ')).toBe('Beschluss-Nr-4-2026-03-01');
		expect(voucherText('=SUM(A1)')).toBe('SUM-A1');
	});
});
