// Whether the cooperative is a citizens' energy company (Bürgerenergiegesellschaft, § 3 Nr. 15 EEG, E-15) for a plant.
import { Decimal } from '../../values/money.ts';

/** What a member that is no natural person counts as; 'other': neither small or medium enterprise nor municipality. */
export const voterClasses = ['sme', 'municipality', 'other'] as const;
export type VoterClass = (typeof voterClasses)[number];

/** The four conditions. */
export const citizensConditions = ['persons', 'local', 'others', 'share'] as const;
export type CitizensCondition = (typeof citizensConditions)[number];

/** Who votes in the cooperative: one member, one vote (§ 43(3) GenG). */
export interface Voters {
	/** natural persons with a vote */
	naturalPersons: number;
	/** votes of natural persons who live in the postcode areas within 50 km of the plant */
	localVotes: number;
	/** votes of all members */
	votes: number;
	/** votes of other members by what they are; null: nobody has said yet */
	otherVotes: readonly (VoterClass | null)[];
	/** most votes one member has */
	mostVotes: number;
}

/** What each condition asks for and what there is; shares of votes are decimal texts ('0.800000'). */
export interface CitizensProof {
	qualifies: boolean;
	/** conditions that are not met */
	failed: CitizensCondition[];
	naturalPersons: number;
	localShare: string;
	mostShare: string;
	/** members whose votes are neither of natural persons nor of SMEs and municipalities, or of whom it is not known */
	unfit: number;
	unknown: number;
}

/** Least natural persons with a vote, least share of votes of locals, most share of one member. */
export const citizensBounds = { persons: 50, localShare: '0.75', mostShare: '0.1' } as const;

/**
 * Holds the voters against § 3 Nr. 15 EEG: at least 50 natural persons with a vote; at least three quarters of the votes with natural
 * persons from the postcode areas within 50 km; other votes only with small or medium enterprises and municipalities; nobody
 * with more than a tenth.
 */
export function proveCitizens({ naturalPersons, localVotes, votes, otherVotes, mostVotes }: Voters): CitizensProof {
	const share = (part: number): Decimal => (votes === 0 ? new Decimal(0) : new Decimal(part).div(votes));
	return judgeCitizens({
		...{ naturalPersons, localShare: share(localVotes), mostShare: share(mostVotes) },
		...{ unfit: otherVotes.filter((one) => one === 'other').length },
		unknown: otherVotes.filter((one) => one === null).length,
	});
}

/** The four conditions on figures that are known already. */
export function judgeCitizens(figures: {
	naturalPersons: number;
	localShare: Decimal;
	mostShare: Decimal;
	unfit: number;
	unknown: number;
}): CitizensProof {
	const { naturalPersons, localShare, mostShare, unfit, unknown } = figures;
	const met: Record<CitizensCondition, boolean> = {
		persons: naturalPersons >= citizensBounds.persons,
		local: localShare.gte(citizensBounds.localShare),
		others: unfit + unknown === 0,
		share: mostShare.lte(citizensBounds.mostShare),
	};
	const failed = citizensConditions.filter((condition) => !met[condition]);
	return {
		...{ qualifies: failed.length === 0, failed, naturalPersons, unfit, unknown },
		localShare: localShare.toFixed(6),
		mostShare: mostShare.toFixed(6),
	};
}

/** Whether an address lies in the area: five digits, or the beginning of some ('432'). */
export function inArea(postcode: string, postcodes: readonly string[]): boolean {
	return postcodes.some((one) => postcode.startsWith(one));
}
