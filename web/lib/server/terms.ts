// Reads the fields of the statute's terms and says in the field's own unit what the law allows.
import { euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ProblemView } from '#lib/problem.ts';
import { percentText, type Terms } from '#lib/statute/terms.ts';
import { cents, text, wholeNumber } from './form.ts';
import type { Answer } from './problem.ts';

/** A percentage as typed (`2,5`) as a rate of the API ('0.025'), digit by digit; undefined when it is none. */
function rate(form: FormData, name: string): string | undefined {
	const match = /^(\d{1,3})(?:[.,](\d{1,4}))?\s*%?$/.exec(text(form, name));
	if (!match) return undefined;
	const digits = (match[1] ?? '').padStart(3, '0') + (match[2] ?? '');
	return `${Number(digits.slice(0, -2 - (match[2]?.length ?? 0)))}.${digits.slice(1)}`
		.replace(/0+$/, '')
		.replace(/\.$/, '.0');
}

const amounts = ['nominalCents', 'firstPaymentCents', 'instalmentCents', 'liabilityCents', 'entryFeeCents'] as const;
const counts = [
	...([
		'firstPaymentDays',
		'instalmentMonths',
		'mandatoryShares',
		'maxShares',
		'noticeMonths',
		'payoutMonths',
	] as const),
	...(['conveningDays', 'announcementDays', 'proxyLimit', 'dividendClaimYears'] as const),
];
const words = [
	...(['furtherLiability', 'joiningForm', 'noticeForm', 'transfer', 'investingApproval'] as const),
	...(['payoutOrder', 'payoutConsent', 'reserveBase', 'ordinaryMajority', 'statuteMajority'] as const),
];
const ticks = [
	...(['investingVotes'] as const),
	...(['investingMembers', 'paysBeforeFull', 'liabilityRisesWithShares', 'mostlyBusinesses'] as const),
	...(['residenceRule', 'deathContinuation'] as const),
];

/** The terms of the form, or what is wrong in which field. The law's bounds are the API's matter. */
export function readTerms(form: FormData): { terms: Terms } | { fields: Record<string, string> } {
	const fields: Record<string, string> = {};
	const name = (term: string) => `terms.${term}`;
	const need = <T>(term: string, value: T | undefined, sentence: string, empty: T): T => {
		if (value === undefined) fields[name(term)] = sentence;
		return value ?? empty;
	};
	const amount = (term: string) => need(term, cents(form, name(term)), m.statute_no_amount(), 0);
	const count = (term: string) => need(term, wholeNumber(form, name(term)), m.statute_no_number(), 0);
	const percent = (term: string) => need(term, rate(form, name(term)), m.statute_no_percent(), '0');
	/** One entry per line, blanks around and empty lines left out. */
	const lines = (term: string) =>
		text(form, name(term))
			.split(/\r?\n/)
			.map((line) => line.trim())
			.filter(Boolean);
	const kindOfMinimum = text(form, name('minimumCapitalKind'));
	const terms = {
		...Object.fromEntries(amounts.map((term) => [term, amount(term)])),
		...Object.fromEntries(counts.map((term) => [term, count(term)])),
		...Object.fromEntries(words.map((term) => [term, text(form, name(term))])),
		...Object.fromEntries(ticks.map((term) => [term, form.has(name(term))])),
		exclusionReasons: lines('exclusionReasons'),
		registerExtraFields: lines('registerExtraFields'),
		minimumCapital:
			kindOfMinimum === 'none'
				? null
				: kindOfMinimum === 'amount'
					? { amountCents: amount('minimumCapital') }
					: { share: percent('minimumCapital'), of: kindOfMinimum },
		payoutCapCents: text(form, name('payoutCapCents')) ? amount('payoutCapCents') : null,
		interestRate: text(form, name('interestRate')) ? percent('interestRate') : null,
		reserveRate: percent('reserveRate'),
		reserveCap:
			text(form, name('reserveCapKind')) === 'amount'
				? { amountCents: amount('reserveCap') }
				: { shareOfCapital: percent('reserveCap') },
		boardReserveShare: percent('boardReserveShare'),
		dividendMethod: 'A',
		dividendCapRate: text(form, name('dividendCapRate')) ? percent('dividendCapRate') : null,
	} as Terms;
	return Object.keys(fields).length > 0 ? { fields } : { terms };
}

/** How the nominal value changes, where not the shares are divided or joined; or what is missing in which field. */
export function readNominal(
	form: FormData,
):
	| { nominal?: { keeps: 'shares'; resolvedOn: string; votesFor: number; votesAgainst: number; dueOn: string | null } }
	| { fields: Record<string, string> } {
	if (text(form, 'nominal.keeps') !== 'shares') return {};
	const [votesFor, votesAgainst] = [wholeNumber(form, 'nominal.votesFor'), wholeNumber(form, 'nominal.votesAgainst')];
	const resolvedOn = text(form, 'nominal.resolvedOn');
	if (resolvedOn && votesFor !== undefined && votesAgainst !== undefined) {
		return {
			nominal: { keeps: 'shares', resolvedOn, votesFor, votesAgainst, dueOn: text(form, 'nominal.dueOn') || null },
		};
	}
	return {
		fields: {
			...(resolvedOn ? {} : { 'nominal.resolvedOn': m.nominal_no_day() }),
			...(votesFor === undefined ? { 'nominal.votesFor': m.statute_no_number() } : {}),
			...(votesAgainst === undefined ? { 'nominal.votesAgainst': m.statute_no_number() } : {}),
		},
	};
}

/** Says the bounds of `statute.out-of-bounds` in the field's unit: euros, percent or a plain number. */
export function explainTerms(problem: ProblemView, { error }: Answer<unknown>): ProblemView {
	const { code, values = {} } = (error ?? {}) as { code?: string; values?: Record<string, unknown> };
	const { term, min, max } = values;
	if (code !== 'statute.out-of-bounds' || typeof term !== 'string') return problem;
	const say = (value: unknown): string => {
		if (term.endsWith('Cents') || (/Cap$|Capital$/.test(term) && typeof value === 'number'))
			return euros(Number(value));
		if (/Rate$|Share$|Cap$|Capital$/.test(term) && typeof value === 'string') return `${percentText(value)} %`;
		return typeof value === 'number' ? number(value) : String(value);
	};
	const sentence = m.statute_bounds({ min: say(min), max: say(max) });
	return { ...problem, sentence: m.problem_check_fields(), fields: { ...problem.fields, [`terms.${term}`]: sentence } };
}
