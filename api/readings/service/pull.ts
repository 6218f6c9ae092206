// Asks the inverters how far their registers are and books what came since, slot by slot, into the open readings.
import { and, asc, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import { ensureChannels } from '../../plants/service.ts';
import { meteringPoints, plants } from '../../plants/tables.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { type Registers, readRegisters } from '../fronius.ts';
import { type Advance, advance, type Edge, type SlotPart } from '../register.ts';
import { provisionalRank } from '../rules.ts';
import { sources } from '../tables.ts';

/** What a round over the inverters did, per source. */
export interface PullReport {
	sources: { name: string; outcome: Advance['outcome'] | 'asleep' | 'problem'; wh: number; problem: string | null }[];
}

const slotMinutes = 15;

interface Inverter {
	id: string;
	name: string;
	location: string;
}

/**
 * Polls every inverter that is switched on, all at once. `at` is the moment of the poll. What two processes find at the same
 * moment is booked once: the source's row is locked and tells how far it was booked already. A source that does not answer keeps
 * its problem and disturbs no other.
 */
export async function pullSources(
	db: Database,
	{ config, ...command }: Command & { config: Config },
): Promise<PullReport> {
	const inverters = await transact(db, command.by, (tx) =>
		tx
			.select({ id: sources.id, name: sources.name, location: sources.location })
			.from(sources)
			.where(and(eq(sources.kind, 'fronius'), eq(sources.enabled, true)))
			.orderBy(asc(sources.name)),
	);
	return { sources: await Promise.all(inverters.map((inverter) => pull(db, command, inverter, config))) };
}

async function pull(
	db: Database,
	command: Command,
	inverter: Inverter,
	config: Config,
): Promise<PullReport['sources'][number]> {
	let registers: Registers | null = null;
	let problem: { code: string; values: RefusalValues } | null = null;
	try {
		registers = await readRegisters(inverter.location, config.allowedSourceHosts);
		if (!registers) problem = { code: 'readings.source-asleep', values: {} };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		problem = { code: error.code, values: error.values };
	}
	if (!registers) {
		await transact(db, command.by, (tx) =>
			tx.update(sources).set({ lastRunAt: command.at, lastProblem: problem }).where(eq(sources.id, inverter.id)),
		);
		const asleep = problem?.code === 'readings.source-asleep';
		return { name: inverter.name, outcome: asleep ? 'asleep' : 'problem', wh: 0, problem: problem?.code ?? null };
	}
	const polled = registers;
	return write(db, command, (tx, note) => book(tx, note, command.at, inverter, polled));
}

async function book(
	tx: Tx,
	note: Note,
	at: Date,
	{ id, name }: Inverter,
	registers: Registers,
): Promise<PullReport['sources'][number]> {
	const [source] = await tx
		.select({
			edge: sources.edge,
			enabled: sources.enabled,
			meteringPointId: sources.meteringPointId,
			obis: sources.obis,
			capacityW: plants.capacityW,
		})
		.from(sources)
		.innerJoin(meteringPoints, eq(meteringPoints.id, sources.meteringPointId))
		.innerJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(eq(sources.id, id))
		.for('update', { of: sources });
	if (!source?.enabled) return { name, outcome: 'stale', wh: 0, problem: null };
	const { outcome, edge, parts } = advance(
		source.edge as Edge | null,
		{ atMs: at.getTime(), registers },
		{ capacityW: source.capacityW, slotMinutes },
	);
	if (outcome === 'stale') return { name, outcome, wh: 0, problem: null };
	const problem = outcome === 'absent' ? { code: 'readings.source-inverter-absent', values: {} } : null;
	if (parts.length > 0) {
		const [channelId] = await ensureChannels(
			tx,
			[{ meteringPointId: source.meteringPointId ?? '', obis: source.obis ?? '', slotMinutes }],
			at,
		);
		await addParts(tx, channelId as number, parts, at);
	}
	await tx
		.update(sources)
		.set({ lastRunAt: at, lastProblem: problem, edge, ...(problem ? {} : { lastSuccessAt: at }) })
		.where(eq(sources.id, id));
	// Ordinary polls are not in the audit log; the days they make are, once they are sealed.
	const last = edge.notes.at(-1);
	if (outcome === 'first')
		note({ action: 'readings.pullSources', subject: `source ${id}`, after: { base: registers } });
	else if (last && last.kind === outcome)
		note({ action: 'readings.pullSources', subject: `source ${id}`, after: last });
	return { name, outcome, wh: parts.reduce((sum, part) => sum + part.wh, 0), problem: problem?.code ?? null };
}

async function addParts(tx: Tx, channelId: number, parts: readonly SlotPart[], at: Date): Promise<void> {
	const sql = clientOf(tx);
	await sql`
		insert into open_readings as o (channel_id, start_at, wh, quality, covered_ms, received_at)
		select ${channelId}::int4, to_timestamp(p.start_ms / 1000.0), p.wh, ${provisionalRank}::int2, p.covered, ${at.toISOString()}::timestamptz
		from unnest(${parts.map((p) => p.startMs)}::int8[], ${parts.map((p) => p.wh)}::int4[], ${parts.map((p) => p.coveredMs)}::int4[]) p (start_ms, wh, covered)
		on conflict (channel_id, start_at) do update set wh = o.wh + excluded.wh, covered_ms = o.covered_ms + excluded.covered_ms,
			received_at = excluded.received_at`;
}
