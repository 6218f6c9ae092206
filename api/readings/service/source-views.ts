// Live sources as staff see them: what they are, how far they have come, what is missing, what went wrong.
import { asc, desc, eq } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { meteringPoints, plants } from '../../plants/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import type { Edge } from '../register.ts';
import { contiguousThrough, type Coverage, type Span } from '../sources/coverage.ts';
import type { Meaning, SourceKind, SourceSettings } from '../sources/kinds.ts';
import { sourceChannels, sourceFiles, sources } from '../tables.ts';

/** A series of a source and how far it has come. Energies in watt-hours. */
export interface ChannelView {
	name: string;
	meteringPointId: string;
	plantId: string;
	plantName: string;
	obis: string;
	slotMinutes: number;
	meaning: Meaning;
	settings: Record<string, string>;
	/** nothing is missing before this moment */
	contiguousThrough: string | null;
	/** the newest moment that something is known of */
	through: string | null;
	gaps: Span[];
	/** of a register: what it showed last, all its devices together */
	totalWh: number | null;
	/** of a power: what it was last */
	watts: number | null;
	/** counted, but booked to no slot */
	unallocatedWh: number;
	notes: Edge['notes'];
}

/** A source and how it is. */
export interface SourceView {
	id: string;
	name: string;
	kind: SourceKind;
	location: string;
	meteringPointId: string | null;
	plantId: string | null;
	plantName: string | null;
	obis: string | null;
	settings: SourceSettings;
	hasSecret: boolean;
	enabled: boolean;
	createdAt: string;
	lastRunAt: string | null;
	lastSuccessAt: string | null;
	lastValueAt: string | null;
	lastProblem: { code: string; values: RefusalValues } | null;
	channels: ChannelView[];
	/** of files: what was delivered, and what is missing in between */
	delivered: { contiguousThrough: string; through: string; gaps: Span[] } | null;
}

/** A file a source has brought. */
export interface SourceFileView {
	id: number;
	fileName: string;
	sender: string | null;
	size: number;
	outcome: 'stored' | 'known' | 'refused';
	importId: number | null;
	problem: { code: string; values: RefusalValues } | null;
	seenAt: string;
}

/** What a source of files remembers between its looks. */
export interface FilesEdge {
	/** size and time of change of files that were not whole at the last look */
	waiting?: Record<string, [size: number, changedMs: number]>;
	/** what the files of each series covered */
	covered?: Record<string, Coverage>;
	/** mailbox: the numbers that were looked at, of which validity */
	mailbox?: { validity: string; uid: number };
}

/** All sources by name. */
export function listSources(db: Database, { by }: { by: Actor }): Promise<SourceView[]> {
	return transact(db, by, (tx) => sourcesIn(tx));
}

/** One source with the newest files it brought (50 at most). Refuses readings.source-unknown. */
export function readSource(
	db: Database,
	{ by, sourceId }: { by: Actor; sourceId: string },
): Promise<SourceView & { files: SourceFileView[] }> {
	return transact(db, by, async (tx) => {
		const [source] = await sourcesIn(tx, sourceId);
		if (!source) throw new Refusal('missing', 'readings.source-unknown');
		const files = await tx
			.select()
			.from(sourceFiles)
			.where(eq(sourceFiles.sourceId, sourceId))
			.orderBy(desc(sourceFiles.seenAt), desc(sourceFiles.id))
			.limit(50);
		return {
			...source,
			files: files.map(({ id, fileName, sender, size, outcome, importId, problem, seenAt }) => ({
				...{ id, fileName, sender, size, outcome, importId, seenAt: seenAt.toISOString() },
				problem: problem as SourceFileView['problem'],
			})),
		};
	});
}

async function sourcesIn(tx: Tx, sourceId?: string): Promise<SourceView[]> {
	const rows = await tx
		.select({ source: sources, plantId: plants.id, plantName: plants.name })
		.from(sources)
		.leftJoin(meteringPoints, eq(meteringPoints.id, sources.meteringPointId))
		.leftJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(sourceId === undefined ? undefined : eq(sources.id, sourceId))
		.orderBy(asc(sources.name));
	const series = await tx
		.select({ channel: sourceChannels, plantId: plants.id, plantName: plants.name })
		.from(sourceChannels)
		.innerJoin(meteringPoints, eq(meteringPoints.id, sourceChannels.meteringPointId))
		.innerJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(sourceId === undefined ? undefined : eq(sourceChannels.sourceId, sourceId))
		.orderBy(asc(sourceChannels.id));
	const bySource = Map.groupBy(series, ({ channel }) => channel.sourceId);
	return rows.map(({ source, plantId, plantName }) => {
		const own = bySource.get(source.id) ?? [];
		const [first] = own;
		return {
			...{ id: source.id, name: source.name, kind: source.kind, location: source.location, enabled: source.enabled },
			meteringPointId: source.meteringPointId ?? first?.channel.meteringPointId ?? null,
			plantId: plantId ?? first?.plantId ?? null,
			plantName: plantName ?? first?.plantName ?? null,
			obis: source.obis ?? first?.channel.obis ?? null,
			settings: source.settings,
			hasSecret: source.secret !== null,
			createdAt: source.createdAt.toISOString(),
			lastRunAt: source.lastRunAt?.toISOString() ?? null,
			lastSuccessAt: source.lastSuccessAt?.toISOString() ?? null,
			lastValueAt: source.lastValueAt?.toISOString() ?? null,
			lastProblem: source.lastProblem as SourceView['lastProblem'],
			channels: own.map(({ channel, ...plant }) => viewOf(channel, plant)),
			delivered: deliveredOf(source.edge as FilesEdge | null),
		};
	});
}

/** Gaps that are told of, the newest; a source that was away for years has many. */
const gapsTold = 30;

function viewOf(
	channel: typeof sourceChannels.$inferSelect,
	plant: { plantId: string; plantName: string },
): ChannelView {
	const { name, meteringPointId, obis, slotMinutes, meaning, settings } = channel;
	const facts = { name, meteringPointId, ...plant, obis, slotMinutes, meaning, settings };
	const none = { totalWh: null, watts: null, unallocatedWh: 0, notes: [] };
	if (meaning === 'interval') {
		const coverage = channel.edge as Coverage | null;
		return {
			...{ ...facts, ...none, contiguousThrough: coverage && contiguousThrough(coverage) },
			...{ through: coverage?.through ?? null, gaps: coverage?.gaps.slice(-gapsTold) ?? [] },
		};
	}
	const edge = channel.edge as Edge | null;
	if (!edge) return { ...facts, ...none, contiguousThrough: null, through: null, gaps: [] };
	const total = Object.values(edge.shown).reduce((sum, one) => sum + one, 0);
	return {
		...{ ...facts, contiguousThrough: edge.gaps[0]?.since ?? edge.at, through: edge.at },
		gaps: edge.gaps.slice(-gapsTold).map(({ since, at }) => ({ from: since, to: at })),
		...{ totalWh: meaning === 'register' ? total : null, watts: meaning === 'power' ? total : null },
		...{ unallocatedWh: edge.unallocatedWh, notes: edge.notes },
	};
}

function deliveredOf(edge: FilesEdge | null): SourceView['delivered'] {
	const series = Object.values(edge?.covered ?? {});
	if (series.length === 0) return null;
	const gaps = series.flatMap((one) => one.gaps).sort((a, b) => (a.from < b.from ? -1 : 1));
	return {
		contiguousThrough: series.map(contiguousThrough).sort()[0] ?? '',
		through:
			series
				.map((one) => one.through)
				.sort()
				.at(-1) ?? '',
		gaps: gaps.slice(-gapsTold),
	};
}
