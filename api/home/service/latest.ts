// The newest day of production as a curve: today if live sources cover all plants, else the last day with readings.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { addDays, clockOf, type Day, dayOf, slotsOfDay, startOfDay } from '../../values/calendar.ts';
import { ownPart, quarterHours, sumOfCurves } from '../rules.ts';

/** The newest day: curves of all wind and all solar plants in quarter-hours (null: no value), the sums, and the member's part. */
export interface LatestDay {
	day: Day;
	/** end of the last quarter-hour with a value, 'HH:MM', while the day is not over */
	clock: string | null;
	series: { kind: 'wind' | 'solar'; valuesWh: (number | null)[] }[];
	allWh: number;
	ownWh: number;
	slots: number;
	missingSlots: number;
	unmeasuredSlots: number;
}

interface Row extends Record<string, unknown> {
	day: Day;
	plant_id: string;
	kind: 'wind' | 'solar';
	slot_minutes: number;
	wh: (number | null)[];
	quality: Buffer | null;
}

/** The newest day, or null before the first reading. `own` of `all` shares belong to the member. */
export async function latestDay(
	tx: Tx,
	{ at, own, all }: { at: Date; own: number; all: number },
): Promise<LatestDay | null> {
	const today = dayOf(at);
	const live = await liveRows(tx, today);
	// A part of the plants would look like a poor day.
	const covered = new Set(live.map((row) => row.plant_id)).size;
	const rows = covered > 0 && covered >= (await plantsAtWork(tx, today)) ? live : await sealedRows(tx, today);
	const [first] = rows;
	if (!first) return null;
	const slots = slotsOfDay(first.day);
	const curves = (kind: 'wind' | 'solar') =>
		rows.filter((row) => row.kind === kind).map((row) => quarterHours(row.wh, row.slot_minutes) ?? []);
	const series = (['wind', 'solar'] as const)
		.map((kind) => ({ kind, valuesWh: sumOfCurves(curves(kind), slots) }))
		.filter(({ valuesWh }) => valuesWh.some((value) => value !== null));
	const sum = rows.reduce((total, row) => total + row.wh.reduce<number>((s, v) => s + (v ?? 0), 0), 0);
	const lastSlot = Math.max(...series.map(({ valuesWh }) => valuesWh.findLastIndex((value) => value !== null)), -1);
	return {
		day: first.day,
		clock: first.day === today && lastSlot >= 0 ? clockOf(startOfDay(today) + (lastSlot + 1) * 900_000) : null,
		series,
		allWh: sum,
		ownWh: ownPart(sum, own, all),
		slots: rows.reduce((n, row) => n + row.wh.length, 0),
		missingSlots: rows.reduce((n, row) => n + row.wh.filter((v) => v === null).length, 0),
		unmeasuredSlots: rows.reduce(
			(n, row) => n + (row.quality ? row.wh.filter((v, i) => v !== null && row.quality?.[i] !== 0).length : 0),
			0,
		),
	};
}

/** Plants that yielded anything in the last week. */
async function plantsAtWork(tx: Tx, today: Day): Promise<number> {
	const [row] = await tx.execute<{ n: number }>(
		sql`select count(distinct plant_id)::int4 as n from plant_days where day >= ${addDays(today, -7)}`,
	);
	return row?.n ?? 0;
}

function sealedRows(tx: Tx, today: Day): Promise<Row[]> {
	return tx.execute<Row>(sql`
		select distinct on (c.metering_point_id, c.obis) r.day::text as day, p.id as plant_id, p.kind, c.slot_minutes, r.wh, r.quality
		from reading_days r join channels c on c.id = r.channel_id and c.direction = 'feed-in' and c.slot_minutes < 1440
		join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
		where r.day = (select max(day) from plant_days where day <= ${today})
		order by c.metering_point_id, c.obis, r.gaps::int4 * c.slot_minutes, c.slot_minutes`);
}

async function liveRows(tx: Tx, today: Day): Promise<Row[]> {
	const rows = await tx.execute<{
		channel_id: number;
		plant_id: string;
		kind: 'wind' | 'solar';
		slot_minutes: number;
		slot: number;
		wh: number;
		quality: number;
	}>(sql`
		select o.channel_id, p.id as plant_id, p.kind, c.slot_minutes, o.wh, o.quality,
			(extract(epoch from o.start_at - ${new Date(startOfDay(today)).toISOString()}::timestamptz) / 60 / c.slot_minutes)::int4 as slot
		from open_readings o join channels c on c.id = o.channel_id and c.direction = 'feed-in'
		join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
		where o.start_at >= ${new Date(startOfDay(today)).toISOString()}::timestamptz`);
	const channels = new Map<number, Row>();
	for (const { channel_id, plant_id, kind, slot_minutes, slot, wh, quality } of rows) {
		const slots = slotsOfDay(today, slot_minutes);
		const row = channels.get(channel_id) ?? {
			day: today,
			plant_id,
			kind,
			slot_minutes,
			wh: new Array(slots).fill(null),
			quality: Buffer.alloc(slots),
		};
		channels.set(channel_id, row);
		row.wh[slot] = wh;
		if (row.quality) row.quality[slot] = quality;
	}
	return [...channels.values()];
}
