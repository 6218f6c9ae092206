// Mandates as people and batches see them: their state, their last use, and who collects.
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	authorisationText,
	type Creditor,
	type MandateKind,
	type MandateState,
	mandateState,
	mandateUsableUntil,
	ownMandateReference,
} from '../rules/mandate.ts';
import { debitItems, mandates } from '../tables.ts';

/** A mandate as people see it; the account number masked. */
export interface MandateView {
	id: string;
	memberId: string;
	reference: string;
	kind: MandateKind;
	channel: 'portal' | 'paper';
	debtorName: string;
	address: string;
	ibanMasked: string;
	signedOn: Day;
	signedPlace: string;
	authorisation: string;
	noticeDays: number;
	lastUsedOn: Day | null;
	usableUntil: Day;
	endedOn: Day | null;
	state: MandateState;
}

/** When mandates were last used: the latest collection in a file that was released. Members see their own. */
async function lastUses(tx: Tx, mandateIds: readonly string[]): Promise<Map<string, Day>> {
	if (mandateIds.length === 0) return new Map();
	const rows = await tx
		.select({ id: debitItems.mandateId, day: sql<Day | null>`max(debit_collection_on(${debitItems.fileId}))` })
		.from(debitItems)
		.where(inArray(debitItems.mandateId, [...mandateIds]))
		.groupBy(debitItems.mandateId);
	return new Map(rows.flatMap(({ id, day }) => (day === null ? [] : [[id, day]])));
}

/** Who collects, as a mandate names it. Refuses conflict `payments.creditor-id-missing`. */
export async function creditorOf(tx: Tx): Promise<Creditor & { iban: string | null }> {
	const { name, street, postcode, town, creditorId, iban } = await cooperativeOf(tx);
	if (creditorId === null) throw new Refusal('conflict', 'payments.creditor-id-missing', {}, { rule: 'B-02' });
	return { name, address: `${street}, ${postcode} ${town}`, creditorId, iban };
}

type Row = typeof mandates.$inferSelect;

function viewOf(row: Row, lastUsedOn: Day | null, today: Day): MandateView {
	const { id, memberId, reference, kind, channel, debtorName, ibanMasked, signedOn, signedPlace } = row;
	return {
		...{ id, memberId, reference, kind, channel, debtorName, ibanMasked, signedOn, signedPlace },
		address: `${row.street}, ${row.postcode} ${row.town}, ${row.country}`,
		...{ authorisation: row.authorisation, noticeDays: row.noticeDays, lastUsedOn, endedOn: row.endedOn },
		usableUntil: mandateUsableUntil(signedOn, lastUsedOn),
		state: mandateState({ signedOn, lastUsedOn, endReason: row.endReason }, today),
	};
}

/** Mandates of members with what collecting needs; only those that were not ended. */
export async function standingMandates(
	tx: Tx,
	memberIds: readonly string[],
): Promise<Map<string, Row & { lastUsedOn: Day | null }>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(mandates)
		.where(and(inArray(mandates.memberId, [...memberIds]), isNull(mandates.endedAt)));
	const uses = await lastUses(
		tx,
		rows.map(({ id }) => id),
	);
	return new Map(rows.map((row) => [row.memberId, { ...row, lastUsedOn: uses.get(row.id) ?? null }]));
}

/** Mandates of a member (all members if none is named), newest first. Members reach their own only. */
export function listMandates(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId?: string | undefined },
): Promise<(MandateView & { number: number; name: string })[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({ mandate: mandates, number: members.number, name: members.sortName })
			.from(mandates)
			.innerJoin(members, eq(members.id, mandates.memberId))
			.where(memberId === undefined ? undefined : eq(mandates.memberId, memberId))
			.orderBy(desc(mandates.recordedAt), desc(mandates.id))
			.limit(1_000);
		const uses = await lastUses(
			tx,
			rows.map(({ mandate }) => mandate.id),
		);
		return rows.map(({ mandate, number, name }) => ({
			...viewOf(mandate, uses.get(mandate.id) ?? null, dayOf(at)),
			number,
			name,
		}));
	});
}

/** What a member would agree to now, for the page that asks; null while the cooperative cannot collect. */
export function previewMandate(
	db: Database,
	{ by, memberId, kind, shortNotice }: { by: Actor; memberId: string; kind: MandateKind; shortNotice: boolean },
): Promise<{ authorisation: string; reference: string } | null> {
	return transact(db, by, async (tx) => {
		const [member] = await tx.select({ number: members.number }).from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		const { creditorId } = await cooperativeOf(tx);
		if (creditorId === null) return null;
		const serial = 1 + (await tx.$count(mandates, eq(mandates.memberId, memberId)));
		const reference = ownMandateReference(member.number, serial);
		return { reference, authorisation: authorisationText(await creditorOf(tx), reference, kind, shortNotice ? 5 : 14) };
	});
}
