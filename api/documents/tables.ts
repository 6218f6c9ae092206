// What is kept of documents: the file itself, sealed, with its hash, and why it is kept.
import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, day, id, instant } from '../database/columns.ts';
import { retentionClasses } from './rules.ts';

/**
 * Archived documents. A document never changes; once it need not be kept any longer its content is erased and the row remains as proof
 * that there was one. `memberId` null: about the cooperative as a whole.
 */
export const documents = pgTable(
	'documents',
	{
		id: id(),
		/** what it is: 'register-extract', 'declaration' … ; the portal has a word for each */
		kind: text().notNull(),
		memberId: uuid(),
		fileName: text().notNull(),
		mediaType: text().notNull(),
		sizeBytes: integer().notNull(),
		sha256: bytes().notNull(),
		/** sealed, bound to this row; null once erased */
		content: bytes(),
		/** the day the document is of */
		documentOn: day().notNull(),
		retention: text({ enum: retentionClasses }).notNull(),
		createdAt: instant().notNull(),
		createdBy: uuid(),
		erasedAt: instant(),
	},
	(t) => [
		check('documents_erased', sql`(${t.content} is null) = (${t.erasedAt} is not null)`),
		check('documents_hash', sql`octet_length(${t.sha256}) = 32`),
		check('documents_retention', sql`${t.retention} in ('register-document', 'books', 'voucher', 'letter')`),
		index('documents_of_member').on(t.memberId, t.documentOn),
	],
);
