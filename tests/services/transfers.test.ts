// Handing over: agreement of both sides, what moves, what follows, who is refused; there and back changes nothing but history.
import { beforeAll, describe, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { readRegisterEntry } from '../../api/members/service/register.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { brokenHoldings, readHolding } from '../../api/shares/service/holdings.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { acceptTransfer, declineTransfer } from '../../api/shares/service/transfers/accept.ts';
import { enterTransfer, refuseTransfer } from '../../api/shares/service/transfers/enter.ts';
import { recordAcceptance, recordTransfer } from '../../api/shares/service/transfers/paper.ts';
import { proposeTransfer, withdrawTransfer } from '../../api/shares/service/transfers/propose.ts';
import { listTransfers, readOwnTransfers } from '../../api/shares/service/transfers/read.ts';
import { addDays } from '../../api/values/calendar.ts';
import { apply, board, foundTestCooperative, join, noon } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);
const clauses = ['unconditional', 'payments', 'notice-period', 'statute-received'] as const;
let line = 0;

beforeAll(() =>
	foundTestCooperative(database.db, {
		maxShares: 20,
		firstPaymentCents: 20_000,
		instalmentCents: 10_000,
		mandatoryShares: 2,
	}),
);

async function member(shares: number, paidCents: number, familyName?: string, on = '2020-01-09') {
	const joined = await join(database.db, on, shares, familyName ? { name: { familyName, givenNames: 'Änne' } } : {});
	const payment = {
		memberNumber: joined.number,
		amountCents: paidCents,
		valueOn: addDays(on, 20),
		purpose: '',
		bankReference: `t-${++line}`,
	};
	if (paidCents > 0) await recordPayment(database.db, { by: board, at: noon(addDays(on, 20)), payment });
	return joined;
}

const file = (memberId: string, day = '2030-01-01') => readHolding(database.db, { by: auditor, memberId, day });
const three = async (memberId: string) => {
	const { shares, nominalCents, dueCents, paidCents, claimCents, upcoming } = await file(memberId, '2021-04-15');
	return { shares, nominalCents, dueCents, paidCents, claimCents, upcoming };
};
const resolution = (on: string) => ({ number: 'V 30', on });
const total = () =>
	transact(database.db, system, (tx) => balanceOf(tx, { account: accounts.memberBalances, on: '2199-12-31' }));
const fulfilled = (attempts: PromiseSettledResult<unknown>[]) =>
	attempts.filter(({ status }) => status === 'fulfilled');

describe('between members', () => {
	test('all: both agree, the board enters, balance, shares, dues and register move, the giver leaves without settlement', async () => {
		const giver = await member(4, 160_000, 'Groß-Bühler');
		const taker = await member(2, 100_000, 'Öz');
		const before = await total();
		const propose = { by: giver.self, at: noon('2021-03-01'), wish: { shares: 'all' as const } };
		await expect(
			proposeTransfer(database.db, { ...propose, acquirer: { number: taker.number, name: 'Müller' } }),
		).rejects.toMatchObject({ code: 'shares.acquirer-unknown' });
		await expect(
			proposeTransfer(database.db, { ...propose, acquirer: { number: giver.number, name: 'groß-bühler' } }),
		).rejects.toMatchObject({ code: 'shares.acquirer-self' });
		const attempts = await Promise.allSettled(
			Array.from({ length: 16 }, () =>
				proposeTransfer(database.db, { ...propose, acquirer: { number: taker.number, name: 'öz' } }),
			),
		);
		expect(fulfilled(attempts)).toHaveLength(1);
		const { transfers, terms } = await readOwnTransfers(database.db, { by: taker.self, at: noon('2021-03-02') });
		expect(transfers).toMatchObject([
			{
				mine: false,
				shares: 4,
				amountCents: 160_000,
				takesAtLeast: 4,
				from: { name: 'Änne Groß-Bühler' },
				can: { accept: true },
			},
		]);
		const transferId = transfers[0]?.id ?? '';
		const accept = {
			by: taker.self,
			at: noon('2021-03-03'),
			transferId,
			clauses,
			statuteVersion: terms.statuteVersion,
		};
		const stranger = await member(1 + 1, 0);
		await expect(acceptTransfer(database.db, { ...accept, by: stranger.self })).rejects.toMatchObject({
			code: 'shares.transfer-unknown',
		});
		await expect(acceptTransfer(database.db, { ...accept, by: giver.self })).rejects.toMatchObject({
			code: 'shares.transfer-unknown',
		});
		expect((await readOwnTransfers(database.db, { by: stranger.self, at: noon('2021-03-02') })).transfers).toEqual([]);
		await expect(acceptTransfer(database.db, { ...accept, clauses: ['payments'] })).rejects.toMatchObject({
			code: 'members.clause-missing',
		});
		await expect(acceptTransfer(database.db, { ...accept, takes: 3 })).rejects.toMatchObject({
			code: 'shares.transfer-no-room',
			rule: 'M-51',
		});
		await expect(acceptTransfer(database.db, { ...accept, takes: 19 })).rejects.toMatchObject({
			code: 'shares.limit-exceeded',
		});
		await acceptTransfer(database.db, accept);
		const enter = { by: board, transferId, resolution: resolution('2021-03-10') };
		await expect(
			enterTransfer(database.db, { ...enter, at: noon('2021-03-10'), effectiveOn: '2021-03-11' }),
		).rejects.toMatchObject({ code: 'shares.transfer-day-wrong' });
		await expect(
			enterTransfer(database.db, { ...enter, at: noon('2021-03-10'), effectiveOn: '2021-03-02' }),
		).rejects.toMatchObject({ code: 'shares.transfer-day-wrong' });
		const entering = await Promise.allSettled(
			Array.from({ length: 16 }, () =>
				enterTransfer(database.db, { ...enter, at: noon('2021-03-10'), effectiveOn: '2021-03-10' }),
			),
		);
		expect(fulfilled(entering)).toHaveLength(1);
		for (const a of entering)
			if (a.status === 'rejected') expect(['shares.transfer-state', 'shares.not-a-member']).toContain(a.reason.code);
		expect(await file(giver.memberId)).toMatchObject({
			shares: 0,
			nominalCents: 0,
			paidCents: 0,
			dueCents: 0,
			claimCents: 0,
		});
		expect(await file(taker.memberId)).toMatchObject({
			shares: 6,
			nominalCents: 300_000,
			paidCents: 260_000,
			dueCents: 300_000,
			claimCents: 40_000,
		});
		expect(await total()).toBe(before);
		const register = await readRegisterEntry(database.db, {
			by: auditor,
			memberId: giver.memberId,
			day: '2021-03-10',
			knownAt: noon('2021-03-11'),
		});
		expect(register.entry).toMatchObject({ leftOn: '2021-03-10', furtherShares: 0 });
		const none = await database.owner`select 1 from settlements where member_id = ${giver.memberId}`;
		expect(none).toHaveLength(0);
		expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
	});

	test('a part there and back changes nothing but history, also with part-paid shares and dues to come', async () => {
		const a = await member(7, 300_000, undefined, '2021-03-09');
		const b = await member(3, 150_000);
		const before = [await three(a.memberId), await three(b.memberId)];
		const hand = async (from: typeof a, to: typeof a, on: string) => {
			const { transferId } = await recordTransfer(database.db, {
				...{ by: board, at: noon(on), fromMemberId: from.memberId, acquirer: { memberId: to.memberId } },
				...{ wish: { shares: 3, amountCents: 100_001 }, takes: 3 },
			});
			await enterTransfer(database.db, {
				by: board,
				at: noon(on),
				transferId,
				resolution: resolution(on),
				effectiveOn: on,
			});
		};
		await hand(a, b, '2021-04-01');
		expect(await file(a.memberId)).toMatchObject({ shares: 4, nominalCents: 200_000, paidCents: 199_999 });
		expect(await file(b.memberId)).toMatchObject({ shares: 6, nominalCents: 300_000, paidCents: 250_001 });
		await hand(b, a, '2021-04-02');
		expect([await three(a.memberId), await three(b.memberId)]).toEqual(before);
		expect((await file(a.memberId)).movements.filter(({ kind }) => kind.startsWith('transfer'))).toHaveLength(4);
	});

	test('what cannot be is refused and leaves nothing: mandatory shares, amounts, an exit under way, a later movement', async () => {
		const a = await member(5, 250_000);
		const b = await member(2, 50_000);
		const record = { by: board, at: noon('2021-04-01'), fromMemberId: a.memberId, acquirer: { memberId: b.memberId } };
		const refused = (wish: { shares: number; amountCents?: number }, takes?: number) =>
			recordTransfer(database.db, { ...record, wish, ...(takes === undefined ? {} : { takes }) });
		await expect(refused({ shares: 4 })).rejects.toMatchObject({ code: 'shares.below-mandatory', values: { min: 2 } });
		await expect(refused({ shares: 6 })).rejects.toMatchObject({ code: 'shares.count-wrong' });
		await expect(refused({ shares: 2, amountCents: 99_999 })).rejects.toMatchObject({
			code: 'shares.transfer-amount-wrong',
		});
		await expect(refused({ shares: 1, amountCents: 50_000 }, 3)).resolves.toBeDefined();
		const [open] = await listTransfers(database.db, { by: board, states: ['accepted'] });
		await expect(
			recordExit(database.db, {
				by: board,
				at: noon('2021-04-02'),
				memberId: a.memberId,
				basis: 'Brief',
				wish: { cause: 'notice', receivedOn: '2021-04-02' },
			}),
		).rejects.toMatchObject({ code: 'shares.transfer-open' });
		await refuseTransfer(database.db, {
			by: board,
			at: noon('2021-04-03'),
			transferId: open?.id ?? '',
			resolution: resolution('2021-04-03'),
		});
		await recordExit(database.db, {
			by: board,
			at: noon('2021-04-04'),
			memberId: a.memberId,
			basis: 'Brief',
			wish: { cause: 'notice', receivedOn: '2021-04-04' },
		});
		await expect(refused({ shares: 1 })).rejects.toMatchObject({ code: 'shares.exit-open' });
		// The room of the shares held is enough: nothing new is taken, so a free transfer cannot be refused.
		const c = await member(2, 0);
		const d = await member(4, 200_000);
		const free = await recordTransfer(database.db, {
			...record,
			fromMemberId: d.memberId,
			acquirer: { memberId: c.memberId },
			wish: { shares: 2 },
		});
		await expect(
			refuseTransfer(database.db, {
				by: board,
				at: noon('2021-04-05'),
				transferId: free.transferId,
				resolution: resolution('2021-04-05'),
			}),
		).rejects.toMatchObject({ code: 'shares.transfer-is-free', rule: 'M-52' });
		await recordPayment(database.db, {
			by: board,
			at: noon('2021-05-03'),
			payment: {
				memberNumber: c.number,
				amountCents: 100,
				valueOn: '2021-05-03',
				purpose: '',
				bankReference: `t-${++line}`,
			},
		});
		await expect(
			enterTransfer(database.db, {
				by: board,
				at: noon('2021-05-04'),
				transferId: free.transferId,
				resolution: resolution('2021-05-04'),
				effectiveOn: '2021-05-01',
			}),
		).rejects.toMatchObject({ code: 'shares.later-movements' });
		await expect(
			enterTransfer(database.db, {
				by: board,
				at: noon('2021-05-04'),
				transferId: free.transferId,
				resolution: resolution('2021-05-04'),
				effectiveOn: '2021-05-04',
			}),
		).rejects.toMatchObject({ code: 'shares.transfer-no-room' });
		expect((await file(d.memberId)).shares).toBe(4);
	});

	test('the acquirer declines, the giver withdraws', async () => {
		const a = await member(3, 150_000);
		const b = await member(2, 100_000, 'Nehmer');
		const propose = {
			by: a.self,
			at: noon('2021-04-01'),
			wish: { shares: 1 },
			acquirer: { number: b.number, name: 'Nehmer' },
		};
		const first = await proposeTransfer(database.db, propose);
		await expect(
			declineTransfer(database.db, { by: a.self, at: noon('2021-04-02'), transferId: first.transferId }),
		).rejects.toMatchObject({ code: 'shares.transfer-unknown' });
		await declineTransfer(database.db, { by: b.self, at: noon('2021-04-02'), transferId: first.transferId });
		const second = await proposeTransfer(database.db, propose);
		await expect(
			withdrawTransfer(database.db, { by: b.self, at: noon('2021-04-02'), transferId: second.transferId }),
		).rejects.toMatchObject({ code: 'shares.transfer-unknown' });
		await withdrawTransfer(database.db, { by: a.self, at: noon('2021-04-03'), transferId: second.transferId });
		expect((await file(a.memberId)).shares).toBe(3);
	});
});

test('to somebody who joins: waits for the admission, then the balance fills the new shares', async () => {
	const giver = await member(4, 200_000);
	const email = 'neu@auental.example';
	const applicationId = await apply(database.db, '2021-05-03', 4, { email });
	const { transferId, state } = await recordTransfer(database.db, {
		...{
			by: board,
			at: noon('2021-05-04'),
			fromMemberId: giver.memberId,
			acquirer: { applicationId },
			wish: { shares: 'all' },
		},
	});
	expect(state).toBe('proposed');
	await expect(recordAcceptance(database.db, { by: board, at: noon('2021-05-05'), transferId })).rejects.toMatchObject({
		code: 'shares.acquirer-not-admitted',
	});
	const joined = await join(database.db, '2021-05-06', 4, { email: 'Neu@auental.example' });
	// As the new member in the portal.
	const { terms, transfers } = await readOwnTransfers(database.db, { by: joined.self, at: noon('2021-05-07') });
	expect(transfers).toMatchObject([{ id: transferId, mine: false, takesAtLeast: 0 }]);
	await acceptTransfer(database.db, {
		by: joined.self,
		at: noon('2021-05-07'),
		transferId,
		takes: 0,
		clauses: [],
		statuteVersion: terms.statuteVersion,
	});
	await enterTransfer(database.db, {
		by: board,
		at: noon('2021-05-10'),
		transferId,
		resolution: resolution('2021-05-10'),
		effectiveOn: '2021-05-10',
	});
	expect(await file(joined.memberId)).toMatchObject({
		shares: 4,
		nominalCents: 200_000,
		paidCents: 200_000,
		claimCents: 0,
	});
	expect(await file(giver.memberId)).toMatchObject({ shares: 0, paidCents: 0 });
});
