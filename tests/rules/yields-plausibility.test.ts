// Plausibility of meter-days: each rule finds what it is for, and leaves a true day alone.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sunElevation } from '../../api/readings/sun.ts';
import { type CheckedDay, judgeDay, loadAtNoon } from '../../api/yields/plausibility.ts';
import { addDays, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';

const place = { latitude: 53.5, longitude: 9.9 };
const plant = { kind: 'solar' as const, capacityW: 80_000, ...place };

/** A day under passing clouds. */
function sunny(day: string, lateMinutes = 0): CheckedDay {
	const wh = Array.from({ length: slotsOfDay(day) }, (_, slot) => {
		const at = startOfDay(day) + (slot + 0.5) * 900_000 - lateMinutes * 60_000;
		const height = Math.sin((sunElevation(place, at) * Math.PI) / 180);
		return Math.max(0, Math.round(20_000 * height * (0.8 + ((slot * 7919) % 97) / 500)));
	});
	return { day, slotMinutes: 15, wh, quality: null };
}

const changed = (day: CheckedDay, change: (wh: number | null, slot: number) => number | null): CheckedDay => ({
	...day,
	wh: day.wh.map(change),
});
const kinds = (...given: Parameters<typeof judgeDay>) => judgeDay(...given).map(({ kind }) => kind);
const noon = 50;
const day = sunny('2026-06-12');

describe('a day of a solar plant', () => {
	test.each(['2026-01-05', '2026-03-29', '2026-06-12', '2026-10-25', '2026-12-21'])(
		'that is true has none: %s',
		(on) => {
			const before = [-3, -2, -1].map((days) => sunny(addDays(on, days)));
			expect(judgeDay(sunny(on), plant, { before, sisters: [0.5] })).toEqual([]);
			expect(judgeDay(sunny(on), { ...plant, latitude: null, longitude: null }, { before })).toEqual([]);
		},
	);

	test('energy at night', () => {
		const [finding] = judgeDay(
			changed(day, (wh, slot) => (slot < 8 ? 3_000 + slot * 17 + (slot % 2) * 40 : wh)),
			plant,
		);
		expect(finding).toMatchObject({ kind: 'night', severity: 'warning', fromSlot: 0, toSlot: 7, count: 8 });
	});

	test('more than the plant can give, in a slot and in a day', () => {
		expect(
			judgeDay(
				changed(day, (wh, slot) => (slot === noon ? 22_001 : wh)),
				plant,
			),
		).toEqual([
			{ kind: 'too-much', severity: 'alarm', fromSlot: 50, toSlot: 50, energyWh: 22_001, limitWh: 22_000, count: 1 },
		]);
		expect(
			kinds(
				changed(day, (wh, slot) => (slot === noon ? 22_000 : wh)),
				plant,
			),
		).toEqual([]);
		const daily = (wh: number) => ({ day: '2026-06-12', slotMinutes: 1440, wh: [wh], quality: null });
		expect(kinds(daily(880_001), plant)).toEqual(['too-much']);
		expect(kinds(daily(880_000), plant)).toEqual([]);
	});

	test('nothing at noon while the sisters run', () => {
		const dark = changed(day, () => 0);
		expect(kinds(dark, plant, { sisters: [0.4, 0.5, 0.001] })).toEqual(['zero-at-noon']);
		expect(kinds(dark, plant, { sisters: [0.01, 0.02, 0.5] })).toEqual([]);
		expect(kinds(dark, plant)).toEqual([]);
		expect(loadAtNoon(day, plant)).toBeGreaterThan(0.5);
		expect(
			loadAtNoon(
				changed(day, (wh, slot) => (slot === noon ? null : wh)),
				plant,
			),
		).toBeNull();
	});

	test('stuck and interpolated values, unless they say that they are substitutes', () => {
		const still = changed(day, (wh, slot) => (slot >= 44 && slot < 52 ? 9_876 : wh));
		expect(judgeDay(still, plant)).toMatchObject([
			{ kind: 'stuck', fromSlot: 44, toSlot: 51, energyWh: 9_876, count: 8 },
		]);
		const line = changed(day, (wh, slot) => (slot >= 44 && slot < 54 ? 9_000 + (slot - 44) * 311 : wh));
		expect(judgeDay(line, plant)).toMatchObject([{ kind: 'interpolated', fromSlot: 44, toSlot: 53 }]);
		const quality = new Uint8Array(96).fill(1, 44, 54);
		for (const one of [still, line]) expect(kinds({ ...one, quality }, plant)).toEqual([]);
	});

	test.each([60, -60, 120])('a clock that is %i minutes beside the sun', (minutes) => {
		const before = [-3, -2, -1].map((days) => sunny(addDays(day.day, days), minutes));
		const found = judgeDay(sunny(day.day, minutes), plant, { before });
		expect(found.map(({ kind }) => kind)).toEqual(['shifted']);
		expect(Math.abs((found[0]?.minutes ?? 0) - minutes)).toBeLessThanOrEqual(16);
	});

	test('gaps are no zeros', () => {
		expect(
			judgeDay(
				changed(day, (wh, slot) => (slot < 20 ? null : wh)),
				plant,
			),
		).toMatchObject([{ kind: 'gaps', severity: 'note', count: 20 }]);
		expect(
			judgeDay(
				changed(day, (wh, slot) => (slot < 40 ? null : wh)),
				plant,
			),
		).toMatchObject([{ kind: 'gaps', severity: 'warning', count: 40 }]);
	});
});

describe('a day of a wind turbine', () => {
	const turbine = { kind: 'wind' as const, capacityW: 800_000, ...place };
	const full = { day: '2026-01-05', slotMinutes: 15, wh: new Array<number>(96).fill(200_000), quality: null };
	test('at full power all day long is no stuck value; a smaller one is', () => {
		expect(kinds(full, turbine)).toEqual([]);
		expect(
			kinds(
				changed(full, () => 120_000),
				turbine,
			),
		).toEqual(['stuck']);
		expect(
			kinds(
				changed(full, () => 0),
				turbine,
				{ sisters: [0.3] },
			),
		).toEqual(['zero-at-noon']);
	});
});

const labelled = path.resolve('../shared/data/pv-nrel/ac_power_inv_2173_stale_data.csv');
if (!existsSync(labelled)) console.log(`stale values skipped: ${labelled} is not there`);

test.skipIf(!existsSync(labelled))('real values: exactly the runs that experts call stale', () => {
	const rows = readFileSync(labelled, 'utf8').trim().split('\n').slice(1);
	const found: string[] = [];
	const expected: string[] = [];
	// Days as they come, each as one run of 96 stamps.
	for (let at = 0; at < rows.length; at += 96) {
		const cells = rows.slice(at, at + 96).map((row) => row.split(','));
		const wh = cells.map(([, value]) => (value ? Math.round(Number(value) * 25_000) : null));
		const runs = judgeDay({ day: '2011-01-03', slotMinutes: 15, wh, quality: null }, { ...plant, capacityW: 100_000 });
		for (const { kind, fromSlot, toSlot } of runs)
			if (kind === 'stuck') for (let slot = fromSlot; slot <= toSlot; slot++) found.push(cells[slot]?.[0] ?? '');
		for (const [stamp, , mask] of cells) if (mask === 'True') expected.push(stamp ?? '');
	}
	expect(expected).toHaveLength(245);
	expect(found).toEqual(expected);
});
