// Stores a meter file as meter-days: all of it in one transaction or nothing, the same file once, earlier values kept as history.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, postgresError, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { bytesOf } from '../source.ts';
import { imports } from '../tables.ts';
import { type Imported, type ImportReport, reportOf } from './import-report.ts';
import { storeStaged } from './import-store.ts';
import { type Assignment, type StagedFile, stageFiles } from './stage.ts';

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

async function receivedMsOf(tx: Tx, importId: number): Promise<number> {
	const [row] = await tx.select({ receivedAt: imports.receivedAt }).from(imports).where(eq(imports.id, importId));
	return row?.receivedAt.getTime() ?? 0;
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
