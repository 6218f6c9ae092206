// Brings a database to the current schema, as its owner, one process at a time.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import type { Endpoint } from './connect.ts';

const folder = path.resolve('api/database/migrations');
const lockKey = 7_274_674;

/**
 * Creates the database if it is missing, runs pending migrations under an advisory lock, and returns the endpoint of the API's own
 * role, which owns nothing and is bound by row level security. Refuses servers older than PostgreSQL 18.
 */
export async function migrate(owner: Endpoint, apiPassword: string): Promise<Endpoint> {
	await createDatabase(owner);
	const client = postgres({ ...options(owner), max: 1 });
	const api = { ...owner, user: `${owner.database}_login`, password: apiPassword };
	try {
		const [version] = await client`select current_setting('server_version_num')::int as number`;
		if (version?.number < 180_000) throw new Error('Gemeinwatt needs PostgreSQL 18 or newer.');
		await client`select pg_advisory_lock(${lockKey})`;
		if (await isCurrent(client)) return api;
		await client.unsafe(`
			do $$ begin create role gemeinwatt_api nologin; exception when duplicate_object or unique_violation then null; end $$;
			do $$ begin create role "${api.user}" login in role gemeinwatt_api; exception when duplicate_object or unique_violation then null; end $$;
			alter role "${api.user}" password '${apiPassword}';
			revoke all on database "${owner.database}" from public;
			grant connect, temporary on database "${owner.database}" to "${api.user}";
		`);
		await runMigrations(client);
		return api;
	} finally {
		await client.end({ timeout: 5 });
	}
}

/** As the library's own migrator, but a migration goes to the server in one message instead of a message a statement. */
async function runMigrations(client: postgres.Sql): Promise<void> {
	const { dialect, session } = drizzle(client) as unknown as {
		dialect: { migrate: (migrations: MigrationMeta[], session: unknown, config: object) => Promise<void> };
		session: unknown;
	};
	const migrations = readMigrationFiles({ migrationsFolder: folder });
	await dialect.migrate(
		migrations.map((migration) => ({ ...migration, sql: [migration.sql.join('\n;\n')] })),
		session,
		{},
	);
}

function options(endpoint: Endpoint) {
	const { ssl, ...rest } = endpoint;
	return { ...rest, ...(ssl ? { ssl: 'require' as const } : {}), onnotice: () => {}, connect_timeout: 10 };
}

/** Creates the owner's database on its server unless it is there. */
async function createDatabase(owner: Endpoint): Promise<void> {
	const probe = postgres({ ...options(owner), max: 1 });
	try {
		await probe`select 1`;
	} catch (error) {
		if (!(error instanceof postgres.PostgresError) || error.code !== '3D000') throw error;
		const server = postgres({ ...options({ ...owner, database: 'postgres' }), max: 1 });
		try {
			await server.unsafe(`create database "${owner.database}"`);
		} catch (raced) {
			if (!(raced instanceof postgres.PostgresError) || raced.code !== '42P04') throw raced;
		} finally {
			await server.end();
		}
	} finally {
		await probe.end();
	}
}

async function isCurrent(client: postgres.Sql): Promise<boolean> {
	const journal = JSON.parse(readFileSync(path.join(folder, 'meta/_journal.json'), 'utf8')) as {
		entries: { when: number }[];
	};
	const newest = journal.entries.at(-1)?.when ?? 0;
	const [there] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as yes`;
	if (!there?.yes) return false;
	const [last] = await client`select max(created_at)::bigint as at from drizzle.__drizzle_migrations`;
	return Number(last?.at ?? 0) >= newest;
}

/** The endpoint in a postgres:// address. */
export function endpointOf(url: string): Endpoint {
	const { hostname, port, pathname, username, password, searchParams } = new URL(url);
	return {
		host: searchParams.get('host') ?? decodeURIComponent(hostname || 'localhost'),
		port: Number(port || 5432),
		database: decodeURIComponent(pathname.slice(1)) || 'gemeinwatt',
		user: decodeURIComponent(username),
		password: decodeURIComponent(password),
		ssl: ['require', 'verify-full', 'verify-ca'].includes(searchParams.get('sslmode') ?? ''),
	};
}
