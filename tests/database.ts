// A fresh copy of the migrated database for the calling test file.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, inject } from 'vitest';
import { connect, type Database, type Endpoint } from '../api/database/connect.ts';
import { type Actor, type Role, systemActor } from '../api/values/actor.ts';

/** The database under test: as the API's role, and as its owner for looking behind the curtain. */
export interface TestDatabase {
	db: Database;
	owner: postgres.Sql;
	endpoint: Endpoint;
}

/** Creates the copy before the file's tests and drops it after them. Read the properties inside tests only. */
export function useDatabase(): TestDatabase {
	const server = inject('owner');
	const apiUser = inject('apiUser');
	const database = `t_${randomUUID().replaceAll('-', '')}`;
	const test = {} as TestDatabase;
	const admin = () => postgres({ ...connection(server), database: 'postgres', max: 1, onnotice: () => {} });
	beforeAll(async () => {
		const sql = admin();
		await sql.unsafe(`create database ${database} template template_coop`);
		await sql.unsafe(`grant connect, temporary on database ${database} to ${apiUser}`);
		await sql.end();
		test.endpoint = { ...server, database, user: apiUser };
		test.db = connect(test.endpoint);
		test.owner = postgres({ ...connection(server), database, max: 2, onnotice: () => {} });
	});
	afterAll(async () => {
		await test.db?.close();
		await test.owner?.end();
		const sql = admin();
		await sql.unsafe(`drop database if exists ${database} with (force)`);
		await sql.end();
	});
	return test;
}

function connection({ host, port, user, password }: Endpoint) {
	return { host, port, user, password };
}

/** The program itself, for arranging what a test needs. */
export const system: Actor = systemActor('test');

/** A signed-in person with the given roles. */
export function person(roles: readonly Role[], ids: { personId?: string; memberId?: string } = {}): Actor {
	return {
		kind: 'person',
		personId: ids.personId ?? randomUUID(),
		memberId: ids.memberId ?? null,
		roles,
		sessionId: null,
		scopes: [],
		name: `${roles.join(' and ')} under test`,
	};
}
