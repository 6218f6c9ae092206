// Stored meter-days as they were known at an instant: what a statement or a dividend of that time was computed from.
import { clientOf, type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, startOfDay } from '../../values/calendar.ts';
import { missingRank } from '../rules.ts';
import {
	assertPeriod,
	assertPlant,
	type ChannelDay,
	countsThen,
	type PlantDay,
	type PlantDayChannel,
	sumOfDays,
} from './days.ts';

/** Versions of meter-days that were valid at an instant: recorded by then, replaced or taken away later or never. */
const knownVersions = (sql: ReturnType<typeof clientOf>, at: Date) => sql`(
	select r.channel_id, r.day, r.wh, r.quality, r.total_wh, r.gaps, r.version, r.import_id
	from reading_days r join imports i on i.id = r.import_id where i.stored_at <= ${at.toISOString()}::timestamptz
	union all
	select r.channel_id, r.day, r.wh, r.quality, r.total_wh, r.gaps, r.version, r.import_id
	from reading_days_history r join imports i on i.id = r.import_id join imports n on n.id = r.replaced_by_import
	where i.stored_at <= ${at.toISOString()}::timestamptz and n.stored_at > ${at.toISOString()}::timestamptz
)`;

/**
 * A plant's feed-in per day as it was known at an instant: what a statement or dividend of that time was computed from.
 * Refuses plants.unknown, readings.period (400 days at most).
 */
export function listKnownDays(
	db: Database,
	{ by, plantId, from, to, at }: { by: Actor; plantId: string; from: Day; to: Day; at: Date },
): Promise<PlantDay[]> {
	assertPeriod(from, to);
	return transact(db, by, async (tx) => {
		await assertPlant(tx, plantId);
		const sql = clientOf(tx);
		const known = await sql<ChannelDay[]>`
			select r.day::text as day, c.metering_point_id as "meteringPointId", c.obis, c.slot_minutes as "slotMinutes",
				cardinality(r.wh) as slots, r.gaps, r.total_wh as "totalWh", r.quality, r.version, r.import_id as "importId"
			from ${knownVersions(sql, at)} r join channels c on c.id = r.channel_id join metering_points p on p.id = c.metering_point_id
			where p.plant_id = ${plantId} and c.direction = 'feed-in' and r.day between ${from} and ${to} and ${countsThen(sql)}
			order by r.day`;
		return sumOfDays(known);
	});
}

/** All channels of a plant on one day as they were known at an instant. Refuses plants.unknown, readings.period. */
export function readKnownDay(
	db: Database,
	{ by, plantId, day, at }: { by: Actor; plantId: string; day: Day; at: Date },
): Promise<{ day: Day; startsAt: string; channels: PlantDayChannel[] }> {
	assertPeriod(day, day);
	return transact(db, by, async (tx) => {
		await assertPlant(tx, plantId);
		const sql = clientOf(tx);
		const rows = await sql`
			select c.id, c.metering_point_id, c.obis, c.direction, c.slot_minutes, r.wh, r.quality, r.total_wh, r.gaps, r.version, r.import_id
			from ${knownVersions(sql, at)} r join channels c on c.id = r.channel_id join metering_points p on p.id = c.metering_point_id
			where p.plant_id = ${plantId} and r.day = ${day} order by c.direction, c.obis, c.slot_minutes`;
		const channels = rows.map((row): PlantDayChannel => {
			const wh = row.wh as (number | null)[];
			return {
				...{ channelId: row.id, meteringPointId: row.metering_point_id, obis: row.obis, direction: row.direction },
				...{ slotMinutes: row.slot_minutes, wh, totalWh: row.total_wh, gaps: row.gaps },
				quality: wh.map((value, slot) => (value === null ? missingRank : (row.quality?.[slot] ?? 0))),
				...{ version: row.version, importId: row.import_id, openSlots: 0 },
			};
		});
		return { day, startsAt: new Date(startOfDay(day)).toISOString(), channels };
	});
}
