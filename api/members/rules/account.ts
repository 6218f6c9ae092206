// The account payouts go to: how long a new one is held, and who may confirm it.
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';

/** For so many days no money goes to an account a member changed, so that whoever did not change it can stop it. */
export const accountHoldDays = 5;

/** For so many days an address that was replaced is still told of a change of the account. */
export const formerEmailDays = 30;

const dayMs = 86_400_000;

/** When a change made by a member at `at` stops being held. */
export function heldUntilOf(at: Date): Date {
	return new Date(at.getTime() + accountHoldDays * dayMs);
}

/** Addresses replaced before this instant are no longer told. */
export function formerEmailsSince(at: Date): Date {
	return new Date(at.getTime() - formerEmailDays * dayMs);
}

/** How a change of the account stands. */
export const accountChangeStates = ['held', 'lapsed', 'confirmed', 'stopped', 'replaced'] as const;
export type AccountChangeState = (typeof accountChangeStates)[number];

/** How a change stands at an instant: what was held lapses by time, a change of the board's does not. */
export function standingOf(
	{ state, heldUntil }: { state: AccountChangeState; heldUntil: Date | null },
	at: Date,
): AccountChangeState {
	return state === 'held' && heldUntil !== null && heldUntil <= at ? 'lapsed' : state;
}

/**
 * Four eyes: a new account is confirmed by somebody of the board who did not make the change and whose own account it is not.
 * Refuses forbidden `members.second-person-needed`.
 */
export function checkSecondPerson(by: Actor, { memberId, changedBy }: { memberId: string; changedBy: string | null }) {
	if (by.personId === null || by.personId === changedBy || by.memberId === memberId)
		throw new Refusal('forbidden', 'members.second-person-needed');
}

/** Addresses to tell, each once, however they are written. */
export function eachOnce(addresses: readonly (string | null)[]): string[] {
	const known = new Map<string, string>();
	for (const address of addresses) {
		if (address && !known.has(address.toLowerCase())) known.set(address.toLowerCase(), address);
	}
	return [...known.values()];
}
