// What each line of a statement becomes in the books, by what its keys told (B-16, B-18).
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { deskAccounts } from '../rules/files.ts';
import type { KnownBatch, Match } from '../rules/matching.ts';
import type { BankLine } from '../rules/statementLines.ts';
import { debitItems, lineBookings, payments, payoutFiles, payoutReturns } from '../tables.ts';
import { closeWhenDone, collectDebits } from './debitRelease.ts';
import { bookPayments } from './receive.ts';
import { executePayout } from './release.ts';
import { undoPayment } from './reverse.ts';

/** A line to be stored: of which statement, at which place. */
export type NewLine = BankLine & { statementId: string; number: number };

/** A part of a line as it went into the books. */
export interface Booking {
	amountCents: number;
	kind: (typeof lineBookings.$inferInsert)['kind'];
	memberId: string | null;
	account: string | null;
	entry: number | null;
}

/** What became of a line. */
export interface Outcome {
	state: 'open' | 'booked' | 'noted';
	basis: string | null;
	bookings: Booking[];
}

interface Context {
	by: Actor;
	at: Date;
	/** the last day that is closed in the books */
	lockedThrough: Day;
}

export const open = (basis: string | null = null): Outcome => ({ state: 'open', basis, bookings: [] });

/** What was booked by hand before its line came: the line is tied to it, so that a second line for it waits for people. */
const alreadyBooked = (bookings: Booking[]): Outcome => ({ state: 'noted', basis: 'already-booked', bookings });

/** Whether a line of a statement stands for an entry already (of one member, where an entry is about several). */
async function isOnStatement(tx: Tx, entries: readonly number[], memberId?: string): Promise<boolean> {
	if (entries.length === 0) return false;
	const [line] = await tx
		.select({ lineId: lineBookings.lineId })
		.from(lineBookings)
		.where(
			and(
				inArray(lineBookings.entry, [...entries]),
				memberId === undefined ? undefined : or(eq(lineBookings.memberId, memberId), isNull(lineBookings.memberId)),
			),
		)
		.limit(1);
	return line !== undefined;
}

/** The day a line is booked on: its value day, unless that is closed already or still to come. */
export function dayFor(
	{ valueOn, bookedOn }: Pick<BankLine, 'valueOn' | 'bookedOn'>,
	{ at, lockedThrough }: Omit<Context, 'by'>,
): Day {
	return valueOn <= lockedThrough || valueOn > dayOf(at) ? bookedOn : valueOn;
}

export type Matched = { line: NewLine; match: Match };

/** Debits that came in, singly or as a batch: each becomes the payment it was made for. Single ones are booked many at once. */
export async function bookDebits(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const before = await paymentsBefore(
		tx,
		matched.flatMap(({ match }) => (match.kind === 'debit' ? (match.debit.paymentId ?? []) : [])),
	);
	const tied = new Set<number>();
	const settle = (line: NewLine, outcome: Outcome): void => {
		for (const { entry } of outcome.bookings) if (entry !== null) tied.add(entry);
		outcomes.set(line, outcome);
	};
	let waiting: Collecting[] = [];
	const collect = async (): Promise<void> => {
		for (const [line, outcome] of await collectTogether(tx, note, context, waiting)) settle(line, outcome);
		waiting = [];
	};
	for (const { line, match } of matched) {
		if (match.kind === 'debit') {
			const { fileId, line: item, paymentId, returned, voided } = match.debit;
			const known = paymentId === null ? undefined : before.get(paymentId);
			if (voided || returned) settle(line, open('debit-not-expected'));
			else if (paymentId !== null) settle(line, bookedBefore(known ? [known] : [], tied));
			else waiting.push({ line, key: match.key, fileId, item, on: dayFor(line, context) });
		} else if (match.kind === 'batch' && match.batch.kind === 'debit') {
			// What stands before the batch in the statement is booked before it.
			await collect();
			settle(line, await bookDebitBatch(tx, note, context, { line, key: match.key, batch: match.batch, tied }));
		}
	}
	await collect();
}

interface Collecting {
	line: NewLine;
	key: string;
	fileId: string;
	/** line of the debit in its file */
	item: number;
	on: Day;
}

/** Debits of one file and day are collected together; the second line for the same debit waits for people. */
async function collectTogether(
	tx: Tx,
	note: Note,
	{ by, at }: Context,
	waiting: readonly Collecting[],
): Promise<[NewLine, Outcome][]> {
	const groups = new Map<string, Collecting[]>();
	const seen = new Set<string>();
	const twice = waiting.filter(({ fileId, item }) => seen.size === seen.add(`${fileId} ${item}`).size);
	const again = new Set(twice);
	for (const one of waiting) {
		if (again.has(one)) continue;
		const group = groups.get(`${one.fileId} ${one.on}`) ?? [];
		groups.set(`${one.fileId} ${one.on}`, group);
		group.push(one);
	}
	const outcomes = twice.map(({ line }): [NewLine, Outcome] => [line, open('booked-twice')]);
	for (const group of groups.values()) {
		const { fileId = '', on = '' } = group[0] ?? {};
		const lines = group.map(({ item }) => item);
		const done = await collectDebits(tx, note, { by, at, fileId, lines, on });
		for (const { line, key, item } of group) {
			const one = done.get(item);
			outcomes.push([line, one ? bookedAs(key, [one]) : open('booked-twice')]);
		}
	}
	return outcomes;
}

/** A sum the bank shows for a whole batch: every debit of it, if none was booked before. */
async function bookDebitBatch(
	tx: Tx,
	note: Note,
	context: Context,
	{ line, key, batch, tied }: { line: NewLine; key: string; batch: KnownBatch; tied: ReadonlySet<number> },
): Promise<Outcome> {
	const { fileId, sequence, state, sumCents } = batch;
	const items = await tx
		.select({ line: debitItems.line, amountCents: debitItems.amountCents, paymentId: debitItems.paymentId })
		.from(debitItems)
		.where(and(eq(debitItems.fileId, fileId), sequence === null ? undefined : eq(debitItems.sequence, sequence)));
	const untouched = items.filter(({ paymentId }) => paymentId === null);
	if (state === 'voided') return open('debit-not-expected');
	if (untouched.length === 0) {
		const before = await paymentsBefore(
			tx,
			items.flatMap(({ paymentId }) => paymentId ?? []),
		);
		return bookedBefore([...before.values()], tied);
	}
	if (untouched.reduce((sum, { amountCents }) => sum + amountCents, 0) !== sumCents) return open('batch-in-parts');
	const { by, at } = context;
	const lines = untouched.map((item) => item.line);
	const done = await collectDebits(tx, note, { by, at, fileId, lines, on: dayFor(line, context) });
	return done.size === 0 ? open('booked-twice') : bookedAs(key, [...done.values()]);
}

/** A payment that stood before its line came. */
interface Standing {
	amountCents: number;
	memberId: string;
	entry: number;
	onStatement: boolean;
}

async function paymentsBefore(tx: Tx, paymentIds: readonly string[]): Promise<Map<string, Standing>> {
	if (paymentIds.length === 0) return new Map();
	const rows = await tx
		.select({
			...{ id: payments.id, amountCents: payments.amountCents, memberId: payments.memberId, entry: payments.entry },
			onStatement: sql<boolean>`exists (select from line_bookings b where b.entry = payments.entry)`,
		})
		.from(payments)
		.where(inArray(payments.id, [...paymentIds]));
	return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** Payments that stand already: tied to the line if no other line is, else people look at it. */
function bookedBefore(rows: readonly Standing[], tied: ReadonlySet<number>): Outcome {
	if (rows.some(({ entry, onStatement }) => onStatement || tied.has(entry))) return open('booked-twice');
	return alreadyBooked(
		rows.map(({ amountCents, memberId, entry }) => ({ amountCents, memberId, entry, kind: 'payment', account: null })),
	);
}

function bookedAs(basis: string, done: readonly { memberId: string; amountCents: number; entry: number }[]): Outcome {
	const bookings = done.map(({ memberId, amountCents, entry }) => ({
		...{ amountCents, kind: 'payment' as const, memberId, account: null, entry },
	}));
	return { state: 'booked', basis, bookings };
}

/** Money of members that names itself: by reference or by number and amount. */
export async function bookIncoming(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const own = matched.flatMap(({ line, match }) => (match.kind === 'payment' ? [{ line, match }] : []));
	const booked = await bookPayments(tx, note, {
		...{ by: context.by, at: context.at },
		incoming: own.map(({ line, match }) => ({
			...{ memberNumber: match.memberNumber, amountCents: line.amountCents, valueOn: dayFor(line, context) },
			...{ purpose: line.purpose.slice(0, 140), bankReference: line.bankReference },
		})),
	});
	for (const [i, { line, match }] of own.entries()) {
		const { memberId, entry } = booked[i] ?? { memberId: match.memberId, entry: null };
		const booking = { amountCents: line.amountCents, kind: 'payment' as const, memberId, account: null, entry };
		outcomes.set(line, { state: 'booked', basis: match.key, bookings: [booking] });
	}
}

const mostChargesCents = 2_500;

/**
 * A returned or refunded debit, inside a transaction: the payment is reversed, the claim stands again, the banks' charges are an
 * expense (B-16). Answers the bookings, or null where people must look: the charges are unlikely, or the money was used already.
 */
export async function bookReturn(
	tx: Tx,
	note: Note,
	{ by, at, paymentId, line, on }: { by: Actor; at: Date; paymentId: string; line: BankLine; on: Day },
): Promise<Booking[] | null> {
	const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId));
	if (!payment || payment.reversalEntry !== null) return null;
	const chargesCents = -line.amountCents - payment.amountCents;
	if (chargesCents < 0 || chargesCents > mostChargesCents) return null;
	const bookedOn = on < payment.valueOn ? payment.valueOn : on;
	const returned = line.returnReason ?? 'NARR';
	let entry: number;
	try {
		({ entry } = await undoPayment(tx, note, { by, at, paymentId, bookedOn, reason: `Rückgabe ${returned}` }));
	} catch (error) {
		if (error instanceof Refusal && error.code === 'payments.already-used') return null;
		throw error;
	}
	const { memberId, amountCents } = payment;
	const bookings: Booking[] = [{ amountCents: -amountCents, kind: 'debit-return', memberId, account: null, entry }];
	if (chargesCents > 0) {
		const text = `Gebühren der Rückgabe ${returned}`;
		const postings = [
			{ account: deskAccounts.bankCharges, cents: chargesCents },
			{ account: accounts.bank, cents: -chargesCents },
		];
		const charged = await postEntry(tx, {
			...{ by, at },
			entry: { bookedOn, kind: 'bank', text, reference: line.bankReference, postings },
		});
		bookings.push({
			amountCents: -chargesCents,
			kind: 'account',
			memberId: null,
			account: deskAccounts.bankCharges,
			entry: charged,
		});
	}
	const [item] = await tx
		.update(debitItems)
		.set({ returnedOn: bookedOn, returnReason: returned })
		.where(eq(debitItems.paymentId, paymentId))
		.returning({ fileId: debitItems.fileId });
	if (item) await closeWhenDone(tx, note, { by, at, fileId: item.fileId, on: bookedOn });
	return bookings;
}

export async function bookReturns(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const { by, at } = context;
	for (const { line, match } of matched) {
		if (match.kind !== 'debit-return') continue;
		const [item] = await tx
			.select({ paymentId: debitItems.paymentId, returnedOn: debitItems.returnedOn })
			.from(debitItems)
			.where(and(eq(debitItems.fileId, match.debit.fileId), eq(debitItems.line, match.debit.line)));
		if (item?.returnedOn) outcomes.set(line, open('booked-twice'));
		else if (!item?.paymentId) outcomes.set(line, open('debit-not-booked'));
		else {
			const on = dayFor(line, context);
			const bookings = await bookReturn(tx, note, { by, at, paymentId: item.paymentId, line, on });
			outcomes.set(line, bookings ? { state: 'booked', basis: match.key, bookings } : open('return-unclear'));
		}
	}
}

/** Transfers of a payout file: executed once the whole file is on the statement. */
export async function bookTransfers(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const files = new Map<string, Matched[]>();
	for (const one of matched) {
		const { match } = one;
		const fileId =
			match.kind === 'transfer'
				? match.transfer.fileId
				: match.kind === 'batch' && match.batch.kind === 'transfer'
					? match.batch.fileId
					: null;
		if (fileId !== null) files.set(fileId, [...(files.get(fileId) ?? []), one]);
	}
	for (const [fileId, own] of files) {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		const sumCents = own.reduce((sum, { line }) => sum - line.amountCents, 0);
		if (file?.state === 'executed')
			await confirmTransfers(tx, { account: file.account, entry: file.entry ?? 0 }, own, outcomes);
		else if (file?.state !== 'released') for (const { line } of own) outcomes.set(line, open('payout-not-released'));
		else if (sumCents !== file.sumCents) for (const { line } of own) outcomes.set(line, open('payout-in-parts'));
		else {
			const executedOn =
				own
					.map(({ line }) => dayFor(line, context))
					.sort()
					.at(-1) ?? dayOf(context.at);
			const { entry } = await executePayout(tx, note, { by: context.by, at: context.at, fileId, executedOn });
			for (const { line, match } of own) {
				const memberId = match.kind === 'transfer' ? match.transfer.memberId : null;
				const booking = {
					amountCents: line.amountCents,
					kind: 'payout' as const,
					memberId,
					account: file.account,
					entry,
				};
				outcomes.set(line, { state: 'booked', basis: 'key' in match ? match.key : null, bookings: [booking] });
			}
		}
	}
}

/** Transfers of a file that was marked executed by hand: each tied to its line, once. */
async function confirmTransfers(
	tx: Tx,
	{ account, entry }: { account: string; entry: number },
	own: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
): Promise<void> {
	const seen = new Set<string | null>();
	for (const { line, match } of own) {
		const memberId = match.kind === 'transfer' ? match.transfer.memberId : null;
		const twice = seen.has(memberId) || (await isOnStatement(tx, [entry], memberId ?? undefined));
		seen.add(memberId);
		const booking = { amountCents: line.amountCents, kind: 'payout' as const, memberId, account, entry };
		outcomes.set(line, twice ? open('booked-twice') : alreadyBooked([booking]));
	}
}

/** A transfer that came back: the member is owed the money again. */
export async function bookTransferReturns(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const { by, at } = context;
	for (const { line, match } of matched) {
		if (match.kind !== 'transfer-return') continue;
		const { fileId, line: number, memberId, amountCents, memberNumber, returned } = match.transfer;
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (returned) outcomes.set(line, open('booked-twice'));
		else if (file?.state !== 'executed') outcomes.set(line, open('payout-not-released'));
		else {
			const bookedOn = dayFor(line, context);
			const postings = [
				{ account: accounts.bank, cents: amountCents },
				{ account: file.account, memberId, cents: -amountCents },
			];
			const text = `Rückläufer: ${file.subject}, Mitglied ${memberNumber}`;
			const entry = await postEntry(tx, {
				...{ by, at },
				entry: { bookedOn, kind: 'payout-return', text, reference: line.bankReference, postings },
			});
			const reason = line.returnReason ?? 'NARR';
			await tx
				.insert(payoutReturns)
				.values({ fileId, line: number, memberId, returnedOn: bookedOn, reason, entry, recordedAt: at });
			note({
				action: 'payments.payout-returned',
				subject: `member ${memberNumber}`,
				after: { amountCents, reason, entry },
			});
			const booking = { amountCents, kind: 'payout-return' as const, memberId, account: file.account, entry };
			outcomes.set(line, { state: 'booked', basis: match.key, bookings: [booking] });
		}
	}
}
