// How long somebody has to wait after too many attempts.
import type { Answer } from './problem.ts';

/** Until when the next attempt is refused unseen; undefined when the answer is about something else. */
export interface Wait {
	until: string;
	seconds: number;
}

/** Reads the wait from a throttled answer (429, `retrySeconds` in the problem's values). */
export function waitOf({ error, response }: Answer<unknown>): Wait | undefined {
	if (response.status !== 429) return undefined;
	const { values } = (error ?? {}) as { values?: { retrySeconds?: unknown } };
	const seconds = Number(values?.retrySeconds ?? 60);
	return { until: new Date(Date.now() + seconds * 1000).toISOString(), seconds };
}
