// Double entry: the accounts the product itself posts to, when an entry may stand, and how postings are fingerprinted.
import { createHash } from 'node:crypto';
import type { Day } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';

/** Kinds of accounts; 'memo' accounts note claims beside the balance sheet (Vermerk, § 337(1) HGB). */
export type AccountKind = 'asset' | 'equity' | 'liability' | 'income' | 'expense' | 'memo';

/** Accounts the product posts to by itself, by what they hold. Numbers are in the chart of the migration. */
export const accounts = {
	bank: '1800',
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
