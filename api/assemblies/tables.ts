// What is remembered of general assemblies: the assembly, its agenda.
import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, id, instant } from '../database/columns.ts';
import { dividendProposals } from '../dividends/tables.ts';
import type { AgendaKind, AssemblyForm, AssemblyKind, AssemblyState, DiscussionForm, Subject } from './rules.ts';

/** A general assembly (Generalversammlung). The row is the lock of its agenda and states. */
export const assemblies = pgTable(
	'assemblies',
	{
		id: id(),
		title: text().notNull(),
		kind: text().$type<AssemblyKind>().notNull(),
		form: text().$type<AssemblyForm>().notNull(),
		/** only of a stretched assembly: how its discussion is held */
		discussionForm: text().$type<DiscussionForm>(),
		/** day of the assembly, of a stretched one the first day of its discussion */
		heldOn: day().notNull(),
		startsAt: instant().notNull(),
		place: text(),
		link: text(),
		state: text().$type<AssemblyState>().notNull().default('draft'),
		createdBy: uuid(),
		recordedAt: instant().notNull(),
		/** notice in full days that the statute of the convening day asked for: of the invitation, of additions to the agenda */
		conveningDays: integer(),
		announcementDays: integer(),
		noticeSentAt: instant(),
		/** sha256 of the exact text of the notice, hex (proof of convening, § 47(2) GenG) */
		noticeHash: text(),
		/** members the notice went to by e-mail, and those who need a letter */
		invitedByMail: integer(),
		withoutMail: integer(),
		convenedBy: uuid(),
		openedAt: instant(),
		closedAt: instant(),
	},
	(t) => [
		check('assemblies_kind', sql`${t.kind} in ('ordinary', 'extraordinary')`),
		check('assemblies_form', sql`${t.form} in ('present', 'virtual', 'hybrid', 'stretched')`),
		check(
			'assemblies_discussion',
			sql`(${t.form} = 'stretched') = (${t.discussionForm} is not null) and ${t.discussionForm} in ('virtual', 'hybrid')`,
		),
		check('assemblies_state', sql`${t.state} in ('draft', 'convened', 'held', 'closed')`),
		check(
			'assemblies_convened',
			sql`(${t.state} = 'draft') = (${t.noticeSentAt} is null) and (${t.noticeSentAt} is null) = (${t.noticeHash} is null)`,
		),
		check('assemblies_opened', sql`(${t.state} in ('held', 'closed')) = (${t.openedAt} is not null)`),
		check('assemblies_closed', sql`(${t.state} = 'closed') = (${t.closedAt} is not null)`),
	],
);

/** Items of the agenda, numbered 1, 2, 3 … per assembly. */
export const agendaItems = pgTable(
	'agenda_items',
	{
		id: id(),
		assemblyId: uuid()
			.notNull()
			.references(() => assemblies.id),
		/** TOP number */
		top: integer().notNull(),
		kind: text().$type<AgendaKind>().notNull(),
		title: text().notNull(),
		text: text().notNull(),
		subject: text().$type<Subject>(),
		/** dividend proposal an item on the use of profit puts to the vote */
		proposalId: uuid().references(() => dividendProposals.id),
		/** when the item was announced to the members; with the notice or as an addition */
		announcedAt: instant(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		unique('agenda_items_top').on(t.assemblyId, t.top),
		check(
			'agenda_items_kind',
			sql`${t.kind} in ('report', 'resolution', 'election') and (${t.kind} = 'report') = (${t.subject} is null)`,
		),
		check('agenda_items_proposal', sql`${t.proposalId} is null or ${t.subject} = 'profit-use'`),
	],
);
