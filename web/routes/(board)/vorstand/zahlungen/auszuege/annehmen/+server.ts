// Hands a posted statement on to the API as it comes in, then leads to its preview, or back with what is wrong with it.
import { redirect } from '@sveltejs/kit';
import { setFlash } from '#lib/server/flash.ts';
import { describeProblem } from '#lib/server/problem.ts';
import { streamToApi } from '#lib/server/stream.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const response = await streamToApi(event, '/api/bank-statements');
	const body: unknown = await response.json().catch(() => null);
	if (response.status !== 201) {
		setFlash(describeProblem(body, response.status).sentence, 'warn');
		redirect(303, '/vorstand/zahlungen/auszuege');
	}
	redirect(303, `/vorstand/zahlungen/auszuege/${(body as { fileId: string }).fileId}`);
};
