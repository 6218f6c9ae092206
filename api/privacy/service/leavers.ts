// Who left, what is still held of them, and what decides when it may go: one set of queries for all of them.
import { and, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { displayNameOf } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Day } from '../../values/calendar.ts';
import type { DeletionCategory, Leaver } from '../rules/deletion.ts';

/** Somebody who left, with the names of the fields that are still there per category. */
export interface LeaverRecord extends Leaver {
	memberId: string;
	number: number;
	name: string;
	held: Partial<Record<DeletionCategory, string[]>>;
}

interface Row extends Record<string, unknown> {
	member_id: string;
	settled: boolean;
	declared_on: Day | null;
	declaration_there: boolean;
	last_debit_on: Day | null;
	last_payment_on: Day | null;
	last_inflow_on: Day | null;
	account: boolean;
	email: boolean;
	phone: boolean;
	notes: number;
	iban: boolean;
	account_holder: boolean;
	tax_id: boolean;
	birth_date: boolean;
}

const erasedApplicant = '–';

/** Members whose membership ended before `day`, by number, at most `limit` after number `after`. */
export async function leaversBefore(
	tx: Tx,
	{ day, after = 0, limit = 100_000, memberId }: { day: Day; after?: number; limit?: number; memberId?: string },
): Promise<LeaverRecord[]> {
	const gone = await tx
		.select()
		.from(members)
		.where(
			and(
				isNotNull(members.leftOn),
				lt(members.leftOn, day),
				sql`${members.number} > ${after}`,
				memberId === undefined ? undefined : eq(members.id, memberId),
			),
		)
		.orderBy(members.number)
		.limit(limit);
	if (gone.length === 0) return [];
	const { payoutMonths } = (await statuteOn(tx, day)).terms;
	const ids = `{${gone.map(({ id }) => id).join(',')}}`;
	const rows = await tx.execute<Row>(sql`
		with who as (select unnest(${ids}::uuid[]) as id)
		select w.id as member_id,
			not exists (
				select from postings p join ledger_accounts l on l.number = p.account
				where p.member_id = w.id and l.kind <> 'memo' group by p.account having sum(p.cents) <> 0
			) as settled,
			(a.declared_at at time zone 'Europe/Berlin')::date::text as declared_on,
			a.id is not null and a.applicant ->> 'email' <> ${erasedApplicant} as declaration_there,
			(select max(coalesce(f.executed_on, f.collection_on))::text from debit_items i join debit_files f on f.id = i.file_id where i.member_id = w.id and f.state <> 'voided') as last_debit_on,
			greatest(
				(select max(value_on) from payments where member_id = w.id),
				(select max(f.executed_on) from payout_items i join payout_files f on f.id = i.file_id where i.member_id = w.id)
			)::text as last_payment_on,
			(select max(inflow_on)::text from dividend_lines where member_id = w.id) as last_inflow_on,
			exists (select from persons p where p.member_id = w.id and p.disabled_at is null and p.roles <@ array['member']) as account,
			m.email is not null as email, m.phone is not null as phone,
			(select count(*)::int from member_notes n where n.member_id = w.id) as notes,
			s.iban is not null as iban, s.account_holder is not null as account_holder, s.tax_id is not null as tax_id,
			s.birth_date is not null as birth_date
		from who w join members m on m.id = w.id left join member_secrets s on s.member_id = w.id
			left join applications a on a.member_id = w.id`);
	const factsOf = new Map(rows.map((row) => [row.member_id, row]));
	return gone.flatMap((member) => {
		const facts = factsOf.get(member.id);
		if (!facts || member.leftOn === null) return [];
		const held: LeaverRecord['held'] = {};
		const holds = (category: DeletionCategory, ...names: (string | false)[]): void => {
			const there = names.filter((name) => name !== false);
			if (there.length > 0) held[category] = there;
		};
		holds('account', facts.account && 'account');
		holds('contact', facts.email && 'email', facts.phone && 'phone', facts.notes > 0 && 'notes');
		holds('bank', facts.iban && 'iban', facts.account_holder && 'accountHolder');
		holds('birth-date', facts.birth_date && 'birthDate');
		holds('tax-id', facts.tax_id && 'taxId');
		holds('declaration', facts.declaration_there && 'declaration');
		return [
			{
				...{ memberId: member.id, number: member.number, joinedOn: member.joinedOn, leftOn: member.leftOn, held },
				name: displayNameOf(
					member.organisation === null
						? { familyName: member.familyName ?? '', givenNames: member.givenNames ?? '' }
						: { organisation: member.organisation },
				),
				...{ settled: facts.settled, payoutMonths, declaredOn: facts.declared_on },
				...{ lastDebitOn: facts.last_debit_on, lastPaymentOn: facts.last_payment_on },
				lastInflowOn: facts.last_inflow_on,
			},
		];
	});
}
