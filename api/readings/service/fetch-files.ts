// Folders on SFTP servers and mailboxes: what is new there is brought here and stored, each file once; nothing is changed on the server.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import type { Command } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { isAllowedSender, type Mail, type Mailbox, openMailbox } from '../sources/imap.ts';
import { openFolder, type RemoteFile, type RemoteFolder } from '../sources/sftp.ts';
import { sources } from '../tables.ts';
import { deliver, incomingFolder, rememberUnread, withDelivered } from './deliveries.ts';
import { atOnce, type LeasedSource, leaseSources, problemOf, secretsOf } from './lease.ts';
import { keepLook } from './observe.ts';
import type { FilesEdge } from './source-views.ts';

/** What a round over sources of files did. */
export interface FetchReport {
	sources: { name: string; stored: number; known: number; refused: number; waiting: number; problem: string | null }[];
}

const serversAtOnce = 4;
/** Files that one look at one server brings at most; the next look goes on. */
const filesPerLook = 100;
/** A look that has taken so long brings no further file: the others are waiting. */
const lookMs = 45_000;
const leaseMinutes = 15;
/** A file that changed within this time may still be written. */
const quietMs = 60_000;

/**
 * Looks into every SFTP folder and mailbox that is switched on, four servers at once. A folder's file is known by name, size and time of
 * change, and by its bytes; one that changes comes again. A server that does not answer keeps its problem and holds up no other.
 */
export async function fetchFiles(
	db: Database,
	{ config, now, ...command }: Command & { config: Config; now?: () => Date },
): Promise<FetchReport> {
	await sweep(config.dataFolder, command.at);
	const leased = await leaseSources(db, { ...command, kinds: ['sftp', 'imap'], minutes: leaseMinutes });
	const clock = now ?? (() => command.at);
	return { sources: await atOnce(leased, serversAtOnce, (source) => look(db, command, source, config, clock)) };
}

/** What a killed process left behind. */
async function sweep(dataFolder: string, at: Date): Promise<void> {
	const folder = incomingFolder(dataFolder);
	await mkdir(folder, { recursive: true, mode: 0o700 });
	for (const name of await readdir(folder)) {
		const file = path.join(folder, name);
		const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
		if (mtimeMs < at.getTime() - leaseMinutes * 4 * 60_000) await rm(file, { force: true });
	}
}

async function look(
	db: Database,
	command: Command,
	source: LeasedSource,
	config: Config,
	now: () => Date,
): Promise<FetchReport['sources'][number]> {
	const report = { name: source.name, stored: 0, known: 0, refused: 0, waiting: 0, problem: null };
	const edge: FilesEdge = { ...(source.edge as FilesEdge | null) };
	const looking: Looking = { source, edge, config, now, report };
	let problem: { code: string; values: RefusalValues } | null = null;
	let until: Date | undefined;
	try {
		until = await (source.kind === 'imap' ? bringMails(db, command, looking) : bringFiles(db, command, looking));
	} catch (error) {
		problem = problemOf(error);
	}
	await transact(db, command.by, async (tx) => {
		await keepLook(tx, { sourceId: source.id, at: now(), problem, valueAt: until });
		await tx.update(sources).set({ edge }).where(eq(sources.id, source.id));
	});
	return { ...report, problem: problem?.code ?? null };
}

/** The server's key as it is at the first look is the one it must have from then on. */
export async function pinHostKey(db: Database, { by }: Command, sourceId: string, hostKey: string): Promise<void> {
	await transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ settings: sources.settings })
			.from(sources)
			.where(eq(sources.id, sourceId))
			.for('update');
		if (!row || row.settings.hostKey !== undefined) return;
		await tx
			.update(sources)
			.set({ settings: { ...row.settings, hostKey } })
			.where(eq(sources.id, sourceId));
	});
}

/** A look at one source: `edge` and `report` are brought up to date on the way, so that they hold even if it breaks off. */
interface Looking {
	source: LeasedSource;
	edge: FilesEdge;
	config: Config;
	now: () => Date;
	report: FetchReport['sources'][number];
}

async function bringFiles(db: Database, command: Command, looking: Looking): Promise<Date | undefined> {
	const { source, config } = looking;
	const { settings, location } = source;
	const secrets = secretsOf(config.keys, source);
	const folder = await openFolder(location, { settings, secrets, allowed: config.allowedSourceHosts });
	try {
		if (settings.hostKey === undefined) await pinHostKey(db, command, source.id, folder.hostKey);
		return await bringNew(db, command, looking, folder);
	} finally {
		await folder.close();
	}
}

async function bringNew(
	db: Database,
	command: Command,
	{ source, edge, config, now, report }: Looking,
	folder: RemoteFolder,
): Promise<Date | undefined> {
	const began = now().getTime();
	const before = edge.waiting ?? {};
	const files = await newOf(db, command, source.id, await folder.list());
	edge.waiting = {};
	let newest: Date | undefined;
	for (const file of files) {
		const { name, size, changedMs } = file;
		const [sizeBefore, changedBefore] = before[name] ?? [];
		const isWhole = (sizeBefore === size && changedBefore === changedMs) || changedMs <= began - quietMs;
		const isEnough = report.stored + report.known + report.refused >= filesPerLook || now().getTime() > began + lookMs;
		if (!isWhole || isEnough) {
			edge.waiting[name] = [size, changedMs];
			report.waiting++;
			continue;
		}
		const here = path.join(incomingFolder(config.dataFolder), randomUUID());
		try {
			await folder.fetch(file, here);
			const delivered = await deliver(db, { ...command, at: now() }, source, {
				path: here,
				fileName: name,
				origin: 'sftp',
				key: keyOf(file),
				changedAt: new Date(changedMs),
			});
			report[delivered.outcome]++;
			if (delivered.outcome !== 'stored') continue;
			const { covered, until } = withDelivered(edge.covered, delivered.imported);
			edge.covered = covered;
			if (until && !(newest && until < newest)) newest = until;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (error.code === 'readings.source-file-too-large') {
				const facts = { fileName: name, sender: null, size, changedAt: new Date(changedMs) };
				await rememberUnread(db, { ...command, at: now() }, source, { ...facts, key: keyOf(file) }, error);
				report.refused++;
			} else if (error.code === 'readings.source-file-changed') {
				edge.waiting[name] = [size, changedMs];
				report.waiting++;
			} else throw error;
		} finally {
			await rm(here, { force: true });
		}
	}
	return newest;
}

const keyOf = ({ name, size, changedMs }: RemoteFile): string => `${name}\n${size}\n${changedMs}`;

/** The files that this source has not brought yet, as they are now. */
async function newOf(
	db: Database,
	command: Command,
	sourceId: string,
	files: readonly RemoteFile[],
): Promise<RemoteFile[]> {
	const seen = await knownKeys(db, command, sourceId, files.map(keyOf));
	return files.filter((file) => !seen.has(keyOf(file)));
}

/** Those of the keys that this source has brought. */
async function knownKeys(
	db: Database,
	{ by }: Command,
	sourceId: string,
	keys: readonly string[],
): Promise<Set<string>> {
	// One array, however many files lie there.
	const known = await transact(
		db,
		by,
		(tx) => clientOf(tx)<{ key: string }[]>`
			select key from source_files where source_id = ${sourceId} and key = any(${[...keys]}::text[])`,
	);
	return new Set(known.map(({ key }) => key));
}

/** Mails that one look reads at most; the next look goes on. */
const mailsPerLook = 50;

/** Brings the attachments of mails that came since the last look, one mail after the other; a mail is known by its message id. */
async function bringMails(
	db: Database,
	command: Command,
	{ source, edge, config, now, report }: Looking,
): Promise<Date | undefined> {
	const { settings, location } = source;
	const secrets = secretsOf(config.keys, source);
	const mailbox = await openMailbox(location, { settings, secrets, allowed: config.allowedSourceHosts });
	const began = now().getTime();
	let newest: Date | undefined;
	try {
		const { validity } = mailbox;
		let uid = edge.mailbox?.validity === validity ? edge.mailbox.uid : 0;
		for (const mail of await mailbox.after(uid, mailsPerLook)) {
			if (now().getTime() > began + lookMs) break;
			if (isAllowedSender(mail.sender, settings.senders)) {
				const until = await bringMail(
					db,
					{ ...command, at: now() },
					{ source, edge, config, now, report },
					mailbox,
					mail,
				);
				if (until && !(newest && until < newest)) newest = until;
			}
			uid = mail.uid;
			edge.mailbox = { validity, uid };
		}
	} finally {
		await mailbox.close();
	}
	return newest;
}

async function bringMail(
	db: Database,
	command: Command,
	{ source, edge, config, report }: Looking,
	mailbox: Mailbox,
	mail: Mail,
): Promise<Date | undefined> {
	const { messageId, uid, sender, sentAt, size } = mail;
	const name = messageId || `${mailbox.validity}/${uid}`;
	// A mail that is remembered as a whole was too large.
	if ((await knownKeys(db, command, source.id, [name])).has(name)) return undefined;
	const incoming = incomingFolder(config.dataFolder);
	let newest: Date | undefined;
	const files = await mailbox.attachments(mail, incoming).catch(async (error: unknown) => {
		if (!(error instanceof Refusal) || error.code !== 'readings.source-file-too-large') throw error;
		const facts = { fileName: name, sender, size, changedAt: sentAt };
		await rememberUnread(db, command, source, { ...facts, key: name }, error);
		report.refused++;
		return [];
	});
	try {
		const keys = files.map((_, index) => `${name}\n${index + 1}`);
		const known = await knownKeys(db, command, source.id, keys);
		for (const [index, { path: from, fileName }] of files.entries()) {
			const key = keys[index] ?? '';
			if (known.has(key)) continue;
			const file = { path: from, fileName, origin: 'mailbox', sender, changedAt: sentAt } as const;
			const delivered = await deliver(db, command, source, { ...file, key });
			report[delivered.outcome]++;
			if (delivered.outcome !== 'stored') continue;
			const { covered, until } = withDelivered(edge.covered, delivered.imported);
			edge.covered = covered;
			if (until && !(newest && until < newest)) newest = until;
		}
	} finally {
		await Promise.all(files.map((file) => rm(file.path, { force: true })));
	}
	return newest;
}
