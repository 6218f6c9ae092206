// The statute's terms as a form shows them: texts by field name, amounts in euros, rates in percent.
import { number } from '#lib/format.ts';
import type { operations } from '../api.d.ts';

/** The statute's dated parameters as the API gives and takes them: cents, decimal texts, fractions. */
export type Terms = operations['readStatute']['responses'][200]['content']['application/json']['terms'];

/** What stands in a form's fields, by name. */
export type FormValues = Record<string, string | undefined>;

/** A rate of the API ('0.025') in percent without its sign, as people type it: 2,5 in German. */
export function percentText(rate: string): string {
	const [whole = '0', part = ''] = rate.split('.');
	const digits = part.padEnd(2, '0');
	const decimals = digits.slice(2).replace(/0+$/, '');
	const shown = number(Number(whole + digits.slice(0, 2)));
	return decimals ? `${shown}${number(0, 1).charAt(1)}${decimals}` : shown;
}

/** Cents as people type them: 500,00 in German, no sign. */
function eurosText(cents: number): string {
	return number(cents / 100, 2);
}

/** The fields of `TermsFields.svelte` filled with these terms. */
export function termValues(terms: Terms): FormValues {
	const { reserveCap: cap, minimumCapital: minimum } = terms;
	const optional = (rate: string | null) => (rate === null ? '' : percentText(rate));
	const values: FormValues = {
		minimumCapitalKind: minimum === null ? 'none' : 'amountCents' in minimum ? 'amount' : minimum.of,
		minimumCapital:
			minimum === null ? '' : 'amountCents' in minimum ? eurosText(minimum.amountCents) : percentText(minimum.share),
		payoutCapCents: terms.payoutCapCents === null ? '' : eurosText(terms.payoutCapCents),
		interestRate: optional(terms.interestRate),
		exclusionReasons: terms.exclusionReasons.join('\n'),
		registerExtraFields: terms.registerExtraFields.join('\n'),
		reserveCapKind: 'amountCents' in cap ? 'amount' : 'share',
		reserveCap: 'amountCents' in cap ? eurosText(cap.amountCents) : percentText(cap.shareOfCapital),
		reserveRate: percentText(terms.reserveRate),
		boardReserveShare: percentText(terms.boardReserveShare),
		dividendCapRate: optional(terms.dividendCapRate),
	};
	for (const [name, value] of Object.entries(terms)) {
		if (typeof value === 'number') values[name] = name.endsWith('Cents') ? eurosText(value) : number(value);
		else if (typeof value === 'boolean') values[name] = value ? 'on' : '';
		else if (typeof value === 'string') values[name] ??= value;
	}
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [`terms.${name}`, value]));
}
