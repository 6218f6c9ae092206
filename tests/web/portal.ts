// The whole product in one process for tests of pages: database, API, built portal, mail sink, a real Chromium, people to sign in.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect } from 'vitest';
import { accessTokenOf } from '../../api/accounts/identify.ts';
import { openSession } from '../../api/accounts/service/lifecycle.ts';
import { createPerson, preparePassword } from '../../api/accounts/service/people.ts';
import { giveTotp } from '../../api/accounts/service/secondFactor.ts';
import { type App, buildApp } from '../../api/app.ts';
import { write } from '../../api/audit/service.ts';
import { type Config, readConfig } from '../../api/config.ts';
import { sendPendingNotices } from '../../api/notices/service.ts';
import { type Sink, sinkRoutes, startSink, type SunkMail } from '../../api/notices/sink.ts';
import { type Role, staffRoles } from '../../api/values/actor.ts';
import { jobRoutes } from '../../jobs/routes.ts';
import { jobs } from '../../jobs/schedule.ts';
import { build, isBuilt } from '../../web/build.ts';
import { loadPortal, mountPortal } from '../../web/portal.ts';
import { system, type TestDatabase, useDatabase } from '../database.ts';
import { launch } from './browser.ts';

/** Somebody with an account. */
export interface Account {
	personId: string;
	name: string;
	email: string;
	password: string;
	roles: readonly Role[];
	/** secret of the authenticator app, base32; staff have one */
	totpSecret: string | undefined;
}

/** What a test may say about an account it makes. */
export interface About {
	name?: string;
	email?: string;
	memberId?: string;
	/** false: no authenticator app, although staff need one */
	secondFactor?: boolean;
	/** a mail has proved the address (default) */
	emailConfirmed?: boolean;
}

/** How a page is looked at; default is a German desktop in light colours with JavaScript. */
export interface View {
	phone?: boolean;
	dark?: boolean;
	english?: boolean;
	/** false: a browser without JavaScript */
	scripts?: boolean;
	/** signed in at once as this person, without the log-in page */
	as?: Account;
}

/** The product under test. Read the properties inside tests only. */
export interface TestPortal {
	/** where the product is reached, without a slash at the end */
	url: string;
	app: App;
	config: Config;
	database: TestDatabase;
	sink: Sink;
	browser: Browser;
	/** makes an account with a password, and an authenticator app for staff */
	account: (roles: Role | readonly Role[], about?: About) => Promise<Account>;
	/** opens an address of the product in a fresh browser context, which is closed after the file's tests */
	open: (address: string, view?: View) => Promise<Page>;
	/** sends what waits in the outbox and answers the mails to an address, oldest first */
	mailsTo: (email: string) => Promise<SunkMail[]>;
	/** what the pages' scripts complained about since the test file began: exceptions, refused resources, broken policies */
	complaints: string[];
}

export const phoneView = { width: 390, height: 844 };
export const desktopView = { width: 1280, height: 900 };
const testPassword = 'vier Windräder im Auental';
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

/**
 * Starts the product before the file's tests and ends it after them. It serves the built portal, built now if the sources have
 * changed; with PORTAL=development it serves the sources themselves, which is quicker while pages are being written.
 * `demo` makes it say of itself that it is the demo, where the mails can be read in the portal.
 */
export function usePortal({ demo = false }: { demo?: boolean } = {}): TestPortal {
	const database = useDatabase();
	const portal = { database, complaints: [] as string[] } as TestPortal;
	const now = () => new Date();

	beforeAll(async () => {
		const development = process.env.PORTAL === 'development';
		if (!development && !isBuilt()) await build();
		portal.sink = await startSink();
		const port = await freePort();
		const dataFolder = path.resolve('.cache', 'web-tests');
		mkdirSync(dataFolder, { recursive: true });
		portal.url = `http://localhost:${port}`;
		portal.config = readConfig(
			{
				...{ SECRET: 'a secret that only these tests know, long enough', DATA_DIR: dataFolder, LOG_LEVEL: 'error' },
				...{ HOST: 'localhost', PORT: String(port), PUBLIC_URL: portal.url, SMTP_URL: portal.sink.url },
				MAIL_FROM: 'Bürgerenergie Auental eG <portal@auental.example>',
			},
			{ demo },
		);
		const more = [jobRoutes(jobs), sinkRoutes(portal.sink)];
		portal.app = await buildApp({ config: portal.config, db: database.db, now, more });
		await mountPortal(portal.app, await loadPortal(development ? 'development' : 'built'));
		await portal.app.listen({ host: 'localhost', port });
		portal.browser = await launch();
	}, 240_000);

	afterAll(async () => {
		await portal.browser?.close();
		await portal.app?.close();
		await portal.sink?.close();
	});

	portal.account = async (roles, about = {}) => {
		const held = typeof roles === 'string' ? [roles] : roles;
		const name = about.name ?? 'Jördis Großmann-Weißenfels';
		const email = about.email ?? `${crypto.randomUUID()}@auental.example`;
		const password = await preparePassword(testPassword, { secondFactor: false, known: [] });
		const withApp = about.secondFactor ?? held.some((role) => staffRoles.includes(role));
		const { keys } = portal.config;
		return write(database.db, { by: system, at: now() }, async (tx, note) => {
			const personId = await createPerson(tx, note, {
				...{ at: now(), email, name, locale: 'de', roles: held, password },
				...{ memberId: about.memberId ?? null, emailConfirmed: about.emailConfirmed ?? true },
			});
			const totpSecret = withApp ? await giveTotp(tx, { personId, at: now(), keys }) : undefined;
			return { personId, name, email, password: testPassword, roles: held, totpSecret };
		});
	};

	portal.open = async (address, view = {}) => {
		const context = await portal.browser.newContext(contextOptions(view));
		if (view.as) await context.addCookies(await sessionCookies(view.as));
		const page = await context.newPage();
		page.setDefaultTimeout(15_000);
		page.on('pageerror', (error) => portal.complaints.push(`${page.url()}: ${error.message}`));
		page.on('console', (message) => {
			// A refused form answers 4xx, which the browser reports although the page shows it.
			if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
				portal.complaints.push(`${page.url()}: ${message.text()}`);
		});
		if (view.scripts !== false) waitUntilAwake(page);
		await page.goto(portal.url + address);
		return page;
	};

	async function sessionCookies({ personId, roles, totpSecret }: Account) {
		const at = now();
		const origin = { address: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/153.0' };
		const grant = await write(database.db, { by: system, at }, (tx) =>
			openSession(tx, { person: { id: personId, roles: [...roles] }, mfa: totpSecret !== undefined, at, ...origin }),
		);
		const { accessToken } = accessTokenOf(portal.app, { ...grant, personId, at });
		return [
			{ name: 'gw_access', value: accessToken, url: portal.url, httpOnly: true },
			{ name: 'gw_refresh', value: grant.refreshToken, url: portal.url, httpOnly: true },
		];
	}

	portal.mailsTo = async (email) => {
		await sendPendingNotices(database.db, { by: system, at: now(), smtp: portal.config });
		return portal.sink.mails.filter((mail) => mail.to === email);
	};
	return portal;
}

/** Makes `goto` wait for the page's scripts: on a slow machine a test would be done before they have begun. */
function waitUntilAwake(page: Page): void {
	const goto = page.goto.bind(page);
	page.goto = async (...to) => {
		const response = await goto(...to);
		if (response?.headers()['content-type']?.startsWith('text/html') && to[1]?.waitUntil !== 'commit')
			await page.locator('html[data-awake]').waitFor({ state: 'attached' });
		return response;
	};
}

function contextOptions({ phone = false, dark = false, english = false, scripts = true }: View): BrowserContextOptions {
	return {
		locale: english ? 'en-GB' : 'de-DE',
		timezoneId: 'Europe/Berlin',
		colorScheme: dark ? 'dark' : 'light',
		reducedMotion: 'reduce',
		javaScriptEnabled: scripts,
		viewport: phone ? phoneView : desktopView,
		...(phone ? { hasTouch: true, isMobile: true } : {}),
	};
}

/** The six digits an authenticator app with this secret shows now; `later` 1 shows the next ones, because each code works once. */
export function totpCode(secret: string, later = 0): string {
	const totp = new TOTP({ algorithm: 'SHA1', digits: 6, period: 30, secret: Secret.fromBase32(secret) });
	return totp.generate({ timestamp: Date.now() + later * 30_000 });
}

interface AxeViolation {
	id: string;
	help: string;
	nodes: { html: string; failureSummary?: string }[];
}

/** Fails with a list if the page breaks a rule of WCAG 2.2 AA or of good practice that a program can check. */
export async function expectAccessible(page: Page): Promise<void> {
	// A colour on its way to another one is neither of them.
	await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))');
	await page.evaluate(axeSource);
	const violations = await page.evaluate(async () => {
		const { axe } = globalThis as unknown as {
			axe: { run: (options: object) => Promise<{ violations: AxeViolation[] }> };
		};
		const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
		return (await axe.run({ runOnly: { type: 'tag', values: tags } })).violations;
	});
	const told = violations.flatMap(({ id, help, nodes }) =>
		nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary}`),
	);
	expect(told, page.url()).toEqual([]);
}

/** Fails if the page is wider than the window, as on a phone with something too long on it. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
	const root = 'document.documentElement';
	// the fonts that stand in until the page's own have come are wider
	await page.evaluate('document.fonts.ready.then(() => undefined)');
	const content = await page.evaluate<number>(`${root}.scrollWidth`);
	const frame = await page.evaluate<number>(`${root}.clientWidth`);
	expect(content, `${page.url()} is wider than the window`).toBeLessThanOrEqual(frame);
}
