// Covering a loss by the assembly's resolution (P-10): proposed by one person with its effect, entered by another, all members at once.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts, type Posting } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { checkLossUse, type LossUse } from '../../rules/loss.ts';
import { lossLines, lossWriteOffs, type shareDues } from '../../tables.ts';
import { effectDueExits, firstOpenFrom } from '../exits/effect.ts';
import { lockMembers } from '../holdings.ts';
import { settleManyClaims, writeManyDues } from '../split/convert.ts';
import { type LossBearer, lossBase, lossBearers, lossStanding } from './standing.ts';

type WriteOff = typeof lossWriteOffs.$inferSelect;

/** What the assembly resolved to take from where, in cents. */
export interface LossAmounts {
	fromLegalReserveCents: number;
	fromOtherReservesCents: number;
	fromBalancesCents: number;
}

function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'shares.person-needed');
	return by.personId;
}

const useOf = (amounts: LossAmounts): Omit<LossUse, 'carriedForward'> => ({
	fromLegalReserve: amounts.fromLegalReserveCents,
	fromOtherReserves: amounts.fromOtherReservesCents,
	fromBalances: amounts.fromBalancesCents,
});

/**
 * Proposes to cover a loss of the fiscal year that ends in `year`, as the assembly resolved; another person enters it. One proposal is open
 * at a time. Refuses forbidden `shares.person-needed`; invalid `shares.loss-year-wrong` while the year runs, `shares.loss-day-wrong` for a
 * resolution within the year or in the future; conflict `shares.loss-proposed`; and what `checkLossUse` and `bearLoss` refuse.
 */
export function proposeLoss(
	db: Database,
	{
		by,
		at,
		key,
		year,
		resolvedOn,
		resolution,
		amounts,
	}: Command & { year: number; resolvedOn: Day; resolution: string; amounts: LossAmounts },
): Promise<{ lossId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const proposedBy = personOf(by);
		const { baseOn, endOn } = await lossBase(tx, year);
		if (endOn >= dayOf(at)) throw new Refusal('invalid', 'shares.loss-year-wrong', { endOn }, { field: 'year' });
		if (!isDay(resolvedOn) || resolvedOn <= endOn || resolvedOn > dayOf(at))
			throw new Refusal('invalid', 'shares.loss-day-wrong', { endOn }, { field: 'resolvedOn' });
		checkLossUse(useOf(amounts), await lossStanding(tx));
		await lossBearers(tx, { lossCents: amounts.fromBalancesCents, baseOn, bookedOn: resolvedOn });
		const [made] = await tx
			.insert(lossWriteOffs)
			.values({ year, baseOn, resolvedOn, resolution, ...amounts, proposedBy, proposedAt: at })
			.onConflictDoNothing()
			.returning({ id: lossWriteOffs.id });
		if (!made) throw new Refusal('conflict', 'shares.loss-proposed');
		note({ action: 'shares.propose-loss', subject: `loss of ${year}`, after: { resolvedOn, resolution, ...amounts } });
		return { lossId: made.id };
	});
}

async function lockOpen(tx: Tx, lossId: string): Promise<WriteOff> {
	const [found] = await tx.select().from(lossWriteOffs).where(eq(lossWriteOffs.id, lossId)).for('update');
	if (!found) throw new Refusal('missing', 'shares.loss-unknown');
	if (found.state !== 'proposed') throw new Refusal('conflict', 'shares.loss-decided');
	return found;
}

/** What was due on a balance that a loss took is not owed again (S-11): it is taken off what has fallen due. */
async function forgiveDues(
	tx: Tx,
	{ at, bookedOn, bearers }: { at: Date; bookedOn: Day; bearers: readonly LossBearer[] },
): Promise<void> {
	const rows = await tx.execute<{ member_id: string; movement_id: string; due: number }>(sql`
		select a.member_id, a.id as movement_id, coalesce(sum(d.amount_cents), 0)::bigint as due
		from (select distinct on (member_id) member_id, id from share_movements where count > 0
			order by member_id, effective_on, recorded_at, id) a
		left join share_dues d on d.member_id = a.member_id and d.due_on <= ${bookedOn}::date group by 1, 2`);
	const dueOf = new Map(rows.map((row) => [row.member_id, row]));
	const dues = bearers.flatMap(({ memberId, amountCents }): (typeof shareDues.$inferInsert)[] => {
		const own = dueOf.get(memberId);
		if (!own) return [];
		const cents = Math.min(amountCents, Math.max(0, own.due));
		return [{ movementId: own.movement_id, memberId, dueOn: bookedOn, amountCents: 0 - cents, recordedAt: at }];
	});
	await writeManyDues(tx, dues);
}

function postingsOf(amounts: LossAmounts, bearers: readonly LossBearer[]): Posting[] {
	const { fromLegalReserveCents, fromOtherReservesCents, fromBalancesCents } = amounts;
	const all: Posting[] = [
		{ account: accounts.legalReserve, cents: fromLegalReserveCents },
		{ account: accounts.otherReserves, cents: fromOtherReservesCents },
		...bearers.map(({ memberId, amountCents: cents }) => ({ account: accounts.memberBalances, memberId, cents })),
		{ account: accounts.lossCarried, cents: 0 - fromLegalReserveCents - fromOtherReservesCents - fromBalancesCents },
	];
	return all.filter(({ cents }) => cents !== 0);
}

/**
 * Enters a proposed cover of a loss (four eyes): reserves and every member's balance go down in one entry of the resolution's day (or the
 * first open one), the loss carried forward with them. Shares stay; nothing has to be paid in again (S-11), and later profits fill the
 * balances up first (P-31). What is borne is reckoned again under the lock of all members.
 * Refuses missing `shares.loss-unknown`; conflict `shares.loss-decided`; forbidden `shares.person-needed`,
 * `shares.second-person-needed`; and what `checkLossUse` and `bearLoss` refuse.
 */
export function enterLoss(
	db: Database,
	{ by, at, key, lossId }: Command & { lossId: string },
): Promise<{ entry: number; members: number; fromBalancesCents: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const decidedBy = personOf(by);
		const loss = await lockOpen(tx, lossId);
		if (loss.proposedBy === decidedBy) throw new Refusal('forbidden', 'shares.second-person-needed');
		await lockMembers(tx);
		await effectDueExits(tx, note, { by, at });
		// Holds the journal too: nobody uses the reserves meanwhile.
		const bookedOn = await firstOpenFrom(tx, loss.resolvedOn);
		checkLossUse(useOf(loss), await lossStanding(tx));
		const { baseOn, year, resolution, resolvedOn, fromBalancesCents } = loss;
		const bearers = await lossBearers(tx, { lossCents: fromBalancesCents, baseOn, bookedOn });
		await forgiveDues(tx, { at, bookedOn, bearers });
		const entry = await postEntry(tx, {
			...{ by, at },
			entry: {
				...{ bookedOn, kind: 'loss', text: `Deckung des Verlusts ${year}` },
				...{ reference: `${resolution} (${resolvedOn})`, postings: postingsOf(loss, bearers) },
			},
		});
		for (let i = 0; i < bearers.length; i += 5_000) {
			const part = bearers.slice(i, i + 5_000);
			await tx
				.insert(lossLines)
				.values(part.map(({ memberId, baseCents, amountCents }) => ({ lossId, memberId, baseCents, amountCents })));
		}
		const memberIds = bearers.map(({ memberId }) => memberId);
		await settleManyClaims(tx, { by, at, memberIds, from: bookedOn });
		await tx
			.update(lossWriteOffs)
			.set({ state: 'entered', decidedBy, decidedAt: at, entry })
			.where(eq(lossWriteOffs.id, lossId));
		const made = { entry, members: bearers.length, fromBalancesCents };
		note({ action: 'shares.enter-loss', subject: `loss of ${year}`, after: { lossId, bookedOn, ...made } });
		return made;
	});
}

/** Takes a proposed cover of a loss back. Refuses missing `shares.loss-unknown`; conflict `shares.loss-decided`; forbidden `shares.person-needed`. */
export function withdrawLoss(
	db: Database,
	{ by, at, key, lossId }: Command & { lossId: string },
): Promise<{ lossId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const decidedBy = personOf(by);
		const { year } = await lockOpen(tx, lossId);
		await tx
			.update(lossWriteOffs)
			.set({ state: 'withdrawn', decidedBy, decidedAt: at })
			.where(eq(lossWriteOffs.id, lossId));
		note({ action: 'shares.withdraw-loss', subject: `loss of ${year}`, after: { lossId } });
		return { lossId };
	});
}
