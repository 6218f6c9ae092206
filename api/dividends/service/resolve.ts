// The assembly's resolution on the use of profit, taken up from the ballot that decided it.
import { and, eq } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { proposedUse } from '../rules/profit.ts';
import { dividendProposals, fiscalYears } from '../tables.ts';
import { lockYear } from './lock.ts';
import { proposalOf } from './propose.ts';

/**
 * Records inside the ballot's transaction what the assembly decided on a proposal (§ 48(1) GenG, P-05): adopted, it binds the run;
 * rejected, the board may propose anew. `payoutOn` is the day of payment the resolution names, if it differs from the proposal's
 * (T-07). A proposal the board has taken back counts if the assembly adopts it and it still fits the figures.
 * Refuses missing `dividends.proposal-unknown`; conflict `dividends.wrong-step` {year, state}, `dividends.proposal-decided` {state};
 * invalid `dividends.over-distributable`, `dividends.over-profit` if the figures changed since.
 */
export async function recordResolution(
	tx: Tx,
	{
		proposalId,
		resolvedOn,
		ballotId,
		adopted,
		at,
		by,
		payoutOn,
		note,
	}: {
		proposalId: string;
		resolvedOn: Day;
		ballotId: string;
		adopted: boolean;
		at: Date;
		by: Actor;
		payoutOn?: Day | null;
		note?: Note;
	},
): Promise<{ year: number; state: 'adopted' | 'rejected' }> {
	const { year } = await proposalOf(tx, proposalId);
	const closed = await lockYear(tx, year, 'recordResolution');
	const proposal = await proposalOf(tx, proposalId);
	if (proposal.state !== 'proposed' && proposal.state !== 'withdrawn') {
		throw new Refusal('conflict', 'dividends.proposal-decided', { state: proposal.state });
	}
	const { toOtherReservesCents, potCents } = proposal;
	const state = adopted ? 'adopted' : 'rejected';
	const decided = { state, ballotId, resolvedOn, decidedBy: by.personId, decidedAt: at } as const;
	if (adopted) {
		const use = proposedUse({ dividend: { amountCents: potCents }, toOtherReservesCents }, closed, 0);
		// Another proposal the board may have made meanwhile falls: a year's profit is used once.
		await tx
			.update(dividendProposals)
			.set({ state: 'withdrawn', decidedBy: by.personId, decidedAt: at })
			.where(and(eq(dividendProposals.year, year), eq(dividendProposals.state, 'proposed')));
		await tx
			.update(dividendProposals)
			.set({
				...decided,
				carriedForwardCents: use.carriedForwardCents,
				payoutOn: payoutOn ?? proposal.payoutOn,
			})
			.where(eq(dividendProposals.id, proposalId));
		await tx.update(fiscalYears).set({ state: 'resolved' }).where(eq(fiscalYears.year, year));
	} else {
		await tx.update(dividendProposals).set(decided).where(eq(dividendProposals.id, proposalId));
		if (proposal.state === 'proposed') {
			await tx.update(fiscalYears).set({ state: 'recorded' }).where(eq(fiscalYears.year, year));
		}
	}
	note?.({
		action: 'dividends.record-resolution',
		subject: `fiscal year ${year}`,
		after: { proposalId, ballotId, resolvedOn, adopted },
	});
	return { year, state };
}
