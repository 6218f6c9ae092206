// Countries to choose from in an address, in the reader's language.
import { getLocale } from '#lib/paraglide/runtime.js';

/** Where members live: Germany and its neighbours first, then the rest of Europe and the world's larger German communities. */
const near = ['DE', 'AT', 'BE', 'CH', 'CZ', 'DK', 'FR', 'LI', 'LU', 'NL', 'PL'];
const further = [
	...['AD', 'AL', 'BA', 'BG', 'BY', 'CY', 'EE', 'ES', 'FI', 'GB', 'GR', 'HR', 'HU', 'IE', 'IS', 'IT', 'LT', 'LV', 'MC'],
	...['MD', 'ME', 'MK', 'MT', 'NO', 'PT', 'RO', 'RS', 'SE', 'SI', 'SK', 'SM', 'TR', 'UA', 'VA', 'XK'],
	...['AR', 'AU', 'BR', 'CA', 'CL', 'CN', 'IL', 'IN', 'JP', 'MX', 'NA', 'NZ', 'TH', 'US', 'ZA'],
];

/** The country of a two-letter code (ISO 3166) in words. */
export function countryName(code: string): string {
	return new Intl.DisplayNames([getLocale()], { type: 'region' }).of(code) ?? code;
}

/** Options for a Select: Germany first, its neighbours next, the others by name. */
export function countryOptions(): { value: string; label: string }[] {
	const option = (value: string) => ({ value, label: countryName(value) });
	const byName = new Intl.Collator(getLocale());
	const [home = 'DE', ...neighbours] = near;
	const sorted = (codes: string[]) => codes.map(option).sort((a, b) => byName.compare(a.label, b.label));
	return [option(home), ...sorted(neighbours), ...sorted(further)];
}
