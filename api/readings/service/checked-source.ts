// What a source is told to be, looked at before it is stored: its place, its series, its certificate; and who has the name or the channel already.
import { X509Certificate } from 'node:crypto';
import { access, constants, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { deviceTokens } from '../../accounts/tables.ts';
import type { Config } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	bringsFiles,
	type ChannelFacts,
	type CheckedChannel,
	checkedChannel,
	checkedLocation,
	type Secrets,
	type SourceKind,
	type SourceSettings,
} from '../sources/kinds.ts';
import { sourceChannels, sources } from '../tables.ts';
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

/** A source as it is stored. */
export interface CheckedSource {
	facts: Pick<typeof sources.$inferInsert, 'name' | 'kind' | 'location' | 'meteringPointId' | 'obis'>;
	settings: SourceSettings;
	channels: CheckedChannel[];
}

/**
 * What a source is told to be, fit to be stored. Refuses readings.source-folder, readings.source-address, readings.source-place-needed,
 * readings.source-senders-needed, readings.source-token-unknown, readings.source-certificate, readings.source-channel-twice,
 * readings.metering-point-unknown, readings.obis and what checkedChannel refuses.
 */
export async function checkedSource(tx: Tx, source: SourceFacts, config: Config, at: Date): Promise<CheckedSource> {
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

/** True if nothing secret was given. */
export const isEmpty = (secrets: Secrets | undefined): boolean => !Object.values(secrets ?? {}).some(Boolean);

/** Records series of a source. Refuses readings.source-channel-taken (another source counts into the channel). */
export async function addChannels(tx: Tx, sourceId: string, channels: readonly CheckedChannel[]): Promise<void> {
	if (channels.length === 0) return;
	const made = await tx
		.insert(sourceChannels)
		.values(channels.map((one) => ({ ...one, sourceId })))
		.onConflictDoNothing()
		.returning({ name: sourceChannels.name });
	if (made.length < channels.length)
		throw new Refusal('conflict', 'readings.source-channel-taken', {}, { field: 'obis' });
}

/** Who has the name or the place already, as a refusal; `but` is the source that asks. */
export async function takenBy(
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
