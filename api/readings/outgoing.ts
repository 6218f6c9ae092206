// Every way out to a source: to hosts that are public or listed only, one resolution, no redirects, bounded in time and size.
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Refusal } from '../values/refusal.ts';
import { excerpt } from './rules.ts';
import { hostOf, isEncrypted, portOf } from './sources/kinds.ts';

const answerLimitBytes = 1_048_576;
/** How long a source may keep quiet. */
export const timeoutMs = 10_000;

/** Networks that belong to nobody on the internet: this machine, the house, the provider's machines, documentation, multicast. */
const blocked = new BlockList();
for (const [network, bits] of [
	...[['0.0.0.0', 8] as const, ['10.0.0.0', 8] as const, ['100.64.0.0', 10] as const, ['127.0.0.0', 8] as const],
	...[
		['169.254.0.0', 16] as const,
		['172.16.0.0', 12] as const,
		['192.0.0.0', 24] as const,
		['192.0.2.0', 24] as const,
	],
	...[
		['192.88.99.0', 24] as const,
		['192.168.0.0', 16] as const,
		['198.18.0.0', 15] as const,
		['198.51.100.0', 24] as const,
	],
	...[['203.0.113.0', 24] as const, ['224.0.0.0', 4] as const, ['240.0.0.0', 4] as const],
] as const)
	blocked.addSubnet(network, bits, 'ipv4');

// Of IPv6 only 2000::/3 is the internet; these parts of it are not, or carry an IPv4 address inside.
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of [
	['2001::', 23] as const,
	['2001:db8::', 32] as const,
	['2002::', 16] as const,
	['3fff::', 20] as const,
])
	blocked.addSubnet(network, bits, 'ipv6');

/** True if an address is one of the public internet. An IPv4 address written as IPv6 counts as what it is. */
export function isPublicAddress(address: string): boolean {
	const family = isIP(address);
	if (family === 4) return !blocked.check(address, 'ipv4');
	return family === 6 && global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}

/** True if the host or one of its addresses is named in the configuration: 'localhost', '192.168.7.20', '192.168.7.0/24', 'fd00::/8'. */
function isListed(host: string, address: string, allowed: readonly string[]): boolean {
	return allowed.some((entry) => {
		if (entry.toLowerCase() === host || entry === address) return true;
		const [network = '', bits] = entry.split('/');
		const [family, own] = [isIP(network), isIP(address)];
		if (
			bits === undefined ||
			family === 0 ||
			family !== own ||
			!/^\d{1,3}$/.test(bits) ||
			Number(bits) > (family === 4 ? 32 : 128)
		)
			return false;
		const list = new BlockList();
		list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
		return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
	});
}

type Address = { address: string; family: number };

/** A host that may be reached, looked up once. */
export interface Target {
	host: string;
	port: number;
	addresses: readonly [Address, ...Address[]];
	/** named in the configuration: a network of one's own */
	isListed: boolean;
}

/**
 * Where an address leads to: looked up once, all of what was found allowed, so that a name cannot lead elsewhere between look and
 * connection. Hosts that are not listed in the configuration are reached at their protocol's own port or one from 1024 upwards, and
 * `secret` (a password goes there) only over an encrypted connection. Refuses readings.source-host-unknown, readings.source-forbidden
 * (an address that is neither public nor listed), readings.source-port, readings.source-plain.
 */
export async function targetOf(url: URL, allowed: readonly string[], { secret = false } = {}): Promise<Target> {
	const host = hostOf(url);
	const port = portOf(url);
	const field = { field: 'location' };
	let addresses: Address[];
	try {
		addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
	} catch {
		throw new Refusal('invalid', 'readings.source-host-unknown', { host: excerpt(host) }, field);
	}
	const unlisted = addresses.filter(({ address }) => !isListed(host, address, allowed));
	const forbidden = unlisted.find(({ address }) => !isPublicAddress(address));
	const [first, ...others] = addresses;
	if (forbidden || !first) {
		const values = { host: excerpt(host), address: forbidden?.address ?? '' };
		throw new Refusal('invalid', 'readings.source-forbidden', values, field);
	}
	if (unlisted.length > 0) {
		const own = portOf(new URL(`${url.protocol}//host`));
		if (port !== own && port < 1024) throw new Refusal('invalid', 'readings.source-port', { port, own }, field);
		// To a mailbox STARTTLS comes before the password.
		if (secret && !isEncrypted(url) && url.protocol !== 'imap:')
			throw new Refusal('invalid', 'readings.source-plain', { host: excerpt(host) }, field);
	}
	return { host, port, addresses: [first, ...others], isListed: unlisted.length === 0 };
}

/** A connection to the first of a target's addresses that answers. Refuses readings.source-timeout, readings.source-unreachable. */
export async function connectTo({ addresses, port }: Target): Promise<Socket> {
	let last: unknown;
	for (const { address } of addresses.slice(0, 3)) {
		try {
			return await new Promise<Socket>((resolve, reject) => {
				const socket = connect({ host: address, port, timeout: timeoutMs, noDelay: true });
				socket.once('connect', () => {
					socket.setTimeout(0);
					socket.removeAllListeners();
					resolve(socket);
				});
				socket.once('timeout', () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
				socket.once('error', reject);
			});
		} catch (error) {
			last = error;
		}
	}
	throw unreached(last);
}

/** A failed connection as a refusal: readings.source-timeout, readings.source-unreachable. */
export function unreached(error: unknown): Refusal {
	if (error instanceof Refusal) return error;
	const { code, message } = (error instanceof Error ? error : new Error(String(error))) as NodeJS.ErrnoException;
	if (code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT' || /timed? ?out/i.test(message))
		return new Refusal('invalid', 'readings.source-timeout', { seconds: timeoutMs / 1000 });
	return new Refusal('invalid', 'readings.source-unreachable', { reason: excerpt(code ?? message) });
}

/** How an address is asked: what is sent, what must not go over an open line, which certificate is trusted as well. */
export interface Asking {
	allowed: readonly string[];
	/** sent by POST; without, the address is asked by GET */
	body?: string;
	headers?: Record<string, string>;
	secret?: boolean;
	certificate?: string | undefined;
}

/**
 * The JSON at an address. Refuses readings.source-host-unknown, readings.source-forbidden, readings.source-timeout (10 s),
 * readings.source-unreachable, readings.source-status (anything but 200; redirects are not followed), readings.source-too-large
 * (1 MiB), readings.source-unreadable, and what targetOf refuses.
 */
export async function fetchJson(
	address: string,
	{ allowed, body, headers = {}, secret = false, certificate }: Asking,
): Promise<unknown> {
	const url = new URL(address);
	const { addresses } = await targetOf(url, allowed, { secret });
	const pinned: LookupFunction = (_host, options, found) =>
		options.all ? found(null, [...addresses]) : found(null, addresses[0].address, addresses[0].family);
	const signal = AbortSignal.timeout(timeoutMs);
	const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
	let text: string;
	try {
		text = await new Promise<string>((resolve, reject) => {
			const request = ask(
				url,
				{
					...{ method: body === undefined ? 'GET' : 'POST', lookup: pinned, agent: false, signal },
					headers: { accept: 'application/json', ...headers },
					...(certificate ? { ca: [...rootCertificates, certificate] } : {}),
				},
				(response) => {
					const status = response.statusCode ?? 0;
					if (status !== 200) {
						reject(new Refusal('invalid', 'readings.source-status', { status }));
						request.destroy();
						return;
					}
					const chunks: Buffer[] = [];
					let size = 0;
					response.on('data', (chunk: Buffer) => {
						size += chunk.length;
						chunks.push(chunk);
						if (size <= answerLimitBytes) return;
						reject(new Refusal('invalid', 'readings.source-too-large', { limitBytes: answerLimitBytes }));
						request.destroy();
					});
					response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
					response.once('error', reject);
					response.once('close', () => reject(new Error('cut off')));
				},
			);
			request.once('error', reject);
			request.end(body);
		});
	} catch (error) {
		if (error instanceof Refusal) throw error;
		if (signal.aborted) throw new Refusal('invalid', 'readings.source-timeout', { seconds: timeoutMs / 1000 });
		throw unreached(error);
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new Refusal('invalid', 'readings.source-unreadable', { found: excerpt(text) });
	}
}
