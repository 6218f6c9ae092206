// Lines of bank statements go into the books: what the keys tell is booked, the rest waits for people (B-16, B-18).
import { and, eq, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { journalHead } from '../../ledger/tables.ts';
import { lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { deskAccounts } from '../rules/files.ts';
import { type Match, matchLine } from '../rules/matching.ts';
import type { BankLine } from '../rules/statement.ts';
import { debitItems, type lineBookings, payments, payoutFiles, payoutReturns, statementLines } from '../tables.ts';
import { closeWhenDone, collectDebits } from './debitRelease.ts';
import { knownFor, lockFiles } from './known.ts';
import { bookPayments, undoPayment } from './receive.ts';
import { executePayout } from './release.ts';

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
interface Outcome {
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

const open = (basis: string | null = null): Outcome => ({ state: 'open', basis, bookings: [] });
const alreadyBooked: Outcome = { state: 'noted', basis: 'already-booked', bookings: [] };

/** The day a line is booked on: its value day, unless that is closed already or still to come. */
export function dayFor(
	{ valueOn, bookedOn }: Pick<BankLine, 'valueOn' | 'bookedOn'>,
	{ at, lockedThrough }: Omit<Context, 'by'>,
): Day {
	return valueOn <= lockedThrough || valueOn > dayOf(at) ? bookedOn : valueOn;
}

/** The last closed day of the books. */
export async function lockedDay(tx: Tx): Promise<Day> {
	const [head] = await tx.select({ day: journalHead.lockedThrough }).from(journalHead);
	return head?.day ?? '1900-01-01';
}

type Matched = { line: NewLine; match: Match };

/** Debits that came in, singly or as a batch: each becomes the payment it was made for. */
async function bookDebits(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	for (const { line, match } of matched) {
		if (match.kind !== 'debit' && !(match.kind === 'batch' && match.batch.kind === 'debit')) continue;
		const on = dayFor(line, context);
		const { by, at } = context;
		if (match.kind === 'debit') {
			const { fileId, line: number, paymentId, returned, voided } = match.debit;
			if (voided || returned) outcomes.set(line, open('debit-not-expected'));
			else if (paymentId !== null) outcomes.set(line, alreadyBooked);
			else
				outcomes.set(line, bookedAs(match.key, await collectDebits(tx, note, { by, at, fileId, lines: [number], on })));
			continue;
		}
		if (match.kind !== 'batch') continue;
		const { fileId, sequence, state, sumCents } = match.batch;
		const waiting = await tx
			.select({ line: debitItems.line, amountCents: debitItems.amountCents, paymentId: debitItems.paymentId })
			.from(debitItems)
			.where(and(eq(debitItems.fileId, fileId), sequence === null ? undefined : eq(debitItems.sequence, sequence)));
		const untouched = waiting.filter(({ paymentId }) => paymentId === null);
		if (state === 'voided') outcomes.set(line, open('debit-not-expected'));
		else if (untouched.length === 0) outcomes.set(line, alreadyBooked);
		else if (untouched.reduce((sum, { amountCents }) => sum + amountCents, 0) !== sumCents)
			outcomes.set(line, open('batch-in-parts'));
		else {
			const lines = untouched.map((item) => item.line);
			outcomes.set(line, bookedAs(match.key, await collectDebits(tx, note, { by, at, fileId, lines, on })));
		}
	}
}

function bookedAs(basis: string, done: Awaited<ReturnType<typeof collectDebits>>): Outcome {
	if (done.size === 0) return alreadyBooked;
	const bookings = [...done.values()].map(({ memberId, amountCents, entry }) => ({
		...{ amountCents, kind: 'payment' as const, memberId, account: null, entry },
	}));
	return { state: 'booked', basis, bookings };
}

/** Money of members that names itself: by reference or by number and amount. */
async function bookIncoming(
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

async function bookReturns(
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
		if (item?.returnedOn) outcomes.set(line, alreadyBooked);
		else if (!item?.paymentId) outcomes.set(line, open('debit-not-booked'));
		else {
			const on = dayFor(line, context);
			const bookings = await bookReturn(tx, note, { by, at, paymentId: item.paymentId, line, on });
			outcomes.set(line, bookings ? { state: 'booked', basis: match.key, bookings } : open('return-unclear'));
		}
	}
}

/** Transfers of a payout file: executed once the whole file is on the statement. */
async function bookTransfers(
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
		if (file?.state === 'executed') for (const { line } of own) outcomes.set(line, alreadyBooked);
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

/** A transfer that came back: the member is owed the money again. */
async function bookTransferReturns(
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
		if (returned) outcomes.set(line, alreadyBooked);
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

/** Stores lines and books what the keys tell, inside a transaction. Answers how many were settled and how many wait. */
export async function bookLines(
	tx: Tx,
	note: Note,
	{ by, at, keys, lines }: { by: Actor; at: Date; keys: Keys; lines: readonly NewLine[] },
): Promise<{ booked: number; open: number }> {
	const today = dayOf(at);
	await lockFiles(tx, await knownFor(tx, lines, today));
	const known = await knownFor(tx, lines, today);
	const matched = lines.map((line): Matched => ({ line, match: matchLine(line, known) }));
	const memberIds = [
		...new Set([...known.debits, ...known.transfers, ...known.members.values()].map(({ memberId }) => memberId)),
	];
	if (memberIds.length > 0) await lockMembers(tx, memberIds);
	const context = { by, at, lockedThrough: await lockedDay(tx) };
	const outcomes = new Map<NewLine, Outcome>();
	for (const work of [bookDebits, bookIncoming, bookReturns, bookTransfers, bookTransferReturns]) {
		await work(tx, note, context, matched, outcomes);
	}
	await storeLines(tx, { by, at, keys, lines, outcomes });
	const states = lines.map((line) => (outcomes.get(line) ?? open()).state);
	const waiting = states.filter((state) => state === 'open').length;
	return { booked: states.length - waiting, open: waiting };
}

async function storeLines(
	tx: Tx,
	{
		by,
		at,
		keys,
		lines,
		outcomes,
	}: { by: Actor; at: Date; keys: Keys; lines: readonly NewLine[]; outcomes: Map<NewLine, Outcome> },
): Promise<void> {
	for (let i = 0; i < lines.length; i += 1_000) {
		const part = lines.slice(i, i + 1_000);
		const ids = await tx.execute<{ id: string }>(
			sql`select uuidv7() as id from generate_series(1, ${part.length}::int)`,
		);
		const rows = part.map((line, j) => {
			const id = ids[j]?.id ?? '';
			const { number, partyIban: iban, ...facts } = line;
			const { state, basis } = outcomes.get(line) ?? open();
			return {
				...{ ...facts, id, line: number, state, basis },
				...{ decidedAt: state === 'open' ? null : at, decidedBy: state === 'open' ? null : by.personId },
				partyIban: iban === null ? null : seal(keys, { table: 'statement_lines', column: 'party_iban', row: id }, iban),
				partyIbanBlind: iban === null ? null : blindIndex(keys, iban),
				partyIbanMasked: iban === null ? null : maskedIban(iban),
			};
		});
		await tx.insert(statementLines).values(rows);
		const bookings = part.flatMap((line, j) =>
			(outcomes.get(line)?.bookings ?? []).map((booking, k) => ({
				lineId: rows[j]?.id ?? '',
				part: k + 1,
				...booking,
			})),
		);
		await storeBookings(tx, bookings);
	}
}

/** Stores the parts of lines in one insert, because a trigger adds them up; one line may have ten thousand. */
export async function storeBookings(
	tx: Tx,
	bookings: readonly (Booking & { lineId: string; part: number })[],
): Promise<void> {
	if (bookings.length === 0) return;
	await tx.execute(sql`
		insert into line_bookings (line_id, part, amount_cents, kind, member_id, account, entry)
		select "lineId", part, "amountCents", kind, "memberId", account, entry
		from jsonb_to_recordset(${JSON.stringify(bookings)}::text::jsonb)
			as b("lineId" uuid, part int, "amountCents" bigint, kind text, "memberId" uuid, account text, entry bigint)`);
}
