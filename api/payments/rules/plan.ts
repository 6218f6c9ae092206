// A member's payment plan: what is due when, what of it is paid, and since when the oldest part is missing (S-04).
import type { Change } from '../../shares/rules.ts';
import type { Day } from '../../values/calendar.ts';
import { enforceableUntil } from './reminders.ts';

/** Where a payment of the plan stands: paid · part of it paid · overdue · to come · too old to be enforced. */
export type PlanState = 'paid' | 'overdue' | 'upcoming' | 'barred';

/** One payment of the plan; payments made fill the oldest first. */
export interface PlanLine {
	dueOn: Day;
	amountCents: number;
	paidCents: number;
	openCents: number;
	state: PlanState;
	/** the last day on which it can be enforced */
	enforceableUntil: Day;
}

/** The dues of one member by day, those of the same day together; what was reversed is gone. */
function byDay(dues: readonly Change[]): Change[] {
	const days = new Map<Day, number>();
	for (const { day, cents } of dues) days.set(day, (days.get(day) ?? 0) + cents);
	return [...days].map(([day, cents]) => ({ day, cents })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

/**
 * The plan of one member as of a day: dues filled by what is paid, the oldest first. What was reversed later than it fell due takes
 * away from the oldest due that is left.
 */
export function planOf(dues: readonly Change[], paidCents: number, today: Day): PlanLine[] {
	const lines = byDay(dues).filter(({ cents }) => cents > 0);
	let taken = -byDay(dues).reduce((sum, { cents }) => sum + Math.min(0, cents), 0);
	let left = Math.max(0, paidCents);
	return lines.flatMap(({ day, cents }) => {
		const cut = Math.min(taken, cents);
		taken -= cut;
		const amountCents = cents - cut;
		if (amountCents === 0) return [];
		const paid = Math.min(left, amountCents);
		left -= paid;
		const openCents = amountCents - paid;
		const until = enforceableUntil(day);
		const state = openCents === 0 ? 'paid' : day > today ? 'upcoming' : until < today ? 'barred' : 'overdue';
		return [{ dueOn: day, amountCents, paidCents: paid, openCents, state, enforceableUntil: until }];
	});
}

/** What is due and open up to a day, too-old parts included, and the oldest day with something open; null: nothing. */
export function claimUntil(plan: readonly PlanLine[], day: Day): { openCents: number; dueSince: Day } | null {
	const open = plan.filter(({ dueOn, openCents }) => openCents > 0 && dueOn <= day);
	const [oldest] = open;
	return oldest ? { openCents: open.reduce((sum, one) => sum + one.openCents, 0), dueSince: oldest.dueOn } : null;
}
