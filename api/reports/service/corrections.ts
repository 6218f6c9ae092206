// Readings that changed after a year was closed: stored as they came, listed for the board with their effect in energy and money.
import { sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { correctionNotes } from '../tables.ts';

/** What corrections after its closing changed in one month of a closed fiscal year. Energies in watt-hours. */
export interface LateCorrection {
	/** calendar year the fiscal year ends in, and when it was recorded */
	year: number;
	closedAt: string;
	/** true if the dividend of the year is released */
	dividendReleased: boolean;
	plantId: string;
	plantName: string;
	/** first day of the month */
	month: Day;
	/** days whose feed-in differs from what was known at the closing */
	days: number;
	knownWh: number;
	nowWh: number;
	/** by the rate of each day, cents; null where no rate is recorded */
	differenceCents: number | null;
	/** the imports and decisions that changed these days since, at most ten */
	imports: { importId: number; fileName: string }[];
	/** what the board noted about it; null while nobody has, or since it changed once more */
	noted: { at: string; by: string; remark: string } | null;
}

/**
 * Corrections that touch a closed fiscal year: per plant and month what was known when the year was recorded, and what counts now.
 * Months where both are the same, also after going back and forth, are left out. The newest first.
 */
export function listLateCorrections(db: Database, { by }: { by: Actor }): Promise<LateCorrection[]> {
	return transact(db, by, (tx) => lateCorrectionsIn(tx));
}

/** The same inside a caller's transaction. */
export async function lateCorrectionsIn(tx: Tx): Promise<LateCorrection[]> {
	const rows = await tx.execute<{
		year: number;
		closed_at: string;
		released: boolean;
		plant_id: string;
		plant_name: string;
		month: Day;
		days: number;
		known_wh: string;
		now_wh: string;
		cents: string | null;
		imports: { importId: number; fileName: string }[] | null;
		noted: { at: string; by: string; remark: string; nowWh: number } | null;
	}>(sql`
		with versions as (
			select channel_id, day, wh, total_wh, gaps, import_id, null::int4 as replaced_by from reading_days
			union all
			select channel_id, day, wh, total_wh, gaps, import_id, replaced_by_import from reading_days_history
		), closed as (
			select year, start_on, end_on, recorded_at, state = 'released' as released from fiscal_years
		), touched as (
			select distinct y.year, v.channel_id, v.day from closed y join versions v on v.day between y.start_on and y.end_on
			left join imports i on i.id = v.import_id left join imports n on n.id = v.replaced_by
			where i.stored_at > y.recorded_at or n.stored_at > y.recorded_at
		), counting as (
			select distinct y.year, p.plant_id, t.day from touched t join closed y using (year)
			join channels c on c.id = t.channel_id and c.direction = 'feed-in' join metering_points p on p.id = c.metering_point_id
		), sums as (
			select k.year, k.plant_id, k.day, sum(b.known)::int8 as known, sum(b.now)::int8 as now
			from counting k join closed y using (year), lateral (
				select coalesce(sum(total_wh), 0) as known, 0 as now from (
					select distinct on (c.metering_point_id, c.obis) v.total_wh
					from metering_points p join channels c on c.metering_point_id = p.id and c.direction = 'feed-in'
					join versions v on v.channel_id = c.id and v.day = k.day
					join imports i on i.id = v.import_id and i.stored_at <= y.recorded_at
					left join imports n on n.id = v.replaced_by
					where p.plant_id = k.plant_id and (v.replaced_by is null or n.stored_at > y.recorded_at)
						and case when c.obis like '% d' then not is_outdone(c.id, k.day) else true end
					order by c.metering_point_id, c.obis, v.gaps::int4 * c.slot_minutes, c.slot_minutes) known
				union all
				select 0, coalesce(sum(total_wh), 0) from (
					select distinct on (c.metering_point_id, c.obis) r.total_wh
					from metering_points p join channels c on c.metering_point_id = p.id and c.direction = 'feed-in'
					join reading_days r on r.channel_id = c.id and r.day = k.day
					where p.plant_id = k.plant_id and case when c.obis like '% d' then not is_outdone(c.id, k.day) else true end
					order by c.metering_point_id, c.obis, r.gaps::int4 * c.slot_minutes, c.slot_minutes) now
			) b group by 1, 2, 3
		), priced as (
			select s.*, date_trunc('month', s.day)::date as month, (select r.cents_per_kwh from plant_rates r where r.plant_id = s.plant_id and r.valid_from <= s.day order by r.valid_from desc limit 1) as rate
			from sums s where s.known <> s.now
		)
		select y.year, to_json(y.recorded_at) #>> '{}' as closed_at, y.released, p.id as plant_id, p.name as plant_name, s.month::text as month,
			count(*)::int4 as days, sum(s.known)::int8 as known_wh, sum(s.now)::int8 as now_wh,
			case when bool_and(s.rate is not null) then round(sum((s.now - s.known) * s.rate) / 1000)::int8 end as cents,
			(select json_agg(json_build_object('importId', f.id, 'fileName', f.file_name) order by f.id desc) from (
				select i.id, i.file_name from imports i where i.stored_at > y.recorded_at and exists (
					select from versions v join channels c on c.id = v.channel_id join metering_points m on m.id = c.metering_point_id
					where m.plant_id = p.id and i.id in (v.import_id, v.replaced_by) and v.day = any(array_agg(s.day)))
				order by i.id desc limit 10) f) as imports,
			(select json_build_object('at', n.noted_at, 'by', n.noted_by_name, 'remark', n.remark, 'nowWh', n.now_wh) from correction_notes n
				where n.year = y.year and n.plant_id = p.id and n.month = s.month order by n.noted_at desc, n.id desc limit 1) as noted
		from priced s join closed y using (year) join plants p on p.id = s.plant_id
		group by y.year, y.recorded_at, y.released, p.id, p.name, s.month
		order by y.year desc, s.month desc, p.name`);
	return rows.map((row) => ({
		...{ year: row.year, closedAt: new Date(row.closed_at).toISOString(), dividendReleased: row.released },
		...{ plantId: row.plant_id, plantName: row.plant_name, month: row.month, days: row.days },
		...{ knownWh: Number(row.known_wh), nowWh: Number(row.now_wh) },
		differenceCents: row.cents === null ? null : Number(row.cents),
		imports: row.imports ?? [],
		noted:
			row.noted && row.noted.nowWh === Number(row.now_wh)
				? { at: new Date(row.noted.at).toISOString(), by: row.noted.by, remark: row.noted.remark }
				: null,
	}));
}

/**
 * Notes that the board knows of a correction and what it makes of it. Refuses missing `reports.correction-unknown`, conflict
 * `reports.correction-changed` (its energy is another by now).
 */
export function noteCorrection(
	db: Database,
	{
		year,
		plantId,
		month,
		nowWh,
		remark,
		...command
	}: Command & { year: number; plantId: string; month: Day; nowWh: number; remark: string },
): Promise<{ year: number }> {
	return write(db, command, async (tx, note) => {
		const found = (await lateCorrectionsIn(tx)).find(
			(one) => one.year === year && one.plantId === plantId && one.month === month,
		);
		if (!found) throw new Refusal('missing', 'reports.correction-unknown');
		if (found.nowWh !== nowWh) throw new Refusal('conflict', 'reports.correction-changed');
		const noted = { notedAt: command.at, notedByName: command.by.name };
		await tx.insert(correctionNotes).values({ year, plantId, month, nowWh, remark, ...noted });
		const { knownWh, differenceCents } = found;
		note({
			...{ action: 'reports.noteCorrection', subject: `plant ${plantId} ${month}` },
			after: { year, knownWh, nowWh, differenceCents, remark },
		});
		return { year };
	});
}
