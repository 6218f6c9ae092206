// A fiscal year's way from its figures to the payout, in words.
import { m } from '#lib/paraglide/messages.js';

/** Where a fiscal year stands. */
export type YearState = 'open' | 'recorded' | 'proposed' | 'resolved' | 'prepared' | 'released';

/** The steps of a year in order: Zahlen, Vorschlag, Beschluss, Lauf, Freigabe, Auszahlung. */
export function yearSteps(): string[] {
	return [
		m.board_year_step_figures(),
		m.board_year_step_proposal(),
		m.board_year_step_resolution(),
		m.board_year_step_run(),
		m.board_year_step_release(),
		m.board_year_step_payout(),
	];
}

/** The step a year waits for, from 0; after the last payout all are done. */
export function yearStep(state: YearState, paidOut = false): number {
	const at = { open: 0, recorded: 1, proposed: 2, resolved: 3, prepared: 4, released: 5 }[state];
	return paidOut && state === 'released' ? 6 : at;
}

/** The word for where a year stands. */
export function yearState(state: YearState): string {
	const words = {
		open: m.board_year_open,
		recorded: m.board_year_recorded,
		proposed: m.board_year_proposed,
		resolved: m.board_year_resolved,
		prepared: m.board_year_prepared,
		released: m.board_year_released,
	};
	return words[state]();
}

/** What the year waits for, in a sentence. */
export function yearNext(state: YearState): string {
	const words = {
		open: m.board_year_next_open,
		recorded: m.board_year_next_recorded,
		proposed: m.board_year_next_proposed,
		resolved: m.board_year_next_resolved,
		prepared: m.board_year_next_prepared,
		released: m.board_year_next_released,
	};
	return words[state]();
}
