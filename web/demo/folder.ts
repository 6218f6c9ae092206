// The demo's data folder: whether it holds a whole demo, a half-made one or something else, and how it is emptied.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loginsFile } from './logins.ts';

/** Stands in the folder while the demo is being made. */
const marker = (dataFolder: string): string => path.join(dataFolder, 'in-the-making');

/** What a folder holds: a whole demo, one whose making was interrupted, nothing, or data that no demo made. */
export type Contents = 'demo' | 'half' | 'nothing' | 'other';

/** Looks what the folder holds. */
export function contentsOf(dataFolder: string): Contents {
	if (existsSync(marker(dataFolder))) return 'half';
	if (existsSync(loginsFile(dataFolder))) return 'demo';
	return existsSync(path.join(dataFolder, 'postgres')) ? 'other' : 'nothing';
}

/** Says in the folder that the demo is being made. */
export function beginMaking(dataFolder: string): void {
	rmSync(loginsFile(dataFolder), { force: true });
	writeFileSync(marker(dataFolder), `${process.pid}\n`);
}

/** The demo is whole. The log-ins must be written by then. */
export function endMaking(dataFolder: string): void {
	rmSync(marker(dataFolder));
}

function serverRuns(dataFolder: string): boolean {
	const data = path.join(dataFolder, 'postgres', 'data');
	try {
		const pid = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
	} catch {
		return false;
	}
}

/**
 * Deletes what a demo left in the folder; who runs there and the installation's secret stay. The caller holds the folder. Throws a
 * sentence for the console if another program still uses the database, or if no demo made what is in the folder.
 */
export async function emptyFolder(dataFolder: string): Promise<void> {
	if (contentsOf(dataFolder) === 'other') {
		throw new Error(`${dataFolder} holds data that the demo did not make. Nothing was deleted.`);
	}
	// The server of a program that was killed needs a moment to notice.
	for (let i = 0; serverRuns(dataFolder); i++) {
		if (i === 100) throw new Error(`Another program uses the database in ${dataFolder}. Nothing was deleted.`);
		await sleep(100);
	}
	const kept = new Set(['running.json', 'secret.key', path.basename(marker(dataFolder))]);
	const names = readdirSync(dataFolder).filter((name) => !kept.has(name));
	// The database goes first: as long as it is there, marker or log-ins say whose it was.
	for (const name of names.sort((a, b) => Number(b === 'postgres') - Number(a === 'postgres'))) {
		rmSync(path.join(dataFolder, name), { recursive: true, force: true });
	}
	rmSync(marker(dataFolder), { force: true });
}
