// Leaving: the exact day, notices that race, deaths, exclusions; what happens on the day; settlements to the payment file.
import { beforeAll, describe, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { readRegisterEntry } from '../../api/members/service/register.ts';
import { listOwnSettlements, paySettlements, readSettlementDesk } from '../../api/payments/service/settlements.ts';
import { markPayoutExecuted, releasePayoutFile, voidPayoutFile } from '../../api/payments/service/release.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { brokenHoldings, readHolding } from '../../api/shares/service/holdings.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { previewExit } from '../../api/shares/service/exits/facts.ts';
import { giveNotice, recordExit } from '../../api/shares/service/exits/give.ts';
import { listExits, listOwnExits, readExit, rightsSuspendedOn } from '../../api/shares/service/exits/read.ts';
import {
	askWithdrawal,
	declineWithdrawal,
	voidExitsByDissolution,
	withdrawExit,
} from '../../api/shares/service/exits/withdraw.ts';
import { determineSettlements } from '../../api/shares/service/settlements/determine.ts';
import { proposeTransfer } from '../../api/shares/service/transfers/propose.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);
let line = 0;

beforeAll(async () => {
	await foundTestCooperative(database.db, {
		...{
			noticeMonths: 6,
			mandatoryShares: 2,
			maxShares: 50,
			exclusionReasons: ['Genossenschaftsschädigendes Verhalten'],
		},
		...{ payoutMonths: 6, minimumCapital: null },
	});
});

async function paidUp(on: string, shares = 4): Promise<Awaited<ReturnType<typeof join>>> {
	const joined = await join(database.db, on, shares);
	await pay(joined.number, shares * 50_000, on);
	return joined;
}

const pay = (memberNumber: number, amountCents: number, valueOn: string) =>
	recordPayment(database.db, {
		...{ by: board, at: noon(valueOn) },
		payment: { memberNumber, amountCents, valueOn, purpose: '', bankReference: `exits-${++line}` },
	});

const balance = (memberId: string, account: string, on = '2199-12-31') =>
	transact(database.db, system, (tx) => balanceOf(tx, { account, memberId, on }));
const file = (memberId: string, day: string) => readHolding(database.db, { by: auditor, memberId, day });
const entry = (memberId: string, day: string, known: string) =>
	readRegisterEntry(database.db, { by: auditor, memberId, day, knownAt: noon(known) });
const resolution = (on: string) => ({ number: 'V 12', on });
const fulfilled = (attempts: PromiseSettledResult<unknown>[]) =>
	attempts.filter(({ status }) => status === 'fulfilled');

describe('a notice', () => {
	test('is shown with its exact day and every step before it is given, by the statute of the day', async () => {
		const { self } = await paidUp('2020-01-09');
		const wish = { cause: 'notice' as const, receivedOn: '2021-07-01' };
		const preview = await previewExit(database.db, { by: self, at: noon('2021-07-01'), wish });
		expect(preview).toMatchObject({
			...{ effectiveOn: '2022-12-31', lastDayForThat: '2022-06-30', leavingCents: 200_000, payoutDueOn: '2023-06-30' },
			steps: [
				{ code: 'received', values: { receivedOn: '2021-07-01' } },
				{ code: 'period', law: '§ 65(2) GenG', values: { months: 6 } },
				{ code: 'too-late-for', values: { end: '2021-12-31', lastDay: '2021-06-30' } },
				{ code: 'in-time-for', values: { end: '2022-12-31', lastDay: '2022-06-30' } },
			],
		});
		await expect(
			previewExit(database.db, { by: self, at: noon('2021-07-01'), wish: { ...wish, receivedOn: '2021-07-02' } }),
		).rejects.toMatchObject({ code: 'shares.exit-day-in-future' });
		await expect(
			previewExit(database.db, { by: self, at: noon('2021-07-01'), wish: { ...wish, receivedOn: '2021-02-30' } }),
		).rejects.toMatchObject({ code: 'shares.exit-day-wrong' });
	});

	test('is in the register at once and refused a second time; of many at the same second one counts', async () => {
		const { self, memberId } = await paidUp('2020-01-09');
		const notice = { by: self, at: noon('2021-06-30'), cause: 'notice' as const, expectedOn: '2021-12-31' };
		await expect(giveNotice(database.db, { ...notice, expectedOn: '2022-12-31' })).rejects.toMatchObject({
			code: 'shares.exit-day-changed',
			values: { effectiveOn: '2021-12-31' },
		});
		const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => giveNotice(database.db, notice)));
		expect(fulfilled(attempts)).toHaveLength(1);
		for (const a of attempts)
			if (a.status === 'rejected')
				expect(a.reason).toMatchObject({ code: 'shares.exit-open', values: { until: '2021-12-31' } });
		expect((await entry(memberId, '2021-12-31', '2021-07-01')).entry).toMatchObject({
			leftOn: '2021-12-31',
			furtherShares: 0,
		});
		expect((await entry(memberId, '2021-12-30', '2021-07-01')).entry).toMatchObject({ leftOn: null, furtherShares: 3 });
		expect((await entry(memberId, '2021-12-31', '2021-06-29')).entry).toMatchObject({ leftOn: null });
		const mails = await database.owner`select count(*)::int as n from notices where template = 'exit-entered'`;
		expect(mails[0]?.n).toBeGreaterThan(0);
		expect(await listOwnExits(database.db, { by: self, at: noon('2021-07-01') })).toMatchObject([
			{ state: 'given', can: { ask: true } },
		]);
		const stranger = person(['member'], { memberId: (await paidUp('2020-01-09')).memberId });
		expect(await listOwnExits(database.db, { by: stranger, at: noon('2021-07-01') })).toEqual([]);
		const [own] = await listOwnExits(database.db, { by: self, at: noon('2021-07-01') });
		await expect(
			readExit(database.db, { by: stranger, at: noon('2021-07-01'), exitId: own?.id ?? '' }),
		).rejects.toMatchObject({ code: 'shares.exit-unknown' });
		await expect(
			askWithdrawal(database.db, { by: stranger, at: noon('2021-07-01'), exitId: own?.id ?? '' }),
		).rejects.toMatchObject({ code: 'shares.exit-unknown' });
	});

	test('takes effect when its day has passed: shares, dues and claims end, the balance leaves, a payment of the last days counts', async () => {
		const { self, memberId, number } = await join(database.db, '2020-02-06', 4);
		await pay(number, 120_000, '2020-03-01');
		await giveNotice(database.db, { by: self, at: noon('2021-03-01'), cause: 'notice', expectedOn: '2021-12-31' });
		// Under notice payments still go onto the shares.
		await pay(number, 30_000, '2021-11-30');
		expect(await file(memberId, '2021-12-01')).toMatchObject({ shares: 4, paidCents: 150_000, overpaidCents: 0 });
		await effectExits(database.db, { by: system, at: noon('2021-12-31', 23) });
		expect((await file(memberId, '2021-12-31')).shares).toBe(4);
		const effects = await Promise.all(
			Array.from({ length: 16 }, () => effectExits(database.db, { by: system, at: noon('2022-01-01', 1) })),
		);
		expect(effects.filter(({ exits }) => exits > 0).length).toBeGreaterThan(0);
		expect(await file(memberId, '2021-12-30')).toMatchObject({ shares: 4, paidCents: 150_000 });
		expect(await file(memberId, '2021-12-31')).toMatchObject({
			shares: 0,
			nominalCents: 0,
			paidCents: 0,
			dueCents: 0,
			claimCents: 0,
			upcoming: [],
		});
		expect(await balance(memberId, accounts.leavingBalances)).toBe(-150_000);
		expect(await balance(memberId, accounts.shareClaims)).toBe(0);
		expect(
			(await file(memberId, '2022-06-01')).movements
				.slice(-2)
				.map(({ kind, sharesChange, paidChangeCents }) => [kind, sharesChange, paidChangeCents]),
		).toEqual([
			['exit', -4, 0],
			['exit', 0, -150_000],
		]);
		// Money that comes later is owed back.
		expect(await pay(number, 5_000, '2022-01-03')).toMatchObject({ creditedCents: 0, overpaidCents: 5_000 });
		expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
	});

	test('of some further shares leaves the others, never below the mandatory number', async () => {
		const { self, memberId } = await paidUp('2020-01-09', 5);
		const partial = { by: self, at: noon('2021-05-03'), cause: 'partial' as const, expectedOn: '2021-12-31' };
		await expect(giveNotice(database.db, { ...partial, shares: 4 })).rejects.toMatchObject({
			code: 'shares.partial-too-many',
			values: { most: 3, min: 2 },
		});
		await expect(giveNotice(database.db, { ...partial, shares: 0 })).rejects.toMatchObject({
			code: 'shares.count-wrong',
		});
		await giveNotice(database.db, { ...partial, shares: 3 });
		await expect(giveNotice(database.db, { ...partial, shares: 1 })).rejects.toMatchObject({
			code: 'shares.exit-open',
		});
		await effectExits(database.db, { by: system, at: noon('2022-01-02') });
		expect(await file(memberId, '2021-12-31')).toMatchObject({
			shares: 2,
			nominalCents: 100_000,
			paidCents: 100_000,
			dueCents: 100_000,
		});
		expect(await balance(memberId, accounts.leavingBalances)).toBe(-150_000);
		expect((await entry(memberId, '2021-12-31', '2022-01-02')).entry).toMatchObject({ leftOn: null, furtherShares: 1 });
	});

	test('can be taken back with consent before its end, not after; the board may decline', async () => {
		const { self, memberId } = await paidUp('2020-01-09');
		const { exitId } = await giveNotice(database.db, {
			by: self,
			at: noon('2021-05-03'),
			cause: 'notice',
			expectedOn: '2021-12-31',
		});
		await askWithdrawal(database.db, { by: self, at: noon('2021-05-10'), exitId });
		await expect(askWithdrawal(database.db, { by: self, at: noon('2021-05-10'), exitId })).rejects.toMatchObject({
			code: 'shares.withdrawal-asked',
		});
		await declineWithdrawal(database.db, {
			by: board,
			at: noon('2021-05-11'),
			exitId,
			resolution: resolution('2021-05-11'),
		});
		await askWithdrawal(database.db, { by: self, at: noon('2021-05-12'), exitId });
		await expect(
			withdrawExit(database.db, { by: board, at: noon('2022-01-01'), exitId, resolution: resolution('2021-12-30') }),
		).rejects.toMatchObject({ code: 'shares.exit-over' });
		const attempts = await Promise.allSettled(
			Array.from({ length: 8 }, () =>
				withdrawExit(database.db, { by: board, at: noon('2021-05-20'), exitId, resolution: resolution('2021-05-20') }),
			),
		);
		expect(fulfilled(attempts)).toHaveLength(1);
		expect((await entry(memberId, '2021-12-31', '2021-05-21')).entry).toMatchObject({ leftOn: null, furtherShares: 3 });
		expect((await entry(memberId, '2021-12-31', '2021-05-19')).entry).toMatchObject({ leftOn: '2021-12-31' });
		await effectExits(database.db, { by: system, at: noon('2022-01-02') });
		expect((await file(memberId, '2022-01-02')).shares).toBe(4);
	});

	test('and a transfer at the same second: one wins, the other is told', async () => {
		for (let i = 0; i < 4; i++) {
			const giver = await paidUp('2020-01-09');
			const attempts = await Promise.allSettled([
				giveNotice(database.db, { by: giver.self, at: noon('2021-05-03'), cause: 'notice', expectedOn: '2021-12-31' }),
				proposeTransfer(database.db, {
					by: giver.self,
					at: noon('2021-05-03'),
					wish: { shares: 'all' },
					acquirer: { email: `new${i}@auental.example` },
				}),
			]);
			expect(fulfilled(attempts)).toHaveLength(1);
			for (const a of attempts)
				if (a.status === 'rejected') expect(['shares.exit-open', 'shares.transfer-open']).toContain(a.reason.code);
		}
	});
});

describe('other ends', () => {
	test('death: to the end of its year, at once if that is past, also for somebody under notice; heirs need a representative', async () => {
		const { self, memberId } = await paidUp('2020-01-09');
		await giveNotice(database.db, { by: self, at: noon('2021-08-02'), cause: 'notice', expectedOn: '2022-12-31' });
		const heir = (name: string, representative: boolean) => ({
			name,
			email: `${name}@auental.example`,
			address: null,
			representative,
		});
		const death = {
			by: board,
			at: noon('2022-02-03'),
			memberId,
			basis: 'Sterbeurkunde 17/2021',
			wish: { cause: 'death' as const, receivedOn: '2021-11-20' },
		};
		await expect(
			recordExit(database.db, { ...death, heirs: [heir('a', false), heir('b', false)] }),
		).rejects.toMatchObject({ code: 'shares.representative-needed' });
		const given = await recordExit(database.db, { ...death, heirs: [heir('a', true), heir('b', false)] });
		expect(given).toMatchObject({ effectiveOn: '2021-12-31', state: 'effective' });
		expect(await file(memberId, '2021-12-31')).toMatchObject({ shares: 0, paidCents: 0 });
		expect((await entry(memberId, '2022-12-31', '2022-02-03')).entry).toMatchObject({
			leftOn: '2021-12-31',
			furtherShares: 0,
		});
		expect(await listExits(database.db, { by: board, at: noon('2022-02-04'), states: ['superseded'] })).toMatchObject([
			{ memberId },
		]);
	});

	test('death in the year the notice ends takes its place; entered by mistake it is taken back, whatever transfer waits', async () => {
		const { self, memberId } = await paidUp('2020-01-09');
		await giveNotice(database.db, {
			...{ by: self, at: noon('2021-03-01'), cause: 'notice', expectedOn: '2021-12-31' },
		});
		const wish = { cause: 'death' as const, receivedOn: '2021-07-01' };
		const death = { by: board, at: noon('2021-07-09'), memberId, basis: 'Sterbeurkunde 3', wish };
		const { exitId } = await recordExit(database.db, death);
		await expect(askWithdrawal(database.db, { by: self, at: noon('2021-07-09'), exitId })).rejects.toMatchObject({
			code: 'shares.exit-not-withdrawable',
		});
		const take = { by: board, at: noon('2021-07-10'), resolution: resolution('2021-07-10') };
		expect(await withdrawExit(database.db, { ...take, exitId })).toMatchObject({ restored: 1 });
		const [notice] = await listExits(database.db, { by: board, at: noon('2021-07-10'), states: ['given'] });
		expect(notice).toMatchObject({ memberId, cause: 'notice', effectiveOn: '2021-12-31' });
		await withdrawExit(database.db, { ...take, exitId: notice?.id ?? '' });
		await proposeTransfer(database.db, {
			...{ by: self, at: noon('2021-07-11'), wish: { shares: 'all' }, acquirer: { email: 'erbin@auental.example' } },
		});
		await recordExit(database.db, { ...death, at: noon('2021-07-12') });
		expect((await entry(memberId, '2021-12-31', '2021-07-12')).entry).toMatchObject({ leftOn: '2021-12-31' });
	});

	test('exclusion: a reason of the statute, the letter takes the rights, year end is the exit', async () => {
		const { memberId } = await paidUp('2020-01-09');
		const wish = {
			cause: 'exclusion' as const,
			receivedOn: '2021-05-10',
			letterSentOn: '2021-05-12',
			reason: 'Unpünktlichkeit',
		};
		const exclude = { by: board, at: noon('2021-05-13'), memberId, basis: 'V 21 (2021-05-10)', wish };
		await expect(recordExit(database.db, exclude)).rejects.toMatchObject({
			code: 'shares.exclusion-reason-unknown',
			rule: 'M-46',
		});
		const reason = 'Genossenschaftsschädigendes Verhalten';
		await expect(
			recordExit(database.db, { ...exclude, wish: { ...wish, reason, letterSentOn: '2021-05-09' } }),
		).rejects.toMatchObject({ code: 'shares.letter-before-decision' });
		const { effectiveOn } = await recordExit(database.db, { ...exclude, wish: { ...wish, reason } });
		expect(effectiveOn).toBe('2021-12-31');
		const suspended = (day: string) => transact(database.db, board, (tx) => rightsSuspendedOn(tx, day));
		expect((await suspended('2021-05-11')).has(memberId)).toBe(false);
		expect((await suspended('2021-05-12')).has(memberId)).toBe(true);
	});

	test('dissolution of the cooperative within six months makes exits void, as if they had never been', async () => {
		const { self, memberId } = await paidUp('2020-01-09');
		await giveNotice(database.db, { by: self, at: noon('2023-05-03'), cause: 'notice', expectedOn: '2023-12-31' });
		await effectExits(database.db, { by: system, at: noon('2024-01-02') });
		await determineSettlements(database.db, {
			by: board,
			at: noon('2024-05-02'),
			exitOn: '2023-12-31',
			lossCents: 0,
			basis: 'Bilanz 2023',
		});
		const end = { by: board, at: noon('2024-07-10'), resolution: resolution('2024-07-10') };
		expect(await voidExitsByDissolution(database.db, { ...end, dissolvedOn: '2024-07-01' })).toEqual({ exits: 0 });
		const made = await voidExitsByDissolution(database.db, { ...end, dissolvedOn: '2024-06-30' });
		expect(made.exits).toBe(1);
		expect(await file(memberId, '2024-01-15')).toMatchObject({
			shares: 4,
			paidCents: 200_000,
			dueCents: 200_000,
			claimCents: 0,
		});
		expect((await entry(memberId, '2024-01-15', '2024-07-11')).entry).toMatchObject({ leftOn: null, furtherShares: 3 });
		for (const account of [accounts.leavingBalances, accounts.settlements])
			expect(await balance(memberId, account)).toBe(0);
	});
});

describe('settlements', () => {
	test('loss shares, the statute’s order, four eyes, the file, and what a voided file gives back', async () => {
		const leaving = [await paidUp('2024-08-01'), await paidUp('2024-08-01', 8)];
		for (const { self } of leaving)
			await giveNotice(database.db, { by: self, at: noon('2025-02-03'), cause: 'notice', expectedOn: '2025-12-31' });
		const early = await readSettlementDesk(database.db, { by: auditor, at: noon('2025-03-01') });
		expect(early.forecast[0]).toMatchObject({ year: '2025' });
		expect(early.forecast[1]).toMatchObject({ year: '2026', exits: 0 });
		expect(early.forecast[1]?.dueCents).toBe(600_000);
		await effectExits(database.db, { by: system, at: noon('2026-01-02') });
		await expect(
			determineSettlements(database.db, {
				by: board,
				at: noon('2026-05-04'),
				exitOn: '2025-12-30',
				lossCents: 0,
				basis: 'Bilanz',
			}),
		).rejects.toMatchObject({ code: 'shares.nothing-to-determine' });
		const rest = -(await transact(database.db, system, (tx) =>
			balanceOf(tx, { account: accounts.memberBalances, on: '2025-12-31' }),
		));
		const determine = {
			by: board,
			at: noon('2026-05-04'),
			exitOn: '2025-12-31',
			lossCents: (rest + 600_000) / 100,
			basis: 'Bilanz 2025, Versammlung 2026-05-03',
		};
		const attempts = await Promise.allSettled(
			Array.from({ length: 8 }, () => determineSettlements(database.db, determine)),
		);
		expect(fulfilled(attempts)).toHaveLength(1);
		const [small, large] = leaving;
		expect(await balance(small?.memberId ?? '', accounts.settlements)).toBe(-198_000);
		expect(await balance(large?.memberId ?? '', accounts.leavingBalances)).toBe(0);
		const desk = await readSettlementDesk(database.db, { by: auditor, at: noon('2026-05-05') });
		const open = desk.settlements.filter(({ exitOn }) => exitOn === '2025-12-31');
		expect(open.map(({ payableCents, state }) => [payableCents, state])).toEqual([
			[198_000, 'payable'],
			[396_000, 'payable'],
		]);
		const order = {
			by: board,
			at: noon('2026-05-06'),
			keys: testKeys,
			executionOn: '2026-05-08',
			settlementIds: open.map(({ id }) => id),
		};
		const files = await Promise.allSettled(Array.from({ length: 8 }, () => paySettlements(database.db, order)));
		expect(fulfilled(files)).toHaveLength(1);
		for (const f of files)
			if (f.status === 'rejected') expect(f.reason).toMatchObject({ code: 'payments.settlement-not-payable' });
		const fileId = files.flatMap((f) => (f.status === 'fulfilled' ? [f.value.fileId] : []))[0] ?? '';
		await voidPayoutFile(database.db, { by: board, at: noon('2026-05-06'), fileId, reason: 'falscher Tag' });
		const again = await paySettlements(database.db, order);
		expect(again.sumCents).toBe(594_000);
		await releasePayoutFile(database.db, {
			by: secondBoard,
			at: noon('2026-05-07'),
			fileId: again.fileId,
			sha256: again.sha256,
		});
		await markPayoutExecuted(database.db, {
			by: board,
			at: noon('2026-05-08'),
			fileId: again.fileId,
			executedOn: '2026-05-08',
		});
		expect(await balance(small?.memberId ?? '', accounts.settlements)).toBe(0);
		expect(await listOwnSettlements(database.db, { by: small?.self ?? auditor })).toMatchObject([
			{ state: 'settled', paidCents: 198_000, lossShareCents: 2_000 },
		]);
		const { broken, control } = await verifyLedger(database.db, { by: system });
		expect(broken).toBeNull();
		for (const { balanceCents, membersCents } of control) expect(balanceCents).toBe(membersCents);
	});
});
