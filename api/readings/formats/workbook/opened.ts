// Opens what is packed: a gzip file, a ZIP with one file in it, or a workbook, whose sheet becomes delimited text.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../../../values/refusal.ts';
import { excerpt } from '../../rules.ts';
import { Source } from '../../source.ts';
import { firstRowOf, linesOf } from '../csv/layout.ts';
import type { Input, Warning } from '../format.ts';
import { Archive, broken, budget, tooLarge } from './archive.ts';
import { sharedStringsOf, workbookOf } from './parts.ts';
import { linesOfSheet, type SheetContext, textMarkOf } from './sheet.ts';

/** What a file was packed in; null if it was not. */
export type Container = 'gzip' | 'zip' | 'xlsx' | null;

/** The text of a file, whatever it was packed in. `warnings` is whole once everything is read. */
export type OpenedFile = Input & {
	encoding: 'utf-16le' | 'utf-16be' | null;
	container: Container;
	warnings: Warning[];
};

type OpenSource = Input & { encoding: 'utf-16le' | 'utf-16be' | null };

/**
 * Opens a file once; what is packed twice is not opened further. `judge` says how surely a text is a meter file, for the
 * choice among the sheets of a workbook. Refuses readings.archive-broken, readings.opened-too-large, readings.truncated,
 * readings.archive-many {count}, readings.save-as-xlsx {found}, readings.xml-entities.
 */
export async function openedFile(file: OpenSource, judge: (head: Buffer) => number): Promise<OpenedFile> {
	const starts = (...bytes: number[]) => bytes.every((byte, i) => file.head[i] === byte);
	const warnings: Warning[] = [];
	if (starts(0xd0, 0xcf, 0x11, 0xe0)) throw saveAsXlsx('XLS');
	if (starts(0x1f, 0x8b)) return { ...(await textIn(gunzipped(file.chunks))), container: 'gzip', warnings };
	if (!starts(0x50, 0x4b, 3, 4)) return { ...file, container: null, warnings };
	const archive = await Archive.open(await collected(file.chunks));
	const { names } = archive;
	if (names.includes('xl/workbook.xml')) {
		const lines = await sheetLines(archive, judge, warnings);
		return { ...(await textIn(lines)), container: 'xlsx', warnings };
	}
	if (names.includes('xl/workbook.bin')) throw saveAsXlsx('XLSB');
	if (names.includes('content.xml') && names.includes('mimetype')) throw saveAsXlsx('ODS');
	const files = names.filter((name) => !/(^|\/)(__MACOSX\/|\.)/.test(name));
	const [only] = files;
	if (only === undefined) throw broken();
	if (files.length > 1) throw new Refusal('invalid', 'readings.archive-many', { count: files.length });
	return { ...(await textIn(archive.bytes(only))), container: 'zip', warnings };
}

function saveAsXlsx(found: string): Refusal {
	return new Refusal('invalid', 'readings.save-as-xlsx', { found });
}

function textIn(bytes: AsyncIterable<Uint8Array>): Promise<OpenSource> {
	return new Source(bytes).open();
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		// Larger archives would have to be kept in memory whole.
		if (size > budget.sentBytes) throw tooLarge();
		parts.push(chunk);
	}
	return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const gunzip = createGunzip();
	let sent = 0;
	const counted = async function* () {
		for await (const chunk of chunks) {
			sent += chunk.length;
			yield chunk;
		}
	};
	const source = Readable.from(counted());
	source.on('error', (error) => gunzip.destroy(error));
	source.pipe(gunzip);
	let size = 0;
	try {
		for await (const part of gunzip as AsyncIterable<Buffer>) {
			size += part.length;
			if (size > Math.min(budget.openedBytes, Math.max(budget.freeBytes, sent * budget.ratio))) throw tooLarge();
			yield part;
		}
	} catch (error) {
		if (error instanceof Refusal) throw error;
		const code = (error as { code?: unknown }).code;
		if (code === 'Z_BUF_ERROR') throw new Refusal('invalid', 'readings.truncated', { line: 1, text: 'gzip' });
		if (typeof code === 'string' && code.startsWith('Z_')) throw broken();
		throw error;
	} finally {
		source.destroy();
		gunzip.destroy();
	}
}

const lookedBytes = 262_144;

/** The beginning of a sheet as text. */
async function headOf(lines: AsyncGenerator<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of lines) {
		parts.push(part);
		size += part.length;
		if (size >= lookedBytes) break;
	}
	return Buffer.concat(parts);
}

/**
 * The lines of the sheet that looks most like readings, followed by those of sheets with the same header (a sheet a month).
 * Other sheets that look like readings are named in a warning (readings.sheets-ignored).
 */
async function sheetLines(
	archive: Archive,
	judge: (head: Buffer) => number,
	warnings: Warning[],
): Promise<AsyncIterable<Buffer>> {
	const { sheets, formats, from1904 } = await workbookOf(archive);
	const context: SheetContext = { formats, from1904, strings: [], textMark: null, uncalculated: 0, numberTexts: [] };
	context.strings = await sharedStringsOf(archive);
	const looked: { name: string; part: string; score: number; header: string | undefined }[] = [];
	for (const { name, part } of sheets) {
		const head = await headOf(linesOfSheet(archive, part, context));
		looked.push({ name, part, score: judge(head), header: headerIn(head) });
	}
	context.textMark = textMarkOf(context.numberTexts);
	context.uncalculated = 0;
	const best = looked.reduce((a, b) => (b.score > a.score ? b : a));
	const alike = looked.filter((one) => one === best || (one.score > 0 && one.header && one.header === best.header));
	const ignored = looked.filter((one) => one.score > 0 && !alike.includes(one));
	if (ignored.length > 0) {
		const names = ignored.map(({ name }) => name).join(', ');
		warnings.push({ code: 'readings.sheets-ignored', values: { sheets: excerpt(names) } });
	}
	return (async function* () {
		yield* linesOfSheet(archive, best.part, context);
		for (const { part } of alike.filter((one) => one !== best))
			yield* behindHeader(linesOfSheet(archive, part, context), best.header ?? '');
		if (context.uncalculated > 0)
			warnings.push({ code: 'readings.formulas-uncalculated', values: { count: context.uncalculated } });
	})();
}

/** The line above the first row of data; undefined if there is none. */
function headerIn(head: Buffer): string | undefined {
	const lines = linesOf(head);
	const first = firstRowOf(lines);
	const header = lines.slice(0, first?.index ?? 0).findLast((line) => line.trim() !== '');
	return header?.trim();
}

/** The lines of a sheet behind its header. */
async function* behindHeader(lines: AsyncIterable<Buffer>, header: string): AsyncGenerator<Buffer> {
	let isBehind = false;
	let rest = '';
	for await (const part of lines) {
		if (isBehind) {
			yield part;
			continue;
		}
		rest += part.toString('latin1');
		const at = rest.split('\n').findIndex((line) => line.trim() === header);
		if (at < 0) continue;
		isBehind = true;
		yield Buffer.from(
			rest
				.split('\n')
				.slice(at + 1)
				.join('\n'),
			'latin1',
		);
	}
}
