// A member's timeline in sentences, each with the page where it can be followed up.
import { date, euros, number } from '#lib/format.ts';
import * as messages from '#lib/paraglide/messages.js';
import { m } from '#lib/paraglide/messages.js';
import type { paths } from '../api.d.ts';
import { certificateWord, movementKind } from './words.ts';

type Reply<Path extends keyof paths> = paths[Path] extends {
	get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
	? Body
	: never;

/** An event as the API tells it. */
export type TimelineEvent = Reply<'/api/members/{id}/timeline'>['events'][number];
/** The groups a timeline is filtered by. */
export type EventGroup = TimelineEvent['group'];
/** Something open with a member. */
export type OpenPoint = Reply<'/api/members/{id}/open-points'>[number];

/** An event as the page shows it. */
export interface EventView {
	title: string;
	/** what was written at the time: purpose, resolution, reason */
	text: string | null;
	/** days, entries and other members beside it */
	facts: string[];
	href?: string;
	/** id of a document that can be opened */
	document?: string;
}

const groups: Record<EventGroup, () => string> = {
	membership: m.desk_group_membership,
	shares: m.desk_group_shares,
	money: m.desk_group_money,
	dividend: m.desk_group_dividend,
	data: m.desk_group_data,
	papers: m.desk_group_papers,
	notes: m.desk_group_notes,
};

/** The name of a group: Mitgliedschaft, Anteile, Zahlungen … */
export const groupWord = (group: EventGroup): string => groups[group]();

/** A state, cause or channel the API names in English; the name itself if there is no word for it. */
function word(key: string | null): string {
	const sentence = (messages as unknown as Record<string, () => string>)[
		`desk_word_${(key ?? '').replaceAll('-', '_')}`
	];
	return sentence ? sentence() : (key ?? '');
}

const fieldOf: Record<string, () => string> = {
	...{ email: m.desk_field_email, phone: m.desk_field_phone, representative: m.desk_field_representative },
	...{ familyName: m.desk_field_name, givenNames: m.desk_field_name, organisation: m.desk_field_name },
	...{ street: m.desk_field_address, postcode: m.desk_field_address, town: m.desk_field_address },
	...{ country: m.desk_field_address, iban: m.desk_field_iban, taxId: m.desk_field_taxId },
	...{ birthDate: m.desk_field_birthDate, accountHolder: m.desk_field_accountHolder },
};

function fieldsOf(names: string | null): string {
	const words = (names ?? '').split(', ').map((name) => fieldOf[name]?.() ?? name);
	return [...new Set(words)].join(', ');
}

const transfer = (ref: string | null) => ({ href: `/vorstand/austritte/uebertragungen/${(ref ?? '').split(' ')[0]}` });
const journal = (ref: string | null) => (ref ? { href: `/vorstand/buchhaltung/journal/${ref}` } : {});

/** What an event is called, and where it leads. `memberId` is the member the timeline is of. */
function named(
	event: TimelineEvent,
	memberId: string,
): Pick<EventView, 'title' | 'href' | 'document'> & { text?: string | null } {
	const { kind, count: shares, ref, word: told } = event;
	const count = Math.abs(shares ?? 0);
	const state = word(told);
	const file = `/vorstand/mitglieder/${memberId}`;
	switch (kind) {
		case 'declared':
			return { title: m.desk_event_declared({ count }), href: `/vorstand/mitglieder/antraege/${ref}` };
		case 'joined':
			return { title: m.desk_event_joined(), href: `${file}/eintrag` };
		case 'left':
			return { title: m.desk_event_left(), href: `${file}/eintrag` };
		case 'reversed':
			return { title: m.desk_event_reversed(), href: `${file}/eintrag` };
		case 'register-changed':
			return { title: m.desk_event_register_changed(), href: `${file}/eintrag` };
		case 'exit-declared':
			return { title: m.desk_event_exit_declared({ cause: state }), href: `/vorstand/austritte/${ref}` };
		case 'exit-closed':
			return { title: m.desk_event_exit_closed({ state }), href: `/vorstand/austritte/${ref}` };
		case 'admission':
			return { title: m.desk_event_admission({ count }), href: `${file}/anteile` };
		case 'further':
			return { title: m.desk_event_further({ count }), href: `${file}/anteile` };
		case 'shares-moved':
			return {
				title: shares
					? m.desk_event_shares_moved({ kind: movementKind(told ?? ''), count: shares })
					: movementKind(told ?? ''),
				href: `${file}/anteile`,
			};
		case 'due':
			return { title: m.desk_event_due(), href: `${file}/anteile` };
		case 'round-subscribed':
			return { title: m.desk_event_round_subscribed({ count, state }), href: `/vorstand/mitglieder/runden/${ref}` };
		case 'request-declared':
			return { title: m.desk_event_request_declared({ count }), href: '/vorstand/mitglieder/anteile' };
		case 'request-decided':
			return { title: m.desk_event_request_decided({ count, state }) };
		case 'transfer-out':
			return { title: m.desk_event_transfer_out({ state }), ...transfer(ref) };
		case 'transfer-in':
			return { title: m.desk_event_transfer_in({ state }), ...transfer(ref) };
		case 'payment':
			return { title: told ? m.desk_event_payment_undone() : m.desk_event_payment(), ...journal(ref) };
		case 'payment-reversed':
			return { title: m.desk_event_payment_reversed(), ...journal(ref) };
		case 'payout-made':
			return { title: m.desk_event_payout_made({ state }), href: `/vorstand/auszahlungen/${ref}` };
		case 'payout-returned':
			return { title: m.desk_event_payout_returned(), ...journal(ref) };
		case 'mandate':
			return { title: m.desk_event_mandate({ channel: state }), href: `/vorstand/zahlungen/mitglied/${memberId}` };
		case 'mandate-ended':
			return { title: m.desk_event_mandate_ended({ reason: state }), href: `/vorstand/zahlungen/mitglied/${memberId}` };
		case 'debit':
			return { title: m.desk_event_debit({ state }), href: `/vorstand/zahlungen/lastschriften/${ref}` };
		case 'debit-returned':
			return { title: m.desk_event_debit_returned(), href: `/vorstand/zahlungen/lastschriften/${ref}` };
		case 'reminder':
			return {
				title: m.desk_event_reminder({ count: String(count), channel: state }),
				href: `/vorstand/zahlungen/mitglied/${memberId}`,
			};
		case 'pause':
			return { title: m.desk_event_pause({ kind: state }), href: `/vorstand/zahlungen/mitglied/${memberId}` };
		case 'settlement':
			return { title: m.desk_event_settlement({ state }), href: '/vorstand/austritte/auseinandersetzung' };
		case 'dividend':
			return { title: m.desk_event_dividend({ year: ref ?? '' }), href: `${file}/dividende/${ref}` };
		case 'exemption-order':
			return { title: m.desk_event_exemption_order(), href: `${file}/steuer` };
		case 'tax-certificate':
			return {
				title: m.desk_event_tax_certificate({ kind: certificateWord(told as Parameters<typeof certificateWord>[0]) }),
				href: `${file}/steuer`,
			};
		case 'file-changed':
			return { title: m.desk_event_file_changed({ fields: fieldsOf(told) }) };
		case 'secrets-revealed':
			return { title: m.desk_event_secrets_revealed({ purpose: told ?? '' }) };
		case 'document':
			return {
				title: m.desk_event_document({ name: event.text ?? '' }),
				text: null,
				...(ref ? { document: ref } : {}),
			};
		case 'inspection':
			return { title: m.desk_event_inspection({ state }), href: `/vorstand/mitglieder/einsicht/${ref}` };
		case 'note':
			return { title: m.desk_event_note({ name: told ?? '' }) };
	}
}

function factsOf({ kind, until, ref }: TimelineEvent): string[] {
	const day = until && date(until);
	const said = {
		'exit-declared': m.desk_event_last_day,
		'exit-closed': m.desk_event_last_day,
		settlement: m.desk_event_due_on,
		reminder: m.desk_event_pay_by,
	} as Partial<Record<TimelineEvent['kind'], (values: { day: string }) => string>>;
	const facts = day ? [(said[kind] ?? m.desk_event_until)({ day })] : [];
	if (ref && ['payment', 'payment-reversed', 'payout-returned'].includes(kind))
		facts.push(m.desk_event_entry({ number: ref }));
	const [, other] = ['transfer-in', 'transfer-out'].includes(kind) ? (ref ?? '').split(' ') : [];
	if (other) facts.push(m.desk_event_with({ number: other }));
	return facts;
}

/** An event in words. */
export function eventView(event: TimelineEvent, memberId: string): EventView {
	return { text: event.text, facts: factsOf(event), ...named(event, memberId) };
}

/** What is open with a member, in a line, with where it is done. */
export function openPointView(
	{ kind, amountCents, count, on, ref }: OpenPoint,
	member: { id: string; number: number },
): { title: string; text?: string; href?: string } {
	const amount = euros(amountCents ?? 0);
	const day = on ? date(on) : '';
	const file = `/vorstand/mitglieder/${member.id}`;
	switch (kind) {
		case 'claim':
			return {
				title: m.desk_open_claim({ amount }),
				...(day ? { text: m.desk_open_claim_since({ day }) } : {}),
				href: `/vorstand/zahlungen/mitglied/${member.id}`,
			};
		case 'overpaid':
			return { title: m.desk_open_overpaid({ amount }), href: '/vorstand/auszahlungen' };
		case 'request':
			return { title: m.desk_open_request({ count: count ?? 0 }), href: '/vorstand/mitglieder/anteile' };
		case 'exit':
			return {
				title: count ? m.desk_open_exit_partial({ count, day }) : m.desk_open_exit({ day }),
				href: `/vorstand/austritte/${ref}`,
			};
		case 'exit-withdrawal':
			return { title: m.desk_open_exit_withdrawal(), href: `/vorstand/austritte/${ref}` };
		case 'transfer':
			return { title: m.desk_open_transfer({ amount }), href: `/vorstand/austritte/uebertragungen/${ref}` };
		case 'settlement':
			return {
				title: m.desk_open_settlement({ amount }),
				...(day ? { text: m.desk_open_settlement_due({ day }) } : {}),
				href: '/vorstand/austritte/auseinandersetzung',
			};
		case 'inspection':
			return { title: m.desk_open_inspection(), href: `/vorstand/mitglieder/einsicht/${ref}` };
		case 'payout-returned':
			return { title: m.desk_open_payout_returned({ day }), href: '/vorstand/auszahlungen' };
		case 'paused':
			return {
				title: m.desk_open_paused(),
				...(day ? { text: m.desk_open_paused_until({ day }) } : {}),
				href: `/vorstand/zahlungen/mitglied/${member.id}`,
			};
		case 'no-account':
			return { title: m.desk_open_no_account(), href: `${file}/aendern` };
		case 'no-email':
			return { title: m.desk_open_no_email(), href: `${file}/aendern` };
	}
}

/** An amount or a number of shares beside an event, as one text; empty where it has neither. */
export function eventAmount({ amountCents, count, kind }: TimelineEvent): string {
	if (amountCents !== null) return euros(amountCents);
	return count !== null && kind !== 'reminder' ? number(count) : '';
}
