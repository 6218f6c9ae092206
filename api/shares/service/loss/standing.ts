// What a loss can be covered from, what each member would bear of it, and what earlier losses still have to be filled up.
import { asc, inArray, sql } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { balanceOf } from '../../../ledger/service/read.ts';
import { members } from '../../../members/tables.ts';
import { fiscalYearOf } from '../../../statute/rules.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import { addDays, type Day } from '../../../values/calendar.ts';
import { bearLoss, type LossStanding, lossToRefill } from '../../rules/loss.ts';
import { always } from '../holdings.ts';

/** Loss carried forward, reserves and balances as everything recorded says. */
export async function lossStanding(tx: Tx): Promise<LossStanding> {
	const cents = (account: string) => balanceOf(tx, { account, on: always });
	return {
		carriedCents: Math.max(0, await cents(accounts.lossCarried)),
		legalReserveCents: Math.max(0, 0 - (await cents(accounts.legalReserve))),
		otherReservesCents: Math.max(0, 0 - (await cents(accounts.otherReserves))),
		balancesCents: Math.max(0, 0 - (await cents(accounts.memberBalances))),
	};
}

/** A member who bears a part of a loss, by number. */
export interface LossBearer {
	memberId: string;
	number: number;
	/** the balance the part is reckoned from, at the end of the previous fiscal year */
	baseCents: number;
	/** the least the balance is from the booking on: nobody bears more */
	balanceCents: number;
	amountCents: number;
}

/**
 * The day whose balances a loss goes by: the last of the fiscal year before the one that ends in the calendar year, or its own last day
 * where nobody had a balance yet (§ 19(1) S. 2 GenG).
 */
export async function lossBase(tx: Tx, year: number): Promise<{ baseOn: Day; endOn: Day }> {
	const { fiscalYearEndMonth } = await cooperativeOf(tx);
	const month = String(fiscalYearEndMonth).padStart(2, '0');
	const { start, end } = fiscalYearOf(`${year}-${month}-01`, fiscalYearEndMonth);
	const before = addDays(start, -1);
	const balancesCents = 0 - (await balanceOf(tx, { account: accounts.memberBalances, on: before }));
	return { baseOn: balancesCents > 0 ? before : end, endOn: end };
}

/**
 * What every member bears of a loss booked on a day; members who bear nothing are absent. Who has left bears with the settlement (M-71).
 * Refuses invalid `shares.loss-over-balances` {balancesCents}.
 */
export async function lossBearers(
	tx: Tx,
	{ lossCents, baseOn, bookedOn }: { lossCents: number; baseOn: Day; bookedOn: Day },
): Promise<LossBearer[]> {
	if (lossCents === 0) return [];
	const rows = await tx.execute<{ member_id: string; number: number; base: number; least: number }>(sql`
		with changes as (
			select p.member_id, greatest(j.booked_on, ${bookedOn}::date) as day, -sum(p.cents)::bigint as cents,
				-coalesce(sum(p.cents) filter (where j.booked_on <= ${baseOn}::date), 0)::bigint as base
			from postings p join journal j on j.number = p.entry where p.account = ${accounts.memberBalances} group by 1, 2
		), running as (
			select member_id, base, sum(cents) over (partition by member_id order by day)::bigint as paid from changes
		)
		select r.member_id, m.number, sum(r.base)::bigint as base, min(r.paid)::bigint as least
		from running r join members m on m.id = r.member_id group by r.member_id, m.number
		having sum(r.base) > 0 and min(r.paid) > 0 order by m.number`);
	const bearers = rows.map((row) => ({
		...{ memberId: row.member_id, number: row.number, baseCents: row.base, balanceCents: row.least },
	}));
	const parts = bearLoss(lossCents, bearers);
	return bearers.flatMap((bearer, i) => {
		const amountCents = parts[i] ?? 0;
		return amountCents > 0 ? [{ ...bearer, amountCents }] : [];
	});
}

/** What of written-off losses has not been filled up again, by member (P-31); members without any are absent. */
export async function lossesToRefill(tx: Tx): Promise<Map<string, number>> {
	const rows = await tx.execute<{ member_id: string; loss: number; credited: number }>(sql`
		select p.member_id, case when j.kind = 'loss' then p.cents else 0 end::bigint as loss,
			case when j.kind = 'dividend' then -p.cents else 0 end::bigint as credited
		from postings p join journal j on j.number = p.entry
		where p.account = ${accounts.memberBalances} and j.kind in ('loss', 'dividend')
			and p.member_id in (select member_id from loss_lines) order by j.booked_on, j.number`);
	const events = Map.groupBy(rows, ({ member_id }) => member_id);
	const open = new Map<string, number>();
	for (const [memberId, own] of events) {
		const cents = lossToRefill(own.map(({ loss, credited }) => ({ lossCents: loss, creditedCents: credited })));
		if (cents > 0) open.set(memberId, cents);
	}
	return open;
}

/** Names beside member ids, for lists. */
export async function namesOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, string>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(members)
		.where(inArray(members.id, [...memberIds]))
		.orderBy(asc(members.number));
	return new Map(
		rows.map(({ id, organisation, familyName, givenNames }) => [id, organisation ?? `${familyName}, ${givenNames}`]),
	);
}
