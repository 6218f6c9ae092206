// A member's home: what do I own, what did it produce, what did I earn, what must I do.
import { eq, sql } from 'drizzle-orm';
import { listAssemblies } from '../../assemblies/service/read.ts';
import { listMyBallots } from '../../ballots/service/read.ts';
import { type Database, transact } from '../../database/connect.ts';
import { readExemptionOrder } from '../../dividends/service/exemptions.ts';
import { type DividendSummary, listMyDividends, readMyDividend } from '../../dividends/service/mine.ts';
import { members } from '../../members/tables.ts';
import { type HoldingMovement, readHolding } from '../../shares/service/holdings.ts';
import { listOpenRounds } from '../../shares/service/rounds/read.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf, daysBetween, partsOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { expectedWh } from '../../yields/rules.ts';
import { memberYieldsIn, yieldsIn } from '../../yields/service.ts';
import { plants } from '../../plants/tables.ts';
import { type LatestDay, latestDay } from './latest.ts';

/** One thing the member should do or know. */
export type Task =
	| { kind: 'ballot'; ballotId: string; title: string; closesAt: string }
	| { kind: 'assembly'; assemblyId: string; title: string; startsAt: string }
	| { kind: 'round'; roundId: string; title: string; closesAt: string; count: number }
	| { kind: 'payment-due'; amountCents: number; dueOn: Day | null }
	| { kind: 'exemption-order-ends'; validTo: Day; usedCents: number }
	| { kind: 'no-exemption-order' };

/** The way from wind and sun to the account in the last year with a dividend. Energies in watt-hours, money in cents. */
export interface YearChain {
	year: number;
	energyWh: number;
	revenueCents: number;
	rate: string | null;
	baseCents: number;
	resolvedOn: Day;
	ballotId: string;
	grossCents: number;
	taxCents: number;
	netCents: number;
	payoutOn: Day;
}

/** Everything on a member's home page. */
export interface Home {
	memberNumber: number;
	name: string;
	joinedOn: Day;
	asOf: string;
	shares: { count: number; nominalCents: number; dueCents: number; paidCents: number; day: Day };
	latest: LatestDay | null;
	year: {
		year: number;
		ownWh: number;
		ownRevenueCents: number;
		months: { month: number; actualWh: number; expectedWh: number | null }[];
	};
	chain: YearChain | null;
	movements: { day: Day; kind: string; sharesChange: number; amountCents: number; basis: string | null }[];
	tasks: Task[];
}

/** The acting member's home. Refuses missing home.not-a-member. */
export async function readHome(db: Database, { by, at }: { by: Actor; at: Date }): Promise<Home> {
	const { memberId } = by;
	if (memberId === null) throw new Refusal('missing', 'home.not-a-member');
	const today = dayOf(at);
	const [year] = partsOf(today);
	const holding = await readHolding(db, { by, memberId, day: today });
	const production = await transact(db, by, async (tx) => {
		const [member] = await tx.select().from(members).where(eq(members.id, memberId));
		const [all] = await tx.execute<{ shares: number }>(
			sql`select shares from share_days where day <= ${today} order by day desc limit 1`,
		);
		const span = { from: `${year}-01-01`, to: today };
		return {
			member,
			latest: await latestDay(tx, { at, own: holding.shares, all: all?.shares ?? 0 }),
			own: await memberYieldsIn(tx, { memberId, ...span }),
			months: await yieldsIn(tx, { ...span, group: 'month' }),
			expectations: await tx.select({ id: plants.id, expectedMonthlyWh: plants.expectedMonthlyWh }).from(plants),
		};
	});
	const dividends = await listMyDividends(db, { by });
	if (!production.member) throw new Refusal('missing', 'home.not-a-member');
	return {
		memberNumber: production.member.number,
		name: holding.name,
		joinedOn: production.member.joinedOn,
		asOf: at.toISOString(),
		shares: {
			count: holding.shares,
			nominalCents: holding.nominalCents,
			dueCents: holding.dueCents,
			paidCents: holding.paidCents,
			day: today,
		},
		latest: production.latest,
		year: {
			year,
			ownWh: production.own.reduce((sum, month) => sum + month.energyWh, 0),
			ownRevenueCents: production.own.reduce((sum, month) => sum + month.revenueCents, 0),
			months: monthsOf(year, today, production),
		},
		chain: await chainOf(db, by, memberId, dividends[0]),
		movements: movementsOf(holding.movements, dividends),
		tasks: await tasksOf(db, { by, at, memberId, claimCents: holding.claimCents, upcoming: holding.upcoming, today }),
	};
}

function monthsOf(
	year: number,
	today: Day,
	{
		months,
		expectations,
	}: { months: { period: Day; fedInWh: number }[]; expectations: { expectedMonthlyWh: number[] | null }[] },
): Home['year']['months'] {
	const [, current, dayOfMonth] = partsOf(today);
	return Array.from({ length: 12 }, (_, i) => {
		const month = i + 1;
		const first = `${year}-${String(month).padStart(2, '0')}-01`;
		const lengthDays = daysBetween(
			first,
			month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`,
		);
		const expected = expectations
			.map((plant) =>
				expectedWh(plant.expectedMonthlyWh, month, month === current ? dayOfMonth : lengthDays, lengthDays),
			)
			.filter((wh) => wh !== null);
		return {
			month,
			actualWh: months.filter((m) => m.period === first).reduce((sum, m) => sum + m.fedInWh, 0),
			expectedWh: expected.length === 0 ? null : expected.reduce((sum, wh) => sum + wh, 0),
		};
	});
}

const shownMovements = 4;

/** The newest movements of shares, balance and dividends, newest first. */
function movementsOf(movements: readonly HoldingMovement[], dividends: readonly DividendSummary[]): Home['movements'] {
	return [
		...movements.map(({ day, kind, sharesChange, nominalChangeCents, paidChangeCents, basis }) => ({
			...{ day, kind, sharesChange, amountCents: paidChangeCents || nominalChangeCents, basis },
		})),
		...dividends
			.filter(({ paidOutCents }) => paidOutCents > 0)
			.map(({ inflowOn, paidOutCents, year }) => ({
				day: inflowOn,
				kind: 'dividend',
				sharesChange: 0,
				amountCents: paidOutCents,
				basis: String(year),
			})),
	]
		.sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0))
		.slice(0, shownMovements);
}

async function chainOf(
	db: Database,
	by: Actor,
	memberId: string,
	last: DividendSummary | undefined,
): Promise<YearChain | null> {
	if (!last) return null;
	const { year, rate, baseCents, grossCents, taxCents, netCents, inflowOn } = last;
	const statement = await readMyDividend(db, { by, year });
	const yields = await transact(db, by, (tx) =>
		memberYieldsIn(tx, { memberId, from: `${year}-01-01`, to: `${year}-12-31` }),
	);
	return {
		...{ year, rate, baseCents, grossCents, taxCents, netCents },
		payoutOn: inflowOn,
		energyWh: yields.reduce((sum, month) => sum + month.energyWh, 0),
		revenueCents: yields.reduce((sum, month) => sum + month.revenueCents, 0),
		...statement.resolution,
	};
}

async function tasksOf(
	db: Database,
	{
		by,
		at,
		memberId,
		claimCents,
		upcoming,
		today,
	}: { by: Actor; at: Date; memberId: string; claimCents: number; upcoming: { dueOn: Day }[]; today: Day },
): Promise<Task[]> {
	const [ballots, assemblies, exemption, rounds] = await Promise.all([
		listMyBallots(db, { by }),
		listAssemblies(db, { by, limit: 10 }),
		readExemptionOrder(db, { by, at, memberId }),
		listOpenRounds(db, { by, at, memberId }),
	]);
	const tasks: Task[] = ballots
		.filter((ballot) => ballot.mine.mayVote)
		.map((ballot) => ({ kind: 'ballot', ballotId: ballot.id, title: ballot.question, closesAt: ballot.closesAt }));
	for (const { id, title, startsAt, state } of assemblies) {
		if (state === 'convened' && startsAt > at.toISOString())
			tasks.push({ kind: 'assembly', assemblyId: id, title, startsAt });
	}
	for (const round of rounds) tasks.push({ kind: 'round', ...round });
	if (claimCents > 0) tasks.push({ kind: 'payment-due', amountCents: claimCents, dueOn: upcoming[0]?.dueOn ?? null });
	if (!exemption.order) tasks.push({ kind: 'no-exemption-order' });
	else if (exemption.order.validTo !== null && exemption.order.validTo <= addDays(today, 60)) {
		tasks.push({ kind: 'exemption-order-ends', validTo: exemption.order.validTo, usedCents: exemption.usedCents });
	}
	return tasks;
}
