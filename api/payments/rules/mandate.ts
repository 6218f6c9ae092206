// What a SEPA mandate must say, until when it may be used, and which sequence a collection under it has (B-14, B-15).
import { addMonths, type Day } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';

/** Recurring, or for one collection only. */
export const mandateKinds = ['recurring', 'one-off'] as const;
export type MandateKind = (typeof mandateKinds)[number];

/** How a mandate stands on a day. */
export type MandateState = 'standing' | 'lapsed' | 'revoked' | 'replaced' | 'used' | 'left';
export type MandateEnd = 'revoked' | 'replaced' | 'used' | 'left';

/** Who collects: as the mandate names the creditor. */
export interface Creditor {
	name: string;
	address: string;
	creditorId: string;
}

const lapseMonths = 36;

/** The last day on which a mandate may be used: 36 months after the last collection, or after it was signed (B-14). */
export function mandateUsableUntil(signedOn: Day, lastUsedOn: Day | null): Day {
	return addMonths(lastUsedOn !== null && lastUsedOn > signedOn ? lastUsedOn : signedOn, lapseMonths);
}

/** How a mandate stands on a day. */
export function mandateState(
	mandate: { signedOn: Day; lastUsedOn: Day | null; endReason: MandateEnd | null },
	day: Day,
): MandateState {
	if (mandate.endReason !== null) return mandate.endReason;
	return day > mandateUsableUntil(mandate.signedOn, mandate.lastUsedOn) ? 'lapsed' : 'standing';
}

/**
 * A mandate reference in its comparable form: upper case, without blanks. Refuses invalid `payments.mandate-reference-wrong` for
 * more than 35 characters, others than banks take, or a slash at the end, the beginning or doubled (B-12, B-14).
 */
export function mandateReferenceOf(typed: string): string {
	const reference = typed.trim().toUpperCase();
	const fits = /^[A-Z0-9+?/.,:()'-]{1,35}$/.test(reference) && !/^\/|\/$|\/\//.test(reference);
	if (!fits) throw new Refusal('invalid', 'payments.mandate-reference-wrong', {}, { rule: 'B-14', field: 'reference' });
	return reference;
}

/** The reference the program gives to a member's n-th mandate: 'GW-147-1'. */
export function ownMandateReference(memberNumber: number, serial: number): string {
	return `GW-${memberNumber}-${serial}`;
}

/** True if two references name the same mandate: case and blanks do not matter. */
export function sameReference(a: string, b: string): boolean {
	return normalised(a) === normalised(b);
}

/**
 * The authorisation as the member gives it, word for word (German: it goes to a German bank). It stands apart from every other text,
 * names the creditor and its id, and tells of the refund within eight weeks (B-14).
 */
export function authorisationText(
	{ name, address, creditorId }: Creditor,
	reference: string,
	kind: MandateKind,
	noticeDays: number,
): string {
	const kindText = kind === 'recurring' ? 'wiederkehrende Zahlungen' : 'eine einmalige Zahlung';
	return [
		'SEPA-Basislastschrift-Mandat',
		`Gläubiger: ${name}, ${address}`,
		`Gläubiger-Identifikationsnummer: ${creditorId}`,
		`Mandatsreferenz: ${reference}`,
		`Art: ${kindText}`,
		`Ich ermächtige ${name}, Zahlungen auf meine Geschäftsanteile von meinem Konto mittels Lastschrift einzuziehen. Zugleich weise ich mein Kreditinstitut an, die von ${name} auf mein Konto gezogenen Lastschriften einzulösen.`,
		'Hinweis: Ich kann innerhalb von acht Wochen, beginnend mit dem Belastungsdatum, die Erstattung des belasteten Betrags verlangen. Es gelten dabei die mit meinem Kreditinstitut vereinbarten Bedingungen.',
		`Der Einzug wird mir mindestens ${noticeDays} ${noticeDays === 1 ? 'Kalendertag' : 'Kalendertage'} vorher mit Betrag und Fälligkeit angekündigt.`,
	].join('\n');
}

/** The sequence of a collection (B-15): a one-off mandate's only one, the last one of who leaves, else a recurring one. */
export function sequenceOf(kind: MandateKind, last: boolean): 'OOFF' | 'RCUR' | 'FNAL' {
	if (kind === 'one-off') return 'OOFF';
	return last ? 'FNAL' : 'RCUR';
}
