// Whatever members do with their shares, in whatever order: no cent of capital is made or lost, and the register is what the shares say.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { readRegisterEntry } from '../../api/members/service/register.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { listExitsOfMember } from '../../api/shares/service/exits/read.ts';
import { withdrawExit } from '../../api/shares/service/exits/withdraw.ts';
import { brokenHoldings, readHolding } from '../../api/shares/service/holdings.ts';
import { determineSettlements } from '../../api/shares/service/settlements/determine.ts';
import { enterTransfer } from '../../api/shares/service/transfers/enter.ts';
import { recordTransfer } from '../../api/shares/service/transfers/paper.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { board, foundTestCooperative, join, noon } from '../cooperative.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
let paidCents = 0;
let line = 0;

beforeAll(() =>
	foundTestCooperative(database.db, {
		noticeMonths: 3,
		maxShares: 60,
		firstPaymentCents: 20_000,
		instalmentCents: 15_000,
	}),
);

async function pay(memberNumber: number, amountCents: number, valueOn: Day): Promise<void> {
	const payment = { memberNumber, amountCents, valueOn, purpose: '', bankReference: `c-${++line}` };
	const { overpaidCents } = await recordPayment(database.db, { by: board, at: noon(valueOn), payment });
	paidCents += amountCents - overpaidCents;
}

/** Balances of members, of those who leave, and what is owed to those who left. */
async function capital(on: Day): Promise<number> {
	let cents = 0;
	for (const account of [accounts.memberBalances, accounts.leavingBalances, accounts.settlements])
		cents -= await transact(database.db, system, (tx) => balanceOf(tx, { account, on }));
	return cents;
}

const act = fc.record({
	what: fc.constantFrom('transfer', 'transfer', 'part', 'whole', 'withdraw', 'pay', 'further', 'year', 'determine'),
	who: fc.nat(4),
	whom: fc.nat(4),
	shares: fc.integer({ min: 1, max: 8 }),
	amount: fc.integer({ min: 1, max: 400_000 }),
});

test('capital is conserved by any sequence of movements, and the register agrees with the shares', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 30 }), async (acts) => {
			const { db } = database;
			const people: Awaited<ReturnType<typeof join>>[] = [];
			for (let i = 0; i < 5; i++) {
				const joined = await join(db, '2020-01-09', 10);
				await pay(joined.number, 350_000 + i * 37_501, '2020-02-03');
				people.push(joined);
			}
			let today: Day = '2020-03-02';
			for (const { what, who, whom, shares, amount } of acts) {
				today = what === 'year' ? `${Number(today.slice(0, 4)) + 1}-01-03` : addDays(today, 3);
				const by = { by: board, at: noon(today) };
				const resolution = { number: 'V 9', on: today };
				const [one, other] = [people[who], people[whom]];
				if (!one || !other) continue;
				const { memberId, number } = one;
				const basis = `Brief ${today}`;
				try {
					if (what === 'transfer') {
						const wish = { shares: shares === 8 ? ('all' as const) : shares };
						const to = { fromMemberId: memberId, acquirer: { memberId: other.memberId }, wish };
						const { transferId } = await recordTransfer(db, { ...by, ...to });
						await enterTransfer(db, { ...by, transferId, resolution, effectiveOn: today });
					}
					if (what === 'part')
						await recordExit(db, { ...by, memberId, basis, wish: { cause: 'partial', receivedOn: today, shares } });
					if (what === 'whole')
						await recordExit(db, { ...by, memberId, basis, wish: { cause: 'notice', receivedOn: today } });
					if (what === 'withdraw') {
						const open = (await listExitsOfMember(db, { ...by, memberId })).find(({ can }) => can.withdraw);
						if (open) await withdrawExit(db, { ...by, exitId: open.id, resolution });
					}
					if (what === 'pay') await pay(number, amount, today);
					if (what === 'further') await takeFurtherShares(db, { ...by, memberId, count: shares, resolution });
					if (what === 'year') await effectExits(db, by);
					if (what === 'determine')
						await determineSettlements(db, {
							...by,
							exitOn: `${Number(today.slice(0, 4)) - 1}-12-31`,
							lossCents: 0,
							basis,
						});
				} catch (refusal) {
					if (!(refusal instanceof Refusal)) throw refusal;
				}
				expect(await capital('2199-12-31')).toBe(paidCents);
			}
			expect(await transact(db, system, (tx) => brokenHoldings(tx, today))).toEqual([]);
			for (const { memberId } of people) {
				const held = await readHolding(db, { by: board, memberId, day: today });
				const { entry } = await readRegisterEntry(db, { by: board, memberId, day: today, knownAt: noon(today) });
				expect([entry?.furtherShares, held.shares >= 0]).toEqual([Math.max(0, held.shares - 1), true]);
				expect(held.shares === 0).toBe(entry?.leftOn != null && entry.leftOn <= today);
				expect(held.paidCents <= held.nominalCents && held.dueCents >= 0 && held.dueCents <= held.nominalCents).toBe(
					true,
				);
			}
		}),
		{ numRuns: 4 },
	);
}, 120_000);
