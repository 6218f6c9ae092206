// Which staged days cannot simply be written, and what storing all of them changes.
import type postgres from 'postgres';
import { Refusal } from '../../values/refusal.ts';
import { messageName } from './documents.ts';
import type { Fold } from './fold.ts';
import type { StagedFile, StagedSeries } from './stage.ts';

/** Stored days of messages that these files cancel: to be folded anew. Answers which message each of them belongs to. */
export async function touchCancelled(
	client: postgres.TransactionSql,
	staged: StagedFile[],
	names: ReadonlySet<string>,
): Promise<Map<string, string>> {
	const touched = new Map<string, string>();
	if (names.size === 0) return touched;
	const parts = [...names].map((name) => name.split('\n', 2) as [string, string]);
	const originals = await client`
		select d.id, d.import_id, m.sender, m.number from reading_messages m
		join unnest(${parts.map(([sender]) => sender)}::text[], ${parts.map(([, number]) => number)}::text[]) as n (sender, number) using (sender, number)
		join reading_documents d on d.message_id = m.id and d.function = 'original'
		join imports i on i.id = d.import_id and i.state = 'stored'`;
	for (const file of staged) {
		for (const one of file.read.documents) {
			if (one.function !== 'cancellation' || one.cancels === null) continue;
			const { sender, cancels: document } = one;
			const isKnown =
				originals.some((row) => row.sender === sender && row.number === document) ||
				file.read.documents.some(
					(other) => other.function === 'original' && other.sender === sender && other.number === document,
				);
			file.cancelled.push({ document, sender, days: 0, differenceWh: 0, isKnown });
			const ids = originals.filter((row) => row.sender === sender && row.number === document);
			const days = await touchDelivered(client, {
				recorder: file.importId,
				imports: ids.map((row) => row.import_id),
				documents: ids.map((row) => row.id),
			});
			for (const day of days) touched.set(day, messageName(sender, document));
		}
	}
	return touched;
}

/**
 * Puts the days that messages (or imports as a whole, message 0) delivered among those to be folded, by the import that stands for it.
 * Answers them as 'channel|day'.
 */
export async function touchDelivered(
	client: postgres.TransactionSql,
	{ recorder, imports, documents }: { recorder: number; imports: readonly number[]; documents: readonly number[] },
): Promise<string[]> {
	const rows = await client`
		with spans as (
			select c.* from import_channels c join unnest(${imports as number[]}::int4[], ${documents as number[]}::int4[]) as d (import_id, document_id)
				on d.import_id = c.import_id and d.document_id = c.document_id
		), days as (
			select r.channel_id, r.day from spans s join reading_days r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and coalesce(r.document_id, 0) in (s.document_id, 0)
			union
			select r.channel_id, r.day from spans s join reading_days_history r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and coalesce(r.document_id, 0) in (s.document_id, 0)
			union
			select r.channel_id, r.day from spans s join reading_deliveries r on r.channel_id = s.channel_id and r.day between s.from_day and s.to_day
				and r.import_id = s.import_id and r.document_id = s.document_id
		)
		insert into contested (channel_id, day, import_id) select channel_id, day, ${recorder} from days
		on conflict do nothing returning channel_id, day::text as day`;
	return rows.map((row) => `${row.channel_id}|${row.day}`);
}

/**
 * Finds the staged days that cannot simply be written: days that are stored with other values, came twice, belong to a cancelled
 * message or were taken away before. `held` names the staged days that are stored already.
 */
export async function contest(
	client: postgres.TransactionSql,
	{ several, repeated }: { several: boolean; repeated: boolean },
): Promise<void> {
	await client`create temporary table held on commit drop as
		select s.series, s.day, r.version, (r.wh, r.quality) is not distinct from (s.wh, s.quality) as same
		from staged s join staged_channel c using (series) join reading_days r on r.channel_id = c.channel_id and r.day = s.day`;
	await client`
		insert into contested (channel_id, day, import_id)
		select c.channel_id, h.day, c.import_id from held h join staged_channel c using (series) where not h.same
		union
		select c.channel_id, s.day, c.import_id from staged s join staged_channel c using (series) where not c.active
		union
		select c.channel_id, s.day, c.import_id from staged s join staged_channel c using (series)
			join reading_days_history h on h.channel_id = c.channel_id and h.day = s.day
			left join reading_days r on r.channel_id = c.channel_id and r.day = s.day where r.channel_id is null
		on conflict do nothing`;
	if (!repeated) return;
	const twice = await client`
		insert into contested (channel_id, day, import_id)
		select c.channel_id, s.day, min(c.import_id) from staged s join staged_channel c using (series) group by 1, 2 having count(*) > 1
		on conflict do nothing returning 1`;
	if (several && twice.length > 0) throw new Refusal('invalid', 'readings.same-channel-twice');
}

export function countCancelled(
	staged: readonly StagedFile[],
	touched: ReadonlyMap<string, string>,
	{ changes }: Fold,
): void {
	if (touched.size === 0) return;
	const all = new Map(
		staged.flatMap(({ cancelled }) => cancelled.map((one) => [messageName(one.sender, one.document), one])),
	);
	for (const { channelId, day, storedWh, resultWh } of changes) {
		const one = all.get(touched.get(`${channelId}|${day}`) ?? '');
		if (!one) continue;
		one.days++;
		one.differenceWh += resultWh - storedWh;
	}
}

/** Counts per series: days that are new or equal by the database, the contested ones as they were folded. */
export async function compareStaged(
	client: postgres.TransactionSql,
	series: StagedSeries[],
	fold: Fold,
): Promise<void> {
	const totals = await client`
		select s.series, sum(case when h.series is null then cardinality(s.wh) - s.gaps else 0 end)::int8 as added,
			sum(case when h.series is null then 0 else cardinality(s.wh) - s.gaps end)::int8 as equal,
			sum(case when h.series is null then 0 else s.total_wh end)::int8 as stored_wh, sum(s.total_wh)::int8 as result_wh
		from staged s left join staged_channel c using (series) left join held h using (series, day)
			left join contested t on t.channel_id = c.channel_id and t.day = s.day
		where t.day is null group by s.series`;
	for (const row of totals) {
		const one = series[row.series as number];
		if (!one) continue;
		// Values that wait for their metering point change nothing yet.
		const waits = one.meteringPointId === null && one.summary.key.meteringPoint !== null;
		if (waits) continue;
		one.added = Number(row.added);
		one.equal = Number(row.equal);
		one.storedWh = Number(row.stored_wh);
		one.resultWh = Number(row.result_wh);
	}
	const byChannel = new Map<number, StagedSeries>();
	for (const one of series)
		if (one.channelId !== null && !byChannel.has(one.channelId)) byChannel.set(one.channelId, one);
	for (const { series: index, added, equal, changed, outranked } of fold.outcomes) {
		const one = series[index];
		if (!one) continue;
		one.added += added;
		one.equal += equal;
		one.changed += changed;
		one.outranked += outranked;
	}
	for (const { channelId, storedWh, resultWh } of fold.changes) {
		const one = byChannel.get(channelId);
		if (!one) continue;
		one.storedWh += storedWh;
		one.resultWh += resultWh;
	}
}
