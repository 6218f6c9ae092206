// Changes of payout accounts as people meet them: what is held, confirmed by a second person, stopped by whoever did not want it.
import { desc, eq, sql } from 'drizzle-orm';
import { endSessions } from '../../accounts/service/lifecycle.ts';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { persons } from '../../accounts/tables.ts';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { type Actor, systemActor } from '../../values/actor.ts';
import { type AccountChangeState, checkSecondPerson, standingOf } from '../rules/account.ts';
import { accountChanges, members } from '../tables.ts';
import { closeLapsed, heldChange, letStand, putBack } from './bankAccount.ts';
import { ownMemberId } from './files.ts';

/** A change of a member's payout account. Instants as ISO text; accounts masked. */
export interface AccountChangeView {
	id: string;
	memberId: string;
	number: number;
	name: string;
	state: AccountChangeState;
	recordedAt: string;
	origin: 'member' | 'board';
	changedByName: string;
	ibanMasked: string;
	accountHolder: string | null;
	/** null: there was no account */
	previousMasked: string | null;
	/** while it is held: until then; null: until a second person of the board confirms it */
	heldUntil: string | null;
	decidedAt: string | null;
	reason: string | null;
	/** what the asker may do: confirm it, or refuse it */
	can: { confirm: boolean; refuse: boolean };
}

async function viewsOf(tx: Tx, by: Actor, at: Date, memberId?: string): Promise<AccountChangeView[]> {
	const rows = await tx
		.select({ change: accountChanges, number: members.number, name: members.sortName })
		.from(accountChanges)
		.innerJoin(members, eq(members.id, accountChanges.memberId))
		.where(
			memberId === undefined
				? sql`${accountChanges.state} = 'held' and (${accountChanges.heldUntil} is null or ${accountChanges.heldUntil} > ${at.toISOString()})`
				: eq(accountChanges.memberId, memberId),
		)
		.orderBy(desc(accountChanges.recordedAt), desc(accountChanges.id))
		.limit(200);
	const board = by.roles.includes('board');
	return rows.map(({ change, number, name }) => {
		const { id, memberId: whose, origin, changedBy, changedByName, accountHolder, reason } = change;
		const state = standingOf(change, at);
		const another = by.personId !== changedBy && by.memberId !== whose;
		return {
			...{ id, memberId: whose, number, name, state, origin, changedByName, accountHolder, reason },
			recordedAt: change.recordedAt.toISOString(),
			ibanMasked: `•••• ${change.ibanLast4}`,
			previousMasked: change.previousLast4 === null ? null : `•••• ${change.previousLast4}`,
			heldUntil: change.heldUntil?.toISOString() ?? null,
			decidedAt: change.decidedAt?.toISOString() ?? null,
			can: { confirm: board && state === 'held' && another, refuse: board && state === 'held' },
		};
	});
}

/** Accounts that are held now, newest first, at most 200. */
export function listHeldAccounts(db: Database, { by, at }: { by: Actor; at: Date }): Promise<AccountChangeView[]> {
	return transact(db, by, (tx) => viewsOf(tx, by, at));
}

/** Every change of a member's payout account, newest first. */
export function listAccountChanges(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<AccountChangeView[]> {
	return transact(db, by, (tx) => viewsOf(tx, by, at, memberId));
}

/**
 * Confirms a held account, so that money goes there at once: the second person of four eyes, with a fresh proof. Refuses forbidden
 * `members.second-person-needed`, `accounts.proof-needed`; missing `members.account-change-unknown`; conflict
 * `members.account-change-decided` {state}.
 */
export function confirmAccount(
	db: Database,
	{ by, at, key, changeId }: Command & { changeId: string },
): Promise<{ changeId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		const { change, member } = await heldChange(tx, at, { changeId });
		checkSecondPerson(by, change);
		await letStand(tx, note, { by, at, change, member });
		return { changeId };
	});
}

/**
 * The board does not let a held account stand; the one before it comes back. Whoever made a change takes it back the same way. Refuses
 * missing `members.account-change-unknown`; conflict `members.account-change-decided` {state}.
 */
export function refuseAccount(
	db: Database,
	{ by, at, key, changeId, reason }: Command & { changeId: string; reason: string },
): Promise<{ changeId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { change, member } = await heldChange(tx, at, { changeId });
		await putBack(tx, note, { by, at, change, member, reason });
		return { changeId };
	});
}

/**
 * The acting member takes the held change of the own account back. Refuses missing `members.no-membership`,
 * `members.account-change-unknown`; conflict `members.account-change-decided` {state}.
 */
export function withdrawAccountChange(db: Database, { by, at, key }: Command): Promise<{ changeId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { change, member } = await heldChange(tx, at, { memberId: ownMemberId(by) });
		await putBack(tx, note, { by, at, change, member });
		return { changeId: change.id };
	});
}

/**
 * Stops a held change by the link in the mail about it: the account before it stands again, and if the change was made in the member's own
 * name, everything signed in under that account is signed out. Refuses missing `members.account-change-unknown`; conflict
 * `members.account-change-decided` {state}.
 */
export function stopAccountChange(
	db: Database,
	{ at, token }: { at: Date; token: string },
): Promise<{ origin: 'member' | 'board' }> {
	const by = systemActor('members.stop-account');
	return write(db, { by, at }, async (tx, note) => {
		const { change, member } = await heldChange(tx, at, { token });
		await putBack(tx, note, { by, at, change, member });
		if (change.origin === 'member') {
			const [person] = await tx.select({ id: persons.id }).from(persons).where(eq(persons.memberId, member.id));
			if (person) await endSessions(tx, { personId: person.id, at, reason: 'revoked' });
		}
		return { origin: change.origin };
	});
}

/** Closes held changes whose time is over; for a job. Answers how many, and how many old addresses were forgotten. */
export function closeLapsedAccounts(
	db: Database,
	{ by, at }: { by: Actor; at: Date },
): Promise<{ changes: number; addresses: number }> {
	return transact(db, by, (tx) => closeLapsed(tx, { at }));
}
