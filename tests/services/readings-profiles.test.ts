// Mapping profiles: tried, kept, used by imports, changed by two people at once, seen by staff only, deleted.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { importFile, previewFile } from '../../api/readings/service/import.ts';
import {
	deleteMappingProfile,
	listMappingProfiles,
	saveMappingProfile,
	tryMappingProfile,
} from '../../api/readings/service/profiles.ts';
import type { Actor } from '../../api/values/actor.ts';
import { system, useDatabase } from '../database.ts';
import { comma, slotsFrom, totalWh, wallOf, whAt } from '../rules/readings-files.ts';
import { serialOf, workbook } from '../rules/readings-sheets.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');
const malo = '41373559241';
const folder = mkdtempSync(path.resolve('.cache/files-'));
const slots = slotsFrom('2026-06-15', 4);
const stamp = (minute: number) => `${wallOf(minute).date} ${wallOf(minute).time}`;
const table = (of: readonly number[]) =>
	Buffer.from(`Zeit;Feld A;Feld B\n${of.map((m) => `${stamp(m)};${comma(whAt(m))};9,5\n`).join('')}`);

function written(name: string, bytes: Buffer): string {
	const file = path.join(folder, name);
	writeFileSync(file, bytes);
	return file;
}

test('a table nobody can read becomes readable once somebody said how', async () => {
	const plant = {
		...{ name: 'Halle', kind: 'solar' as const, capacityW: 500_000, postcode: '00000', town: 'Auental' },
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(database.db, { by: system, at, plant });
	await addMeteringPoint(database.db, { by: system, at, plantId: id, marketLocation: malo });
	const sample = table(slots);
	const file = written('a.csv', sample);
	await expect(previewFile(database.db, { by: system, at, path: file })).rejects.toMatchObject({
		code: 'readings.ambiguous-columns',
	});
	const trial = await tryMappingProfile(database.db, { by: system, sample: sample.subarray(0, sample.length - 7) });
	expect(trial).toMatchObject({
		header: ['Zeit', 'Feld A', 'Feld B'],
		kept: null,
		refusal: null,
		sun: null,
		daySum: null,
	});
	expect(trial.series).toMatchObject([{ values: 383, device: null }]);
	const [column] = trial.profile.values;
	const profile = { ...trial.profile, values: [{ ...column!, meteringPoint: malo, obis: '1-1:2.29.0' }] };
	const saved = await saveMappingProfile(database.db, { by: system, at, name: 'Mein Portal', sample, profile });
	expect(await listMappingProfiles(database.db, { by: system })).toMatchObject([
		{ id: saved.id, name: 'Mein Portal', header: ['Zeit', 'Feld A', 'Feld B'], profile },
	]);
	const imported = await importFile(database.db, { by: system, at, path: file, origin: 'command' });
	expect(imported).toMatchObject({ format: 'mapped', series: [{ meteringPoint: malo, added: 384 }] });
	const [row] = await database.owner`select sum(total_wh)::int as wh from reading_days`;
	expect(row?.wh).toBe(totalWh(slots));
	const later = await previewFile(database.db, {
		by: system,
		at,
		path: written('b.csv', table(slotsFrom('2026-07-01'))),
	});
	expect(later).toMatchObject({ format: 'mapped', series: [{ meteringPoint: malo, added: 96 }] });
});

test('a trial of a workbook, the sun and the sum of a day', async () => {
	const wall = (m: number) => m + 120;
	const sun = (m: number) => Math.max(0, 40_000 - Math.abs(((wall(m) - 80) % 1440) - 720) * 90);
	const rows = slots.map((m) => [{ serial: serialOf(wall(m)), format: 'both' as const }, sun(m) / 1000]);
	const sample = workbook([{ name: 'Daten', rows: [['Zeit', 'Wert'], ...rows] }]);
	const ask = { by: system, sample, place: { latitude: 48.4, longitude: 10 } };
	const dayWh = slots.slice(0, 96).reduce((sum, m) => sum + sun(m), 0);
	const known = { day: '2026-06-15', energyWh: Math.round(dayWh / 4) };
	const trial = await tryMappingProfile(database.db, { ...ask, knownDay: known });
	expect(trial).toMatchObject({ sun: { verdict: 'fits' }, daySum: 'is-power', refusal: null });
	const utc = await tryMappingProfile(database.db, { ...ask, profile: { ...trial.profile, zone: 'utc' } });
	expect(utc.sun?.verdict).toBe('shifted');
	expect(utc.sun?.lateMinutes).toBeGreaterThan(90);
	await expect(tryMappingProfile(database.db, { by: system, sample: Buffer.from('Name;Ort\n') })).rejects.toMatchObject(
		{
			code: 'readings.profile-no-rows',
		},
	);
});

test('sixteen at once leave one profile; members see none; deleted it reads nothing more', async () => {
	const sample = Buffer.from(`Zeit;Wert X\n${slots.map((m) => `${stamp(m)};1,5\n`).join('')}`);
	const { profile } = await tryMappingProfile(database.db, { by: system, sample });
	const saved = await Promise.all(
		Array.from({ length: 16 }, (_, i) =>
			saveMappingProfile(database.db, { by: system, at, name: `Portal ${i}`, sample, profile }),
		),
	);
	expect(new Set(saved.map(({ id }) => id)).size).toBe(1);
	const member: Actor = { ...system, kind: 'person', roles: ['member'] };
	expect(await listMappingProfiles(database.db, { by: member })).toEqual([]);
	await deleteMappingProfile(database.db, { by: system, at, profileId: saved[0]!.id });
	await expect(deleteMappingProfile(database.db, { by: system, at, profileId: saved[0]!.id })).rejects.toMatchObject({
		code: 'readings.profile-unknown',
	});
	expect(await previewFile(database.db, { by: system, at, path: written('c.csv', sample) })).toMatchObject({
		format: 'quarter-hour-csv',
	});
});
