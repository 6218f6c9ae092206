// What a member may take, what falls due when, and how a member's three numbers belong together.
import type { StatuteTerms } from '../statute/rules.ts';
import { addDays, addMonths, type Day } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';

/**
 * The three numbers of a member on a day (S-01): nominal value of the shares (Geschäftsanteile), what is due on them
 * (Pflichteinzahlung), what is paid (Geschäftsguthaben). 0 ≤ paid ≤ nominal.
 */
export interface Holding {
	shares: number;
	nominalCents: number;
	dueCents: number;
	paidCents: number;
}

/** Due and not paid. */
export function claimOf({ dueCents, paidCents }: Pick<Holding, 'dueCents' | 'paidCents'>): number {
	return Math.max(0, dueCents - paidCents);
}

/** What the shares can still take (up to the nominal value). */
export function roomOf({ nominalCents, paidCents }: Pick<Holding, 'nominalCents' | 'paidCents'>): number {
	return Math.max(0, nominalCents - paidCents);
}

/** How a payment divides: onto the shares as far as they take it, the rest is owed back to the member (S-01, S-05). */
export function splitPayment(
	amountCents: number,
	holding: Pick<Holding, 'nominalCents' | 'paidCents'>,
): { creditedCents: number; overpaidCents: number } {
	const creditedCents = Math.min(amountCents, roomOf(holding));
	return { creditedCents, overpaidCents: amountCents - creditedCents };
}

/** A payment that falls due. */
export interface Due {
	dueOn: Day;
	amountCents: number;
}

/**
 * What falls due on `count` shares admitted on `from` (S-03, S-04): the first payment, then instalments of equal size until the
 * shares are full, the last one smaller if need be. Without instalments the rest is not due until it is called.
 */
export function duesOf(terms: StatuteTerms, count: number, from: Day): Due[] {
	const { nominalCents, firstPaymentCents, firstPaymentDays, instalmentCents, instalmentMonths } = terms;
	const first = addDays(from, firstPaymentDays);
	const perShare: Due[] = firstPaymentCents > 0 ? [{ dueOn: first, amountCents: firstPaymentCents }] : [];
	let restCents = nominalCents - firstPaymentCents;
	for (let i = perShare.length; instalmentCents > 0 && restCents > 0; i++) {
		const amountCents = Math.min(instalmentCents, restCents);
		perShare.push({ dueOn: addMonths(first, i * instalmentMonths), amountCents });
		restCents -= amountCents;
	}
	return perShare.map(({ dueOn, amountCents }) => ({ dueOn, amountCents: amountCents * count }));
}

/**
 * Whether a member may hold `more` shares beside those held.
 * Refuses invalid `shares.count-wrong`, `shares.limit-exceeded` {max, held, more} (M-10), `shares.below-mandatory` {min}.
 */
export function checkLimit(terms: StatuteTerms, held: number, more: number): void {
	const { maxShares: max, mandatoryShares: min } = terms;
	if (!Number.isSafeInteger(more) || more < 1)
		throw new Refusal('invalid', 'shares.count-wrong', {}, { field: 'count' });
	if (held + more > max)
		throw new Refusal('invalid', 'shares.limit-exceeded', { max, held, more }, { rule: 'M-10', field: 'count' });
	if (held + more < min)
		throw new Refusal('invalid', 'shares.below-mandatory', { min }, { rule: 'M-43', field: 'count' });
}

/** What must be paid before further shares may be admitted: all shares held so far must be full (§ 15b(2) GenG, M-12). */
export function unpaidBeforeFurther(holding: Pick<Holding, 'nominalCents' | 'paidCents'>): number {
	return roomOf(holding);
}

/**
 * Whether further shares may be admitted (M-12). Shares up to the mandatory number are exempt.
 * Refuses conflict `shares.earlier-unpaid` {unpaidCents}, and as `checkLimit`.
 */
export function checkFurther(terms: StatuteTerms, holding: Holding, more: number): void {
	checkLimit(terms, holding.shares, more);
	const unpaidCents = unpaidBeforeFurther(holding);
	if (unpaidCents > 0 && holding.shares + more > terms.mandatoryShares) {
		throw new Refusal('conflict', 'shares.earlier-unpaid', { unpaidCents }, { rule: 'M-12' });
	}
}

/** What may be done with a declaration for further shares in which state; pages and services ask this table. */
export const requestCan = { admit: ['declared'], reject: ['declared'], withdraw: ['declared'] } as const;
export type RequestState = 'declared' | 'admitted' | 'rejected' | 'withdrawn';

/** True if a declaration in that state can be treated so. */
export function canRequest(verb: keyof typeof requestCan, state: RequestState): boolean {
	return (requestCan[verb] as readonly string[]).includes(state);
}

/** A change on a day, in cents. */
export interface Change {
	day: Day;
	cents: number;
}

function sumUntil(changes: readonly Change[], day: Day): number {
	return changes.reduce((sum, change) => (change.day <= day ? sum + change.cents : sum), 0);
}

const lastDay: Day = '9999-12-31';

/** The least a running sum of changes is at the end of `from` or of any later day. */
export function leastFrom(changes: readonly Change[], from: Day): number {
	const days = [from, ...changes.map(({ day }) => day).filter((day) => day > from)];
	return Math.min(...days.map((day) => sumUntil(changes, day)), sumUntil(changes, lastDay));
}

/**
 * What must be posted on which day so that the claims in the books are what they should be at the end of every day from `from` to
 * `until`: due less paid, never below zero. Each list holds one member's changes: what fell due, what was paid, what the books claim.
 */
export function claimCorrections(
	{ dues, paid, claims }: { dues: readonly Change[]; paid: readonly Change[]; claims: readonly Change[] },
	from: Day,
	until: Day,
): Change[] {
	const days = [
		from,
		...[...dues, ...paid, ...claims].map(({ day }) => day).filter((day) => day > from && day <= until),
	];
	const corrections: Change[] = [];
	for (const day of [...new Set(days)].sort()) {
		const wanted = claimOf({ dueCents: sumUntil(dues, day), paidCents: sumUntil(paid, day) });
		const cents = wanted - sumUntil(claims, day) - sumUntil(corrections, day);
		if (cents !== 0) corrections.push({ day, cents });
	}
	return corrections;
}
