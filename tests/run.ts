// npm test: builds if needed, then runs all tests (or those named) and ends with one plain line of counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build, isBuilt } from '../web/build.ts';

if (!isBuilt()) {
	console.log('Building …');
	await build();
}
// Chromium unpacks itself into the temporary folder and trusts what lies there: give it one of our own.
const temporary = path.resolve('.cache/tmp');
mkdirSync(temporary, { recursive: true });
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
	stdio: 'inherit',
	env: { ...process.env, TMPDIR: temporary },
});
process.exit(status ?? 1);
