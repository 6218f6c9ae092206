// Values whose metering point nobody knows yet: listed, and given their place later.
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import { ensureChannels } from '../../plants/service.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { createStage, type StagedIssue } from './fold.ts';
import { type Effect, recordAct, refold } from './refold.ts';
import { spreadRegisters } from './spread.ts';
import { checkedAssignment } from './uploads.ts';

/** What waits for one metering point. */
export interface UnplacedLine {
	meteringPoint: string;
	series: number;
	obis: string[];
	days: number;
	from: Day | null;
	to: Day | null;
	totalWh: number;
	registers: number;
	files: { importId: number; fileName: string }[];
}

/** Metering points that files name and nobody knows, with what waits for them. */
export function listUnplaced(db: Database, { by }: { by: Actor }): Promise<UnplacedLine[]> {
	return transact(db, by, async (tx) => {
		const rows = await clientOf(tx)`
			with series as (
				select s.metering_point, s.import_id, s.obis, s.unit, d.day, d.total_wh, s.id from unplaced_series s join imports i on i.id = s.import_id and i.state = 'stored'
				join unplaced_days d on d.series_id = s.id where s.placed_by_import is null
			), registers as (
				select metering_point, import_id, obis from register_readings where metering_point_id is null and metering_point is not null
				union all select metering_point, import_id, obis from energy_amounts where metering_point_id is null and metering_point is not null
			), kept as (
				select r.* from registers r join imports i on i.id = r.import_id and i.state = 'stored'
			), names as (select metering_point, import_id, obis from series union select metering_point, import_id, obis from kept)
			select n.metering_point as "meteringPoint",
				(select count(distinct id)::int4 from series s where s.metering_point = n.metering_point) as series,
				array_agg(distinct n.obis) as obis,
				(select count(distinct day)::int4 from series s where s.metering_point = n.metering_point) as days,
				(select min(day)::text from series s where s.metering_point = n.metering_point) as "from",
				(select max(day)::text from series s where s.metering_point = n.metering_point) as "to",
				(select coalesce(sum(total_wh), 0)::int8 from series s where s.metering_point = n.metering_point and s.unit = 'kWh') as "totalWh",
				(select count(*)::int4 from kept k where k.metering_point = n.metering_point) as registers,
				json_agg(distinct jsonb_build_object('importId', i.id, 'fileName', i.file_name)) as files
			from names n join imports i on i.id = n.import_id group by 1 order by 1 limit 500`;
		return rows as unknown as UnplacedLine[];
	});
}

/**
 * Says which metering point an unknown one is: everything that waits for it is folded as if it had come with its files.
 * Refuses readings.nothing-waits, readings.metering-point-unknown.
 */
export function placeUnplaced(
	db: Database,
	{ meteringPoint, meteringPointId, ...command }: Command & { meteringPoint: string; meteringPointId: string },
): Promise<Effect> {
	return write(db, command, async (tx, note) => {
		await checkedAssignment(tx, { meteringPointId });
		const client = clientOf(tx);
		const series = await client`
			select s.*, (extract(epoch from d.issued_at) * 1000)::int8 as issued_ms, (extract(epoch from i.received_at) * 1000)::int8 as received_ms, m.number,
				d.id is not null and exists (select from reading_documents x join imports xi on xi.id = x.import_id
					where x.cancels_message_id = d.message_id and xi.state = 'stored') as cancelled
			from unplaced_series s join imports i on i.id = s.import_id left join reading_documents d on d.id = s.document_id left join reading_messages m on m.id = d.message_id
			where s.metering_point = ${meteringPoint} and s.placed_by_import is null and i.state = 'stored' order by s.id for update of s`;
		const readings = await client`
			update register_readings set metering_point_id = ${meteringPointId} where metering_point = ${meteringPoint} and metering_point_id is null returning obis`;
		const amounts = await client`
			update energy_amounts set metering_point_id = ${meteringPointId} where metering_point = ${meteringPoint} and metering_point_id is null returning obis`;
		if (series.length + readings.length + amounts.length === 0)
			throw new Refusal('missing', 'readings.nothing-waits', { meteringPoint });
		const keys = series.map((one) => ({
			meteringPointId,
			obis: one.obis as string,
			slotMinutes: one.slot_minutes as number,
		}));
		const channels = await ensureChannels(tx, keys, command.at);
		await createStage(client);
		const act = await recordAct(tx, command, meteringPoint);
		const issues: StagedIssue[] = [];
		for (const [i, one] of series.entries()) {
			const channelId = channels[i] ?? 0;
			issues.push({ issuedMs: Number(one.issued_ms ?? one.received_ms), number: one.number, active: !one.cancelled });
			await client`
				insert into staged select ${i}, day, wh, quality, total_wh, gaps from unplaced_days where series_id = ${one.id}`;
			const documentId = one.document_id === 0 ? null : (one.document_id as number);
			await client`
				insert into staged_channel values (${i}, ${channelId}, ${one.import_id}, ${documentId}, ${!one.cancelled})`;
			await client`
				insert into import_channels (import_id, document_id, channel_id, from_day, to_day)
				select ${one.import_id}, ${one.document_id}, ${channelId}, min(day), max(day) from staged where series = ${i} on conflict do nothing`;
			await client`update unplaced_series set placed_by_import = ${act}, channel_id = ${channelId} where id = ${one.id}`;
		}
		await client`
			insert into contested (channel_id, day, import_id)
			select distinct c.channel_id, s.day, ${act}::int4 from staged s join staged_channel c using (series)`;
		const report = { kind: 'place' as const, about: null, reason: meteringPoint };
		const effect = await refold(tx, { act, at: command.at, issues, report });
		await spreadRegisters(tx, { meteringPointId, act, at: command.at });
		const after = { meteringPointId, daysAdded: effect.daysAdded, daysReplaced: effect.daysReplaced };
		note({ action: 'readings.placeUnplaced', subject: `metering point ${meteringPoint}`, after });
		return effect;
	});
}
