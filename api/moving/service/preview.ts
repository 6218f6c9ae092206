// What a move would bring in, and everything that stands in the way; nothing is changed by looking.
import { createHash } from 'node:crypto';
import { asc, eq, sql } from 'drizzle-orm';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { SheetLanguage } from '../../documents/spreadsheet.ts';
import { journalHead } from '../../ledger/tables.ts';
import { displayNameOf } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { mandates } from '../../payments/tables.ts';
import { completedTerms } from '../../statute/rules.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { statuteVersions } from '../../statute/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Arrival, type Checked, checkMoving } from '../rules/check.ts';
import type { Problem } from '../rules/problems.ts';
import type { Table } from '../rules/rows.ts';
import { movings } from '../tables.ts';
import { sentenceOf } from '../words/problems.ts';
import { tablesOf } from './files.ts';

/** The numbers of what would come in. */
export interface ArrivalSums {
	members: number;
	left: number;
	/** under notice, their last day still to come */
	leaving: number;
	/** who acts for minors and organisations */
	representatives: number;
	shares: number;
	nominalCents: number;
	paidCents: number;
	/** owed to former members */
	settlementCents: number;
	/** due and not paid, on the day of the move */
	claimCents: number;
	mandates: number;
}

/** A member as the move would bring it in, for a look at a few of them. */
export interface Sample {
	number: number;
	name: string;
	town: string;
	joinedOn: Day;
	leftOn: Day | null;
	shares: number;
	paidCents: number;
	mandate: boolean;
}

/** A page of problems with the sums over all. `fingerprint` names exactly what was looked at. */
export interface MovingPreview {
	fingerprint: string;
	sums: ArrivalSums;
	samples: Sample[];
	errors: number;
	warnings: number;
	total: number;
	problems: (Problem & { sentence: string })[];
}

/** Names tables and how they are read: what is brought in must be what was looked at. */
function fingerprintOf(balanceOn: Day, tables: readonly Table[]): string {
	const read = tables.map(({ id, kind, columns }) => ({ id, kind, columns }));
	return createHash('sha256').update(JSON.stringify({ balanceOn, read })).digest('hex');
}

/** The open move read and checked against what the program knows. */
export async function checked(
	tx: Tx,
	keys: Keys,
	{ id, balanceOn }: { id: string; balanceOn: Day },
	at: Date,
): Promise<Checked & { fingerprint: string; tables: Table[] }> {
	const tables = await tablesOf(tx, keys, id);
	const { creditorId, fiscalYearEndMonth } = await cooperativeOf(tx);
	const numbers = await tx.select({ number: members.number }).from(members);
	const references = await tx.select({ reference: mandates.reference }).from(mandates);
	const [head] = await tx.select().from(journalHead);
	const statutes = await tx
		.select()
		.from(statuteVersions)
		.orderBy(asc(statuteVersions.validFrom), asc(statuteVersions.version));
	const found = checkMoving(tables, {
		...{ today: dayOf(at), balanceOn, lockedThrough: head?.lockedThrough ?? '1900-01-01' },
		statutes: statutes.map(({ validFrom, terms }) => ({ validFrom, terms: completedTerms(terms) })),
		numbers: new Set(numbers.map(({ number }) => number)),
		references: new Set(references.map(({ reference }) => reference.toUpperCase())),
		creditorId: creditorId !== null,
		fiscalYearEndMonth,
	});
	return { ...found, tables, fingerprint: fingerprintOf(balanceOn, tables) };
}

const total = (changes: readonly { cents: number }[]): number => changes.reduce((sum, { cents }) => sum + cents, 0);

/** What arrivals come to. */
export function sumsOfArrivals(arrivals: readonly Arrival[], today: Day): ArrivalSums {
	const sums = {
		members: 0,
		left: 0,
		leaving: 0,
		representatives: 0,
		shares: 0,
		nominalCents: 0,
		paidCents: 0,
		settlementCents: 0,
		claimCents: 0,
		mandates: 0,
	};
	for (const { leftOn, endsOn, representatives, movements, paid, settled, dues, mandate } of arrivals) {
		sums.members++;
		if (leftOn !== null) sums.left++;
		if (endsOn !== null) sums.leaving++;
		sums.representatives += representatives.length;
		if (mandate) sums.mandates++;
		for (const { count, nominalCents } of movements) {
			sums.shares += count;
			sums.nominalCents += nominalCents;
		}
		const paidCents = total(paid);
		sums.paidCents += paidCents;
		sums.settlementCents += total(settled);
		sums.claimCents += Math.max(0, total(dues.filter(({ day }) => day <= today)) - paidCents);
	}
	return sums;
}

/** Problems with what stands in the way before what only tells. */
export const errorsFirst = (problems: readonly Problem[]): Problem[] => [
	...problems.filter(({ severity }) => severity === 'error'),
	...problems.filter(({ severity }) => severity === 'warning'),
];

/**
 * What the open move would bring in and a page of its problems, errors first. Refuses conflict `moving.not-open`.
 */
export function previewMoving(
	db: Database,
	{
		by,
		at,
		keys,
		fileId,
		page = 1,
		pageSize = 100,
		language = 'de',
	}: {
		by: Actor;
		at: Date;
		keys: Keys;
		fileId?: string | undefined;
		page?: number;
		pageSize?: number;
		/** of the sentences */
		language?: SheetLanguage;
	},
): Promise<MovingPreview> {
	return transact(db, by, async (tx) => {
		await tx.execute(sql`set transaction read only`);
		const [open] = await tx.select().from(movings).where(eq(movings.state, 'open'));
		if (!open) throw new Refusal('conflict', 'moving.not-open');
		const { arrivals, problems, fingerprint } = await checked(tx, keys, open, at);
		const order = errorsFirst(problems).filter(({ file }) => fileId === undefined || file === fileId);
		const errors = problems.filter(({ severity }) => severity === 'error').length;
		return {
			...{ fingerprint, sums: sumsOfArrivals(arrivals, dayOf(at)), errors, warnings: problems.length - errors },
			samples: arrivals.slice(0, 5).map((arrival) => ({
				...{ number: arrival.number, name: displayNameOf(arrival.name), town: arrival.address.town },
				...{ joinedOn: arrival.joinedOn, leftOn: arrival.leftOn, mandate: arrival.mandate !== null },
				shares: arrival.movements.reduce((sum, { count }) => sum + count, 0),
				paidCents: total(arrival.paid),
			})),
			total: order.length,
			problems: order
				.slice((page - 1) * pageSize, page * pageSize)
				.map((problem) => ({ ...problem, sentence: sentenceOf(problem, language) })),
		};
	});
}
