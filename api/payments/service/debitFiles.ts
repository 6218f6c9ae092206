// Direct debit files as staff see them.
import { and, asc, desc, eq } from 'drizzle-orm';
import { type Database, transact } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canDebit, type DebitState } from '../rules/collection.ts';
import { debitFiles, debitItems, mandates } from '../tables.ts';

/** A direct debit file as staff see it. `can.release` is false for the person who made it. */
export interface DebitFileView {
	id: string;
	messageId: string;
	subject: string;
	collectionOn: Day;
	itemCount: number;
	sumCents: number;
	sha256: string;
	state: DebitState;
	can: { release: boolean; download: boolean; execute: boolean; void: boolean };
	createdAt: string;
	releasedAt: string | null;
	executedOn: Day | null;
	voidReason: string | null;
}

const viewOf = (by: Actor, file: typeof debitFiles.$inferSelect): DebitFileView => ({
	...{ id: file.id, messageId: file.messageId, subject: file.subject, collectionOn: file.collectionOn },
	...{ itemCount: file.itemCount, sumCents: file.sumCents, sha256: file.sha256.toString('hex'), state: file.state },
	can: {
		release: canDebit('release', file.state) && by.personId !== null && by.personId !== file.createdBy,
		download: canDebit('download', file.state),
		execute: canDebit('execute', file.state),
		void: canDebit('void', file.state),
	},
	...{ createdAt: file.createdAt.toISOString(), releasedAt: file.releasedAt?.toISOString() ?? null },
	...{ executedOn: file.executedOn, voidReason: file.voidReason },
});

/** Direct debit files, newest first. */
export function listDebitFiles(
	db: Database,
	{ by, limit = 50 }: { by: Actor; limit?: number },
): Promise<DebitFileView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(debitFiles).orderBy(desc(debitFiles.createdAt)).limit(limit);
		return rows.map((file) => viewOf(by, file));
	});
}

/** A debit of a file as staff see it. */
export interface DebitItemView {
	line: number;
	memberId: string;
	number: number;
	name: string;
	address: string;
	amountCents: number;
	sequence: 'OOFF' | 'RCUR' | 'FNAL';
	endToEndId: string;
	mandateReference: string;
	ibanMasked: string;
	announcedBy: 'mail' | 'letter';
	paymentId: string | null;
	returnedOn: Day | null;
	returnReason: string | null;
}

/** A direct debit file with its debits, page by page. Refuses missing `payments.debit-file-unknown`. */
export function readDebitFile(
	db: Database,
	{ by, fileId, page = 1, pageSize = 100 }: { by: Actor; fileId: string; page?: number; pageSize?: number },
): Promise<DebitFileView & { letters: number; items: DebitItemView[] }> {
	return transact(db, by, async (tx) => {
		const [file] = await tx.select().from(debitFiles).where(eq(debitFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.debit-file-unknown');
		const rows = await tx
			.select({ item: debitItems, member: members, mandateReference: mandates.reference })
			.from(debitItems)
			.innerJoin(members, eq(members.id, debitItems.memberId))
			.innerJoin(mandates, eq(mandates.id, debitItems.mandateId))
			.where(eq(debitItems.fileId, fileId))
			.orderBy(asc(debitItems.line))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		const letters = await tx.$count(
			debitItems,
			and(eq(debitItems.fileId, fileId), eq(debitItems.announcedBy, 'letter')),
		);
		const items = rows.map(({ item, member, mandateReference }) => ({
			...{ line: item.line, memberId: item.memberId, number: member.number, name: member.sortName },
			address: `${member.street}, ${member.postcode} ${member.town}`,
			...{ amountCents: item.amountCents, sequence: item.sequence, mandateReference, ibanMasked: item.ibanMasked },
			...{ endToEndId: item.endToEndId, announcedBy: item.announcedBy, paymentId: item.paymentId },
			...{ returnedOn: item.returnedOn, returnReason: item.returnReason },
		}));
		return { ...viewOf(by, file), letters, items };
	});
}
