// Live sources (Messquellen): recorded, tried out, switched on and off, listed with how they are.
import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { asc, eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { meteringPoints, plants } from '../../plants/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { readRegisters } from '../fronius.ts';
import { checkedAddress } from '../outgoing.ts';
import type { Edge } from '../register.ts';
import { sources } from '../tables.ts';
import { checkedAssignment } from './uploads.ts';

/** What is told of a new source. `location`: a folder's absolute path, or the base address of a Fronius inverter. */
export interface SourceFacts {
	name: string;
	kind: 'watch-folder' | 'fronius';
	location: string;
	meteringPointId?: string | undefined;
	/** default for an inverter: feed-in, '1-1:2.29.0' */
	obis?: string | undefined;
}

const systemFolders = /^\/(bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr)(\/|$)/;
const contains = (outer: string, inner: string): boolean =>
	inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);

/**
 * A folder that may be watched: files are moved inside it, so the product's and the system's own folders are out of the question.
 * Refuses readings.source-folder with the reason: relative, missing, forbidden, read-only.
 */
export async function checkedFolder(folder: string, { dataFolder }: Config): Promise<string> {
	const refuse = (reason: string) =>
		new Refusal('invalid', 'readings.source-folder', { reason }, { field: 'location' });
	if (!path.isAbsolute(folder) || folder.includes('\0')) throw refuse('relative');
	let real: string;
	try {
		real = await realpath(folder);
		if (!(await stat(real)).isDirectory()) throw new Error('no folder');
	} catch {
		throw refuse('missing');
	}
	const data = await realpath(dataFolder);
	const project = process.cwd();
	const own =
		[data, project].some((one) => contains(real, one)) ||
		['postgres', 'uploads'].some((name) => contains(path.join(data, name), real));
	if (own || systemFolders.test(`${real}/`) || (contains(project, real) && !contains(data, real)))
		throw refuse('forbidden');
	try {
		await access(real, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch {
		throw refuse('read-only');
	}
	return real;
}

/**
 * Records a source; it works from the next minute on. Refuses readings.source-folder, readings.source-address,
 * readings.source-place-needed, readings.metering-point-unknown, readings.obis, readings.source-known (same name or location),
 * readings.source-channel-taken (another inverter counts into that channel).
 */
export async function createSource(
	db: Database,
	{ source, config, ...command }: Command & { source: SourceFacts; config: Config },
): Promise<{ id: string }> {
	const { name, kind } = source;
	const location = kind === 'fronius' ? checkedAddress(source.location) : await checkedFolder(source.location, config);
	if (kind === 'fronius' && !source.meteringPointId) {
		throw new Refusal('invalid', 'readings.source-place-needed', {}, { field: 'meteringPointId' });
	}
	const obis = source.obis ?? (kind === 'fronius' ? '1-1:2.29.0' : undefined);
	return write(db, command, async (tx, note) => {
		const place = source.meteringPointId
			? await checkedAssignment(tx, { meteringPointId: source.meteringPointId, obis })
			: {};
		const facts = { name, kind, location, ...place };
		const [row] = await tx
			.insert(sources)
			.values({ ...facts, createdAt: command.at })
			.onConflictDoNothing()
			.returning({ id: sources.id });
		if (!row) throw await takenBy(tx, source, location);
		note({ action: 'readings.createSource', subject: `source ${row.id}`, after: facts });
		return row;
	});
}

async function takenBy(tx: Tx, { name }: SourceFacts, location: string): Promise<Refusal> {
	const [known] = await tx
		.select({ name: sources.name })
		.from(sources)
		.where(sql`${sources.name} = ${name} or ${sources.location} = ${location}`);
	if (!known) return new Refusal('conflict', 'readings.source-channel-taken', {}, { field: 'obis' });
	return new Refusal(
		'conflict',
		'readings.source-known',
		{ name: known.name },
		{ field: known.name === name ? 'name' : 'location' },
	);
}

/** Switches a source on or off. Refuses readings.source-unknown. */
export function setSourceEnabled(
	db: Database,
	{ sourceId, enabled, ...command }: Command & { sourceId: string; enabled: boolean },
): Promise<{ id: string; enabled: boolean }> {
	return write(db, command, async (tx, note) => {
		const [before] = await tx
			.select({ enabled: sources.enabled })
			.from(sources)
			.where(eq(sources.id, sourceId))
			.for('update');
		if (!before) throw new Refusal('missing', 'readings.source-unknown');
		if (before.enabled !== enabled) {
			await tx.update(sources).set({ enabled }).where(eq(sources.id, sourceId));
			note({ action: 'readings.setSourceEnabled', subject: `source ${sourceId}`, before, after: { enabled } });
		}
		return { id: sourceId, enabled };
	});
}

/** A source and how it is. */
export interface SourceView {
	id: string;
	name: string;
	kind: 'watch-folder' | 'fronius';
	location: string;
	meteringPointId: string | null;
	plantId: string | null;
	plantName: string | null;
	obis: string | null;
	enabled: boolean;
	createdAt: string;
	lastRunAt: string | null;
	lastSuccessAt: string | null;
	lastProblem: { code: string; values: RefusalValues } | null;
	/** of an inverter: the register at the last poll, what was never booked, the newest notes */
	register: { at: string; totalWh: number; unallocatedWh: number; notes: Edge['notes'] } | null;
}

/** All sources by name. */
export function listSources(db: Database, { by }: { by: Actor }): Promise<SourceView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({ source: sources, plantId: plants.id, plantName: plants.name })
			.from(sources)
			.leftJoin(meteringPoints, eq(meteringPoints.id, sources.meteringPointId))
			.leftJoin(plants, eq(plants.id, meteringPoints.plantId))
			.orderBy(asc(sources.name));
		return rows.map(({ source, plantId, plantName }) => {
			const { edge, createdAt, lastRunAt, lastSuccessAt, lastProblem, ...facts } = source;
			const register = facts.kind === 'fronius' ? (edge as Edge | null) : null;
			return {
				...{ ...facts, plantId, plantName },
				createdAt: createdAt.toISOString(),
				lastRunAt: lastRunAt?.toISOString() ?? null,
				lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
				lastProblem: lastProblem as SourceView['lastProblem'],
				register: register && {
					...{ at: register.at, unallocatedWh: register.unallocatedWh, notes: register.notes },
					totalWh: Object.values(register.registers).reduce((sum, wh) => sum + wh, 0),
				},
			};
		});
	});
}

/** What a source answered when it was tried out: its registers, or the number of files in its folder. Nothing of it is booked. */
export interface SourceTest {
	ok: boolean;
	/** true if an inverter answered that it sleeps */
	asleep: boolean;
	totalWh: number | null;
	files: number | null;
	problem: { code: string; values: RefusalValues } | null;
}

/** Tries a source out; what went wrong is the answer, not a refusal. Refuses readings.source-unknown. */
export async function testSource(
	db: Database,
	{ sourceId, config, ...command }: Command & { sourceId: string; config: Config },
): Promise<SourceTest> {
	const source = await transact(db, command.by, async (tx) => {
		const [row] = await tx
			.select({ kind: sources.kind, location: sources.location })
			.from(sources)
			.where(eq(sources.id, sourceId));
		if (!row) throw new Refusal('missing', 'readings.source-unknown');
		return row;
	});
	const test: SourceTest = { ok: false, asleep: false, totalWh: null, files: null, problem: null };
	try {
		if (source.kind === 'fronius') {
			const registers = await readRegisters(source.location, config.allowedSourceHosts);
			test.asleep = registers === null;
			if (registers) test.totalWh = Object.values(registers).reduce((sum, wh) => sum + wh, 0);
		} else {
			const folder = await checkedFolder(source.location, config);
			test.files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).length;
		}
		test.ok = true;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		test.problem = { code: error.code, values: error.values };
	}
	return write(db, command, async (_tx, note) => {
		note({
			action: 'readings.testSource',
			subject: `source ${sourceId}`,
			after: { ok: test.ok, problem: test.problem?.code ?? null },
		});
		return test;
	});
}
