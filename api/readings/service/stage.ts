// Brings a file's days into temporary tables and holds them against what is stored. Nothing permanent is written here but channels and message numbers.
import type postgres from 'postgres';
import { clientOf, type Tx } from '../../database/connect.ts';
import { ensureChannels, findChannels, meteringPointsNamed } from '../../plants/service.ts';
import { Refusal } from '../../values/refusal.ts';
import type { SeriesSummary } from '../assemble.ts';
import { documentOf } from '../messages.ts';
import { type Profiles, type ReadFile, readFile } from '../read.ts';
import { bytesOf, Source } from '../source.ts';
import { DayCopy } from './copy.ts';
import { profilesIn } from './profiles.ts';
import { type Documents, documentsOf, messageName } from './documents.ts';
import { createStage, type Fold, foldContested, type StagedIssue } from './fold.ts';

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
	/** null while the channel does not exist yet, or nobody knows the metering point */
	channelId: number | null;
	/** place among the file's messages; null without */
	document: number | null;
	added: number;
	equal: number;
	changed: number;
	outranked: number;
	storedWh: number;
	resultWh: number;
}

/** A file to be read. `importId` is the import its days will belong to (0 for a look), `receivedMs` when it arrived. */
export interface FileToStage {
	path: string;
	assignment?: Assignment | undefined;
	importId: number;
	receivedMs: number;
}

/** Days of earlier messages that the messages of a file cancel: how many, and how the energy of valid days changes. */
export interface Cancelled {
	document: string;
	sender: string;
	days: number;
	differenceWh: number;
	/** false while the message it cancels has not come */
	isKnown: boolean;
}

/** A file that was read to its end and compared. */
export interface StagedFile {
	importId: number;
	read: ReadFile;
	series: StagedSeries[];
	/** the file's messages as they are recorded */
	documents: Documents['byFile'][number];
	cancelled: Cancelled[];
	assignment: Assignment | undefined;
	/** metering points that the file names and nobody knows */
	unknown: string[];
}

/** Files in the temporary tables, and what storing them comes to. */
export interface Stage {
	files: StagedFile[];
	fold: Fold;
}

/**
 * Reads files into the transaction's temporary tables and folds the days that other deliveries speak of too.
 * With `create` missing channels are made and locked, so that imports of one channel wait for each other, and messages are recorded.
 * Values of a metering point that nobody knows stay without channel. Refuses what the formats refuse, readings.message-differs and
 * readings.same-channel-twice (also for two files with the same day of a channel); with `create` also readings.assignment-needed.
 */
export async function stageFiles(
	tx: Tx,
	{ files, create, at }: { files: readonly FileToStage[]; create: boolean; at: Date },
	onProgress: (bytes: number) => void = () => {},
): Promise<Stage> {
	const client = clientOf(tx);
	await createStage(client);
	const reads = await copyDays(client, { files, profiles: await profilesIn(tx) }, onProgress);
	const documents = await documentsOf(
		tx,
		reads.map((read, i) => ({
			importId: files[i]?.importId ?? 0,
			receivedMs: files[i]?.receivedMs ?? 0,
			documents: read.documents,
		})),
		{ create },
	);
	if (files.length > 1 && documents.cancelled.size > 0) throw new Refusal('invalid', 'readings.same-channel-twice');
	const found = reads.flatMap((read, i) =>
		read.series.map((summary) => ({
			summary,
			assignment: files[i]?.assignment,
			document: documentOf(summary.key, read.documents) ?? null,
		})),
	);
	const series = await placesOf(tx, found, { create, at });
	let first = 0;
	const issues: StagedIssue[] = [];
	const staged = reads.map((read, i): StagedFile => {
		const own = series.slice(first, first + read.series.length);
		first += read.series.length;
		const taken = own.flatMap((one) => (one.channelId === null ? [] : [`${one.channelId}|${one.document}`]));
		if (new Set(taken).size < taken.length) throw new Refusal('invalid', 'readings.same-channel-twice');
		const known = documents.byFile[i] ?? [];
		for (const { document } of own) {
			const message = document === null ? undefined : known[document];
			issues.push(message ?? { issuedMs: files[i]?.receivedMs ?? 0, number: null, active: true });
		}
		const { importId = 0, assignment } = files[i] ?? {};
		return { importId, read, series: own, documents: known, cancelled: [], assignment, unknown: [] };
	});
	await nameUnknown(tx, staged);
	await placeChannels(client, staged, issues);
	const touched = await touchCancelled(client, staged, documents.cancelled);
	if (create)
		await client`select id from channels where id in (select channel_id from staged_channel union select channel_id from contested) order by id for no key update`;
	await client`analyze staged (series, day), staged_channel`;
	await contest(client, {
		several: files.length > 1,
		repeated: new Set(series.map((one) => one.channelId)).size < series.length,
	});
	const fold = await foldContested(client, { issues, cancelled: documents.cancelled });
	await compare(client, series, fold);
	countCancelled(staged, touched, fold);
	return { files: staged, fold };
}

/** Finds the metering points that files name and nobody knows, those of register readings and amounts too. */
async function nameUnknown(tx: Tx, staged: readonly StagedFile[]): Promise<void> {
	for (const file of staged) {
		const { registers, amounts = [], series } = file.read;
		const all = [...series.map(({ key }) => key), ...registers, ...amounts];
		const names = [...new Set(all.flatMap(({ meteringPoint }) => meteringPoint ?? []))];
		const known = await meteringPointsNamed(tx, names);
		file.unknown = names.filter((name) => !known.has(name));
	}
}

async function placeChannels(
	client: postgres.TransactionSql,
	staged: readonly StagedFile[],
	issues: readonly StagedIssue[],
): Promise<void> {
	let index = 0;
	const rows = staged.flatMap(({ importId, series, documents }) =>
		series.flatMap(({ channelId, document }) => {
			const at = index++;
			const documentId = document === null ? null : (documents[document]?.id ?? null);
			return channelId === null ? [] : [{ at, channelId, importId, documentId, active: issues[at]?.active ?? true }];
		}),
	);
	await client`
		insert into staged_channel (series, channel_id, import_id, document_id, active)
		select series, channel_id, import_id, nullif(document_id, 0), active <> 0 from unnest(${rows.map((r) => r.at)}::int4[], ${rows.map((r) => r.channelId)}::int4[],
			${rows.map((r) => r.importId)}::int4[], ${rows.map((r) => r.documentId ?? 0)}::int4[], ${rows.map((r) => (r.active ? 1 : 0))}::int4[])
			as n (series, channel_id, import_id, document_id, active)`;
}

/** Stored days of messages that these files cancel: to be folded anew. Answers which message each of them belongs to. */
async function touchCancelled(
	client: postgres.TransactionSql,
	staged: StagedFile[],
	names: ReadonlySet<string>,
): Promise<Map<string, string>> {
	const touched = new Map<string, string>();
	if (names.size === 0) return touched;
	const parts = [...names].map((name) => name.split('\n', 2) as [string, string]);
	const originals = await client`
		select d.id, d.import_id, m.sender, m.number from reading_messages m
		join unnest(${parts.map(([sender]) => sender)}::text[], ${parts.map(([, number]) => number)}::text[]) as n (sender, number) using (sender, number)
		join reading_documents d on d.message_id = m.id and d.function = 'original'
		join imports i on i.id = d.import_id and i.state = 'stored'`;
	for (const file of staged) {
		for (const one of file.read.documents) {
			if (one.function !== 'cancellation' || one.cancels === null) continue;
			const { sender, cancels: document } = one;
			const isKnown =
				originals.some((row) => row.sender === sender && row.number === document) ||
				file.read.documents.some(
					(other) => other.function === 'original' && other.sender === sender && other.number === document,
				);
			file.cancelled.push({ document, sender, days: 0, differenceWh: 0, isKnown });
			const ids = originals.filter((row) => row.sender === sender && row.number === document);
			const days = await touchDelivered(client, {
				recorder: file.importId,
				imports: ids.map((row) => row.import_id),
				documents: ids.map((row) => row.id),
			});
			for (const day of days) touched.set(day, messageName(sender, document));
		}
	}
	return touched;
}

/**
 * Puts the days that messages (or imports as a whole, message 0) delivered among those to be folded, by the import that stands for it.
 * Answers them as 'channel|day'.
 */
export async function touchDelivered(
	client: postgres.TransactionSql,
	{ recorder, imports, documents }: { recorder: number; imports: readonly number[]; documents: readonly number[] },
): Promise<string[]> {
	const rows = await client`
		with spans as (
			select c.* from import_channels c join unnest(${imports as number[]}::int4[], ${documents as number[]}::int4[]) as d (import_id, document_id)
				on d.import_id = c.import_id and d.document_id = c.document_id
		), days as (
			select r.channel_id, r.day from spans s join reading_days r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and coalesce(r.document_id, 0) in (s.document_id, 0)
			union
			select r.channel_id, r.day from spans s join reading_days_history r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and coalesce(r.document_id, 0) in (s.document_id, 0)
			union
			select r.channel_id, r.day from spans s join reading_deliveries r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and r.document_id = s.document_id
		)
		insert into contested (channel_id, day, import_id) select channel_id, day, ${recorder} from days
		on conflict do nothing returning channel_id, day::text as day`;
	return rows.map((row) => `${row.channel_id}|${row.day}`);
}

/**
 * Finds the staged days that cannot simply be written: days that are stored with other values, came twice, belong to a cancelled
 * message or were taken away before. `held` names the staged days that are stored already.
 */
async function contest(
	client: postgres.TransactionSql,
	{ several, repeated }: { several: boolean; repeated: boolean },
): Promise<void> {
	await client`create temporary table held on commit drop as
		select s.series, s.day, r.version, (r.wh, r.quality) is not distinct from (s.wh, s.quality) as same
		from staged s join staged_channel c using (series) join reading_days r on r.channel_id = c.channel_id and r.day = s.day`;
	await client`
		insert into contested (channel_id, day, import_id)
		select c.channel_id, h.day, c.import_id from held h join staged_channel c using (series) where not h.same
		union
		select c.channel_id, s.day, c.import_id from staged s join staged_channel c using (series) where not c.active
		union
		select c.channel_id, s.day, c.import_id from staged s join staged_channel c using (series)
			join reading_days_history h on h.channel_id = c.channel_id and h.day = s.day
			left join reading_days r on r.channel_id = c.channel_id and r.day = s.day where r.channel_id is null
		on conflict do nothing`;
	if (!repeated) return;
	const twice = await client`
		insert into contested (channel_id, day, import_id)
		select c.channel_id, s.day, min(c.import_id) from staged s join staged_channel c using (series) group by 1, 2 having count(*) > 1
		on conflict do nothing returning 1`;
	if (several && twice.length > 0) throw new Refusal('invalid', 'readings.same-channel-twice');
}

function countCancelled(staged: readonly StagedFile[], touched: ReadonlyMap<string, string>, { changes }: Fold): void {
	if (touched.size === 0) return;
	const all = new Map(
		staged.flatMap(({ cancelled }) => cancelled.map((one) => [messageName(one.sender, one.document), one])),
	);
	for (const { channelId, day, storedWh, resultWh } of changes) {
		const one = all.get(touched.get(`${channelId}|${day}`) ?? '');
		if (!one) continue;
		one.days++;
		one.differenceWh += resultWh - storedWh;
	}
}

/** Copies the days of all files in one go; the series of each file are numbered after those of the files before. */
async function copyDays(
	client: postgres.TransactionSql,
	{ files, profiles }: { files: readonly FileToStage[]; profiles: Profiles },
	onProgress: (bytes: number) => void,
): Promise<ReadFile[]> {
	const copy = new DayCopy(await client`copy staged from stdin with (format binary)`.writable());
	const reads: ReadFile[] = [];
	let again = false;
	let first = 0;
	try {
		for (const { path } of files) {
			const source = new Source(await bytesOf(path));
			const read = await readFile(
				source,
				async (days) => {
					for (const day of days) {
						again ||= day.replaces;
						await copy.row(day, first);
					}
					onProgress(source.size);
				},
				undefined,
				{ byMessage: true, profiles },
			);
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
	found: readonly { summary: SeriesSummary; assignment: Assignment | undefined; document: number | null }[],
	{ create, at }: { create: boolean; at: Date },
): Promise<StagedSeries[]> {
	const names = found.flatMap(({ summary: { key } }) => (key.meteringPoint === null ? [] : [key.meteringPoint]));
	const points = await meteringPointsNamed(tx, [...new Set(names)]);
	const series = found.map(({ summary, assignment, document }): StagedSeries => {
		const { meteringPoint, device } = summary.key;
		const named = meteringPoint === null ? undefined : points.get(meteringPoint);
		const meteringPointId = named?.id ?? (meteringPoint === null ? assignment?.meteringPointId : undefined) ?? null;
		if (create && meteringPointId === null && meteringPoint === null)
			throw new Refusal('invalid', 'readings.assignment-needed', {}, { field: 'meteringPointId' });
		// Only a number can be a channel; devices with names need a place each, or they would be refused as the same channel.
		const channel = device !== null && /^\d{1,3}$/.test(device) ? device : '1';
		const obis = summary.key.obis ?? assignment?.obis ?? `1-${channel}:2.29.0`;
		const counts = { added: 0, equal: 0, changed: 0, outranked: 0, storedWh: 0, resultWh: 0 };
		const place = { plantName: named?.plantName ?? null, meteringPointId, obis, channelId: null, document };
		return { summary, ...place, ...counts };
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

/** Counts per series: days that are new or equal by the database, the contested ones as they were folded. */
async function compare(client: postgres.TransactionSql, series: StagedSeries[], fold: Fold): Promise<void> {
	const totals = await client`
		select s.series, sum(case when h.series is null then cardinality(s.wh) - s.gaps else 0 end)::int8 as added,
			sum(case when h.series is null then 0 else cardinality(s.wh) - s.gaps end)::int8 as equal,
			sum(case when h.series is null then 0 else s.total_wh end)::int8 as stored_wh, sum(s.total_wh)::int8 as result_wh
		from staged s left join staged_channel c using (series) left join held h using (series, day)
			left join contested t on t.channel_id = c.channel_id and t.day = s.day
		where t.day is null group by s.series`;
	for (const row of totals) {
		const one = series[row.series as number];
		if (!one) continue;
		// Values that wait for their metering point change nothing yet.
		const waits = one.meteringPointId === null && one.summary.key.meteringPoint !== null;
		if (waits) continue;
		one.added = Number(row.added);
		one.equal = Number(row.equal);
		one.storedWh = Number(row.stored_wh);
		one.resultWh = Number(row.result_wh);
	}
	const byChannel = new Map<number, StagedSeries>();
	for (const one of series)
		if (one.channelId !== null && !byChannel.has(one.channelId)) byChannel.set(one.channelId, one);
	for (const { series: index, added, equal, changed, outranked } of fold.outcomes) {
		const one = series[index];
		if (!one) continue;
		one.added += added;
		one.equal += equal;
		one.changed += changed;
		one.outranked += outranked;
	}
	for (const { channelId, storedWh, resultWh } of fold.changes) {
		const one = byChannel.get(channelId);
		if (!one) continue;
		one.storedWh += storedWh;
		one.resultWh += resultWh;
	}
}
