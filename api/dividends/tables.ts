// What is remembered about dividends: closed years, proposals, tax standing of members, runs and their lines.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	json,
	pgTable,
	primaryKey,
	smallint,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../database/columns.ts';
import { journal } from '../ledger/tables.ts';
import { members } from '../members/tables.ts';
import { payoutFiles } from '../payments/tables.ts';
import { statuteVersions } from '../statute/tables.ts';
import type { LineStep } from './rules/steps.ts';
import type { CertificateKind, ExemptBy, HolderKind } from './rules/withholding.ts';

/** Closed fiscal years by the calendar year they end in. The row is the lock of all that happens to the year's profit. */
export const fiscalYears = pgTable(
	'fiscal_years',
	{
		year: integer().primaryKey(),
		startOn: day().notNull(),
		endOn: day().notNull(),
		/** the cooperative's first year: the dividend goes by the payments made in it (§ 19(1) S. 2 GenG) */
		firstYear: boolean().notNull(),
		state: text({ enum: ['recorded', 'proposed', 'resolved', 'prepared', 'released'] })
			.notNull()
			.default('recorded'),
		/** Jahresüberschuss, negative for a Jahresfehlbetrag */
		resultCents: cents().notNull(),
		profitForwardCents: cents().notNull(),
		lossForwardCents: cents().notNull(),
		legalReserveBeforeCents: cents().notNull(),
		boardReserveCents: cents().notNull(),
		releasedCents: cents().notNull(),
		freeReservesCents: cents().notNull(),
		blockedCents: cents().notNull(),
		/** what the energy brought in, for information only */
		energyRevenueCents: cents(),
		/** by the statute version named */
		legalReserveCents: cents().notNull(),
		/** Bilanzgewinn */
		balanceSheetProfitCents: cents().notNull(),
		distributableCents: cents().notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		recordedBy: uuid().notNull(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		check('fiscal_years_span', sql`${t.endOn} > ${t.startOn} and extract(year from ${t.endOn}) = ${t.year}`),
		check(
			'fiscal_years_amounts',
			sql`least(${t.profitForwardCents}, ${t.lossForwardCents}, ${t.legalReserveBeforeCents}, ${t.boardReserveCents}, ${t.releasedCents}, ${t.freeReservesCents}, ${t.blockedCents}, ${t.legalReserveCents}, ${t.distributableCents}) >= 0`,
		),
		check(
			'fiscal_years_profit',
			sql`${t.balanceSheetProfitCents} = ${t.resultCents} + ${t.profitForwardCents} - ${t.lossForwardCents} - ${t.legalReserveCents} - ${t.boardReserveCents} + ${t.releasedCents}`,
		),
		check('fiscal_years_state', sql`${t.state} in ('recorded', 'proposed', 'resolved', 'prepared', 'released')`),
		uniqueIndex('fiscal_years_one_first').on(t.firstYear).where(sql`${t.firstYear}`),
	],
);

/** Proposals for the use of a year's profit (Gewinnverwendungsvorschlag) and what the assembly made of them. */
export const dividendProposals = pgTable(
	'dividend_proposals',
	{
		id: id(),
		year: integer()
			.notNull()
			.references(() => fiscalYears.year),
		/** decimal text; null: a fixed amount is proposed */
		rate: text(),
		/** sum of the balances the dividend goes by */
		balancesCents: cents().notNull(),
		/** most that is distributed */
		potCents: cents().notNull(),
		toOtherReservesCents: cents().notNull(),
		carriedForwardCents: cents().notNull(),
		/** day of payment, which is the day of inflow (T-07) */
		payoutOn: day().notNull(),
		state: text({ enum: ['proposed', 'withdrawn', 'rejected', 'adopted'] })
			.notNull()
			.default('proposed'),
		proposedBy: uuid().notNull(),
		proposedAt: instant().notNull(),
		/** the resolution: ballot and day */
		ballotId: uuid().unique(),
		resolvedOn: day(),
		decidedBy: uuid(),
		decidedAt: instant(),
	},
	(t) => [
		check('dividend_proposals_amounts', sql`least(${t.balancesCents}, ${t.potCents}, ${t.toOtherReservesCents}) >= 0`),
		check(
			'dividend_proposals_resolved',
			sql`(${t.state} in ('rejected', 'adopted')) = (${t.ballotId} is not null) and (${t.ballotId} is null) = (${t.resolvedOn} is null)`,
		),
		check('dividend_proposals_state', sql`${t.state} in ('proposed', 'withdrawn', 'rejected', 'adopted')`),
		uniqueIndex('dividend_proposals_one_open').on(t.year).where(sql`state = 'proposed'`),
		uniqueIndex('dividend_proposals_one_adopted').on(t.year).where(sql`state = 'adopted'`),
	],
);

/** One row, locked by whatever changes what a run computes with and by the release of a run: neither slips past the other. */
export const dividendGate = pgTable('dividend_gate', { one: smallint().primaryKey() }, (t) => [
	check('dividend_gate_single', sql`${t.one} = 1`),
]);

/**
 * Exemption orders (Freistellungsaufträge), append-only: the order of a day is the one recorded last among those that begin on or
 * before it. What a year has used is the sum of the released lines. Tax ids are sealed, bound to table, column and row.
 */
export const exemptionOrders = pgTable(
	'exemption_orders',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		amountCents: cents().notNull(),
		joint: boolean().notNull(),
		validFrom: day().notNull(),
		/** a 31 December; earlier than `validFrom`: it never counted */
		validTo: day(),
		taxId: bytes().notNull(),
		taxIdBlind: bytes().notNull(),
		spouseTaxId: bytes(),
		spouseTaxIdBlind: bytes(),
		/** given by the member in the portal, or on the official form and recorded by the board */
		via: text({ enum: ['portal', 'form'] }).notNull(),
		recordedBy: uuid(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		check('exemption_orders_amount', sql`${t.amountCents} > 0`),
		check('exemption_orders_end', sql`to_char(${t.validTo}, 'MM-DD') = '12-31'`),
		check(
			'exemption_orders_joint',
			sql`${t.joint} = (${t.spouseTaxId} is not null) and ${t.joint} = (${t.spouseTaxIdBlind} is not null)`,
		),
		index('exemption_orders_of_member').on(t.memberId, t.recordedAt),
		index('exemption_orders_by_tax_id').on(t.taxIdBlind),
		index('exemption_orders_by_spouse').on(t.spouseTaxIdBlind),
	],
);

/**
 * A member's tax standing in a calendar year. Of religion only the rate is kept and, sealed, the key of the community the tax is owed
 * to; an answer without church tax erases the key at once (§ 51a(2c) EStG, T-31, T-33, T-35).
 */
export const taxAttributes = pgTable(
	'tax_attributes',
	{
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		year: integer().notNull(),
		churchRate: text({ enum: ['0', '0.08', '0.09'] }).notNull(),
		churchKey: bytes(),
		inBusinessAssets: boolean().notNull(),
		/** as tax law sees the member, if not as the file says */
		holderKind: text().$type<HolderKind>(),
		recordedBy: uuid(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.memberId, t.year] }),
		check('tax_attributes_rate', sql`${t.churchRate} in ('0', '0.08', '0.09')`),
		check('tax_attributes_key', sql`(${t.churchRate} = '0') = (${t.churchKey} is null)`),
		check(
			'tax_attributes_holder',
			sql`${t.holderKind} in ('natural', 'company', 'partnership', 'public-body', 'charity', 'non-resident')`,
		),
	],
);

/** Certificates of the tax office that lower the deduction (NV-Bescheinigung, § 44a(5), (7), (8) EStG); a returned one is withdrawn. */
export const taxCertificates = pgTable(
	'tax_certificates',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text().$type<CertificateKind>().notNull(),
		validFrom: day().notNull(),
		validTo: day().notNull(),
		taxOffice: text().notNull(),
		issuedOn: day().notNull(),
		/** tax number and list number as they stand on it (§ 44a(3) EStG) */
		reference: text().notNull(),
		recordedBy: uuid(),
		recordedAt: instant().notNull(),
		withdrawnBy: uuid(),
		withdrawnAt: instant(),
	},
	(t) => [
		check('tax_certificates_kind', sql`${t.kind} in ('no-assessment', 'lasting-excess', 'charitable', 'exempt-body')`),
		check('tax_certificates_span', sql`${t.validTo} >= ${t.validFrom}`),
		index('tax_certificates_of_member').on(t.memberId),
	],
);

/** Runs: computed by one person, released by another; one per year unless discarded before its release. */
export const dividendRuns = pgTable(
	'dividend_runs',
	{
		id: id(),
		year: integer()
			.notNull()
			.references(() => fiscalYears.year),
		proposalId: uuid()
			.notNull()
			.references(() => dividendProposals.id),
		state: text({ enum: ['prepared', 'released', 'discarded'] })
			.notNull()
			.default('prepared'),
		/** day of inflow (Zufluss) */
		inflowOn: day().notNull(),
		/** sha256, hex, over terms and lines: what is released */
		contentHash: text().notNull(),
		memberCount: integer().notNull(),
		baseCents: cents().notNull(),
		grossCents: cents().notNull(),
		exemptCents: cents().notNull(),
		taxableCents: cents().notNull(),
		capitalTaxCents: cents().notNull(),
		solidarityCents: cents().notNull(),
		churchTaxCents: cents().notNull(),
		netCents: cents().notNull(),
		creditedCents: cents().notNull(),
		paidOutCents: cents().notNull(),
		/** what is left of the pot and goes to the carry-forward */
		remainderCents: cents().notNull(),
		/** natural persons for whom nothing about church tax is recorded for the year of inflow */
		withoutChurchAnswer: integer().notNull(),
		preparedBy: uuid().notNull(),
		preparedAt: instant().notNull(),
		releasedBy: uuid(),
		releasedAt: instant(),
		journalEntry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
		discardedBy: uuid(),
		discardedAt: instant(),
	},
	(t) => [
		check('dividend_runs_state', sql`${t.state} in ('prepared', 'released', 'discarded')`),
		check('dividend_runs_four_eyes', sql`${t.releasedBy} <> ${t.preparedBy}`),
		check(
			'dividend_runs_released',
			sql`(${t.state} = 'released') = (${t.releasedBy} is not null) and (${t.releasedBy} is null) = (${t.releasedAt} is null)`,
		),
		check('dividend_runs_discarded', sql`(${t.state} = 'discarded') = (${t.discardedAt} is not null)`),
		check(
			'dividend_runs_taxes',
			sql`${t.grossCents} = ${t.netCents} + ${t.capitalTaxCents} + ${t.solidarityCents} + ${t.churchTaxCents} and ${t.netCents} = ${t.creditedCents} + ${t.paidOutCents}`,
		),
		check('dividend_runs_remainder', sql`${t.remainderCents} >= 0`),
		uniqueIndex('dividend_runs_one_per_year').on(t.year).where(sql`state <> 'discarded'`),
	],
);

/** Payout files of a released run, append-only: the one of the release, and later ones for what was left. */
export const dividendPayouts = pgTable('dividend_payouts', {
	fileId: uuid()
		.primaryKey()
		.references(() => payoutFiles.id),
	runId: uuid()
		.notNull()
		.references(() => dividendRuns.id),
	/** day the bank is to execute it */
	paymentOn: day().notNull(),
});

/** Each member's line of a run with the explained calculation, append-only. */
export const dividendLines = pgTable(
	'dividend_lines',
	{
		runId: uuid()
			.notNull()
			.references(() => dividendRuns.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		memberNumber: integer().notNull(),
		/** as in the run, so that a calendar year's use of an exemption order is a sum over lines */
		inflowOn: day().notNull(),
		baseCents: cents().notNull(),
		grossCents: cents().notNull(),
		exemptCents: cents().notNull(),
		exemptBy: text().$type<ExemptBy>(),
		exemptionUsedCents: cents().notNull(),
		taxableCents: cents().notNull(),
		churchRate: text().notNull(),
		capitalTaxCents: cents().notNull(),
		solidarityCents: cents().notNull(),
		churchTaxCents: cents().notNull(),
		netCents: cents().notNull(),
		creditedCents: cents().notNull(),
		paidOutCents: cents().notNull(),
		steps: json().$type<readonly LineStep[]>().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.runId, t.memberId] }),
		check(
			'dividend_lines_amounts',
			sql`least(${t.baseCents}, ${t.exemptCents}, ${t.exemptionUsedCents}, ${t.capitalTaxCents}, ${t.solidarityCents}, ${t.churchTaxCents}, ${t.creditedCents}, ${t.paidOutCents}) >= 0`,
		),
		check('dividend_lines_taxable', sql`${t.grossCents} = ${t.exemptCents} + ${t.taxableCents}`),
		check(
			'dividend_lines_net',
			sql`${t.grossCents} = ${t.netCents} + ${t.capitalTaxCents} + ${t.solidarityCents} + ${t.churchTaxCents}`,
		),
		check('dividend_lines_paid', sql`${t.netCents} = ${t.creditedCents} + ${t.paidOutCents}`),
		check('dividend_lines_order', sql`${t.exemptionUsedCents} <= ${t.exemptCents}`),
		index('dividend_lines_of_member').on(t.memberId, t.inflowOn),
	],
);
