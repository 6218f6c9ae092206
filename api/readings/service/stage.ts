// Brings a file's days into a temporary table and holds them against what is stored. Nothing permanent is written here.
import type postgres from 'postgres';
import { clientOf, type Tx } from '../../database/connect.ts';
import { ensureChannels, findChannels, meteringPointsNamed } from '../../plants/service.ts';
import { Refusal } from '../../values/refusal.ts';
import type { SeriesSummary } from '../assemble.ts';
import { compareDay, isSameDay, overlaid } from '../compare.ts';
import { type ReadFile, readFile } from '../read.ts';
import { bytesOf, Source } from '../source.ts';
import { DayCopy } from './copy.ts';

/** Where values go whose file does not name a metering point: chosen by whoever uploads, or by the source. */
export interface Assignment {
	meteringPointId: string;
	/** OBIS code if the file names none; default feed-in, '1-1:2.29.0' (device 2 of a logger: '1-2:2.29.0') */
	obis?: string | undefined;
}

/** One series of a file beside what is stored. Counts are values, energies watt-hours of the days the file touches. */
export interface StagedSeries {
	summary: SeriesSummary;
	plantName: string | null;
	meteringPointId: string | null;
	obis: string;
	/** null while the channel does not exist yet */
	channelId: number | null;
	added: number;
	equal: number;
	changed: number;
	outranked: number;
	storedWh: number;
	resultWh: number;
}

/** A file to be read. `importId` is the import its days will belong to; 0 for a look. */
export interface FileToStage {
	path: string;
	assignment?: Assignment | undefined;
	importId: number;
}

/** A file that was read to its end and compared. */
export interface StagedFile {
	importId: number;
	read: ReadFile;
	series: StagedSeries[];
}

/**
 * Reads files into the transaction's temporary table `staged` and compares every series with the stored days, merged by quality.
 * With `create` missing channels are made and locked, so that imports of one channel wait for each other.
 * Refuses what the formats refuse and readings.same-channel-twice (also for two files with the same day of a channel);
 * with `create` also readings.unknown-metering-point and readings.assignment-needed.
 */
export async function stageFiles(
	tx: Tx,
	{ files, create, at }: { files: readonly FileToStage[]; create: boolean; at: Date },
	onProgress: (bytes: number) => void = () => {},
): Promise<StagedFile[]> {
	const client = clientOf(tx);
	await client`create temporary table staged (series int4 not null, day date not null, wh int4[] not null, quality bytea, total_wh int8 not null, gaps int2 not null) on commit drop`;
	const reads = await copyDays(client, files, onProgress);
	const found = reads.flatMap((read, i) =>
		read.series.map((summary) => ({ summary, assignment: files[i]?.assignment })),
	);
	const series = await placesOf(tx, found, { create, at });
	let first = 0;
	const staged = reads.map((read, i): StagedFile => {
		const own = series.slice(first, first + read.series.length);
		first += read.series.length;
		const channelIds = own.flatMap(({ channelId }) => channelId ?? []);
		if (new Set(channelIds).size < channelIds.length) throw new Refusal('invalid', 'readings.same-channel-twice');
		return { importId: files[i]?.importId ?? 0, read, series: own };
	});
	const importIds = staged.flatMap(({ importId, series: own }) => own.map(() => importId));
	const known = series.flatMap(({ channelId }, index) => (channelId === null ? [] : [{ channelId, index }]));
	await client`create temporary table staged_channel on commit drop as
		select * from unnest(${known.map((k) => k.index)}::int4[], ${known.map((k) => k.channelId)}::int4[],
			${known.map((k) => importIds[k.index] ?? 0)}::int4[]) as c (series, channel_id, import_id)`;
	if (create)
		await client`select id from channels where id in (select channel_id from staged_channel) order by id for no key update`;
	await client`analyze staged (series, day), staged_channel`;
	if (files.length > 1) {
		const [twice] =
			await client`select 1 from staged join staged_channel using (series) group by channel_id, day having count(*) > 1 limit 1`;
		if (twice) throw new Refusal('invalid', 'readings.same-channel-twice');
	}
	await compare(client, series);
	return staged;
}

/** Copies the days of all files in one go; the series of each file are numbered after those of the files before. */
async function copyDays(
	client: postgres.TransactionSql,
	files: readonly FileToStage[],
	onProgress: (bytes: number) => void,
): Promise<ReadFile[]> {
	const copy = new DayCopy(await client`copy staged from stdin with (format binary)`.writable());
	const reads: ReadFile[] = [];
	let again = false;
	let first = 0;
	try {
		for (const { path } of files) {
			const source = new Source(await bytesOf(path));
			const read = await readFile(source, async (days) => {
				for (const day of days) {
					again ||= day.replaces;
					await copy.row(day, first);
				}
				onProgress(source.size);
			});
			reads.push(read);
			first += read.series.length;
		}
	} catch (error) {
		// The copy must end before the transaction can; what it brought goes with the transaction.
		await copy.end();
		throw error;
	}
	await copy.end();
	if (again) {
		await client`delete from staged s using staged newer where newer.series = s.series and newer.day = s.day and newer.ctid > s.ctid`;
	}
	return reads;
}

/** Where each series belongs: metering point by name or assignment, channel by OBIS code. */
async function placesOf(
	tx: Tx,
	found: readonly { summary: SeriesSummary; assignment: Assignment | undefined }[],
	{ create, at }: { create: boolean; at: Date },
): Promise<StagedSeries[]> {
	const names = found.flatMap(({ summary: { key } }) => (key.meteringPoint === null ? [] : [key.meteringPoint]));
	const points = await meteringPointsNamed(tx, [...new Set(names)]);
	const series = found.map(({ summary, assignment }): StagedSeries => {
		const { meteringPoint, device } = summary.key;
		const named = meteringPoint === null ? undefined : points.get(meteringPoint);
		const meteringPointId = named?.id ?? (meteringPoint === null ? assignment?.meteringPointId : undefined) ?? null;
		if (create && meteringPointId === null) {
			if (meteringPoint !== null) throw new Refusal('invalid', 'readings.unknown-metering-point', { meteringPoint });
			throw new Refusal('invalid', 'readings.assignment-needed', {}, { field: 'meteringPointId' });
		}
		// Only a number can be a channel; devices with names need a place each, or they would be refused as the same channel.
		const channel = device !== null && /^\d{1,3}$/.test(device) ? device : '1';
		const obis = summary.key.obis ?? assignment?.obis ?? `1-${channel}:2.29.0`;
		const counts = { added: 0, equal: 0, changed: 0, outranked: 0, storedWh: 0, resultWh: 0 };
		return { summary, plantName: named?.plantName ?? null, meteringPointId, obis, channelId: null, ...counts };
	});
	const placed = series.filter((one) => one.meteringPointId !== null);
	const keys = placed.map((one) => ({
		meteringPointId: one.meteringPointId ?? '',
		obis: one.obis,
		slotMinutes: one.summary.key.slotMinutes,
	}));
	const ids = create ? await ensureChannels(tx, keys, at) : await findChannels(tx, keys);
	placed.forEach((one, i) => {
		one.channelId = ids[i] ?? null;
	});
	return series;
}

/** Counts per series; days whose merge is neither the file's nor the stored day are replaced in `staged` by the merge. */
async function compare(client: postgres.TransactionSql, series: StagedSeries[]): Promise<void> {
	const totals = await client`
		select s.series, sum(case when r.channel_id is null then cardinality(s.wh) - s.gaps else 0 end)::int8 as added,
			sum(case when (r.wh, r.quality) is not distinct from (s.wh, s.quality) then cardinality(s.wh) - s.gaps else 0 end)::int8 as equal,
			coalesce(sum(r.total_wh), 0)::int8 as stored_wh, sum(s.total_wh)::int8 as result_wh
		from staged s left join staged_channel c using (series) left join reading_days r on r.channel_id = c.channel_id and r.day = s.day
		group by s.series`;
	for (const row of totals) {
		const one = series[row.series as number];
		if (!one) continue;
		one.added = Number(row.added);
		one.equal = Number(row.equal);
		one.storedWh = Number(row.stored_wh);
		one.resultWh = Number(row.result_wh);
	}
	const merged: Parameters<DayCopy['row']>[0][] = [];
	const differing = client`
		select s.series, s.day::text as day, s.wh, s.quality, r.wh as stored_wh, r.quality as stored_quality
		from staged s join staged_channel c using (series) join reading_days r on r.channel_id = c.channel_id and r.day = s.day
		where (r.wh, r.quality) is distinct from (s.wh, s.quality)`.cursor(2000);
	for await (const rows of differing) {
		for (const row of rows) {
			const one = series[row.series as number];
			if (!one) continue;
			const stored = { wh: row.stored_wh, quality: row.stored_quality };
			const incoming = { wh: row.wh, quality: row.quality };
			const merge = overlaid(stored, incoming);
			const result = compareDay(stored, incoming, merge);
			one.added += result.added;
			one.equal += result.equal;
			one.changed += result.changed;
			one.outranked += result.outranked;
			if (!isSameDay(incoming, merge)) merged.push({ series: row.series, day: row.day, ...merge });
		}
	}
	if (merged.length === 0) return;
	await client`create temporary table merged (like staged) on commit drop`;
	const copy = new DayCopy(await client`copy merged from stdin with (format binary)`.writable());
	for (const row of merged) await copy.row(row);
	await copy.end();
	await client`update staged s set wh = m.wh, quality = m.quality, total_wh = m.total_wh, gaps = m.gaps
		from merged m where m.series = s.series and m.day = s.day`;
	for (const row of await client`select series, sum(total_wh)::int8 as result_wh from staged group by series`) {
		const one = series[row.series as number];
		if (one) one.resultWh = Number(row.result_wh);
	}
}
