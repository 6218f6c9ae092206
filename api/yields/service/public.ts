// Plants shown to everybody: what they yield, without a name or an address of anybody.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, addMonths, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { plants } from '../../plants/tables.ts';
import { co2Grams, expectedUntil } from '../rules.ts';
import { publicPlants } from '../tables.ts';

/** What anybody may see of a plant. Energies in Wh, carbon dioxide in grams; `until` is the last day with values. */
export interface PublicPlant {
	id: string;
	name: string;
	kind: 'wind' | 'solar';
	capacityW: number;
	town: string;
	commissionedOn: Day;
	until: Day | null;
	/** the last day of which at least three quarters of the values are there */
	lastDay: { day: Day; fedInWh: number } | null;
	yearWh: number;
	totalWh: number;
	/** what was expected of the year up to `until`; null without an expectation */
	expectedWh: number | null;
	co2Grams: number | null;
	/** months of the last twelve, oldest first */
	months: { month: Day; fedInWh: number; expectedWh: number | null }[];
	/** the days of the last five weeks, oldest first */
	days: { day: Day; fedInWh: number }[];
	isPublic: boolean;
}

/** Shows a plant to everybody, or no longer. Refuses plants.unknown. */
export function publishPlant(
	db: Database,
	{ plantId, isPublic, ...command }: Command & { plantId: string; isPublic: boolean },
): Promise<{ plantId: string; isPublic: boolean }> {
	return write(db, command, async (tx, note) => {
		const [plant] = await tx.select({ id: plants.id }).from(plants).where(eq(plants.id, plantId));
		if (!plant) throw new Refusal('missing', 'plants.unknown');
		const changed = isPublic
			? await tx
					.insert(publicPlants)
					.values({ plantId, publishedAt: command.at, publishedByName: command.by.name })
					.onConflictDoNothing()
					.returning()
			: await tx.delete(publicPlants).where(eq(publicPlants.plantId, plantId)).returning();
		if (changed.length)
			note({
				action: 'yields.publishPlant',
				subject: `plant ${plantId}`,
				before: { isPublic: !isPublic },
				after: { isPublic },
			});
		return { plantId, isPublic };
	});
}

/**
 * A plant as everybody sees it; staff see it before it is shown, as a preview. Refuses plants.unknown where it is not shown or not there:
 * the two look the same.
 */
export function readPublicPlant(
	db: Database,
	{ by, at, plantId, preview }: { by: Actor; at: Date; plantId: string; preview: boolean },
): Promise<PublicPlant> {
	return transact(db, by, async (tx) => {
		const sql = clientOf(tx);
		const [plant] = await sql<
			(Pick<PublicPlant, 'id' | 'name' | 'kind' | 'capacityW' | 'town' | 'commissionedOn' | 'isPublic'> & {
				monthlyWh: string[] | null;
			})[]
		>`
			select p.id, p.name, p.kind, p.capacity_w::float8 as "capacityW", p.town, p.commissioned_on::text as "commissionedOn",
				to_json(p.expected_monthly_wh) as "monthlyWh", s.plant_id is not null as "isPublic"
			from plants p left join public_plants s on s.plant_id = p.id where p.id = ${plantId}`;
		if (!plant || !(plant.isPublic || preview)) throw new Refusal('missing', 'plants.unknown');
		const { monthlyWh, ...shown } = plant;
		const expected = monthlyWh?.map(Number) ?? null;
		const today = dayOf(at);
		const months = await sql<{ month: Day; fedInWh: number; first: Day; last: Day }[]>`
			select date_trunc('month', day)::date::text as month, sum(fed_in_wh)::float8 as "fedInWh", min(day)::text as first, max(day)::text as last
			from plant_days where plant_id = ${plantId} and day <= ${today} group by 1 order by 1`;
		const until = months.at(-1)?.last ?? null;
		const days = until
			? await sql<{ day: Day; fedInWh: number; whole: boolean }[]>`
				select day::text as day, fed_in_wh::float8 as "fedInWh", missing_slots * 4 <= slots as whole from plant_days
				where plant_id = ${plantId} and day between ${addDays(until, -34)} and ${until} order by day`
			: [];
		const factors = await sql<{ year: number; gramsPerKwh: number }[]>`
			select year, grams_per_kwh as "gramsPerKwh" from co2_factors order by year`;
		const year = (until ?? today).slice(0, 4);
		const sum = (list: readonly { fedInWh: number }[]) => list.reduce((total, { fedInWh }) => total + fedInWh, 0);
		const byYear = Object.entries(Object.groupBy(months, ({ month }) => month.slice(0, 4))).map(
			([of, list]) => [Number(of), sum(list ?? [])] as const,
		);
		const firstMonth = addMonths(`${(until ?? today).slice(0, 7)}-01`, -11);
		const since = (one: Day) => (one < plant.commissionedOn ? plant.commissionedOn : one);
		return {
			...shown,
			until,
			days,
			lastDay: days.findLast(({ whole }) => whole) ?? null,
			yearWh: sum(months.filter(({ month }) => month.startsWith(year))),
			totalWh: sum(months),
			expectedWh: until === null ? null : expectedUntil(expected, since(`${year}-01-01`), until),
			co2Grams: byYear.length ? co2Grams(byYear, factors) : null,
			months: months
				.filter(({ month }) => month >= firstMonth)
				.map(({ month, fedInWh, last }) => ({
					month,
					fedInWh,
					expectedWh: expectedUntil(expected, since(month), last === until ? last : addDays(addMonths(month, 1), -1)),
				})),
		};
	});
}
