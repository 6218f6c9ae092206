// A live source is changed: what stays keeps how far it has come, and no secret goes to another host.
import { eq, inArray, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Config } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import { type CheckedChannel, hostOf, portOf } from '../sources/kinds.ts';
import { sourceChannels, sources } from '../tables.ts';
import { addChannels, checkedSource, isEmpty, type SourceFacts, takenBy } from './checked-source.ts';
import { sealedSecrets } from './lease.ts';

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
		const { facts, settings, channels } = await checkedSource(tx, { ...source, kind: before.kind }, config, command.at);
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
