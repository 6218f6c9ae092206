// Reading assemblies: the list, and one with its agenda and deadlines.
import { desc, eq, sql } from 'drizzle-orm';
import { type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { conveningDeadlines } from '../rules.ts';
import { assemblies } from '../tables.ts';
import { agendaOf } from './lock.ts';
import { noticeTermsOf } from './notice.ts';

const summaryColumns = {
	id: assemblies.id,
	title: assemblies.title,
	kind: assemblies.kind,
	form: assemblies.form,
	discussionForm: assemblies.discussionForm,
	heldOn: assemblies.heldOn,
	startsAt: assemblies.startsAt,
	place: assemblies.place,
	link: assemblies.link,
	state: assemblies.state,
	noticeSentAt: assemblies.noticeSentAt,
	agendaItems: sql<number>`(select count(*)::int from agenda_items i where i.assembly_id = assemblies.id)`,
};

const summaryOf = <T extends { startsAt: Date; noticeSentAt: Date | null }>(row: T) => ({
	...row,
	startsAt: row.startsAt.toISOString(),
	noticeSentAt: row.noticeSentAt?.toISOString() ?? null,
});

/** All assemblies, newest first. Members do not see drafts. */
export function listAssemblies(db: Database, { by, limit = 100 }: { by: Actor; limit?: number }) {
	return transact(db, by, async (tx) => {
		const rows = await tx.select(summaryColumns).from(assemblies).orderBy(desc(assemblies.startsAt)).limit(limit);
		return rows.map(summaryOf);
	});
}

/** One assembly with its agenda and deadlines. Refuses: assemblies.unknown (missing), also for a draft that the asker may not see. */
export function readAssembly(db: Database, { by, assemblyId }: { by: Actor; assemblyId: string }) {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({
				...summaryColumns,
				conveningDays: assemblies.conveningDays,
				announcementDays: assemblies.announcementDays,
				noticeHash: assemblies.noticeHash,
				invitedByMail: assemblies.invitedByMail,
				withoutMail: assemblies.withoutMail,
			})
			.from(assemblies)
			.where(eq(assemblies.id, assemblyId));
		if (!row) throw new Refusal('missing', 'assemblies.unknown');
		const terms = await noticeTermsOf(tx, row);
		const agenda = await agendaOf(tx, assemblyId);
		return {
			...summaryOf(row),
			...terms,
			...conveningDeadlines(row.heldOn, terms),
			agenda: agenda.map(({ id, top, kind, title, text, subject, proposalId, announcedAt }) => ({
				id,
				top,
				kind,
				title,
				text,
				subject,
				proposalId,
				announcedAt: announcedAt?.toISOString() ?? null,
			})),
		};
	});
}
