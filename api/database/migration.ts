// npm run migration NAME: writes the migration for what changed in the tables. With --check: fails if something changed.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const folder = 'api/database/migrations';
const generate = (out: string, ...more: string[]) =>
	spawnSync(
		'drizzle-kit',
		[
			'generate',
			'--dialect',
			'postgresql',
			'--schema',
			'./{api/*,jobs}/tables.ts',
			'--casing',
			'snake_case',
			'--out',
			out,
			...more,
		],
		{ encoding: 'utf8' },
	);

const [name] = process.argv.slice(2);
if (name === '--check') {
	const copy = mkdtempSync('.data/migrations-');
	cpSync(folder, copy, { recursive: true });
	const before = readdirSync(copy).length;
	const { stdout, stderr } = generate(`./${copy}`, '--name', 'check');
	const changed = readdirSync(copy).length !== before;
	rmSync(copy, { recursive: true });
	if (changed || !/No schema changes|nothing to migrate/i.test(stdout)) {
		console.error(changed ? 'The tables changed: run npm run migration NAME.' : stdout + stderr);
		process.exit(1);
	}
} else if (name && /^[a-z][a-z-]+$/.test(name)) {
	const { stdout, stderr, status } = generate(`./${folder}`, '--name', name, ...process.argv.slice(3));
	console.log(stdout, stderr);
	process.exitCode = status ?? 1;
} else {
	console.error(
		`npm run migration NAME, in small letters and dashes; add --custom for one written by hand. It lands in ${path.resolve(folder)}.`,
	);
	process.exit(1);
}
