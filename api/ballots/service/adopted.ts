// What follows from an adopted resolution: the features below take it up in the transaction that declares it.
import type { Subject } from '../../assemblies/rules.ts';
import type { Note } from '../../audit/service.ts';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';

/** An adopted resolution (Beschluss) as other features take it up. */
export interface Resolution {
	ballotId: string;
	assemblyId: string;
	subject: Subject;
	/** the dividend proposal voted on, if the item refers to one */
	proposalId: string | null;
	/** day it was declared */
	resolvedOn: Day;
	/** day of payment it names (T-07); only on the use of profit */
	payoutOn: Day | null;
}

/** Who declared it, when, and the audit's notebook of the running write. */
export interface Adopted {
	by: Actor;
	at: Date;
	note: Note;
	resolution: Resolution;
}

/** By legal subject, what happens when a resolution is adopted. */
const onAdopted: Partial<Record<Subject, (tx: Tx, adopted: Adopted) => Promise<void>>> = {};

/** Inside the closing's transaction: hands an adopted resolution to the feature that acts on it. If that refuses, nothing is declared. */
export async function handOn(tx: Tx, adopted: Adopted): Promise<void> {
	await onAdopted[adopted.resolution.subject]?.(tx, adopted);
}
