// Another nominal value of a share in the statute: what stays with every member, and the resolution an increase or a reduction rests on.
import { type Day, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { fractionOf, type StatuteTerms } from '../rules.ts';

/**
 * What a new nominal value leaves as it is: 'capital', so that the shares are divided or joined (Zerlegung, § 22b GenG), or 'shares', so
 * that every share is worth more (Erhöhung, § 16(2) Nr. 2 GenG) or less (Herabsetzung, § 22 GenG).
 */
export const nominalKeeps = ['capital', 'shares'] as const;

/** How the nominal value changes, as it was resolved; `dueOn`: what an increase asks for is owed from that day on. */
export type NominalChange =
	| { keeps: 'capital' }
	| { keeps: 'shares'; resolvedOn: Day; votesFor: number; votesAgainst: number; dueOn: Day | null };

/**
 * Holds a change of the nominal value against the terms in force before it: a vote with the statute's majority, not later than the day
 * the change begins; an increase is owed from that day at the earliest. Without a `change` the shares are divided or joined.
 * Refuses invalid `statute.nominal-same`; `statute.resolution-day-wrong`, `statute.votes-wrong`, `statute.majority-missed`
 * {votesFor, votes, majority} (V11), `statute.due-day-wrong` {from} (S-03).
 */
export function checkNominalChange(
	{ before, after, validFrom }: { before: StatuteTerms; after: StatuteTerms; validFrom: Day },
	change: NominalChange | null,
): NominalChange | null {
	if (before.nominalCents === after.nominalCents) {
		if (change?.keeps === 'shares') throw new Refusal('invalid', 'statute.nominal-same', {}, { field: 'nominal' });
		return null;
	}
	if (change === null || change.keeps === 'capital') return { keeps: 'capital' };
	const { resolvedOn, votesFor, votesAgainst, dueOn } = change;
	if (!isDay(resolvedOn) || resolvedOn > validFrom)
		throw new Refusal('invalid', 'statute.resolution-day-wrong', {}, { field: 'nominal.resolvedOn' });
	const votes = votesFor + votesAgainst;
	if (![votesFor, votesAgainst].every((count) => Number.isSafeInteger(count) && count >= 0) || votes === 0)
		throw new Refusal('invalid', 'statute.votes-wrong', {}, { rule: 'V11', field: 'nominal.votesFor' });
	const [numerator, denominator] = fractionOf(before.statuteMajority);
	if (votesFor * denominator < votes * numerator) {
		const values = { votesFor, votes, majority: before.statuteMajority };
		throw new Refusal('invalid', 'statute.majority-missed', values, { rule: 'V11', field: 'nominal.votesFor' });
	}
	if (after.nominalCents < before.nominalCents) return { ...change, dueOn: null };
	if (dueOn === null || !isDay(dueOn) || dueOn < validFrom) {
		throw new Refusal(
			'invalid',
			'statute.due-day-wrong',
			{ from: validFrom },
			{ rule: 'S-03', field: 'nominal.dueOn' },
		);
	}
	return change;
}
