// The declaration to join (Beitrittserklärung), of a person or of a body, with a subscription in an open round.
import { redirect } from '@sveltejs/kit';
import type { paths } from '#lib/api.d.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import { keepPrintToken } from '#lib/joining/server/print.ts';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { setUpFirst } from '#lib/server/setUp.ts';
import type { Actions, PageServerLoad } from './$types';

type Body = paths['/api/applications']['post']['requestBody']['content']['application/json'];

const bodies = ['company', 'association', 'public-body', 'partnership'] as const;
const clauseIds = [
	...(['payments', 'further-payments', 'entry-fee', 'notice-period', 'unconditional', 'statute-received'] as const),
];

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	await setUpFirst(parent);
	const [joining, rounds] = await Promise.all([
		locals.api.GET('/api/joining'),
		locals.api.GET('/api/rounds/announced'),
	]);
	return {
		joining: answered(joining),
		round: (rounds.data ?? []).find(({ phase }) => phase === 'open'),
		asBody: url.searchParams.get('als') === 'organisation',
	};
};

function guardiansOf(form: FormData): NonNullable<Body['guardians']> {
	return [0, 1].flatMap((place) => {
		const name = text(form, `guardians.${place}.name`);
		const email = optionalText(form, `guardians.${place}.email`);
		return name ? [{ name, ...(email ? { email } : {}) }] : [];
	});
}

function bodyOf(form: FormData, sharesWanted: number): Body {
	const kind = bodies.find((one) => one === text(form, 'kind')) ?? ('natural' as const);
	const natural = kind === 'natural';
	const guardians = guardiansOf(form);
	const count = wholeNumber(form, 'round.count');
	return {
		kind,
		name: natural
			? { familyName: text(form, 'name.familyName'), givenNames: text(form, 'name.givenNames') }
			: { organisation: text(form, 'name.organisation') },
		address: {
			street: text(form, 'address.street'),
			postcode: text(form, 'address.postcode'),
			town: text(form, 'address.town'),
			country: text(form, 'address.country'),
		},
		email: text(form, 'email'),
		locale: getLocale(),
		birthDate: natural ? optionalText(form, 'birthDate') : undefined,
		representative: natural ? undefined : optionalText(form, 'representative'),
		guardians: natural && guardians.length > 0 ? guardians : undefined,
		soleCustody: form.has('soleCustody') || undefined,
		proxy: optionalText(form, 'proxy'),
		printout: form.has('printout') || undefined,
		phone: optionalText(form, 'phone'),
		iban: optionalText(form, 'iban'),
		accountHolder: optionalText(form, 'accountHolder'),
		sharesWanted,
		investing: form.has('investing'),
		clauses: clauseIds.filter((id) => form.has(`clause.${id}`)),
		statuteVersion: wholeNumber(form, 'statuteVersion') ?? 1,
		served: text(form, 'served'),
		...(count ? { round: { roundId: text(form, 'round.id'), count, declared: form.has('round.declared') } } : {}),
	};
}

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const form = await request.formData();
		const sharesWanted = wholeNumber(form, 'sharesWanted');
		if (!sharesWanted) return incomplete({ sharesWanted: m.joining_shares_missing() }, form);
		if (text(form, 'round.count') && wholeNumber(form, 'round.count') === undefined)
			return incomplete({ 'round.count': m.refusal_shares_count_wrong() }, form);
		const body = bodyOf(form, sharesWanted);
		const answer = await locals.api.POST('/api/applications', { body });
		if (!answer.data) return refused(answer, form);
		keepPrintToken(answer.data.printToken, url);
		const next = new URLSearchParams({
			...(body.guardians ? { sorge: '' } : {}),
			...(body.proxy ? { vollmacht: '' } : {}),
			...(form.has('written') ? { unterschrift: '' } : {}),
		});
		redirect(303, `/mitglied-werden/danke${next.size ? `?${next}` : ''}`);
	},
};
