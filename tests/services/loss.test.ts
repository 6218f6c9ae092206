// A loss written off by resolution: reserves and balances to the cent, raced by two, nothing owed again, filled up by profits first; the alarm.
import { beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { factsOf } from '../../api/dividends/service/facts.ts';
import { accounts, type Posting } from '../../api/ledger/rules.ts';
import { postEntry } from '../../api/ledger/service/post.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { reconcileBooks } from '../../api/payments/service/reconcile.ts';
import { listDuties } from '../../api/reports/service/duties.ts';
import { claimDues } from '../../api/shares/service/claims.ts';
import { brokenHoldings, holdingsOn, readHolding } from '../../api/shares/service/holdings.ts';
import { readLosses } from '../../api/shares/service/loss/read.ts';
import { enterLoss, proposeLoss, withdrawLoss } from '../../api/shares/service/loss/write.ts';
import type { Day } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, secondBoard } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
let people: Awaited<ReturnType<typeof join>>[];
const at = noon('2026-06-20');
const proposal = (changes: object = {}) => ({
	...{ by: board, at, year: 2025, resolvedOn: '2026-06-12', resolution: 'GV 2026 TOP 4' },
	amounts: { fromLegalReserveCents: 30_000, fromOtherReservesCents: 0, fromBalancesCents: 100_000 },
	...changes,
});
const amounts = (fromBalancesCents: number, fromLegalReserveCents = 0, fromOtherReservesCents = 0) => ({
	amounts: { fromLegalReserveCents, fromOtherReservesCents, fromBalancesCents },
});
const post = (bookedOn: Day, postings: Posting[]) =>
	write(database.db, { by: board, at: noon(bookedOn) }, async (tx, note) => {
		note({ action: 'ledger.post', subject: 'test' });
		return postEntry(tx, { by: board, at, entry: { bookedOn, kind: 'manual', text: 'Test', postings } });
	});
const sum = (account: string) => transact(database.db, system, (tx) => balanceOf(tx, { account, on: '2199-12-31' }));
const held = (day: Day) => transact(database.db, system, (tx) => holdingsOn(tx, { day }));
const alarms = async () =>
	(await listDuties(database.db, { by: board, at, open: true })).filter(({ duty }) => duty === 'C-22');

beforeAll(async () => {
	const { db } = database;
	await foundTestCooperative(db, { firstPaymentCents: 40_000, instalmentCents: 10_000, instalmentMonths: 1 });
	people = [await join(db, '2023-02-01', 1), await join(db, '2023-02-01', 2), await join(db, '2025-02-03', 4)];
	const incoming = people.map(({ number }, i) => ({
		...{
			memberNumber: number,
			amountCents: [33_333, 100_000, 200_000][i] ?? 0,
			valueOn: ['2023-02-10', '2023-02-10', '2025-02-10'][i] ?? '',
		},
		...{ purpose: 'Anteile', bankReference: `A ${i}` },
	}));
	await recordPayments(db, { by: board, at: noon('2025-02-12'), incoming });
	await claimDues(db, { by: system, at: noon('2026-01-02') });
	await post('2024-12-31', [
		{ account: accounts.bank, cents: 30_000 },
		{ account: accounts.legalReserve, cents: -30_000 },
	]);
	await post('2025-12-31', [
		{ account: accounts.lossCarried, cents: 150_000 },
		{ account: accounts.bank, cents: -150_000 },
	]);
});

test('what cannot be resolved is refused and nothing is proposed', async () => {
	const { db } = database;
	for (const [changes, code] of [
		[{ year: 2026 }, 'shares.loss-year-wrong'],
		[{ resolvedOn: '2025-12-31' }, 'shares.loss-day-wrong'],
		[{ resolvedOn: '2026-06-21' }, 'shares.loss-day-wrong'],
		[amounts(120_000, 30_001), 'shares.loss-over-carried'],
		[amounts(1, 30_001), 'shares.loss-over-legal-reserve'],
		[amounts(1, 0, 1), 'shares.loss-over-other-reserves'],
		// Only who had a balance at the end of 2024 bears it.
		[amounts(133_334), 'shares.loss-over-balances'],
		[{ by: system }, 'shares.person-needed'],
	] as const)
		await expect(proposeLoss(db, proposal(changes))).rejects.toMatchObject({ code });
	expect((await readLosses(db, { by: board, at })).losses).toEqual([]);
});

test('of many proposals at the same second one stands; it is shown with who would bear what, and taken back', async () => {
	const { db } = database;
	const tries = await Promise.allSettled(Array.from({ length: 16 }, () => proposeLoss(db, proposal())));
	expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const desk = await readLosses(db, { by: board, at });
	expect(desk).toMatchObject({
		...{
			year: 2025,
			standing: { carriedCents: 150_000, legalReserveCents: 30_000, balancesCents: 333_333 },
			alarm: false,
		},
		suggested: { fromLegalReserve: 30_000, fromOtherReserves: 0, fromBalances: 120_000, carriedForward: 0 },
	});
	expect(desk.losses).toMatchObject([
		{
			...{ state: 'proposed', mine: true, baseOn: '2024-12-31', members: 2 },
			lines: [
				{ number: 1, baseCents: 33_333, amountCents: 25_000 },
				{ number: 2, baseCents: 100_000, amountCents: 75_000 },
			],
		},
	]);
	const lossId = desk.losses[0]?.id ?? '';
	await expect(enterLoss(db, { by: board, at, lossId })).rejects.toMatchObject({ code: 'shares.second-person-needed' });
	await withdrawLoss(db, { by: secondBoard, at, lossId });
	await expect(enterLoss(db, { by: secondBoard, at, lossId })).rejects.toMatchObject({ code: 'shares.loss-decided' });
});

test('entered once however many try: reserves, balances and loss go down together, nothing is owed again', async () => {
	const { db } = database;
	const before = await held('2026-06-12');
	const claims = await sum(accounts.shareClaims);
	const { lossId } = await proposeLoss(db, proposal());
	const tries = await Promise.allSettled(
		Array.from({ length: 16 }, () => enterLoss(db, { by: person(['board']), at, lossId })),
	);
	const done = tries.filter((one) => one.status === 'fulfilled');
	expect(done).toHaveLength(1);
	expect(done[0]?.value).toMatchObject({ members: 2, fromBalancesCents: 100_000 });
	expect([await sum(accounts.lossCarried), await sum(accounts.legalReserve)]).toEqual([20_000, 0]);
	const after = await held('2026-06-12');
	for (const [i, lost] of [25_000, 75_000, 0].entries()) {
		const { memberId } = people[i] ?? { memberId: '' };
		const [was, is] = [before.get(memberId), after.get(memberId)];
		expect(is).toMatchObject({ shares: was?.shares, nominalCents: was?.nominalCents });
		expect(is?.paidCents).toBe((was?.paidCents ?? 0) - lost);
	}
	expect(await held('2026-06-11')).toEqual(await held('2026-05-31'));
	expect(await sum(accounts.shareClaims)).toBe(claims);
	await claimDues(db, { by: system, at: noon('2026-06-21') });
	expect(await sum(accounts.shareClaims)).toBe(claims);
	expect((await reconcileBooks(db, { by: system, at: noon('2026-06-21') })).findings).toEqual([]);
	expect(await transact(db, system, (tx) => brokenHoldings(tx, '2199-12-31'))).toEqual([]);
	expect(await verifyLedger(db, { by: system })).toMatchObject({ broken: null });
});

test('a member sees the own part only; what profits credit later fills the loss up first', async () => {
	const { db } = database;
	const [one, two] = people;
	if (!one || !two) throw new Error('nobody');
	const file = await readHolding(db, { by: one.self, memberId: one.memberId, day: '2026-06-20' });
	expect(file.movements.at(-1)).toMatchObject({
		kind: 'loss',
		paidChangeCents: -25_000,
		basis: 'GV 2026 TOP 4 (2026-06-12)',
	});
	const seen = await transact(db, one.self, (tx) =>
		tx.execute<{ amount_cents: number }>('select amount_cents from loss_lines'),
	);
	expect(seen.map(({ amount_cents }) => Number(amount_cents))).toEqual([25_000]);
	await expect(database.db.sql`update loss_lines set amount_cents = 1`).rejects.toThrow(/permission denied/);
	const year = { startOn: '2026-01-01', endOn: '2026-12-31', firstYear: false };
	const refill = async (memberId: string) => {
		const { members } = await transact(db, system, (tx) => factsOf(tx, year, '2027-06-30'));
		return members.find((facts) => facts.memberId === memberId)?.lossToRefillCents;
	};
	expect([await refill(one.memberId), await refill(two.memberId)]).toEqual([25_000, 75_000]);
	await write(db, { by: board, at: noon('2027-06-30') }, async (tx, note) => {
		note({ action: 'ledger.post', subject: 'test' });
		const postings = [
			{ account: accounts.appropriation, cents: 10_000 },
			{ account: accounts.memberBalances, memberId: one.memberId, cents: -10_000 },
		];
		return postEntry(tx, {
			by: board,
			at,
			entry: { bookedOn: '2027-06-30', kind: 'dividend', text: 'Test', postings },
		});
	});
	expect([await refill(one.memberId), await refill(two.memberId)]).toEqual([15_000, 75_000]);
});

test("more than half of balances and reserves lost: the assembly is to be called, on the board's home, until its notice is out", async () => {
	expect(await alarms()).toEqual([]);
	await post('2026-06-18', [
		{ account: accounts.lossCarried, cents: 110_000 },
		{ account: accounts.bank, cents: -110_000 },
	]);
	expect(await alarms()).toMatchObject([{ key: 'C-22/books/2026-06-18', dueOn: '2026-06-18', state: 'overdue' }]);
	expect((await readLosses(database.db, { by: board, at })).alarm).toBe(true);
	const assembly = (called: string) => database.owner`
		insert into assemblies (title, kind, form, held_on, starts_at, recorded_at, state, notice_sent_at, notice_hash)
		values ('Versammlung', 'extraordinary', 'present', '2026-07-10', '2026-07-10T17:00Z', ${called}, 'convened', ${called}, 'x')`;
	await assembly('2026-06-17T10:00Z');
	expect(await alarms()).toHaveLength(1);
	await assembly('2026-06-19T10:00Z');
	expect(await alarms()).toEqual([]);
});
