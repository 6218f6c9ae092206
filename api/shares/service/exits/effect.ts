// An exit takes effect when its last day has passed: shares end, the balance leaves the members' balances, a settlement is opened.
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { journal, journalHead, postings } from '../../../ledger/tables.ts';
import { enterInRegister } from '../../../members/service/register.ts';
import { registerEvents } from '../../../members/tables.ts';
import { statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { addDays, type Day, dayOf } from '../../../values/calendar.ts';
import type { Change, Due } from '../../rules.ts';
import { byDay, duesOfLast, type LotMovement, releases } from '../../rules/lots.ts';
import { payoutDueOn } from '../../rules/settlement.ts';
import { exits, settlements, shareDues, shareMovements } from '../../tables.ts';
import { settleClaims } from '../claims.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';
import { sharesMadeUntil } from '../split/made.ts';

type Exit = typeof exits.$inferSelect;

/** A member's share movements with what was written to fall due with each, in the order of recording. */
export async function lotMovements(tx: Tx, memberId: string): Promise<LotMovement[]> {
	const movements = await tx
		.select()
		.from(shareMovements)
		.where(eq(shareMovements.memberId, memberId))
		.orderBy(asc(shareMovements.recordedAt), asc(shareMovements.id));
	const dues = await tx.select().from(shareDues).where(eq(shareDues.memberId, memberId));
	return movements.map(({ id, kind, count, reverses }) => ({
		...{ id, kind, count, reverses },
		dues: dues.filter(({ movementId }) => movementId === id),
	}));
}

/** Writes what falls due with a movement, negative for shares that end: what was due before the day ends on it, what comes later never comes. */
export async function writeDues(
	tx: Tx,
	{ movementId, memberId, at, dues }: { movementId: string; memberId: string; at: Date; dues: readonly Due[] },
): Promise<void> {
	const rows = byDay(dues);
	if (rows.length > 0)
		await tx.insert(shareDues).values(rows.map((due) => ({ ...due, movementId, memberId, recordedAt: at })));
}

/** What falls due, with its sign changed, no earlier than `from`: what ends, ends on the day the shares end. */
export function endedDues(dues: readonly Due[], from: Day): Due[] {
	return dues.map(({ dueOn, amountCents }) => ({ dueOn: dueOn < from ? from : dueOn, amountCents: -amountCents }));
}

/** The first day the books are open, not before `day`: what should have been earlier is made good there. */
export async function firstOpenFrom(tx: Tx, day: Day): Promise<Day> {
	const [head] = await tx.select().from(journalHead).for('update');
	const firstOpen = addDays(head?.lockedThrough ?? '1900-01-01', 1);
	return day < firstOpen ? firstOpen : day;
}

async function changesOf(tx: Tx, memberId: string): Promise<{ nominal: Change[]; paid: Change[] }> {
	const nominal = await tx
		.select({ day: shareMovements.effectiveOn, cents: shareMovements.nominalCents })
		.from(shareMovements)
		.where(eq(shareMovements.memberId, memberId));
	const paid = await tx
		.select({ day: journal.bookedOn, cents: sql<number>`(-${postings.cents})::bigint`.mapWith(Number) })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(and(eq(postings.memberId, memberId), eq(postings.account, accounts.memberBalances)));
	return { nominal, paid };
}

/** How many shares end: all, or those given up (a split may have made more of them). */
async function sharesEnding(
	tx: Tx,
	{ at, exit, held }: { at: Date; exit: Exit; held: { shares: number; nominalCents: number } },
): Promise<{ count: number; nominalCents: number }> {
	if (exit.shares === null) return { count: held.shares, nominalCents: held.nominalCents };
	const wanted = (await sharesMadeUntil(tx, dayOf(at)))(exit.shares, exit.recordedAt);
	const count = Math.min(Math.max(0, held.shares - 1), wanted);
	return { count, nominalCents: held.shares > 0 ? Math.round((held.nominalCents * count) / held.shares) : 0 };
}

async function correctRegister(tx: Tx, note: Note, at: Date, exit: Exit, count: number): Promise<void> {
	const [entered] = exit.registerEventId
		? await tx.select().from(registerEvents).where(eq(registerEvents.id, exit.registerEventId))
		: [];
	const sharesChange = -count - (entered?.sharesChange ?? 0);
	if (sharesChange === 0 || exit.effectiveOn === null) return;
	const { memberId, effectiveOn, basis } = exit;
	await enterInRegister(tx, note, at, [{ memberId, effectiveOn, basis, sharesChange }]);
}

async function releaseBalance(
	tx: Tx,
	{ by, at, exit, number, from }: { by: Actor; at: Date; exit: Exit; number: number; from: Day },
): Promise<{ entry: number; balanceCents: number } | null> {
	const parts = releases(await changesOf(tx, exit.memberId), from);
	let first: number | undefined;
	for (const { day, cents } of parts) {
		const entry = await postEntry(tx, {
			...{ by, at },
			entry: {
				...{
					bookedOn: day,
					kind: 'exit',
					text: `Ausscheidendes Geschäftsguthaben, Mitglied ${number}`,
					reference: exit.basis,
				},
				postings: [
					{ account: accounts.memberBalances, memberId: exit.memberId, cents },
					{ account: accounts.leavingBalances, memberId: exit.memberId, cents: -cents },
				],
			},
		});
		first ??= entry;
	}
	return first === undefined ? null : { entry: first, balanceCents: parts.reduce((sum, { cents }) => sum + cents, 0) };
}

async function takeEffect(
	tx: Tx,
	note: Note,
	{ by, at, exit, number }: { by: Actor; at: Date; exit: Exit; number: number },
): Promise<void> {
	const { memberId, effectiveOn } = exit;
	if (effectiveOn === null) return;
	const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId);
	const { count, nominalCents } = await sharesEnding(tx, { at, exit, held: held ?? { shares: 0, nominalCents: 0 } });
	const from = await firstOpenFrom(tx, effectiveOn);
	let movementId: string | null = null;
	if (count > 0) {
		const dues = duesOfLast(await lotMovements(tx, memberId), count);
		const [made] = await tx
			.insert(shareMovements)
			.values({
				...{ memberId, kind: 'exit' as const, count: -count, nominalCents: -nominalCents },
				...{ effectiveOn: from, recordedAt: at, resolution: exit.basis },
			})
			.returning({ id: shareMovements.id });
		movementId = made?.id ?? null;
		await writeDues(tx, { movementId: movementId ?? '', memberId, at, dues: endedDues(dues, from) });
	}
	await correctRegister(tx, note, at, exit, count);
	const released = await releaseBalance(tx, { by, at, exit, number, from });
	if (released) {
		const { terms } = await statuteOn(tx, effectiveOn);
		await tx.insert(settlements).values({
			...{ exitId: exit.id, memberId, exitOn: effectiveOn, receivedOn: exit.receivedOn, ...released },
			dueOn: payoutDueOn(effectiveOn, terms.payoutMonths),
		});
	}
	await settleClaims(tx, { by, at, memberIds: [memberId], from });
	await tx
		.update(exits)
		.set({ state: 'effective', closedAt: at, closedBy: by.personId, movementId })
		.where(eq(exits.id, exit.id));
	note({
		action: 'shares.effect-exit',
		subject: `member ${number}`,
		after: { exitId: exit.id, effectiveOn, count, balanceCents: released?.balanceCents ?? 0 },
	});
}

/**
 * Lets every exit whose last day has passed take effect, inside a transaction (of all members, or of the named ones, who are locked
 * here): shares and dues end on the last day, the balance leaves with an entry, a settlement is opened. Answers how many did.
 */
export async function effectDueExits(
	tx: Tx,
	note: Note,
	{ by, at, memberIds }: { by: Actor; at: Date; memberIds?: readonly string[] },
): Promise<number> {
	const due = and(
		...[eq(exits.state, 'given'), lt(exits.effectiveOn, dayOf(at))],
		memberIds && inArray(exits.memberId, [...memberIds]),
	);
	const waiting = await tx.select({ memberId: exits.memberId }).from(exits).where(due);
	if (waiting.length === 0) return 0;
	const people = await lockMembers(
		tx,
		waiting.map(({ memberId }) => memberId),
	);
	const ready = await tx
		.select()
		.from(exits)
		.where(due)
		// Of the same day the part before the whole.
		.orderBy(asc(exits.effectiveOn), sql`${exits.shares} is null`, asc(exits.recordedAt), asc(exits.id));
	for (const exit of ready)
		await takeEffect(tx, note, { by, at, exit, number: people.get(exit.memberId)?.number ?? 0 });
	return ready.length;
}

/**
 * Lets every exit whose last day has passed take effect: the daily job, and the first request of a day before it is answered.
 * However often it runs, each exit takes effect once.
 */
export function effectExits(db: Database, { by, at, key }: Command): Promise<{ exits: number }> {
	return write(db, { by, at, key }, async (tx, note) => ({ exits: await effectDueExits(tx, note, { by, at }) }));
}
