// What is wrong with tables that are to move in, as sentences: for the page and for the list as a file.
import type { SheetLanguage } from '../../documents/spreadsheet.ts';
import type { Field } from '../rules/fields.ts';
import type { Problem, ProblemCode } from '../rules/problems.ts';
import { headingOf } from './template.ts';

/** Each problem in German and English; names in braces are values. */
const sentences: Readonly<Record<ProblemCode, readonly [german: string, english: string]>> = {
	'column-missing': ['Eine Spalte für „{field}“ fehlt.', 'A column for “{field}” is missing.'],
	'column-twice': ['„{field}“ ist zwei Spalten zugeordnet.', '“{field}” is assigned to two columns.'],
	'no-rows': ['Unter den Überschriften steht keine Zeile.', 'There is no row below the headings.'],
	'no-members-file': ['Es fehlt eine Datei mit den Mitgliedern.', 'A file with the members is missing.'],
	'period-locked': [
		'Das erste Guthaben liegt am {day}, die Bücher sind bis {lockedThrough} festgeschrieben.',
		'The first balance lies on {day}, but the books are closed up to {lockedThrough}.',
	],
	'creditor-id-missing': [
		'Für Mandate braucht die Genossenschaft eine Gläubiger-ID (unter „Genossenschaft“).',
		"Mandates need the cooperative's creditor id (under “Cooperative”).",
	],
	'cell-missing': ['Hier fehlt eine Angabe.', 'Something is missing here.'],
	'cell-too-long': ['Der Text ist länger als {most} Zeichen.', 'The text is longer than {most} characters.'],
	'characters-broken': [
		'Der Text ist mit falscher Kodierung gespeichert: „{value}“. Bitte die Datei als UTF-8 oder .xlsx speichern.',
		'The text was saved with the wrong encoding: “{value}”. Please save the file as UTF-8 or .xlsx.',
	],
	'number-wrong': [
		'„{value}“ ist keine Mitgliedsnummer (ganze Zahl über null).',
		'“{value}” is no member number (a whole number above zero).',
	],
	'number-twice': [
		'Mitgliedsnummer {number} steht schon in Zeile {row}.',
		'Member number {number} is in row {row} already.',
	],
	'number-taken': [
		'Mitgliedsnummer {number} ist im Programm schon vergeben.',
		'Member number {number} is taken in the program already.',
	],
	'member-unknown': ['Mitglied {number} steht in keiner Mitgliederdatei.', 'Member {number} is in no file of members.'],
	'name-missing': ['Der Name fehlt.', 'The name is missing.'],
	'name-unclear': [
		'„{value}“ lässt sich nicht in Nachname und Vorname teilen. Bitte „Nachname, Vorname“ schreiben oder die Art angeben.',
		'“{value}” cannot be split into family and given names. Please write “family name, given names” or say the kind.',
	],
	'name-and-organisation': [
		'Eine Person kann nicht zugleich eine Firma sein.',
		'A person cannot be an organisation at the same time.',
	],
	'kind-unknown': [
		'Die Art „{value}“ ist nicht bekannt (Privatperson, Firma, Verein, Gemeinde, GbR …).',
		'The kind “{value}” is not known (person, company, association, municipality, partnership …).',
	],
	'kind-mismatch': ['Art und Name passen nicht zusammen.', 'Kind and name do not go together.'],
	'investing-unclear': ['„{value}“ ist weder ja noch nein.', '“{value}” is neither yes nor no.'],
	'investing-not-allowed': [
		'Die Satzung lässt keine investierenden Mitglieder zu.',
		'The statute does not allow investing members.',
	],
	'postcode-wrong': ['„{value}“ ist keine deutsche Postleitzahl.', '“{value}” is no German postcode.'],
	'country-unknown': [
		'Das Land „{value}“ ist nicht bekannt; am besten zwei Buchstaben (DE, AT …).',
		'The country “{value}” is not known; best use two letters (DE, AT …).',
	],
	'email-wrong': ['„{value}“ ist keine E-Mail-Adresse.', '“{value}” is no e-mail address.'],
	'tax-id-wrong': ['Das ist keine gültige Steuer-ID.', 'This is no valid tax id.'],
	'iban-wrong': [
		'Die IBAN {value} ist falsch: Länge oder Prüfziffern stimmen nicht.',
		'The IBAN {value} is wrong: length or check digits do not fit.',
	],
	'day-wrong': ['„{value}“ ist kein Tag, den es gibt.', '“{value}” is no day that exists.'],
	'day-in-future': ['Der {day} liegt in der Zukunft.', '{day} lies in the future.'],
	'exit-before-entry': [
		'Der Austritt am {day} liegt vor dem Eintritt am {joinedOn}.',
		'The exit on {day} lies before the entry on {joinedOn}.',
	],
	'entry-missing': [
		'Der Eintritt fehlt, und es gibt keine Bewegung, die ihn nennt.',
		'The day of entry is missing, and no movement names it.',
	],
	'birth-after-entry': [
		'Geboren am {day}, aber schon am {joinedOn} beigetreten?',
		'Born on {day}, but joined on {joinedOn} already?',
	],
	'guardian-missing': ['Minderjährig, aber ohne gesetzlichen Vertreter.', 'A minor without a guardian.'],
	'shares-wrong': ['„{value}“ ist keine Zahl von Anteilen.', '“{value}” is no number of shares.'],
	'shares-missing': [
		'Die Zahl der Anteile fehlt (bei Ausgeschiedenen die zuletzt gehaltene).',
		'The number of shares is missing (for former members the last one held).',
	],
	'shares-differ': [
		'Die Datei nennt {held} Anteile, die Bewegungen ergeben {sum}.',
		'The file says {held} shares, the movements add up to {sum}.',
	],
	'movement-unknown': [
		'Der Vorgang „{value}“ ist nicht bekannt (Beitritt, Zeichnung, Kündigung, Übertragung …).',
		'The movement “{value}” is not known (joining, subscription, notice, transfer …).',
	],
	'movement-sign': ['{value} Anteile passen nicht zu einem Zugang.', '{value} shares do not fit an addition.'],
	'before-entry': ['Der {day} liegt vor dem Eintritt am {joinedOn}.', '{day} lies before the entry on {joinedOn}.'],
	'after-exit': ['Der {day} liegt nach dem Austritt am {leftOn}.', '{day} lies after the exit on {leftOn}.'],
	'first-movement': [
		'Die erste Bewegung ({day}) muss der Beitritt am {joinedOn} sein.',
		'The first movement ({day}) must be the joining on {joinedOn}.',
	],
	'below-one-share': [
		'Am {day} blieben {shares} Anteile: Wer Mitglied ist, hält mindestens einen.',
		'On {day} {shares} shares would be left: a member holds at least one.',
	],
	'below-mandatory': ['{shares} Anteile, die Satzung verlangt {min}.', '{shares} shares, the statute demands {min}.'],
	'over-limit': [
		'{shares} Anteile, die Satzung erlaubt höchstens {max}.',
		'{shares} shares, the statute allows {max} at most.',
	],
	'amount-wrong': ['„{value}“ ist kein eindeutiger Betrag.', '“{value}” is no clear amount.'],
	'amount-zero': ['Der Betrag muss größer als null sein.', 'The amount must be above zero.'],
	'paid-over-nominal': [
		'Am {day} wären {paidCents} eingezahlt, die Anteile fassen nur {nominalCents}.',
		'On {day} {paidCents} would be paid in, but the shares take {nominalCents} only.',
	],
	'paid-below-zero': ['Das Guthaben läge bei {cents}.', 'The balance would be {cents}.'],
	'paid-differs': [
		'Die Datei nennt {paidCents}, die Zahlungen ergeben {sumCents}.',
		'The file says {paidCents}, the payments add up to {sumCents}.',
	],
	'due-over-nominal': [
		'Fällig wären {dueCents}, die Anteile fassen nur {nominalCents}.',
		'{dueCents} would be due, but the shares take {nominalCents} only.',
	],
	'settlement-open': [
		'Ausgeschieden, aber {openCents} sind noch nicht ausgezahlt: Sie kommen als Auseinandersetzungsguthaben in die Warteschlange der Auszahlungen.',
		'Left, but {openCents} are not paid out yet: they take their place in the queue of settlements.',
	],
	'mandate-reference-wrong': [
		'„{value}“ ist keine Mandatsreferenz (höchstens 35 Zeichen ohne Sonderzeichen).',
		'“{value}” is no mandate reference (at most 35 characters, no special ones).',
	],
	'mandate-twice': ['Die Mandatsreferenz {value} kommt zweimal vor.', 'Mandate reference {value} is there twice.'],
	'mandate-taken': [
		'Die Mandatsreferenz {value} ist im Programm schon vergeben.',
		'Mandate reference {value} is taken in the program already.',
	],
	'mandate-second': [
		'Mitglied {number} hat schon ein Mandat; es kann nur eines gelten.',
		'Member {number} has a mandate already; only one can stand.',
	],
	'mandate-iban-missing': ['Zum Mandat fehlt die IBAN.', 'The mandate lacks its IBAN.'],
	'mandate-day-missing': ['Zum Mandat fehlt der Tag der Unterschrift.', 'The mandate lacks the day it was signed.'],
	'mandate-of-left': [
		'Das Mitglied ist ausgeschieden; das Mandat wird nicht übernommen.',
		'The member has left; the mandate is not taken over.',
	],
	'exit-not-year-end': [
		'Der Austritt am {day} ist kein Ende eines Geschäftsjahres; nach § 65 GenG endet eine Mitgliedschaft nur dann.',
		'The exit on {day} is not the end of a fiscal year; by § 65 GenG a membership ends only then.',
	],
	'notice-day-missing': [
		'Gekündigt zum {day}, aber ohne den Tag, an dem die Kündigung einging: Es gilt der Tag des Umzugs.',
		'Notice given for {day}, but without the day it arrived: the day of the move counts.',
	],
	'notice-after-exit': [
		'Die Kündigung am {day} liegt nach dem Austritt am {leftOn} oder vor dem Eintritt.',
		'The notice on {day} is after the exit on {leftOn} or before the entry.',
	],
	'notice-without-exit': [
		'Gekündigt am {day}, aber ohne Tag des Austritts.',
		'Notice given on {day}, but no day of exit.',
	],
	'representative-missing': [
		'Eine Organisation, aber ohne die Person, die für sie handelt.',
		'An organisation without the person who acts for it.',
	],
	'representative-unnamed': ['Eine Adresse, aber kein Name dazu.', 'An address without a name.'],
};

const germanDay = (day: string): string => day.split('-').reverse().join('.');

function euros(cents: number, language: SheetLanguage): string {
	const text = (Math.abs(cents) / 100).toLocaleString(language, { minimumFractionDigits: 2 });
	const sign = cents < 0 ? '−' : '';
	return language === 'de' ? `${sign}${text} €` : `${sign}€${text}`;
}

function spoken(name: string, value: string | number | boolean, language: SheetLanguage): string {
	if (name === 'field') return headingOf(value as Field);
	if (typeof value === 'number') {
		if (/cents$/i.test(name)) return euros(value, language);
		return name === 'number' || name === 'row' ? String(value) : value.toLocaleString(language);
	}
	const text = String(value);
	return language === 'de' && /^\d{4}-\d{2}-\d{2}$/.test(text) ? germanDay(text) : text;
}

/** A problem as a sentence; days and amounts as people write them. */
export function sentenceOf({ code, values }: Pick<Problem, 'code' | 'values'>, language: SheetLanguage): string {
	const [german, english] = sentences[code];
	return (language === 'de' ? german : english).replaceAll(/\{(\w+)\}/g, (braced, name: string) => {
		const value = values[name];
		return value === undefined ? braced : spoken(name, value, language);
	});
}
