// Only people of this area come in; the API decides again about each question.
import { enter } from '#lib/server/guard.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = (event) => enter('board', event);
