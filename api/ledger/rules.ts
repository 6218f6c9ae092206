// Double entry: the accounts the product itself posts to, when an entry may stand, and how postings are fingerprinted.
import { createHash } from 'node:crypto';
import type { Day } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';

/** Kinds of accounts; 'memo' accounts note claims beside the balance sheet (Vermerk, § 337(1) HGB). */
export type AccountKind = 'asset' | 'equity' | 'liability' | 'income' | 'expense' | 'memo';

/** Accounts the product posts to by itself, by what they hold. Numbers are in the chart of the migration. */
export const accounts = {
	bank: '1800',
	/** fees owed by members: entry fees, reminders; per member, debit */
	memberFees: '1310',
	/** Geschäftsguthaben: what members have paid on their shares; per member, credit */
	memberBalances: '2901',
	/** Geschäftsguthaben of members who leave at the year's end (§ 337(1) HGB); per member, credit */
	leavingBalances: '2902',
	/** due and unpaid on shares (rückständige fällige Einzahlungen); per member, debit; with its contra account a memo */
	shareClaims: '2906',
	shareClaimsContra: '2907',
	legalReserve: '2930',
	otherReserves: '2960',
	profitCarried: '2970',
	lossCarried: '2978',
	/** Bilanzgewinn and what the assembly makes of it */
	appropriation: '2990',
	/** paid more than the shares take (S-05); per member, credit */
	overpayments: '3520',
	/** dividends not yet paid out; per member, credit */
	dividendsPayable: '3640',
	/** balances of former members to be paid out (Auseinandersetzungsguthaben); per member, credit */
	settlements: '3645',
	/** capital income tax, solidarity surcharge and church tax withheld for the tax office */
	withheldTax: '3760',
	revenue: '4400',
	/** entry fees (S-05) and fees of reminders */
	otherIncome: '4830',
	/** contra account of balances that come from books kept before (Saldenvorträge); zero once all of them are in */
	openingBalances: '9000',
} as const;

/** A line of an entry: debit (Soll) positive, credit (Haben) negative, whole cents. */
export interface Posting {
	account: string;
	cents: number;
	/** on members' accounts */
	memberId?: string | null;
}

/**
 * Whether postings make an entry: two or more, none of nothing, sum zero.
 * Refuses invalid `ledger.too-few-postings`, `ledger.amount-wrong`, `ledger.not-balanced` {sumCents}.
 */
export function checkPostings(postings: readonly Posting[]): void {
	if (postings.length < 2) throw new Refusal('invalid', 'ledger.too-few-postings', {}, { field: 'postings' });
	if (postings.some(({ cents }) => !Number.isSafeInteger(cents) || cents === 0)) {
		throw new Refusal('invalid', 'ledger.amount-wrong', {}, { field: 'postings' });
	}
	const sumCents = postings.reduce((sum, { cents }) => sum + cents, 0);
	if (sumCents !== 0) throw new Refusal('invalid', 'ledger.not-balanced', { sumCents }, { field: 'postings' });
}

/** The features whose entries are undone where they were made, by the kind of the entry. */
const owners: Readonly<Record<string, EntryOwner>> = {
	payment: 'payments',
	'returned-claim': 'payments',
	bank: 'payments',
	'overpayment-credit': 'payments',
	'reminder-fee': 'payments',
	'entry-fee': 'payments',
	payout: 'payouts',
	'payout-return': 'payouts',
	'share-claim': 'shares',
	reduction: 'shares',
	loss: 'shares',
	exit: 'exits',
	'exit-void': 'exits',
	transfer: 'exits',
	settlement: 'exits',
	dividend: 'dividends',
	closing: 'dividends',
	opening: 'moving',
};

/** Who owns an entry: 'ledger' what was posted by hand, 'elsewhere' what none of the named features made. */
export type EntryOwner =
	| ('ledger' | 'payments' | 'payouts' | 'shares')
	| ('exits' | 'dividends' | 'moving' | 'elsewhere');

/** The feature an entry of that kind belongs to. */
export function ownerOf(kind: string): EntryOwner {
	if (kind === 'manual' || kind === 'reversal') return 'ledger';
	return Object.hasOwn(owners, kind) ? (owners[kind] ?? 'elsewhere') : 'elsewhere';
}

/**
 * Whether an entry may be reversed in the books. Refuses conflict `ledger.undo-in-payments`, `ledger.undo-in-payouts`,
 * `ledger.undo-in-shares`, `ledger.undo-in-exits`, `ledger.undo-in-dividends`, `ledger.undo-in-moving`,
 * `ledger.not-manual`: it is undone where it was made, so that what hangs on it goes with it.
 */
export function checkOwnEntry(kind: string): void {
	switch (ownerOf(kind)) {
		case 'ledger':
			return;
		case 'payments':
			throw new Refusal('conflict', 'ledger.undo-in-payments');
		case 'payouts':
			throw new Refusal('conflict', 'ledger.undo-in-payouts');
		case 'shares':
			throw new Refusal('conflict', 'ledger.undo-in-shares');
		case 'exits':
			throw new Refusal('conflict', 'ledger.undo-in-exits');
		case 'dividends':
			throw new Refusal('conflict', 'ledger.undo-in-dividends');
		case 'moving':
			throw new Refusal('conflict', 'ledger.undo-in-moving');
		default:
			throw new Refusal('conflict', 'ledger.not-manual');
	}
}

/** The text whose sha256 stands in the journal: one line a posting, 'line|account|member|cents'. */
export function postingsText(postings: readonly Posting[]): string {
	return postings.map(({ account, memberId, cents }, i) => `${i + 1}|${account}|${memberId ?? ''}|${cents}`).join('\n');
}

/** sha256 of the postings' text, hex. */
export function postingsHash(postings: readonly Posting[]): string {
	return createHash('sha256').update(postingsText(postings)).digest('hex');
}

/** The same postings with sides changed (Stornobuchung). */
export function reversed(postings: readonly Posting[]): Posting[] {
	return postings.map((posting) => ({ ...posting, cents: -posting.cents }));
}

/** What the journal's content says about an entry, in the order it is hashed. */
export function entryContent(entry: {
	bookedOn: Day;
	recordedAt: Date;
	by: string;
	kind: string;
	text: string;
	reference: string | null;
	reverses: number | null;
	postings: readonly Posting[];
}): string {
	const { bookedOn, recordedAt, by, kind, text, reference, reverses, postings } = entry;
	return JSON.stringify({
		bookedOn,
		recordedAt: recordedAt.toISOString(),
		by,
		kind,
		text,
		reference,
		reverses,
		postings: { count: postings.length, sha256: postingsHash(postings) },
	});
}
