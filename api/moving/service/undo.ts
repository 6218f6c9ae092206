// Taking a move back, as long as nothing else has happened since.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { journalHead } from '../../ledger/tables.ts';
import { Refusal } from '../../values/refusal.ts';
import { movings } from '../tables.ts';

/**
 * Takes a committed move back: everything it brought in is removed, numbers and journal stand as before. Only the database's own function
 * can do that, and it does so only while nothing came after: no entry in the books, no admission, no event about a member who moved in,
 * no closed day, no file for the tax adviser. Refuses missing `moving.unknown`; conflict `moving.not-committed`, `moving.undo-entry`,
 * `moving.undo-number`, `moving.undo-event`, `moving.undo-locked`, `moving.undo-exported`, `moving.undo-reference`.
 */
export function undoMoving(
	db: Database,
	{ by, at, key, movingId }: Command & { movingId: string },
): Promise<{ movingId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [known] = await tx.select().from(movings).where(eq(movings.id, movingId)).for('update');
		if (!known) throw new Refusal('missing', 'moving.unknown');
		if (known.state !== 'committed') throw new Refusal('conflict', 'moving.not-committed');
		const [head] = await tx.select({ hash: sql<string>`encode(${journalHead.hash}, 'hex')` }).from(journalHead);
		const [told] = await tx.execute<{ reason: string }>(sql`select undo_moving(${movingId}) as reason`);
		switch (told?.reason) {
			case 'done':
				break;
			case 'entry':
				throw new Refusal('conflict', 'moving.undo-entry', {}, { rule: 'B-50' });
			case 'number':
				throw new Refusal('conflict', 'moving.undo-number', {}, { rule: 'M-21' });
			case 'event':
				throw new Refusal('conflict', 'moving.undo-event', {}, { rule: 'M-21' });
			case 'locked':
				throw new Refusal('conflict', 'moving.undo-locked', {}, { rule: 'B-50' });
			case 'exported':
				throw new Refusal('conflict', 'moving.undo-exported', {}, { rule: 'B-50' });
			default:
				throw new Refusal('conflict', 'moving.undo-reference', {}, { rule: 'M-21' });
		}
		await tx
			.update(movings)
			.set({ state: 'undone', closedAt: at, closedBy: by.personId })
			.where(eq(movings.id, movingId));
		const { counts, firstEntry, lastEntry } = known;
		note({
			action: 'moving.undo',
			subject: `moving ${movingId}`,
			// The journal's head as it was: whoever kept it outside finds here why it is gone.
			before: { counts, firstEntry, lastEntry, headHash: head?.hash },
		});
		return { movingId };
	});
}
