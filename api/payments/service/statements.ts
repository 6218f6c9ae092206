// Bank statements: received and looked into, shown with what importing would do, imported as a whole or discarded.
import { createHash } from 'node:crypto';
import { and, count, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { dayOf } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import type { BankStatement } from '../rules/statement.ts';
import { statementFiles, statementLines, statements } from '../tables.ts';
import { openDelivery } from './archive.ts';
import { readStatements } from './camt.ts';
import { bookLines } from './lines.ts';

const place = (row: string) => ({ table: 'statement_files', column: 'content', row });

/** The cooperative's own account. Refuses conflict `payments.own-iban-missing`. */
async function ownIban(tx: Tx): Promise<string> {
	const { iban } = await cooperativeOf(tx);
	if (iban === null) throw new Refusal('conflict', 'payments.own-iban-missing');
	return normalised(iban);
}

/** All statements of a delivery, oldest first; no statement twice in it. Refuses what `openDelivery` and `readStatements` refuse. */
async function readDelivery(name: string, content: Buffer, iban: string): Promise<BankStatement[]> {
	const found: BankStatement[] = [];
	for (const file of await openDelivery(name, content)) found.push(...(await readStatements(file.content, iban)));
	if (found.length === 0) throw new Refusal('invalid', 'payments.statement-none', {}, { field: 'files' });
	const ids = found.map(({ statementId }) => statementId);
	const twice = ids.find((id, i) => ids.indexOf(id) !== i);
	if (twice !== undefined)
		throw new Refusal('invalid', 'payments.statement-twice', { statement: twice }, { rule: 'B-18', field: 'files' });
	return found.sort((a, b) => (a.fromOn < b.fromOn ? -1 : a.fromOn > b.fromOn ? 1 : a.toOn < b.toOn ? -1 : 1));
}

async function refuseKnownStatements(tx: Tx, found: readonly BankStatement[]): Promise<void> {
	const [known] = await tx
		.select({ statement: statements.statementId })
		.from(statements)
		.where(
			inArray(
				statements.statementId,
				found.map(({ statementId }) => statementId),
			),
		)
		.limit(1);
	if (known)
		throw new Refusal('conflict', 'payments.statement-already-imported', known, { rule: 'B-18', field: 'files' });
}

/**
 * Takes in a file of bank statements (camt.053 version 02 or 08, or a ZIP of several): it is read in full and kept sealed; nothing is
 * booked yet. Refuses conflict `payments.statement-file-known` {fileName}, `payments.statement-already-imported` {statement},
 * `payments.own-iban-missing`; invalid `payments.statement-none`, `payments.statement-twice` {statement} and what reading refuses.
 */
export async function receiveStatements(
	db: Database,
	{ by, at, keys, fileName, content }: Command & { keys: Keys; fileName: string; content: Buffer },
): Promise<{ fileId: string; statements: number; lines: number }> {
	const iban = await transact(db, by, ownIban);
	const sha256 = createHash('sha256').update(content).digest();
	const found = await readDelivery(fileName, content, iban);
	return write(db, { by, at }, async (tx, note) => {
		await refuseKnownStatements(tx, found);
		const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
		const id = row?.id ?? '';
		const counts = { statementCount: found.length, lineCount: found.reduce((sum, { lines }) => sum + lines.length, 0) };
		const [added] = await tx
			.insert(statementFiles)
			.values({
				...{ id, fileName, sizeBytes: content.length, sha256, ...counts, uploadedAt: at, uploadedBy: by.personId },
				content: seal(keys, place(id), content.toString('base64')),
			})
			.onConflictDoNothing()
			.returning({ id: statementFiles.id });
		if (!added) {
			const [known] = await tx
				.select({ fileName: statementFiles.fileName })
				.from(statementFiles)
				.where(and(eq(statementFiles.sha256, sha256), ne(statementFiles.state, 'discarded')));
			throw new Refusal(
				'conflict',
				'payments.statement-file-known',
				{ fileName: known?.fileName ?? fileName },
				{ field: 'files' },
			);
		}
		note({ action: 'payments.receive-statements', subject: `statement file ${id}`, after: { fileName, ...counts } });
		return { fileId: id, statements: counts.statementCount, lines: counts.lineCount };
	});
}

/** A file of statements in a list. */
export interface StatementFileView {
	id: string;
	fileName: string;
	sizeBytes: number;
	state: 'uploaded' | 'imported' | 'discarded';
	uploadedAt: string;
	decidedAt: string | null;
	statementCount: number;
	lineCount: number;
	/** lines the board still has to decide about */
	openLines: number;
}

/** Files of statements, newest first. */
export function listStatementFiles(
	db: Database,
	{ by, limit = 50 }: { by: Actor; limit?: number },
): Promise<StatementFileView[]> {
	return transact(db, by, async (tx) => {
		const { content: _content, sha256: _sha256, uploadedBy: _by, decidedBy: _decider, ...facts } = columns;
		const rows = await tx.select(facts).from(statementFiles).orderBy(desc(statementFiles.uploadedAt)).limit(limit);
		const open = await tx
			.select({ fileId: statements.fileId, lines: count() })
			.from(statementLines)
			.innerJoin(statements, eq(statements.id, statementLines.statementId))
			.where(eq(statementLines.state, 'open'))
			.groupBy(statements.fileId);
		const openOf = new Map(open.map(({ fileId, lines }) => [fileId, lines]));
		return rows.map((row) => ({
			...row,
			uploadedAt: row.uploadedAt.toISOString(),
			decidedAt: row.decidedAt?.toISOString() ?? null,
			openLines: openOf.get(row.id) ?? 0,
		}));
	});
}

const columns = {
	...{ id: statementFiles.id, fileName: statementFiles.fileName, sizeBytes: statementFiles.sizeBytes },
	...{ state: statementFiles.state, uploadedAt: statementFiles.uploadedAt, decidedAt: statementFiles.decidedAt },
	...{ statementCount: statementFiles.statementCount, lineCount: statementFiles.lineCount },
	...{ content: statementFiles.content, sha256: statementFiles.sha256 },
	...{ uploadedBy: statementFiles.uploadedBy, decidedBy: statementFiles.decidedBy },
};

export async function fileOf(tx: Tx, fileId: string, lock = false) {
	const query = tx.select().from(statementFiles).where(eq(statementFiles.id, fileId));
	const [file] = await (lock ? query.for('update') : query);
	if (!file) throw new Refusal('missing', 'payments.statement-file-unknown');
	return file;
}

export async function contentOf(
	tx: Tx,
	keys: Keys,
	file: typeof statementFiles.$inferSelect,
): Promise<BankStatement[]> {
	if (!file.content) throw new Refusal('conflict', 'payments.statement-file-state', { state: file.state });
	const content = Buffer.from(unseal(keys, place(file.id), file.content), 'base64');
	return readDelivery(file.fileName, content, await ownIban(tx));
}

/** The lines of statements that no earlier statement brought, each with its statement; and how many are known. */
export async function newLines(tx: Tx, found: readonly BankStatement[]) {
	const all = found.flatMap((statement) => statement.lines.map((line, i) => ({ statement, line, number: i + 1 })));
	const references = all.map(({ line }) => line.bankReference);
	const known = new Set<string>();
	for (let i = 0; i < references.length; i += 10_000) {
		const rows = await tx
			.select({ reference: statementLines.bankReference })
			.from(statementLines)
			.where(inArray(statementLines.bankReference, references.slice(i, i + 10_000)));
		for (const { reference } of rows) known.add(reference);
	}
	// Overlapping statements of one delivery bring the same line twice.
	const fresh = all.filter(({ line }) => !known.has(line.bankReference) && known.add(line.bankReference));
	return { fresh, all };
}

/**
 * Imports an uploaded file: statements and lines are stored, what the keys tell is booked, the rest waits at the desk; all or nothing.
 * Refuses missing `payments.statement-file-unknown`; conflict `payments.statement-file-state` {state},
 * `payments.statement-already-imported` {statement}, `ledger.period-locked`; invalid `payments.day-in-future`.
 */
export function importStatements(
	db: Database,
	{ by, at, key, keys, fileId }: Command & { keys: Keys; fileId: string },
): Promise<{ fileId: string; lines: number; booked: number; open: number; known: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const file = await fileOf(tx, fileId, true);
		if (file.state !== 'uploaded')
			throw new Refusal('conflict', 'payments.statement-file-state', { state: file.state });
		const found = await contentOf(tx, keys, file);
		if (found.some(({ lines }) => lines.some(({ bookedOn }) => bookedOn > dayOf(at))))
			throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'files' });
		const { fresh, all } = await newLines(tx, found);
		const added = await tx
			.insert(statements)
			.values(
				found.map(({ statementId, version, iban, fromOn, toOn, openingCents, closingCents, lines }) => ({
					...{ fileId, statementId, version, iban, fromOn, toOn, openingCents, closingCents },
					...{ lineCount: lines.length, importedAt: at },
				})),
			)
			.onConflictDoNothing()
			.returning({ id: statements.id, statementId: statements.statementId });
		if (added.length < found.length) {
			const made = new Set(added.map(({ statementId }) => statementId));
			const known = found.find(({ statementId }) => !made.has(statementId));
			throw new Refusal(
				'conflict',
				'payments.statement-already-imported',
				{ statement: known?.statementId ?? '' },
				{ rule: 'B-18' },
			);
		}
		const idOf = new Map(added.map(({ id, statementId }) => [statementId, id]));
		const { booked, open } = await bookLines(tx, note, {
			...{ by, at, keys },
			lines: fresh.map(({ statement, line, number }) => ({
				...line,
				...{ number, statementId: idOf.get(statement.statementId) ?? '' },
			})),
		});
		await tx
			.update(statementFiles)
			.set({ state: 'imported', decidedAt: at, decidedBy: by.personId })
			.where(eq(statementFiles.id, fileId));
		const done = { lines: fresh.length, booked, open, known: all.length - fresh.length };
		const after = { ...done, statements: found.map(({ statementId }) => statementId) };
		note({ action: 'payments.import-statements', subject: `statement file ${fileId}`, after });
		return { fileId, ...done };
	});
}

/** Discards an uploaded file; its content is forgotten. Refuses missing `payments.statement-file-unknown`; conflict `payments.statement-file-state` {state}. */
export function discardStatements(
	db: Database,
	{ by, at, key, fileId }: Command & { fileId: string },
): Promise<{ fileId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { state, fileName } = await fileOf(tx, fileId, true);
		if (state !== 'uploaded') throw new Refusal('conflict', 'payments.statement-file-state', { state });
		await tx
			.update(statementFiles)
			.set({ state: 'discarded', content: null, decidedAt: at, decidedBy: by.personId })
			.where(eq(statementFiles.id, fileId));
		note({ action: 'payments.discard-statements', subject: `statement file ${fileId}`, before: { fileName } });
		return { fileId };
	});
}
