// Subscription rounds, the latest first.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({ rounds: answered(await locals.api.GET('/api/rounds')) });
