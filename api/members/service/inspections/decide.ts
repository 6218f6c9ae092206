// Asking to look into the list of members, and the board's decision: open for a limited time after the identity was checked, or not (§ 31 GenG).
import { and, eq, isNull } from 'drizzle-orm';
import { persons } from '../../../accounts/tables.ts';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import { clockOf, type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { members, registerInspections } from '../../tables.ts';
import { canInspection } from './read.ts';

/** Refuses missing `members.unknown`; forbidden `members.inspection-members-only` to those who have left (M-30). */
export async function refuseLeavers(tx: Tx, memberId: string, day: Day): Promise<void> {
	const [member] = await tx.select({ leftOn: members.leftOn }).from(members).where(eq(members.id, memberId));
	if (!member) throw new Refusal('missing', 'members.unknown');
	if (member.leftOn !== null && member.leftOn < day)
		throw new Refusal('forbidden', 'members.inspection-members-only', {}, { rule: 'M-30' });
}

/**
 * A member asks to look into the list. Refuses missing `members.unknown`; forbidden `members.inspection-members-only` after the exit;
 * conflict `members.inspection-waiting` if the last request is not decided yet (M-30).
 */
export function requestInspection(
	db: Database,
	{ by, at, key, memberId, purpose }: Command & { memberId: string; purpose: string },
): Promise<{ inspectionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await refuseLeavers(tx, memberId, dayOf(at));
		const [made] = await tx
			.insert(registerInspections)
			.values({ memberId, purpose, requestedAt: at, requestedBy: by.personId })
			.onConflictDoNothing()
			.returning({ id: registerInspections.id });
		if (!made) throw new Refusal('conflict', 'members.inspection-waiting', {}, { rule: 'M-30' });
		note({ action: 'members.request-inspection', subject: `member ${memberId}`, after: { inspectionId: made.id } });
		return { inspectionId: made.id };
	});
}

/** The board records a third party's request with its legitimate interest (M-30); it is decided like a member's. */
export function recordInspection(
	db: Database,
	{ by, at, key, ...facts }: Command & { person: string; contact: string; interest: string; purpose: string },
): Promise<{ inspectionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [made] = await tx
			.insert(registerInspections)
			.values({ ...facts, requestedAt: at, requestedBy: by.personId })
			.returning({ id: registerInspections.id });
		const inspectionId = made?.id ?? '';
		note({ action: 'members.record-inspection', subject: `inspection ${inspectionId}`, after: facts });
		return { inspectionId };
	});
}

/** The board's decision: open for so many hours after this check of identity, or refused for this reason. */
export type InspectionDecision =
	| { grant: true; identity: string; openHours: number }
	| { grant: false; reason: string };

/** Tells a member with an account by mail what was decided; third parties are at the desk. */
async function tellAsker(
	tx: Tx,
	at: Date,
	{ memberId }: { memberId: string | null },
	decision: InspectionDecision,
): Promise<void> {
	if (memberId === null) return;
	const [asker] = await tx
		.select({ to: persons.email, name: persons.name, locale: persons.locale })
		.from(persons)
		.where(and(eq(persons.memberId, memberId), isNull(persons.disabledAt)));
	if (!asker) return;
	const { to, name } = asker;
	const locale = asker.locale === 'en' ? 'en' : 'de';
	const cooperative = (await cooperativeOf(tx)).name;
	if (!decision.grant) {
		const { reason } = decision;
		await notify(tx, { at, to, locale, template: 'inspection-refused', values: { name, cooperative, reason } });
		return;
	}
	const until = new Date(at.getTime() + decision.openHours * 3_600_000);
	const values = { name, cooperative, untilOn: dayOf(until), untilClock: clockOf(until) };
	await notify(tx, { at, to, locale, template: 'inspection-opened', values });
}

/**
 * Decides a request once. Refuses missing `members.inspection-unknown`; conflict `members.inspection-decided`;
 * forbidden `members.inspection-own` (nobody opens the list for themselves), `members.inspection-members-only` if the asker has left.
 */
export function decideInspection(
	db: Database,
	{ by, at, key, inspectionId, decision }: Command & { inspectionId: string; decision: InspectionDecision },
): Promise<{ inspectionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [row] = await tx
			.select({ request: registerInspections, leftOn: members.leftOn })
			.from(registerInspections)
			.leftJoin(members, eq(members.id, registerInspections.memberId))
			.where(eq(registerInspections.id, inspectionId))
			.for('update', { of: registerInspections });
		if (!row) throw new Refusal('missing', 'members.inspection-unknown');
		const { request, leftOn } = row;
		if (!canInspection('decide', request.state))
			throw new Refusal('conflict', 'members.inspection-decided', {}, { rule: 'M-30' });
		if (decision.grant && request.memberId !== null && request.memberId === by.memberId)
			throw new Refusal('forbidden', 'members.inspection-own', {}, { rule: 'M-30' });
		if (decision.grant && leftOn !== null && leftOn < dayOf(at))
			throw new Refusal('forbidden', 'members.inspection-members-only', {}, { rule: 'M-30' });
		await tx
			.update(registerInspections)
			.set({
				...(decision.grant
					? {
							state: 'granted' as const,
							identity: decision.identity,
							openUntil: new Date(at.getTime() + decision.openHours * 3_600_000),
						}
					: { state: 'refused' as const, reason: decision.reason }),
				...{ decidedAt: at, decidedBy: by.personId },
			})
			.where(eq(registerInspections.id, inspectionId));
		await tellAsker(tx, at, request, decision);
		note({ action: 'members.decide-inspection', subject: `inspection ${inspectionId}`, after: decision });
		return { inspectionId };
	});
}

/** Closes a granted inspection at once. Refuses missing `members.inspection-unknown`; conflict `members.inspection-over`. */
export function endInspection(
	db: Database,
	{ by, at, key, inspectionId }: Command & { inspectionId: string },
): Promise<{ inspectionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [row] = await tx
			.select()
			.from(registerInspections)
			.where(eq(registerInspections.id, inspectionId))
			.for('update');
		if (!row) throw new Refusal('missing', 'members.inspection-unknown');
		if (!canInspection('end', row.state))
			throw new Refusal('conflict', 'members.inspection-over', {}, { rule: 'M-30' });
		await tx
			.update(registerInspections)
			.set({ state: 'ended', openUntil: row.openUntil && row.openUntil < at ? row.openUntil : at })
			.where(eq(registerInspections.id, inspectionId));
		note({ action: 'members.end-inspection', subject: `inspection ${inspectionId}` });
		return { inspectionId };
	});
}
