// Everything in one process on one port: database → API → portal → jobs. Started by web/start.ts.
import { buildApp } from '../api/app.ts';
import { readConfig } from '../api/config.ts';
import { openDatabase } from '../api/database/open.ts';
import { jobRoutes } from '../jobs/routes.ts';
import { jobs, keepTime } from '../jobs/schedule.ts';
import { takeFolder } from './instance.ts';
import { mountPortal } from './portal.ts';

const demo = process.argv.includes('--demo');
const development = process.argv.includes('--dev');

/** What must be undone at the end, newest first. */
const undo: (() => unknown)[] = [];

async function stop(code: number): Promise<never> {
	const patience = setTimeout(() => process.exit(1), 9_000);
	patience.unref();
	while (undo.length > 0) await undo.pop()?.();
	process.exit(code);
}

async function serve(): Promise<void> {
	const config = readConfig(process.env, demo ? '.data/demo' : '.data');
	undo.push(takeFolder(config.dataFolder, config.publicUrl));
	const now = () => new Date();
	const db = await openDatabase(config);
	undo.push(db.close);
	const app = await buildApp({ config, db, now, more: [jobRoutes(jobs)] });
	await mountPortal(app, development ? 'development' : 'built');
	undo.push(() => app.close());
	await app.listen({ host: config.host, port: config.port });
	const clock = await keepTime({ db, config, now, onError: (error) => app.log.error(error) });
	undo.push(clock.stop);
	console.log(`Gemeinwatt is ready: ${config.publicUrl}`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
try {
	await serve();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	if (process.env.LOG_LEVEL === 'debug') console.error(error);
	await stop(1);
}
