// Writes what is staged: new days, contested ones as they were folded, and what stands beside the days.
import { eq } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import { clientOf, type Tx } from '../../database/connect.ts';
import { meteringPointsNamed } from '../../plants/service.ts';
import { Refusal } from '../../values/refusal.ts';
import { imports } from '../tables.ts';
import { writeFold } from './fold-write.ts';
import { type Imported, reportOf } from './import-report.ts';
import { spreadTouched } from './spread.ts';
import type { Stage, StagedFile } from './stage.ts';

/** A staged file with what it is called and known by. */
export interface FileToStore {
	fileName: string;
	sha256: Buffer;
}

/**
 * Stores what is staged: new days as they are, contested ones as they were folded, each earlier version as history, values without
 * a known metering point aside, and each file's report with its import. `files` in the order of the stage.
 */
export async function storeStaged(
	tx: Tx,
	note: Note,
	{ at, files, stage }: { at: Date; files: readonly FileToStore[]; stage: Stage },
): Promise<Imported[]> {
	const client = clientOf(tx);
	const { taken } = stage.fold;
	await client`create temporary table taken on commit drop as
		select series, day::date as day, version
		from unnest(${taken.map((t) => t.series)}::int4[], ${taken.map((t) => t.day)}::text[], ${taken.map((t) => t.version)}::int4[]) as t (series, day, version)`;
	const rows = await client`
		with written as (
			insert into reading_days as r (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id)
			select c.channel_id, s.day, s.wh, s.quality, s.total_wh, s.gaps, coalesce(t.version, 1), c.import_id, c.document_id
			from staged s join staged_channel c using (series) left join held h using (series, day)
				left join taken t using (series, day) left join contested o on o.channel_id = c.channel_id and o.day = s.day
			where t.series is not null or (h.series is null and o.channel_id is null)
			on conflict (channel_id, day) do update set wh = excluded.wh, quality = excluded.quality, total_wh = excluded.total_wh,
				gaps = excluded.gaps, version = excluded.version, import_id = excluded.import_id, document_id = excluded.document_id
			returning old.channel_id, old.day, old.wh, old.quality, old.total_wh, old.gaps, old.version, old.import_id, old.document_id, new.import_id as by_import
		), kept as (
			insert into reading_days_history (channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, replaced_by_import)
			select channel_id, day, wh, quality, total_wh, gaps, version, import_id, document_id, by_import from written where channel_id is not null
		)
		select by_import, count(*)::int4 as days, count(channel_id)::int4 as replaced from written group by by_import`;
	const counts = await writeFold(client, stage.fold, at);
	for (const { by_import: importId, days, replaced } of rows) {
		const own = counts.get(importId) ?? { days: 0, replaced: 0, gone: 0 };
		counts.set(importId, { ...own, days: own.days + days, replaced: own.replaced + replaced });
	}
	await keepRest(client, stage);
	await keepRegisters(tx, stage, at);
	const stored = files.map(({ fileName, sha256 }, i): Imported => {
		const file = stage.files[i] as StagedFile;
		const { importId } = file;
		const { days, replaced: daysReplaced, gone: daysGone } = counts.get(importId) ?? { days: 0, replaced: 0, gone: 0 };
		const written = { daysAdded: days - daysReplaced, daysReplaced, daysGone };
		note({
			action: 'readings.importFile',
			subject: `import ${importId}`,
			after: { fileName, sha256: sha256.toString('hex'), ...written },
		});
		return { importId, ...reportOf(file), ...written };
	});
	await client`
		update imports i set state = 'stored', stored_at = ${at.toISOString()}::timestamptz, report = n.report::json
		from unnest(${stored.map(({ importId }) => importId)}::int4[], ${stored.map((one) => JSON.stringify(one))}::text[]) n (id, report)
		where i.id = n.id`;
	return stored;
}

/** What stands beside the days: that an import delivered what was there already, which days it speaks of, values nobody can place yet. */
async function keepRest(client: ReturnType<typeof clientOf>, { files }: Stage): Promise<void> {
	await client`
		insert into reading_deliveries (channel_id, day, import_id, document_id, version)
		select c.channel_id, h.day, c.import_id, coalesce(c.document_id, 0), h.version
		from held h join staged_channel c using (series) left join contested o on o.channel_id = c.channel_id and o.day = h.day
		where h.same and o.channel_id is null`;
	await client`
		insert into import_channels (import_id, document_id, channel_id, from_day, to_day)
		select c.import_id, coalesce(c.document_id, 0), c.channel_id, min(s.day), max(s.day)
		from staged s join staged_channel c using (series) group by 1, 2, 3`;
	let index = 0;
	for (const { importId, series, documents } of files) {
		for (const { summary, meteringPointId, document, obis } of series) {
			const at = index++;
			const { meteringPoint, unit, slotMinutes } = summary.key;
			if (meteringPointId !== null || meteringPoint === null) continue;
			const documentId = document === null ? 0 : (documents[document]?.id ?? 0);
			const [made] = await client`
				insert into unplaced_series (import_id, document_id, metering_point, obis, unit, slot_minutes)
				values (${importId}, ${documentId}, ${meteringPoint}, ${obis}, ${unit}, ${slotMinutes}) returning id`;
			await client`
				insert into unplaced_days (series_id, day, wh, quality, total_wh, gaps)
				select ${made?.id}, day, wh, quality, total_wh, gaps from staged where series = ${at}`;
		}
	}
}

/** Keeps register readings and amounts, and computes what follows from them for days that nothing else covers. */
async function keepRegisters(tx: Tx, { files }: Stage, at: Date): Promise<void> {
	for (const { importId, read, documents, assignment } of files) {
		const { registers, amounts = [] } = read;
		const cancels = read.documents.some((one) => one.function === 'cancellation');
		if (registers.length + amounts.length > 0) {
			const names = [...registers, ...amounts].flatMap((one) => one.meteringPoint ?? []);
			const points = await meteringPointsNamed(tx, [...new Set(names)]);
			const place = (one: { meteringPoint: string | null; obis: string | null; document?: number }) => {
				const named = one.meteringPoint === null ? assignment?.meteringPointId : points.get(one.meteringPoint)?.id;
				if (!named && one.meteringPoint === null)
					throw new Refusal('invalid', 'readings.assignment-needed', {}, { field: 'meteringPointId' });
				const index = one.document ?? (documents.length === 1 ? 0 : -1);
				const obis = one.obis ?? assignment?.obis ?? '1-1:2.8.0';
				return {
					metering_point_id: named ?? null,
					metering_point: one.meteringPoint,
					obis,
					document_id: documents[index]?.id ?? 0,
				};
			};
			const readings = registers.map((one) => ({ ...one, ...place(one), serial: one.device }));
			const periods = amounts.map((one) => ({ ...one, ...place(one) }));
			const client = clientOf(tx);
			await client`
				insert into register_readings (metering_point_id, metering_point, obis, serial, read_at, wh, quality, occasion, import_id, document_id, recorded_at, recorded_by_name)
				select r.metering_point_id, r.metering_point, r.obis, r.serial, r.at, r.wh, r.rank, r.occasion, i.id, r.document_id, ${at.toISOString()}::timestamptz, i.received_by_name
				from imports i, json_to_recordset(${JSON.stringify(readings)}::text::json) as r (metering_point_id uuid, metering_point text, obis text, serial text, at timestamptz,
					wh int8, rank int2, occasion text, document_id int4) where i.id = ${importId}`;
			await client`
				insert into energy_amounts (metering_point_id, metering_point, obis, from_at, to_at, wh, quality, import_id, document_id, recorded_at)
				select a.metering_point_id, a.metering_point, a.obis, a."from", a."to", a.wh, a.rank, ${importId}::int4, a.document_id, ${at.toISOString()}::timestamptz
				from json_to_recordset(${JSON.stringify(periods)}::text::json) as a (metering_point_id uuid, metering_point text, obis text, "from" timestamptz, "to" timestamptz,
					wh int8, rank int2, document_id int4)`;
		}
		if (registers.length + amounts.length > 0 || cancels) {
			// What follows counts with this import, whose row may still be that of an upload.
			await tx.update(imports).set({ state: 'stored' }).where(eq(imports.id, importId));
			await spreadTouched(tx, { importId, act: importId, at });
		}
	}
}
