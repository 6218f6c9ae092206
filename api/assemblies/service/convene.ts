// Convening: the notice in time to every member, then the session.
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { conveningDeadlines, requireNotice } from '../rules.ts';
import { agendaItems, assemblies } from '../tables.ts';
import { agendaOf, lockAssembly } from './lock.ts';
import { noticeTermsOf, noticeTextOf, tellMembers } from './notice.ts';

/**
 * Convenes (beruft ein): checks the notice period of the statute of today by the count of C3, sends the invitation with the agenda
 * to every member and freezes both. `noticeHash` is the sha256 of the exact text sent.
 * Refuses: assemblies.unknown (missing), assemblies.wrong-state (conflict), assemblies.agenda-empty (invalid), assemblies.notice-too-short (invalid, C3).
 */
export function conveneAssembly(
	db: Database,
	{ by, at, key, assemblyId }: Command & { assemblyId: string },
): Promise<{ id: string; noticeHash: string; invitedByMail: number; withoutMail: number; latestReceiptOn: Day }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const assembly = await lockAssembly(tx, assemblyId, 'convene');
		const agenda = await agendaOf(tx, assemblyId);
		if (agenda.length === 0) throw new Refusal('invalid', 'assemblies.agenda-empty', {}, { rule: 'C5' });
		const terms = await noticeTermsOf(tx, assembly);
		// An e-mail is received the day it is sent.
		requireNotice(dayOf(at), assembly.heldOn, terms);
		const text = await noticeTextOf(tx, assembly);
		const noticeHash = createHash('sha256').update(text).digest('hex');
		const told = await tellMembers(tx, { at, assembly, text, template: 'assembly-invitation' });
		await tx
			.update(assemblies)
			.set({ state: 'convened', ...terms, noticeSentAt: at, noticeHash, ...told, convenedBy: by.personId })
			.where(eq(assemblies.id, assemblyId));
		await tx.update(agendaItems).set({ announcedAt: at }).where(eq(agendaItems.assemblyId, assemblyId));
		const { latestReceiptOn } = conveningDeadlines(assembly.heldOn, terms);
		note({
			action: 'assemblies.convene',
			subject: `assembly ${assemblyId}`,
			after: { noticeHash, ...terms, ...told, heldOn: assembly.heldOn },
		});
		return { id: assemblyId, noticeHash, ...told, latestReceiptOn };
	});
}

/** Opens the session, not before its day. Refuses: assemblies.unknown (missing), assemblies.wrong-state (conflict), assemblies.too-early (conflict). */
export function holdAssembly(
	db: Database,
	{ by, at, key, assemblyId }: Command & { assemblyId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const assembly = await lockAssembly(tx, assemblyId, 'hold');
		if (dayOf(at) < assembly.heldOn) throw new Refusal('conflict', 'assemblies.too-early', { heldOn: assembly.heldOn });
		await tx.update(assemblies).set({ state: 'held', openedAt: at }).where(eq(assemblies.id, assemblyId));
		note({ action: 'assemblies.hold', subject: `assembly ${assemblyId}` });
		return { id: assemblyId };
	});
}
