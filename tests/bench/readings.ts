// Ten million quarter-hours from a CSV file to durable, versioned meter-days, beside one row per reading and beside parsing alone.
import { createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import postgres from 'postgres';
import { connect } from '../../api/database/connect.ts';
import { startEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { inspectFile } from '../../api/readings/inspect.ts';
import { importFile, sha256Of } from '../../api/readings/service/import.ts';
import { systemActor } from '../../api/values/actor.ts';
import { addDays, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
import type { Measurement } from './measurement.ts';

const by = systemActor('bench');
const at = new Date('2026-11-22T10:00:00Z');
const meters = 520;

function marketLocation(index: number): string {
	const body = String(4_100_000_000 + index);
	const sum = [...body].reduce((s, d, i) => s + Number(d) * (i % 2 ? 2 : 1), 0);
	return `${body}${(10 - (sum % 10)) % 10}`;
}

/** Writes the file day by day, meter by meter, as a metering service delivers it. Returns the number of rows. */
async function writeReadings(file: string, rows: number): Promise<number> {
	const out = createWriteStream(file, { highWaterMark: 4_194_304 });
	let written = 0;
	let seed = 1;
	for (let day = '2023-01-01'; written < rows; day = addDays(day, 1)) {
		const slots = slotsOfDay(day);
		const stamps = Array.from({ length: slots }, (_, i) =>
			new Date(startOfDay(day) + i * 900_000).toISOString().replace('.000Z', 'Z'),
		);
		for (let meter = 0; meter < meters && written < rows; meter++) {
			const name = marketLocation(meter);
			let text = '';
			for (const stamp of stamps) {
				seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
				text += `${name},${stamp},${Math.floor(seed / 1000) % 600}.${String(seed % 1000).padStart(3, '0')},M\n`;
			}
			written += slots;
			if (!out.write(text)) await once(out, 'drain');
		}
	}
	out.end();
	await once(out, 'finish');
	return written;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1000;
}

/** `npm run bench -- readings [rows]`; ten million rows unless said otherwise. Everything in one run, on one durable server. */
export async function measure(): Promise<Measurement[]> {
	const wanted = Number(process.argv[3] ?? 10_000_000);
	const folder = path.resolve('.data/bench-readings');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	const file = path.join(folder, 'readings.csv');
	const server = await startEmbedded(folder, 'bench', ['max_wal_size=4GB']);
	const db = connect(await migrate(server.owner, 'bench'));
	const owner = postgres({ ...server.owner, max: 1, onnotice: () => {} });
	try {
		const rows = await writeReadings(file, wanted);
		console.log(`${rows.toLocaleString('en')} rows, ${Math.round(statSync(file).size / 1e6)} MB, ${meters} meters`);
		const plant = {
			name: 'Bench',
			kind: 'solar' as const,
			capacityW: 1,
			postcode: '00000',
			town: 'Bench',
			commissionedOn: '2020-01-01',
		};
		const { id: plantId } = await addPlant(db, { by, at, plant });
		for (let i = 0; i < meters; i++) await addMeteringPoint(db, { by, at, plantId, marketLocation: marketLocation(i) });

		const parse = await seconds(() => inspectFile(file));
		const first = await seconds(() => importFile(db, { by, at, path: file, origin: 'command' }));
		await owner`vacuum reading_days`;
		const [size] = await owner`select pg_total_relation_size('reading_days')::float8 as bytes`;
		const again = await seconds(async () => {
			await importFile(db, { by, at, path: file, origin: 'command' }).catch((error: unknown) => {
				if (!(error instanceof Refusal && error.code === 'readings.already-imported')) throw error;
			});
		});
		const hash = await seconds(() => sha256Of(file));

		// The baseline: PostgreSQL itself copies the same values from a binary file into one row per reading.
		const binary = path.join(server.owner.host, '..', 'data', 'readings.bin');
		await owner.unsafe(`create table source_rows as select r.channel_id, u.start, u.wh from reading_days r,
			lateral (select ((r.day::timestamp at time zone 'Europe/Berlin') + (n - 1) * interval '15 minutes') as start, wh::int8 as wh
				from unnest(r.wh) with ordinality as v (wh, n)) u`);
		await owner.unsafe(`copy source_rows to '${binary}' with (format binary)`);
		await owner`drop table source_rows`;
		await owner`create table one_row_each (channel_id int4, start timestamptz, wh int8, primary key (channel_id, start))`;
		const copy = await seconds(() => owner.unsafe(`copy one_row_each from '${binary}' with (format binary)`));
		const [each] = await owner`select pg_total_relation_size('one_row_each')::float8 as bytes`;

		const rate = (s: number) => rows / s;
		const bytes = { value: Number(size?.bytes) / rows, baseline: Number(each?.bytes) / rows, unit: 'bytes a reading' };
		return [
			{
				name: 'import',
				...{
					value: rate(first),
					baseline: rate(copy),
					unit: 'readings/s',
					against: 'server-side COPY into one row per reading with primary key',
				},
				...{ target: { atLeast: 5 }, judged: 'ratio' },
			},
			{
				name: 'import',
				...{
					value: rate(first),
					baseline: rate(parse),
					unit: 'readings/s',
					against: 'reading, hashing and parsing alone',
				},
				...{ target: { atLeast: 0.4 }, judged: 'ratio' },
			},
			{ name: 'storage', ...bytes, against: 'one row per reading', target: { atMost: 6 }, judged: 'value' },
			{
				name: 'the same file again',
				value: again,
				baseline: first,
				unit: 's',
				against: 'the first time',
				target: { atMost: 1 },
				judged: 'ratio',
			},
			{
				name: 'the same file again',
				value: again,
				baseline: hash,
				unit: 's',
				against: 'sha256 alone',
				target: { atMost: 2 },
				judged: 'ratio',
			},
		];
	} finally {
		await owner.end();
		await db.close();
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
