// Requests to look into the list of members (§ 31 GenG): their states, and how they are listed.
import { and, desc, eq, sql } from 'drizzle-orm';
import { type Database, transact } from '../../../database/connect.ts';
import type { Actor } from '../../../values/actor.ts';
import { displayNameOf } from '../../rules.ts';
import { members, registerInspections, registerLooks } from '../../tables.ts';

/** What may happen to a request in which state; pages and services ask this table. */
export const inspectionCan = { decide: ['requested'], look: ['granted'], end: ['granted'] } as const;
/** The states of a request. */
export const inspectionStates = ['requested', 'granted', 'refused', 'ended'] as const;
/** A state of a request. */
export type InspectionState = (typeof inspectionStates)[number];

/** True if a request in that state can be treated so. */
export const canInspection = (verb: keyof typeof inspectionCan, state: InspectionState): boolean =>
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
	state: InspectionState;
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
