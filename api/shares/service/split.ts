// Dividing or joining everybody's shares when the nominal value changes (Zerlegung, § 22b GenG, S-12): effect, approval, its day.
import { desc, lte, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { enterManyInRegister } from '../../members/service/enterMany.ts';
import { liabilitySumCents, type StatuteTerms } from '../../statute/rules.ts';
import { approveChange, proposedChange } from '../../statute/service/change.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { checkSplit, type SplitEffect, splitRatio } from '../rules/split.ts';
import { shareMovements, shareSplits } from '../tables.ts';
import { lockMembers } from './holdings.ts';

/** From a day on, shares have this nominal value. */
interface Conversion {
	validFrom: Day;
	newNominalCents: number;
}

/**
 * What each member's sums of nominal values and shares are at the end of the first day and of every later day something is recorded for:
 * what came before counts on the first day.
 */
const runningFrom = (validFrom: Day) => sql`
	changes as (
		select member_id, greatest(effective_on, ${validFrom}::date) as day, sum(nominal_cents)::bigint as nominal, sum(count)::bigint as shares
		from share_movements group by 1, 2
	), running as (
		select member_id, day, sum(nominal) over w as nominal, sum(shares) over w as shares
		from changes window w as (partition by member_id order by day)
	)`;

const openDeclarations = sql`(
	(select count(*) from applications where state = 'declared')
	+ (select count(*) from share_requests where state = 'declared')
	+ (select count(*) from share_transfers where state in ('proposed', 'accepted'))
	+ (select count(*) from round_subscriptions s join subscription_rounds r on r.id = s.round_id
		where r.state = 'set' and s.withdrawn_at is null)
)::int`;

/** What dividing would do, counted without doing it. */
async function effectOf(tx: Tx, validFrom: Day, before: StatuteTerms, after: StatuteTerms): Promise<SplitEffect> {
	const [oldNominalCents, newNominalCents] = [before.nominalCents, after.nominalCents];
	const ratio = splitRatio(oldNominalCents, newNominalCents);
	const [row] = await tx.execute<{
		members: number;
		before: number;
		capital: number;
		most: number;
		undivided: number;
		numbers: number[];
		open: number;
	}>(sql`
		with ${runningFrom(validFrom)}, first as (
			select distinct on (member_id) member_id, nominal, shares from running order by member_id, day
		), bad as (select distinct member_id from running where nominal % ${newNominalCents} <> 0)
		select count(*) filter (where f.nominal > 0)::int as members,
			coalesce(sum(f.shares), 0)::bigint as before,
			coalesce(sum(f.nominal), 0)::bigint as capital,
			coalesce((select max(nominal / ${newNominalCents}) from running), 0)::bigint as most,
			(select count(*) from bad)::int as undivided,
			coalesce((select array_agg(number order by number) from (
				select m.number from bad join members m on m.id = bad.member_id order by m.number limit 10) t), '{}') as numbers,
			${openDeclarations} as open
		from first f`);
	if (!row) throw new Error('no sums of shares');
	const sharesAfter = Math.floor(row.capital / newNominalCents);
	const liable = (terms: StatuteTerms, shares: number): number =>
		terms.liabilityRisesWithShares ? liabilitySumCents(terms, shares) : terms.liabilityCents * row.members;
	return {
		...{ oldNominalCents, newNominalCents, ratio, members: row.members, sharesBefore: row.before, sharesAfter },
		...{ capitalCents: row.capital, mostShares: row.most },
		undivided: { count: row.undivided, numbers: row.numbers },
		openDeclarations: row.open,
		...{ liabilityBeforeCents: liable(before, row.before), liabilityAfterCents: liable(after, sharesAfter) },
	};
}

/**
 * The effect of a proposed change of the nominal value on everybody's shares (S-12), for those who decide.
 * Refuses missing `statute.proposal-unknown`; conflict `statute.proposal-decided`; invalid `shares.split-nothing`.
 */
export function readShareSplit(
	db: Database,
	{ by, proposalId }: { by: Actor; proposalId: string },
): Promise<SplitEffect & { validFrom: Day }> {
	return transact(db, by, async (tx) => {
		const { validFrom, before, terms } = await proposedChange(tx, proposalId);
		return { validFrom, ...(await effectOf(tx, validFrom, before, terms)) };
	});
}

/**
 * Brings everybody's numbers of shares to their nominal values from a day on: what is right already stays, so that doing it twice does
 * nothing. Dues, claims and balances stay. Answers how many members it changed.
 */
async function convert(
	tx: Tx,
	note: Note,
	{ at, conversion, basis, subject }: { at: Date; conversion: Conversion; basis: string; subject: string },
): Promise<{ members: number; sharesBefore: number; sharesAfter: number }> {
	const { validFrom, newNominalCents } = conversion;
	const made = await tx.execute<{ member_id: string; count: number; effective_on: Day }>(sql`
		with ${runningFrom(validFrom)}, wanted as (
			select member_id, day, nominal / ${newNominalCents} - shares as more from running
		), steps as (
			select member_id, day, more - lag(more, 1, 0) over (partition by member_id order by day) as count from wanted
		)
		insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select member_id, 'split', count::int, 0, day, ${at.toISOString()}::timestamptz, ${basis} from steps where count <> 0
		returning member_id, count, effective_on`);
	const changes = made.map(({ member_id, count, effective_on }) => ({
		...{ memberId: member_id, effectiveOn: effective_on, sharesChange: count },
	}));
	await enterManyInRegister(tx, note, { at, basis, changes });
	const [after] = await tx
		.select({ shares: sql<number>`coalesce(sum(${shareMovements.count}), 0)::int` })
		.from(shareMovements)
		.where(lte(shareMovements.effectiveOn, validFrom));
	const added = changes
		.filter(({ effectiveOn }) => effectiveOn === validFrom)
		.reduce((sum, { sharesChange }) => sum + sharesChange, 0);
	const result = {
		members: new Set(changes.map(({ memberId }) => memberId)).size,
		sharesBefore: (after?.shares ?? 0) - added,
		sharesAfter: after?.shares ?? 0,
	};
	if (changes.length > 0) note({ action: 'shares.split', subject, after: { ...result, validFrom, newNominalCents } });
	return result;
}

/**
 * Approves a proposal that changes the nominal value (four eyes), and divides or joins everybody's shares from its day on: at once where
 * that day has come, else on the day itself (`carryOutSplits`). All or nothing.
 * Refuses what `approveChange` and `checkSplit` refuse; invalid `shares.split-nothing`.
 */
export function approveShareSplit(
	db: Database,
	{ by, at, key, proposalId }: Command & { proposalId: string },
): Promise<{ version: number; members: number; sharesBefore: number; sharesAfter: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const change = await approveChange(tx, note, { by, at, proposalId, nominalMayChange: true });
		const { version, validFrom, before, terms, source } = change;
		await lockMembers(tx);
		const effect = await effectOf(tx, validFrom, before, terms);
		checkSplit(effect, terms);
		const newNominalCents = terms.nominalCents;
		await tx.insert(shareSplits).values({
			version,
			oldNominalCents: before.nominalCents,
			newNominalCents,
			effectiveOn: validFrom,
			recordedAt: at,
		});
		if (validFrom > dayOf(at)) {
			const { members, sharesBefore, sharesAfter } = effect;
			note({
				action: 'shares.plan-split',
				subject: `statute version ${version}`,
				after: { validFrom, newNominalCents },
			});
			return { version, members, sharesBefore, sharesAfter };
		}
		const subject = `statute version ${version}`;
		const done = await convert(tx, note, { at, conversion: { validFrom, newNominalCents }, basis: source, subject });
		return { version, ...done };
	});
}

/**
 * Carries out the latest split whose day has come, and makes good what was recorded since for days after it: a daily job that does
 * nothing when all is right. Refuses conflict `shares.split-undivided` {count, number}.
 */
export function carryOutSplits(db: Database, { by, at, key }: Command): Promise<{ members: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [split] = await tx
			.select()
			.from(shareSplits)
			.where(lte(shareSplits.effectiveOn, dayOf(at)))
			.orderBy(desc(shareSplits.effectiveOn))
			.limit(1);
		if (!split) return { members: 0 };
		const { version, effectiveOn: validFrom, newNominalCents, oldNominalCents } = split;
		const { terms, source } = await statuteOn(tx, validFrom);
		await lockMembers(tx);
		const effect = await effectOf(tx, validFrom, { ...terms, nominalCents: oldNominalCents }, terms);
		checkSplit({ ...effect, openDeclarations: 0, mostShares: 0 }, terms);
		const conversion = { validFrom, newNominalCents };
		const { members } = await convert(tx, note, {
			...{ at, conversion, basis: source, subject: `statute version ${version}` },
		});
		return { members };
	});
}
