// The outbox: a mail leaves once, after its cause has committed, however many processes send.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { type Config, readConfig } from '../../api/config.ts';
import { forgetNotices, notify, sendNoticesSoon, sendPendingNotices } from '../../api/notices/service.ts';
import { type Sink, startSink } from '../../api/notices/sink.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');
let sink: Sink;
let config: Config;

beforeAll(async () => {
	sink = await startSink();
	config = readConfig({
		SECRET: 'a secret that only these tests know, long enough',
		DATA_DIR: '.cache/notices-tests',
		SMTP_URL: sink.url,
	});
});
afterAll(() => sink.close());

const post = (to: string, name = 'Änne Groß', link?: string) =>
	write(database.db, { by: person(['member']), at }, (tx) =>
		notify(tx, {
			at,
			to,
			template: 'password-reset',
			values: { name },
			locale: 'de',
			...(link ? { link: { keys: config.keys, url: link } } : {}),
		}),
	);
const send = (smtp = config, now = at) => sendPendingNotices(database.db, { by: system, at: now, smtp });
const to = (address: string) => sink.mails.filter((mail) => mail.to === address);

test('forty mails, four senders at once: each arrives exactly once, links are sealed before and gone after', async () => {
	await Promise.all(
		Array.from({ length: 40 }, (_, i) =>
			post(`m${i}@auental.test`, `Mitglied ${i}`, `http://portal.test/passwort#token=geheim${i}`),
		),
	);
	const [before] =
		await database.owner`select string_agg(coalesce(encode(link, 'escape'), '') || values::text, '') as all from notices`;
	expect(before?.all).not.toContain('geheim');
	const reports = await Promise.all([send(), send(), send(), send()]);
	expect(reports.reduce((sum, r) => sum + r.sent, 0)).toBe(40);
	for (let i = 0; i < 40; i++)
		expect(to(`m${i}@auental.test`).map((m) => m.text.includes(`geheim${i}\n`))).toEqual([true]);
	const [after] =
		await database.owner`select count(*)::int as n from notices where link is not null or recipient <> '' or values::text <> '{}'`;
	expect(after?.n).toBe(0);
	expect(await send()).toEqual({ sent: 0, postponed: 0, failed: 0 });
});

test('a mail whose cause is rolled back is never sent', async () => {
	await expect(
		write(database.db, { by: system, at }, async (tx) => {
			await notify(tx, { at, to: 'never@auental.test', template: 'invitation', values: { name: 'X' }, locale: 'en' });
			throw new Error('no');
		}),
	).rejects.toThrow('no');
	await send();
	expect(to('never@auental.test')).toEqual([]);
});

test('names cannot add headers, paragraphs or links', async () => {
	await post('inject@auental.test', 'Eva\r\nBcc: all@auental.test\r\n\r\nhttps://evil.test');
	await send();
	const [mail] = to('inject@auental.test');
	expect(mail?.headers).not.toMatch(/^bcc:/im);
	expect(mail?.text).toContain('Guten Tag Eva Bcc: all@auental.test evil.test,');
	expect(mail?.subject).toBe('Neues Passwort');
	await expect(post('a@auental.test\r\nRCPT TO:<b@auental.test>')).rejects.toThrow();
});

test('a mail server that is away postpones, one that refuses for good ends it; both are recorded', async () => {
	await post('later@auental.test');
	const away = { ...config, smtpUrl: 'smtp://127.0.0.1:1' };
	expect(await send(away)).toEqual({ sent: 0, postponed: 1, failed: 0 });
	expect(await send()).toEqual({ sent: 0, postponed: 0, failed: 0 });
	expect(await send(config, new Date(at.getTime() + 60_000))).toEqual({ sent: 1, postponed: 0, failed: 0 });
	const refusing = createServer((socket) => {
		socket.write('220 no\r\n');
		socket.on('data', (line) =>
			socket.write(/^(EHLO|HELO)/.test(String(line)) ? '250 hello\r\n' : '550 nobody here\r\n'),
		);
		socket.on('error', () => {});
	});
	await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
	await post('gone@auental.test');
	const smtp = { ...config, smtpUrl: `smtp://127.0.0.1:${(refusing.address() as AddressInfo).port}` };
	expect(await send(smtp)).toEqual({ sent: 0, postponed: 0, failed: 1 });
	refusing.close();
	const [row] = await database.owner`select outcome, recipient from notices where failed_at is not null`;
	expect(row).toMatchObject({ recipient: '' });
	expect(row?.outcome).toContain('550');
});

test('without a mail server mails wait; a sender that died lets go of its mail', async () => {
	await post('waits@auental.test');
	expect(await send({ ...config, smtpUrl: undefined })).toEqual({ sent: 0, postponed: 0, failed: 0 });
	await database.owner`update notices set claimed_until = clock_timestamp() + interval '1 minute' where recipient = 'waits@auental.test'`;
	expect((await send()).sent).toBe(0);
	await database.owner`update notices set claimed_until = clock_timestamp() - interval '1 second' where recipient = 'waits@auental.test'`;
	expect((await send()).sent).toBe(1);
});

test('mails leave right after the commit, from whichever process', async () => {
	const errors: unknown[] = [];
	const stop = await sendNoticesSoon(database.db, {
		by: system,
		now: () => at,
		smtp: config,
		onError: (e) => errors.push(e),
	});
	await post('soon@auental.test');
	for (let i = 0; i < 100 && to('soon@auental.test').length === 0; i++)
		await new Promise((resolve) => setTimeout(resolve, 20));
	await stop();
	expect(to('soon@auental.test')).toHaveLength(1);
	expect(errors).toEqual([]);
});

test('members do not read the outbox; old traces are forgotten', async () => {
	await post('private@auental.test');
	const { transact } = await import('../../api/database/connect.ts');
	const { notices } = await import('../../api/notices/tables.ts');
	expect(await transact(database.db, person(['member']), (tx) => tx.select().from(notices))).toEqual([]);
	expect(await forgetNotices(database.db, { by: system, before: new Date(at.getTime() + 3_600_000) })).toBeGreaterThan(
		40,
	);
});
