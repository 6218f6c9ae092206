// Files that sources bring: each is stored as an upload is, refused ones are kept with their reason, and what was delivered is remembered.
import path from 'node:path';
import { type Command, write } from '../../audit/service.ts';
import { type Database, transact } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import { covered } from '../sources/coverage.ts';
import { imports, type sources, sourceFiles } from '../tables.ts';
import { importFile, sha256Of } from './import.ts';
import type { Imported } from './import-report.ts';
import type { FilesEdge } from './source-views.ts';

type Source = typeof sources.$inferSelect;

/** A file that lies here for the moment, and what its source knows of it. */
export interface Delivery {
	/** where the bytes are */
	path: string;
	fileName: string;
	origin: 'watch-folder' | 'sftp' | 'mailbox';
	/** what it is remembered by; without, the source moves the file out of the way itself */
	key?: string;
	sender?: string | null;
	changedAt?: Date | null;
}

/** What became of a file: stored, known (the same bytes were stored before), or refused with the refusal. */
export type Delivered =
	| { outcome: 'stored'; imported: Imported }
	| { outcome: 'known' }
	| { outcome: 'refused'; refusal: Refusal };

/**
 * Stores a file of a source: in one transaction of its own, so that a bad one holds up no other. A file that was stored before a crash
 * could be remembered is known by its bytes. What is refused stands in the list of imports with its reason.
 */
export async function deliver(db: Database, command: Command, source: Source, file: Delivery): Promise<Delivered> {
	const assignment = source.meteringPointId
		? { meteringPointId: source.meteringPointId, obis: source.obis ?? undefined }
		: undefined;
	const { path: at, fileName, origin } = file;
	let delivered: Delivered;
	try {
		const imported = await importFile(db, { ...command, path: at, fileName, origin, assignment });
		delivered = { outcome: 'stored', imported };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		delivered =
			error.code === 'readings.already-imported' ? { outcome: 'known' } : { outcome: 'refused', refusal: error };
		if (delivered.outcome === 'refused') await refuseFile(db, command, file, error);
	}
	if (file.key !== undefined) await remember(db, command, source, file, delivered);
	return delivered;
}

/** Keeps a refused file in the list of imports. */
async function refuseFile(db: Database, command: Command, file: Delivery, { code, values }: Refusal): Promise<void> {
	const { sha256, size } = await sha256Of(file.path);
	const { fileName, origin } = file;
	await write(db, command, async (tx, note) => {
		const [row] = await tx
			.insert(imports)
			.values({
				...{ fileName, sha256, size, origin, state: 'refused', report: { refusal: { code, values } } },
				...{ receivedAt: command.at, receivedBy: command.by.personId, receivedByName: command.by.name },
			})
			.returning({ id: imports.id });
		note({ action: 'readings.refuseFile', subject: `import ${row?.id}`, after: { fileName, code } });
	});
}

async function remember(
	db: Database,
	{ by, at }: Command,
	{ id: sourceId }: Source,
	{ path: from, key = '', fileName, sender = null, changedAt = null }: Delivery,
	delivered: Delivered,
): Promise<void> {
	const { sha256, size } = await sha256Of(from);
	const { outcome } = delivered;
	const importId = outcome === 'stored' ? delivered.imported.importId : null;
	const problem = outcome === 'refused' ? { code: delivered.refusal.code, values: delivered.refusal.values } : null;
	await transact(db, by, (tx) =>
		tx
			.insert(sourceFiles)
			.values({
				...{ sourceId, key, fileName, sender, size, changedAt, sha256 },
				...{ outcome, importId, problem, seenAt: at },
			})
			.onConflictDoUpdate({
				target: [sourceFiles.sourceId, sourceFiles.key],
				set: { outcome, importId, problem, sha256, seenAt: at },
			}),
	);
}

/** Keeps a file that was not brought, for a reason that will not go away: it is not tried again, and people see why. */
export async function rememberUnread(
	db: Database,
	{ by, at }: Command,
	{ id: sourceId }: Source,
	file: { key: string; fileName: string; sender: string | null; size: number; changedAt: Date | null },
	{ code, values }: Refusal,
): Promise<void> {
	const row = { ...file, sourceId, sha256: Buffer.alloc(0), outcome: 'refused' as const, seenAt: at };
	await transact(db, by, (tx) =>
		tx
			.insert(sourceFiles)
			.values({ ...row, problem: { code, values } })
			.onConflictDoNothing(),
	);
}

const seriesKept = 200;

/** What the files of a source covered, with one more file; and the newest moment that one says something of. */
export function withDelivered(
	before: FilesEdge['covered'],
	{ series }: Imported,
): { covered: NonNullable<FilesEdge['covered']>; until: Date | undefined } {
	const all = { ...before };
	let newest = 0;
	for (const { meteringPointId, obis, from, to } of series) {
		if (!from || !to) continue;
		const name = `${meteringPointId} ${obis}`;
		if (!(name in all) && Object.keys(all).length >= seriesKept) continue;
		all[name] = covered(all[name] ?? null, Date.parse(from), Date.parse(to));
		newest = Math.max(newest, Date.parse(to));
	}
	return { covered: all, until: newest > 0 ? new Date(newest) : undefined };
}

/** Where files of sources lie until they are stored: beside the uploads, under the data folder. */
export function incomingFolder(dataFolder: string): string {
	return path.join(dataFolder, 'incoming');
}
