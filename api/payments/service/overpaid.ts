// What members paid too much: owed back (S-05), or put onto shares later with the member's consent; and what waits at the desk.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { balanceOf, memberBalances } from '../../ledger/service/read.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { leastFrom } from '../../shares/rules.ts';
import { changesOfRoom, settleClaims } from '../../shares/service/claims.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { creditedOverpayments, debitFiles, payoutFiles, statementFiles, statementLines } from '../tables.ts';
import { owingMembers } from './plans.ts';
import { payoutsUnderWay } from './payoutParts.ts';
import { recipientsOf } from './recipients.ts';
import { listReminderProposals } from './reminders.ts';

/** A member with money to get back. */
export interface OverpaidMember {
	memberId: string;
	number: number;
	name: string;
	overpaidCents: number;
	/** in payout files that are not executed */
	underWayCents: number;
	/** what the shares can take now */
	roomCents: number;
}

/** Members with overpayments today. */
export function listOverpayments(db: Database, { by, at }: { by: Actor; at: Date }): Promise<OverpaidMember[]> {
	return transact(db, by, async (tx) => {
		const balances = await memberBalances(tx, { account: accounts.overpayments, on: always });
		const ids = [...balances].filter(([, cents]) => cents < 0).map(([id]) => id);
		const people = await recipientsOf(tx, ids);
		const rooms = ids.length === 0 ? new Map() : await changesOfRoom(tx, ids);
		const runningOf = await payoutsUnderWay(tx, { account: accounts.overpayments });
		return ids
			.flatMap((memberId): OverpaidMember[] => {
				const who = people.get(memberId);
				if (!who) return [];
				const roomCents = Math.max(0, leastFrom(rooms.get(memberId) ?? [], dayOf(at)));
				const overpaidCents = -(balances.get(memberId) ?? 0);
				return [
					{
						memberId,
						number: who.number,
						name: who.sortName,
						overpaidCents,
						underWayCents: runningOf.get(memberId) ?? 0,
						roomCents,
					},
				];
			})
			.sort((a, b) => a.number - b.number);
	});
}

/**
 * Puts an overpayment onto the member's shares, with the member's consent (never a set-off by the member: S-06). Refuses missing
 * `members.unknown`; conflict `payments.exceeds-liability` {number, openCents}, `payments.no-room` {roomCents},
 * `ledger.period-locked`; invalid `payments.amount-wrong`, `payments.day-wrong`.
 */
export function creditOverpayment(
	db: Database,
	{
		by,
		at,
		key,
		memberId,
		amountCents,
		consentOn,
		consent,
	}: Command & { memberId: string; amountCents: number; consentOn: Day; consent: string },
): Promise<{ entry: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!Number.isSafeInteger(amountCents) || amountCents < 1)
			throw new Refusal('invalid', 'payments.amount-wrong', {}, { field: 'amountCents' });
		const today = dayOf(at);
		if (!isDay(consentOn) || consentOn > today)
			throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'consentOn' });
		const number = (await lockMembers(tx, [memberId])).get(memberId)?.number ?? 0;
		const running = await payoutsUnderWay(tx, { account: accounts.overpayments, memberIds: [memberId] });
		const owedCents =
			-(await balanceOf(tx, { account: accounts.overpayments, memberId, on: always })) - (running.get(memberId) ?? 0);
		if (amountCents > owedCents)
			throw new Refusal(
				'conflict',
				'payments.exceeds-liability',
				{ number, openCents: Math.max(0, owedCents) },
				{ rule: 'S-05', field: 'amountCents' },
			);
		const roomCents = Math.max(0, leastFrom((await changesOfRoom(tx, [memberId])).get(memberId) ?? [], today));
		if (amountCents > roomCents)
			throw new Refusal('conflict', 'payments.no-room', { roomCents }, { rule: 'S-01', field: 'amountCents' });
		const postings = [
			{ account: accounts.overpayments, memberId, cents: amountCents },
			{ account: accounts.memberBalances, memberId, cents: -amountCents },
		];
		const text = `Überzahlung auf Anteile, Mitglied ${number}`;
		const entry = await postEntry(tx, {
			by,
			at,
			entry: { bookedOn: today, kind: 'overpayment-credit', text, reference: consent.slice(0, 100), postings },
		});
		await tx
			.insert(creditedOverpayments)
			.values({ memberId, amountCents, consentOn, consent, entry, recordedAt: at, recordedBy: by.personId });
		await settleClaims(tx, { by, at, memberIds: [memberId], from: today });
		note({
			action: 'payments.credit-overpayment',
			subject: `member ${number}`,
			after: { amountCents, consentOn, consent, entry },
		});
		return { entry };
	});
}

/** What waits to be done about payments. */
export interface PaymentTasks {
	statementsToImport: number;
	openLines: number;
	debitsToRelease: number;
	payoutsToRelease: number;
	/** collection days that have passed without the debits on a statement */
	debitsOverdue: number;
	overdueMembers: number;
	remindersDue: number;
	overpaidMembers: number;
	/** last day of the latest imported statement */
	statementsUntil: Day | null;
}

/** What waits to be done about payments today. */
export async function readPaymentTasks(db: Database, { by, at }: { by: Actor; at: Date }): Promise<PaymentTasks> {
	const proposals = await listReminderProposals(db, { by, at });
	return transact(db, by, async (tx) => {
		const today = dayOf(at);
		const overpaid = await memberBalances(tx, { account: accounts.overpayments, on: always });
		const [latest] = await tx.execute<{ day: Day | null }>(sql`select max(to_on) as day from statements`);
		return {
			statementsToImport: await tx.$count(statementFiles, eq(statementFiles.state, 'uploaded')),
			openLines: await tx.$count(statementLines, eq(statementLines.state, 'open')),
			debitsToRelease: await tx.$count(debitFiles, eq(debitFiles.state, 'created')),
			payoutsToRelease: await tx.$count(payoutFiles, eq(payoutFiles.state, 'created')),
			debitsOverdue: await tx.$count(
				debitFiles,
				and(eq(debitFiles.state, 'released'), sql`${debitFiles.collectionOn} < ${today}`, isNull(debitFiles.closedAt)),
			),
			overdueMembers: (await owingMembers(tx, today)).length,
			remindersDue: proposals.length,
			overpaidMembers: [...overpaid.values()].filter((cents) => cents < 0).length,
			statementsUntil: latest?.day ?? null,
		};
	});
}
