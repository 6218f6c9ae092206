// The part of a dividend that is paid from the tax contribution account (steuerliches Einlagekonto) and therefore is no income.
import { inProportion } from './allocation.ts';

/**
 * Divides what is paid from the contribution account over the dividends: in proportion to each one's gross amount by the largest
 * remainder, equal remainders to the lower member number; never more than the dividend (§ 20(1) Nr. 1 S. 3 EStG, T-06). The amount needs the
 * certificate of § 27(3) KStG before the first assessment notice. In the order the dividends came, cents.
 * Throws RangeError for an amount below zero or above all dividends together.
 */
export function notTaxableParts(
	dividends: readonly { readonly memberNumber: number; readonly grossCents: number }[],
	fromAccountCents: number,
): number[] {
	const grossCents = dividends.reduce((sum, dividend) => sum + dividend.grossCents, 0);
	if (fromAccountCents < 0 || fromAccountCents > grossCents) throw new RangeError('more than the dividends come to');
	return inProportion(dividends, fromAccountCents, (dividend) => dividend.grossCents);
}
