// ESL register export: the real file, several meters and periods, demands that are no energy, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look } from './readings-files.ts';
import { expectedOf, isAbsent, lookAt, survives } from './readings-formats.ts';

type Row = { obis?: string; value: string; status?: string; at?: string };
type Period = { meter?: string; end: string; rows: readonly Row[] };

function esl(periods: readonly Period[]): string {
	const meters = periods.map(({ meter = '38157930', end, rows }) => {
		const values = rows.map(
			({ obis = '1-1:2.8.1', value, status = 'V', at }) =>
				`<ValueRow obis="${obis}"${at ? ` valueTimeStamp="${at}"` : ''} value="${value}" status="${status}"/>\n`,
		);
		return `<Meter factoryNo="${meter}" internalNo="1">\n<TimePeriod end="${end}">\n${values.join('')}</TimePeriod>\n</Meter>\n`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>\n<ESLBillingData>\n<Header version="1.0" created="2019-01-31T00:00:00" swSystemNameFrom="ESL-EVU"/>\n${meters.join('')}</ESLBillingData>`;
}

describe.skipIf(isAbsent)('the real file', () => {
	test('registers of one meter', async () => {
		const known = expectedOf('sdat-ch').files['ESL_test_esl_file.xml'];
		const [period] = known.periods;
		const found = await lookAt('sdat-ch/ESL_test_esl_file.xml');
		expect(found).toMatchObject({ format: 'esl', formatVersion: '1.0', sender: 'ESL-EVU', refusal: null, series: [] });
		const energy = Object.entries<{ value: number }>(period.registers).filter(([obis]) => /\.8\.\d$/.test(obis));
		expect(found.registers.map(({ obis, wh }) => [obis, wh])).toEqual(
			energy.map(([obis, { value }]) => [obis, Math.round(value * 1000)]),
		);
		for (const one of found.registers) {
			expect(one).toMatchObject({
				...{ meteringPoint: null, device: known.meter, rank: 0, occasion: 'reading' },
				at: '2018-12-31T23:00:00.000Z',
			});
		}
		expect(found.warnings).toMatchObject([
			{ code: 'readings.max-demand-skipped', values: { count: 4, text: '1-1:1.6.1' } },
		]);
	});
});

test('what is printed is read: meters, periods in summer and winter, large registers', async () => {
	const ends = [
		['2026-01-01T00:00:00', '2025-12-31T23:00:00.000Z'],
		['2026-07-01T00:00:00', '2026-06-30T22:00:00.000Z'],
		['2026-03-29T03:00:00', '2026-03-29T01:00:00.000Z'],
		['2026-07-01T00:00:00+02:00', '2026-06-30T22:00:00.000Z'],
	] as const;
	const anyRow = fc.record({
		obis: fc.constantFrom('1-1:1.8.0', '1-1:1.8.2', '1-1:2.8.0', '1-1:2.8.1', '1-1:5.8.1'),
		wh: fc.integer({ min: 0, max: 9_999_999_999_999 }),
	});
	const anyPeriod = fc.record({
		meter: fc.constantFrom('38157930', '1ESY0001'),
		end: fc.constantFrom(...ends),
		rows: fc.array(anyRow, { minLength: 1, maxLength: 5 }),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(anyPeriod, { minLength: 1, maxLength: 4 }), async (periods) => {
			const print = periods.map(({ meter, end, rows }) => ({
				...{ meter, end: end[0] },
				rows: rows.map(({ obis, wh }) => ({
					obis,
					value: `${Math.floor(wh / 1000)}.${String(wh % 1000).padStart(3, '0')}0`,
				})),
			}));
			const found = await look(esl(print));
			expect(found.refusal).toBeNull();
			expect(found.registers.map(({ device, obis, wh, at }) => ({ device, obis, wh, at }))).toEqual(
				periods.flatMap(({ meter, end, rows }) =>
					rows.map(({ obis, wh }) => ({ device: meter, obis, wh, at: end[1] })),
				),
			);
		}),
		{ numRuns: 60 },
	);
});

test('a row without a value or marked missing is no reading; an estimate is one', async () => {
	const rows = [
		{ value: '' },
		{ value: '1', status: 'F' },
		{ value: '2', status: 'E' },
		{ value: '3', at: '2018-12-05T08:45:00' },
	];
	const found = await look(esl([{ end: '2019-01-01T00:00:00', rows }]));
	expect(found.registers).toMatchObject([
		{ wh: 2000, rank: 1 },
		{ wh: 3000, rank: 0, at: '2018-12-05T07:45:00.000Z' },
	]);
});

test.each([
	['an end that is no time', { end: '2019-02-30T00:00:00', rows: [{ value: '1' }] }, 'readings.bad-time'],
	['a word for a number', { end: '2019-01-01T00:00:00', rows: [{ value: 'viel' }] }, 'readings.bad-number'],
	['a negative register', { end: '2019-01-01T00:00:00', rows: [{ value: '-1' }] }, 'readings.negative'],
	[
		'a register no meter shows',
		{ end: '2019-01-01T00:00:00', rows: [{ value: '99999999999999' }] },
		'readings.too-large',
	],
	[
		'a status nobody knows',
		{ end: '2019-01-01T00:00:00', rows: [{ value: '1', status: 'Q' }] },
		'readings.bad-quality',
	],
	['a code that is none', { end: '2019-01-01T00:00:00', rows: [{ value: '1', obis: 'Strom' }] }, 'readings.bad-syntax'],
	['demands alone', { end: '2019-01-01T00:00:00', rows: [{ value: '1', obis: '1-1:1.6.1' }] }, 'readings.no-values'],
	['nothing at all', { end: '2019-01-01T00:00:00', rows: [] }, 'readings.no-values'],
])('%s is refused', async (_, period, code) => {
	const { refusal } = await look(esl([period]));
	expect(refusal?.code).toBe(code);
	expect(refusal?.values).toHaveProperty('line');
});

test('whatever happens to the file, it is read whole or refused', async () => {
	const rows = [{ value: '1.5' }, { value: '2', obis: '1-1:2.8.2' }];
	await survives(esl([{ end: '2019-01-01T00:00:00', rows }]), { format: 'esl', root: 'ESLBillingData' });
});
