// What the seeding of the demo carries through the years: database, clock, who acts, and the ids of everything made so far.
import type { Keys } from '../../api/config.ts';
import type { Database } from '../../api/database/connect.ts';
import { type Actor, systemActor } from '../../api/values/actor.ts';
import type { Day } from '../../api/values/calendar.ts';
import type { DemoPerson } from './people.ts';

/** The program itself, where nobody could act yet or the past is recorded. */
export const recorder = systemActor('demo');

/** Member numbers of those who act for the cooperative. */
export const office = { chair: 1, deputy: 14, supervisor: 4, operator: 23 } as const;

/** The demo in the making. */
export interface World {
	db: Database;
	keys: Keys;
	now: Date;
	/** local day of `now` */
	today: Day;
	/** members by number, as many as this demo has */
	people: readonly DemoPerson[];
	/** ids of members by number */
	memberIds: Map<number, string>;
	/** who has an account, by member number; the auditor under 0 */
	actors: Map<number, Actor>;
	/** ids of plants and their metering points, by the plant's key */
	plantIds: Map<string, { plantId: string; meteringPointId: string }>;
}

/** Someone of the board or the operator; before there are accounts, the program. */
export function acting({ actors }: World, who: keyof typeof office): Actor {
	return actors.get(office[who]) ?? recorder;
}

/** The id of a member by number. Throws RangeError if nobody has it. */
export function memberIdOf({ memberIds }: World, number: number): string {
	const id = memberIds.get(number);
	if (id === undefined) throw new RangeError(`the demo has no member ${number}`);
	return id;
}

/** A person's name in speaking order, or the organisation's. */
export function nameOfPerson({ organisation, givenNames, familyName }: DemoPerson): string {
	return organisation ?? `${givenNames} ${familyName}`;
}
