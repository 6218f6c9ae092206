// Numbers in CSV cells: which mark is the decimal one, and amounts without their grouping.

export type Mark = ',' | '.';

/** True for a cell that is some number, grouped or not, with either mark. */
export function isNumeric(cell: string): boolean {
	return /^[+-]?(\d[\d.,' \u00a0\u202f]*(?:[eE]-\d{1,2})?|[.,]\d+)$/.test(cell.trim());
}

/**
 * The decimal mark of those cells. A comma alone is decimal (German files); points alone are decimal unless every one of
 * them could as well group thousands. Null while that is open: '1.234' alone, or whole numbers only.
 */
export function markOf(cells: readonly string[]): Mark | null {
	let points = 0;
	let numbers = 0;
	for (const cell of cells) {
		const text = cell.trim();
		if (!isNumeric(text) || /e/i.test(text)) continue;
		numbers++;
		const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')];
		if (comma >= 0 && point >= 0) return comma > point ? ',' : '.';
		if (comma >= 0 && text.indexOf(',') !== comma) return '.';
		if (comma >= 0) return ',';
		if (point < 0) continue;
		if (text.indexOf('.') !== point) return ',';
		if (!/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(text)) return '.';
		points++;
	}
	// Every number has its point and three digits behind it: nobody groups 0 to 999.
	return points > 1 && points === numbers ? '.' : null;
}

/**
 * The amount without grouping, ready for `whOf`; undefined if the grouping is not regular or the decimal mark is still open
 * and matters.
 */
export function ungrouped(cell: string, mark: Mark | null): { text: string; mark: Mark } | undefined {
	const text = cell.trim();
	if (!/[.,' \u00a0\u202f]/.test(text)) return { text, mark: mark ?? '.' };
	const decimal = mark ?? markOf([text]);
	if (!decimal) return undefined;
	const group = decimal === ',' ? '.' : ',';
	if (!text.includes(group) && !/[' \u00a0\u202f]/.test(text)) return { text, mark: decimal };
	const [whole = '', ...fraction] = text.split(decimal);
	if (!/^[+-]?\d{1,3}(([.]\d{3})+|([,]\d{3})+|(['\u00a0\u202f ]\d{3})+)$/.test(whole) || whole.includes(decimal))
		return undefined;
	return { text: [whole.replace(/[^\d+-]/g, ''), ...fraction].join(decimal), mark: decimal };
}

/** True for what loggers write where they have no number. */
export function isEmptyCell(cell: string): boolean {
	return /^(-|–|—|nan|null|none|n\/?a|#n\/?a|nil)?$/i.test(cell.trim());
}

/**
 * A small number with its exponent written out ('1.5e-05' → '0.000015'), with a point; undefined if the text is none. Programs
 * write the smallest so; '1e3' is a typing error.
 */
export function writtenOut(text: string): string | undefined {
	if (!/^[+-]?\d+([.,]\d+)?[eE]-\d{1,2}$/.test(text)) return undefined;
	const number = Number(text.replace(',', '.'));
	return Math.abs(number) < 1e15 ? number.toFixed(12) : undefined;
}

/** Digits behind the decimal mark. */
export function decimalsOf(cell: string, mark: Mark): number {
	const at = cell.trim().lastIndexOf(mark);
	return at < 0 ? 0 : cell.trim().length - at - 1;
}
