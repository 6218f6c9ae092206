// What importing a file of bank statements would do, line by line.
import { desc, eq } from 'drizzle-orm';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { matcherOf } from '../rules/matching.ts';
import { statements } from '../tables.ts';
import { knownFor } from './known.ts';
import { fileOf, contentOf, newLines } from './statements.ts';

/** What a line would become. */
export interface PreviewLine {
	amountCents: number;
	bookedOn: Day;
	partyName: string;
	ibanMasked: string | null;
	purpose: string;
	returnReason: string | null;
	/** 'known': imported with an earlier statement */
	means: 'debit' | 'debit-return' | 'payment' | 'transfer' | 'transfer-return' | 'batch' | 'open' | 'known';
	key: string | null;
	memberNumber: number | null;
}

/** A statement in the preview; `gapCents` is what lies between the last imported closing balance and this opening balance. */
export interface PreviewStatement {
	statementId: string;
	version: string;
	fromOn: Day;
	toOn: Day;
	openingCents: number;
	closingCents: number;
	pending: number;
	gapCents: number | null;
	lineCount: number;
}

/** What importing a file would do. */
export interface StatementPreview {
	id: string;
	fileName: string;
	state: 'uploaded' | 'imported' | 'discarded';
	uploadedAt: string;
	statements: PreviewStatement[];
	/** how many lines mean what, and their sum */
	sums: { means: PreviewLine['means']; lines: number; cents: number }[];
	/** the first thousand */
	lines: PreviewLine[];
}

async function lastClosing(tx: Tx, iban: string): Promise<number | null> {
	const [last] = await tx
		.select({ cents: statements.closingCents })
		.from(statements)
		.where(eq(statements.iban, iban))
		.orderBy(desc(statements.toOn), desc(statements.id))
		.limit(1);
	return last?.cents ?? null;
}

/** What importing an uploaded file would do, line by line. Refuses missing `payments.statement-file-unknown`; conflict `payments.statement-file-state` {state}. */
export function previewStatements(
	db: Database,
	{ by, at, keys, fileId }: { by: Actor; at: Date; keys: Keys; fileId: string },
): Promise<StatementPreview> {
	return transact(db, by, async (tx) => {
		const file = await fileOf(tx, fileId);
		const found = await contentOf(tx, keys, file);
		const { fresh, all } = await newLines(tx, found);
		const freshLines = new Set(fresh.map(({ line }) => line));
		const known = await knownFor(
			tx,
			fresh.map(({ line }) => line),
			dayOf(at),
		);
		const meaning = matcherOf(known);
		const lines = all.map(({ line }): PreviewLine => {
			const match = freshLines.has(line) ? meaning(line) : ({ kind: 'known' } as const);
			const member =
				'memberNumber' in match ? match : 'debit' in match ? match.debit : 'transfer' in match ? match.transfer : null;
			return {
				...{ amountCents: line.amountCents, bookedOn: line.bookedOn, partyName: line.partyName },
				...{ ibanMasked: line.partyIban && maskedIban(line.partyIban), purpose: line.purpose },
				...{ returnReason: line.returnReason, means: match.kind, key: 'key' in match ? match.key : null },
				memberNumber: member?.memberNumber ?? null,
			};
		});
		const sums = new Map<PreviewLine['means'], { means: PreviewLine['means']; lines: number; cents: number }>();
		for (const { means, amountCents } of lines) {
			const sum = sums.get(means) ?? { means, lines: 0, cents: 0 };
			sums.set(means, { means, lines: sum.lines + 1, cents: sum.cents + amountCents });
		}
		let before = found[0] ? await lastClosing(tx, found[0].iban) : null;
		return {
			...{ id: file.id, fileName: file.fileName, state: file.state, uploadedAt: file.uploadedAt.toISOString() },
			statements: found.map((one) => {
				const gapCents = before === null || before === one.openingCents ? null : one.openingCents - before;
				before = one.closingCents;
				const { statementId, version, fromOn, toOn, openingCents, closingCents, pending } = one;
				return {
					statementId,
					version,
					fromOn,
					toOn,
					openingCents,
					closingCents,
					pending,
					gapCents,
					lineCount: one.lines.length,
				};
			}),
			sums: [...sums.values()],
			lines: lines.slice(0, 1_000),
		};
	});
}
