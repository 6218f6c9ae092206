// Members, balances and liability of a fiscal year for balance sheet and notes (§§ 337, 338 HGB, S-13).
import { minimumCapitalCents } from '../../shares/rules/settlement.ts';
import { liabilitySumCents, type StatuteTerms } from '../../statute/rules.ts';

/** Members of a fiscal year: who left with its last day is not there at its end. */
export interface Movement {
	atStart: number;
	more: number;
	fewer: number;
	atEnd: number;
}

/** What is counted at the end of a day. */
export interface Standing {
	members: number;
	shares: number;
	/** sum of the nominal values of all shares */
	nominalCents: number;
	/** balances (Geschäftsguthaben) of members who stay */
	balancesCents: number;
	/** balances of those who left with that day or before and are not settled (§ 337(1) HGB) */
	leavingCents: number;
	/** mandatory payments due and unpaid (§ 337(1) S. 4 HGB) */
	overdueCents: number;
	overdueMembers: number;
}

/** Sum of what all members answer for (Haftsummen), M-60: per share, or once per member where the statute rules the increase out. */
export function liabilityOf(
	terms: Pick<StatuteTerms, 'liabilityCents' | 'liabilityRisesWithShares'>,
	{ members, shares }: Pick<Standing, 'members' | 'shares'>,
): number {
	return terms.liabilityRisesWithShares ? liabilitySumCents(terms, shares) : terms.liabilityCents * members;
}

/**
 * Minimum capital (Mindestkapital, § 8a GenG) in cents at the end of a day; null where the statute sets none, or where it is a share of
 * fixed assets whose value nobody has given.
 */
export function minimumCapitalOf(
	{ minimumCapital }: Pick<StatuteTerms, 'minimumCapital'>,
	{ nominalCents }: Pick<Standing, 'nominalCents'>,
	fixedAssetsCents: number | null,
): number | null {
	if (minimumCapital === null) return null;
	const ofAssets = 'share' in minimumCapital && minimumCapital.of === 'fixed-assets';
	if (ofAssets && fixedAssetsCents === null) return null;
	return minimumCapitalCents(minimumCapital, { capitalCents: nominalCents, fixedAssetsCents: fixedAssetsCents ?? 0 });
}
