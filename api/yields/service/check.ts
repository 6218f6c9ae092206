// Checks meter-days that have changed, and keeps what was found until the values no longer show it.
import { sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import { addDays, type Day, dayOf } from '../../values/calendar.ts';
import { type CheckedDay, type CheckedPlant, type DayFinding, judgeDay, loadAtNoon } from '../plausibility.ts';
import { checkedDays, yieldFindings } from '../tables.ts';

/** How many days were checked, how many findings are new, and how many are gone. */
export interface Checked {
	days: number;
	found: number;
	gone: number;
}

const batchDays = 500;
/** Days before a day that tell where its sun stands. */
const daysBefore = 4;
/** So long the values of sister plants may come later than a plant's own. */
const freshDays = 10;

interface StoredDay extends CheckedDay {
	channelId: number;
	plantId: string;
	version: number;
	totalWh: number;
	gaps: number;
	plant: CheckedPlant;
}

/** The feed-in days of channels on days, keyed by channel and day. Energy that follows from a register is no measurement of its own. */
async function daysIn(tx: Tx, channelIds: readonly number[], days: readonly Day[]): Promise<Map<string, StoredDay>> {
	const rows = await clientOf(tx)<(Omit<StoredDay, 'plant'> & CheckedPlant)[]>`
		select r.channel_id as "channelId", r.day::text as day, r.wh, r.quality, r.version, r.total_wh::float8 as "totalWh", r.gaps,
			c.slot_minutes as "slotMinutes", p.id as "plantId", p.kind, p.capacity_w::float8 as "capacityW",
			p.latitude::float8 as latitude, p.longitude::float8 as longitude
		from unnest(${channelIds as number[]}::int4[], ${days as string[]}::text[]::date[]) as wanted (channel_id, day)
		join reading_days r on r.channel_id = wanted.channel_id and r.day = wanted.day
		join channels c on c.id = r.channel_id join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id`;
	return new Map(
		rows.map(({ kind, capacityW, latitude, longitude, ...row }) => [
			`${row.channelId} ${row.day}`,
			{ ...row, plant: { kind, capacityW, latitude, longitude } },
		]),
	);
}

/** How hard other plants of the kind worked on these days. */
async function sistersOn(tx: Tx, kind: string, days: readonly Day[]): Promise<StoredDay[]> {
	const rows = await clientOf(tx)<{ channelId: number; day: Day }[]>`
		select c.id as "channelId", r.day::text as day from reading_days r join channels c on c.id = r.channel_id
		join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
		where r.day = any(${days as string[]}::text[]::date[]) and p.kind = ${kind} and c.direction = 'feed-in' and c.slot_minutes <= 60 and r.total_wh > 0
			and c.obis not like '% d' order by r.day, c.id limit 5000`;
	const found = await daysIn(
		tx,
		rows.map(({ channelId }) => channelId),
		rows.map(({ day }) => day),
	);
	return [...found.values()];
}

/** The loads about noon of each other plant on a day that stands still; only such a day asks for them. */
async function sisterLoads(tx: Tx, days: readonly StoredDay[]): Promise<(day: StoredDay) => number[]> {
	const still = days.filter((day) => (loadAtNoon(day, day.plant) ?? 1) <= 0.001);
	const sisters: StoredDay[] = [];
	for (const kind of ['wind', 'solar'] as const) {
		const wanted = [...new Set(still.filter(({ plant }) => plant.kind === kind).map(({ day }) => day))];
		if (wanted.length) sisters.push(...(await sistersOn(tx, kind, wanted)));
	}
	return ({ day, plantId, plant }) => {
		const loads = new Map<string, number>();
		for (const one of sisters) {
			if (one.day !== day || one.plantId === plantId || one.plant.kind !== plant.kind) continue;
			const load = loadAtNoon(one, one.plant);
			// A plant of several channels works as hard as all of them.
			if (load !== null) loads.set(one.plantId, (loads.get(one.plantId) ?? 0) + load);
		}
		return [...loads.values()];
	};
}

async function keepFindings(
	tx: Tx,
	at: Date,
	days: readonly StoredDay[],
	found: readonly (DayFinding & { channelId: number; day: Day })[],
): Promise<{ found: number; gone: number }> {
	const names = found.map(({ channelId, day, kind }) => `${channelId} ${day} ${kind}`);
	const gone = await clientOf(tx)`
		delete from yield_findings f using unnest(${days.map(({ channelId }) => channelId)}::int4[], ${days.map(({ day }) => day)}::text[]::date[]) as d (channel_id, day)
		where f.channel_id = d.channel_id and f.day = d.day and not (f.channel_id || ' ' || f.day || ' ' || f.kind) = any(${names}::text[]) returning 1`;
	if (found.length === 0) return { found: 0, gone: gone.length };
	const told = found.map(({ channelId, day, kind, severity, fromSlot, toSlot, ...figures }) => ({
		...{ channelId, day, kind, severity, fromSlot, toSlot, figures, foundAt: at },
	}));
	const changed = sql`excluded.from_slot <> yield_findings.from_slot or excluded.to_slot <> yield_findings.to_slot or excluded.figures::text <> yield_findings.figures::text`;
	const kept = await tx
		.insert(yieldFindings)
		.values(told)
		.onConflictDoUpdate({
			target: [yieldFindings.channelId, yieldFindings.day, yieldFindings.kind],
			set: {
				...{ severity: sql`excluded.severity`, figures: sql`excluded.figures`, foundAt: at, state: 'open' },
				...{ fromSlot: sql`excluded.from_slot`, toSlot: sql`excluded.to_slot`, note: null },
				...{ stateAt: null, stateByName: null },
			},
			// What was explained stays explained as long as the values are the same.
			setWhere: changed,
		})
		.returning({ day: yieldFindings.day });
	return { found: kept.length, gone: gone.length };
}

async function checkBatch(tx: Tx, at: Date, wanted: readonly { channelId: number; day: Day }[]): Promise<Checked> {
	const pairs = new Map(
		wanted.flatMap(({ channelId, day }) =>
			Array.from({ length: daysBefore + 1 }, (_, back) => {
				const earlier = addDays(day, -back);
				return [`${channelId} ${earlier}`, { channelId, day: earlier }] as const;
			}),
		),
	);
	const known = await daysIn(
		tx,
		[...pairs.values()].map(({ channelId }) => channelId),
		[...pairs.values()].map(({ day }) => day),
	);
	const days = wanted.flatMap(({ channelId, day }) => known.get(`${channelId} ${day}`) ?? []);
	const sistersOf = await sisterLoads(tx, days);
	const found = days.flatMap((day) => {
		const before = Array.from({ length: daysBefore }, (_, i) => addDays(day.day, i - daysBefore)).flatMap(
			(earlier) => known.get(`${day.channelId} ${earlier}`) ?? [],
		);
		const findings = judgeDay(day, day.plant, { before, sisters: sistersOf(day) });
		return findings.map((finding) => ({ ...finding, channelId: day.channelId, day: day.day }));
	});
	const kept = await keepFindings(tx, at, days, found);
	await tx
		.insert(checkedDays)
		.values(
			days.map(({ channelId, day, version, totalWh, gaps }) => ({
				channelId,
				day,
				version,
				totalWh,
				gaps,
				checkedAt: at,
			})),
		)
		.onConflictDoUpdate({
			target: [checkedDays.channelId, checkedDays.day],
			set: {
				...{ version: sql`excluded.version`, totalWh: sql`excluded.total_wh`, gaps: sql`excluded.gaps`, checkedAt: at },
			},
		});
	return { days: days.length, ...kept };
}

/** Days between a channel's first and last that nobody delivered, and findings whose day is gone. */
async function missingDays(tx: Tx, at: Date): Promise<Checked> {
	const sqlOf = clientOf(tx);
	const gone = await sqlOf`
		delete from yield_findings f where (f.kind = 'missing-day') = exists (select from reading_days r where r.channel_id = f.channel_id and r.day = f.day)
		returning 1`;
	await sqlOf`delete from checked_days k where not exists (select from reading_days r where r.channel_id = k.channel_id and r.day = k.day)`;
	const found = await sqlOf`
		insert into yield_findings (channel_id, day, kind, severity, from_slot, to_slot, figures, found_at)
		select s.id, d::date, 'missing-day', 'warning', 0, 0, '{}', ${at.toISOString()}::timestamptz
		from (
			select c.id, c.metering_point_id, c.obis, min(r.day) as first, max(r.day) as last
			from channels c join reading_days r on r.channel_id = c.id where c.direction = 'feed-in' and c.obis not like '% d' group by c.id
		) s, generate_series(s.first, s.last, interval '1 day') d
		where not exists (
			select from channels o join reading_days r on r.channel_id = o.id and r.day = d::date
			where o.metering_point_id = s.metering_point_id and o.obis = s.obis)
		on conflict do nothing returning 1`;
	return { days: 0, found: found.length, gone: gone.length };
}

/**
 * Checks every feed-in day that has changed since it was last checked, in batches that are each a transaction of their own, and the
 * last days once a day again: the values of sister plants may have come later. Running it twice changes nothing.
 */
export async function checkDays(db: Database, command: Command): Promise<Checked> {
	const { by, at } = command;
	const sum: Checked = { days: 0, found: 0, gone: 0 };
	const add = ({ days, found, gone }: Checked) => {
		sum.days += days;
		sum.found += found;
		sum.gone += gone;
	};
	const fresh = addDays(dayOf(at), -freshDays);
	const wanted = await transact(
		db,
		by,
		(tx) => clientOf(tx)<{ channelId: number; day: Day }[]>`
			select r.channel_id as "channelId", r.day::text as day from reading_days r
			join channels c on c.id = r.channel_id and c.direction = 'feed-in' and c.obis not like '% d'
			left join checked_days k on k.channel_id = r.channel_id and k.day = r.day
			where k.day is null or (k.version, k.total_wh, k.gaps) is distinct from (r.version, r.total_wh, r.gaps)
				or (r.day >= ${fresh} and k.checked_at < ${new Date(at.getTime() - 72_000_000).toISOString()}::timestamptz)
			order by 1, 2`,
	);
	for (let start = 0; start < wanted.length; start += batchDays)
		add(await write(db, command, (tx) => checkBatch(tx, at, wanted.slice(start, start + batchDays))));
	await write(db, command, async (tx, note) => {
		add(await missingDays(tx, at));
		if (sum.found + sum.gone > 0)
			note({ action: 'yields.checkDays', subject: `days to ${dayOf(at)}`, after: { ...sum } });
	});
	return sum;
}
