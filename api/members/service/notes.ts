// What the board writes down about a member: dated and signed, read by staff, taken away only with a trace in the log.
import { and, desc, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { memberNotes, members } from '../tables.ts';

/** A note in a member's file. */
export interface MemberNote {
	id: string;
	text: string;
	writtenBy: string;
	writtenByName: string;
	recordedAt: string;
}

/**
 * Writes a note into a member's file. The member may ask for it (Art. 15 GDPR, G-10), so it is kept to what is needed.
 * Refuses missing `members.unknown`; invalid `members.note-empty`.
 */
export function addNote(
	db: Database,
	{ by, at, key, memberId, text }: Command & { memberId: string; text: string },
): Promise<{ noteId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const trimmed = text.trim();
		if (trimmed === '') throw new Refusal('invalid', 'members.note-empty', {}, { field: 'text' });
		const [member] = await tx.select({ number: members.number }).from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		const [row] = await tx
			.insert(memberNotes)
			.values({ memberId, text: trimmed, writtenBy: by.personId ?? memberId, writtenByName: by.name, recordedAt: at })
			.returning({ id: memberNotes.id });
		const noteId = row?.id ?? '';
		note({ action: 'members.add-note', subject: `member ${memberId}`, after: { noteId } });
		return { noteId };
	});
}

/** Takes a note away; the log keeps that it was, not what it said. Refuses missing `members.note-unknown`. */
export function removeNote(
	db: Database,
	{ by, at, key, memberId, noteId }: Command & { memberId: string; noteId: string },
): Promise<{ noteId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [row] = await tx
			.delete(memberNotes)
			.where(and(eq(memberNotes.id, noteId), eq(memberNotes.memberId, memberId)))
			.returning({ recordedAt: memberNotes.recordedAt, writtenByName: memberNotes.writtenByName });
		if (!row) throw new Refusal('missing', 'members.note-unknown');
		note({
			...{ action: 'members.remove-note', subject: `member ${memberId}` },
			before: { noteId, recordedAt: row.recordedAt.toISOString(), writtenBy: row.writtenByName },
		});
		return { noteId };
	});
}

/** The notes about a member, newest first. For staff: nobody else sees any. */
export function listNotes(db: Database, { by, memberId }: { by: Actor; memberId: string }): Promise<MemberNote[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select()
			.from(memberNotes)
			.where(eq(memberNotes.memberId, memberId))
			.orderBy(desc(memberNotes.recordedAt), desc(memberNotes.id));
		return rows.map(({ id, text, writtenBy, writtenByName, recordedAt }) => ({
			...{ id, text, writtenBy, writtenByName, recordedAt: recordedAt.toISOString() },
		}));
	});
}
