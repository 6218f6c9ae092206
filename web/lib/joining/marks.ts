// What an application lacks, in words.
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';

/** An application as the desk lists it. */
export type Application = paths['/api/applications']['get']['responses']['200']['content']['application/json'][number];
type Mark = Application['marks'][number];

/** A mark in a few words: Unterschrift, Zustimmung: Änne Groß, Vollmacht, E-Mail unbestätigt. */
export function markWord({ what, place }: Mark, { guardians }: Pick<Application, 'guardians'>): string {
	switch (what) {
		case 'paper':
			return m.admission_mark_paper();
		case 'consent':
			return m.admission_mark_consent({ name: guardians[place ?? 0]?.name ?? '' });
		case 'authority':
			return m.admission_mark_authority();
		case 'approval':
			return m.admission_mark_approval();
		case 'clauses':
			return m.admission_mark_clauses();
		case 'email':
			return m.admission_mark_email();
		case 'printout':
			return m.admission_mark_printout();
	}
}
