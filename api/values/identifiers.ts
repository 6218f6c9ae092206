// Numbers that others give out (banks, tax office, grid, registers): is this one well formed, and is its check digit right?
// Every predicate is strict: no spaces, upper case. Where people type them with spaces, clean with `normalised` first.

/** What people type or paste, made comparable: all white space removed, letters in upper case. */
export function normalised(text: string): string {
	return text.replace(/\s/g, '').toUpperCase();
}

/** Account numbers of the SEPA countries, by country: n digits, a letters, c both, each with its count (ISO 13616 registry). */
const accountLayouts: Readonly<Record<string, string>> = {
	AD: 'n8c12',
	AL: 'n8c16',
	AT: 'n16',
	BE: 'n12',
	BG: 'a4n6c8',
	CH: 'n5c12',
	CY: 'n8c16',
	CZ: 'n20',
	DE: 'n18',
	DK: 'n14',
	EE: 'n16',
	ES: 'n20',
	FI: 'n14',
	FR: 'n10c11n2',
	GB: 'a4n14',
	GI: 'a4c15',
	GR: 'n7c16',
	HR: 'n17',
	HU: 'n24',
	IE: 'a4n14',
	IS: 'n22',
	IT: 'a1n10c12',
	LI: 'n5c12',
	LT: 'n16',
	LU: 'n3c13',
	LV: 'a4c13',
	MC: 'n10c11n2',
	MD: 'c20',
	ME: 'n18',
	MK: 'n3c10n2',
	MT: 'a4n5c18',
	NL: 'a4n10',
	NO: 'n11',
	PL: 'n24',
	PT: 'n21',
	RO: 'a4c16',
	RS: 'n18',
	SE: 'n20',
	SI: 'n15',
	SK: 'n20',
	SM: 'a1n10c12',
	VA: 'n18',
};

const characterClasses: Readonly<Record<string, string>> = { n: '[0-9]', a: '[A-Z]', c: '[0-9A-Z]' };

const accountPatterns: ReadonlyMap<string, RegExp> = new Map(
	Object.entries(accountLayouts).map(([country, layout]) => [
		country,
		new RegExp(
			`^${layout.replace(/([nac])(\d+)/g, (_, kind: string, count) => `${characterClasses[kind]}{${count}}`)}$`,
		),
	]),
);

/** ISO 7064 mod 97-10 over letters (A=10 … Z=35) and digits: the remainder, 1 if right. */
function mod97(text: string): number {
	let rest = 0;
	for (const character of text) {
		const value = Number.parseInt(character, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest;
}

/** Both check digits come from 98 − remainder, so 00, 01 and 99 never occur although the remainder would fit. */
function hasPossibleCheckDigits(text: string): boolean {
	return /^[A-Z]{2}(0[2-9]|[1-8][0-9]|9[0-8])/.test(text);
}

/**
 * True for an IBAN of a SEPA country: length and layout of that country, check digits by ISO 13616 mod 97 (B-01).
 * Accounts outside SEPA are false: the cooperative can neither pay them nor collect from them.
 */
export function isIban(text: string): boolean {
	const layout = accountPatterns.get(text.slice(0, 2));
	if (!layout?.test(text.slice(4)) || !hasPossibleCheckDigits(text)) return false;
	return mod97(text.slice(4) + text.slice(0, 4)) === 1;
}

/** An IBAN for the screen: country and last four characters, 'DE•• •••• 3000'. Works on any text, shows nothing of a short one. */
export function maskedIban(iban: string): string {
	const text = normalised(iban);
	return text.length < 10 ? '••••' : `${text.slice(0, 2)}•• •••• ${text.slice(-4)}`;
}

/**
 * True for a German SEPA creditor id (Gläubiger-Identifikationsnummer): DE, 2 check digits, 3 characters of business
 * code that the check ignores, 11 digits; 18 characters in all (B-02, Deutsche Bundesbank).
 */
export function isCreditorId(text: string): boolean {
	if (!/^DE[0-9]{2}[0-9A-Z]{3}[0-9]{11}$/.test(text) || !hasPossibleCheckDigits(text)) return false;
	return mod97(text.slice(7) + text.slice(0, 4)) === 1;
}

/**
 * True for a German tax id (Steuerliche Identifikationsnummer, IdNr, § 139b AO): 11 digits, not beginning with 0; among
 * the first ten exactly one digit occurs twice or three times, three never side by side (numbers given out since 2016),
 * every other at most once; check digit by ISO 7064 mod 11,10 (T-21).
 */
export function isTaxId(text: string): boolean {
	if (!/^[1-9][0-9]{10}$/.test(text) || /^[0-9]{0,7}([0-9])\1\1/.test(text)) return false;
	const digits = [...text].map(Number);
	const counts = new Map<number, number>();
	for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
	const repeated = [...counts.values()].filter((count) => count > 1);
	if (repeated.length !== 1 || (repeated[0] !== 2 && repeated[0] !== 3)) return false;
	const product = digits.slice(0, 10).reduce((p, digit) => (2 * ((digit + p) % 10 || 10)) % 11, 10);
	return digits[10] === (11 - product) % 10;
}

/** Sum of digits with two weights in turn, the first digit weighted by `first`, the second by `second`. */
function alternatingSum(digits: string, first: number, second: number): number {
	return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 ? second : first), 0);
}

/** True for the id of a market location (Marktlokation, MaLo): 11 digits, first 1–9, check digit by the BDEW method (E-40). */
export function isMaLo(text: string): boolean {
	if (!/^[1-9][0-9]{10}$/.test(text)) return false;
	return Number(text[10]) === (10 - (alternatingSum(text.slice(0, 10), 1, 2) % 10)) % 10;
}

/**
 * True for the id of a metering location (Messlokation, MeLo, formerly Zählpunktbezeichnung): 33 characters, DE, 6 digits
 * grid operator, 5 digits postcode, 20 digits or capital letters; it carries no check digit (E-41).
 */
export function isMeLo(text: string): boolean {
	return /^DE[0-9]{11}[0-9A-Z]{20}$/.test(text);
}

/** What a number of the register can stand for: things of power and gas, then roles in the market (BNetzA MaStR-Nummernkonzept). */
const mastrPrefixes = new Set(
	'SEE SVE SSE SME EEG KWK SEL SVL SGE SNE GEE GVE GSE GEL GVL GNE ABR SNB GNB SEM AGM'.split(' '),
);

/**
 * True for a number of the market master data register (Marktstammdatenregister, MaStR): three letters of a known kind
 * (SEE unit, EEG plant, SEL location, ABR operator …), 9, ten digits and a check digit by the EAN method (E-42).
 */
export function isMastrNumber(text: string): boolean {
	if (!/^[A-Z]{3}9[0-9]{11}$/.test(text) || !mastrPrefixes.has(text.slice(0, 3))) return false;
	return Number(text[14]) === (10 - (alternatingSum(text.slice(3, 14), 3, 1) % 10)) % 10;
}

const eicAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-';

/**
 * True for an energy identification code (EIC): 16 characters of 0–9, A–Z and '-', the last one a check character
 * that is never '-' (E-43, ENTSO-E reference manual).
 */
export function isEic(text: string): boolean {
	if (!/^[0-9A-Z-]{15}[0-9A-Z]$/.test(text)) return false;
	const sum = [...text.slice(0, 15)].reduce((s, character, i) => s + (16 - i) * eicAlphabet.indexOf(character), 0);
	return text[15] === eicAlphabet[36 - ((sum + 36) % 37)];
}
