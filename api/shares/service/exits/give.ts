// Notices, deaths, exclusions: entered with their exact day, in the register at once, and told to whom it concerns.
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { localeOf } from '../../../members/service/contact.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { ExitCause, ExitState } from '../../rules/ending.ts';
import { speakerOf } from '../../rules/heirs.ts';
import { type ExitProof, exits, type Heir } from '../../tables.ts';
import type { Invitation } from '../admit.ts';
import { lockMembers } from '../holdings.ts';
import { effectDueExits } from './effect.ts';
import { type ExitWish, openExits, refuseOpenTransfer, type WorkedOut, workOut } from './facts.ts';
import { enterContinuation, passToHeirs } from './heirs.ts';
import { closeExit, type Exit, enterEnd, newId } from './way.ts';

/** An exit just entered. `effectiveOn` null: the membership goes on with the heirs. */
export interface ExitGiven {
	exitId: string;
	effectiveOn: Day | null;
	state: ExitState;
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
		exitId,
	}: { by: Actor; at: Date; memberId: string; cause: ExitCause; effectiveOn: Day | null; exitId: string },
): Promise<void> {
	if (effectiveOn === null) return;
	const supersede = (exit: Exit) =>
		closeExit(tx, note, {
			...{ by, at, exit, state: 'superseded', supersededBy: exitId, reason: `earlier end on ${effectiveOn}` },
		});
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
		await supersede(standing);
	}
	if (part && cause !== 'partial' && effectiveOn < (part.effectiveOn ?? '')) await supersede(part);
}

function proofOf({ reason, certificate, resolvedOn, position, knownOn, failedOn }: ExitWish): ExitProof {
	const proof = { reason, certificate, resolvedOn, position, knownOn, failedOn };
	return Object.fromEntries(Object.entries(proof).filter(([, value]) => value !== undefined)) as ExitProof;
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
	const speaker = speakerOf(heirs);
	const to = exit.cause === 'death' ? speaker?.email : member?.email;
	if (!to) return;
	const values = {
		name: exit.cause === 'death' ? (speaker?.name ?? name) : name,
		cooperative,
		cause: exit.cause,
		...{ effectiveOn: exit.effectiveOn ?? '', shares: exit.shares ?? 0, payoutDueOn: exit.payoutDueOn ?? '' },
	};
	await notify(tx, { at, to, template: 'exit-entered', values, locale: await localeOf(tx, memberId) });
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
		invite = null,
	}: {
		by: Actor;
		at: Date;
		memberId: string;
		wish: ExitWish;
		form: 'portal' | 'paper';
		basis: string;
		heirs?: readonly Heir[];
		expectedOn?: Day | null | undefined;
		invite?: Invitation | null;
	},
): Promise<ExitGiven> {
	// The member's lock: of a notice and a transfer at the same second one comes second and is told.
	const member = (await lockMembers(tx, [memberId])).get(memberId);
	if (!member) throw new Refusal('missing', 'members.unknown');
	if (member.leftOn !== null && member.leftOn < dayOf(at))
		throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-40' });
	const worked = await workOut(tx, { at, memberId, joinedOn: member.joinedOn, wish });
	const { effectiveOn, steps, statuteVersion, nominalCents, heldShares } = worked;
	if (expectedOn !== undefined && expectedOn !== effectiveOn)
		throw new Refusal('conflict', 'shares.exit-day-changed', { effectiveOn: effectiveOn ?? '' }, { rule: 'M-40' });
	if (!events.includes(wish.cause)) await refuseOpenTransfer(tx, memberId);
	if (wish.cause === 'death') speakerOf(heirs);
	const exitId = await newId(tx);
	await makeRoom(tx, note, { by, at, memberId, cause: wish.cause, effectiveOn, exitId });
	const died = wish.cause === 'death' ? { by, at, memberId, on: wish.receivedOn, basis, heirs } : undefined;
	const registerEventId =
		effectiveOn === null
			? await enterContinuation(tx, note, { at, memberId, on: wish.receivedOn, basis, heirs })
			: await enterEnd(tx, note, {
					at,
					memberId,
					effectiveOn,
					heldShares,
					shares: wish.shares,
					cause: wish.cause,
					basis,
				});
	const closedAccountId = died ? await passToHeirs(tx, note, { ...died, invite }) : null;
	const state: ExitState = effectiveOn === null ? 'continued' : 'given';
	await tx.insert(exits).values({
		...{
			id: exitId,
			memberId,
			cause: wish.cause,
			receivedOn: wish.receivedOn,
			effectiveOn,
			nominalCents,
			statuteVersion,
			form,
		},
		shares: wish.cause === 'partial' ? (wish.shares ?? null) : null,
		...{
			proof: proofOf(wish),
			steps,
			letterSentOn: wish.letterSentOn ?? null,
			heirs: heirs.length ? [...heirs] : null,
		},
		...{ basis, recordedAt: at, recordedBy: by.personId, registerEventId, state, closedAccountId },
	});
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
 * `shares.not-a-member`, `shares.exit-day-changed`; invalid `shares.representative-needed` {heirs}; and what `workOut` and `passToHeirs`
 * refuse.
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
		invite = null,
	}: Command & {
		memberId: string;
		wish: ExitWish;
		basis: string;
		heirs?: readonly Heir[];
		expectedOn?: Day | null | undefined;
		/** the heirs' representative gets an account for the portal */
		invite?: Invitation | null;
	},
): Promise<ExitGiven> {
	return write(db, { by, at, key }, async (tx, note) => {
		await lockMembers(tx, [memberId]);
		await effectDueExits(tx, note, { by, at, memberIds: [memberId] });
		const given = await give(tx, note, { by, at, memberId, wish, form: 'paper', basis, heirs, expectedOn, invite });
		const effected = await effectDueExits(tx, note, { by, at, memberIds: [memberId] });
		return effected > 0 ? { ...given, state: 'effective' as const } : given;
	});
}
