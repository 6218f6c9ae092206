// Who may join and what must be declared; how names are written, sorted and found; how the register of a day is folded.
import { isEmail } from '../accounts/rules.ts';
import type { StatuteTerms } from '../statute/rules.ts';
import { addMonths, type Day, isDay } from '../values/calendar.ts';
import { isIban, isTaxId, normalised } from '../values/identifiers.ts';
import { Refusal } from '../values/refusal.ts';

/** Kinds of members: person, company (Firma), other association (e. V.), municipality or other public body, partnership (GbR, OHG, KG). */
export const memberKinds = ['natural', 'company', 'association', 'public-body', 'partnership'] as const;
export type MemberKind = (typeof memberKinds)[number];

/** A name as the register holds it (M-20): of a person, or of a company or other body. */
export type Name = { familyName: string; givenNames: string } | { organisation: string };

/** An address as the register holds it; `country` in two letters (ISO 3166). */
export interface Address {
	street: string;
	postcode: string;
	town: string;
	country: string;
}

/** What somebody says about themselves to join. Secrets (IBAN, birth date, tax id) are kept apart. */
export interface Applicant {
	kind: MemberKind;
	investing: boolean;
	name: Name;
	address: Address;
	/** guardians of a minor, or who signs for an organisation */
	representative: string | null;
	email: string;
	phone: string | null;
	accountHolder: string | null;
	/** language of mails */
	locale: 'de' | 'en';
}

/** Clauses a declaration may need (§ 15a GenG, M-03, M-04); `highlighted` ones must stand out in an electronic form. */
export const clauseIds = [
	'payments',
	'further-payments',
	'notice-period',
	'unconditional',
	'statute-received',
] as const;
export type ClauseId = (typeof clauseIds)[number];

/** A clause as it is shown and, once declared, kept as proof. */
export interface Clause {
	id: ClauseId;
	text: string;
	highlighted: boolean;
	rule: string;
}

/** The proof of a declaration: the clauses as they were worded, and when. */
export interface Declaration {
	declaredAt: string;
	clauses: Clause[];
}

/** What may be done with an application in which state; pages and services ask this table. */
export const applicationCan = { admit: ['declared'], reject: ['declared'] } as const;
export type ApplicationState = 'declared' | 'admitted';

/** True if an application in that state can be treated so. */
export function canApplication(verb: keyof typeof applicationCan, state: ApplicationState): boolean {
	return (applicationCan[verb] as readonly string[]).includes(state);
}

const euros = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')} Euro`;

/**
 * The clauses a declaration needs under these terms, worded for the applicant (German: the declaration is a German legal act).
 * The duty to further payments only if the statute has it, the notice period only if it is longer than a year (§ 15a S. 2 GenG).
 */
export function requiredClauses(terms: StatuteTerms, further = false): Clause[] {
	const clauses: Clause[] = [
		{
			id: 'unconditional',
			text: further
				? 'Ich erkläre unbedingt, dass ich mich mit weiteren Geschäftsanteilen an der Genossenschaft beteilige.'
				: 'Ich erkläre unbedingt meinen Beitritt zur Genossenschaft.',
			highlighted: false,
			rule: 'M-04',
		},
		{
			id: 'payments',
			text: `Ich verpflichte mich, die nach Gesetz und Satzung geschuldeten Einzahlungen auf den Geschäftsanteil (${euros(terms.nominalCents)} je Anteil) zu leisten.`,
			highlighted: false,
			rule: 'M-03',
		},
	];
	if (terms.furtherLiability !== 'none') {
		const limit =
			terms.furtherLiability === 'limited' ? ` bis zur Haftsumme von ${euros(terms.liabilityCents)} je Anteil` : '';
		clauses.push({
			id: 'further-payments',
			text: `Ich verpflichte mich, die zur Befriedigung der Gläubiger erforderlichen Nachschüsse${limit} zu leisten.`,
			highlighted: true,
			rule: 'M-03',
		});
	}
	if (terms.noticeMonths > 12) {
		clauses.push({
			id: 'notice-period',
			text: `Mir ist bekannt, dass die Kündigungsfrist ${terms.noticeMonths} Monate zum Schluss eines Geschäftsjahres beträgt.`,
			highlighted: true,
			rule: 'M-03',
		});
	}
	clauses.push({
		id: 'statute-received',
		text: 'Ich konnte die Satzung in ihrer geltenden Fassung abrufen; ein Ausdruck wurde mir angeboten.',
		highlighted: false,
		rule: 'M-02',
	});
	return clauses;
}

/** The proof of a declaration. Refuses invalid `members.clause-missing` {clause} if a needed clause was not accepted (M-03). */
export function declarationOf(
	terms: StatuteTerms,
	accepted: readonly ClauseId[],
	at: Date,
	further = false,
): Declaration {
	const clauses = requiredClauses(terms, further);
	const missing = clauses.find(({ id }) => !accepted.includes(id));
	if (missing) {
		throw new Refusal(
			'invalid',
			'members.clause-missing',
			{ clause: missing.id },
			{ rule: missing.rule, field: 'clauses' },
		);
	}
	return { declaredAt: at.toISOString(), clauses };
}

/**
 * Whether a name fits the kind of member: persons have family and given names, all others an organisation's name.
 * Refuses invalid `members.name-kind-mismatch`.
 */
export function checkName(kind: MemberKind, name: Name): void {
	if ((kind === 'natural') !== 'familyName' in name)
		throw new Refusal('invalid', 'members.name-kind-mismatch', {}, { rule: 'M-20', field: 'name' });
}

/** True if somebody born on that day is under 18 on `day` (§ 2 BGB). */
export function isMinor(birthDate: Day, day: Day): boolean {
	return addMonths(birthDate, 18 * 12) > day;
}

/**
 * Checks birth date and who acts, on the day of the declaration. Returns whether the applicant is a minor.
 * Refuses invalid `members.birth-date-needed`, `members.birth-date-wrong`, `members.guardian-needed`, `members.name-kind-mismatch`,
 * `members.email-unusable`, `members.investing-not-allowed` (M-07).
 */
export function checkApplicant(applicant: Applicant, birthDate: Day | null, terms: StatuteTerms, day: Day): boolean {
	const { kind, name, investing, representative } = applicant;
	checkName(kind, name);
	if (!isEmail(applicant.email)) throw new Refusal('invalid', 'members.email-unusable', {}, { field: 'email' });
	if (investing && !terms.investingMembers) {
		throw new Refusal('invalid', 'members.investing-not-allowed', {}, { rule: 'M-07', field: 'investing' });
	}
	if (kind !== 'natural') return false;
	if (birthDate === null) throw new Refusal('invalid', 'members.birth-date-needed', {}, { field: 'birthDate' });
	if (!isDay(birthDate) || birthDate > day)
		throw new Refusal('invalid', 'members.birth-date-wrong', {}, { field: 'birthDate' });
	const minor = isMinor(birthDate, day);
	if (minor && !representative)
		throw new Refusal('invalid', 'members.guardian-needed', {}, { rule: 'M-01', field: 'representative' });
	return minor;
}

/** A typed IBAN, made comparable. Refuses invalid `members.iban-wrong` (B-01). */
export function ibanOf(typed: string): string {
	const iban = normalised(typed);
	if (!isIban(iban)) throw new Refusal('invalid', 'members.iban-wrong', {}, { rule: 'B-01', field: 'iban' });
	return iban;
}

/** A typed tax id (IdNr), made comparable. Refuses invalid `members.tax-id-wrong` (T-21). */
export function taxIdOf(typed: string): string {
	const taxId = normalised(typed);
	if (!isTaxId(taxId)) throw new Refusal('invalid', 'members.tax-id-wrong', {}, { rule: 'T-21', field: 'taxId' });
	return taxId;
}

/** The name in speaking order: 'Anke Sommer', or the organisation's. */
export function displayNameOf(name: Name): string {
	return 'organisation' in name ? name.organisation : `${name.givenNames} ${name.familyName}`;
}

const spelled: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

/** Text as people search for it: lower case, umlauts spelled out, accents dropped, single blanks. 'Groß-Bühler' → 'gross-buehler'. */
export function searchable(text: string): string {
	return text
		.toLowerCase()
		.replace(/[äöüß]/g, (letter) => spelled[letter] ?? letter)
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/\s+/g, ' ')
		.trim();
}

/** What a member is found by: name in both orders, number, town. */
export function searchTextOf(number: number, name: Name, town: string): string {
	const names = 'organisation' in name ? name.organisation : `${name.familyName} ${name.givenNames} ${name.familyName}`;
	return searchable(`${names} ${number} ${town}`);
}

/** An event of the register (see the table of the same name), oldest knowledge first in lists. */
export interface RegisterEvent {
	id: string;
	memberId: string;
	kind: 'joined' | 'changed' | 'left' | 'reversed';
	effectiveOn: Day;
	recordedAt: Date;
	name: Name | null;
	address: Address | null;
	sharesChange: number;
	reverses: string | null;
}

/** A line of the list of members on a day (M-20): names, address, further shares, and the days everything took effect. */
export interface RegisterEntry {
	name: Name;
	address: Address;
	joinedOn: Day;
	/** shares beyond the first (weitere Geschäftsanteile); 0 after the exit */
	furtherShares: number;
	/** the day of the latest change of further shares; null if there was none */
	furtherSharesSince: Day | null;
	/** last day of the membership */
	leftOn: Day | null;
}

/**
 * One member's line of the register on `day` as known at `knownAt`, folded from the member's events in any order;
 * undefined if the member had not joined. Later effective days win, of the same day what was recorded later.
 */
export function registerEntryOf(events: readonly RegisterEvent[], day: Day, knownAt: Date): RegisterEntry | undefined {
	const known = events.filter((e) => e.recordedAt <= knownAt);
	const reversed = new Set(known.map((e) => e.reverses));
	const valid = known
		.filter((e) => e.kind !== 'reversed' && !reversed.has(e.id) && e.effectiveOn <= day)
		.sort(
			(a, b) =>
				(a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0) ||
				a.recordedAt.getTime() - b.recordedAt.getTime() ||
				(a.id < b.id ? -1 : 1),
		);
	const joined = valid.find((e) => e.kind === 'joined');
	const name = valid.findLast((e) => e.name !== null)?.name;
	const address = valid.findLast((e) => e.address !== null)?.address;
	if (!joined || !name || !address) return undefined;
	const shares = valid.reduce((sum, e) => sum + e.sharesChange, 0);
	return {
		name,
		address,
		joinedOn: joined.effectiveOn,
		furtherShares: Math.max(0, shares - 1),
		furtherSharesSince:
			valid.findLast((e) => e.kind !== 'joined' && e.sharesChange !== 0)?.effectiveOn ??
			(shares > 1 ? joined.effectiveOn : null),
		leftOn: valid.findLast((e) => e.kind === 'left')?.effectiveOn ?? null,
	};
}
