// npm run build: the portal (Vite) and the server as one file (Rolldown), stamped with what they were made from.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const stampFile = 'build/stamp';
const inputs = ['api', 'jobs', 'web', 'package.json', 'svelte.config.js', 'vite.config.ts'];
/** Not sources: what tools put beside them, in part during the first build. */
const bundled = new Set(['drizzle-orm', 'typebox', '@fastify/type-provider-typebox', 'decimal.js', 'postgres']);
const ignored = new Set(['node_modules', '.svelte-kit', 'paraglide', 'tests', '.meta.json', 'README.md', '.gitignore']);

/** Fingerprint of everything the build is made from. */
export function sourceStamp(): string {
	const hash = createHash('sha256');
	const add = (file: string): void => {
		let entries: string[];
		try {
			entries = readdirSync(file).sort();
		} catch {
			hash.update(`${file}\n`).update(readFileSync(file));
			return;
		}
		for (const name of entries) if (!ignored.has(name)) add(path.join(file, name));
	};
	for (const input of inputs) add(input);
	return hash.digest('hex');
}

/** True if build/ was made from the present sources. */
export function isBuilt(): boolean {
	try {
		return readFileSync(stampFile, 'utf8') === sourceStamp();
	} catch {
		return false;
	}
}

/** Builds portal and server into build/. Needs the development dependencies. */
export async function build(): Promise<void> {
	const stamp = sourceStamp();
	rmSync(stampFile, { force: true });
	const [{ createBuilder }, { rolldown }] = await Promise.all([import('vite'), import('rolldown')]);
	const portal = await createBuilder({ configFile: 'vite.config.ts', logLevel: 'error' });
	await portal.buildApp();
	const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
	// Packages of hundreds of modules go into the bundle: loading them one by one costs most of a second at every start.
	const external = Object.keys(dependencies).filter((name) => !bundled.has(name));
	const bundle = await rolldown({
		input: { serve: 'web/serve.ts' },
		platform: 'node',
		external: [/^node:/, 'vite', ...external.flatMap((name) => [name, new RegExp(`^${name}/`)])],
		logLevel: 'silent',
	});
	await bundle.write({ dir: 'build/server', format: 'esm', cleanDir: true });
	await bundle.close();
	writeFileSync(stampFile, stamp);
}

if (process.argv[1] === import.meta.filename) {
	const began = performance.now();
	await build();
	console.log(`Built in ${Math.round((performance.now() - began) / 1000)} s.`);
}
