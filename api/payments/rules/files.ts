// What may stand in a payment file, and what may be done with it when.
import type { Actor } from '../../values/actor.ts';
import { normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';

const spelled: Readonly<Record<string, string>> = {
	...{ Ä: 'AE', Ö: 'OE', Ü: 'UE', ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ẞ: 'SS' },
	...{ Æ: 'AE', æ: 'ae', Ø: 'OE', ø: 'oe', Œ: 'OE', œ: 'oe', Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', ı: 'i' },
	...{ '&': '+', '–': '-', '—': '-', '’': "'" },
};

/**
 * Text in the characters banks take (B-12): umlauts spelled out, accents dropped, anything else a blank; single blanks, no slash at
 * the beginning or end and none doubled; at most `max` characters. Empty if nothing remains.
 */
export function sepaText(text: string, max: number): string {
	return text
		.normalize('NFC')
		.replace(/[^\x20-\x7e]|&/g, (c) => spelled[c] ?? c)
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/[^A-Za-z0-9':?,\-(+.)/ ]/g, ' ')
		.replace(/\/{2,}/g, '/')
		.replace(/ +/g, ' ')
		.replace(/^[ /]+/, '')
		.slice(0, max)
		.replace(/[ /]+$/, '');
}

/** Somebody a payout file leaves out because the account is new and still held: until then, or (null) until the board confirms it. */
export interface HeldBack {
	memberId: string;
	number: number;
	name: string;
	amountCents: number;
	until: string | null;
}

/** A bank line's reference, made comparable. */
export function bankReferenceOf(typed: string): string {
	return normalised(typed);
}

/** What may be done with a payout file in which state; pages and services ask this table. */
export const payoutCan = {
	release: ['created'],
	download: ['released', 'executed'],
	execute: ['released'],
	void: ['created', 'released'],
} as const;
export type PayoutState = 'created' | 'released' | 'executed' | 'voided';

/** True if a payout file in that state can be treated so. */
export function canPayout(verb: keyof typeof payoutCan, state: PayoutState): boolean {
	return (payoutCan[verb] as readonly string[]).includes(state);
}

/** The person who acts: four eyes count persons. Refuses forbidden `payments.person-needed` for the program itself. */
export function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'payments.person-needed');
	return by.personId;
}

/** Accounts of the payment desk beside those of the ledger's own list. */
export const deskAccounts = {
	/** reminder fees owed (Mahngebühren); per member, debit */
	reminderFees: '1310',
	/** income from reminder fees (sonstige betriebliche Erträge) */
	feeIncome: '4830',
	/** what banks charge for returned debits (Nebenkosten des Geldverkehrs) */
	bankCharges: '6855',
} as const;

/** Accounts on which the cooperative owes money to members: overpayments, dividends, settlements. */
export const liabilityAccounts = ['3520', '3640', '3645'] as const;
