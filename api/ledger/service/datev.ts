// Handing the books to the tax adviser: settings, what a period would give, the file kept byte for byte, earlier files.
import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { clockOf, type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type BatchRow, batchFile } from '../datev/file.ts';
import { pairsOf } from '../datev/pairs.ts';
import {
	datevAccounts,
	datevExports,
	datevSettings,
	journal,
	journalHead,
	ledgerAccounts,
	postings,
} from '../tables.ts';
import type { Chart } from './chart.ts';

/** What the adviser's program must know (B-30). */
export interface DatevSettings {
	consultant: number;
	client: number;
	chart: Chart;
	accountLength: number;
	clearingAccount: string;
}

/** The settings, or null while nobody has said them. */
export function readDatevSettings(db: Database, { by }: { by: Actor }): Promise<DatevSettings | null> {
	return transact(db, by, settingsIn);
}

async function settingsIn(tx: Tx): Promise<DatevSettings | null> {
	const [row] = await tx.select().from(datevSettings);
	if (!row) return null;
	const { one: _one, ...settings } = row;
	return settings;
}

/** Says or changes the settings. Refuses invalid `ledger.datev-account-wrong` if the clearing account is longer than accounts are. */
export function setDatevSettings(
	db: Database,
	{ by, at, key, settings }: Command & { settings: DatevSettings },
): Promise<DatevSettings> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { clearingAccount, accountLength } = settings;
		if (clearingAccount.length > accountLength || /^0+$/.test(clearingAccount))
			throw new Refusal('invalid', 'ledger.datev-account-wrong', {}, { rule: 'B-31', field: 'clearingAccount' });
		const before = await settingsIn(tx);
		await tx
			.insert(datevSettings)
			.values({ one: 1, ...settings })
			.onConflictDoUpdate({ target: datevSettings.one, set: settings });
		note({ action: 'ledger.set-datev-settings', subject: 'DATEV', before, after: settings });
		return settings;
	});
}

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

interface Batch {
	settings: DatevSettings;
	yearStart: Day;
	rows: BatchRow[];
	entries: number;
	throughEntry: number;
	locked: boolean;
}

/** The journal's entries of a period that an earlier file held: those up to its last number, on its days. */
const handedOver = sql`exists (select from datev_exports x where ${journal.bookedOn} between x.from_day and x.to_day and ${journal.number} <= x.through_entry)`;

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
async function batchOf(tx: Tx, period: DatevPeriod, today: Day): Promise<Batch> {
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

/** What a period would give, and what earlier files of its days lack. */
export interface DatevPreview {
	entries: number;
	rows: number;
	sumCents: number;
	/** all days are closed: the rows are final at the adviser's */
	locked: boolean;
	/** the latest file that shares days with the period */
	former: { id: string; from: Day; to: Day; createdAt: string } | null;
	/** entries of these days that no earlier file held, although one was made: they came later */
	late: number;
	/** entries that an earlier file held already */
	again: number;
}

/**
 * What a file of these days would hold. Refuses invalid `ledger.day-wrong`, `ledger.day-in-future`, `ledger.datev-two-years` {end};
 * conflict `ledger.datev-settings-missing`, `ledger.datev-account-missing` {account, number}, `ledger.datev-memo-mixed` {number}.
 */
export function previewDatev(
	db: Database,
	{ by, at, ...period }: DatevPeriod & { by: Actor; at: Date },
): Promise<DatevPreview> {
	return transact(db, by, async (tx) => {
		const batch = await batchOf(tx, period, dayOf(at));
		const [former] = await tx
			.select()
			.from(datevExports)
			.where(and(lte(datevExports.fromDay, period.to), gte(datevExports.toDay, period.from)))
			.orderBy(desc(datevExports.createdAt), desc(datevExports.id))
			.limit(1);
		const within = and(gte(journal.bookedOn, period.from), lte(journal.bookedOn, period.to));
		const all = await tx.$count(journal, within);
		const again = await tx.$count(journal, and(within, handedOver));
		return {
			...{ entries: batch.entries, rows: batch.rows.length, sumCents: sumOf(batch.rows), locked: batch.locked },
			former: former
				? { id: former.id, from: former.fromDay, to: former.toDay, createdAt: former.createdAt.toISOString() }
				: null,
			...{ late: former ? all - again : 0, again },
		};
	});
}

const sumOf = (rows: readonly BatchRow[]): number => rows.reduce((sum, { amountCents }) => sum + amountCents, 0);

/** Local wall-clock time of an instant in 17 digits. */
function stampOf(at: Date): string {
	const seconds = at.toISOString().slice(17, 23).replace('.', '');
	return `${dayOf(at).replaceAll('-', '')}${clockOf(at).replace(':', '')}${seconds}`;
}

/**
 * Makes the file of a period and keeps it with its hash, who made it and when. Refuses what `previewDatev` refuses, and conflict
 * `ledger.datev-nothing` if there is nothing to hand over.
 */
export function exportDatev(
	db: Database,
	{ by, at, key, from, to, onlyNew }: Command & DatevPeriod,
): Promise<{ id: string; fileName: string; sha256: string; rows: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		// Whoever posts waits: the file is whole up to its last number.
		await tx.select({ number: journalHead.number }).from(journalHead).for('update');
		const batch = await batchOf(tx, { from, to, onlyNew }, dayOf(at));
		const { settings, yearStart, rows, entries, throughEntry, locked } = batch;
		if (rows.length === 0) throw new Refusal('conflict', 'ledger.datev-nothing');
		const { clearingAccount: _clearing, ...parameters } = settings;
		const header = {
			...parameters,
			created: stampOf(at),
			yearStart,
			from,
			to,
			label: `Gemeinwatt ${from} ${to}`,
			locked,
		};
		const content = batchFile(header, rows);
		const sha256 = createHash('sha256').update(content).digest();
		const fileName = `EXTF_Buchungsstapel_${from}_${to}_${throughEntry}.csv`;
		const [made] = await tx
			.insert(datevExports)
			.values({
				...{ fromDay: from, toDay: to, onlyNew, throughEntry, entryCount: entries, rowCount: rows.length },
				...{ sumCents: sumOf(rows), locked, fileName, content, sha256, createdAt: at, createdBy: by.personId },
			})
			.returning({ id: datevExports.id });
		const after = {
			from,
			to,
			onlyNew,
			throughEntry,
			entries,
			rows: rows.length,
			locked,
			sha256: sha256.toString('hex'),
		};
		note({ action: 'ledger.export-datev', subject: fileName, after });
		return { id: made?.id ?? '', fileName, sha256: sha256.toString('hex'), rows: rows.length };
	});
}

/** A file that was handed over. */
export interface DatevExport {
	id: string;
	from: Day;
	to: Day;
	onlyNew: boolean;
	throughEntry: number;
	entries: number;
	rows: number;
	sumCents: number;
	locked: boolean;
	fileName: string;
	sha256: string;
	createdAt: string;
	createdBy: string | null;
	/** entries that were posted into its days afterwards and that no file holds yet */
	late: number;
}

/** All files, newest first. */
export function listDatevExports(db: Database, { by }: { by: Actor }): Promise<DatevExport[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({
				...{ id: datevExports.id, from: datevExports.fromDay, to: datevExports.toDay, onlyNew: datevExports.onlyNew },
				...{ throughEntry: datevExports.throughEntry, entries: datevExports.entryCount, rows: datevExports.rowCount },
				...{ sumCents: datevExports.sumCents, locked: datevExports.locked, fileName: datevExports.fileName },
				sha256: sql<string>`encode(${datevExports.sha256}, 'hex')`,
				...{ createdAt: datevExports.createdAt, createdBy: datevExports.createdBy },
				late: sql<number>`(select count(*)::int from journal j where j.number > ${datevExports.throughEntry} and j.booked_on between ${datevExports.fromDay} and ${datevExports.toDay}
					and not exists (select from datev_exports x where j.booked_on between x.from_day and x.to_day and j.number <= x.through_entry))`,
			})
			.from(datevExports)
			.orderBy(desc(datevExports.createdAt), desc(datevExports.id))
			.limit(200);
		return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
	});
}

/** The bytes of a file, as they were made. Refuses missing `ledger.datev-export-unknown`. */
export function readDatevFile(
	db: Database,
	{ by, exportId }: { by: Actor; exportId: string },
): Promise<{ fileName: string; sha256: string; contentBase64: string }> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(datevExports).where(eq(datevExports.id, exportId));
		if (!row) throw new Refusal('missing', 'ledger.datev-export-unknown');
		return {
			fileName: row.fileName,
			sha256: row.sha256.toString('hex'),
			contentBase64: row.content.toString('base64'),
		};
	});
}
