// Balances as opening entries, and what is owed to former members.
import { randomUUID } from 'node:crypto';
import type { Tx } from '../../../database/connect.ts';
import { accounts, type Posting } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { exits, settlements } from '../../../shares/tables.ts';
import { completedTerms } from '../../../statute/rules.ts';
import type { Actor } from '../../../values/actor.ts';
import { addMonths, type Day } from '../../../values/calendar.ts';
import { versionsOn } from './exits.ts';
import type { Settler } from './rows.ts';

/** Opening entries, one a day: balances and what is owed to former members, against the account of opening balances. */
export async function openBalances(
	tx: Tx,
	settlers: readonly Settler[],
	{ by, at, reference }: { by: Actor; at: Date; reference: string },
): Promise<Map<Day, number>> {
	const days = new Map<Day, Posting[]>();
	for (const { id, paid, settled } of settlers) {
		const sums = new Map<Day, { paid: number; settled: number }>();
		const sumOn = (day: Day) => {
			const sum = sums.get(day) ?? { paid: 0, settled: 0 };
			sums.set(day, sum);
			return sum;
		};
		for (const { day, cents } of paid) sumOn(day).paid += cents;
		for (const { day, cents } of settled) sumOn(day).settled += cents;
		for (const [day, sum] of sums) {
			const lines = days.get(day) ?? [];
			if (sum.paid !== 0) lines.push({ account: accounts.memberBalances, memberId: id, cents: -sum.paid });
			if (sum.settled !== 0) lines.push({ account: accounts.settlements, memberId: id, cents: -sum.settled });
			if (lines.length > 0) days.set(day, lines);
		}
	}
	const entries = new Map<Day, number>();
	for (const bookedOn of [...days.keys()].sort()) {
		const lines = days.get(bookedOn) ?? [];
		const contra = lines.reduce((sum, { cents }) => sum - cents, 0);
		const postings = contra === 0 ? lines : [{ account: accounts.openingBalances, cents: contra }, ...lines];
		const text = 'Übernahme der Geschäftsguthaben';
		entries.set(
			bookedOn,
			await postEntry(tx, { by, at, entry: { bookedOn, kind: 'opening', text, reference, postings } }),
		);
	}
	return entries;
}

/** What is still owed to former members takes its place in the queue of settlements, determined before the move (M-70). */
export async function queueSettlements(
	tx: Tx,
	settlers: readonly Settler[],
	{
		by,
		at,
		basis,
		exitMovements,
		entries,
	}: {
		by: Actor;
		at: Date;
		basis: string;
		exitMovements: ReadonlyMap<string, string>;
		entries: ReadonlyMap<Day, number>;
	},
): Promise<number> {
	const owed = settlers.flatMap(({ id, leftOn, noticeOn, settled }) => {
		const balanceCents = settled.reduce((sum, { cents }) => sum + cents, 0);
		return leftOn !== null && balanceCents > 0
			? [{ memberId: id, leftOn, receivedOn: noticeOn ?? leftOn, balanceCents }]
			: [];
	});
	if (owed.length === 0) return 0;
	const versionOn = await versionsOn(tx);
	const closing = { state: 'effective' as const, closedAt: at, closedBy: by.personId };
	for (let i = 0; i < owed.length; i += 500) {
		const some = owed
			.slice(i, i + 500)
			.map((one) => ({ ...one, exitId: randomUUID(), statute: versionOn(one.leftOn) }));
		await tx.insert(exits).values(
			some.map(({ memberId, leftOn, receivedOn, exitId, statute }) => ({
				...{ id: exitId, memberId, cause: 'notice' as const, receivedOn, effectiveOn: leftOn },
				...{ statuteVersion: statute.version, form: 'paper' as const, proof: {}, steps: [], basis },
				...{ recordedAt: at, recordedBy: by.personId, movementId: exitMovements.get(memberId) ?? null, ...closing },
			})),
		);
		await tx.insert(settlements).values(
			some.map(({ memberId, leftOn, receivedOn, balanceCents, exitId, statute }) => ({
				...{ exitId, memberId, exitOn: leftOn, receivedOn, balanceCents, entry: entries.get(leftOn) ?? 0 },
				dueOn: addMonths(leftOn, completedTerms(statute.terms).payoutMonths),
				...{
					lossShareCents: 0,
					determinedAt: at,
					determinedBy: by.personId,
					basis,
					determinedEntry: entries.get(leftOn) ?? 0,
				},
			})),
		);
	}
	return owed.length;
}
