// The archive of documents: put in by whoever makes them, listed and opened by those who may see them.
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../audit/service.ts';
import type { Keys } from '../config.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import { sealBytes, unsealBytes } from '../database/sealed.ts';
import type { Actor } from '../values/actor.ts';
import type { Day } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';
import { type RetentionClass, sha256Of } from './rules.ts';
import { documents } from './tables.ts';

/** A document to be kept. `memberId` null: about the cooperative as a whole. */
export interface NewDocument {
	kind: string;
	memberId: string | null;
	fileName: string;
	mediaType: string;
	content: Uint8Array;
	documentOn: Day;
	retention: RetentionClass;
}

const placeOf = (row: string) => ({ table: 'documents', column: 'content', row });

/** Archives a document inside the caller's transaction: sealed, with its hash; logged. */
export async function archiveDocument(
	tx: Tx,
	note: Note,
	{ by, at, keys, content, ...facts }: { by: Actor; at: Date; keys: Keys } & NewDocument,
): Promise<{ documentId: string; sha256: string }> {
	const sha256 = sha256Of(content);
	// The content is sealed for its row, so the row's id comes first.
	const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	const id = made?.id ?? '';
	await tx.insert(documents).values({
		id,
		...facts,
		sizeBytes: content.byteLength,
		sha256: Buffer.from(sha256, 'hex'),
		content: sealBytes(keys, placeOf(id), content),
		createdAt: at,
		createdBy: by.personId,
	});
	const { kind, memberId, fileName } = facts;
	note({
		action: 'documents.archive',
		subject: memberId ? `member ${memberId}` : `document ${id}`,
		after: { documentId: id, kind, fileName, sha256 },
	});
	return { documentId: id, sha256 };
}

/** An archived document in a list. `erased`: no longer kept, only that it was there. */
export interface DocumentLine {
	id: string;
	kind: string;
	fileName: string;
	mediaType: string;
	sizeBytes: number;
	/** hex */
	sha256: string;
	documentOn: Day;
	retention: RetentionClass;
	createdAt: string;
	erased: boolean;
}

/** The archived documents about a member, or with null about the cooperative, newest first. Members reach their own only. */
export function listDocuments(
	db: Database,
	{ by, memberId, kind }: { by: Actor; memberId: string | null; kind?: string },
): Promise<DocumentLine[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select()
			.from(documents)
			.where(
				and(
					memberId === null ? isNull(documents.memberId) : eq(documents.memberId, memberId),
					kind === undefined ? undefined : eq(documents.kind, kind),
				),
			)
			.orderBy(desc(documents.documentOn), desc(documents.id))
			.limit(500);
		return rows.map((row) => ({
			id: row.id,
			kind: row.kind,
			fileName: row.fileName,
			mediaType: row.mediaType,
			sizeBytes: row.sizeBytes,
			sha256: row.sha256.toString('hex'),
			documentOn: row.documentOn,
			retention: row.retention,
			createdAt: row.createdAt.toISOString(),
			erased: row.content === null,
		}));
	});
}

/** A file on its way out. */
export interface OpenedFile {
	fileName: string;
	mediaType: string;
	content: Buffer;
}

/**
 * Opens an archived document; logged. `ownOf`: only if it is about that member. Refuses missing `documents.unknown`;
 * conflict `documents.erased` if it is no longer kept.
 */
export function openDocument(
	db: Database,
	{ by, at, keys, documentId, ownOf }: Command & { keys: Keys; documentId: string; ownOf?: string | null | undefined },
): Promise<OpenedFile> {
	return write(db, { by, at }, async (tx, note) => {
		const [row] = await tx.select().from(documents).where(eq(documents.id, documentId));
		if (!row || (ownOf !== undefined && (ownOf === null || row.memberId !== ownOf)))
			throw new Refusal('missing', 'documents.unknown');
		if (!row.content) throw new Refusal('conflict', 'documents.erased');
		const content = unsealBytes(keys, placeOf(row.id), row.content);
		if (sha256Of(content) !== row.sha256.toString('hex'))
			throw new Error(`document ${row.id} is not what was archived`);
		note({
			action: 'documents.open',
			subject: row.memberId ? `member ${row.memberId}` : `document ${row.id}`,
			after: { documentId },
		});
		return { fileName: row.fileName, mediaType: row.mediaType, content };
	});
}
