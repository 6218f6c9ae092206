// Who acts for a member: entered with the day, ended with the day, read with all who did before.
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { memberRepresentatives, members } from '../tables.ts';

/** For whom somebody acts: a minor, a legal person, several heirs together. */
export type RepresentativeKind = (typeof memberRepresentatives.$inferSelect)['kind'];

/** Somebody who acts for a member from a day on. */
export interface NewRepresentative {
	memberId: string;
	kind: RepresentativeKind;
	name: string;
	email: string | null;
	address: string | null;
	fromOn: Day;
	basis: string;
	accountId?: string | null;
}

/** Somebody who acts or acted for a member, as shown; `endedOn`: the first day on which the person no longer does. */
export interface RepresentativeView {
	memberId: string;
	kind: RepresentativeKind;
	name: string;
	email: string | null;
	address: string | null;
	fromOn: Day;
	basis: string;
	recordedAt: string;
	/** has an account in the portal for it */
	account: boolean;
	endedOn: Day | null;
	endedBasis: string | null;
}

/** Enters somebody who acts for a member (§ 1629 BGB, § 77(1) GenG, M-45); the caller has locked the member. */
export async function enterRepresentative(
	tx: Tx,
	note: Note,
	{ by, at, ...who }: { by: Actor; at: Date } & NewRepresentative,
): Promise<void> {
	await tx.insert(memberRepresentatives).values({ ...who, recordedAt: at, recordedBy: by.personId });
	const { memberId, kind, name, fromOn, basis } = who;
	note({ action: 'members.enter-representative', subject: `member ${memberId}`, after: { kind, name, fromOn, basis } });
}

type Acting = typeof memberRepresentatives.$inferSelect;

/** Who acts for the heirs of a member now; undefined if nobody is named. */
export async function heirsRepresentative(tx: Tx, memberId: string): Promise<Acting | undefined> {
	const [found] = await tx
		.select()
		.from(memberRepresentatives)
		.where(
			and(
				eq(memberRepresentatives.memberId, memberId),
				eq(memberRepresentatives.kind, 'heirs'),
				isNull(memberRepresentatives.endedAt),
			),
		)
		.for('update');
	return found;
}

/** Enters that somebody no longer acts for a member from a day on; on a day before the first, as if the person never had. */
export async function endRepresentative(
	tx: Tx,
	note: Note,
	{ at, acting, on, basis }: { at: Date; acting: Acting; on: Day; basis: string },
): Promise<void> {
	const endedOn = on < acting.fromOn ? acting.fromOn : on;
	await tx
		.update(memberRepresentatives)
		.set({ endedOn, endedAt: at, endedBasis: basis })
		.where(eq(memberRepresentatives.id, acting.id));
	note({
		action: 'members.end-representative',
		subject: `member ${acting.memberId}`,
		before: { kind: acting.kind, name: acting.name, fromOn: acting.fromOn },
		after: { endedOn, basis },
	});
}

/** Everybody who acts or acted for these members, oldest first. Row level security limits a member to the own. */
export async function representativesOf(
	tx: Tx,
	memberIds: readonly string[],
	kind?: RepresentativeKind,
): Promise<RepresentativeView[]> {
	if (memberIds.length === 0) return [];
	const rows = await tx
		.select()
		.from(memberRepresentatives)
		.where(and(inArray(memberRepresentatives.memberId, [...memberIds]), kind && eq(memberRepresentatives.kind, kind)))
		.orderBy(asc(memberRepresentatives.fromOn), asc(memberRepresentatives.recordedAt), asc(memberRepresentatives.id));
	return rows.map(({ id: _id, recordedBy: _by, endedAt: _ended, recordedAt, accountId, ...row }) => ({
		...row,
		recordedAt: recordedAt.toISOString(),
		account: accountId !== null,
	}));
}

/** Everybody who acts or acted for one member, for staff. Refuses missing `members.unknown`. */
export function listRepresentatives(
	db: Database,
	{ by, memberId }: { by: Actor; memberId: string },
): Promise<RepresentativeView[]> {
	return transact(db, by, async (tx) => {
		const [member] = await tx.select({ id: members.id }).from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		return representativesOf(tx, [memberId]);
	});
}
