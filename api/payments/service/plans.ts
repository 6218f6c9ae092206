// Payment plans and open claims: what each member has to pay when, what is missing, and how it can be paid (S-04).
import { and, eq, inArray, isNull, or, gte, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { balanceOf, memberBalances } from '../../ledger/service/read.ts';
import type { Change } from '../../shares/rules.ts';
import { always } from '../../shares/service/holdings.ts';
import { shareDues } from '../../shares/tables.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { deskAccounts } from '../rules/files.ts';
import { claimUntil, type PlanLine, planOf } from '../rules/plan.ts';
import { giroCode, purposeOf, referenceOf } from '../rules/reference.ts';
import { claimPauses, debitFiles, debitItems, reminders } from '../tables.ts';
import { standingMandates } from './mandateViews.ts';
import { recipientsOf } from './recipients.ts';

/** Plans of the named members; members without any due are absent. */
export async function plansOf(tx: Tx, memberIds: readonly string[], today: Day): Promise<Map<string, PlanLine[]>> {
	if (memberIds.length === 0) return new Map();
	const ids = [...memberIds];
	const rows = await tx
		.select({ memberId: shareDues.memberId, day: shareDues.dueOn, cents: shareDues.amountCents })
		.from(shareDues)
		.where(inArray(shareDues.memberId, ids));
	const dues = new Map<string, Change[]>();
	for (const { memberId, day, cents } of rows) {
		const list = dues.get(memberId) ?? [];
		list.push({ day, cents });
		dues.set(memberId, list);
	}
	const paid = await memberBalances(tx, { account: accounts.memberBalances, memberIds: ids, on: always });
	return new Map([...dues].map(([memberId, list]) => [memberId, planOf(list, -(paid.get(memberId) ?? 0), today)]));
}

/** Members who owe something on a day: due until then and not paid, whatever is paid when. */
export async function owingMembers(tx: Tx, until: Day): Promise<string[]> {
	const rows = await tx.execute<{ member_id: string }>(sql`
		with due as (select member_id, sum(amount_cents) as cents from share_dues where due_on <= ${until} group by member_id),
			paid as (select member_id, -sum(cents) as cents from postings where account = ${accounts.memberBalances} group by member_id)
		select d.member_id from due d left join paid p using (member_id) where d.cents > coalesce(p.cents, 0)`);
	return rows.map(({ member_id }) => member_id);
}

/** What is being collected from members by direct debits that are neither paid nor returned nor taken back, in cents. */
export async function underWay(tx: Tx, memberIds: readonly string[]): Promise<Map<string, number>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select({
			memberId: debitItems.memberId,
			cents: sql<number>`sum(${debitItems.amountCents})::bigint`.mapWith(Number),
		})
		.from(debitItems)
		.innerJoin(debitFiles, eq(debitFiles.id, debitItems.fileId))
		.where(
			and(
				inArray(debitItems.memberId, [...memberIds]),
				inArray(debitFiles.state, ['created', 'released']),
				isNull(debitItems.paymentId),
				isNull(debitItems.returnedOn),
			),
		)
		.groupBy(debitItems.memberId);
	return new Map(rows.map(({ memberId, cents }) => [memberId, cents]));
}

/** A pause that holds today. */
export interface Pause {
	pauseId: string;
	kind: 'disputed' | 'deferred';
	until: Day | null;
	reason: string;
}

/** Claims that rest on a day, by member. */
export async function pausesOn(tx: Tx, day: Day): Promise<Map<string, Pause>> {
	const rows = await tx
		.select()
		.from(claimPauses)
		.where(and(isNull(claimPauses.endedAt), or(isNull(claimPauses.until), gte(claimPauses.until, day))));
	return new Map(
		rows.map(({ id: pauseId, memberId, kind, until, reason }) => [memberId, { pauseId, kind, until, reason }]),
	);
}

/** A member who owes something, as the board sees it. */
export interface ClaimLine {
	memberId: string;
	number: number;
	name: string;
	openCents: number;
	dueSince: Day;
	/** the last day on which the oldest part can be enforced */
	enforceableUntil: Day;
	feesCents: number;
	underWayCents: number;
	mandate: boolean;
	/** the last step of reminding for this claim, 0: none yet */
	reminded: number;
	remindedOn: Day | null;
	pause: Pause | null;
}

/** What claims can be ordered by, and narrowed down to: can be collected now, reminded of, resting, without a mandate. */
export const claimOrders = ['since', 'name', 'number', 'open'] as const;
export const claimKinds = ['collectable', 'reminded', 'paused', 'no-mandate'] as const;

/** Which claims: of a kind, found by name or member number; and in which order. */
export interface ClaimQuery {
	kind?: (typeof claimKinds)[number] | undefined;
	search?: string | undefined;
	order?: (typeof claimOrders)[number] | undefined;
	descending?: boolean | undefined;
}

const isOfKind: Record<(typeof claimKinds)[number], (claim: ClaimLine) => boolean> = {
	collectable: ({ mandate, pause, underWayCents, openCents }) => mandate && !pause && underWayCents < openCents,
	reminded: ({ reminded }) => reminded > 0,
	paused: ({ pause }) => pause !== null,
	'no-mandate': ({ mandate }) => !mandate,
};

const compared: Record<(typeof claimOrders)[number], (a: ClaimLine, b: ClaimLine) => number> = {
	since: (a, b) => (a.dueSince < b.dueSince ? -1 : a.dueSince > b.dueSince ? 1 : 0),
	name: (a, b) => a.name.localeCompare(b.name, 'de'),
	number: (a, b) => a.number - b.number,
	open: (a, b) => a.openCents - b.openCents,
};

/** Open claims on a day as asked for, the oldest first unless told otherwise, page by page, with their sum. */
export function listClaims(
	db: Database,
	{
		by,
		at,
		kind,
		search = '',
		order = 'since',
		descending = false,
		page = 1,
		pageSize = 100,
	}: ClaimQuery & { by: Actor; at: Date; page?: number; pageSize?: number },
): Promise<{ total: number; sumCents: number; claims: ClaimLine[] }> {
	return transact(db, by, async (tx) => {
		const today = dayOf(at);
		const ids = await owingMembers(tx, today);
		const plans = await plansOf(tx, ids, today);
		const people = await recipientsOf(tx, ids);
		const mandates = await standingMandates(tx, ids);
		const [fees, running, pauses, sent] = [
			await memberBalances(tx, { account: deskAccounts.reminderFees, memberIds: ids, on: always }),
			await underWay(tx, ids),
			await pausesOn(tx, today),
			ids.length === 0 ? [] : await tx.select().from(reminders).where(inArray(reminders.memberId, ids)),
		];
		const all = ids.flatMap((memberId): ClaimLine[] => {
			const plan = plans.get(memberId) ?? [];
			const claim = claimUntil(plan, today);
			const who = people.get(memberId);
			if (!claim || !who) return [];
			const last = sent
				.filter((one) => one.memberId === memberId && one.dueSince === claim.dueSince)
				.sort((a, b) => b.step - a.step)[0];
			return [
				{
					...{ memberId, number: who.number, name: who.sortName, ...claim },
					enforceableUntil: plan.find(({ openCents }) => openCents > 0)?.enforceableUntil ?? claim.dueSince,
					...{ feesCents: fees.get(memberId) ?? 0, underWayCents: running.get(memberId) ?? 0 },
					...{ mandate: mandates.has(memberId), reminded: last?.step ?? 0, remindedOn: last?.sentOn ?? null },
					pause: pauses.get(memberId) ?? null,
				},
			];
		});
		const wanted = search.trim().toLowerCase();
		const lines = all.filter(
			(one) =>
				(kind === undefined || isOfKind[kind](one)) &&
				(wanted === '' || one.name.toLowerCase().includes(wanted) || String(one.number) === wanted),
		);
		const sign = descending ? -1 : 1;
		lines.sort((a, b) => sign * compared[order](a, b) || a.number - b.number);
		return {
			total: lines.length,
			sumCents: lines.reduce((sum, { openCents }) => sum + openCents, 0),
			claims: lines.slice((page - 1) * pageSize, page * pageSize),
		};
	});
}

/** A debit that was announced and has not come yet. */
export interface AnnouncedDebit {
	collectionOn: Day;
	amountCents: number;
}

/** A member's plan, and how to pay what is open. */
export interface PaymentPlan {
	memberId: string;
	number: number;
	plan: PlanLine[];
	openCents: number;
	dueSince: Day | null;
	feesCents: number;
	overpaidCents: number;
	pause: Pause | null;
	announced: AnnouncedDebit[];
	/** null while the cooperative's account is not entered */
	transfer: {
		name: string;
		iban: string;
		reference: string;
		purpose: string;
		amountCents: number;
		giroCode: string;
	} | null;
}

async function announcedDebits(tx: Tx, memberId: string): Promise<AnnouncedDebit[]> {
	const rows = await tx
		.select({
			collectionOn: sql<Day | null>`debit_collection_on(${debitItems.fileId})`,
			amountCents: debitItems.amountCents,
		})
		.from(debitItems)
		.where(and(eq(debitItems.memberId, memberId), isNull(debitItems.paymentId), isNull(debitItems.returnedOn)));
	return rows.flatMap(({ collectionOn, amountCents }) =>
		collectionOn === null ? [] : [{ collectionOn, amountCents }],
	);
}

/** One member's plan as of today. Members reach their own only, and are not told why a claim rests. Refuses missing `members.unknown`. */
export function readPaymentPlan(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<PaymentPlan> {
	return transact(db, by, async (tx) => {
		const today = dayOf(at);
		const who = (await recipientsOf(tx, [memberId])).get(memberId);
		if (!who) throw new Refusal('missing', 'members.unknown');
		const plan = (await plansOf(tx, [memberId], today)).get(memberId) ?? [];
		const claim = claimUntil(plan, today);
		const feesCents = await balanceOf(tx, { account: deskAccounts.reminderFees, memberId, on: always });
		const overpaidCents = -(await balanceOf(tx, { account: accounts.overpayments, memberId, on: always }));
		const { name, iban } = await cooperativeOf(tx);
		const openCents = claim?.openCents ?? 0;
		const next = plan.find(({ state }) => state === 'upcoming')?.openCents ?? 0;
		const amountCents = openCents + feesCents || next;
		const purpose = purposeOf(who.number);
		return {
			...{ memberId, number: who.number, plan, openCents, dueSince: claim?.dueSince ?? null },
			...{ feesCents, overpaidCents: 0 + overpaidCents, pause: (await pausesOn(tx, today)).get(memberId) ?? null },
			announced: await announcedDebits(tx, memberId),
			transfer:
				iban === null
					? null
					: {
							...{ name, iban, reference: referenceOf(who.number), purpose, amountCents },
							giroCode: giroCode({ name, iban, amountCents, text: purpose }),
						},
		};
	});
}
