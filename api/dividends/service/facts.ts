// What a run computes with, gathered set by set: bases, balances, tax standing, exemption orders and what they have left.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import type { MemberKind } from '../../members/rules.ts';
import { roomOf } from '../../shares/rules.ts';
import { always, holdingsOn } from '../../shares/service/holdings.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { methodABaseCents } from '../rules/allocation.ts';
import { holderKindOf, type MemberFacts } from '../rules/run.ts';
import type { CertificateKind, HolderKind } from '../rules/withholding.ts';

/** The part of a fiscal year that bases depend on. */
export interface BaseYear {
	startOn: Day;
	endOn: Day;
	firstYear: boolean;
}

/** The day whose balances the dividend of a year goes by: the last of the year before, in the first year its own last (P-20). */
export function baseDay({ startOn, endOn, firstYear }: BaseYear): Day {
	return firstYear ? endOn : addDays(startOn, -1);
}

/**
 * Bases by method A of all who were members in the year, in cents; members without a base are absent. Balances of members who leave at
 * the end of a year count: they are members until that day (P-20, P-26).
 */
export async function basesOf(tx: Tx, year: BaseYear): Promise<Map<string, number>> {
	const on = baseDay(year);
	const staying = await memberBalances(tx, { account: accounts.memberBalances, on });
	const leaving = await memberBalances(tx, { account: accounts.leavingBalances, on });
	const rows = await tx.execute<{ id: string }>(
		sql`select id from members where joined_on <= ${year.endOn} and (left_on is null or left_on >= ${year.startOn})`,
	);
	const bases = new Map<string, number>();
	for (const { id } of rows) {
		const balanceCents = -((staying.get(id) ?? 0) + (leaving.get(id) ?? 0));
		const { firstYear } = year;
		// In the first year nobody can have left or been paid out: the balance is what was paid in.
		const baseCents = methodABaseCents({
			firstYear,
			previousYearEndCents: balanceCents,
			paidInYearCents: balanceCents,
		});
		if (baseCents > 0) bases.set(id, baseCents);
	}
	return bases;
}

/** Sum of the bases, which a proposed rate applies to. */
export async function balancesCentsOf(tx: Tx, year: BaseYear): Promise<number> {
	let sumCents = 0;
	for (const cents of (await basesOf(tx, year)).values()) sumCents += cents;
	return sumCents;
}

/**
 * What each exemption order has given in a calendar year: the sum over the released lines (T-22). Of one member if `memberId` is given.
 */
export async function usedInYear(tx: Tx, year: number, memberId?: string): Promise<Map<string, number>> {
	const rows = await tx.execute<{ memberId: string; cents: number }>(sql`
		select l.member_id as "memberId", sum(l.exemption_used_cents)::bigint as cents
		from dividend_lines l join dividend_runs r on r.id = l.run_id
		where r.state = 'released' and l.inflow_on between ${`${year}-01-01`} and ${`${year}-12-31`}
			and l.exemption_used_cents > 0 ${memberId === undefined ? sql`` : sql`and l.member_id = ${memberId}`}
		group by l.member_id`);
	return new Map(rows.map(({ memberId: id, cents }) => [id, Number(cents)]));
}

interface TaxRow {
	[column: string]: unknown;
	memberId: string;
	number: number;
	kind: MemberKind;
	country: string;
	leftOn: Day | null;
	churchRate: string | null;
	inBusinessAssets: boolean | null;
	holderKind: HolderKind | null;
	certificates: CertificateKind[];
	amountCents: number | null;
	joint: boolean | null;
	validFrom: Day | null;
	validTo: Day | null;
}

/** Members with their tax standing on a day of inflow: attributes of its calendar year, certificates of that day, order in force. */
function taxStandings(tx: Tx, inflowOn: Day): PromiseLike<readonly TaxRow[]> {
	return tx.execute<TaxRow>(sql`
		with orders as (
			select distinct on (member_id) member_id, amount_cents, joint, valid_from, valid_to from exemption_orders
			where valid_from <= ${inflowOn} order by member_id, recorded_at desc, id desc
		), held as (
			select member_id, array_agg(kind order by kind) as kinds from tax_certificates
			where withdrawn_at is null and ${inflowOn} between valid_from and valid_to group by member_id
		)
		select m.id as "memberId", m.number, m.kind, m.country, m.left_on as "leftOn", a.church_rate as "churchRate",
			a.in_business_assets as "inBusinessAssets", a.holder_kind as "holderKind", coalesce(h.kinds, '{}') as certificates,
			o.amount_cents as "amountCents", o.joint, o.valid_from as "validFrom", o.valid_to as "validTo"
		from members m
		left join tax_attributes a on a.member_id = m.id and a.year = ${Number(inflowOn.slice(0, 4))}
		left join held h on h.member_id = m.id
		left join orders o on o.member_id = m.id`);
}

/** Facts of all members with a base, and how many natural persons among them have no answer on church tax for the year of inflow. */
export async function factsOf(
	tx: Tx,
	year: BaseYear,
	inflowOn: Day,
): Promise<{ members: MemberFacts[]; withoutChurchAnswer: number }> {
	const bases = await basesOf(tx, year);
	const onInflow = await holdingsOn(tx, { day: inflowOn });
	const later = await holdingsOn(tx, { day: always });
	const used = await usedInYear(tx, Number(inflowOn.slice(0, 4)));
	let withoutChurchAnswer = 0;
	const members = (await taxStandings(tx, inflowOn)).flatMap((row): MemberFacts[] => {
		const baseCents = bases.get(row.memberId);
		if (baseCents === undefined) return [];
		const holder = row.holderKind ?? holderKindOf(row.kind, row.country);
		if (holder === 'natural' && row.churchRate === null) withoutChurchAnswer++;
		const holdings = [onInflow.get(row.memberId), later.get(row.memberId)].flatMap((holding) => holding ?? []);
		// What is already booked for a later day must still fit on the share, so the smaller room counts.
		const tightest = holdings.sort((a, b) => roomOf(a) - roomOf(b))[0];
		const stays = row.leftOn === null || row.leftOn > inflowOn;
		const order =
			row.validFrom === null
				? null
				: {
						amountCents: Number(row.amountCents),
						joint: row.joint ?? false,
						validFrom: row.validFrom,
						validTo: row.validTo,
					};
		return [
			{
				memberId: row.memberId,
				memberNumber: row.number,
				holder,
				inBusinessAssets: row.inBusinessAssets ?? false,
				churchRate: row.churchRate ?? '0',
				certificates: row.certificates,
				order,
				usedInYearCents: used.get(row.memberId) ?? 0,
				baseCents,
				balanceCents: stays ? (tightest?.paidCents ?? 0) : 0,
				fullCents: stays ? (tightest?.nominalCents ?? 0) : 0,
			},
		];
	});
	return { members, withoutChurchAnswer };
}
