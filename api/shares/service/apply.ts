// The declaration to join as it comes from the public page: with it a subscription in an open round, both or neither.
import { throttle } from '../../accounts/service/throttle.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database } from '../../database/connect.ts';
import { type Joining, takeDeclaration } from '../../members/service/apply.ts';
import { type ApplicantsSubscription, declareFurther, subscribeApplicant } from './rounds/enter.ts';

/**
 * Takes a declaration to join, and with `round` a subscription of further shares in that round (M-01 to M-04, M-10). `from` is where the
 * request came from: attempts are counted and mails with links go out; without it (recorded by the program) no mail does.
 * Refuses what `takeDeclaration` and `declareFurther` refuse; throttled `accounts.throttled`.
 */
export async function applyForMembership(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		joining,
		round,
		from,
	}: Command & {
		keys: Keys;
		joining: Joining;
		round?: ApplicantsSubscription | undefined;
		from?: { address: string; publicUrl: string };
	},
): Promise<{ applicationId: string; printToken: string }> {
	if (from) {
		const attempt = { at, keys, what: 'application', pace: 'request' as const };
		await throttle(db, { ...attempt, account: joining.applicant.email, address: from.address });
	}
	return write(db, { by, at, key }, async (tx, note) => {
		const mailing = from ? { keys, publicUrl: from.publicUrl } : null;
		const { sharesWanted, clauses } = joining;
		const further = round ? await declareFurther(tx, { at, sharesWanted, clauses, round }) : undefined;
		const taken = await takeDeclaration(tx, note, {
			...{ at, keys, mailing },
			joining: further ? { ...joining, further } : joining,
		});
		const { applicationId, printToken, statuteVersion } = taken;
		if (round && further)
			await subscribeApplicant(tx, note, { at, applicationId, roundId: round.roundId, further, statuteVersion });
		return { applicationId, printToken };
	});
}
