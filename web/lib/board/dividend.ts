// A member's dividend as lines of a calculation: the API's steps in words.
import { date, euros, percent } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** A step of the calculation as the API tells it; amounts in cents, rates as decimal text. */
export interface Step {
	step: string;
	amountCents: number;
	rule: string;
	day?: string;
	rate?: string;
	because?: string;
	potCents?: number;
	balancesCents?: number;
	orderCents?: number;
	usedBeforeCents?: number;
	balanceCents?: number;
	fullCents?: number;
}

/** A line for Calculation. */
export interface Line {
	label: string;
	value: string;
	note?: string;
	rule: string;
	total?: boolean;
}

const labels: Record<string, () => string> = {
	base: m.board_step_base,
	share: m.board_step_share,
	'exemption-left': m.board_step_exemption_left,
	gross: m.board_step_gross,
	'not-taxable': m.board_step_not_taxable,
	exempt: m.board_step_exempt,
	taxable: m.board_step_taxable,
	'capital-tax': m.board_step_capital_tax,
	solidarity: m.board_step_solidarity,
	'church-tax': m.board_step_church_tax,
	net: m.board_step_net,
	credited: m.board_step_credited,
	'paid-out': m.board_step_paid_out,
};

function noteOf(step: Step): string | undefined {
	if (step.day) return m.board_as_of({ day: date(step.day) });
	if (step.rate) return percent(Number(step.rate), 4);
	if (step.potCents !== undefined && step.balancesCents !== undefined)
		return m.board_step_pot({ pot: euros(step.potCents), balances: euros(step.balancesCents) });
	if (step.orderCents !== undefined)
		return m.board_step_order({ order: euros(step.orderCents), used: euros(step.usedBeforeCents ?? 0) });
	if (step.balanceCents !== undefined && step.fullCents !== undefined)
		return m.board_step_full({ balance: euros(step.balanceCents), full: euros(step.fullCents) });
	return undefined;
}

/** The lines of a calculation, in the order they were computed; results are set apart. */
export function dividendLines(steps: readonly Step[]): Line[] {
	return steps.map((step) => {
		const note = noteOf(step);
		return {
			label: labels[step.step]?.() ?? step.step,
			value: euros(step.amountCents),
			rule: step.rule,
			...(note ? { note } : {}),
			...(['gross', 'net', 'paid-out'].includes(step.step) ? { total: true } : {}),
		};
	});
}
