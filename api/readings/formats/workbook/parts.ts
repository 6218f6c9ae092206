// The small parts of a workbook: which sheets it has, its shared texts, and which of its formats show dates.
import sax from 'sax';
import { Refusal } from '../../../values/refusal.ts';
import { type Archive, broken, tooLarge } from './archive.ts';

const limits = { partBytes: 16_777_216, stringsBytes: 134_217_728, stringsLength: 33_554_432, sheets: 60 };

/** What an element of a part says, by its local name. */
export type Element = { name: string; attributes: Readonly<Record<string, string>> };

/** What is heard while a part is read. `text` comes in pieces. */
export type PartListener = { opened(element: Element): void; text(text: string): void; closed(name: string): void };

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Reads XML piece by piece; `write` takes text, `end` wants it whole. Refuses readings.xml-entities for a document type
 * or an entity of its own (never resolved) and readings.archive-broken for XML that is none.
 */
export class PartReader {
	readonly #parser: sax.SAXParser;

	constructor(listener: PartListener) {
		const parser = sax.parser(true, { position: false, trim: false });
		parser.onerror = (error) => {
			throw /entity/i.test(error.message) ? new Refusal('invalid', 'readings.xml-entities', { line: 1 }) : broken();
		};
		parser.ondoctype = () => {
			throw new Refusal('invalid', 'readings.xml-entities', { line: 1 });
		};
		parser.onopentag = ({ name, attributes }) => {
			listener.opened({ name: localName(name), attributes: attributes as Record<string, string> });
		};
		parser.ontext = (text) => listener.text(text);
		parser.oncdata = (text) => listener.text(text);
		parser.onclosetag = (name) => listener.closed(localName(name));
		this.#parser = parser;
	}

	write(text: string): void {
		this.#parser.write(text);
	}

	end(): void {
		this.#parser.close();
	}
}

/** An attribute by its local name, whatever prefix its namespace has. */
export function attributeOf({ attributes }: Element, name: string): string | undefined {
	return attributes[name] ?? Object.entries(attributes).find(([key]) => localName(key) === name)?.[1];
}

async function readPart(
	archive: Archive,
	name: string,
	opened: (element: Element) => void,
	closed = (_: string) => {},
) {
	const text = await archive.text(name, limits.partBytes);
	if (text === '') return;
	const reader = new PartReader({ opened, text: () => {}, closed });
	reader.write(text.replace(/^\ufeff/, ''));
	reader.end();
}

/** What a number format shows of a serial number. */
export type DateFormat = { date: boolean; time: boolean };

/** A workbook's sheets (name and part), whether its days count from 1904, and what each cell format shows. */
export type Workbook = { sheets: { name: string; part: string }[]; from1904: boolean; formats: (DateFormat | null)[] };

/** The visible sheets and the formats. Refuses readings.archive-broken and what reading the parts refuses. */
export async function workbookOf(archive: Archive): Promise<Workbook> {
	const targets = new Map<string, string>();
	await readPart(archive, 'xl/_rels/workbook.xml.rels', (element) => {
		const { Id, Target } = element.attributes;
		if (element.name === 'Relationship' && Id && Target)
			targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`);
	});
	const workbook: Workbook = { sheets: [], from1904: false, formats: [] };
	await readPart(archive, 'xl/workbook.xml', (element) => {
		if (element.name === 'workbookPr') workbook.from1904 = /^(1|true)$/.test(attributeOf(element, 'date1904') ?? '');
		if (element.name !== 'sheet' || /hidden/i.test(attributeOf(element, 'state') ?? '')) return;
		const part = targets.get(attributeOf(element, 'id') ?? '');
		if (part && workbook.sheets.length < limits.sheets)
			workbook.sheets.push({ name: attributeOf(element, 'name') ?? '', part });
	});
	if (workbook.sheets.length === 0) throw broken();
	workbook.formats = await formatsOf(archive);
	return workbook;
}

async function formatsOf(archive: Archive): Promise<(DateFormat | null)[]> {
	const codes = new Map<number, string>();
	const formats: (DateFormat | null)[] = [];
	let inCells = false;
	await readPart(
		archive,
		'xl/styles.xml',
		(element) => {
			if (element.name === 'cellXfs') inCells = true;
			const id = Number(attributeOf(element, 'numFmtId'));
			if (element.name === 'numFmt') codes.set(id, attributeOf(element, 'formatCode') ?? '');
			if (element.name === 'xf' && inCells) formats.push(dateFormatOf(id, codes.get(id)));
		},
		(name) => {
			if (name === 'cellXfs') inCells = false;
		},
	);
	return formats;
}

/** What a number format shows: built-in ones by their number, others by their code; null if no date and no time. */
export function dateFormatOf(id: number, code: string | undefined): DateFormat | null {
	if (code === undefined) {
		if (id === 22) return { date: true, time: true };
		if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58))
			return { date: true, time: false };
		return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)
			? { date: false, time: true }
			: null;
	}
	const letters = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '').split(';')[0] ?? '';
	if (/general|standard|[0#?]/i.test(letters.replace(/[.,]0+/g, ''))) return null;
	const format = { date: /[dyjt]/i.test(letters), time: /[hs]/i.test(letters) };
	return format.date || format.time ? format : null;
}

/** The shared texts, by their index. Refuses readings.opened-too-large. */
export async function sharedStringsOf(archive: Archive): Promise<string[]> {
	const strings: string[] = [];
	let length = 0;
	let current = '';
	let reading = false;
	let phonetic = false;
	const reader = new PartReader({
		opened: ({ name }) => {
			if (name === 'si') current = '';
			if (name === 'rPh') phonetic = true;
			reading = name === 't' && !phonetic;
		},
		text: (text) => {
			if (reading) current += text;
		},
		closed: (name) => {
			reading = false;
			if (name === 'rPh') phonetic = false;
			if (name !== 'si') return;
			// Every text costs memory, also an empty one.
			length += current.length + 16;
			if (length > limits.stringsLength) throw tooLarge();
			strings.push(current);
		},
	});
	const decoder = new TextDecoder('utf-8');
	let isEmpty = true;
	for await (const part of archive.bytes('xl/sharedStrings.xml', limits.stringsBytes)) {
		isEmpty = false;
		reader.write(decoder.decode(part, { stream: true }));
	}
	if (!isEmpty) reader.end();
	return strings;
}
