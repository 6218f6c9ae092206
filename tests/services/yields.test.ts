// Yields: every watt-hour once, each member's part by the shares of the day.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { addMeteringPoint, addPlant, setPlantRate } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { calculateYields, listMyYields, listYields } from '../../api/yields/service.ts';
import { foundTestCooperative, join, noon } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = noon('2026-04-01');
const malo = '41373559241';
const folder = mkdtempSync(path.resolve('.cache/yields-'));
const members: { memberId: string }[] = [];

async function store(name: string, rows: string[]): Promise<void> {
	const file = path.join(folder, name);
	writeFileSync(file, `${rows.join('\n')}\n`);
	await importFile(database.db, { by: system, at, path: file, origin: 'command' });
}

const day = (start: string, kwh: string, count: number, quality = 'M') =>
	Array.from(
		{ length: count },
		(_, i) =>
			`${malo},${new Date(Date.parse(start) + i * 900_000).toISOString().replace('.000Z', 'Z')},${kwh},${quality}`,
	);

beforeAll(async () => {
	await foundTestCooperative(database.db);
	members.push(await join(database.db, '2026-01-15', 3), await join(database.db, '2026-03-01', 1));
	const plant = {
		name: 'Windrad',
		kind: 'wind' as const,
		capacityW: 2_400_000,
		postcode: '43210',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(database.db, { by: system, at, plant });
	await addMeteringPoint(database.db, { by: system, at, plantId: id, marketLocation: malo });
	await setPlantRate(database.db, { by: system, at, plantId: id, validFrom: '2014-05-01', centsPerKwh: '8.5000' });
	await store('a.csv', [
		...day('2026-02-28T23:00:00Z', '1.000', 96),
		...day('2026-03-28T23:00:00Z', '1.000', 88),
		...day('2026-03-29T21:00:00Z', '2.000', 3, 'E'),
	]);
});

test('plant-days are calculated once and again only where something changed', async () => {
	expect(await calculateYields(database.db, { by: system, at })).toMatchObject({ plantDays: 2 });
	expect(await calculateYields(database.db, { by: system, at })).toEqual({ plantDays: 0, shareDays: 0 });
	const days = await listYields(database.db, {
		by: person(['member']),
		from: '2026-03-01',
		to: '2026-03-31',
		group: 'day',
	});
	expect(days.map(({ plantId: _, ...line }) => line)).toEqual([
		{
			period: '2026-03-01',
			fedInWh: 96_000,
			revenueCents: 816,
			days: 1,
			slots: 96,
			missingSlots: 0,
			unmeasuredSlots: 0,
			completeness: 1,
			fullLoadHours: 0.04,
			expectedWh: null,
			co2Grams: 33_024,
		},
		// the day with 23 hours: 88 measured, 3 estimated, one missing
		{
			period: '2026-03-29',
			fedInWh: 94_000,
			revenueCents: 799,
			days: 1,
			slots: 92,
			missingSlots: 1,
			unmeasuredSlots: 3,
			completeness: 91 / 92,
			fullLoadHours: 0.04,
			expectedWh: null,
			co2Grams: 32_336,
		},
	]);
	// 1 to 29 March, of which two days have values
	const [year] = await listYields(database.db, { by: system, from: '2026-03-01', to: '2026-12-31', group: 'year' });
	expect(year?.completeness).toBeCloseTo((2 - 1 / 92) / 29, 9);
});

test('a correction changes its day only', async () => {
	await store('b.csv', [...day('2026-03-29T21:30:00Z', '2.000', 1), ...day('2026-03-29T21:45:00Z', '5.000', 1)]);
	expect(await calculateYields(database.db, { by: system, at })).toMatchObject({ plantDays: 1 });
	const [month] = await listYields(database.db, { by: system, from: '2026-03-01', to: '2026-03-31', group: 'month' });
	expect(month).toMatchObject({ period: '2026-03-01', fedInWh: 195_000, missingSlots: 0, unmeasuredSlots: 2 });
});

test("each member's part follows the shares of the day, and the parts never exceed the whole", async () => {
	const part = async ({ memberId }: { memberId: string }) =>
		(
			await listMyYields(database.db, { by: person(['member'], { memberId }), from: '2026-03-01', to: '2026-03-31' })
		)[0];
	const [first, second] = await Promise.all(members.map(part));
	expect(first).toMatchObject({ shares: 3, energyWh: (195_000 * 3) / 4, allFedInWh: 195_000, co2Grams: 50_310 });
	expect(second).toMatchObject({ shares: 1, energyWh: Math.floor(195_000 / 4), revenueCents: 414 });
	expect((first?.energyWh ?? 0) + (second?.energyWh ?? 0)).toBeLessThanOrEqual(195_000);
});

test('thirds and sevenths add up to the whole, whoever joins or leaves in the middle of the month', async () => {
	for (const [day, count] of [
		['2026-03-02', 2],
		['2026-03-15', 1],
		['2026-03-29', 4],
	] as const)
		members.push(await join(database.db, day, count));
	await store(
		'c.csv',
		Array.from({ length: 9 }, (_, n) => `2026-03-${String(n + 10).padStart(2, '0')}`).flatMap((date) =>
			day(`${date}T00:00:00+01:00`, '0.137', 96),
		),
	);
	await calculateYields(database.db, { by: system, at: noon('2026-04-02') });
	const parts = await Promise.all(
		members.map(({ memberId }) =>
			listMyYields(database.db, { by: person(['member'], { memberId }), from: '2026-03-01', to: '2026-03-31' }),
		),
	);
	const [month] = await listYields(database.db, { by: system, from: '2026-03-01', to: '2026-03-31', group: 'month' });
	expect(month?.fedInWh).toBe(195_000 + 9 * 96 * 137);
	expect(parts.reduce((sum, [one]) => sum + (one?.energyWh ?? 0), 0)).toBe(month?.fedInWh);
});

test('a period that is upside down or endless is refused', async () => {
	const ask = (from: string, to: string) => listYields(database.db, { by: system, from, to, group: 'day' });
	await expect(ask('2026-03-31', '2026-03-01')).rejects.toMatchObject({ code: 'yields.period' });
	await expect(ask('2000-01-01', '2026-03-01')).rejects.toMatchObject({ code: 'yields.period' });
});
