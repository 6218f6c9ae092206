// Another nominal value of a share: how many shares each member then holds, and when that cannot be.
import { determinedCents, type StatuteTerms } from '../../statute/rules.ts';
import type { NominalChange } from '../../statute/rules/nominal.ts';
import { addMonths, type Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Due } from '../rules.ts';

/** How shares of one nominal value become shares of another: `from` old ones are `to` new ones, in lowest terms. */
export interface SplitRatio {
	from: number;
	to: number;
}

function greatestDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * The ratio in which shares are divided (Zerlegung, § 22b GenG, S-12) or put together: 500 € to 100 € is one for five.
 * Refuses invalid `shares.split-nothing` if the nominal value stays.
 */
export function splitRatio(oldNominalCents: number, newNominalCents: number): SplitRatio {
	if (oldNominalCents === newNominalCents) throw new Refusal('invalid', 'shares.split-nothing', {}, { rule: 'S-12' });
	const divisor = greatestDivisor(oldNominalCents, newNominalCents);
	return { from: newNominalCents / divisor, to: oldNominalCents / divisor };
}

/**
 * How many shares of the new nominal value the same sum of nominal values is; null where it does not divide (S-12).
 * What members hold, owe and have paid stays the same to the cent.
 */
export function sharesAfterSplit(nominalCents: number, newNominalCents: number): number | null {
	return nominalCents % newNominalCents === 0 ? nominalCents / newNominalCents : null;
}

/**
 * What falls due on one share that is worth more (S-03, S-04): what the new terms fix in amount and date above what the old ones did, from
 * `dueOn` on, in the statute's instalments where it has them. Nothing where neither fixes more.
 */
export function increaseDues(before: StatuteTerms, after: StatuteTerms, dueOn: Day): Due[] {
	let restCents = Math.max(0, determinedCents(after) - determinedCents(before));
	const { instalmentCents, instalmentMonths } = after;
	const dues: Due[] = [];
	for (let i = 0; restCents > 0; i++) {
		const amountCents = instalmentCents > 0 ? Math.min(instalmentCents, restCents) : restCents;
		dues.push({ dueOn: addMonths(dueOn, i * instalmentMonths), amountCents });
		restCents -= amountCents;
	}
	return dues;
}

/** What a new nominal value does to everybody together, counted before it is carried out. */
export interface SplitEffect {
	oldNominalCents: number;
	newNominalCents: number;
	/** the resolution of an increase or reduction; the capital stays where shares are divided or joined */
	change: NominalChange;
	/** null where every share stays */
	ratio: SplitRatio | null;
	/** members who hold shares on the day or later */
	members: number;
	sharesBefore: number;
	sharesAfter: number;
	/** sum of nominal values before and after: the same where shares are divided or joined */
	capitalCents: number;
	capitalAfterCents: number;
	/** what members owe in addition by an increase, all together, and when */
	owed: Due[];
	/** paid in above a lower value: owed back once creditors have been protected */
	repaidCents: number;
	/** the lower value waits for creditors (§ 22 GenG) */
	waits: boolean;
	/** an earlier change still waits for its day or for creditors */
	otherWaits: boolean;
	/** most shares one member then holds */
	mostShares: number;
	/** members whose shares do not divide, by number (the first ten) and how many they are */
	undivided: { count: number; numbers: number[] };
	/** declarations that count shares of the old value and are not decided */
	openDeclarations: number;
	/** sums of what members answer for (Haftsummen) before and after */
	liabilityBeforeCents: number;
	liabilityAfterCents: number;
}

/**
 * Whether a split may be carried out.
 * Refuses conflict `shares.split-undivided` {count, number} where a member's shares do not divide, `shares.split-over-limit`
 * {max, most} where somebody would hold more than the statute allows, `shares.split-declarations-open` {count} while declarations
 * wait that count old shares, `shares.split-pending` while an earlier change waits for its day or for creditors.
 */
export function checkSplit(effect: SplitEffect, { maxShares }: Pick<StatuteTerms, 'maxShares'>): void {
	const { undivided, mostShares, openDeclarations, otherWaits } = effect;
	const rule = { rule: 'S-12' };
	if (otherWaits) throw new Refusal('conflict', 'shares.split-pending', {}, rule);
	if (undivided.count > 0) {
		const [number = 0] = undivided.numbers;
		throw new Refusal('conflict', 'shares.split-undivided', { count: undivided.count, number }, rule);
	}
	if (mostShares > maxShares) {
		throw new Refusal('conflict', 'shares.split-over-limit', { max: maxShares, most: mostShares }, rule);
	}
	if (openDeclarations > 0) {
		throw new Refusal('conflict', 'shares.split-declarations-open', { count: openDeclarations }, rule);
	}
}
