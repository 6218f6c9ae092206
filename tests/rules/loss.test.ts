// Losses: who bears how much, what a resolution may take from where, what later profits fill up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bearLoss, checkLossUse, coverLoss, lossToRefill, writeDown } from '../../api/shares/rules/loss.ts';

const total = (cents: readonly number[]) => cents.reduce((sum, one) => sum + one, 0);

describe('what members bear (P-10)', () => {
	test.each<[string, number, [base: number, balance: number][], number[]]>([
		[
			'pro rata of the earlier balances',
			10_000,
			[
				[33_333, 33_333],
				[33_333, 33_333],
				[33_334, 33_334],
				[200_000, 200_000],
			],
			[1_111, 1_111, 1_111, 6_667],
		],
		[
			'nobody more than the balance is now',
			1_000,
			[
				[50_000, 100],
				[50_000, 50_000],
			],
			[100, 900],
		],
		[
			'who joined since bears nothing',
			1_000,
			[
				[0, 50_000],
				[50_000, 50_000],
			],
			[0, 1_000],
		],
		[
			'who gave the balance away bears nothing',
			999,
			[
				[50_000, 0],
				[50_000, 50_000],
				[25_000, 25_000],
			],
			[0, 666, 333],
		],
		['no loss', 0, [[50_000, 50_000]], [0]],
	])('%s', (_what, lossCents, members, parts) => {
		expect(
			bearLoss(
				lossCents,
				members.map(([baseCents, balanceCents]) => ({ baseCents, balanceCents })),
			),
		).toEqual(parts);
	});

	const cents = fc.integer({ min: 0, max: 5_000_000 });
	const members = fc.array(fc.record({ baseCents: cents, balanceCents: cents }), { maxLength: 30 });

	test('no cent is lost, nobody bears more than there is, or it is refused', () => {
		fc.assert(
			fc.property(members, cents, (all, lossCents) => {
				const most = total(all.map(({ baseCents, balanceCents }) => (baseCents > 0 ? balanceCents : 0)));
				if (lossCents > most) {
					expect(() => bearLoss(lossCents, all)).toThrow('shares.loss-over-balances');
					return;
				}
				const parts = bearLoss(lossCents, all);
				expect(total(parts)).toBe(lossCents);
				for (const [i, part] of parts.entries()) {
					expect(part).toBeGreaterThanOrEqual(0);
					expect(part).toBeLessThanOrEqual(all[i]?.balanceCents ?? 0);
				}
			}),
		);
	});

	test('where nobody is at the end of the balance it is the plain write-down', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 30 }),
				cents,
				(all, loss) => {
					const lossCents = Math.min(loss, total(all));
					const parts = bearLoss(
						lossCents,
						all.map((baseCents) => ({ baseCents, balanceCents: baseCents })),
					);
					expect(parts).toEqual(writeDown(lossCents, all));
				},
			),
		);
	});
});

describe('the resolution', () => {
	const standing = {
		carriedCents: 90_000,
		legalReserveCents: 20_000,
		otherReservesCents: 10_000,
		balancesCents: 500_000,
	};
	const use = { fromLegalReserve: 20_000, fromOtherReserves: 10_000, fromBalances: 60_000 };
	test.each<[string, Partial<typeof use>, string]>([
		['nothing at all', { fromLegalReserve: 0, fromOtherReserves: 0, fromBalances: 0 }, 'shares.loss-nothing'],
		['less than nothing', { fromBalances: -1 }, 'shares.loss-wrong'],
		['parts of a cent', { fromBalances: 0.5 }, 'shares.loss-wrong'],
		['more than is carried forward', { fromBalances: 60_001 }, 'shares.loss-over-carried'],
		['more than the legal reserve', { fromLegalReserve: 20_001, fromBalances: 1 }, 'shares.loss-over-legal-reserve'],
		['more than the other reserves', { fromOtherReserves: 10_001, fromBalances: 1 }, 'shares.loss-over-other-reserves'],
	])('%s is refused', (_what, wrong, code) => {
		checkLossUse(use, standing);
		expect(() => checkLossUse({ ...use, ...wrong }, standing)).toThrow(code);
	});

	test('what is suggested can be resolved, and covers or carries all of it', () => {
		const some = fc.integer({ min: 0, max: 1_000_000 });
		fc.assert(
			fc.property(some, some, some, some, (carriedCents, legalReserveCents, otherReservesCents, balancesCents) => {
				const books = { carriedCents, legalReserveCents, otherReservesCents, balancesCents };
				const { carriedForward, ...suggested } = coverLoss(carriedCents, books, 'write-down');
				expect(total(Object.values(suggested)) + carriedForward).toBe(carriedCents);
				if (total(Object.values(suggested)) > 0) checkLossUse(suggested, books);
			}),
		);
	});
});

test('what is to be filled up: losses open, profits close, never below nothing (P-31)', () => {
	const loss = (cents: number) => ({ lossCents: cents, creditedCents: 0 });
	const credit = (cents: number) => ({ lossCents: 0, creditedCents: cents });
	expect(lossToRefill([])).toBe(0);
	expect(lossToRefill([credit(500), loss(1_000), credit(300)])).toBe(700);
	expect(lossToRefill([loss(1_000), credit(3_000), loss(200)])).toBe(200);
});
