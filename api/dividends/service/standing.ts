// A member's tax standing as the board keeps it: answers on church tax, business assets, certificates of the tax office.
import { and, desc, eq, gte, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { type Place, seal } from '../../database/sealed.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { acceptCertificate, type Certificate } from '../rules/exemptions.ts';
import { holderKindOf } from '../rules/run.ts';
import type { CertificateKind, HolderKind } from '../rules/withholding.ts';
import { taxAttributes, taxCertificates } from '../tables.ts';
import { decider, holdGate } from './lock.ts';

/** Where the key of a member's religious community in a year is sealed. */
export function placeOfChurchKey(memberId: string, year: number): Place {
	return { table: 'tax_attributes', column: 'church_key', row: `${memberId}:${year}` };
}

/**
 * How tax law sees a member in a year: as the file says, unless the board recorded another kind for that year (null: by the file alone).
 * Refuses missing `dividends.member-unknown`.
 */
export async function holderOf(
	tx: Tx,
	memberId: string,
	year: number | null,
): Promise<{ kind: HolderKind; inBusinessAssets: boolean }> {
	const [row] = await tx
		.select({ kind: members.kind, country: members.country, attributes: taxAttributes })
		.from(members)
		.leftJoin(taxAttributes, and(eq(taxAttributes.memberId, members.id), sql`${taxAttributes.year} = ${year}`))
		.where(eq(members.id, memberId));
	if (!row) throw new Refusal('missing', 'dividends.member-unknown');
	return {
		kind: row.attributes?.holderKind ?? holderKindOf(row.kind, row.country),
		inBusinessAssets: row.attributes?.inBusinessAssets ?? false,
	};
}

/** What the board records of a member for a calendar year; `churchKey`: six digits from the KiStAM answer, null without church tax. */
export interface TaxAttributes {
	churchRate: '0' | '0.08' | '0.09';
	churchKey: string | null;
	inBusinessAssets: boolean;
	holderKind: HolderKind | null;
}

/**
 * Records a member's tax standing for a calendar year, or replaces it: the tax office's answer on church tax (KiStAM, T-31), shares in
 * business assets (T-34), another kind of holder than the file says. An answer without church tax erases the sealed community key of
 * that year and all later ones at once (T-33). Refuses forbidden `dividends.person-needed`; missing `dividends.member-unknown`;
 * invalid `dividends.church-key-missing`, `dividends.church-key-not-expected`, `dividends.church-rate-for-persons`.
 */
export function setTaxAttributes(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		memberId,
		year,
		...attributes
	}: Command & TaxAttributes & { keys: Keys; memberId: string; year: number },
): Promise<{ memberId: string; year: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const recordedBy = decider(by);
		await holdGate(tx);
		const { churchRate, churchKey, inBusinessAssets, holderKind } = attributes;
		const kind = holderKind ?? (await holderOf(tx, memberId, null)).kind;
		const about = { rule: 'T-31', field: 'churchKey' };
		if (churchRate !== '0' && churchKey === null)
			throw new Refusal('invalid', 'dividends.church-key-missing', {}, about);
		if (churchRate === '0' && churchKey !== null)
			throw new Refusal('invalid', 'dividends.church-key-not-expected', {}, about);
		if (churchRate !== '0' && kind !== 'natural') {
			throw new Refusal('invalid', 'dividends.church-rate-for-persons', {}, { rule: 'T-28', field: 'churchRate' });
		}
		const [before] = await tx
			.select()
			.from(taxAttributes)
			.where(and(eq(taxAttributes.memberId, memberId), eq(taxAttributes.year, year)));
		const sealed = churchKey === null ? null : seal(keys, placeOfChurchKey(memberId, year), churchKey);
		const set = { churchRate, churchKey: sealed, inBusinessAssets, holderKind, recordedBy, recordedAt: at };
		await tx
			.insert(taxAttributes)
			.values({ memberId, year, ...set })
			.onConflictDoUpdate({ target: [taxAttributes.memberId, taxAttributes.year], set });
		if (churchRate === '0') {
			await tx
				.update(taxAttributes)
				.set({ churchRate: '0', churchKey: null })
				.where(and(eq(taxAttributes.memberId, memberId), gte(taxAttributes.year, year)));
		}
		note({
			action: 'dividends.set-tax-attributes',
			subject: `member ${memberId}`,
			...(before ? { before: attributesOf(before) } : {}),
			after: { year, churchRate, inBusinessAssets, holderKind },
		});
		return { memberId, year };
	});
}

function attributesOf({ year, churchRate, inBusinessAssets, holderKind }: typeof taxAttributes.$inferSelect) {
	return { year, churchRate, inBusinessAssets, holderKind };
}

/** A certificate as it is shown. */
export interface CertificateView extends Certificate {
	id: string;
	taxOffice: string;
	issuedOn: Day;
	reference: string;
	withdrawnAt: string | null;
}

/** A member's tax standing: by calendar year, newest first, and all certificates. Of religion only the rate. */
export interface TaxStanding {
	memberId: string;
	years: { year: number; churchRate: string; inBusinessAssets: boolean; holderKind: HolderKind | null }[];
	certificates: CertificateView[];
}

/** A member's tax standing for staff and the member. Refuses missing `dividends.member-unknown`. */
export function readTaxAttributes(
	db: Database,
	{ by, memberId }: { by: Actor; memberId: string },
): Promise<TaxStanding> {
	return transact(db, by, async (tx) => {
		await holderOf(tx, memberId, null);
		const years = await tx
			.select()
			.from(taxAttributes)
			.where(eq(taxAttributes.memberId, memberId))
			.orderBy(desc(taxAttributes.year));
		const certificates = await tx
			.select()
			.from(taxCertificates)
			.where(eq(taxCertificates.memberId, memberId))
			.orderBy(desc(taxCertificates.validFrom));
		return {
			memberId,
			years: years.map(attributesOf),
			certificates: certificates.map(
				({ id, kind, validFrom, validTo, taxOffice, issuedOn, reference, withdrawnAt }) => ({
					...{ id, kind, validFrom, validTo, taxOffice, issuedOn, reference },
					withdrawnAt: withdrawnAt?.toISOString() ?? null,
				}),
			),
		};
	});
}

/** What stands on a certificate (§ 44a(3) EStG); `reference`: tax number and list number. */
export interface CertificateInput {
	kind: CertificateKind;
	validFrom: Day;
	validTo: Day;
	taxOffice: string;
	issuedOn: Day;
	reference: string;
}

/**
 * Records a certificate of the tax office (T-25 to T-27). Refuses forbidden `dividends.person-needed`; missing
 * `dividends.member-unknown`; invalid `dividends.day-unknown`, `dividends.certificate-not-for-holder`,
 * `dividends.certificate-end-before-start`, `dividends.certificate-end-not-year-end`, `dividends.certificate-too-long`.
 */
export function addTaxCertificate(
	db: Database,
	{ by, at, key, memberId, ...certificate }: Command & CertificateInput & { memberId: string },
): Promise<{ certificateId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const recordedBy = decider(by);
		await holdGate(tx);
		for (const field of ['validFrom', 'validTo', 'issuedOn'] as const) {
			if (!isDay(certificate[field])) throw new Refusal('invalid', 'dividends.day-unknown', {}, { field });
		}
		acceptCertificate(certificate, await holderOf(tx, memberId, Number(certificate.validFrom.slice(0, 4))));
		const [made] = await tx
			.insert(taxCertificates)
			.values({ memberId, ...certificate, recordedBy, recordedAt: at })
			.returning({ id: taxCertificates.id });
		if (!made) throw new Error('no certificate was stored');
		const { kind, validFrom, validTo } = certificate;
		note({
			action: 'dividends.add-tax-certificate',
			subject: `member ${memberId}`,
			after: { kind, validFrom, validTo },
		});
		return { certificateId: made.id };
	});
}

/** Marks a certificate as returned or revoked. Refuses forbidden `dividends.person-needed`; missing `dividends.certificate-unknown`. */
export function withdrawTaxCertificate(
	db: Database,
	{ by, at, key, memberId, certificateId }: Command & { memberId: string; certificateId: string },
): Promise<{ certificateId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const withdrawnBy = decider(by);
		await holdGate(tx);
		const changed = await tx
			.update(taxCertificates)
			.set({ withdrawnBy, withdrawnAt: at })
			.where(
				and(
					eq(taxCertificates.id, certificateId),
					eq(taxCertificates.memberId, memberId),
					isNull(taxCertificates.withdrawnAt),
				),
			)
			.returning({ kind: taxCertificates.kind });
		if (changed.length === 0) throw new Refusal('missing', 'dividends.certificate-unknown');
		note({ action: 'dividends.withdraw-tax-certificate', subject: `member ${memberId}`, before: changed[0] });
		return { certificateId };
	});
}
