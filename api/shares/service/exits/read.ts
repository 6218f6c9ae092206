// Exits as members and the board see them; and who has lost the assembly's rights.
import { and, asc, desc, eq, inArray, isNotNull, lte, type SQL } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { type RepresentativeView, representativesOf } from '../../../members/service/representatives.ts';
import { members } from '../../../members/tables.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { canExit, type ExitCause, type ExitState, type Step } from '../../rules/ending.ts';
import { type ExitProof, exits, type Heir } from '../../tables.ts';

/** An exit as it is shown: who, why, when, how the day was found, and what may be done. */
export interface ExitView {
	id: string;
	memberId: string;
	number: number;
	name: string;
	cause: ExitCause;
	receivedOn: Day;
	effectiveOn: Day | null;
	/** shares given up; null: all */
	shares: number | null;
	form: 'portal' | 'paper';
	proof: ExitProof;
	steps: Step[];
	letterSentOn: Day | null;
	heirs: Heir[];
	/** who acts or acted for the heirs, oldest first */
	representatives: RepresentativeView[];
	/** number of the member on whom a continued membership went on */
	successorNumber: number | null;
	basis: string;
	recordedAt: string;
	state: ExitState;
	withdrawalAskedAt: string | null;
	closedAt: string | null;
	closedReason: string | null;
	/** `ask`: by the member; `withdraw`, `represent` (name who acts for the heirs), `passOn` (to one heir): by the board */
	can: { ask: boolean; withdraw: boolean; represent: boolean; passOn: boolean };
}

const byOthers: readonly ExitCause[] = ['exclusion', 'creditor', 'insolvency', 'death', 'dissolved'];

async function viewsOf(tx: Tx, at: Date, where: SQL | undefined, newestFirst: boolean): Promise<ExitView[]> {
	const rows = await tx
		.select({ exit: exits, number: members.number, name: members.sortName })
		.from(exits)
		.innerJoin(members, eq(members.id, exits.memberId))
		.where(where)
		.orderBy(
			...(newestFirst ? [desc(exits.recordedAt)] : [asc(exits.effectiveOn), asc(exits.receivedOn)]),
			asc(exits.id),
		)
		.limit(500);
	const deaths = rows.flatMap(({ exit }) => (exit.cause === 'death' ? [exit.memberId] : []));
	const acting = await representativesOf(tx, deaths, 'heirs');
	return rows.map(({ exit, number, name }) => {
		const open = canExit('withdraw', exit.state) && (exit.effectiveOn === null || exit.effectiveOn >= dayOf(at));
		const died = exit.cause === 'death';
		const {
			registerEventId: _event,
			movementId: _movement,
			nominalCents: _nominal,
			recordedBy: _by,
			closedBy: _closed,
			closedAccountId: _account,
			supersededBy: _superseded,
			...rest
		} = exit;
		return {
			...{ ...rest, number, name, heirs: exit.heirs ?? [] },
			representatives: died ? acting.filter(({ memberId }) => memberId === exit.memberId) : [],
			recordedAt: exit.recordedAt.toISOString(),
			withdrawalAskedAt: exit.withdrawalAskedAt?.toISOString() ?? null,
			closedAt: exit.closedAt?.toISOString() ?? null,
			can: {
				ask: open && exit.withdrawalAskedAt === null && !byOthers.includes(exit.cause),
				withdraw: open,
				represent: died && canExit('represent', exit.state),
				passOn: died && canExit('passOn', exit.state),
			},
		};
	});
}

/** Exits in given states (open ones if none are named) by the day they take effect; those over newest first. */
export function listExits(
	db: Database,
	{ by, at, states = ['given', 'continued'] }: { by: Actor; at: Date; states?: readonly ExitState[] },
): Promise<ExitView[]> {
	return transact(db, by, (tx) => viewsOf(tx, at, inArray(exits.state, [...states]), !states.includes('given')));
}

/** One exit. Members reach their own only. Refuses missing `shares.exit-unknown`. */
export function readExit(db: Database, { by, at, exitId }: { by: Actor; at: Date; exitId: string }): Promise<ExitView> {
	return transact(db, by, async (tx) => {
		const [found] = await viewsOf(tx, at, eq(exits.id, exitId), true);
		if (!found) throw new Refusal('missing', 'shares.exit-unknown');
		return found;
	});
}

/** The acting member's own exits, newest first. Refuses missing `members.no-membership`. */
export function listOwnExits(db: Database, { by, at }: { by: Actor; at: Date }): Promise<ExitView[]> {
	return transact(db, by, (tx) => viewsOf(tx, at, eq(exits.memberId, ownMemberId(by)), true));
}

/** The exits of one member for staff, newest first. */
export function listExitsOfMember(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<ExitView[]> {
	return transact(db, by, (tx) => viewsOf(tx, at, eq(exits.memberId, memberId), true));
}

/**
 * Members who have lost the rights in the assembly and their offices on a day although they are still members: excluded, from the day the
 * registered letter was sent (§ 68(4) GenG, M-46).
 */
export async function rightsSuspendedOn(tx: Tx, day: Day): Promise<Set<string>> {
	const rows = await tx
		.select({ memberId: exits.memberId })
		.from(exits)
		.where(
			and(isNotNull(exits.letterSentOn), lte(exits.letterSentOn, day), inArray(exits.state, ['given', 'effective'])),
		);
	return new Set(rows.map(({ memberId }) => memberId));
}
