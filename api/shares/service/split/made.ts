// What shares counted at an earlier instant have become since: divided or joined with the nominal value (S-12).
import { and, eq, lte } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { shareSplits } from '../../tables.ts';

/**
 * How many shares a number of shares recorded at an instant is on a day: more or fewer where shares were divided or joined since; a
 * share that is worth more or less stays one.
 */
export async function sharesMadeUntil(tx: Tx, day: Day): Promise<(shares: number, recordedAt: Date) => number> {
	const splits = await tx
		.select()
		.from(shareSplits)
		.where(and(eq(shareSplits.keeps, 'capital'), lte(shareSplits.effectiveOn, day)));
	return (shares, recordedAt) =>
		Math.round(
			splits
				.filter((split) => split.recordedAt > recordedAt || split.effectiveOn > dayOf(recordedAt))
				.reduce((made, { oldNominalCents, newNominalCents }) => (made * oldNominalCents) / newNominalCents, shares),
		);
}
