// The kinds of live sources: what each needs to know, how its address is written, what its series mean. Checked here before it is stored.
import { Refusal } from '../../values/refusal.ts';
import { excerpt, unitOf } from '../rules.ts';

/** Every kind of live source; each has a file beside this one, watched folders and devices that send by themselves a service. */
export const sourceKinds = [
	...(['watch-folder', 'sftp', 'imap', 'fronius', 'solarlog', 'json', 'mqtt', 'modbus', 'push'] as const),
] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Kinds that bring files; the others bring values. */
export const fileKinds = ['watch-folder', 'sftp', 'imap'] as const satisfies readonly SourceKind[];

/** Kinds whose device is asked for its values. */
export const pulledKinds = ['fronius', 'solarlog', 'json', 'modbus'] as const satisfies readonly SourceKind[];

/** True if the kind brings files. */
export function bringsFiles(kind: SourceKind): boolean {
	return (fileKinds as readonly string[]).includes(kind);
}

/** What a number means: the energy of a slot, the power at a moment, or what a counting register shows. */
export const meanings = ['interval', 'power', 'register'] as const;
export type Meaning = (typeof meanings)[number];

/** What a kind needs to know beside the address. Nothing secret. */
export interface SourceSettings {
	/** SFTP: the server's key as it was at the first look, 'SHA256:…' */
	hostKey?: string;
	/** SFTP and mailbox: names of the files that are taken, '*' for anything ('*.csv'); all if none is given */
	patterns?: string[];
	/** mailbox: addresses, or '@domain', whose mails are read */
	senders?: string[];
	/** JSON: where the list of rows is; without, the whole answer is one row */
	rows?: string;
	/** zone of times that do not say theirs */
	zone?: 'UTC' | 'Europe/Berlin';
	/** a certificate (PEM) that is trusted beside the public ones */
	certificate?: string;
	/** JSON: name of the header that carries the token; default Authorization: Bearer */
	header?: string;
}

/** Password, key or token; sealed, never shown. */
export interface Secrets {
	password?: string | undefined;
	/** SFTP: private key (OpenSSH or PEM), and what it is locked with */
	privateKey?: string | undefined;
	passphrase?: string | undefined;
}

/** One series as it is recorded. Paths are JSON pointers ('/a/0/b') or dotted ('a.0.b'). */
export interface ChannelFacts {
	/** topic (MQTT), 'import' for the other direction of a meter (Modbus), what a device calls it (push); '' where there is one */
	name: string;
	meteringPointId: string;
	/** default feed-in, '1-1:2.29.0' */
	obis?: string | undefined;
	/** default 15 */
	slotMinutes?: number | undefined;
	/** default register */
	meaning?: Meaning | undefined;
	/** Wh, kWh, MWh, W, kW, MW; default Wh, of a power W */
	unit?: string | undefined;
	valuePath?: string | undefined;
	timePath?: string | undefined;
	/** where the unit itself stands, if the source says it */
	unitPath?: string | undefined;
	/** of intervals: whether the time is their start or their end; default start */
	stamp?: 'start' | 'end' | undefined;
}

/** How the addresses of a kind begin, with the port they mean if they name none. */
const schemes: Readonly<Partial<Record<SourceKind, Readonly<Record<string, number>>>>> = {
	fronius: { 'http:': 80, 'https:': 443 },
	solarlog: { 'http:': 80, 'https:': 443 },
	json: { 'http:': 80, 'https:': 443 },
	sftp: { 'sftp:': 22 },
	imap: { 'imaps:': 993, 'imap:': 143 },
	mqtt: { 'mqtts:': 8883, 'mqtt:': 1883 },
	modbus: { 'modbus:': 502 },
};

/** The port an address of that scheme means if it names none. */
export function portOf(url: URL): number {
	if (url.port) return Number(url.port);
	for (const known of Object.values(schemes)) {
		const port = known[url.protocol];
		if (port !== undefined) return port;
	}
	return 0;
}

/** True if what goes to that address is encrypted on the way. */
export function isEncrypted(url: URL): boolean {
	return ['https:', 'sftp:', 'imaps:', 'mqtts:'].includes(url.protocol);
}

/** The user an address names; '' if none. */
export function userOf(url: URL): string {
	return decodeURIComponent(url.username);
}

/**
 * The address of a source in the one form it is stored by: scheme, user where the kind has one, host, port, path. Passwords never stand in it.
 * Refuses readings.source-address.
 */
export function checkedLocation(kind: SourceKind, text: string): string {
	const refuse = () =>
		new Refusal('invalid', 'readings.source-address', { address: excerpt(text) }, { field: 'location' });
	const known = schemes[kind];
	// The places for a period ({from}, {to}) are no characters of an address.
	const bare = text.trim();
	const url = URL.canParse(bare) ? new URL(bare) : undefined;
	if (!known || !url || known[url.protocol] === undefined || url.password || url.hash) throw refuse();
	if (!/^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9.])?)$/i.test(url.hostname)) throw refuse();
	if (url.search && kind !== 'json') throw refuse();
	const hasUser = url.username !== '';
	if (hasUser !== (kind === 'sftp' || kind === 'imap') && kind !== 'mqtt') throw refuse();
	if (kind === 'json') return `${url.origin}${unbraced(url.pathname)}${unbraced(url.search)}`;
	if (kind === 'modbus' && !/^\/?$|^\/([1-9]\d{0,2})$/.test(url.pathname)) throw refuse();
	if (kind === 'modbus' && Number(url.pathname.slice(1) || 1) > 247) throw refuse();
	if (kind === 'mqtt' && url.pathname.length > 1) throw refuse();
	if (kind === 'imap' && url.pathname.length > 1 && url.pathname.slice(1).includes('/')) throw refuse();
	return url.href.replace(/\/+$/, '');
}

const unbraced = (text: string): string => text.replaceAll('%7B', '{').replaceAll('%7D', '}');

/** The host of an address, as it is looked up: small letters, no brackets, no dot at the end. */
export function hostOf(url: URL): string {
	return url.hostname
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '')
		.toLowerCase();
}

/** A series as it is stored. */
export interface CheckedChannel {
	name: string;
	meteringPointId: string;
	obis: string;
	slotMinutes: number;
	meaning: Meaning;
	/** unit, paths and stamp */
	settings: Record<string, string>;
}

const energyUnits: readonly string[] = ['wh', 'kwh', 'mwh'];
const powerUnits: readonly string[] = ['w', 'kw', 'mw'];

/**
 * A series with its defaults, fit for its kind. Refuses readings.source-unit (energy where power is meant, or the other way round),
 * readings.source-path (a value without a path), readings.source-time-needed (slots whose source does not say their time: a message that
 * arrives twice would count twice), readings.source-topic, readings.source-direction (of a Modbus device: '', 'export', 'import').
 */
export function checkedChannel(kind: SourceKind, given: ChannelFacts): CheckedChannel {
	const meaning = given.meaning ?? 'register';
	const unit = given.unit ?? (meaning === 'power' ? 'W' : 'Wh');
	const known = unitOf(unit);
	const fits =
		meaning === 'power' ? powerUnits : meaning === 'register' ? energyUnits : [...energyUnits, ...powerUnits];
	if (known === undefined || !fits.includes(known))
		throw new Refusal('invalid', 'readings.source-unit', { unit: excerpt(unit) }, { field: 'unit' });
	const readsJson = kind === 'json' || kind === 'mqtt';
	if (kind === 'json' && !given.valuePath)
		throw new Refusal('invalid', 'readings.source-path', {}, { field: 'valuePath' });
	if (readsJson && meaning === 'interval' && !given.timePath)
		throw new Refusal('invalid', 'readings.source-time-needed', {}, { field: 'timePath' });
	// One topic, not a pattern of many: what several devices say would be one register.
	if (kind === 'mqtt' && !/^[^\0+#]{1,200}$/.test(given.name))
		throw new Refusal('invalid', 'readings.source-topic', { topic: excerpt(given.name) }, { field: 'topic' });
	if (kind === 'modbus' && (meaning !== 'register' || !['', 'export', 'import'].includes(given.name)))
		throw new Refusal(
			'invalid',
			'readings.source-direction',
			{ direction: excerpt(given.name) },
			{ field: 'channels' },
		);
	const settings: Record<string, string> = { unit };
	if (readsJson)
		for (const path of ['valuePath', 'timePath', 'unitPath'] as const) if (given[path]) settings[path] = given[path];
	if (meaning === 'interval') settings.stamp = given.stamp ?? 'start';
	if (kind === 'mqtt') settings.topic = given.name;
	const name = kind === 'mqtt' && given.valuePath ? `${given.name} ${given.valuePath}` : given.name;
	return {
		...{ name, meteringPointId: given.meteringPointId, obis: given.obis ?? '1-1:2.29.0' },
		...{ slotMinutes: given.slotMinutes ?? 15, meaning, settings },
	};
}
