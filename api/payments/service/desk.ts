// The desk for what the keys did not tell: the board assigns, splits, books to an account, or notes why nothing is to be booked.
import { and, eq, inArray } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { ledgerAccounts } from '../../ledger/tables.ts';

import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { debitFiles, debitItems, payments, payoutFiles, statementLines } from '../tables.ts';
import { lockedDay, storeBookings } from './lines.ts';
import { type Booking, bookReturn, dayFor } from './lineOutcomes.ts';
import { bookPayments } from './receive.ts';
import { executePayout } from './release.ts';

async function lockedLine(tx: Tx, lineId: string) {
	const [line] = await tx.select().from(statementLines).where(eq(statementLines.id, lineId)).for('update');
	if (!line) throw new Refusal('missing', 'payments.bank-line-unknown');
	if (line.state !== 'open') throw new Refusal('conflict', 'payments.bank-line-decided', { state: line.state });
	return line;
}

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
	await storeBookings(
		tx,
		bookings.map((booking, i) => ({ lineId, part: i + 1, ...booking })),
	);
}

/** A part of a line as the board divides it: to a member as payment, or to an account. Amounts carry the line's sign. */
export type LinePart = { memberNumber: number; amountCents: number } | { account: string; amountCents: number };

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

/**
 * Books an open line: money in to one or several members, money in or out to accounts; the parts add up to the line. Refuses missing
 * `payments.bank-line-unknown`, `payments.member-unknown` {number}; conflict `payments.bank-line-decided` {state},
 * `ledger.period-locked`; invalid `payments.parts-wrong` {openCents}, `payments.account-not-here` {account}.
 */
export function bookBankLine(
	db: Database,
	{ by, at, key, lineId, parts, text }: Command & { lineId: string; parts: readonly LinePart[]; text: string },
): Promise<{ lineId: string; entries: number[] }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const line = await lockedLine(tx, lineId);
		const sign = Math.sign(line.amountCents);
		const sumCents = parts.reduce((sum, { amountCents }) => sum + amountCents, 0);
		const toMembers = parts.flatMap((part) => ('memberNumber' in part ? [part] : []));
		const toAccounts = parts.flatMap((part) => ('account' in part ? [part] : []));
		const wrongSign = parts.some(
			({ amountCents }) => !Number.isSafeInteger(amountCents) || Math.sign(amountCents) !== sign,
		);
		if (parts.length === 0 || sumCents !== line.amountCents || wrongSign || (sign < 0 && toMembers.length > 0)) {
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
 * `payments.return-unclear`: the amounts differ too much, or the money was used since.
 */
export function returnBankLine(
	db: Database,
	{ by, at, key, lineId, paymentId }: Command & { lineId: string; paymentId: string },
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
		const bookings = await bookReturn(tx, note, { by, at, paymentId, line: { ...line, partyIban: null }, on });
		if (!bookings) throw new Refusal('conflict', 'payments.return-unclear', {}, { rule: 'B-16', field: 'paymentId' });
		await decide(tx, { by, at, lineId, state: 'booked', basis: 'board', bookings });
		note({ action: 'payments.return-bank-line', subject: `bank line ${lineId}`, after: { paymentId } });
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
