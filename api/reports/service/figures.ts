// The year's figures of members, balances and liability (§§ 337, 338 HGB, S-13), who came and went, and capital over the years.
import { sql } from 'drizzle-orm';
import { write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import {
	type SheetColumn,
	type SheetFormat,
	type SheetLanguage,
	sheetTypes,
	spreadsheetOf,
} from '../../documents/spreadsheet.ts';
import { accounts } from '../../ledger/rules.ts';
import { type FiscalYear, fiscalYearOf, type StatuteTerms } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, addMonths, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { liabilityOf, minimumCapitalOf, type Movement, type Standing } from '../rules/figures.ts';

/** What stands at the end of one or more days, in their order: one statement, however many. */
async function standingsOn(tx: Tx, days: readonly Day[]): Promise<Standing[]> {
	const rows = await tx.execute<{
		members: number;
		shares: number;
		nominal: number;
		staying: number;
		leaving: number;
		overdue: number;
		owing: number;
	}>(sql`
		with asked as (select d::date as day, n from unnest(string_to_array(${days.join(',')}, ',')) with ordinality as t (d, n))
		select a.n,
			(select count(*) from members m where m.joined_on <= a.day and (m.left_on is null or m.left_on > a.day))::int as members,
			coalesce(s.shares, 0)::bigint as shares, coalesce(s.nominal, 0)::bigint as nominal,
			coalesce(b.staying, 0)::bigint as staying, coalesce(b.leaving, 0)::bigint as leaving,
			coalesce(o.overdue, 0)::bigint as overdue, coalesce(o.owing, 0)::int as owing
		from asked a
		left join lateral (
			select sum(count) as shares, sum(nominal_cents) as nominal from share_movements where effective_on <= a.day
		) s on true
		left join lateral (
			select -sum(p.cents) filter (where p.account = ${accounts.memberBalances} and (m.left_on is null or m.left_on > a.day)) as staying,
				-sum(p.cents) filter (where p.account = ${accounts.leavingBalances} or m.left_on <= a.day) as leaving
			from postings p join journal j on j.number = p.entry join members m on m.id = p.member_id
			where p.account in (${accounts.memberBalances}, ${accounts.leavingBalances}) and j.booked_on <= a.day
		) b on true
		left join lateral (
			select sum(open) as overdue, count(*) as owing from (
				select coalesce(d.due, 0) - coalesce(p.paid, 0) as open
				from (select member_id, sum(amount_cents) as due from share_dues where due_on <= a.day group by member_id) d
				left join (
					select q.member_id, -sum(q.cents) as paid from postings q join journal j on j.number = q.entry
					where q.account = ${accounts.memberBalances} and j.booked_on <= a.day group by q.member_id
				) p on p.member_id = d.member_id
			) t where open > 0
		) o on true
		order by a.n`);
	return rows.map((row) => ({
		...{ members: row.members, shares: row.shares, nominalCents: row.nominal, balancesCents: row.staying },
		...{ leavingCents: row.leaving, overdueCents: row.overdue, overdueMembers: row.owing },
	}));
}

/** The figures of a fiscal year; `provisional` while it runs. */
export interface AnnualFigures {
	year: number;
	name: string;
	startOn: Day;
	endOn: Day;
	provisional: boolean;
	members: Movement;
	shares: Movement;
	start: Standing;
	end: Standing;
	/** sums of what members answer for (Haftsummen), by the statute of each day */
	liabilityStartCents: number;
	liabilityEndCents: number;
	/** minimum capital of the statute; null: none, or a share of fixed assets that were not given */
	minimumCapitalCents: number | null;
	minimumCapitalOf: 'none' | 'amount' | 'capital' | 'fixed-assets';
}

async function yearOf(tx: Tx, year: number, at: Date): Promise<FiscalYear & { provisional: boolean }> {
	const { fiscalYearEndMonth: month } = await cooperativeOf(tx);
	const found = fiscalYearOf(`${year}-${String(month).padStart(2, '0')}-01`, month);
	const [first] = await tx.execute<{ founded: Day | null }>(
		sql`select min(valid_from) as founded from statute_versions`,
	);
	const today = dayOf(at);
	if (found.start > today || found.end < (first?.founded ?? today)) {
		throw new Refusal('missing', 'reports.year-unknown', { year }, { field: 'year' });
	}
	return { ...found, provisional: found.end >= today };
}

const kindOfMinimum = ({ minimumCapital: minimum }: StatuteTerms): AnnualFigures['minimumCapitalOf'] =>
	minimum === null ? 'none' : 'amountCents' in minimum ? 'amount' : minimum.of;

async function figuresOf(
	tx: Tx,
	{ at, year, fixedAssetsCents }: { at: Date; year: number; fixedAssetsCents: number | null },
): Promise<AnnualFigures> {
	const { start, end, name, provisional } = await yearOf(tx, year, at);
	const before = addDays(start, -1);
	const [opening, closing] = await standingsOn(tx, [before, end]);
	if (!opening || !closing) throw new Error('no figures');
	const [moved] = await tx.execute<{ joined: number; left: number; more: number; fewer: number }>(sql`
		select (select count(*) from members where joined_on between ${start} and ${end})::int as joined,
			(select count(*) from members where left_on between ${start} and ${end})::int as left,
			coalesce(sum(count) filter (where count > 0), 0)::bigint as more,
			coalesce(-sum(count) filter (where count < 0), 0)::bigint as fewer
		from share_movements where effective_on between ${start} and ${end}`);
	const { terms } = await statuteOn(tx, end);
	const [first] = await tx.execute<{ founded: Day }>(sql`select min(valid_from) as founded from statute_versions`);
	const earlier = before < (first?.founded ?? before) ? terms : (await statuteOn(tx, before)).terms;
	const members = { atStart: opening.members, atEnd: closing.members };
	const shares = { atStart: opening.shares, atEnd: closing.shares };
	return {
		...{ year, name, startOn: start, endOn: end, provisional, start: opening, end: closing },
		members: { ...members, more: moved?.joined ?? 0, fewer: moved?.left ?? 0 },
		shares: { ...shares, more: moved?.more ?? 0, fewer: moved?.fewer ?? 0 },
		liabilityStartCents: liabilityOf(earlier, opening),
		liabilityEndCents: liabilityOf(terms, closing),
		minimumCapitalCents: minimumCapitalOf(terms, closing, fixedAssetsCents),
		minimumCapitalOf: kindOfMinimum(terms),
	};
}

/**
 * The figures of the fiscal year that ends in a calendar year (S-13). `fixedAssetsCents`: value of the fixed assets, where the
 * minimum capital is a share of them. Refuses missing `reports.year-unknown` {year}.
 */
export function readAnnualFigures(
	db: Database,
	{ by, at, year, fixedAssetsCents }: { by: Actor; at: Date; year: number; fixedAssetsCents: number | null },
): Promise<AnnualFigures> {
	return transact(db, by, (tx) => figuresOf(tx, { at, year, fixedAssetsCents }));
}

/** Somebody who came or went in a fiscal year. */
export interface MemberChange {
	memberId: string;
	number: number;
	name: string;
	what: 'joined' | 'left';
	on: Day;
	/** shares at the end of that day, or held until then */
	shares: number;
}

async function changesOf(tx: Tx, start: Day, end: Day): Promise<MemberChange[]> {
	const rows = await tx.execute<{
		member_id: string;
		number: number;
		name: string;
		what: 'joined' | 'left';
		on_day: Day;
		shares: number;
	}>(sql`
		with changed as (
			select id, number, sort_name, 'joined' as what, joined_on as on_day from members where joined_on between ${start} and ${end}
			union all
			select id, number, sort_name, 'left', left_on from members where left_on between ${start} and ${end}
		)
		select c.id as member_id, c.number, c.sort_name as name, c.what, c.on_day,
			coalesce((select sum(s.count) from share_movements s where s.member_id = c.id
				and (s.effective_on < c.on_day or (c.what = 'joined' and s.effective_on = c.on_day))), 0)::int as shares
		from changed c order by c.on_day, c.what, c.number`);
	return rows.map((row) => ({
		...{ memberId: row.member_id, number: row.number, name: row.name, what: row.what, on: row.on_day },
		shares: row.shares,
	}));
}

/** Members who joined or left in the fiscal year that ends in a calendar year, by day. Refuses missing `reports.year-unknown` {year}. */
export function listMemberChanges(
	db: Database,
	{ by, at, year }: { by: Actor; at: Date; year: number },
): Promise<MemberChange[]> {
	return transact(db, by, async (tx) => {
		const { start, end } = await yearOf(tx, year, at);
		return changesOf(tx, start, end);
	});
}

/** Capital at the end of a fiscal year, or today. */
export interface CapitalPoint {
	name: string;
	day: Day;
	members: number;
	shares: number;
	nominalCents: number;
	balancesCents: number;
}

type Sums = Omit<CapitalPoint, 'name' | 'day'>;
const nothing: Sums = { members: 0, shares: 0, nominalCents: 0, balancesCents: 0 };

/**
 * Members, shares and balances of those who stay at the end of each day, days ascending: every movement is read once and added to the
 * first day it counts for, whatever the number of days.
 */
async function sumsOn(tx: Tx, days: readonly Day[]): Promise<Sums[]> {
	const rows = await tx.execute<{ members: number; shares: number; nominal: number; balances: number }>(sql`
		with asked as (select string_to_array(${days.join(',')}, ',')::date[] as days), changes as (
			select effective_on as day, 0 as members, sum(count) as shares, sum(nominal_cents) as nominal, 0 as balance
			from share_movements group by effective_on
			union all select joined_on, count(*), 0, 0, 0 from members group by joined_on
			union all select left_on, -count(*), 0, 0, 0 from members where left_on is not null group by left_on
			union all select j.booked_on, 0, 0, 0, -sum(p.cents) from postings p join journal j on j.number = p.entry
				where p.account = ${accounts.memberBalances} group by j.booked_on
			union all select greatest(j.booked_on, m.left_on), 0, 0, 0, sum(p.cents)
				from postings p join journal j on j.number = p.entry join members m on m.id = p.member_id
				where p.account = ${accounts.memberBalances} and m.left_on is not null group by 1
		), placed as (
			select width_bucket(c.day - 1, a.days) + 1 as n, sum(c.members) as members, sum(c.shares) as shares, sum(c.nominal) as nominal,
				sum(c.balance) as balance
			from changes c cross join asked a group by 1
		)
		select coalesce(sum(p.members) over w, 0)::int as members, coalesce(sum(p.shares) over w, 0)::bigint as shares,
			coalesce(sum(p.nominal) over w, 0)::bigint as nominal, coalesce(sum(p.balance) over w, 0)::bigint as balances
		from generate_series(1, ${days.length}::int) as n left join placed p on p.n = n.n
		window w as (order by n.n) order by n.n`);
	return rows.map(({ members, shares, nominal, balances }) => ({
		...{ members, shares, nominalCents: nominal, balancesCents: balances },
	}));
}

/** How members and capital grew: the ends of the last thirty fiscal years since the founding, and today. */
export function readCapitalDevelopment(db: Database, { by, at }: { by: Actor; at: Date }): Promise<CapitalPoint[]> {
	return transact(db, by, async (tx) => {
		const { fiscalYearEndMonth: month } = await cooperativeOf(tx);
		const today = dayOf(at);
		const [first] = await tx.execute<{ founded: Day | null }>(
			sql`select min(valid_from) as founded from statute_versions`,
		);
		const points: { name: string; day: Day }[] = [];
		const earliest = addMonths(today, -12 * 30);
		const founded = first?.founded ?? today;
		let { end, name } = fiscalYearOf(founded > earliest ? founded : earliest, month);
		while (end < today) {
			points.push({ name, day: end });
			({ end, name } = fiscalYearOf(addDays(end, 1), month));
		}
		points.push({ name, day: today });
		const sums = await sumsOn(
			tx,
			points.map(({ day }) => day),
		);
		return points.map((point, i) => ({ ...point, ...(sums[i] ?? nothing) }));
	});
}

type Words = Record<SheetLanguage, string>;
interface FigureLine {
	what: Words;
	count: number | null;
	cents: number | null;
}

const line = (de: string, en: string, count: number | null, cents: number | null): FigureLine => ({
	what: { de, en },
	count,
	cents,
});

function figureLines(f: AnnualFigures): FigureLine[] {
	return [
		line('Mitglieder am Anfang', 'Members at the start', f.members.atStart, null),
		line('Zugang', 'Joined', f.members.more, null),
		line('Abgang', 'Left', f.members.fewer, null),
		line('Mitglieder am Ende', 'Members at the end', f.members.atEnd, null),
		line('Geschäftsanteile am Anfang', 'Shares at the start', f.shares.atStart, null),
		line('Geschäftsanteile Zugang', 'Shares taken', f.shares.more, null),
		line('Geschäftsanteile Abgang', 'Shares given up', f.shares.fewer, null),
		line('Geschäftsanteile am Ende', 'Shares at the end', f.shares.atEnd, null),
		line('Geschäftsguthaben der verbleibenden Mitglieder', 'Balances of members who stay', null, f.end.balancesCents),
		line('Geschäftsguthaben der ausgeschiedenen Mitglieder', 'Balances of members who left', null, f.end.leavingCents),
		line(
			'Veränderung der Geschäftsguthaben der verbleibenden Mitglieder',
			'Change of the balances of members who stay',
			null,
			f.end.balancesCents - f.start.balancesCents,
		),
		line('Gesamtbetrag der Haftsummen', 'Sum of liability sums', null, f.liabilityEndCents),
		line('Veränderung der Haftsummen', 'Change of liability sums', null, f.liabilityEndCents - f.liabilityStartCents),
		line('Rückständige fällige Einzahlungen', 'Payments due and unpaid', f.end.overdueMembers, f.end.overdueCents),
		line('Mindestkapital', 'Minimum capital', null, f.minimumCapitalCents),
	];
}

/** Which report is written as a file. */
export type ReportFile = 'figures' | 'changes';

/**
 * A report of a fiscal year as CSV or XLSX; the export is logged. Refuses missing `reports.year-unknown` {year}.
 */
export function exportReport(
	db: Database,
	{
		by,
		at,
		year,
		report,
		format,
		language,
		fixedAssetsCents,
	}: {
		by: Actor;
		at: Date;
		year: number;
		report: ReportFile;
		format: SheetFormat;
		language: SheetLanguage;
		fixedAssetsCents: number | null;
	},
) {
	const pick = <T>(de: T, en: T): T => (language === 'de' ? de : en);
	return write(db, { by, at }, async (tx, note) => {
		const { start, end } = await yearOf(tx, year, at);
		note({ action: 'reports.export', subject: `fiscal year ${year}`, after: { report, format } });
		const mediaType = sheetTypes[format];
		if (report === 'figures') {
			const lines = figureLines(await figuresOf(tx, { at, year, fixedAssetsCents }));
			const columns: SheetColumn<FigureLine>[] = [
				{ key: 'what', heading: pick('Angabe', 'Figure'), kind: 'text', value: (one) => one.what[language] },
				{ key: 'count', heading: pick('Zahl', 'Number'), kind: 'whole', value: (one) => one.count },
				{ key: 'cents', heading: pick('Betrag in €', 'Amount in €'), kind: 'cents', value: (one) => one.cents },
			];
			const title = pick(`Anhang ${year}`, `Notes ${year}`);
			return {
				fileName: `${title}.${format}`,
				mediaType,
				content: spreadsheetOf(format, { title, columns, parts: [lines], language }),
			};
		}
		const changes = await changesOf(tx, start, end);
		const columns: SheetColumn<MemberChange>[] = [
			{ key: 'on', heading: pick('Tag', 'Day'), kind: 'day', value: (one) => one.on },
			{
				...{ key: 'what', heading: pick('Was', 'What'), kind: 'text' },
				value: (one) => (one.what === 'joined' ? pick('Beitritt', 'joined') : pick('Austritt', 'left')),
			},
			{ key: 'number', heading: pick('Nr.', 'No.'), kind: 'whole', value: (one) => one.number },
			{ key: 'name', heading: pick('Name', 'Name'), kind: 'text', value: (one) => one.name },
			{ key: 'shares', heading: pick('Anteile', 'Shares'), kind: 'whole', value: (one) => one.shares },
		];
		const title = pick(`Zu- und Abgänge ${year}`, `Joined and left ${year}`);
		return {
			fileName: `${title}.${format}`,
			mediaType,
			content: spreadsheetOf(format, { title, columns, parts: [changes], language }),
		};
	});
}
