// How a member stands in tax matters: exemption order, church tax by year, certificates; and the dividends so far.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.id };
	const [exemption, standing, years] = await Promise.all([
		locals.api.GET('/api/members/{id}/exemption-order', { params: { path } }),
		locals.api.GET('/api/members/{id}/tax-attributes', { params: { path } }),
		locals.api.GET('/api/fiscal-years'),
	]);
	return {
		exemption: answered(exemption),
		standing: answered(standing),
		years: answered(years)
			.filter(({ state }) => state === 'released')
			.map(({ year }) => year),
		today: today(),
		key: newKey(),
	};
};

const here = (id: string) => `/vorstand/mitglieder/${id}/steuer`;
const rates = ['0', '0.08', '0.09'] as const;
const holders = ['natural', 'company', 'partnership', 'public-body', 'charity', 'non-resident'] as const;
const certificates = ['no-assessment', 'lasting-excess', 'charitable', 'exempt-body'] as const;

export const actions: Actions = {
	order: async ({ request, locals, params }) => {
		const form = await request.formData();
		const amountCents = cents(form, 'amountCents');
		if (amountCents === undefined) return incompleteIn('order', { amountCents: m.board_amount_needed() }, form);
		const answer = await locals.api.PUT('/api/members/{id}/exemption-order', {
			params: { path: { id: params.id }, header: once(form) },
			body: {
				amountCents,
				joint: form.has('joint'),
				validFrom: text(form, 'validFrom'),
				validTo: optionalText(form, 'validTo') ?? null,
				taxId: text(form, 'taxId'),
				spouseTaxId: optionalText(form, 'spouseTaxId') ?? null,
			},
		});
		if (!answer.response.ok) return refusedIn('order', answer, form);
		setFlash(m.board_tax_order_done());
		redirect(303, here(params.id));
	},

	end: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/members/{id}/exemption-order/end', {
			params: { path: { id: params.id }, header: once(form) },
			body: { validTo: text(form, 'validTo') },
		});
		if (!answer.response.ok) return refusedIn('end', answer, form);
		setFlash(m.board_tax_order_ended());
		redirect(303, here(params.id));
	},

	attributes: async ({ request, locals, params }) => {
		const form = await request.formData();
		const year = wholeNumber(form, 'year');
		if (year === undefined) return incompleteIn('attributes', { year: m.board_number_needed() }, form);
		const answer = await locals.api.PUT('/api/members/{id}/tax-attributes/{year}', {
			params: { path: { id: params.id, year }, header: once(form) },
			body: {
				churchRate: rates.find((rate) => rate === text(form, 'churchRate')) ?? '0',
				churchKey: optionalText(form, 'churchKey') ?? null,
				inBusinessAssets: form.has('inBusinessAssets'),
				holderKind: holders.find((kind) => kind === text(form, 'holderKind')) ?? null,
			},
		});
		if (!answer.response.ok) return refusedIn('attributes', answer, form);
		setFlash(m.board_tax_attributes_done({ year }));
		redirect(303, here(params.id));
	},

	certificate: async ({ request, locals, params }) => {
		const form = await request.formData();
		const kind = certificates.find((one) => one === text(form, 'kind'));
		if (!kind) return incompleteIn('certificate', { kind: m.ui_choose() }, form);
		const answer = await locals.api.POST('/api/members/{id}/tax-certificates', {
			params: { path: { id: params.id }, header: once(form) },
			body: {
				kind,
				validFrom: text(form, 'validFrom'),
				validTo: text(form, 'validTo'),
				taxOffice: text(form, 'taxOffice'),
				issuedOn: text(form, 'issuedOn'),
				reference: text(form, 'reference'),
			},
		});
		if (!answer.response.ok) return refusedIn('certificate', answer, form);
		setFlash(m.board_tax_certificate_done());
		redirect(303, here(params.id));
	},

	withdraw: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/members/{id}/tax-certificates/{certificateId}/withdraw', {
			params: { path: { id: params.id, certificateId: text(form, 'certificate') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.board_tax_certificate_withdrawn_done());
		redirect(303, here(params.id));
	},
};
