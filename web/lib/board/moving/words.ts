// The words of moving in: kinds of tables, what columns mean, problems as sentences.
import { date, euros, number } from '#lib/format.ts';
import * as messages from '#lib/paraglide/messages.js';
import { m } from '#lib/paraglide/messages.js';

/** Kinds of tables. */
export const fileKinds = ['members', 'movements', 'payments', 'dues', 'mandates'] as const;
export type FileKind = (typeof fileKinds)[number];

/** The word for a kind of table: Mitglieder, Bewegungen, Zahlungen, Fälligkeiten, Mandate. */
export function kindWord(kind: FileKind): string {
	const words = {
		members: m.moving_kind_members,
		movements: m.moving_kind_movements,
		payments: m.moving_kind_payments,
		dues: m.moving_kind_dues,
		mandates: m.moving_kind_mandates,
	};
	return words[kind]();
}

type Sentence = (values: Record<string, string>) => string;

function sentence(key: string, values: Record<string, string> = {}): string | undefined {
	const found = Object.hasOwn(messages, key) ? (messages as unknown as Record<string, Sentence>)[key] : undefined;
	return found?.(values);
}

/** What a column may mean, in words: Mitgliedsnummer, Geschäftsguthaben. */
export function fieldWord(field: string): string {
	return sentence(`moving_field_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`) ?? field;
}

/** A problem as a sentence. */
export function problemSentence({ code, values }: { code: string; values: Record<string, unknown> }): string {
	const spoken = Object.entries(values).map(([name, value]): [string, string] => {
		if (name === 'field') return [name, fieldWord(String(value))];
		if (typeof value === 'number') {
			if (/cents$/i.test(name)) return [name, euros(value)];
			return [name, name === 'number' || name === 'row' ? String(value) : number(value)];
		}
		const text = String(value);
		return [name, /^\d{4}-\d{2}-\d{2}$/.test(text) ? date(text) : text];
	});
	return sentence(`moving_problem_${code.replaceAll('-', '_')}`, Object.fromEntries(spoken)) ?? code;
}
