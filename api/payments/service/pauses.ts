// Claims that rest: disputed, or put off.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';

import { lockMembers } from '../../shares/service/holdings.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { claimPauses } from '../tables.ts';

/** Lets a claim rest: disputed, or put off (Stundung) until a day. Refuses missing `members.unknown`; conflict `payments.already-paused`; invalid `payments.day-wrong`. */
export function pauseClaim(
	db: Database,
	{
		by,
		at,
		key,
		memberId,
		kind,
		until,
		reason,
	}: Command & { memberId: string; kind: 'disputed' | 'deferred'; until: Day | null; reason: string },
): Promise<{ pauseId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const wrongDay = until === null ? kind === 'deferred' : !isDay(until) || until < dayOf(at);
		if (wrongDay) throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'until' });
		const locked = await lockMembers(tx, [memberId]);
		// A pause that has run out makes room for another.
		await tx
			.update(claimPauses)
			.set({ endedAt: at, endedBy: by.personId })
			.where(
				and(eq(claimPauses.memberId, memberId), isNull(claimPauses.endedAt), sql`${claimPauses.until} < ${dayOf(at)}`),
			);
		const [made] = await tx
			.insert(claimPauses)
			.values({ memberId, kind, until, reason, recordedAt: at, recordedBy: by.personId })
			.onConflictDoNothing()
			.returning({ pauseId: claimPauses.id });
		if (!made) throw new Refusal('conflict', 'payments.already-paused');
		const subject = `member ${locked.get(memberId)?.number ?? ''}`;
		note({ action: 'payments.pause-claim', subject, after: { kind, until, reason } });
		return made;
	});
}

/** Ends a pause. Refuses missing `payments.pause-unknown`. */
export function endPause(
	db: Database,
	{ by, at, key, pauseId }: Command & { pauseId: string },
): Promise<{ pauseId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [ended] = await tx
			.update(claimPauses)
			.set({ endedAt: at, endedBy: by.personId })
			.where(and(eq(claimPauses.id, pauseId), isNull(claimPauses.endedAt)))
			.returning({ memberId: claimPauses.memberId });
		if (!ended) throw new Refusal('missing', 'payments.pause-unknown');
		note({ action: 'payments.end-pause', subject: `pause ${pauseId}`, before: ended });
		return { pauseId };
	});
}
