// Lines of bank statements as the desk shows them, with what could be done about each.
import { and, asc, desc, eq, ilike, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { ledgerAccounts } from '../../ledger/tables.ts';
import { memberSecrets, members } from '../../members/tables.ts';
import { always } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { debitItems, lineBookings, mandates, payments, payoutFiles, statementLines } from '../tables.ts';
import { liabilityAccounts } from '../rules/files.ts';
import { claimUntil } from '../rules/plan.ts';
import { memberNumbersIn } from '../rules/matching.ts';
import { payoutsUnderWay } from './payoutParts.ts';
import { plansOf } from './plans.ts';
import { usedSince } from './reverse.ts';
import { openSettlementCents } from './settlementRows.ts';

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

/** Lines in a state, found by party, purpose or reference; oldest first for open ones, newest first for the rest. */
export function listBankLines(
	db: Database,
	{
		by,
		state = 'open',
		search = '',
		page = 1,
		pageSize = 50,
	}: { by: Actor; state?: DeskLine['state']; search?: string | undefined; page?: number; pageSize?: number },
): Promise<{ total: number; sumCents: number; lines: DeskLine[] }> {
	return transact(db, by, async (tx) => {
		const like = `%${search.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
		const { partyName, purpose, bankReference } = statementLines;
		const named = or(ilike(partyName, like), ilike(purpose, like), ilike(bankReference, like));
		const where = and(eq(statementLines.state, state), search.trim() === '' ? undefined : named);
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
	/** of it used since: paid out, or left with a former member */
	usedCents: number;
	/** what the member's settlements are open by, which could be reduced */
	settlementCents: number;
}

/** What a member is owed that money out could be for. */
export interface OwedTo {
	memberId: string;
	number: number;
	name: string;
	account: string;
	openCents: number;
}

/** A line with what could be done about it. */
export interface BankLineFile extends DeskLine {
	proposals: Proposal[];
	returnable: ReturnablePayment[];
	owed: OwedTo[];
	payouts: { fileId: string; subject: string; sumCents: number; executionOn: Day }[];
	accounts: { number: string; nameDe: string; nameEn: string }[];
	bookings: {
		amountCents: number;
		kind: string;
		number: number | null;
		name: string | null;
		account: string | null;
		entry: number | null;
		reopenedAt: string | null;
		reopenReason: string | null;
	}[];
}

async function returnableFor(tx: Tx, row: typeof statementLines.$inferSelect): Promise<ReturnablePayment[]> {
	if (row.amountCents >= 0) return [];
	const most = -row.amountCents;
	const found = await tx
		.select({
			...{ memberId: payments.memberId, creditedCents: payments.creditedCents, overpaidCents: payments.overpaidCents },
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
	const returnable: ReturnablePayment[] = [];
	for (const { memberId, creditedCents, overpaidCents, ...payment } of found) {
		const used = await usedSince(tx, { memberId, creditedCents, overpaidCents });
		const usedCents = used.reduce((sum, { cents }) => sum + cents, 0);
		const settlementCents = usedCents === 0 ? 0 : await openSettlementCents(tx, memberId);
		returnable.push({ ...payment, usedCents, settlementCents });
	}
	return returnable;
}

/** What the members that a line of money out could mean are owed, beside what is on its way in files. */
async function owedTo(tx: Tx, proposals: readonly Proposal[]): Promise<OwedTo[]> {
	const memberIds = proposals.map(({ memberId }) => memberId);
	const owed: OwedTo[] = [];
	for (const account of liabilityAccounts) {
		const balances = await memberBalances(tx, { account, memberIds, on: always });
		const underWay = await payoutsUnderWay(tx, { account, memberIds });
		for (const { memberId, number, name } of proposals) {
			const openCents = -(balances.get(memberId) ?? 0) - (underWay.get(memberId) ?? 0);
			if (openCents > 0) owed.push({ memberId, number, name, account, openCents });
		}
	}
	return owed;
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
				...{ reopenedAt: lineBookings.reopenedAt, reopenReason: lineBookings.reopenReason },
			})
			.from(lineBookings)
			.leftJoin(members, eq(members.id, lineBookings.memberId))
			.where(eq(lineBookings.lineId, lineId))
			.orderBy(asc(lineBookings.part));
		const proposals = isOpen ? await proposalsFor(tx, row, dayOf(at)) : [];
		return {
			...viewOf(row),
			proposals,
			owed: row.amountCents < 0 ? await owedTo(tx, proposals) : [],
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
			bookings: bookings.map((one) => ({ ...one, reopenedAt: one.reopenedAt?.toISOString() ?? null })),
		};
	});
}
