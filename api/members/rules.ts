// Who may join and what must be declared; how names are written, sorted and found.
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

/** Who has custody of a minor and must consent to the declaration (§§ 107, 1629 BGB). Without an e-mail address the consent comes on paper. */
export interface Guardian {
	name: string;
	email: string | null;
}

/** What somebody says about themselves to join. Secrets (IBAN, birth date, tax id) are kept apart. */
export interface Applicant {
	kind: MemberKind;
	investing: boolean;
	name: Name;
	address: Address;
	/** who signs for an organisation; of a minor the guardians' names */
	representative: string | null;
	/** of a minor: everybody who has custody */
	guardians?: readonly Guardian[];
	/** the one guardian named has custody alone */
	soleCustody?: boolean;
	/** who declares for the applicant with authority in text form (§ 15(1) S. 3 GenG) */
	proxy?: string | null;
	/** wants the statute as a printout (M-02) */
	printout?: boolean;
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
	'entry-fee',
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
	/** declared with it, but by itself: further shares in a subscription round, which the same signature covers (M-10) */
	further?: { round: string; count: number; clauses: Clause[] };
}

/**
 * What may be done with an application in which state; pages and services ask this table. A rejected one waits until its notice is
 * out and is then deleted (M-05).
 */
export const applicationCan = { admit: ['declared'], reject: ['declared'], forget: ['rejected'] } as const;
export type ApplicationState = 'declared' | 'admitted' | 'rejected';

/** True if an application in that state can be treated so. */
export function canApplication(verb: keyof typeof applicationCan, state: ApplicationState): boolean {
	return (applicationCan[verb] as readonly string[]).includes(state);
}

const euros = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')} Euro`;

/**
 * The clauses a declaration needs under these terms, worded for the applicant (German: the declaration is a German legal act).
 * The duty to further payments only if the statute has it; an entry fee and a notice period longer than a year are acknowledged
 * (§ 15a S. 2 GenG). With `further` for the declaration to take further shares, which costs no entry fee.
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
	if (terms.entryFeeCents > 0 && !further) {
		clauses.push({
			id: 'entry-fee',
			text: `Mir ist bekannt, dass die Satzung ein einmaliges Eintrittsgeld von ${euros(terms.entryFeeCents)} vorsieht, das nicht zurückgezahlt wird.`,
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
 * Checks birth date and who acts, on the day of the declaration. Returns whether the applicant is a minor. For a body somebody signs;
 * for a minor everybody who has custody is named: two, or one who has it alone.
 * Refuses invalid `members.birth-date-needed`, `members.birth-date-wrong`, `members.guardian-needed`, `members.second-guardian-needed`,
 * `members.representative-needed`, `members.name-kind-mismatch`, `members.email-unusable`, `members.investing-not-allowed` (M-07).
 */
export function checkApplicant(applicant: Applicant, birthDate: Day | null, terms: StatuteTerms, day: Day): boolean {
	const { kind, name, investing, representative } = applicant;
	checkName(kind, name);
	if (!isEmail(applicant.email)) throw new Refusal('invalid', 'members.email-unusable', {}, { field: 'email' });
	if (investing && !terms.investingMembers) {
		throw new Refusal('invalid', 'members.investing-not-allowed', {}, { rule: 'M-07', field: 'investing' });
	}
	if (kind !== 'natural') {
		if (!representative?.trim()) {
			throw new Refusal('invalid', 'members.representative-needed', {}, { rule: 'M-01', field: 'representative' });
		}
		return false;
	}
	if (birthDate === null) throw new Refusal('invalid', 'members.birth-date-needed', {}, { field: 'birthDate' });
	if (!isDay(birthDate) || birthDate > day)
		throw new Refusal('invalid', 'members.birth-date-wrong', {}, { field: 'birthDate' });
	const minor = isMinor(birthDate, day);
	if (minor) checkGuardians(applicant);
	return minor;
}

function checkGuardians({ guardians = [], soleCustody = false }: Applicant): void {
	if (guardians.length === 0)
		throw new Refusal('invalid', 'members.guardian-needed', {}, { rule: 'M-01', field: 'guardians.0.name' });
	if (guardians.length === 1 && !soleCustody)
		throw new Refusal('invalid', 'members.second-guardian-needed', {}, { rule: 'M-01', field: 'guardians.1.name' });
	for (const [i, { email }] of guardians.entries()) {
		if (email !== null && !isEmail(email))
			throw new Refusal('invalid', 'members.email-unusable', {}, { field: `guardians.${i}.email` });
	}
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

const spelled: Readonly<Record<string, string>> = {
	...{ ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' },
	...{ ø: 'oe', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd' },
};

/** Text as people search for it: lower case, umlauts spelled out, accents dropped, single blanks. 'Groß-Bühler' → 'gross-buehler'. */
export function searchable(text: string): string {
	return text
		.toLowerCase()
		.replace(/[äöüßøæœłđ]/g, (letter) => spelled[letter] ?? letter)
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

/** A word as the index of words holds it: umlauts and ß, however spelled, are one letter. 'mueller', 'müller' and 'muller' → 'muller'. */
export function foldedWord(word: string): string {
	return searchable(word).replace(/([aou])e|(s)s/g, '$1$2');
}

/** A word of a search: folded; `ibanEnd` where it can be the last four characters of an IBAN. */
export interface SearchWord {
	word: string;
	ibanEnd?: string;
}

/**
 * What somebody typed, as at most eight words to look for: folded, signs at the ends dropped, numbers without leading zeros.
 * A whole IBAN, with or without blanks, is looked for by its end.
 */
export function searchWords(typed: string): SearchWord[] {
	const whole = normalised(typed);
	if (/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(whole)) return [{ word: whole.toLowerCase(), ibanEnd: whole.slice(-4) }];
	return searchable(typed)
		.split(' ')
		.map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
		.filter(Boolean)
		.slice(0, 8)
		.map((word) => ({
			word: foldedWord(word).replace(/^0+(?=[1-9][0-9]*$)/, ''),
			...(/^(?=.*[0-9])[0-9a-z]{4}$/.test(word) ? { ibanEnd: word.toUpperCase() } : {}),
		}));
}

/**
 * Whether a word begins as somebody meant who mistyped: one letter wrong, missing, too many, or two swapped; two such slips from
 * eight letters on. Words under four letters are never taken for others.
 */
export function isNearlyTyped(typed: string, word: string): boolean {
	const slips = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
	// Compared with each beginning of the word that slips could have made: distances along the last row of the table.
	const head = word.slice(0, typed.length + slips);
	let [older, previous]: [number[], number[]] = [[], Array.from({ length: head.length + 1 }, (_, j) => j)];
	for (let i = 1; i <= typed.length; i++) {
		const row = [i];
		for (let j = 1; j <= head.length; j++) {
			const same = typed[i - 1] === head[j - 1];
			let least = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
			if (i > 1 && j > 1 && typed[i - 1] === head[j - 2] && typed[i - 2] === head[j - 1])
				least = Math.min(least, (older[j - 2] ?? 0) + 1);
			row.push(least);
		}
		[older, previous] = [previous, row];
	}
	return previous.slice(Math.max(0, typed.length - slips)).some((distance) => distance <= slips);
}
