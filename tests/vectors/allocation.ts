// shares/dividend_allocation: method A, resolutions by rate and by amount, crediting or paying out.
import {
	type Allocation,
	allocateByAmount,
	allocateByRate,
	creditOrPayout,
	methodABaseCents,
} from '../../api/dividends/rules/allocation.ts';
import { eurosOf } from '../../api/values/money.ts';
import { centsIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';
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

/** What the rules say to a case of shares/dividend_allocation; undefined for other keys than method A and for interest. */
export function dividendAllocation(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const method = textOf(given.method);
	const isInterest = 'interest' in fieldsOf(testCase.expect) || 'uncovered_loss' in given;
	const isOtherKey = method !== undefined && !/^A($|_)/.test(method);
	if (isInterest || isOtherKey || (textOf(given.rounding) ?? 'DOWN') !== 'DOWN') return undefined;
	if ('geschaeftsanteil_total' in given) return crediting(given);
	const rate = textOf(given.rate);
	const list = firstOf(given, 'members_gg', 'members', 'bases', 'gg');
	if (Array.isArray(list)) {
		const members = list.map(memberOf);
		const pot = firstOf(given, 'amount', 'pot', 'resolved_pot', 'dividend_total');
		const potCents = pot === undefined ? undefined : centsIn(pot);
		if (rate !== undefined) return figuresOfAllocation(members, allocateByRate(members, rate, potCents));
		return potCents === undefined ? undefined : figuresOfAllocation(members, allocateByAmount(members, potCents));
	}
	if (rate === undefined) return undefined;
	const payments = Array.isArray(given.payments_in_fy) ? given.payments_in_fy : [];
	const baseCents = methodABaseCents({
		firstYear: firstOf(given, 'first_fy', 'first_financial_year') === true,
		previousYearEndCents: centsIn(firstOf(given, 'gg_prior_fy_end', 'gg', 'base')),
		paidInYearCents: payments.reduce<number>(
			(sum, payment) => sum + (Array.isArray(payment) ? centsIn(payment[1]) : 0),
			0,
		),
	});
	const { dividends } = allocateByRate([{ memberNumber: 1, baseCents }], rate);
	return { dividend: eurosOf(dividends[0]?.grossCents ?? 0), base: eurosOf(baseCents) };
}
