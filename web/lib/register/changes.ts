// How the list of members tells changes of further shares.
import { date, number } from '#lib/format.ts';

/** '12.03.2020 (3), 01.04.2021 (5)': from which day on how many further shares; a dash for none. */
export function changesText(changes: readonly { on: string; furtherShares: number }[]): string {
	return changes.map(({ on, furtherShares }) => `${date(on)} (${number(furtherShares)})`).join(', ') || '–';
}
