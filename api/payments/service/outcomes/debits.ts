// Direct debits that came in: each becomes the payment it was made for, or is tied to the one it already is (B-18).
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import type { Day } from '../../../values/calendar.ts';
import type { KnownBatch } from '../../rules/matching.ts';
import { debitItems, payments } from '../../tables.ts';
import { collectDebits } from '../debitRelease.ts';
import { alreadyBooked, type Context, dayFor, type Matched, type NewLine, open, type Outcome } from './outcome.ts';

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
			onStatement: sql<boolean>`exists (select from line_bookings b where b.entry = payments.entry and b.reopened_at is null)`,
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
