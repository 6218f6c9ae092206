// An import is undone: everything it delivered and cancelled is withdrawn, each day becomes what the other deliveries say.
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { imports } from '../tables.ts';
import { touchDelivered } from './contest.ts';
import { createStage } from './fold.ts';
import { type Effect, recordAct, refold } from './refold.ts';
import { spreadTouched } from './spread.ts';

/** What undoing an import does, or did. Energies in watt-hours. */
export interface Undone extends Effect {
	importId: number;
	fileName: string;
}

/** Thrown to take back a rehearsal; carries what it came to. */
class Rehearsed extends Error {
	readonly undone: Undone;

	constructor(undone: Undone) {
		super('rehearsed');
		this.undone = undone;
	}
}

/** What undoing an import would do. Changes nothing. Refuses readings.import-unknown, readings.not-undoable. */
export async function previewUndo(
	db: Database,
	{ by, at, importId }: { by: Actor; at: Date; importId: number },
): Promise<Undone> {
	try {
		return await transact(db, by, async (tx) => {
			throw new Rehearsed(await undoIn(tx, { by, at, importId, reason: '' }));
		});
	} catch (error) {
		if (error instanceof Rehearsed) return error.undone;
		throw error;
	}
}

/**
 * Undoes a stored import, for a reason: its messages and values no longer count, cancellations it brought neither; every touched day
 * becomes what the remaining deliveries say, as a new version. The same file may be uploaded again. What it does to a closed month
 * or a paid dividend is listed for the board, not refused. Refuses readings.import-unknown, readings.not-undoable.
 */
export function undoImport(
	db: Database,
	{ importId, reason, ...command }: Command & { importId: number; reason: string },
): Promise<Undone> {
	return write(db, command, (tx, note) => undoIn(tx, { ...command, importId, reason }, note));
}

async function undoIn(
	tx: Tx,
	{ importId, reason, ...command }: Command & { importId: number; reason: string },
	note: Note = () => {},
): Promise<Undone> {
	const [row] = await tx
		.select({ state: imports.state, origin: imports.origin, fileName: imports.fileName })
		.from(imports)
		.where(eq(imports.id, importId))
		.for('update');
	if (!row) throw new Refusal('missing', 'readings.import-unknown');
	if (row.state !== 'stored' || row.origin === 'operator')
		throw new Refusal('conflict', 'readings.not-undoable', { state: row.state });
	const client = clientOf(tx);
	await createStage(client);
	// Messages first, in their order, as whoever stores or cancels them takes them.
	await client`
		select m.id from reading_messages m join reading_documents d on m.id in (d.message_id, d.cancels_message_id)
		where d.import_id = ${importId} order by m.sender, m.number for update of m`;
	const act = await recordAct(tx, command, row.fileName);
	await touchImport(tx, importId, act);
	await tx.update(imports).set({ state: 'withdrawn', undoneBy: act }).where(eq(imports.id, importId));
	const effect = await refold(tx, { act, at: command.at, report: { kind: 'undo', about: importId, reason } });
	await spreadTouched(tx, { importId, act, at: command.at });
	const { daysAdded, daysReplaced, daysGone } = effect;
	const after = { reason, daysAdded, daysReplaced, daysGone };
	note({ action: 'readings.undoImport', subject: `import ${importId}`, before: { fileName: row.fileName }, after });
	return { importId, fileName: row.fileName, ...effect };
}

/** Puts all days that an import delivered, and those whose messages it cancelled, among those to be folded. */
async function touchImport(tx: Tx, importId: number, act: number): Promise<void> {
	const client = clientOf(tx);
	const own = await client`select distinct document_id from import_channels where import_id = ${importId}`;
	const cancelled = await client`
		select o.import_id, o.id from reading_documents d join reading_documents o on o.message_id = d.cancels_message_id and o.function = 'original'
		where d.import_id = ${importId}`;
	await touchDelivered(client, {
		recorder: act,
		imports: [...own.map(() => importId), ...cancelled.map((one) => one.import_id)],
		documents: [...own.map((one) => one.document_id), ...cancelled.map((one) => one.id)],
	});
	const [known] = await client`select 1 from reading_documents where import_id = ${importId} limit 1`;
	if (own.length > 0 || known) return;
	// An import of a time before channels were noted, or one that live values made.
	await client`
		insert into contested (channel_id, day, import_id)
		select channel_id, day, ${act}::int4 from reading_days where import_id = ${importId} and document_id is distinct from 0
		union select channel_id, day, ${act}::int4 from reading_days_history where import_id = ${importId} and document_id is distinct from 0
		union select channel_id, day, ${act}::int4 from reading_deliveries where import_id = ${importId}
		on conflict do nothing`;
}
