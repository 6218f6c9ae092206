// Connections: a pool for work, one pipelined lane for point reads, every transaction with its actor named for row level security.
import { sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { type Actor, holds } from '../values/actor.ts';
import { connectionLost, lostConnections } from './lost.ts';

/** How to reach a database as one role. `host` may be a folder (Unix socket). */
export interface Endpoint {
	host: string;
	port: number;
	database: string;
	user: string;
	password: string;
	ssl?: boolean;
}

export type Orm = PostgresJsDatabase;
/** A running transaction; functions that work inside a caller's transaction take it first. */
export type Tx = Parameters<Parameters<Orm['transaction']>[0]>[0];

/** The driver's client of a running transaction, for COPY, cursors and set-based statements. */
export function clientOf(tx: Tx): postgres.TransactionSql {
	return (tx._.session as unknown as { client: postgres.TransactionSql }).client;
}

/** The open database as the API's own role, which owns nothing. */
export interface Database {
	/** query builder over the pool */
	orm: Orm;
	/** raw client over the same pool: COPY, set-based statements */
	sql: postgres.Sql;
	/** one connection that many short reads share, pipelined, each as its own actor */
	lane: postgres.Sql;
	/** the same for reads of the program itself, such as who a request comes from */
	gate: postgres.Sql;
	/** what it is connected to */
	endpoint: Endpoint;
	close: () => Promise<void>;
}

const arrayText = (values: readonly (number | null)[]): string => `{${values.map((v) => v ?? 'NULL').join(',')}}`;
const integersOf = (text: string): (number | null)[] =>
	text === '{}'
		? []
		: text
				.slice(1, -1)
				.split(',')
				.map((v) => (v === 'NULL' ? null : Number(v)));

let surviving = false;

/**
 * The driver writes a moment later than it is told to; if the connection is lost in between, it throws where nobody can catch it and
 * the whole program would end (porsager/postgres#1208). The statement's failure has been told to its caller by then, so that one error
 * is let pass. Everything else ends the program as ever.
 */
function surviveLostConnections(): void {
	if (surviving) return;
	surviving = true;
	process.on('uncaughtException', (error) => {
		if (error instanceof TypeError && /\bnextWrite\b/.test(error.stack ?? '') && /reading 'write'/.test(error.message))
			return;
		if (process.listenerCount('uncaughtException') > 1) return;
		console.error(error);
		process.exit(1);
	});
}

/** Opens pool and lane. Throws nothing: connections are made when first needed. */
export function connect(endpoint: Endpoint, { poolSize = 10 }: { poolSize?: number } = {}): Database {
	surviveLostConnections();
	const losses = lostConnections(poolSize);
	const open = (max: number, statementTimeoutMs: number, settings: Record<string, string> = {}) =>
		postgres({
			host: endpoint.host,
			port: endpoint.port,
			database: endpoint.database,
			user: endpoint.user,
			password: endpoint.password,
			...(endpoint.ssl ? { ssl: 'require' as const } : {}),
			max,
			connect_timeout: 5,
			onnotice: () => {},
			onclose: losses.onclose,
			types: {
				int8: { to: 20, from: [20], serialize: String, parse: Number },
				// The driver's own parser makes NaN of NULL elements.
				int4Array: { to: 1007, from: [1007], serialize: arrayText, parse: integersOf },
				day: { to: 1082, from: [1082], serialize: String, parse: String },
			},
			connection: {
				application_name: 'gemeinwatt',
				...settings,
				statement_timeout: statementTimeoutMs,
				lock_timeout: 10_000,
				idle_in_transaction_session_timeout: 60_000,
			},
		});
	const pool = open(poolSize, 120_000);
	losses.guard(pool);
	const lane = open(1, 2_000);
	const gate = open(1, 2_000, { 'app.roles': 'system' });
	return {
		orm: drizzle(pool, { casing: 'snake_case' }),
		sql: pool,
		lane,
		gate,
		endpoint,
		close: async () => {
			await Promise.all([pool, lane, gate].map((client) => client.end({ timeout: 5 })));
		},
	};
}

/** What row level security is told about the actor (guards migration: app_person(), app_member(), app_is()). */
export function settingsOf(actor: Actor): [person: string, member: string, roles: string] {
	return [actor.personId ?? '', actor.memberId ?? '', actor.kind === 'system' ? 'system' : actor.roles.join(',')];
}

/** The PostgresError inside an error of driver or query builder, if there is one. */
export function postgresError(error: unknown): postgres.PostgresError | undefined {
	for (let e = error; e instanceof Error; e = e.cause) if (e instanceof postgres.PostgresError) return e;
	return undefined;
}

const retried = new Set(['40001', '40P01']);

/**
 * Runs work in one transaction that row level security attributes to the actor.
 * A serialization failure or deadlock is tried again, three times at most: work must have no effects outside the database. So is a
 * transaction that could not even begin because the connection was gone.
 */
export async function transact<T>(db: Database, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
	const [person, member, roles] = settingsOf(actor);
	for (let attempt = 1; ; attempt++) {
		let begun = false;
		try {
			return await db.orm.transaction(async (tx) => {
				await tx.execute(
					sql`select set_config('app.person', ${person}, true), set_config('app.member', ${member}, true), set_config('app.roles', ${roles}, true)`,
				);
				begun = true;
				return await work(tx);
			});
		} catch (error) {
			const again = retried.has(postgresError(error)?.code ?? '') || (!begun && connectionLost(error));
			if (attempt === 4 || !again) throw error;
		}
	}
}

/**
 * One short read as the actor, pipelined with everybody else's: the actor's name and the read leave in one packet. The lane is one
 * connection and both are sent at once, so no other request comes in between; a lost connection leaves nobody named, and nobody sees rows.
 * `query` must issue exactly one statement on the client it is given, by a unique key, and answer in milliseconds.
 */
export async function readOnLane<T extends readonly postgres.MaybeRow[]>(
	db: Database,
	actor: Actor,
	query: (sql: postgres.Sql) => postgres.PendingQuery<T>,
): Promise<postgres.RowList<T>> {
	if (actor.kind === 'system') return query(db.gate);
	const [person, member, roles] = settingsOf(actor);
	const { lane } = db;
	const named = lane`select set_config('app.person', ${person}, false), set_config('app.member', ${member}, false), set_config('app.roles', ${roles}, false)`;
	const [, rows] = await Promise.all([named.execute(), query(lane).execute()]);
	return rows;
}

/** True if the actor may see members' personal data: board, supervisory board, auditor and the program itself. */
export function seesMembers(actor: Actor): boolean {
	return actor.kind === 'system' || holds(actor, 'board', 'supervisory', 'auditor');
}
