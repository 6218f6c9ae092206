// shares/dividend_allocation: methods A to D, resolutions by rate and by amount, interest, crediting or paying out.
import {
	type Allocation,
	allocateByAmount,
	allocateByRate,
	creditOrPayout,
	methodABaseCents,
} from '../../api/dividends/rules/allocation.ts';
import { interestOnBalances } from '../../api/dividends/rules/interest.ts';
import {
	type BalanceChange,
	dividendMethods,
	earningUnits,
	type TimedMethod,
	timedBase,
	unitsPerYear,
} from '../../api/dividends/rules/methods.ts';
import { type FiscalYear, fiscalYearOf } from '../../api/statute/rules.ts';
import { eurosOf } from '../../api/values/money.ts';
import { centsIn, dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';
import { figuresOf, withholdingOf } from './withholding.ts';

interface Member {
	readonly label: unknown;
	readonly named: boolean;
	readonly memberNumber: number;
	readonly baseCents: number;
}

// A list of members comes as balances, as pairs of member and balance, or as objects; results keep that form.
function memberOf(entry: unknown, place: number): Member {
	const fields = fieldsOf(entry);
	const [label, base] = Array.isArray(entry)
		? entry
		: typeof entry === 'object'
			? [firstOf(fields, 'member', 'member_no', 'number', 'id'), firstOf(fields, 'gg', 'gg_prior_fy_end', 'balance')]
			: [undefined, entry];
	const digits = /\d+/.exec(textOf(label) ?? '')?.[0];
	const named = !Array.isArray(entry);
	return { label, named, memberNumber: digits === undefined ? place + 1 : Number(digits), baseCents: centsIn(base) };
}

function figuresOfAllocation(members: readonly Member[], allocation: Allocation): Fields {
	const remainder = eurosOf(allocation.remainderCents);
	const total = eurosOf(allocation.totalCents);
	return {
		dividends: allocation.dividends.map(({ grossCents }, i) => {
			const label = members[i]?.label;
			if (label === undefined) return eurosOf(grossCents);
			return members[i]?.named ? { member: label, dividend: eurosOf(grossCents) } : [label, eurosOf(grossCents)];
		}),
		sum: total,
		total,
		dividend_total: total,
		remainder,
		remainder_to_carry_forward: remainder,
		to_carry_forward: remainder,
		carry_forward: remainder,
		to_gewinnvortrag: remainder,
		gewinnvortrag: remainder,
	};
}

function crediting(given: Fields): Fields | undefined {
	const balanceCents = centsIn(given.gg);
	const fullCents = centsIn(given.geschaeftsanteil_total);
	const deduction = withholdingOf(given, centsIn(firstOf(given, 'dividend_gross', 'gross')));
	if (!deduction) return undefined;
	// A case that only says "lowered by a loss" means the whole gap up to the share.
	const gapCents = given.reduced_by_loss === true ? Math.max(0, fullCents - balanceCents) : 0;
	const before = firstOf(given, 'gg_before_loss');
	const lossToRefillCents =
		before === undefined
			? centsIn(firstOf(given, 'loss_to_refill', 'loss_write_down', 'loss_amount', 'loss'), gapCents)
			: Math.max(0, centsIn(before) - balanceCents);
	const paysBeforeFull = given.statute_pays_before_full === true;
	const netCents = 'dividend_net' in given ? centsIn(given.dividend_net) : deduction.netCents;
	const result = creditOrPayout(netCents, { balanceCents, fullCents, lossToRefillCents, paysBeforeFull });
	return {
		...figuresOf(deduction),
		credited: eurosOf(result.creditedCents),
		paid_out: eurosOf(result.paidOutCents),
		gg_after: eurosOf(result.balanceAfterCents),
	};
}

const paymentsIn = (given: Fields): BalanceChange[] =>
	(Array.isArray(given.payments_in_fy) ? given.payments_in_fy : []).map((payment) => {
		const [on, amount] = Array.isArray(payment)
			? payment
			: [firstOf(fieldsOf(payment), 'date', 'on'), fieldsOf(payment).amount];
		return { on: dayIn(on, ''), cents: centsIn(amount) };
	});

// Cases that name no fiscal year mean the calendar year 2026, or a later one that they pay in.
function fiscalYearIn(given: Fields, payments: readonly BalanceChange[]): FiscalYear {
	const end = textOf(given.fy_end);
	const named = textOf(firstOf(given, 'fy', 'financial_year', 'year'));
	const year =
		named ?? payments.reduce((latest, { on }) => (on.slice(0, 4) > latest ? on.slice(0, 4) : latest), '2026');
	const day = end ?? `${year}-12-31`;
	return fiscalYearOf(day, Number(day.slice(5, 7)));
}

const unitNames = { B: 'months', C: 'days', D: 'quarters' } as const;

function byTime(given: Fields, method: TimedMethod, rate: string): Fields {
	const changes = paymentsIn(given);
	const year = fiscalYearIn(given, changes);
	const openingCents = centsIn(firstOf(given, 'gg_prior_fy_end', 'gg'));
	// Without a share's value every cent is a share of its own: a case that is silent on it means paid in full.
	const shareCents = centsIn(firstOf(given, 'geschaeftsanteil', 'share_value', 'nominal'), 1);
	const base = timedBase(method, { memberNumber: 1, openingCents, changes }, year, shareCents);
	const wholeYear = unitsPerYear(method, year);
	const { dividends } = allocateByRate([base], rate, undefined, { unitsPerYear: wholeYear });
	const units = changes.map(({ on }) => earningUnits(method, on, year));
	const single = units.length > 1 ? units : (units[0] ?? wholeYear);
	return {
		[unitNames[method]]: single,
		...(method === 'C' && { year_days: wholeYear }),
		dividend: eurosOf(dividends[0]!.grossCents),
	};
}

function interest(given: Fields, rate: string): Fields {
	const year = fiscalYearIn(given, []);
	const bases = [{ memberNumber: 1, baseCents: centsIn(firstOf(given, 'gg_prior_fy_end', 'gg')) }];
	const uncoveredLossCents = centsIn(given.uncovered_loss);
	const result = interestOnBalances(bases, { rate, uncoveredLossCents, fiscalYearEnd: year.end });
	const payable = eurosOf(result.totalCents);
	return {
		...{ interest: payable, payable, blocked: eurosOf(result.blockedCents) },
		[`latest_payment_for_fy_${year.end.slice(0, 4)}`]: result.latestPaymentOn,
	};
}

/** What the rules say to a case of shares/dividend_allocation; undefined for a key or a count of days without a rule. */
export function dividendAllocation(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const name = textOf(given.method) ?? 'A';
	const method = dividendMethods.find((known) => name === known || name.startsWith(`${known}_`));
	const countsOtherwise = (textOf(given.day_count) ?? 'act/act') !== 'act/act' || given.count_payment_day === true;
	if (!method || countsOtherwise || (textOf(given.rounding) ?? 'DOWN') !== 'DOWN') return undefined;
	const rate = textOf(given.rate);
	if ('interest' in fieldsOf(testCase.expect) || 'uncovered_loss' in given) {
		return rate === undefined ? undefined : interest(given, rate);
	}
	if ('geschaeftsanteil_total' in given) return crediting(given);
	const list = firstOf(given, 'members_gg', 'members', 'bases', 'gg');
	if (Array.isArray(list)) {
		if (method !== 'A') return undefined;
		const members = list.map(memberOf);
		const pot = firstOf(given, 'amount', 'pot', 'resolved_pot', 'dividend_total');
		const potCents = pot === undefined ? undefined : centsIn(pot);
		if (rate !== undefined) return figuresOfAllocation(members, allocateByRate(members, rate, potCents));
		return potCents === undefined ? undefined : figuresOfAllocation(members, allocateByAmount(members, potCents));
	}
	if (rate === undefined) return undefined;
	if (method !== 'A') return byTime(given, method, rate);
	const baseCents = methodABaseCents({
		firstYear: firstOf(given, 'first_fy', 'first_financial_year') === true,
		previousYearEndCents: centsIn(firstOf(given, 'gg_prior_fy_end', 'gg', 'base')),
		paidInYearCents: paymentsIn(given).reduce((sum, { cents }) => sum + cents, 0),
	});
	const { dividends } = allocateByRate([{ memberNumber: 1, baseCents }], rate);
	return { dividend: eurosOf(dividends[0]?.grossCents ?? 0), base: eurosOf(baseCents) };
}
