// What became of a line of a bank statement, and on which day it is booked.
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import type { Match } from '../../rules/matching.ts';
import type { BankLine } from '../../rules/statementLines.ts';
import type { lineBookings } from '../../tables.ts';

/** A line to be stored: of which statement, at which place. */
export type NewLine = BankLine & { statementId: string; number: number };

/** A part of a line as it went into the books. */
export interface Booking {
	amountCents: number;
	kind: (typeof lineBookings.$inferInsert)['kind'];
	memberId: string | null;
	account: string | null;
	entry: number | null;
}

/** What became of a line. */
export interface Outcome {
	state: 'open' | 'booked' | 'noted';
	basis: string | null;
	bookings: Booking[];
}

/** Who acts when, and how far the books are closed. */
export interface Context {
	by: Actor;
	at: Date;
	/** the last day that is closed in the books */
	lockedThrough: Day;
}

/** Left to people; `basis` says why. */
export const open = (basis: string | null = null): Outcome => ({ state: 'open', basis, bookings: [] });

/** What was booked by hand before its line came: the line is tied to it, so that a second line for it waits for people. */
export const alreadyBooked = (bookings: Booking[]): Outcome => ({ state: 'noted', basis: 'already-booked', bookings });

/** A line with what its keys told. */
export type Matched = { line: NewLine; match: Match };

/** The day a line is booked on: its value day, unless that is closed already or still to come. */
export function dayFor(
	{ valueOn, bookedOn }: Pick<BankLine, 'valueOn' | 'bookedOn'>,
	{ at, lockedThrough }: Omit<Context, 'by'>,
): Day {
	return valueOn <= lockedThrough || valueOn > dayOf(at) ? bookedOn : valueOn;
}
