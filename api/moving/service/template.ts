// Files to fill in, as CSV and as a workbook whose second sheet explains every column.
import type { Readable } from 'node:stream';
import { type SheetLanguage, sheetTypes, workbookOf } from '../../documents/spreadsheet.ts';
import type { FileKind } from '../rules/fields.ts';
import { explanationTitles, templateColumns } from '../words/template.ts';

const names: Readonly<Record<FileKind, string>> = {
	...{ members: 'Mitglieder', movements: 'Bewegungen', payments: 'Zahlungen', dues: 'Faelligkeiten' },
	mandates: 'Mandate',
};

/** A CSV file to fill in (UTF-8 with mark, semicolons), with one example; no cell is taken for a formula. */
export function templateOf(kind: FileKind): { fileName: string; csv: string } {
	const columns = templateColumns(kind);
	const lines = [columns.map(({ heading }) => heading), columns.map(({ example }) => example)];
	const csv = lines.map((cells) => `${cells.join(';')}\r\n`).join('');
	return { fileName: `Umzug_${names[kind]}.csv`, csv: `\uFEFF${csv}` };
}

/** A workbook to fill in: one sheet with headings and one example, one that says what belongs into each column and is never read. */
export function templateWorkbook(
	kind: FileKind,
	language: SheetLanguage,
): { fileName: string; mediaType: string; content: Readable } {
	const columns = templateColumns(kind);
	const pick = (de: string, en: string): string => (language === 'de' ? de : en);
	const text = (headings: readonly string[], lines: readonly (readonly string[])[], title: string) => ({
		...{ title, language, parts: [lines] },
		columns: headings.map((heading, i) => ({
			...{ key: String(i), heading, kind: 'text' as const },
			value: (line: readonly string[]) => line[i] ?? null,
		})),
	});
	const explained = columns.map(({ heading, needed, example, explained: said }) => [
		...[heading, needed ? pick('ja', 'yes') : pick('nein', 'no'), example, said[language]],
	]);
	const content = workbookOf([
		text(
			columns.map(({ heading }) => heading),
			[columns.map(({ example }) => example)],
			names[kind],
		),
		text(
			[
				pick('Spalte', 'Column'),
				pick('Nötig', 'Needed'),
				pick('Beispiel', 'Example'),
				pick('Was dort steht', 'What belongs there'),
			],
			[
				...explained,
				[],
				[
					pick(
						'Die Beispielzeile bitte vor dem Hochladen löschen. Spalten dürfen fehlen oder anders heißen: Im Portal wird jede zugeordnet.',
						'Please delete the example row before uploading. Columns may be missing or have other names: each is assigned in the portal.',
					),
				],
			],
			explanationTitles[language],
		),
	]);
	return { fileName: `Umzug_${names[kind]}.xlsx`, mediaType: sheetTypes.xlsx, content };
}
