// Tries a source out: what it answers now. Nothing of it is booked or stored.
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { type Database, transact } from '../../database/connect.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { type AskedChannel, ask } from '../sources/ask.ts';
import { isAllowedSender, openMailbox } from '../sources/imap.ts';
import { type ListeningTo, listen, type Message, observationsOf } from '../sources/mqtt.ts';
import type { Observation } from '../sources/observation.ts';
import { openFolder } from '../sources/sftp.ts';
import { sources } from '../tables.ts';
import { pinHostKey } from './fetch-files.ts';
import { type LeasedSource, problemOf, secretsOf } from './lease.ts';
import { channelsOf } from './pull.ts';
import { checkedFolder } from './checked-source.ts';

/** What a source answered when it was tried out. */
export interface SourceTest {
	ok: boolean;
	/** true if a device answered that it sleeps */
	asleep: boolean;
	/** values it said, the newest of each series: watt-hours of a register or slot, or watts */
	values: { channel: string; at: string; amount: number }[];
	/** files that were found, whose names fit; of a mailbox the mails of allowed senders among its newest 200 */
	files: number | null;
	/** SFTP: the server's key; kept from now on if it was the first look */
	hostKey: string | null;
	problem: { code: string; values: RefusalValues } | null;
}

/** Tries a source out; what went wrong is the answer, not a refusal. Refuses readings.source-unknown. */
export async function testSource(
	db: Database,
	{ sourceId, config, now, ...command }: Command & { sourceId: string; config: Config; now?: () => Date },
): Promise<SourceTest> {
	const source = await transact(db, command.by, async (tx) => {
		const [row] = await tx.select().from(sources).where(eq(sources.id, sourceId));
		if (!row) throw new Refusal('missing', 'readings.source-unknown');
		return row;
	});
	const test: SourceTest = { ok: false, asleep: false, values: [], files: null, hostKey: null, problem: null };
	try {
		await look(db, command, source, config, now ?? (() => command.at), test);
		test.ok = true;
	} catch (error) {
		test.problem = problemOf(error);
	}
	return write(db, command, async (_tx, note) => {
		note({
			action: 'readings.testSource',
			subject: `source ${sourceId}`,
			after: { ok: test.ok, problem: test.problem?.code ?? null, hostKey: test.hostKey },
		});
		return test;
	});
}

async function look(
	db: Database,
	command: Command,
	source: LeasedSource,
	config: Config,
	now: () => Date,
	test: SourceTest,
): Promise<void> {
	const { kind, location, settings } = source;
	const allowed = config.allowedSourceHosts;
	if (kind === 'watch-folder') {
		const folder = await checkedFolder(location, config);
		test.files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).length;
		return;
	}
	// A device that sends by itself is not asked.
	if (kind === 'push') return;
	const secrets = secretsOf(config.keys, source);
	if (kind === 'imap') {
		const mailbox = await openMailbox(location, { settings, secrets, allowed });
		const mails = await mailbox.after(0, mailsLookedAt, 'newest').finally(() => mailbox.close());
		test.files = mails.filter(({ sender }) => isAllowedSender(sender, settings.senders)).length;
		return;
	}
	if (kind === 'sftp') {
		const folder = await openFolder(location, { settings, secrets, allowed });
		try {
			test.files = (await folder.list()).length;
			test.hostKey = folder.hostKey;
		} finally {
			await folder.close();
		}
		if (settings.hostKey === undefined) await pinHostKey(db, command, source.id, folder.hostKey);
		return;
	}
	const channels = (await channelsOf(db, command, [source])).get(source.id) ?? [];
	if (kind === 'mqtt') {
		test.values = valuesOf(await hearBroker({ location, settings, secrets, channels, allowed, now }));
		return;
	}
	const { observations, problem } = await ask({ kind, location, settings, secrets, channels, allowed, now });
	if (problem && !observations?.length) throw problem;
	test.asleep = observations === null;
	test.values = valuesOf(observations ?? []);
}

/** The newest value of each series. */
function valuesOf(observations: readonly Observation[]): SourceTest['values'] {
	const newest = new Map(observations.toSorted((a, b) => a.atMs - b.atMs).map((one) => [one.channel, one]));
	return [...newest.values()].slice(0, 20).map(({ channel, atMs, shown }) => ({
		...{ channel, at: new Date(atMs).toISOString() },
		amount: Object.values(shown).reduce((sum, one) => sum + one, 0),
	}));
}

/** Mails, the newest, whose senders are looked at when a mailbox is tried out. */
const mailsLookedAt = 200;

/** How long a broker is listened to when it is tried out: kept messages come at once. */
const hearMs = 2_000;

/** Listens to a broker for a moment, without a session of its own. */
async function hearBroker(
	source: Omit<ListeningTo, 'topics' | 'take'> & { channels: readonly AskedChannel[]; now: () => Date },
): Promise<Observation[]> {
	const { channels, now, ...to } = source;
	const topics = [...new Set(channels.flatMap((channel) => channel.settings.topic ?? []))];
	const heard: Observation[] = [];
	let problem: unknown;
	const silent = new Set(topics);
	let heardAll = () => {};
	const all = new Promise<void>((resolve) => {
		heardAll = resolve;
	});
	const take = async (message: Message) => {
		try {
			// What the broker kept tells that the paths are right, however old it is.
			const parts = { arrivedMs: now().getTime(), settings: to.settings };
			heard.push(...observationsOf({ ...message, retained: false }, channels, parts));
		} catch (error) {
			problem ??= error;
		}
		silent.delete(message.topic);
		if (silent.size === 0) heardAll();
	};
	const listening = await listen({ ...to, topics, take });
	await Promise.race([all, sleep(hearMs, undefined, { ref: false })]);
	await listening.close();
	if (problem) throw problem;
	return heard;
}
