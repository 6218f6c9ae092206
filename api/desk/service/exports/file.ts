// A list on its way into a file: its columns chosen, its first part read before anything is promised, its export in the log.
import type { Readable } from 'node:stream';
import { write } from '../../../audit/service.ts';
import type { Database } from '../../../database/connect.ts';
import {
	type CellKind,
	type SheetColumn,
	type SheetFormat,
	type SheetLanguage,
	sheetTypes,
	spreadsheetOf,
} from '../../../documents/spreadsheet.ts';
import type { Actor } from '../../../values/actor.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';

/** A file on its way out. */
export interface ExportedFile {
	fileName: string;
	mediaType: string;
	content: Readable;
}

/** How a list is to be written. `columns`: keys in the order wanted; all of them if not given. */
export interface ExportForm {
	format: SheetFormat;
	language: SheetLanguage;
	columns?: readonly string[] | undefined;
}

/** A column of a list: its key, its German and English heading, what its cells hold, and where a line has it. */
export type Column<Line> = readonly [
	key: string,
	german: string,
	english: string,
	kind: CellKind,
	value: (line: Line) => string | number | null,
];

function columnsFor<Line>(all: readonly Column<Line>[], { language, columns }: ExportForm): SheetColumn<Line>[] {
	const wanted = columns ?? all.map(([key]) => key);
	return wanted.map((name) => {
		const column = all.find(([key]) => key === name);
		if (!column) throw new Refusal('invalid', 'desk.column-unknown', { column: name }, { field: 'columns' });
		const [key, german, english, kind, value] = column;
		return { key, heading: language === 'de' ? german : english, kind, value };
	});
}

/** A list to be written: its name in the log, its title, columns, filters and lines. */
export interface Export<Line> {
	list: string;
	titles: Record<SheetLanguage, string>;
	columns: readonly Column<Line>[];
	/** the list's own filters, for the log */
	filters: object;
	parts: AsyncIterable<readonly Line[]>;
}

/** Writes a list as a file and notes it in the log. Refuses invalid `desk.column-unknown`, and whatever the list refuses. */
export async function exported<Line>(
	db: Database,
	{ by, at, form, list, titles, columns, filters, parts }: { by: Actor; at: Date; form: ExportForm } & Export<Line>,
): Promise<ExportedFile> {
	const chosen = columnsFor(columns, form);
	const { format, language } = form;
	// The first part is read before anything is promised: what is refused is refused with a reply, not with half a file.
	const reader = parts[Symbol.asyncIterator]();
	const first = await reader.next();
	const all = async function* () {
		for (let part = first; !part.done; part = await reader.next()) yield part.value;
	};
	await write(db, { by, at }, async (_tx, note) => {
		note({
			...{ action: 'desk.export', subject: list },
			after: { format, columns: chosen.map(({ key }) => key), ...filters },
		});
	});
	const title = titles[language];
	return {
		fileName: `${title}-${dayOf(at)}.${format}`,
		mediaType: sheetTypes[format],
		content: spreadsheetOf(format, { title, columns: chosen, parts: all(), language }),
	};
}

/** Leafs through a list until it ends, so that never more than one part is held. */
export async function* leafed<Line, Mark>(
	first: Mark,
	read: (mark: Mark) => Promise<{ lines: readonly Line[]; next: Mark | null }>,
): AsyncGenerator<readonly Line[]> {
	for (let mark: Mark | null = first; mark !== null; ) {
		const part: { lines: readonly Line[]; next: Mark | null } = await read(mark);
		yield part.lines;
		mark = part.next;
	}
}
