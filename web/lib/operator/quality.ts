// How good readings are: what a whole day may be called, and shares of qualities in words. Ranks: measured, substitute, provisional, estimated, missing.
import { percent, type Quality } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** What the calendar calls a day with so many values per quality: the worst that needs a look, gaps first. */
export function qualityOfDay(counts: readonly number[]): Quality {
	const [, substitute = 0, provisional = 0, estimated = 0, missing = 0] = counts;
	if (missing > 0) return 'missing';
	if (estimated > 0) return 'estimated';
	if (substitute > 0) return 'substitute';
	return provisional > 0 ? 'provisional' : 'measured';
}

/** The shares of the qualities that occur, in words: 98,9 % gemessen, 1,1 % vorläufig. */
export function qualityNote(counts: readonly number[]): string {
	const words = [
		m.readings_share_measured,
		m.readings_share_substitute,
		m.readings_share_provisional,
		m.readings_share_estimated,
		m.readings_share_missing,
	];
	const all = counts.reduce((sum, n) => sum + n, 0);
	return counts.flatMap((n, rank) => (n > 0 ? [words[rank]?.({ share: shareOf(n, all) }) ?? ''] : [])).join(', ');
}

/** A share that is never rounded to all or nothing. */
export function shareOf(part: number, all: number): string {
	if (part === all) return percent(1);
	if (part === 0) return percent(0);
	return percent(Math.min(0.999, Math.max(0.001, part / all)));
}
