// Another nominal value: the same capital in other shares, or a refusal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSplit, type SplitEffect, sharesAfterSplit, splitRatio } from '../../api/shares/rules/split.ts';

describe('split (S-12)', () => {
	test.each([
		[50_000, 10_000, { from: 1, to: 5 }],
		[10_000, 50_000, { from: 5, to: 1 }],
		[50_000, 20_000, { from: 2, to: 5 }],
	])('%i to %i cents', (before, after, ratio) => {
		expect(splitRatio(before, after)).toEqual(ratio);
	});

	test('nothing to divide is refused', () => {
		expect(() => splitRatio(50_000, 50_000)).toThrow('shares.split-nothing');
	});

	test('what divides keeps the capital to the cent, what does not is said', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5_000 }),
				fc.integer({ min: 1, max: 2_000 }),
				fc.integer({ min: 1, max: 2_000 }),
				(shares, oldEuros, newEuros) => {
					const nominalCents = shares * oldEuros * 100;
					const after = sharesAfterSplit(nominalCents, newEuros * 100);
					if (after === null) expect(nominalCents % (newEuros * 100)).not.toBe(0);
					else expect(after * newEuros * 100).toBe(nominalCents);
				},
			),
		);
	});

	test('there and back is where it began', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 2, max: 100 }), (shares, parts) => {
				const divided = sharesAfterSplit(shares * parts * 100, 100);
				expect(divided).toBe(shares * parts);
				expect(sharesAfterSplit((divided ?? 0) * 100, parts * 100)).toBe(shares);
			}),
		);
	});

	const effect: SplitEffect = {
		...{ oldNominalCents: 50_000, newNominalCents: 10_000, ratio: { from: 1, to: 5 }, members: 2 },
		...{ sharesBefore: 3, sharesAfter: 15, capitalCents: 150_000, mostShares: 10 },
		undivided: { count: 0, numbers: [] },
		...{ openDeclarations: 0, liabilityBeforeCents: 150_000, liabilityAfterCents: 150_000 },
	};
	test.each<[Partial<SplitEffect>, string]>([
		[{ undivided: { count: 1, numbers: [7] } }, 'shares.split-undivided'],
		[{ mostShares: 41 }, 'shares.split-over-limit'],
		[{ openDeclarations: 1 }, 'shares.split-declarations-open'],
	])('%j is refused', (changes, code) => {
		checkSplit(effect, { maxShares: 40 });
		expect(() => checkSplit({ ...effect, ...changes }, { maxShares: 40 })).toThrow(code);
	});
});
