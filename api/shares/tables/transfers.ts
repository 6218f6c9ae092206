// What is remembered about transfers of balances.
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import type { Declaration } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { statuteVersions } from '../../statute/tables.ts';
import type { TransferState } from '../rules/transfer.ts';

/**
 * Transfers of balances between members, or to somebody who joins (M-50 to M-52). The agreement never changes; only its way is recorded.
 */
export const shareTransfers = pgTable(
	'share_transfers',
	{
		id: id(),
		fromMemberId: uuid()
			.notNull()
			.references(() => members.id),
		/** null until somebody who was named by e-mail address is a member */
		toMemberId: uuid().references(() => members.id),
		toEmail: text(),
		/** all shares and all of the balance: the giver leaves */
		whole: boolean().notNull(),
		shares: integer().notNull(),
		/** the balance that goes; of a whole transfer what it is on the day */
		amountCents: cents().notNull(),
		/** new shares the acquirer takes for it */
		takes: integer(),
		/** the acquirer's declaration (§ 15b GenG), if new shares are taken */
		declaration: jsonb().$type<Declaration>(),
		form: text({ enum: ['portal', 'paper'] }).notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		proposedAt: instant().notNull(),
		proposedBy: uuid(),
		acceptedAt: instant(),
		state: text().$type<TransferState>().notNull().default('proposed'),
		effectiveOn: day(),
		decidedAt: instant(),
		decidedBy: uuid(),
		/** resolution and its day, or why it came to nothing */
		resolution: text(),
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
	},
	(t) => [
		check('share_transfers_two', sql`${t.fromMemberId} <> ${t.toMemberId}`),
		check('share_transfers_to', sql`${t.toMemberId} is not null or ${t.toEmail} is not null`),
		check('share_transfers_amount', sql`${t.shares} > 0 and ${t.amountCents} > 0 and ${t.takes} >= 0`),
		check(
			'share_transfers_accepted',
			sql`${t.state} not in ('accepted', 'entered', 'refused') or (${t.acceptedAt} is not null and ${t.toMemberId} is not null and ${t.takes} is not null)`,
		),
		check(
			'share_transfers_entered',
			sql`(${t.state} = 'entered') = (${t.effectiveOn} is not null) and (${t.effectiveOn} is null) = (${t.entry} is null)`,
		),
		check('share_transfers_decided', sql`(${t.state} in ('proposed', 'accepted')) = (${t.decidedAt} is null)`),
		uniqueIndex('share_transfers_one_open').on(t.fromMemberId).where(sql`state in ('proposed', 'accepted')`),
		index('share_transfers_to_member').on(t.toMemberId),
		index('share_transfers_by_state').on(t.state, t.proposedAt),
	],
);
