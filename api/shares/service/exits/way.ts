// The way of an exit in register and tables: its end entered, taken back, put in the place of a later one, and given again.
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { enterInRegister, reverseInRegister } from '../../../members/service/register.ts';
import { members, registerEvents } from '../../../members/tables.ts';
import type { Actor } from '../../../values/actor.ts';
import type { Day } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { ExitCause } from '../../rules/ending.ts';
import { exits } from '../../tables.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';
import { openExits } from './facts.ts';

/** An exit as it is remembered. */
export type Exit = typeof exits.$inferSelect;

/** An id for a row that others name before it is written. */
export async function newId(tx: Tx): Promise<string> {
	const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	return made?.id ?? '';
}

/** An exit and its member, both locked. Refuses missing `shares.exit-unknown`. */
export async function lockedExit(tx: Tx, exitId: string): Promise<Exit> {
	const [owner] = await tx.select({ memberId: exits.memberId }).from(exits).where(eq(exits.id, exitId));
	if (!owner) throw new Refusal('missing', 'shares.exit-unknown');
	await lockMembers(tx, [owner.memberId]);
	const [exit] = await tx.select().from(exits).where(eq(exits.id, exitId)).for('update');
	if (!exit) throw new Refusal('missing', 'shares.exit-unknown');
	return exit;
}

/** Enters the end of a membership or of some shares in the register (M-49) and answers the event's id; the member is locked. */
export async function enterEnd(
	tx: Tx,
	note: Note,
	{
		at,
		memberId,
		effectiveOn,
		heldShares,
		shares,
		cause,
		basis,
	}: {
		at: Date;
		memberId: string;
		effectiveOn: Day;
		heldShares: number;
		shares?: number | null | undefined;
		cause: ExitCause;
		basis: string;
	},
): Promise<string | null> {
	const pending = (await openExits(tx, memberId)).find((open) => open.shares !== null)?.shares ?? 0;
	const whole = cause !== 'partial';
	const sharesChange = whole ? pending - heldShares : -(shares ?? 0);
	await enterInRegister(tx, note, at, [
		{ memberId, effectiveOn, basis, sharesChange, ...(whole ? { left: true } : {}) },
	]);
	if (whole) await tx.update(members).set({ leftOn: effectiveOn }).where(eq(members.id, memberId));
	return lastEventOf(tx, memberId, whole ? 'left' : 'changed');
}

/** The event of a kind entered last for a member: its id. */
export async function lastEventOf(tx: Tx, memberId: string, kind: 'left' | 'changed'): Promise<string | null> {
	const [event] = await tx
		.select({ id: registerEvents.id })
		.from(registerEvents)
		.where(and(eq(registerEvents.memberId, memberId), eq(registerEvents.kind, kind)))
		.orderBy(desc(registerEvents.recordedAt), desc(registerEvents.id))
		.limit(1);
	return event?.id ?? null;
}

/** Takes an exit back that has not taken effect: as if it had never been in the register, which still knows it. The member is locked. */
export async function closeExit(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		exit,
		state,
		reason,
		supersededBy = null,
	}: {
		by: Actor;
		at: Date;
		exit: Exit;
		state: 'withdrawn' | 'superseded';
		reason: string;
		supersededBy?: string | null;
	},
): Promise<void> {
	if (exit.registerEventId)
		await reverseInRegister(tx, note, at, { memberId: exit.memberId, eventId: exit.registerEventId, basis: reason });
	if (exit.shares === null) await tx.update(members).set({ leftOn: null }).where(eq(members.id, exit.memberId));
	await tx
		.update(exits)
		.set({ state, closedAt: at, closedBy: by.personId, closedReason: reason, supersededBy })
		.where(eq(exits.id, exit.id));
	note({
		action: `shares.${state === 'withdrawn' ? 'withdraw' : 'supersede'}-exit`,
		subject: `exit ${exit.id}`,
		after: { reason },
	});
}

/**
 * What an exit had taken the place of counts again once that exit is taken back (M-40: a notice binds from the day it arrived): entered in
 * the register anew under its own day and basis. The member is locked. Answers how many do.
 */
export async function restoreSuperseded(tx: Tx, note: Note, { at, exit }: { at: Date; exit: Exit }): Promise<number> {
	const { memberId } = exit;
	const waiting = await tx
		.select()
		.from(exits)
		.where(and(eq(exits.supersededBy, exit.id), eq(exits.state, 'superseded')))
		// The part before the whole, which counts what is left.
		.orderBy(sql`${exits.shares} is null`);
	for (const { id, cause, effectiveOn, shares, basis } of waiting) {
		if (effectiveOn === null) continue;
		const heldShares = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId)?.shares ?? 0;
		const registerEventId = await enterEnd(tx, note, { at, memberId, effectiveOn, heldShares, shares, cause, basis });
		await tx
			.update(exits)
			.set({
				...{ state: 'given', registerEventId, supersededBy: null },
				...{ closedAt: null, closedBy: null, closedReason: null },
			})
			.where(eq(exits.id, id));
		note({ action: 'shares.restore-exit', subject: `exit ${id}`, after: { effectiveOn, basis } });
	}
	return waiting.length;
}
