// Yields: from meter-days to plant-days, and from there to each member's part.
import { sql } from 'drizzle-orm';
import { type Command, write } from '../audit/service.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import type { Actor } from '../values/actor.ts';
import { addDays, addMonths, type Day, dayOf, daysBetween } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';
import { co2Grams, completenessOf, expectedUntil, fullLoadHours, memberPart, type SharedDay } from './rules.ts';
import { shareMonths } from './service/share.ts';
import { co2Factors } from './tables.ts';

/** How many plant-days and share-days a calculation changed. */
export interface Calculated {
	plantDays: number;
	shareDays: number;
}

/**
 * Brings plant-days and share-days up to the readings and share movements of the period (default: all of it).
 * A metering point that is read twice (quarter-hours and a daily total) counts once: the channel with the fewest gaps, then the finest.
 * Days that did not change are not written.
 */
export function calculateYields(
	db: Database,
	{ from = '1990-01-01', to, ...command }: Command & { from?: Day; to?: Day },
): Promise<Calculated> {
	const until = to ?? dayOf(command.at);
	const at = command.at.toISOString();
	return write(db, command, async (tx, note) => {
		const plantDays = await tx.execute(sql`
			insert into plant_days as d (plant_id, day, fed_in_wh, slots, missing_slots, unmeasured_slots, cents_per_kwh, calculated_at)
			select n.* from (
				select plant_id, day, sum(total_wh)::int8 as fed_in_wh, sum(slots)::int4 as slots, sum(gaps)::int4 as missing,
					sum(unmeasured)::int4 as unmeasured,
					(select r.cents_per_kwh from plant_rates r where r.plant_id = best.plant_id and r.valid_from <= best.day order by r.valid_from desc limit 1) as rate,
					${at}::timestamptz
				from (
					select distinct on (c.metering_point_id, c.obis, r.day) p.plant_id, r.day, r.total_wh, cardinality(r.wh) as slots, r.gaps,
						-- bytes of the quality that are neither 0 (measured) nor stand for a gap
						case when r.quality is null then 0 else length(replace(encode(r.quality, 'escape'), '\\000', '')) - r.gaps end as unmeasured
					from reading_days r
					join channels c on c.id = r.channel_id and c.direction = 'feed-in'
					join metering_points p on p.id = c.metering_point_id
					where r.day between ${from} and ${until} and case when c.obis like '% d' then not is_outdone(c.id, r.day) else true end
					order by c.metering_point_id, c.obis, r.day, r.gaps::int4 * c.slot_minutes, c.slot_minutes
				) best
				group by plant_id, day
			) n (plant_id, day, fed_in_wh, slots, missing, unmeasured, rate, at)
			left join plant_days o on o.plant_id = n.plant_id and o.day = n.day
			where o.plant_id is null
				or (o.fed_in_wh, o.slots, o.missing_slots, o.unmeasured_slots, o.cents_per_kwh) is distinct from (n.fed_in_wh, n.slots, n.missing, n.unmeasured, n.rate)
			on conflict (plant_id, day) do update set fed_in_wh = excluded.fed_in_wh, slots = excluded.slots, missing_slots = excluded.missing_slots,
				unmeasured_slots = excluded.unmeasured_slots, cents_per_kwh = excluded.cents_per_kwh, calculated_at = excluded.calculated_at
			returning 1`);
		const shareDays = await tx.execute(sql`
			insert into share_days as d (day, shares, calculated_at)
			select n.day, n.shares, ${at}::timestamptz from (
				select day::date as day, (sum(coalesce(m.count, 0)) over (order by day))::int4 as shares
				from generate_series((select min(effective_on) from share_movements), ${until}::date, interval '1 day') day
				left join (select effective_on, sum(count) as count from share_movements group by effective_on) m on m.effective_on = day::date
			) n left join share_days o on o.day = n.day
			where o.day is null or o.shares <> n.shares
			on conflict (day) do update set shares = excluded.shares, calculated_at = excluded.calculated_at
			returning 1`);
		// A day that nobody delivers any more has no yield.
		const gone = await tx.execute(sql`
			delete from plant_days d where d.day between ${from} and ${until} and not exists (
				select from reading_days r join channels c on c.id = r.channel_id and c.direction = 'feed-in' join metering_points p on p.id = c.metering_point_id
				where p.plant_id = d.plant_id and r.day = d.day)
			returning 1`);
		await shareMonths(tx);
		const calculated = { plantDays: plantDays.length + gone.length, shareDays: shareDays.length };
		if (calculated.plantDays > 0)
			note({ action: 'yields.calculateYields', subject: `days to ${until}`, after: calculated });
		return calculated;
	});
}

/** A plant's yield in a month or on a day. Energies in watt-hours, revenue in cents; missing and unmeasured as slots of all slots. */
export interface YieldLine {
	plantId: string;
	/** first day of the month, or the day */
	period: Day;
	fedInWh: number;
	revenueCents: number | null;
	days: number;
	slots: number;
	missingSlots: number;
	unmeasuredSlots: number;
	/** 0 to 1 of the days there should be: from commissioning to the plant's last day with values */
	completeness: number;
	/** energy by capacity in hours: the same figure as kWh per kWp */
	fullLoadHours: number;
	/** what was expected of the same days; null without an expectation */
	expectedWh: number | null;
	/** what the grid's mix would have stood for, in grams */
	co2Grams: number | null;
}

/** Yields per plant and period, oldest first; at most 40 years. Refuses yields.period. */
export function listYields(
	db: Database,
	{
		by,
		from,
		to,
		group,
		plantId,
	}: { by: Actor; from: Day; to: Day; group: 'day' | 'month' | 'year'; plantId?: string | undefined },
): Promise<YieldLine[]> {
	return transact(db, by, (tx) => yieldsIn(tx, { from, to, group, plantId }));
}

/** Yields inside a caller's transaction; see listYields. */
export async function yieldsIn(
	tx: Tx,
	{ from, to, group, plantId }: { from: Day; to: Day; group: 'day' | 'month' | 'year'; plantId?: string | undefined },
): Promise<YieldLine[]> {
	const longest = { day: 800, month: 5_000, year: 15_000 }[group];
	if (to < from || addDays(from, longest) < to)
		throw new Refusal('invalid', 'yields.period', { days: longest }, { field: 'to' });
	const rows = await tx.execute<{
		plant_id: string;
		period: string;
		fed_in_wh: string;
		revenue: string | null;
		days: number;
		slots: number;
		missing: number;
		unmeasured: number;
		missing_parts: number;
		last: string;
		capacity_w: number;
		commissioned_on: string;
		expected: number[] | null;
	}>(sql`
		select plant_id, date_trunc(${group}, day)::date::text as period, sum(fed_in_wh)::int8 as fed_in_wh,
			floor(sum(fed_in_wh * cents_per_kwh) / 1000)::int8 as revenue, count(*)::int4 as days,
			sum(slots)::int4 as slots, sum(missing_slots)::int4 as missing, sum(unmeasured_slots)::int4 as unmeasured,
			coalesce(sum(missing_slots::float8 / nullif(slots, 0)), 0) as missing_parts,
			(select max(l.day)::text from plant_days l where l.plant_id = d.plant_id) as last,
			p.capacity_w::float8 as capacity_w, p.commissioned_on::text as commissioned_on, to_json(p.expected_monthly_wh) as expected
		from plant_days d join plants p on p.id = d.plant_id
		where day between ${from} and ${to} and ${plantId === undefined ? sql`true` : sql`plant_id = ${plantId}`}
		group by 1, 2, p.id order by 2, 1`);
	const factors = await tx.select().from(co2Factors);
	const months = { day: 0, month: 1, year: 12 }[group];
	const later = (a: Day, b: Day): Day => (a > b ? a : b);
	const earlier = (a: Day, b: Day): Day => (a < b ? a : b);
	const spanOf = ({ period, last, commissioned_on }: { period: Day; last: Day; commissioned_on: Day }) => {
		const end = months ? addDays(addMonths(period, months), -1) : period;
		return { first: later(later(period, from), commissioned_on), until: earlier(earlier(end, to), last) };
	};
	const figuresOf = (row: (typeof rows)[number]) => {
		const { first, until } = spanOf(row);
		const fedInWh = Number(row.fed_in_wh);
		return {
			completeness: completenessOf(row.days, Number(row.missing_parts), daysBetween(first, until) + 1),
			fullLoadHours: fullLoadHours(fedInWh, Number(row.capacity_w)),
			expectedWh: expectedUntil(row.expected?.map(Number) ?? null, first, until),
			co2Grams: co2Grams([[Number(row.period.slice(0, 4)), fedInWh]], factors),
		};
	};
	return rows.map((row) => ({
		plantId: row.plant_id,
		period: row.period,
		fedInWh: Number(row.fed_in_wh),
		revenueCents: row.revenue === null ? null : Number(row.revenue),
		days: row.days,
		slots: row.slots,
		missingSlots: row.missing,
		unmeasuredSlots: row.unmeasured,
		...figuresOf(row),
	}));
}

/** A member's part of one month: energy in watt-hours, revenue in cents, the shares at its last day. */
export interface MemberYield {
	period: Day;
	energyWh: number;
	revenueCents: number;
	shares: number;
	allFedInWh: number;
	/** what the grid's mix would have stood for, in grams; null while no factor is known */
	co2Grams: number | null;
}

/** The part of a member in the yields of a period, by month, oldest first. Refuses yields.not-a-member, yields.period. */
export function listMyYields(
	db: Database,
	{ by, from, to }: { by: Actor; from: Day; to: Day },
): Promise<MemberYield[]> {
	const { memberId } = by;
	if (!memberId) return Promise.reject(new Refusal('missing', 'yields.not-a-member'));
	return transact(db, by, (tx) => memberYieldsIn(tx, { memberId, from, to }));
}

/** A member's monthly part inside a caller's transaction. */
export async function memberYieldsIn(
	tx: Tx,
	{ memberId, from, to }: { memberId: string; from: Day; to: Day },
): Promise<MemberYield[]> {
	if (to < from || addDays(from, 15_000) < to)
		throw new Refusal('invalid', 'yields.period', { days: 15_000 }, { field: 'to' });
	const rows = await tx.execute<{
		month: string;
		fed_in_wh: string;
		revenue: string | null;
		shares: number;
		own: number | null;
	}>(sql`
		with own as (
			select effective_on, sum(sum(count)) over (order by effective_on)::int4 as shares
			from share_movements where member_id = ${memberId} group by effective_on
		), days as (
			select day, sum(fed_in_wh)::int8 as fed_in_wh, sum(fed_in_wh * coalesce(cents_per_kwh, 0)) as revenue
			from plant_days where day between ${from} and ${to} group by day
		)
		select date_trunc('month', d.day)::date::text as month, sum(d.fed_in_wh)::int8 as fed_in_wh, sum(d.revenue)::text as revenue, s.shares,
			(select o.shares from own o where o.effective_on <= d.day order by o.effective_on desc limit 1) as own
		from days d join share_days s on s.day = d.day
		group by 1, s.shares, 5 order by 1, min(d.day)`);
	const months = new Map<string, { parts: SharedDay[]; all: number; shares: number }>();
	for (const row of rows) {
		const month = months.get(row.month) ?? { parts: [], all: 0, shares: 0 };
		months.set(row.month, month);
		const fedInWh = Number(row.fed_in_wh);
		month.parts.push({ fedInWh, revenueMilliCents: row.revenue ?? '0', shares: row.shares, ownShares: row.own ?? 0 });
		month.all += fedInWh;
		month.shares = row.own ?? 0;
	}
	const divided = await dividedMonths(tx, { memberId, from, to });
	const factors = await tx.select().from(co2Factors);
	return [...months].map(([period, { parts, all, shares }]) => {
		const part = memberPart(parts);
		const energyWh = divided.get(period) ?? part.energyWh;
		const grams = co2Grams([[Number(period.slice(0, 4)), energyWh]], factors);
		return { period, ...part, energyWh, shares, allFedInWh: all, co2Grams: grams };
	});
}

/** A member's parts of the months that lie in the period as a whole, as they were divided among all. */
async function dividedMonths(
	tx: Tx,
	{ memberId, from, to }: { memberId: string; from: Day; to: Day },
): Promise<Map<Day, number>> {
	const rows = await tx.execute<{ month: string; energy_wh: string }>(sql`
		select m.month::text as month, sum(m.energy_wh)::int8 as energy_wh from member_months m
		where m.member_id = ${memberId} and m.month >= ${from}::date
			and least(m.month + interval '1 month' - interval '1 day', (select max(day) from plant_days)) <= ${to}::date
		group by 1`);
	return new Map(rows.map(({ month, energy_wh }) => [month, Number(energy_wh)]));
}
