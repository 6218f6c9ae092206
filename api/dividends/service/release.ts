// The run, second pair of eyes: released as it was looked at, posted in one entry, on its way to the members' accounts.
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { heldAccounts } from '../../members/service/bankAccount.ts';
import { memberSecrets } from '../../members/tables.ts';
import { createPayoutFile, type PayoutItem } from '../../payments/service/payout.ts';
import { payoutsUnderWay } from '../../payments/service/payoutParts.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import { settleClaims } from '../../shares/service/claims.ts';
import type { Actor } from '../../values/actor.ts';
import { bankDayFrom, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { postingsOfRun } from '../rules/postings.ts';
import type { ComputedRun } from '../rules/run.ts';
import { dividendLines, dividendPayouts, dividendRuns, fiscalYears } from '../tables.ts';
import { decider, holdGate, lockRun, type StoredYear } from './lock.ts';
import { adoptedProposal, computedRun } from './prepare.ts';
import type { StoredProposal } from './propose.ts';

/** A run just released. `payoutFileId` and `paymentOn` are null if nobody with a known account is paid. */
export interface ReleasedRun {
	runId: string;
	journalEntry: number;
	payoutFileId: string | null;
	paymentOn: Day | null;
	/** members who are owed money but whose account is not known */
	withoutIban: number;
	/** members whose account is new and still held: they are paid later */
	held: number;
}

/** The ledger and the payout files take writes of the board only; the second person may also be of the supervisory board. */
async function actAsProgram(tx: Tx): Promise<void> {
	await tx.execute(sql`select set_config('app.roles', 'system', true)`);
}

/** The first bank day on which the bank can still execute: the day of inflow, or today if that has passed (the tax day stays, T-07). */
function paymentDay(inflowOn: Day, at: Date): Day {
	const today = bankDayFrom(dayOf(at));
	return inflowOn > today ? inflowOn : today;
}

async function post(
	tx: Tx,
	{ by, at }: { by: Actor; at: Date },
	year: StoredYear,
	proposal: StoredProposal,
	run: ComputedRun,
): Promise<number> {
	const use = {
		resultCents: year.resultCents,
		profitForwardCents: year.profitForwardCents,
		lossForwardCents: year.lossForwardCents,
		releasedCents: year.releasedCents,
		legalReserveCents: year.legalReserveCents,
		otherReservesCents: year.boardReserveCents + proposal.toOtherReservesCents,
		carriedForwardCents: proposal.carriedForwardCents + run.remainderCents,
	};
	return postEntry(tx, {
		...{ by, at },
		entry: {
			bookedOn: proposal.payoutOn,
			kind: 'dividend',
			text: `Ergebnisverwendung und Dividende ${year.year}`,
			reference: `Beschluss vom ${proposal.resolvedOn}`,
			postings: postingsOfRun(use, run),
		},
	});
}

async function payable(tx: Tx, owed: ReadonlyMap<string, number>, remittance: string): Promise<PayoutItem[]> {
	const ids = [...owed.keys()];
	const known = await tx
		.select({ memberId: memberSecrets.memberId })
		.from(memberSecrets)
		.where(and(isNotNull(memberSecrets.iban), sql`${memberSecrets.memberId} = any(${sql.param(ids)}::uuid[])`));
	return known.map(({ memberId }) => ({ memberId, amountCents: owed.get(memberId) ?? 0, remittance }));
}

async function fileFor(
	tx: Tx,
	note: Note,
	{ by, at, keys }: { by: Actor; at: Date; keys: Keys },
	{ runId, year, inflowOn, owed }: { runId: string; year: number; inflowOn: Day; owed: ReadonlyMap<string, number> },
): Promise<Pick<ReleasedRun, 'payoutFileId' | 'paymentOn' | 'withoutIban' | 'held'>> {
	const items = await payable(tx, owed, `Dividende ${year}`);
	const withoutIban = owed.size - items.length;
	const { size: held } = await heldAccounts(tx, { at, memberIds: items.map(({ memberId }) => memberId) });
	if (items.length === held) return { payoutFileId: null, paymentOn: null, withoutIban, held };
	const executionOn = paymentDay(inflowOn, at);
	const payout = { subject: `Dividende ${year}`, account: accounts.dividendsPayable, executionOn, items };
	const { fileId } = await createPayoutFile(tx, note, { by, at, keys, payout });
	await tx.insert(dividendPayouts).values({ fileId, runId, paymentOn: executionOn });
	return { payoutFileId: fileId, paymentOn: executionOn, withoutIban, held };
}

/**
 * Releases a prepared run (four eyes): `contentHash` is what the second person looked at. The run is computed again under locks and
 * must come out the same; then the use of profit is posted in one entry on the day of inflow and the payout file is made, which has its
 * own release. A signed-in person must have proved who they are within the last minutes.
 * Refuses forbidden `dividends.person-needed`, `dividends.second-person-needed`, `accounts.proof-needed`; missing
 * `dividends.run-unknown`; conflict `dividends.wrong-step`, `dividends.run-decided`, `dividends.content-differs`,
 * `dividends.run-outdated`, `ledger.period-locked`, `payments.own-iban-missing`; invalid `payments.name-unusable`.
 */
export function releaseDividendRun(
	db: Database,
	{ by, at, key, keys, runId, contentHash }: Command & { keys: Keys; runId: string; contentHash: string },
): Promise<ReleasedRun> {
	return write(db, { by, at, key }, async (tx, note) => {
		const releasedBy = decider(by);
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		const { run, year } = await lockRun(tx, runId, 'releaseDividendRun');
		if (run.preparedBy === releasedBy) throw new Refusal('forbidden', 'dividends.second-person-needed');
		if (run.contentHash !== contentHash) {
			throw new Refusal('conflict', 'dividends.content-differs', {}, { field: 'contentHash' });
		}
		await actAsProgram(tx);
		// From here on nobody changes tax data, shares or balances until the entry stands.
		await holdGate(tx);
		await lockMembers(tx);
		const proposal = await adoptedProposal(tx, year.year);
		const computed = await computedRun(tx, year, proposal);
		if (computed.contentHash !== contentHash)
			throw new Refusal('conflict', 'dividends.run-outdated', { year: year.year });
		const { inflowOn } = run;
		const journalEntry = await post(tx, { by, at }, year, proposal, computed);
		const credited = computed.lines.filter(({ creditedCents }) => creditedCents > 0).map(({ memberId }) => memberId);
		if (credited.length > 0 && inflowOn <= dayOf(at)) {
			await settleClaims(tx, { by, at, memberIds: credited, from: inflowOn });
		}
		const paid = computed.lines.filter(({ paidOutCents }) => paidOutCents > 0);
		const owed = new Map(paid.map(({ memberId, paidOutCents }) => [memberId, paidOutCents]));
		const file = await fileFor(tx, note, { by, at, keys }, { runId, year: year.year, inflowOn, owed });
		await tx
			.update(dividendRuns)
			.set({ state: 'released', releasedBy, releasedAt: at, journalEntry })
			.where(eq(dividendRuns.id, runId));
		await tx.update(fiscalYears).set({ state: 'released' }).where(eq(fiscalYears.year, year.year));
		const after = { runId, contentHash, journalEntry, ...file };
		note({ action: 'dividends.release-dividend-run', subject: `fiscal year ${year.year}`, after });
		return { runId, journalEntry, ...file };
	});
}

/**
 * Makes another payout file for what a released run still owes: to members whose account became known since, or after a file was voided.
 * Refuses forbidden `dividends.person-needed`; missing `dividends.run-unknown`; conflict `dividends.not-released`,
 * `dividends.nothing-owed`, `dividends.accounts-held` {count}, `payments.own-iban-missing`; invalid `payments.name-unusable`.
 */
export function payRemainingDividends(
	db: Database,
	{ by, at, key, keys, runId }: Command & { keys: Keys; runId: string },
): Promise<{ payoutFileId: string; paymentOn: Day }> {
	return write(db, { by, at, key }, async (tx, note) => {
		decider(by);
		const [run] = await tx.select().from(dividendRuns).where(eq(dividendRuns.id, runId));
		if (!run) throw new Refusal('missing', 'dividends.run-unknown');
		if (run.state !== 'released') throw new Refusal('conflict', 'dividends.not-released');
		const lines = await tx
			.select({ memberId: dividendLines.memberId, paidOutCents: dividendLines.paidOutCents })
			.from(dividendLines)
			.where(and(eq(dividendLines.runId, runId), sql`${dividendLines.paidOutCents} > 0`));
		await lockMembers(
			tx,
			lines.map(({ memberId }) => memberId),
		);
		const balances = await memberBalances(tx, { account: accounts.dividendsPayable, on: always });
		const onTheWay = await payoutsUnderWay(tx, { account: accounts.dividendsPayable });
		const owed = new Map<string, number>();
		for (const { memberId, paidOutCents } of lines) {
			const openCents = -(balances.get(memberId) ?? 0) - (onTheWay.get(memberId) ?? 0);
			if (openCents > 0) owed.set(memberId, Math.min(openCents, paidOutCents));
		}
		const { year, inflowOn } = run;
		const what = { runId, year, inflowOn, owed };
		const { payoutFileId, paymentOn, held } = await fileFor(tx, note, { by, at, keys }, what);
		if (payoutFileId === null || paymentOn === null) {
			if (held > 0) throw new Refusal('conflict', 'dividends.accounts-held', { count: held });
			throw new Refusal('conflict', 'dividends.nothing-owed');
		}
		note({
			action: 'dividends.pay-remaining-dividends',
			subject: `fiscal year ${year}`,
			after: { runId, payoutFileId },
		});
		return { payoutFileId, paymentOn };
	});
}
