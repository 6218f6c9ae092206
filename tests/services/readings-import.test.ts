// Meter files become meter-days: all or nothing, once, corrected with history, whoever uploads at the same second.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { importFile, previewFile } from '../../api/readings/service/import.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');
const malo = '41373559241';
const folder = mkdtempSync(path.resolve('.cache/files-'));
let number = 0;

/** A long-form file: rows of [ISO start, kWh, M|E]. */
function file(rows: [string, string, string][], meteringPoint = malo): string {
	const name = path.join(folder, `readings-${++number}.csv`);
	writeFileSync(name, rows.map(([time, kwh, quality]) => `${meteringPoint},${time},${kwh},${quality}\n`).join(''));
	return name;
}

/** Quarter-hours from a UTC start. */
function quarters(start: string, count: number, kwh: (i: number) => string, quality = 'M'): [string, string, string][] {
	return Array.from({ length: count }, (_, i) => [
		new Date(Date.parse(start) + i * 900_000).toISOString().replace('.000Z', 'Z'),
		kwh(i),
		quality,
	]);
}

const store = (name: string) => importFile(database.db, { by: system, at, path: name, origin: 'command' });
const stored = () =>
	database.owner`select day::text, wh, quality, total_wh::int, gaps, version, import_id from reading_days order by channel_id, day`;

beforeAll(async () => {
	const plant = {
		name: 'Windrad',
		kind: 'wind' as const,
		capacityW: 2_400_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(database.db, { by: system, at, plant });
	await addMeteringPoint(database.db, { by: system, at, plantId: id, marketLocation: malo });
});

// 2026-10-24T22:00Z is local midnight of the day with 100 quarter-hours.
const autumn = quarters('2026-10-24T22:00:00Z', 196, (i) => `${100 + i}.250`);

test('a preview stores nothing; the import stores what the preview said', async () => {
	const name = file(autumn);
	const preview = await previewFile(database.db, { by: system, at, path: name });
	expect(await stored()).toHaveLength(0);
	expect(preview.series[0]).toMatchObject({
		meteringPoint: malo,
		plantName: 'Windrad',
		values: 196,
		added: 196,
		changed: 0,
	});
	const imported = await store(name);
	expect(imported).toMatchObject({ daysAdded: 2, daysReplaced: 0 });
	expect(imported.series[0]?.totalWh).toBe(preview.series[0]?.totalWh);
	const days = await stored();
	expect(days.map((d) => [d.day, d.wh.length, d.gaps, d.version])).toEqual([
		['2026-10-25', 100, 0, 1],
		['2026-10-26', 96, 0, 1],
	]);
	expect(days[0]?.quality).toBeNull();
	expect(days[0]?.total_wh).toBe(days[0]?.wh.reduce((s: number, v: number) => s + v, 0));
});

test('the same file again is refused, renamed or not, and the same values in another file change nothing', async () => {
	await expect(store(file(autumn))).rejects.toMatchObject({ code: 'readings.already-imported' });
	const [row] = autumn;
	const again = await store(file([...autumn, row ?? ['', '', '']]));
	expect(again).toMatchObject({ daysAdded: 0, daysReplaced: 0 });
	expect(again.series[0]).toMatchObject({ equal: 196, added: 0, changed: 0, differenceWh: 0 });
});

test('a correction replaces the day and keeps the earlier version', async () => {
	const corrected = autumn.map(([time, kwh, q], i): [string, string, string] => [time, i === 3 ? '99.000' : kwh, q]);
	const result = await store(file(corrected));
	expect(result).toMatchObject({ daysAdded: 0, daysReplaced: 1 });
	expect(result.series[0]).toMatchObject({ changed: 1, equal: 195, differenceWh: 99_000 - 103_250 });
	const [history] = await database.owner`select day::text, wh, version, replaced_by_import from reading_days_history`;
	expect(history).toMatchObject({ day: '2026-10-25', version: 1, replaced_by_import: result.importId });
	expect(history?.wh[3]).toBe(103_250);
});

test('an estimate never replaces a measurement, and a part of a day never erases the rest', async () => {
	const before = await stored();
	const estimates = quarters('2026-10-25T00:00:00Z', 8, () => '1.000', 'E');
	const result = await store(file(estimates));
	expect(result.series[0]).toMatchObject({ outranked: 8, changed: 0, added: 0 });
	expect(await stored()).toEqual(before);
});

test('halves of a day uploaded at the same moment both count', async () => {
	const day = quarters('2026-11-09T23:00:00Z', 96, (i) => `${i}.000`);
	await Promise.all([store(file(day.slice(0, 48))), store(file(day.slice(48))), store(file(day.slice(40, 60)))]);
	const [row] = (await stored()).filter((d) => d.day === '2026-11-10');
	expect(row).toMatchObject({ gaps: 0, total_wh: (95 * 96 * 1000) / 2 });
});

test('sixteen uploads of the same file at once store it once', async () => {
	const name = file(quarters('2026-11-11T23:00:00Z', 96, () => '5.000'));
	const results = await Promise.allSettled(Array.from({ length: 16 }, () => store(name)));
	expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
	for (const r of results) if (r.status === 'rejected') expect(r.reason.code).toBe('readings.already-imported');
});

test.each([
	[
		'a broken line at the end',
		() => file([...quarters('2026-11-01T00:00:00Z', 400, () => '1.000'), ['2026-11-05T04:00:00Z', 'zwölf', 'M']]),
		'readings.bad-number',
	],
])('%s: nothing of the file is stored', async (_what, make, code) => {
	const before = await stored();
	await expect(store(make())).rejects.toMatchObject({ code });
	expect(await stored()).toEqual(before);
	const [left] = await database.owner`select count(*)::int as n from imports where state <> 'stored'`;
	expect(left?.n).toBe(0);
});
