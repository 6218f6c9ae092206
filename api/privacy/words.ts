// The words of a personal export in both languages: sections, fields, and what Art. 15 GDPR asks to be told.
import type { DocumentLanguage } from '../documents/templates.ts';
import type { SectionName } from './rules/export.ts';

type Both = readonly [de: string, en: string];

const sections: Readonly<Record<SectionName, Both>> = {
	masterData: ['Stammdaten', 'Master data'],
	bankAndTaxNumbers: ['Bankverbindung, Steuernummer, Geburtsdatum', 'Bank account, tax number, date of birth'],
	account: ['Zugang zum Portal', 'Access to the portal'],
	declarations: ['Erklärungen: Beitritt, weitere Anteile', 'Declarations: joining, further shares'],
	register: ['Mitgliederliste', 'List of members'],
	inspections: ['Einsicht in die Mitgliederliste', 'Inspection of the list of members'],
	shares: ['Geschäftsanteile', 'Shares'],
	leaving: ['Kündigung, Ausscheiden, Auseinandersetzung', 'Notice, exit, settlement'],
	payments: ['Zahlungen', 'Payments'],
	mandates: ['SEPA-Mandate', 'SEPA mandates'],
	ledger: ['Buchungen', 'Ledger postings'],
	dividends: ['Dividenden', 'Dividends'],
	taxStanding: ['Steuerliche Angaben', 'Tax standing'],
	votes: ['Abstimmungen', 'Votes'],
	documents: ['Dokumente', 'Documents'],
	mails: ['Mails an Sie', 'Mails to you'],
	sessions: ['Anmeldungen im Portal', 'Sessions in the portal'],
	notes: ['Notizen des Vorstands', "The board's notes"],
	restricted: ['Eingeschränkte und gelöschte Daten', 'Restricted and erased data'],
	other: ['Weitere Daten', 'Further data'],
	log: ['Protokoll', 'Log'],
};

const fields: Readonly<Record<string, Both>> = {
	account: ['Konto', 'Account'],
	accountHolder: ['Kontoinhaber', 'Account holder'],
	action: ['Vorgang', 'Action'],
	address: ['Anschrift', 'Address'],
	amountCents: ['Betrag', 'Amount'],
	applicant: ['Angaben', 'Details given'],
	at: ['Zeitpunkt', 'Time'],
	bankReference: ['Referenz der Bank', 'Bank reference'],
	barred: ['Stimmverbot', 'Barred from voting'],
	baseCents: ['Bemessung', 'Base'],
	basis: ['Grundlage', 'Basis'],
	birthDate: ['Geburtsdatum', 'Date of birth'],
	capitalTaxCents: ['Kapitalertragsteuer', 'Withholding tax'],
	castAt: ['Abgestimmt am', 'Voted at'],
	category: ['Art', 'Category'],
	cents: ['Betrag', 'Amount'],
	changedByName: ['Geändert von', 'Changed by'],
	choice: ['Stimme (offene Abstimmung)', 'Vote (open ballot)'],
	churchKey: ['Kirchensteuermerkmal', 'Church tax key'],
	churchRate: ['Kirchensteuersatz', 'Church tax rate'],
	churchTaxCents: ['Kirchensteuer', 'Church tax'],
	contact: ['Kontakt', 'Contact'],
	count: ['Anzahl', 'Number'],
	country: ['Land', 'Country'],
	createdAt: ['Angelegt am', 'Created at'],
	creditedCents: ['Dem Geschäftsguthaben gutgeschrieben', 'Credited to the balance'],
	decidedAt: ['Entschieden am', 'Decided at'],
	declaration: ['Erklärung', 'Declaration'],
	declaredAt: ['Erklärt am', 'Declared at'],
	documentOn: ['Datum', 'Date'],
	dueOn: ['Fällig am', 'Due on'],
	effectiveOn: ['Wirksam am', 'Effective on'],
	email: ['E-Mail', 'E-mail'],
	emailConfirmedAt: ['E-Mail bestätigt am', 'E-mail confirmed at'],
	endReason: ['Beendet wegen', 'Ended because'],
	endedAt: ['Beendet am', 'Ended at'],
	exemptCents: ['Steuerfrei', 'Exempt'],
	expiresAt: ['Läuft ab am', 'Expires at'],
	familyName: ['Familienname', 'Family name'],
	fileName: ['Datei', 'File'],
	givenNames: ['Vornamen', 'Given names'],
	grossCents: ['Brutto', 'Gross'],
	heldUntil: ['Zurückgehalten bis', 'Held until'],
	iban: ['IBAN', 'IBAN'],
	ibanLast4: ['IBAN, Ende', 'IBAN, end'],
	inflowOn: ['Zufluss am', 'Inflow on'],
	investing: ['Investierendes Mitglied', 'Investing member'],
	joinedOn: ['Beigetreten am', 'Joined on'],
	keepUntil: ['Aufbewahrt bis', 'Kept until'],
	kind: ['Art', 'Kind'],
	leftOn: ['Ausgeschieden am', 'Left on'],
	locale: ['Sprache', 'Language'],
	mediaType: ['Dateityp', 'File type'],
	memberNumber: ['Mitgliedsnummer', 'Member number'],
	mfa: ['Zweiter Faktor', 'Second factor'],
	minor: ['Minderjährig bei der Erklärung', 'Minor when declaring'],
	name: ['Name', 'Name'],
	netCents: ['Netto', 'Net'],
	nominalCents: ['Nennbetrag', 'Nominal amount'],
	number: ['Mitgliedsnummer', 'Member number'],
	organisation: ['Firma oder Name', 'Firm or name'],
	overpaidCents: ['Zu viel bezahlt', 'Overpaid'],
	paidOutCents: ['Ausgezahlt', 'Paid out'],
	person: ['Person', 'Person'],
	phone: ['Telefon', 'Phone'],
	postcode: ['Postleitzahl', 'Postcode'],
	previousHolder: ['Bisheriger Inhaber', 'Holder before'],
	previousLast4: ['Bisheriges Konto, Ende', 'Account before, end'],
	provedAt: ['Zuletzt nachgewiesen', 'Last proved'],
	purpose: ['Zweck', 'Purpose'],
	reason: ['Grund', 'Reason'],
	receipt: ['Beleg', 'Receipt'],
	recordedAt: ['Erfasst am', 'Recorded at'],
	remittance: ['Verwendungszweck', 'Remittance information'],
	representative: ['Vertreten durch', 'Represented by'],
	resolution: ['Beschluss', 'Resolution'],
	retention: ['Aufbewahrung', 'Retention'],
	roles: ['Rollen', 'Roles'],
	sentAt: ['Versandt am', 'Sent at'],
	sharesChange: ['Veränderung der Anteile', 'Change of shares'],
	sharesWanted: ['Gewünschte Anteile', 'Shares wanted'],
	solidarityCents: ['Solidaritätszuschlag', 'Solidarity surcharge'],
	state: ['Stand', 'State'],
	steps: ['Rechenweg', 'Calculation'],
	street: ['Straße', 'Street'],
	taxId: ['Steuer-Identifikationsnummer', 'Tax identification number'],
	taxIdLast4: ['Steuer-Identifikationsnummer, Ende', 'Tax identification number, end'],
	taxableCents: ['Steuerpflichtig', 'Taxable'],
	template: ['Vorlage', 'Template'],
	text: ['Text', 'Text'],
	town: ['Ort', 'Town'],
	untilAt: ['Bis', 'Until'],
	usedAt: ['Zuletzt benutzt', 'Last used'],
	userAgent: ['Browser', 'Browser'],
	validFrom: ['Gültig ab', 'Valid from'],
	validTo: ['Gültig bis', 'Valid to'],
	valueOn: ['Wertstellung', 'Value day'],
	weight: ['Stimmen', 'Votes'],
};

const at = (both: Both, language: DocumentLanguage): string => both[language === 'de' ? 0 : 1];

/** A section's heading. */
export const sectionTitle = (name: SectionName, language: DocumentLanguage): string => at(sections[name], language);

/** A field's word; fields nobody has worded yet keep the name they have in the machine-readable file. */
export function fieldLabel(name: string, language: DocumentLanguage): string {
	const both = fields[name];
	return both ? at(both, language) : name;
}

/** What a person is told beside the data (Art. 15(1) and (2) GDPR). */
export function informationOf({ name, email }: { name: string; email: string }, language: DocumentLanguage): string[] {
	return language === 'de'
		? [
				`Verantwortlich ist die ${name} (${email}). Die Daten dienen der Durchführung der Mitgliedschaft (Art. 6 Abs. 1 Buchst. b DSGVO) und gesetzlichen Pflichten (Buchst. c): Mitgliederliste (§ 30 GenG), Bücher und Steuern (§ 257 HGB, § 147 AO, EStG), Niederschriften (§ 47 GenG). Protokolle der Nutzung dienen der Sicherheit (Buchst. f).`,
				'Empfänger sind die Bank der Genossenschaft (Zahlungen), Finanzbehörden (Steuern), das Registergericht auf Verlangen (§ 32 GenG), der Prüfungsverband, und andere Mitglieder oder Dritte mit berechtigtem Interesse, soweit sie Einsicht in die Mitgliederliste nehmen (§ 31 GenG).',
				'Die Mitgliederliste bleibt auf Dauer, auch nach dem Ausscheiden. Bücher werden 10, Buchungsbelege 8, Briefe und andere Steuerunterlagen 6 Jahre aufbewahrt; Unterlagen zu Eintragungen in der Mitgliederliste mindestens 3 Jahre nach dem Ende des Jahres, in dem ein Mitglied ausgeschieden ist. Anderes wird gelöscht, sobald es nicht mehr gebraucht wird.',
				'Sie können Berichtigung, Löschung oder Einschränkung verlangen, widersprechen, Ihre Angaben mitnehmen (die maschinenlesbare Datei) und sich bei der Datenschutzaufsicht Ihres Landes beschweren. Die Daten stammen von Ihnen, von Ihrer Bank (Zahlungen) und vom Bundeszentralamt für Steuern (Kirchensteuer). Entscheidungen allein durch Maschinen gibt es nicht. Wie Sie geheim abgestimmt haben, ist nirgends gespeichert.',
			]
		: [
				`The controller is ${name} (${email}). The data serve the membership (Art. 6(1)(b) GDPR) and legal duties (c): list of members (§ 30 GenG), books and taxes (§ 257 HGB, § 147 AO, EStG), minutes (§ 47 GenG). Logs of use serve security (f).`,
				"Recipients are the cooperative's bank (payments), tax authorities, the register court on demand (§ 32 GenG), the auditing association, and other members or third parties with a legitimate interest as far as they inspect the list of members (§ 31 GenG).",
				'The list of members is permanent, also after an exit. Books are kept 10, vouchers 8, letters and other tax papers 6 years; papers behind entries in the list of members at least 3 years from the end of the year of the exit. Everything else is erased as soon as it is no longer needed.',
				'You may demand rectification, erasure or restriction, object, take your data with you (the machine-readable file) and complain to the data protection authority. The data come from you, from your bank (payments) and from the Federal Central Tax Office (church tax). No decisions are made by machines alone. How you voted in secret is stored nowhere.',
			];
}
