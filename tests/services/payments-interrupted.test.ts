// Money under a failing database: the connection is ended after the 1st, 2nd, 3rd … write of each use case and at its commit; nothing of it may
// stay, and the same request sent again does it once.
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyAuditChain } from '../../api/audit/service.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { referenceOf } from '../../api/payments/rules/reference.ts';
import { releaseDebitFile } from '../../api/payments/service/debitRelease.ts';
import { createDebitFile } from '../../api/payments/service/debits.ts';
import { giveMandate } from '../../api/payments/service/mandates.ts';
import { previewMandate } from '../../api/payments/service/mandateViews.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { markPayoutExecuted, releasePayoutFile } from '../../api/payments/service/release.ts';
import { paySettlements, readSettlementDesk } from '../../api/payments/service/settlements.ts';
import { importStatements, receiveStatements } from '../../api/payments/service/statements.ts';
import { clauseIds } from '../../api/members/rules.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { decideRound } from '../../api/shares/service/rounds/decide.ts';
import { setRound } from '../../api/shares/service/rounds/set.ts';
import { subscribeToRound } from '../../api/shares/service/rounds/subscribe.ts';
import { determineSettlements } from '../../api/shares/service/settlements/determine.ts';
import { camtXml } from '../bank/camt.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban, testKeys as keys } from '../cooperative.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
type Member = Awaited<ReturnType<typeof join>>;
const people: Member[] = [];
const who = (i: number): Member => people[i] as Member;

beforeAll(async () => {
	await foundTestCooperative(database.db, { firstPaymentCents: 10_000, noticeMonths: 3, maxShares: 20 });
	for (let i = 0; i < 8; i++) people.push(await join(database.db, '2024-01-10', 2));
	// Counts every statement that writes, and ends its connection at the one that is wanted; what was counted survives the rollback.
	await database.owner`create sequence breaking_step`;
	await database.owner`create table breaking_at (step int not null, at_commit boolean not null)`;
	await database.owner`insert into breaking_at values (0, false)`;
	await database.owner.unsafe(`
		create function break_here() returns trigger language plpgsql security definer set search_path = public as $$
		begin
			if nextval('breaking_step') = (select step from breaking_at) then perform pg_terminate_backend(pg_backend_pid()); end if;
			return null;
		end $$;
		create function break_at_commit() returns trigger language plpgsql security definer set search_path = public as $$
		begin
			if (select at_commit from breaking_at) then perform pg_terminate_backend(pg_backend_pid()); end if;
			return null;
		end $$;
		do $$ declare t text; begin
			for t in select tablename from pg_tables where schemaname = 'public' and tablename <> 'breaking_at' loop
				execute format('create trigger zz_break after insert or update or delete on %I for each statement execute function break_here()', t);
			end loop;
		end $$;
		create constraint trigger zz_break_at_commit after insert on audit_log deferrable initially deferred for each row execute function break_at_commit();
		create function everything() returns table (name text, rows bigint, mark text) language plpgsql as $$
		begin
			for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'breaking%' order by 1 loop
				execute format('select count(*), md5(coalesce(string_agg(t::text, '''' order by t::text), '''')) from %I t', name) into rows, mark;
				return next;
			end loop;
		end $$;`);
});

const breakAt = async (step: number, atCommit = false): Promise<void> => {
	await database.owner`update breaking_at set step = ${step}, at_commit = ${atCommit}`;
	await database.owner`select setval('breaking_step', 1, false)`;
};
beforeEach(() => breakAt(0));
const everything = async () => [...(await database.owner`select * from everything()`)];

/** At most so many moments of one use case are tried, evenly spread over its writes. */
const mostMoments = 40;

/**
 * Interrupts a write at its commit and at its writes, looks at the whole database after each, then lets it through and sends it again.
 * Answers the reply and how many writes it consists of.
 */
async function undisturbed<T>(
	work: (key: { key: string; requestHash: Buffer }) => Promise<T>,
): Promise<{ reply: T; writes: number }> {
	const key = { key: randomUUID(), requestHash: Buffer.alloc(32, 7) };
	const before = await everything();
	const interrupt = async (step: number, atCommit = false): Promise<void> => {
		await breakAt(step, atCommit);
		await expect(work(key)).rejects.toThrow();
		expect(await everything()).toEqual(before);
	};
	await interrupt(0, true);
	const [count] = await database.owner`select last_value::int as writes from breaking_step`;
	const writes: number = count?.writes;
	const moments = Math.min(writes, mostMoments);
	for (let i = 1; i <= moments; i++) await interrupt(Math.ceil((i * writes) / moments));
	await breakAt(0);
	const reply = await work(key);
	const after = await everything();
	expect(after).not.toEqual(before);
	expect(await Promise.all([work(key), work(key), work(key)])).toEqual([reply, reply, reply]);
	expect(await everything()).toEqual(after);
	return { reply, writes };
}

const give = async ({ self, memberId }: Member, i: number) => {
	const draft = await previewMandate(database.db, { by: self, memberId, kind: 'recurring', shortNotice: false });
	const account = { debtorName: `Kontoinhaber ${i}`, street: 'Am Ried 1', postcode: '43210', town: 'Auental' };
	return giveMandate(database.db, {
		...{ by: self, at: noon('2024-02-01'), keys, kind: 'recurring', reference: draft?.reference ?? '' },
		account: { ...account, country: 'DE', iban: testIban(500 + i) },
		...{ signedPlace: 'Auental', shortNotice: false, consent: true, payTo: true },
	});
};
const payAll = (one: Member) =>
	recordPayment(database.db, {
		...{ by: board, at: noon('2024-02-01') },
		payment: {
			...{ memberNumber: one.number, amountCents: 100_000, valueOn: '2024-02-01', purpose: '' },
			bankReference: randomUUID().slice(0, 20),
		},
	});

describe('interrupted at any moment, everything or nothing is there, and sent again it is done once', () => {
	test('the release of a batch of direct debits', async () => {
		for (const i of [0, 1, 2]) await give(who(i), i);
		const at = noon('2024-02-05');
		const made = await createDebitFile(database.db, {
			...{ by: board, at, keys, subject: 'Einzahlung', collectionOn: '2024-02-26' },
			memberIds: [0, 1, 2].map((i) => who(i).memberId),
		});
		const { fileId, sha256 } = made;
		const { reply } = await undisturbed((key) =>
			releaseDebitFile(database.db, { by: secondBoard, at, key, fileId, sha256 }),
		);
		expect(reply).toMatchObject({ state: 'released', mails: 3 });
		const mails = await database.owner`select from notices where template = 'debit-announced'`;
		expect(mails).toHaveLength(3);
	});

	test('the import of a bank statement', async () => {
		const items = await database.owner<{ id: string }[]>`select end_to_end_id as id from debit_items order by line`;
		const debits = items.map(({ id }, i) => ({
			...{ cents: 20_000, on: '2024-02-26', ref: `D${i}`, details: [{ endToEndId: id }] },
		}));
		const own = [3, 4].map((i) => ({
			...{ cents: 30_000, on: '2024-02-26', ref: `M${i}`, details: [{ reference: referenceOf(who(i).number) }] },
		}));
		const [first] = items;
		const back = { cents: -20_350, on: '2024-02-27', ref: 'R0', reversal: true };
		const entries = [
			...debits,
			...own,
			{ ...back, details: [{ endToEndId: first?.id ?? '', returnReason: 'AM04', originalCents: 20_000 }] },
			{ cents: 4_711, on: '2024-02-27', ref: 'X', details: [{ text: 'wofür' }] },
		];
		const at = noon('2024-02-28');
		const content = Buffer.from(camtXml({ id: 'A-1', on: '2024-02-27', entries }));
		const { fileId } = await receiveStatements(database.db, { by: board, at, keys, fileName: 'a.xml', content });
		const { reply } = await undisturbed((key) => importStatements(database.db, { by: board, at, key, keys, fileId }));
		expect(reply).toMatchObject({ lines: 7, booked: 6, open: 1 });
		const [sum] = await database.owner`select sum(cents)::int as cents from postings where account = '1800'`;
		expect(sum?.cents).toBe(3 * 20_000 + 2 * 30_000 - 20_350);
	});

	test('the decision on a subscription round', async () => {
		for (const i of [5, 6, 7]) await payAll(who(i));
		const { roundId } = await setRound(database.db, {
			...{ by: board, at: noon('2024-03-01') },
			round: {
				...{ title: 'Solarpark Süd', purpose: 'Zwölf Modultische am Südhang', announced: true },
				...{ opensAt: noon('2024-03-02'), closesAt: noon('2024-03-20'), volumeShares: 7, volumeCents: null },
				...{ floorShares: 1, capShares: 8, rule: 'pro-rata' },
			},
		});
		for (const i of [5, 6, 7])
			await subscribeToRound(database.db, {
				...{ by: who(i).self, at: noon('2024-03-04'), roundId, count: 4, clauses: clauseIds, statuteVersion: 1 },
			});
		const resolution = { number: 'V 12', on: '2024-03-21' };
		await undisturbed((key) =>
			decideRound(database.db, { by: board, at: noon('2024-03-21'), key, keys, roundId, resolution }),
		);
		const [given] = await database.owner`select sum(count)::int as shares from share_movements where kind = 'further'`;
		expect(given?.shares).toBe(7);
	});

	test('a settlement: determined from the balance sheet, put into a file, released, executed', async () => {
		for (const i of [3, 5])
			await recordExit(database.db, {
				...{ by: board, at: noon('2024-04-02'), memberId: who(i).memberId, basis: 'Brief' },
				wish: { cause: 'notice', receivedOn: '2024-04-02' },
			});
		await effectExits(database.db, { by: system, at: noon('2025-01-02') });
		const at = noon('2025-05-05');
		const { reply: determined } = await undisturbed((key) =>
			determineSettlements(database.db, {
				...{ by: board, at, key, exitOn: '2024-12-31', lossCents: 10_000, basis: 'Bilanz 2024' },
			}),
		);
		expect(determined.settlements).toBe(2);
		const { settlements } = await readSettlementDesk(database.db, { by: board, at });
		const settlementIds = settlements.map(({ id }) => id);
		const { reply: made } = await undisturbed((key) =>
			paySettlements(database.db, { by: board, at, key, keys, settlementIds, executionOn: '2025-05-06' }),
		);
		const { fileId, sha256, sumCents } = made;
		await undisturbed((key) => releasePayoutFile(database.db, { by: secondBoard, at, key, fileId, sha256 }));
		await undisturbed((key) =>
			markPayoutExecuted(database.db, {
				...{ by: board, at: noon('2025-05-06'), key, fileId, executedOn: '2025-05-06' },
			}),
		);
		expect(sumCents).toBe(determined.balanceCents - determined.lossShareCents);
		const [left] = await database.owner`
			select coalesce(sum(cents), 0)::int as cents from postings where member_id = any(${[3, 5].map((i) => who(i).memberId)})
				and account = (select account from payout_files where id = ${fileId})`;
		expect(left?.cents).toBe(0);
	});

	test('both chains hold after all that', async () => {
		expect((await verifyAuditChain(database.db, { by: system, keys })).broken).toBeNull();
		expect((await verifyLedger(database.db, { by: system })).broken).toBeNull();
	});
});
