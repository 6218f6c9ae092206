// Looking into the list of members (§ 31 GenG): asked for, granted for a limited time after the identity was checked, every look logged.
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { persons } from '../../accounts/tables.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { OpenedFile } from '../../documents/service.ts';
import type { DocumentLanguage } from '../../documents/templates.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { type Actor, systemActor } from '../../values/actor.ts';
import { clockOf, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Address, displayNameOf, type Name } from '../rules.ts';
import { extraFieldsOf, type ShareChange } from '../rules/register.ts';
import { members, registerInspections, registerLooks } from '../tables.ts';
import { exportRegister, linesPerPart } from './extract.ts';
import { fieldsOn, type RegisterTotals, registerOn, registerTotals } from './register.ts';

/** What may happen to a request in which state; pages and services ask this table. */
export const inspectionCan = { decide: ['requested'], look: ['granted'], end: ['granted'] } as const;
export const inspectionStates = ['requested', 'granted', 'refused', 'ended'] as const;
type State = (typeof inspectionStates)[number];

const can = (verb: keyof typeof inspectionCan, state: State): boolean =>
	(inspectionCan[verb] as readonly string[]).includes(state);

/** A request as shown. `open`: the list can be looked into now. */
export interface InspectionView {
	id: string;
	memberId: string | null;
	/** who asks: the member's name or the third party */
	person: string;
	contact: string | null;
	purpose: string;
	interest: string | null;
	requestedAt: string;
	state: State;
	identity: string | null;
	reason: string | null;
	decidedAt: string | null;
	openUntil: string | null;
	open: boolean;
	looks: number;
}

/** Requests, newest first; a member sees the own ones. */
export function listInspections(
	db: Database,
	{ by, at, memberId, inspectionId }: { by: Actor; at: Date; memberId?: string; inspectionId?: string },
): Promise<InspectionView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({
				row: registerInspections,
				member: members,
				looks: sql<number>`(select count(*)::int from ${registerLooks} where ${registerLooks.inspectionId} = ${registerInspections.id})`,
			})
			.from(registerInspections)
			.leftJoin(members, eq(members.id, registerInspections.memberId))
			.where(
				and(
					memberId === undefined ? undefined : eq(registerInspections.memberId, memberId),
					inspectionId === undefined ? undefined : eq(registerInspections.id, inspectionId),
				),
			)
			.orderBy(desc(registerInspections.requestedAt), desc(registerInspections.id))
			.limit(200);
		return rows.map(({ row, member, looks }) => ({
			id: row.id,
			memberId: row.memberId,
			person:
				row.person ??
				displayNameOf(
					member?.organisation
						? { organisation: member.organisation }
						: { familyName: member?.familyName ?? '', givenNames: member?.givenNames ?? '' },
				),
			contact: row.contact,
			purpose: row.purpose,
			interest: row.interest,
			requestedAt: row.requestedAt.toISOString(),
			state: row.state,
			identity: row.identity,
			reason: row.reason,
			decidedAt: row.decidedAt?.toISOString() ?? null,
			openUntil: row.openUntil?.toISOString() ?? null,
			open: row.state === 'granted' && row.openUntil !== null && row.openUntil > at,
			looks,
		}));
	});
}

async function refuseLeavers(tx: Tx, memberId: string, day: Day): Promise<void> {
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
		if (!can('decide', request.state))
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
		if (!can('end', row.state)) throw new Refusal('conflict', 'members.inspection-over', {}, { rule: 'M-30' });
		await tx
			.update(registerInspections)
			.set({ state: 'ended', openUntil: row.openUntil && row.openUntil < at ? row.openUntil : at })
			.where(eq(registerInspections.id, inspectionId));
		note({ action: 'members.end-inspection', subject: `inspection ${inspectionId}` });
		return { inspectionId };
	});
}

/** A line as others may see it: the fields of § 30 GenG and the statute's, nothing else (M-30). */
export interface InspectedLine {
	number: number;
	name: Name;
	address: Address;
	joinedOn: Day;
	furtherShares: number;
	changes: ShareChange[];
	leftOn: Day | null;
	extra: { label: string; value: string }[];
}

/** What an inspection shows: a part of today's list. `next`: the member number to go on after. */
export interface Inspected {
	day: Day;
	openUntil: string;
	person: string;
	purpose: string;
	thirdParty: boolean;
	totals: RegisterTotals;
	lines: InspectedLine[];
	next: number | null;
}

const inspector = systemActor('members.inspect-register');

/**
 * One look into the list under a granted inspection: at most `limit` lines after member number `after`; logged. `ownOf` is the member
 * whose inspection it must be; without, it is a third party's. Refuses missing `members.inspection-unknown`; forbidden `members.inspection-not-open`,
 * `members.inspection-members-only` once the member has left.
 */
export async function lookIntoRegister(
	db: Database,
	{
		by,
		at,
		inspectionId,
		ownOf,
		after = 0,
		limit = 100,
	}: Command & {
		inspectionId: string;
		ownOf?: string | undefined;
		after?: number | undefined;
		limit?: number | undefined;
	},
): Promise<Inspected> {
	const [inspection] = await listInspections(db, { by, at, inspectionId });
	// The board shows third parties the list; a member's inspection is the member's own.
	if (!inspection || inspection.memberId !== (ownOf ?? null))
		throw new Refusal('missing', 'members.inspection-unknown');
	const { open, openUntil, person, purpose, memberId } = inspection;
	if (!open || !openUntil) throw new Refusal('forbidden', 'members.inspection-not-open', {}, { rule: 'M-30' });
	const day = dayOf(at);
	if (memberId !== null) await transact(db, by, (tx) => refuseLeavers(tx, memberId, day));
	// The grant opens what row level security closes to members: the list, and of it only the law's fields.
	const { lines, totals, fields } = await transact(db, inspector, async (tx) => ({
		lines: await registerOn(tx, { day, knownAt: at, after, limit: limit + 1 }),
		totals: await registerTotals(tx, { day, knownAt: at }),
		fields: await fieldsOn(tx, day),
	}));
	const shown = lines.slice(0, limit);
	await write(db, { by, at }, async (tx, note) => {
		await tx.insert(registerLooks).values({
			...{ inspectionId, at, by: by.personId, day, afterNumber: after, lines: shown.length, printed: false },
		});
		note({
			action: 'members.look-into-register',
			subject: `inspection ${inspectionId}`,
			after: { day, after, lines: shown.length },
		});
	});
	return {
		...{ day, openUntil, person, purpose, thirdParty: memberId === null, totals },
		lines: shown.map(({ number, name, address, joinedOn, furtherShares, changes, leftOn, extra }) => ({
			...{ number, name, address, joinedOn, furtherShares, changes, leftOn },
			extra: extraFieldsOf(extra, fields, { inspection: true }),
		})),
		next: lines.length > limit ? (shown.at(-1)?.number ?? null) : null,
	};
}

/**
 * The list as PDF for a third party, with who it is for and the limit of its purpose (M-30); logged as a look. Refuses missing
 * `members.inspection-unknown`; forbidden `members.inspection-not-open`, `members.inspection-no-copy` (members may copy the own entry only)
 * and what `exportRegister` refuses.
 */
export async function printInspection(
	db: Database,
	{
		by,
		at,
		keys,
		inspectionId,
		language,
		part,
	}: Command & { keys: Keys; inspectionId: string; language: DocumentLanguage; part?: number | undefined },
): Promise<OpenedFile> {
	const [inspection] = await listInspections(db, { by, at, inspectionId });
	if (!inspection) throw new Refusal('missing', 'members.inspection-unknown');
	const { open, person, purpose, memberId } = inspection;
	if (memberId !== null) throw new Refusal('forbidden', 'members.inspection-no-copy', {}, { rule: 'M-30' });
	if (!open) throw new Refusal('forbidden', 'members.inspection-not-open', {}, { rule: 'M-30' });
	const day = dayOf(at);
	const file = await exportRegister(db, {
		...{ by, at, keys, day, knownAt: at, format: 'pdf', language, part },
		purpose: { inspectionId, person, purpose },
	});
	await write(db, { by, at }, async (tx) => {
		await tx.insert(registerLooks).values({
			...{ inspectionId, at, by: by.personId, day, afterNumber: 0, lines: linesPerPart, printed: true },
		});
	});
	return file;
}
