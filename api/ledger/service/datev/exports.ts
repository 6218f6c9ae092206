// Handing the books to the tax adviser: what a period would give, the file kept byte for byte, earlier files.
import { createHash } from 'node:crypto';
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import { type Database, transact } from '../../../database/connect.ts';
import type { Actor } from '../../../values/actor.ts';
import { clockOf, type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { type BatchRow, batchFile } from '../../datev/file.ts';
import { datevExports, journal, journalHead } from '../../tables.ts';
import { batchOf, type DatevPeriod, handedOver } from './batch.ts';

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
