// The entry fee (Eintrittsgeld): claimed from new members once, income of the cooperative and no part of their balance (S-05).
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { journalHead } from '../../ledger/tables.ts';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day } from '../../values/calendar.ts';

/**
 * Claims the entry fee from members admitted on `on`; a day that is closed is made good on the first open one. Payments beyond what the
 * shares take settle it like other fees. Answers the entry, null if the statute has no fee.
 */
export async function claimEntryFees(
	tx: Tx,
	{ by, at, on, memberIds, feeCents }: { by: Actor; at: Date; on: Day; memberIds: readonly string[]; feeCents: number },
): Promise<number | null> {
	if (feeCents === 0 || memberIds.length === 0) return null;
	const [head] = await tx.select().from(journalHead).for('update');
	const firstOpen = addDays(head?.lockedThrough ?? '1900-01-01', 1);
	return postEntry(tx, {
		...{ by, at },
		entry: {
			bookedOn: on < firstOpen ? firstOpen : on,
			kind: 'entry-fee',
			text: memberIds.length === 1 ? 'Eintrittsgeld' : `Eintrittsgeld von ${memberIds.length} Mitgliedern`,
			postings: [
				...memberIds.map((memberId) => ({ account: accounts.memberFees, memberId, cents: feeCents })),
				{ account: accounts.otherIncome, cents: -feeCents * memberIds.length },
			],
		},
	});
}
