// The assembly's row as a lock: whoever acts on an assembly or its agenda holds it until commit.
import { asc, eq } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import { type AssemblyAct, requireAssembly } from '../rules.ts';
import { agendaItems, assemblies } from '../tables.ts';

export type AssemblyRow = typeof assemblies.$inferSelect;
export type AgendaItemRow = typeof agendaItems.$inferSelect;

/**
 * Inside the caller's transaction: locks the assembly until commit and checks that the act is possible.
 * Refuses: assemblies.unknown (missing), assemblies.wrong-state (conflict).
 */
export async function lockAssembly(tx: Tx, assemblyId: string, act: AssemblyAct): Promise<AssemblyRow> {
	const [assembly] = await tx.select().from(assemblies).where(eq(assemblies.id, assemblyId)).for('update');
	if (!assembly) throw new Refusal('missing', 'assemblies.unknown');
	requireAssembly(act, assembly.state);
	return assembly;
}

/** Inside the caller's transaction: an item of the agenda with its locked assembly. Refuses: assemblies.unknown-item (missing), assemblies.wrong-state (conflict). */
export async function lockAgendaItem(
	tx: Tx,
	itemId: string,
	act: AssemblyAct,
): Promise<{ item: AgendaItemRow; assembly: AssemblyRow }> {
	const [found] = await tx
		.select({ assemblyId: agendaItems.assemblyId })
		.from(agendaItems)
		.where(eq(agendaItems.id, itemId));
	if (!found) throw new Refusal('missing', 'assemblies.unknown-item');
	const assembly = await lockAssembly(tx, found.assemblyId, act);
	// Read again under the lock: it may have been changed or taken off in between.
	const [item] = await tx.select().from(agendaItems).where(eq(agendaItems.id, itemId));
	if (!item) throw new Refusal('missing', 'assemblies.unknown-item');
	return { item, assembly };
}

/** Inside the caller's transaction, after lockAssembly(…, 'close'): the assembly is over. */
export async function markAssemblyClosed(tx: Tx, { assemblyId, at }: { assemblyId: string; at: Date }): Promise<void> {
	await tx.update(assemblies).set({ state: 'closed', closedAt: at }).where(eq(assemblies.id, assemblyId));
}

/** Inside the caller's transaction: the agenda in order. */
export function agendaOf(tx: Tx, assemblyId: string): Promise<AgendaItemRow[]> {
	return tx.select().from(agendaItems).where(eq(agendaItems.assemblyId, assemblyId)).orderBy(asc(agendaItems.top));
}

/** Inside the caller's transaction: an item of the agenda. Refuses: assemblies.unknown-item (missing). */
export async function agendaItemOf(tx: Tx, itemId: string): Promise<AgendaItemRow> {
	const [item] = await tx.select().from(agendaItems).where(eq(agendaItems.id, itemId));
	if (!item) throw new Refusal('missing', 'assemblies.unknown-item');
	return item;
}
