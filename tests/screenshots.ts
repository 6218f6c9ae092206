// npm run screenshots: makes the demo in a folder of its own and takes the README's two pictures in a real browser.
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { Browser } from 'playwright-core';
import { buildApp } from '../api/app.ts';
import { readConfig } from '../api/config.ts';
import { openDatabase } from '../api/database/open.ts';
import { dayOf } from '../api/values/calendar.ts';
import { build, isBuilt } from '../web/build.ts';
import type { Login } from '../web/demo/logins.ts';
import { sampleFiles } from '../web/demo/live.ts';
import { seedDemo } from '../web/demo/seed.ts';
import { loadPortal, mountPortal } from '../web/portal.ts';
import { launch } from './web/browser.ts';

const folder = path.resolve('.data/screenshots');

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

async function signIn(browser: Browser, base: string, { email, password, totpSecret }: Login) {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 960 },
		deviceScaleFactor: 1.5,
		locale: 'de-DE',
		colorScheme: 'light',
	});
	const page = await context.newPage();
	const code = totpSecret ? new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate() : undefined;
	const reply = await page.request.post(`${base}/api/session`, {
		data: { email, password, ...(code ? { code } : {}) },
	});
	if (!reply.ok()) throw new Error(`${email} could not sign in: ${await reply.text()}`);
	return page;
}

if (!isBuilt()) await build();
process.env.TMPDIR = path.resolve('.cache/tmp');
mkdirSync(process.env.TMPDIR, { recursive: true });
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true, mode: 0o755 });
const port = await freePort();
const base = `http://localhost:${port}`;
const config = readConfig({ ...process.env, DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'silent' });
const db = await openDatabase(config);
const now = new Date();
const logins = await seedDemo({ db, config, now, log: console.log });
const app = await buildApp({ config, db });
await mountPortal(app, await loadPortal('built'));
await app.listen({ host: 'localhost', port });
const browser = await launch();
try {
	const login = (number: number): Login => {
		const found = logins.find((l) => l.memberNumber === number);
		if (!found) throw new Error(`no log-in of member ${number}`);
		return found;
	};
	const member = await signIn(browser, base, login(147));
	await member.goto(base);
	await member.screenshot({ path: 'tests/pictures/member-home.png' });

	const operator = await signIn(browser, base, login(23));
	await operator.goto(`${base}/betrieb/messwerte/hochladen`);
	const files = sampleFiles(dayOf(now)).map(({ name, bytes }) => ({
		name,
		mimeType: 'text/csv',
		buffer: Buffer.from(bytes),
	}));
	await operator.getByLabel('Messdateien').setInputFiles(files);
	await operator.waitForURL(/\/vorschau\?/);
	await operator.getByText('Das Portal liest noch').waitFor({ state: 'detached' });
	await operator.screenshot({ path: 'tests/pictures/upload-preview.png' });
} finally {
	await browser.close();
	await app.close();
	await db.close();
	rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
