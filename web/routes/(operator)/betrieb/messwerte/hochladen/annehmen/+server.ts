// Without JavaScript: hands the posted files on to the API as they come in, then leads to their preview.
import { redirect } from '@sveltejs/kit';
import { setFlash } from '#lib/server/flash.ts';
import { describeProblem } from '#lib/server/problem.ts';
import { streamToApi } from '#lib/server/stream.ts';
import type { RequestHandler } from './$types';

interface Received {
	id: number | null;
	fileName: string;
	known: { importId: number } | null;
}

export const POST: RequestHandler = async (event) => {
	const response = await streamToApi(event, '/api/readings/uploads');
	if (response.status !== 201) {
		const problem: unknown = await response.json().catch(() => null);
		setFlash(describeProblem(problem, response.status).sentence, 'warn');
		redirect(303, '/betrieb/messwerte/hochladen');
	}
	const query = new URLSearchParams();
	for (const { id, fileName, known } of (await response.json()) as Received[]) {
		if (id !== null) query.append('datei', String(id));
		else if (known) query.append('schon', `${known.importId}:${fileName}`);
	}
	redirect(303, `/betrieb/messwerte/vorschau?${query}`);
};
