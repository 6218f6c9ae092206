// What is due to be restricted or erased on a day: planned in one pass, so that the preview is exactly what a run carries out.
import { and, asc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { keepUntil, sha256Of } from '../../documents/rules.ts';
import { documents } from '../../documents/tables.ts';
import { members } from '../../members/tables.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { actionOn, type DeletionAction, type DeletionCategory, dueOf, isDue } from '../rules/deletion.ts';
import { restrictedData } from '../tables.ts';
import { leaversBefore } from './leavers.ts';

/** One thing that is due. `recordId`: the document or archived record it is about. */
export interface PlannedItem {
	memberId: string | null;
	memberNumber: number | null;
	name: string;
	category: DeletionCategory;
	action: DeletionAction;
	keepUntil: Day | null;
	dueOn: Day;
	rule: string;
	fields: string[];
	recordId: string | null;
}

/** Most items of one run; what is beyond waits for the next. */
export const mostItems = 2_000;

const parts = ['account', 'contact', 'bank', 'birth-date', 'tax-id', 'declaration'] as const;

async function expiredDocuments(tx: Tx, day: Day): Promise<PlannedItem[]> {
	const rows = await tx
		.select({ document: documents, leftOn: members.leftOn, number: members.number, name: members.sortName })
		.from(documents)
		.leftJoin(members, eq(members.id, documents.memberId))
		// Nothing need be kept for less than six years.
		.where(and(isNotNull(documents.content), sql`${documents.documentOn} < ${day}::date - interval '6 years'`))
		.orderBy(asc(documents.documentOn), asc(documents.id))
		.limit(mostItems);
	return rows.flatMap(({ document, leftOn, number, name }) => {
		const kept = keepUntil(document.retention, document.documentOn, leftOn);
		if (kept === null || kept >= day) return [];
		return [
			{
				...{ memberId: document.memberId, memberNumber: number, name: name ?? document.fileName },
				...{ category: 'document' as const, action: 'erased' as const, keepUntil: null, dueOn: addDays(kept, 1) },
				...{ rule: document.retention === 'register-document' ? 'G-20' : 'B-60', fields: [document.fileName] },
				recordId: document.id,
			},
		];
	});
}

async function expiredArchive(tx: Tx, day: Day): Promise<PlannedItem[]> {
	const rows = await tx
		.select({ data: restrictedData, number: members.number, name: members.sortName })
		.from(restrictedData)
		.innerJoin(members, eq(members.id, restrictedData.memberId))
		.where(and(isNotNull(restrictedData.content), lt(restrictedData.keepUntil, day)))
		.orderBy(asc(restrictedData.keepUntil), asc(restrictedData.id))
		.limit(mostItems);
	return rows.map(({ data, number, name }) => ({
		...{ memberId: data.memberId, memberNumber: number, name, category: 'archive' as const },
		...{ action: 'erased' as const, keepUntil: null, dueOn: addDays(data.keepUntil, 1), rule: 'G-21' },
		...{ fields: [data.category], recordId: data.id },
	}));
}

/** Everything that is due on `day`, members by number, then documents and archived data, oldest first. */
export async function plannedOn(tx: Tx, day: Day): Promise<PlannedItem[]> {
	const leavers = await leaversBefore(tx, { day });
	const ofLeavers = leavers.flatMap((leaver) =>
		parts.flatMap((category): PlannedItem[] => {
			const fields = leaver.held[category];
			const due = dueOf(category, leaver);
			if (!fields || due.dueOn === null || !isDue(due, day)) return [];
			return [
				{
					...{ memberId: leaver.memberId, memberNumber: leaver.number, name: leaver.name, category },
					...{ ...actionOn(due, day), dueOn: due.dueOn, rule: due.rule, fields, recordId: null },
				},
			];
		}),
	);
	return [...ofLeavers, ...(await expiredDocuments(tx, day)), ...(await expiredArchive(tx, day))].slice(0, mostItems);
}

/** Fingerprint of a plan: a run carries out what was looked at, or nothing. */
export function planHash(items: readonly PlannedItem[]): string {
	return sha256Of(
		JSON.stringify(items.map((i) => [i.memberId, i.category, i.action, i.keepUntil, i.fields, i.recordId])),
	);
}
