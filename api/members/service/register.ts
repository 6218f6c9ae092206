// The list of members (§ 30 GenG): new events, and the register of any day as known at any instant.
import { asc, eq, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Address, type Name, type RegisterEntry, registerEntryOf } from '../rules.ts';
import { members, registerEvents } from '../tables.ts';

/** A line of the register with the member it is about. */
export interface RegisterLine extends RegisterEntry {
	memberId: string;
	number: number;
}

/** What became true for a member from a day on. */
export interface RegisterChange {
	memberId: string;
	effectiveOn: Day;
	basis: string;
	name?: Name;
	address?: Address;
	sharesChange?: number;
	left?: boolean;
}

/** Adds events to the register (M-20, M-21); the caller has locked the members and checked that the changes may be. */
export async function enterInRegister(tx: Tx, note: Note, at: Date, changes: readonly RegisterChange[]): Promise<void> {
	if (changes.length === 0) return;
	await tx.insert(registerEvents).values(
		changes.map(({ left, ...change }) => ({
			...change,
			kind: left ? ('left' as const) : ('changed' as const),
			recordedAt: at,
		})),
	);
	for (const { memberId, ...after } of changes)
		note({ action: 'members.enter-in-register', subject: `member ${memberId}`, after });
}

/**
 * The register on `day` as known at `knownAt`, by member number: everybody who had joined, with the exit of those who left.
 * `present`: only members of that day. Row level security limits a member to the own line.
 */
export async function registerOn(
	tx: Tx,
	{
		day,
		knownAt,
		present = false,
		limit,
		offset = 0,
	}: { day: Day; knownAt: Date; present?: boolean; limit?: number; offset?: number },
): Promise<RegisterLine[]> {
	const known = knownAt.toISOString();
	const rows = await tx.execute<{
		member_id: string;
		number: number;
		name: Name;
		address: Address;
		joined_on: Day;
		shares: number;
		changed_on: Day | null;
		left_on: Day | null;
	}>(sql`
		with valid as (
			select e.* from register_events e
			where e.effective_on <= ${day} and e.recorded_at <= ${known} and e.kind <> 'reversed'
				and not exists (select from register_events r where r.reverses = e.id and r.recorded_at <= ${known})
		)
		select m.id as member_id, m.number,
			(array_agg(v.name order by v.effective_on desc, v.recorded_at desc, v.id desc) filter (where v.name is not null))[1] as name,
			(array_agg(v.address order by v.effective_on desc, v.recorded_at desc, v.id desc) filter (where v.address is not null))[1] as address,
			min(v.effective_on) filter (where v.kind = 'joined') as joined_on,
			sum(v.shares_change)::int as shares,
			max(v.effective_on) filter (where v.kind <> 'joined' and v.shares_change <> 0) as changed_on,
			max(v.effective_on) filter (where v.kind = 'left') as left_on
		from valid v join members m on m.id = v.member_id
		group by m.id, m.number
		having bool_or(v.kind = 'joined') and (not ${present} or coalesce(max(v.effective_on) filter (where v.kind = 'left') >= ${day}, true))
		order by m.number
		limit ${limit ?? null} offset ${offset}`);
	return rows.map((r) => ({
		memberId: r.member_id,
		number: r.number,
		name: r.name,
		address: r.address,
		joinedOn: r.joined_on,
		furtherShares: Math.max(0, r.shares - 1),
		furtherSharesSince: r.changed_on ?? (r.shares > 1 ? r.joined_on : null),
		leftOn: r.left_on,
	}));
}

/** The register for staff, page by page. */
export function readRegister(
	db: Database,
	{
		by,
		day,
		knownAt,
		present,
		page = 1,
		pageSize = 100,
	}: { by: Actor; day: Day; knownAt: Date; present?: boolean; page?: number; pageSize?: number },
): Promise<RegisterLine[]> {
	return transact(db, by, (tx) =>
		registerOn(tx, {
			day,
			knownAt,
			...(present === undefined ? {} : { present }),
			limit: pageSize,
			offset: (page - 1) * pageSize,
		}),
	);
}

/** An event as shown in a member's file. */
export interface RegisterEventView {
	id: string;
	kind: 'joined' | 'changed' | 'left' | 'reversed';
	effectiveOn: Day;
	recordedAt: string;
	name: Name | null;
	address: Address | null;
	sharesChange: number;
	basis: string;
}

/**
 * One member's line of the register with all its events, oldest first: the only line a member may copy (M-30).
 * Refuses missing `members.unknown`.
 */
export function readRegisterEntry(
	db: Database,
	{ by, memberId, day, knownAt }: { by: Actor; memberId: string; day: Day; knownAt: Date },
): Promise<{ number: number; entry: RegisterEntry | null; events: RegisterEventView[] }> {
	return transact(db, by, async (tx) => {
		const [member] = await tx.select({ number: members.number }).from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		const events = await tx
			.select()
			.from(registerEvents)
			.where(eq(registerEvents.memberId, memberId))
			.orderBy(asc(registerEvents.effectiveOn), asc(registerEvents.recordedAt), asc(registerEvents.id));
		return {
			number: member.number,
			entry: registerEntryOf(events, day, knownAt) ?? null,
			events: events.map((e) => ({
				id: e.id,
				kind: e.kind,
				effectiveOn: e.effectiveOn,
				recordedAt: e.recordedAt.toISOString(),
				name: e.name,
				address: e.address,
				sharesChange: e.sharesChange,
				basis: e.basis,
			})),
		};
	});
}
