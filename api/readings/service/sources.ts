// Live sources (Messquellen): recorded, switched on and off, their refused files tried again.
import { and, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import type { SourceKind } from '../sources/kinds.ts';
import { sourceFiles, sources } from '../tables.ts';
import { addChannels, checkedSource, isEmpty, type SourceFacts, takenBy } from './checked-source.ts';
import { sealedSecrets } from './lease.ts';
import type { FilesEdge } from './source-views.ts';

const needsSecret: readonly SourceKind[] = ['sftp', 'imap'];

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
		const { facts, settings, channels } = await checkedSource(tx, source, config, command.at);
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
