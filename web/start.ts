// The front door: npm start, npm run demo, npm run dev. Builds if the sources changed, then serves.
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { build, isBuilt } from './build.ts';

const development = process.argv.includes('--dev');
if (development) {
	await import('./serve.ts');
} else {
	if (!isBuilt()) {
		console.log('Building the portal once; this takes about half a minute …');
		await build();
	}
	await import(pathToFileURL(path.resolve('build/server/serve.js')).href);
}
