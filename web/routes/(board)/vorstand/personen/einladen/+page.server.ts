// Inviting a colleague: board, supervisory board, auditor, operator.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const staff = ['board', 'supervisory', 'auditor', 'operator'] as const;

export const load: PageServerLoad = ({ parent }) => boardOnly(parent);

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const form = await request.formData();
		const chosen = form.getAll('role');
		const roles = staff.filter((role) => chosen.includes(role));
		if (roles.length === 0) return incomplete({ roles: m.board_people_roles_needed() }, form);
		const email = text(form, 'email');
		const answer = await locals.api.POST('/api/people', {
			body: { email, name: text(form, 'name'), locale: text(form, 'locale') === 'en' ? 'en' : 'de', roles },
		});
		proveFirst(answer, url.pathname);
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_people_invited_done({ email }));
		redirect(303, `/vorstand/personen/${answer.data.id}`);
	},
};
