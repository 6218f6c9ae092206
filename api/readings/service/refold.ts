// Days folded anew by somebody's act instead of a file: an import is undone, a dispute decided, values find their metering point.
import { createHash, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Command } from '../../audit/service.ts';
import { clientOf, type Tx } from '../../database/connect.ts';
import { imports } from '../tables.ts';
import { type Fold, foldContested, type StagedIssue } from './fold.ts';
import { writeFold } from './fold-write.ts';
import type { ImportReport, SeriesReport } from './import-report.ts';

/** Why days were folded anew; with the import it is about. */
export type ActReport = ImportReport & {
	importId: number;
	daysAdded: number;
	daysReplaced: number;
	daysGone: number;
	act: { kind: 'undo' | 'accept' | 'place' | 'registers'; about: number | null; reason: string };
};

/**
 * Records somebody's act in the list of imports, so that every version of a day has an entry that says when and why. Its report follows
 * with `finishAct`.
 */
export async function recordAct(tx: Tx, { by, at }: Command, name: string): Promise<number> {
	const sha256 = createHash('sha256').update(`${name} ${randomUUID()}`).digest();
	const [made] = await tx
		.insert(imports)
		.values({
			...{ fileName: name, sha256, size: 0, origin: 'operator', state: 'stored' },
			...{ receivedAt: at, receivedBy: by.personId, receivedByName: by.name, storedAt: at },
		})
		.returning({ id: imports.id });
	return made?.id as number;
}

/** What folding anew changed: by channel the days and the energy of valid days. */
export interface Effect {
	daysAdded: number;
	daysReplaced: number;
	daysGone: number;
	series: SeriesReport[];
}

/** Folds the days in `contested`, their channels locked, writes what came of it and keeps the act's report. */
export async function refold(
	tx: Tx,
	{
		act,
		at,
		issues = [],
		report,
	}: { act: number; at: Date; issues?: readonly StagedIssue[]; report: ActReport['act'] },
): Promise<Effect> {
	const client = clientOf(tx);
	await client`select id from channels where id in (select channel_id from contested) order by id for no key update`;
	const fold = await foldContested(client, { issues, cancelled: new Set() });
	const counts = (await writeFold(client, fold, at)).get(act) ?? { days: 0, replaced: 0, gone: 0 };
	const written = { daysAdded: counts.days - counts.replaced, daysReplaced: counts.replaced, daysGone: counts.gone };
	const effect: Effect = { ...written, series: await seriesOf(tx, fold) };
	await finishAct(tx, { act, effect, report });
	return effect;
}

/** Keeps the report of an act. */
export async function finishAct(
	tx: Tx,
	{ act, effect, report }: { act: number; effect: Effect; report: ActReport['act'] },
): Promise<void> {
	const kept: ActReport = {
		...{
			importId: act,
			format: 'act',
			formatVersion: null,
			encoding: '',
			sender: null,
			warnings: [],
			documents: [],
			registers: 0,
			amounts: 0,
		},
		...effect,
		act: report,
	};
	await tx.update(imports).set({ report: kept }).where(eq(imports.id, act));
}

async function seriesOf(tx: Tx, { changes }: Fold): Promise<SeriesReport[]> {
	const byChannel = new Map<number, Fold['changes']>();
	for (const one of changes) {
		const own = byChannel.get(one.channelId);
		if (own) own.push(one);
		else byChannel.set(one.channelId, [one]);
	}
	const channels = await clientOf(tx)`
		select c.id, c.metering_point_id, c.obis, c.direction, c.slot_minutes, p.name as plant_name, coalesce(m.market_location, m.meter_location, m.device_serial) as name
		from channels c join metering_points m on m.id = c.metering_point_id join plants p on p.id = m.plant_id
		where c.id = any(${[...byChannel.keys()]}::int4[]) order by c.id`;
	return channels.map((channel): SeriesReport => {
		const own = byChannel.get(channel.id) ?? [];
		const changed = own.filter((one) => one.storedWh !== one.resultWh);
		return {
			...{ meteringPoint: channel.name, meteringPointId: channel.metering_point_id, plantName: channel.plant_name },
			...{ device: null, obis: channel.obis, slotMinutes: channel.slot_minutes },
			unit: channel.direction === 'reactive' ? 'kvarh' : 'kWh',
			from: own[0] ? `${own[0].day}T00:00:00.000Z` : null,
			to: own.length > 0 ? `${own.at(-1)?.day}T00:00:00.000Z` : null,
			values: own.length,
			totalWh: own.reduce((sum, one) => sum + one.resultWh, 0),
			...{
				gaps: 0,
				duplicates: 0,
				qualities: [],
				added: 0,
				equal: own.length - changed.length,
				changed: changed.length,
			},
			outranked: 0,
			differenceWh: own.reduce((sum, one) => sum + one.resultWh - one.storedWh, 0),
		};
	});
}
