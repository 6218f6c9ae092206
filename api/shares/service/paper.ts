// Declarations to take further shares that came on paper: the board enters them, as they were signed.
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { type Declaration, declarationOf, requiredClauses } from '../../members/rules.ts';
import { checkPaperDay } from '../../members/rules/admission.ts';
import { recipientsOf } from '../../members/service/contact.ts';
import { notify } from '../../notices/service.ts';
import type { StatuteTerms } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import { type Day, dayOf, isDay, startOfDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkLimit } from '../rules.ts';
import { shareRequests } from '../tables.ts';
import { always, holdingsOn, lockMembers } from './holdings.ts';

/** A paper as it lies before the board: for how many shares, signed when, arrived when. */
export interface SignedPaper {
	count: number;
	signedOn: Day;
	receivedOn: Day;
}

/**
 * What a paper says, under the statute of the day it was signed, with the member locked; whoever enters it says that the paper holds the
 * clauses of that statute. Refuses missing `members.unknown`; conflict `shares.not-a-member`; invalid `shares.signed-day-wrong`,
 * `members.paper-day-wrong`.
 */
export async function readPaper(
	tx: Tx,
	{ at, memberId, paper: { signedOn, receivedOn } }: { at: Date; memberId: string; paper: SignedPaper },
): Promise<{
	number: number;
	held: number;
	terms: StatuteTerms;
	version: number;
	declaredAt: Date;
	declaration: Declaration;
}> {
	if (!isDay(signedOn) || signedOn > dayOf(at))
		throw new Refusal('invalid', 'shares.signed-day-wrong', {}, { rule: 'M-10', field: 'signedOn' });
	const declaredAt = new Date(startOfDay(signedOn));
	checkPaperDay(receivedOn, { at, declaredAt });
	const member = (await lockMembers(tx, [memberId])).get(memberId);
	if (!member || member.leftOn || member.joinedOn > signedOn)
		throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-10' });
	const { version, terms } = await statuteOn(tx, signedOn);
	const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId)?.shares ?? 0;
	const clauses = requiredClauses(terms, true).map(({ id }) => id);
	const declaration = declarationOf(terms, clauses, declaredAt, true);
	return { number: member.number, held, terms, version, declaredAt, declaration };
}

/**
 * Enters a declaration to take further shares that a member signed on paper (§ 15b(1) GenG, M-10), under the statute of the day of the
 * signature. It then waits for the board's resolution like one
 * from the portal, and the member is told. Refuses missing `members.unknown`; conflict `shares.not-a-member`, `shares.request-open`;
 * invalid `shares.signed-day-wrong`, `members.paper-day-wrong`, `shares.count-wrong`, `shares.limit-exceeded` {max, held, more}.
 */
export function enterShareRequest(
	db: Database,
	{ by, at, key, memberId, paper }: Command & { memberId: string; paper: SignedPaper },
): Promise<{ requestId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { count, signedOn, receivedOn } = paper;
		const { number, held, terms, version, declaredAt, declaration } = await readPaper(tx, { at, memberId, paper });
		checkLimit(terms, held, count);
		const [made] = await tx
			.insert(shareRequests)
			.values({
				...{ memberId, count, declaration, statuteVersion: version, declaredAt },
				...{ paperReceivedOn: receivedOn, recordedBy: by.personId },
			})
			.onConflictDoNothing()
			.returning({ id: shareRequests.id });
		if (!made) throw new Refusal('conflict', 'shares.request-open');
		const to = (await recipientsOf(tx, [memberId])).get(memberId);
		if (to) {
			const { name: cooperative } = await cooperativeOf(tx);
			const values = { name: to.name, cooperative, count, signedOn };
			await notify(tx, { at, to: to.email, template: 'further-shares-recorded', values, locale: to.locale });
		}
		note({
			...{ action: 'shares.enter-request', subject: `member ${number}` },
			after: { count, signedOn, receivedOn, statuteVersion: version },
		});
		return { requestId: made.id };
	});
}
