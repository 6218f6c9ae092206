// Live sources (Messquellen): recorded, changed, switched on and off.
import { X509Certificate } from 'node:crypto';
import { access, constants, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { deviceTokens } from '../../accounts/tables.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	bringsFiles,
	type ChannelFacts,
	type CheckedChannel,
	checkedChannel,
	checkedLocation,
	hostOf,
	portOf,
	type Secrets,
	type SourceKind,
	type SourceSettings,
} from '../sources/kinds.ts';
import { sourceChannels, sourceFiles, sources } from '../tables.ts';
import { sealedSecrets } from './lease.ts';
import type { FilesEdge } from './source-views.ts';
import { checkedAssignment } from './uploads.ts';

/**
 * What is told of a source. `location`: a folder's absolute path or an address (sftp://user@host/folder, imaps://user@host/INBOX,
 * http://…, mqtts://host, modbus://host/1); of a device that sends by itself nothing, but `deviceTokenId`.
 */
export interface SourceFacts {
	name: string;
	kind: SourceKind;
	location?: string | undefined;
	/** of files: where values go that do not name their metering point; else that of the one series */
	meteringPointId?: string | undefined;
	/** default of a series: feed-in, '1-1:2.29.0' */
	obis?: string | undefined;
	settings?: Omit<SourceSettings, 'hostKey'> | undefined;
	secrets?: Secrets | undefined;
	/** where a source has several series, or says in its own way what they are */
	channels?: readonly ChannelFacts[] | undefined;
	/** the token by which a device that sends by itself is known */
	deviceTokenId?: string | undefined;
}

const systemFolders = /^\/(bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr)(\/|$)/;
const contains = (outer: string, inner: string): boolean =>
	inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);

/**
 * A folder that may be watched: files are moved inside it, so the product's and the system's own folders are out of the question.
 * Refuses readings.source-folder with the reason: relative, missing, forbidden, read-only.
 */
export async function checkedFolder(folder: string, { dataFolder }: Config): Promise<string> {
	const refuse = (reason: string) =>
		new Refusal('invalid', 'readings.source-folder', { reason }, { field: 'location' });
	if (!path.isAbsolute(folder) || folder.includes('\0')) throw refuse('relative');
	let real: string;
	try {
		real = await realpath(folder);
		if (!(await stat(real)).isDirectory()) throw new Error('no folder');
	} catch {
		throw refuse('missing');
	}
	const data = await realpath(dataFolder);
	const project = process.cwd();
	const own =
		[data, project].some((one) => contains(real, one)) ||
		['postgres', 'uploads'].some((name) => contains(path.join(data, name), real));
	if (own || systemFolders.test(`${real}/`) || (contains(project, real) && !contains(data, real)))
		throw refuse('forbidden');
	try {
		await access(real, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch {
		throw refuse('read-only');
	}
	return real;
}

interface Checked {
	facts: Pick<typeof sources.$inferInsert, 'name' | 'kind' | 'location' | 'meteringPointId' | 'obis'>;
	settings: SourceSettings;
	channels: CheckedChannel[];
}

/** What a source is told to be, fit to be stored. */
async function checked(tx: Tx, source: SourceFacts, config: Config, at: Date): Promise<Checked> {
	const { name, kind, meteringPointId } = source;
	const location = await checkedPlace(tx, source, config, at);
	const settings = { ...source.settings };
	if (settings.certificate !== undefined) checkCertificate(settings.certificate);
	if (kind === 'imap' && !settings.senders?.length)
		throw new Refusal('invalid', 'readings.source-senders-needed', {}, { field: 'senders' });
	if (bringsFiles(kind)) {
		const place = meteringPointId ? await checkedAssignment(tx, { meteringPointId, obis: source.obis }) : {};
		return { facts: { name, kind, location, ...place }, settings, channels: [] };
	}
	const given = source.channels ?? (meteringPointId ? [{ name: '', meteringPointId, obis: source.obis }] : []);
	if (given.length === 0)
		throw new Refusal('invalid', 'readings.source-place-needed', {}, { field: 'meteringPointId' });
	const channels: CheckedChannel[] = [];
	for (const one of given) {
		const channel = checkedChannel(kind, one);
		const { obis } = await checkedAssignment(tx, channel);
		channels.push({ ...channel, obis: obis ?? channel.obis });
	}
	if (new Set(channels.map((one) => one.name)).size < channels.length)
		throw new Refusal('invalid', 'readings.source-channel-twice', {}, { field: 'channels' });
	return { facts: { name, kind, location }, settings, channels };
}

async function checkedPlace(tx: Tx, source: SourceFacts, config: Config, at: Date): Promise<string> {
	const { kind, location, deviceTokenId } = source;
	if (kind !== 'push') {
		return kind === 'watch-folder' ? checkedFolder(location ?? '', config) : checkedLocation(kind, location ?? '');
	}
	const [token] = deviceTokenId
		? await tx
				.select({ id: deviceTokens.id })
				.from(deviceTokens)
				.where(and(eq(deviceTokens.id, deviceTokenId), isNull(deviceTokens.revokedAt), gt(deviceTokens.expiresAt, at)))
		: [];
	if (!token) throw new Refusal('invalid', 'readings.source-token-unknown', {}, { field: 'deviceTokenId' });
	return pushLocation(token.id);
}

/** Where a device that sends by itself is known under. */
export function pushLocation(deviceTokenId: string): string {
	return `push:${deviceTokenId}`;
}

function checkCertificate(pem: string): void {
	try {
		new X509Certificate(pem);
	} catch {
		throw new Refusal('invalid', 'readings.source-certificate', {}, { field: 'certificate' });
	}
}

const needsSecret: readonly SourceKind[] = ['sftp', 'imap'];
const isEmpty = (secrets: Secrets | undefined): boolean => !Object.values(secrets ?? {}).some(Boolean);

/**
 * Records a source; it works from the next minute on. Refuses readings.source-folder, readings.source-address,
 * readings.source-place-needed, readings.source-secret-needed, readings.source-senders-needed, readings.source-token-unknown, readings.source-certificate,
 * readings.source-channel-twice, readings.metering-point-unknown, readings.obis, what checkedChannel refuses,
 * readings.source-known (same name or location), readings.source-channel-taken (another source counts into that channel).
 */
export async function createSource(
	db: Database,
	{ source, config, ...command }: Command & { source: SourceFacts; config: Config },
): Promise<{ id: string }> {
	return write(db, command, async (tx, note) => {
		const { facts, settings, channels } = await checked(tx, source, config, command.at);
		if (needsSecret.includes(source.kind) && isEmpty(source.secrets))
			throw new Refusal('invalid', 'readings.source-secret-needed', {}, { field: 'password' });
		const [row] = await tx
			.insert(sources)
			.values({ ...facts, settings, createdAt: command.at })
			.onConflictDoNothing()
			.returning({ id: sources.id });
		if (!row) throw await takenBy(tx, facts, null);
		if (!isEmpty(source.secrets)) {
			const secret = sealedSecrets(config.keys, row.id, source.secrets ?? {});
			await tx.update(sources).set({ secret }).where(eq(sources.id, row.id));
		}
		await addChannels(tx, row.id, channels);
		note({ action: 'readings.createSource', subject: `source ${row.id}`, after: { ...facts, settings, channels } });
		return row;
	});
}

async function addChannels(tx: Tx, sourceId: string, channels: readonly CheckedChannel[]): Promise<void> {
	if (channels.length === 0) return;
	const made = await tx
		.insert(sourceChannels)
		.values(channels.map((one) => ({ ...one, sourceId })))
		.onConflictDoNothing()
		.returning({ name: sourceChannels.name });
	if (made.length < channels.length)
		throw new Refusal('conflict', 'readings.source-channel-taken', {}, { field: 'obis' });
}

async function takenBy(
	tx: Tx,
	{ name, location }: { name: string; location: string },
	but: string | null,
): Promise<Refusal> {
	const [known] = await tx
		.select({ name: sources.name })
		.from(sources)
		.where(
			sql`(${sources.name} = ${name} or ${sources.location} = ${location}) and ${sources.id} is distinct from ${but}::uuid`,
		);
	return new Refusal(
		'conflict',
		'readings.source-known',
		{ name: known?.name ?? name },
		{ field: known?.name === name ? 'name' : 'location' },
	);
}

/**
 * Changes a source; its kind stays. Without `secrets` the ones it has stay, unless it goes to another host: whoever may change an address
 * must not have the password sent there. Series that stay what they are keep how far they have come. Refuses readings.source-unknown,
 * readings.source-secret-again, and what createSource refuses.
 */
export async function editSource(
	db: Database,
	{
		sourceId,
		source,
		forgetHostKey = false,
		config,
		...command
	}: Command & { sourceId: string; source: Omit<SourceFacts, 'kind'>; forgetHostKey?: boolean; config: Config },
): Promise<{ id: string }> {
	return write(db, command, async (tx, note) => {
		const [before] = await tx.select().from(sources).where(eq(sources.id, sourceId)).for('update');
		if (!before) throw new Refusal('missing', 'readings.source-unknown');
		const { facts, settings, channels } = await checked(tx, { ...source, kind: before.kind }, config, command.at);
		const isElsewhere = placeOf(before.location) !== placeOf(facts.location);
		if (isElsewhere && before.secret && isEmpty(source.secrets))
			throw new Refusal('invalid', 'readings.source-secret-again', {}, { field: 'password' });
		const { hostKey } = before.settings;
		if (hostKey !== undefined && !isElsewhere && !forgetHostKey) Object.assign(settings, { hostKey });
		const [taken] = await tx
			.select({ id: sources.id })
			.from(sources)
			.where(
				sql`(${sources.name} = ${facts.name} or ${sources.location} = ${facts.location}) and ${sources.id} <> ${sourceId}`,
			);
		if (taken) throw await takenBy(tx, facts, sourceId);
		const secret = isEmpty(source.secrets)
			? {}
			: { secret: sealedSecrets(config.keys, sourceId, source.secrets ?? {}) };
		const place = { meteringPointId: facts.meteringPointId ?? null, obis: facts.obis ?? null };
		await tx
			.update(sources)
			.set({ ...facts, ...place, settings, ...secret, lastProblem: null, changes: before.changes + 1 })
			.where(eq(sources.id, sourceId));
		const kept = await changeChannels(tx, sourceId, channels);
		const { name, location, meteringPointId, obis, settings: settingsBefore } = before;
		note({
			action: 'readings.editSource',
			subject: `source ${sourceId}`,
			before: { name, location, meteringPointId, obis, settings: settingsBefore, channels: kept },
			after: { ...facts, settings, channels, newSecret: 'secret' in secret },
		});
		return { id: sourceId };
	});
}

/** Where secrets go: scheme, user, host and port. A folder of the machine has none. */
function placeOf(location: string): string {
	if (!URL.canParse(location)) return '';
	const url = new URL(location);
	return `${url.protocol}//${url.username}@${hostOf(url)}:${portOf(url)}`;
}

/** Makes the series those given; what stays keeps its edge. Returns those that were there before. */
async function changeChannels(tx: Tx, sourceId: string, wanted: readonly CheckedChannel[]): Promise<CheckedChannel[]> {
	const rows = await tx.select().from(sourceChannels).where(eq(sourceChannels.sourceId, sourceId)).for('update');
	const textOf = (one: CheckedChannel) =>
		JSON.stringify([
			...[one.name, one.meteringPointId, one.obis, one.slotMinutes, one.meaning],
			Object.entries(one.settings).sort(),
		]);
	const known = new Set(rows.map(textOf));
	const kept = new Set(wanted.map(textOf));
	const gone = rows.filter((row) => !kept.has(textOf(row))).map(({ id }) => id);
	if (gone.length > 0) await tx.delete(sourceChannels).where(inArray(sourceChannels.id, gone));
	await addChannels(
		tx,
		sourceId,
		wanted.filter((one) => !known.has(textOf(one))),
	);
	return rows.map(({ name, meteringPointId, obis, slotMinutes, meaning, settings }) => ({
		...{ name, meteringPointId, obis, slotMinutes, meaning, settings },
	}));
}

/** Switches a source on or off. Refuses readings.source-unknown. */
export function setSourceEnabled(
	db: Database,
	{ sourceId, enabled, ...command }: Command & { sourceId: string; enabled: boolean },
): Promise<{ id: string; enabled: boolean }> {
	return write(db, command, async (tx, note) => {
		const [before] = await tx
			.select({ enabled: sources.enabled })
			.from(sources)
			.where(eq(sources.id, sourceId))
			.for('update');
		if (!before) throw new Refusal('missing', 'readings.source-unknown');
		if (before.enabled !== enabled) {
			await tx.update(sources).set({ enabled }).where(eq(sources.id, sourceId));
			note({ action: 'readings.setSourceEnabled', subject: `source ${sourceId}`, before, after: { enabled } });
		}
		return { id: sourceId, enabled };
	});
}

/**
 * Forgets the refused files of a source, so that the next look brings them again: a plant was recorded since, or a format is known now.
 * Refuses readings.source-unknown.
 */
export function retryFiles(
	db: Database,
	{ sourceId, ...command }: Command & { sourceId: string },
): Promise<{ files: number }> {
	return write(db, command, async (tx, note) => {
		const [source] = await tx
			.select({ edge: sources.edge })
			.from(sources)
			.where(eq(sources.id, sourceId))
			.for('update');
		if (!source) throw new Refusal('missing', 'readings.source-unknown');
		const gone = await tx
			.delete(sourceFiles)
			.where(and(eq(sourceFiles.sourceId, sourceId), eq(sourceFiles.outcome, 'refused')))
			.returning({ fileName: sourceFiles.fileName });
		if (gone.length > 0) {
			// A mailbox is read from its beginning; what is known by then is not stored again.
			const { mailbox: _, ...edge } = (source.edge ?? {}) as FilesEdge;
			await tx.update(sources).set({ edge }).where(eq(sources.id, sourceId));
			const files = gone.slice(0, 20).map(({ fileName }) => fileName);
			note({ action: 'readings.retryFiles', subject: `source ${sourceId}`, after: { count: gone.length, files } });
		}
		return { files: gone.length };
	});
}
