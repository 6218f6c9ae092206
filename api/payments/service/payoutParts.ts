// The execution of payout files: as a whole, transfer by transfer as they appear on statements, and the rest that never came.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canPayout, type PayoutState, personOf } from '../rules/files.ts';
import { payoutFiles, payoutItems, payoutOutcomes } from '../tables.ts';

type PayoutFile = typeof payoutFiles.$inferSelect;

/** A file locked for what is to be done with it. Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}. */
export async function lockedPayout(tx: Tx, fileId: string, verb: 'release' | 'execute' | 'void'): Promise<PayoutFile> {
	const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId)).for('update');
	if (!file) throw new Refusal('missing', 'payments.payout-unknown');
	if (!canPayout(verb, file.state)) throw new Refusal('conflict', 'payments.payout-state', { state: file.state });
	return file;
}

/** What became of a transfer by itself. */
export interface TransferOutcome {
	outcome: 'executed' | 'dropped';
	happenedOn: Day;
	entry: number | null;
}

/** Transfers of a file with a fate of their own, by line; empty while the file has moved as a whole only. */
export async function outcomesOf(tx: Tx, fileId: string): Promise<Map<number, TransferOutcome>> {
	const { line, outcome, happenedOn, entry } = payoutOutcomes;
	const rows = await tx
		.select({ line, outcome, happenedOn, entry })
		.from(payoutOutcomes)
		.where(eq(payoutOutcomes.fileId, fileId));
	return new Map(rows.map(({ line: number, ...one }) => [number, one]));
}

/** What is on its way to members from an account: in files that are neither executed nor taken back, by member in cents. */
export async function payoutsUnderWay(
	tx: Tx,
	{ account, memberIds }: { account: string; memberIds?: readonly string[] },
): Promise<Map<string, number>> {
	if (memberIds?.length === 0) return new Map();
	const rows = await tx
		.select({
			memberId: payoutItems.memberId,
			cents: sql<number>`sum(${payoutItems.amountCents})::bigint`.mapWith(Number),
		})
		.from(payoutItems)
		.innerJoin(payoutFiles, eq(payoutFiles.id, payoutItems.fileId))
		.leftJoin(
			payoutOutcomes,
			and(eq(payoutOutcomes.fileId, payoutItems.fileId), eq(payoutOutcomes.line, payoutItems.line)),
		)
		.where(
			and(
				eq(payoutFiles.account, account),
				inArray(payoutFiles.state, ['created', 'released']),
				isNull(payoutOutcomes.fileId),
				memberIds ? inArray(payoutItems.memberId, [...memberIds]) : undefined,
			),
		)
		.groupBy(payoutItems.memberId);
	return new Map(rows.map(({ memberId, cents }) => [memberId, cents]));
}

/** Books what is still open of an executed file inside a transaction; shapes and refusals as `markPayoutExecuted`. */
export async function executePayout(
	tx: Tx,
	note: Note,
	{ by, at, fileId, executedOn }: { by: Actor; at: Date; fileId: string; executedOn: Day },
): Promise<{ fileId: string; entry: number }> {
	const file = await lockedPayout(tx, fileId, 'execute');
	const outcomes = await outcomesOf(tx, fileId);
	const items = (await itemsOf(tx, fileId)).filter(({ line }) => !outcomes.has(line));
	const entry = await bookExecution(tx, { by, at, file, items, executedOn });
	if (outcomes.size > 0) await storeExecuted(tx, { by, at, fileId, items, executedOn, entry });
	await close(tx, { by, at, fileId, executedOn, entry });
	note({ action: 'payments.execute-payout', subject: `payout file ${fileId}`, after: { executedOn, entry } });
	return { fileId, entry };
}

/**
 * Books single transfers of a released file inside a transaction; with the last of them the file is executed. The transfers have no fate
 * yet. Refuses as `markPayoutExecuted`.
 */
export async function executeTransfers(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		fileId,
		lines,
		executedOn,
	}: { by: Actor; at: Date; fileId: string; lines: readonly number[]; executedOn: Day },
): Promise<{ entry: number }> {
	const file = await lockedPayout(tx, fileId, 'execute');
	const all = await itemsOf(tx, fileId);
	const wanted = new Set(lines);
	const items = all.filter(({ line }) => wanted.has(line));
	const entry = await bookExecution(tx, { by, at, file, items, executedOn });
	await storeExecuted(tx, { by, at, fileId, items, executedOn, entry });
	const left = all.length - (await outcomesOf(tx, fileId)).size;
	if (left === 0) await close(tx, { by, at, fileId, executedOn, entry });
	const after = { executedOn, entry, transfers: items.length, left };
	note({ action: 'payments.execute-transfers', subject: `payout file ${fileId}`, after });
	return { entry };
}

/**
 * Says that the bank will not execute what is still open of a file that was executed in part: it is owed as before and can be put into
 * another file. Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}, `payments.payout-not-begun`.
 */
export function dropPayoutRest(
	db: Database,
	{ by, at, key, fileId, reason }: Command & { fileId: string; reason: string },
): Promise<{ fileId: string; state: PayoutState; dropped: number; sumCents: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const recordedBy = personOf(by);
		await lockedPayout(tx, fileId, 'execute');
		const outcomes = await outcomesOf(tx, fileId);
		const executed = [...outcomes.values()].sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0)).at(-1);
		if (!executed || executed.entry === null) throw new Refusal('conflict', 'payments.payout-not-begun');
		const rest = (await itemsOf(tx, fileId)).filter(({ line }) => !outcomes.has(line));
		await tx.insert(payoutOutcomes).values(
			rest.map(({ line, memberId }) => ({
				...{ fileId, line, memberId, outcome: 'dropped' as const, happenedOn: dayOf(at), reason },
				...{ recordedAt: at, recordedBy },
			})),
		);
		await close(tx, { by, at, fileId, executedOn: executed.happenedOn, entry: executed.entry });
		const sumCents = rest.reduce((sum, { amountCents }) => sum + amountCents, 0);
		const after = { reason, dropped: rest.length, sumCents };
		note({ action: 'payments.drop-payout-rest', subject: `payout file ${fileId}`, after });
		return { fileId, state: 'executed' as const, dropped: rest.length, sumCents };
	});
}

type Item = typeof payoutItems.$inferSelect;

const itemsOf = (tx: Tx, fileId: string): Promise<Item[]> =>
	tx.select().from(payoutItems).where(eq(payoutItems.fileId, fileId)).orderBy(asc(payoutItems.line));

async function bookExecution(
	tx: Tx,
	{
		by,
		at,
		file,
		items,
		executedOn,
	}: { by: Actor; at: Date; file: PayoutFile; items: readonly Item[]; executedOn: Day },
): Promise<number> {
	if (!isDay(executedOn) || executedOn < dayOf(file.createdAt))
		throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'executedOn' });
	if (executedOn > dayOf(at)) throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'executedOn' });
	const sumCents = items.reduce((sum, { amountCents }) => sum + amountCents, 0);
	const postings = [
		...items.map(({ memberId, amountCents }) => ({ account: file.account, memberId, cents: amountCents })),
		{ account: accounts.bank, cents: -sumCents },
	];
	return postEntry(tx, {
		...{ by, at },
		entry: { bookedOn: executedOn, kind: 'payout', text: file.subject, reference: file.messageId, postings },
	});
}

async function storeExecuted(
	tx: Tx,
	{
		by,
		at,
		fileId,
		items,
		executedOn,
		entry,
	}: { by: Actor; at: Date; fileId: string; items: readonly Item[]; executedOn: Day; entry: number },
): Promise<void> {
	for (let i = 0; i < items.length; i += 5_000)
		await tx.insert(payoutOutcomes).values(
			items.slice(i, i + 5_000).map(({ line, memberId }) => ({
				...{ fileId, line, memberId, outcome: 'executed' as const, happenedOn: executedOn, entry },
				...{ recordedAt: at, recordedBy: by.personId },
			})),
		);
}

async function close(
	tx: Tx,
	{ by, at, fileId, executedOn, entry }: { by: Actor; at: Date; fileId: string; executedOn: Day; entry: number },
): Promise<void> {
	await tx
		.update(payoutFiles)
		.set({ state: 'executed', executedOn, entry, closedBy: by.personId, closedAt: at })
		.where(eq(payoutFiles.id, fileId));
}
