// What follows from a declared resolution: the features below take it up in the transaction that declares it.
import type { Subject } from '../../assemblies/rules.ts';
import type { Note } from '../../audit/service.ts';
import type { Tx } from '../../database/connect.ts';
import { recordResolution } from '../../dividends/service/resolve.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';

/** A declared resolution (Beschluss) as other features take it up, with who declared it, when, and the running write's notebook. */
export interface Declared {
	ballotId: string;
	/** the dividend proposal voted on, if the item refers to one */
	proposalId: string | null;
	adopted: boolean;
	/** day it was declared */
	resolvedOn: Day;
	/** day of payment it names (T-07); only on the use of profit */
	payoutOn: Day | null;
	by: Actor;
	at: Date;
	note: Note;
}

/** By legal subject, who takes up what was decided, adopted or not. */
const onDeclared: Partial<Record<Subject, (tx: Tx, declared: Declared) => Promise<unknown>>> = {
	'profit-use': async (tx, { proposalId, ...declared }) => {
		if (proposalId !== null) await recordResolution(tx, { ...declared, proposalId });
	},
};

/** Inside the closing's transaction: hands a declared resolution to the feature that acts on it. If that refuses, nothing is declared. */
export async function handOn(tx: Tx, subject: Subject, declared: Declared): Promise<void> {
	await onDeclared[subject]?.(tx, declared);
}
