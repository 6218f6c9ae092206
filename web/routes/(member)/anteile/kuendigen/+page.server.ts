// Giving notice: the day is worked out from the address, shown with its reasons, and only then declared.
import { redirect } from '@sveltejs/kit';
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, describeProblem } from '#lib/server/problem.ts';
import { today } from '#lib/board/today.ts';
import type { Actions, PageServerLoad } from './$types';

const causes = ['notice', 'partial', 'hardship'] as const;
type Cause = (typeof causes)[number];
const causeOf = (typed: string | null): Cause | undefined => causes.find((cause) => cause === typed);

export const load: PageServerLoad = async ({ locals, url }) => {
	const cause = causeOf(url.searchParams.get('was'));
	const shares = Number(url.searchParams.get('anteile')) || undefined;
	const reason = url.searchParams.get('grund')?.trim() || undefined;
	const [exits, settlements, holding, statute] = await Promise.all([
		locals.api.GET('/api/me/exits'),
		locals.api.GET('/api/me/settlements'),
		locals.api.GET('/api/me/shares', { params: { query: { day: today() } } }),
		locals.api.GET('/api/statute', { params: { query: { day: today() } } }),
	]);
	const query = {
		cause: cause ?? 'notice',
		...(cause === 'partial' ? { shares: shares ?? 0 } : {}),
		...(cause === 'hardship' && reason ? { reason } : {}),
	};
	const worked = await locals.api.GET('/api/me/exits/preview', { params: { query } });
	const refused = cause && !worked.response.ok ? describeProblem(worked.error, worked.response.status) : undefined;
	const { terms } = answered(statute);
	return {
		key: newKey(),
		today: today(),
		asked: { cause, shares, reason },
		exits: answered(exits),
		settlements: answered(settlements),
		holding: answered(holding),
		mandatoryShares: terms.mandatoryShares,
		noticeMonths: terms.noticeMonths,
		preview: worked.data ?? null,
		refused,
	};
};

export const actions: Actions = {
	give: async ({ request, locals }) => {
		const form = await request.formData();
		const cause = causeOf(text(form, 'was')) ?? 'notice';
		const shares = cause === 'partial' ? wholeNumber(form, 'anteile') : undefined;
		const reason = cause === 'hardship' ? optionalText(form, 'grund') : undefined;
		const expectedOn = text(form, 'expectedOn');
		const answer = await locals.api.POST('/api/me/exits', {
			params: { header: once(form) },
			body: { cause, expectedOn, ...(shares === undefined ? {} : { shares }), ...(reason ? { reason } : {}) },
		});
		if (!answer.data) return refusedIn('give', answer, form);
		setFlash(m.leave_done({ day: date(answer.data.effectiveOn) }));
		redirect(303, '/anteile/kuendigen');
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/exits/{id}/withdrawal', {
			params: { path: { id: text(form, 'id') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.leave_withdraw_done());
		redirect(303, '/anteile/kuendigen');
	},
};
