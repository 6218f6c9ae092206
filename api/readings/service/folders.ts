// Watched folders: files that have arrived whole are stored and moved to done/, refused ones to refused/ with the reason beside them.
import { access, lstat, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { and, asc, eq } from 'drizzle-orm';
import type { Command } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { type Database, transact } from '../../database/connect.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { sources } from '../tables.ts';
import { deliver, withDelivered } from './deliveries.ts';
import { keepLook } from './observe.ts';
import type { FilesEdge } from './source-views.ts';
import { checkedFolder } from './checked-source.ts';

/** What a round over the folders did. */
export interface IngestReport {
	stored: number;
	/** stored before, by whatever way; moved to done/ as well */
	known: number;
	refused: number;
	/** not whole yet */
	waiting: number;
	/** sources or files that could not be worked on for another reason; they are tried again */
	problems: { source: string; file: string | null; problem: string }[];
}

type Source = typeof sources.$inferSelect;

const quietMs = 10_000;
const filesPerRound = 500;

/** Names that programs give to files they have not finished. */
const unfinished = /^\.|\.(part|tmp|temp|filepart|crdownload|swp)$|~$/i;

/**
 * Looks into every folder that is switched on. A file counts as whole if it is the same as at the last look or has not changed for ten
 * seconds. Each file is one transaction; a bad one holds up no other. A file that was stored before a crash could move it is
 * known by its bytes and only moved.
 */
export async function ingestFolders(
	db: Database,
	{ config, ...command }: Command & { config: Config },
): Promise<IngestReport> {
	const report: IngestReport = { stored: 0, known: 0, refused: 0, waiting: 0, problems: [] };
	const folders = await transact(db, command.by, (tx) =>
		tx
			.select()
			.from(sources)
			.where(and(eq(sources.kind, 'watch-folder'), eq(sources.enabled, true)))
			.orderBy(asc(sources.name)),
	);
	for (const source of folders) {
		let problem: { code: string; values: RefusalValues } | null = null;
		const edge: FilesEdge = { ...(source.edge as FilesEdge | null) };
		let until: Date | undefined;
		try {
			// Checked again: what the path leads to may have changed since.
			await checkedFolder(source.location, config);
			until = await ingestFolder(db, command, source, edge, report);
		} catch (error) {
			const reason = (error as NodeJS.ErrnoException).code ?? 'error';
			problem =
				error instanceof Refusal
					? { code: error.code, values: error.values }
					: { code: 'readings.source-folder', values: { reason } };
			report.problems.push({ source: source.name, file: null, problem: String(problem.values.reason ?? problem.code) });
		}
		await transact(db, command.by, async (tx) => {
			await keepLook(tx, { sourceId: source.id, at: command.at, problem, valueAt: until });
			if (!problem) await tx.update(sources).set({ edge }).where(eq(sources.id, source.id));
		});
	}
	return report;
}

/** Takes in what is whole; `edge` is brought up to date. Returns up to when the files that were stored say something. */
async function ingestFolder(
	db: Database,
	command: Command,
	source: Source,
	edge: FilesEdge,
	report: IngestReport,
): Promise<Date | undefined> {
	const before = edge.waiting ?? {};
	edge.waiting = {};
	let newest: Date | undefined;
	const names = (await readdir(source.location)).filter((name) => !unfinished.test(name)).sort();
	for (const name of names.slice(0, filesPerRound)) {
		const file = path.join(source.location, name);
		try {
			const { size, mtimeMs, ...entry } = await lstat(file);
			if (!isRegular(entry.mode)) continue;
			const [sizeBefore, mtimeBefore] = before[name] ?? [];
			const isWhole = (sizeBefore === size && mtimeBefore === mtimeMs) || mtimeMs <= command.at.getTime() - quietMs;
			if (!isWhole) {
				edge.waiting[name] = [size, mtimeMs];
				report.waiting++;
				continue;
			}
			const until = await ingestFile(db, command, source, name, edge, report);
			if (until && !(newest && until < newest)) newest = until;
		} catch (error) {
			// Gone again: another process was faster, or somebody took it away.
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
			const reason = String((error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'error'));
			report.problems.push({ source: source.name, file: name, problem: reason });
		}
	}
	return newest;
}

const isRegular = (mode: number): boolean => (mode & 0o170_000) === 0o100_000;

async function ingestFile(
	db: Database,
	command: Command,
	source: Source,
	name: string,
	edge: FilesEdge,
	report: IngestReport,
): Promise<Date | undefined> {
	const file = path.join(source.location, name);
	const delivered = await deliver(db, command, source, { path: file, fileName: name, origin: 'watch-folder' });
	report[delivered.outcome]++;
	if (delivered.outcome === 'refused') {
		const { code, values } = delivered.refusal;
		await moved(file, 'refused', `${code} ${JSON.stringify(values)}\n${command.at.toISOString()}\n`);
		return undefined;
	}
	await moved(file, 'done');
	if (delivered.outcome === 'known') return undefined;
	const { covered, until } = withDelivered(edge.covered, delivered.imported);
	edge.covered = covered;
	return until;
}

/** Moves a file into a folder beside it, under a name that is free, with a note if there is one. */
async function moved(file: string, folder: 'done' | 'refused', text?: string): Promise<void> {
	const target = path.join(path.dirname(file), folder);
	await mkdir(target, { recursive: true });
	const { name, ext } = path.parse(file);
	for (let n = 1; ; n++) {
		const free = path.join(target, n === 1 ? `${name}${ext}` : `${name} (${n})${ext}`);
		if (await exists(free)) continue;
		if (text !== undefined) await writeFile(`${free}.txt`, text);
		await rename(file, free);
		return;
	}
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
