// The desk for what the keys did not tell: the board assigns, splits, books to an account, or notes why nothing is to be booked.
import { and, eq, inArray, max } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { ledgerAccounts } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { liabilityAccounts } from '../rules/files.ts';
import { debitFiles, debitItems, lineBookings, payments, payoutFiles, statementLines } from '../tables.ts';
import { lockedDay, storeBookings } from './lines.ts';
import { type Booking, dayFor } from './outcomes/outcome.ts';
import { bookReturn } from './outcomes/returns.ts';
import { executePayout, payoutsUnderWay } from './payoutParts.ts';
import { bookPayments } from './receive.ts';
import type { UsedMoney } from './reverse.ts';
import { relieveSettlements } from './settlementRows.ts';

/** A line that waits for people, locked. Refuses missing `payments.bank-line-unknown`; conflict `payments.bank-line-decided` {state}. */
async function lockedLine(tx: Tx, lineId: string) {
	const [line] = await tx.select().from(statementLines).where(eq(statementLines.id, lineId)).for('update');
	if (!line) throw new Refusal('missing', 'payments.bank-line-unknown');
	if (line.state !== 'open') throw new Refusal('conflict', 'payments.bank-line-decided', { state: line.state });
	return line;
}

/** Settles an open line with its parts; parts of an earlier decision that was taken back keep their numbers. */
export async function decide(
	tx: Tx,
	{
		by,
		at,
		lineId,
		state,
		basis,
		bookings,
	}: { by: Actor; at: Date; lineId: string; state: 'booked' | 'noted'; basis: string; bookings: Booking[] },
): Promise<void> {
	await tx
		.update(statementLines)
		.set({ state, basis, decidedAt: at, decidedBy: by.personId })
		.where(and(eq(statementLines.id, lineId), eq(statementLines.state, 'open')));
	const [before] = await tx
		.select({ part: max(lineBookings.part) })
		.from(lineBookings)
		.where(eq(lineBookings.lineId, lineId));
	await storeBookings(
		tx,
		bookings.map((booking, i) => ({ lineId, part: (before?.part ?? 0) + i + 1, ...booking })),
	);
}

/**
 * A part of a line as the board divides it: to a member as payment, to an account, or money out to a member for what is owed there on a
 * liability account (`liabilityAccounts`). Amounts carry the line's sign.
 */
export type LinePart =
	| { memberNumber: number; amountCents: number }
	| { account: string; amountCents: number }
	| { memberNumber: number; account: string; amountCents: number };
type ToLiability = { memberNumber: number; account: string; amountCents: number };

async function bookToAccounts(tx: Tx, parts: readonly { account: string; amountCents: number }[]): Promise<void> {
	const wanted = [...new Set(parts.map(({ account }) => account))];
	if (wanted.length === 0) return;
	const known = await tx.select().from(ledgerAccounts).where(inArray(ledgerAccounts.number, wanted));
	const right = new Set(
		known
			.filter(({ perMember, kind, number }) => !perMember && kind !== 'memo' && number !== accounts.bank)
			.map(({ number }) => number),
	);
	const wrong = wanted.find((account) => !right.has(account));
	if (wrong !== undefined)
		throw new Refusal('invalid', 'payments.account-not-here', { account: wrong }, { field: 'parts' });
}

/** Money that went to a member without a payment file, for what is owed: never more than that. */
async function payLiability(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		part: { memberNumber, account, amountCents },
		on,
		line,
	}: { by: Actor; at: Date; part: ToLiability; on: Day; line: typeof statementLines.$inferSelect },
): Promise<Booking> {
	if (!liabilityAccounts.some((one) => one === account))
		throw new Refusal('invalid', 'payments.account-not-here', { account }, { field: 'parts' });
	const [member] = await tx.select({ id: members.id }).from(members).where(eq(members.number, memberNumber));
	if (!member) throw new Refusal('missing', 'payments.member-unknown', { number: memberNumber }, { field: 'parts' });
	const memberId = member.id;
	await lockMembers(tx, [memberId]);
	const owed = await memberBalances(tx, { account, memberIds: [memberId], on: always });
	const underWay = await payoutsUnderWay(tx, { account, memberIds: [memberId] });
	const openCents = Math.max(0, -(owed.get(memberId) ?? 0) - (underWay.get(memberId) ?? 0));
	const paidCents = -amountCents;
	if (paidCents > openCents) {
		const values = { number: memberNumber, openCents };
		throw new Refusal('conflict', 'payments.exceeds-liability', values, { rule: 'B-18', field: 'parts' });
	}
	const entry = await postEntry(tx, {
		...{ by, at },
		entry: {
			...{ bookedOn: on, kind: 'bank', text: `Auszahlung Mitglied ${memberNumber}`, reference: line.bankReference },
			postings: [
				{ account, memberId, cents: paidCents },
				{ account: accounts.bank, cents: amountCents },
			],
		},
	});
	if (account === accounts.settlements)
		await relieveSettlements(tx, { by, at, memberId, kind: 'transfer', amountCents: paidCents, on, entry });
	note({ action: 'payments.pay-liability', subject: `member ${memberNumber}`, after: { account, paidCents, entry } });
	return { amountCents, kind: 'liability', memberId, account, entry };
}

/**
 * Books an open line: money in to one or several members, money in or out to accounts, money out to members for what they are owed; the
 * parts add up to the line. Refuses missing `payments.bank-line-unknown`, `payments.member-unknown` {number}; conflict
 * `payments.bank-line-decided` {state}, `payments.exceeds-liability` {number, openCents}, `ledger.period-locked`; invalid `payments.parts-wrong` {openCents}, `payments.account-not-here` {account}.
 */
export function bookBankLine(
	db: Database,
	{ by, at, key, lineId, parts, text }: Command & { lineId: string; parts: readonly LinePart[]; text: string },
): Promise<{ lineId: string; entries: number[] }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const line = await lockedLine(tx, lineId);
		const sign = Math.sign(line.amountCents);
		const sumCents = parts.reduce((sum, { amountCents }) => sum + amountCents, 0);
		const toLiabilities = parts.flatMap((part) => ('memberNumber' in part && 'account' in part ? [part] : []));
		const toMembers = parts.flatMap((part) => ('memberNumber' in part && !('account' in part) ? [part] : []));
		const toAccounts = parts.flatMap((part) => ('account' in part && !('memberNumber' in part) ? [part] : []));
		const wrongSign = parts.some(
			({ amountCents }) => !Number.isSafeInteger(amountCents) || Math.sign(amountCents) !== sign,
		);
		const wrongWay = sign < 0 ? toMembers.length > 0 : toLiabilities.length > 0;
		if (parts.length === 0 || sumCents !== line.amountCents || wrongSign || wrongWay) {
			const openCents = line.amountCents - sumCents;
			throw new Refusal('invalid', 'payments.parts-wrong', { openCents }, { rule: 'B-18', field: 'parts' });
		}
		await bookToAccounts(tx, toAccounts);
		const on = dayFor(line, { at, lockedThrough: await lockedDay(tx) });
		const single = parts.length === 1;
		const booked = await bookPayments(tx, note, {
			...{ by, at },
			incoming: toMembers.map(({ memberNumber, amountCents }, i) => ({
				...{ memberNumber, amountCents, valueOn: on, purpose: line.purpose.slice(0, 140) },
				bankReference: single ? line.bankReference : `${line.bankReference}#${i + 1}`,
			})),
		});
		const bookings: Booking[] = booked.map(({ memberId, entry }, i) => ({
			...{ amountCents: toMembers[i]?.amountCents ?? 0, kind: 'payment', memberId, account: null, entry },
		}));
		for (const part of toLiabilities) bookings.push(await payLiability(tx, note, { by, at, part, on, line }));
		if (toAccounts.length > 0) {
			const restCents = toAccounts.reduce((sum, { amountCents }) => sum + amountCents, 0);
			const postings = [
				{ account: accounts.bank, cents: restCents },
				...toAccounts.map(({ account, amountCents }) => ({ account, cents: -amountCents })),
			];
			const entry = await postEntry(tx, {
				...{ by, at },
				entry: {
					bookedOn: on,
					kind: 'bank',
					text: text || line.purpose.slice(0, 200) || 'Bank',
					reference: line.bankReference,
					postings,
				},
			});
			for (const { account, amountCents } of toAccounts)
				bookings.push({ amountCents, kind: 'account', memberId: null, account, entry });
		}
		await decide(tx, { by, at, lineId, state: 'booked', basis: 'board', bookings });
		note({ action: 'payments.book-bank-line', subject: `bank line ${lineId}`, after: { parts, text } });
		return { lineId, entries: [...new Set(bookings.flatMap(({ entry }) => entry ?? []))] };
	});
}

/**
 * Says that an open line is the return of a payment: it is reversed, the claim stands again, the rest of the line are bank charges.
 * Refuses missing `payments.bank-line-unknown`, `payments.unknown`; conflict `payments.bank-line-decided` {state},
 * `payments.return-unclear`: the amounts differ too much, or the money was used since and `used` does not say what is done then (B-16).
 */
export function returnBankLine(
	db: Database,
	{
		by,
		at,
		key,
		lineId,
		paymentId,
		used,
	}: Command & { lineId: string; paymentId: string; used?: UsedMoney | undefined },
): Promise<{ lineId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const line = await lockedLine(tx, lineId);
		const [payment] = await tx.select({ id: payments.id }).from(payments).where(eq(payments.id, paymentId));
		if (!payment) throw new Refusal('missing', 'payments.unknown');
		// Whoever changes the state of a debit holds its file.
		const [item] = await tx
			.select({ fileId: debitItems.fileId })
			.from(debitItems)
			.where(eq(debitItems.paymentId, paymentId));
		if (item)
			await tx.select({ id: debitFiles.id }).from(debitFiles).where(eq(debitFiles.id, item.fileId)).for('update');
		const on = dayFor(line, { at, lockedThrough: await lockedDay(tx) });
		const bookings = await bookReturn(tx, note, { by, at, paymentId, line: { ...line, partyIban: null }, on, used });
		if (!bookings) throw new Refusal('conflict', 'payments.return-unclear', {}, { rule: 'B-16', field: 'paymentId' });
		await decide(tx, { by, at, lineId, state: 'booked', basis: 'board', bookings });
		note({ action: 'payments.return-bank-line', subject: `bank line ${lineId}`, after: { paymentId, used } });
		return { lineId };
	});
}

/** Says that an open line is a payout file as a whole, which is executed with it. Refuses as `markPayoutExecuted`, and conflict `payments.bank-line-decided` {state}, `payments.parts-wrong` {openCents}. */
export function payoutBankLine(
	db: Database,
	{ by, at, key, lineId, fileId }: Command & { lineId: string; fileId: string },
): Promise<{ lineId: string; entry: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const line = await lockedLine(tx, lineId);
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.payout-unknown');
		const openCents = line.amountCents + file.sumCents;
		if (openCents !== 0) throw new Refusal('invalid', 'payments.parts-wrong', { openCents }, { field: 'fileId' });
		const executedOn = dayFor(line, { at, lockedThrough: await lockedDay(tx) });
		const { entry } = await executePayout(tx, note, { by, at, fileId, executedOn });
		const booking: Booking = {
			amountCents: line.amountCents,
			kind: 'payout',
			memberId: null,
			account: file.account,
			entry,
		};
		await decide(tx, { by, at, lineId, state: 'booked', basis: 'board', bookings: [booking] });
		note({ action: 'payments.payout-bank-line', subject: `bank line ${lineId}`, after: { fileId } });
		return { lineId, entry };
	});
}

/** Notes why nothing is booked for an open line (booked by hand before, internal transfer). Refuses missing `payments.bank-line-unknown`; conflict `payments.bank-line-decided` {state}. */
export function noteBankLine(
	db: Database,
	{ by, at, key, lineId, reason }: Command & { lineId: string; reason: string },
): Promise<{ lineId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await lockedLine(tx, lineId);
		await decide(tx, { by, at, lineId, state: 'noted', basis: reason, bookings: [] });
		note({ action: 'payments.note-bank-line', subject: `bank line ${lineId}`, after: { reason } });
		return { lineId };
	});
}
