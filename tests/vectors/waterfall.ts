// shares/profit_waterfall: from the year's result to what may be distributed, and the limits of a proposal.
import {
	boardReserveMaximumCents,
	highestRate,
	legalReserveCents,
	type ProfitSteps,
	profitSteps,
	proposedUse,
	type ReserveRule,
	type YearResult,
} from '../../api/dividends/rules/profit.ts';
import { eurosOf } from '../../api/values/money.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { centsIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

function ruleOf(given: Fields): ReserveRule {
	const statute = { ...given, ...fieldsOf(given.statute) };
	const cap = firstOf(statute, 'legal_reserve_cap', 'reserve_cap', 'cap');
	const base = textOf(firstOf(statute, 'legal_reserve_base', 'base')) ?? 'JU+GV-VV';
	return {
		rate: textOf(firstOf(statute, 'legal_reserve_rate', 'rate')) ?? '0',
		base: /GV|VV|carr/i.test(base) ? 'result-and-carried-forward' : 'result',
		capCents: cap === undefined || cap === null ? null : centsIn(cap),
		boardMayReserve: firstOf(statute, 'board_may_allocate_up_to_half', 'board_may_allocate') !== false,
	};
}

function yearOf(given: Fields): YearResult {
	return {
		resultCents: centsIn(firstOf(given, 'jahresueberschuss', 'ju', 'result')),
		profitForwardCents: centsIn(firstOf(given, 'gewinnvortrag', 'gv')),
		lossForwardCents: centsIn(firstOf(given, 'verlustvortrag', 'vv')),
		legalReserveBeforeCents: centsIn(firstOf(given, 'legal_reserve_before', 'reserve_before', 'legal_reserve')),
		boardReserveCents: centsIn(firstOf(given, 'board_allocation', 'board_reserve', 'requested_board_allocation')),
		releasedCents: centsIn(firstOf(given, 'releases', 'released', 'reserve_release')),
		freeReservesCents: centsIn(
			firstOf(given, 'free_reserves', 'freely_available_reserves', 'frei_verfuegbare_ruecklagen'),
		),
		blockedCents: centsIn(
			firstOf(
				given,
				'blocked',
				'blocked_amount',
				'distribution_block',
				'ausschuettungssperre',
				'self_created_intangibles',
				'blocked_268_8',
			),
		),
	};
}

const no = (values: Fields = {}): Fields => ({
	accepted: false,
	valid: false,
	allowed: false,
	dividend_allowed: false,
	...values,
});

function attempt(work: () => Fields): Fields {
	try {
		return { accepted: true, valid: true, allowed: true, ...work() };
	} catch (refusal) {
		if (!(refusal instanceof Refusal)) throw refusal;
		const { highestRate: rate, maximumCents } = refusal.values;
		return no({
			...(rate === undefined ? {} : { max_rate_4dp_floor: rate }),
			...(typeof maximumCents === 'number'
				? {
						max: eurosOf(maximumCents),
						board_allocation_max: eurosOf(maximumCents),
						max_board_allocation: eurosOf(maximumCents),
					}
				: {}),
		});
	}
}

/** A proposal against a balance-sheet profit that the case gives itself. */
function proposal(given: Fields, rate: string): Fields {
	const blocked = yearOf(given);
	const balanceSheetProfitCents = centsIn(
		firstOf(given, 'bilanzgewinn', 'balance_sheet_profit'),
		Number.MAX_SAFE_INTEGER / 4,
	);
	const block = Math.max(0, blocked.blockedCents - blocked.freeReservesCents);
	const steps: Pick<ProfitSteps, 'balanceSheetProfitCents' | 'distributableCents'> = {
		balanceSheetProfitCents,
		distributableCents: Math.max(0, balanceSheetProfitCents - block),
	};
	const base = centsIn(firstOf(given, 'gg_base_total', 'gg_total'));
	const cap = textOf(firstOf(given, 'statute_dividend_cap', 'dividend_cap')) ?? null;
	const excluded = Object.entries(given).some(
		([name, value]) => /exclude|no_distribution|no_dividend/.test(name) && value === true,
	);
	return {
		...{
			max_rate_4dp_floor: highestRate(steps.distributableCents, base),
			distributable: eurosOf(steps.distributableCents),
		},
		...attempt(() => {
			if (excluded) throw new Refusal('invalid', 'dividends.excluded');
			const use = proposedUse({ dividend: { rate }, toOtherReservesCents: 0 }, steps, base, cap);
			return { dividend_total: eurosOf(use.dividendCents), gewinnvortrag_new: eurosOf(use.carriedForwardCents) };
		}),
	};
}

function steps(given: Fields): Fields {
	const rule = ruleOf(given);
	const year = yearOf(given);
	const reserve = eurosOf(legalReserveCents(rule, year));
	const known = {
		...{ to_legal_reserve: reserve, legal_reserve_after: eurosOf(year.legalReserveBeforeCents + centsIn(reserve)) },
		board_allocation_max: eurosOf(rule.boardMayReserve ? boardReserveMaximumCents(year.resultCents) : 0),
	};
	const result = attempt(() => {
		const { balanceSheetProfitCents, distributableCents } = profitSteps(rule, year);
		const asked = fieldsOf(given.proposal);
		const profit = { balanceSheetProfitCents, distributableCents };
		const max = eurosOf(distributableCents);
		const figures = {
			...{ bilanzgewinn: eurosOf(balanceSheetProfitCents), dividend_allowed: distributableCents > 0 },
			...{ distributable: max, max_distributable: max, max_distribution: max, max_dividend: max },
		};
		const rate = textOf(asked.dividend_rate);
		if (rate === undefined) return figures;
		const use = proposedUse(
			{ dividend: { rate }, toOtherReservesCents: centsIn(asked.to_other_reserves) },
			...([profit, centsIn(asked.gg_base_total), textOf(given.statute_dividend_cap) ?? null] as const),
		);
		return {
			...{
				...figures,
				dividend_total: eurosOf(use.dividendCents),
				to_other_reserves: eurosOf(use.toOtherReservesCents),
			},
			gewinnvortrag_new: eurosOf(use.carriedForwardCents),
		};
	});
	return { ...known, ...result };
}

function blocked(given: Fields): Fields {
	const profitCents = centsIn(firstOf(given, 'bilanzgewinn', 'balance_sheet_profit'));
	const { blockedCents, freeReservesCents } = yearOf(given);
	const max = eurosOf(Math.max(0, profitCents - Math.max(0, blockedCents - freeReservesCents)));
	return {
		max_distribution: max,
		distributable: max,
		max_distributable: max,
		max_dividend: max,
		distributable_max: max,
	};
}

/** What the rules say to a case of shares/profit_waterfall. */
export function waterfall(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const isYear = 'jahresueberschuss' in given || 'ju' in given;
	if (isYear) return steps(given);
	const rate = textOf(firstOf(given, 'rate', 'proposed_rate', 'dividend_rate'));
	if (rate !== undefined) return proposal(given, rate);
	return 'bilanzgewinn' in given ? blocked(given) : undefined;
}
