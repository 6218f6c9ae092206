// Losses as staff see them: what is to be covered and from what, what was resolved, who bears how much.
import { desc, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { fiscalYearOf } from '../../../statute/rules.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { addDays, type Day, dayOf, partsOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { coverLoss, lossAlarm, type LossStanding, type LossUse } from '../../rules/loss.ts';
import { lossLines, lossWriteOffs } from '../../tables.ts';
import { lossBearers, lossStanding, namesOf } from './standing.ts';
import type { LossAmounts } from './write.ts';

/** One member's part of a loss. */
export interface LossLine {
	memberId: string;
	number: number;
	name: string;
	baseCents: number;
	amountCents: number;
}

/** A cover of a loss as staff see it; `mine`: proposed by the reader, who then cannot enter it. */
export interface LossView extends LossAmounts {
	id: string;
	year: number;
	baseOn: Day;
	resolvedOn: Day;
	resolution: string;
	state: 'proposed' | 'entered' | 'withdrawn';
	mine: boolean;
	proposedAt: string;
	entry: number | null;
	members: number;
	/** the first of them by number */
	lines: LossLine[];
}

/** Where the loss stands and what was done about it. */
export interface LossDesk {
	standing: LossStanding;
	/** the latest fiscal year that has ended */
	year: number;
	/** the order the reserves are there for: the legal one first (P-10) */
	suggested: LossUse;
	/** the loss is more than half of the balances and the reserves: the assembly must be called without delay (P-11) */
	alarm: boolean;
	losses: LossView[];
}

const most = 25;

type WriteOff = typeof lossWriteOffs.$inferSelect;

/** What each member bore, or would bear today of what is proposed; nothing where it cannot be borne any more. */
async function linesOf(tx: Tx, loss: WriteOff): Promise<Omit<LossLine, 'name'>[]> {
	if (loss.state === 'withdrawn') return [];
	if (loss.state === 'entered') {
		const rows = await tx.execute<{ member_id: string; number: number; base: number; cents: number }>(sql`
			select l.member_id, m.number, l.base_cents as base, l.amount_cents as cents
			from ${lossLines} l join members m on m.id = l.member_id where l.loss_id = ${loss.id} order by m.number`);
		return rows.map((row) => ({
			...{ memberId: row.member_id, number: row.number, baseCents: row.base, amountCents: row.cents },
		}));
	}
	const { baseOn, resolvedOn: bookedOn, fromBalancesCents } = loss;
	try {
		return await lossBearers(tx, { lossCents: fromBalancesCents, baseOn, bookedOn });
	} catch (error) {
		// Balances have gone since: whoever enters it is told, the desk stays readable.
		if (error instanceof Refusal) return [];
		throw error;
	}
}

/** The desk of losses. Refuses missing `statute.not-set-up`. */
export function readLosses(db: Database, { by, at }: { by: Actor; at: Date }): Promise<LossDesk> {
	return transact(db, by, async (tx) => {
		const { fiscalYearEndMonth } = await cooperativeOf(tx);
		const { start } = fiscalYearOf(dayOf(at), fiscalYearEndMonth);
		const standing = await lossStanding(tx);
		const { carriedCents: lossCents, legalReserveCents, otherReservesCents, balancesCents } = standing;
		const losses: LossView[] = [];
		for (const loss of await tx.select().from(lossWriteOffs).orderBy(desc(lossWriteOffs.proposedAt)).limit(50)) {
			const all = await linesOf(tx, loss);
			const shown = all.slice(0, most);
			const names = await namesOf(
				tx,
				shown.map(({ memberId }) => memberId),
			);
			const { id, year, baseOn, resolvedOn, resolution, state, entry, proposedBy } = loss;
			const { fromLegalReserveCents, fromOtherReservesCents, fromBalancesCents } = loss;
			losses.push({
				...{ id, year, baseOn, resolvedOn, resolution, state, entry, mine: proposedBy === by.personId },
				proposedAt: loss.proposedAt.toISOString(),
				...{ fromLegalReserveCents, fromOtherReservesCents, fromBalancesCents, members: all.length },
				lines: shown.map(({ memberId, number, baseCents, amountCents }) => ({
					...{ memberId, number, name: names.get(memberId) ?? '', baseCents, amountCents },
				})),
			});
		}
		return {
			...{ standing, year: partsOf(addDays(start, -1))[0], losses },
			suggested: coverLoss(lossCents, { legalReserveCents, otherReservesCents, balancesCents }, 'write-down'),
			alarm: lossAlarm({ lossCents, balancesCents, reservesCents: legalReserveCents + otherReservesCents }).alarm,
		};
	});
}
