// Findings about meter-days: computed once, kept with what was said of them, gone when the values are corrected.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { calculateYields } from '../../api/yields/service.ts';
import { checkDays } from '../../api/yields/service/check.ts';
import { judgeFinding, listFindings, readFindingCalendar } from '../../api/yields/service/findings.ts';
import { publishPlant, readPublicPlant } from '../../api/yields/service/public.ts';
import { foundTestCooperative, noon } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = noon('2026-09-01');
const operator = person(['operator']);
const folder = mkdtempSync(path.resolve('.cache/findings-'));
const roofs: { id: string; malo: string }[] = [];

async function store(name: string, rows: readonly string[]): Promise<void> {
	const file = path.join(folder, name);
	writeFileSync(file, `${rows.join('\n')}\n`);
	await importFile(database.db, { by: system, at, path: file, origin: 'command' });
}

/** A sunny day in June, in quarter-hours of a local day. */
const rowsOf = (malo: string, day: string, change: (kwh: number, slot: number) => number | null) =>
	Array.from({ length: 96 }, (_, slot) => {
		const sun = Math.max(0, Math.sin(((slot - 21) / 66) * Math.PI));
		const kwh = change(Math.round(sun * 15_000 * (0.8 + ((slot * 7919) % 97) / 500)) / 1000, slot);
		const start = new Date(Date.parse(`${day}T00:00:00+02:00`) + slot * 900_000).toISOString().replace('.000Z', 'Z');
		return kwh === null ? '' : `${malo},${start},${kwh.toFixed(3)},M`;
	}).filter(Boolean);

const open = async () =>
	(await listFindings(database.db, { by: operator, state: 'open' })).map(({ kind, from, to }) => [kind, from, to]);

beforeAll(async () => {
	await foundTestCooperative(database.db);
	for (const [name, malo] of [
		['Dach Ost', '41373559241'],
		['Dach West', '51481308448'],
	] as const) {
		const facts = {
			kind: 'solar' as const,
			capacityW: 80_000,
			postcode: '43210',
			town: 'Auental',
			commissionedOn: '2014-05-01',
		};
		const plant = { ...facts, name, latitude: 53.5, longitude: 9.9 };
		const { id } = await addPlant(database.db, { by: system, at, plant });
		await addMeteringPoint(database.db, { by: system, at, plantId: id, marketLocation: malo });
		roofs.push({ id, malo });
	}
	const [east, west] = roofs.map(({ malo }) => malo) as [string, string];
	await store('a.csv', [
		...rowsOf(east, '2026-06-10', (kwh) => kwh),
		...rowsOf(east, '2026-06-11', () => 0),
		...rowsOf(east, '2026-06-14', (kwh, slot) => (slot < 10 ? null : slot === 50 ? 40 : kwh)),
		...['2026-06-10', '2026-06-11'].flatMap((day) => rowsOf(west, day, (kwh) => kwh)),
	]);
}, 60_000);

test('days are checked once; what stands still beside its sister, gives too much or is missing is found', async () => {
	expect(await checkDays(database.db, { by: system, at })).toEqual({ days: 5, found: 5, gone: 0 });
	expect(await checkDays(database.db, { by: system, at })).toEqual({ days: 0, found: 0, gone: 0 });
	expect(await open()).toEqual([
		['too-much', '2026-06-14', '2026-06-14'],
		['zero-at-noon', '2026-06-11', '2026-06-11'],
		['missing-day', '2026-06-12', '2026-06-13'],
		['gaps', '2026-06-14', '2026-06-14'],
	]);
	const [east] = await readFindingCalendar(database.db, { by: operator, plantId: roofs[0]?.id ?? '', year: 2026 });
	expect(
		east?.days.map(({ day, completeness, severity }) => [day.slice(-2), Math.round(completeness * 96), severity]),
	).toEqual([
		['10', 96, null],
		['11', 96, 'alarm'],
		['12', 0, 'warning'],
		['13', 0, 'warning'],
		['14', 86, 'alarm'],
	]);
});

test('what is said of a finding stays until the values change', async () => {
	const [first] = await listFindings(database.db, { by: operator, state: 'open' });
	if (!first) throw new Error('no finding');
	const { channelId } = first;
	const say = (more: object) =>
		judgeFinding(database.db, {
			...{
				by: operator,
				at,
				channelId,
				kind: 'zero-at-noon',
				from: '2026-06-11',
				to: '2026-06-11',
				state: 'explained',
			},
			...more,
		});
	await expect(say({ note: ' ' })).rejects.toMatchObject({ code: 'yields.finding-note' });
	await expect(say({ note: 'x', from: '2026-06-12', to: '2026-06-12' })).rejects.toMatchObject({
		code: 'yields.finding-unknown',
	});
	await expect(say({ by: person(['member']), note: 'Snow' })).rejects.toMatchObject({ code: 'yields.finding-unknown' });
	expect(await say({ note: 'Wechselrichter getauscht' })).toEqual({ days: 1 });
	await expect(say({ state: 'seen' })).rejects.toMatchObject({ code: 'yields.finding-unknown' });
	expect((await open()).map(([kind]) => kind)).not.toContain('zero-at-noon');
	expect(await listFindings(database.db, { by: operator, state: 'explained' })).toMatchObject([
		{ kind: 'zero-at-noon', note: 'Wechselrichter getauscht', stateByName: operator.name },
	]);
	// A correction and the missing days come.
	const east = roofs[0]?.malo ?? '';
	await store(
		'b.csv',
		['2026-06-11', '2026-06-12', '2026-06-14'].flatMap((day) => rowsOf(east, day, (kwh) => kwh)),
	);
	expect(await checkDays(database.db, { by: system, at })).toEqual({ days: 3, found: 0, gone: 4 });
	expect(await open()).toEqual([['missing-day', '2026-06-13', '2026-06-13']]);
	expect(await listFindings(database.db, { by: person(['member']), state: 'open' })).toEqual([]);
});

test('a plant is for everybody once it is shown, and no longer when it is not', async () => {
	const { db } = database;
	const plantId = roofs[0]?.id ?? '';
	const nobody = person([]);
	const read = (by = nobody, preview = false) => readPublicPlant(db, { by, at, plantId, preview });
	await calculateYields(db, { by: system, at });
	await expect(read()).rejects.toMatchObject({ code: 'plants.unknown' });
	expect(await read(operator, true)).toMatchObject({ isPublic: false });
	await publishPlant(db, { by: operator, at, plantId, isPublic: true });
	const shown = await read();
	expect(shown).toMatchObject({
		name: 'Dach Ost',
		isPublic: true,
		until: '2026-06-14',
		lastDay: { day: '2026-06-14' },
	});
	expect(shown.months).toMatchObject([{ month: '2026-06-01', fedInWh: shown.yearWh, expectedWh: null }]);
	expect(Math.abs((shown.co2Grams ?? 0) - shown.totalWh * 0.344)).toBeLessThan(1);
	await publishPlant(db, { by: operator, at, plantId, isPublic: false });
	await expect(read()).rejects.toMatchObject({ code: 'plants.unknown' });
});
