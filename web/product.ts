// API, portal and jobs over an open database: the larger part of the program, loaded while the database starts.
import { setupCode } from '../api/accounts/service/setup.ts';
import { type App, buildApp } from '../api/app.ts';
import type { Config } from '../api/config.ts';
import type { Database } from '../api/database/connect.ts';
import { sendNoticesSoon } from '../api/notices/service.ts';
import { systemActor } from '../api/values/actor.ts';
import { jobRoutes } from '../jobs/routes.ts';
import { jobs, keepTime } from '../jobs/schedule.ts';
import { loadPortal, mountPortal } from './portal.ts';

/** What the product runs on. `routes` are plugins beside its own; `undo` takes what must be undone at the end, newest last. */
export interface Ground {
	db: Database;
	config: Config;
	now: () => Date;
	routes: readonly ((app: App) => void)[];
	undo: (() => unknown)[];
}

/** Loads the pages and returns what starts everything; that returns the set-up's code while there is no cooperative. */
export async function loadProduct(
	mode: 'built' | 'development',
): Promise<(ground: Ground) => Promise<string | undefined>> {
	const portal = await loadPortal(mode);
	return async ({ db, config, now, routes, undo }) => {
		const app = await buildApp({ config, db, now, more: [jobRoutes(jobs), ...routes] });
		await mountPortal(app, portal);
		undo.push(() => app.close());
		await app.listen({ host: config.host, port: config.port });
		const onError = (error: unknown): void => app.log.error(error);
		undo.push(await sendNoticesSoon(db, { by: systemActor('notices'), now, smtp: config, onError }));
		const clock = await keepTime({ db, config, now, onError });
		undo.push(clock.stop);
		return setupCode(db, { by: systemActor('setup'), at: now() });
	};
}
