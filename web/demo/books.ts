// The demo's books beside shares and dividends: balances taken over, revenue from the yields, costs, loans, closed periods.
import type { Posting } from '../../api/ledger/rules.ts';
import { lockPeriod, postManualEntry } from '../../api/ledger/service/post.ts';
import { readTrialBalance } from '../../api/ledger/service/read.ts';
import { addDays, addMonths, type Day } from '../../api/values/calendar.ts';
import { splitByLargestRemainder } from '../../api/values/money.ts';
import { listYields } from '../../api/yields/service.ts';
import { yields } from './energy.ts';
import { random } from './random.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, recorder, type World } from './world.ts';

const account = {
	plants: '0440',
	bank: '1800',
	reserve: '2930',
	carried: '2970',
	loans: '3150',
	revenue: '4400',
} as const;

/** What the demo's closing figures begin with: reserve and profit carried forward at the first day of the books kept here. */
export const takenOver = { legalReserveCents: 6_184_000, profitForwardCents: 412_250 } as const;

/** Net book value of the plants and money in the bank on that day. */
const plantsCents = 204_750_000;
const bankCents = 18_640_000;

/** Shares of the costs, in percent: depreciation first. */
const costs: readonly { account: string; percent: number }[] = [
	{ account: '6220', percent: 42 },
	{ account: '6470', percent: 26 },
	{ account: '6310', percent: 10 },
	{ account: '7320', percent: 8 },
	{ account: '6400', percent: 4 },
	{ account: '6850', percent: 4 },
	{ account: '7600', percent: 4 },
	{ account: '6827', percent: 2 },
];

async function balanceCents({ db }: World, number: string, on: Day): Promise<number> {
	const lines = await readTrialBalance(db, { by: recorder, on });
	return lines.find((line) => line.account === number)?.balanceCents ?? 0;
}

function post(world: World, at: Date, bookedOn: Day, text: string, lines: readonly Posting[]): Promise<unknown> {
	const moved = lines.filter(({ cents }) => cents !== 0);
	if (moved.length === 0) return Promise.resolve();
	return postManualEntry(world.db, { by: acting(world, 'deputy'), at, bookedOn, text, reference: null, lines: moved });
}

/** Balances taken over from the bookkeeping before: what members have paid in by then lies in plants and bank, the rest is borrowed. */
export function openingBalances(world: World, year: number): Happening[] {
	const on = `${year}-01-01`;
	const run = async (at: Date) => {
		const paidInCents = await balanceCents(world, account.bank, addDays(on, -1));
		const { legalReserveCents, profitForwardCents } = takenOver;
		const loansCents = plantsCents + bankCents - paidInCents - legalReserveCents - profitForwardCents;
		await post(world, at, on, 'Saldenübernahme aus der bisherigen Buchhaltung', [
			{ account: account.plants, cents: plantsCents },
			{ account: account.bank, cents: bankCents - paidInCents },
			{ account: account.reserve, cents: -legalReserveCents },
			{ account: account.carried, cents: -profitForwardCents },
			{ account: account.loans, cents: -loansCents },
		]);
	};
	return [{ at: moment(addDays(on, 7), '10:00'), run }];
}

/** Costs of a quarter in one entry each: depreciation, what was paid, and the instalment on the loans. */
async function postCosts(world: World, at: Date, on: Day, totalCents: number): Promise<void> {
	const parts = splitByLargestRemainder(
		Math.max(0, totalCents),
		costs.map(({ percent }) => percent),
	);
	const lines = costs.map((cost, i) => ({ account: cost.account, cents: parts[i] ?? 0 }));
	const [depreciation = { account: '', cents: 0 }, ...paid] = lines;
	const paidCents = paid.reduce((sum, { cents }) => sum + cents, 0);
	const instalmentCents = Math.floor(depreciation.cents * 0.8);
	await post(world, at, on, 'Abschreibungen des Quartals', [
		depreciation,
		{ account: account.plants, cents: -depreciation.cents },
	]);
	await post(world, at, on, 'Betriebskosten des Quartals', [...paid, { account: account.bank, cents: -paidCents }]);
	await post(world, at, on, 'Tilgung der Darlehen', [
		{ account: account.loans, cents: instalmentCents },
		{ account: account.bank, cents: -instalmentCents },
	]);
}

const monthName = (month: Day): string => `${month.slice(5, 7)}/${month.slice(0, 4)}`;

/** What a year is to bring in the end: a rate on the balances at its beginning that differs from year to year, if the energy allows it. */
function resultOf(year: number, balancesCents: number, revenueCents: number): number {
	const rate = 0.0405 + random('result', year).integer(0, 60) / 10_000;
	return Math.floor(Math.min(rate * balancesCents, 0.1 * revenueCents));
}

/**
 * The bookings of a year, quarter by quarter on the twelfth day after it: the revenue of each month from the yields (corrections of
 * earlier months with the next one), then the costs. The last quarter's costs bring the year to its result.
 */
export function yearInTheBooks(world: World, year: number): Happening[] {
	let revenueCents = 0;
	let costsCents = 0;
	return [1, 2, 3, 4].map((quarter) => {
		const start = addMonths(`${year}-01-01`, (quarter - 1) * 3);
		const end = addDays(addMonths(start, 3), -1);
		const run = async (at: Date) => {
			await yields(world, start, at);
			for (const month of [start, addMonths(start, 1), addMonths(start, 2)]) {
				const last = addDays(addMonths(month, 1), -1);
				const lines = await listYields(world.db, { by: recorder, from: `${year}-01-01`, to: last, group: 'month' });
				const soFarCents = lines.reduce((sum, line) => sum + (line.revenueCents ?? 0), 0);
				await post(world, at, last, `Stromerlöse ${monthName(month)}`, [
					{ account: account.bank, cents: soFarCents - revenueCents },
					{ account: account.revenue, cents: revenueCents - soFarCents },
				]);
				revenueCents = soFarCents;
			}
			let dueCents = Math.floor(revenueCents * 0.86) - costsCents;
			if (quarter === 4) {
				const balancesCents = -(await balanceCents(world, '2901', `${year - 1}-12-31`));
				dueCents = revenueCents - resultOf(year, balancesCents, revenueCents) - costsCents;
			}
			await postCosts(world, at, end, dueCents);
			costsCents += Math.max(0, dueCents);
		};
		return { at: moment(addDays(end, 12), '09:00'), run, afterAll: true };
	});
}

/** The tax withheld from a dividend, handed to the tax office; what rounding to full euro leaves is income (T-41). */
export async function payWithheldTax(
	world: World,
	{
		at,
		on,
		year,
		payableCents,
		roundingGainCents,
	}: { at: Date; on: Day; year: number; payableCents: number; roundingGainCents: number },
): Promise<void> {
	await post(world, at, on, `Kapitalertragsteuer Dividende ${year} an das Finanzamt`, [
		{ account: '3760', cents: payableCents + roundingGainCents },
		{ account: account.bank, cents: -payableCents },
		{ account: '4830', cents: -roundingGainCents },
	]);
}

/** Closes a year's days in the books. */
export function closeDays(world: World, year: number, at: Date): Promise<unknown> {
	return lockPeriod(world.db, { by: acting(world, 'deputy'), at, through: `${year}-12-31` });
}
