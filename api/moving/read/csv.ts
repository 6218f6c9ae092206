// CSV as programs of all ages write it: UTF-8, UTF-16 or Windows-1252; semicolons, commas, tabs or bars.
import { CsvError, parse } from 'csv-parse/sync';
import { type Encoding, fileLimits, type ReadTable, tableOf, UnreadableFile } from './table.ts';

function decoded(content: Buffer): { text: string; encoding: Encoding } {
	if (content[0] === 0xff && content[1] === 0xfe)
		return { text: new TextDecoder('utf-16le').decode(content), encoding: 'utf-16' };
	if (content[0] === 0xfe && content[1] === 0xff)
		return { text: new TextDecoder('utf-16be').decode(content), encoding: 'utf-16' };
	try {
		return { text: new TextDecoder('utf-8', { fatal: true }).decode(content), encoding: 'utf-8' };
	} catch {
		return { text: new TextDecoder('windows-1252').decode(content), encoding: 'windows-1252' };
	}
}

/** The sign between cells: the one that stands most often outside quotes in the first lines. */
function delimiterOf(text: string): string {
	const head = text.slice(0, 5_000).replace(/"[^"]*"/g, '');
	const counted = [';', '\t', ',', '|'].map((sign) => ({ sign, count: head.split(sign).length }));
	return counted.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** The table of a CSV file. Throws UnreadableFile: binary, too large, quotes that do not close. */
export function readCsv(content: Buffer): ReadTable[] {
	const { text, encoding } = decoded(content);
	if (text.includes('\u0000')) throw new UnreadableFile('file-not-known');
	try {
		const lines = parse(text, {
			...{ delimiter: delimiterOf(text), bom: true, relax_column_count: true, skip_empty_lines: false },
			...{ max_record_size: 200_000, to: fileLimits.rows + 21 },
		}) as string[][];
		const table = tableOf(lines, null, encoding);
		return table ? [table] : [];
	} catch (error) {
		if (error instanceof CsvError) throw new UnreadableFile('file-broken', Number(error.lines) || null);
		throw error;
	}
}
