// Which shares go first when some end: the last ones taken, with what falls due on them; and how the balance follows the shares.
import type { Day } from '../../values/calendar.ts';
import type { Change, Due } from '../rules.ts';

/** A movement of shares as it counts here, in the order of recording; `dues` are those written with it, negative where it ended shares. */
export interface LotMovement {
	id: string;
	kind: string;
	count: number;
	reverses: string | null;
	dues: readonly Due[];
}

interface Lot {
	id: string;
	count: number;
	dues: Due[];
}

const part = (dues: readonly Due[], share: number): Due[] =>
	dues
		.map(({ dueOn, amountCents }) => ({ dueOn, amountCents: Math.round(amountCents * share) }))
		.filter(({ amountCents }) => amountCents !== 0);

function without(dues: readonly Due[], gone: readonly Due[]): Due[] {
	const of = (day: Day) => gone.find(({ dueOn }) => dueOn === day)?.amountCents ?? 0;
	return dues.map(({ dueOn, amountCents }) => ({ dueOn, amountCents: amountCents - of(dueOn) }));
}

/** Takes the last `count` shares off the lots and answers what falls due on them. */
function takeLast(lots: Lot[], count: number): Due[] {
	const taken: Due[] = [];
	let left = count;
	while (left > 1e-9) {
		const lot = lots.at(-1);
		if (!lot) break;
		const from = Math.min(left, lot.count);
		const gone = part(lot.dues, from / lot.count);
		taken.push(...gone);
		left -= from;
		if (lot.count - from < 1e-9) lots.pop();
		else {
			lot.dues = without(lot.dues, gone);
			lot.count -= from;
		}
	}
	return taken;
}

/** Puts what falls due on shares that changed in value onto the lots, by their number of shares; the last lot takes what rounding leaves. */
function spread(lots: Lot[], dues: readonly Due[]): void {
	const held = lots.reduce((sum, lot) => sum + lot.count, 0);
	for (const { dueOn, amountCents } of byDay(dues)) {
		let leftCents = amountCents;
		for (const [i, lot] of lots.entries()) {
			const cents = i === lots.length - 1 ? leftCents : Math.round((amountCents * lot.count) / held);
			lot.dues = byDay([...lot.dues, { dueOn, amountCents: cents }]);
			leftCents -= cents;
		}
	}
}

/** One entry a day, in order; days that come to nothing are left out. */
export function byDay(dues: readonly Due[]): Due[] {
	const sums = new Map<Day, number>();
	for (const { dueOn, amountCents } of dues) sums.set(dueOn, (sums.get(dueOn) ?? 0) + amountCents);
	return [...sums]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([dueOn, amountCents]) => ({ dueOn, amountCents }))
		.filter(({ amountCents }) => amountCents !== 0);
}

/**
 * What falls due on the last `count` shares a member took, day by day (S-04): shares that end take it with them. Shares end in the
 * opposite order in which they were taken; a split (§ 22b GenG) makes more of every one, another value changes what falls due on all alike.
 */
export function duesOfLast(movements: readonly LotMovement[], count: number): Due[] {
	const lots: Lot[] = [];
	for (const { id, kind, count: change, reverses, dues } of movements) {
		const held = lots.reduce((sum, lot) => sum + lot.count, 0);
		if (reverses !== null && lots.some((lot) => lot.id === reverses)) {
			lots.splice(
				lots.findIndex((lot) => lot.id === reverses),
				1,
			);
		} else if (kind === 'split' && held > 0) for (const lot of lots) lot.count *= (held + change) / held;
		else if (change === 0) spread(lots, dues);
		else if (change > 0) lots.push({ id, count: change, dues: byDay(dues) });
		else takeLast(lots, -change);
	}
	return byDay(takeLast(lots, count));
}

/**
 * What leaves the balance on which day so that it is never more than the nominal value of the shares left, from `from` on: the balance
 * follows shares that ended (§§ 67b, 73 GenG). Each list holds one member's changes, `paid` the balance as it is in the books.
 */
export function releases(
	{ nominal, paid }: { nominal: readonly Change[]; paid: readonly Change[] },
	from: Day,
): Change[] {
	const sum = (changes: readonly Change[], day: Day) =>
		changes.reduce((total, change) => (change.day <= day ? total + change.cents : total), 0);
	const days = [from, ...[...nominal, ...paid].map(({ day }) => day).filter((day) => day > from)];
	const result: Change[] = [];
	for (const day of [...new Set(days)].sort()) {
		const over = sum(paid, day) - sum(result, day) - sum(nominal, day);
		if (over > 0) result.push({ day, cents: over });
	}
	return result;
}
