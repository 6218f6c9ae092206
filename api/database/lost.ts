// What becomes of connections that are lost in the middle of a transaction: never written to again until they are made anew.
import type postgres from 'postgres';

interface Statement {
	reject: (error: unknown) => void;
}

/** A connection as the driver keeps it inside; it lives as long as its pool and is connected anew when needed. */
interface Wire {
	id: number;
	connect: (first: unknown) => void;
	execute: (statement: Statement) => unknown;
}

const isLost = (error: unknown): boolean => {
	if (!(error instanceof Error)) return false;
	const { code = '', severity = '' } = error as { code?: string; severity?: string };
	return severity === 'FATAL' || /^(CONNECTION_|E[A-Z]+$)/.test(code) || code === 'CONNECT_TIMEOUT';
};

/** True if an error of the driver says that the connection is gone: nothing of the transaction can be there unless it was committed. */
export function connectionLost(error: unknown): boolean {
	for (let e = error; e instanceof Error; e = e.cause) if (isLost(e)) return true;
	return false;
}

/**
 * The driver answers a lost connection by writing a rollback to it. What it could not write then stands before the greeting of the next
 * connection and is never sent: that place in the pool fails for good, five seconds each time. Here a lost connection takes nothing until it is
 * connected again. `onclose` goes into the pool's options, `guard` takes the pool; `places` is how many connections it may hold.
 */
export function lostConnections(places: number): {
	onclose: (id: number) => void;
	guard: (pool: postgres.Sql) => void;
} {
	const lost = new Set<number>();
	const guarded = new Set<number>();
	const hold = (wire: Wire): true => {
		if (guarded.has(wire.id)) return true;
		guarded.add(wire.id);
		const { connect, execute } = wire;
		wire.connect = (first) => {
			lost.delete(wire.id);
			connect(first);
		};
		wire.execute = (statement) => {
			const { reject } = statement;
			if (lost.has(wire.id)) {
				reject(Object.assign(new Error('the connection was lost before'), { code: 'CONNECTION_CLOSED' }));
				return true;
			}
			statement.reject = (error) => {
				// Once: the driver keeps the statement and rejects it again when the connection is back.
				statement.reject = reject;
				if (isLost(error)) lost.add(wire.id);
				reject(error);
			};
			return execute(statement);
		};
		return true;
	};
	return {
		onclose: (id) => lost.add(id),
		guard: (pool) => {
			const begin = pool.begin.bind(pool) as (
				options: string,
				work: (tx: postgres.TransactionSql) => unknown,
			) => unknown;
			type Begin =
				| [work: (tx: postgres.TransactionSql) => unknown]
				| [options: string, work: (tx: postgres.TransactionSql) => unknown];
			const guardedBegin = (...given: Begin): unknown => {
				const [options, work] = given.length === 1 ? ['', given[0]] : given;
				return begin(options, (tx) => {
					if (guarded.size < places)
						tx.unsafe('', [], { onexecute: hold } as postgres.UnsafeQueryOptions)
							.execute()
							.catch(() => {});
					return work(tx);
				});
			};
			pool.begin = guardedBegin as postgres.Sql['begin'];
		},
	};
}
