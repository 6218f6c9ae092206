// Requests a second: reads with a checked session beside a bare route with one select, the home page beside the same page without an API.
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import postgres from 'postgres';
import { buildApp } from '../../api/app.ts';
import { readConfig } from '../../api/config.ts';
import { openDatabase } from '../../api/database/open.ts';
import { seedDemo } from '../../web/demo/seed.ts';
import { loadPortal, mountPortal } from '../../web/portal.ts';
import { type Measurement, median } from './measurement.ts';

const rounds = 5;
const seconds = 3;
const connections = 32;
const slot = Symbol.for('gemeinwatt.api');

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

async function rate(url: string, headers: Record<string, string>): Promise<number> {
	const { requests, non2xx, errors } = await autocannon({ url, headers, connections, duration: seconds, workers: 1 });
	if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} refused, ${errors} failed`);
	return requests.average;
}

/** The replies of the API as they are now, given again and again without asking it: what remains is the page alone. */
async function cannedApi(
	base: string,
	headers: Record<string, string>,
	paths: readonly string[],
): Promise<(request: Request) => Promise<Response>> {
	const replies = new Map<string, string>();
	for (const name of paths) replies.set(name, await (await fetch(base + name, { headers })).text());
	return async (request) => {
		const text = replies.get(new URL(request.url).pathname);
		if (text === undefined) throw new Error(`the page asked for ${request.url}`);
		return new Response(text, { headers: { 'content-type': 'application/json' } });
	};
}

/** `npm run bench -- http`: a demo cooperative on a durable server, everything in one process and one run. */
export async function measure(): Promise<Measurement[]> {
	const folder = path.resolve('.data/bench-http');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	const port = await freePort();
	const config = readConfig({ DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'silent' });
	const db = await openDatabase(config);
	const now = new Date();
	const logins = await seedDemo({ db, config, now, log: () => {}, size: { members: 150, months: [1, 2, 10, 11] } });
	const app = await buildApp({ config, db });
	await mountPortal(app, await loadPortal('built'));
	await app.listen({ host: '127.0.0.1', port });
	const base = `http://127.0.0.1:${port}`;
	const member = logins.find((login) => login.memberNumber === 147);
	const signedIn = await fetch(`${base}/api/session`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email: member?.email, password: member?.password, program: true }),
	});
	const { accessToken } = (await signedIn.json()) as { accessToken: string };
	const headers = { cookie: `gw_access=${accessToken}` };

	const { host, port: socket, database, user, password } = db.endpoint;
	const pool = postgres({ host, port: socket, database, user, password, max: 10 });
	const bare = Fastify();
	const [row] = await pool`select id from plants limit 1`;
	bare.get('/', async () => (await pool`select id, name, capacity_w from plants where id = ${row?.id}`)[0]);
	const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });

	const live = (globalThis as Record<symbol, unknown>)[slot];
	const canned = await cannedApi(base, headers, ['/api/frame', '/api/me/home']);
	const seen = {
		bare: [] as number[],
		key: [] as number[],
		home: [] as number[],
		page: [] as number[],
		still: [] as number[],
	};
	try {
		for (let i = 0; i < rounds; i++) {
			seen.bare.push(await rate(bareUrl, {}));
			seen.key.push(await rate(`${base}/api/session`, headers));
			seen.home.push(await rate(`${base}/api/me/home`, headers));
			seen.page.push(await rate(`${base}/`, headers));
			(globalThis as Record<symbol, unknown>)[slot] = canned;
			seen.still.push(await rate(`${base}/`, headers));
			(globalThis as Record<symbol, unknown>)[slot] = live;
		}
	} finally {
		await app.close();
		await bare.close();
		await pool.end();
		await db.close();
		rmSync(folder, { recursive: true, force: true });
	}
	const against = 'a bare Fastify route with one select by primary key, pool of 10';
	const ratio = (name: string, value: number[], baseline: number[], atLeast: number, what = against): Measurement => ({
		...{ name, value: median(value), baseline: median(baseline), unit: 'requests/s', against: what },
		...{ target: { atLeast }, judged: 'ratio' },
	});
	return [
		ratio('read by key with a checked session', seen.key, seen.bare, 0.6),
		ratio("a member's home data", seen.home, seen.bare, 0.4),
		ratio("the portal's home page", seen.page, seen.still, 0.6, 'the same page with its data at hand'),
	];
}
