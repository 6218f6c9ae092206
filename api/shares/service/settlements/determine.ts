// Settlements determined from the balance sheet of the exit: loss shares off, the rest owed, booked for all of one day at once.
import { and, asc, eq, isNull } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts, type Posting } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { balanceOf } from '../../../ledger/service/read.ts';
import { displayNameOf, type Name } from '../../../members/rules.ts';
import { localeOf } from '../../../members/service/contact.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import { addDays, type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { lossShares } from '../../rules/settlement.ts';
import { exits, settlements } from '../../tables.ts';
import { effectDueExits, firstOpenFrom } from '../exits/effect.ts';
import { lockMembers } from '../holdings.ts';

/** What was determined for one exit day. */
export interface Determined {
	settlements: number;
	balanceCents: number;
	lossShareCents: number;
	entry: number;
}

async function tell(
	tx: Tx,
	{ at, settlement, lossShareCents }: { at: Date; settlement: typeof settlements.$inferSelect; lossShareCents: number },
): Promise<void> {
	const { memberId, exitId, exitOn, dueOn, balanceCents } = settlement;
	const [member] = await tx.select().from(members).where(eq(members.id, memberId));
	const [exit] = await tx.select({ heirs: exits.heirs }).from(exits).where(eq(exits.id, exitId));
	const speaker = exit?.heirs?.find(({ representative }) => representative) ?? exit?.heirs?.[0];
	const to = exit?.heirs ? speaker?.email : member?.email;
	if (!member || !to) return;
	const own: Name =
		member.organisation === null
			? { familyName: member.familyName ?? '', givenNames: member.givenNames ?? '' }
			: { organisation: member.organisation };
	const { name: cooperative } = await cooperativeOf(tx);
	const values = {
		name: speaker?.name ?? displayNameOf(own),
		cooperative,
		exitOn,
		balanceCents,
		lossShareCents,
		dueOn,
	};
	await notify(tx, { at, to, template: 'settlement', values, locale: await localeOf(tx, memberId) });
}

/**
 * Determines the settlements of everybody who left on a day, from the balance sheet of that day (§ 73(2) GenG, M-70, M-71): the loss it
 * shows is borne pro rata by all balances of that day, the rest is owed from the next day on. `basis` names the balance sheet as adopted.
 * Refuses invalid `shares.exit-day-wrong`, `shares.loss-wrong`; conflict `shares.nothing-to-determine`.
 */
export function determineSettlements(
	db: Database,
	{ by, at, key, exitOn, lossCents, basis }: Command & { exitOn: Day; lossCents: number; basis: string },
): Promise<Determined> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!isDay(exitOn) || exitOn >= dayOf(at))
			throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule: 'M-70', field: 'exitOn' });
		if (!Number.isSafeInteger(lossCents) || lossCents < 0)
			throw new Refusal('invalid', 'shares.loss-wrong', {}, { rule: 'M-71', field: 'lossCents' });
		await effectDueExits(tx, note, { by, at });
		const open = and(eq(settlements.exitOn, exitOn), isNull(settlements.determinedAt), isNull(settlements.voidedAt));
		const waiting = await tx.select({ memberId: settlements.memberId }).from(settlements).where(open);
		if (waiting.length === 0) throw new Refusal('conflict', 'shares.nothing-to-determine', { exitOn });
		await lockMembers(
			tx,
			waiting.map(({ memberId }) => memberId),
		);
		// Two who determine the same day: the second finds nothing left.
		const rows = await tx.select().from(settlements).where(open).orderBy(asc(settlements.id)).for('update');
		if (rows.length === 0) throw new Refusal('conflict', 'shares.nothing-to-determine', { exitOn });
		const restCents = 0 - (await balanceOf(tx, { account: accounts.memberBalances, on: exitOn }));
		const balances = rows.map(({ balanceCents }) => balanceCents);
		const losses = lossShares(lossCents, balances, Math.max(0, restCents));
		const lossShareCents = losses.reduce((sum, cents) => sum + cents, 0);
		const postings: Posting[] = rows.flatMap(({ memberId, balanceCents }, i) => {
			const owed = balanceCents - (losses[i] ?? 0);
			return [
				{ account: accounts.leavingBalances, memberId, cents: balanceCents },
				...(owed > 0 ? [{ account: accounts.settlements, memberId, cents: -owed }] : []),
			];
		});
		if (lossShareCents > 0) postings.push({ account: accounts.lossCarried, cents: -lossShareCents });
		for (const [i, settlement] of rows.entries()) await tell(tx, { at, settlement, lossShareCents: losses[i] ?? 0 });
		const entry = await postEntry(tx, {
			...{ by, at },
			entry: {
				...{ bookedOn: await firstOpenFrom(tx, addDays(exitOn, 1)), kind: 'settlement', reference: basis },
				...{ text: `Auseinandersetzung zum ${exitOn.split('-').reverse().join('.')}`, postings },
			},
		});
		for (const [i, { id }] of rows.entries()) {
			await tx
				.update(settlements)
				.set({
					lossShareCents: losses[i] ?? 0,
					determinedAt: at,
					determinedBy: by.personId,
					basis,
					determinedEntry: entry,
				})
				.where(eq(settlements.id, id));
		}
		const balanceCents = balances.reduce((sum, cents) => sum + cents, 0);
		const made = { settlements: rows.length, balanceCents, lossShareCents, entry };
		note({
			action: 'shares.determine-settlements',
			subject: `exits of ${exitOn}`,
			after: { ...made, lossCents, basis },
		});
		return made;
	});
}
