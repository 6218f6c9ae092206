// How the books are written: sides of an account, names of accounts in the reader's language.
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** An account's name in the reader's language. */
export function accountName({ nameDe, nameEn }: { nameDe: string; nameEn: string }): string {
	return getLocale() === 'de' ? nameDe : nameEn;
}

/** A balance with its side: 1.204,50 € S (Soll, debit, positive) or H (Haben, credit, negative). */
export function sided(cents: number): string {
	if (cents === 0) return euros(0);
	return cents > 0
		? m.board_ledger_debit_amount({ amount: euros(cents) })
		: m.board_ledger_credit_amount({ amount: euros(-cents) });
}

/** The word for a kind of account: Aktiva, Eigenkapital, Verbindlichkeiten, Erträge, Aufwand, Vermerk. */
export function accountKind(kind: 'asset' | 'equity' | 'liability' | 'income' | 'expense' | 'memo'): string {
	const words = {
		asset: m.board_account_asset,
		equity: m.board_account_equity,
		liability: m.board_account_liability,
		income: m.board_account_income,
		expense: m.board_account_expense,
		memo: m.board_account_memo,
	};
	return words[kind]();
}
