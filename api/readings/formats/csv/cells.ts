// Cells of a delimited line, and text that is UTF-8 or Windows-1252.

export const separators = [';', '\t', '|', ','] as const;
export type Separator = (typeof separators)[number];

/** The cells of one line (each byte a character); a quoted cell may hold separators and doubled quotes. */
export function cellsOf(line: string, separator: Separator): string[] {
	if (!line.includes('"')) return line.split(separator);
	const cells: string[] = [];
	let cell = '';
	let quoted = false;
	for (let i = 0; i < line.length; i++) {
		const character = line[i] as string;
		if (character === '"') {
			if (quoted && line[i + 1] === '"') cell += line[++i];
			else quoted = !quoted;
		} else if (character === separator && !quoted) {
			cells.push(cell);
			cell = '';
		} else cell += character;
	}
	cells.push(cell);
	return cells;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** Text of a cell whose characters are bytes: UTF-8 if they are valid so, else Windows-1252. */
export function textOf(cell: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether anything lies outside ASCII
	if (/^[\x00-\x7f]*$/.test(cell)) return cell.trim();
	const bytes = Buffer.from(cell, 'latin1');
	try {
		return utf8.decode(bytes).trim();
	} catch {
		return windows1252.decode(bytes).trim();
	}
}
