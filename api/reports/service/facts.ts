// What the calendar of duties is calculated from, gathered from the whole cooperative.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { lossAlarm } from '../../shares/rules/loss.ts';
import { lossStanding } from '../../shares/service/loss/standing.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import { addDays, addMonths, type Day } from '../../values/calendar.ts';
import type { DutyId } from '../rules/duties.ts';
import type { CalendarFacts, Dated } from '../rules/dutyDays.ts';

/** The calendar's facts, and the duties that are plainly done because what they ask for is recorded here. */
export interface KnownFacts {
	facts: CalendarFacts;
	/** keys of occurrences with the day they were fulfilled */
	fulfilled: Map<string, Day>;
	/** duties from before the cooperative was set up here are not asked for */
	since: Day;
}

const twoMillionCents = 200_000_000;

type Row = { id: string; label: string | null; on_day: Day };
const dated = (rows: readonly Row[]): Dated[] => rows.map(({ id, label, on_day: on }) => ({ id, label, on }));

async function meetingsOf(tx: Tx) {
	return [
		...(await tx.execute<Row & { kind: string; state: string; notice_on: Day | null }>(sql`
			select id::text, title as label, held_on as on_day, kind, state,
				(notice_sent_at at time zone 'Europe/Berlin')::date as notice_on
			from assemblies`)),
	];
}

async function yearsOf(tx: Tx) {
	const rows = await tx.execute<{
		year: number;
		end_on: Day;
		recorded_on: Day;
		loss: number;
		reserves: number;
		balances: number;
	}>(sql`
		select y.year, y.end_on, (y.recorded_at at time zone 'Europe/Berlin')::date as recorded_on,
			greatest(y.loss_forward_cents - y.profit_forward_cents - y.result_cents, 0) as loss,
			y.legal_reserve_before_cents + y.free_reserves_cents as reserves,
			coalesce((select -sum(p.cents) from postings p join journal j on j.number = p.entry
				where p.account = ${accounts.memberBalances} and j.booked_on <= y.end_on), 0)::bigint as balances
		from fiscal_years y order by y.year`);
	return [...rows];
}

/**
 * When the assembly must be called because of a loss (§ 33(3) GenG, P-11): each year whose closing figures show more than half of balances
 * and reserves lost, what was carried forward included; and the loss carried forward in the books, from the day it was booked.
 */
async function heavyLossesOf(tx: Tx, years: Awaited<ReturnType<typeof yearsOf>>): Promise<Dated[]> {
	const closed = years
		.filter(({ loss, reserves, balances }) => {
			return lossAlarm({ lossCents: loss, balancesCents: balances, reservesCents: reserves }).alarm;
		})
		.map(({ year, recorded_on: on }) => ({ id: String(year), label: String(year), on }));
	const { carriedCents: lossCents, balancesCents, legalReserveCents, otherReservesCents } = await lossStanding(tx);
	if (!lossAlarm({ lossCents, balancesCents, reservesCents: legalReserveCents + otherReservesCents }).alarm)
		return closed;
	const [booked] = await tx.execute<{ day: Day }>(sql`
		select max(j.booked_on) as day from postings p join journal j on j.number = p.entry
		where p.account = ${accounts.lossCarried} and p.cents > 0`);
	return booked ? [...closed, { id: `books/${booked.day}`, label: null, on: booked.day }] : closed;
}

/** Members' payments due nine years ago or longer and not covered by what was paid: the law lets them lapse after ten. */
async function lapsing(tx: Tx, day: Day): Promise<Dated[]> {
	const rows = await tx.execute<Row>(sql`
		with dues as (
			select member_id, due_on, sum(sum(amount_cents)) over (partition by member_id order by due_on) as due
			from share_dues where due_on < ${addMonths(day, -108)} group by member_id, due_on
		), paid as (
			select member_id, -sum(cents) as paid from postings where account = ${accounts.memberBalances} group by member_id
		)
		select d.member_id::text || '/' || min(d.due_on) as id, 'Nr. ' || m.number as label, min(d.due_on) as on_day
		from dues d join members m on m.id = d.member_id left join paid p on p.member_id = d.member_id
		where d.due > coalesce(p.paid, 0) group by d.member_id, m.number order by min(d.due_on) limit 200`);
	return dated(rows);
}

async function mandatesOf(tx: Tx, day: Day): Promise<Dated[]> {
	const rows = await tx.execute<Row>(sql`
		select m.id::text, m.reference as label, greatest(m.signed_on, max(f.collection_on)) as on_day
		from mandates m left join debit_items i on i.mandate_id = m.id left join debit_files f on f.id = i.file_id and f.state <> 'voided'
		where m.ended_at is null group by m.id having greatest(m.signed_on, max(f.collection_on)) < ${addMonths(day, -30)} limit 200`);
	return dated(rows);
}

async function eventsOf(tx: Tx) {
	const rows = await tx.execute<Row & { duty: DutyId }>(
		sql`select id::text, label, on_day, duty from duty_events where removed_at is null`,
	);
	return rows.map(({ id, label, on_day: on, duty }) => ({ id, label, on, duty }));
}

/** Everything the calendar knows on a day. Refuses missing `statute.not-set-up`, `statute.none-on-day`. */
export async function knownFacts(tx: Tx, day: Day): Promise<KnownFacts> {
	const { fiscalYearEndMonth } = await cooperativeOf(tx);
	const { terms } = await statuteOn(tx, day);
	const [first] = await tx.execute<{ founded: Day; since: Day }>(sql`
		select min(v.valid_from) as founded, max((c.set_up_at at time zone 'Europe/Berlin')::date) as since
		from statute_versions v cross join cooperative c`);
	const lastEnd = addDays(fiscalYearOf(day, fiscalYearEndMonth).start, -1);
	const [assets] = await tx.execute<{ cents: number }>(sql`
		select coalesce(sum(p.cents), 0)::bigint as cents from postings p join journal j on j.number = p.entry
		join ledger_accounts a on a.number = p.account where a.kind = 'asset' and j.booked_on <= ${lastEnd}`);
	const meetings = await meetingsOf(tx);
	const years = await yearsOf(tx);
	const heavyLosses = await heavyLossesOf(tx, years);
	const payouts = await tx.execute<Row>(sql`
		select year::text as id, year::text as label, payout_on as on_day from dividend_proposals where state in ('proposed', 'adopted')`);
	const plants = await tx.execute<Row>(sql`select id::text, name as label, commissioned_on as on_day from plants`);
	const areas = await tx.execute<{ plant_id: string }>(sql`select plant_id::text from citizen_areas`);
	const leaving = await tx.execute<{ day: Day }>(sql`
		select left_on as day from members where left_on is not null
		union select effective_on from exits where state in ('given', 'effective') and effective_on is not null`);
	const certificates = await tx.execute<{ day: Day }>(sql`select distinct valid_to as day from tax_certificates`);
	const collections = await tx.execute<Row>(sql`
		select id::text, subject as label, collection_on as on_day from debit_files where state in ('created', 'released')`);
	const ordinary = meetings.filter(({ kind }) => kind === 'ordinary');
	const facts: CalendarFacts = {
		...{ fiscalYearEndMonth, foundedOn: first?.founded ?? day, noticeMonths: terms.noticeMonths },
		...{ payoutMonths: terms.payoutMonths, conveningDays: terms.conveningDays },
		...{ announcementDays: terms.announcementDays, paysInterest: terms.interestRate !== null },
		auditEveryYear: (assets?.cents ?? 0) > twoMillionCents,
		...{ meetings: dated(meetings), assemblies: dated(ordinary), payouts: dated(payouts), plants: dated(plants) },
		citizensPlantIds: areas.map(({ plant_id }) => plant_id),
		prepared: years.map(({ year, recorded_on: on }) => ({ id: String(year), label: String(year), on })),
		heavyLosses,
		exitDays: leaving.map((one) => one.day),
		certificateEnds: certificates.map((one) => one.day),
		...{ unpaid: await lapsing(tx, day), mandates: await mandatesOf(tx, day), collections: dated(collections) },
		events: await eventsOf(tx),
	};
	const fulfilled = new Map<string, Day>();
	for (const { end_on: end, recorded_on: on } of years) fulfilled.set(`C-01/${end}`, on);
	// The assembly is called when its notice has gone out.
	for (const { id, on } of heavyLosses) {
		const called = meetings.flatMap(({ notice_on }) => (notice_on !== null && notice_on >= on ? [notice_on] : []));
		if (called.length > 0) fulfilled.set(`C-22/${id}`, called.sort()[0] ?? on);
	}
	for (const { id, on_day: on, kind, state, notice_on: noticeOn } of meetings) {
		if (noticeOn) for (const duty of ['C-04', 'C-05']) fulfilled.set(`${duty}/${id}`, noticeOn);
		if (kind !== 'ordinary' || !['held', 'closed'].includes(state)) continue;
		fulfilled.set(`C-07/${id}`, on);
		const end = addDays(fiscalYearOf(on, fiscalYearEndMonth).start, -1);
		fulfilled.set(`C-03/${end}`, on);
	}
	return { facts, fulfilled, since: first?.since ?? day };
}
