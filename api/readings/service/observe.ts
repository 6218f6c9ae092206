// Books what a source said: slots are laid down, registers and powers become slots, each once, in whatever order they come.
import { asc, eq, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import { clientOf, type Tx } from '../../database/connect.ts';
import { ensureChannels } from '../../plants/service.ts';
import { meteringPoints, plants } from '../../plants/tables.ts';
import { slotMaxWh } from '../../values/energy.ts';
import { Refusal } from '../../values/refusal.ts';
import { advance, type Advance, type Edge, type SlotPart } from '../register.ts';
import { excerpt, provisionalRank } from '../rules.ts';
import { covered, type Coverage } from '../sources/coverage.ts';
import type { Observation } from '../sources/observation.ts';
import { sourceChannels, sources } from '../tables.ts';

/** A series of a source as it is when something is booked. */
type Series = typeof sourceChannels.$inferSelect & { capacityW: number };

/** What booking came to. */
export interface Booked {
	/** of the last value of each series; 'booked' where there was nothing out of the ordinary */
	outcome: Advance['outcome'];
	/** watt-hours that were added to slots; of a corrected slot the difference */
	wh: number;
	/** values that said something new */
	fresh: number;
}

/** Values further ahead of the clock than this are of a device that lives in another time. */
const aheadMs = 10 * 60_000;
/** Values further back would change years that are long settled. */
const backMs = 1_100 * 86_400_000;

/**
 * Books observations of a source and keeps how far each series has come. The caller holds the source's row. A value that was booked
 * before books nothing; a corrected slot replaces its value; late values fill gaps. Refuses readings.source-channel-unknown,
 * readings.source-time (of another time, with `position` in the list), readings.source-slot (between two slots), readings.source-value
 * (more than a slot holds).
 */
export async function observe(
	tx: Tx,
	note: Note,
	{ sourceId, observations, at }: { sourceId: string; observations: readonly Observation[]; at: Date },
): Promise<Booked> {
	const rows = await tx
		.select({ series: sourceChannels, capacityW: plants.capacityW })
		.from(sourceChannels)
		.innerJoin(meteringPoints, eq(meteringPoints.id, sourceChannels.meteringPointId))
		.innerJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(eq(sourceChannels.sourceId, sourceId))
		.orderBy(asc(sourceChannels.id))
		.for('update', { of: sourceChannels });
	const series = new Map(rows.map(({ series: one, capacityW }) => [one.name, { ...one, capacityW }]));
	const own = new Map<Series, Observation[]>();
	observations.forEach((observation, position) => {
		const one = series.get(observation.channel);
		if (!one) {
			const values = { channel: excerpt(observation.channel), position: position + 1 };
			throw new Refusal('invalid', 'readings.source-channel-unknown', values, { field: 'channel' });
		}
		checkTime(one, observation, at, position + 1);
		const list = own.get(one);
		if (list) list.push(observation);
		else own.set(one, [observation]);
	});
	const booked: Booked = { outcome: 'stale', wh: 0, fresh: 0 };
	for (const [one, list] of own) {
		list.sort((a, b) => a.atMs - b.atMs);
		const result =
			one.meaning === 'interval' ? await laySlots(tx, one, list, at) : await count(tx, note, one, list, at);
		booked.outcome = result.outcome === 'stale' ? booked.outcome : result.outcome;
		booked.wh += result.wh;
		booked.fresh += result.fresh;
	}
	return booked;
}

function checkTime({ meaning, slotMinutes }: Series, { atMs, shown }: Observation, at: Date, position: number): void {
	const time = Number.isFinite(atMs) && Math.abs(atMs) < 8e15 ? new Date(atMs).toISOString() : '';
	if (!(atMs <= at.getTime() + aheadMs && atMs >= at.getTime() - backMs))
		throw new Refusal('invalid', 'readings.source-time', { time, position }, { field: 'at' });
	if (meaning !== 'interval') return;
	if (atMs % (slotMinutes * 60_000) !== 0)
		throw new Refusal('invalid', 'readings.source-slot', { time, minutes: slotMinutes, position }, { field: 'at' });
	const wh = shown[''] ?? Number.NaN;
	if (!(wh >= 0 && wh <= slotMaxWh))
		throw new Refusal('invalid', 'readings.source-value', { value: String(wh), position }, { field: 'value' });
}

async function channelOf(tx: Tx, { meteringPointId, obis, slotMinutes }: Series, at: Date): Promise<number> {
	const [channelId] = await ensureChannels(tx, [{ meteringPointId, obis, slotMinutes: slotMinutes as 15 }], at);
	return channelId as number;
}

/** Registers and powers: the differences between looks, in order. */
async function count(tx: Tx, note: Note, series: Series, looks: readonly Observation[], at: Date): Promise<Booked> {
	const { capacityW, slotMinutes } = series;
	const meaning = series.meaning === 'power' ? 'power' : 'register';
	let edge = series.edge as Edge | null;
	const parts: SlotPart[] = [];
	const booked: Booked = { outcome: 'stale', wh: 0, fresh: 0 };
	const subject = `source ${series.sourceId}`;
	for (const look of looks) {
		const step = advance(edge, look, { capacityW, slotMinutes, meaning });
		edge = step.edge;
		booked.outcome = step.outcome === 'stale' ? booked.outcome : step.outcome;
		if (step.outcome !== 'stale' && step.outcome !== 'absent') booked.fresh++;
		parts.push(...step.parts);
		// Ordinary looks are not in the audit log; the days they make are, once they are sealed.
		const last = step.edge.notes.at(-1);
		if (step.outcome === 'first')
			note({ action: 'readings.pullSources', subject, after: { channel: series.name, base: look.shown } });
		else if (last?.kind === step.outcome)
			note({ action: 'readings.pullSources', subject, after: { channel: series.name, ...last } });
	}
	if (parts.length > 0) await addParts(tx, await channelOf(tx, series, at), parts, at);
	await tx.update(sourceChannels).set({ edge }).where(eq(sourceChannels.id, series.id));
	booked.wh = parts.reduce((sum, part) => sum + part.wh, 0);
	return booked;
}

async function addParts(tx: Tx, channelId: number, parts: readonly SlotPart[], at: Date): Promise<void> {
	const sum = new Map<number, SlotPart>();
	for (const { startMs, wh, coveredMs } of parts) {
		const one = sum.get(startMs);
		sum.set(startMs, { startMs, wh: wh + (one?.wh ?? 0), coveredMs: coveredMs + (one?.coveredMs ?? 0) });
	}
	const rows = [...sum.values()];
	await clientOf(tx)`
		insert into open_readings as o (channel_id, start_at, wh, quality, covered_ms, received_at)
		select ${channelId}::int4, to_timestamp(p.start_ms / 1000.0), p.wh, ${provisionalRank}::int2, p.covered, ${at.toISOString()}::timestamptz
		from unnest(${rows.map((p) => p.startMs)}::int8[], ${rows.map((p) => p.wh)}::int4[], ${rows.map((p) => p.coveredMs)}::int4[]) p (start_ms, wh, covered)
		on conflict (channel_id, start_at) do update set wh = o.wh + excluded.wh, covered_ms = o.covered_ms + excluded.covered_ms,
			received_at = excluded.received_at`;
}

/** Energies of slots: the last word on each slot counts, whenever it comes. */
async function laySlots(tx: Tx, series: Series, slots: readonly Observation[], at: Date): Promise<Booked> {
	const slotMs = series.slotMinutes * 60_000;
	const values = new Map(slots.map(({ atMs, shown }) => [atMs, shown[''] ?? 0]));
	const channelId = await channelOf(tx, series, at);
	// Slots of days that are sealed and were not changed are not opened again.
	const laid = await clientOf(tx)`
		with told as (
			select t.start_ms, t.wh, to_timestamp(t.start_ms / 1000.0) as start_at
			from unnest(${[...values.keys()]}::int8[], ${[...values.values()]}::int4[]) t (start_ms, wh)
		), placed as (
			select told.*, (start_at at time zone 'Europe/Berlin')::date as day from told
		), known as (
			select p.start_ms, p.wh, p.start_at, o.wh as open_wh,
				r.wh[((extract(epoch from p.start_at - (p.day::timestamp at time zone 'Europe/Berlin')) * 1000) / ${slotMs})::int4 + 1] as day_wh
			from placed p
			left join open_readings o on o.channel_id = ${channelId} and o.start_at = p.start_at
			left join reading_days r on r.channel_id = ${channelId} and r.day = p.day
		)
		insert into open_readings as o (channel_id, start_at, wh, quality, covered_ms, received_at)
		select ${channelId}::int4, start_at, wh, ${provisionalRank}::int2, ${slotMs}::int4, ${at.toISOString()}::timestamptz from known
		where wh is distinct from coalesce(open_wh, day_wh)
		on conflict (channel_id, start_at) do update set wh = excluded.wh, covered_ms = excluded.covered_ms, received_at = excluded.received_at
		returning new.wh - coalesce(old.wh, 0) as wh`;
	let edge = series.edge as Coverage | null;
	for (const [from, to] of runsOf([...values.keys()], slotMs)) edge = covered(edge, from, to);
	await tx.update(sourceChannels).set({ edge }).where(eq(sourceChannels.id, series.id));
	return {
		outcome: laid.length > 0 ? 'booked' : 'stale',
		wh: laid.reduce((sum, row) => sum + Number(row.wh), 0),
		fresh: laid.length,
	};
}

/** Slots without a hole between them as one span. */
function runsOf(starts: number[], slotMs: number): [from: number, to: number][] {
	const runs: [number, number][] = [];
	for (const start of starts.sort((a, b) => a - b)) {
		const last = runs.at(-1);
		if (last && last[1] === start) last[1] += slotMs;
		else runs.push([start, start + slotMs]);
	}
	return runs;
}

/** What a source's row remembers after a look: when, whether it went well, the newest value. */
export async function keepLook(
	tx: Tx,
	{
		sourceId,
		at,
		problem,
		valueAt,
		busyUntil = null,
	}: {
		sourceId: string;
		at: Date;
		problem: { code: string; values: object } | null;
		valueAt?: Date | undefined;
		/** whoever listens on keeps the source; else it is given back */
		busyUntil?: Date | null;
	},
): Promise<void> {
	await tx
		.update(sources)
		.set({
			...{ lastRunAt: at, lastProblem: problem, busyUntil },
			...(problem ? {} : { lastSuccessAt: at }),
			...(valueAt ? { lastValueAt: sql`greatest(${sources.lastValueAt}, ${valueAt.toISOString()}::timestamptz)` } : {}),
		})
		.where(eq(sources.id, sourceId));
}
