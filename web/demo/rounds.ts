// The demo's open subscription round: members have been subscribing for a week, more than there is to give.
import { clauseIds } from '../../api/members/rules.ts';
import { setRound } from '../../api/shares/service/rounds/set.ts';
import { subscribeToRound } from '../../api/shares/service/rounds/subscribe.ts';
import { addDays } from '../../api/values/calendar.ts';
import { maxShares } from './people.ts';
import { random } from './random.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, recorder, type World } from './world.ts';

const minutesOfDay = 24 * 60;

/** A round for a battery at the solar park: open since last week, over-subscribed, shown publicly. */
export function openRound(world: World): Happening[] {
	const { db, now, today, people } = world;
	let roundId = '';
	const stream = random('round', 1);
	const subscribers = people
		.filter(({ memberNumber = 0, subscriptions }) => {
			const shares = subscriptions.reduce((sum, taken) => sum + taken.shares, 0);
			return memberNumber % 9 === 4 && shares <= maxShares - 12;
		})
		.slice(0, 24);
	return [
		{
			at: later(now, -9 * minutesOfDay),
			run: async (at) => {
				const round = await setRound(db, {
					...{ by: acting(world, 'chair'), at },
					round: {
						...{ title: 'Batteriespeicher am Solarpark', announced: true, rule: 'pro-rata' },
						purpose: 'Ein Speicher mit 2 MWh verschiebt den Mittagsstrom in den Abend. Baubeginn ist im Frühjahr.',
						...{ opensAt: later(at, 60), closesAt: moment(addDays(today, 12), '20:00') },
						...{ volumeShares: null, volumeCents: 5_000_000, floorShares: 1, capShares: 10 },
					},
				});
				roundId = round.roundId;
			},
		},
		...subscribers.map((person, i): Happening => {
			const count = stream.integer(2, 10);
			return {
				at: later(now, -8 * minutesOfDay + i * 450 + stream.integer(0, 300)),
				run: (at) =>
					subscribeToRound(db, {
						by: { ...recorder, memberId: memberIdOf(world, person.memberNumber ?? 0) },
						...{ at, roundId, count, clauses: clauseIds, statuteVersion: 1 },
					}),
			};
		}),
	];
}
