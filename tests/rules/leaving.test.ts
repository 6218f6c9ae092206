// Rules of leaving: days of exits, transfers that conserve capital, dues that go with shares, settlements that lose no cent.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../api/shares/rules.ts';
import { type EndingTerms, type ExitFacts, endingOf } from '../../api/shares/rules/ending.ts';
import {
	fullYearSince,
	isVoidByDissolution,
	lastNoticeDay,
	monthsAfter,
	noticeEnd,
} from '../../api/shares/rules/noticeDays.ts';
import { duesOfLast, type LotMovement, releases } from '../../api/shares/rules/lots.ts';
import { coverLoss, writeDown } from '../../api/shares/rules/loss.ts';
import {
	checkNoLongerMember,
	forbiddenActs,
	forecast,
	lossShares,
	minimumCapitalCents,
	payNow,
	refuseForbidden,
	settlementOf,
} from '../../api/shares/rules/settlement.ts';
import { afterTransfer, amountOfShares, type Side, sharesNeeded } from '../../api/shares/rules/transfer.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';

const anyDay = fc.integer({ min: 0, max: 40_000 }).map((days): Day => addDays('1990-01-01', days));
const endMonths = fc.integer({ min: 1, max: 12 });
const sum = (cents: readonly number[]) => cents.reduce((total, one) => total + one, 0);

const terms: EndingTerms = {
	noticeMonths: 24,
	mandatoryShares: 2,
	residenceRule: true,
	deathContinuation: false,
	exclusionReasons: ['Schaden'],
};
const facts: ExitFacts = { cause: 'notice', receivedOn: '2026-11-22', joinedOn: '2020-01-09', heldShares: 5 };
const codeOf = (work: () => unknown): string => {
	try {
		work();
		return '';
	} catch (error) {
		return error instanceof Refusal ? error.code : String(error);
	}
};

describe('the end of a membership', () => {
	test('is the first year end for which the notice is in time: later notices never end earlier', () => {
		fc.assert(
			fc.property(
				anyDay,
				fc.integer({ min: 0, max: 400 }),
				fc.integer({ min: 3, max: 120 }),
				endMonths,
				(day, more, noticeMonths, endMonth) => {
					const first = noticeEnd(day, { noticeMonths, endMonth });
					const second = noticeEnd(addDays(day, more), { noticeMonths, endMonth });
					expect(second.effectiveOn >= first.effectiveOn).toBe(true);
					expect(day <= first.lastDayForThat && first.lastDayForThat < first.effectiveOn).toBe(true);
					expect(noticeEnd(first.lastDayForThat, { noticeMonths, endMonth }).effectiveOn).toBe(first.effectiveOn);
					expect(
						noticeEnd(addDays(first.lastDayForThat, 1), { noticeMonths, endMonth }).effectiveOn > first.effectiveOn,
					).toBe(true);
				},
			),
		);
	});

	test('longer periods never end earlier; months are whole whatever the length of February', () => {
		fc.assert(
			fc.property(anyDay, fc.integer({ min: 3, max: 59 }), endMonths, (day, noticeMonths, endMonth) => {
				const shorter = noticeEnd(day, { noticeMonths, endMonth }).effectiveOn;
				expect(noticeEnd(day, { noticeMonths: noticeMonths + 1, endMonth }).effectiveOn >= shorter).toBe(true);
			}),
		);
		expect(lastNoticeDay('2028-02-29', 3)).toBe('2027-11-30');
		expect(lastNoticeDay('2026-08-31', 6)).toBe('2026-02-28');
		expect(monthsAfter('2026-12-31', 6)).toBe('2027-06-30');
	});

	test.each([
		[{ cause: 'hardship', reason: 'Krankheit' }, { ...terms, noticeMonths: 36 }, '2027-12-31'],
		[{ cause: 'residence', certificate: 'Meldebescheinigung' }, terms, '2026-12-31'],
		[{ cause: 'extraordinary', resolvedOn: '2026-10-30', position: 'present-objected' }, terms, '2026-12-31'],
		[
			{ cause: 'extraordinary', resolvedOn: '2026-06-01', knownOn: '2026-11-01', position: 'absent-wronged' },
			terms,
			'2026-12-31',
		],
		[{ cause: 'creditor', certificate: 'Titel', failedOn: '2026-05-22' }, terms, '2028-12-31'],
		[{ cause: 'insolvency', certificate: 'Beschluss' }, terms, '2028-12-31'],
		[{ cause: 'death' }, terms, '2026-12-31'],
		[{ cause: 'death' }, { ...terms, deathContinuation: true }, null],
		[{ cause: 'dissolved' }, terms, '2026-12-31'],
		[{ cause: 'exclusion', reason: 'Schaden', letterSentOn: '2027-01-02' }, terms, '2027-12-31'],
		[{ cause: 'partial', shares: 3 }, terms, '2028-12-31'],
	] as const)('%o', (more, under, effectiveOn) => {
		const ending = endingOf({ ...facts, ...more } as ExitFacts, under, { endMonth: 12 });
		expect(ending.effectiveOn).toBe(effectiveOn);
		expect(ending.steps.length).toBeGreaterThan(0);
		for (const { law, rule } of ending.steps) expect([law, rule].every(Boolean)).toBe(true);
	});

	test.each([
		[{ cause: 'hardship' }, { ...terms, noticeMonths: 36 }, 'shares.exit-reason-needed'],
		[{ cause: 'hardship', reason: 'x' }, terms, 'shares.hardship-not-needed'],
		[
			{ cause: 'hardship', reason: 'x', joinedOn: '2025-01-02' },
			{ ...terms, noticeMonths: 36 },
			'shares.hardship-too-early',
		],
		[{ cause: 'residence', certificate: 'x' }, { ...terms, residenceRule: false }, 'shares.no-residence-rule'],
		[{ cause: 'residence' }, terms, 'shares.exit-reason-needed'],
		[{ cause: 'extraordinary', resolvedOn: '2026-10-21' }, terms, 'shares.extraordinary-too-late'],
		[{ cause: 'extraordinary' }, terms, 'shares.exit-day-wrong'],
		[{ cause: 'creditor', certificate: 'x', failedOn: '2026-05-21' }, terms, 'shares.enforcement-too-old'],
		[{ cause: 'exclusion', reason: 'Laune', letterSentOn: '2026-11-22' }, terms, 'shares.exclusion-reason-unknown'],
		[{ cause: 'exclusion', reason: 'Schaden', letterSentOn: '2026-11-21' }, terms, 'shares.letter-before-decision'],
		[{ cause: 'partial', shares: 4 }, terms, 'shares.partial-too-many'],
		[{ cause: 'partial', shares: 1.5 }, terms, 'shares.count-wrong'],
		[{ receivedOn: '2019-01-01' }, terms, 'shares.exit-day-wrong'],
		[{ receivedOn: '2026-02-30' }, terms, 'shares.exit-day-wrong'],
	] as const)('%o is refused', (more, under, code) => {
		expect(codeOf(() => endingOf({ ...facts, ...more } as ExitFacts, under, { endMonth: 12 }))).toBe(code);
	});

	test('a full fiscal year is counted from its first day; exits are void up to six months before a dissolution', () => {
		expect(fullYearSince('2024-01-01', 12)).toBe('2025-01-01');
		expect(fullYearSince('2024-02-01', 12)).toBe('2026-01-01');
		expect(fullYearSince('2024-02-01', 6)).toBe('2025-07-01');
		expect(isVoidByDissolution('2026-12-31', '2027-06-30')).toBe(true);
		expect(isVoidByDissolution('2026-12-31', '2027-07-01')).toBe(false);
		expect(isVoidByDissolution('2026-12-31', '2026-12-30')).toBe(false);
	});
});

const nominalCents = 50_000;
const limits = { nominalCents, maxShares: 1_000_000, mandatoryShares: 1 };
const side = fc.record({ shares: fc.integer({ min: 1, max: 200 }), filled: fc.integer({ min: 0, max: 1_000 }) }).map(
	({ shares, filled }): Side => ({
		shares,
		nominalCents: shares * nominalCents,
		paidCents: Math.floor((shares * nominalCents * filled) / 1_000),
	}),
);

describe('transfers', () => {
	test('conserve capital, whatever is handed over in which order, and never fill a share more than it takes', () => {
		const move = fc.record({
			from: fc.nat(3),
			to: fc.nat(3),
			shares: fc.integer({ min: 1, max: 60 }),
			more: fc.nat(3),
		});
		fc.assert(
			fc.property(fc.tuple(side, side, side, side), fc.array(move, { maxLength: 30 }), (start, moves) => {
				const held: Side[] = [...start];
				const total = () => sum(held.map(({ paidCents }) => paidCents));
				const before = total();
				for (const { from, to, shares, more } of moves) {
					const [giver, taker] = [held[from], held[to]];
					if (!giver || !taker || from === to || giver.shares === 0) continue;
					const amountCents = amountOfShares(giver, Math.min(shares, giver.shares));
					const takes = sharesNeeded(taker, amountCents, nominalCents) + more;
					try {
						const after = afterTransfer(
							giver,
							taker,
							{ shares: Math.min(shares, giver.shares), amountCents, takes },
							limits,
						);
						held[from] = after.from;
						held[to] = after.to;
					} catch (refusal) {
						if (!(refusal instanceof Refusal)) throw refusal;
					}
					expect(total()).toBe(before);
					for (const one of held) expect(0 <= one.paidCents && one.paidCents <= one.nominalCents).toBe(true);
				}
			}),
		);
	});

	test('there and back changes nothing', () => {
		// The shares kept stay full: who leaves them part-paid may not take new ones before they are (§ 15b(2) GenG).
		const case_ = fc.record({
			keeps: fc.integer({ min: 1, max: 99 }),
			shares: fc.integer({ min: 1, max: 99 }),
			filled: fc.integer({ min: 1, max: 1_000 }),
			held: fc.integer({ min: 1, max: 50 }),
		});
		fc.assert(
			fc.property(case_, ({ keeps, shares, filled, held }) => {
				const amountCents = Math.floor((shares * nominalCents * filled) / 1_000);
				const giver: Side = {
					shares: keeps + shares,
					nominalCents: (keeps + shares) * nominalCents,
					paidCents: keeps * nominalCents + amountCents,
				};
				const taker: Side = { shares: held, nominalCents: held * nominalCents, paidCents: held * nominalCents };
				const handover = { shares, amountCents, takes: shares };
				const there = afterTransfer(giver, taker, handover, limits);
				const back = afterTransfer(there.to, there.from, handover, limits);
				expect([back.to, back.from]).toEqual([giver, taker]);
			}),
		);
	});
});

describe('what falls due on shares that end', () => {
	const lot = (id: string, count: number, each: number, on: Day): LotMovement => ({
		...{ id, kind: 'further', count, reverses: null },
		dues: each === 0 ? [] : [{ dueOn: on, amountCents: each * count }],
	});

	test('is that of the last ones taken; a split makes more of every share', () => {
		const lots = [lot('a', 4, 100, '2020-01-01'), lot('b', 2, 300, '2021-01-01')];
		expect(duesOfLast(lots, 1)).toEqual([{ dueOn: '2021-01-01', amountCents: 300 }]);
		expect(duesOfLast(lots, 3)).toEqual([
			{ dueOn: '2020-01-01', amountCents: 100 },
			{ dueOn: '2021-01-01', amountCents: 600 },
		]);
		const split: LotMovement = { id: 's', kind: 'split', count: 6, reverses: null, dues: [] };
		expect(duesOfLast([...lots, split], 2)).toEqual([{ dueOn: '2021-01-01', amountCents: 300 }]);
		const undone: LotMovement = { id: 'u', kind: 'reversal', count: -2, reverses: 'b', dues: [] };
		expect(duesOfLast([...lots, undone], 1)).toEqual([{ dueOn: '2020-01-01', amountCents: 100 }]);
	});

	test('all shares end with all that is due on them', () => {
		const many = fc.array(
			fc.record({
				count: fc.integer({ min: 1, max: 9 }),
				each: fc.integer({ min: 0, max: 500 }),
				day: anyDay,
				ends: fc.nat(12),
			}),
			{ minLength: 1, maxLength: 8 },
		);
		fc.assert(
			fc.property(many, (parts) => {
				const movements: LotMovement[] = [];
				let held = 0;
				let due = 0;
				parts.forEach(({ count, each, day, ends }, i) => {
					movements.push(lot(`l${i}`, count, each, day));
					held += count;
					due += count * each;
					const gone = Math.min(ends, held - 1);
					if (gone > 0) {
						due -= sum(duesOfLast(movements, gone).map(({ amountCents }) => amountCents));
						movements.push({ id: `e${i}`, kind: 'exit', count: -gone, reverses: null, dues: [] });
						held -= gone;
					}
				});
				expect(sum(duesOfLast(movements, held).map(({ amountCents }) => amountCents))).toBe(due);
			}),
		);
	});

	test('the balance follows: afterwards it is never more than the shares take, and nothing is lost', () => {
		const change = fc.record({ day: anyDay, cents: fc.integer({ min: 1, max: 100_000 }) });
		fc.assert(
			fc.property(
				fc.array(change, { maxLength: 12 }),
				fc.array(change, { maxLength: 6 }),
				anyDay,
				(paid, nominal, from) => {
					const gone: Change[] = releases({ nominal, paid }, from);
					const at = (list: readonly Change[], day: Day) =>
						sum(list.filter((one) => one.day <= day).map(({ cents }) => cents));
					for (const { day } of [...paid, ...nominal, { day: from }].filter(({ day: one }) => one >= from))
						expect(at(paid, day) - at(gone, day) <= at(nominal, day) || at(paid, day) <= at(nominal, day)).toBe(true);
					for (const { cents } of gone) expect(cents).toBeGreaterThan(0);
				},
			),
		);
	});
});

describe('settlements', () => {
	const amounts = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 20 });

	test('loss shares never exceed a balance and come to the loss together with those who stay', () => {
		fc.assert(
			fc.property(
				amounts,
				fc.integer({ min: 0, max: 50_000_000 }),
				fc.integer({ min: 0, max: 80_000_000 }),
				(leaving, rest, loss) => {
					const shares = lossShares(loss, leaving, rest);
					shares.forEach((cents, i) => {
						expect(0 <= cents && cents <= (leaving[i] ?? 0)).toBe(true);
					});
					expect(sum(shares) <= Math.min(loss, sum(leaving) + rest)).toBe(true);
					if (rest === 0) expect(sum(shares)).toBe(Math.min(loss, sum(leaving)));
				},
			),
		);
	});

	test('payouts keep the minimum and the cap, lose no cent, and first come is served first', () => {
		const order = fc.constantFrom('pro-rata' as const, 'first-come' as const);
		const bound = fc.option(fc.integer({ min: 0, max: 60_000_000 }));
		fc.assert(
			fc.property(
				amounts,
				fc.integer({ min: 0, max: 90_000_000 }),
				bound,
				bound,
				order,
				(claims, capitalCents, minimumCents, capLeftCents, by) => {
					const { paid, suspended } = payNow(claims, { capitalCents, minimumCents, capLeftCents, order: by });
					claims.forEach((cents, i) => {
						expect((paid[i] ?? 0) + (suspended[i] ?? 0)).toBe(cents);
					});
					if (minimumCents !== null && sum(paid) > 0)
						expect(capitalCents - sum(paid)).toBeGreaterThanOrEqual(minimumCents);
					if (capLeftCents !== null) expect(sum(paid)).toBeLessThanOrEqual(capLeftCents);
					const cut = paid.findIndex((cents, i) => cents < (claims[i] ?? 0));
					if (by === 'first-come' && cut >= 0) expect(sum(paid.slice(cut + 1))).toBe(0);
				},
			),
		);
	});

	test('what is suspended in one year waits in the next; the minimum is never touched', () => {
		const claims = [
			{ exitOn: '2025-12-31', dueOn: '2026-06-30', amountCents: 300_000 },
			{ exitOn: '2026-12-31', dueOn: '2027-06-30', amountCents: 200_000 },
			{ exitOn: '2028-12-31', dueOn: '2029-06-30', amountCents: 100_000 },
		];
		const years = forecast(claims, {
			day: '2026-11-22',
			endMonth: 12,
			years: 5,
			capitalCents: 1_000_000,
			minimumCents: 500_000,
			capCents: 200_000,
		});
		expect(
			years.map(({ year, dueCents, payableCents, suspendedCents, capitalLeftCents }) => [
				year,
				dueCents,
				payableCents,
				suspendedCents,
				capitalLeftCents,
			]),
		).toEqual([
			['2026', 300_000, 200_000, 100_000, 800_000],
			['2027', 200_000, 200_000, 100_000, 600_000],
			['2028', 0, 100_000, 0, 500_000],
			['2029', 100_000, 0, 100_000, 500_000],
			['2030', 0, 0, 100_000, 500_000],
		]);
	});

	test('what debts nothing covers is borne per head, and only where further payments exist', () => {
		const short = {
			balanceCents: 100_000,
			totalBalancesCents: 1_000_000,
			lossCents: 1_300_000,
			liabilitySumCents: 20_000,
			heads: 10,
		};
		expect(settlementOf({ ...short, furtherLiability: 'none' })).toEqual({
			lossShareCents: 100_000,
			payoutCents: 0,
			owedByMemberCents: 0,
		});
		expect(settlementOf({ ...short, furtherLiability: 'limited' }).owedByMemberCents).toBe(20_000);
		expect(settlementOf({ ...short, furtherLiability: 'unlimited' }).owedByMemberCents).toBe(30_000);
	});

	test('nothing is paid during membership, waived or set off', () => {
		expect(codeOf(() => checkNoLongerMember('2026-12-31', '2026-12-31'))).toBe('shares.still-a-member');
		expect(codeOf(() => checkNoLongerMember('2026-12-31', '2027-01-01'))).toBe('');
		for (const act of forbiddenActs) expect(codeOf(() => refuseForbidden(act))).toBe('shares.forbidden-by-law');
	});

	test('minimum capital is an amount or a part of what it refers to, rounded up', () => {
		const reference = { capitalCents: 1_000_001, fixedAssetsCents: 500_000 };
		expect(minimumCapitalCents(null, reference)).toBeNull();
		expect(minimumCapitalCents({ amountCents: 7 }, reference)).toBe(7);
		expect(minimumCapitalCents({ share: '0.5', of: 'capital' }, reference)).toBe(500_001);
		expect(minimumCapitalCents({ share: '0.95', of: 'fixed-assets' }, reference)).toBe(475_000);
	});

	test('losses are written down to the cent; reserves go first', () => {
		fc.assert(
			fc.property(amounts, fc.integer({ min: 0, max: 100 }), (balances, part) => {
				const loss = Math.floor((sum(balances) * part) / 100);
				const cents = writeDown(loss, balances);
				expect(sum(cents)).toBe(loss);
				cents.forEach((one, i) => {
					expect(one).toBeLessThanOrEqual(balances[i] ?? 0);
				});
			}),
		);
		expect(codeOf(() => writeDown(101, [50, 50]))).toBe('shares.loss-over-balances');
		const reserves = { legalReserveCents: 30, otherReservesCents: 20, balancesCents: 1_000 };
		expect(coverLoss(100, reserves, 'carry-forward')).toEqual({
			fromLegalReserve: 30,
			fromOtherReserves: 20,
			fromBalances: 0,
			carriedForward: 50,
		});
	});
});
