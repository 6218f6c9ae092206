// The board's home: what waits for a decision, how the cooperative stands, what comes next.
import { mayDo } from '#lib/board/may.ts';
import { boardTasks } from '#lib/board/server/tasks.ts';
import { plantMonths } from '#lib/board/server/yields.ts';
import { today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { session } = await parent();
	const { api } = locals;
	const day = today();
	const may = mayDo(session);
	const [
		applications,
		requests,
		owing,
		all,
		years,
		assemblies,
		files,
		proposals,
		balances,
		jobs,
		notices,
		duties,
		corrections,
		yields,
	] = await Promise.all([
		api.GET('/api/applications'),
		api.GET('/api/share-requests', { params: { query: { state: 'declared' } } }),
		api.GET('/api/holdings', { params: { query: { owing: true, standing: 'all', pageSize: 1 } } }),
		api.GET('/api/holdings', { params: { query: { standing: 'present', pageSize: 1 } } }),
		api.GET('/api/fiscal-years'),
		api.GET('/api/assemblies'),
		api.GET('/api/payout-files'),
		api.GET('/api/statute/proposals'),
		api.GET('/api/ledger/trial-balance'),
		may.seeTechnology ? api.GET('/api/jobs') : undefined,
		may.seeMails ? api.GET('/api/notices/counts') : undefined,
		api.GET('/api/duties', { params: { query: { open: true } } }),
		api.GET('/api/reports/corrections'),
		plantMonths(api, day),
	]);
	const meetings = answered(assemblies);
	const running = meetings.filter(({ state }) => state === 'held' || state === 'convened');
	const ballots = await Promise.all(
		running.map(({ id }) => api.GET('/api/assemblies/{id}/ballots', { params: { path: { id } } })),
	);
	const holdings = answered(all);
	const unpaid = answered(owing);
	return {
		day,
		tasks: boardTasks({
			now: new Date().toISOString(),
			applications: answered(applications),
			requests: answered(requests).length,
			unpaid: { count: unpaid.total, claimCents: unpaid.sums.claimCents },
			years: answered(years),
			ballots: ballots.flatMap(answered),
			files: answered(files),
			proposals: answered(proposals),
			corrections: answered(corrections).filter(({ noted }) => noted === null),
			failedJobs: jobs ? answered(jobs).filter(({ runs }) => runs[0]?.outcome === 'failed').length : 0,
			failedMails: notices ? answered(notices).failed : 0,
		}),
		members: holdings.total,
		sums: holdings.sums,
		bankCents: answered(balances).find(({ account }) => account === '1800')?.balanceCents ?? 0,
		duties: answered(duties),
		next: running.at(-1) ?? null,
		...yields,
	};
};
