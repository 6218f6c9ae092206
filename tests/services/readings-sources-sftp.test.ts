// Folders on an SFTP server: each file once, whatever happens in between; the server's key pinned; secrets never shown.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchFiles } from '../../api/readings/service/fetch-files.ts';
import { listSources, readSource } from '../../api/readings/service/source-views.ts';
import { editSource } from '../../api/readings/service/edit-source.ts';
import { createSource } from '../../api/readings/service/sources.ts';
import { testSource } from '../../api/readings/service/try-source.ts';
import { person, system, useDatabase } from '../database.ts';
import { dayFile, malo, useOneMeter } from './oneMeter.ts';
import { hostKey, type SftpServer, startSftp } from '../servers/sftp.ts';

const database = useDatabase();
const meter = useOneMeter(database);
const at = new Date('2026-11-22T10:00:00Z');
const by = person(['operator']);
let server: SftpServer;
let sourceId = '';

const put = (name: string, content: string, ageSeconds = 3600) =>
	server.files.set(name, { content: Buffer.from(content), changedS: at.getTime() / 1000 - ageSeconds });
const address = (port = server.port) => `sftp://coop@localhost:${port}/out`;
const create = (source: object = {}) =>
	createSource(database.db, {
		...{ by, at, config: meter.config },
		source: { name: 'Netz', kind: 'sftp', location: address(), secrets: { password: 'geheim' }, ...source } as never,
	});
const fetchAll = () => fetchFiles(database.db, { by: system, at, config: meter.config });
const view = () => readSource(database.db, { by, sourceId });
const tryOut = () => testSource(database.db, { by, at, sourceId, config: meter.config });

beforeAll(async () => {
	server = await startSftp({ password: 'geheim' });
});

afterAll(() => server.close());

beforeEach(async () => {
	await database.owner`delete from sources`;
	server.files.clear();
	server.growing = false;
	server.silent = false;
	({ id: sourceId } = await create());
});

describe('files', () => {
	test('are stored once, refused ones told, growing ones wait, those that come late fill the gap', async () => {
		put('a.csv', dayFile('2026-05-01'));
		put('b-broken.csv', `${malo},2026-05-01T00:00:00Z,zwölf,M\n`);
		put('c.csv', dayFile('2026-05-03'));
		put('d-new.csv', dayFile('2026-05-04'), 5);
		expect((await fetchAll()).sources).toEqual([
			{ name: 'Netz', stored: 2, known: 0, refused: 1, waiting: 1, problem: null },
		]);
		expect((await fetchAll()).sources[0]).toMatchObject({ stored: 1, waiting: 0 });
		let source = await view();
		expect(source.files.map(({ fileName, outcome }) => [fileName, outcome]).sort()).toEqual([
			['a.csv', 'stored'],
			['b-broken.csv', 'refused'],
			['c.csv', 'stored'],
			['d-new.csv', 'stored'],
		]);
		expect(source.files.find(({ outcome }) => outcome === 'refused')?.problem).toMatchObject({
			code: 'readings.no-values',
		});
		expect(source.delivered).toEqual({
			contiguousThrough: '2026-05-02T00:00:00.000Z',
			through: '2026-05-05T00:00:00.000Z',
			gaps: [{ from: '2026-05-02T00:00:00.000Z', to: '2026-05-03T00:00:00.000Z' }],
		});
		expect(source.lastValueAt).toBe('2026-05-05T00:00:00.000Z');
		put('late.csv', dayFile('2026-05-02', '2.000'));
		await fetchAll();
		source = await view();
		expect(source.delivered).toEqual({
			contiguousThrough: '2026-05-05T00:00:00.000Z',
			through: '2026-05-05T00:00:00.000Z',
			gaps: [],
		});
		expect(readdirSync(path.join(meter.config.dataFolder, 'incoming'))).toEqual([]);
	});

	test('that were seen are not read again; a corrected one is; the same bytes under another name are known', async () => {
		put('a.csv', dayFile('2026-04-01'));
		await fetchAll();
		const read = server.bytesRead();
		expect((await fetchAll()).sources[0]).toMatchObject({ stored: 0, known: 0 });
		expect(server.bytesRead()).toBe(read);
		put('a.csv', dayFile('2026-04-01', '2.000'), 1800);
		put('copy.csv', dayFile('2026-04-01'));
		expect((await fetchAll()).sources[0]).toMatchObject({ stored: 1, known: 1 });
		const [row] = await database.owner`select version from reading_days where day = '2026-04-01'`;
		expect(row?.version).toBe(2);
	});

	test('whose names fit the patterns only', async () => {
		put('LASTGANG_1.CSV', dayFile('2026-03-01'));
		put('readme.txt', 'hello');
		const edited = { name: 'Netz', location: address(), settings: { patterns: ['lastgang_?.*'] } };
		await editSource(database.db, { by, at, config: meter.config, sourceId, source: edited });
		expect((await fetchAll()).sources[0]).toMatchObject({ stored: 1, refused: 0 });
	});

	test('longer than they were listed wait; eight looks at once store each file once', async () => {
		put('a.csv', dayFile('2026-02-01'));
		server.growing = true;
		expect((await fetchAll()).sources[0]).toMatchObject({
			stored: 0,
			waiting: 1,
			problem: null,
		});
		server.growing = false;
		const reports = await Promise.all(Array.from({ length: 8 }, () => fetchAll()));
		expect(reports.flatMap((report) => report.sources).reduce((sum, one) => sum + one.stored, 0)).toBe(1);
	});
});

describe('the server', () => {
	test('is known by its key from the first look on; another key is refused before the password is sent', async () => {
		const first = await tryOut();
		expect(first).toMatchObject({ ok: true, files: 0, hostKey: expect.stringMatching(/^SHA256:/) });
		expect((await view()).settings.hostKey).toBe(first.hostKey);
		const { port } = server;
		await server.close();
		server = await startSftp({ password: 'geheim', key: hostKey(), port });
		expect((await tryOut()).problem).toMatchObject({
			code: 'readings.source-host-key',
			values: { expected: first.hostKey },
		});
		expect((await fetchAll()).sources[0]?.problem).toBe('readings.source-host-key');
		const edited = { name: 'Netz', location: address() };
		await editSource(database.db, { by, at, config: meter.config, sourceId, source: edited, forgetHostKey: true });
		expect((await tryOut()).ok).toBe(true);
	});

	test('says no to a wrong password; a private key opens as well', async () => {
		await editSource(database.db, {
			...{ by, at, config: meter.config, sourceId },
			source: { name: 'Netz', location: address(), secrets: { password: 'falsch' } },
		});
		expect((await tryOut()).problem?.code).toBe('readings.source-login');
		const own = ssh2.utils.generateKeyPairSync('ed25519');
		const publicKey = Buffer.from(own.public.split(' ')[1] ?? '', 'base64');
		const second = await startSftp({ publicKey });
		try {
			const secrets = { privateKey: own.private };
			({ id: sourceId } = await create({ name: 'Schlüssel', location: address(second.port), secrets }));
			expect(await tryOut()).toMatchObject({ ok: true, problem: null });
		} finally {
			await second.close();
		}
	});

	test('without the folder, away, or in a forbidden net is a sentence; the others go on', async () => {
		put('a.csv', dayFile('2026-01-01'));
		await create({ name: 'A fort', location: 'sftp://coop@localhost:1/out' });
		await create({ name: 'B privat', location: 'sftp://coop@169.254.169.254/out' });
		await create({ name: 'C Ordner', location: `${address()}/nirgends` });
		await create({ name: 'D Port', location: 'sftp://coop@8.8.8.8:25/out' });
		expect((await fetchAll()).sources.map(({ name, problem, stored }) => [name, problem, stored])).toEqual([
			['A fort', 'readings.source-unreachable', 0],
			['B privat', 'readings.source-forbidden', 0],
			['C Ordner', 'readings.source-folder-missing', 0],
			['D Port', 'readings.source-port', 0],
			['Netz', null, 1],
		]);
	});
});

describe('secrets', () => {
	test('are sealed, not shown, not in the log, and never go to another host', async () => {
		const [row] = await database.owner`select secret, s::text as all from sources s`;
		expect(row?.secret.length).toBeGreaterThan(32);
		expect(row?.all).not.toContain('geheim');
		expect(JSON.stringify(await listSources(database.db, { by }))).not.toContain('geheim');
		expect(await view()).toMatchObject({ hasSecret: true });
		const log = await database.owner`select content::text as content from audit_log`;
		expect(log.filter(({ content }) => content.includes('geheim'))).toEqual([]);
		const moved = { name: 'Netz', location: 'sftp://coop@sftp.example.org/out' };
		await expect(
			editSource(database.db, { by, at, config: meter.config, sourceId, source: moved }),
		).rejects.toMatchObject({
			code: 'readings.source-secret-again',
		});
		await expect(create({ name: 'Ohne', location: address(9), secrets: {} })).rejects.toMatchObject({
			code: 'readings.source-secret-needed',
		});
	});

	test.each([
		'sftp://localhost/out',
		'sftp://coop:geheim@localhost/out',
		'ftp://coop@localhost/out',
		'sftp://coop@host name/out',
		'sftp://coop@/out',
	])('%s is no address', async (location) => {
		await expect(create({ name: 'Neu', location })).rejects.toMatchObject({ code: 'readings.source-address' });
	});
});
