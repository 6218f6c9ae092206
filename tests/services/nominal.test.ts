// Shares worth more, and worth less: decided by two, owed by everybody, creditors first; no cent made or lost, and once.
import { beforeAll, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { reconcileBooks } from '../../api/payments/service/reconcile.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { listOverpayments } from '../../api/payments/service/overpaid.ts';
import { claimDues } from '../../api/shares/service/claims.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { giveNotice } from '../../api/shares/service/exits/give.ts';
import { brokenHoldings, holdingsOn, readHolding } from '../../api/shares/service/holdings.ts';
import { approveShareSplit, carryOutSplits } from '../../api/shares/service/split/approve.ts';
import { readShareSplit } from '../../api/shares/service/split/effect.ts';
import {
	announceReduction,
	answerCreditor,
	effectReduction,
	listReductions,
	reportCreditor,
} from '../../api/shares/service/split/reduction.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';
import type { NominalChange } from '../../api/statute/rules/nominal.ts';
import { proposeStatute } from '../../api/statute/service/change.ts';
import type { Day } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, secondBoard } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const terms: StatuteTerms = { ...suggestedTerms, noticeMonths: 3 };
let one: Awaited<ReturnType<typeof join>>;
let two: Awaited<ReturnType<typeof join>>;
let partly: Awaited<ReturnType<typeof join>>;

const worth = (cents: number): StatuteTerms => ({
	...terms,
	...{ nominalCents: cents, firstPaymentCents: cents, liabilityCents: cents },
});
const propose = async (validFrom: Day, cents: number, vote: Partial<NominalChange & { keeps: 'shares' }> = {}) =>
	(
		await proposeStatute(database.db, {
			...{ by: board, at: noon(validFrom), validFrom, terms: worth(cents), source: `GV, eingetragen ${validFrom}` },
			nominal: {
				...{ keeps: 'shares', resolvedOn: validFrom, votesFor: 80, votesAgainst: 20, dueOn: null },
				...vote,
			},
		})
	).proposalId;
const held = (day: Day) => transact(database.db, system, (tx) => holdingsOn(tx, { day }));
const sum = (account: string, on: Day) => transact(database.db, system, (tx) => balanceOf(tx, { account, on }));
const sound = async (day: Day) => {
	expect((await reconcileBooks(database.db, { by: system, at: noon(day) })).findings).toEqual([]);
	expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2199-12-31'))).toEqual([]);
	expect(await verifyLedger(database.db, { by: system })).toMatchObject({ broken: null });
};
const paid = (number: number, amountCents: number, valueOn: Day) => ({
	...{ memberNumber: number, amountCents, valueOn, purpose: 'Anteile', bankReference: `A ${number} ${valueOn}` },
});

beforeAll(async () => {
	const { db } = database;
	await foundTestCooperative(db, terms);
	one = await join(db, '2024-02-01', 4);
	two = await join(db, '2024-02-01', 6);
	partly = await join(db, '2024-02-01', 2);
	const incoming = [
		paid(one.number, 200_000, '2024-02-10'),
		paid(two.number, 300_000, '2024-02-10'),
		paid(partly.number, 60_000, '2024-02-10'),
	];
	await recordPayments(db, { by: board, at: noon('2024-02-12'), incoming });
	await claimDues(db, { by: system, at: noon('2024-03-01') });
	// Five of the six shares are given up before anything changes: five it stays.
	const notice = { by: two.self, cause: 'partial' as const, shares: 5, expectedOn: '2025-12-31' };
	await giveNotice(db, { ...notice, at: noon('2025-03-03') });
});

test('an increase: previewed, voted with three quarters, owed by all from its day, raced by two, and done once', async () => {
	const { db } = database;
	const at = noon('2025-06-02');
	await expect(
		propose('2025-06-02', 60_000, { dueOn: '2025-07-01', votesFor: 70, votesAgainst: 30 }),
	).rejects.toMatchObject({
		...{ code: 'statute.majority-missed', rule: 'V11' },
	});
	const proposalId = await propose('2025-06-02', 60_000, { dueOn: '2025-07-01' });
	expect(await readShareSplit(db, { by: secondBoard, at, proposalId })).toMatchObject({
		...{
			ratio: null,
			members: 3,
			sharesBefore: 12,
			sharesAfter: 12,
			capitalCents: 600_000,
			capitalAfterCents: 720_000,
		},
		...{ owed: [{ dueOn: '2025-07-01', amountCents: 120_000 }], waits: false, repaidCents: 0 },
	});
	const people = Array.from({ length: 16 }, () => person(['board']));
	const tries = await Promise.allSettled(people.map((by) => approveShareSplit(db, { by, at, proposalId })));
	expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect((await held('2025-06-02')).get(one.memberId)).toMatchObject({
		shares: 4,
		nominalCents: 240_000,
		dueCents: 200_000,
	});
	expect((await held('2025-06-01')).get(one.memberId)).toMatchObject({ nominalCents: 200_000 });
	expect((await held('2025-07-01')).get(one.memberId)).toMatchObject({ dueCents: 240_000, paidCents: 200_000 });

	await claimDues(db, { by: system, at: noon('2025-07-01') });
	expect(await sum(accounts.shareClaims, '2025-07-01')).toBe(40_000 + 60_000 + 60_000);
	const file = await readHolding(db, { by: one.self, memberId: one.memberId, day: '2025-07-01' });
	expect(file).toMatchObject({ claimCents: 40_000 });
	expect(file.movements.map(({ kind }) => kind)).toEqual(['admission', 'payment', 'increase']);
	expect(await carryOutSplits(db, { by: system, at: noon('2025-07-02') })).toEqual({ members: 0 });
	await sound('2025-07-02');
});

test('shares entered later for a day before the increase, and shares that end after it, follow it', async () => {
	const { db } = database;
	await recordPayments(db, {
		...{ by: board, at: noon('2025-07-03') },
		incoming: [paid(one.number, 40_000, '2025-07-03'), paid(partly.number, 60_000, '2025-07-03')],
	});
	const resolution = { number: 'V 4', on: '2025-06-01' };
	await takeFurtherShares(db, { by: board, at: noon('2025-07-04'), memberId: one.memberId, count: 1, resolution });
	expect(await carryOutSplits(db, { by: system, at: noon('2025-07-05') })).toEqual({ members: 1 });
	expect((await held('2025-07-05')).get(one.memberId)).toMatchObject({
		shares: 5,
		nominalCents: 300_000,
		dueCents: 300_000,
	});
	await effectExits(db, { by: system, at: noon('2026-01-02') });
	expect((await held('2026-01-02')).get(two.memberId)).toMatchObject({
		...{ shares: 1, nominalCents: 60_000, dueCents: 60_000, paidCents: 60_000 },
	});
	await claimDues(db, { by: system, at: noon('2026-01-02') });
	await sound('2026-01-02');
});

test('a reduction waits for the creditors: announced, six months, secured; then owed back to the cent, once', async () => {
	const { db } = database;
	const at = noon('2026-03-02');
	const proposalId = await propose('2026-03-02', 40_000);
	const before = await held('2026-03-02');
	expect(await readShareSplit(db, { by: secondBoard, at, proposalId })).toMatchObject({
		...{ waits: true, capitalCents: 480_000, capitalAfterCents: 320_000, owed: [] },
		repaidCents: 40_000 + 20_000 + 40_000,
	});
	const { version } = await approveShareSplit(db, { by: secondBoard, at, proposalId });
	expect(await held('2026-03-02')).toEqual(before);
	await expect(propose('2026-03-03', 30_000)).resolves.toBeTypeOf('string');
	const [second] = await database.owner`select id from statute_proposals where state = 'open'`;
	await expect(
		approveShareSplit(db, { by: secondBoard, at: noon('2026-03-03'), proposalId: second?.id }),
	).rejects.toMatchObject({ code: 'shares.split-pending' });

	const effect = (day: Day, by = secondBoard) => effectReduction(db, { by, at: noon(day), version });
	await expect(effect('2027-01-01')).rejects.toMatchObject({ code: 'shares.reduction-unannounced' });
	await announceReduction(db, { by: board, at: noon('2026-04-01'), version, announcedOn: '2026-03-20' });
	const creditor = { version, creditor: 'Volksbank Auental', claimCents: 12_500_000 };
	const { creditorId } = await reportCreditor(db, {
		by: board,
		at: noon('2026-09-01'),
		...creditor,
		reportedOn: '2026-08-30',
	});
	await expect(
		reportCreditor(db, { by: board, at: noon('2026-10-01'), ...creditor, reportedOn: '2026-09-21' }),
	).rejects.toMatchObject({ code: 'shares.report-day-wrong' });
	await expect(effect('2026-09-20')).rejects.toMatchObject({
		code: 'shares.reduction-waiting',
		values: { until: '2026-09-20' },
	});
	await expect(effect('2026-09-21')).rejects.toMatchObject({ code: 'shares.creditors-open', values: { count: 1 } });
	const answer = { creditorId, answer: 'secured' as const, answerText: 'Grundschuld vom 15.09.2026' };
	await answerCreditor(db, { by: board, at: noon('2026-09-15'), ...answer });
	await expect(answerCreditor(db, { by: board, at: noon('2026-09-16'), ...answer })).rejects.toMatchObject({
		code: 'shares.creditor-answered',
	});
	await expect(effect('2026-09-21', board)).rejects.toMatchObject({ code: 'shares.second-person-needed' });
	expect(await sum(accounts.overpayments, '2026-09-20')).toBe(0);

	const tries = await Promise.allSettled(Array.from({ length: 16 }, () => effect('2026-09-21', person(['board']))));
	const done = tries.filter((one) => one.status === 'fulfilled');
	expect(done).toHaveLength(1);
	expect(done[0]?.value).toMatchObject({ members: 3, repaidCents: 100_000 });
	const after = await held('2026-09-21');
	expect(after.get(one.memberId)).toMatchObject({
		shares: 5,
		nominalCents: 200_000,
		dueCents: 200_000,
		paidCents: 200_000,
	});
	expect(after.get(two.memberId)).toMatchObject({
		shares: 1,
		nominalCents: 40_000,
		dueCents: 40_000,
		paidCents: 40_000,
	});
	expect(after.get(partly.memberId)).toMatchObject({
		shares: 2,
		nominalCents: 80_000,
		dueCents: 80_000,
		paidCents: 80_000,
	});
	expect(await held('2026-09-20')).toEqual(before);
	expect(await sum(accounts.overpayments, '2026-09-21')).toBe(-100_000);
	const owed = await listOverpayments(db, { by: board, at: noon('2026-09-22') });
	expect(owed.map(({ overpaidCents }) => overpaidCents)).toEqual([40_000, 20_000, 40_000]);
	expect(await carryOutSplits(db, { by: system, at: noon('2026-09-22') })).toEqual({ members: 0 });
	await sound('2026-09-22');
	expect(await listReductions(db, { by: board })).toMatchObject([
		{ version, effectiveOn: '2026-09-21', creditors: [{ answer: 'secured' }], repaidCents: 0 },
	]);
});

test('members see nothing of creditors; the day of a reduction cannot be moved into the waiting time in the database either', async () => {
	expect(await listReductions(database.db, { by: one.self })).toEqual([]);
	await expect(database.owner`update share_reductions set effective_on = '2026-09-20'`).rejects.toThrow(/waited/);
	await expect(database.owner`update share_reductions set effected_by = announced_by`).rejects.toThrow(/four_eyes/);
});
