// Bringing everybody's shares to a new nominal value: divided or joined, or worth more or less; what is right already stays.
import { lte, sql } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { enterManyInRegister } from '../../../members/service/enterMany.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import type { Due } from '../../rules.ts';
import { shareDues, shareMovements } from '../../tables.ts';
import { settleClaims } from '../claims.ts';
import { daysBefore, runningFrom } from './effect.ts';

/** From a day on, until the next change if there is one, shares have this nominal value. */
export interface Conversion {
	validFrom: Day;
	until: Day | null;
	oldNominalCents: number;
	newNominalCents: number;
	/** what stays: the capital of every member, or the number of shares */
	keeps: 'capital' | 'shares';
	/** what falls due on one share that is worth more */
	dues: readonly Due[];
	/** resolution and entry in the register */
	basis: string;
	subject: string;
}

/** What a conversion did. */
export interface Converted {
	members: number;
	sharesBefore: number;
	sharesAfter: number;
}

async function divide(
	tx: Tx,
	note: Note,
	{ at, conversion }: { at: Date; conversion: Conversion },
): Promise<{ memberIds: string[]; added: number }> {
	const { validFrom, until, newNominalCents, basis } = conversion;
	const made = await tx.execute<{ member_id: string; count: number; effective_on: Day }>(sql`
		with ${runningFrom(validFrom)}, wanted as (
			select member_id, day, nominal / ${newNominalCents} - shares as more from running where ${daysBefore(until)}
		), steps as (
			select member_id, day, more - lag(more, 1, 0) over (partition by member_id order by day) as count from wanted
		)
		insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select member_id, 'split', count::int, 0, day, ${at.toISOString()}::timestamptz, ${basis} from steps where count <> 0
		returning member_id, count, effective_on`);
	const changes = made.map(({ member_id, count, effective_on }) => ({
		...{ memberId: member_id, effectiveOn: effective_on, sharesChange: count },
	}));
	await enterManyInRegister(tx, note, { at, basis, changes });
	const added = changes
		.filter(({ effectiveOn }) => effectiveOn === validFrom)
		.reduce((sum, { sharesChange }) => sum + sharesChange, 0);
	return { memberIds: changes.map(({ memberId }) => memberId), added };
}

async function revalue(
	tx: Tx,
	{ by, at, conversion }: { by: Actor; at: Date; conversion: Conversion },
): Promise<string[]> {
	const { validFrom, until, oldNominalCents, newNominalCents, basis, dues } = conversion;
	const kind = newNominalCents > oldNominalCents ? 'increase' : 'reduction';
	const made = await tx.execute<{ id: string; member_id: string; cents: number; effective_on: Day }>(sql`
		with ${runningFrom(validFrom)}, wanted as (
			select member_id, day, shares * ${newNominalCents} - nominal as more from running where ${daysBefore(until)}
		), steps as (
			select member_id, day, more - lag(more, 1, 0) over (partition by member_id order by day) as cents from wanted
		)
		insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select member_id, ${kind}, 0, cents, day, ${at.toISOString()}::timestamptz, ${basis} from steps where cents <> 0
		returning id, member_id, nominal_cents as cents, effective_on`);
	// With shares that end after the change, what was due on them ends on their day, not before.
	const owed = made.flatMap(({ id, member_id, cents, effective_on: day }) =>
		dues.map(({ dueOn, amountCents }) => ({
			...{ movementId: id, memberId: member_id, dueOn: dueOn < day ? day : dueOn, recordedAt: at },
			amountCents: Math.round((amountCents * cents) / (newNominalCents - oldNominalCents)),
		})),
	);
	await writeManyDues(tx, owed);
	const memberIds = [...new Set(made.map(({ member_id }) => member_id))];
	if (owed.some(({ dueOn }) => dueOn <= dayOf(at))) await settleManyClaims(tx, { by, at, memberIds, from: validFrom });
	return memberIds;
}

/** A statement takes so many rows or ids at most. */
const batch = 5_000;

/** Writes what falls due (or no longer does) for any number of members. */
export async function writeManyDues(tx: Tx, dues: readonly (typeof shareDues.$inferInsert)[]): Promise<void> {
	const rows = dues.filter(({ amountCents }) => amountCents !== 0);
	for (let i = 0; i < rows.length; i += batch) await tx.insert(shareDues).values(rows.slice(i, i + batch));
}

/** Brings the claims of any number of locked members to what they should be from a day on (`settleClaims`). */
export async function settleManyClaims(
	tx: Tx,
	{ memberIds, ...how }: { by: Actor; at: Date; memberIds: readonly string[]; from: Day },
): Promise<void> {
	for (let i = 0; i < memberIds.length; i += batch)
		await settleClaims(tx, { ...how, memberIds: memberIds.slice(i, i + batch) });
}

/**
 * Brings everybody's shares to the conversion's nominal value from its day on, under the lock of all members: what is right already
 * stays, so that doing it twice does nothing. Divided shares leave dues, claims and balances as they are; shares worth more bring what
 * falls due on them.
 */
export async function convert(
	tx: Tx,
	note: Note,
	{ by, at, conversion }: { by: Actor; at: Date; conversion: Conversion },
): Promise<Converted> {
	const { validFrom, keeps, newNominalCents, subject } = conversion;
	const { memberIds, added } =
		keeps === 'capital'
			? await divide(tx, note, { at, conversion })
			: { memberIds: await revalue(tx, { by, at, conversion }), added: 0 };
	const [after] = await tx
		.select({ shares: sql<number>`coalesce(sum(${shareMovements.count}), 0)::int` })
		.from(shareMovements)
		.where(lte(shareMovements.effectiveOn, validFrom));
	const sharesAfter = after?.shares ?? 0;
	const result = { members: new Set(memberIds).size, sharesBefore: sharesAfter - added, sharesAfter };
	if (result.members > 0)
		note({
			action: keeps === 'capital' ? 'shares.split' : 'shares.revalue',
			...{ subject, after: { ...result, validFrom, newNominalCents } },
		});
	return result;
}
