// A continued membership goes on with one heir alone, as a new member or united with the membership the heir already has.
import { eq } from 'drizzle-orm';
import { letActFor } from '../../../accounts/service/acting.ts';
import { type Command, write } from '../../../audit/service.ts';
import type { Keys } from '../../../config.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { localeOf } from '../../../members/service/contact.ts';
import { displayNameOf } from '../../../members/rules.ts';
import { enterHeir, type NewHeir } from '../../../members/service/inherit.ts';
import { enterInRegister } from '../../../members/service/register.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import type { Day } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Holding } from '../../rules.ts';
import { canExit } from '../../rules/ending.ts';
import { exits } from '../../tables.ts';
import type { Invitation } from '../admit.ts';
import { settleClaims } from '../claims.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';
import { moveShares, refuseLaterMovements } from '../transfers/enter.ts';
import { openExits, refuseOpenTransfer } from './facts.ts';
import { checkActingDay, silence } from './heirs.ts';
import { lockedExit } from './way.ts';

/** The heir who goes on alone: a member already, by number, or somebody who becomes one. */
export type Successor = { number: number } | NewHeir;

type MemberRow = typeof members.$inferSelect;

async function memberNumbered(tx: Tx, number: number): Promise<MemberRow> {
	const [found] = await tx.select().from(members).where(eq(members.number, number));
	if (!found) throw new Refusal('missing', 'members.unknown', {}, { field: 'number' });
	return found;
}

/** Shares, what falls due on them and the balance go over whole; what the heir may hold is no question: it is inherited, not subscribed. */
async function handOver(
	tx: Tx,
	{
		by,
		at,
		from,
		to,
		held,
		on,
		basis,
	}: { by: Actor; at: Date; from: string; to: string; held: Holding; on: Day; basis: string },
): Promise<void> {
	const { shares, nominalCents, paidCents } = held;
	await moveShares(tx, {
		...{ at, to, takes: shares, gone: nominalCents, basis, on, shareCents: nominalCents / shares },
		transfer: { fromMemberId: from, shares },
	});
	if (paidCents > 0) {
		await postEntry(tx, {
			...{ by, at },
			entry: {
				...{ bookedOn: on, kind: 'transfer', text: 'Fortsetzung der Mitgliedschaft durch Erben', reference: basis },
				postings: [
					{ account: accounts.memberBalances, memberId: from, cents: paidCents },
					{ account: accounts.memberBalances, memberId: to, cents: -paidCents },
				],
			},
		});
	}
	await settleClaims(tx, { by, at, memberIds: [from, to], from: on });
}

/**
 * One heir continues the membership alone: the only heir, or the one to whom the co-heirs have left it (§ 77(2) GenG, M-45). All shares
 * with what falls due and the whole balance go over on that day, without a settlement; the deceased leaves the register, the heir is
 * entered. Whoever acted for the heirs no longer does; a new member is invited to the portal. Limits of shares and of payments (M-12)
 * do not bind what is inherited. Refuses missing `shares.exit-unknown`, `members.unknown`; conflict `shares.not-continued` {state}, `shares.exit-open` {until,
 * receivedOn}, `shares.transfer-open`, `shares.not-a-member`, `shares.later-movements`, `ledger.period-locked`,
 * `accounts.acts-for-another`; invalid `shares.acquirer-self`, `members.birth-date-wrong`, and what `checkActingDay` refuses.
 */
export function passOnMembership(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		exitId,
		heir,
		effectiveOn: on,
		basis,
		invite = null,
	}: Command & {
		keys: Keys;
		exitId: string;
		heir: Successor;
		effectiveOn: Day;
		basis: string;
		invite?: Invitation | null;
	},
): Promise<{ exitId: string; memberId: string; number: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const target = 'number' in heir ? await memberNumbered(tx, heir.number) : heir;
		const known = 'id' in target ? target : undefined;
		const { from, deceased, held } = await checkPassing(tx, { at, exitId, known, on });
		const { shares } = held;
		const to =
			'id' in target
				? { memberId: target.id, number: target.number }
				: await enterHeir(tx, note, { at, keys, heir: target, investing: deceased.investing, on, shares, basis });
		await silence(tx, note, { at, memberId: from, on, basis });
		await enterInRegister(tx, note, at, [
			{ memberId: from, effectiveOn: on, basis, sharesChange: -shares, left: true },
			...(known ? [{ memberId: to.memberId, effectiveOn: on, basis, sharesChange: shares }] : []),
		]);
		await tx.update(members).set({ leftOn: on }).where(eq(members.id, from));
		await handOver(tx, { by, at, from, to: to.memberId, held, on, basis });
		if (!('id' in target) && target.email !== null && invite !== null) {
			const { email, name } = target;
			await letActFor(tx, note, { at, ...invite, memberId: to.memberId, name: displayNameOf(name), email });
		}
		await tx
			.update(exits)
			.set({ state: 'passed-on', closedAt: at, closedBy: by.personId, closedReason: basis, successorNumber: to.number })
			.where(eq(exits.id, exitId));
		const reached =
			'id' in target ? { email: target.email, name: spoken(target) } : { ...target, name: displayNameOf(target.name) };
		await tell(tx, { at, to: { ...reached, ...to }, deceased: spoken(deceased), shares, on });
		note({
			action: 'shares.pass-on',
			subject: `member ${deceased.number}`,
			after: { exitId, to: to.number, shares, balanceCents: held.paidCents, effectiveOn: on, basis },
		});
		return { exitId, ...to };
	});
}

/** Locks both sides and refuses what stands in the way of passing a membership on; answers the deceased and what they held. */
async function checkPassing(
	tx: Tx,
	{ at, exitId, known, on }: { at: Date; exitId: string; known: MemberRow | undefined; on: Day },
): Promise<{ from: string; deceased: MemberRow; held: Holding }> {
	const [seen] = await tx.select({ memberId: exits.memberId }).from(exits).where(eq(exits.id, exitId));
	if (!seen) throw new Refusal('missing', 'shares.exit-unknown');
	const { memberId: from } = seen;
	if (known?.id === from) throw new Refusal('invalid', 'shares.acquirer-self', {}, { rule: 'M-45', field: 'number' });
	const memberIds = [from, ...(known ? [known.id] : [])];
	// Members before everything else, in one order, as everywhere.
	const people = await lockMembers(tx, memberIds);
	const exit = await lockedExit(tx, exitId);
	if (exit.cause !== 'death' || !canExit('passOn', exit.state))
		throw new Refusal('conflict', 'shares.not-continued', { state: exit.state }, { rule: 'M-45' });
	for (const { leftOn } of people.values())
		if (leftOn !== null) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-45', field: 'number' });
	checkActingDay(at, on, exit.receivedOn, 'effectiveOn');
	await refuseOpenTransfer(tx, from);
	const [open] = await openExits(tx, from);
	if (open) {
		const values = { until: open.effectiveOn ?? '', receivedOn: open.receivedOn };
		throw new Refusal('conflict', 'shares.exit-open', values, { rule: 'M-45' });
	}
	await refuseLaterMovements(tx, memberIds, on);
	const held = (await holdingsOn(tx, { day: always, memberIds: [from] })).get(from);
	const [deceased] = await tx.select().from(members).where(eq(members.id, from));
	if (!held || held.shares === 0 || !deceased)
		throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-45' });
	return { from, deceased, held };
}

const spoken = (row: MemberRow): string => row.organisation ?? `${row.givenNames} ${row.familyName}`;

async function tell(
	tx: Tx,
	{
		at,
		to,
		deceased,
		shares,
		on,
	}: {
		at: Date;
		to: { memberId: string; number: number; name: string; email: string | null };
		deceased: string;
		shares: number;
		on: Day;
	},
): Promise<void> {
	const { memberId, number, name, email } = to;
	if (email === null) return;
	const { name: cooperative } = await cooperativeOf(tx);
	const values = { name, cooperative, deceased, number, shares, effectiveOn: on };
	await notify(tx, { at, to: email, template: 'heir-continues', values, locale: await localeOf(tx, memberId) });
}
