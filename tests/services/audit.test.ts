// The audit chain: complete, in order, and every tampering is found.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { requestHashOf, sealAuditChain, verifyAuditChain, write } from '../../api/audit/service.ts';
import { genesisHash, linkHash } from '../../api/audit/rules.ts';
import { testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');

const note = (subject: string, key?: string) =>
	write(
		database.db,
		{ by: system, at, ...(key ? { key: { key, requestHash: requestHashOf('POST', '/x', subject) } } : {}) },
		async (_tx, note) => {
			note({ action: 'test.note', subject, after: { text: 'Grüße aus Auental ’ "quoted"' } });
			return { id: randomUUID() };
		},
	);

test('writes of many people at once form one unbroken chain', async () => {
	await Promise.all(Array.from({ length: 60 }, (_, i) => note(`subject ${i}`)));
	const report = await verifyAuditChain(database.db, { by: system, keys: testKeys });
	expect(report).toMatchObject({ links: 60, broken: null });
});

test('the same key gives the same answer once, also when both arrive together; another request with it is refused', async () => {
	const [first, second] = await Promise.all([note('doubled', 'key-12345678'), note('doubled', 'key-12345678')]);
	expect(second).toEqual(first);
	expect(await note('doubled', 'key-12345678')).toEqual(first);
	await expect(note('other', 'key-12345678')).rejects.toMatchObject({ kind: 'conflict', code: 'request.key-reused' });
	const [count] = await database.owner`select count(*)::int as n from audit_log where subject = 'doubled'`;
	expect(count?.n).toBe(1);
});

test('a failing write leaves no trace', async () => {
	const before = await verifyAuditChain(database.db, { by: system, keys: testKeys });
	await expect(
		write(database.db, { by: system, at }, async (_tx, note) => {
			note({ action: 'test.note', subject: 'lost' });
			throw new Error('no');
		}),
	).rejects.toThrow('no');
	expect(await verifyAuditChain(database.db, { by: system, keys: testKeys })).toEqual(before);
});

test('members and operators do not see the log, auditors do', async () => {
	const count = async (role: 'member' | 'operator' | 'auditor') =>
		(await verifyAuditChain(database.db, { by: person([role]), keys: testKeys })).links;
	expect(await count('member')).toBe(0);
	expect(await count('operator')).toBe(0);
	expect(await count('auditor')).toBeGreaterThan(50);
});

test('the program cannot change or delete what is written', async () => {
	await expect(database.db.sql`update audit_log set hash = hash`).rejects.toThrow(/permission denied/);
	await expect(database.db.sql`delete from audit_log`).rejects.toThrow(/permission denied/);
	await expect(database.owner`delete from audit_log`).rejects.toThrow(/append-only/);
});

const tamperings: [string, () => Promise<unknown>][] = [
	['content changed', () => database.owner`update audit_log set content = '{"action":"x"}' where seq = 7`],
	['link removed', () => database.owner`delete from audit_log where seq = 20`],
	['last link removed', () => database.owner`delete from audit_log where seq = (select max(seq) from audit_log)`],
	[
		'two links swapped',
		() => database.owner`update audit_log set seq = case seq when 3 then 900003 else seq end where seq = 3`,
	],
	['hash replaced', () => database.owner`update audit_log set hash = sha256('x') where seq = 9`],
	[
		'content changed and its own hash recomputed',
		async () => {
			const [row] = await database.owner`select previous_hash from audit_log where seq = 11`;
			const content = '{"action":"forged"}';
			await database.owner`update audit_log set content = ${content}::text::json, hash = ${linkHash(11, row?.previous_hash as Buffer, content)} where seq = 11`;
		},
	],
	[
		'content changed and the whole chain recomputed, head included',
		async () => {
			const rows = await database.owner`select seq, content::text as content from audit_log order by seq`;
			let hash: Buffer = genesisHash;
			for (const row of rows) {
				const content = Number(row.seq) === 5 ? '{"action":"forged"}' : (row.content as string);
				const next = linkHash(Number(row.seq), hash, content);
				await database.owner`update audit_log set content = ${content}::text::json, previous_hash = ${hash}, hash = ${next} where seq = ${row.seq}`;
				hash = next;
			}
			await database.owner`update audit_head set hash = ${hash}`;
		},
	],
	[
		'signature forged with another secret',
		async () => {
			await database.owner`alter table audit_seals disable trigger all`;
			await database.owner`update audit_seals set signature = sha256('x')`;
		},
	],
];

test('a signed head is compared', async () => {
	await sealAuditChain(database.db, { by: system, at, keys: testKeys });
	expect(await verifyAuditChain(database.db, { by: system, keys: testKeys })).toMatchObject({ seals: 1, broken: null });
});

test.each(tamperings)('the verification finds: %s', async (_name, tamper) => {
	await database.owner`create table kept_head as select * from audit_head`;
	await database.owner`create table kept_seals as select * from audit_seals`;
	await database.owner`create table kept as select seq, content::text as content, previous_hash, hash from audit_log`;
	await database.owner`alter table audit_log disable trigger all`;
	await tamper();
	const report = await verifyAuditChain(database.db, { by: system, keys: testKeys });
	await database.owner`truncate audit_log`;
	await database.owner`insert into audit_log (seq, content, previous_hash, hash) select seq, content::json, previous_hash, hash from kept`;
	await database.owner`update audit_head h set seq = k.seq, hash = k.hash from kept_head k`;
	await database.owner`update audit_seals s set signature = k.signature from kept_seals k where k.seq = s.seq and k.signature <> s.signature`.catch(
		() => {},
	);
	await database.owner`drop table kept, kept_head, kept_seals`;
	await database.owner`alter table audit_log enable trigger all`;
	expect(report.broken).not.toBeNull();
	expect((await verifyAuditChain(database.db, { by: system, keys: testKeys })).broken).toBeNull();
});
