// Moving in, all or nothing: members with numbers, register, movements, dues, balances and mandates in a few set-based statements.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database } from '../../database/connect.ts';
import { journalHead } from '../../ledger/tables.ts';
import { memberCounter } from '../../members/tables.ts';
import { settleClaims } from '../../shares/service/claims.ts';
import { dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type MovingCounts, movingFiles, movings } from '../tables.ts';
import { openBalances, queueSettlements } from './arrive/balances.ts';
import { giveNotices } from './arrive/exits.ts';
import { insertMandates } from './arrive/mandates.ts';
import { enterHistory, insertMembers, insertRepresentatives } from './arrive/members.ts';
import { newIds, portion, type Settler } from './arrive/rows.ts';
import { insertShares } from './arrive/shares.ts';
import { lockOpen } from './files.ts';
import { checked, sumsOfArrivals } from './preview.ts';

/**
 * Brings the open move in, all or nothing: members under their old numbers, register and movements with their historical days, balances
 * as opening entries, what is due, mandates. What is brought in is what was looked at (`fingerprint` of the preview). Afterwards the
 * rows of the files are forgotten. Refuses conflict `moving.not-open`, `moving.changed-since`, `moving.has-problems` {errors},
 * `moving.nothing`, and what `postEntry` refuses.
 */
export function commitMoving(
	db: Database,
	{ by, at, key, keys, fingerprint }: Command & { keys: Keys; fingerprint: string },
): Promise<{ movingId: string; counts: MovingCounts }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const open = await lockOpen(tx);
		// Whoever admits members waits: numbers stay as they were checked.
		const [counter] = await tx.select().from(memberCounter).for('update');
		const { arrivals, problems, fingerprint: found, tables } = await checked(tx, keys, open, at);
		if (found !== fingerprint) throw new Refusal('conflict', 'moving.changed-since');
		const errors = problems.filter(({ severity }) => severity === 'error').length;
		if (errors > 0) throw new Refusal('conflict', 'moving.has-problems', { errors });
		if (arrivals.length === 0) throw new Refusal('conflict', 'moving.nothing');
		const ids = await newIds(tx, arrivals.length);
		const settlers = [...arrivals]
			.sort((a, b) => a.number - b.number)
			.map((arrival, i): Settler => ({ ...arrival, id: ids[i] ?? '' }));
		const numberBefore = counter?.lastNumber ?? 0;
		const highest = settlers.at(-1)?.number ?? 0;
		await tx.update(memberCounter).set({ lastNumber: Math.max(numberBefore, highest) });
		const basis = `Übernahme des Bestands am ${dayOf(at).split('-').reverse().join('.')}`;
		await insertMembers(tx, keys, open.id, settlers);
		const representatives = await insertRepresentatives(tx, settlers, { by, at, basis });
		const events = await enterHistory(tx, settlers, at, basis);
		const leaving = await giveNotices(tx, settlers, { by, at, basis });
		const { movements, dues, exits: exitMovements } = await insertShares(tx, settlers, at, basis);
		const mandates = await insertMandates(tx, keys, settlers, { by, at });
		const [before] = await tx.select().from(journalHead).for('update');
		const opened = await openBalances(tx, settlers, { by, at, reference: `Umzug ${open.id.slice(-8)}` });
		const queued = await queueSettlements(tx, settlers, { by, at, basis, exitMovements, entries: opened });
		const owing = settlers.filter(({ dues: due, paid }) => due !== paid);
		if (owing.length > 0) {
			const from = owing.flatMap(({ dues: due }) => due.map(({ day }) => day)).sort()[0] ?? dayOf(at);
			for (let i = 0; i < owing.length; i += portion) {
				const memberIds = owing.slice(i, i + portion).map(({ id }) => id);
				await settleClaims(tx, { by, at, memberIds, from });
			}
		}
		const [after] = await tx.select().from(journalHead);
		const entryBefore = before?.number ?? 0;
		const entries = (after?.number ?? 0) - entryBefore;
		const { claimCents: _claims, ...sums } = sumsOfArrivals(arrivals, dayOf(at));
		const counts: MovingCounts = {
			...{ ...sums, movements, dues, events, mandates, entries, settlements: queued, leaving, representatives },
		};
		await tx.update(movingFiles).set({ rows: null }).where(eq(movingFiles.movingId, open.id));
		await tx
			.update(movings)
			.set({
				...{ state: 'committed', committedAt: at, committedBy: by.personId, counts, entryBefore, numberBefore },
				...(entries > 0 ? { firstEntry: entryBefore + 1, lastEntry: entryBefore + entries } : {}),
			})
			.where(eq(movings.id, open.id));
		note({
			action: 'moving.commit',
			subject: `moving ${open.id}`,
			after: { counts, fingerprint, files: tables.length },
		});
		return { movingId: open.id, counts };
	});
}
