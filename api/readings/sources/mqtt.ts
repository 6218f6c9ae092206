// An MQTT broker: subscribed with a session the broker keeps, so that what was sent while nobody listened comes in order afterwards.
import { randomUUID } from 'node:crypto';
import { connect as connectTls, rootCertificates } from 'node:tls';
import type { MqttClient } from 'mqtt';
import { Refusal } from '../../values/refusal.ts';
import { connectTo, targetOf, timeoutMs, unreached } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import type { AskedChannel } from './ask.ts';
import { observationsIn } from './json.ts';
import { hostOf, type Secrets, type SourceSettings, userOf } from './kinds.ts';
import { type Observation, valueAt } from './observation.ts';

/** A message of a topic that is listened to. */
export interface Message {
	topic: string;
	payload: Buffer;
	/** the broker kept it: it may be old */
	retained: boolean;
	/** the broker sends it again unless it is acknowledged */
	certain: boolean;
}

/** A series as a message is read for it. */
export type TopicChannel = Pick<AskedChannel, 'name' | 'meaning' | 'slotMinutes' | 'settings'>;

/** A broker that is listened to. */
export interface Listening {
	/** why it ended; null if it was closed here */
	ended: Promise<Refusal | null>;
	close: () => Promise<void>;
}

const payloadLimitBytes = 262_144;

/** What a broker is told and who hears it. A message counts as taken once `take` resolves; if it rejects, the broker sends it again. */
export interface ListeningTo {
	location: string;
	settings: SourceSettings;
	secrets: Secrets;
	topics: readonly string[];
	allowed: readonly string[];
	/** the name under which the broker keeps the session; without, it keeps none */
	clientId?: string;
	take: (message: Message) => Promise<void>;
}

/**
 * Connects and subscribes with QoS 1. Refuses what targetOf and connectTo refuse, readings.source-login, readings.source-subscription (the
 * broker does not let these topics be read).
 */
export async function listen(to: ListeningTo): Promise<Listening> {
	const { location, settings, secrets, topics, allowed, clientId, take } = to;
	const url = new URL(location);
	const socket = await connectTo(
		await targetOf(url, allowed, { secret: url.username !== '' || Boolean(secrets.password) }),
	);
	const host = hostOf(url);
	const stream =
		url.protocol === 'mqtts:'
			? connectTls({
					...{ socket, servername: /^[\d.:]+$/.test(host) ? '' : host, host },
					...(settings.certificate ? { ca: [...rootCertificates, settings.certificate] } : {}),
				})
			: socket;
	stream.on('error', () => {});
	const { MqttClient: Client } = await import('mqtt');
	const client = new Client(() => stream, {
		...{ protocolVersion: 4, clientId: clientId ?? `gemeinwatt-${randomUUID()}`, clean: clientId === undefined },
		...{ reconnectPeriod: 0, connectTimeout: timeoutMs, keepalive: 30, resubscribe: false, manualConnect: true },
		...(url.username ? { username: userOf(url) } : {}),
		...(secrets.password ? { password: secrets.password } : {}),
	});
	let closed = false;
	let fault: unknown;
	stream.on('error', (error) => {
		fault ??= error;
	});
	client.on('error', (error) => {
		fault ??= error;
	});
	const ended = new Promise<Refusal | null>((resolve) => {
		client.once('close', () =>
			resolve(closed ? null : refused(fault ?? Object.assign(new Error(), { code: 'closed' }))),
		);
	});
	client.handleMessage = ({ topic, payload, retain, qos }, done) => {
		const message = { topic, payload: Buffer.from(payload), retained: retain, certain: qos > 0 };
		take(message).then(
			() => done(),
			(error: unknown) => {
				fault ??= error;
				// Not acknowledged: the broker sends it again to whoever comes next.
				client.end(true);
			},
		);
	};
	const close = async () => {
		closed = true;
		await new Promise<void>((resolve) => client.end(true, {}, () => resolve()));
		socket.destroy();
	};
	try {
		await connected(client, ended);
		const granted = await client.subscribeAsync([...topics], { qos: 1 });
		const denied = granted.find(({ qos }) => qos > 2);
		if (denied) throw new Refusal('invalid', 'readings.source-subscription', { topic: excerpt(denied.topic) });
	} catch (error) {
		await close();
		throw refused(error);
	}
	return { ended, close };
}

async function connected(client: MqttClient, ended: Promise<Refusal | null>): Promise<void> {
	const done = new Promise<void>((resolve) => client.once('connect', () => resolve()));
	client.connect();
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), timeoutMs);
	});
	await Promise.race([done, late, ended.then((refusal) => Promise.reject(refusal))]).finally(() => clearTimeout(timer));
}

function refused(error: unknown): Refusal {
	// Return codes of CONNACK: the name or the password is wrong, or the name may not come in.
	const { code } = (error ?? {}) as { code?: unknown };
	if (code === 4 || code === 5) return new Refusal('invalid', 'readings.source-login', {}, { field: 'password' });
	const text = error instanceof Error ? error.message : '';
	if (/Subscribe error/i.test(text))
		return new Refusal('invalid', 'readings.source-subscription', { topic: excerpt(text) });
	return unreached(error);
}

/**
 * What a message says: values by the paths of its series, of the time that stands in it, or of its arrival. A kept message without a
 * time of its own says nothing, for nobody knows how old it is. Refuses readings.source-unreadable and what observationsIn refuses.
 */
export function observationsOf(
	{ topic, payload, retained }: Message,
	channels: readonly TopicChannel[],
	{ arrivedMs, settings }: { arrivedMs: number; settings: SourceSettings },
): Observation[] {
	const own = channels.filter(({ settings: { topic: name, timePath } }) => name === topic && (timePath || !retained));
	if (own.length === 0) return [];
	if (payload.length > payloadLimitBytes)
		throw new Refusal('invalid', 'readings.source-too-large', { limitBytes: payloadLimitBytes });
	const text = payload.toString('utf8').trim();
	let document: unknown = text;
	try {
		document = JSON.parse(text);
	} catch {
		if (own.some(({ settings: { valuePath } }) => valuePath))
			throw new Refusal('invalid', 'readings.source-unreadable', { found: excerpt(text) });
	}
	// Not every message of a topic says everything.
	const said = own.filter(({ settings: { valuePath = '' } }) => valueAt(document, valuePath) !== undefined);
	const { zone } = settings;
	return observationsIn(document, said, { atMs: arrivedMs, settings: zone ? { zone } : {} });
}
