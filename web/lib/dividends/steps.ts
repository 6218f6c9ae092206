// A dividend's calculation line by line, each with its rule in plain words.
import type { paths } from '#lib/api.d.ts';
import { date, euros, percent } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** A member's dividend of a year as the API tells it. */
export type Statement = paths['/api/me/dividends/{year}']['get']['responses']['200']['content']['application/json'];
type Step = Statement['steps'][number];

/** A line as the calculation shows it. */
export interface Line {
	label: string;
	value: string;
	note?: string;
	total?: boolean;
}

/** A rate (decimal text) as percent, with as many digits as it has. */
export function ratePercent(rate: string | undefined): string {
	return percent(Number(rate ?? 0), 4);
}

/** Why something is exempt or reduced: exemption order, certificate. */
export function becauseText(because: string | undefined): string {
	switch (because) {
		case 'exemption-order':
			return m.dividends_because_order();
		case 'no-assessment':
			return m.dividends_because_no_assessment();
		case 'charitable':
			return m.dividends_because_charitable();
		case 'exempt-body':
			return m.dividends_because_exempt_body();
		default:
			return because ? m.dividends_because_certificate() : '';
	}
}

/** A step names only the amounts it has. */
const sum = (cents: number | undefined) => euros(cents ?? 0);
const minus = (cents: number) => (cents === 0 ? euros(0) : euros(-cents));

function shareLine(step: Step, { baseCents }: Statement): Line {
	return {
		label: m.dividends_step_gross(),
		value: euros(step.amountCents),
		note:
			step.rate !== undefined
				? m.dividends_step_share_rate({ base: euros(baseCents), rate: ratePercent(step.rate) })
				: m.dividends_step_share_amount({
						base: euros(baseCents),
						all: sum(step.balancesCents),
						pot: sum(step.potCents),
					}),
		total: true,
	};
}

function taxNote(step: Step, taxableCents: number): string {
	const rate = ratePercent(step.rate);
	const base = euros(taxableCents);
	if (step.because === 'exempt-body') return m.dividends_step_tax_reduced({ rate, base });
	return step.churchRate
		? m.dividends_step_tax_church({ rate, base, church: ratePercent(step.churchRate) })
		: m.dividends_step_tax_note({ rate, base });
}

/** A tax that is withheld; where nothing is taxable, one line stands for all of them. */
function taxLine(one: Step, statement: Statement): Line | undefined {
	const { step, amountCents, rate } = one;
	const { taxableCents, capitalTaxCents } = statement;
	if (taxableCents === 0)
		return step === 'capital-tax'
			? { label: m.dividends_step_untaxed(), value: euros(0), note: m.dividends_step_untaxed_note() }
			: undefined;
	const value = minus(amountCents);
	const of = { rate: ratePercent(rate), tax: euros(capitalTaxCents) };
	if (step === 'capital-tax') return { label: m.dividends_step_tax(), value, note: taxNote(one, taxableCents) };
	if (step === 'solidarity')
		return { label: m.dividends_step_solidarity(), value, note: m.dividends_step_solidarity_note(of) };
	return Number(rate) > 0
		? { label: m.dividends_step_church(), value, note: m.dividends_step_church_note(of) }
		: undefined;
}

function lineOf(step: Step, statement: Statement): Line | undefined {
	const { amountCents } = step;
	switch (step.step) {
		case 'base':
			return {
				label: m.dividends_step_base({ day: date(step.day ?? null) }),
				value: euros(amountCents),
				note: m.dividends_step_base_note(),
			};
		case 'share':
			return shareLine(step, statement);
		case 'not-taxable':
			return amountCents
				? {
						label: m.dividends_step_not_taxable(),
						value: euros(amountCents),
						note: m.dividends_step_not_taxable_note(),
					}
				: undefined;
		case 'exemption-left':
			return {
				label: m.dividends_step_order(),
				value: euros(amountCents),
				note: m.dividends_step_order_note({ order: sum(step.orderCents), used: sum(step.usedBeforeCents) }),
			};
		case 'exempt':
			return amountCents
				? { label: m.dividends_step_exempt(), value: euros(amountCents), note: becauseText(step.because) }
				: undefined;
		case 'taxable':
			return { label: m.dividends_step_taxable(), value: euros(amountCents), note: m.dividends_step_taxable_note() };
		case 'capital-tax':
		case 'solidarity':
		case 'church-tax':
			return taxLine(step, statement);
		case 'net':
			return {
				label: m.dividends_step_net(),
				value: euros(amountCents),
				note: m.dividends_step_net_note(),
				total: true,
			};
		case 'credited':
			return amountCents
				? {
						label: m.dividends_step_credited(),
						value: minus(amountCents),
						note: m.dividends_step_credited_note({ balance: sum(step.balanceCents), full: sum(step.fullCents) }),
					}
				: undefined;
		case 'paid-out':
			return {
				label: m.dividends_step_paid({ day: date(statement.inflowOn) }),
				value: euros(amountCents),
				total: true,
			};
		default:
			return undefined;
	}
}

/** The lines in their order; steps that say nothing for this member (no church tax, nothing credited) are left out. */
export function linesOf(statement: Statement): Line[] {
	return statement.steps.map((step) => lineOf(step, statement)).filter((line) => line !== undefined);
}

/** The church tax rate a dividend was computed with: decimal text, '0' without. */
export function churchRateOf({ steps }: Statement): string {
	const step = steps.find((one) => one.step === 'church-tax');
	return step?.rate ?? '0';
}
