// A folder on an SFTP server: its key pinned at the first look, its files listed and fetched one by one, nothing ever changed there.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Refusal } from '../../values/refusal.ts';
import { connectTo, targetOf, timeoutMs, unreached } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import { type Secrets, type SourceSettings, userOf } from './kinds.ts';

/** A file in the folder, as the server lists it. */
export interface RemoteFile {
	name: string;
	size: number;
	changedMs: number;
}

/** An open connection to a folder. */
export interface RemoteFolder {
	/** fingerprint of the server's key, 'SHA256:…' */
	hostKey: string;
	/** plain files with a fitting name, oldest first */
	list(): Promise<RemoteFile[]>;
	/** brings a file here; refuses readings.source-file-too-large, readings.source-file-changed (it is longer or shorter than listed) */
	fetch(file: RemoteFile, to: string): Promise<void>;
	close(): Promise<void>;
}

/** Bytes of the longest file that is fetched. */
export const fileLimitBytes = 600 * 1024 * 1024;

/** True if a name fits one of the patterns ('*.csv', 'MSCONS_*'; capitals do not matter), or if there are none. */
export function fits(name: string, patterns: readonly string[] = []): boolean {
	if (patterns.length === 0) return true;
	return patterns.some((pattern) => fitsOne(name.toLowerCase(), pattern.toLowerCase()));
}

/** '*' stands for anything, '?' for one character. Step by step, so that no pattern takes long. */
function fitsOne(name: string, pattern: string): boolean {
	let [at, of, star, mark] = [0, 0, -1, 0];
	while (at < name.length) {
		if (pattern[of] === '*') [star, mark, of] = [of, at, of + 1];
		else if (of < pattern.length && (pattern[of] === '?' || pattern[of] === name[at])) [at, of] = [at + 1, of + 1];
		else if (star >= 0) [of, mark, at] = [star + 1, mark + 1, mark + 1];
		else return false;
	}
	while (pattern[of] === '*') of++;
	return of === pattern.length;
}

/**
 * Opens the folder of an address 'sftp://user@host/folder'. A server whose key is not the one in `settings.hostKey` is refused before
 * anything secret is sent: readings.source-host-key. Refuses readings.source-login, readings.source-folder-missing, and what targetOf
 * and connectTo refuse.
 */
export async function openFolder(
	location: string,
	{ settings, secrets, allowed }: { settings: SourceSettings; secrets: Secrets; allowed: readonly string[] },
): Promise<RemoteFolder> {
	const url = new URL(location);
	const socket = await connectTo(await targetOf(url, allowed, { secret: true }));
	const { default: SftpClient } = await import('ssh2-sftp-client');
	const client = new SftpClient();
	const folder = decodeURIComponent(url.pathname) || '.';
	let hostKey = '';
	const close = async () => {
		await client.end().catch(() => {});
		socket.destroy();
	};
	try {
		await client.connect({
			...{ sock: socket, username: userOf(url), readyTimeout: timeoutMs },
			...(secrets.password === undefined ? {} : { password: secrets.password }),
			...(secrets.privateKey === undefined ? {} : { privateKey: secrets.privateKey }),
			...(secrets.passphrase === undefined ? {} : { passphrase: secrets.passphrase }),
			hostVerifier: (key: Buffer) => {
				hostKey = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
				return settings.hostKey === undefined || settings.hostKey === hostKey;
			},
		});
	} catch (error) {
		await close();
		throw loginRefused(error, hostKey, settings.hostKey);
	}
	/** A server that keeps quiet while it is asked for something ends the connection. */
	const inTime = async <T>(work: Promise<T>): Promise<T> => {
		const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs * 2);
		return work.finally(() => clearTimeout(timer));
	};
	return {
		hostKey,
		close,
		list: async () => {
			const entries = await inTime(client.list(folder)).catch((error: unknown) => {
				if (/no such|not found|ENOENT|bad path/i.test(String(error)))
					throw new Refusal('invalid', 'readings.source-folder-missing', { folder: excerpt(folder) });
				throw unreached(error);
			});
			return entries
				.filter(({ type, name }) => type === '-' && name.length <= 200 && fits(name, settings.patterns))
				.map(({ name, size, modifyTime }) => ({ name, size, changedMs: modifyTime }))
				.sort((a, b) => a.changedMs - b.changedMs || (a.name < b.name ? -1 : 1));
		},
		fetch: async ({ name, size }, to) => {
			if (size > fileLimitBytes)
				throw new Refusal('invalid', 'readings.source-file-too-large', { limitBytes: fileLimitBytes });
			const path = folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
			try {
				await bring(client.createReadStream(path, { autoClose: true }) as unknown as Readable, to, size);
			} catch (error) {
				await rm(to, { force: true });
				throw unreached(error);
			}
		},
	};
}

/** Writes a stream to a file: as long as was said, and never quiet for too long. */
async function bring(stream: Readable, to: string, size: number): Promise<void> {
	const out = createWriteStream(to, { flags: 'wx', mode: 0o600 });
	let read = 0;
	let timer = setTimeout(() => {}, 0);
	const wait = () => {
		clearTimeout(timer);
		timer = setTimeout(() => stream.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs * 2);
	};
	try {
		wait();
		for await (const chunk of stream) {
			wait();
			read += (chunk as Buffer).length;
			if (read > size) break;
			if (!out.write(chunk)) await once(out, 'drain');
		}
		await new Promise<void>((resolve, reject) =>
			out.end((error?: Error | null) => (error ? reject(error) : resolve())),
		);
	} finally {
		clearTimeout(timer);
		stream.destroy();
		out.destroy();
	}
	if (read !== size) throw new Refusal('invalid', 'readings.source-file-changed');
}

function loginRefused(error: unknown, found: string, expected: string | undefined): Refusal {
	const text = error instanceof Error ? error.message : String(error);
	if (expected !== undefined && found !== '' && found !== expected)
		return new Refusal('invalid', 'readings.source-host-key', { expected, found });
	if (/authentication|passphrase|private key|privateKey|permission denied/i.test(text))
		return new Refusal('invalid', 'readings.source-login', {}, { field: 'password' });
	return unreached(error);
}
