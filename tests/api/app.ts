// The real API on a fresh database, with a mail sink and a clock the test sets; and people signed in to it.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { accessTokenOf } from '../../api/accounts/identify.ts';
import { createPerson } from '../../api/accounts/service/people.ts';
import { openSession } from '../../api/accounts/service/lifecycle.ts';
import { type App, buildApp } from '../../api/app.ts';
import { write } from '../../api/audit/service.ts';
import { type Config, readConfig } from '../../api/config.ts';
import { sendPendingNotices } from '../../api/notices/service.ts';
import { type Sink, startSink } from '../../api/notices/sink.ts';
import type { Role } from '../../api/values/actor.ts';
import { system, type TestDatabase, useDatabase } from '../database.ts';

/** Somebody signed in: `headers` go along with each request. */
export interface SignedIn {
	headers: { authorization: string };
	personId: string;
	sessionId: string;
	email: string;
}

/** What a test may say about the person it signs in. */
export interface About {
	memberId?: string;
	/** false: the session proved no second factor */
	mfa?: boolean;
	email?: string;
	name?: string;
}

/** The API under test. Read the properties inside tests only. */
export interface TestApi {
	app: App;
	config: Config;
	database: TestDatabase;
	sink: Sink;
	/** the API's clock; it stands still until a test moves it */
	clock: { at: Date; forward: (seconds: number) => void };
	/** a person with these roles and a living session that proved a second factor */
	signedIn: (roles: Role | readonly Role[], about?: About) => Promise<SignedIn>;
	/** sends what waits in the outbox and answers the mails to an address, oldest first */
	mailsTo: (email: string) => Promise<{ subject: string; text: string; headers: string }[]>;
	/** a second instance of the API on the same database, as after a restart */
	again: () => Promise<App>;
}

/** Builds the API before the file's tests and takes it down after them. `env` overrides the configuration. */
export function useApi(env: NodeJS.ProcessEnv = {}): TestApi {
	const database = useDatabase();
	const clock = {
		at: new Date('2026-11-22T10:00:00.000Z'),
		forward: (seconds: number) => {
			clock.at = new Date(clock.at.getTime() + seconds * 1000);
		},
	};
	const api = { database, clock } as TestApi;
	const extra: App[] = [];
	const build = () => buildApp({ config: api.config, db: database.db, now: () => clock.at });
	beforeAll(async () => {
		api.sink = await startSink();
		const dataFolder = path.resolve('.cache', 'api-tests');
		mkdirSync(dataFolder, { recursive: true });
		api.config = readConfig({
			SECRET: 'a secret that only these tests know, long enough',
			DATA_DIR: dataFolder,
			PUBLIC_URL: 'http://portal.test',
			SMTP_URL: api.sink.url,
			MAIL_FROM: 'Bürgerenergie Auental eG <portal@auental.test>',
			LOG_LEVEL: 'silent',
			...env,
		});
		api.app = await build();
		await api.app.ready();
	});
	afterAll(async () => {
		await Promise.all([api.app, ...extra].map((app) => app?.close()));
		await api.sink?.close();
	});
	api.again = async () => {
		const app = await build();
		extra.push(app);
		await app.ready();
		return app;
	};
	api.signedIn = async (
		roles,
		{ memberId, mfa = true, email = `${randomUUID()}@auental.test`, name = 'Test Person' } = {},
	) => {
		const held = typeof roles === 'string' ? [roles] : roles;
		const { personId, grant } = await write(database.db, { by: system, at: clock.at }, async (tx, note) => {
			const id = await createPerson(tx, note, {
				at: clock.at,
				email,
				name,
				locale: 'de',
				roles: held,
				memberId: memberId ?? null,
				emailConfirmed: true,
			});
			const opened = await openSession(tx, {
				person: { id, roles: held },
				mfa,
				at: clock.at,
				address: '127.0.0.1',
				userAgent: 'tests',
			});
			return { personId: id, grant: opened };
		});
		const { accessToken } = accessTokenOf(api.app, { ...grant, personId, at: clock.at });
		return { headers: { authorization: `Bearer ${accessToken}` }, personId, sessionId: grant.sessionId, email };
	};
	api.mailsTo = async (email) => {
		await sendPendingNotices(database.db, { by: system, at: clock.at, smtp: api.config });
		return api.sink.mails.filter((mail) => mail.to === email);
	};
	return api;
}

/** What a refusal looks like: the default shape of a reply's body in tests. */
export interface Refused {
	status: number;
	code: string;
	field?: string;
	values: Record<string, number | string | boolean>;
}

/** What goes along with a request. */
export interface Sent {
	body?: object | string;
	headers?: Record<string, string>;
	cookies?: Record<string, string>;
	remoteAddress?: string;
}

/** One request: method and path, a JSON body, headers. Answers status, parsed body (as T), cookies and headers. */
export async function call<T = Refused>(
	app: App,
	method: NonNullable<InjectOptions['method']>,
	url: string,
	{ body, ...sent }: Sent = {},
) {
	const response = await app.inject({ method, url, ...sent, ...(body === undefined ? {} : { payload: body }) });
	// A real server's request says when it is over; an injected one does not, and the watch over slow bodies waits for it.
	response.raw.req.emit('close');
	const json = /json/.test(String(response.headers['content-type']));
	return {
		status: response.statusCode,
		body: (json ? response.json() : undefined) as T,
		text: response.body,
		cookies: Object.fromEntries(response.cookies.map((cookie) => [cookie.name, cookie])),
		headers: response.headers,
	};
}
