// Asks the devices for their values and books what came since, slot by slot, into the open readings.
import { asc, inArray } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { type Database, transact } from '../../database/connect.ts';
import type { Advance, Edge } from '../register.ts';
import { type Answer, type AskedChannel, ask } from '../sources/ask.ts';
import type { Coverage } from '../sources/coverage.ts';
import { pulledKinds } from '../sources/kinds.ts';
import type { Observation } from '../sources/observation.ts';
import { sourceChannels } from '../tables.ts';
import { atOnce, type LeasedSource, leaseSources, problemOf, secretsOf } from './lease.ts';
import { keepLook, observe } from './observe.ts';

/** What a round over the devices did, per source. */
export interface PullReport {
	sources: { name: string; outcome: Advance['outcome'] | 'asleep' | 'problem'; wh: number; problem: string | null }[];
}

const devicesAtOnce = 16;
const leaseMinutes = 10;

/**
 * Asks every device that is switched on, sixteen at once; each has ten seconds for an answer. `at` is the moment of the round, `now` the
 * clock by which values are stamped that have no time of their own. What two processes find at the same moment is booked once. A
 * device that does not answer keeps its problem and disturbs no other.
 */
export async function pullSources(
	db: Database,
	{ config, now, ...command }: Command & { config: Config; now?: () => Date },
): Promise<PullReport> {
	const leased = await leaseSources(db, { ...command, kinds: pulledKinds, minutes: leaseMinutes });
	const series = await channelsOf(db, command, leased);
	const clock = now ?? (() => command.at);
	const pull = (source: LeasedSource) => pullOne(db, command, source, series.get(source.id) ?? [], config, clock);
	return { sources: await atOnce(leased, devicesAtOnce, pull) };
}

/** The series of sources, as their devices are asked for them. */
export async function channelsOf(
	db: Database,
	{ by }: Pick<Command, 'by'>,
	of: readonly { id: string }[],
): Promise<Map<string, AskedChannel[]>> {
	const rows = await transact(db, by, (tx) =>
		tx
			.select()
			.from(sourceChannels)
			.where(
				inArray(
					sourceChannels.sourceId,
					of.map(({ id }) => id),
				),
			)
			.orderBy(asc(sourceChannels.id)),
	);
	const series = rows.map(({ sourceId, name, meaning, slotMinutes, settings, edge }) => ({
		sourceId,
		channel: { name, meaning, slotMinutes, settings, ...progressOf(meaning, edge) },
	}));
	return new Map(
		[...Map.groupBy(series, ({ sourceId }) => sourceId)].map(([id, own]) => [id, own.map(({ channel }) => channel)]),
	);
}

function progressOf(meaning: AskedChannel['meaning'], edge: unknown): Pick<AskedChannel, 'through' | 'gaps'> {
	if (!edge) return { through: null, gaps: [] };
	if (meaning === 'interval') return edge as Coverage;
	const { gaps, at } = edge as Edge;
	return { through: at, gaps: gaps.map((gap) => ({ from: gap.since, to: gap.at })) };
}

async function pullOne(
	db: Database,
	command: Command,
	source: LeasedSource,
	channels: readonly AskedChannel[],
	config: Config,
	now: () => Date,
): Promise<PullReport['sources'][number]> {
	const { id: sourceId, name, kind, location, settings } = source;
	let answer: Answer;
	try {
		const secrets = secretsOf(config.keys, source);
		const allowed = config.allowedSourceHosts;
		answer = await ask({ kind, location, settings, secrets, channels, allowed, now });
		if (!answer.observations) return await ended('asleep', { code: 'readings.source-asleep', values: {} });
	} catch (error) {
		return await ended('problem', problemOf(error));
	}
	const { observations: said, problem: later } = answer;
	const at = now();
	try {
		return await write(db, { ...command, at }, async (tx, note) => {
			const { outcome, wh } = await observe(tx, note, { sourceId, observations: said, at });
			const absent = outcome === 'absent' ? { code: 'readings.source-inverter-absent', values: {} } : null;
			const problem = later ? problemOf(later) : absent;
			await keepLook(tx, { sourceId, at, problem, valueAt: newestOf(said) });
			return { name, outcome, wh, problem: problem?.code ?? null };
		});
	} catch (error) {
		return await ended('problem', problemOf(error));
	}

	async function ended(
		outcome: 'asleep' | 'problem',
		problem: ReturnType<typeof problemOf>,
	): Promise<PullReport['sources'][number]> {
		await transact(db, command.by, (tx) => keepLook(tx, { sourceId, at: now(), problem }));
		return { name, outcome, wh: 0, problem: problem.code };
	}
}

/** The newest moment that values are of. */
export function newestOf(observations: readonly Observation[]): Date | undefined {
	return observations.length === 0 ? undefined : new Date(Math.max(...observations.map(({ atMs }) => atMs)));
}
