// What registers and amounts say of days where nothing was metered by interval: computed anew whenever a reading, meter or decision changes.
import { clientOf, type Tx } from '../../database/connect.ts';
import { ensureChannels } from '../../plants/service.ts';
import type { Day } from '../../values/calendar.ts';
import { qualityRank } from '../../values/energy.ts';
import {
	type Decision,
	dailyEnergy,
	type Meter,
	type PeriodEnergy,
	type Reading,
	type Step,
	stepsBetween,
} from '../steps.ts';

/** Everything known of the registers of a metering point. */
export interface Registers {
	plantId: string;
	plantName: string;
	capacityW: number;
	expectedMonthlyWh: number[] | null;
	meters: (Meter & { id: string; recordedByName: string })[];
	/** readings that count, by OBIS code */
	readings: Map<string, ReadingRow[]>;
	decisions: Decision[];
	amounts: (PeriodEnergy & { obis: string; rank: number })[];
}

/** A reading with where it comes from. */
export interface ReadingRow extends Reading {
	obis: string;
	importId: number | null;
	fileName: string | null;
	photoId: string | null;
	note: string | null;
	recordedByName: string;
}

/** Channel that daily values of a register or amount go to: its OBIS code with a mark, so that no file's values ever meet them. */
export function spreadObis(obis: string): string {
	return `${obis} d`;
}

const counts = (alias: 'r' | 'a') => `(${alias}.import_id is null or exists (
	select from imports i where i.id = ${alias}.import_id and i.state = 'stored' and not exists (
		select from reading_documents d join reading_documents x on x.cancels_message_id = d.message_id join imports xi on xi.id = x.import_id and xi.state = 'stored'
		where d.id = ${alias}.document_id)))`;

/** Reads the registers of a metering point. Undefined if there is no such point. */
export async function registersOf(tx: Tx, meteringPointId: string): Promise<Registers | undefined> {
	const sql = clientOf(tx);
	const [plant] = await sql`
		select p.id, p.name, p.capacity_w, p.expected_monthly_wh from metering_points m join plants p on p.id = m.plant_id where m.id = ${meteringPointId}`;
	if (!plant) return undefined;
	const meters = await sql`
		select id, serial, (extract(epoch from installed_at) * 1000)::int8 as installed_ms, (extract(epoch from removed_at) * 1000)::int8 as removed_ms,
			digits, factor::float8 as factor, recorded_by_name
		from meters where metering_point_id = ${meteringPointId} order by installed_at`;
	const readings = await sql`
		select r.id, r.obis, r.serial, (extract(epoch from r.read_at) * 1000)::int8 as at_ms, r.wh, r.quality as rank, r.occasion, r.import_id, f.file_name, r.photo_id, r.note,
			r.recorded_by_name, (extract(epoch from coalesce((select d.issued_at from reading_documents d where d.id = r.document_id), r.recorded_at)) * 1000)::int8 as issued_ms
		from register_readings r left join imports f on f.id = r.import_id
		where r.metering_point_id = ${meteringPointId} and not exists (select from register_reversals v where v.reading_id = r.id) and ${sql.unsafe(counts('r'))}
		order by r.read_at`;
	const decisions = await sql`
		select distinct on (d.reading_id) d.reading_id as "readingId", d.decision, d.reset_to_wh as "resetToWh"
		from register_decisions d join register_readings r on r.id = d.reading_id where r.metering_point_id = ${meteringPointId}
		order by d.reading_id, d.recorded_at desc, d.id desc`;
	const amounts = await sql`
		select a.obis, (extract(epoch from a.from_at) * 1000)::int8 as from_ms, (extract(epoch from a.to_at) * 1000)::int8 as to_ms, a.wh, a.quality as rank
		from energy_amounts a left join reading_documents d on d.id = a.document_id
		where a.metering_point_id = ${meteringPointId} and ${sql.unsafe(counts('a'))}
		order by a.quality desc, d.issued_at nulls first, a.recorded_at`;
	const byObis = new Map<string, ReadingRow[]>();
	for (const row of readings) {
		const own = byObis.get(row.obis) ?? [];
		byObis.set(row.obis, own);
		own.push({
			...{
				id: row.id,
				obis: row.obis,
				serial: row.serial,
				atMs: Number(row.at_ms),
				wh: Number(row.wh),
				rank: row.rank,
			},
			...{ occasion: row.occasion, issuedMs: Number(row.issued_ms), importId: row.import_id, fileName: row.file_name },
			...{ photoId: row.photo_id, note: row.note, recordedByName: row.recorded_by_name },
		});
	}
	return {
		...{ plantId: plant.id, plantName: plant.name, capacityW: Number(plant.capacity_w) },
		expectedMonthlyWh: plant.expected_monthly_wh?.map(Number) ?? null,
		meters: meters.map((row) => ({
			...{ id: row.id as string, serial: row.serial as string, installedMs: Number(row.installed_ms) },
			removedMs: row.removed_ms === null ? null : Number(row.removed_ms),
			...{ digits: row.digits as number, factor: Number(row.factor), recordedByName: row.recorded_by_name as string },
		})),
		readings: byObis,
		decisions: decisions.map((row) => ({
			...(row as unknown as Decision),
			resetToWh: row.resetToWh === null ? null : Number(row.resetToWh),
		})),
		amounts: amounts.map((row) => ({
			...{
				obis: row.obis,
				fromMs: Number(row.from_ms),
				toMs: Number(row.to_ms),
				energyWh: Number(row.wh),
				rank: row.rank,
			},
		})),
	};
}

/** The steps of one register; what a plant can give bounds only what it feeds in. */
export function stepsOf(registers: Registers, obis: string): Step[] {
	const { meters, decisions, capacityW, readings } = registers;
	const isFeedIn = /:2\./.test(obis);
	return stepsBetween(readings.get(obis) ?? [], { meters, decisions, capacityW: isFeedIn ? capacityW : null });
}

/**
 * Writes the daily values that follow from the registers and amounts of a metering point, as substitutes, into channels of their own.
 * They count only on days where nothing else was metered. `act` is the import that stands for the change. The caller holds the
 * metering point's row.
 */
export async function spreadRegisters(
	tx: Tx,
	{ meteringPointId, act, at }: { meteringPointId: string; act: number; at: Date },
): Promise<void> {
	await clientOf(tx)`select id from metering_points where id = ${meteringPointId} for no key update`;
	const registers = await registersOf(tx, meteringPointId);
	if (!registers) return;
	const { readings, amounts, expectedMonthlyWh } = registers;
	const whole = new Set([...readings.keys()].filter((obis) => obis.endsWith('.0')).map(quantityOf));
	const days = new Map<string, Map<Day, number>>();
	for (const obis of readings.keys()) {
		// Tariff registers (HT, NT) are parts of the whole; they count where nobody reads the whole.
		if (!obis.endsWith('.0') && whole.has(quantityOf(obis))) continue;
		const periods = stepsOf(registers, obis).flatMap(({ from, to, energyWh }) =>
			energyWh === null ? [] : [{ fromMs: from.atMs, toMs: to.atMs, energyWh }],
		);
		days.set(spreadObis(obis), dailyEnergy(periods, expectedMonthlyWh));
	}
	for (const obis of new Set(amounts.map((one) => one.obis))) {
		// The same period stated again replaces what was stated before: better quality and later messages stand last.
		const own = new Map(amounts.filter((one) => one.obis === obis).map((one) => [`${one.fromMs}|${one.toMs}`, one]));
		days.set(spreadObis(obis), dailyEnergy(withoutOverlaps([...own.values()]), expectedMonthlyWh));
	}
	// Channels of registers that have no reading any more must lose their days.
	const known = await clientOf(tx)`
		select obis from channels where metering_point_id = ${meteringPointId} and obis like '% d' and slot_minutes = 1440`;
	for (const { obis } of known) if (!days.has(obis)) days.set(obis, new Map());
	for (const [obis, values] of days) await writeDays(tx, { meteringPointId, obis, values, act, at });
}

function quantityOf(obis: string): string {
	return obis.slice(0, obis.lastIndexOf('.'));
}

/** Of amounts whose periods overlap the shorter ones count: a month's bill never stands beside its weeks. */
function withoutOverlaps(amounts: readonly PeriodEnergy[]): PeriodEnergy[] {
	const kept: PeriodEnergy[] = [];
	for (const one of amounts.toSorted((a, b) => a.toMs - a.fromMs - (b.toMs - b.fromMs) || a.fromMs - b.fromMs))
		if (kept.every((other) => other.toMs <= one.fromMs || other.fromMs >= one.toMs)) kept.push(one);
	return kept;
}

async function writeDays(
	tx: Tx,
	{
		meteringPointId,
		obis,
		values,
		act,
		at,
	}: { meteringPointId: string; obis: string; values: Map<Day, number>; act: number; at: Date },
): Promise<void> {
	const [channelId = 0] = await ensureChannels(tx, [{ meteringPointId, obis, slotMinutes: 1440 }], at);
	const sql = clientOf(tx);
	await sql`select id from channels where id = ${channelId} for no key update`;
	const substitute = Buffer.of(qualityRank('substitute'));
	await sql`
		with given as (
			select day::date as day, wh from unnest(${[...values.keys()]}::text[], ${[...values.values()]}::int8[]) as d (day, wh)
		), written as (
			insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id)
			select ${channelId}, g.day, array[g.wh::int4], ${substitute}::bytea, g.wh, 0,
				1 + coalesce(o.version, (select max(h.version) from reading_days_history h where h.channel_id = ${channelId} and h.day = g.day), 0), ${act}, 0
			from given g left join reading_days o on o.channel_id = ${channelId} and o.day = g.day where o.total_wh is distinct from g.wh
			on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
				gaps = excluded.gaps, version = excluded.version, import_id = excluded.import_id, document_id = excluded.document_id
			returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, old.document_id
		), gone as (
			delete from reading_days r where r.channel_id = ${channelId} and not exists (select from given g where g.day = r.day)
			returning r.channel_id, r.day, r.wh, r.quality, r.total_wh, r.gaps, r.version, r.import_id, r.document_id
		)
		insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
		select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, ${act}::int4 from written where channel_id is not null
		union all select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, ${act}::int4 from gone`;
}

/** Computes anew what follows from the registers that an import brought or whose messages it cancelled. */
export async function spreadTouched(
	tx: Tx,
	{ importId, act, at }: { importId: number; act: number; at: Date },
): Promise<void> {
	const points = await clientOf(tx)`
		with touched as (
			select ${importId}::int4 as import_id, null::int4 as document_id
			union all select o.import_id, o.id from reading_documents d join reading_documents o on o.message_id = d.cancels_message_id where d.import_id = ${importId}
		)
		select distinct r.metering_point_id as id from (
			select metering_point_id, import_id, document_id from register_readings union all select metering_point_id, import_id, document_id from energy_amounts
		) r join touched t on t.import_id = r.import_id and (t.document_id is null or t.document_id = r.document_id)
		where r.metering_point_id is not null order by 1`;
	for (const { id } of points) await spreadRegisters(tx, { meteringPointId: id, act, at });
}
