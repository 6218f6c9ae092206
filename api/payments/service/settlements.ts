// Paying those who left: the queue by the statute's order, what minimum capital and the yearly cap let be paid, the coming years, the file.
import { asc, eq, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { balanceOf } from '../../ledger/service/read.ts';
import { journal, postings } from '../../ledger/tables.ts';
import { ownMemberId } from '../../members/service/files.ts';
import {
	checkNoLongerMember,
	type ForecastYear,
	forecast,
	leavingCents,
	minimumCapitalCents,
	type PayoutBounds,
	payNow,
	payoutDueOn,
} from '../../shares/rules/settlement.ts';
import { always, holdingsOn } from '../../shares/service/holdings.ts';
import { sharesMadeUntil } from '../../shares/service/split/made.ts';
import { exits, settlements } from '../../shares/tables.ts';
import { fiscalYearOf, type StatuteTerms } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { settlementPayouts } from '../tables.ts';
import { createPayoutFile, type PayoutMade } from './payout.ts';
import { openOf, type SettlementRow, settlementRows } from './settlementRows.ts';

/** How a settlement stands: the balance sheet is missing, it can be paid, it is suspended (§ 8a GenG), a file is on its way, done, or void. */
export type SettlementState = 'undetermined' | 'payable' | 'suspended' | 'underway' | 'settled' | 'void';

/** A settlement in the queue. `openCents`: owed and in no file; `payableCents` of it can be paid now. */
export interface SettlementView {
	id: string;
	exitId: string;
	memberId: string;
	number: number;
	name: string;
	exitOn: Day;
	receivedOn: Day;
	dueOn: Day;
	balanceCents: number;
	lossShareCents: number | null;
	paidCents: number;
	underwayCents: number;
	openCents: number;
	payableCents: number;
	state: SettlementState;
	basis: string | null;
}

/** What bounds payouts today, in cents, and where the figures come from. */
export interface DeskBounds extends PayoutBounds {
	capCents: number | null;
	paidThisYearCents: number;
	consent: StatuteTerms['payoutConsent'];
}

/** Fixed assets (Anlagevermögen) in the books at the end of a day: accounts that begin with 0. */
async function fixedAssetsOn(tx: Tx, on: Day): Promise<number> {
	const [row] = await tx.execute<{ cents: number }>(sql`
		select coalesce(sum(p.cents), 0)::bigint as cents from ${postings} p join ${journal} j on j.number = p.entry
		where p.account like '0%' and j.booked_on <= ${on}`);
	return Number(row?.cents ?? 0);
}

async function boundsOn(
	tx: Tx,
	day: Day,
	underwayCents: number,
): Promise<DeskBounds & { endMonth: number; payoutMonths: number }> {
	const { terms } = await statuteOn(tx, day);
	const { fiscalYearEndMonth: endMonth } = await cooperativeOf(tx);
	const year = fiscalYearOf(day, endMonth);
	const lastEnd = addDays(year.start, -1);
	let owed = 0;
	for (const account of [accounts.memberBalances, accounts.leavingBalances, accounts.settlements])
		owed -= await balanceOf(tx, { account, on: always });
	const nominal = [...(await holdingsOn(tx, { day: lastEnd })).values()].reduce(
		(sum, held) => sum + held.nominalCents,
		0,
	);
	const minimumCents = minimumCapitalCents(terms.minimumCapital, {
		capitalCents: nominal,
		fixedAssetsCents: Math.max(0, await fixedAssetsOn(tx, lastEnd)),
	});
	const [paid] = await tx.execute<{ cents: number }>(sql`
		select (select coalesce(sum(p.amount_cents), 0) from settlement_payouts p join payout_files f on f.id = p.file_id
				left join payout_outcomes o on o.file_id = p.file_id and o.line = p.line
				where f.state <> 'voided' and o.outcome is distinct from 'dropped' and f.execution_on between ${year.start} and ${year.end})
			+ (select coalesce(sum(r.amount_cents), 0) from settlement_reliefs r
				where r.kind = 'transfer' and r.reversal_entry is null and r.relieved_on between ${year.start} and ${year.end}) as cents`);
	const paidThisYearCents = Number(paid?.cents ?? 0);
	return {
		...{ capitalCents: owed - underwayCents, minimumCents, capCents: terms.payoutCapCents, paidThisYearCents },
		capLeftCents: terms.payoutCapCents === null ? null : Math.max(0, terms.payoutCapCents - paidThisYearCents),
		...{ order: terms.payoutOrder, consent: terms.payoutConsent, endMonth, payoutMonths: terms.payoutMonths },
	};
}

function viewsOf(rows: readonly SettlementRow[], bounds: PayoutBounds): SettlementView[] {
	const queue = rows.filter((row) => openOf(row) > 0);
	const { paid } = payNow(queue.map(openOf), bounds);
	const payable = new Map(queue.map(({ id }, i) => [id, paid[i] ?? 0]));
	return rows.map((row) => {
		const openCents = openOf(row);
		const payableCents = payable.get(row.id) ?? 0;
		const state: SettlementState =
			row.voidedAt !== null
				? 'void'
				: row.lossShareCents === null
					? 'undetermined'
					: openCents > 0
						? payableCents > 0
							? 'payable'
							: 'suspended'
						: row.underwayCents > 0
							? 'underway'
							: 'settled';
		const { id, exitId, memberId, number, name, exitOn, receivedOn, dueOn, balanceCents, lossShareCents, basis } = row;
		return {
			...{ id, exitId, memberId, number, name, exitOn, receivedOn, dueOn, balanceCents, lossShareCents, basis },
			...{ paidCents: row.paidCents, underwayCents: row.underwayCents, openCents, payableCents, state },
		};
	});
}

/** The settlement desk: the queue in the statute's order, what bounds payouts, and the coming five fiscal years (M-70 to M-73). */
export function readSettlementDesk(
	db: Database,
	{ by, at }: { by: Actor; at: Date },
): Promise<{ bounds: DeskBounds; settlements: SettlementView[]; forecast: ForecastYear[] }> {
	return transact(db, by, async (tx) => {
		const day = dayOf(at);
		const rows = await settlementRows(tx);
		const underway = rows.reduce((sum, { underwayCents }) => sum + underwayCents, 0);
		const { endMonth, payoutMonths, ...bounds } = await boundsOn(tx, day, underway);
		const known = rows
			.filter(({ voidedAt }) => voidedAt === null)
			.map((row) => ({
				...{ exitOn: row.exitOn, dueOn: row.dueOn },
				amountCents: row.lossShareCents === null ? row.balanceCents : openOf(row),
			}));
		const coming = await comingExits(tx, { day, payoutMonths });
		const claims = [...known, ...coming].filter(({ amountCents }) => amountCents > 0);
		return {
			bounds,
			settlements: viewsOf(rows, bounds),
			forecast: forecast(claims, {
				...{ day, endMonth, years: 5, capitalCents: bounds.capitalCents, minimumCents: bounds.minimumCents },
				...{ capCents: bounds.capCents, paidThisYearCents: bounds.paidThisYearCents },
			}),
		};
	});
}

/** What exits that are known but have not taken effect would take with them, from the balances of today. */
async function comingExits(
	tx: Tx,
	{ day, payoutMonths }: { day: Day; payoutMonths: number },
): Promise<{ exitOn: Day; dueOn: Day; amountCents: number }[]> {
	const given = await tx.select().from(exits).where(eq(exits.state, 'given')).orderBy(asc(exits.effectiveOn));
	const held = await holdingsOn(tx, { day: always, memberIds: given.map(({ memberId }) => memberId) });
	const made = await sharesMadeUntil(tx, day);
	const leftOf = new Map(held);
	return given.flatMap(({ memberId, effectiveOn, shares, recordedAt }) => {
		const now = leftOf.get(memberId);
		if (!now || effectiveOn === null) return [];
		const left = shares === null || now.shares === 0 ? 0 : Math.max(0, now.shares - made(shares, recordedAt));
		const remaining = left === 0 ? 0 : Math.round((now.nominalCents * left) / now.shares);
		const amountCents = leavingCents(now, remaining);
		leftOf.set(memberId, { ...now, shares: left, nominalCents: remaining, paidCents: now.paidCents - amountCents });
		return [{ exitOn: effectiveOn, dueOn: payoutDueOn(effectiveOn, payoutMonths), amountCents }];
	});
}

/** The acting member's own settlements. Refuses missing `members.no-membership`. */
export function listOwnSettlements(
	db: Database,
	{ by }: { by: Actor },
): Promise<Omit<SettlementView, 'payableCents'>[]> {
	return transact(db, by, async (tx) => {
		const rows = await settlementRows(tx, ownMemberId(by));
		// Whether it is suspended depends on everybody's balances, which a member does not see.
		const unbounded: PayoutBounds = { capitalCents: 0, minimumCents: null, capLeftCents: null, order: 'first-come' };
		return viewsOf(rows, unbounded).map(({ payableCents: _payable, ...view }) => view);
	});
}

/**
 * Makes a payment file for settlements: of each chosen one what the whole queue leaves it under minimum capital, yearly cap and the
 * statute's order (M-72, M-73). A second person releases it. Where the statute wants a consent to payouts `consent` names it.
 * Refuses missing `payments.settlement-unknown`; conflict `payments.settlement-not-payable` {numbers}, `shares.still-a-member` {until}
 * (S-06); invalid `payments.payout-consent-needed` {consent}, `payments.nothing-to-pay`, and what `createPayoutFile` refuses.
 */
export function paySettlements(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		settlementIds,
		executionOn,
		consent = null,
	}: Command & { keys: Keys; settlementIds: readonly string[]; executionOn: Day; consent?: string | null },
): Promise<PayoutMade> {
	return write(db, { by, at, key }, async (tx, note) => {
		const wanted = [...new Set(settlementIds)];
		// Everybody in the queue is locked: what one is paid depends on what the others are owed.
		await tx
			.select({ id: settlements.id })
			.from(settlements)
			.where(isNull(settlements.voidedAt))
			.orderBy(asc(settlements.id))
			.for('update');
		const rows = await settlementRows(tx);
		const bounds = await boundsOn(
			tx,
			dayOf(at),
			rows.reduce((sum, { underwayCents }) => sum + underwayCents, 0),
		);
		if (bounds.consent !== 'none' && !consent?.trim()) {
			const about = { rule: 'M-73', field: 'consent' };
			throw new Refusal('invalid', 'payments.payout-consent-needed', { consent: bounds.consent }, about);
		}
		const views = viewsOf(rows, bounds);
		const chosen = wanted.map((id) => {
			const view = views.find((one) => one.id === id);
			if (!view) throw new Refusal('missing', 'payments.settlement-unknown');
			checkNoLongerMember(view.exitOn, dayOf(at));
			return view;
		});
		const blocked = chosen.filter(({ payableCents }) => payableCents === 0);
		if (blocked.length > 0) {
			const numbers = blocked.slice(0, 20).map(({ number }) => number);
			throw new Refusal(
				'conflict',
				'payments.settlement-not-payable',
				{ numbers: numbers.join(', ') },
				{ rule: 'M-72' },
			);
		}
		const items = chosen.map(({ memberId, payableCents, exitOn }) => ({
			...{ memberId, amountCents: payableCents },
			remittance: `Auseinandersetzungsguthaben zum ${exitOn.split('-').reverse().join('.')}`,
		}));
		const subject = `Auseinandersetzungsguthaben${consent ? ` (${consent})` : ''}`;
		const payout = { subject, account: accounts.settlements, executionOn, items };
		const made = await createPayoutFile(tx, note, { by, at, keys, payout });
		const held = new Set(made.heldBack.map(({ memberId }) => memberId));
		const paid = chosen.filter(({ memberId }) => !held.has(memberId));
		await tx.insert(settlementPayouts).values(
			paid.map(({ id, memberId, payableCents }, i) => ({
				...{ settlementId: id, fileId: made.fileId, memberId, amountCents: payableCents, line: i + 1 },
			})),
		);
		note({
			action: 'payments.pay-settlements',
			subject: `payout file ${made.fileId}`,
			after: { settlements: paid.length, sumCents: made.sumCents, consent },
		});
		return made;
	});
}
