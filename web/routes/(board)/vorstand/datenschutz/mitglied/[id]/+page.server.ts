// A member's data under the rules of privacy: the export for the member, and how long each record is kept.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.id };
	const [member, retention, documents] = await Promise.all([
		locals.api.GET('/api/members/{id}', { params: { path } }),
		locals.api.GET('/api/members/{id}/retention', { params: { path } }),
		locals.api.GET('/api/members/{id}/documents', { params: { path } }),
	]);
	return { member: answered(member), retention: answered(retention), documents: answered(documents) };
};
