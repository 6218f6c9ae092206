// npm run demo: everything around the product that the demo needs, and the demo itself if it is not there yet.
import type { App } from '../../api/app.ts';
import type { Config } from '../../api/config.ts';
import type { Database } from '../../api/database/connect.ts';
import { type Sink, sinkRoutes, startSink } from '../../api/notices/sink.ts';
import { readCooperative } from '../../api/statute/service.ts';
import { beginMaking, contentsOf, emptyFolder, endMaking } from './folder.ts';
import { type Surroundings, surroundingsIn } from './live.ts';
import { loginsFile, loginTable, readLogins, writeLogins } from './logins.ts';
import { seedDemo } from './seed.ts';
import { recorder } from './world.ts';

/** What runs beside the product in a demo. */
export interface Demo {
	/** the configuration with the demo's own mail server and inverter */
	config: Config;
	/** route plugins of the demo */
	routes: readonly ((app: App) => void)[];
	/** makes the demo in an empty database */
	fill: (db: Database) => Promise<void>;
	/** what the console says when everything is up */
	greeting: () => string;
	close: () => Promise<void>;
}

/**
 * Prepares a demo in its folder, which the caller holds: empties it first if that is wanted or if its making was interrupted, then
 * starts mail server and inverter on free ports of this machine. Throws a sentence for the console if that cannot be.
 */
export async function startDemo(given: Config, { fresh, now }: { fresh: boolean; now: () => Date }): Promise<Demo> {
	const { dataFolder, databaseUrl } = given;
	const half = contentsOf(dataFolder) === 'half';
	if (fresh || half) {
		if (databaseUrl)
			throw new Error('The demo can be made anew in the embedded database only. Give it an empty database instead.');
		if (half) console.log('The demo was interrupted in its making and is made anew.');
		await emptyFolder(dataFolder);
	}
	const sink = given.smtpUrl === undefined ? await startSink() : undefined;
	const surroundings = await surroundingsIn(dataFolder, now);
	const config: Config = {
		...given,
		smtpUrl: sink?.url ?? given.smtpUrl,
		allowedSourceHosts: [...given.allowedSourceHosts, '127.0.0.1'],
	};
	return {
		config,
		routes: sink ? [sinkRoutes(sink)] : [],
		fill: (db) => fill(db, config, surroundings, now),
		greeting: () => greeting(config, surroundings, sink, now()),
		close: async () => {
			await surroundings.inverter.close();
			await sink?.close();
		},
	};
}

async function fill(db: Database, config: Config, surroundings: Surroundings, now: () => Date): Promise<void> {
	if ((await readCooperative(db, { by: recorder })) !== null) return;
	const { dataFolder } = config;
	console.log('Making the demo cooperative …');
	beginMaking(dataFolder);
	writeLogins(
		dataFolder,
		await seedDemo({ db, config, now: now(), log: (line) => console.log(`  ${line}`), surroundings }),
	);
	endMaking(dataFolder);
	surroundings.setClock(now);
}

function greeting(
	{ dataFolder, publicUrl }: Config,
	{ inbox, samples }: Surroundings,
	sink: Sink | undefined,
	now: Date,
): string {
	const logins = readLogins(dataFolder);
	if (!logins) return 'The database holds a cooperative that the demo did not make, so there are no demo log-ins.';
	return [
		`Log-ins (also in ${loginsFile(dataFolder)}):`,
		loginTable(logins, now),
		'Staff sign in with a code as well: npm run demo -- --codes shows the present ones, or put totpSecret into an authenticator app.',
		...(sink ? [`Mails go nowhere; read them at ${publicUrl}/mails`] : []),
		`Files put into ${inbox} are imported; some to try are in ${samples}`,
	].join('\n');
}

/** npm run demo -- --codes: the log-ins with the codes of this moment. */
export function showCodes({ dataFolder }: Config, now: Date): string {
	const logins = readLogins(dataFolder);
	return logins ? loginTable(logins, now) : `There is no demo in ${dataFolder} yet.`;
}
