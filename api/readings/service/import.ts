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
import { type Assignment, type StagedFile, type StagedSeries, stageFiles } from './stage.ts';

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
	warnings: StagedFile['read']['warnings'];
	series: SeriesReport[];
}

/** A stored import. */
export interface Imported extends ImportReport {
	importId: number;
	/** days written: new ones and those that replaced an earlier version */
	daysAdded: number;
	daysReplaced: number;
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

function reported({ summary, ...place }: StagedSeries): SeriesReport {
	const instant = (minute: number | null) => (minute === null ? null : new Date(minute * 60_000).toISOString());
	return {
		meteringPoint: summary.key.meteringPoint,
		meteringPointId: place.meteringPointId,
		plantName: place.plantName,
		device: summary.key.device,
		obis: place.obis,
		unit: summary.key.unit,
		slotMinutes: summary.key.slotMinutes,
		from: instant(summary.fromMinute),
		to: instant(summary.toMinute),
		values: summary.values,
		totalWh: summary.totalWh,
		gaps: summary.gaps,
		duplicates: summary.duplicates,
		qualities: summary.qualities,
		added: place.added,
		equal: place.equal,
		changed: place.changed,
		outranked: place.outranked,
		differenceWh: place.resultWh - place.storedWh,
	};
}

function reportOf({ read, series }: StagedFile): ImportReport {
	if (read.documents.some((document) => document.function === 'cancellation')) {
		const { number = '', cancels = '' } = read.documents.find((d) => d.function === 'cancellation') ?? {};
		throw new Refusal('invalid', 'readings.cancellation', { document: number, cancels: cancels ?? '' });
	}
	const { format, formatVersion, encoding, warnings } = read;
	return { format, formatVersion, encoding, warnings, series: series.map(reported) };
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
		const [staged] = await stageFiles(
			tx,
			{ files: [{ path, assignment, importId: 0 }], create: false, at },
			onProgress,
		);
		return reportOf(staged as StagedFile);
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

/** A file whose days are staged, with what it is called and known by. */
export interface FileToStore {
	fileName: string;
	sha256: Buffer;
	staged: StagedFile;
}

/** Stores staged days as valid ones, keeps those they replace as history, and each file's report with its import. */
export async function storeStaged(
	tx: Tx,
	note: Note,
	{ at, files }: { at: Date; files: readonly FileToStore[] },
): Promise<Imported[]> {
	const client = clientOf(tx);
	const rows = await client`
		with written as (
			insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, import_id)
			select c.channel_id, s.day, s.wh, s.quality, s.total_wh, s.gaps, c.import_id
			from staged s join staged_channel c using (series) left join reading_days o on o.channel_id = c.channel_id and o.day = s.day
			where o.channel_id is null or (o.wh, o.quality) is distinct from (s.wh, s.quality)
			on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
				gaps = excluded.gaps, version = r.version + 1, import_id = excluded.import_id
			returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, new.import_id as by_import
		), kept as (
			insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, replaced_by_import)
			select channel_id, day, wh, quality, total_wh, gaps, version, import_id, by_import from written where channel_id is not null
		)
		select by_import, count(*)::int4 as days, count(channel_id)::int4 as replaced from written group by by_import`;
	const counts = new Map(
		rows.map((row) => [row.by_import as number, { days: Number(row.days), replaced: Number(row.replaced) }]),
	);
	const stored = files.map(({ staged, fileName, sha256 }): Imported => {
		const { importId } = staged;
		const { days, replaced: daysReplaced } = counts.get(importId) ?? { days: 0, replaced: 0 };
		const imported: Imported = { importId, ...reportOf(staged), daysAdded: days - daysReplaced, daysReplaced };
		const after = { fileName, sha256: sha256.toString('hex'), daysAdded: imported.daysAdded, daysReplaced };
		note({ action: 'readings.importFile', subject: `import ${importId}`, after });
		return imported;
	});
	await client`
		update imports i set state = 'stored', stored_at = ${at.toISOString()}::timestamptz, report = n.report::json
		from unnest(${stored.map(({ importId }) => importId)}::int4[], ${stored.map((one) => JSON.stringify(one))}::text[]) n (id, report)
		where i.id = n.id`;
	return stored;
}

/**
 * Stores a file. Refuses what the formats refuse, readings.already-imported, readings.unknown-metering-point,
 * readings.assignment-needed, readings.cancellation, of an upload also readings.import-running and readings.upload-unknown;
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
		const files = [{ path, assignment, importId }];
		const [staged] = await stageFiles(tx, { files, create: true, at: command.at }, onProgress);
		const [imported] = await storeStaged(tx, note, {
			at: command.at,
			files: [{ fileName, sha256, staged: staged as StagedFile }],
		});
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
