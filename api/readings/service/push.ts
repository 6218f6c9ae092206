// Devices that send by themselves: each knows its source by its token; what it sends again counts once, late and corrected values come in.
import { asc, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { excerpt } from '../rules.ts';
import type { SourceSettings } from '../sources/kinds.ts';
import { amountOf, instantOf, type Observation } from '../sources/observation.ts';
import { sourceChannels, sources } from '../tables.ts';
import { problemOf } from './lease.ts';
import { keepLook, observe } from './observe.ts';
import { newestOf } from './pull.ts';
import { pushLocation } from './checked-source.ts';

/** A value as a device sends it. */
export interface SentValue {
	/** name of the series; may be left out where the source has one */
	channel?: string | undefined;
	/** when: ISO 8601, or seconds or milliseconds since 1970 */
	at: unknown;
	/** in the unit of the series; null where the device has none */
	value: unknown;
}

/** The values in what was sent: one, a list, or a list under 'values'. Refuses readings.push-shape, readings.push-too-many. */
function valuesIn(sent: unknown): SentValue[] {
	const list = isObject(sent) && Array.isArray(sent.values) ? sent.values : Array.isArray(sent) ? sent : [sent];
	if (list.length > valuesAtMost) throw new Refusal('invalid', 'readings.push-too-many', { limit: valuesAtMost });
	return list.map((value: unknown, index) => {
		const isValue =
			isObject(value) &&
			Object.keys(value).every((name) => name === 'channel' || name === 'at' || name === 'value') &&
			(value.channel === undefined || typeof value.channel === 'string');
		if (!isValue) throw new Refusal('invalid', 'readings.push-shape', { position: index + 1 });
		return value as unknown as SentValue;
	});
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values one request may bring. */
export const valuesAtMost = 20_000;

/** What became of the values of one request. */
export interface Pushed {
	/** values that were read */
	accepted: number;
	/** of these the ones that said something new */
	fresh: number;
}

/**
 * Books the values a device sends, all of a request or none of it. Refuses readings.push-device-only (a person asks),
 * readings.push-no-source, readings.push-paused, readings.push-shape, readings.push-too-many, readings.push-value (a value or a time cannot be read, with its position), and what
 * observe refuses; the last problem stands with the source.
 */
export async function pushReadings(db: Database, { by, at, sent }: Command & { sent: unknown }): Promise<Pushed> {
	if (by.kind !== 'device' || by.deviceTokenId === undefined)
		throw new Refusal('forbidden', 'readings.push-device-only');
	// The device itself may see nothing; the program books for it, under its name.
	const booker: Actor = systemActor(by.name);
	const location = pushLocation(by.deviceTokenId);
	try {
		return await write(db, { by: booker, at }, async (tx, note) => {
			const source = await sourceAt(tx, location);
			const observations = read(valuesIn(sent), source);
			const { fresh } = await observe(tx, note, { sourceId: source.id, observations, at });
			await keepLook(tx, { sourceId: source.id, at, problem: null, valueAt: newestOf(observations) });
			return { accepted: observations.length, fresh };
		});
	} catch (error) {
		if (error instanceof Refusal && error.kind === 'invalid') {
			const problem = problemOf(error);
			await transact(db, booker, (tx) =>
				tx.update(sources).set({ lastRunAt: at, lastProblem: problem }).where(eq(sources.location, location)),
			);
		}
		throw error;
	}
}

type SentTo = { id: string; settings: SourceSettings; channels: (typeof sourceChannels.$inferSelect)[] };

async function sourceAt(tx: Tx, location: string): Promise<SentTo> {
	const [source] = await tx
		.select({ id: sources.id, settings: sources.settings, enabled: sources.enabled })
		.from(sources)
		.where(eq(sources.location, location))
		.for('update');
	if (!source) throw new Refusal('missing', 'readings.push-no-source');
	if (!source.enabled) throw new Refusal('conflict', 'readings.push-paused');
	const channels = await tx
		.select()
		.from(sourceChannels)
		.where(eq(sourceChannels.sourceId, source.id))
		.orderBy(asc(sourceChannels.id));
	return { ...source, channels };
}

function read(values: readonly SentValue[], { settings, channels }: SentTo): Observation[] {
	const only = channels.length === 1 ? channels[0] : undefined;
	return values.flatMap(({ channel: name, at, value }, index): Observation[] => {
		const channel = name === undefined ? only : channels.find((one) => one.name === name);
		if (!channel) {
			const unknown = { channel: excerpt(name ?? ''), position: index + 1 };
			throw new Refusal('invalid', 'readings.source-channel-unknown', unknown, { field: 'channel' });
		}
		// Missing is not zero.
		if (value === null || value === undefined) return [];
		const atMs = instantOf(at, settings.zone);
		const amount = amountOf(value, channel.settings.unit ?? '', channel);
		if (Number.isNaN(atMs) || Number.isNaN(amount)) {
			const found = excerpt(JSON.stringify(Number.isNaN(atMs) ? at : value) ?? '');
			throw new Refusal('invalid', 'readings.push-value', { found, position: index + 1 });
		}
		const start = channel.settings.stamp === 'end' ? atMs - channel.slotMinutes * 60_000 : atMs;
		return [{ channel: channel.name, atMs: start, shown: { '': amount } }];
	});
}
