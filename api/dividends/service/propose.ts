// The board's proposal for the use of the profit, taken back or replaced until the assembly has decided.
import { and, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkPayoutDay } from '../rules/inflow.ts';
import { type Proposal, proposedUse } from '../rules/profit.ts';
import { dividendProposals, fiscalYears } from '../tables.ts';
import { balancesCentsOf } from './facts.ts';
import { decider, lockYear } from './lock.ts';

/** A proposal as stored. */
export type StoredProposal = typeof dividendProposals.$inferSelect;

/** A proposal as it is shown. `rate` decimal text, null where an amount is proposed; the resolution's ballot and day once decided. */
export interface ProposalView {
	id: string;
	year: number;
	rate: string | null;
	balancesCents: number;
	potCents: number;
	toOtherReservesCents: number;
	carriedForwardCents: number;
	payoutOn: Day;
	state: 'proposed' | 'withdrawn' | 'rejected' | 'adopted';
	proposedAt: string;
	ballotId: string | null;
	resolvedOn: Day | null;
}

/** A stored proposal in the shape that is shown. */
export function proposalView({
	proposedBy: _by,
	decidedBy: _decider,
	decidedAt: _at,
	...row
}: StoredProposal): ProposalView {
	return { ...row, proposedAt: row.proposedAt.toISOString() };
}

/** The proposal, read without lock. Refuses missing `dividends.proposal-unknown`. */
export async function proposalOf(tx: Tx, proposalId: string): Promise<StoredProposal> {
	const [row] = await tx.select().from(dividendProposals).where(eq(dividendProposals.id, proposalId));
	if (!row) throw new Refusal('missing', 'dividends.proposal-unknown');
	return row;
}

/**
 * Proposes the use of a year's profit: a dividend by rate on the balances or as an amount (0: none), what goes to other reserves, the
 * day of payment; the rest is carried forward (P-05, P-07, T-07). Refuses forbidden `dividends.person-needed`;
 * missing `dividends.year-unknown`; conflict `dividends.wrong-step`; invalid `dividends.proposal-negative`, `dividends.rate-over-cap`,
 * `dividends.over-distributable`, `dividends.over-profit`, `dividends.payout-too-early`, `dividends.payout-not-bank-day`.
 */
export function proposeDividend(
	db: Database,
	{ by, at, key, year, payoutOn, ...proposal }: Command & Proposal & { year: number; payoutOn: Day },
): Promise<{ proposalId: string; potCents: number; carriedForwardCents: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const proposedBy = decider(by);
		const row = await lockYear(tx, year, 'proposeDividend');
		checkPayoutDay(dayOf(at), payoutOn);
		const balancesCents = await balancesCentsOf(tx, row);
		const { terms } = await statuteOn(tx, row.endOn);
		const use = proposedUse(proposal, row, balancesCents, terms.dividendCapRate);
		const { dividend, toOtherReservesCents } = proposal;
		const { dividendCents: potCents, carriedForwardCents } = use;
		const rate = 'rate' in dividend ? dividend.rate : null;
		const facts = { year, rate, balancesCents, potCents, toOtherReservesCents, carriedForwardCents, payoutOn };
		const [made] = await tx
			.insert(dividendProposals)
			.values({ ...facts, proposedBy, proposedAt: at })
			.returning({ id: dividendProposals.id });
		if (!made) throw new Error('no proposal was stored');
		await tx.update(fiscalYears).set({ state: 'proposed' }).where(eq(fiscalYears.year, year));
		note({
			action: 'dividends.propose-dividend',
			subject: `fiscal year ${year}`,
			after: { proposalId: made.id, ...facts },
		});
		return { proposalId: made.id, potCents, carriedForwardCents };
	});
}

/**
 * Takes a proposal back, so that figures or proposal can change. If the assembly adopts it nevertheless, it counts.
 * Refuses forbidden `dividends.person-needed`; missing `dividends.proposal-unknown`; conflict `dividends.wrong-step`,
 * `dividends.proposal-decided` {state}.
 */
export function withdrawProposal(
	db: Database,
	{ by, at, key, proposalId }: Command & { proposalId: string },
): Promise<{ proposalId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const decidedBy = decider(by);
		const { year } = await proposalOf(tx, proposalId);
		await lockYear(tx, year, 'withdrawProposal');
		const changed = await tx
			.update(dividendProposals)
			.set({ state: 'withdrawn', decidedBy, decidedAt: at })
			.where(and(eq(dividendProposals.id, proposalId), eq(dividendProposals.state, 'proposed')))
			.returning({ id: dividendProposals.id });
		if (changed.length === 0) {
			const { state } = await proposalOf(tx, proposalId);
			throw new Refusal('conflict', 'dividends.proposal-decided', { state });
		}
		await tx.update(fiscalYears).set({ state: 'recorded' }).where(eq(fiscalYears.year, year));
		note({ action: 'dividends.withdraw-proposal', subject: `fiscal year ${year}`, before: { proposalId } });
		return { proposalId };
	});
}

/** One proposal, for everybody signed in: it is what the assembly decides on. Refuses missing `dividends.proposal-unknown`. */
export function readProposal(
	db: Database,
	{ by, proposalId }: { by: Actor; proposalId: string },
): Promise<ProposalView> {
	return transact(db, by, async (tx) => proposalView(await proposalOf(tx, proposalId)));
}
