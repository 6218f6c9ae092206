// How the cooperative reminds: the three steps, by version.
import { desc } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkSteps, type ReminderStep, suggestedSteps } from '../rules/reminders.ts';
import { reminderTerms } from '../tables.ts';

/** The steps that hold now; version 0 are the suggested ones. */
export async function currentTerms(tx: Tx): Promise<{ version: number; steps: readonly ReminderStep[] }> {
	const [row] = await tx.select().from(reminderTerms).orderBy(desc(reminderTerms.version)).limit(1);
	return row ? { version: row.version, steps: row.steps } : { version: 0, steps: suggestedSteps };
}

/** How the cooperative reminds. */
export function readReminderTerms(
	db: Database,
	{ by }: { by: Actor },
): Promise<{ version: number; steps: readonly ReminderStep[] }> {
	return transact(db, by, currentTerms);
}

/** Sets how the cooperative reminds from now on. Refuses what `checkSteps` refuses; conflict `payments.reminder-terms-changed` if somebody else was faster. */
export function setReminderTerms(
	db: Database,
	{ by, at, key, version, steps }: Command & { version: number; steps: readonly ReminderStep[] },
): Promise<{ version: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkSteps(steps);
		const before = await currentTerms(tx);
		const [made] =
			before.version === version
				? await tx
						.insert(reminderTerms)
						.values({ version: version + 1, steps: [...steps], recordedAt: at, recordedBy: by.personId })
						.onConflictDoNothing()
						.returning({ version: reminderTerms.version })
				: [];
		if (!made) throw new Refusal('conflict', 'payments.reminder-terms-changed');
		note({
			action: 'payments.set-reminder-terms',
			subject: `version ${made.version}`,
			before: before.steps,
			after: steps,
		});
		return made;
	});
}
