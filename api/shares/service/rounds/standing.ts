// What a round comes to at this moment: who asks, who may be allotted, who would get what. The preview and the decision ask the same.
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import { displayNameOf } from '../../../members/rules.ts';
import { marksOf } from '../../../members/rules/admission.ts';
import { confirmationsOf } from '../../../members/service/desk.ts';
import { applications, members } from '../../../members/tables.ts';
import type { StatuteTerms } from '../../../statute/rules.ts';
import type { Day } from '../../../values/calendar.ts';
import { type Holding, unpaidBeforeFurther } from '../../rules.ts';
import { allot, type Ask, volumeOf } from '../../rules/rounds.ts';
import { roundSubscriptions, type subscriptionRounds } from '../../tables.ts';
import { always, holdingsOn } from '../holdings.ts';

type Round = typeof subscriptionRounds.$inferSelect;
type Reason = NonNullable<(typeof roundSubscriptions.$inferSelect)['reason']>;

/** A subscription with what it would get, or got. `number` is null while a joiner is not admitted. */
export interface Line {
	subscriptionId: string;
	memberId: string | null;
	applicationId: string | null;
	number: number | null;
	name: string;
	count: number;
	subscribedAt: Date;
	allotted: number;
	reason: Reason;
}

/** A round under the terms of a day, on which the further shares would take effect. */
export interface Moment {
	round: Round;
	terms: StatuteTerms;
	day: Day;
}

interface Asker {
	subscription: typeof roundSubscriptions.$inferSelect;
	number: number | null;
	name: string;
	/** what may be allotted at most, and why not all that is asked */
	most: number;
	obstacle: Reason | null;
}

/** Subscriptions of a round that were not taken back, oldest first. */
export function subscriptionsOf(tx: Tx, roundId: string): Promise<(typeof roundSubscriptions.$inferSelect)[]> {
	return tx
		.select()
		.from(roundSubscriptions)
		.where(and(eq(roundSubscriptions.roundId, roundId), isNull(roundSubscriptions.withdrawnAt)))
		.orderBy(asc(roundSubscriptions.subscribedAt), asc(roundSubscriptions.id));
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

function judgeMember(
	count: number,
	{ holding, member, paper, terms }: { holding: Holding; member: boolean; paper: boolean; terms: StatuteTerms },
): Pick<Asker, 'most' | 'obstacle'> {
	if (!member) return { most: 0, obstacle: 'not-a-member' };
	if (terms.joiningForm === 'written' && !paper) return { most: 0, obstacle: 'paper-missing' };
	if (unpaidBeforeFurther(holding) > 0 && holding.shares + count > terms.mandatoryShares)
		return { most: 0, obstacle: 'earlier-unpaid' };
	const room = Math.max(0, terms.maxShares - holding.shares);
	return room < count ? { most: room, obstacle: 'limit' } : { most: count, obstacle: null };
}

async function askers(tx: Tx, { round, terms, day }: Moment): Promise<Asker[]> {
	const rows = await subscriptionsOf(tx, round.id);
	const memberIds = rows.flatMap(({ memberId }) => memberId ?? []);
	const applicationIds = rows.flatMap((row) => (row.memberId === null ? (row.applicationId ?? []) : []));
	const people = new Map(
		(memberIds.length === 0 ? [] : await tx.select().from(members).where(inArray(members.id, memberIds))).map((row) => [
			row.id,
			row,
		]),
	);
	const waiting = new Map(
		(applicationIds.length === 0
			? []
			: await tx.select().from(applications).where(inArray(applications.id, applicationIds))
		).map((row) => [row.id, row]),
	);
	const holdings = await holdingsOn(tx, { day: always, memberIds });
	const confirmations = await confirmationsOf(tx, applicationIds);
	return rows.map((subscription): Asker => {
		const { memberId, applicationId, count } = subscription;
		const member = people.get(memberId ?? '');
		if (member) {
			const holding = holdings.get(member.id) ?? none;
			const present = member.leftOn === null && member.joinedOn <= day;
			const paper = subscription.paperReceivedOn !== null;
			const judged = judgeMember(count, { holding, member: present, paper, terms });
			return { subscription, number: member.number, name: member.sortName, ...judged };
		}
		const application = waiting.get(applicationId ?? '');
		const marks = application
			? marksOf({ ...application, confirmations: confirmations.get(application.id) ?? [] }, terms)
			: [];
		const fits =
			application?.state === 'declared' &&
			marks.every(({ blocking }) => !blocking) &&
			application.sharesWanted + count <= terms.maxShares;
		return {
			...{ subscription, number: null, name: application ? displayNameOf(application.applicant.name) : '' },
			...(fits ? { most: count, obstacle: null } : { most: 0, obstacle: 'not-admissible' as const }),
		};
	});
}

/**
 * Who would be allotted what on that day: nobody who may not be admitted (M-10, M-12, M-01), the rest by the round's rule. In the
 * order in which was subscribed.
 */
export async function linesOf(tx: Tx, moment: Moment): Promise<Line[]> {
	const all = await askers(tx, moment);
	const { round, terms } = moment;
	const { floorShares: floor, rule } = round;
	const asks = all
		.filter(({ most }) => most >= floor)
		.map(
			({ subscription, number, most }): Ask => ({
				...{ id: subscription.id, count: most, since: subscription.subscribedAt, number },
			}),
		);
	const allotments = new Map(
		allot(asks, { volume: volumeOf(round, terms.nominalCents), floor, rule }).map((one) => [one.id, one]),
	);
	return all.map(({ subscription, number, name, most, obstacle }) => {
		const { id, count, memberId, applicationId, subscribedAt } = subscription;
		const allotted = allotments.get(id)?.allotted ?? 0;
		const byRule = allotments.get(id)?.reason ?? 'nothing-left';
		const atMost = most >= floor ? most : 0;
		const reason = obstacle !== null && allotted === atMost ? obstacle : byRule;
		return { subscriptionId: id, memberId, applicationId, number, name, count, subscribedAt, allotted, reason };
	});
}
