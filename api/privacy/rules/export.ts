// The personal export (Art. 15 GDPR): which table belongs to which section, which columns say nothing about a person, how a value reads.
import type { Day } from '../../values/calendar.ts';

/** The sections of an export, in the order they are read. */
export const sectionNames = [
	...(['masterData', 'bankAndTaxNumbers', 'account', 'declarations', 'register', 'inspections', 'shares'] as const),
	...(['leaving', 'payments', 'mandates', 'ledger', 'dividends', 'taxStanding', 'votes', 'documents'] as const),
	...(['mails', 'sessions', 'notes', 'restricted', 'other', 'log'] as const),
] as const;
export type SectionName = (typeof sectionNames)[number];

const sectionOf: Readonly<Record<string, SectionName>> = {
	members: 'masterData',
	member_secrets: 'bankAndTaxNumbers',
	account_changes: 'bankAndTaxNumbers',
	former_emails: 'account',
	persons: 'account',
	device_tokens: 'account',
	recovery_codes: 'account',
	account_links: 'account',
	sessions: 'sessions',
	applications: 'declarations',
	application_confirmations: 'declarations',
	share_requests: 'declarations',
	round_subscriptions: 'declarations',
	register_events: 'register',
	register_inspections: 'inspections',
	share_movements: 'shares',
	share_dues: 'shares',
	share_transfers: 'shares',
	loss_lines: 'shares',
	exits: 'leaving',
	settlements: 'leaving',
	settlement_payouts: 'leaving',
	settlement_reliefs: 'leaving',
	payments: 'payments',
	payout_items: 'payments',
	payout_returns: 'payments',
	payout_outcomes: 'payments',
	debit_items: 'payments',
	statement_lines: 'payments',
	credited_overpayments: 'payments',
	reminders: 'payments',
	claim_pauses: 'payments',
	mandates: 'mandates',
	postings: 'ledger',
	dividend_lines: 'dividends',
	exemption_orders: 'taxStanding',
	tax_attributes: 'taxStanding',
	tax_certificates: 'taxStanding',
	ballot_entitlements: 'votes',
	ballot_votes: 'votes',
	documents: 'documents',
	notices: 'mails',
	member_notes: 'notes',
	member_representatives: 'masterData',
	restricted_data: 'restricted',
	deletion_log: 'restricted',
};

/** The section rows of a table belong to; a table that nobody has named yet stands under 'other', so that nothing is missing. */
export function sectionOfTable(table: string): SectionName {
	return sectionOf[table] ?? 'other';
}

/** What proves who somebody is, and copies made only to search or sort: neither is told. */
const untold = new Set([
	'password_hash',
	'totp_sealed',
	'totp_pending_sealed',
	'totp_step',
	'search_text',
	'words',
	'sort_name',
]);

/** True if a column is part of an export. */
export function isTold(table: string, column: string): boolean {
	return !untold.has(column) && !(table === 'documents' && column === 'content');
}

/** 'share_movements' → 'shareMovements'. */
export function camelOf(name: string): string {
	return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The export as a file that programs read. */
export interface PersonalData {
	format: 'gemeinwatt.personal-data';
	version: 1;
	asOf: string;
	cooperative: { name: string; street: string; postcode: string; town: string; email: string };
	person: { memberNumber: number; name: string };
	/** Art. 15(1) GDPR: purposes, legal bases, recipients, periods, rights, source */
	information: readonly string[];
	/** every record with the table it stands in */
	sections: Record<SectionName, readonly Record<string, unknown>[]>;
}

const cents = (value: number, german: boolean): string => {
	const [whole = '', rest = ''] =
		String(Math.abs(value))
			.padStart(3, '0')
			.match(/^(.*)(..)$/)
			?.slice(1) ?? [];
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, german ? '.' : ',');
	return `${value < 0 ? '−' : ''}${german ? `${grouped},${rest} €` : `€${grouped}.${rest}`}`;
};

const dayText = (day: Day, german: boolean): string => (german ? day.split('-').reverse().join('.') : day);

/** A value as a person reads it; the name's ending says what it is. Empty for nothing. */
export function readable(name: string, value: unknown, german: boolean): string {
	if (value === null || value === undefined || value === '') return '';
	if (typeof value === 'boolean') return german ? (value ? 'ja' : 'nein') : value ? 'yes' : 'no';
	if (typeof value === 'number') return /cents$/i.test(name) ? cents(value, german) : String(value);
	if (typeof value === 'string') {
		if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return dayText(value, german);
		const instant = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(value);
		return instant ? `${dayText(instant[1] ?? '', german)} ${instant[2]} UTC` : value;
	}
	if (Array.isArray(value))
		return value
			.map((one) => readable('', one, german))
			.filter(Boolean)
			.join(', ');
	return Object.entries(value as object)
		.map(([key, inner]) => [key, readable(key, inner, german)])
		.filter(([, text]) => text !== '')
		.map(([key, text]) => `${key}: ${text}`)
		.join('; ');
}

const technical = /^(id|table|.*Id|.*Hash|sha256|reverses|replaces|entry|line|place)$/;

/** The fields of a record that a person reads: no keys of other records, nothing empty. */
export function readableFields(
	record: Readonly<Record<string, unknown>>,
	german: boolean,
	label: (name: string) => string,
): { label: string; value: string }[] {
	return Object.entries(record).flatMap(([name, value]) => {
		const text = technical.test(name) ? '' : readable(name, value, german);
		return text === '' ? [] : [{ label: label(name), value: text }];
	});
}
