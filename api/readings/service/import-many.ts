// Stores many small files in few round trips, as a data logger's archive or a full folder holds them.
import { basename } from 'node:path';
import { type Command, write } from '../../audit/service.ts';
import { type Database, postgresError } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import { imports } from '../tables.ts';
import { importFile, sha256Of } from './import.ts';
import type { Imported } from './import-report.ts';
import { storeStaged } from './import-store.ts';
import { type Assignment, stageFiles } from './stage.ts';

/** A file on disk to be stored with others. */
export interface ManyFile {
	path: string;
	assignment?: Assignment | undefined;
}

type Many = Omit<Command, 'key'> & { files: readonly ManyFile[]; origin: (typeof imports.$inferSelect)['origin'] };

/**
 * Stores files in one transaction. If anything stands in the way of any of them (a file that is refused, bytes that are stored already,
 * two files with the same day), each is stored on its own instead, in their order: all or nothing holds for every file, as with
 * importFile. Answers per file what was stored or why it was refused.
 */
export async function importFiles(db: Database, { files, origin, ...command }: Many): Promise<(Imported | Refusal)[]> {
	if (files.length > 1) {
		try {
			return await storeTogether(db, { files, origin, ...command });
		} catch (error) {
			if (!(error instanceof Refusal) && postgresError(error)?.constraint_name !== 'imports_stored_once') throw error;
		}
	}
	const outcomes: (Imported | Refusal)[] = [];
	for (const file of files) {
		outcomes.push(
			await importFile(db, { ...command, ...file, origin }).catch((error) => {
				if (error instanceof Refusal) return error;
				throw error;
			}),
		);
	}
	return outcomes;
}

async function storeTogether(db: Database, { files, origin, by, at }: Many): Promise<Imported[]> {
	const known = await Promise.all(
		files.map(async ({ path }) => ({ ...(await sha256Of(path)), fileName: basename(path) })),
	);
	return write(db, { by, at }, async (tx, note) => {
		const received = {
			state: 'stored',
			storedAt: at,
			receivedAt: at,
			receivedBy: by.personId,
			receivedByName: by.name,
		} as const;
		const made = await tx
			.insert(imports)
			.values(known.map((file) => ({ ...received, ...file, origin })))
			.returning({ id: imports.id, sha256: imports.sha256 });
		const ids = new Map(made.map(({ id, sha256 }) => [sha256.toString('hex'), id]));
		const idOf = (i: number): number => ids.get(known[i]?.sha256.toString('hex') ?? '') ?? 0;
		const stage = await stageFiles(tx, {
			files: files.map((file, i) => ({ ...file, importId: idOf(i), receivedMs: at.getTime() })),
			create: true,
			at,
		});
		return storeStaged(tx, note, { at, files: known, stage });
	});
}
