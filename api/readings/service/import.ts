// Stores a meter file as meter-days: all of it in one transaction or nothing, the same file once, earlier values kept as history.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { clientOf, type Database, postgresError, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { bytesOf } from '../source.ts';
import { imports } from '../tables.ts';
import { meteringPointsNamed } from '../../plants/service.ts';
import { writeFold } from './fold.ts';
import { spreadTouched } from './spread.ts';
import { type Assignment, type Stage, type StagedFile, type StagedSeries, stageFiles } from './stage.ts';

/** One series in a report: what it is, what it holds, what storing it does. Energies in watt-hours. */
export interface SeriesReport {
	meteringPoint: string | null;
	meteringPointId: string | null;
	plantName: string | null;
	device: string | null;
	obis: string;
	unit: 'kWh' | 'kvarh';
	slotMinutes: number;
	from: string | null;
	to: string | null;
	values: number;
	totalWh: number;
	gaps: number;
	duplicates: number;
	qualities: number[];
	added: number;
	equal: number;
	changed: number;
	outranked: number;
	differenceWh: number;
}

/** What a file holds beside what is stored; the preview shows it, the import keeps it. */
export interface ImportReport {
	format: string;
	formatVersion: string | null;
	encoding: string;
	/** who sent the file, as it names itself */
	sender: string | null;
	warnings: StagedFile['read']['warnings'];
	series: SeriesReport[];
	/** readings of registers, and amounts of longer periods */
	registers: number;
	amounts: number;
	/** the first 500 messages of the file */
	documents: DocumentReport[];
}

/** A stored import. */
export interface Imported extends ImportReport {
	importId: number;
	/** days written: new ones and those that replaced an earlier version */
	daysAdded: number;
	daysReplaced: number;
	/** days that nobody delivers any more, because a message was cancelled */
	daysGone: number;
}

/** sha256 of a file on disk. */
export async function sha256Of(path: string): Promise<{ sha256: Buffer; size: number }> {
	const hash = createHash('sha256');
	let size = 0;
	for await (const chunk of await bytesOf(path)) {
		hash.update(chunk as Buffer);
		size += (chunk as Buffer).length;
	}
	return { sha256: hash.digest(), size };
}

/** One line per channel, whatever number of messages brought it. */
function reported(all: readonly StagedSeries[]): SeriesReport[] {
	const groups = new Map<string, StagedSeries[]>();
	for (const one of all) {
		const { meteringPoint, device } = one.summary.key;
		const name = [meteringPoint, device, one.obis, one.summary.key.unit, one.summary.key.slotMinutes].join('|');
		groups.set(name, [...(groups.get(name) ?? []), one]);
	}
	return [...groups.values()].map((own) => reportedSeries(own));
}

function reportedSeries(own: readonly StagedSeries[]): SeriesReport {
	const [{ summary, ...place }] = own as [StagedSeries];
	const { key } = summary;
	const instant = (minute: number | undefined) =>
		minute === undefined ? null : new Date(minute * 60_000).toISOString();
	const sum = (of: (one: StagedSeries) => number) => own.reduce((total, one) => total + of(one), 0);
	const from = own.flatMap((one) => one.summary.fromMinute ?? []).sort((a, b) => a - b)[0];
	const to = own.flatMap((one) => one.summary.toMinute ?? []).sort((a, b) => b - a)[0];
	const values = sum((one) => one.summary.values);
	const slots = from === undefined || to === undefined ? 0 : Math.round((to - from) / key.slotMinutes);
	return {
		meteringPoint: key.meteringPoint,
		meteringPointId: place.meteringPointId,
		plantName: place.plantName,
		device: key.device,
		obis: place.obis,
		unit: key.unit,
		slotMinutes: key.slotMinutes,
		from: instant(from),
		to: instant(to),
		values,
		totalWh: sum((one) => one.summary.totalWh),
		gaps: own.length === 1 ? summary.gaps : Math.max(0, slots - values),
		duplicates: sum((one) => one.summary.duplicates),
		qualities: summary.qualities.map((_, rank) => sum((one) => one.summary.qualities[rank] ?? 0)),
		added: sum((one) => one.added),
		equal: sum((one) => one.equal),
		changed: sum((one) => one.changed),
		outranked: sum((one) => one.outranked),
		differenceWh: sum((one) => one.resultWh - one.storedWh),
	};
}

/** A message as a report names it: its number, kind and reasons, and what a cancellation takes back. */
export interface DocumentReport {
	number: string;
	sender: string;
	type: string;
	function: 'original' | 'cancellation';
	process: string | null;
	documentTime: string | null;
	values: number;
	cancels: string | null;
	/** of a cancellation: whether the message is known, how many days it takes back and how their energy changes */
	cancelled: { isKnown: boolean; days: number; differenceWh: number } | null;
	/** true if its values do not count because a message cancels it */
	isCancelled: boolean;
	reasons: Record<string, number>;
}

const documentsTold = 500;

function documentsIn({ read, documents, cancelled }: StagedFile): DocumentReport[] {
	return read.documents.slice(0, documentsTold).map((one, i) => {
		const taken = cancelled.find(({ sender, document }) => sender === one.sender && document === one.cancels);
		const { number, sender, type, process, documentTime, values, cancels, reasons = {} } = one;
		return {
			...{ number, sender, type, function: one.function, process, documentTime, values, cancels, reasons },
			cancelled:
				one.function === 'cancellation'
					? { isKnown: taken?.isKnown ?? false, days: taken?.days ?? 0, differenceWh: taken?.differenceWh ?? 0 }
					: null,
			isCancelled: documents[i]?.active === false,
		};
	});
}

function reportOf(file: StagedFile): ImportReport {
	const { read, series } = file;
	const { format, formatVersion, encoding, warnings } = read;
	const unknown = new Set(
		series.flatMap((one) => (one.meteringPointId === null && one.summary.key.meteringPoint) || []),
	);
	const unplaced = [...unknown].map((meteringPoint) => ({
		code: 'readings.metering-point-waits',
		values: { meteringPoint },
	}));
	return {
		...{ format, formatVersion, encoding, sender: read.sender, warnings: [...warnings, ...unplaced] },
		...{ series: reported(series), documents: documentsIn(file) },
		...{ registers: read.registers.length, amounts: read.amounts?.length ?? 0 },
	};
}

/**
 * What storing a file would do. Stores nothing. Refuses what the formats refuse and readings.already-imported.
 */
export function previewFile(
	db: Database,
	{ by, at, path, assignment }: { by: Actor; at: Date; path: string; assignment?: Assignment | undefined },
	onProgress?: (bytes: number) => void,
): Promise<ImportReport> {
	return transact(db, by, async (tx) => {
		const { sha256 } = await sha256Of(path);
		await refuseKnown(tx, sha256);
		const file = { path, assignment, importId: 0, receivedMs: at.getTime() };
		const { files } = await stageFiles(tx, { files: [file], create: false, at }, onProgress);
		return reportOf(files[0] as StagedFile);
	});
}

async function refuseKnown(tx: Tx, sha256: Buffer): Promise<void> {
	const [known] = await tx
		.select({ id: imports.id, fileName: imports.fileName, storedAt: imports.storedAt })
		.from(imports)
		.where(and(eq(imports.sha256, sha256), eq(imports.state, 'stored')));
	if (!known) return;
	const storedAt = known.storedAt?.toISOString() ?? '';
	throw new Refusal('conflict', 'readings.already-imported', {
		importId: known.id,
		fileName: known.fileName,
		storedAt,
	});
}

/** Takes an upload for storing; whoever comes second does not wait. Refuses readings.import-running, readings.upload-unknown. */
async function claimUpload(tx: Tx, uploadId: number, sha256: Buffer): Promise<void> {
	const upload = and(eq(imports.id, uploadId), eq(imports.state, 'uploaded'), eq(imports.sha256, sha256));
	const held = await tx.select({ id: imports.id }).from(imports).where(upload).for('update', { skipLocked: true });
	if (held.length === 1) return;
	const [busy] = await tx.select({ id: imports.id }).from(imports).where(upload);
	if (busy) throw new Refusal('conflict', 'readings.import-running');
	// Only now, because whoever held it may have committed between the two looks.
	await refuseKnown(tx, sha256);
	throw new Refusal('missing', 'readings.upload-unknown');
}

/** A staged file with what it is called and known by. */
export interface FileToStore {
	fileName: string;
	sha256: Buffer;
}

/**
 * Stores what is staged: new days as they are, contested ones as they were folded, each earlier version as history, values without
 * a known metering point aside, and each file's report with its import. `files` in the order of the stage.
 */
export async function storeStaged(
	tx: Tx,
	note: Note,
	{ at, files, stage }: { at: Date; files: readonly FileToStore[]; stage: Stage },
): Promise<Imported[]> {
	const client = clientOf(tx);
	const { taken } = stage.fold;
	await client`create temporary table taken on commit drop as
		select series, day::date as day, version
		from unnest(${taken.map((t) => t.series)}::int4[], ${taken.map((t) => t.day)}::text[], ${taken.map((t) => t.version)}::int4[]) as t (series, day, version)`;
	const rows = await client`
		with written as (
			insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id)
			select c.channel_id, s.day, s.wh, s.quality, s.total_wh, s.gaps, coalesce(t.version, 1), c.import_id, c.document_id
			from staged s join staged_channel c using (series) left join held h using (series, day)
				left join taken t using (series, day) left join contested o on o.channel_id = c.channel_id and o.day = s.day
			where t.series is not null or (h.series is null and o.channel_id is null)
			on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
				gaps = excluded.gaps, version = excluded.version, import_id = excluded.import_id, document_id = excluded.document_id
			returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, old.document_id, new.import_id as by_import
		), kept as (
			insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
			select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, by_import from written where channel_id is not null
		)
		select by_import, count(*)::int4 as days, count(channel_id)::int4 as replaced from written group by by_import`;
	const counts = await writeFold(client, stage.fold, at);
	for (const { by_import: importId, days, replaced } of rows) {
		const own = counts.get(importId) ?? { days: 0, replaced: 0, gone: 0 };
		counts.set(importId, { ...own, days: own.days + days, replaced: own.replaced + replaced });
	}
	await keepRest(client, stage);
	await keepRegisters(tx, stage, at);
	const stored = files.map(({ fileName, sha256 }, i): Imported => {
		const file = stage.files[i] as StagedFile;
		const { importId } = file;
		const { days, replaced: daysReplaced, gone: daysGone } = counts.get(importId) ?? { days: 0, replaced: 0, gone: 0 };
		const written = { daysAdded: days - daysReplaced, daysReplaced, daysGone };
		note({
			action: 'readings.importFile',
			subject: `import ${importId}`,
			after: { fileName, sha256: sha256.toString('hex'), ...written },
		});
		return { importId, ...reportOf(file), ...written };
	});
	await client`
		update imports i set state = 'stored', stored_at = ${at.toISOString()}::timestamptz, report = n.report::json
		from unnest(${stored.map(({ importId }) => importId)}::int4[], ${stored.map((one) => JSON.stringify(one))}::text[]) n (id, report)
		where i.id = n.id`;
	return stored;
}

/** What stands beside the days: that an import delivered what was there already, which days it speaks of, values nobody can place yet. */
async function keepRest(client: ReturnType<typeof clientOf>, { files }: Stage): Promise<void> {
	await client`
		insert into reading_deliveries (channel_id, day, import_id, document_id, version)
		select c.channel_id, h.day, c.import_id, coalesce(c.document_id, 0), h.version
		from held h join staged_channel c using (series) left join contested o on o.channel_id = c.channel_id and o.day = h.day
		where h.same and o.channel_id is null`;
	await client`
		insert into import_channels (import_id, document_id, channel_id, from_day, to_day)
		select c.import_id, coalesce(c.document_id, 0), c.channel_id, min(s.day), max(s.day)
		from staged s join staged_channel c using (series) group by 1, 2, 3`;
	let index = 0;
	for (const { importId, series, documents } of files) {
		for (const { summary, meteringPointId, document, obis } of series) {
			const at = index++;
			const { meteringPoint, unit, slotMinutes } = summary.key;
			if (meteringPointId !== null || meteringPoint === null) continue;
			const documentId = document === null ? 0 : (documents[document]?.id ?? 0);
			const [made] = await client`
				insert into unplaced_series (import_id, document_id, metering_point, obis, unit, slot_minutes)
				values (${importId}, ${documentId}, ${meteringPoint}, ${obis}, ${unit}, ${slotMinutes}) returning id`;
			await client`
				insert into unplaced_days (series_id, day, wh, quality, total_wh, gaps)
				select ${made?.id}, day, wh, quality, total_wh, gaps from staged where series = ${at}`;
		}
	}
}

async function receivedMsOf(tx: Tx, importId: number): Promise<number> {
	const [row] = await tx.select({ receivedAt: imports.receivedAt }).from(imports).where(eq(imports.id, importId));
	return row?.receivedAt.getTime() ?? 0;
}

/** Keeps register readings and amounts, and computes what follows from them for days that nothing else covers. */
async function keepRegisters(tx: Tx, { files }: Stage, at: Date): Promise<void> {
	for (const { importId, read, documents, assignment } of files) {
		const { registers, amounts = [] } = read;
		const cancels = read.documents.some((one) => one.function === 'cancellation');
		if (registers.length + amounts.length > 0) {
			const names = [...registers, ...amounts].flatMap((one) => one.meteringPoint ?? []);
			const points = await meteringPointsNamed(tx, [...new Set(names)]);
			const place = (one: { meteringPoint: string | null; obis: string | null; document?: number }) => {
				const named = one.meteringPoint === null ? assignment?.meteringPointId : points.get(one.meteringPoint)?.id;
				if (!named && one.meteringPoint === null)
					throw new Refusal('invalid', 'readings.assignment-needed', {}, { field: 'meteringPointId' });
				const index = one.document ?? (documents.length === 1 ? 0 : -1);
				const obis = one.obis ?? assignment?.obis ?? '1-1:2.8.0';
				return {
					metering_point_id: named ?? null,
					metering_point: one.meteringPoint,
					obis,
					document_id: documents[index]?.id ?? 0,
				};
			};
			const readings = registers.map((one) => ({ ...one, ...place(one), serial: one.device }));
			const periods = amounts.map((one) => ({ ...one, ...place(one) }));
			const client = clientOf(tx);
			await client`
				insert into register_readings (metering_point_id, metering_point, obis, serial, read_at, wh, quality, occasion, import_id, document_id, recorded_at, recorded_by_name)
				select r.metering_point_id, r.metering_point, r.obis, r.serial, r.at, r.wh, r.rank, r.occasion, i.id, r.document_id, ${at.toISOString()}::timestamptz, i.received_by_name
				from imports i, json_to_recordset(${JSON.stringify(readings)}::text::json) as r (metering_point_id uuid, metering_point text, obis text, serial text, at timestamptz,
					wh int8, rank int2, occasion text, document_id int4) where i.id = ${importId}`;
			await client`
				insert into energy_amounts (metering_point_id, metering_point, obis, from_at, to_at, wh, quality, import_id, document_id, recorded_at)
				select a.metering_point_id, a.metering_point, a.obis, a."from", a."to", a.wh, a.rank, ${importId}::int4, a.document_id, ${at.toISOString()}::timestamptz
				from json_to_recordset(${JSON.stringify(periods)}::text::json) as a (metering_point_id uuid, metering_point text, obis text, "from" timestamptz, "to" timestamptz,
					wh int8, rank int2, document_id int4)`;
		}
		if (registers.length + amounts.length > 0 || cancels) {
			// What follows counts with this import, whose row may still be that of an upload.
			await tx.update(imports).set({ state: 'stored' }).where(eq(imports.id, importId));
			await spreadTouched(tx, { importId, act: importId, at });
		}
	}
}

/**
 * Stores a file. Values of a metering point that nobody knows wait until somebody says where they belong. Refuses what the formats
 * refuse, readings.already-imported, readings.assignment-needed, readings.message-differs, of an upload also readings.import-running and readings.upload-unknown;
 * then nothing of it is stored.
 */
export async function importFile(
	db: Database,
	{
		path,
		fileName = basename(path),
		origin,
		assignment,
		uploadId,
		...command
	}: Command & {
		path: string;
		fileName?: string;
		origin: (typeof imports.$inferSelect)['origin'];
		assignment?: Assignment | undefined;
		/** the upload this file came in as; becomes the stored import */
		uploadId?: number | undefined;
	},
	onProgress?: (bytes: number) => void,
): Promise<Imported> {
	const { sha256, size } = await sha256Of(path);
	const storing = write(db, command, async (tx, note) => {
		await refuseKnown(tx, sha256);
		if (uploadId !== undefined) await claimUpload(tx, uploadId, sha256);
		const stored = { state: 'stored', storedAt: command.at } as const;
		const importId =
			uploadId ??
			(
				await tx
					.insert(imports)
					.values({
						...{ ...stored, fileName, sha256, size, origin, receivedAt: command.at },
						...{ receivedBy: command.by.personId, receivedByName: command.by.name },
					})
					// Somebody else stores the same bytes at this moment: wait for that, then refuse.
					.onConflictDoNothing()
					.returning({ id: imports.id })
			)[0]?.id;
		if (importId === undefined) await refuseKnown(tx, sha256);
		if (importId === undefined)
			throw new Refusal('conflict', 'readings.already-imported', { importId: 0, fileName, storedAt: '' });
		const files = [{ path, assignment, importId, receivedMs: await receivedMsOf(tx, importId) }];
		const stage = await stageFiles(tx, { files, create: true, at: command.at }, onProgress);
		const [imported] = await storeStaged(tx, note, { at: command.at, files: [{ fileName, sha256 }], stage });
		return imported as Imported;
	});
	try {
		return await storing;
	} catch (error) {
		// The same bytes were stored by another way while this upload was on its way.
		if (postgresError(error)?.constraint_name === 'imports_stored_once')
			await transact(db, command.by, (tx) => refuseKnown(tx, sha256));
		throw error;
	}
}
