// Interest on balances that the statute promises (Verzinsung der Geschäftsguthaben, § 21a GenG).
import { addDays, addMonths, type Day } from '../../values/calendar.ts';
import { Decimal, floorCent } from '../../values/money.ts';
import { inProportion, type MemberBase } from './allocation.ts';

/** Interest for a fiscal year, in the order the bases came. */
export interface Interest {
	readonly lines: readonly {
		readonly memberNumber: number;
		readonly baseCents: number;
		readonly interestCents: number;
	}[];
	readonly totalCents: number;
	/** what an uncovered loss keeps from being paid */
	readonly blockedCents: number;
	/** six months after the end of the fiscal year */
	readonly latestPaymentOn: Day;
}

/** Last day on which interest for a fiscal year may be paid: six months after its end (§ 21a(1) S. 4 GenG, P-40). */
export function latestInterestPayment(fiscalYearEnd: Day): Day {
	return addDays(addMonths(addDays(fiscalYearEnd, 1), 6), -1);
}

/**
 * Interest on the balances at the end of the previous fiscal year: base × rate of each member, rounded down to the cent (§ 21a GenG,
 * P-40). Up to the amount of a loss that reserves, result and carried profit do not cover, none may be paid (§ 21a(2) GenG); what is
 * left then is divided by largest remainder, equal ones to the lower member number. Taxed like a dividend (T-05).
 */
export function interestOnBalances(
	bases: readonly MemberBase[],
	{ rate, uncoveredLossCents, fiscalYearEnd }: { rate: string; uncoveredLossCents: number; fiscalYearEnd: Day },
): Interest {
	const latestPaymentOn = latestInterestPayment(fiscalYearEnd);
	const full = bases.map(({ memberNumber, baseCents }) => ({
		...{ memberNumber, baseCents, interestCents: floorCent(new Decimal(baseCents).mul(rate)) },
	}));
	const fullCents = full.reduce((sum, { interestCents }) => sum + interestCents, 0);
	const blockedCents = Math.min(fullCents, Math.max(0, uncoveredLossCents));
	const totalCents = fullCents - blockedCents;
	const parts = inProportion(full, totalCents, ({ interestCents }) => interestCents);
	const lines = full.map((line, i) => ({ ...line, interestCents: parts[i]! }));
	return { lines, totalCents, blockedCents, latestPaymentOn };
}
