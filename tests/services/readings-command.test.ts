// npm run readings -- import: stores files while the product runs on the same folder, says what became of each.
import { type ExecFileException, execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../api/config.ts';
import type { Database } from '../../api/database/connect.ts';
import { openDatabase } from '../../api/database/open.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { system } from '../database.ts';

const at = new Date('2026-11-22T10:00:00Z');
const malo = '41373559241';
const env = { ...process.env, SECRET: 'a secret that only these tests know, long enough' };
let dataFolder = '';
let db: Database;

beforeAll(async () => {
	dataFolder = mkdtempSync(path.resolve('.cache/command-'));
	// The embedded server runs as another user.
	chmodSync(dataFolder, 0o755);
	// The running product: it holds the embedded server.
	db = await openDatabase(readConfig({ ...env, DATA_DIR: dataFolder }));
	const plant = {
		name: 'Windrad',
		kind: 'wind' as const,
		capacityW: 1,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(db, { by: system, at, plant });
	await addMeteringPoint(db, { by: system, at, plantId: id, marketLocation: malo });
}, 60_000);

afterAll(async () => {
	await db?.close();
	rmSync(dataFolder, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
	return new Promise((resolve) => {
		execFile(
			process.execPath,
			['api/readings/command.ts', 'import', ...args],
			{ env: { ...env, DATA_DIR: dataFolder } },
			(error: ExecFileException | null, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
		);
	});
}

function file(name: string, content: string): string {
	const target = path.join(dataFolder, name);
	writeFileSync(target, content);
	return target;
}

const row = (time: string, kwh: string, point = malo) => `${point},${time},${kwh},M\n`;

test('good files are stored, bad ones named with their reason; any refusal makes the exit code 1', async () => {
	const good = file('good.csv', row('2026-05-01T00:00:00Z', '1.500') + row('2026-05-01T00:15:00Z', '2.500'));
	const bad = file(
		'bad.csv',
		row('2026-05-02T00:00:00Z', '1.000') + row('2026-05-02T00:15:00Z', '1.000') + row('2026-05-02T00:30:00Z', 'x'),
	);
	const first = await run(good, bad);
	expect([first.code, first.err]).toEqual([1, '']);
	expect(first.out).toMatch(/good\.csv\n {2}stored as import \d+ \(quarter-hour-csv.*\): 1 days new, 0 days replaced/);
	expect(first.out).toContain('4.000 kWh');
	expect(first.out).toMatch(/bad\.csv\n {2}REFUSED readings\.bad-number/);
	const again = await run(good, '--json');
	expect(again.code).toBe(1);
	expect(JSON.parse(again.out)).toMatchObject([
		{ file: good, imported: null, refusal: { code: 'readings.already-imported' } },
	]);
	const [stored] = await db.sql`select count(*)::int4 as n from reading_days`;
	expect(stored?.n).toBe(1);
});

test('values without metering point need one; it must exist', async () => {
	const daily = file('days_hist.js', 'da[dx++]="05.03.26|12340;4000"\n');
	expect((await run(daily)).out).toContain('readings.assignment-needed');
	expect((await run(daily, '--metering-point', '51481308448')).out).toContain('readings.unknown-metering-point');
	const result = await run(daily, '--metering-point', malo, '--json');
	expect(result.code).toBe(0);
	expect(JSON.parse(result.out)).toMatchObject([{ refusal: null, imported: { daysAdded: 1 } }]);
});

test('a file that is not there: nothing is stored', async () => {
	const good = file('other.csv', row('2026-06-01T00:00:00Z', '1.000'));
	const result = await run(good, path.join(dataFolder, 'missing.csv'));
	expect([result.code, result.out]).toEqual([2, '']);
	expect(result.err).toContain('missing.csv');
});
