// Energy given to neighbours: building supply (§ 42b EnWG) shared by a key, and who may take part in energy sharing (§ 42c EnWG).
import type { Day } from '../../values/calendar.ts';
import { Decimal } from '../../values/money.ts';

/** A part of the whole as a fraction, so that thirds stay thirds. */
export interface Part {
	numerator: string;
	denominator: string;
}

/** The key where none was agreed: equal parts (§ 42b(5) EnWG, E-23). Throws RangeError without participants. */
export function equalParts(participants: number): Part[] {
	if (!Number.isInteger(participants) || participants < 1) throw new RangeError('no participants');
	return Array.from({ length: participants }, () => ({ numerator: '1', denominator: String(participants) }));
}

/** What a quarter-hour of building supply gives: all that can be allocated, each participant's energy, and what is fed in. */
export interface SharedSlot {
	allocable: Decimal;
	allocated: Decimal[];
	fedIn: Decimal;
}

/**
 * Shares a quarter-hour in a building (§ 42b(5) EnWG): the smaller of generation and all consumption, divided by the key, to each at
 * most what he used; the rest is fed in and not divided again (E-23). Energies of one unit; parts are rounded down to `digits`, so
 * that they never exceed the whole. Throws RangeError for negative energy, a key of other length or above one.
 */
export function shareSlot(
	generation: Decimal | string | number,
	consumption: readonly (Decimal | string | number)[],
	key: readonly Part[] = equalParts(consumption.length),
	digits = 0,
): SharedSlot {
	const used = consumption.map((one) => new Decimal(one));
	const produced = new Decimal(generation);
	if (produced.lt(0) || used.some((one) => one.lt(0))) throw new RangeError('energy below zero');
	if (key.length !== used.length) throw new RangeError('a key for other participants');
	const parts = key.map(({ numerator, denominator }) => new Decimal(numerator).div(denominator));
	// Thirds do not add up to one exactly; the next digit after forty is no matter.
	const whole = Decimal.sum(0, ...parts);
	if (parts.some((part) => part.lt(0)) || whole.minus(1).gt('1e-30')) throw new RangeError('a key above one');
	const allocable = Decimal.min(produced, Decimal.sum(0, ...used));
	const allocated = parts.map((part, i) =>
		Decimal.min(allocable.mul(part), used[i] ?? 0).toDecimalPlaces(digits, Decimal.ROUND_DOWN),
	);
	return { allocable, allocated, fedIn: produced.minus(Decimal.sum(0, ...allocated)) };
}

/** What somebody is in the law of energy sharing. SME: small or medium enterprise of 2003/361/EC. */
export type Size = 'household' | 'sme' | 'public' | 'large';

/** True if they may be a customer of energy sharing: households, SME, public bodies (§ 42c EnWG, E-31). */
export function mayTakePart(size: Size): boolean {
	return size !== 'large';
}

/** True if a cooperative with these members may operate a plant of energy sharing: one large company among them breaks it (§ 42c EnWG, E-30). */
export function mayOperate(members: readonly Size[]): boolean {
	return members.every(mayTakePart);
}

/** True if the duties of a supplier are waived: households up to 30 kW, up to 100 kW in a house of several parties (§ 42c(7) EnWG, E-32). */
export function suppliersDutiesWaived(operator: {
	kind: 'household' | 'other';
	capacityKw: Decimal | string | number;
	multiPartyHouse: boolean;
}): boolean {
	return operator.kind === 'household' && new Decimal(operator.capacityKw).lte(operator.multiPartyHouse ? 100 : 30);
}

const sharingFrom: Day = '2026-06-01';
const neighboursFrom: Day = '2028-06-01';

/**
 * Whether plant and customer are near enough (§ 42c(4) EnWG, E-33): the same balancing area (Bilanzierungsgebiet) from June 2026, a
 * neighbouring one of the same control area from June 2028. `allowedFrom` is null where they never are.
 */
export function nearEnough(
	on: Day,
	{ sameArea, adjacent }: { sameArea: boolean; adjacent: boolean },
): { allowed: boolean; allowedFrom: Day | null } {
	const allowedFrom = sameArea ? sharingFrom : adjacent ? neighboursFrom : null;
	return { allowed: allowedFrom !== null && on >= allowedFrom, allowedFrom };
}
