// How long the records about a member are kept (G-20, B-60), and what waits of those who left.
import { eq, sql } from 'drizzle-orm';
import { type Database, transact } from '../../database/connect.ts';
import { keepUntil, type RetentionClass } from '../../documents/rules.ts';
import { documents } from '../../documents/tables.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Due, dueOf } from '../rules/deletion.ts';
import { leaversBefore } from './leavers.ts';

/** The parts of a leaver's data that are looked after one by one. */
export const leaverParts = ['account', 'contact', 'bank', 'birth-date', 'tax-id', 'declaration'] as const;

/** Somebody who left: what is still held, and from when on each part may go. */
export interface LeaverRetention {
	memberId: string;
	number: number;
	name: string;
	leftOn: Day;
	settled: boolean;
	parts: ({ part: (typeof leaverParts)[number]; fields: string[] } & Due)[];
}

/** Those who left before today with what is still held of them, by number, page by page. */
export function listLeavers(
	db: Database,
	{ by, at, after, limit = 100 }: { by: Actor; at: Date; after?: number | undefined; limit?: number | undefined },
): Promise<{ leavers: LeaverRetention[]; next: number | null }> {
	return transact(db, by, async (tx) => {
		const found = await leaversBefore(tx, { day: dayOf(at), limit: limit + 1, ...(after ? { after } : {}) });
		const shown = found.slice(0, limit);
		return {
			leavers: shown.map((leaver) => ({
				...{ memberId: leaver.memberId, number: leaver.number, name: leaver.name },
				...{ leftOn: leaver.leftOn, settled: leaver.settled },
				parts: leaverParts.flatMap((part) => {
					const fields = leaver.held[part];
					return fields ? [{ part, fields, ...dueOf(part, leaver) }] : [];
				}),
			})),
			next: found.length > limit ? (shown.at(-1)?.number ?? null) : null,
		};
	});
}

/** Kinds of records whose time is shown. */
export const recordKinds = [
	...(['register', 'declaration', 'share-request', 'payment', 'posting', 'dividend', 'document'] as const),
] as const;

/** Records of one kind and year: how many, and the last day they must be kept; null: as long as there is the register, or until an exit. */
export interface RecordRetention {
	kind: (typeof recordKinds)[number];
	retention: RetentionClass | 'permanent';
	year: number;
	count: number;
	keepUntil: Day | null;
	/** over: may be erased with the next run or, in books, with the year */
	over: boolean;
	rule: string;
}

/** The retention of everything recorded about a member. Refuses missing `members.unknown`. */
export function readRetention(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<{ number: number; leftOn: Day | null; records: RecordRetention[] }> {
	return transact(db, by, async (tx) => {
		const [member] = await tx.select().from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		const years = await tx.execute<{ kind: RecordRetention['kind']; year: number; count: number; last: Day }>(sql`
			select kind, extract(year from day)::int as year, count(*)::int as count, max(day)::text as last from (
				select 'register' as kind, effective_on as day from register_events where member_id = ${memberId}
				union all select 'declaration', (declared_at at time zone 'Europe/Berlin')::date from applications where member_id = ${memberId}
				union all select 'share-request', (declared_at at time zone 'Europe/Berlin')::date from share_requests where member_id = ${memberId}
				union all select 'payment', value_on from payments where member_id = ${memberId}
				union all select 'posting', j.booked_on from postings p join journal j on j.number = p.entry where p.member_id = ${memberId}
				union all select 'dividend', inflow_on from dividend_lines where member_id = ${memberId}
			) records group by 1, 2 order by 1, 2`);
		const classOf: Record<RecordRetention['kind'], RecordRetention['retention']> = {
			...{ register: 'permanent', declaration: 'register-document', 'share-request': 'register-document' },
			...{ payment: 'voucher', posting: 'books', dividend: 'letter', document: 'letter' },
		};
		const day = dayOf(at);
		const archived = await tx.select().from(documents).where(eq(documents.memberId, memberId));
		const line = (
			kind: RecordRetention['kind'],
			retention: RecordRetention['retention'],
			facts: { year: number; count: number; last: Day },
		): RecordRetention => {
			const kept = retention === 'permanent' ? null : keepUntil(retention, facts.last, member.leftOn);
			return {
				...{ kind, retention, year: facts.year, count: facts.count, keepUntil: kept },
				over: kept !== null && addDays(kept, 1) <= day,
				rule: retention === 'permanent' ? 'M-21' : retention === 'register-document' ? 'G-20' : 'B-60',
			};
		};
		return {
			...{ number: member.number, leftOn: member.leftOn },
			records: [
				...years.map(({ kind, ...facts }) => line(kind, classOf[kind], facts)),
				...archived.map(({ retention, documentOn }) =>
					line('document', retention, { year: Number(documentOn.slice(0, 4)), count: 1, last: documentOn }),
				),
			],
		};
	});
}
