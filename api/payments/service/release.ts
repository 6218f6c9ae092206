// A payout file's way to the bank: released by a second person, downloaded, executed or taken back; and its views.
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { unseal } from '../../database/sealed.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canPayout, type HeldBack, type PayoutState, personOf } from '../rules/files.ts';
import { payoutFiles, payoutItems, payoutOutcomes, payoutReturns } from '../tables.ts';
import { executePayout, lockedPayout, outcomesOf } from './payoutParts.ts';

/**
 * Releases a file for the bank (four eyes), bound to the content that was looked at: `sha256` is its hash in hex.
 * A signed-in person must have proved who they are within the last minutes. Refuses forbidden `payments.second-person-needed`,
 * `payments.person-needed`, `accounts.proof-needed`; missing `payments.payout-unknown`; conflict `payments.payout-state` {state},
 * `payments.content-changed`.
 */
export function releasePayoutFile(
	db: Database,
	{ by, at, key, fileId, sha256 }: Command & { fileId: string; sha256: string },
): Promise<{ fileId: string; state: PayoutState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const releasedBy = personOf(by);
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		const file = await lockedPayout(tx, fileId, 'release');
		if (file.createdBy === releasedBy) throw new Refusal('forbidden', 'payments.second-person-needed');
		if (file.sha256.toString('hex') !== sha256)
			throw new Refusal('conflict', 'payments.content-changed', {}, { field: 'sha256' });
		await tx
			.update(payoutFiles)
			.set({ state: 'released', releasedBy, releasedAt: at, releasedSha256: file.sha256 })
			.where(eq(payoutFiles.id, fileId));
		note({
			action: 'payments.release-payout',
			subject: `payout file ${fileId}`,
			after: { sha256, sumCents: file.sumCents },
		});
		return { fileId, state: 'released' as const };
	});
}

/**
 * The XML of a released file, for the bank's portal; each download is in the audit log.
 * Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state} before the release.
 */
export function downloadPayoutFile(
	db: Database,
	{ by, at, keys, fileId }: Command & { keys: Keys; fileId: string },
): Promise<{ fileName: string; sha256: string; xml: string }> {
	return write(db, { by, at }, async (tx, note) => {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.payout-unknown');
		if (!canPayout('download', file.state))
			throw new Refusal('conflict', 'payments.payout-state', { state: file.state });
		note({ action: 'payments.download-payout', subject: `payout file ${fileId}` });
		const xml = unseal(keys, { table: 'payout_files', column: 'content', row: fileId }, file.content);
		return { fileName: `${file.messageId}.xml`, sha256: file.sha256.toString('hex'), xml };
	});
}

/**
 * Books what the bank has executed: the members' liabilities against the bank, one entry for the whole file.
 * Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}, `ledger.period-locked`;
 * invalid `payments.day-wrong`, `payments.day-in-future`.
 */
export function markPayoutExecuted(
	db: Database,
	{ by, at, key, fileId, executedOn }: Command & { fileId: string; executedOn: Day },
): Promise<{ fileId: string; entry: number }> {
	return write(db, { by, at, key }, (tx, note) => {
		personOf(by);
		return executePayout(tx, note, { by, at, fileId, executedOn });
	});
}

/** Takes a file back that has not been executed; what it held can be paid again. Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}, `payments.payout-begun` if some of it was executed. */
export function voidPayoutFile(
	db: Database,
	{ by, at, key, fileId, reason }: Command & { fileId: string; reason: string },
): Promise<{ fileId: string; state: PayoutState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closedBy = personOf(by);
		const { state } = await lockedPayout(tx, fileId, 'void');
		if ((await outcomesOf(tx, fileId)).size > 0) throw new Refusal('conflict', 'payments.payout-begun');
		await tx
			.update(payoutFiles)
			.set({ state: 'voided', voidReason: reason, closedBy, closedAt: at })
			.where(eq(payoutFiles.id, fileId));
		note({ action: 'payments.void-payout', subject: `payout file ${fileId}`, before: { state }, after: { reason } });
		return { fileId, state: 'voided' as const };
	});
}

/** A payout file as staff see it. `can.release` is false for the person who made it. */
export interface PayoutView {
	id: string;
	messageId: string;
	subject: string;
	account: string;
	executionOn: Day;
	itemCount: number;
	sumCents: number;
	sha256: string;
	state: PayoutState;
	can: { release: boolean; download: boolean; execute: boolean; void: boolean; dropRest: boolean };
	/** transfers that were executed one by one, and those that will not be */
	parts: { executed: number; executedCents: number; dropped: number };
	createdAt: string;
	releasedAt: string | null;
	executedOn: Day | null;
	entry: number | null;
	voidReason: string | null;
	/** left out when the file was made: their account was new and held */
	heldBack: HeldBack[];
}

const viewOf = (
	by: Actor,
	file: Omit<typeof payoutFiles.$inferSelect, 'content'>,
	parts: PayoutView['parts'] = { executed: 0, executedCents: 0, dropped: 0 },
): PayoutView => ({
	...{
		id: file.id,
		messageId: file.messageId,
		subject: file.subject,
		account: file.account,
		executionOn: file.executionOn,
	},
	...{ itemCount: file.itemCount, sumCents: file.sumCents, sha256: file.sha256.toString('hex'), state: file.state },
	can: {
		release: canPayout('release', file.state) && by.personId !== null && by.personId !== file.createdBy,
		download: canPayout('download', file.state),
		execute: canPayout('execute', file.state),
		void: canPayout('void', file.state) && parts.executed === 0,
		dropRest: canPayout('execute', file.state) && parts.executed > 0,
	},
	parts,
	createdAt: file.createdAt.toISOString(),
	releasedAt: file.releasedAt?.toISOString() ?? null,
	...{ executedOn: file.executedOn, entry: file.entry, voidReason: file.voidReason, heldBack: file.heldBack ?? [] },
});

async function partsOf(tx: Tx, fileIds: readonly string[]): Promise<Map<string, PayoutView['parts']>> {
	if (fileIds.length === 0) return new Map();
	const executed = sql`${payoutOutcomes.outcome} = 'executed'`;
	const rows = await tx
		.select({
			fileId: payoutOutcomes.fileId,
			executed: sql<number>`(count(*) filter (where ${executed}))::int`,
			executedCents:
				sql<number>`coalesce(sum(${payoutItems.amountCents}) filter (where ${executed}), 0)::bigint`.mapWith(Number),
			dropped: sql<number>`(count(*) filter (where not ${executed}))::int`,
		})
		.from(payoutOutcomes)
		.innerJoin(
			payoutItems,
			and(eq(payoutItems.fileId, payoutOutcomes.fileId), eq(payoutItems.line, payoutOutcomes.line)),
		)
		.where(inArray(payoutOutcomes.fileId, [...fileIds]))
		.groupBy(payoutOutcomes.fileId);
	return new Map(rows.map(({ fileId, ...parts }) => [fileId, parts]));
}

/** What became of a transfer by itself; null: what became of its file. */
export type TransferFate = 'executed' | 'dropped' | 'returned' | null;

/** Payout files, newest first. */
export function listPayoutFiles(
	db: Database,
	{ by, limit = 50 }: { by: Actor; limit?: number },
): Promise<PayoutView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(payoutFiles).orderBy(desc(payoutFiles.createdAt)).limit(limit);
		const parts = await partsOf(
			tx,
			rows.map(({ id }) => id),
		);
		return rows.map((file) => viewOf(by, file, parts.get(file.id)));
	});
}

/** A payout file with its transfers, page by page. Refuses missing `payments.payout-unknown`. */
export function readPayoutFile(
	db: Database,
	{ by, fileId, page = 1, pageSize = 100 }: { by: Actor; fileId: string; page?: number; pageSize?: number },
): Promise<
	PayoutView & {
		items: {
			line: number;
			memberId: string;
			number: number;
			name: string;
			amountCents: number;
			remittance: string;
			ibanMasked: string;
			fate: TransferFate;
		}[];
	}
> {
	return transact(db, by, async (tx) => {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.payout-unknown');
		const items = await tx
			.select({
				...{ line: payoutItems.line, memberId: payoutItems.memberId, number: members.number, name: members.sortName },
				...{
					amountCents: payoutItems.amountCents,
					remittance: payoutItems.remittance,
					ibanMasked: payoutItems.ibanMasked,
				},
				fate: sql<TransferFate>`case when ${payoutReturns.fileId} is not null then 'returned' else ${payoutOutcomes.outcome} end`,
			})
			.from(payoutItems)
			.innerJoin(members, eq(members.id, payoutItems.memberId))
			.leftJoin(
				payoutOutcomes,
				and(eq(payoutOutcomes.fileId, payoutItems.fileId), eq(payoutOutcomes.line, payoutItems.line)),
			)
			.leftJoin(
				payoutReturns,
				and(eq(payoutReturns.fileId, payoutItems.fileId), eq(payoutReturns.line, payoutItems.line)),
			)
			.where(eq(payoutItems.fileId, fileId))
			.orderBy(asc(payoutItems.line))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		return { ...viewOf(by, file, (await partsOf(tx, [fileId])).get(fileId)), items };
	});
}
