// Taking a notice back before its end: the member asks, the board consents or declines; and exits void because the cooperative ends.
import { and, eq, gte, inArray, lte } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts, type Posting } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { balanceOf } from '../../../ledger/service/read.ts';
import { basisOf, checkResolutionDay, type Resolution } from '../../../members/service/admit.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { reverseInRegister } from '../../../members/service/register.ts';
import { members, registerEvents } from '../../../members/tables.ts';
import type { Actor } from '../../../values/actor.ts';
import { addMonths, type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { canExit } from '../../rules/ending.ts';
import { isVoidByDissolution } from '../../rules/noticeDays.ts';
import { exits, settlements, shareDues, shareMovements } from '../../tables.ts';
import { settleClaims } from '../claims.ts';
import { always, lockMembers } from '../holdings.ts';
import { firstOpenFrom } from './effect.ts';
import { giveBackToMember } from './heirs.ts';
import { closeExit, type Exit, lockedExit, restoreSuperseded } from './way.ts';

/** Notices of the member's own, which the member may ask to take back. */
const ownNotices: readonly string[] = ['notice', 'partial', 'hardship', 'residence', 'extraordinary'];

function checkOpen(exit: Exit, at: Date): void {
	if (!canExit('withdraw', exit.state)) throw new Refusal('conflict', 'shares.exit-state', { state: exit.state });
	if (exit.effectiveOn !== null && exit.effectiveOn < dayOf(at))
		throw new Refusal('conflict', 'shares.exit-over', { effectiveOn: exit.effectiveOn }, { rule: 'M-40' });
}

/**
 * The acting member asks to take the own notice back before its end; the cooperative must consent, since a notice binds once it arrived.
 * Refuses missing `shares.exit-unknown`; conflict `shares.exit-state` {state}, `shares.exit-over` {effectiveOn}, `shares.withdrawal-asked`,
 * `shares.exit-not-withdrawable` for an exclusion or what others declared.
 */
export function askWithdrawal(
	db: Database,
	{ by, at, key, exitId }: Command & { exitId: string },
): Promise<{ exitId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const exit = await lockedExit(tx, exitId);
		if (exit.memberId !== ownMemberId(by)) throw new Refusal('missing', 'shares.exit-unknown');
		checkOpen(exit, at);
		if (!ownNotices.includes(exit.cause))
			throw new Refusal('conflict', 'shares.exit-not-withdrawable', {}, { rule: 'M-46' });
		if (exit.withdrawalAskedAt !== null) throw new Refusal('conflict', 'shares.withdrawal-asked');
		await tx.update(exits).set({ withdrawalAskedAt: at }).where(eq(exits.id, exitId));
		note({ action: 'shares.ask-withdrawal', subject: `exit ${exitId}` });
		return { exitId };
	});
}

/**
 * The board consents that a notice is taken back before its end, or takes back what was entered by mistake: the membership goes on as
 * if nothing had been. A notice whose place it took counts again; after a death that was none the member's account is open again. Refuses missing `shares.exit-unknown`; conflict `shares.exit-state` {state}, `shares.exit-over` {effectiveOn};
 * invalid `members.resolution-day-wrong`, `members.resolution-in-future`.
 */
export function withdrawExit(
	db: Database,
	{ by, at, key, exitId, resolution }: Command & { exitId: string; resolution: Resolution },
): Promise<{ exitId: string; restored: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const exit = await lockedExit(tx, exitId);
		checkOpen(exit, at);
		const reason = basisOf(resolution);
		await closeExit(tx, note, { by, at, exit, state: 'withdrawn', reason });
		if (exit.cause === 'death') await giveBackToMember(tx, note, { at, exit, basis: reason });
		return { exitId, restored: await restoreSuperseded(tx, note, { at, exit }) };
	});
}

/** The board does not consent: the notice stands. Refuses missing `shares.exit-unknown`; conflict `shares.exit-state` {state}, `shares.withdrawal-not-asked`. */
export function declineWithdrawal(
	db: Database,
	{ by, at, key, exitId, resolution }: Command & { exitId: string; resolution: Resolution },
): Promise<{ exitId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const exit = await lockedExit(tx, exitId);
		if (!canExit('withdraw', exit.state)) throw new Refusal('conflict', 'shares.exit-state', { state: exit.state });
		if (exit.withdrawalAskedAt === null) throw new Refusal('conflict', 'shares.withdrawal-not-asked');
		await tx.update(exits).set({ withdrawalAskedAt: null }).where(eq(exits.id, exitId));
		note({ action: 'shares.decline-withdrawal', subject: `exit ${exitId}`, after: { resolution } });
		return { exitId };
	});
}

/** Puts the balance back where it was before the exit. Refuses conflict `shares.settlement-paid` {number} if any of it was paid out. */
async function balanceBack(
	tx: Tx,
	{ by, at, exit, number, on }: { by: Actor; at: Date; exit: Exit; number: number; on: Day },
): Promise<void> {
	const { memberId } = exit;
	const [settlement] = await tx.select().from(settlements).where(eq(settlements.exitId, exit.id)).for('update');
	if (!settlement) return;
	const { balanceCents, lossShareCents } = settlement;
	const owed = balanceCents - (lossShareCents ?? 0);
	const stillOwed =
		lossShareCents === null ? owed : -(await balanceOf(tx, { account: accounts.settlements, memberId, on: always }));
	if (stillOwed < owed) throw new Refusal('conflict', 'shares.settlement-paid', { number }, { rule: 'M-48' });
	const from: Posting[] =
		lossShareCents === null
			? [{ account: accounts.leavingBalances, memberId, cents: balanceCents }]
			: [
					...(owed > 0 ? [{ account: accounts.settlements, memberId, cents: owed }] : []),
					...(lossShareCents > 0 ? [{ account: accounts.lossCarried, cents: lossShareCents }] : []),
				];
	await postEntry(tx, {
		...{ by, at },
		entry: {
			...{
				bookedOn: on,
				kind: 'exit-void',
				text: `Ausscheiden gilt als nicht erfolgt, Mitglied ${number}`,
				reference: exit.basis,
			},
			postings: [...from, { account: accounts.memberBalances, memberId, cents: -balanceCents }],
		},
	});
	await tx.update(settlements).set({ voidedAt: at }).where(eq(settlements.id, settlement.id));
}

async function sharesBack(
	tx: Tx,
	{ at, exit, reason, on }: { at: Date; exit: Exit; reason: string; on: Day },
): Promise<void> {
	if (exit.movementId === null) return;
	const [gone] = await tx.select().from(shareMovements).where(eq(shareMovements.id, exit.movementId));
	if (!gone) return;
	const { memberId, count, nominalCents, id } = gone;
	const [back] = await tx
		.insert(shareMovements)
		.values({
			...{ memberId, kind: 'reversal' as const, count: -count, nominalCents: -nominalCents },
			...{ effectiveOn: on, recordedAt: at, resolution: reason, reverses: id },
		})
		.returning({ id: shareMovements.id });
	const dues = await tx.select().from(shareDues).where(eq(shareDues.movementId, id));
	if (dues.length > 0) {
		await tx.insert(shareDues).values(
			dues.map(({ dueOn, amountCents }) => ({
				...{ movementId: back?.id ?? '', memberId, dueOn, amountCents: -amountCents, recordedAt: at },
			})),
		);
	}
}

async function avoid(
	tx: Tx,
	note: Note,
	{ by, at, exit, number, reason }: { by: Actor; at: Date; exit: Exit; number: number; reason: string },
): Promise<void> {
	const { memberId, effectiveOn } = exit;
	if (effectiveOn === null) return;
	const on = await firstOpenFrom(tx, effectiveOn);
	await balanceBack(tx, { by, at, exit, number, on });
	await sharesBack(tx, { at, exit, reason, on });
	const entered = await tx
		.select()
		.from(registerEvents)
		.where(
			and(
				eq(registerEvents.memberId, memberId),
				eq(registerEvents.effectiveOn, effectiveOn),
				eq(registerEvents.basis, exit.basis),
			),
		);
	const taken = await tx
		.select({ reverses: registerEvents.reverses })
		.from(registerEvents)
		.where(eq(registerEvents.memberId, memberId));
	for (const { id, kind } of entered)
		if (kind !== 'reversed' && !taken.some(({ reverses }) => reverses === id))
			await reverseInRegister(tx, note, at, { memberId, eventId: id, basis: reason });
	if (exit.shares === null) await tx.update(members).set({ leftOn: null }).where(eq(members.id, memberId));
	await tx
		.update(exits)
		.set({ state: 'void', closedAt: at, closedBy: by.personId, closedReason: reason })
		.where(eq(exits.id, exit.id));
	await settleClaims(tx, { by, at, memberIds: [memberId], from: on });
	note({
		action: 'shares.avoid-exit',
		subject: `member ${number}`,
		before: { effectiveOn },
		after: { exitId: exit.id, reason },
	});
}

/**
 * The cooperative is dissolved: exits of the six months before are void (§ 75 GenG, M-48). Shares, balance and register are as if they
 * had never been. All or nothing. Refuses invalid `shares.exit-day-wrong`, `shares.exit-day-in-future`, `members.resolution-day-wrong`,
 * `members.resolution-in-future`; conflict `shares.settlement-paid` {number}.
 */
export function voidExitsByDissolution(
	db: Database,
	{ by, at, key, dissolvedOn, resolution }: Command & { dissolvedOn: Day; resolution: Resolution },
): Promise<{ exits: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		if (!isDay(dissolvedOn))
			throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule: 'M-48', field: 'dissolvedOn' });
		if (dissolvedOn > dayOf(at))
			throw new Refusal('invalid', 'shares.exit-day-in-future', {}, { rule: 'M-48', field: 'dissolvedOn' });
		const near = await tx
			.select()
			.from(exits)
			.where(
				and(
					inArray(exits.state, ['effective', 'given']),
					lte(exits.effectiveOn, dissolvedOn),
					gte(exits.effectiveOn, addMonths(dissolvedOn, -7)),
				),
			);
		const affected = near.filter(
			({ effectiveOn }) => effectiveOn !== null && isVoidByDissolution(effectiveOn, dissolvedOn),
		);
		if (affected.length === 0) return { exits: 0 };
		const people = await lockMembers(
			tx,
			affected.map(({ memberId }) => memberId),
		);
		for (const exit of affected) {
			const [now] = await tx.select().from(exits).where(eq(exits.id, exit.id)).for('update');
			if (!now || !canExit('avoid', now.state)) continue;
			await avoid(tx, note, {
				by,
				at,
				exit: now,
				number: people.get(now.memberId)?.number ?? 0,
				reason: basisOf(resolution),
			});
		}
		return { exits: affected.length };
	});
}
