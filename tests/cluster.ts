// One embedded PostgreSQL for a test run, with one migrated template database.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { mkdirSync } from 'node:fs';
import { startEmbedded } from '../api/database/embedded.ts';
import { migrate } from '../api/database/migrate.ts';
import type { Endpoint } from '../api/database/connect.ts';

declare module 'vitest' {
	interface ProvidedContext {
		owner: Endpoint;
		apiUser: string;
	}
}

/** Password of all database roles of the test cluster. */
export const testPassword = 'test-password';

const quick = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	mkdirSync('.cache', { recursive: true });
	const home = await mkdtemp(path.resolve('.cache/test-'));
	const { chmod } = await import('node:fs/promises');
	await chmod(home, 0o755);
	const server = await startEmbedded(home, testPassword, quick);
	const owner = { ...server.owner, database: 'template_coop' };
	const api = await migrate(owner, testPassword);
	const admin = postgres({ ...owner, database: 'postgres', max: 1, onnotice: () => {} });
	await admin.unsafe(`alter database template_coop with is_template true allow_connections false`);
	await admin.end();
	project.provide('owner', server.owner);
	project.provide('apiUser', api.user);
	return async () => {
		await server.stop();
		await rm(home, { recursive: true, force: true });
	};
}
