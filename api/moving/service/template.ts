// Files to fill in: the headings the program understands, and an example that moves in as it stands.
import type { FileKind } from '../rules/fields.ts';

const templates: Readonly<Record<FileKind, readonly (readonly string[])[]>> = {
	members: [
		[
			...['Mitgliedsnummer', 'Mitgliedsart', 'Investierend', 'Nachname', 'Vorname', 'Firma', 'Vertreter', 'Straße'],
			...['Hausnummer', 'PLZ', 'Ort', 'Land', 'E-Mail', 'Telefon', 'Geburtsdatum', 'Steuer-ID', 'IBAN'],
			...['Kontoinhaber', 'Eintritt', 'Austritt', 'Anteile', 'Geschäftsguthaben', 'Guthaben am', 'Offen', 'Fällig am'],
			...['Mandatsreferenz', 'Mandatsdatum'],
		],
		[
			...['1', 'Privatperson', 'nein', 'Sommer', 'Anke', '', '', 'Lindenweg', '4', '43210', 'Auental', 'DE'],
			...['anke.sommer@auental.example', '', '12.04.1984', '', 'DE02120300000000202051', '', '01.04.2013', '', '3'],
			...['1.500,00', '31.12.2025', '', '', '', ''],
		],
	],
	movements: [
		['Mitgliedsnummer', 'Datum', 'Vorgang', 'Anteile', 'Beschluss'],
		['1', '01.04.2013', 'Beitritt', '2', 'V 4/2013'],
		['1', '15.06.2018', 'Zeichnung', '1', 'V 9/2018'],
	],
	payments: [
		['Mitgliedsnummer', 'Buchungstag', 'Betrag', 'Verwendungszweck'],
		['1', '12.04.2013', '1.000,00', 'Geschäftsanteile'],
		['1', '20.06.2018', '500,00', 'weiterer Anteil'],
	],
	dues: [
		['Mitgliedsnummer', 'Fällig am', 'Betrag'],
		['1', '15.04.2013', '1.000,00'],
		['1', '29.06.2018', '500,00'],
	],
	mandates: [
		['Mitgliedsnummer', 'Mandatsreferenz', 'Mandatsdatum', 'IBAN', 'Kontoinhaber'],
		['1', 'MUSTER-1', '01.04.2013', 'DE02120300000000202051', 'Anke Sommer'],
	],
};

const names: Readonly<Record<FileKind, string>> = {
	...{ members: 'Mitglieder', movements: 'Bewegungen', payments: 'Zahlungen', dues: 'Faelligkeiten' },
	mandates: 'Mandate',
};

/** A CSV file to fill in (UTF-8 with mark, semicolons), with one example; no cell is taken for a formula. */
export function templateOf(kind: FileKind): { fileName: string; csv: string } {
	const lines = templates[kind].map((cells) => cells.join(';'));
	return { fileName: `Umzug_${names[kind]}.csv`, csv: `\uFEFF${lines.join('\r\n')}\r\n` };
}
