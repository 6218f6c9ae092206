// Days that are over: live values become meter-days by the same merge as those of files, with history.
import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import { addDays, type Day, dayOf, slotsOfDay, startOfDay } from '../../values/calendar.ts';
import { qualities } from '../../values/energy.ts';
import { compareDay, isSameDay, overlaid } from '../compare.ts';
import { pollGapMinutes } from '../register.ts';
import { missingRank } from '../rules.ts';
import { imports } from '../tables.ts';
import type { ImportReport, SeriesReport } from './import-report.ts';

/** What sealing did. Slots that nothing made whole in two days are dropped; their energy in watt-hours is told. */
export interface SealReport {
	days: Day[];
	channelDays: number;
	droppedSlots: number;
	droppedWh: number;
}

interface OpenRow {
	channel_id: number;
	start_ms: number;
	wh: number;
	quality: number;
	covered_ms: number;
}

interface Channel {
	id: number;
	metering_point_id: string;
	plant_name: string;
	obis: string;
	slot_minutes: number;
}

/** How long after its end a day's incomplete slots wait for values that come late. */
const waitMs = 48 * 3_600_000;

/**
 * Moves the live values of days that are over (Europe/Berlin, and for twenty minutes, so that no poll can still add to them) into
 * meter-days. A provisional value never replaces a better one. One transaction per day; again it finds nothing to do.
 */
export async function sealDays(db: Database, command: Command): Promise<SealReport> {
	const today = dayOf(command.at.getTime() - pollGapMinutes * 60_000);
	const open = await transact(
		db,
		command.by,
		(tx) => clientOf(tx)`
			select distinct (start_at at time zone 'Europe/Berlin')::date::text as day from open_readings
			where start_at < ${new Date(startOfDay(today)).toISOString()} order by 1`,
	);
	const report: SealReport = { days: [], channelDays: 0, droppedSlots: 0, droppedWh: 0 };
	for (const { day } of open) {
		const sealed = await write(db, command, (tx, note) => sealDay(tx, note, command, day as Day));
		if (sealed.wholeSlots + sealed.droppedSlots > 0) report.days.push(day as Day);
		report.channelDays += sealed.channelDays;
		report.droppedSlots += sealed.droppedSlots;
		report.droppedWh += sealed.droppedWh;
	}
	return report;
}

async function sealDay(
	tx: Tx,
	note: Note,
	{ at, by }: Command,
	day: Day,
): Promise<Omit<SealReport, 'days'> & { wholeSlots: number }> {
	const sql = clientOf(tx);
	const [begin, end] = [startOfDay(day), startOfDay(addDays(day, 1))];
	const rows = await sql<OpenRow[]>`
		select channel_id, (extract(epoch from start_at) * 1000)::int8 as start_ms, wh, quality, covered_ms from open_readings
		where start_at >= ${new Date(begin).toISOString()} and start_at < ${new Date(end).toISOString()} order by channel_id, start_at for update`;
	const ids = [...new Set(rows.map((row) => row.channel_id))];
	const channels = await sql<Channel[]>`
		select c.id, c.metering_point_id, p.name as plant_name, c.obis, c.slot_minutes
		from channels c join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
		where c.id = any(${ids}::int4[]) order by c.id for no key update of c`;
	const minutesOf = new Map(channels.map((c) => [c.id, c.slot_minutes]));
	const whole = rows.filter((row) => row.covered_ms === (minutesOf.get(row.channel_id) ?? 0) * 60_000);
	const isSettled = at.getTime() > end + waitMs;
	const dropped = isSettled ? rows.filter((row) => !whole.includes(row)) : [];
	const gone = [...whole, ...dropped];
	const result = {
		channelDays: 0,
		wholeSlots: whole.length,
		droppedSlots: dropped.length,
		droppedWh: dropped.reduce((sum, row) => sum + row.wh, 0),
	};
	if (whole.length > 0) {
		const importId = await deliveryOf(tx, { at, by }, day, whole);
		const series: SeriesReport[] = [];
		for (const channel of channels) {
			const own = whole.filter((row) => row.channel_id === channel.id);
			if (own.length === 0) continue;
			const sealed = await sealChannel(tx, day, begin, channel, own, importId);
			series.push(sealed.report);
			if (sealed.written) result.channelDays++;
		}
		const report: ImportReport & { importId: number; daysAdded: number; daysReplaced: number } = {
			...{
				format: 'live',
				formatVersion: null,
				encoding: '',
				sender: null,
				warnings: [],
				series,
				documents: [],
				registers: 0,
				amounts: 0,
				importId,
			},
			daysAdded: series.filter((one) => one.equal + one.changed + one.outranked === 0).length,
			daysReplaced: 0,
		};
		report.daysReplaced = result.channelDays - Math.min(result.channelDays, report.daysAdded);
		await tx.update(imports).set({ report }).where(eq(imports.id, importId));
	}
	await sql`delete from open_readings where start_at >= ${new Date(begin).toISOString()} and start_at < ${new Date(end).toISOString()}
		and (channel_id, start_at) in (select c, to_timestamp(s / 1000.0) from unnest(${gone.map((r) => r.channel_id)}::int4[], ${gone.map((r) => r.start_ms)}::int8[]) o (c, s))`;
	if (gone.length > 0) note({ action: 'readings.sealDays', subject: `day ${day}`, after: result });
	return result;
}

/** The delivery these values stand under in the list of imports, named by its content as a file is. */
async function deliveryOf(tx: Tx, { at, by }: Command, day: Day, rows: readonly OpenRow[]): Promise<number> {
	const text = JSON.stringify(rows.map((row) => [row.channel_id, row.start_ms, row.wh, row.quality]));
	const sha256 = createHash('sha256').update(text).digest();
	const [made] = await tx
		.insert(imports)
		.values({
			...{ fileName: `live ${day}`, sha256, size: Buffer.byteLength(text), origin: 'http-pull', state: 'stored' },
			...{ receivedAt: at, receivedBy: by.personId, receivedByName: by.name, storedAt: at },
		})
		.onConflictDoNothing()
		.returning({ id: imports.id });
	if (made) return made.id;
	const [same] = await tx
		.select({ id: imports.id })
		.from(imports)
		.where(and(eq(imports.sha256, sha256), eq(imports.state, 'stored')));
	return same?.id as number;
}

async function sealChannel(
	tx: Tx,
	day: Day,
	begin: number,
	channel: Channel,
	rows: readonly OpenRow[],
	importId: number,
): Promise<{ report: SeriesReport; written: boolean }> {
	const sql = clientOf(tx);
	const slotMs = channel.slot_minutes * 60_000;
	const slots = slotsOfDay(day, channel.slot_minutes);
	const live = { wh: new Array<number | null>(slots).fill(null), quality: new Uint8Array(slots).fill(missingRank) };
	for (const { start_ms, wh, quality } of rows) {
		const slot = Math.floor((start_ms - begin) / slotMs);
		live.wh[slot] = wh;
		live.quality[slot] = quality;
	}
	const [stored] =
		await sql`select wh, quality, total_wh from reading_days where channel_id = ${channel.id} and day = ${day} for update`;
	const before = {
		wh: (stored?.wh ?? []) as (number | null)[],
		quality: (stored?.quality ?? null) as Uint8Array | null,
	};
	const merged = overlaid(before, live);
	const { wh, quality, totalWh, gaps } = merged;
	const result = compareDay(before, live, merged);
	const written = !stored || !isSameDay(before, merged);
	const isLive = isSameDay(live, merged);
	if (written) {
		await sql`
			with written as (
				insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id)
				values (${channel.id}, ${day}, ${wh as number[]}::int4[], ${quality && Buffer.from(quality)}::bytea, ${totalWh}, ${gaps},
					1 + coalesce((select max(version) from reading_days_history where channel_id = ${channel.id} and day = ${day}), 0), ${importId}, ${isLive ? null : 0}::int4)
				on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
					gaps = excluded.gaps, version = r.version + 1, import_id = excluded.import_id, document_id = excluded.document_id
				returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, old.document_id
			)
			insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
			select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, ${importId}::int4 from written where channel_id is not null`;
	}
	// What does not stand as the version itself is kept beside it, for the day somebody takes another delivery back.
	if (!written || !isLive)
		await sql`
			insert into reading_deliveries (channel_id, day, import_id, document_id, wh, quality)
			values (${channel.id}, ${day}, ${importId}, 0, ${live.wh as number[]}::int4[], ${Buffer.from(live.quality)}::bytea) on conflict do nothing`;
	const liveWh = rows.reduce((sum, row) => sum + row.wh, 0);
	const instant = (slot: number) => new Date(begin + slot * slotMs).toISOString();
	const first = live.wh.findIndex((value) => value !== null);
	const last = live.wh.findLastIndex((value) => value !== null);
	return {
		written,
		report: {
			...{
				meteringPoint: null,
				meteringPointId: channel.metering_point_id,
				plantName: channel.plant_name,
				device: null,
			},
			...{
				obis: channel.obis,
				unit: 'kWh',
				slotMinutes: channel.slot_minutes,
				from: instant(first),
				to: instant(last + 1),
			},
			...{ values: rows.length, totalWh: liveWh, gaps: last + 1 - first - rows.length, duplicates: 0 },
			qualities: qualities.map(
				(_, rank) => live.quality.filter((one, slot) => one === rank && live.wh[slot] !== null).length,
			),
			...{ added: result.added, equal: result.equal, changed: result.changed, outranked: result.outranked },
			differenceWh: totalWh - Number(stored?.total_wh ?? 0),
		},
	};
}
