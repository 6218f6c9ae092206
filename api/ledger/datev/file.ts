// The bytes of a DATEV posting batch (EXTF 700, category 21, version 13): header, column titles, rows (B-30, B-31).
import type { Day } from '../../values/calendar.ts';
import { columnTitles } from './columns.ts';
import type { Pair } from './pairs.ts';
import { bookingText, voucherText, windows1252 } from './text.ts';

/** What the header says about the file. */
export interface BatchHeader {
	/** local wall-clock time it was made, 17 digits: YYYYMMDDHHMMSSmmm */
	created: string;
	consultant: number;
	client: number;
	/** first day of the fiscal year (Wirtschaftsjahr) */
	yearStart: Day;
	/** digits of an account, 4 to 8 */
	accountLength: number;
	from: Day;
	to: Day;
	/** at most 30 characters */
	label: string;
	chart: '03' | '04';
	/** rows are final (Festschreibung) */
	locked: boolean;
}

/** A row of the batch. */
export interface BatchRow extends Pair {
	bookedOn: Day;
	/** voucher (Belegfeld 1) */
	voucher: string;
	text: string;
	/** BU-Schlüssel, or empty */
	taxKey: string;
}

const separator = ';';
const lineEnd = '\r\n';
const quoted = (text: string): string => `"${text}"`;
const digits = (day: Day): string => day.replaceAll('-', '');

/** An account filled with zeros at the end to the adviser's length: '1800' of 6 digits is '180000'. */
export function filledAccount(account: string, length: number): string {
	return account.padEnd(length, '0');
}

/** A positive amount with decimal comma and without grouping: 123456 → '1234,56'. */
export function batchAmount(cents: number): string {
	return `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;
}

function headerLine(header: BatchHeader): string {
	const { consultant, client, accountLength, label, locked, chart } = header;
	return [
		...[quoted('EXTF'), '700', '21', quoted('Buchungsstapel'), '13', header.created, ''],
		...[quoted('RE'), quoted('Gemeinwatt'), quoted(''), String(consultant), String(client), digits(header.yearStart)],
		...[String(accountLength), digits(header.from), digits(header.to), quoted(bookingText(label, 30)), quoted('')],
		...['1', '0', locked ? '1' : '0', quoted('EUR'), '', quoted(''), '', '', quoted(chart), '', '', '', quoted('')],
	].join(separator);
}

/** Columns the rows fill, by their number in the format. */
function rowLine(row: BatchRow, { accountLength, locked }: BatchHeader): string {
	const [, month = '', dayOfMonth = ''] = row.bookedOn.split('-');
	const cells = new Map<number, string>([
		[1, batchAmount(row.amountCents)],
		[2, quoted('S')],
		[3, quoted('EUR')],
		[7, filledAccount(row.account, accountLength)],
		[8, filledAccount(row.contra, accountLength)],
		[9, row.taxKey && quoted(row.taxKey)],
		[10, `${dayOfMonth}${month}`],
		[11, quoted(voucherText(row.voucher))],
		[14, quoted(bookingText(row.text))],
		[114, locked ? '1' : '0'],
	]);
	return columnTitles.map((_, i) => cells.get(i + 1) ?? '').join(separator);
}

/** The file: Windows-1252, semicolons, CRLF, decimal comma. Rows lie within the header's days, which lie within one fiscal year. */
export function batchFile(header: BatchHeader, rows: readonly BatchRow[]): Buffer {
	const lines = [headerLine(header), columnTitles.join(separator), ...rows.map((row) => rowLine(row, header))];
	return windows1252(lines.map((line) => line + lineEnd).join(''));
}
