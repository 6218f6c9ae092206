// Money of members that names itself on a bank statement (B-18).
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { bookPayments } from '../receive.ts';
import { type Context, dayFor, type Matched, type NewLine, type Outcome } from './outcome.ts';

/** Money of members that names itself: by reference or by number and amount. */
export async function bookIncoming(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const own = matched.flatMap(({ line, match }) => (match.kind === 'payment' ? [{ line, match }] : []));
	const booked = await bookPayments(tx, note, {
		...{ by: context.by, at: context.at },
		incoming: own.map(({ line, match }) => ({
			...{ memberNumber: match.memberNumber, amountCents: line.amountCents, valueOn: dayFor(line, context) },
			...{ purpose: line.purpose.slice(0, 140), bankReference: line.bankReference },
		})),
	});
	for (const [i, { line, match }] of own.entries()) {
		const { memberId, entry } = booked[i] ?? { memberId: match.memberId, entry: null };
		const booking = { amountCents: line.amountCents, kind: 'payment' as const, memberId, account: null, entry };
		outcomes.set(line, { state: 'booked', basis: match.key, bookings: [booking] });
	}
}
