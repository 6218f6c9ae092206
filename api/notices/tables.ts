// The outbox: mails to be sent, written in the transaction of what they tell about.
import { sql } from 'drizzle-orm';
import { check, index, integer, json, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, id, instant } from '../database/columns.ts';

/** One mail. What it says is kept as template and values; a link with a token is sealed and forgotten once the mail is out. */
export const notices = pgTable(
	'notices',
	{
		id: id(),
		/** address; emptied when the mail is done, the fact that it was sent stays */
		recipient: text().notNull(),
		/** sha256 of the address in small letters: whose mail it was, for that person's own asking (G-10), once the address is emptied */
		recipientHash: bytes(),
		template: text().notNull(),
		locale: text().notNull(),
		values: json().notNull(),
		/** sealed link with a token */
		link: bytes(),
		createdAt: instant().notNull(),
		nextAttemptAt: instant().notNull(),
		attempts: integer().notNull().default(0),
		/** a process is sending it until then (database clock) */
		claimedUntil: instant(),
		sentAt: instant(),
		failedAt: instant(),
		/** what the mail server said last, or 'withheld' for a mail that was never meant to go out */
		outcome: text(),
	},
	(t) => [
		index('notices_by_recipient').on(t.recipientHash),
		index('notices_pending').on(t.nextAttemptAt).where(sql`${t.sentAt} is null and ${t.failedAt} is null`),
		check('notices_one_end', sql`${t.sentAt} is null or ${t.failedAt} is null`),
		check('notices_recipient', sql`${t.recipient} !~ '[\\r\\n]'`),
	],
);
