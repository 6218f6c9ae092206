// Handing a balance over to another member (Übertragung des Geschäftsguthabens, § 76 GenG): what may be, and what each holds afterwards.
import type { StatuteTerms } from '../../statute/rules.ts';
import { Decimal, floorCent } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** How a transfer goes: proposed by the giver, accepted by the acquirer, entered by the board; or ended on the way. */
export type TransferState = 'proposed' | 'accepted' | 'entered' | 'withdrawn' | 'declined' | 'refused';

/** What may be done with a transfer in which state; pages and services ask this table. */
export const transferCan = {
	accept: ['proposed'],
	decline: ['proposed'],
	withdraw: ['proposed', 'accepted'],
	enter: ['accepted'],
	refuse: ['accepted'],
} as const;

/** True if a transfer in that state can be treated so. */
export function canTransfer(verb: keyof typeof transferCan, state: TransferState): boolean {
	return (transferCan[verb] as readonly string[]).includes(state);
}

/** What one side holds: shares, their nominal value, the balance (Geschäftsguthaben). */
export interface Side {
	shares: number;
	nominalCents: number;
	paidCents: number;
}

/** What goes over: so many of the giver's shares end, so much balance moves, and the acquirer takes so many new shares for it. */
export interface Handover {
	shares: number;
	amountCents: number;
	takes: number;
}

/** The balance that goes with so many of the giver's shares: all with all, otherwise the same part of it, cut to the cent. */
export function amountOfShares({ shares, paidCents }: Side, count: number): number {
	return count >= shares ? paidCents : floorCent(new Decimal(paidCents).mul(count).div(shares));
}

/** How many shares end when so much balance goes: as many as it filled; all of them with all of the balance (§ 76(1), (3) GenG). */
export function sharesOfAmount({ shares, nominalCents, paidCents }: Side, amountCents: number): number {
	if (amountCents >= paidCents) return shares;
	return Math.min(shares, Math.floor(new Decimal(amountCents).mul(shares).div(nominalCents).toNumber()));
}

/** The fewest new shares the acquirer must take so that the balance finds room (§ 76(1), (5) GenG, M-51). */
export function sharesNeeded(to: Side, amountCents: number, shareCents: number): number {
	return Math.max(0, Math.ceil((to.paidCents + amountCents - to.nominalCents) / shareCents));
}

function refuse(
	kind: 'invalid' | 'conflict',
	code: string,
	values: Record<string, number>,
	rule: string,
	field: string,
) {
	return new Refusal(kind, code, values, { rule, field });
}

type TransferTerms = Pick<StatuteTerms, 'nominalCents' | 'maxShares' | 'mandatoryShares'>;

/**
 * What the giver holds afterwards (M-50, M-51), and whether that is the end of the membership.
 * Refuses invalid `shares.count-wrong`, `shares.transfer-amount-wrong` {most, least}, `shares.below-mandatory` {min}.
 */
export function afterGiving(
	from: Side,
	{ shares, amountCents }: Pick<Handover, 'shares' | 'amountCents'>,
	terms: Pick<TransferTerms, 'mandatoryShares'>,
): { from: Side; exit: boolean } {
	const whole = shares === from.shares;
	if (!Number.isSafeInteger(shares) || shares < 1 || shares > from.shares)
		throw refuse('invalid', 'shares.count-wrong', {}, 'M-50', 'shares');
	const left = from.shares - shares;
	if (!whole && left < terms.mandatoryShares)
		throw refuse('invalid', 'shares.below-mandatory', { min: terms.mandatoryShares }, 'M-51', 'shares');
	const gone = whole ? from.nominalCents : Math.round((from.nominalCents / from.shares) * shares);
	const least = whole ? from.paidCents : Math.max(1, from.paidCents - (from.nominalCents - gone));
	const most = whole ? from.paidCents : Math.min(from.paidCents, gone);
	if (!Number.isSafeInteger(amountCents) || amountCents < Math.max(1, least) || amountCents > most)
		throw refuse('invalid', 'shares.transfer-amount-wrong', { least, most }, 'M-50', 'amountCents');
	const after = { shares: left, nominalCents: from.nominalCents - gone, paidCents: from.paidCents - amountCents };
	return { from: after, exit: whole };
}

/**
 * What the acquirer holds afterwards (M-51): the balance must find room in the shares held and newly taken.
 * Refuses invalid `shares.count-wrong`, `shares.limit-exceeded` {max, held, more}, `shares.transfer-no-room` {capacityCents, afterCents};
 * conflict `shares.earlier-unpaid` {unpaidCents} if new shares are taken while earlier ones stay unpaid (M-12).
 */
export function afterTaking(
	to: Side,
	{ amountCents, takes }: Pick<Handover, 'amountCents' | 'takes'>,
	terms: TransferTerms,
): Side {
	if (!Number.isSafeInteger(takes) || takes < 0) throw refuse('invalid', 'shares.count-wrong', {}, 'M-51', 'takes');
	if (to.shares + takes > terms.maxShares) {
		const values = { max: terms.maxShares, held: to.shares, more: takes };
		throw refuse('invalid', 'shares.limit-exceeded', values, 'M-51', 'takes');
	}
	const after = {
		shares: to.shares + takes,
		nominalCents: to.nominalCents + takes * terms.nominalCents,
		paidCents: to.paidCents + amountCents,
	};
	if (after.paidCents > after.nominalCents) {
		const values = { capacityCents: after.nominalCents, afterCents: after.paidCents };
		throw refuse('invalid', 'shares.transfer-no-room', values, 'M-51', 'takes');
	}
	const unpaidCents = to.nominalCents - after.paidCents;
	if (takes > 0 && unpaidCents > 0 && after.shares > terms.mandatoryShares)
		throw refuse('conflict', 'shares.earlier-unpaid', { unpaidCents }, 'M-12', 'takes');
	return after;
}

/** What both sides hold after a transfer (M-50, M-51): nothing is made or lost, the balance only moves. Refuses what both halves refuse. */
export function afterTransfer(
	from: Side,
	to: Side,
	handover: Handover,
	terms: TransferTerms,
): { from: Side; to: Side; exit: boolean } {
	return { ...afterGiving(from, handover, terms), to: afterTaking(to, handover, terms) };
}
