// Cells as people fill them: days, amounts, counts, words. Each reader answers undefined where it cannot tell for sure.
import { type MemberKind, searchable } from '../../members/rules.ts';
import { addDays, type Day, isDay } from '../../values/calendar.ts';
import { Decimal } from '../../values/money.ts';

/** A cell as it was read: text, a number of a workbook, or nothing. Days of a workbook come as text 'YYYY-MM-DD'. */
export type Cell = string | number | null;

const blanks = /[\s\u00a0\u202f]/g;

/** A cell as text, trimmed, inner blanks single. */
export function textOf(cell: Cell | undefined): string {
	if (cell === null || cell === undefined) return '';
	return String(cell).normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Excel counts days from 1900-01-01 = 1, and believes in a 29 February 1900. Serials 61 to 109574 are March 1900 to 2199. */
function dayOfSerial(serial: number): Day | undefined {
	if (!Number.isInteger(serial) || serial < 61 || serial > 109_574) return undefined;
	return addDays('1899-12-30', serial);
}

/** A day: '31.12.2019', '1.4.19', '2019-12-31' (a time after it does not matter), 43830 as Excel counts; undefined for 31.02. */
export function dayIn(cell: Cell, today: Day): Day | undefined {
	if (typeof cell === 'number') return dayOfSerial(cell);
	const text = textOf(cell).replace(/[T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?Z?$/, '');
	const german = /^(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})$/.exec(text);
	if (german) {
		const [, d = '', mon = '', y = ''] = german;
		// Two figures: nobody was born or joined in the future, so what lies ahead is of the last century.
		const year = y.length === 4 ? y : `${y > today.slice(2, 4) ? 19 : 20}${y}`;
		const day = `${year}-${mon.padStart(2, '0')}-${d.padStart(2, '0')}`;
		return isDay(day) ? day : undefined;
	}
	if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return isDay(text) ? text : undefined;
	return /^\d{5,6}$/.test(text) ? dayOfSerial(Number(text)) : undefined;
}

/** An amount in whole cents: '1.234,56 €', '1234,5', '1234.50', '-50', 1234.56; not what could be read in two ways or has half cents. */
export function centsIn(cell: Cell): number | undefined {
	const text =
		typeof cell === 'number'
			? new Decimal(cell).toFixed()
			: textOf(cell)
					.replace(blanks, '')
					.replace(/(€|eur|euro)$/i, '')
					.replace(/^(€|eur|euro)/i, '')
					.replace(/,(-|--|–)$/, '');
	const [, minus = '', whole = '', part = ''] =
		/^([-–−]?)(\d{1,10}|[1-9]\d{0,2}(?:\.\d{3}){1,3})(?:,(\d{1,2}))?$/.exec(text) ??
		/^([-–−]?)(\d{1,10}|[1-9]\d{0,2}(?:,\d{3}){1,3})\.(\d{1,2})0*$/.exec(text) ??
		[];
	if (whole === '') return undefined;
	const amount = Number(whole.replace(/[.,]/g, '')) * 100 + Number(part.padEnd(2, '0'));
	return minus ? -amount : amount;
}

/** A whole number, perhaps negative: '12', '0012', '1.000', '+3', '12,0'. */
export function wholeIn(cell: Cell): number | undefined {
	if (typeof cell === 'number') return Number.isSafeInteger(cell) ? cell : undefined;
	const text = textOf(cell)
		.replace(blanks, '')
		.replace(/^[−–]/, '-')
		.replace(/,0{1,2}$/, '');
	if (!/^[+-]?(\d{1,9}|[1-9]\d{0,2}(\.\d{3}){1,2})$/.test(text)) return undefined;
	return Number(text.replace(/^\+/, '').replaceAll('.', ''));
}

/** Yes or no: 'ja', 'x', '1', 'wahr'; 'nein', '0', empty. */
export function yesIn(cell: Cell): boolean | undefined {
	const text = searchable(textOf(cell));
	if (['ja', 'j', 'x', '1', 'wahr', 'true', 'yes', 'y', 'investierend'].includes(text)) return true;
	return ['', 'nein', 'n', '0', 'falsch', 'false', 'no', '-', 'ordentlich'].includes(text) ? false : undefined;
}

const kindWords: readonly (readonly [MemberKind, RegExp])[] = [
	[
		'natural',
		/^(natuerliche? person|natuerlich|privat|privatperson|person|einzelperson|nat\.? person|np|natural|mensch|familie)$/,
	],
	['association', /verein|\be\. ?v\.|\bev\b|verband|stiftung|kirchengemeinde|association/],
	['public-body', /kommune|gemeinde|\bstadt|landkreis|oeffentlich|koerperschaft|zweckverband|public/],
	['partnership', /personengesellschaft|\bgbr\b|\bohg\b|\bkg\b|partnerschaft|partg|eheleute|partnership/],
	[
		'company',
		/firma|unternehmen|juristisch|gmbh|\bug\b|\bag\b|\beg\b|genossenschaft|gewerbe|kapitalgesellschaft|company|jp/,
	],
];

/** Kind of member from the word in a list: 'Privatperson', 'GmbH', 'Verein', 'Gemeinde', 'GbR'. A GmbH & Co. KG is a partnership. */
export function kindIn(cell: Cell): MemberKind | undefined {
	const text = searchable(textOf(cell));
	return kindWords.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Kind of an organisation from its name, where a list does not say: company unless the name says otherwise. */
export function kindOfOrganisation(name: string): MemberKind {
	const kind = kindIn(name);
	return kind === undefined || kind === 'natural' ? 'company' : kind;
}

const countryWords: Readonly<Record<string, string>> = {
	...{ deutschland: 'DE', germany: 'DE', d: 'DE', brd: 'DE', oesterreich: 'AT', austria: 'AT', a: 'AT', schweiz: 'CH' },
	...{
		switzerland: 'CH',
		frankreich: 'FR',
		f: 'FR',
		niederlande: 'NL',
		belgien: 'BE',
		luxemburg: 'LU',
		daenemark: 'DK',
	},
	...{ polen: 'PL', tschechien: 'CZ', italien: 'IT', spanien: 'ES', schweden: 'SE', liechtenstein: 'LI' },
};

/** A country in two letters; empty is Germany. */
export function countryIn(cell: Cell): string | undefined {
	const text = textOf(cell);
	if (text === '') return 'DE';
	if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
	return countryWords[searchable(text)];
}

/** A name in one cell: 'Sommer, Anke' or 'Anke Sommer' (the last word is the family name, with von and zu before it). */
export function nameIn(text: string): { familyName: string; givenNames: string } | undefined {
	const [family, given, more] = text.split(',').map((part) => part.trim());
	if (given && family && more === undefined) return { familyName: family, givenNames: given };
	const match = /^(.+?) ((?:(?:von|van|vom|zu|zum|zur|de|der|den|di|da|le|la) )*\S+)$/iu.exec(text);
	return match && given === undefined ? { givenNames: match[1] ?? '', familyName: match[2] ?? '' } : undefined;
}

/** What a movement of shares was, and whether its number counts down. */
export type HistoricKind = 'admission' | 'further' | 'transfer-in' | 'transfer-out' | 'exit';

const movementWords: readonly (readonly [HistoricKind, RegExp])[] = [
	['transfer-out', /uebertrag.*(ab|an dritte|abgabe|raus)|abgabe|verkauf|abtretung|transfer-out/],
	['transfer-in', /uebertrag|uebernahme|kauf|erwerb|transfer-in/],
	['exit', /kuendig|austritt|abgang|auszahlung|ausschluss|ausscheid|tod|verstorben|minderung|herabsetz|rueckgabe|exit/],
	['admission', /beitritt|eintritt|aufnahme|zulassung|admission|erstzeichnung/],
	['further', /zeichnung|weitere|zugang|aufstockung|erhoehung|zukauf|further|nachzeichnung/],
];

/** What a movement was, from the word in a list; with none, from its sign. */
export function movementIn(cell: Cell, count: number): HistoricKind | undefined {
	const text = searchable(textOf(cell));
	if (text === '') return count < 0 ? 'exit' : 'further';
	return movementWords.find(([, pattern]) => pattern.test(text))?.[0];
}

/** True if text was read with the wrong encoding: 'MÃ¼ller', 'M„ller', a replacement sign, control characters. */
export function isGarbled(text: string): boolean {
	return /\uFFFD|Ã[\u0080-\u00bf\u0152-\u2122]|\p{L}[\u201e\u201d]\p{Ll}|\p{Cc}/u.test(text);
}
