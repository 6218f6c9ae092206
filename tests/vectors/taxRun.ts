// tax/dividend_run: the deduction from every member of a run, and the return of the tax withheld.
import { type ReturnLine, taxReturns } from '../../api/dividends/rules/taxReturn.ts';
import { eurosOf } from '../../api/values/money.ts';
import { centsIn, dayIn, type Fields, fieldsOf, textOf, type VectorCase } from './given.ts';
import { figuresOf, withholdingOf } from './withholding.ts';

const columns = {
	gross: 'grossCents',
	exempt: 'exemptCents',
	taxable: 'taxableCents',
	kapest: 'capitalTaxCents',
	soli: 'solidarityCents',
	kist: 'churchTaxCents',
	net: 'netCents',
} as const;

/** The lines, totals and the return of a case of tax/dividend_run; undefined if a member is of a kind without a rule. */
export function dividendRun(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const inflowOn = dayIn(given.payout_date, '');
	const members = (Array.isArray(given.members) ? given.members : []).map(fieldsOf);
	const deducted = members.map((member) => {
		const deduction = withholdingOf({ ...member, payout_date: inflowOn }, centsIn(member.gross));
		return deduction && { member, deduction, community: textOf(member.religion) ?? null };
	});
	if (deducted.length === 0 || deducted.some((line) => line === undefined)) return undefined;
	const lines = deducted.map((line) => line!);
	const sums = Object.entries(columns).map(([name, column]) => {
		return [name, eurosOf(lines.reduce((sum, { deduction }) => sum + deduction[column], 0))];
	});
	const [taxReturn] = taxReturns(
		lines.map(({ deduction, community }): ReturnLine => ({ ...deduction, inflowOn, community })),
	);
	if (!taxReturn) return undefined;
	return {
		lines: lines.map(({ member, deduction }) => ({ ...figuresOf(deduction), member: member.member })),
		totals: Object.fromEntries(sums),
		return: {
			type: 'Tagesanmeldung',
			due: taxReturn.dueOn,
			kapest_full_eur: eurosOf(taxReturn.capitalTaxFullEuroCents),
			kapest_rounding_gain: eurosOf(taxReturn.roundingGainCents),
			soli: eurosOf(taxReturn.solidarityCents),
			kist_by_religion: Object.fromEntries(
				taxReturn.churchTax.map(({ community, cents }) => [community, eurosOf(cents)]),
			),
			pay_to_tax_office: eurosOf(taxReturn.payCents),
		},
	};
}
