// Members who come under notice: their exits wait for their day, as if the notice had been given here.
import { asc, sql } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import { statuteVersions } from '../../../statute/tables.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { inPortions, type Settler } from './rows.ts';

/** The version of the statute in force on a day; before the oldest, that one. */
export async function versionsOn(tx: Tx): Promise<(day: Day) => typeof statuteVersions.$inferSelect> {
	const versions = await tx
		.select()
		.from(statuteVersions)
		.orderBy(asc(statuteVersions.validFrom), asc(statuteVersions.version));
	return (day) => {
		const found = versions.findLast(({ validFrom }) => validFrom <= day) ?? versions[0];
		if (!found) throw new Error('there is no statute');
		return found;
	};
}

/** Notices that arrived before the move and end after it (M-40): given, entered in the register, effective on their day. */
export async function giveNotices(
	tx: Tx,
	settlers: readonly Settler[],
	{ by, at, basis }: { by: Actor; at: Date; basis: string },
): Promise<number> {
	const leaving = settlers.flatMap(({ id, endsOn, noticeOn }) =>
		endsOn === null ? [] : [{ id, endsOn, receivedOn: noticeOn ?? dayOf(at) }],
	);
	if (leaving.length === 0) return 0;
	const versionOn = await versionsOn(tx);
	const rows = leaving.map(({ id, endsOn, receivedOn }) => ({
		...{ member_id: id, received_on: receivedOn, effective_on: endsOn, basis, recorded_by: by.personId },
		statute_version: versionOn(receivedOn).version,
	}));
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into exits (member_id, cause, received_on, effective_on, statute_version, form, proof, steps, basis, recorded_at, recorded_by, state, register_event_id)
			select r.member_id, 'notice', r.received_on, r.effective_on, r.statute_version, 'paper', '{}', '[]', r.basis, ${at.toISOString()}::timestamptz, r.recorded_by, 'given', e.id
			from json_to_recordset(${json}::text::json) as r (member_id uuid, received_on date, effective_on date, statute_version int, basis text, recorded_by uuid)
			join register_events e on e.member_id = r.member_id and e.kind = 'left'`),
	);
	return rows.length;
}
