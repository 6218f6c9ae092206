// A dividend run as pure arithmetic: from members' facts to their lines with every step, and the run's totals.
import { createHash } from 'node:crypto';
import type { MemberKind } from '../../members/rules.ts';
import type { Day } from '../../values/calendar.ts';
import { allocateByAmount, allocateByRate, creditOrPayout, type MemberBase } from './allocation.ts';
import { notTaxableParts } from './contributionAccount.ts';
import type { ExemptionOrder } from './exemptions.ts';
import { withholdInPaymentOrder } from './inflow.ts';
import { methodRules, type TimedBase, type TimedMethod } from './methods.ts';
import type { LineStep } from './steps.ts';
import { bestCertificate, type CertificateKind, type HolderKind, type Withholding } from './withholding.ts';

/** Which holder tax law sees in a member, unless the board recorded another (a charitable company, say). */
export function holderKindOf(kind: MemberKind, country: string): HolderKind {
	if (country !== 'DE') return 'non-resident';
	return kind === 'association' ? 'charity' : kind;
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
	/** base by method A; by the others the mean balance that earned */
	readonly baseCents: number;
	/** base by a method that counts time; must be there if the run goes by one */
	readonly timed?: Pick<TimedBase, 'unitCents' | 'parts'>;
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
	/** a method that counts time, and the units of a whole year; left out: method A */
	readonly timed?: { readonly method: TimedMethod; readonly unitsPerYear: number };
	/** the statute's highest rate; left out: none (P-07) */
	readonly capRate?: string;
	/** paid from the contribution account (Einlagekonto), which is no income (T-06); left out: nothing */
	readonly fromContributionAccountCents?: number;
}

/** A member's finished line. gross = net + taxes; net = credited + paid out. */
export interface DividendLine extends Omit<Withholding, 'steps' | 'notTaxableCents'> {
	readonly memberId: string;
	readonly memberNumber: number;
	readonly baseCents: number;
	readonly churchRate: string;
	/** only where something came from the contribution account */
	readonly notTaxableCents?: number;
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

function baseStep({ baseCents, timed }: MemberFacts, terms: RunTerms): LineStep {
	const base = { step: 'base' as const, amountCents: baseCents, day: terms.baseOn };
	if (!terms.timed || !timed) return { ...base, method: 'A', rule: 'P-20' };
	const { method } = terms.timed;
	return { ...base, method, parts: timed.parts, rule: methodRules[method] };
}

function lineOf(
	facts: MemberFacts,
	terms: RunTerms,
	share: LineStep & { step: 'share' },
	fromAccountCents: number,
): DividendLine {
	const { memberId, memberNumber, holder, inBusinessAssets, baseCents, balanceCents, fullCents, order } = facts;
	const { inflowOn, paysBeforeFull } = terms;
	const certificate = bestCertificate(facts.certificates, holder);
	const churchRate = holder === 'natural' && !inBusinessAssets ? facts.churchRate : '0';
	const [dated] = withholdInPaymentOrder(
		[
			{
				day: inflowOn,
				grossCents: share.amountCents,
				notTaxableCents: fromAccountCents,
				holder: { kind: holder, inBusinessAssets, churchRate, ...(certificate && { certificate }) },
			},
		],
		order,
		{ [inflowOn.slice(0, 4)]: facts.usedInYearCents },
	);
	const { steps, notTaxableCents, ...withheld } = dated!.withholding;
	const standing = { balanceCents, fullCents, lossToRefillCents: facts.lossToRefillCents, paysBeforeFull };
	const { creditedCents, paidOutCents } = creditOrPayout(withheld.netCents, standing);
	const leftCents = dated!.remainingCents + withheld.exemptionUsedCents;
	return {
		memberId,
		memberNumber,
		baseCents,
		churchRate,
		...withheld,
		...(notTaxableCents > 0 && { notTaxableCents }),
		creditedCents,
		paidOutCents,
		steps: [
			baseStep(facts, terms),
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

function basesOf(members: readonly MemberFacts[], { timed }: RunTerms): MemberBase[] {
	return members.map((member) => {
		const { memberNumber, baseCents } = member;
		if (!timed) return { memberNumber, baseCents };
		if (!member.timed) throw new RangeError(`member ${memberNumber} has no base by time`);
		return { memberNumber, baseCents, unitCents: member.timed.unitCents };
	});
}

/**
 * Computes a run: the parts of the pot by the statute's method, the deduction from each with the order's pot of the calendar year, what
 * fills up shares and what is paid out (P-20 to P-25, P-30, P-31, T-06, T-10 to T-22). Members without a base have no line. The order
 * the members come in does not matter. Refuses conflict `dividends.over-pot` {totalCents, potCents}, `dividends.no-base`; invalid
 * `dividends.rate-over-cap` {dividendCap}, `dividends.tax-law-unknown`. Throws RangeError for a base that does not fit the method.
 */
export function computeRun(members: readonly MemberFacts[], terms: RunTerms): ComputedRun {
	const { dividend, potCents, timed, capRate = null, fromContributionAccountCents = 0 } = terms;
	const facts = members
		.filter((member) => (timed ? (member.timed?.unitCents ?? member.baseCents) : member.baseCents) > 0)
		.sort((a, b) => a.memberNumber - b.memberNumber);
	const bases = basesOf(facts, terms);
	const limits = { unitsPerYear: timed?.unitsPerYear ?? 1, capRate };
	const allocation =
		'rate' in dividend
			? allocateByRate(bases, dividend.rate, potCents, limits)
			: allocateByAmount(bases, dividend.amountCents, limits);
	const balancesCents = facts.reduce((sum, { baseCents }) => sum + baseCents, 0);
	const allUnitCents = bases.reduce((sum, { unitCents = 0 }) => sum + unitCents, 0);
	const fromAccount = notTaxableParts(allocation.dividends, fromContributionAccountCents);
	const lines = facts.map((member, i) => {
		const amountCents = allocation.dividends[i]!.grossCents;
		const unitCents = bases[i]!.unitCents ?? 0;
		const time = timed && { time: { unitCents, allUnitCents, unitsPerYear: timed.unitsPerYear } };
		const share: LineStep & { step: 'share' } =
			'rate' in dividend
				? { step: 'share', amountCents, ...time, rate: dividend.rate, rounding: 'down', rule: 'P-24' }
				: { step: 'share', amountCents, ...time, potCents, balancesCents, rounding: 'largest-remainder', rule: 'P-25' };
		return lineOf(member, terms, share, fromAccount[i]!);
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
