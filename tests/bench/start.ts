// How long until the first page is answered, and how much memory the idle process holds.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Measurement, median } from './measurement.ts';

async function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

/** Seconds from spawning to the first answered page. */
async function firstPage(port: number): Promise<void> {
	for (;;) {
		try {
			if ((await fetch(`http://localhost:${port}/`, { redirect: 'follow' })).ok) return;
		} catch {
			// not listening yet
		}
		await sleep(5);
	}
}

async function timed(
	command: string,
	env: Record<string, string>,
	inspect?: (child: ChildProcess) => Promise<void>,
): Promise<number> {
	const port = await freePort();
	const began = performance.now();
	const child = spawn('/bin/sh', ['-c', command], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env: { ...process.env, ...env, PORT: String(port) },
	});
	await firstPage(port);
	const seconds = (performance.now() - began) / 1000;
	await inspect?.(child);
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	await ended;
	return seconds;
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
const bare = `exec node -e "require('node:http').createServer((_, r) => r.end('ok')).listen(process.env.PORT, 'localhost')"`;

/** Start with a new database, with an existing one, a bare Node server beside them, memory after five idle seconds. */
export async function measure(): Promise<Measurement[]> {
	const fresh: number[] = [];
	const existing: number[] = [];
	const node: number[] = [];
	let memoryMb = 0;
	for (let i = 0; i < 5; i++) {
		const folder = mkdtempSync(path.resolve('.data/bench-'));
		const env = { DATA_DIR: folder, LOG_LEVEL: 'silent' };
		fresh.push(await timed(scripts.start, env));
		existing.push(
			await timed(scripts.start, env, async (child) => {
				if (i > 0) return;
				await sleep(5_000);
				const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
				memoryMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
			}),
		);
		node.push(await timed(bare, {}));
		rmSync(folder, { recursive: true, force: true });
	}
	const baseline = median(node);
	const against = 'a bare Node server, same run';
	return [
		{
			name: 'first page, existing database',
			value: median(existing),
			baseline,
			unit: 's',
			against,
			target: { atMost: 0.6 },
			judged: 'value',
		},
		{
			name: 'first page, new database',
			value: median(fresh),
			baseline,
			unit: 's',
			against,
			target: { atMost: 1.5 },
			judged: 'value',
		},
		{
			name: 'memory, idle',
			value: memoryMb,
			baseline: 200,
			unit: 'MB',
			against: 'the promise',
			target: { atMost: 200 },
			judged: 'value',
		},
	];
}
