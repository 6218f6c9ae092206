// Kills the running product again and again while clients write, then counts what was acknowledged and is lost or there twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP } from 'otpauth';
import type postgres from 'postgres';
import { verifyAuditChain } from '../../api/audit/service.ts';
import { type Keys, readConfig } from '../../api/config.ts';
import { type Database, transact } from '../../api/database/connect.ts';
import { openDatabase } from '../../api/database/open.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { bankReferenceOf } from '../../api/payments/rules/files.ts';
import { referenceOf } from '../../api/payments/rules/reference.ts';
import { receiveStatements } from '../../api/payments/service/statements.ts';
import { cooperativeOf } from '../../api/statute/service.ts';
import { systemActor } from '../../api/values/actor.ts';
import { seedDemo } from '../../web/demo/seed.ts';
import { camtXml } from '../bank/camt.ts';
import type { Measurement } from './measurement.ts';

const kills = Number(process.env.KILLS ?? 40);
const clients = 8;
const folder = path.resolve('.data/bench-kills');

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

/** One write and how to find it again: rows whose text is one of its marks. */
interface Write {
	kind: 'entry' | 'payment' | 'note' | 'statement';
	marks: string[];
	key: string;
	path: string;
	body: object;
}

/** A bank statement that waits to be imported, and what its lines are called. */
interface Waiting {
	fileId: string;
	marks: string[];
}

const linesOfStatement = 20;

/** Statements of many payments each, received and not imported. */
async function receiveMany(
	db: Database,
	{ keys, number, count }: { keys: Keys; number: number; count: number },
): Promise<Waiting[]> {
	const by = systemActor('bench.kills');
	const at = new Date();
	const on = at.toISOString().slice(0, 10);
	const { iban } = await transact(db, by, cooperativeOf);
	const waiting: Waiting[] = [];
	for (let i = 0; i < count; i++) {
		const marks = Array.from({ length: linesOfStatement }, () => randomUUID());
		const entries = marks.map((mark) => ({
			...{
				cents: randomInt(1, 100_000),
				on,
				ref: mark.slice(0, 30),
				details: [{ reference: referenceOf(number), text: mark }],
			},
		}));
		const content = Buffer.from(camtXml({ id: `K-${i}`, iban: iban ?? '', on, entries }));
		const { fileId } = await receiveStatements(db, { by, at, keys, fileName: `${i}.xml`, content });
		waiting.push({ fileId, marks });
	}
	return waiting;
}

function nextWrite(today: string, member: { id: string; number: number }, statements: Waiting[]): Write {
	const mark = randomUUID();
	const kind = (['entry', 'payment', 'note', 'statement'] as const)[randomInt(4)] ?? 'entry';
	const statement = kind === 'statement' ? statements.pop() : undefined;
	if (statement) {
		const path = `/api/bank-statements/${statement.fileId}/import`;
		return { kind: 'statement', marks: statement.marks, key: randomUUID(), path, body: {} };
	}
	const cents = randomInt(1, 100_000);
	const bodies = {
		entry: {
			path: '/api/ledger/entries',
			body: {
				bookedOn: today,
				text: mark,
				postings: [
					{ account: '1800', cents },
					{ account: '4830', cents: -cents },
				],
			},
		},
		payment: {
			path: '/api/payments',
			body: {
				payments: [
					{ memberNumber: member.number, amountCents: cents, valueOn: today, purpose: '', bankReference: mark },
				],
			},
		},
		note: { path: `/api/members/${member.id}/notes`, body: { text: mark } },
	};
	const simple = kind === 'statement' ? 'entry' : kind;
	const stored = simple === 'payment' ? bankReferenceOf(mark) : mark;
	return { kind: simple, marks: [stored], key: randomUUID(), ...bodies[simple] };
}

/** The product as a process that dies and comes back on the same data and port. */
class Product {
	readonly base: string;
	private child: ChildProcess | undefined;
	private readonly env: NodeJS.ProcessEnv;

	constructor(port: number) {
		this.base = `http://127.0.0.1:${port}`;
		this.env = { ...process.env, DATA_DIR: folder, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'silent' };
	}

	/** Starts it; answers the seconds until it served a request. */
	async start(): Promise<number> {
		this.child = spawn(process.execPath, ['web/start.ts'], { stdio: ['ignore', 'ignore', 'inherit'], env: this.env });
		return this.answers();
	}

	/** Waits until it serves a request; answers the seconds. */
	async answers(): Promise<number> {
		const began = performance.now();
		for (;;) {
			try {
				if ((await fetch(`${this.base}/api/frame`)).ok) return (performance.now() - began) / 1000;
			} catch {
				// not listening yet
			}
			if (this.child?.exitCode !== null) throw new Error('the product ended by itself');
			await sleep(10);
		}
	}

	/** Ends the process, its database server, or both at once; comes back when all of it is gone. */
	async kill(what: 'program' | 'database' | 'both' | 'politely'): Promise<void> {
		const { child } = this;
		if (!child) return;
		const ended = new Promise((resolve) => child.once('exit', resolve));
		const postmaster = Number(readFileSync(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
		if (what === 'database' || what === 'both') process.kill(postmaster, 'SIGKILL');
		if (what === 'database') return;
		child.kill(what === 'politely' ? 'SIGTERM' : 'SIGKILL');
		await ended;
		while (isRunning(postmaster)) await sleep(10);
	}
}

function isRunning(pid: number): boolean {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z';
	} catch {
		return false;
	}
}

/** `npm run bench -- kills`: KILLS kills (40 unless told) of four kinds under eight writing clients. */
export async function measure(): Promise<Measurement[]> {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	const port = await freePort();
	const config = readConfig({ DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'silent' });
	const db = await openDatabase(config);
	const logins = await seedDemo({ db, config, now: new Date(), log: () => {}, size: { members: 150, months: [1] } });
	const [member] = await db.sql.begin(async (tx) => {
		await tx`select set_config('app.roles', 'system', true)`;
		return tx<{ id: string; number: number }[]>`select id, number from members where number = 147`;
	});
	if (!member) throw new Error('the demo has no member 147');
	const statements = await receiveMany(db, { keys: config.keys, number: member.number, count: 5 * kills });
	await db.close();

	const product = new Product(port);
	await product.start();
	const board = logins.find((login) => login.role === 'board' && login.totpSecret);
	const post = (url: string, body: object, headers: Record<string, string> = {}) =>
		fetch(product.base + url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
	const code = new TOTP({ secret: board?.totpSecret ?? '' }).generate();
	const signedIn = await post('/api/session', { email: board?.email, password: board?.password, code, program: true });
	let tokens = (await signedIn.json()) as { accessToken: string; refreshToken: string };

	const acknowledged: Write[] = [];
	const refused: string[] = [];
	let over = false;
	async function client(): Promise<void> {
		while (!over) {
			const write = nextWrite(
				new Date().toISOString().slice(0, 10),
				member as { id: string; number: number },
				statements,
			);
			// The same key until there is an answer: that is the promise to be tested.
			for (;;) {
				try {
					const reply = await post(write.path, write.body, {
						authorization: `Bearer ${tokens.accessToken}`,
						'idempotency-key': write.key,
					});
					if (reply.status === 503) throw new Error('not now');
					if (reply.ok) acknowledged.push(write);
					else refused.push(`${write.kind} ${reply.status} ${await reply.text()}`);
					break;
				} catch {
					await sleep(20);
				}
			}
		}
	}
	const work = Array.from({ length: clients }, client);
	const recoveries: number[] = [];
	for (let i = 0; i < kills; i++) {
		await sleep(randomInt(300, 1500));
		const what = (['program', 'both', 'database', 'politely'] as const)[i % 4] ?? 'program';
		await product.kill(what);
		// A database that went away comes back by itself, and the program has never left.
		recoveries.push(await (what === 'database' ? product.answers() : product.start()));
		if (i % 20 === 19) {
			const fresh = await post('/api/session/refresh', { refreshToken: tokens.refreshToken });
			if (fresh.ok) tokens = (await fresh.json()) as typeof tokens;
		}
	}
	over = true;
	await Promise.all(work);
	await product.kill('politely');

	const again = await openDatabase(config);
	const seen = new Map<string, number>();
	const count = (rows: Iterable<{ mark: string }>) => {
		for (const { mark } of rows) seen.set(mark, (seen.get(mark) ?? 0) + 1);
	};
	await again.sql.begin(async (tx: postgres.TransactionSql) => {
		await tx`select set_config('app.roles', 'system', true)`;
		count(await tx<{ mark: string }[]>`select text as mark from journal where kind = 'manual'`);
		count(await tx<{ mark: string }[]>`select bank_reference as mark from payments`);
		count(await tx<{ mark: string }[]>`select purpose as mark from payments where purpose <> ''`);
		count(await tx<{ mark: string }[]>`select text as mark from member_notes`);
	});
	const by = systemActor('bench.kills');
	const audit = await verifyAuditChain(again, { by, keys: config.keys });
	const ledger = await verifyLedger(again, { by });
	await again.close();
	if (audit.broken || ledger.broken) console.error('kept for a look:', folder, audit.broken, ledger.broken);
	else rmSync(folder, { recursive: true, force: true });
	if (refused.length > 0) console.error(`${refused.length} refused, the first: ${refused[0]}`);
	const times = acknowledged.flatMap(({ marks }) => marks.map((mark) => seen.get(mark) ?? 0));
	const lost = times.filter((n) => n === 0).length;
	const twice = times.filter((n) => n > 1).length;
	const broken = Number(Boolean(audit.broken)) + Number(Boolean(ledger.broken));
	recoveries.sort((a, b) => a - b);
	const line = (name: string, value: number, unit: string, atMost: number): Measurement => ({
		...{ name, value, unit, baseline: acknowledged.length, against: `writes acknowledged, ${kills} kills` },
		...{ target: { atMost }, judged: 'value' },
	});
	return [
		line('acknowledged and lost', lost, 'writes', 0),
		line('done twice', twice, 'writes', 0),
		line('refused', refused.length, 'writes', 0),
		line('chains broken', broken, 'chains', 0),
		line('up again, 95 of 100', recoveries[Math.floor(recoveries.length * 0.95)] ?? 0, 's', 5),
		line('up again, longest', recoveries.at(-1) ?? 0, 's', 15),
	];
}
