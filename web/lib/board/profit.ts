// From the year's result to what the assembly decides on, as lines of a calculation.
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** Closing figures, cents. */
export interface Figures {
	resultCents: number;
	profitForwardCents: number;
	lossForwardCents: number;
	legalReserveBeforeCents: number;
	boardReserveCents: number;
	releasedCents: number;
	freeReservesCents: number;
	blockedCents: number;
}

/** What the statute makes of them, cents. */
export interface Profit {
	legalReserveCents: number;
	balanceSheetProfitCents: number;
	distributableCents: number;
}

interface Line {
	label: string;
	value: string;
	note?: string;
	rule?: string;
	total?: boolean;
}

const minus = (cents: number) => euros(cents === 0 ? 0 : -cents);
const some = (cents: number, line: Line): Line[] => (cents === 0 ? [] : [line]);

/** The way from the year's result to the distributable profit (P-01 to P-06); lines of nothing are left out. */
export function profitLines(figures: Figures, profit: Profit): Line[] {
	const blocked = Math.max(0, figures.blockedCents - figures.freeReservesCents);
	return [
		{ label: m.board_profit_result(), value: euros(figures.resultCents), rule: 'P-01' },
		...some(figures.profitForwardCents, {
			label: m.board_profit_forward(),
			value: euros(figures.profitForwardCents),
			rule: 'P-04',
		}),
		...some(figures.lossForwardCents, {
			label: m.board_profit_loss_forward(),
			value: minus(figures.lossForwardCents),
			rule: 'P-04',
		}),
		{
			label: m.board_profit_legal_reserve(),
			value: minus(profit.legalReserveCents),
			note: m.board_profit_legal_reserve_before({ before: euros(figures.legalReserveBeforeCents) }),
			rule: 'P-02',
		},
		...some(figures.boardReserveCents, {
			label: m.board_profit_board_reserve(),
			value: minus(figures.boardReserveCents),
			rule: 'P-03',
		}),
		...some(figures.releasedCents, { label: m.board_profit_released(), value: euros(figures.releasedCents) }),
		{ label: m.board_profit_balance(), value: euros(profit.balanceSheetProfitCents), rule: '§ 268 HGB', total: true },
		...some(blocked, { label: m.board_profit_blocked(), value: minus(blocked), rule: '§ 268 Abs. 8 HGB' }),
		{ label: m.board_profit_distributable(), value: euros(profit.distributableCents), rule: 'P-05', total: true },
	];
}

/** How a proposal uses the balance-sheet profit: dividend, other reserves, carried forward. */
export function useLines(
	proposal: { potCents: number; toOtherReservesCents: number; carriedForwardCents: number },
	profit: Profit,
): Line[] {
	return [
		{ label: m.board_profit_balance(), value: euros(profit.balanceSheetProfitCents) },
		{ label: m.board_proposal_pot(), value: minus(proposal.potCents) },
		...some(proposal.toOtherReservesCents, {
			label: m.board_proposal_other_reserves(),
			value: minus(proposal.toOtherReservesCents),
		}),
		{ label: m.board_proposal_forward(), value: euros(proposal.carriedForwardCents), total: true },
	];
}
