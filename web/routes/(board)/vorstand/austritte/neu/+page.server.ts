// Entering an exit on paper or by event: first the day and why (from the address), then the entry.
import { redirect } from '@sveltejs/kit';
import type { paths } from '#lib/api.d.ts';
import { memberByNumber } from '#lib/board/server/memberNumber.ts';
import { today } from '#lib/board/today.ts';
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, describeProblem } from '#lib/server/problem.ts';
import { causes } from '#lib/shares/leaving.ts';
import type { Actions, PageServerLoad } from './$types';

type Body = paths['/api/members/{id}/exits']['post']['requestBody']['content']['application/json'];
type Wish = paths['/api/members/{id}/exits/preview']['get']['parameters']['query'];

const fields = ['reason', 'certificate', 'resolvedOn', 'position', 'knownOn', 'failedOn', 'letterSentOn'] as const;

/** What the form says about an exit; empty fields are left out. */
function wishOf(get: (name: string) => string): Wish {
	const cause = causes.find((one) => one === get('cause')) ?? 'notice';
	const shares = Number(get('shares')) || 0;
	const said = Object.fromEntries(
		fields.flatMap((name) =>
			get(name) && (name !== 'position' || cause === 'extraordinary') ? [[name, get(name)]] : [],
		),
	);
	return {
		cause,
		receivedOn: get('receivedOn') || today(),
		...(cause === 'partial' ? { shares } : {}),
		...said,
	} as Wish;
}

export const load: PageServerLoad = async ({ locals, url }) => {
	// Two causes have a field of the same name: the one that was filled in counts.
	const get = (name: string) =>
		url.searchParams
			.getAll(name)
			.map((value) => value.trim())
			.find(Boolean) ?? '';
	const number = Number(get('mitglied')) || undefined;
	const [member, statute] = await Promise.all([
		number === undefined ? undefined : memberByNumber(locals.api, number),
		locals.api.GET('/api/statute', { params: { query: { day: today() } } }),
	]);
	const wish = wishOf(get);
	const asked = url.searchParams.has('cause') && number !== undefined;
	const worked =
		asked && member
			? await locals.api.GET('/api/members/{id}/exits/preview', { params: { path: { id: member.id }, query: wish } })
			: undefined;
	return {
		key: newKey(),
		today: today(),
		number,
		member: member ?? null,
		unknown: number !== undefined && !member,
		wish,
		preview: worked?.data ?? null,
		refused: worked && !worked.response.ok ? describeProblem(worked.error, worked.response.status) : undefined,
		reasons: answered(statute).terms.exclusionReasons,
	};
};

function heirsOf(form: FormData): NonNullable<Body['heirs']> {
	return [1, 2, 3].flatMap((i) => {
		const name = text(form, `heir${i}`);
		if (!name) return [];
		const email = text(form, `heirEmail${i}`) || null;
		return [{ name, email, address: null, representative: text(form, 'representative') === String(i) }];
	});
}

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const wish = wishOf((name) => text(form, name));
		const heirs = wish.cause === 'death' ? heirsOf(form) : [];
		const answer = await locals.api.POST('/api/members/{id}/exits', {
			params: { path: { id: text(form, 'memberId') }, header: once(form) },
			body: { ...wish, basis: text(form, 'basis'), heirs, expectedOn: text(form, 'expectedOn') || null },
		});
		if (!answer.data) return refusedIn('enter', answer, form);
		const { effectiveOn, exitId } = answer.data;
		setFlash(effectiveOn ? m.exits_entered({ day: date(effectiveOn) }) : m.exits_entered_continued());
		redirect(303, `/vorstand/austritte/${exitId}`);
	},
};
