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

/** Where an entry that was not posted by hand is undone, by its kind: the page that made it; undefined where nothing can be undone. */
export function undonePlace(kind: string): { href: string; label: string } | undefined {
	const places: Record<string, { href: string; label: string }> = {
		payment: { href: '/vorstand/zahlungen', label: m.nav_payments() },
		payout: { href: '/vorstand/auszahlungen', label: m.board_tab_payouts() },
		opening: { href: '/vorstand/umzug', label: m.moving_tab() },
		dividend: { href: '/vorstand/dividende', label: m.nav_year() },
	};
	return Object.hasOwn(places, kind) ? places[kind] : undefined;
}
