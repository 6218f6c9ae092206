// Everything in one process on one port: database → API → portal → jobs. Started by web/start.ts.
import { readConfig } from '../api/config.ts';
import { openDatabase } from '../api/database/open.ts';
import { takeFolder } from './instance.ts';

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
	const given = readConfig(process.env, { demo });
	const now = () => new Date();
	if (demo && process.argv.includes('--codes'))
		return console.log((await import('./demo/start.ts')).showCodes(given, now()));
	undo.push(takeFolder(given.dataFolder, given.publicUrl));
	const surroundings = demo
		? await (await import('./demo/start.ts')).startDemo(given, { fresh: process.argv.includes('--fresh'), now })
		: undefined;
	if (surroundings) undo.push(surroundings.close);
	const { config = given, routes = [] } = surroundings ?? {};
	const opening = openDatabase(config);
	undo.push(() =>
		opening.then(
			(db) => db.close(),
			() => {},
		),
	);
	// The rest of the program loads while the database starts.
	const loading = import('./product.ts').then(({ loadProduct }) => loadProduct(development ? 'development' : 'built'));
	const [db, runProduct] = await Promise.all([opening, loading]);
	await surroundings?.fill(db);
	const setupCode = await runProduct({ db, config, now, routes, undo });
	console.log(`Gemeinwatt is ready: ${config.publicUrl}`);
	if (surroundings) console.log(surroundings.greeting());
	if (setupCode)
		console.log(`There is no cooperative yet. Open the address and enter this code, it works once: ${setupCode}`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
try {
	await serve();
} catch (error) {
	const { code, port, message } = error as { code?: string; port?: number; message?: string };
	console.error(
		code === 'EADDRINUSE'
			? `Another program listens on port ${port}. Choose a free one with PORT.`
			: (message ?? error),
	);
	if (process.env.LOG_LEVEL === 'debug') console.error(error);
	await stop(1);
}
