// What moved a member's shares or balance, in words.
import { date, euros, signedEuros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** What the words depend on: the kind as the API names it, and the shares gained or lost by it. */
export interface Moved {
	kind: string;
	sharesChange: number;
}

/** A movement in words: Beitritt mit 10 Anteilen, 2 weitere Anteile, Einzahlung, Dividende gutgeschrieben. */
export function movementText({ kind, sharesChange }: Moved): string {
	const count = Math.abs(sharesChange);
	switch (kind) {
		case 'admission':
			return m.shares_move_admission({ count });
		case 'further':
			return m.shares_move_further({ count });
		case 'split':
			return m.shares_move_split();
		case 'increase':
			return m.shares_move_increase();
		case 'reduction':
			return m.shares_move_reduction();
		case 'loss':
			return m.shares_move_loss();
		case 'reversal':
			return sharesChange === 0 ? m.shares_move_reversal() : m.shares_move_reversal_shares({ count });
		case 'exit':
			return sharesChange === 0 ? m.shares_move_exit() : m.shares_move_exit_shares({ count });
		case 'exit-void':
			return m.shares_move_exit_void();
		case 'transfer-out':
			return m.shares_move_transfer_out({ count });
		case 'transfer-in':
			return m.shares_move_transfer_in({ count });
		case 'transfer':
			return m.shares_move_transfer();
		case 'payment':
			return m.shares_move_payment();
		case 'dividend':
			return m.shares_move_dividend();
		default:
			return m.shares_move_other();
	}
}

/** What a movement changed: shares are taken, money is paid; both stand in one column. */
export function movementAmount({ sharesChange, amountCents }: Moved & { amountCents: number }): string {
	if (sharesChange === 0) return signedEuros(amountCents);
	return sharesChange > 0
		? `+\u202f${m.shares_count({ count: sharesChange })}`
		: `−\u202f${m.shares_count({ count: -sharesChange })}`;
}

/** What a movement rests on: the board's resolution for shares, the voucher for money; its day as people write it. */
export function basisText({ kind, sharesChange, basis }: Moved & { basis: string | null }): string {
	const text = (basis ?? '').replace(/(?<=\()\d{4}-\d{2}-\d{2}(?=\)$)/, (day) => date(day));
	// An exit rests on a notice or an event, not on a resolution.
	if (kind === 'exit') return text;
	if (['increase', 'reduction', 'loss'].includes(kind)) return m.shares_basis_resolution({ basis: text });
	return sharesChange === 0 ? m.shares_basis_voucher({ basis: text }) : m.shares_basis_resolution({ basis: text });
}

/** How far the shares are paid: voll eingezahlt, or how much of how much. */
export function paidText({ paidCents, nominalCents }: { paidCents: number; nominalCents: number }): string {
	return paidCents >= nominalCents
		? m.shares_fully_paid()
		: m.shares_partly_paid({ paid: euros(paidCents), nominal: euros(nominalCents) });
}
