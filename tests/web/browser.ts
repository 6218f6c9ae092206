// Starts the real Chromium that comes with the development dependencies.
import { mkdirSync } from 'node:fs';
import { type Browser, chromium as playwright } from 'playwright-core';

// The package's arguments are made for scraping in tiny machines. Without web security Chromium sends no Origin header with
// same-origin posts, and the portal then refuses every form.
const unwanted = [
	'--disable-web-security',
	'--allow-running-insecure-content',
	'--disable-site-isolation-trials',
	'--disable-domain-reliability',
	'--single-process',
	'--no-zygote',
];

/**
 * A headless Chromium; close it when done. It is unpacked once (2 s, 210 MB) into `.cache/tmp` of the project, because what
 * lies in the machine's temporary folder may be another version. `CHROMIUM_PATH` points at another Chromium.
 */
export async function launch(): Promise<Browser> {
	const folder = new URL('../../.cache/tmp', import.meta.url).pathname;
	mkdirSync(folder, { recursive: true });
	process.env.TMPDIR = folder;
	const { default: chromium } = await import('@sparticuz/chromium');
	const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath());
	const start = () =>
		playwright.launch({
			executablePath,
			args: [
				...chromium.args.filter((arg) => !unwanted.includes(arg) && !arg.startsWith('--disable-features')),
				'--no-sandbox',
				'--disable-background-networking',
			],
			headless: true,
		});
	// It now and then crashes while starting on a busy machine; that says nothing about the portal.
	return start().catch(start);
}
