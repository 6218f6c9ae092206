// Opening a ballot: from here on nobody changes what is asked or who may vote.
import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { lockAssembly } from '../../assemblies/service/lock.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { rightsSuspendedOn } from '../../shares/service/exits/read.ts';
import { statuteOn } from '../../statute/service.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canonicalElectorate } from '../rules.ts';
import { ballotEntitlements, ballots } from '../tables.ts';
import { lockBallot } from './lock.ts';

/**
 * Opens a ballot on its day and freezes the electorate: everybody who is a member on that day and not excluded (M-46), one vote each
 * (V1), the barred ones marked (V6), investing members apart (V3) or left out where the statute gives them no vote (M-07). Votes count from `opensAt`. `electorateHash` is the sha256 of all entitlements, hex.
 * Refuses: ballots.unknown (missing), ballots.wrong-state, ballots.too-early, ballots.over, assemblies.wrong-state (conflict),
 * ballots.electorate-empty (conflict).
 */
export function openBallot(
	db: Database,
	{ by, at, key, ballotId }: Command & { ballotId: string },
): Promise<{ id: string; eligible: number; electorateOn: Day; electorateHash: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [found] = await tx.select({ assemblyId: ballots.assemblyId }).from(ballots).where(eq(ballots.id, ballotId));
		if (!found) throw new Refusal('missing', 'ballots.unknown');
		// The assembly first, as everywhere: closing it waits for this opening or refuses it.
		await lockAssembly(tx, found.assemblyId, 'openBallot');
		const ballot = await lockBallot(tx, ballotId, 'open');
		const electorateOn = dayOf(at);
		if (electorateOn < dayOf(ballot.opensAt))
			throw new Refusal('conflict', 'ballots.too-early', { opensOn: dayOf(ballot.opensAt) });
		if (at >= ballot.closesAt) throw new Refusal('conflict', 'ballots.over');
		// Who was excluded has lost the assembly's rights although the membership lasts to the year's end (§ 68(4) GenG, M-46).
		const suspended = [...(await rightsSuspendedOn(tx, electorateOn))];
		// The statute may take the vote of investing members away (§ 8(2) GenG, M-07).
		const { terms } = await statuteOn(tx, electorateOn);
		const electors = await tx.execute<{ memberId: string; weight: number; investing: boolean; barred: boolean }>(sql`
			insert into ${ballotEntitlements} (ballot_id, member_id, weight, investing, barred)
			select ${ballotId}::uuid, m.id, 1, m.investing, m.id = any(${sql.param(ballot.barredMemberIds)}::uuid[])
			from members m where m.joined_on <= ${electorateOn}::date and (m.left_on is null or m.left_on >= ${electorateOn}::date)
				and m.id <> all(${sql.param(suspended)}::uuid[]) and (${terms.investingVotes}::boolean or not m.investing)
			returning member_id as "memberId", weight, investing, barred`);
		const eligible = electors.filter((elector) => !elector.barred).length;
		if (eligible === 0) throw new Refusal('conflict', 'ballots.electorate-empty');
		const electorateHash = createHash('sha256').update(canonicalElectorate(electors)).digest('hex');
		await tx
			.update(ballots)
			.set({ state: 'open', openedAt: at, openedBy: by.personId, electorateOn, electorateHash })
			.where(eq(ballots.id, ballotId));
		note({
			action: 'ballots.open',
			subject: `ballot ${ballotId}`,
			after: { eligible, barred: electors.length - eligible, electorateOn, electorateHash },
		});
		return { id: ballotId, eligible, electorateOn, electorateHash };
	});
}
