// What the books wait for, as far as lines of a statement could mean it: debits, transfers, members by number (B-18).
import { and, between, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { type Known, type KnownBatch, type Matchable, memberNumbersIn, referencesIn } from '../rules/matching.ts';
import type { PlanLine } from '../rules/plan.ts';
import { memberOfReference } from '../rules/reference.ts';
import {
	debitFiles,
	debitItems,
	lineBookings,
	mandates,
	payments,
	payoutFiles,
	payoutItems,
	payoutReturns,
} from '../tables.ts';
import { plansOf } from './plans.ts';

const upper = (texts: readonly (string | null)[]): string[] => [
	...new Set(texts.flatMap((text) => (text === null ? [] : [normalised(text)]))),
];

async function knownDebits(tx: Tx, endToEndIds: readonly string[], references: readonly string[]) {
	if (endToEndIds.length === 0 && references.length === 0) return [];
	const rows = await tx
		.select({
			...{ fileId: debitItems.fileId, line: debitItems.line, memberId: debitItems.memberId },
			...{ memberNumber: members.number, amountCents: debitItems.amountCents, endToEndId: debitItems.endToEndId },
			...{ mandateReference: mandates.reference, messageId: debitFiles.messageId, paymentId: debitItems.paymentId },
			...{ returnedOn: debitItems.returnedOn, state: debitFiles.state },
		})
		.from(debitItems)
		.innerJoin(debitFiles, eq(debitFiles.id, debitItems.fileId))
		.innerJoin(mandates, eq(mandates.id, debitItems.mandateId))
		.innerJoin(members, eq(members.id, debitItems.memberId))
		.where(
			and(
				inArray(debitFiles.state, ['released', 'executed', 'voided']),
				or(
					endToEndIds.length > 0 ? inArray(sql`upper(${debitItems.endToEndId})`, [...endToEndIds]) : undefined,
					references.length > 0 ? inArray(sql`upper(${mandates.reference})`, [...references]) : undefined,
				),
			),
		);
	return rows.map(({ returnedOn, state, ...row }) => ({
		...row,
		...{ returned: returnedOn !== null, voided: state === 'voided' },
	}));
}

async function knownTransfers(tx: Tx, endToEndIds: readonly string[]) {
	if (endToEndIds.length === 0) return [];
	const rows = await tx
		.select({
			...{ fileId: payoutItems.fileId, line: payoutItems.line, memberId: payoutItems.memberId },
			...{ memberNumber: members.number, amountCents: payoutItems.amountCents, endToEndId: payoutItems.endToEndId },
			...{ messageId: payoutFiles.messageId, state: payoutFiles.state, returnedOn: payoutReturns.returnedOn },
		})
		.from(payoutItems)
		.innerJoin(payoutFiles, eq(payoutFiles.id, payoutItems.fileId))
		.innerJoin(members, eq(members.id, payoutItems.memberId))
		.leftJoin(
			payoutReturns,
			and(eq(payoutReturns.fileId, payoutItems.fileId), eq(payoutReturns.line, payoutItems.line)),
		)
		.where(inArray(sql`upper(${payoutItems.endToEndId})`, [...endToEndIds]));
	return rows.map(({ returnedOn, ...row }) => ({ ...row, returned: returnedOn !== null }));
}

async function knownBatches(tx: Tx, batchIds: readonly string[]): Promise<KnownBatch[]> {
	// A batch is named by its message, with or without what tells its parts apart ('…-RCUR', '….0').
	const ids = [...new Set(batchIds.flatMap((id) => [id, id.replace(/(-(OOFF|RCUR|FNAL)|\.0)$/, '')]))];
	if (ids.length === 0) return [];
	const collected = await tx
		.select({
			...{ fileId: debitFiles.id, messageId: debitFiles.messageId, state: debitFiles.state },
			sequence: debitItems.sequence,
			sumCents: sql<number>`sum(${debitItems.amountCents})::bigint`.mapWith(Number),
			wholeCents: debitFiles.sumCents,
		})
		.from(debitItems)
		.innerJoin(debitFiles, eq(debitFiles.id, debitItems.fileId))
		.where(
			and(
				inArray(sql`upper(${debitFiles.messageId})`, ids),
				inArray(debitFiles.state, ['released', 'executed', 'voided']),
			),
		)
		.groupBy(debitFiles.id, debitItems.sequence);
	const paid = await tx
		.select({
			...{ fileId: payoutFiles.id, messageId: payoutFiles.messageId, state: payoutFiles.state },
			sumCents: payoutFiles.sumCents,
		})
		.from(payoutFiles)
		.where(inArray(sql`upper(${payoutFiles.messageId})`, ids));
	return [
		...collected.flatMap(({ fileId, messageId, state, sequence, sumCents, wholeCents }): KnownBatch[] => [
			{ kind: 'debit', fileId, messageId: `${messageId}-${sequence}`, sequence, sumCents, state },
			{
				kind: 'debit',
				fileId,
				messageId,
				sequence: wholeCents === sumCents ? sequence : null,
				sumCents: wholeCents,
				state,
			},
		]),
		...paid.map((file): KnownBatch => ({ kind: 'transfer', sequence: null, ...file })),
	];
}

/** Amounts that would settle something of a member: all that is due, each open payment of the plan, all of the plan together. */
function expectedOf(plan: readonly PlanLine[], today: Day): number[] {
	const open = plan.filter(({ openCents }) => openCents > 0);
	const due = open.filter(({ dueOn }) => dueOn <= today).reduce((sum, { openCents }) => sum + openCents, 0);
	const whole = open.reduce((sum, { openCents }) => sum + openCents, 0);
	return [...new Set([due, whole, ...open.map(({ openCents }) => openCents)])].filter((cents) => cents > 0);
}

/** Payments of members that were recorded without a statement and stand, around the days of the lines. */
async function recordedByHand(
	tx: Tx,
	memberIds: readonly string[],
	lines: readonly Matchable[],
): Promise<Map<string, { amountCents: number; valueOn: Day }[]>> {
	const days = lines.map(({ valueOn }) => valueOn).sort();
	const [first, last] = [days[0], days.at(-1)];
	const found = new Map<string, { amountCents: number; valueOn: Day }[]>();
	if (memberIds.length === 0 || !first || !last) return found;
	const rows = await tx
		.select({ memberId: payments.memberId, amountCents: payments.amountCents, valueOn: payments.valueOn })
		.from(payments)
		.leftJoin(debitItems, eq(debitItems.paymentId, payments.id))
		.leftJoin(lineBookings, and(eq(lineBookings.entry, payments.entry), isNull(lineBookings.reopenedAt)))
		.where(
			and(
				inArray(payments.memberId, [...memberIds]),
				isNull(payments.reversalEntry),
				isNull(debitItems.fileId),
				isNull(lineBookings.lineId),
				between(payments.valueOn, addDays(first, -7), addDays(last, 7)),
			),
		);
	for (const { memberId, ...payment } of rows) found.set(memberId, [...(found.get(memberId) ?? []), payment]);
	return found;
}

/** Everything the lines could mean. Call it under the locks of the files when something is to be booked. */
export async function knownFor(tx: Tx, lines: readonly Matchable[], today: Day): Promise<Known> {
	const endToEndIds = upper(lines.map(({ endToEndId }) => endToEndId));
	const numbers = new Set(
		lines.flatMap(({ purpose, creditorReference }) => [
			...memberNumbersIn(purpose),
			...[...referencesIn(purpose), creditorReference ?? ''].flatMap((text) => memberOfReference(text) ?? []),
		]),
	);
	const people =
		numbers.size === 0
			? []
			: await tx
					.select({ memberId: members.id, number: members.number })
					.from(members)
					.where(inArray(members.number, [...numbers]));
	const plans = await plansOf(
		tx,
		people.map(({ memberId }) => memberId),
		today,
	);
	const byHand = await recordedByHand(
		tx,
		people.map(({ memberId }) => memberId),
		lines,
	);
	return {
		debits: await knownDebits(tx, endToEndIds, upper(lines.map(({ mandateReference }) => mandateReference))),
		transfers: await knownTransfers(tx, endToEndIds),
		batches: await knownBatches(tx, upper(lines.map(({ batchId }) => batchId))),
		members: new Map(
			people.map(({ memberId, number }) => [
				number,
				{ memberId, expectedCents: expectedOf(plans.get(memberId) ?? [], today), byHand: byHand.get(memberId) ?? [] },
			]),
		),
	};
}

/** Locks the files that lines speak of, in the order of their ids, before anything of them is booked. */
export async function lockFiles(tx: Tx, known: Known): Promise<void> {
	const ids = (kind: 'debit' | 'transfer', of: readonly { fileId: string }[]) => [
		...new Set([...of, ...known.batches.filter((batch) => batch.kind === kind)].map(({ fileId }) => fileId)),
	];
	const debit = ids('debit', known.debits);
	const transfer = ids('transfer', known.transfers);
	if (debit.length > 0)
		await tx
			.select({ id: debitFiles.id })
			.from(debitFiles)
			.where(inArray(debitFiles.id, debit))
			.orderBy(debitFiles.id)
			.for('update');
	if (transfer.length > 0)
		await tx
			.select({ id: payoutFiles.id })
			.from(payoutFiles)
			.where(inArray(payoutFiles.id, transfer))
			.orderBy(payoutFiles.id)
			.for('update');
}
