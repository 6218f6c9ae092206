// From configuration to an open database: the embedded server or DATABASE_URL, migrated, connected as the API's role.
import path from 'node:path';
import type { Config } from '../config.ts';
import { connect, type Database } from './connect.ts';
import { startEmbedded } from './embedded.ts';
import { endpointOf, migrate } from './migrate.ts';

/** Opens the configured database; closing it also ends the embedded server if this process started it. */
export async function openDatabase(config: Config): Promise<Database> {
	const embedded = config.databaseUrl
		? undefined
		: await startEmbedded(path.join(config.dataFolder, 'postgres'), config.keys.database);
	try {
		const owner = embedded?.owner ?? endpointOf(config.databaseUrl ?? '');
		return connect(await migrate(owner, config.keys.database), { afterwards: embedded?.stop });
	} catch (error) {
		await embedded?.stop();
		throw error;
	}
}
