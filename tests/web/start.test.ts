// The front door: starts on an empty folder, refuses a second start, ends cleanly and leaves no orphan, however it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, isBuilt } from '../../web/build.ts';

const folder = mkdtempSync(path.resolve('.cache/start-'));
const data = path.join(folder, 'postgres/data');

beforeAll(async () => {
	if (!isBuilt()) await build();
});
afterAll(async () => {
	for (const { child, ended } of started) {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		await ended;
	}
	rmSync(folder, { recursive: true, force: true });
});

const started: Started[] = [];

interface Started {
	child: ChildProcess;
	port: number;
	/** everything printed so far */
	said: () => string;
	ended: Promise<{ code: number | null }>;
}

function freePort(): Promise<{ port: number; server: Server }> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, 'localhost', () =>
			resolve({ port: (server.address() as { port: number }).port, server }),
		);
	});
}

async function start(port?: number): Promise<Started> {
	const free = await freePort();
	free.server.close();
	const wanted = port ?? free.port;
	const child = spawn(process.execPath, ['web/start.ts'], {
		env: { ...process.env, DATA_DIR: folder, PORT: String(wanted), LOG_LEVEL: 'error' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
	const ended = new Promise<{ code: number | null }>((resolve) => child.once('exit', (code) => resolve({ code })));
	const one = { child, port: wanted, said: () => said, ended };
	started.push(one);
	return one;
}

const ready = ({ said }: Started) => expect.poll(said, { timeout: 60_000, interval: 50 }).toMatch(/is ready/);

/** The server's process if it lives. */
function postmaster(): number | undefined {
	if (!existsSync(path.join(data, 'postmaster.pid'))) return undefined;
	const pid = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
	return existsSync(`/proc/${pid}`) ? pid : undefined;
}

test('an empty folder becomes a running product that asks for its set-up; SIGTERM ends all of it', async () => {
	const first = await start();
	await ready(first);
	await expect.poll(first.said, { timeout: 10_000 }).toMatch(/enter this code/);
	const page = await fetch(`http://localhost:${first.port}/`);
	expect(page.status).toBe(200);
	expect(page.url).toMatch(/einrichtung/);

	const second = await start();
	expect((await second.ended).code).toBe(1);
	expect(second.said()).toMatch(new RegExp(`already runs on .*http://localhost:${first.port}`));
	expect((await fetch(`http://localhost:${first.port}/health`)).status).toBe(200);

	first.child.kill('SIGTERM');
	expect((await first.ended).code, first.said()).toBe(0);
	expect(postmaster()).toBeUndefined();
});

test('a start that fails says why and leaves no server behind', async () => {
	const taken = await freePort();
	const failed = await start(taken.port);
	expect((await failed.ended).code).toBe(1);
	expect(failed.said()).toMatch(/Another program listens on port/);
	expect(postmaster()).toBeUndefined();
	taken.server.close();
});

test('killed without warning: the database server ends by itself, the next start finds everything in order', async () => {
	const killed = await start();
	await ready(killed);
	expect(postmaster()).toBeDefined();
	killed.child.kill('SIGKILL');
	await killed.ended;
	await expect.poll(postmaster, { timeout: 20_000 }).toBeUndefined();
	const next = await start();
	await ready(next);
	next.child.kill('SIGINT');
	expect((await next.ended).code, next.said()).toBe(0);
});

test('the database server killed: it is started again, and the program has never left', async () => {
	const running = await start();
	await ready(running);
	process.kill(postmaster() ?? 0, 'SIGKILL');
	const health = async () => (await fetch(`http://localhost:${running.port}/api/frame`)).status;
	await expect.poll(health, { timeout: 20_000 }).not.toBe(200);
	await expect.poll(health, { timeout: 20_000 }).toBe(200);
	running.child.kill('SIGTERM');
	expect((await running.ended).code, running.said()).toBe(0);
	expect(postmaster()).toBeUndefined();
});
