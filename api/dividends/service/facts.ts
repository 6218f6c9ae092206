// What a run computes with, gathered in one statement: bases, balances, tax standing, exemption orders and what they have left.
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import type { MemberKind } from '../../members/rules.ts';
import { lossesToRefill } from '../../shares/service/loss/standing.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { holderKindOf, type MemberFacts } from '../rules/run.ts';
import type { CertificateKind, HolderKind } from '../rules/withholding.ts';

/** The part of a fiscal year that bases depend on. */
export interface BaseYear {
	startOn: Day;
	endOn: Day;
	firstYear: boolean;
}

/**
 * The day whose balances the dividend of a year goes by: the last of the year before; in the first year its own last, as nobody can
 * have left or been paid out by then, so the balance is what was paid in (§ 19(1) S. 2 GenG, P-20).
 */
export function baseDay({ startOn, endOn, firstYear }: BaseYear): Day {
	return firstYear ? endOn : addDays(startOn, -1);
}

/** Who was a member on some day of the year; exit at its end still has its dividend (P-26). */
const wereMembers = ({ startOn, endOn }: BaseYear): SQL =>
	sql`m.joined_on <= ${endOn} and (m.left_on is null or m.left_on >= ${startOn})`;

/** Sum of the bases by method A, which a proposed rate applies to. Balances of those who leave at the end of a year count (P-26). */
export async function balancesCentsOf(tx: Tx, year: BaseYear): Promise<number> {
	const [row] = await tx.execute<{ cents: number }>(sql`
		select coalesce(sum(b.base), 0)::bigint as cents from (
			select p.member_id, -sum(p.cents) as base from postings p join journal j on j.number = p.entry
			where p.account in (${accounts.memberBalances}, ${accounts.leavingBalances}) and j.booked_on <= ${baseDay(year)}
			group by p.member_id having sum(p.cents) < 0
		) b join members m on m.id = b.member_id where ${wereMembers(year)}`);
	return Number(row?.cents ?? 0);
}

/**
 * What each exemption order has given in a calendar year: the sum over the released lines (T-22). Of one member if `memberId` is given.
 */
const usedSql = (year: number, memberId?: string): SQL => sql`
	select l.member_id, sum(l.exemption_used_cents)::bigint as cents
	from dividend_lines l join dividend_runs r on r.id = l.run_id
	where r.state = 'released' and l.inflow_on between ${`${year}-01-01`} and ${`${year}-12-31`}
		and l.exemption_used_cents > 0 ${memberId === undefined ? sql`` : sql`and l.member_id = ${memberId}`}
	group by l.member_id`;

/** What a member's exemption order has given in a calendar year, cents (T-22). */
export async function usedInYear(tx: Tx, year: number, memberId: string): Promise<number> {
	const [row] = await tx.execute<{ cents: number }>(usedSql(year, memberId));
	return Number(row?.cents ?? 0);
}

interface FactRow {
	[column: string]: unknown;
	memberId: string;
	number: number;
	kind: MemberKind;
	country: string;
	leftOn: Day | null;
	baseCents: number;
	paidCents: number;
	nominalCents: number;
	paidLaterCents: number;
	nominalLaterCents: number;
	usedCents: number;
	churchRate: string | null;
	inBusinessAssets: boolean | null;
	holderKind: HolderKind | null;
	certificates: CertificateKind[] | null;
	amountCents: number | null;
	joint: boolean | null;
	validFrom: Day | null;
	validTo: Day | null;
}

function factRows(tx: Tx, year: BaseYear, inflowOn: Day): PromiseLike<readonly FactRow[]> {
	const taxYear = Number(inflowOn.slice(0, 4));
	const balances = accounts.memberBalances;
	return tx.execute<FactRow>(sql`
		with paid as (
			select p.member_id, -coalesce(sum(p.cents) filter (where j.booked_on <= ${baseDay(year)}), 0)::bigint as base,
				-coalesce(sum(p.cents) filter (where p.account = ${balances} and j.booked_on <= ${inflowOn}), 0)::bigint as on_inflow,
				-coalesce(sum(p.cents) filter (where p.account = ${balances}), 0)::bigint as later
			from postings p join journal j on j.number = p.entry
			where p.account in (${balances}, ${accounts.leavingBalances}) group by p.member_id
		), nominal as (
			select member_id, sum(nominal_cents)::bigint as later,
				coalesce(sum(nominal_cents) filter (where effective_on <= ${inflowOn}), 0)::bigint as on_inflow
			from share_movements group by member_id
		), orders as (
			select distinct on (member_id) member_id, amount_cents, joint, valid_from, valid_to from exemption_orders
			where valid_from <= ${inflowOn} order by member_id, recorded_at desc, id desc
		), held as (
			select member_id, array_agg(kind order by kind) as kinds from tax_certificates
			where withdrawn_at is null and ${inflowOn} between valid_from and valid_to group by member_id
		), used as (${usedSql(taxYear)})
		select m.id as "memberId", m.number, m.kind, m.country, m.left_on as "leftOn", p.base as "baseCents",
			p.on_inflow as "paidCents", p.later as "paidLaterCents", coalesce(n.on_inflow, 0) as "nominalCents",
			coalesce(n.later, 0) as "nominalLaterCents", coalesce(u.cents, 0) as "usedCents", a.church_rate as "churchRate",
			a.in_business_assets as "inBusinessAssets", a.holder_kind as "holderKind", h.kinds as certificates,
			o.amount_cents as "amountCents", o.joint, o.valid_from as "validFrom", o.valid_to as "validTo"
		from members m
		join paid p on p.member_id = m.id and p.base > 0
		left join nominal n on n.member_id = m.id
		left join tax_attributes a on a.member_id = m.id and a.year = ${taxYear}
		left join held h on h.member_id = m.id
		left join orders o on o.member_id = m.id
		left join used u on u.member_id = m.id
		where ${wereMembers(year)}`);
}

function orderOf({ amountCents, joint, validFrom, validTo }: FactRow): MemberFacts['order'] {
	return validFrom === null ? null : { amountCents: Number(amountCents), joint: joint ?? false, validFrom, validTo };
}

function standingOf(row: FactRow, inflowOn: Day): Pick<MemberFacts, 'balanceCents' | 'fullCents'> {
	const former = row.leftOn !== null && row.leftOn <= inflowOn;
	if (former) return { balanceCents: 0, fullCents: 0 };
	const [paid, nominal] = [Number(row.paidCents), Number(row.nominalCents)];
	const [paidLater, nominalLater] = [Number(row.paidLaterCents), Number(row.nominalLaterCents)];
	// What is already booked for a later day must still fit on the share, so the smaller room counts.
	return nominalLater - paidLater < nominal - paid
		? { balanceCents: paidLater, fullCents: nominalLater }
		: { balanceCents: paid, fullCents: nominal };
}

/** Facts of all members with a base, and how many natural persons among them have no answer on church tax for the year of inflow. */
export async function factsOf(
	tx: Tx,
	year: BaseYear,
	inflowOn: Day,
): Promise<{ members: MemberFacts[]; withoutChurchAnswer: number }> {
	let withoutChurchAnswer = 0;
	const toRefill = await lossesToRefill(tx);
	const members = (await factRows(tx, year, inflowOn)).map((row): MemberFacts => {
		const holder = row.holderKind ?? holderKindOf(row.kind, row.country);
		if (holder === 'natural' && row.churchRate === null) withoutChurchAnswer++;
		return {
			memberId: row.memberId,
			memberNumber: row.number,
			holder,
			inBusinessAssets: row.inBusinessAssets ?? false,
			churchRate: row.churchRate ?? '0',
			certificates: row.certificates ?? [],
			order: orderOf(row),
			usedInYearCents: Number(row.usedCents),
			baseCents: Number(row.baseCents),
			...standingOf(row, inflowOn),
			lossToRefillCents: toRefill.get(row.memberId) ?? 0,
		};
	});
	return { members, withoutChurchAnswer };
}
