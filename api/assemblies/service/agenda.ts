// The agenda: items added, changed, taken off.
import { and, eq, gt, max } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { proposalOf } from '../../dividends/service/propose.ts';
import { dayOf } from '../../values/calendar.ts';
import { type AgendaKind, requireAdditionNotice, requireAgendaItem, type Subject } from '../rules.ts';
import { agendaItems } from '../tables.ts';
import { noticeTermsOf, noticeTextOf, tellMembers } from './notice.ts';
import { lockAgendaItem, lockAssembly } from './lock.ts';

/** What the board says about an item of the agenda. `proposalId`: the dividend proposal an item on the use of profit is about. */
export interface AgendaItemInput {
	kind: AgendaKind;
	title: string;
	text: string;
	subject?: Subject | undefined;
	proposalId?: string | undefined;
}

async function itemOf(tx: Tx, { kind, title, text, subject, proposalId }: AgendaItemInput) {
	const item = { kind, title, text, subject: subject ?? null, proposalId: proposalId ?? null };
	requireAgendaItem(item);
	if (item.proposalId !== null) await proposalOf(tx, item.proposalId);
	return item;
}

/**
 * Adds an item (TOP) at the end of the agenda. After the notice has gone out every member is told of the addition, a week before
 * the assembly at the latest (C6).
 * Refuses: assemblies.unknown (missing), assemblies.wrong-state (conflict), assemblies.subject-mismatch, proposal-mismatch,
 * addition-too-late (invalid), dividends.proposal-unknown (missing).
 */
export function addAgendaItem(
	db: Database,
	{ by, at, key, assemblyId, ...input }: Command & AgendaItemInput & { assemblyId: string },
): Promise<{ id: string; top: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const assembly = await lockAssembly(tx, assemblyId, 'addAgendaItem');
		const item = await itemOf(tx, input);
		const announced = assembly.state !== 'draft';
		if (announced) requireAdditionNotice(dayOf(at), assembly.heldOn, await noticeTermsOf(tx, assembly));
		const [last] = await tx
			.select({ top: max(agendaItems.top) })
			.from(agendaItems)
			.where(eq(agendaItems.assemblyId, assemblyId));
		const top = (last?.top ?? 0) + 1;
		const [row] = await tx
			.insert(agendaItems)
			.values({ ...item, assemblyId, top, announcedAt: announced ? at : null, recordedAt: at })
			.returning({ id: agendaItems.id, top: agendaItems.top });
		if (!row) throw new Error('no agenda item was stored');
		if (announced)
			await tellMembers(tx, { at, assembly, text: await noticeTextOf(tx, assembly), template: 'assembly-addition' });
		note({ action: 'assemblies.add-agenda-item', subject: `assembly ${assemblyId}`, after: { top, ...item } });
		return row;
	});
}

/** Replaces an item of a draft's agenda. Refuses: assemblies.unknown-item (missing), wrong-state (conflict), subject-mismatch, proposal-mismatch (invalid). */
export function changeAgendaItem(
	db: Database,
	{ by, at, key, itemId, ...input }: Command & AgendaItemInput & { itemId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { assemblyId, top, kind, title, text, subject, proposalId } = (
			await lockAgendaItem(tx, itemId, 'changeAgendaItem')
		).item;
		const item = await itemOf(tx, input);
		await tx.update(agendaItems).set(item).where(eq(agendaItems.id, itemId));
		const before = { top, kind, title, text, subject, proposalId };
		note({
			action: 'assemblies.change-agenda-item',
			subject: `assembly ${assemblyId}`,
			before,
			after: { top, ...item },
		});
		return { id: itemId };
	});
}

/** Takes an item off a draft's agenda; the later ones move up. Refuses: assemblies.unknown-item (missing), wrong-state (conflict). */
export function removeAgendaItem(
	db: Database,
	{ by, at, key, itemId }: Command & { itemId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { assemblyId, top, kind, title } = (await lockAgendaItem(tx, itemId, 'changeAgendaItem')).item;
		await tx.delete(agendaItems).where(eq(agendaItems.id, itemId));
		const later = await tx
			.select({ id: agendaItems.id, top: agendaItems.top })
			.from(agendaItems)
			.where(and(eq(agendaItems.assemblyId, assemblyId), gt(agendaItems.top, top)))
			.orderBy(agendaItems.top);
		for (const item of later)
			await tx
				.update(agendaItems)
				.set({ top: item.top - 1 })
				.where(eq(agendaItems.id, item.id));
		note({ action: 'assemblies.remove-agenda-item', subject: `assembly ${assemblyId}`, before: { top, kind, title } });
		return { id: itemId };
	});
}
