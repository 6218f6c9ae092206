// Files to fill in: of each column the heading the program understands, an example, and what belongs there, in German and English.
import type { Field, FileKind } from '../rules/fields.ts';

/** A column of a file to fill in; `needed`: no row is read without it. */
export interface TemplateColumn {
	field: Field;
	heading: string;
	example: string;
	needed: boolean;
	explained: { de: string; en: string };
}

type Row = readonly [
	field: Field,
	heading: string,
	example: string,
	needed: 'needed' | '',
	german: string,
	english: string,
];

const rows: Readonly<Record<FileKind, readonly Row[]>> = {
	members: [
		['number', 'Mitgliedsnummer', '1', 'needed', 'Wie bisher; jede Nummer einmal.', 'As before; each number once.'],
		[
			'kind',
			'Mitgliedsart',
			'Privatperson',
			'',
			'Privatperson, Firma, Verein, Gemeinde oder GbR. Leer: nach dem Namen.',
			'Privatperson, Firma, Verein, Gemeinde or GbR (person, company, association, municipality, partnership). Empty: by the name.',
		],
		[
			'investing',
			'Investierend',
			'nein',
			'',
			'ja oder nein. Leer heißt nein.',
			'ja or nein (yes or no). Empty means no.',
		],
		[
			'familyName',
			'Nachname',
			'Sommer',
			'needed',
			'Von Privatpersonen; eine Organisation steht unter „Firma“.',
			'Of people; an organisation stands under “Firma”.',
		],
		['givenNames', 'Vorname', 'Anke', '', 'Alle Vornamen.', 'All given names.'],
		[
			'organisation',
			'Firma',
			'',
			'',
			'Name der Firma, des Vereins, der Gemeinde.',
			'Name of the company, association, municipality.',
		],
		[
			'representative',
			'Vertreter',
			'',
			'',
			'Wer für Minderjährige sorgt oder für eine Organisation handelt; mehrere mit Strichpunkt.',
			'Who has custody of a minor or acts for an organisation; several with a semicolon.',
		],
		[
			'representativeEmail',
			'E-Mail Vertreter',
			'',
			'',
			'Adresse der Vertreterin oder des Vertreters.',
			'Address of the representative.',
		],
		[
			'secondRepresentative',
			'Zweiter Vertreter',
			'',
			'',
			'Zum Beispiel der andere Elternteil.',
			'For example the other parent.',
		],
		['secondRepresentativeEmail', 'E-Mail zweiter Vertreter', '', '', 'Adresse dazu.', 'The address of that one.'],
		['street', 'Straße', 'Lindenweg', 'needed', 'Mit oder ohne Hausnummer.', 'With or without the house number.'],
		[
			'houseNumber',
			'Hausnummer',
			'4',
			'',
			'Wenn sie nicht bei der Straße steht.',
			'If it does not stand with the street.',
		],
		[
			'postcode',
			'PLZ',
			'43210',
			'needed',
			'Fünf Ziffern; eine fehlende führende Null wird ergänzt.',
			'Five digits; a leading zero that is missing is added.',
		],
		['town', 'Ort', 'Auental', 'needed', '', ''],
		['country', 'Land', 'DE', '', 'Zwei Buchstaben oder der Name. Leer: DE.', 'Two letters or the name. Empty: DE.'],
		[
			'email',
			'E-Mail',
			'anke.sommer@auental.example',
			'',
			'Für die Einladung ins Portal.',
			'For the invitation to the portal.',
		],
		['phone', 'Telefon', '', '', '', ''],
		[
			'birthDate',
			'Geburtsdatum',
			'12.04.1984',
			'',
			'TT.MM.JJJJ oder JJJJ-MM-TT, wie alle Tage.',
			'DD.MM.YYYY or YYYY-MM-DD, as all days.',
		],
		['taxId', 'Steuer-ID', '', '', 'Elf Ziffern, für die Dividende.', 'Eleven digits, for the dividend.'],
		['iban', 'IBAN', 'DE02120300000000202051', '', 'Wird verschlüsselt gespeichert.', 'Stored encrypted.'],
		['accountHolder', 'Kontoinhaber', '', '', 'Wenn es jemand anders ist.', 'If it is somebody else.'],
		[
			'joinedOn',
			'Eintritt',
			'01.04.2013',
			'',
			'Tag der Zulassung. Leer, wenn eine Datei der Bewegungen ihn nennt.',
			'Day of admission. Empty if a file of movements names it.',
		],
		['noticeOn', 'Kündigung am', '', '', 'Tag, an dem die Kündigung einging.', 'Day on which the notice arrived.'],
		[
			'leftOn',
			'Austritt',
			'',
			'',
			'Letzter Tag der Mitgliedschaft; darf in der Zukunft liegen, wenn schon gekündigt ist.',
			'Last day of the membership; may be in the future if notice has been given.',
		],
		[
			'shares',
			'Anteile',
			'3',
			'',
			'Zahl der Geschäftsanteile; bei Ausgeschiedenen die zuletzt gehaltene.',
			'Number of shares; of former members those held last.',
		],
		['paid', 'Geschäftsguthaben', '1.500,00', '', 'Eingezahlter Betrag in Euro.', 'Amount paid in, in euro.'],
		['paidOn', 'Guthaben am', '31.12.2025', '', 'Tag, von dem das Guthaben stammt.', 'Day the balance is of.'],
		['dueAmount', 'Offen', '', '', 'Was fällig und noch nicht bezahlt ist.', 'What is due and not yet paid.'],
		['dueOn', 'Fällig am', '', '', 'Seit wann.', 'Since when.'],
		[
			'mandateReference',
			'Mandatsreferenz',
			'',
			'',
			'Des SEPA-Mandats; dazu gehören IBAN und Mandatsdatum.',
			'Of the SEPA mandate; IBAN and date belong to it.',
		],
		['mandateSignedOn', 'Mandatsdatum', '', '', 'Tag der Unterschrift.', 'Day of the signature.'],
	],
	movements: [
		['number', 'Mitgliedsnummer', '1', 'needed', 'Wie in der Datei der Mitglieder.', 'As in the file of members.'],
		[
			'effectiveOn',
			'Datum',
			'01.04.2013',
			'needed',
			'Tag, an dem die Bewegung wirksam wurde.',
			'Day the movement took effect.',
		],
		[
			'movement',
			'Vorgang',
			'Beitritt',
			'',
			'Beitritt, Zeichnung, Kündigung oder Übertragung. Leer: nach dem Vorzeichen.',
			'Beitritt, Zeichnung, Kündigung or Übertragung (joining, subscription, notice, transfer). Empty: by the sign.',
		],
		[
			'shares',
			'Anteile',
			'3',
			'needed',
			'Wie viele hinzukamen; weniger mit Minus oder nach dem Vorgang.',
			'How many were added; fewer with a minus or by the movement.',
		],
		['basis', 'Beschluss', 'V 4/2013', '', 'Worauf es beruht.', 'What it rests on.'],
	],
	payments: [
		['number', 'Mitgliedsnummer', '1', 'needed', 'Wie in der Datei der Mitglieder.', 'As in the file of members.'],
		['paidOn', 'Buchungstag', '12.04.2013', 'needed', 'Tag der Zahlung.', 'Day of the payment.'],
		[
			'amount',
			'Betrag',
			'1.500,00',
			'needed',
			'In Euro; Auszahlungen mit Minus.',
			'In euro; what was paid out with a minus.',
		],
		['purpose', 'Verwendungszweck', 'Geschäftsanteile', '', '', ''],
	],
	dues: [
		['number', 'Mitgliedsnummer', '1', 'needed', 'Wie in der Datei der Mitglieder.', 'As in the file of members.'],
		[
			'dueOn',
			'Fällig am',
			'15.04.2013',
			'needed',
			'Tag, an dem der Betrag fällig war oder wird.',
			'Day on which the amount was or will be due.',
		],
		['amount', 'Betrag', '1.500,00', 'needed', 'In Euro.', 'In euro.'],
	],
	mandates: [
		['number', 'Mitgliedsnummer', '1', 'needed', 'Wie in der Datei der Mitglieder.', 'As in the file of members.'],
		[
			'mandateReference',
			'Mandatsreferenz',
			'MUSTER-1',
			'needed',
			'Höchstens 35 Zeichen; jede einmal.',
			'At most 35 characters; each once.',
		],
		['mandateSignedOn', 'Mandatsdatum', '01.04.2013', 'needed', 'Tag der Unterschrift.', 'Day of the signature.'],
		['iban', 'IBAN', 'DE02120300000000202051', '', 'Leer: die des Mitglieds.', 'Empty: that of the member.'],
		['accountHolder', 'Kontoinhaber', 'Anke Sommer', '', 'Wenn es jemand anders ist.', 'If it is somebody else.'],
	],
};

/** The columns of a file to fill in, in their order. The example moves in as it stands. */
export function templateColumns(kind: FileKind): TemplateColumn[] {
	return rows[kind].map(([field, heading, example, needed, de, en]) => ({
		...{ field, heading, example, needed: needed === 'needed', explained: { de, en } },
	}));
}

/** The heading under which a field is understood, as in the files to fill in. */
export function headingOf(field: Field): string {
	for (const kind of Object.values(rows)) {
		const found = kind.find(([own]) => own === field);
		if (found) return found[1];
	}
	return field === 'fullName' ? 'Name' : field;
}

/** Names of the sheet that only explains: nothing on it moves in. */
export const explanationTitles = { de: 'Erläuterungen', en: 'Explanations' } as const;
