// What a death means for the one who acts: the account of the deceased is closed, the heirs' representative acts for the membership.
import { eq } from 'drizzle-orm';
import { closeAccountOf, endActing, letActFor, reopenAccount } from '../../../accounts/service/acting.ts';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { localeOf } from '../../../members/service/contact.ts';
import { displayNameOf, type Name } from '../../../members/rules.ts';
import { enterInRegister } from '../../../members/service/register.ts';
import {
	endRepresentative,
	enterRepresentative,
	heirsRepresentative,
} from '../../../members/service/representatives.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { canExit } from '../../rules/ending.ts';
import { heirsName, speakerOf } from '../../rules/heirs.ts';
import type { Heir } from '../../tables.ts';
import type { Invitation } from '../admit.ts';
import { type Exit, lastEventOf, lockedExit } from './way.ts';

/** The name of the member who died, as the file has it. */
async function deceasedName(tx: Tx, memberId: string): Promise<Name> {
	const [row] = await tx.select().from(members).where(eq(members.id, memberId));
	if (!row) throw new Refusal('missing', 'members.unknown');
	return row.organisation === null
		? { familyName: row.familyName ?? '', givenNames: row.givenNames ?? '' }
		: { organisation: row.organisation };
}

/** Enters in the register that the heirs continue a membership (§ 77(3) GenG, M-45) and answers the event's id; the member is locked. */
export async function enterContinuation(
	tx: Tx,
	note: Note,
	{ at, memberId, on, basis, heirs }: { at: Date; memberId: string; on: Day; basis: string; heirs: readonly Heir[] },
): Promise<string | null> {
	const name = heirsName(await deceasedName(tx, memberId), heirs);
	await enterInRegister(tx, note, at, [{ memberId, effectiveOn: on, basis, name }]);
	return lastEventOf(tx, memberId, 'changed');
}

/** Somebody who is to act for the heirs. Without an e-mail address there is no account; what is declared comes on paper. */
export type Speaker = Pick<Heir, 'name' | 'email' | 'address'>;

async function letSpeak(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		memberId,
		speaker,
		on,
		basis,
		invite,
	}: { by: Actor; at: Date; memberId: string; speaker: Speaker; on: Day; basis: string; invite: Invitation | null },
): Promise<void> {
	const { name, email, address } = speaker;
	const accountId = invite && email ? await letActFor(tx, note, { at, ...invite, memberId, name, email }) : null;
	await enterRepresentative(tx, note, {
		...{ by, at, memberId, kind: 'heirs', name, email, address, fromOn: on, basis, accountId },
	});
}

/**
 * A death is entered: the account of the deceased is closed, the only heir or the joint representative gets one (§ 77(1) GenG, M-45).
 * Answers the closed account. The member is locked. Refuses invalid `shares.representative-needed` {heirs}; forbidden
 * `accounts.own-roles`; and what `letActFor` refuses.
 */
export async function passToHeirs(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		memberId,
		heirs,
		on,
		basis,
		invite,
	}: {
		by: Actor;
		at: Date;
		memberId: string;
		heirs: readonly Heir[];
		on: Day;
		basis: string;
		invite: Invitation | null;
	},
): Promise<string | null> {
	const speaker = speakerOf(heirs);
	const closed = await closeAccountOf(tx, note, { by, at, memberId });
	if (speaker) await letSpeak(tx, note, { by, at, memberId, speaker, on, basis, invite });
	return closed;
}

/** A death was entered by mistake: nobody acts for heirs, the account acts for its member again. The member is locked. */
export async function giveBackToMember(
	tx: Tx,
	note: Note,
	{ at, exit, basis }: { at: Date; exit: Exit; basis: string },
): Promise<void> {
	const { memberId, closedAccountId } = exit;
	await silence(tx, note, { at, memberId, on: dayOf(at), basis });
	if (closedAccountId !== null) await reopenAccount(tx, note, { personId: closedAccountId, memberId });
}

/** Ends that somebody acts for the heirs of a member, account and all. Answers who that was. The member is locked. */
export async function silence(
	tx: Tx,
	note: Note,
	{ at, memberId, on, basis }: { at: Date; memberId: string; on: Day; basis: string },
): Promise<{ name: string; email: string | null; fromOn: Day } | undefined> {
	const acting = await heirsRepresentative(tx, memberId);
	if (!acting) return undefined;
	await endRepresentative(tx, note, { at, acting, on, basis });
	if (acting.accountId !== null) await endActing(tx, note, { at, personId: acting.accountId });
	return acting;
}

async function tell(
	tx: Tx,
	{
		at,
		memberId,
		to,
		values,
	}: {
		at: Date;
		memberId: string;
		to: Speaker;
		values: { deceased: string; fromOn: Day; begins: 'yes' | 'no'; account: 'yes' | 'no' };
	},
): Promise<void> {
	if (to.email === null) return;
	const { name: cooperative } = await cooperativeOf(tx);
	await notify(tx, {
		...{ at, to: to.email, template: 'heirs-representative', locale: await localeOf(tx, memberId) },
		values: { name: to.name, cooperative, ...values },
	});
}

/**
 * Refuses invalid `shares.exit-day-wrong`, `shares.exit-day-in-future`, `shares.representative-day` {from} unless a day from which
 * somebody acts, or goes on alone, lies between `from` and today.
 */
export function checkActingDay(at: Date, day: Day, from: Day, field: string): void {
	const about = { rule: 'M-45', field };
	if (!isDay(day)) throw new Refusal('invalid', 'shares.exit-day-wrong', {}, about);
	if (day > dayOf(at)) throw new Refusal('invalid', 'shares.exit-day-in-future', {}, about);
	if (day < from) throw new Refusal('invalid', 'shares.representative-day', { from }, about);
}

/**
 * The board enters who acts for the heirs of a member from a day on, or that somebody else does (gemeinschaftlicher Vertreter, § 77(1) S. 3
 * GenG, M-45): one at a time, the one before no longer acts, neither on paper nor in the portal; both are told. Refuses missing
 * `shares.exit-unknown`; conflict `shares.no-heirs` {state}, `accounts.acts-for-another`; and what `checkActingDay` refuses.
 */
export function nameRepresentative(
	db: Database,
	{
		by,
		at,
		key,
		exitId,
		speaker,
		fromOn,
		basis,
		invite = null,
	}: Command & { exitId: string; speaker: Speaker; fromOn: Day; basis: string; invite?: Invitation | null },
): Promise<{ exitId: string; account: boolean }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const exit = await lockedExit(tx, exitId);
		const { memberId } = exit;
		if (exit.cause !== 'death' || !canExit('represent', exit.state))
			throw new Refusal('conflict', 'shares.no-heirs', { state: exit.state }, { rule: 'M-45' });
		const now = await heirsRepresentative(tx, memberId);
		checkActingDay(at, fromOn, now?.fromOn ?? exit.receivedOn, 'fromOn');
		const before = await silence(tx, note, { at, memberId, on: fromOn, basis });
		await letSpeak(tx, note, { by, at, memberId, speaker, on: fromOn, basis, invite });
		const account = invite !== null && speaker.email !== null;
		const deceased = displayNameOf(await deceasedName(tx, memberId));
		const values = { deceased, fromOn };
		await tell(tx, {
			at,
			memberId,
			to: speaker,
			values: { ...values, begins: 'yes', account: account ? 'yes' : 'no' },
		});
		if (before && before.email !== speaker.email)
			await tell(tx, {
				at,
				memberId,
				to: { ...before, address: null },
				values: { ...values, begins: 'no', account: 'no' },
			});
		note({
			action: 'shares.name-representative',
			subject: `exit ${exitId}`,
			before: { name: before?.name ?? null },
			after: { name: speaker.name, fromOn, basis },
		});
		return { exitId, account };
	});
}
