// Where the person is signed in; ends one session or all others.
import { redirect } from '@sveltejs/kit';
import { deviceOf } from '#lib/account/device.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const sessions = answered(await locals.api.GET('/api/sessions'));
	const current = sessions.filter((one) => one.current);
	const others = sessions.filter((one) => !one.current);
	return {
		devices: [...current, ...others].map(({ id, userAgent, address, createdAt, usedAt, secondFactor, current }) => {
			const { browser, system } = deviceOf(userAgent);
			return { id, browser, system, address, createdAt, usedAt, secondFactor, current };
		}),
	};
};

export const actions: Actions = {
	one: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.DELETE('/api/sessions/{id}', { params: { path: { id: text(form, 'id') } } });
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.accounts_device_ended());
		redirect(303, '/konto/geraete');
	},

	others: async ({ locals }) => {
		const answer = await locals.api.DELETE('/api/sessions', { params: { query: { keepCurrent: true } } });
		if (!answer.data) return refused(answer);
		setFlash(m.accounts_devices_ended({ count: answer.data.ended }));
		redirect(303, '/konto/geraete');
	},
};
