// Collecting what is to move in: tables brought, their columns read as before or as guessed, mended by hand, taken out again.
import { createHash, randomUUID } from 'node:crypto';
import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, postgresError, type Tx, transact } from '../../database/connect.ts';
import { sealBytes, unsealBytes } from '../../database/sealed.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf, isDay } from '../../values/calendar.ts';
import { isIban, maskedIban, normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { readTables } from '../read/read.ts';
import type { ReadTable } from '../read/table.ts';
import {
	type Columns,
	type Field,
	type FileKind,
	fieldsOf,
	guessColumns,
	guessKind,
	shapeOf,
} from '../rules/fields.ts';
import type { Row, Table } from '../rules/rows.ts';
import { type Cell, textOf } from '../rules/values.ts';
import { type MovingCounts, movingFiles, movingShapes, movings } from '../tables.ts';

/** A table that was brought. */
export interface MovingFile {
	id: string;
	name: string;
	sheet: string | null;
	kind: FileKind;
	encoding: 'utf-8' | 'utf-16' | 'windows-1252' | 'xlsx';
	sizeBytes: number;
	sha256: string;
	headings: string[];
	columns: Columns;
	rows: number;
	addedAt: string;
}

/** A move with its tables. */
export interface Moving {
	id: string;
	state: 'open' | 'committed' | 'undone' | 'discarded';
	balanceOn: Day;
	openedAt: string;
	committedAt: string | null;
	closedAt: string | null;
	counts: MovingCounts | null;
	files: MovingFile[];
}

const place = (row: string) => ({ table: 'moving_files', column: 'rows', row });

async function openMoving(tx: Tx, { by, at }: { by: Actor; at: Date }): Promise<string> {
	const { fiscalYearEndMonth } = await cooperativeOf(tx);
	const balanceOn = addDays(fiscalYearOf(dayOf(at), fiscalYearEndMonth).start, -1);
	await tx.insert(movings).values({ balanceOn, openedAt: at, openedBy: by.personId }).onConflictDoNothing();
	const [open] = await tx.select({ id: movings.id }).from(movings).where(eq(movings.state, 'open')).for('update');
	if (!open) throw new Refusal('conflict', 'moving.not-open');
	return open.id;
}

/** The open move, locked. Refuses conflict `moving.not-open`. */
export async function lockOpen(tx: Tx, movingId?: string): Promise<typeof movings.$inferSelect> {
	const wanted = movingId === undefined ? undefined : eq(movings.id, movingId);
	const [open] = await tx
		.select()
		.from(movings)
		.where(and(eq(movings.state, 'open'), wanted))
		.for('update');
	if (!open) throw new Refusal('conflict', 'moving.not-open');
	return open;
}

async function readAs(tx: Tx, { headings }: ReadTable): Promise<{ kind: FileKind; columns: Columns; shape: string }> {
	const shape = shapeOf(headings);
	const [known] = await tx.select().from(movingShapes).where(eq(movingShapes.shape, shape));
	if (known && known.columns.length === headings.length) return { kind: known.kind, columns: known.columns, shape };
	const kind = guessKind(headings);
	return { kind, columns: guessColumns(kind, headings), shape };
}

/**
 * Takes in a file, CSV or workbook, and opens a move for it if none is open. Columns are read as in the last file of the same shape, else
 * as their headings suggest. Refuses conflict `moving.file-twice` and what `readTables` refuses.
 */
export async function addMovingFile(
	db: Database,
	{ by, at, key, keys, name, content }: Command & { keys: Keys; name: string; content: Buffer },
): Promise<{ movingId: string; files: { id: string; kind: FileKind; rows: number }[] }> {
	const tables = await readTables(content);
	const sha256 = createHash('sha256').update(content).digest();
	try {
		return await write(db, { by, at, key }, async (tx, note) => {
			const movingId = await openMoving(tx, { by, at });
			const files: { id: string; kind: FileKind; rows: number }[] = [];
			for (const table of tables) {
				const { kind, columns, shape } = await readAs(tx, table);
				const id = randomUUID();
				await tx.insert(movingFiles).values({
					...{ id, movingId, name: name.slice(-120), sheet: table.sheet, kind, columns, shape, sha256 },
					...{ sizeBytes: content.length, encoding: table.encoding, headings: table.headings, addedAt: at },
					rowCount: table.rows.length,
					rows: sealBytes(keys, place(id), Buffer.from(JSON.stringify(table.rows))),
				});
				files.push({ id, kind, rows: table.rows.length });
			}
			const after = { files: files.length, rows: files.map(({ rows }) => rows), sha256: sha256.toString('hex') };
			note({ action: 'moving.add-file', subject: `moving ${movingId}`, after });
			return { movingId, files };
		});
	} catch (error) {
		if (postgresError(error)?.constraint_name === 'moving_files_once')
			throw new Refusal('conflict', 'moving.file-twice', {}, { field: 'file' });
		throw error;
	}
}

/**
 * Says what kind of table a file is and what its columns mean; files of the same shape are read so from now on. `columns` null: they are
 * guessed anew for the kind. Refuses conflict `moving.not-open`; missing `moving.file-unknown`; invalid `moving.columns-wrong`.
 */
export function setMovingColumns(
	db: Database,
	{ by, at, key, fileId, kind, columns }: Command & { fileId: string; kind: FileKind; columns: Columns | null },
): Promise<{ columns: Columns }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const open = await lockOpen(tx);
		const [file] = await tx
			.select()
			.from(movingFiles)
			.where(and(eq(movingFiles.id, fileId), eq(movingFiles.movingId, open.id)));
		if (!file) throw new Refusal('missing', 'moving.file-unknown');
		const read = columns ?? guessColumns(kind, file.headings);
		const allowed = read.every((field) => field === null || fieldsOf[kind].includes(field));
		if (read.length !== file.headings.length || !allowed)
			throw new Refusal('invalid', 'moving.columns-wrong', {}, { field: 'columns' });
		await tx.update(movingFiles).set({ kind, columns: read }).where(eq(movingFiles.id, fileId));
		const known = { shape: file.shape, kind, columns: read, usedAt: at, usedBy: by.personId };
		await tx.insert(movingShapes).values(known).onConflictDoUpdate({ target: movingShapes.shape, set: known });
		note({ action: 'moving.set-columns', subject: `moving ${open.id}`, after: { fileId, kind, columns: read } });
		return { columns: read };
	});
}

/** The day balances without a day of their own are taken from. Refuses conflict `moving.not-open`; invalid `moving.day-wrong`. */
export function setMovingDay(
	db: Database,
	{ by, at, key, balanceOn }: Command & { balanceOn: Day },
): Promise<{ balanceOn: Day }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!isDay(balanceOn) || balanceOn > dayOf(at))
			throw new Refusal('invalid', 'moving.day-wrong', {}, { field: 'balanceOn' });
		const open = await lockOpen(tx);
		await tx.update(movings).set({ balanceOn }).where(eq(movings.id, open.id));
		note({
			action: 'moving.set-day',
			subject: `moving ${open.id}`,
			before: { balanceOn: open.balanceOn },
			after: { balanceOn },
		});
		return { balanceOn };
	});
}

/** Takes a table out of the open move. Refuses conflict `moving.not-open`; missing `moving.file-unknown`. */
export function removeMovingFile(
	db: Database,
	{ by, at, key, fileId }: Command & { fileId: string },
): Promise<{ fileId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const open = await lockOpen(tx);
		const gone = await tx
			.delete(movingFiles)
			.where(and(eq(movingFiles.id, fileId), eq(movingFiles.movingId, open.id)))
			.returning({ name: movingFiles.name });
		if (gone.length === 0) throw new Refusal('missing', 'moving.file-unknown');
		note({ action: 'moving.remove-file', subject: `moving ${open.id}`, before: { fileId, name: gone[0]?.name } });
		return { fileId };
	});
}

/** Gives the open move up: its rows are forgotten. Refuses conflict `moving.not-open`. */
export function discardMoving(db: Database, { by, at, key }: Command): Promise<{ movingId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const open = await lockOpen(tx);
		await tx.update(movingFiles).set({ rows: null }).where(eq(movingFiles.movingId, open.id));
		await tx
			.update(movings)
			.set({ state: 'discarded', closedAt: at, closedBy: by.personId })
			.where(eq(movings.id, open.id));
		note({ action: 'moving.discard', subject: `moving ${open.id}` });
		return { movingId: open.id };
	});
}

/** All moves, newest first, with their tables. */
export function listMovings(db: Database, { by }: { by: Actor }): Promise<Moving[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(movings).orderBy(desc(movings.openedAt), desc(movings.id)).limit(50);
		const ids = rows.map(({ id }) => id);
		const { rows: _rows, ...columns } = fileColumns;
		const files = ids.length
			? await tx
					.select(columns)
					.from(movingFiles)
					.where(inArray(movingFiles.movingId, ids))
					.orderBy(asc(movingFiles.addedAt), asc(movingFiles.id))
			: [];
		return rows.map(({ id, state, balanceOn, openedAt, committedAt, closedAt, counts }) => ({
			...{ id, state, balanceOn, openedAt: openedAt.toISOString(), counts },
			...{ committedAt: committedAt?.toISOString() ?? null, closedAt: closedAt?.toISOString() ?? null },
			files: files
				.filter(({ movingId }) => movingId === id)
				.map(({ movingId: _moving, sha256, rowCount, addedAt, ...file }) => ({
					...file,
					...{ sha256: sha256.toString('hex'), rows: rowCount, addedAt: addedAt.toISOString() },
				})),
		}));
	});
}

/** A table with its first rows as they will be read, account numbers masked: for saying what its columns mean. */
export interface MovingFileView extends MovingFile {
	open: boolean;
	/** what each column may mean in a table of this kind */
	fields: readonly Field[];
	samples: { row: number; cells: string[] }[];
}

/** One table. Refuses missing `moving.file-unknown`. */
export function readMovingFile(
	db: Database,
	{ by, keys, fileId }: { by: Actor; keys: Keys; fileId: string },
): Promise<MovingFileView> {
	return transact(db, by, async (tx) => {
		const [found] = await tx
			.select({ ...fileColumns, state: movings.state })
			.from(movingFiles)
			.innerJoin(movings, eq(movings.id, movingFiles.movingId))
			.where(eq(movingFiles.id, fileId));
		if (!found) throw new Refusal('missing', 'moving.file-unknown');
		const { rows, state, movingId: _moving, sha256, rowCount, addedAt, ...file } = found;
		const read = rows === null ? [] : (JSON.parse(unsealBytes(keys, place(file.id), rows).toString('utf8')) as Row[]);
		const shown = (cell: Cell | undefined): string => {
			const text = textOf(cell);
			return isIban(normalised(text)) ? maskedIban(text) : text.slice(0, 60);
		};
		return {
			...file,
			...{ sha256: sha256.toString('hex'), rows: rowCount, addedAt: addedAt.toISOString(), open: state === 'open' },
			fields: fieldsOf[file.kind],
			samples: read.slice(0, 3).map(({ row, cells }) => ({ row, cells: file.headings.map((_, i) => shown(cells[i])) })),
		};
	});
}

const fileColumns = {
	...{ id: movingFiles.id, movingId: movingFiles.movingId, name: movingFiles.name, sheet: movingFiles.sheet },
	...{ kind: movingFiles.kind, encoding: movingFiles.encoding, sizeBytes: movingFiles.sizeBytes },
	...{ sha256: movingFiles.sha256, headings: movingFiles.headings, columns: movingFiles.columns },
	...{ rowCount: movingFiles.rowCount, rows: movingFiles.rows, addedAt: movingFiles.addedAt },
};

/** The open move's tables with their rows, in the order they came. */
export async function tablesOf(tx: Tx, keys: Keys, movingId: string): Promise<Table[]> {
	const files = await tx
		.select(fileColumns)
		.from(movingFiles)
		.where(eq(movingFiles.movingId, movingId))
		.orderBy(asc(movingFiles.addedAt), asc(movingFiles.id));
	return files.map(({ id, kind, headings, columns, rows }) => ({
		...{ id, kind, headings, columns },
		rows: rows === null ? [] : (JSON.parse(unsealBytes(keys, place(id), rows).toString('utf8')) as Row[]),
	}));
}
