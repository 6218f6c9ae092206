// Listens to the MQTT brokers: one connection a source, kept by one process; what it says is booked at once and only then acknowledged.
import { createHash } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import { write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { type Database, transact } from '../../database/connect.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Listening, listen, type Message, observationsOf } from '../sources/mqtt.ts';
import type { Observation } from '../sources/observation.ts';
import { sources } from '../tables.ts';
import { atOnce, type LeasedSource, leaseSources, problemOf, secretsOf } from './lease.ts';
import { keepLook, observe } from './observe.ts';
import type { AskedChannel } from '../sources/ask.ts';
import { channelsOf, newestOf } from './pull.ts';

const by = systemActor('jobs.listen');
const leaseMs = 2 * 60_000;
const syncEveryMs = 15_000;
const brokersAtOnce = 8;
/** Messages that need no acknowledgement are booked together: after so long, or so many. */
const [gatherMs, gatherMany] = [1_000, 1_000];
/** While the database is away messages are kept, but not for ever. */
const keptMany = 5_000;

/** The brokers this process listens to. Several processes may run one each: a source belongs to one of them. */
export class BrokerListener {
	readonly #db: Database;
	readonly #config: Config;
	readonly #now: () => Date;
	readonly #onError: (error: unknown) => void;
	readonly #ears = new Map<string, Ear>();
	#syncing: Promise<void> = Promise.resolve();
	#timer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(parts: { db: Database; config: Config; now: () => Date; onError: (error: unknown) => void }) {
		this.#db = parts.db;
		this.#config = parts.config;
		this.#now = parts.now;
		this.#onError = parts.onError;
	}

	/** Begins to listen, and goes on looking which sources were recorded, changed or switched off. */
	start(): void {
		this.#timer = setInterval(() => void this.sync(), syncEveryMs);
		this.#timer.unref();
		void this.sync();
	}

	/** Looks once which sources there are, connects to new ones and to those that were lost. */
	sync(): Promise<void> {
		this.#syncing = this.#syncing.then(() => (this.#stopped ? undefined : this.#sync())).catch(this.#onError);
		return this.#syncing;
	}

	/** Ends every connection after what was heard is booked, and gives the sources back. */
	async stop(): Promise<void> {
		this.#stopped = true;
		clearInterval(this.#timer);
		await this.#syncing;
		await Promise.all([...this.#ears.values()].map((ear) => ear.end()));
		this.#ears.clear();
	}

	async #sync(): Promise<void> {
		const at = this.#now();
		const held = await this.#renew(at);
		for (const [id, ear] of this.#ears) {
			const source = held.get(id);
			if (source && ear.isOf(source) && !ear.isOver) continue;
			this.#ears.delete(id);
			await ear.end({ giveBack: source === undefined });
		}
		const free = await leaseSources(this.#db, { by, at, kinds: ['mqtt'], minutes: leaseMs / 60_000 });
		const wanted = [...[...held.values()].filter(({ id }) => !this.#ears.has(id)), ...free];
		const series = await channelsOf(this.#db, { by }, wanted);
		await atOnce(wanted, brokersAtOnce, async (source) => {
			const ear = new Ear(this.#db, this.#config, this.#now, this.#onError, source, series.get(source.id) ?? []);
			this.#ears.set(source.id, ear);
			await ear.begin();
		});
	}

	/** Keeps the sources that are listened to for a while longer; returns them as they are now. */
	async #renew(at: Date): Promise<Map<string, LeasedSource>> {
		const ids = [...this.#ears.keys()];
		if (ids.length === 0) return new Map();
		const rows = await transact(this.#db, by, (tx) =>
			tx
				.update(sources)
				.set({ busyUntil: new Date(at.getTime() + leaseMs) })
				.where(and(inArray(sources.id, ids), eq(sources.enabled, true)))
				.returning(),
		);
		return new Map(rows.map((row) => [row.id, row]));
	}
}

/** One broker: what it says is gathered, booked in order, and acknowledged. */
class Ear {
	readonly #db: Database;
	readonly #config: Config;
	readonly #now: () => Date;
	readonly #onError: (error: unknown) => void;
	readonly #source: LeasedSource;
	readonly #channels: readonly AskedChannel[];
	readonly #mark: string;
	#listening: Listening | undefined;
	#heard: { observations: Observation[]; problem: unknown }[] = [];
	#booking: Promise<void> = Promise.resolve();
	#timer: NodeJS.Timeout | undefined;
	isOver = false;

	constructor(
		db: Database,
		config: Config,
		now: () => Date,
		onError: (error: unknown) => void,
		source: LeasedSource,
		channels: readonly AskedChannel[],
	) {
		this.#db = db;
		this.#config = config;
		this.#now = now;
		this.#onError = onError;
		this.#source = source;
		this.#channels = channels;
		this.#mark = markOf(source);
	}

	/** True if the source is still what it was when the connection was made. */
	isOf(source: LeasedSource): boolean {
		return markOf(source) === this.#mark;
	}

	async begin(): Promise<void> {
		const { id, location, settings } = this.#source;
		const topics = [...new Set(this.#channels.flatMap((channel) => channel.settings.topic ?? []))];
		try {
			const secrets = secretsOf(this.#config.keys, this.#source);
			const allowed = this.#config.allowedSourceHosts;
			const take = (message: Message) => this.#take(message);
			const clientId = `gemeinwatt-${id}`;
			this.#listening = await listen({ location, settings, secrets, topics, allowed, clientId, take });
			await this.#keep(null);
			void this.#listening.ended.then((refusal) => refusal && this.#lost(refusal));
		} catch (error) {
			await this.#lost(error);
		}
	}

	async end({ giveBack = true } = {}): Promise<void> {
		this.isOver = true;
		await this.#listening?.close();
		await this.#book().catch(this.#onError);
		if (!giveBack) return;
		await transact(this.#db, by, (tx) =>
			tx.update(sources).set({ busyUntil: null }).where(eq(sources.id, this.#source.id)),
		).catch(this.#onError);
	}

	async #lost(error: unknown): Promise<void> {
		this.isOver = true;
		await this.#keep(problemOf(error)).catch(this.#onError);
	}

	async #keep(problem: ReturnType<typeof problemOf> | null): Promise<void> {
		const at = this.#now();
		const busyUntil = new Date(at.getTime() + leaseMs);
		await transact(this.#db, by, (tx) => keepLook(tx, { sourceId: this.#source.id, at, problem, busyUntil }));
	}

	/** Takes a message; resolves once it may be acknowledged. */
	async #take(message: Message): Promise<void> {
		let heard: { observations: Observation[]; problem: unknown };
		try {
			const parts = { arrivedMs: this.#now().getTime(), settings: this.#source.settings };
			heard = { observations: observationsOf(message, this.#channels, parts), problem: undefined };
		} catch (problem) {
			heard = { observations: [], problem };
		}
		if (heard.observations.length === 0 && !heard.problem) return;
		if (this.#heard.length < keptMany) this.#heard.push(heard);
		if (message.certain || this.#heard.length >= gatherMany) return this.#book();
		this.#timer ??= setTimeout(() => void this.#book().catch(this.#onError), gatherMs);
	}

	/** Books what was heard so far, in its order. Rejects if the database is away: then it is kept, and not acknowledged. */
	#book(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const work = this.#booking.then(async () => {
			const heard = this.#heard;
			if (heard.length === 0) return;
			await this.#bookAll(heard);
			this.#heard = this.#heard.slice(heard.length);
		});
		this.#booking = work.catch(() => {});
		return work;
	}

	async #bookAll(heard: readonly { observations: Observation[]; problem: unknown }[]): Promise<void> {
		const at = this.#now();
		const sourceId = this.#source.id;
		const observations = heard.flatMap((one) => one.observations);
		const bad = heard.findLast(({ problem }) => problem !== undefined)?.problem;
		const busyUntil = new Date(at.getTime() + leaseMs);
		try {
			await write(this.#db, { by, at }, async (tx, note) => {
				await observe(tx, note, { sourceId, observations, at });
				const problem = bad === undefined ? null : problemOf(bad);
				await keepLook(tx, { sourceId, at, problem, valueAt: newestOf(observations), busyUntil });
			});
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			// One message that cannot be booked does not take the others with it.
			if (heard.length === 1) await this.#keep(problemOf(error));
			else for (const one of heard) await this.#bookAll([one]);
		}
	}
}

/** What a connection depends on. A series that is changed is changed with its source. */
function markOf({ location, settings, secret, changes }: LeasedSource): string {
	return createHash('sha256')
		.update(JSON.stringify([location, settings, secret?.toString('base64'), changes]))
		.digest('base64');
}
