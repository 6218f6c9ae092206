// After the declaration to join: what is still asked of whom.
import { printToken } from '#lib/joining/server/print.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({
	guardians: url.searchParams.has('sorge'),
	proxy: url.searchParams.has('vollmacht'),
	signature: url.searchParams.has('unterschrift'),
	printable: printToken() !== undefined,
});
