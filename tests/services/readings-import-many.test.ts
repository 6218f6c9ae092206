// Many small files at once: stored together as if each had come alone; whatever is wrong with one keeps no other out.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { importFiles } from '../../api/readings/service/import-many.ts';
import { daysFrom } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { writeSolarLogDay } from '../../web/demo/formats/solarlog.ts';
import { feuerwehrhaus } from '../../web/demo/plants.ts';
import { quarterHoursWh } from '../../web/demo/weather.ts';
import { system, useDatabase } from '../database.ts';

const together = useDatabase();
const alone = useDatabase();
const at = new Date('2026-07-01T10:00:00Z');
const folder = mkdtempSync(path.join(tmpdir(), 'many-'));
const points = new Map<unknown, string>();

function fileOf(day: string, name?: string): string {
	const file = writeSolarLogDay(day, quarterHoursWh(feuerwehrhaus, day), [0.55, 0.45]);
	if (!file) throw new Error(`no sun on ${day}`);
	const target = path.join(folder, name ?? file.fileName);
	writeFileSync(target, file.bytes);
	return target;
}

const filesOf = (database: typeof together, paths: readonly string[]) =>
	paths.map((file) => ({ path: file, assignment: { meteringPointId: points.get(database) ?? '' } }));
const importMany = (database: typeof together, paths: readonly string[]) =>
	importFiles(database.db, { by: system, at, origin: 'watch-folder', files: filesOf(database, paths) });
const days = ({ owner }: typeof together) =>
	owner`select c.obis, d.day::text, d.wh, d.total_wh, d.gaps, d.version, i.file_name, i.report->>'daysAdded' as added
		from reading_days d join channels c on c.id = d.channel_id join imports i on i.id = d.import_id order by 1, 2`;

beforeAll(async () => {
	for (const database of [together, alone]) {
		const plant = {
			name: 'Dach',
			kind: 'solar' as const,
			capacityW: 62_100,
			postcode: '43211',
			town: 'Auental',
			commissionedOn: '2020-04-15',
		};
		const { id: plantId } = await addPlant(database.db, { by: system, at, plant });
		const { id } = await addMeteringPoint(database.db, { by: system, at, plantId, marketLocation: feuerwehrhaus.malo });
		points.set(database, id);
	}
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('stored together they leave what each leaves alone', async () => {
	const files = daysFrom('2026-06-01', '2026-06-20').map((day) => fileOf(day));
	const outcomes = await importMany(together, files);
	expect(outcomes).toHaveLength(20);
	for (const { path: file, assignment } of filesOf(alone, files)) {
		await importFile(alone.db, { by: system, at, path: file, origin: 'watch-folder', assignment });
	}
	expect(await days(together)).toEqual(await days(alone));
	expect(outcomes[3]).toMatchObject({ daysAdded: 2, daysReplaced: 0, series: [{ device: '1' }, { device: '2' }] });
	const [log] =
		await together.owner`select count(*)::int as n from audit_log where content->>'action' = 'readings.importFile'`;
	expect(log?.n).toBe(20);
});

test('a broken file and one that is known are refused, the others are stored', async () => {
	const broken = path.join(folder, 'broken.js');
	writeFileSync(broken, 'm[mi++]="21.06.26 10:00:00|12;');
	const outcomes = await importMany(together, [
		fileOf('2026-06-22'),
		broken,
		fileOf('2026-06-05'),
		fileOf('2026-06-23'),
	]);
	expect(outcomes.map((outcome) => (outcome instanceof Refusal ? 'refused' : outcome.daysAdded))).toEqual([
		2,
		'refused',
		'refused',
		2,
	]);
	expect(outcomes[2]).toMatchObject({ code: 'readings.already-imported' });
});

test('two files with the same day are stored one after the other, the earlier values kept', async () => {
	const first = fileOf('2026-06-25', 'first.js');
	const half = path.join(folder, 'half.js');
	const wh = quarterHoursWh(feuerwehrhaus, '2026-06-25').map((value, i) => (i < 48 ? value : Math.floor(value * 1.1)));
	writeFileSync(half, writeSolarLogDay('2026-06-25', wh, [0.55, 0.45])?.bytes ?? '');
	expect(await importMany(together, [first, half])).toMatchObject([
		{ daysAdded: 2, daysReplaced: 0 },
		{ daysAdded: 0, daysReplaced: 2 },
	]);
});
