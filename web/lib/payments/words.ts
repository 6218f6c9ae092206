// Words for states of payments: plans, mandates, debits, what a bank line means.
import { date, euros } from '../format.ts';
import { m } from '../paraglide/messages.js';

type Tone = 'leaf' | 'warn' | 'bad' | 'plain' | 'wind';

/** Where a payment of a plan stands, with the colour of its tag. */
export function planState(state: 'paid' | 'overdue' | 'upcoming' | 'barred'): { word: string; tone: Tone } {
	const words = {
		paid: m.pay_plan_state_paid,
		overdue: m.pay_plan_state_overdue,
		upcoming: m.pay_plan_state_upcoming,
		barred: m.pay_plan_state_barred,
	};
	const tones = { paid: 'leaf', overdue: 'bad', upcoming: 'plain', barred: 'warn' } as const;
	return { word: words[state](), tone: tones[state] };
}

/** How a mandate stands, with the colour of its tag. */
export function mandateState(state: 'standing' | 'lapsed' | 'revoked' | 'replaced' | 'used' | 'left'): {
	word: string;
	tone: Tone;
} {
	const words = {
		standing: m.pay_mandate_state_standing,
		lapsed: m.pay_mandate_state_lapsed,
		revoked: m.pay_mandate_state_revoked,
		replaced: m.pay_mandate_state_replaced,
		used: m.pay_mandate_state_used,
		left: m.pay_mandate_state_left,
	};
	return { word: words[state](), tone: state === 'standing' ? 'leaf' : state === 'lapsed' ? 'warn' : 'plain' };
}

/** Why somebody is not collected from. */
export function notCollected(reason: string | null, earliest: string | null): string {
	const words: Record<string, () => string> = {
		'no-mandate': m.pay_debits_reason_no_mandate,
		'mandate-lapsed': m.pay_debits_reason_mandate_lapsed,
		'notice-too-short': () => m.pay_debits_reason_notice_too_short({ day: date(earliest) }),
		'under-way': m.pay_debits_reason_under_way,
		paused: m.pay_debits_reason_paused,
		barred: m.pay_debits_reason_barred,
		'address-missing': m.pay_debits_reason_address_missing,
		'nothing-left': m.pay_debits_reason_nothing_left,
	};
	return reason === null ? '' : (words[reason]?.() ?? reason);
}

/** What importing would make of a line. */
export function meansWord(means: string): { word: string; tone: Tone } {
	const words: Record<string, [() => string, Tone]> = {
		debit: [m.pay_means_debit, 'leaf'],
		'debit-return': [m.pay_means_debit_return, 'bad'],
		payment: [m.pay_means_payment, 'leaf'],
		transfer: [m.pay_means_transfer, 'leaf'],
		'transfer-return': [m.pay_means_transfer_return, 'bad'],
		batch: [m.pay_means_batch, 'leaf'],
		open: [m.pay_means_open, 'warn'],
		known: [m.pay_means_known, 'plain'],
	};
	const [word, tone] = words[means] ?? [() => means, 'plain'];
	return { word: word(), tone };
}

/** Which key told it; empty if none. */
export function keyWord(key: string | null): string {
	const words: Record<string, () => string> = {
		'end-to-end-id': m.pay_key_end_to_end_id,
		mandate: m.pay_key_mandate,
		'creditor-reference': m.pay_key_creditor_reference,
		'member-number': m.pay_key_member_number,
		batch: m.pay_key_batch,
	};
	return key === null ? '' : (words[key]?.() ?? '');
}

/** Why a claim rests, in a few words; empty if it does not. */
export function pauseWord(pause: { kind: 'disputed' | 'deferred'; until: string | null } | null): string {
	if (pause === null) return '';
	return pause.kind === 'disputed' ? m.pay_paused_disputed() : m.pay_paused_deferred({ day: date(pause.until) });
}

/** An IBAN in groups of four, as people read it. */
export function ibanGroups(iban: string): string {
	return iban.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** Money in or out, with its sign. */
export function flow(cents: number): string {
	return cents > 0 ? `+\u202f${euros(cents)}` : euros(cents);
}

/** Why the program left a line to people, or noted it; what the board wrote stays as it is. */
export function basisWord(basis: string): string {
	const words: Record<string, () => string> = {
		'booked-twice': m.pay_basis_booked_twice,
		'debit-not-expected': m.pay_basis_debit_not_expected,
		'batch-in-parts': m.pay_basis_batch_in_parts,
		'debit-not-booked': m.pay_basis_debit_not_booked,
		'return-unclear': m.pay_basis_return_unclear,
		'payout-not-released': m.pay_basis_payout_not_released,
		'payout-in-parts': m.pay_basis_payout_in_parts,
		'payout-dropped': m.pay_basis_payout_dropped,
		reopened: m.pay_basis_reopened,
		'already-booked': m.pay_basis_already_booked,
	};
	return words[basis]?.() ?? basis;
}
