// Rules of register, retention and deletion: the fold of events, hashes, extra fields, periods, cells of CSV files.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf } from '../../api/documents/csv.ts';
import { keepUntil } from '../../api/documents/rules.ts';
import {
	extraFieldsOf,
	furtherSharesOf,
	mergedExtra,
	registerHash,
	type ShareStep,
} from '../../api/members/rules/register.ts';
import { actionOn, dueOf, isDue, type Leaver } from '../../api/privacy/rules/deletion.ts';
import { isTold, readable, sectionOfTable } from '../../api/privacy/rules/export.ts';
import { addDays } from '../../api/values/calendar.ts';

describe('further shares', () => {
	const step = (kind: ShareStep['kind'], on: string, change: number): ShareStep => ({ kind, on, change });

	test('every change has its day and the number from then on; the exit is none of them (M-20)', () => {
		expect(
			furtherSharesOf([
				...[step('joined', '2020-01-01', 2), step('changed', '2020-06-01', 3), step('changed', '2021-01-01', -1)],
				step('left', '2022-12-31', -4),
			]),
		).toEqual({
			...{ furtherShares: 0, furtherSharesSince: '2022-12-31' },
			changes: [
				{ on: '2020-06-01', furtherShares: 4 },
				{ on: '2021-01-01', furtherShares: 3 },
			],
		});
	});

	test('a day on which nothing changed in the end is left out', () => {
		const { changes } = furtherSharesOf([
			...[step('joined', '2020-01-01', 1), step('changed', '2020-06-01', 3), step('changed', '2020-06-01', -3)],
		]);
		expect(changes).toEqual([]);
	});

	test('the number after the last change is the number of further shares, whatever happened', () => {
		const life = fc.array(fc.record({ day: fc.nat(50), change: fc.integer({ min: -3, max: 5 }) }), { maxLength: 12 });
		fc.assert(
			fc.property(life, (events) => {
				const steps = events
					.toSorted((a, b) => a.day - b.day)
					.map(({ day, change }) => step('changed', addDays('2020-01-02', day), change));
				const all = furtherSharesOf([step('joined', '2020-01-01', 1), ...steps]);
				expect(all.changes.at(-1)?.furtherShares ?? 0).toBe(all.furtherShares);
				expect(
					all.changes.every(({ furtherShares }, i) => furtherShares !== (all.changes[i - 1]?.furtherShares ?? 0)),
				).toBe(true);
			}),
		);
	});
});

test('the hash of a register changes with every fact of the law and of the statute, and with nothing else', () => {
	const line = {
		...{ number: 7, name: { familyName: 'Muster', givenNames: 'Änne' }, joinedOn: '2020-01-01', furtherShares: 1 },
		...{ address: { street: 'Weg 1', postcode: '43210', town: 'Auental', country: 'DE' }, leftOn: null },
		...{ furtherSharesSince: null, changes: [{ on: '2021-01-01', furtherShares: 1 }], extra: { a: '1', b: '2' } },
	};
	const hash = registerHash([line]);
	expect(registerHash([{ ...line, extra: { b: '2', a: '1' }, furtherSharesSince: '2021-01-01' }])).toBe(hash);
	for (const change of [
		...[{ number: 8 }, { leftOn: '2022-12-31' }, { extra: {} }, { furtherShares: 2 }, { joinedOn: '2020-01-02' }],
		...[{ address: { ...line.address, street: 'Weg 2' } }, { changes: [] }, { name: { organisation: 'Muster' } }],
	])
		expect(registerHash([{ ...line, ...change }])).not.toBe(hash);
});

test("only the statute's fields are shown, and others never see tax, bank or religion (M-30)", () => {
	const extra = { Geburtsdatum: '29.02.1980', Steuernummer: '1', Konfession: 'x', Alt: 'früher' };
	const fields = ['Geburtsdatum', 'Steuernummer', 'Konfession'];
	expect(extraFieldsOf(extra, fields).map(({ label }) => label)).toEqual(fields);
	expect(mergedExtra([extra, { Alt: '' }, { Konfession: 'y' }])).toEqual({
		...{ Geburtsdatum: '29.02.1980', Steuernummer: '1', Konfession: 'y' },
	});
	expect(extraFieldsOf(extra, fields, { inspection: true })).toEqual([{ label: 'Geburtsdatum', value: '29.02.1980' }]);
});

describe('retention', () => {
	test.each([
		['register-document', '2015-04-02', '2026-12-31', '2029-12-31'],
		['register-document', '2026-04-02', '2026-12-31', '2032-12-31'],
		['register-document', '2026-04-02', null, null],
		['voucher', '2026-03-05', null, '2034-12-31'],
		['books', '2026-03-05', null, '2036-12-31'],
		['letter', '2026-03-05', '2020-12-31', '2032-12-31'],
	] as const)('a %s of %s is kept until %s + its years', (retention, documentOn, leftOn, until) => {
		expect(keepUntil(retention, documentOn, leftOn)).toBe(until);
	});

	const leaver: Leaver = {
		...{ joinedOn: '2013-03-01', leftOn: '2021-12-31', declaredOn: '2013-02-01', settled: true, payoutMonths: 6 },
		...{ lastDebitOn: null, lastPaymentOn: '2022-03-15', lastInflowOn: '2022-06-30' },
	};

	test.each([
		['account', { dueOn: '2022-01-01', action: 'erased' }],
		['contact', { dueOn: '2022-01-01', action: 'erased' }],
		['bank', { dueOn: '2023-01-01', action: 'restricted', keepUntil: '2030-12-31', rule: 'B-60' }],
		['birth-date', { dueOn: '2023-01-01', action: 'restricted', keepUntil: '2024-12-31', rule: 'G-20' }],
		['tax-id', { dueOn: '2024-01-01', action: 'restricted', keepUntil: '2028-12-31', rule: 'B-60' }],
		['declaration', { dueOn: '2025-01-01', action: 'erased', rule: 'G-20' }],
	] as const)('%s of somebody who left', (category, expected) => {
		expect(dueOf(category, leaver)).toMatchObject(expected);
	});

	test('nothing but old papers goes while money is owed; a late direct debit keeps the account for 13 months', () => {
		for (const category of ['account', 'contact', 'bank', 'birth-date', 'tax-id'] as const)
			expect(dueOf(category, { ...leaver, settled: false }).dueOn).toBeNull();
		expect(dueOf('bank', { ...leaver, lastDebitOn: '2022-01-31' }).dueOn).toBe('2023-03-01');
	});

	test('whatever is restricted is kept at least as long as it is not yet due, and erased once its time is over', () => {
		const day = fc.nat(3_000).map((n) => addDays('2020-01-01', n));
		fc.assert(
			fc.property(day, day, (leftOn, paidOn) => {
				const due = dueOf('bank', { ...leaver, leftOn, lastPaymentOn: paidOn });
				expect(due.dueOn !== null && due.keepUntil !== null && due.keepUntil > due.dueOn).toBe(true);
				expect(isDue(due, addDays(due.dueOn ?? '', -1))).toBe(false);
				expect(actionOn(due, due.dueOn ?? '')).toEqual({ action: 'restricted', keepUntil: due.keepUntil });
				expect(actionOn(due, addDays(due.keepUntil ?? '', 1)).action).toBe('erased');
			}),
		);
	});
});

test('an export tells everything but what proves who somebody is; tables nobody named yet are told as well', () => {
	expect(isTold('persons', 'password_hash')).toBe(false);
	expect(isTold('persons', 'email')).toBe(true);
	expect(sectionOfTable('a_table_of_tomorrow')).toBe('other');
	expect(readable('amountCents', -123_456, true)).toBe('−1.234,56 €');
	expect(readable('dueOn', '2026-02-01', true)).toBe('01.02.2026');
	expect(readable('mfa', false, false)).toBe('no');
	expect(readable('address', { street: 'Weg 1', town: null }, true)).toBe('street: Weg 1');
});

test('no cell of an extract is a formula, whatever somebody is called', () => {
	const start = fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' =', '\u00a0+', '＝', '\n@');
	fc.assert(
		fc.property(start, fc.string(), (first, rest) => {
			const cell = csvOf([[first + rest]]).slice(1, -2);
			expect(cell.replace(/^"/, '')).toMatch(/^'/);
		}),
	);
});
