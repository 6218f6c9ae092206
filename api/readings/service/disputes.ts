// Later values of worse quality than what counts: listed, and decided by somebody.
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { createStage } from './fold.ts';
import { type Effect, recordAct, refold } from './refold.ts';

/** The open disputes of one import in one channel. Energies in watt-hours of the slots that differ. */
export interface DisputeLine {
	importId: number;
	fileName: string;
	receivedAt: string;
	channelId: number;
	obis: string;
	plantId: string;
	plantName: string;
	days: number;
	from: Day;
	to: Day;
	slots: number;
	countsWh: number;
	saysWh: number;
}

/** Open disputes, the newest import first; at most 500 lines. */
export function listDisputes(db: Database, { by }: { by: Actor }): Promise<DisputeLine[]> {
	return transact(db, by, async (tx) => {
		const rows = await clientOf(tx)`
			select d.import_id as "importId", i.file_name as "fileName", i.received_at as "receivedAt", d.channel_id as "channelId", c.obis,
				p.id as "plantId", p.name as "plantName", count(*)::int4 as days, min(d.day)::text as "from", max(d.day)::text as "to",
				sum(d.slots)::int4 as slots, sum(d.counts_wh)::int8 as "countsWh", sum(d.says_wh)::int8 as "saysWh"
			from reading_disputes d join imports i on i.id = d.import_id join channels c on c.id = d.channel_id
				join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
			where d.state = 'open' group by 1, 2, 3, 4, 5, 6, 7 order by 1 desc, 4 limit 500`;
		return rows.map((row) => ({
			...(row as unknown as DisputeLine),
			receivedAt: new Date(row.receivedAt).toISOString(),
		}));
	});
}

/**
 * Decides the open disputes of an import in a channel: accepted, its values count although better ones are there (until a better and
 * later delivery comes); dismissed, all stays. Refuses readings.no-dispute.
 */
export function decideDispute(
	db: Database,
	{
		importId,
		channelId,
		decision,
		reason,
		...command
	}: Command & { importId: number; channelId: number; decision: 'accepted' | 'dismissed'; reason: string },
): Promise<Effect> {
	return write(db, command, async (tx, note) => {
		const client = clientOf(tx);
		await client`select id from channels where id = ${channelId} for no key update`;
		const days = await client`
			update reading_disputes set state = ${decision}, decided_at = ${command.at.toISOString()}::timestamptz, decided_by_name = ${command.by.name}, reason = ${reason}
			where import_id = ${importId} and channel_id = ${channelId} and state = 'open' returning day::text as day`;
		if (days.length === 0) throw new Refusal('missing', 'readings.no-dispute');
		const after = { channel: channelId, days: days.length, reason };
		note({ action: 'readings.decideDispute', subject: `import ${importId}`, after: { decision, ...after } });
		if (decision === 'dismissed') return { daysAdded: 0, daysReplaced: 0, daysGone: 0, series: [] };
		await createStage(client);
		const [row] = await client`select file_name from imports where id = ${importId}`;
		const act = await recordAct(tx, command, row?.file_name ?? '');
		await client`
			insert into contested (channel_id, day, import_id)
			select ${channelId}, day::date, ${act} from unnest(${days.map((one) => one.day)}::text[]) as d (day)`;
		return refold(tx, { act, at: command.at, report: { kind: 'accept', about: importId, reason } });
	});
}
