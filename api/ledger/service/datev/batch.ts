// The entries of a period as rows of a posting batch.
import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import { fiscalYearOf } from '../../../statute/rules.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import { type Day, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { BatchRow } from '../../datev/file.ts';
import { pairsOf } from '../../datev/pairs.ts';
import { datevAccounts, journal, journalHead, ledgerAccounts, postings } from '../../tables.ts';
import type { Chart } from '../chart.ts';
import { type DatevSettings, settingsIn } from './settings.ts';

/** Days of one fiscal year, and whether entries that an earlier file of these days held are left out. */
export interface DatevPeriod {
	from: Day;
	to: Day;
	onlyNew: boolean;
}

interface BatchLine {
	number: number;
	bookedOn: Day;
	text: string;
	reference: string | null;
	account: string;
	cents: number;
}

/** What a file of a period is made from. */
export interface Batch {
	settings: DatevSettings;
	yearStart: Day;
	rows: BatchRow[];
	entries: number;
	throughEntry: number;
	locked: boolean;
}

/** The journal's entries of a period that an earlier file held: those up to its last number, on its days. */
export const handedOver = sql`exists (select from datev_exports x where ${journal.bookedOn} between x.from_day and x.to_day and ${journal.number} <= x.through_entry)`;

async function checkPeriod(tx: Tx, { from, to }: DatevPeriod, today: Day): Promise<Day> {
	if (!isDay(from)) throw new Refusal('invalid', 'ledger.day-wrong', {}, { field: 'from' });
	if (!isDay(to) || to < from) throw new Refusal('invalid', 'ledger.day-wrong', {}, { field: 'to' });
	if (to > today) throw new Refusal('invalid', 'ledger.day-in-future', {}, { field: 'to' });
	const { fiscalYearEndMonth } = await cooperativeOf(tx);
	const { start, end } = fiscalYearOf(from, fiscalYearEndMonth);
	if (to > end) throw new Refusal('invalid', 'ledger.datev-two-years', { end }, { rule: 'B-30', field: 'to' });
	return start;
}

/** What the file of a period holds. Refusals: see `previewDatev`. */
export async function batchOf(tx: Tx, period: DatevPeriod, today: Day): Promise<Batch> {
	const yearStart = await checkPeriod(tx, period, today);
	const settings = await settingsIn(tx);
	if (!settings) throw new Refusal('conflict', 'ledger.datev-settings-missing', {}, { rule: 'B-31' });
	const [head] = await tx.select().from(journalHead);
	if (!head) throw new Error('the journal has no head');
	const lines = await tx
		.select({
			...{ number: journal.number, bookedOn: journal.bookedOn, text: journal.text, reference: journal.reference },
			account: postings.account,
			cents: sql<number>`sum(${postings.cents})::bigint`.mapWith(Number),
		})
		.from(journal)
		.innerJoin(postings, eq(postings.entry, journal.number))
		.where(
			and(
				gte(journal.bookedOn, period.from),
				lte(journal.bookedOn, period.to),
				lte(journal.number, head.number),
				period.onlyNew ? sql`not ${handedOver}` : undefined,
			),
		)
		.groupBy(journal.number, postings.account, sql`sign(${postings.cents})`)
		.orderBy(asc(journal.bookedOn), asc(journal.number));
	const rows = rowsOf(lines, settings, await mappingOf(tx, settings.chart));
	const entries = new Set(lines.map(({ number }) => number)).size;
	return { settings, yearStart, rows, entries, throughEntry: head.number, locked: head.lockedThrough >= period.to };
}

interface Mapping {
	datevAccount: string | null;
	taxKey: string | null;
}

async function mappingOf(tx: Tx, chart: Chart): Promise<Map<string, Mapping & { memo: boolean }>> {
	const rows = await tx
		.select({
			number: ledgerAccounts.number,
			kind: ledgerAccounts.kind,
			datevAccount: datevAccounts.datevAccount,
			taxKey: datevAccounts.taxKey,
		})
		.from(ledgerAccounts)
		.leftJoin(datevAccounts, and(eq(datevAccounts.account, ledgerAccounts.number), eq(datevAccounts.chart, chart)));
	return new Map(
		rows.map(({ number, kind, datevAccount, taxKey }) => [number, { datevAccount, taxKey, memo: kind === 'memo' }]),
	);
}

function rowsOf(
	lines: readonly BatchLine[],
	{ accountLength, clearingAccount }: DatevSettings,
	mapping: ReadonlyMap<string, Mapping & { memo: boolean }>,
): BatchRow[] {
	const entries = new Map<number, BatchLine[]>();
	for (const line of lines) {
		const entry = entries.get(line.number);
		if (entry) entry.push(line);
		else entries.set(line.number, [line]);
	}
	const taxKeys = new Map<string, string>();
	for (const { datevAccount, taxKey } of mapping.values())
		if (datevAccount && taxKey) taxKeys.set(datevAccount, taxKey);
	return [...entries.values()].flatMap((entry) => {
		const [first] = entry;
		if (!first) return [];
		const handed = entry.flatMap(({ account, cents, number }) => {
			const { datevAccount = null, memo = false } = mapping.get(account) ?? {};
			if (datevAccount === null && memo) return [];
			if (datevAccount === null || datevAccount.length > accountLength)
				throw new Refusal('conflict', 'ledger.datev-account-missing', { account, number }, { rule: 'B-31' });
			return [{ account: datevAccount, cents }];
		});
		if (handed.reduce((sum, { cents }) => sum + cents, 0) !== 0)
			throw new Refusal('conflict', 'ledger.datev-memo-mixed', { number: first.number }, { rule: 'B-31' });
		return pairsOf(handed, clearingAccount).map((pair) => ({
			...pair,
			bookedOn: first.bookedOn,
			voucher: first.reference ?? String(first.number),
			text: first.text,
			taxKey: taxKeys.get(pair.account) ?? taxKeys.get(pair.contra) ?? '',
		}));
	});
}
