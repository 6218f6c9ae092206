// The demo in a smaller size, made twice: the same business figures, books that hold, two dividends, a ballot to vote in, live values.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAuditChain } from '../../api/audit/service.ts';
import { castVote } from '../../api/ballots/service/cast.ts';
import { readConfig } from '../../api/config.ts';
import type { Database } from '../../api/database/connect.ts';
import { readDividendRun } from '../../api/dividends/service/runs.ts';
import { listFiscalYears, readFiscalYear } from '../../api/dividends/service/years.ts';
import { readTrialBalance } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { listMembers } from '../../api/members/service/search.ts';
import { reconcileBooks } from '../../api/payments/service/reconcile.ts';
import { listPayoutFiles } from '../../api/payments/service/release.ts';
import { listSources } from '../../api/readings/service/source-views.ts';
import { dayOf } from '../../api/values/calendar.ts';
import { listYields } from '../../api/yields/service.ts';
import { contentsOf, beginMaking, emptyFolder, endMaking } from '../../web/demo/folder.ts';
import { type Surroundings, surroundingsIn } from '../../web/demo/live.ts';
import { type Login, loginTable, readLogins, writeLogins } from '../../web/demo/logins.ts';
import { seedDemo } from '../../web/demo/seed.ts';
import { closedYears } from '../../web/demo/years.ts';
import { person, system, useDatabase } from '../database.ts';

const first = useDatabase();
const second = useDatabase();
const now = new Date();
const today = dayOf(now);
const by = system;

let folder: string;
let surroundings: Surroundings;
let logins: Login[];

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
	surroundings = await surroundingsIn(folder, () => now);
	const config = { ...readConfig({ DATA_DIR: folder }), allowedSourceHosts: ['127.0.0.1'] };
	const seed = { config, now, log: () => {}, size: { members: 66, months: [1] } };
	logins = await seedDemo({ ...seed, db: first.db, surroundings });
	await seedDemo({ ...seed, db: second.db });
}, 240_000);

afterAll(async () => {
	await surroundings?.inverter.close();
	if (folder) await rm(folder, { recursive: true, force: true });
});

/** What the demo says in figures, without the ids that differ each time. */
async function figuresOf(db: Database) {
	const years = await Promise.all(closedYears(today).map((year) => readFiscalYear(db, { by, at: now, year })));
	const runs = await Promise.all(years.map(({ runId }) => readDividendRun(db, { by, runId: runId ?? '' })));
	const yields = await listYields(db, { by, from: '2020-01-01', to: today, group: 'month' });
	return {
		members: (await listMembers(db, { by, at: now, order: 'number', pageSize: 100 })).members.map(
			({ id: _id, ...line }) => line,
		),
		balances: (await readTrialBalance(db, { by, on: today })).map(({ account, balanceCents }) => [
			account,
			balanceCents,
		]),
		years: years.map(({ figures, profit, balancesCents, state }) => ({ figures, profit, balancesCents, state })),
		runs: runs.map(({ memberCount, totals, state }) => ({ memberCount, totals, state })),
		yields: yields.map(({ period, fedInWh, revenueCents }) => `${period} ${fedInWh} ${revenueCents}`).sort(),
	};
}

describe('the demo', () => {
	test('gives the same business figures each time it is made', async () => {
		expect(await figuresOf(second.db)).toEqual(await figuresOf(first.db));
	});

	test('holds together: log, books, control accounts', async () => {
		const keys = readConfig({ DATA_DIR: folder }).keys;
		expect((await verifyAuditChain(first.db, { by, keys })).broken).toBeNull();
		const books = await verifyLedger(first.db, { by });
		expect(books.broken).toBeNull();
		for (const { balanceCents, membersCents } of books.control) expect(membersCents).toBe(balanceCents);
	});

	test('remembers nothing twice in two ways', async () => {
		expect((await reconcileBooks(first.db, { by, at: now })).findings).toEqual([]);
	});

	test('has two closed years with dividends that were paid', async () => {
		const released = (await listFiscalYears(first.db, { by, at: now })).filter(({ state }) => state === 'released');
		expect(released.map(({ year }) => year).sort()).toEqual(closedYears(today));
		for (const { grossCents } of released) expect(grossCents).toBeGreaterThan(0);
		expect((await listPayoutFiles(first.db, { by })).map(({ state }) => state)).toEqual(['executed', 'executed']);
	});

	test('has ballots that are open, in which a member can vote', async () => {
		const open = await first.owner<{ id: string }[]>`select id from ballots where state = 'open'`;
		expect(open).toHaveLength(2);
		const [member] = await first.owner<{ id: string }[]>`select id from members where number = 9`;
		const ballotId = open[0]?.id ?? '';
		const voter = person(['member'], { memberId: member?.id ?? '' });
		expect((await castVote(first.db, { by: voter, at: new Date(), ballotId, choice: 'yes' })).choice).toBe('yes');
	});

	test('tells the board who waits', async () => {
		const [waiting] = await first.owner`
			select (select count(*)::int from applications where state = 'declared') as applications,
				(select count(*)::int from share_requests where state = 'declared') as requests`;
		expect(waiting).toEqual({ applications: 3, requests: 1 });
	});

	test('sends only the mails that people of the demo would still find new', async () => {
		const rows = await first.owner<
			{ recipient: string }[]
		>`select recipient from notices where sent_at is null and failed_at is null`;
		const known = new Set(logins.map(({ email }) => email));
		expect(rows.length).toBeGreaterThan(0);
		for (const { recipient } of rows) expect(known).toContain(recipient);
	});

	test('has asked the inverter and watches a folder', async () => {
		const sources = await listSources(first.db, { by });
		expect(sources.map(({ kind }) => kind).sort()).toEqual(['fronius', 'watch-folder']);
		const inverter = sources.find(({ kind }) => kind === 'fronius');
		expect(inverter?.lastProblem).toBeNull();
		expect(inverter?.lastRunAt?.slice(0, 10)).toBe(now.toISOString().slice(0, 10));
	});
});

describe('log-ins', () => {
	test('name everybody with an account, staff with the secret of an app', () => {
		expect(logins.map(({ memberNumber }) => memberNumber).sort()).toEqual([1, 14, 23, 4, 64, 9, null].sort());
		for (const { role, totpSecret } of logins) expect(totpSecret === null).toBe(role === 'member');
		const table = loginTable(logins, now);
		expect(table).toContain('martin.holzer@auental.example');
		expect(table).toMatch(/\d{6}$/m);
	});

	test('are read back as they were written', () => {
		writeLogins(folder, logins);
		expect(
			readLogins(folder)
				?.map(({ email }) => email)
				.sort(),
		).toEqual(logins.map(({ email }) => email).sort());
	});
});

describe('the folder', () => {
	test('is emptied only if a demo made it, and a half-made demo is known', async () => {
		const other = await mkdtemp(path.join(tmpdir(), 'demo-'));
		try {
			expect(contentsOf(other)).toBe('nothing');
			beginMaking(other);
			expect(contentsOf(other)).toBe('half');
			writeLogins(other, logins);
			endMaking(other);
			expect(contentsOf(other)).toBe('demo');
			await emptyFolder(other);
			expect(contentsOf(other)).toBe('nothing');
			await mkdtemp(path.join(other, 'postgres'));
			const real = path.join(other, 'real');
			await (await import('node:fs/promises')).mkdir(path.join(real, 'postgres'), { recursive: true });
			expect(contentsOf(real)).toBe('other');
			await expect(emptyFolder(real)).rejects.toThrow('did not make');
		} finally {
			await rm(other, { recursive: true, force: true });
		}
	});
});
