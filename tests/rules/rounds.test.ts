// Subscription rounds: who is allotted what, as tables and as properties that hold for every round.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	type AllotmentRule,
	type Ask,
	allot,
	allotmentRules,
	checkDecision,
	checkRound,
	checkSubscription,
	phaseOf,
	volumeOf,
} from '../../api/shares/rules/rounds.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 9, minute));
const asksOf = (counts: readonly number[]): Ask[] =>
	counts.map((count, i) => ({ id: `s${i}`, count, since: at(i), number: i + 1 }));
const given = (counts: readonly number[], volume: number, rule: AllotmentRule, floor = 1) =>
	allot(asksOf(counts), { volume, floor, rule }).map(({ allotted }) => allotted);

describe('allotment', () => {
	test('with enough for all, all are served in full whatever the rule', () => {
		for (const rule of allotmentRules) expect(given([3, 5, 2], 10, rule)).toEqual([3, 5, 2]);
	});

	test.each<[string, number[], number, AllotmentRule, number, number[]]>([
		['first come', [4, 5, 3], 8, 'first-come', 1, [4, 4, 0]],
		['first come, the rest is less than a floor', [4, 5, 3], 6, 'first-come', 3, [4, 0, 0]],
		['first come: a smaller ask behind is served from the rest', [4, 9, 3], 7, 'first-come', 3, [4, 3, 0]],
		['equal steps', [1, 10, 10], 9, 'equal-steps', 1, [1, 4, 4]],
		['equal steps, the odd share to who came first', [10, 10, 10], 10, 'equal-steps', 1, [4, 3, 3]],
		['equal steps over a floor', [5, 2, 9], 10, 'equal-steps', 2, [4, 2, 4]],
		['pro rata', [10, 20, 70], 50, 'pro-rata', 1, [5, 10, 35]],
		['pro rata over a floor', [4, 20, 76], 25, 'pro-rata', 3, [3, 5, 17]],
		['pro rata, largest remainder, ties to who came first', [3, 3, 3], 7, 'pro-rata', 1, [3, 2, 2]],
		['a volume that has no room for all floors serves who came first', [2, 2, 2], 5, 'pro-rata', 2, [2, 2, 0]],
	])('%s', (_name, counts, volume, rule, floor, expected) => {
		expect(given(counts, volume, rule, floor)).toEqual(expected);
	});

	test('says why', () => {
		const reasons = allot(asksOf([2, 5, 3]), { volume: 4, floor: 1, rule: 'first-come' }).map(({ reason }) => reason);
		expect(reasons).toEqual(['in-full', 'over-subscribed', 'nothing-left']);
	});

	test('of the same instant the lower member number comes first, joiners come last', () => {
		const since = at(0);
		const asks = [
			{ id: 'joiner', count: 2, since, number: null },
			{ id: 'late', count: 2, since, number: 90 },
			{ id: 'early', count: 2, since, number: 12 },
		];
		expect(allot(asks, { volume: 3, floor: 1, rule: 'first-come' }).map(({ allotted }) => allotted)).toEqual([0, 1, 2]);
	});
});

const rounds = fc
	.record({
		floor: fc.integer({ min: 1, max: 5 }),
		volume: fc.integer({ min: 1, max: 300 }),
		rule: fc.constantFrom(...allotmentRules),
		more: fc.array(fc.record({ extra: fc.integer({ min: 0, max: 40 }), minute: fc.integer({ min: 0, max: 6 }) }), {
			maxLength: 40,
		}),
	})
	.map(({ more, ...round }) => ({
		...round,
		asks: more.map(
			({ extra, minute }, i): Ask => ({
				...{ id: `s${i}`, count: round.floor + extra, since: at(minute), number: i % 5 === 4 ? null : 100 - i },
			}),
		),
	}));
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

describe('of every round it is true', () => {
	test('never more than the volume, never more than asked, nothing below the floor', () => {
		fc.assert(
			fc.property(rounds, ({ asks, ...round }) => {
				const allotments = allot(asks, round);
				expect(sum(allotments.map(({ allotted }) => allotted))).toBeLessThanOrEqual(round.volume);
				for (const [i, { allotted }] of allotments.entries()) {
					expect(allotted).toBeLessThanOrEqual(asks[i]?.count ?? 0);
					expect(allotted === 0 || allotted >= round.floor).toBe(true);
				}
			}),
		);
	});

	test('the sum is exact: all that is asked, or the whole volume but for less than a floor that nobody can take', () => {
		fc.assert(
			fc.property(rounds, ({ asks, ...round }) => {
				const total = sum(allot(asks, round).map(({ allotted }) => allotted));
				const demand = sum(asks.map(({ count }) => count));
				const room = round.rule !== 'first-come' && asks.length * round.floor <= round.volume;
				if (demand <= round.volume || room || round.floor === 1) expect(total).toBe(Math.min(demand, round.volume));
				else expect(round.volume - total).toBeLessThan(round.floor);
			}),
		);
	});

	test('the order in which the database gives the rows does not matter', () => {
		fc.assert(
			fc.property(rounds, fc.integer(), ({ asks, ...round }, seed) => {
				const shuffled = [...asks].sort((a, b) => ((a.id.length * seed) % 7) - ((b.id.charCodeAt(1) * seed) % 5));
				const of = (list: readonly Ask[]) =>
					Object.fromEntries(allot(list, round).map(({ id, allotted }) => [id, allotted]));
				expect(of(shuffled)).toEqual(of(asks));
			}),
		);
	});

	test('in equal steps nobody gets two fewer than another while asking for more', () => {
		fc.assert(
			fc.property(rounds, ({ asks, floor, volume }) => {
				fc.pre(asks.length * floor <= volume);
				const allotments = allot(asks, { floor, volume, rule: 'equal-steps' });
				const most = Math.max(0, ...allotments.map(({ allotted }) => allotted));
				for (const { allotted, reason } of allotments)
					if (reason !== 'in-full') expect(most - allotted).toBeLessThanOrEqual(1);
			}),
		);
	});

	test('in proportion nobody gets less for asking more, and all but the floors stay within one share of the quota', () => {
		fc.assert(
			fc.property(rounds, ({ asks, floor, volume }) => {
				const same = asks.map((ask) => ({ ...ask, since: at(0), number: 7, id: ask.id }));
				const parts = allot(same, { floor: 1, volume, rule: 'pro-rata' });
				for (const [i, a] of parts.entries())
					for (const [k, b] of parts.entries())
						if ((same[i]?.count ?? 0) > (same[k]?.count ?? 0))
							expect(a.allotted).toBeGreaterThanOrEqual(b.allotted - 1);
				const demand = sum(asks.map(({ count }) => count));
				if (
					demand <= volume ||
					parts.some(({ allotted }, i) => allotted < floor || (asks[i]?.count ?? 0) * volume < floor * demand)
				)
					return;
				for (const [i, { allotted }] of parts.entries())
					expect(Math.abs(allotted - ((asks[i]?.count ?? 0) * volume) / demand)).toBeLessThan(1);
			}),
		);
	});

	test('first come is not hurt by who comes later', () => {
		fc.assert(
			fc.property(rounds, ({ asks, floor, volume }) => {
				const ordered = [...asks].sort((a, b) => a.since.getTime() - b.since.getTime());
				const late = { id: 'zz', count: floor + 3, since: at(59), number: 1 };
				const before = allot(ordered, { floor, volume, rule: 'first-come' });
				const after = allot([...ordered, late], { floor, volume, rule: 'first-come' });
				expect(after.slice(0, -1).map(({ allotted }) => allotted)).toEqual(before.map(({ allotted }) => allotted));
			}),
		);
	});
});

describe('the window', () => {
	const round = { state: 'set' as const, opensAt: at(10), closesAt: at(20) };

	test('opens and closes to the instant', () => {
		expect([9, 10, 19, 20].map((minute) => phaseOf(round, at(minute)))).toEqual(['planned', 'open', 'open', 'closed']);
		expect(phaseOf({ ...round, state: 'decided' }, at(15))).toBe('decided');
	});

	test('subscriptions outside window, floor, cap and the statute’s limit are refused', () => {
		const bounds = { floorShares: 2, capShares: 10 };
		const wish = { count: 5, held: 4, maxShares: 12 };
		expect(() => checkSubscription({ phase: 'open', ...bounds }, wish)).not.toThrow();
		expect(() => checkSubscription({ phase: 'closed', ...bounds }, wish)).toThrow('shares.round-not-open');
		expect(() => checkSubscription({ phase: 'open', ...bounds }, { ...wish, count: 1 })).toThrow('below-floor');
		expect(() => checkSubscription({ phase: 'open', ...bounds }, { ...wish, count: 11 })).toThrow('above-cap');
		expect(() => checkSubscription({ phase: 'open', ...bounds }, { ...wish, count: 9 })).toThrow('limit-exceeded');
		expect(() => checkSubscription({ phase: 'open', ...bounds }, { ...wish, count: 2.5 })).toThrow();
	});

	test('a round needs a window ahead, one volume, and bounds the statute allows', () => {
		const terms = {
			opensAt: at(10),
			closesAt: at(20),
			volumeShares: 100,
			volumeCents: null,
			floorShares: 1,
			capShares: 10,
		};
		const world = { nominalCents: 50_000, maxShares: 40, at: at(0) };
		expect(() => checkRound(terms, world)).not.toThrow();
		expect(() => checkRound({ ...terms, closesAt: at(10) }, world)).toThrow('round-window-wrong');
		expect(() => checkRound(terms, { ...world, at: at(20) })).toThrow('round-window-wrong');
		expect(() => checkRound({ ...terms, volumeCents: 5 }, world)).toThrow('round-volume-wrong');
		expect(() => checkRound({ ...terms, volumeShares: null, volumeCents: 49_999 }, world)).toThrow(
			'round-volume-wrong',
		);
		expect(() => checkRound({ ...terms, capShares: 41 }, world)).toThrow('round-bounds-wrong');
		expect(() => checkRound({ ...terms, floorShares: 11 }, world)).toThrow('round-bounds-wrong');
		expect(volumeOf({ volumeShares: null, volumeCents: 10_049_999 }, 50_000)).toBe(200);
	});

	test('is decided after the close, once', () => {
		expect(() => checkDecision('closed', '2026-11-01', '2026-11-01')).not.toThrow();
		expect(() => checkDecision('open', '2026-11-01', '2026-11-01')).toThrow('round-not-closed');
		expect(() => checkDecision('closed', '2026-11-01', '2026-10-31')).toThrow('round-resolution-early');
		expect(() => checkDecision('decided', '2026-11-01', '2026-11-01')).toThrow('round-decided');
		expect(() => checkDecision('cancelled', '2026-11-01', '2026-11-01')).toThrow('round-cancelled');
	});
});
