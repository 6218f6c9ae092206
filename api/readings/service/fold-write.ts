// Writes what folding came to: versions with their history, deliveries kept beside them, disputes.
import type postgres from 'postgres';
import { DayCopy } from './copy.ts';
import type { Fold } from './fold.ts';

type Client = postgres.TransactionSql;

/** How many days were written as new ones, replaced and taken away, by the import that stands for it. */
export type DayCounts = Map<number, { days: number; replaced: number; gone: number }>;

/** Writes what folding came to: new versions, what they replace as history, deliveries that are kept beside them, disputes. */
export async function writeFold(client: Client, fold: Fold, at: Date): Promise<DayCounts> {
	const counts: DayCounts = new Map();
	const counted = (importId: number) => {
		const own = counts.get(importId) ?? { days: 0, replaced: 0, gone: 0 };
		counts.set(importId, own);
		return own;
	};
	if (fold.folded.length > 0) {
		await client`create temporary table folded (like staged) on commit drop`;
		const copy = new DayCopy(await client`copy folded from stdin with (format binary)`.writable());
		for (const { channelId, day, whole } of fold.folded) await copy.row({ series: channelId, day, ...whole });
		await copy.end();
		const { folded } = fold;
		const rows = await client`
			with written as (
				insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id)
				select f.series, f.day, f.wh, f.quality, f.total_wh, f.gaps, n.version, n.import_id, 0
				from folded f join unnest(${folded.map((f) => f.channelId)}::int4[], ${folded.map((f) => f.day)}::text[], ${folded.map((f) => f.version)}::int4[],
					${folded.map((f) => f.importId)}::int4[]) as n (channel_id, day, version, import_id) on n.channel_id = f.series and n.day::date = f.day
				on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
					gaps = excluded.gaps, version = excluded.version, import_id = excluded.import_id, document_id = excluded.document_id
				returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, old.document_id, new.import_id as by_import
			), kept as (
				insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
				select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, by_import from written where channel_id is not null
			)
			select by_import, count(*)::int4 as days, count(channel_id)::int4 as replaced from written group by by_import`;
		await client`drop table folded`;
		for (const row of rows) {
			counted(row.by_import).days += row.days;
			counted(row.by_import).replaced += row.replaced;
		}
	}
	if (fold.gone.length > 0) {
		const { gone } = fold;
		await client`
			with gone as (
				delete from reading_days r using unnest(${gone.map((g) => g.channelId)}::int4[], ${gone.map((g) => g.day)}::text[], ${gone.map((g) => g.importId)}::int4[])
					as g (channel_id, day, import_id) where r.channel_id = g.channel_id and r.day = g.day::date
				returning r.*, g.import_id as by_import
			)
			insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
			select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, by_import from gone`;
		for (const { importId } of gone) counted(importId).gone++;
	}
	const { kept } = fold;
	if (kept.length > 0)
		await client`
			insert into reading_deliveries (channel_id, day, import_id, document_id, version, wh, quality)
			select c.channel_id, s.day, c.import_id, coalesce(c.document_id, 0), nullif(k.version, 0),
				case when k.version = 0 then s.wh end, case when k.version = 0 then s.quality end
			from unnest(${kept.map((k) => k.series)}::int4[], ${kept.map((k) => k.day)}::text[], ${kept.map((k) => k.version ?? 0)}::int4[]) as k (series, day, version)
			join staged s on s.series = k.series and s.day = k.day::date join staged_channel c on c.series = k.series`;
	await writeDisputes(client, fold.disputes, at);
	return counts;
}

async function writeDisputes(client: Client, disputes: Fold['disputes'], at: Date): Promise<void> {
	const of = <K extends keyof Fold['disputes'][number]>(key: K) => disputes.map((one) => one[key]);
	await client`
		with given as (
			select channel_id, day::date as day, import_id, document_id, slots::int2 as slots, counts_wh, says_wh
			from unnest(${of('channelId')}::int4[], ${of('day')}::text[], ${of('importId')}::int4[], ${of('documentId')}::int4[],
				${of('slots')}::int4[], ${of('countsWh')}::int8[], ${of('saysWh')}::int8[]) as d (channel_id, day, import_id, document_id, slots, counts_wh, says_wh)
		), over as (
			update reading_disputes d set state = 'over' from contested t
			where t.channel_id = d.channel_id and t.day = d.day and d.state = 'open'
				and not exists (select from given g where (g.channel_id, g.day, g.import_id, g.document_id) = (d.channel_id, d.day, d.import_id, d.document_id))
		)
		insert into reading_disputes as d (channel_id, day, import_id, document_id, slots, counts_wh, says_wh, state, opened_at)
		select channel_id, day, import_id, document_id, slots, counts_wh, says_wh, 'open', ${at.toISOString()}::timestamptz from given
		on conflict (channel_id, day, import_id, document_id) do update
			set slots = excluded.slots, counts_wh = excluded.counts_wh, says_wh = excluded.says_wh, state = 'open', opened_at = excluded.opened_at
			where d.state = 'over'`;
}
