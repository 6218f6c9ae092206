// How long documents are kept, what a file is called, and cells of CSV files that no spreadsheet takes for a formula.
import { createHash } from 'node:crypto';
import { type Day, partsOf } from '../values/calendar.ts';

/**
 * Why a document is kept (Aufbewahrung, G-20, B-60): it stands behind an entry of the register (§ 30(3) GenG), belongs to the books
 * (Bücher, § 257(4) HGB), is a voucher (Buchungsbeleg) or a letter or other paper for taxes (§ 147(3) AO).
 */
export const retentionClasses = ['register-document', 'books', 'voucher', 'letter'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

const years: Readonly<Record<Exclude<RetentionClass, 'register-document'>, number>> = {
	books: 10,
	voucher: 8,
	letter: 6,
};

/**
 * The last day a document must be kept: the end of a calendar year. Books 10, vouchers 8, letters 6 years from the end of the year
 * they are of; what stands behind a register entry 3 years from the end of the exit year and at least 6 of its own (G-20):
 * null while its member has not left.
 */
export function keepUntil(retention: RetentionClass, documentOn: Day, leftOn: Day | null): Day | null {
	const [year] = partsOf(documentOn);
	if (retention !== 'register-document') return `${year + years[retention]}-12-31`;
	if (leftOn === null) return null;
	const [exitYear] = partsOf(leftOn);
	return `${Math.max(exitYear + 3, year + 6)}-12-31`;
}

/** sha256 of a content as hex. */
export function sha256Of(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}

/**
 * A cell of a CSV file: quoted where needed; what a spreadsheet would take for a formula (= + - @, tab or return in front, also behind
 * blanks or in full width) begins with an apostrophe.
 */
export function csvCell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const text = /^[\s\u00a0\u3000]*[=+\-@\t\r＝＋－＠]/u.test(value) ? `'${value}` : value;
	return /[";\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file: semicolons, CRLF (RFC 4180), a byte order mark so that spreadsheets read it as UTF-8. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
	return `\uFEFF${rows.map((row) => `${row.map(csvCell).join(';')}\r\n`).join('')}`;
}
