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
import { compareStaged, contest, countCancelled, touchCancelled } from './contest.ts';
import { type Documents, documentsOf } from './documents.ts';
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
	await compareStaged(client, series, fold);
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
