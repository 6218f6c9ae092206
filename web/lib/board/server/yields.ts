// The plants' year so far, all together: for the board's home.
import type { MonthYield } from '#lib/charts/MonthBars.svelte';
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';

/** This year's months up to a day, and their sum in Wh; `quality` counts quarter-hours. */
export interface PlantYear {
	year: number;
	fedInWh: number;
	months: MonthYield[];
	missingSlots: number;
	unmeasuredSlots: number;
}

/** What all plants fed in this year, month by month, against what was expected. */
export async function plantMonths(api: Api, day: string): Promise<{ plantYear: PlantYear }> {
	const year = Number(day.slice(0, 4));
	const query = { from: `${year}-01-01`, to: day, group: 'month' as const };
	const [yields, plants] = await Promise.all([api.GET('/api/yields', { params: { query } }), api.GET('/api/plants')]);
	const lines = answered(yields);
	const expectations = answered(plants).flatMap(({ expectedMonthlyWh }) =>
		expectedMonthlyWh ? [expectedMonthlyWh] : [],
	);
	const current = Number(day.slice(5, 7));
	const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
	const months = Array.from({ length: 12 }, (_, index) => {
		const of = lines.filter(({ period }) => Number(period.slice(5, 7)) === index + 1);
		return {
			month: index + 1,
			actualWh: index + 1 > current || of.length === 0 ? null : sum(of.map(({ fedInWh }) => fedInWh)),
			expectedWh: expectations.length ? sum(expectations.map((one) => one[index] ?? 0)) : null,
			running: index + 1 === current,
		};
	});
	return {
		plantYear: {
			year,
			fedInWh: sum(lines.map(({ fedInWh }) => fedInWh)),
			months,
			missingSlots: sum(lines.map(({ missingSlots }) => missingSlots)),
			unmeasuredSlots: sum(lines.map(({ unmeasuredSlots }) => unmeasuredSlots)),
		},
	};
}
