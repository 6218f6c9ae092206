// One running program per data folder: the second start says where the first one is.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Running {
	pid: number;
	/** start time of the process in clock ticks: tells it from another one that got the same pid */
	born: string;
	address: string;
}

function bornOf(pid: number): string | undefined {
	try {
		// Field 22 of /proc/PID/stat, counted behind the closing bracket of the command name.
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	} catch {
		return undefined;
	}
}

/** Takes the folder for this process and returns how to give it back. Throws a sentence if a living process has it. */
export function takeFolder(dataFolder: string, address: string): () => void {
	const file = path.join(dataFolder, 'running.json');
	const own: Running = { pid: process.pid, born: bornOf(process.pid) ?? '', address };
	for (let attempt = 0; attempt < 3; attempt++) {
		try {
			writeFileSync(file, JSON.stringify(own), { flag: 'wx' });
			return () => rmSync(file, { force: true });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const other = readRunning(file);
		if (other && bornOf(other.pid) === other.born) {
			throw new Error(
				`Gemeinwatt already runs on ${dataFolder}: ${other.address} (process ${other.pid}). Nothing was changed.`,
			);
		}
		rmSync(file, { force: true });
	}
	throw new Error(`Another start on ${dataFolder} is under way.`);
}

function readRunning(file: string): Running | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Running;
	} catch {
		return undefined;
	}
}
