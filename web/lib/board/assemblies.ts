// Assemblies, their agenda and ballots as the board works on them: shapes, states and subjects in words.
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';

/** An assembly with its agenda, as the API tells it. */
export type Assembly = paths['/api/assemblies/{id}']['get']['responses']['200']['content']['application/json'];
/** An item of the agenda. */
export type AgendaItem = Assembly['agenda'][number];
/** A legal subject of an item. */
export type Subject = NonNullable<AgendaItem['subject']>;
/** How far a ballot is. */
export type BallotState = 'prepared' | 'open' | 'closing' | 'closed';

/** How far an assembly is: Entwurf, einberufen, läuft, beendet. */
export function assemblyState(state: Assembly['state']): { text: string; tone: 'leaf' | 'warn' | 'plain' | 'wind' } {
	return {
		draft: { text: m.board_assembly_draft(), tone: 'plain' as const },
		convened: { text: m.board_assembly_convened(), tone: 'warn' as const },
		held: { text: m.board_assembly_held(), tone: 'wind' as const },
		closed: { text: m.board_assembly_closed(), tone: 'leaf' as const },
	}[state];
}

/** How far a ballot is: vorbereitet, offen, Auszählung vorgeschlagen, geschlossen. */
export function ballotState(state: BallotState): { text: string; tone: 'leaf' | 'warn' | 'plain' | 'wind' } {
	return {
		prepared: { text: m.board_ballot_prepared(), tone: 'plain' as const },
		open: { text: m.board_ballot_open(), tone: 'wind' as const },
		closing: { text: m.board_ballot_closing(), tone: 'warn' as const },
		closed: { text: m.board_ballot_closed(), tone: 'leaf' as const },
	}[state];
}

const subjectWords: Record<Subject, () => string> = {
	'annual-accounts': m.board_subject_annual_accounts,
	'profit-use': m.board_subject_profit_use,
	'discharge-board': m.board_subject_discharge_board,
	'discharge-supervisory': m.board_subject_discharge_supervisory,
	'release-or-claim': m.board_subject_release_or_claim,
	'election-supervisory': m.board_subject_election_supervisory,
	'recall-supervisory': m.board_subject_recall_supervisory,
	'recall-board': m.board_subject_recall_board,
	'credit-limit': m.board_subject_credit_limit,
	'statute-core': m.board_subject_statute_core,
	'statute-duty-to-use': m.board_subject_statute_duty_to_use,
	'statute-other': m.board_subject_statute_other,
	merger: m.board_subject_merger,
	dissolution: m.board_subject_dissolution,
	continuation: m.board_subject_continuation,
	other: m.board_subject_other,
};

/** The word for a legal subject, which decides the majority. */
export function subjectWord(subject: Subject): string {
	return subjectWords[subject]();
}

/** All legal subjects with their words, for a list to choose from. */
export function subjects(): { value: Subject; label: string }[] {
	return (Object.keys(subjectWords) as Subject[]).map((value) => ({ value, label: subjectWord(value) }));
}

/** Subjects on which people are excluded from voting about themselves (§ 43(6) GenG). */
export const barringSubjects: readonly Subject[] = ['discharge-board', 'discharge-supervisory', 'release-or-claim'];
