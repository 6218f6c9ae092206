// What stands in the way of a move, as a file to work through outside the program.
import type { Readable } from 'node:stream';
import { inArray } from 'drizzle-orm';
import { write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database } from '../../database/connect.ts';
import {
	type SheetColumn,
	type SheetFormat,
	type SheetLanguage,
	sheetTypes,
	spreadsheetOf,
} from '../../documents/spreadsheet.ts';
import type { Actor } from '../../values/actor.ts';
import { dayOf } from '../../values/calendar.ts';
import type { Problem } from '../rules/problems.ts';
import { movingFiles } from '../tables.ts';
import { sentenceOf } from '../words/problems.ts';
import { lockOpen } from './files.ts';
import { checked, errorsFirst } from './preview.ts';

/**
 * What stands in the way of the open move as a file, errors first, each by table, row and column; noted in the log. Refuses conflict
 * `moving.not-open`.
 */
export function exportMovingProblems(
	db: Database,
	{ by, at, keys, format, language }: { by: Actor; at: Date; keys: Keys; format: SheetFormat; language: SheetLanguage },
): Promise<{ fileName: string; mediaType: string; content: Readable }> {
	return write(db, { by, at }, async (tx, note) => {
		const open = await lockOpen(tx);
		const { problems, tables } = await checked(tx, keys, open, at);
		const files = await tx
			.select({ id: movingFiles.id, name: movingFiles.name, sheet: movingFiles.sheet })
			.from(movingFiles)
			.where(
				inArray(
					movingFiles.id,
					tables.map(({ id }) => id),
				),
			);
		const fileOf = new Map(files.map((file) => [file.id, file]));
		note({
			action: 'moving.export-problems',
			subject: `moving ${open.id}`,
			after: { format, problems: problems.length },
		});
		const pick = (de: string, en: string): string => (language === 'de' ? de : en);
		const columns: SheetColumn<Problem>[] = [
			{
				...{ key: 'severity', heading: pick('Schwere', 'Severity'), kind: 'text' },
				value: ({ severity }) => (severity === 'error' ? pick('Fehler', 'error') : pick('Hinweis', 'note')),
			},
			{
				key: 'file',
				heading: pick('Datei', 'File'),
				kind: 'text',
				value: ({ file }) => fileOf.get(file)?.name ?? null,
			},
			{
				key: 'sheet',
				heading: pick('Blatt', 'Sheet'),
				kind: 'text',
				value: ({ file }) => fileOf.get(file)?.sheet ?? null,
			},
			{ key: 'row', heading: pick('Zeile', 'Row'), kind: 'whole', value: ({ row }) => row },
			{ key: 'column', heading: pick('Spalte', 'Column'), kind: 'text', value: ({ column }) => column },
			{
				...{ key: 'problem', heading: pick('Was nicht stimmt', 'What is wrong'), kind: 'text' },
				value: (problem) => sentenceOf(problem, language),
			},
		];
		const title = pick('Umzug Fehler', 'Moving problems');
		return {
			fileName: `${title}-${dayOf(at)}.${format}`,
			mediaType: sheetTypes[format],
			content: spreadsheetOf(format, { title, columns, parts: [errorsFirst(problems)], language }),
		};
	});
}
