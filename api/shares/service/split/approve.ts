// A new nominal value, approved by a second person, and carried out on its day (S-12).
import { asc, lte } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { approveChange } from '../../../statute/service/change.ts';
import { statuteVersion } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { checkSplit, increaseDues } from '../../rules/split.ts';
import { shareReductions, shareSplits } from '../../tables.ts';
import { effectDueExits } from '../exits/effect.ts';
import { lockMembers } from '../holdings.ts';
import { type Converted, convert } from './convert.ts';
import { effectOf } from './effect.ts';

type Split = typeof shareSplits.$inferSelect;

/** Carries out a change of the nominal value from its day until the next one, as its version of the statute says. */
async function carryOut(
	tx: Tx,
	note: Note,
	{ by, at, split, next }: { by: Actor; at: Date; split: Split; next: Split | undefined },
): Promise<Converted> {
	const { version, effectiveOn: validFrom, oldNominalCents, newNominalCents, keeps, dueOn } = split;
	const { terms, source: basis } = await statuteVersion(tx, version);
	const before = (await statuteVersion(tx, version - 1)).terms;
	const conversion = {
		...{ validFrom, until: next?.effectiveOn ?? null, oldNominalCents, newNominalCents, keeps, basis },
		...{ dues: dueOn === null ? [] : increaseDues(before, terms, dueOn), subject: `statute version ${version}` },
	};
	if (keeps === 'capital') {
		const until = next?.effectiveOn ?? null;
		const effect = await effectOf(tx, { validFrom, before, terms, change: { keeps }, today: dayOf(at), until });
		checkSplit({ ...effect, openDeclarations: 0, mostShares: 0, otherWaits: false }, terms);
	}
	return convert(tx, note, { by, at, conversion });
}

/**
 * Approves a proposal that changes the nominal value (four eyes). Shares are divided, joined or worth more from its day on: at once where
 * that day has come, else on the day itself (`carryOutSplits`). A lower value waits for the creditors (§ 22 GenG): members' shares change
 * with `effectReduction`. All or nothing.
 * Refuses what `approveChange` and `checkSplit` refuse; invalid `shares.split-nothing`.
 */
export function approveShareSplit(
	db: Database,
	{ by, at, key, proposalId }: Command & { proposalId: string },
): Promise<{ version: number } & Converted> {
	return write(db, { by, at, key }, async (tx, note) => {
		const approved = await approveChange(tx, note, { by, at, proposalId, nominalMayChange: true });
		const { version, validFrom, before, terms, nominal: change } = approved;
		if (change === null) throw new Refusal('invalid', 'shares.split-nothing', {}, { rule: 'S-12' });
		await lockMembers(tx);
		// Who has left by now leaves with the shares of that day.
		await effectDueExits(tx, note, { by, at });
		const effect = await effectOf(tx, { validFrom, before, terms, change, today: dayOf(at) });
		checkSplit(effect, terms);
		const { members, sharesBefore, sharesAfter } = effect;
		const [oldNominalCents, newNominalCents] = [before.nominalCents, terms.nominalCents];
		const subject = `statute version ${version}`;
		const planned = { version, members, sharesBefore, sharesAfter };
		if (effect.waits) {
			await tx.insert(shareReductions).values({ version, oldNominalCents, newNominalCents });
			note({ action: 'shares.plan-reduction', subject, after: { validFrom, newNominalCents } });
			return planned;
		}
		const dueOn = change.keeps === 'shares' ? change.dueOn : null;
		const [split] = await tx
			.insert(shareSplits)
			.values({
				...{ version, oldNominalCents, newNominalCents, effectiveOn: validFrom, recordedAt: at },
				...{ keeps: change.keeps, dueOn },
			})
			.returning();
		if (!split) throw new Error('no split recorded');
		if (validFrom > dayOf(at)) {
			note({ action: 'shares.plan-split', subject, after: { validFrom, newNominalCents } });
			return planned;
		}
		return { version, ...(await carryOut(tx, note, { by, at, split, next: undefined })) };
	});
}

/**
 * Carries out every change of the nominal value whose day has come, and makes good what was recorded since for days after it: a daily job
 * that does nothing when all is right. Refuses conflict `shares.split-undivided` {count, number}.
 */
export function carryOutSplits(db: Database, { by, at, key }: Command): Promise<{ members: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const splits = await tx
			.select()
			.from(shareSplits)
			.where(lte(shareSplits.effectiveOn, dayOf(at)))
			.orderBy(asc(shareSplits.effectiveOn), asc(shareSplits.version));
		if (splits.length === 0) return { members: 0 };
		await lockMembers(tx);
		await effectDueExits(tx, note, { by, at });
		let members = 0;
		for (const [i, split] of splits.entries())
			members += (await carryOut(tx, note, { by, at, split, next: splits[i + 1] })).members;
		return { members };
	});
}
