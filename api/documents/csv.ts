// Small tables as CSV text, built at once: extracts whose bytes are hashed.
import { harmlessCell } from './spreadsheet.ts';

/** A cell: quoted where needed, never a formula. */
function csvCell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const text = harmlessCell(value);
	return /[";\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file: semicolons, CRLF (RFC 4180), a byte order mark so that spreadsheets read it as UTF-8. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
	return `\uFEFF${rows.map((row) => `${row.map(csvCell).join(';')}\r\n`).join('')}`;
}
