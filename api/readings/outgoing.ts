// Asks an address outside for JSON: to hosts that are public or listed only, one resolution, no redirects, bounded in time and size.
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Refusal } from '../values/refusal.ts';
import { excerpt } from './rules.ts';

const answerLimitBytes = 1_048_576;
const timeoutMs = 10_000;

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

/** The address of a source, cleaned: http or https, no credentials, no query, no slash at the end. Refuses readings.source-address. */
export function checkedAddress(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const plain =
		url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash && url.hostname;
	if (!plain)
		throw new Refusal('invalid', 'readings.source-address', { address: excerpt(text) }, { field: 'location' });
	return url.href.replace(/\/+$/, '');
}

const hostOf = (url: URL): string =>
	url.hostname
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '')
		.toLowerCase();

type Address = { address: string; family: number };

/** Where to connect to: looked up once, all of them allowed. Refuses readings.source-host-unknown, readings.source-forbidden (an address that is neither public nor listed). */
async function resolved(url: URL, allowed: readonly string[]): Promise<[Address, ...Address[]]> {
	const host = hostOf(url);
	let addresses: Address[];
	try {
		addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
	} catch {
		throw new Refusal('invalid', 'readings.source-host-unknown', { host: excerpt(host) }, { field: 'location' });
	}
	const forbidden = addresses.find(({ address }) => !isPublicAddress(address) && !isListed(host, address, allowed));
	const [first, ...others] = addresses;
	if (forbidden || !first) {
		throw new Refusal(
			'invalid',
			'readings.source-forbidden',
			{ host: excerpt(host), address: forbidden?.address ?? '' },
			{ field: 'location' },
		);
	}
	return [first, ...others];
}

/**
 * The JSON at an address. Refuses readings.source-host-unknown, readings.source-forbidden, readings.source-timeout (10 s),
 * readings.source-unreachable, readings.source-status (anything but 200; redirects are not followed), readings.source-too-large
 * (1 MiB), readings.source-unreadable.
 */
export async function fetchJson(address: string, allowed: readonly string[]): Promise<unknown> {
	const url = new URL(address);
	const addresses = await resolved(url, allowed);
	const pinned: LookupFunction = (_host, options, found) =>
		options.all ? found(null, addresses) : found(null, addresses[0].address, addresses[0].family);
	const signal = AbortSignal.timeout(timeoutMs);
	const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
	let text: string;
	try {
		text = await new Promise<string>((resolve, reject) => {
			const request = ask(
				url,
				{ lookup: pinned, agent: false, signal, headers: { accept: 'application/json' } },
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
			request.end();
		});
	} catch (error) {
		if (error instanceof Refusal) throw error;
		if (signal.aborted) throw new Refusal('invalid', 'readings.source-timeout', { seconds: timeoutMs / 1000 });
		const { code, message } = error as NodeJS.ErrnoException;
		throw new Refusal('invalid', 'readings.source-unreachable', { reason: excerpt(code ?? message) });
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new Refusal('invalid', 'readings.source-unreadable', { found: excerpt(text) });
	}
}
