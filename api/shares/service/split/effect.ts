// What a new nominal value does to everybody's shares, counted without doing it (S-12).
import { sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { liabilitySumCents, type StatuteTerms } from '../../../statute/rules.ts';
import type { NominalChange } from '../../../statute/rules/nominal.ts';
import { proposedChange } from '../../../statute/service/change.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { increaseDues, type SplitEffect, splitRatio } from '../../rules/split.ts';
import { always, holdingsOn } from '../holdings.ts';

/**
 * What each member's sums of nominal values and shares are at the end of the first day and of every later day something is recorded for:
 * what came before counts on the first day.
 */
export const runningFrom = (validFrom: Day) => sql`
	changes as (
		select member_id, greatest(effective_on, ${validFrom}::date) as day, sum(nominal_cents)::bigint as nominal, sum(count)::bigint as shares
		from share_movements group by 1, 2
	), running as (
		select member_id, day, sum(nominal) over w as nominal, sum(shares) over w as shares
		from changes window w as (partition by member_id order by day)
	)`;

/** Days before the next change; all of them where there is none. */
export const daysBefore = (until: Day | null) => (until === null ? sql`true` : sql`day < ${until}::date`);

const openDeclarations = sql`(
	(select count(*) from applications where state = 'declared')
	+ (select count(*) from share_requests where state = 'declared')
	+ (select count(*) from share_transfers where state in ('proposed', 'accepted'))
	+ (select count(*) from round_subscriptions s join subscription_rounds r on r.id = s.round_id
		where r.state = 'set' and s.withdrawn_at is null)
)::int`;

/** What is paid in above what the shares would be worth, all members together. */
export async function overPaid(tx: Tx, nominalCents: number): Promise<{ cents: number; members: number }> {
	const over = [...(await holdingsOn(tx, { day: always })).values()]
		.map(({ shares, paidCents }) => paidCents - shares * nominalCents)
		.filter((cents) => cents > 0);
	return { cents: over.reduce((sum, cents) => sum + cents, 0), members: over.length };
}

/** A change of the nominal value between two versions of the terms. */
export interface Changing {
	validFrom: Day;
	before: StatuteTerms;
	terms: StatuteTerms;
	change: NominalChange;
	today: Day;
	/** the day of the next change, where it has been carried out */
	until?: Day | null;
}

/** What the change would do. Refuses invalid `shares.split-nothing`. */
export async function effectOf(
	tx: Tx,
	{ validFrom, before, terms, change, today, until = null }: Changing,
): Promise<SplitEffect> {
	const [oldNominalCents, newNominalCents] = [before.nominalCents, terms.nominalCents];
	const divided = change.keeps === 'capital';
	const ratio = splitRatio(oldNominalCents, newNominalCents);
	const [row] = await tx.execute<{
		members: number;
		before: number;
		capital: number;
		most: number;
		most_shares: number;
		undivided: number;
		numbers: number[];
		open: number;
		waiting: number;
	}>(sql`
		with ${runningFrom(validFrom)}, first as (
			select distinct on (member_id) member_id, nominal, shares from running order by member_id, day
		), bad as (select distinct member_id from running where ${divided} and ${daysBefore(until)} and nominal % ${newNominalCents} <> 0)
		select count(*) filter (where f.nominal > 0)::int as members,
			coalesce(sum(f.shares), 0)::bigint as before,
			coalesce(sum(f.nominal), 0)::bigint as capital,
			coalesce((select max(nominal / ${newNominalCents}) from running), 0)::bigint as most,
			coalesce((select max(shares) from running), 0)::bigint as most_shares,
			(select count(*) from bad)::int as undivided,
			coalesce((select array_agg(number order by number) from (
				select m.number from bad join members m on m.id = bad.member_id order by m.number limit 10) t), '{}') as numbers,
			${openDeclarations} as open,
			((select count(*) from share_reductions where effective_on is null)
				+ (select count(*) from share_splits where effective_on > ${today}::date))::int as waiting
		from first f`);
	if (!row) throw new Error('no sums of shares');
	const sharesAfter = divided ? Math.floor(row.capital / newNominalCents) : row.before;
	const liable = (of: StatuteTerms, shares: number): number =>
		of.liabilityRisesWithShares ? liabilitySumCents(of, shares) : of.liabilityCents * row.members;
	const dues = change.keeps === 'shares' && change.dueOn !== null ? increaseDues(before, terms, change.dueOn) : [];
	const waits = change.keeps === 'shares' && newNominalCents < oldNominalCents;
	return {
		...{ oldNominalCents, newNominalCents, change, ratio: divided ? ratio : null },
		...{ members: row.members, sharesBefore: row.before, sharesAfter },
		...{ capitalCents: row.capital, capitalAfterCents: divided ? row.capital : row.before * newNominalCents },
		owed: dues.map(({ dueOn, amountCents }) => ({ dueOn, amountCents: amountCents * row.before })),
		repaidCents: waits ? (await overPaid(tx, newNominalCents)).cents : 0,
		...{ waits, otherWaits: row.waiting > 0, mostShares: divided ? row.most : row.most_shares },
		undivided: { count: row.undivided, numbers: row.numbers },
		openDeclarations: row.open,
		...{ liabilityBeforeCents: liable(before, row.before), liabilityAfterCents: liable(terms, sharesAfter) },
	};
}

/**
 * The effect of a proposed change of the nominal value on everybody's shares (S-12), for those who decide.
 * Refuses missing `statute.proposal-unknown`; conflict `statute.proposal-decided`; invalid `shares.split-nothing` and what
 * `checkNominalChange` refuses.
 */
export function readShareSplit(
	db: Database,
	{ by, at, proposalId }: { by: Actor; at: Date; proposalId: string },
): Promise<SplitEffect & { validFrom: Day }> {
	return transact(db, by, async (tx) => {
		const { validFrom, before, terms, nominal: change } = await proposedChange(tx, proposalId);
		if (change === null) throw new Refusal('invalid', 'shares.split-nothing', {}, { rule: 'S-12' });
		return { validFrom, ...(await effectOf(tx, { validFrom, before, terms, change, today: dayOf(at) })) };
	});
}
