// The chart of accounts: names as the cooperative says them, accounts of its own, and what they are called at the tax adviser's.
import { and, asc, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import type { AccountKind } from '../rules.ts';
import { datevAccounts, ledgerAccounts } from '../tables.ts';

/** The charts the tax adviser may keep (Kontenrahmen). */
export const charts = ['03', '04'] as const;
export type Chart = (typeof charts)[number];

/** An account with what it is called in each of the adviser's charts; null where it is not handed over. */
export interface ChartAccount {
	number: string;
	nameDe: string;
	nameEn: string;
	kind: AccountKind;
	perMember: boolean;
	datev: { chart: Chart; account: string; taxKey: string | null }[];
}

/** The chart of accounts with the adviser's numbers, by number. */
export function readChart(db: Database, { by }: { by: Actor }): Promise<ChartAccount[]> {
	return transact(db, by, async (tx) => {
		const accounts = await tx.select().from(ledgerAccounts).orderBy(asc(ledgerAccounts.number));
		const mapped = await tx.select().from(datevAccounts).orderBy(asc(datevAccounts.chart));
		return accounts.map((account) => ({
			...account,
			datev: mapped
				.filter((one) => one.account === account.number)
				.map(({ chart, datevAccount, taxKey }) => ({ chart, account: datevAccount, taxKey })),
		}));
	});
}

/**
 * Adds an account for entries by hand. It gets its own number at the adviser's where their chart is SKR04, which this chart follows.
 * Refuses conflict `ledger.account-exists` {account}.
 */
export function addAccount(
	db: Database,
	{
		by,
		at,
		key,
		number,
		nameDe,
		nameEn,
		kind,
	}: Command & { number: string; nameDe: string; nameEn: string; kind: AccountKind },
): Promise<{ number: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const made = await tx
			.insert(ledgerAccounts)
			.values({ number, nameDe, nameEn, kind, perMember: false })
			.onConflictDoNothing()
			.returning({ number: ledgerAccounts.number });
		if (made.length === 0)
			throw new Refusal('conflict', 'ledger.account-exists', { account: number }, { field: 'number' });
		if (!/^0+$/.test(number))
			await tx.insert(datevAccounts).values({ chart: '04', account: number, datevAccount: number });
		note({ action: 'ledger.add-account', subject: `account ${number}`, after: { nameDe, nameEn, kind } });
		return { number };
	});
}

/** Renames an account; its number and kind stay what past entries rest on. Refuses missing `ledger.account-missing`. */
export function renameAccount(
	db: Database,
	{ by, at, key, number, nameDe, nameEn }: Command & { number: string; nameDe: string; nameEn: string },
): Promise<{ number: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [before] = await tx.select().from(ledgerAccounts).where(eq(ledgerAccounts.number, number)).for('update');
		if (!before) throw new Refusal('missing', 'ledger.account-missing');
		await tx.update(ledgerAccounts).set({ nameDe, nameEn }).where(eq(ledgerAccounts.number, number));
		note({
			action: 'ledger.rename-account',
			subject: `account ${number}`,
			before: { nameDe: before.nameDe, nameEn: before.nameEn },
			after: { nameDe, nameEn },
		});
		return { number };
	});
}

/**
 * Says what an account is called in one of the adviser's charts (B-31), or that it is not handed over (null; memo accounts only).
 * Refuses missing `ledger.account-missing`; invalid `ledger.datev-account-needed`, `ledger.datev-account-wrong`.
 */
export function mapAccount(
	db: Database,
	{
		by,
		at,
		key,
		number,
		chart,
		datevAccount,
		taxKey,
	}: Command & { number: string; chart: Chart; datevAccount: string | null; taxKey: string | null },
): Promise<{ number: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [account] = await tx.select().from(ledgerAccounts).where(eq(ledgerAccounts.number, number)).for('update');
		if (!account) throw new Refusal('missing', 'ledger.account-missing');
		const here = and(eq(datevAccounts.chart, chart), eq(datevAccounts.account, number));
		const [before] = await tx.select().from(datevAccounts).where(here);
		if (datevAccount === null) {
			if (account.kind !== 'memo')
				throw new Refusal('invalid', 'ledger.datev-account-needed', { account: number }, { field: 'datevAccount' });
			await tx.delete(datevAccounts).where(here);
		} else {
			if (!/^\d{3,8}$/.test(datevAccount) || /^0+$/.test(datevAccount))
				throw new Refusal('invalid', 'ledger.datev-account-wrong', {}, { rule: 'B-31', field: 'datevAccount' });
			await tx
				.insert(datevAccounts)
				.values({ chart, account: number, datevAccount, taxKey })
				.onConflictDoUpdate({ target: [datevAccounts.chart, datevAccounts.account], set: { datevAccount, taxKey } });
		}
		note({
			action: 'ledger.map-account',
			subject: `account ${number}`,
			before: before ? { chart, datevAccount: before.datevAccount, taxKey: before.taxKey } : null,
			after: { chart, datevAccount, taxKey },
		});
		return { number };
	});
}
