// npm run check: format, lint, types, pages, API types and migrations up to date, build. Stops at the first that fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build, isBuilt } from '../web/build.ts';

function run(what: string, command: string, ...args: string[]): void {
	const began = performance.now();
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	const seconds = ((performance.now() - began) / 1000).toFixed(1);
	console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${what} (${seconds} s)`);
	if (status !== 0) {
		console.error(stdout, stderr);
		process.exit(1);
	}
}

run('format', 'biome', 'format', '.');
run('lint', 'biome', 'lint', '--error-on-warnings', '.');
if (!isBuilt()) await build();
console.log('ok   build');
run('messages', 'paraglide-js', 'compile', '--project', './web/project.inlang', '--outdir', './web/lib/paraglide');
run('routes', 'svelte-kit', 'sync');
run('types', 'tsc', '-p', 'tsconfig.json');
run('pages', 'svelte-check', '--workspace', 'web', '--tsconfig', 'tsconfig.json', '--fail-on-warnings');

const committed = readFileSync('web/lib/api.d.ts', 'utf8');
run('API description', process.execPath, 'api/openapi.ts');
run('API types', 'openapi-typescript', '.data/openapi.json', '-o', '.data/api.d.ts');
if (readFileSync('.data/api.d.ts', 'utf8') !== committed) {
	console.error('FAIL web/lib/api.d.ts is not what the routes say: run npm run openapi');
	process.exit(1);
}
run('migrations match the tables', process.execPath, 'api/database/migration.ts', '--check');
