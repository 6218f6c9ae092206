// Divides what plants yielded among the members by largest remainder, month by month: the parts of all members add up to the whole.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';

/**
 * Divides the months again in which days or share movements have changed. A day counts by the shares of that day: energy × own shares ÷
 * all shares; the month's parts are rounded down to whole watt-hours, and what is left goes, one each, to the largest remainders (of equal
 * ones to the older membership). Days before the first share belong to nobody. Returns how many months of plants were divided.
 */
export async function shareMonths(tx: Tx): Promise<number> {
	const changed = await tx.execute<{ plant_id: string; month: string }>(sql`
		with now as (
			select n.*, (select count(*) from share_movements m where m.effective_on < n.month + interval '1 month')::int4 as movements
			from (
				select plant_id, date_trunc('month', day)::date as month, sum(fed_in_wh)::int8 as fed_in_wh, count(*)::int4 as days,
					max(calculated_at) as source_at
				from plant_days group by 1, 2
			) n
		), gone as (
			delete from shared_months s where not exists (select from now n where n.plant_id = s.plant_id and n.month = s.month)
			returning s.plant_id, s.month
		), written as (
			insert into shared_months as s (plant_id, month, fed_in_wh, days, movements, source_at)
			select plant_id, month, fed_in_wh, days, movements, source_at from now
			on conflict (plant_id, month) do update set fed_in_wh = excluded.fed_in_wh, days = excluded.days,
				movements = excluded.movements, source_at = excluded.source_at
			where (s.fed_in_wh, s.days, s.movements, s.source_at) is distinct from
				(excluded.fed_in_wh, excluded.days, excluded.movements, excluded.source_at)
			returning s.plant_id, s.month
		)
		select plant_id, month::text as month from gone union all select plant_id, month::text from written`);
	if (changed.length === 0) return 0;
	const months = sql`json_to_recordset(${JSON.stringify(changed)}::json) as c (plant_id uuid, month date)`;
	await tx.execute(
		sql`delete from member_months m using ${months} where m.plant_id = c.plant_id and m.month = c.month`,
	);
	await tx.execute(sql`
		insert into member_months (plant_id, month, member_id, energy_wh)
		with days as (
			select d.plant_id, c.month, d.day, d.fed_in_wh, s.shares
			from ${months} join plant_days d on d.plant_id = c.plant_id and d.day >= c.month and d.day < c.month + interval '1 month'
			join share_days s on s.day = d.day where s.shares > 0 and d.fed_in_wh > 0
		), own as (
			select member_id, effective_on, sum(sum(count)) over (partition by member_id order by effective_on) as shares,
				lead(effective_on) over (partition by member_id order by effective_on) as until
			from share_movements group by member_id, effective_on
		), parts as (
			-- Thirds of a watt-hour must not fall below the whole they add up to.
			select d.plant_id, d.month, o.member_id, round(sum(d.fed_in_wh::numeric * o.shares / d.shares), 6) as exact
			from days d join own o on o.effective_on <= d.day and (o.until is null or o.until > d.day) and o.shares > 0
			group by 1, 2, 3
		), ranked as (
			select p.*, row_number() over (partition by plant_id, month order by exact - floor(exact) desc, member_id) as place,
				(select sum(d.fed_in_wh) from days d where d.plant_id = p.plant_id and d.month = p.month)
					- sum(floor(exact)) over (partition by plant_id, month) as left_over
			from parts p
		)
		select plant_id, month, member_id, (floor(exact) + case when place <= left_over then 1 else 0 end)::int8 from ranked`);
	return changed.length;
}
