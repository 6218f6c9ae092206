// The words of moving in: kinds of tables, what columns mean.
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

/** What a column may mean, in words: Mitgliedsnummer, Geschäftsguthaben. */
export function fieldWord(field: string): string {
	const key = `moving_field_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
	return Object.hasOwn(messages, key)
		? ((messages as unknown as Record<string, () => string>)[key]?.() ?? field)
		: field;
}
