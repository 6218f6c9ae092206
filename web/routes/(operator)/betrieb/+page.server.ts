// The operator's home: how every plant is doing, what needs a look, the year against expectation, the latest files.
import { dayAt } from '#lib/operator/days.ts';
import { readFindings } from '#lib/operator/server/findings.ts';
import { readPlantStates } from '#lib/operator/server/state.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const now = new Date();
	const today = dayAt(now);
	const query = { from: `${today.slice(0, 4)}-01-01`, to: today, group: 'month' as const };
	const [states, yields, plants, imports] = await Promise.all([
		readPlantStates(locals.api, now),
		locals.api.GET('/api/yields', { params: { query } }),
		locals.api.GET('/api/plants'),
		locals.api.GET('/api/readings/imports', { params: { query: { limit: 3 } } }),
	]);
	const lines = answered(yields);
	const expectations = answered(plants).map(({ expectedMonthlyWh }) => expectedMonthlyWh);
	const thisMonth = Number(today.slice(5, 7));
	return {
		now,
		today,
		plants: states,
		findings: await readFindings(locals.api, states, now),
		months: Array.from({ length: 12 }, (_, index) => {
			const own = lines.filter(({ period }) => Number(period.slice(5, 7)) === index + 1);
			return {
				month: index + 1,
				actualWh: own.length ? own.reduce((sum, { fedInWh }) => sum + fedInWh, 0) : null,
				expectedWh: expectations.some(Boolean) ? expectations.reduce((sum, wh) => sum + (wh?.[index] ?? 0), 0) : null,
				running: index + 1 === thisMonth,
			};
		}),
		imports: answered(imports).map(({ id, fileName, state, receivedAt, storedAt, receivedBy, origin }) => ({
			...{ id, fileName, state, receivedBy, origin },
			at: storedAt ?? receivedAt,
		})),
	};
};
