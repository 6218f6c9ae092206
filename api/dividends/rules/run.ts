// A dividend run as pure arithmetic: from members' facts to their lines with every step, the run's totals and its entry in the books.
import { createHash } from 'node:crypto';
import { accounts, type Posting } from '../../ledger/rules.ts';
import type { MemberKind } from '../../members/rules.ts';
import type { Day } from '../../values/calendar.ts';
import { allocateByAmount, allocateByRate, creditOrPayout } from './allocation.ts';
import type { ExemptionOrder } from './exemptions.ts';
import { withholdInPaymentOrder } from './inflow.ts';
import {
	type CertificateKind,
	certificateHolders,
	type HolderKind,
	type Withholding,
	type WithholdingStep,
} from './withholding.ts';

/** Which holder tax law sees in a member, unless the board recorded another (a charitable company, say). */
export function holderKindOf(kind: MemberKind, country: string): HolderKind {
	if (country !== 'DE') return 'non-resident';
	return kind === 'association' ? 'charity' : kind;
}

/** The certificate that helps a holder most among those valid on a day: full relief before three fifths; null if none counts. */
export function bestCertificate(kinds: readonly CertificateKind[], holder: HolderKind): CertificateKind | null {
	const fitting = kinds.filter((kind) => certificateHolders[kind].includes(holder));
	return fitting.find((kind) => kind !== 'exempt-body') ?? fitting[0] ?? null;
}

/** A member as a run sees it. Amounts in cents, all of them ≥ 0. */
export interface MemberFacts {
	readonly memberId: string;
	readonly memberNumber: number;
	readonly holder: HolderKind;
	readonly inBusinessAssets: boolean;
	/** '0' if the tax office answered none or was not asked */
	readonly churchRate: string;
	/** valid on the day of inflow */
	readonly certificates: readonly CertificateKind[];
	readonly order: ExemptionOrder | null;
	/** what earlier runs of the calendar year of inflow took from the order's pot */
	readonly usedInYearCents: number;
	/** base by method A */
	readonly baseCents: number;
	/** balance (Geschäftsguthaben) on the day of inflow, and what it can grow to; both 0 for former members */
	readonly balanceCents: number;
	readonly fullCents: number;
	/** what losses took off the balance and no profit has filled up yet (P-31) */
	readonly lossToRefillCents: number;
}

/** What the assembly resolved and the statute says, as far as the run computes with it. */
export interface RunTerms {
	readonly dividend: { readonly rate: string } | { readonly amountCents: number };
	readonly potCents: number;
	/** the day the base is taken from */
	readonly baseOn: Day;
	readonly firstYear: boolean;
	readonly inflowOn: Day;
	readonly paysBeforeFull: boolean;
}

/**
 * One line of a member's calculation. The steps before and after the deduction: base (balance on a day, by method A) · share (base ×
 * rate, or the part of a resolved amount) · exemption-left (what the order still covers) · credited · paid-out.
 */
export type LineStep =
	| {
			readonly step: 'base';
			readonly amountCents: number;
			readonly day: Day;
			readonly method: 'A';
			readonly rule: 'P-20';
	  }
	| {
			readonly step: 'share';
			readonly amountCents: number;
			readonly rate: string;
			readonly rounding: 'down';
			readonly rule: 'P-24';
	  }
	| {
			readonly step: 'share';
			readonly amountCents: number;
			readonly potCents: number;
			readonly balancesCents: number;
			readonly rounding: 'largest-remainder';
			readonly rule: 'P-25';
	  }
	| {
			readonly step: 'exemption-left';
			readonly amountCents: number;
			readonly orderCents: number;
			readonly usedBeforeCents: number;
			readonly rule: 'T-22';
	  }
	| WithholdingStep
	| {
			readonly step: 'credited';
			readonly amountCents: number;
			readonly balanceCents: number;
			readonly fullCents: number;
			readonly rule: 'P-30' | 'P-31';
	  }
	| { readonly step: 'paid-out'; readonly amountCents: number; readonly rule: 'P-30' };

/** A member's finished line. gross = net + taxes; net = credited + paid out. */
export interface DividendLine extends Omit<Withholding, 'steps' | 'notTaxableCents'> {
	readonly memberId: string;
	readonly memberNumber: number;
	readonly baseCents: number;
	readonly churchRate: string;
	readonly creditedCents: number;
	readonly paidOutCents: number;
	readonly steps: readonly LineStep[];
}

/** A computed run: lines by member number, their sums, and what of the pot is left for the carry-forward. */
export interface ComputedRun {
	readonly lines: readonly DividendLine[];
	readonly totals: RunTotals;
	readonly remainderCents: number;
	/** sha256, hex, over terms and lines: what a second person releases */
	readonly contentHash: string;
}

const summed = [
	'baseCents',
	'grossCents',
	'exemptCents',
	'taxableCents',
	'capitalTaxCents',
	'solidarityCents',
	'churchTaxCents',
	'netCents',
	'creditedCents',
	'paidOutCents',
] as const;

/** Sums of a run's lines, in cents. */
export type RunTotals = { readonly [K in (typeof summed)[number]]: number };

function totalsOf(lines: readonly DividendLine[]): RunTotals {
	const totals = Object.fromEntries(summed.map((column) => [column, 0])) as { [K in (typeof summed)[number]]: number };
	for (const line of lines) for (const column of summed) totals[column] += line[column];
	return totals;
}

function lineOf(facts: MemberFacts, terms: RunTerms, share: LineStep & { step: 'share' }): DividendLine {
	const { memberId, memberNumber, holder, inBusinessAssets, baseCents, balanceCents, fullCents, order } = facts;
	const { inflowOn, baseOn, paysBeforeFull } = terms;
	const certificate = bestCertificate(facts.certificates, holder);
	const churchRate = holder === 'natural' && !inBusinessAssets ? facts.churchRate : '0';
	const [dated] = withholdInPaymentOrder(
		[
			{
				day: inflowOn,
				grossCents: share.amountCents,
				holder: { kind: holder, inBusinessAssets, churchRate, ...(certificate && { certificate }) },
			},
		],
		order,
		{ [inflowOn.slice(0, 4)]: facts.usedInYearCents },
	);
	const { steps, notTaxableCents: _none, ...withheld } = dated!.withholding;
	const standing = { balanceCents, fullCents, lossToRefillCents: facts.lossToRefillCents, paysBeforeFull };
	const { creditedCents, paidOutCents } = creditOrPayout(withheld.netCents, standing);
	const leftCents = dated!.remainingCents + withheld.exemptionUsedCents;
	return {
		memberId,
		memberNumber,
		baseCents,
		churchRate,
		...withheld,
		creditedCents,
		paidOutCents,
		steps: [
			{ step: 'base', amountCents: baseCents, day: baseOn, method: 'A', rule: 'P-20' },
			share,
			...(order
				? [
						{
							step: 'exemption-left' as const,
							amountCents: leftCents,
							orderCents: order.amountCents,
							usedBeforeCents: facts.usedInYearCents,
							rule: 'T-22' as const,
						},
					]
				: []),
			...steps,
			{ step: 'credited', amountCents: creditedCents, balanceCents, fullCents, rule: paysBeforeFull ? 'P-31' : 'P-30' },
			{ step: 'paid-out', amountCents: paidOutCents, rule: 'P-30' },
		],
	};
}

/**
 * Computes a run: the parts of the pot, the deduction from each with the order's pot of the calendar year, what fills up shares and
 * what is paid out (P-20, P-24, P-25, P-30, T-10 to T-22). Members without a base have no line. The order the members come in does
 * not matter. Refuses conflict `dividends.over-pot` {totalCents, potCents}, `dividends.no-base`; invalid `dividends.tax-law-unknown`.
 */
export function computeRun(members: readonly MemberFacts[], terms: RunTerms): ComputedRun {
	const { dividend, potCents } = terms;
	const facts = members.filter(({ baseCents }) => baseCents > 0).sort((a, b) => a.memberNumber - b.memberNumber);
	const allocation =
		'rate' in dividend ? allocateByRate(facts, dividend.rate, potCents) : allocateByAmount(facts, dividend.amountCents);
	const balancesCents = facts.reduce((sum, { baseCents }) => sum + baseCents, 0);
	const lines = facts.map((member, i) => {
		const amountCents = allocation.dividends[i]!.grossCents;
		return lineOf(
			member,
			terms,
			'rate' in dividend
				? { step: 'share', amountCents, rate: dividend.rate, rounding: 'down', rule: 'P-24' }
				: { step: 'share', amountCents, potCents, balancesCents, rounding: 'largest-remainder', rule: 'P-25' },
		);
	});
	const hash = createHash('sha256').update(JSON.stringify(terms));
	for (const line of lines) hash.update(`\n${JSON.stringify(line)}`);
	return {
		lines,
		totals: totalsOf(lines),
		remainderCents: allocation.remainderCents,
		contentHash: hash.digest('hex'),
	};
}

/** The year's figures as its use is posted, in cents. `carriedForwardCents` < 0: a loss that is carried forward. */
export interface UseOfProfit {
	readonly resultCents: number;
	readonly profitForwardCents: number;
	readonly lossForwardCents: number;
	readonly releasedCents: number;
	readonly legalReserveCents: number;
	/** by board and assembly together */
	readonly otherReservesCents: number;
	readonly carriedForwardCents: number;
}

/**
 * The one entry of a run (Ergebnisverwendung): the year's result and what was carried forward become reserves, carry-forward, balances
 * of members whose shares fill up, dividends to be paid, and tax owed to the tax office. Debit positive; sums to zero because
 * result + profit − loss forward + released = reserves + carried forward + gross, and gross = credited + paid out + taxes.
 */
export function postingsOfRun(use: UseOfProfit, { lines, totals }: Pick<ComputedRun, 'lines' | 'totals'>): Posting[] {
	const carried = use.carriedForwardCents;
	const own: Posting[] = [
		{ account: accounts.appropriation, cents: use.resultCents },
		{ account: accounts.profitCarried, cents: use.profitForwardCents - Math.max(0, carried) },
		{ account: accounts.lossCarried, cents: Math.max(0, -carried) - use.lossForwardCents },
		{ account: accounts.legalReserve, cents: -use.legalReserveCents },
		{ account: accounts.otherReserves, cents: use.releasedCents - use.otherReservesCents },
		{ account: accounts.withheldTax, cents: -totals.capitalTaxCents },
		{ account: accounts.withheldTax, cents: -totals.solidarityCents },
		{ account: accounts.withheldTax, cents: -totals.churchTaxCents },
	];
	const members = lines.flatMap(({ memberId, creditedCents, paidOutCents }): Posting[] => [
		{ account: accounts.memberBalances, memberId, cents: -creditedCents },
		{ account: accounts.dividendsPayable, memberId, cents: -paidOutCents },
	]);
	return [...own, ...members].flatMap(({ cents, ...posting }) => (cents === 0 ? [] : [{ ...posting, cents }]));
}
