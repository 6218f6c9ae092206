// The list of members (§ 30 GenG): new events, and the register of any day as known at any instant.
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Address, Name } from '../rules.ts';
import {
	type ExtraFields,
	furtherSharesOf,
	mergedExtra,
	type RegisterEntry,
	registerEntryOf,
} from '../rules/register.ts';
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
	extra?: ExtraFields;
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
 * Takes an event back by one that names it: from now on the register says that it never was; what it said before stays known.
 * The caller has locked the member. Refuses missing `members.event-unknown`; conflict `members.event-reversed`.
 */
export async function reverseInRegister(
	tx: Tx,
	note: Note,
	at: Date,
	{ memberId, eventId, basis }: { memberId: string; eventId: string; basis: string },
): Promise<typeof registerEvents.$inferSelect> {
	const [event] = await tx.select().from(registerEvents).where(eq(registerEvents.id, eventId));
	if (!event || event.memberId !== memberId || event.kind === 'reversed')
		throw new Refusal('missing', 'members.event-unknown', {}, { rule: 'M-21' });
	const { effectiveOn } = event;
	const made = await tx
		.insert(registerEvents)
		.values({ memberId, kind: 'reversed', effectiveOn, recordedAt: at, basis, reverses: eventId })
		.onConflictDoNothing({ target: registerEvents.reverses })
		.returning({ id: registerEvents.id });
	if (made.length === 0) throw new Refusal('conflict', 'members.event-reversed', {}, { rule: 'M-21' });
	note({ action: 'members.reverse-in-register', subject: `member ${memberId}`, after: { eventId, basis } });
	return event;
}

/** Which register: effective on `day`, from the entries recorded up to `knownAt`. */
export interface RegisterView {
	day: Day;
	knownAt: Date;
	/** only members of that day */
	present?: boolean | undefined;
}

interface FoldedRow extends Record<string, unknown> {
	member_id: string;
	number: number;
	name: Name;
	address: Address;
	joined_on: Day;
	left_on: Day | null;
	kinds: ('joined' | 'changed' | 'left')[];
	days: Day[];
	share_changes: number[];
	extras: ExtraFields[] | null;
}

/** Events of a view that nobody has taken back. */
const counting = ({ day, knownAt }: RegisterView): SQL => sql`
	e.effective_on <= ${day} and e.recorded_at <= ${knownAt.toISOString()} and e.kind <> 'reversed'
	and not exists (select from register_events r where r.reverses = e.id and r.recorded_at <= ${knownAt.toISOString()})`;

const inEffect = sql`order by e.effective_on, e.recorded_at, e.id`;
/** The fold of a member's events, the same as `registerEntryOf`. */
const folded = sql`
	(array_agg(e.name ${inEffect}) filter (where e.name is not null)) as names,
	(array_agg(e.address ${inEffect}) filter (where e.address is not null)) as addresses,
	min(e.effective_on) filter (where e.kind = 'joined') as joined_on,
	max(e.effective_on) filter (where e.kind = 'left') as left_on,
	array_agg(e.kind ${inEffect}) filter (where e.shares_change <> 0) as kinds,
	array_agg(e.effective_on::text ${inEffect}) filter (where e.shares_change <> 0) as days,
	array_agg(e.shares_change ${inEffect}) filter (where e.shares_change <> 0) as share_changes,
	jsonb_agg(e.extra ${inEffect}) filter (where e.extra is not null) as extras`;
const last = (column: SQL): SQL => sql`${column}[array_upper(${column}, 1)]`;
const shown = sql`m.id as member_id, m.number, ${last(sql`v.names`)} as name, ${last(sql`v.addresses`)} as address,
	v.joined_on::text, v.left_on::text, v.kinds, v.days, v.share_changes, v.extras`;
const inList = ({ day, present = false }: RegisterView): SQL =>
	sql`v.joined_on is not null and (not ${present} or v.left_on is null or v.left_on >= ${day})`;

/**
 * The register on `day` as known at `knownAt`, by member number: everybody who had joined, with the exit of those who left.
 * With `limit` a page of it after member number `after`, by the index of each member's events; without, one pass over all events.
 * Row level security limits a member to the own line.
 */
export async function registerOn(
	tx: Tx,
	{ limit, after = 0, ...view }: RegisterView & { limit?: number; after?: number },
): Promise<RegisterLine[]> {
	const rows = await tx.execute<FoldedRow>(
		limit === undefined
			? sql`
				select ${shown} from (
					select e.member_id, ${folded} from register_events e where ${counting(view)} group by e.member_id
				) v join members m on m.id = v.member_id
				where ${inList(view)} and m.number > ${after} order by m.number`
			: sql`
				select ${shown} from members m cross join lateral (
					select ${folded} from register_events e where e.member_id = m.id and ${counting(view)}
				) v where ${inList(view)} and m.number > ${after} order by m.number limit ${limit}`,
	);
	return rows.map(lineOf);
}

function lineOf(r: FoldedRow): RegisterLine {
	return {
		memberId: r.member_id,
		number: r.number,
		name: r.name,
		address: r.address,
		joinedOn: r.joined_on,
		...furtherSharesOf(
			(r.kinds ?? []).map((kind, i) => ({ kind, on: r.days[i] ?? '', change: r.share_changes[i] ?? 0 })),
		),
		leftOn: r.left_on,
		extra: mergedExtra(r.extras ?? []),
	};
}

/** What a register can be ordered by. */
export const registerOrders = ['number', 'name', 'town', 'joinedOn', 'shares'] as const;
export type RegisterOrder = (typeof registerOrders)[number];

/** Which lines of a register, in which order: those whose number, name or place says so. */
export interface RegisterChoice {
	search?: string | undefined;
	order?: RegisterOrder | undefined;
	descending?: boolean | undefined;
}

const orderedBy: Readonly<Record<RegisterOrder, SQL>> = {
	number: sql`m.number`,
	name: sql`coalesce(${last(sql`v.names`)} ->> 'organisation', (${last(sql`v.names`)} ->> 'familyName') || ', ' || (${last(sql`v.names`)} ->> 'givenNames')) collate "de-x-icu"`,
	town: sql`(${last(sql`v.addresses`)} ->> 'town') collate "de-x-icu"`,
	joinedOn: sql`v.joined_on`,
	shares: sql`(select sum(change) from unnest(v.share_changes) change)`,
};

/**
 * The register of a day as known at an instant, searched in what it said then, in any order: `limit` lines after the first `after`. One
 * pass over all events. Row level security limits a member to the own line.
 */
export async function searchedRegister(
	tx: Tx,
	{
		limit,
		after = 0,
		search = '',
		order = 'number',
		descending = false,
		...view
	}: RegisterView & RegisterChoice & { limit: number; after?: number },
): Promise<RegisterLine[]> {
	const pattern = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
	const said = sql`concat_ws(' ', m.number, ${last(sql`v.names`)} ->> 'organisation', ${last(sql`v.names`)} ->> 'givenNames', ${last(sql`v.names`)} ->> 'familyName', ${last(sql`v.names`)} ->> 'givenNames', ${last(sql`v.addresses`)} ->> 'postcode', ${last(sql`v.addresses`)} ->> 'town')`;
	const rows = await tx.execute<FoldedRow>(sql`
		select ${shown} from (
			select e.member_id, ${folded} from register_events e where ${counting(view)} group by e.member_id
		) v join members m on m.id = v.member_id
		where ${inList(view)} ${search.trim() === '' ? sql`` : sql`and ${said} ilike ${pattern}`}
		order by ${orderedBy[order]} ${descending ? sql`desc` : sql`asc`}, m.number limit ${limit} offset ${after}`);
	return rows.map(lineOf);
}

/** How many lines a register has, how many of them are members on its day, and how many shares these hold. */
export interface RegisterTotals {
	entries: number;
	present: number;
	shares: number;
}

/** Counts a register in one pass. */
export async function registerTotals(tx: Tx, view: RegisterView): Promise<RegisterTotals> {
	const [row] = await tx.execute<RegisterTotals & Record<string, unknown>>(sql`
		select count(*)::int as entries, (count(*) filter (where here))::int as present,
			coalesce(sum(shares) filter (where here), 0)::int as shares
		from (
			select sum(e.shares_change) as shares, bool_or(e.kind = 'joined') as joined,
				coalesce(max(e.effective_on) filter (where e.kind = 'left') >= ${view.day}, true) as here
			from register_events e where ${counting(view)} group by e.member_id
		) v where joined`);
	return { entries: row?.entries ?? 0, present: row?.present ?? 0, shares: row?.shares ?? 0 };
}

/**
 * A part of the register for staff: at most `limit` lines after member number `after`; of a register that is searched or in another order
 * than by number, after so many lines.
 */
export function readRegister(
	db: Database,
	{ by, limit = 500, ...asked }: RegisterView & RegisterChoice & { by: Actor; limit?: number; after?: number },
): Promise<RegisterLine[]> {
	return transact(db, by, (tx) =>
		isByNumber(asked) ? registerOn(tx, { ...asked, limit }) : searchedRegister(tx, { ...asked, limit }),
	);
}

/** True for a register in its own order, by number and whole: read part by part without folding all of it. */
export function isByNumber({ search = '', order = 'number', descending = false }: RegisterChoice): boolean {
	return search.trim() === '' && order === 'number' && !descending;
}

/** Counts the register for staff. */
export function countRegister(db: Database, { by, ...view }: RegisterView & { by: Actor }): Promise<RegisterTotals> {
	return transact(db, by, (tx) => registerTotals(tx, view));
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
	extra: ExtraFields | null;
	basis: string;
	/** the event this one takes back */
	reverses: string | null;
	/** the event that was taken back in favour of this one */
	replaces: string | null;
	/** true if a later event takes it back */
	reversed: boolean;
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
		const events = await eventsOf(tx, memberId);
		const takenBack = new Set(events.map((e) => e.reverses));
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
				extra: e.extra,
				basis: e.basis,
				reverses: e.reverses,
				replaces: e.replaces,
				reversed: takenBack.has(e.id),
			})),
		};
	});
}

/** All events of a member, oldest effective day first. */
export function eventsOf(tx: Tx, memberId: string): Promise<(typeof registerEvents.$inferSelect)[]> {
	return tx
		.select()
		.from(registerEvents)
		.where(eq(registerEvents.memberId, memberId))
		.orderBy(asc(registerEvents.effectiveOn), asc(registerEvents.recordedAt), asc(registerEvents.id));
}

/** The statute's fields beyond the law's on a day (M-20); none before there was a statute. */
export async function fieldsOn(tx: Tx, day: Day): Promise<string[]> {
	try {
		return (await statuteOn(tx, day)).terms.registerExtraFields;
	} catch (error) {
		if (error instanceof Refusal && error.code === 'statute.none-on-day') return [];
		throw error;
	}
}

/** The statute's fields of a day, for those who read the register. */
export function registerFields(db: Database, { by, day }: { by: Actor; day: Day }): Promise<string[]> {
	return transact(db, by, (tx) => fieldsOn(tx, day));
}
