// The exemption order (Freistellungsauftrag): given, changed, ended. Each needs a fresh proof of who is sitting there.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/dividende/freistellungsauftrag';

export const load: PageServerLoad = async ({ locals, url }) => {
	const [exemption, membership] = await Promise.all([
		locals.api.GET('/api/me/exemption-order'),
		locals.api.GET('/api/me/membership'),
	]);
	const kept = Object.fromEntries(
		['amount', 'joint', 'from', 'to'].map((name) => [name, url.searchParams.get(name) ?? undefined]),
	);
	const { kind } = answered(membership);
	return { key: newKey(), today: today(), exemption: answered(exemption), person: kind === 'natural', kept };
};

/** The way back after the proof, with what was typed except the numbers of the tax office. */
function backTo(form: FormData): string {
	const kept = new URLSearchParams();
	for (const name of ['amount', 'joint', 'from', 'to']) if (text(form, name)) kept.set(name, text(form, name));
	return `${here}?${kept}`;
}

export const actions: Actions = {
	set: async ({ request, locals }) => {
		const form = await request.formData();
		const amountCents = cents(form, 'amount');
		const joint = text(form, 'joint') === 'yes';
		const fields: Record<string, string> = {};
		if (amountCents === undefined || amountCents < 1)
			fields.amountCents = m.refusal_dividends_exemption_amount_invalid();
		if (!text(form, 'taxId')) fields.taxId = m.refusal_request_required();
		if (joint && !text(form, 'spouseTaxId')) fields.spouseTaxId = m.refusal_dividends_spouse_tax_id_missing();
		if (!text(form, 'consent')) fields.consent = m.dividends_consent_missing();
		if (amountCents === undefined || Object.keys(fields).length) return incompleteIn('set', fields, form);
		const answer = await locals.api.PUT('/api/me/exemption-order', {
			params: { header: once(form) },
			body: {
				...{ amountCents, joint, validFrom: text(form, 'from'), validTo: text(form, 'to') || null },
				...{ taxId: text(form, 'taxId'), spouseTaxId: joint ? text(form, 'spouseTaxId') : null },
			},
		});
		if (!answer.response.ok) {
			proveFirst(answer, backTo(form));
			return refusedIn('set', answer, form);
		}
		setFlash(m.dividends_order_stored());
		redirect(303, '/dividende');
	},

	end: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/exemption-order/end', {
			params: { header: once(form) },
			body: { validTo: text(form, 'validTo') },
		});
		if (!answer.response.ok) {
			proveFirst(answer, here);
			return refusedIn('end', answer, form);
		}
		setFlash(m.dividends_order_ended());
		redirect(303, '/dividende');
	},
};
