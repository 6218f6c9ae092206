// Who has the dividend of a balance that changed hands within the fiscal year (Übertragung des Geschäftsguthabens, § 76 GenG).
import type { Day } from '../../values/calendar.ts';
import type { BalanceChange, Holding } from './methods.ts';

/**
 * Whose the year's dividend is, by agreement of the two or by statute: the acquirer's for the whole year, the default · the
 * transferor's for the whole year · each one's for the time of holding (P-26).
 */
export const dividendEntitlements = ['acquirer', 'transferor', 'by-time'] as const;
export type DividendEntitlement = (typeof dividendEntitlements)[number];

/** A balance that passed from one member to another on a day. */
export interface BalanceTransfer {
	readonly on: Day;
	readonly fromNumber: number;
	readonly toNumber: number;
	readonly cents: number;
	readonly entitlement: DividendEntitlement;
}

interface Taken {
	readonly openingCents: number;
	readonly changes: readonly BalanceChange[];
}

// What came last goes first, as shares do (§ 67b GenG); each euro keeps the day from which it earned.
function take({ openingCents, changes }: Taken, { on, cents }: BalanceTransfer): { left: Taken; taken: Taken } {
	let open = cents;
	const left: BalanceChange[] = [];
	const taken: BalanceChange[] = [];
	for (const change of [...changes].sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))) {
		const moved = change.on <= on ? Math.min(open, Math.max(0, change.cents)) : 0;
		if (moved > 0) taken.push({ on: change.on, cents: moved });
		if (change.cents !== moved) left.push({ on: change.on, cents: change.cents - moved });
		open -= moved;
	}
	if (open > openingCents) throw new RangeError('more is transferred than was there');
	return {
		left: { openingCents: openingCents - open, changes: left },
		taken: { openingCents: open, changes: taken },
	};
}

/**
 * Holdings as they earn the year's dividend, after the transfers within it; the holdings come without them (P-26). An acquirer who was
 * no member before comes with an empty holding. The sum of all holdings stays as it was.
 * Throws RangeError if one of the two has no holding or more is transferred than was there.
 */
export function afterTransfers(holdings: readonly Holding[], transfers: readonly BalanceTransfer[]): Holding[] {
	const byNumber = new Map(holdings.map((holding) => [holding.memberNumber, holding]));
	const holdingOf = (memberNumber: number): Holding => {
		const holding = byNumber.get(memberNumber);
		if (!holding) throw new RangeError(`member ${memberNumber} has no holding`);
		return holding;
	};
	const put = (memberNumber: number, { openingCents, changes }: Taken) => {
		byNumber.set(memberNumber, { memberNumber, openingCents, changes });
	};
	for (const transfer of [...transfers].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))) {
		const { on, cents, fromNumber, toNumber, entitlement } = transfer;
		const [from, to] = [holdingOf(fromNumber), holdingOf(toNumber)];
		if (entitlement === 'transferor' || fromNumber === toNumber) continue;
		if (entitlement === 'by-time') {
			put(fromNumber, { ...from, changes: [...from.changes, { on, cents: -cents }] });
			put(toNumber, { ...to, changes: [...to.changes, { on, cents }] });
			continue;
		}
		const { left, taken } = take(from, transfer);
		put(fromNumber, left);
		put(toNumber, {
			openingCents: to.openingCents + taken.openingCents,
			changes: [...to.changes, ...taken.changes],
		});
	}
	return holdings.map(({ memberNumber }) => holdingOf(memberNumber));
}
