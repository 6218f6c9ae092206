// Privacy: an export holds everything about a person and nothing about others; deletion runs restrict and erase what is due and say so.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../../api/accounts/service/people.ts';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { archiveDocument, listDocuments, openDocument } from '../../api/documents/service.ts';
import { changeMember, readMember, revealSecrets } from '../../api/members/service/files.ts';
import { readRegister } from '../../api/members/service/register.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import type { PersonalData } from '../../api/privacy/rules/export.ts';
import {
	executeDeletion,
	listDeletionRuns,
	previewDeletion,
	readDeletionRun,
} from '../../api/privacy/service/delete.ts';
import { exportPersonalData } from '../../api/privacy/service/export.ts';
import { listLeavers, readRetention } from '../../api/privacy/service/retention.ts';
import type { Actor } from '../../api/values/actor.ts';
import type { Day } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);

beforeAll(() => foundTestCooperative(database.db));

const exported = async (by: Actor, memberId: string, at = noon('2023-06-01')): Promise<PersonalData> => {
	const file = await exportPersonalData(database.db, {
		...{ by, at, keys: testKeys, memberId, format: 'json', language: 'de' },
	});
	return JSON.parse(file.content.toString()) as PersonalData;
};

/** Somebody who joined and left again, with an account, tax id and phone. */
async function leaver(joinedOn: Day, leftOn: Day) {
	const one = await join(database.db, joinedOn, 2);
	await changeMember(database.db, {
		...{ by: board, at: noon(joinedOn), keys: testKeys, memberId: one.memberId, effectiveOn: joinedOn },
		...{ changes: { taxId: '86095742719', phone: '0151 2345678' }, basis: 'test' },
	});
	const personId = await write(database.db, { by: system, at: noon(joinedOn) }, (tx, note) =>
		createPerson(tx, note, {
			...{ at: noon(joinedOn), email: `${randomUUID()}@auental.example`, name: 'Änne Muster', locale: 'de' },
			...{ roles: ['member'], memberId: one.memberId, emailConfirmed: true },
		}),
	);
	await database.owner`update members set left_on = ${leftOn} where id = ${one.memberId}`;
	await database.owner`insert into register_events (member_id, kind, effective_on, recorded_at, shares_change, basis)
		values (${one.memberId}, 'left', ${leftOn}, ${noon(leftOn).toISOString()}, -2, 'Kündigung')`;
	return { ...one, personId };
}

describe('personal export', () => {
	test('everything about the member with secrets opened, nothing about others; as a file and to be read; logged', async () => {
		const one = await join(database.db, '2021-03-01', 2);
		const other = await join(database.db, '2021-03-01');
		await recordPayments(database.db, {
			...{ by: board, at: noon('2021-04-01') },
			incoming: [
				{
					...{ memberNumber: one.number, amountCents: 100_000, valueOn: '2021-04-01', purpose: 'Zwei Anteile' },
					bankReference: 'Auszug 4, Zeile 1',
				},
			],
		});
		await write(database.db, { by: board, at: noon('2021-04-02') }, (tx, note) =>
			archiveDocument(tx, note, {
				...{ by: board, at: noon('2021-04-02'), keys: testKeys, kind: 'letter', memberId: one.memberId },
				...{ fileName: 'brief.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF- Brief') },
				...{ documentOn: '2021-04-02', retention: 'letter' as const },
			}),
		);
		const data = await exported(one.self, one.memberId);
		const { sections } = data;
		const secrets = await revealSecrets(database.db, {
			...{ by: board, at: noon('2021-04-03'), keys: testKeys, memberId: one.memberId, purpose: 'comparison' },
		});
		expect(sections.bankAndTaxNumbers[0]).toMatchObject({ iban: secrets.iban, birthDate: '1980-02-29' });
		expect(sections.masterData[0]).toMatchObject({ number: one.number, email: expect.stringContaining('@') });
		expect(sections.register).toHaveLength(1);
		expect(sections.shares.length).toBeGreaterThan(0);
		expect(sections.payments).toEqual(
			expect.arrayContaining([expect.objectContaining({ table: 'payments', amountCents: 100_000 })]),
		);
		expect(sections.ledger.length).toBeGreaterThan(0);
		expect(sections.declarations[0]).toMatchObject({ table: 'applications' });
		expect(sections.documents[0]).toMatchObject({ fileName: 'brief.pdf' });
		expect(sections.mails.length).toBeGreaterThan(0);
		expect(sections.log.length).toBeGreaterThan(0);
		expect(JSON.stringify(data)).not.toContain(other.memberId);
		expect(JSON.stringify(data)).not.toMatch(/"\\\\x[0-9a-f]/);
		const pdf = await exportPersonalData(database.db, {
			...{ by: board, at: noon('2023-06-01'), keys: testKeys, memberId: one.memberId, format: 'pdf', language: 'en' },
		});
		expect(pdf.content.subarray(0, 5).toString()).toBe('%PDF-');
		const log =
			await database.owner`select content -> 'by' ->> 'name' as name from audit_log where action = 'privacy.export' and subject = ${`member ${one.number}`}`;
		expect(log).toHaveLength(2);
	});

	test('nobody gets the export or documents of another member, whatever a route forgets', async () => {
		const one = await join(database.db, '2021-03-01');
		const other = await join(database.db, '2021-03-01');
		await expect(exported(other.self, one.memberId)).rejects.toMatchObject({ code: 'members.unknown' });
		for (const by of [other.self, person(['operator']), person(['member'])]) {
			const rows = await transact(database.db, by, (tx) =>
				tx.execute(`select * from personal_rows('${one.memberId}', null)`),
			);
			expect(rows).toHaveLength(0);
			expect(
				await transact(database.db, by, (tx) => tx.execute(`select * from personal_log('${one.memberId}', null)`)),
			).toHaveLength(0);
		}
		const { documentId } = await write(database.db, { by: board, at: noon('2021-04-02') }, (tx, note) =>
			archiveDocument(tx, note, {
				...{ by: board, at: noon('2021-04-02'), keys: testKeys, kind: 'letter', memberId: one.memberId },
				...{ fileName: 'brief.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF- Brief') },
				...{ documentOn: '2021-04-02', retention: 'letter' as const },
			}),
		);
		const open = (by: Actor) =>
			openDocument(database.db, { by, at: noon('2021-04-03'), keys: testKeys, documentId }).then(({ content }) =>
				content.toString(),
			);
		expect(await open(one.self)).toBe('%PDF- Brief');
		await expect(open(other.self)).rejects.toMatchObject({ code: 'documents.unknown' });
		expect(await listDocuments(database.db, { by: other.self, memberId: one.memberId })).toEqual([]);
		const [row] = await database.owner`select content from documents where id = ${documentId}`;
		expect(Buffer.from(row?.content as Buffer).includes('Brief')).toBe(false);
		await expect(database.db.sql`update documents set sha256 = sha256`).rejects.toThrow(/permission denied/);
	});
});

describe('deletion', () => {
	test('what is due is previewed, carried out once by one person, logged without the data; the register stays', async () => {
		const gone = await leaver('2013-03-01', '2021-12-31');
		const soon = await leaver('2013-03-01', '2023-12-31');
		const owed = await leaver('2013-03-01', '2021-12-31');
		await recordPayments(database.db, {
			...{ by: board, at: noon('2021-04-01') },
			incoming: [
				{
					...{ memberNumber: owed.number, amountCents: 100_000, valueOn: '2021-04-01', purpose: 'Anteile' },
					bankReference: `Auszug ${owed.number}`,
				},
			],
		});
		const at = noon('2024-02-01');
		const before = await revealSecrets(database.db, {
			...{ by: board, at, keys: testKeys, memberId: gone.memberId, purpose: 'comparison' },
		});
		const preview = await previewDeletion(database.db, { by: board, at });
		const of = (memberId: string) =>
			preview.items
				.filter((item) => item.memberId === memberId)
				.map(({ category, action, keepUntil }) => [category, action, keepUntil]);
		expect(of(gone.memberId)).toEqual([
			['account', 'erased', null],
			['contact', 'erased', null],
			['bank', 'restricted', '2029-12-31'],
			['birth-date', 'restricted', '2024-12-31'],
			['tax-id', 'restricted', '2027-12-31'],
		]);
		expect(of(soon.memberId)).toEqual([
			['account', 'erased', null],
			['contact', 'erased', null],
		]);
		expect(of(owed.memberId)).toEqual([]);
		const { hash } = preview;
		await expect(
			executeDeletion(database.db, { by: board, at, keys: testKeys, hash: '0'.repeat(64) }),
		).rejects.toMatchObject({ code: 'privacy.preview-outdated' });
		const results = await Promise.allSettled(
			Array.from({ length: 16 }, () => executeDeletion(database.db, { by: board, at, keys: testKeys, hash })),
		);
		const done = results.filter((r) => r.status === 'fulfilled');
		expect(done).toHaveLength(1);
		for (const r of results)
			if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'privacy.preview-outdated' });

		expect(await readMember(database.db, { by: board, memberId: gone.memberId })).toMatchObject({
			...{ email: null, phone: null, ibanMasked: null, taxIdMasked: null, birthDateKnown: false },
		});
		const [account] = await database.owner`select name, email, disabled_at from persons where id = ${gone.personId}`;
		expect(account).toMatchObject({ name: `Mitglied ${gone.number}`, disabled_at: expect.any(Date) });
		expect(String(account?.email)).toMatch(/\.invalid$/);
		const [line] = await readRegister(database.db, {
			...{ by: auditor, day: '2024-01-31', knownAt: at, after: gone.number - 1, limit: 1 },
		});
		expect(line).toMatchObject({ number: gone.number, leftOn: '2021-12-31' });

		const runs = await listDeletionRuns(database.db, { by: auditor });
		expect(runs).toHaveLength(1);
		const run = await readDeletionRun(database.db, { by: auditor, runId: runs[0]?.id ?? '' });
		expect(run.lines.filter((l) => l.memberNumber === gone.number).map((l) => l.fields)).toContainEqual(['iban']);
		const logged = JSON.stringify([
			run,
			await database.owner`select content from audit_log where action like 'privacy.%'`,
		]);
		for (const secret of [before.iban, before.taxId, '0151 2345678']) expect(logged).not.toContain(secret);

		// Restricted data are still told to the person they are about.
		const data = await exported(board, gone.memberId, at);
		expect(data.sections.restricted).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ category: 'bank', content: expect.objectContaining({ iban: before.iban }) }),
			]),
		);
		await expect(database.db.sql`delete from deletion_log`).rejects.toThrow(/permission denied/);
	});

	test('years later the archive is emptied as well, and documents that need not be kept', async () => {
		const { documentId } = await write(database.db, { by: board, at: noon('2014-04-02') }, (tx, note) =>
			archiveDocument(tx, note, {
				...{ by: board, at: noon('2014-04-02'), keys: testKeys, kind: 'letter', memberId: null },
				...{ fileName: 'alt.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF- alt') },
				...{ documentOn: '2014-04-02', retention: 'letter' as const },
			}),
		);
		const at = noon('2030-01-02');
		const { hash, items } = await previewDeletion(database.db, { by: board, at });
		expect(items.filter(({ category }) => category === 'archive').length).toBeGreaterThanOrEqual(3);
		expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ recordId: documentId, rule: 'B-60' })]));
		await executeDeletion(database.db, { by: board, at, keys: testKeys, hash });
		await expect(openDocument(database.db, { by: board, at, keys: testKeys, documentId })).rejects.toMatchObject({
			code: 'documents.erased',
		});
		const [left] =
			await database.owner`select count(*)::int as n from restricted_data where content is not null and keep_until < '2030-01-02'`;
		expect(left?.n).toBe(0);
		const after = await previewDeletion(database.db, { by: board, at });
		expect(after.items).toEqual([]);
		await expect(
			executeDeletion(database.db, { by: board, at, keys: testKeys, hash: after.hash }),
		).rejects.toMatchObject({ code: 'privacy.nothing-due' });
	});

	test('retention is told per record; of leavers what is held and from when on it may go', async () => {
		const one = await join(database.db, '2015-03-01');
		const { records } = await readRetention(database.db, {
			...{ by: auditor, at: noon('2024-02-01'), memberId: one.memberId },
		});
		expect(records).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ kind: 'register', retention: 'permanent', keepUntil: null }),
				expect.objectContaining({ kind: 'declaration', keepUntil: null }),
			]),
		);
		await database.owner`update members set left_on = '2026-12-31' where id = ${one.memberId}`;
		const later = await readRetention(database.db, {
			...{ by: auditor, at: noon('2027-02-01'), memberId: one.memberId },
		});
		expect(later.records).toEqual(
			expect.arrayContaining([expect.objectContaining({ kind: 'declaration', keepUntil: '2029-12-31', rule: 'G-20' })]),
		);
		const { leavers } = await listLeavers(database.db, { by: auditor, at: noon('2027-02-01'), after: one.number - 1 });
		expect(leavers[0]).toMatchObject({ number: one.number, settled: true });
	});
});
