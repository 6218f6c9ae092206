// Findings about meter-days as people see them: in runs of days, with what was said of them, and as a calendar of a plant's channels.
import { and, between, eq, ne } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type FindingKind, type Severity, severities } from '../plausibility.ts';
import { yieldFindings } from '../tables.ts';

export type FindingState = 'open' | 'seen' | 'explained';

/** The same finding on days in a row; gaps of the same month or so count as in a row. Figures are those of its first day, where they are a day's. */
export interface FindingRun {
	plantId: string;
	plantName: string;
	channelId: number;
	/** the metering point's number, or the serial of its device */
	point: string;
	obis: string;
	slotMinutes: number;
	kind: FindingKind;
	severity: Severity;
	from: Day;
	to: Day;
	days: number;
	fromSlot: number;
	toSlot: number;
	figures: { energyWh?: number; limitWh?: number; minutes?: number; count?: number };
	state: FindingState;
	note: string | null;
	stateAt: string | null;
	stateByName: string | null;
}

const runLimit = 300;

/** Days that may lie between two of a run: gaps come again and again, and are one matter. */
const daysBetweenOf = (kind: FindingKind): number => (kind === 'gaps' ? 31 : 1);

/** Findings in a state, the most urgent first, then the newest; at most 300 runs of the newest 20,000 days. */
export function listFindings(
	db: Database,
	{ by, state, plantId }: { by: Actor; state: FindingState; plantId?: string | undefined },
): Promise<FindingRun[]> {
	return transact(db, by, async (tx) => {
		const rows = await clientOf(tx)<(Omit<FindingRun, 'from' | 'to' | 'days'> & { day: Day })[]>`
			select p.id as "plantId", p.name as "plantName", c.id as "channelId", c.obis, c.slot_minutes as "slotMinutes",
				coalesce(m.market_location, m.meter_location, m.device_serial) as point, f.kind, f.severity, f.day::text as day,
				f.from_slot as "fromSlot", f.to_slot as "toSlot", f.figures, f.state, f.note,
				to_char(f.state_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "stateAt", f.state_by_name as "stateByName"
			from (select * from yield_findings where state = ${state} order by day desc limit 20000) f
			join channels c on c.id = f.channel_id join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
			where ${plantId ?? null}::uuid is null or p.id = ${plantId ?? null}::uuid
			order by f.channel_id, f.kind, f.day`;
		const runs: FindingRun[] = [];
		for (const { day, ...row } of rows) {
			const last = runs.at(-1);
			if (
				last?.channelId === row.channelId &&
				last.kind === row.kind &&
				last.note === row.note &&
				addDays(last.to, daysBetweenOf(row.kind)) >= day
			) {
				last.to = day;
				last.days += 1;
				if (severities.indexOf(row.severity) < severities.indexOf(last.severity)) last.severity = row.severity;
			} else runs.push({ ...row, from: day, to: day, days: 1 });
		}
		const order = (run: FindingRun) => severities.indexOf(run.severity);
		return runs.sort((a, b) => order(a) - order(b) || (a.to < b.to ? 1 : -1)).slice(0, runLimit);
	});
}

/**
 * Says of a finding on some days that it was seen, explained (with a note) or is open again.
 * Refuses yields.finding-note (explained without a note), yields.finding-unknown.
 */
export function judgeFinding(
	db: Database,
	{
		channelId,
		kind,
		from,
		to,
		state,
		note: words,
		...command
	}: Command & {
		channelId: number;
		kind: FindingKind;
		from: Day;
		to: Day;
		state: FindingState;
		note?: string | undefined;
	},
): Promise<{ days: number }> {
	const said = words?.trim() || null;
	if (state === 'explained' && !said)
		return Promise.reject(new Refusal('invalid', 'yields.finding-note', {}, { field: 'note' }));
	return write(db, command, async (tx, note) => {
		const changed = await tx
			.update(yieldFindings)
			.set({ state, note: said, stateAt: command.at, stateByName: command.by.name })
			.where(
				and(
					eq(yieldFindings.channelId, channelId),
					eq(yieldFindings.kind, kind),
					between(yieldFindings.day, from, to),
					// What was explained in between stays explained.
					ne(yieldFindings.state, state === 'open' ? 'open' : 'explained'),
				),
			)
			.returning({ day: yieldFindings.day });
		if (changed.length === 0) throw new Refusal('missing', 'yields.finding-unknown');
		note({
			action: 'yields.judgeFinding',
			subject: `channel ${channelId}`,
			after: { kind, from, to, state, note: said, days: changed.length },
		});
		return { days: changed.length };
	});
}

/** A channel's year: for each day with values or findings how complete it is (0 to 1), and what was found. */
export interface ChannelCalendar {
	channelId: number;
	point: string;
	obis: string;
	slotMinutes: number;
	days: { day: Day; totalWh: number | null; completeness: number; severity: Severity | null; kinds: FindingKind[] }[];
}

/** The year of each feed-in channel of a plant; explained findings are left out. */
export function readFindingCalendar(
	db: Database,
	{ by, plantId, year }: { by: Actor; plantId: string; year: number },
): Promise<ChannelCalendar[]> {
	const [first, last] = [`${year}-01-01`, `${year}-12-31`];
	return transact(db, by, async (tx) => {
		const rows = await clientOf(tx)<
			(Omit<ChannelCalendar, 'days'> & {
				day: Day;
				totalWh: number | null;
				completeness: number;
				found: [FindingKind, Severity][] | null;
			})[]
		>`
			select c.id as "channelId", coalesce(m.market_location, m.meter_location, m.device_serial) as point, c.obis,
				c.slot_minutes as "slotMinutes", d.day::text as day, r.total_wh::float8 as "totalWh",
				coalesce(1 - r.gaps::float8 / cardinality(r.wh), 0) as completeness, d.found
			from channels c join metering_points m on m.id = c.metering_point_id
			join lateral (
				select day, (array_agg(found) filter (where found is not null))[1] as found from (
					select day, null::json as found from reading_days where channel_id = c.id and day between ${first} and ${last}
					union all
					select day, json_agg(json_build_array(kind, severity)) from yield_findings
					where channel_id = c.id and day between ${first} and ${last} and state <> 'explained' group by day
				) known group by day
			) d on true
			left join reading_days r on r.channel_id = c.id and r.day = d.day
			where m.plant_id = ${plantId} and c.direction = 'feed-in' and c.obis not like '% d'
			order by c.id, d.day`;
		const channels: ChannelCalendar[] = [];
		for (const { channelId, point, obis, slotMinutes, day, totalWh, completeness, found } of rows) {
			let channel = channels.at(-1);
			if (channel?.channelId !== channelId) {
				channel = { channelId, point, obis, slotMinutes, days: [] };
				channels.push(channel);
			}
			const severity = severities.find((one) => found?.some(([, severe]) => severe === one)) ?? null;
			channel.days.push({ day, totalWh, completeness, severity, kinds: (found ?? []).map(([kind]) => kind) });
		}
		return channels;
	});
}
