// A mailbox: attachments of allowed senders once, whatever happens to the mailbox; nothing in it is ever changed.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchFiles } from '../../api/readings/service/fetch-files.ts';
import { readSource } from '../../api/readings/service/source-views.ts';
import { editSource } from '../../api/readings/service/edit-source.ts';
import { createSource } from '../../api/readings/service/sources.ts';
import { testSource } from '../../api/readings/service/try-source.ts';
import { person, system, useDatabase } from '../database.ts';
import { dayFile, useOneMeter } from './oneMeter.ts';
import { certificate } from '../servers/certificate.ts';
import { type ImapServer, startImap } from '../servers/imap.ts';

const database = useDatabase();
const meter = useOneMeter(database);
const at = new Date('2026-11-22T10:00:00Z');
const by = person(['operator']);
let server: ImapServer;
let sourceId = '';

const location = (port = server.port, scheme = 'imap', box = 'INBOX') =>
	`${scheme}://coop%40example.org@localhost:${port}/${box}`;
const settings = { senders: ['lastgang@netz.example', '@grid.example'] };
const facts = () => ({ name: 'Postfach', location: location(), settings, secrets: { password: 'geheim' } });
const look = async () => (await fetchFiles(database.db, { by: system, at, config: meter.config })).sources[0];
const view = () => readSource(database.db, { by, sourceId });
const tryOut = () => testSource(database.db, { by, at, sourceId, config: meter.config });

beforeEach(async () => {
	await database.owner`delete from sources`;
	server = await startImap();
	({ id: sourceId } = await createSource(database.db, {
		by,
		at,
		config: meter.config,
		source: { ...facts(), kind: 'imap' },
	}));
});
afterEach(async () => {
	await server.close();
	expect(server.changes).toEqual([]);
	expect(readdirSync(path.join(meter.config.dataFolder, 'incoming'))).toEqual([]);
});

test('attachments of allowed senders are stored, pictures and strangers are not; again there is nothing new', async () => {
	server.receive({
		...{ from: 'lastgang@netz.example', messageId: '<1@netz.example>' },
		files: [
			{ name: 'mai.csv', content: dayFile('2026-05-01') },
			{ name: 'logo.png', content: 'x', type: 'image/png' },
			{ name: '../../kaputt.csv', content: 'kein Lastgang' },
		],
	});
	server.receive({
		from: 'evil@example.org',
		messageId: '<2@x>',
		files: [{ name: 'a.csv', content: dayFile('2026-05-09') }],
	});
	server.receive({
		from: 'evil@notgrid.example',
		messageId: '<3@x>',
		files: [{ name: 'a.csv', content: dayFile('2026-05-09') }],
	});
	server.receive({
		from: 'Bote@GRID.example',
		messageId: '<4@x>',
		files: [{ name: 'juni.csv', content: dayFile('2026-06-01') }],
	});
	expect(await look()).toEqual({ name: 'Postfach', stored: 2, known: 0, refused: 1, waiting: 0, problem: null });
	const { files, delivered } = await view();
	expect(files.map(({ fileName, sender, outcome }) => [fileName, sender, outcome]).sort()).toEqual([
		['juni.csv', 'Bote@GRID.example', 'stored'],
		['kaputt.csv', 'lastgang@netz.example', 'refused'],
		['mai.csv', 'lastgang@netz.example', 'stored'],
	]);
	expect(delivered?.gaps).toEqual([{ from: '2026-05-02T00:00:00.000Z', to: '2026-06-01T00:00:00.000Z' }]);
	const read = server.bodies;
	expect(await look()).toMatchObject({ stored: 0, known: 0, refused: 0 });
	expect(server.bodies).toBe(read);
});

test('a mailbox that counts anew brings nothing twice; a mail that comes later comes in', async () => {
	server.receive({
		from: 'lastgang@netz.example',
		messageId: '<a@x>',
		files: [{ name: 'a.csv', content: dayFile('2026-04-01') }],
	});
	server.receive({ from: 'lastgang@netz.example', files: [{ name: 'b.csv', content: dayFile('2026-04-02') }] });
	expect(await look()).toMatchObject({ stored: 2 });
	server.validity = 2;
	server.receive({
		from: 'lastgang@netz.example',
		messageId: '<c@x>',
		files: [{ name: 'c.csv', content: dayFile('2026-04-03') }],
	});
	// The mail without an id of its own is known by its bytes only.
	expect(await look()).toMatchObject({ stored: 1, known: 1, refused: 0 });
	const [row] = await database.owner`select max(version)::int as version from reading_days where day = '2026-04-01'`;
	expect(row?.version).toBe(1);
});

test('eight looks at once read each mail once', async () => {
	server.receive({
		from: 'lastgang@netz.example',
		messageId: '<m@x>',
		files: [{ name: 'm.csv', content: dayFile('2026-03-01') }],
	});
	const reports = await Promise.all(Array.from({ length: 8 }, look));
	expect(reports.reduce((sum, one) => sum + (one?.stored ?? 0), 0)).toBe(1);
});

test('what goes wrong is told: password, folder, certificate; with it the mailbox opens', async () => {
	server.receive({ from: 'lastgang@netz.example', messageId: '<m@x>', files: [] });
	expect(await tryOut()).toMatchObject({ ok: true, files: 1, problem: null });
	const edit = (source: object) =>
		editSource(database.db, { by, at, config: meter.config, sourceId, source: { ...facts(), ...source } as never });
	await edit({ secrets: { password: 'falsch' } });
	expect((await tryOut()).problem?.code).toBe('readings.source-login');
	await edit({ location: location(server.port, 'imap', 'Archiv') });
	expect((await tryOut()).problem?.code).toBe('readings.source-folder-missing');
	await expect(edit({ settings: {} })).rejects.toMatchObject({ code: 'readings.source-senders-needed' });
	const safe = await startImap({ tls: true });
	try {
		await edit({ location: location(safe.port, 'imaps') });
		expect((await tryOut()).problem?.code).toBe('readings.source-unreachable');
		await edit({ location: location(safe.port, 'imaps'), settings: { ...settings, certificate } });
		expect(await tryOut()).toMatchObject({ ok: true, files: 0, problem: null });
	} finally {
		await safe.close();
	}
	expect((await look())?.problem).toBe('readings.source-unreachable');
});
