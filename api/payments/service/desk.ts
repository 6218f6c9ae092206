// The desk for what the keys did not tell: the board assigns, splits, books to an account, or notes why nothing is to be booked.
import { and, asc, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { ledgerAccounts } from '../../ledger/tables.ts';
import { memberSecrets, members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { debitFiles, debitItems, lineBookings, mandates, payments, payoutFiles, statementLines } from '../tables.ts';
import { type Booking, bookReturn, dayFor, lockedDay, storeBookings } from './lines.ts';
import { claimUntil } from '../rules/plan.ts';
import { memberNumbersIn } from '../rules/matching.ts';
import { plansOf } from './plans.ts';
import { bookPayments } from './receive.ts';
import { executePayout } from './release.ts';

/** A line as the desk shows it. */
export interface DeskLine {
	id: string;
	amountCents: number;
	bookedOn: Day;
	valueOn: Day;
	bankReference: string;
	endToEndId: string | null;
	mandateReference: string | null;
	purpose: string;
	partyName: string;
	ibanMasked: string | null;
	bankCode: string;
	returnReason: string | null;
	state: 'open' | 'booked' | 'noted';
	basis: string | null;
}

const viewOf = (row: typeof statementLines.$inferSelect): DeskLine => ({
	...{ id: row.id, amountCents: row.amountCents, bookedOn: row.bookedOn, valueOn: row.valueOn },
	...{ bankReference: row.bankReference, endToEndId: row.endToEndId, mandateReference: row.mandateReference },
	...{ purpose: row.purpose, partyName: row.partyName, ibanMasked: row.partyIbanMasked, bankCode: row.bankCode },
	...{ returnReason: row.returnReason, state: row.state, basis: row.basis },
});

/** Lines in a state (of one file if given), oldest first for open ones, newest first for the rest. */
export function listBankLines(
	db: Database,
	{
		by,
		state = 'open',
		page = 1,
		pageSize = 50,
	}: { by: Actor; state?: DeskLine['state']; page?: number; pageSize?: number },
): Promise<{ total: number; sumCents: number; lines: DeskLine[] }> {
	return transact(db, by, async (tx) => {
		const where = eq(statementLines.state, state);
		const [sums] = await tx
			.select({
				total: sql<number>`count(*)::int`,
				sumCents: sql<number>`coalesce(sum(${statementLines.amountCents}), 0)::bigint`.mapWith(Number),
			})
			.from(statementLines)
			.where(where);
		const order = state === 'open' ? asc : desc;
		const rows = await tx
			.select()
			.from(statementLines)
			.where(where)
			.orderBy(order(statementLines.bookedOn), order(statementLines.id))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		return { total: sums?.total ?? 0, sumCents: sums?.sumCents ?? 0, lines: rows.map(viewOf) };
	});
}

/** Somebody a line could belong to, and why; only a proposal, people decide (B-18). */
export interface Proposal {
	memberId: string;
	number: number;
	name: string;
	openCents: number;
	because: 'account' | 'number' | 'name';
}

async function proposalsFor(tx: Tx, row: typeof statementLines.$inferSelect, today: Day): Promise<Proposal[]> {
	const facts = { memberId: members.id, number: members.number, name: members.sortName };
	const found = new Map<string, Omit<Proposal, 'openCents'>>();
	const add = (rows: { memberId: string; number: number; name: string }[], because: Proposal['because']): void => {
		for (const one of rows)
			if (!found.has(one.memberId) && found.size < 8) found.set(one.memberId, { ...one, because });
	};
	if (row.partyIbanBlind !== null) {
		const blind = row.partyIbanBlind;
		add(
			await tx
				.select(facts)
				.from(members)
				.innerJoin(memberSecrets, eq(memberSecrets.memberId, members.id))
				.where(eq(memberSecrets.ibanBlind, blind)),
			'account',
		);
		add(
			await tx
				.select(facts)
				.from(members)
				.innerJoin(mandates, eq(mandates.memberId, members.id))
				.where(eq(mandates.ibanBlind, blind)),
			'account',
		);
	}
	const numbers = memberNumbersIn(row.purpose);
	if (numbers.length > 0) add(await tx.select(facts).from(members).where(inArray(members.number, numbers)), 'number');
	const words = row.partyName
		.toLowerCase()
		.split(/[^\p{L}]+/u)
		.filter((word) => word.length > 2)
		.slice(0, 6);
	if (words.length > 0) {
		const names = sql`lower(coalesce(${members.familyName}, ${members.organisation}))`;
		add(await tx.select(facts).from(members).where(inArray(names, words)).limit(5), 'name');
	}
	const plans = await plansOf(tx, [...found.keys()], today);
	return [...found.values()].map((one) => ({
		...one,
		openCents: claimUntil(plans.get(one.memberId) ?? [], today)?.openCents ?? 0,
	}));
}

/** A payment that a returned debit could undo. */
export interface ReturnablePayment {
	paymentId: string;
	number: number;
	name: string;
	amountCents: number;
	valueOn: Day;
	endToEndId: string | null;
}

/** A line with what could be done about it. */
export interface BankLineFile extends DeskLine {
	proposals: Proposal[];
	returnable: ReturnablePayment[];
	payouts: { fileId: string; subject: string; sumCents: number; executionOn: Day }[];
	accounts: { number: string; nameDe: string; nameEn: string }[];
	bookings: {
		amountCents: number;
		kind: string;
		number: number | null;
		name: string | null;
		account: string | null;
		entry: number | null;
	}[];
}

async function returnableFor(tx: Tx, row: typeof statementLines.$inferSelect): Promise<ReturnablePayment[]> {
	if (row.amountCents >= 0) return [];
	const most = -row.amountCents;
	return tx
		.select({
			...{ paymentId: payments.id, number: members.number, name: members.sortName },
			...{ amountCents: payments.amountCents, valueOn: payments.valueOn, endToEndId: debitItems.endToEndId },
		})
		.from(payments)
		.innerJoin(members, eq(members.id, payments.memberId))
		.leftJoin(debitItems, eq(debitItems.paymentId, payments.id))
		.where(
			and(
				isNull(payments.reversalEntry),
				sql`${payments.amountCents} between ${most - 2_500} and ${most} and ${payments.valueOn} >= ${row.bookedOn}::date - 400`,
			),
		)
		.orderBy(desc(payments.valueOn))
		.limit(20);
}

/** One line with proposals. Refuses missing `payments.bank-line-unknown`. */
export function readBankLine(
	db: Database,
	{ by, at, lineId }: { by: Actor; at: Date; lineId: string },
): Promise<BankLineFile> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(statementLines).where(eq(statementLines.id, lineId));
		if (!row) throw new Refusal('missing', 'payments.bank-line-unknown');
		const isOpen = row.state === 'open';
		const bookings = await tx
			.select({
				...{ amountCents: lineBookings.amountCents, kind: lineBookings.kind, account: lineBookings.account },
				...{ entry: lineBookings.entry, number: members.number, name: members.sortName },
			})
			.from(lineBookings)
			.leftJoin(members, eq(members.id, lineBookings.memberId))
			.where(eq(lineBookings.lineId, lineId))
			.orderBy(asc(lineBookings.part));
		return {
			...viewOf(row),
			proposals: isOpen ? await proposalsFor(tx, row, dayOf(at)) : [],
			returnable: isOpen ? await returnableFor(tx, row) : [],
			payouts: isOpen
				? await tx
						.select({
							fileId: payoutFiles.id,
							subject: payoutFiles.subject,
							sumCents: payoutFiles.sumCents,
							executionOn: payoutFiles.executionOn,
						})
						.from(payoutFiles)
						.where(and(eq(payoutFiles.state, 'released'), eq(payoutFiles.sumCents, -row.amountCents)))
				: [],
			accounts: isOpen
				? await tx
						.select({ number: ledgerAccounts.number, nameDe: ledgerAccounts.nameDe, nameEn: ledgerAccounts.nameEn })
						.from(ledgerAccounts)
						.where(
							and(
								eq(ledgerAccounts.perMember, false),
								ne(ledgerAccounts.number, accounts.bank),
								ne(ledgerAccounts.kind, 'memo'),
							),
						)
						.orderBy(asc(ledgerAccounts.number))
				: [],
			bookings,
		};
	});
}

async function lockedLine(tx: Tx, lineId: string) {
	const [line] = await tx.select().from(statementLines).where(eq(statementLines.id, lineId)).for('update');
	if (!line) throw new Refusal('missing', 'payments.bank-line-unknown');
	if (line.state !== 'open') throw new Refusal('conflict', 'payments.bank-line-decided', { state: line.state });
	return line;
}

async function decide(
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
