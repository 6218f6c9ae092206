// How a ballot stands for one member, and what to say about it: open to vote, voted, not yet, over, not entitled, barred, decided.
import type { paths } from '#lib/api.d.ts';
import { dateTime } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** A ballot as the API tells it. */
export type Ballot = paths['/api/ballots/{id}']['get']['responses']['200']['content']['application/json'];

/** What the page shows of a ballot. */
export type Standing = 'vote' | 'voted' | 'declared' | 'not-yet' | 'over' | 'barred' | 'not-entitled';

/** How the ballot stands for the asking member at an instant. */
export function standingOf(ballot: Ballot, at: Date): Standing {
	const { mine, state } = ballot;
	if (ballot.declared) return 'declared';
	if (mine.choice) return 'voted';
	if (mine.mayVote) return 'vote';
	if (state === 'prepared') return 'not-yet';
	if (mine.barred) return 'barred';
	if (!mine.entitled) return 'not-entitled';
	return state === 'open' && at.getTime() < Date.parse(ballot.opensAt) ? 'not-yet' : 'over';
}

/** The tag of a ballot: its word and tone. */
export function standingTag(
	ballot: Ballot,
	at: Date,
): { text: string; tone: 'leaf' | 'warn' | 'bad' | 'plain' | 'wind' } {
	switch (standingOf(ballot, at)) {
		case 'declared':
			return ballot.declared?.adopted
				? { text: m.ballots_adopted(), tone: 'leaf' }
				: { text: m.ballots_rejected(), tone: 'bad' };
		case 'voted':
			return { text: m.ballots_voted(), tone: 'leaf' };
		case 'vote':
			return { text: m.ballots_open_until({ until: dateTime(ballot.closesAt) }), tone: 'warn' };
		case 'not-yet':
			return { text: m.ballots_from({ from: dateTime(ballot.opensAt) }), tone: 'plain' };
		case 'barred':
			return { text: m.ballots_barred_tag(), tone: 'plain' };
		case 'not-entitled':
			return { text: m.ballots_not_entitled_tag(), tone: 'plain' };
		case 'over':
			return { text: m.ballots_counting(), tone: 'plain' };
	}
}
