// Reads what was imported: the list, and one import with its report.
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { imports } from '../tables.ts';
import type { Imported, ImportReport } from './import-report.ts';
import type { ActReport } from './refold.ts';

/** What is told of an import in every place. Instants as ISO text. */
interface ImportFacts {
	id: number;
	fileName: string;
	size: number;
	sha256: string;
	origin: (typeof imports.$inferSelect)['origin'];
	state: (typeof imports.$inferSelect)['state'];
	receivedAt: string;
	receivedBy: string;
	storedAt: string | null;
	refusal: { code: string; values: RefusalValues } | null;
	/** days written by storing it; null before */
	daysAdded: number | null;
	daysReplaced: number | null;
	daysGone: number | null;
	/** of an import of origin 'operator': what somebody did, why, and which import it is about */
	act: ActReport['act'] | null;
}

/** An import as a line of the list. Energies in watt-hours, real and reactive apart. */
export interface ImportLine extends ImportFacts {
	format: string | null;
	series: number | null;
	values: number | null;
	totalWh: number | null;
	totalVarh: number | null;
	from: string | null;
	to: string | null;
}

/** One import with everything known of it; the report is that of the preview until it is stored. */
export interface ImportView extends ImportFacts {
	/** where values go that do not name their metering point */
	assignment: { meteringPointId: string; obis?: string } | null;
	report: ImportReport | null;
	/** who undid it, when and why, and the import that stands for it */
	undone: { importId: number; at: string; by: string; reason: string } | null;
}

const factColumns = {
	...{ id: imports.id, fileName: imports.fileName, size: imports.size, origin: imports.origin, state: imports.state },
	...{ receivedAt: imports.receivedAt, receivedBy: imports.receivedByName, storedAt: imports.storedAt },
	sha256: sql<string>`encode(${imports.sha256}, 'hex')`,
};

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** The newest imports before `before` (an id, exclusive), newest first, at most `limit`; optionally only those in one state. */
export function listImports(
	db: Database,
	{
		by,
		before,
		state,
		limit = 50,
	}: { by: Actor; before?: number | undefined; state?: ImportFacts['state'] | undefined; limit?: number | undefined },
): Promise<ImportLine[]> {
	return transact(db, by, async (tx) => {
		const { report } = imports;
		const ofSeries = (what: ReturnType<typeof sql>) =>
			sql`(select ${what} from json_array_elements(${report}->'series') s)`;
		const rows = await tx
			.select({
				...factColumns,
				refusal: sql<ImportFacts['refusal']>`${report}->'refusal'`,
				daysAdded: sql<number | null>`(${report}->>'daysAdded')::int4`,
				daysReplaced: sql<number | null>`(${report}->>'daysReplaced')::int4`,
				daysGone: sql<number | null>`(${report}->>'daysGone')::int4`,
				act: sql<ImportFacts['act']>`${report}->'act'`,
				format: sql<string | null>`${report}->>'format'`,
				series: sql<number | null>`json_array_length(${report}->'series')`,
				values: sql<number | null>`${ofSeries(sql`sum((s->>'values')::int8)::int8`)}`,
				totalWh: sql<
					number | null
				>`${ofSeries(sql`sum((s->>'totalWh')::int8) filter (where s->>'unit' = 'kWh')::int8`)}`,
				totalVarh: sql<
					number | null
				>`${ofSeries(sql`sum((s->>'totalWh')::int8) filter (where s->>'unit' = 'kvarh')::int8`)}`,
				from: sql<string | null>`${ofSeries(sql`min(s->>'from')`)}`,
				to: sql<string | null>`${ofSeries(sql`max(s->>'to')`)}`,
			})
			.from(imports)
			.where(
				and(
					before === undefined ? undefined : lt(imports.id, before),
					state === undefined ? undefined : eq(imports.state, state),
				),
			)
			.orderBy(desc(imports.id))
			.limit(limit);
		return rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString(), storedAt: isoOf(row.storedAt) }));
	});
}

/** One import. Refuses readings.import-unknown. */
export function readImport(db: Database, { by, importId }: { by: Actor; importId: number }): Promise<ImportView> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ ...factColumns, report: imports.report, assignment: imports.assignment, undoneBy: imports.undoneBy })
			.from(imports)
			.where(eq(imports.id, importId));
		if (!row) throw new Refusal('missing', 'readings.import-unknown');
		const { undoneBy, ...facts } = row;
		const kept = row.report as
			| (Imported & { refusal?: undefined })
			| { refusal: NonNullable<ImportFacts['refusal']> }
			| null;
		const report = kept && kept.refusal === undefined ? kept : null;
		return {
			...facts,
			undone: undoneBy === null ? null : await undoneIn(tx, undoneBy),
			receivedAt: row.receivedAt.toISOString(),
			storedAt: isoOf(row.storedAt),
			assignment: row.assignment as ImportView['assignment'],
			refusal: kept?.refusal ?? null,
			report,
			daysAdded: report?.daysAdded ?? null,
			daysReplaced: report?.daysReplaced ?? null,
			daysGone: report?.daysGone ?? null,
			act: report && 'act' in report ? (report as unknown as ActReport).act : null,
		};
	});
}

async function undoneIn(tx: Tx, importId: number): Promise<ImportView['undone']> {
	const [row] = await tx
		.select({ at: imports.receivedAt, by: imports.receivedByName, report: imports.report })
		.from(imports)
		.where(eq(imports.id, importId));
	if (!row) return null;
	return { importId, at: row.at.toISOString(), by: row.by, reason: (row.report as ActReport | null)?.act.reason ?? '' };
}
