// A photo of a meter, handed on from the API.
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) =>
	passFile(
		await locals.api.GET('/api/register-photos/{id}', { params: { path: { id: params.photo } }, parseAs: 'stream' }),
		`/betrieb/anlagen/${params.id}/zaehler/${params.point}`,
	);
