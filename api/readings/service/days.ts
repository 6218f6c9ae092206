// Reads stored meter-days for pages: a plant's days, one day slot by slot, the versions of a day.
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, daysBetween, isDay, slotsOfDay, startOfDay } from '../../values/calendar.ts';
import { qualities } from '../../values/energy.ts';
import { Refusal } from '../../values/refusal.ts';
import { compareDay, overlaid } from '../compare.ts';
import { missingRank, provisionalRank } from '../rules.ts';

/** Days that one question may cover. */
export const periodLimitDays = 400;

/** One day of a plant's feed-in: what the year calendar shows. */
export interface PlantDay {
	day: Day;
	totalWh: number;
	slots: number;
	gaps: number;
	/** slots per quality: measured, substitute, provisional, estimated, missing */
	qualities: number[];
	/** highest version among the channels that count; 0 while the day is open */
	version: number;
	importIds: number[];
	/** true if these are live values of a day that is not sealed yet */
	open: boolean;
}

/** A channel's day as it is summed up. */
export interface ChannelDay {
	day: Day;
	meteringPointId: string;
	obis: string;
	slotMinutes: number;
	slots: number;
	gaps: number;
	totalWh: number;
	quality: Uint8Array | null;
	version: number;
	importId: number;
}

/** Slots per quality of one day. */
function countedQualities(slots: number, gaps: number, quality: Uint8Array | null): number[] {
	const counts = qualities.map(() => 0);
	if (quality) for (const rank of quality) counts[rank] = (counts[rank] ?? 0) + 1;
	else {
		counts[0] = slots - gaps;
		counts[missingRank] = gaps;
	}
	return counts;
}

/** The channels that count on a day: of one quantity read twice (quarter-hours and a daily total) the one with less missing time, then the finer. */
function countingChannels(days: readonly ChannelDay[]): ChannelDay[] {
	const best = new Map<string, ChannelDay>();
	for (const one of days) {
		const name = `${one.day}|${one.meteringPointId}|${one.obis}`;
		const other = best.get(name);
		const missing = one.gaps * one.slotMinutes - (other ? other.gaps * other.slotMinutes : 0);
		if (!other || missing < 0 || (missing === 0 && one.slotMinutes < other.slotMinutes)) best.set(name, one);
	}
	return [...best.values()];
}

/** Channel days as days of the plant. */
export function sumOfDays(channelDays: readonly ChannelDay[]): PlantDay[] {
	const days = new Map<Day, PlantDay>();
	for (const one of countingChannels(channelDays)) {
		let day = days.get(one.day);
		if (!day) {
			day = {
				day: one.day,
				totalWh: 0,
				slots: 0,
				gaps: 0,
				qualities: qualities.map(() => 0),
				version: 0,
				importIds: [],
				open: false,
			};
			days.set(one.day, day);
		}
		day.totalWh += one.totalWh;
		day.slots += one.slots;
		day.gaps += one.gaps;
		countedQualities(one.slots, one.gaps, one.quality).forEach((n, rank) => {
			(day.qualities[rank] as number) += n;
		});
		day.version = Math.max(day.version, one.version);
		if (!day.importIds.includes(one.importId)) day.importIds.push(one.importId);
	}
	return [...days.values()];
}

/** Days that follow from a register count only where nothing else was measured. */
export const countsThen = (sql: ReturnType<typeof clientOf>) =>
	sql`case when c.obis like '% d' then not is_outdone(c.id, r.day) else true end`;

/** Refuses plants.unknown. */
export async function assertPlant(tx: Tx, plantId: string): Promise<void> {
	const [plant] = await clientOf(tx)`select 1 from plants where id = ${plantId}`;
	if (!plant) throw new Refusal('missing', 'plants.unknown');
}

/** Refuses readings.period for what is no period of at most 400 days. */
export function assertPeriod(from: Day, to: Day): void {
	if (!isDay(from) || !isDay(to) || to < from || daysBetween(from, to) >= periodLimitDays)
		throw new Refusal('invalid', 'readings.period', { limitDays: periodLimitDays }, { field: 'to' });
}

/** A plant's feed-in per day, oldest first, days without any value left out. Refuses plants.unknown, readings.period (400 days at most). */
export function listPlantDays(
	db: Database,
	{ by, plantId, from, to }: { by: Actor; plantId: string; from: Day; to: Day },
): Promise<PlantDay[]> {
	assertPeriod(from, to);
	return transact(db, by, async (tx) => {
		await assertPlant(tx, plantId);
		const sql = clientOf(tx);
		const stored = await sql<ChannelDay[]>`
			select r.day::text as day, c.metering_point_id as "meteringPointId", c.obis, c.slot_minutes as "slotMinutes",
				cardinality(r.wh) as slots, r.gaps, r.total_wh as "totalWh", r.quality, r.version, r.import_id as "importId"
			from reading_days r join channels c on c.id = r.channel_id join metering_points p on p.id = c.metering_point_id
			where p.plant_id = ${plantId} and c.direction = 'feed-in' and r.day between ${from} and ${to} and ${countsThen(sql)}
			order by r.day`;
		const days = sumOfDays(stored);
		const sealed = new Set(days.map(({ day }) => day));
		const live = await sql<{ day: Day; slotMinutes: number; channels: number; values: number; totalWh: number }[]>`
			select (o.start_at at time zone 'Europe/Berlin')::date::text as day, c.slot_minutes as "slotMinutes",
				count(distinct c.id)::int4 as channels, count(*)::int4 as values, sum(o.wh)::int8 as "totalWh"
			from open_readings o join channels c on c.id = o.channel_id join metering_points p on p.id = c.metering_point_id
			where p.plant_id = ${plantId} and c.direction = 'feed-in' and o.covered_ms = c.slot_minutes * 60000
				and o.start_at >= ${new Date(startOfDay(from)).toISOString()} and o.start_at < ${new Date(startOfDay(addDays(to, 1))).toISOString()}
			group by 1, 2`;
		for (const { day, slotMinutes, channels, values, totalWh } of live) {
			if (sealed.has(day)) continue;
			const slots = channels * slotsOfDay(day, slotMinutes);
			const counts = qualities.map((_, rank) =>
				rank === provisionalRank ? values : rank === missingRank ? slots - values : 0,
			);
			days.push({
				day,
				totalWh,
				slots,
				gaps: slots - values,
				qualities: counts,
				version: 0,
				importIds: [],
				open: true,
			});
		}
		return days.sort((a, b) => (a.day < b.day ? -1 : 1));
	});
}

/** One channel on one day, slot by slot. */
export interface PlantDayChannel {
	channelId: number;
	meteringPointId: string;
	obis: string;
	direction: string;
	slotMinutes: number;
	/** watt-hours per slot of the local day (92, 96 or 100 quarter-hours), null where there is no value */
	wh: (number | null)[];
	/** quality rank per slot, 4 where there is no value */
	quality: number[];
	totalWh: number;
	gaps: number;
	/** 0 while nothing of the day is stored */
	version: number;
	importId: number | null;
	/** slots whose value is a live one */
	openSlots: number;
}

/**
 * All channels of a plant on one day, slot by slot, live values of the open day laid over with their quality; a slot that is only
 * partly covered has none yet. Refuses plants.unknown, readings.period.
 */
export function readPlantDay(
	db: Database,
	{ by, plantId, day }: { by: Actor; plantId: string; day: Day },
): Promise<{ day: Day; startsAt: string; channels: PlantDayChannel[] }> {
	if (!isDay(day)) throw new Refusal('invalid', 'readings.period', { limitDays: periodLimitDays }, { field: 'day' });
	return transact(db, by, async (tx) => {
		await assertPlant(tx, plantId);
		const sql = clientOf(tx);
		const [begin, end] = [startOfDay(day), startOfDay(addDays(day, 1))];
		const rows = await sql`
			select c.id, c.metering_point_id, c.obis, c.direction, c.slot_minutes, r.wh, r.quality, r.version, r.import_id,
				(select json_agg(json_build_array((extract(epoch from o.start_at) * 1000)::int8, o.wh, o.quality)) from open_readings o
					where o.channel_id = c.id and o.covered_ms = c.slot_minutes * 60000
						and o.start_at >= ${new Date(begin).toISOString()} and o.start_at < ${new Date(end).toISOString()}) as live
			from channels c join metering_points p on p.id = c.metering_point_id
			left join reading_days r on r.channel_id = c.id and r.day = ${day}
			where p.plant_id = ${plantId}
			order by c.direction, c.obis, c.slot_minutes`;
		const channels = rows.flatMap((row): PlantDayChannel[] => {
			const live = (row.live ?? []) as [startMs: number, wh: number, rank: number][];
			if (!row.wh && live.length === 0) return [];
			const slotMinutes = Number(row.slot_minutes);
			const slots = slotMinutes === 1440 ? 1 : slotsOfDay(day, slotMinutes);
			const stored = { wh: (row.wh ?? []) as (number | null)[], quality: row.quality as Uint8Array | null };
			const open = { wh: new Array<number | null>(slots).fill(null), quality: new Uint8Array(slots).fill(missingRank) };
			for (const [startMs, wh, rank] of live) {
				const slot = Math.floor((startMs - begin) / (slotMinutes * 60_000));
				open.wh[slot] = wh;
				open.quality[slot] = rank;
			}
			const merged = overlaid(stored, open);
			const { added } = compareDay(stored, open, merged);
			return [
				{
					...{
						channelId: row.id,
						meteringPointId: row.metering_point_id,
						obis: row.obis,
						direction: row.direction,
						slotMinutes,
					},
					...{ wh: merged.wh, totalWh: merged.totalWh, gaps: merged.gaps },
					quality: merged.wh.map((wh, slot) => (wh === null ? missingRank : (merged.quality?.[slot] ?? 0))),
					...{ version: row.version ?? 0, importId: row.import_id ?? null, openSlots: added },
				},
			];
		});
		return { day, startsAt: new Date(begin).toISOString(), channels };
	});
}

/** A version of a meter-day. */
export interface DayVersion {
	version: number;
	totalWh: number;
	gaps: number;
	wh: (number | null)[];
	quality: number[];
	importId: number;
	fileName: string;
	origin: string;
	storedAt: string | null;
	/** the import that replaced it, or stands for taking the day away; null for the valid version */
	replacedByImport: number | null;
}

/** All versions of a channel's day, the valid one first. Refuses readings.day-unknown, readings.period. */
export function listDayVersions(
	db: Database,
	{ by, channelId, day }: { by: Actor; channelId: number; day: Day },
): Promise<DayVersion[]> {
	if (!isDay(day)) throw new Refusal('invalid', 'readings.period', { limitDays: periodLimitDays }, { field: 'day' });
	return transact(db, by, async (tx) => {
		const rows = await clientOf(tx)`
			select v.*, i.file_name, i.origin, i.stored_at from (
				select version, total_wh, gaps, wh, quality, import_id, null::int4 as replaced_by from reading_days where channel_id = ${channelId} and day = ${day}
				union all
				select version, total_wh, gaps, wh, quality, import_id, replaced_by_import from reading_days_history where channel_id = ${channelId} and day = ${day}
			) v join imports i on i.id = v.import_id order by v.version desc`;
		if (rows.length === 0) throw new Refusal('missing', 'readings.day-unknown');
		return rows.map((row) => {
			const wh = row.wh as (number | null)[];
			const quality = row.quality as Uint8Array | null;
			return {
				...{ version: row.version, totalWh: row.total_wh, gaps: row.gaps, wh },
				quality: wh.map((value, slot) => (value === null ? missingRank : (quality?.[slot] ?? 0))),
				...{ importId: row.import_id, fileName: row.file_name, origin: row.origin, replacedByImport: row.replaced_by },
				storedAt: row.stored_at ? new Date(row.stored_at).toISOString() : null,
			};
		});
	});
}
