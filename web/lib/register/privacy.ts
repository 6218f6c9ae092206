// The words of deletion and retention.
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

type Category = 'account' | 'contact' | 'bank' | 'birth-date' | 'tax-id' | 'declaration' | 'document' | 'archive';

const categories: Readonly<Record<Category, () => string>> = {
	account: m.privacy_category_account,
	contact: m.privacy_category_contact,
	bank: m.privacy_category_bank,
	'birth-date': m.privacy_category_birth_date,
	'tax-id': m.privacy_category_tax_id,
	declaration: m.privacy_category_declaration,
	document: m.privacy_category_document,
	archive: m.privacy_category_archive,
};

/** A part of somebody's data: Bankverbindung, Kontakt … */
export const categoryWord = (category: Category): string => categories[category]();

/** What happens to it: gelöscht, or eingeschränkt bis 31.12.2029. */
export function actionWord(action: 'restricted' | 'erased', keepUntil: string | null): string {
	return action === 'restricted' ? m.privacy_restricted_until({ day: date(keepUntil) }) : m.privacy_erased();
}

/** From when on a part may go, or what it waits for. */
export function dueWord(dueOn: string | null): string {
	return dueOn === null ? m.privacy_waits_settlement() : m.privacy_due_from({ day: date(dueOn) });
}
