// Notices, deaths, exclusions: entered with their exact day, in the register at once, and told to whom it concerns.
import { and, desc, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { enterInRegister, reverseInRegister } from '../../../members/service/register.ts';
import { members, registerEvents } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { ExitCause, ExitState } from '../../rules/ending.ts';
import { type ExitProof, exits, type Heir } from '../../tables.ts';
import { lockMembers } from '../holdings.ts';
import { effectDueExits } from './effect.ts';
import { type ExitWish, openExits, refuseOpenTransfer, type WorkedOut, workOut } from './facts.ts';

/** An exit just entered. `effectiveOn` null: the membership goes on with the heirs. */
export interface ExitGiven {
	exitId: string;
	effectiveOn: Day | null;
	state: ExitState;
}

type Exit = typeof exits.$inferSelect;

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
	}: { by: Actor; at: Date; exit: Exit; state: 'withdrawn' | 'superseded'; reason: string },
): Promise<void> {
	if (exit.registerEventId)
		await reverseInRegister(tx, note, at, { memberId: exit.memberId, eventId: exit.registerEventId, basis: reason });
	if (exit.shares === null) await tx.update(members).set({ leftOn: null }).where(eq(members.id, exit.memberId));
	await tx
		.update(exits)
		.set({ state, closedAt: at, closedBy: by.personId, closedReason: reason })
		.where(eq(exits.id, exit.id));
	note({
		action: `shares.${state === 'withdrawn' ? 'withdraw' : 'supersede'}-exit`,
		subject: `exit ${exit.id}`,
		after: { reason },
	});
}

/** What happened to a member, not what somebody declared: takes the place of a notice also for the same day. */
const events: readonly ExitCause[] = ['death', 'dissolved', 'exclusion'];

/** An earlier end takes the place of a later one; the same or a later one is refused. Where heirs go on, a notice that was given stands. */
async function makeRoom(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		memberId,
		cause,
		effectiveOn,
	}: { by: Actor; at: Date; memberId: string; cause: ExitCause; effectiveOn: Day | null },
): Promise<void> {
	if (effectiveOn === null) return;
	const open = await openExits(tx, memberId);
	const whole = open.find(({ shares }) => shares === null);
	const part = open.find(({ shares }) => shares !== null);
	const standing = whole ?? (cause === 'partial' ? part : undefined);
	if (standing) {
		const until = standing.effectiveOn ?? '';
		const earlier = cause !== 'partial' && (effectiveOn < until || (events.includes(cause) && effectiveOn === until));
		if (!earlier) {
			const values = { until, receivedOn: standing.receivedOn };
			throw new Refusal('conflict', 'shares.exit-open', values, { rule: 'M-40' });
		}
		await closeExit(tx, note, { by, at, exit: standing, state: 'superseded', reason: `earlier end on ${effectiveOn}` });
	}
	if (part && cause !== 'partial' && effectiveOn < (part.effectiveOn ?? ''))
		await closeExit(tx, note, { by, at, exit: part, state: 'superseded', reason: `earlier end on ${effectiveOn}` });
}

async function enter(
	tx: Tx,
	note: Note,
	{
		at,
		memberId,
		wish,
		worked,
		basis,
	}: { at: Date; memberId: string; wish: ExitWish; worked: WorkedOut; basis: string },
): Promise<string | null> {
	const { effectiveOn, heldShares } = worked;
	if (effectiveOn === null) return null;
	const pending = (await openExits(tx, memberId)).find(({ shares }) => shares !== null)?.shares ?? 0;
	const whole = wish.cause !== 'partial';
	const sharesChange = whole ? pending - heldShares : -(wish.shares ?? 0);
	await enterInRegister(tx, note, at, [
		{ memberId, effectiveOn, basis, sharesChange, ...(whole ? { left: true } : {}) },
	]);
	if (whole) await tx.update(members).set({ leftOn: effectiveOn }).where(eq(members.id, memberId));
	const [event] = await tx
		.select({ id: registerEvents.id })
		.from(registerEvents)
		.where(and(eq(registerEvents.memberId, memberId), eq(registerEvents.kind, whole ? 'left' : 'changed')))
		.orderBy(desc(registerEvents.recordedAt), desc(registerEvents.id))
		.limit(1);
	return event?.id ?? null;
}

function proofOf({ reason, certificate, resolvedOn, position, knownOn, failedOn }: ExitWish): ExitProof {
	const proof = { reason, certificate, resolvedOn, position, knownOn, failedOn };
	return Object.fromEntries(Object.entries(proof).filter(([, value]) => value !== undefined)) as ExitProof;
}

/** Refuses invalid `shares.representative-needed` unless several heirs have named exactly one joint representative (§ 77(1) GenG, M-45). */
function checkHeirs(heirs: readonly Heir[]): void {
	const representatives = heirs.filter(({ representative }) => representative).length;
	if (representatives > 1 || (heirs.length > 1 && representatives !== 1))
		throw new Refusal(
			'invalid',
			'shares.representative-needed',
			{ heirs: heirs.length },
			{ rule: 'M-45', field: 'heirs' },
		);
}

async function tell(
	tx: Tx,
	{
		at,
		memberId,
		name,
		exit,
		heirs,
	}: {
		at: Date;
		memberId: string;
		name: string;
		exit: WorkedOut & { cause: ExitCause; shares?: number | undefined };
		heirs: readonly Heir[];
	},
): Promise<void> {
	const { name: cooperative } = await cooperativeOf(tx);
	const [member] = await tx.select({ email: members.email }).from(members).where(eq(members.id, memberId));
	const speaker = heirs.find(({ representative }) => representative) ?? heirs[0];
	const to = exit.cause === 'death' ? speaker?.email : member?.email;
	if (!to) return;
	const values = {
		name: exit.cause === 'death' ? (speaker?.name ?? name) : name,
		cooperative,
		cause: exit.cause,
		...{ effectiveOn: exit.effectiveOn ?? '', shares: exit.shares ?? 0, payoutDueOn: exit.payoutDueOn ?? '' },
	};
	await notify(tx, { at, to, template: 'exit-entered', values, locale: 'de' });
}

async function give(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		memberId,
		wish,
		form,
		basis,
		heirs = [],
		expectedOn,
	}: {
		by: Actor;
		at: Date;
		memberId: string;
		wish: ExitWish;
		form: 'portal' | 'paper';
		basis: string;
		heirs?: readonly Heir[];
		expectedOn?: Day | null | undefined;
	},
): Promise<ExitGiven> {
	// The member's lock: of a notice and a transfer at the same second one comes second and is told.
	const member = (await lockMembers(tx, [memberId])).get(memberId);
	if (!member) throw new Refusal('missing', 'members.unknown');
	if (member.leftOn !== null && member.leftOn < dayOf(at))
		throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-40' });
	const worked = await workOut(tx, { at, memberId, joinedOn: member.joinedOn, wish });
	const { effectiveOn, steps, statuteVersion, nominalCents } = worked;
	if (expectedOn !== undefined && expectedOn !== effectiveOn)
		throw new Refusal('conflict', 'shares.exit-day-changed', { effectiveOn: effectiveOn ?? '' }, { rule: 'M-40' });
	if (!events.includes(wish.cause)) await refuseOpenTransfer(tx, memberId);
	if (wish.cause === 'death') checkHeirs(heirs);
	await makeRoom(tx, note, { by, at, memberId, cause: wish.cause, effectiveOn });
	const registerEventId = await enter(tx, note, { at, memberId, wish, worked, basis });
	const state: ExitState = effectiveOn === null ? 'continued' : 'given';
	const [made] = await tx
		.insert(exits)
		.values({
			...{ memberId, cause: wish.cause, receivedOn: wish.receivedOn, effectiveOn, nominalCents, statuteVersion, form },
			shares: wish.cause === 'partial' ? (wish.shares ?? null) : null,
			...{
				proof: proofOf(wish),
				steps,
				letterSentOn: wish.letterSentOn ?? null,
				heirs: heirs.length ? [...heirs] : null,
			},
			...{ basis, recordedAt: at, recordedBy: by.personId, registerEventId, state },
		})
		.returning({ id: exits.id });
	const exitId = made?.id ?? '';
	note({
		action: 'shares.give-exit',
		subject: `member ${member.number}`,
		after: { exitId, cause: wish.cause, receivedOn: wish.receivedOn, effectiveOn, shares: wish.shares ?? null, form },
	});
	await tell(tx, {
		at,
		memberId,
		name: member.name,
		exit: { ...worked, cause: wish.cause, shares: wish.shares },
		heirs,
	});
	return { exitId, effectiveOn, state };
}

/** Causes for which members give notice in the portal; the others come on paper or by others. */
export const portalCauses = ['notice', 'partial', 'hardship'] as const;

/**
 * The acting member's notice, of all or of some further shares (§§ 65, 67b GenG, M-40, M-41, M-43), in text form; received now.
 * `expectedOn` is the last day that was shown before confirming. Refuses missing `members.no-membership`; conflict `shares.exit-open`
 * {until, receivedOn}, `shares.transfer-open`, `shares.not-a-member`, `shares.exit-day-changed` {effectiveOn},
 * `shares.notice-needs-paper` where the statute wants a signature; and what `workOut` refuses.
 */
export function giveNotice(
	db: Database,
	{
		by,
		at,
		key,
		cause,
		shares,
		reason,
		expectedOn,
	}: Command & {
		cause: (typeof portalCauses)[number];
		shares?: number | undefined;
		reason?: string | undefined;
		expectedOn: Day;
	},
): Promise<ExitGiven> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const receivedOn = dayOf(at);
		const { terms } = await statuteOn(tx, receivedOn);
		if (terms.noticeForm === 'written')
			throw new Refusal('conflict', 'shares.notice-needs-paper', {}, { rule: 'M-40' });
		const wish: ExitWish = { cause, receivedOn, shares, ...(reason === undefined ? {} : { reason }) };
		return give(tx, note, { by, at, memberId, wish, form: 'portal', basis: `Kündigung ${receivedOn}`, expectedOn });
	});
}

/**
 * Enters a member's exit on paper or by event: notice with the day it arrived, death with heirs, dissolution, exclusion with the
 * registered letter, a creditor's notice (M-40 to M-47). A day that has passed takes effect at once.
 * Refuses missing `members.unknown`; conflict `shares.exit-open` {until, receivedOn} unless the new end is earlier, `shares.transfer-open`,
 * `shares.not-a-member`, `shares.exit-day-changed`; invalid `shares.representative-needed` {heirs}; and what `workOut` refuses.
 */
export function recordExit(
	db: Database,
	{
		by,
		at,
		key,
		memberId,
		wish,
		basis,
		heirs = [],
		expectedOn,
	}: Command & {
		memberId: string;
		wish: ExitWish;
		basis: string;
		heirs?: readonly Heir[];
		expectedOn?: Day | null | undefined;
	},
): Promise<ExitGiven> {
	return write(db, { by, at, key }, async (tx, note) => {
		await lockMembers(tx, [memberId]);
		await effectDueExits(tx, note, { by, at, memberIds: [memberId] });
		const given = await give(tx, note, { by, at, memberId, wish, form: 'paper', basis, heirs, expectedOn });
		const effected = await effectDueExits(tx, note, { by, at, memberIds: [memberId] });
		return effected > 0 ? { ...given, state: 'effective' as const } : given;
	});
}
