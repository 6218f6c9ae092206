// Register events for many members at once: one statement and one line in the log, whatever their number.
import { sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Tx } from '../../database/connect.ts';
import type { Day } from '../../values/calendar.ts';

/** More or fewer shares of a member from a day on. */
export interface SharesChange {
	memberId: string;
	effectiveOn: Day;
	sharesChange: number;
}

/** Adds changes of share numbers to the register on one basis (M-20); the caller has locked the members and checked that they may be. */
export async function enterManyInRegister(
	tx: Tx,
	note: Note,
	{ at, basis, changes }: { at: Date; basis: string; changes: readonly SharesChange[] },
): Promise<void> {
	if (changes.length === 0) return;
	await tx.execute(sql`
		insert into register_events (member_id, kind, effective_on, recorded_at, shares_change, basis)
		select c.member_id, 'changed', c.effective_on, ${at.toISOString()}::timestamptz, c.shares_change, ${basis}
		from unnest(
			string_to_array(${changes.map(({ memberId }) => memberId).join(',')}, ',')::uuid[],
			string_to_array(${changes.map(({ effectiveOn }) => effectiveOn).join(',')}, ',')::date[],
			string_to_array(${changes.map(({ sharesChange }) => sharesChange).join(',')}, ',')::int[]
		) as c (member_id, effective_on, shares_change)`);
	note({
		action: 'members.enter-in-register',
		subject: `${new Set(changes.map(({ memberId }) => memberId)).size} members`,
		after: { basis, changes: changes.length },
	});
}
