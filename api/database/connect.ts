// Connections: a pool for work, one pipelined lane for point reads, every transaction with its actor named for row level security.
import { sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { type Actor, holds } from '../values/actor.ts';

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

/** The clients of a database. After a lost connection there are new ones: ask for them each time, keep none. */
interface Clients {
	/** query builder over the pool */
	readonly orm: Orm;
	/** raw client over the same pool: COPY, set-based statements */
	readonly sql: postgres.Sql;
	/** one connection that many short reads share, pipelined, each as its own actor */
	readonly lane: postgres.Sql;
	/** the same for reads of the program itself, such as who a request comes from */
	readonly gate: postgres.Sql;
}

/** The open database as the API's own role, which owns nothing. */
export interface Database extends Clients {
	/** what it is connected to */
	readonly endpoint: Endpoint;
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

/** How long clients that lost a connection may finish what still runs on their other ones. */
const drainMs = 30_000;

/**
 * Opens pool and lanes; `afterwards` is called once all of them are closed. Throws nothing: connections are made when first needed.
 * A connection that is lost takes its clients with it: the driver may keep what it could not write, and everything sent on that place
 * again would wait behind it.
 */
export function connect(
	endpoint: Endpoint,
	{ poolSize = 10, afterwards }: { poolSize?: number; afterwards?: (() => Promise<void>) | undefined } = {},
): Database {
	surviveLostConnections();
	let current: Clients;
	let closing = false;
	const drained = new Set<Clients>();
	const open = (): Clients => {
		// if it was never there, nothing runs on it that should be finished
		let wasThere = false;
		const client = (max: number, statementTimeoutMs: number, settings: Record<string, string> = {}) =>
			postgres({
				...optionsOf(endpoint),
				max,
				connection: { ...sessionSettings, ...settings, statement_timeout: statementTimeoutMs },
				onparameter: () => {
					wasThere = true;
				},
				onclose: () => replace(opened, wasThere ? drainMs : 0),
			});
		const pool = client(poolSize, 120_000);
		const opened: Clients = {
			orm: drizzle(pool, { casing: 'snake_case' }),
			sql: pool,
			lane: client(1, 2_000),
			gate: client(1, 2_000, { 'app.roles': 'system' }),
		};
		return opened;
	};
	const replace = (clients: Clients, afterMs: number): void => {
		if (closing || clients !== current) return;
		current = open();
		drained.add(clients);
		setTimeout(() => void end(clients).then(() => drained.delete(clients)), afterMs).unref();
	};
	const end = ({ sql, lane, gate }: Clients, seconds = 0) =>
		Promise.all([sql, lane, gate].map((client) => client.end({ timeout: seconds })));
	current = open();
	return {
		get orm() {
			return current.orm;
		},
		get sql() {
			return current.sql;
		},
		get lane() {
			return current.lane;
		},
		get gate() {
			return current.gate;
		},
		endpoint,
		close: async () => {
			closing = true;
			await Promise.all([end(current, 5), ...[...drained].map((clients) => end(clients))]);
			await afterwards?.();
		},
	};
}

const sessionSettings = {
	application_name: 'gemeinwatt',
	lock_timeout: 10_000,
	idle_in_transaction_session_timeout: 60_000,
};

function optionsOf({ host, port, database, user, password, ssl }: Endpoint) {
	return {
		...{ host, port, database, user, password },
		...(ssl ? { ssl: 'require' as const } : {}),
		connect_timeout: 5,
		// closes by itself when old; only a connection that is lost shall make new clients
		max_lifetime: null,
		onnotice: () => {},
		types: {
			int8: { to: 20, from: [20], serialize: String, parse: Number },
			// The driver's own parser makes NaN of NULL elements.
			int4Array: { to: 1007, from: [1007], serialize: arrayText, parse: integersOf },
			day: { to: 1082, from: [1082], serialize: String, parse: String },
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

const lostCodes = new Set([
	...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
	...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'],
]);

/** True if an error of the driver says that the connection is gone: nothing of a transaction is there unless it was committed. */
export function connectionLost(error: unknown): boolean {
	for (let e = error; e instanceof Error; e = e.cause) {
		const { code = '' } = e as { code?: string };
		if (lostCodes.has(code) && !('statusCode' in e)) return true;
	}
	return /^(08|57P0)/.test(postgresError(error)?.code ?? '');
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
