// Everything that happened with a member, newest first, and what is still open: gathered from every feature, for staff.
import { sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { accounts } from '../../ledger/rules.ts';
import { balanceOf } from '../../ledger/service/read.ts';
import { claimOf } from '../../shares/rules.ts';
import { holdingsOn } from '../../shares/service/holdings.ts';
import { Refusal } from '../../values/refusal.ts';
import { type EventGroup, type EventKind, eventKinds, type OpenKind } from '../rules.ts';

/** An event in a member's timeline. What is null has no meaning for the kind. */
export interface TimelineEvent {
	kind: EventKind;
	group: EventGroup;
	/** the day it is about: effective, booked, declared */
	on: Day;
	/** when it was recorded, ISO; null where only the day is known */
	recordedAt: string | null;
	/** a closer word: kind of share movement, cause of an exit, state, channel */
	word: string | null;
	/** resolution, purpose, reason, name of the document: as it was written */
	text: string | null;
	amountCents: number | null;
	/** shares, or the step of a reminder */
	count: number | null;
	/** a second day: last day of the membership, payable by, valid until */
	until: Day | null;
	/** what it links to: number of an entry in the books, year of a dividend, else an id; for a transfer its id, a blank and the other member's number */
	ref: string | null;
}

type Row = Omit<TimelineEvent, 'group'>;

const events = (memberId: string, number: number) => sql`
	with events (kind, "on", recorded_at, word, text, cents, count, until, ref, place) as (
		select 'declared', (declared_at at time zone 'Europe/Berlin')::date, declared_at, null, null, null::bigint, shares_wanted, null::date, id::text, id::text
			from applications where member_id = ${memberId}::uuid
		union all
		select case kind when 'changed' then 'register-changed' else kind end, effective_on, recorded_at, null, basis, null, sharesChange.n, null, null, id::text
			from register_events, lateral (select nullif(shares_change, 0) as n) sharesChange where member_id = ${memberId}::uuid
			and not (kind = 'changed' and name is null and address is null)
		union all
		select case when kind in ('admission', 'further') then kind else 'shares-moved' end, effective_on, recorded_at, kind, resolution, nominal_cents, count, null, null, id::text
			from share_movements where member_id = ${memberId}::uuid
		union all
		select 'due', due_on, null, null, null, sum(amount_cents), null, null, null, due_on::text
			from share_dues where member_id = ${memberId}::uuid group by due_on having sum(amount_cents) <> 0
		union all
		select 'request-declared', (declared_at at time zone 'Europe/Berlin')::date, declared_at, null, null, null, count, null, null, id::text
			from share_requests where member_id = ${memberId}::uuid
		union all
		select 'request-decided', (decided_at at time zone 'Europe/Berlin')::date, decided_at, state, resolution, null, count, null, null, id::text
			from share_requests where member_id = ${memberId}::uuid and decided_at is not null
		union all
		select 'round-subscribed', (s.subscribed_at at time zone 'Europe/Berlin')::date, s.changed_at, case when s.withdrawn_at is not null then 'withdrawn' when s.allotted is null then 'open' else 'allotted' end, r.title, null, coalesce(s.allotted, s.count), null, r.id::text, s.id::text
			from round_subscriptions s join subscription_rounds r on r.id = s.round_id where s.member_id = ${memberId}::uuid
		union all
		select 'exit-declared', received_on, recorded_at, cause, basis, null, shares, effective_on, id::text, id::text
			from exits where member_id = ${memberId}::uuid
		union all
		select 'exit-closed', (closed_at at time zone 'Europe/Berlin')::date, closed_at, state, closed_reason, null, shares, effective_on, id::text, id::text
			from exits where member_id = ${memberId}::uuid and closed_at is not null
		union all
		select case when t.from_member_id = ${memberId}::uuid then 'transfer-out' else 'transfer-in' end, coalesce(t.effective_on, (t.proposed_at at time zone 'Europe/Berlin')::date), coalesce(t.decided_at, t.proposed_at), t.state, t.resolution, t.amount_cents, t.shares, null,
				t.id::text || coalesce(' ' || (select number from members where id = case when t.from_member_id = ${memberId}::uuid then t.to_member_id else t.from_member_id end), ''), t.id::text
			from share_transfers t where ${memberId}::uuid in (t.from_member_id, t.to_member_id)
		union all
		select 'settlement', s.exit_on, s.determined_at, case when s.voided_at is not null then 'void' when s.determined_at is null then 'open' else 'determined' end, s.basis, s.balance_cents - coalesce(s.loss_share_cents, 0), null, s.due_on, s.id::text, s.id::text
			from settlements s where s.member_id = ${memberId}::uuid
		union all
		select 'payment', value_on, recorded_at, case when reversed_at is null then null else 'reversed' end, coalesce(nullif(purpose, ''), bank_reference), amount_cents, null, null, entry::text, id::text
			from payments where member_id = ${memberId}::uuid
		union all
		select 'payment-reversed', (reversed_at at time zone 'Europe/Berlin')::date, reversed_at, null, reversal_reason, -amount_cents, null, null, reversal_entry::text, id::text
			from payments where member_id = ${memberId}::uuid and reversed_at is not null
		union all
		select 'payout-made', coalesce(f.executed_on, f.execution_on), f.created_at, f.state, i.remittance, i.amount_cents, null, null, f.id::text, i.end_to_end_id
			from payout_items i join payout_files f on f.id = i.file_id where i.member_id = ${memberId}::uuid and f.state <> 'voided'
		union all
		select 'payout-returned', returned_on, recorded_at, null, reason, null, null, null, entry::text, file_id::text || line
			from payout_returns where member_id = ${memberId}::uuid
		union all
		select 'mandate', signed_on, recorded_at, channel, reference, null, null, null, null, id::text from mandates where member_id = ${memberId}::uuid
		union all
		select 'mandate-ended', ended_on, ended_at, end_reason, reference, null, null, null, null, id::text from mandates where member_id = ${memberId}::uuid and ended_on is not null
		union all
		select 'debit', f.collection_on, f.created_at, f.state, i.remittance, i.amount_cents, null, null, f.id::text, i.end_to_end_id
			from debit_items i join debit_files f on f.id = i.file_id where i.member_id = ${memberId}::uuid and f.state <> 'voided'
		union all
		select 'debit-returned', i.returned_on, null, null, i.return_reason, i.amount_cents, null, null, i.file_id::text, i.end_to_end_id
			from debit_items i where i.member_id = ${memberId}::uuid and i.returned_on is not null
		union all
		select 'reminder', sent_on, sent_at, channel, subject, claim_cents + fee_cents, step, pay_by, null, id::text from reminders where member_id = ${memberId}::uuid
		union all
		select 'pause', (recorded_at at time zone 'Europe/Berlin')::date, recorded_at, kind, reason, null, null, until, null, id::text from claim_pauses where member_id = ${memberId}::uuid
		union all
		select 'dividend', l.inflow_on, r.released_at, null, null, l.net_cents, null, null, r.year::text, r.id::text
			from dividend_lines l join dividend_runs r on r.id = l.run_id where l.member_id = ${memberId}::uuid and r.state = 'released'
		union all
		select 'exemption-order', valid_from, recorded_at, via, null, amount_cents, null, valid_to, null, id::text from exemption_orders where member_id = ${memberId}::uuid
		union all
		select 'tax-certificate', issued_on, recorded_at, kind, tax_office, null, null, valid_to, null, id::text from tax_certificates where member_id = ${memberId}::uuid
		union all
		select 'document', document_on, created_at, kind, file_name, null, null, null, case when erased_at is null then id::text end, id::text from documents where member_id = ${memberId}::uuid
		union all
		select 'inspection', (requested_at at time zone 'Europe/Berlin')::date, requested_at, state, purpose, null, null, null, id::text, id::text from register_inspections where member_id = ${memberId}::uuid
		union all
		select 'note', (recorded_at at time zone 'Europe/Berlin')::date, recorded_at, written_by_name, text, null, null, null, id::text, id::text from member_notes where member_id = ${memberId}::uuid
		union all
		select case action when 'members.change' then 'file-changed' else 'secrets-revealed' end, ((content ->> 'at')::timestamptz at time zone 'Europe/Berlin')::date, (content ->> 'at')::timestamptz, null,
				case action when 'members.change' then array_to_string(array(select field from (select json_object_keys(content -> 'after') as field union select json_array_elements_text(case when json_typeof(content #> '{after,secrets}') = 'array' then content #> '{after,secrets}' else '[]' end)) f
					where field not in ('secrets', 'effectiveOn', 'basis') order by field), ', ') else content #>> '{after,purpose}' end,
				null, null, null, seq::text, seq::text
			from audit_log where subject in (${`member ${memberId}`}, ${`member ${number}`}) and action in ('members.change', 'members.reveal-secrets')
	)`;

/** A part of a member's timeline. */
export interface Timeline {
	total: number;
	/** how many there are in each group, whatever is shown */
	groups: { group: EventGroup; count: number }[];
	events: TimelineEvent[];
}

/** Everything that happened with a member, newest day first, of the groups asked for. For staff. Refuses missing `members.unknown`. */
export function readTimeline(
	db: Database,
	{
		by,
		memberId,
		groups,
		page = 1,
		pageSize = 50,
	}: { by: Actor; memberId: string; groups?: readonly EventGroup[] | undefined; page?: number; pageSize?: number },
): Promise<Timeline> {
	return transact(db, by, async (tx) => {
		const number = await numberOf(tx, memberId);
		const counts = await tx.execute<{ kind: EventKind; n: number }>(
			sql`${events(memberId, number)} select kind, count(*)::int as n from events group by kind`,
		);
		const wanted = (Object.keys(eventKinds) as EventKind[]).filter(
			(kind) => groups === undefined || groups.includes(eventKinds[kind]),
		);
		const rows = await tx.execute<Row & Record<string, unknown>>(sql`${events(memberId, number)}
			select kind, "on"::text as "on", to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt", word, text, cents as "amountCents", count, until::text as until, ref
			from events where kind = any(${sql.param(`{${wanted}}`)}::text[])
			order by "on" desc, recorded_at desc nulls last, kind, place limit ${pageSize} offset ${(page - 1) * pageSize}`);
		const inGroup = new Map<EventGroup, number>();
		for (const { kind, n } of counts) inGroup.set(eventKinds[kind], (inGroup.get(eventKinds[kind]) ?? 0) + n);
		const shown = [...inGroup].filter(([group]) => groups === undefined || groups.includes(group));
		return {
			total: shown.reduce((sum, [, count]) => sum + count, 0),
			groups: [...inGroup].map(([group, count]) => ({ group, count })),
			events: rows.map((row) => ({
				...row,
				group: eventKinds[row.kind],
				amountCents: row.amountCents === null ? null : Number(row.amountCents),
			})),
		};
	});
}

async function numberOf(tx: Tx, memberId: string): Promise<number> {
	const [member] = await tx.execute<{ number: number }>(sql`select number from members where id = ${memberId}::uuid`);
	if (!member) throw new Refusal('missing', 'members.unknown');
	return member.number;
}

/** Something still to be done with a member; see `openKinds`. */
export interface OpenPoint {
	kind: OpenKind;
	amountCents: number | null;
	count: number | null;
	on: Day | null;
	ref: string | null;
}

/** What is open with a member on a day: money, decisions, missing particulars. For staff. Refuses missing `members.unknown`. */
export function listOpenPoints(
	db: Database,
	{ by, memberId, day }: { by: Actor; memberId: string; day: Day },
): Promise<OpenPoint[]> {
	return transact(db, by, async (tx) => {
		await numberOf(tx, memberId);
		const holding = (await holdingsOn(tx, { day, memberIds: [memberId] })).get(memberId);
		const claimCents = holding ? claimOf(holding) : 0;
		const overpaidCents = 0 - (await balanceOf(tx, { account: accounts.overpayments, memberId, on: day }));
		const rows = await tx.execute<OpenPoint & Record<string, unknown>>(sql`
			with points (kind, cents, count, "on", ref, place) as (
				select 'claim', ${claimCents}::bigint, null::int, (select min(due_on) from share_dues where member_id = ${memberId}::uuid and due_on <= ${day}::date), null::text, 1 where ${claimCents > 0}::boolean
				union all select 'overpaid', ${overpaidCents}::bigint, null, null, null, 2 where ${overpaidCents > 0}::boolean
				union all select 'request', null, count, (declared_at at time zone 'Europe/Berlin')::date, id::text, 3 from share_requests where member_id = ${memberId}::uuid and state = 'declared'
				union all select case when withdrawal_asked_at is null then 'exit' else 'exit-withdrawal' end, null, shares, effective_on, id::text, 4 from exits where member_id = ${memberId}::uuid and state = 'given'
				union all select 'transfer', amount_cents, shares, (proposed_at at time zone 'Europe/Berlin')::date, id::text, 5 from share_transfers where ${memberId}::uuid in (from_member_id, to_member_id) and state in ('proposed', 'accepted')
				union all select 'settlement', balance_cents - coalesce(loss_share_cents, 0) - paid, null, due_on, id::text, 6
					from settlements s, lateral (select coalesce(sum(p.amount_cents) filter (where f.state <> 'voided'), 0) as paid from settlement_payouts p join payout_files f on f.id = p.file_id where p.settlement_id = s.id) p
					where member_id = ${memberId}::uuid and voided_at is null and balance_cents - coalesce(loss_share_cents, 0) > paid
				union all select 'inspection', null, null, (requested_at at time zone 'Europe/Berlin')::date, id::text, 7 from register_inspections where member_id = ${memberId}::uuid and state = 'requested'
				union all select 'paused', null, null, until, id::text, 8 from claim_pauses where member_id = ${memberId}::uuid and ended_at is null and (until is null or until >= ${day})
				union all select 'payout-returned', null, null, returned_on, file_id::text, 9 from payout_returns r where member_id = ${memberId}::uuid
					and not exists (select from payout_items i join payout_files f on f.id = i.file_id where i.member_id = r.member_id and f.created_at > r.recorded_at and f.state <> 'voided')
				union all select 'no-account', null, null, null, null, 10 from members m where id = ${memberId}::uuid and not exists (select from member_secrets s where s.member_id = m.id and s.iban is not null)
				union all select 'no-email', null, null, null, null, 11 from members where id = ${memberId}::uuid and email is null
			) select kind, cents as "amountCents", count, "on"::text as "on", ref from points order by place, "on"`);
		return rows.map((row) => ({ ...row, amountCents: row.amountCents === null ? null : Number(row.amountCents) }));
	});
}
