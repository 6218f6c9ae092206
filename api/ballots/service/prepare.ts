// Preparing a ballot on an item of the agenda, and withdrawing it before it opens.
import { createHash } from 'node:crypto';
import { count, eq, inArray } from 'drizzle-orm';
import { legalSubjects } from '../../assemblies/rules.ts';
import { lockAgendaItem } from '../../assemblies/service/lock.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { proposalOf } from '../../dividends/service/propose.ts';
import { members } from '../../members/tables.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canonicalText, type Majority, majorityFor, requirePayoutDay, requireWindow } from '../rules.ts';
import { ballots } from '../tables.ts';
import { lockBallot } from './lock.ts';

/**
 * What the board puts to the vote. `payoutOn` only on the use of profit (T-07), there the proposal's unless given; `barredMemberIds`: members excluded from voting because
 * the resolution is about their own discharge, obligation or claim (V6, § 43(6) GenG).
 */
export interface BallotInput {
	agendaItemId: string;
	question: string;
	text: string;
	opensAt: Date;
	closesAt: Date;
	payoutOn?: Day | undefined;
	barredMemberIds?: readonly string[] | undefined;
}

/**
 * Prepares an open, named ballot. Its majority comes from the item's legal subject and the statute of the assembly's day;
 * `textHash` (sha256 of question and text, hex) will stand in every receipt.
 * Refuses: assemblies.unknown-item (missing), assemblies.wrong-state (conflict), ballots.nothing-to-decide (invalid),
 * ballots.window-empty, window-outside-assembly (invalid, F7), ballots.payout-day-…, dividends.payout-… (invalid, T-07), ballots.nobody-barred (invalid, V6),
 * ballots.bar-not-expected (invalid, V6), ballots.unknown-member (invalid), statute.none-on-day (missing).
 */
export function prepareBallot(
	db: Database,
	{
		by,
		at,
		key,
		agendaItemId,
		question,
		text,
		opensAt,
		closesAt,
		payoutOn,
		barredMemberIds = [],
	}: Command & BallotInput,
): Promise<{ id: string; textHash: string; majority: Majority }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { item, assembly } = await lockAgendaItem(tx, agendaItemId, 'prepareBallot');
		if (item.subject === null)
			throw new Refusal('invalid', 'ballots.nothing-to-decide', { top: item.top }, { field: 'agendaItemId' });
		requireWindow({ opensAt, closesAt }, assembly);
		const proposal = item.proposalId === null ? undefined : await proposalOf(tx, item.proposalId);
		const paidOn = payoutOn ?? proposal?.payoutOn ?? null;
		requirePayoutDay(item.subject, paidOn, closesAt);
		const barred = [...new Set(barredMemberIds)].sort();
		const { bars } = legalSubjects[item.subject];
		if (bars !== barred.length > 0) {
			throw new Refusal(
				'invalid',
				bars ? 'ballots.nobody-barred' : 'ballots.bar-not-expected',
				{},
				{ rule: 'V6', field: 'barredMemberIds' },
			);
		}
		if (barred.length > 0) {
			const [known] = await tx.select({ n: count() }).from(members).where(inArray(members.id, barred));
			if (known?.n !== barred.length)
				throw new Refusal('invalid', 'ballots.unknown-member', {}, { field: 'barredMemberIds' });
		}
		const { terms } = await statuteOn(tx, assembly.heldOn);
		const majority = majorityFor(item.subject, terms);
		const textHash = createHash('sha256').update(canonicalText(question, text)).digest('hex');
		const [row] = await tx
			.insert(ballots)
			.values({
				assemblyId: assembly.id,
				agendaItemId,
				question,
				text,
				textHash,
				rule: majority.rule,
				thresholdNumerator: majority.threshold.numerator,
				thresholdDenominator: majority.threshold.denominator,
				thresholdStrict: majority.threshold.strict,
				thresholdSetBy: majority.setBy,
				thresholdSource: majority.source,
				payoutOn: paidOn,
				barredMemberIds: barred,
				opensAt,
				closesAt,
				preparedBy: by.personId,
				recordedAt: at,
			})
			.returning({ id: ballots.id });
		if (!row) throw new Error('no ballot was stored');
		const after = {
			agendaItemId,
			question,
			textHash,
			majority,
			payoutOn: paidOn,
			barred: barred.length,
			opensAt,
			closesAt,
		};
		note({ action: 'ballots.prepare', subject: `ballot ${row.id}`, after });
		return { id: row.id, textHash, majority };
	});
}

/** Takes back a ballot that has not opened. Refuses: ballots.unknown (missing), ballots.wrong-state (conflict). */
export function withdrawBallot(
	db: Database,
	{ by, at, key, ballotId }: Command & { ballotId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { question, textHash } = await lockBallot(tx, ballotId, 'withdraw');
		await tx.delete(ballots).where(eq(ballots.id, ballotId));
		note({ action: 'ballots.withdraw', subject: `ballot ${ballotId}`, before: { question, textHash } });
		return { id: ballotId };
	});
}
