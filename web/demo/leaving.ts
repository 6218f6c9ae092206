// Who leaves the demo cooperative or hands shares over: a few cases that are pending today, so that the exits desk has something to show.
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { recordTransfer } from '../../api/shares/service/transfers/paper.ts';
import { addDays, dayOf } from '../../api/values/calendar.ts';
import type { DemoPerson } from './people.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, memberIdOf, type World } from './world.ts';

/** Grown-up people without office or account whose shares are paid, the longest-standing first. */
function ordinary({ people, today }: World): DemoPerson[] {
	return people.filter(({ kind, account, roles, guardians, subscriptions, memberNumber }) => {
		const shares = subscriptions.reduce((sum, taken) => sum + taken.shares, 0);
		const paid = subscriptions
			.flatMap(({ payments }) => payments)
			.reduce((sum, { amountCents }) => sum + amountCents, 0);
		const old = subscriptions.every(({ on }) => on < addDays(today, -800));
		return (
			kind === 'natural' &&
			!account &&
			!guardians &&
			roles.length <= 1 &&
			old &&
			shares >= 2 &&
			paid === shares * 50_000 &&
			memberNumber
		);
	});
}

/** A notice, a notice of some shares, a death, and a transfer that waits for the board; all of the last months. */
export function leaving(world: World): Happening[] {
	const { db, today } = world;
	const [first, second, third, giver, taker] = ordinary(world).map(({ memberNumber = 0 }) => memberNumber);
	if (!first || !second || !third || !giver || !taker) return [];
	const by = () => acting(world, 'chair');
	const on = (days: number) => addDays(today, -days);
	const memberId = (number: number) => memberIdOf(world, number);
	return [
		{
			at: moment(on(70), '10:00'),
			run: (at) =>
				recordExit(db, {
					...{ by: by(), at, memberId: memberId(first), basis: 'Brief, eingegangen am Vortag' },
					wish: { cause: 'notice', receivedOn: addDays(dayOf(at), -1) },
				}),
		},
		{
			at: moment(on(45), '10:00'),
			run: (at) =>
				recordExit(db, {
					...{ by: by(), at, memberId: memberId(second), basis: 'E-Mail' },
					wish: { cause: 'partial', receivedOn: dayOf(at), shares: 1 },
				}),
		},
		{
			at: moment(on(20), '10:00'),
			run: (at) =>
				recordExit(db, {
					...{ by: by(), at, memberId: memberId(third), basis: 'Sterbeurkunde' },
					wish: { cause: 'death', receivedOn: addDays(dayOf(at), -12) },
					heirs: [{ name: 'Erbengemeinschaft', email: null, address: null, representative: true }],
				}),
		},
		{
			at: moment(on(5), '10:00'),
			run: (at) =>
				recordTransfer(db, {
					...{ by: by(), at, fromMemberId: memberId(giver), acquirer: { memberId: memberId(taker) } },
					wish: { shares: 1 },
				}),
		},
	];
}
