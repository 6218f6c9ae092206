// Counting registers: what happened between two readings, and how energy of a period becomes energy of days.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, dailyEnergy, type Meter, type Reading, stepsBetween } from '../../api/readings/steps.ts';

const hour = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00+01:00');
const day = 24 * hour;
const meter: Meter = { serial: 'A1', installedMs: start - 1000 * day, removedMs: null, digits: 5, factor: 1 };
const kwh = (amount: number) => Math.round(amount * 1000);

function reading(atDays: number, amountKwh: number, more: Partial<Reading> = {}): Reading {
	const atMs = start + atDays * day;
	return {
		id: `${atDays}-${amountKwh}-${more.serial ?? ''}`,
		atMs,
		wh: kwh(amountKwh),
		rank: 0,
		serial: 'A1',
		occasion: 'reading',
		issuedMs: atMs,
		...more,
	};
}

function steps(
	readings: Reading[],
	decisions: Decision[] = [],
	meters: Meter[] = [meter],
	capacityW: number | null = 100_000,
) {
	return stepsBetween(readings, { meters, decisions, capacityW }).map(({ kind, energyWh, suggestion, decidedBy }) => ({
		...{ kind, energyWh, suggestion, decidedBy },
	}));
}

describe('steps', () => {
	test.each([
		['counts on', [reading(0, 100), reading(31, 3_100.5)], { kind: 'normal', energyWh: 3_000_500, decidedBy: 'rule' }],
		['stands still', [reading(0, 100), reading(31, 100)], { kind: 'normal', energyWh: 0 }],
		[
			'passes its last digit',
			[reading(0, 99_999.9), reading(31, 0.3)],
			{ kind: 'rollover', energyWh: 400, decidedBy: 'rule' },
		],
		['falls to nothing', [reading(0, 5_000), reading(31, 0)], { kind: 'fell', energyWh: null, suggestion: 'reset' }],
		['falls to seventeen', [reading(0, 5_000), reading(31, 17)], { kind: 'fell', energyWh: null, suggestion: 'reset' }],
		['falls a little', [reading(0, 5_000), reading(31, 4_990)], { kind: 'fell', energyWh: null }],
		[
			'jumps beyond what the plant can give',
			[reading(0, 0), reading(1, 50_000)],
			{ kind: 'jump', energyWh: null, suggestion: 'accept' },
		],
		[
			'passes its last digit but gives too much',
			[reading(0, 92_000), reading(1, 40_000)],
			{ kind: 'fell', energyWh: null, suggestion: 'rollover' },
		],
	])('the register %s', (_, readings, expected) => {
		expect(steps(readings)).toMatchObject([expected]);
	});

	test('the transformer factor counts', () => {
		expect(steps([reading(0, 10), reading(31, 20)], [], [{ ...meter, factor: 40 }])).toMatchObject([
			{ energyWh: kwh(400) },
		]);
	});

	test('an exchange has two readings and no energy of its own', () => {
		const old = { ...meter, removedMs: start + 10 * day };
		const fresh = { ...meter, serial: 'B2', installedMs: start + 10 * day, factor: 2 };
		const readings = [
			reading(0, 99_000),
			reading(10, 99_950, { occasion: 'removal' }),
			reading(10, 3, { serial: 'B2', occasion: 'installation' }),
			reading(31, 103, { serial: 'B2' }),
		];
		const expected = [
			{ kind: 'normal', energyWh: kwh(950) },
			{ kind: 'exchange', energyWh: 0 },
			{ kind: 'normal', energyWh: kwh(200) },
		];
		expect(steps(readings, [], [old, fresh])).toMatchObject(expected);
		expect(steps(readings.toReversed(), [], [old, fresh])).toMatchObject(expected);
		// Readings without a serial number belong to the meter that stood there.
		const nameless = readings.map((one) => ({ ...one, serial: null, id: `${one.id}-` }));
		expect(steps([nameless[0], nameless[1], readings[2], nameless[3]] as Reading[], [], [old, fresh])).toMatchObject(
			expected,
		);
	});

	test('another serial number without an exchange is a question', () => {
		expect(steps([reading(0, 100), reading(31, 5, { serial: 'B2' })])).toMatchObject([
			{ kind: 'other-meter', energyWh: null, suggestion: 'exchange' },
		]);
	});

	test('what somebody decided counts', () => {
		const fell = [reading(0, 5_000), reading(31, 17)];
		const decided = (decision: Decision['decision'], resetToWh: number | null = null) =>
			steps(fell, [{ readingId: fell[1]?.id ?? '', decision, resetToWh }]);
		expect(decided('reset', 0)).toMatchObject([{ kind: 'reset', energyWh: kwh(17), decidedBy: 'person' }]);
		expect(decided('reset', kwh(12))).toMatchObject([{ energyWh: kwh(5) }]);
		expect(decided('reset', kwh(20))).toMatchObject([{ kind: 'fell', energyWh: null }]);
		expect(decided('rollover')).toMatchObject([{ kind: 'rollover', energyWh: kwh(95_017) }]);
		expect(decided('accept')).toMatchObject([{ kind: 'fell', energyWh: null }]);
		expect(decided('ignore')).toEqual([]);
		const jump = [reading(0, 0), reading(1, 50_000)];
		expect(steps(jump, [{ readingId: jump[1]?.id ?? '', decision: 'accept', resetToWh: null }])).toMatchObject([
			{ kind: 'normal', energyWh: kwh(50_000), decidedBy: 'person' },
		]);
	});

	test('of two readings of one moment the better, then the later one counts', () => {
		const readings = [
			reading(0, 0),
			reading(31, 90, { rank: 1, id: 'a' }),
			reading(31, 100, { id: 'b' }),
			reading(31, 110, { id: 'c', issuedMs: start + 40 * day }),
		];
		expect(steps(readings)).toMatchObject([{ energyWh: kwh(110) }]);
	});

	test('no energy is ever negative, nothing is dropped, whatever the readings', () => {
		const some = fc.array(
			fc.record({
				day: fc.integer({ min: 0, max: 60 }),
				kwh: fc.integer({ min: 0, max: 99_999 }),
				serial: fc.constantFrom('A1', 'B2', null),
			}),
			{ minLength: 1, maxLength: 12 },
		);
		fc.assert(
			fc.property(some, (list) => {
				const readings = list.map((one, i) => reading(one.day, one.kwh, { serial: one.serial, id: String(i) }));
				const found = stepsBetween(readings, { meters: [meter], decisions: [], capacityW: 100_000 });
				const moments = new Set(readings.map((one) => `${one.serial}|${one.atMs}`));
				expect(found).toHaveLength(moments.size - 1);
				for (const one of found) expect(one.energyWh ?? 0).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});

describe('days', () => {
	test('evenly, whole days only, adding up', () => {
		const days = dailyEnergy([{ fromMs: start, toMs: start + 3 * day, energyWh: 100 }], null);
		expect([...days]).toEqual([
			['2026-01-01', 33],
			['2026-01-02', 34],
			['2026-01-03', 33],
		]);
		expect([...dailyEnergy([{ fromMs: start + 12 * hour, toMs: start + 2 * day, energyWh: 300 }], null)]).toEqual([
			['2026-01-02', 200],
		]);
	});

	test('a day between two periods gets its part of both', () => {
		const middle = start + day + 12 * hour;
		const days = dailyEnergy(
			[
				{ fromMs: start, toMs: middle, energyWh: 300 },
				{ fromMs: middle, toMs: start + 2 * day, energyWh: 50 },
			],
			null,
		);
		expect(days.get('2026-01-02')).toBe(150);
	});

	test('by what is expected of each month', () => {
		const expected = [31_000, 56_000, ...new Array<number>(10).fill(0)];
		const days = dailyEnergy([{ fromMs: start + 30 * day, toMs: start + 32 * day, energyWh: 300 }], expected);
		expect(days.get('2026-01-31')).toBe(100);
		expect(days.get('2026-02-01')).toBe(200);
		expect(
			[...dailyEnergy([{ fromMs: start + 100 * day, toMs: start + 101 * day, energyWh: 7 }], expected).values()].reduce(
				(a, b) => a + b,
				0,
			),
		).toBeLessThanOrEqual(7);
	});

	test('the days of whole periods add up to their energy', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 400 }),
				fc.integer({ min: 0, max: 10_000_000 }),
				fc.boolean(),
				(count, energyWh, profile) => {
					const expected = profile ? [2, 6, 9, 11, 12, 13, 13, 12, 10, 7, 3, 2].map((one) => one * 1000) : null;
					const end = new Date(start);
					end.setUTCDate(end.getUTCDate() + count);
					const toMs = Date.parse(`${end.toISOString().slice(0, 10)}T23:00:00Z`);
					const days = dailyEnergy([{ fromMs: start, toMs, energyWh }], expected);
					const last = [...days.keys()].at(-1) ?? '';
					// In summer local midnight is an hour earlier: the last day is then only begun.
					if (/-(0[4-9])-/.test(last)) return;
					expect([...days.values()].reduce((sum, wh) => sum + wh, 0)).toBeLessThanOrEqual(energyWh);
					for (const wh of days.values()) expect(wh).toBeGreaterThanOrEqual(0);
				},
			),
		);
	});
});
