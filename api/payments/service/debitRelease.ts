// A direct debit file's way to the bank: released by a second person, announced to the debtors, collected, or taken back; its views.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { unseal } from '../../database/sealed.ts';
import { localesOf } from '../../members/service/contact.ts';
import { members } from '../../members/tables.ts';
import { notify } from '../../notices/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canDebit, checkCollectionDay, type DebitState } from '../rules/collection.ts';
import { personOf } from '../rules/files.ts';
import { debitFiles, debitItems, mandates } from '../tables.ts';
import { creditorOf } from './mandateViews.ts';
import { bookPayments } from './receive.ts';
import { germanEuros, recipientsOf } from './recipients.ts';

async function lockedFile(tx: Tx, fileId: string, verb: 'release' | 'execute' | 'void') {
	const [file] = await tx.select().from(debitFiles).where(eq(debitFiles.id, fileId)).for('update');
	if (!file) throw new Refusal('missing', 'payments.debit-file-unknown');
	if (!canDebit(verb, file.state)) throw new Refusal('conflict', 'payments.debit-file-state', { state: file.state });
	return file;
}

/** Writes to everybody in a file that has an address; the others get a letter. Refuses conflict `payments.mandate-ended` {numbers}. */
async function announce(
	tx: Tx,
	{ at, fileId, collectionOn }: { at: Date; fileId: string; collectionOn: Day },
): Promise<number> {
	const items = await tx
		.select({ item: debitItems, mandate: mandates })
		.from(debitItems)
		.innerJoin(mandates, eq(mandates.id, debitItems.mandateId))
		.where(eq(debitItems.fileId, fileId));
	const people = await recipientsOf(
		tx,
		items.map(({ item }) => item.memberId),
	);
	const gone = items
		.filter(({ mandate }) => mandate.endedAt !== null)
		.map(({ item }) => people.get(item.memberId)?.number ?? 0);
	if (gone.length > 0) {
		const numbers = gone
			.sort((a, b) => a - b)
			.slice(0, 20)
			.join(', ');
		throw new Refusal('conflict', 'payments.mandate-ended', { numbers }, { rule: 'B-14' });
	}
	checkCollectionDay(collectionOn, dayOf(at), Math.max(...items.map(({ mandate }) => mandate.noticeDays)));
	const creditor = await creditorOf(tx);
	const locales = await localesOf(tx, [...people.keys()]);
	let mails = 0;
	for (const { item, mandate } of items) {
		const who = people.get(item.memberId);
		if (!who?.email || item.announcedBy !== 'mail') continue;
		const values = {
			...{ name: who.name, cooperative: creditor.name, amount: germanEuros(item.amountCents), collectionOn },
			...{ reference: mandate.reference, creditorId: creditor.creditorId, iban: item.ibanMasked },
		};
		const locale = locales.get(item.memberId) ?? 'de';
		await notify(tx, { at, to: who.email, template: 'debit-announced', values, locale });
		mails++;
	}
	return mails;
}

/**
 * Releases a file for the bank (four eyes), bound to the content that was looked at, and announces the debits by mail. Refuses
 * forbidden `payments.second-person-needed`, `payments.person-needed`, `accounts.proof-needed`; missing `payments.debit-file-unknown`;
 * conflict `payments.debit-file-state` {state}, `payments.content-changed`, `payments.mandate-ended` {numbers}; invalid
 * `payments.collection-too-soon` {earliest} if the announcement would come too late.
 */
export function releaseDebitFile(
	db: Database,
	{ by, at, key, fileId, sha256 }: Command & { fileId: string; sha256: string },
): Promise<{ fileId: string; state: DebitState; mails: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const releasedBy = personOf(by);
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		const file = await lockedFile(tx, fileId, 'release');
		if (file.createdBy === releasedBy) throw new Refusal('forbidden', 'payments.second-person-needed');
		if (file.sha256.toString('hex') !== sha256)
			throw new Refusal('conflict', 'payments.content-changed', {}, { field: 'sha256' });
		const mails = await announce(tx, { at, fileId, collectionOn: file.collectionOn });
		await tx
			.update(debitFiles)
			.set({ state: 'released', releasedBy, releasedAt: at, releasedSha256: file.sha256 })
			.where(eq(debitFiles.id, fileId));
		const after = { sha256, sumCents: file.sumCents, mails };
		note({ action: 'payments.release-debits', subject: `debit file ${fileId}`, after });
		return { fileId, state: 'released' as const, mails };
	});
}

/** The XML of a released file; each download is in the audit log. Refuses missing `payments.debit-file-unknown`; conflict `payments.debit-file-state`. */
export function downloadDebitFile(
	db: Database,
	{ by, at, keys, fileId }: Command & { keys: Keys; fileId: string },
): Promise<{ fileName: string; sha256: string; xml: string }> {
	return write(db, { by, at }, async (tx, note) => {
		const [file] = await tx.select().from(debitFiles).where(eq(debitFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.debit-file-unknown');
		if (!canDebit('download', file.state))
			throw new Refusal('conflict', 'payments.debit-file-state', { state: file.state });
		note({ action: 'payments.download-debits', subject: `debit file ${fileId}` });
		const xml = unseal(keys, { table: 'debit_files', column: 'content', row: fileId }, file.content);
		return { fileName: `${file.messageId}.xml`, sha256: file.sha256.toString('hex'), xml };
	});
}

/**
 * Books debits of locked files as payments of their members, inside a transaction: each once, under its end-to-end id. A file all of
 * whose debits are paid or returned is executed; mandates for one collection are used up.
 */
export async function collectDebits(
	tx: Tx,
	note: Note,
	{ by, at, fileId, lines, on }: { by: Actor; at: Date; fileId: string; lines?: readonly number[]; on: Day },
): Promise<Map<number, { paymentId: string; entry: number; memberId: string; amountCents: number }>> {
	const rows = await tx
		.select({ item: debitItems, number: members.number })
		.from(debitItems)
		.innerJoin(members, eq(members.id, debitItems.memberId))
		.where(
			and(
				eq(debitItems.fileId, fileId),
				isNull(debitItems.paymentId),
				isNull(debitItems.returnedOn),
				lines ? inArray(debitItems.line, [...lines]) : undefined,
			),
		)
		.orderBy(asc(debitItems.line));
	const booked = await bookPayments(tx, note, {
		...{ by, at },
		incoming: rows.map(({ item, number }) => ({
			...{ memberNumber: number, amountCents: item.amountCents, valueOn: on },
			...{ purpose: item.remittance, bankReference: item.endToEndId },
		})),
	});
	const done = new Map<number, { paymentId: string; entry: number; memberId: string; amountCents: number }>();
	for (const [i, { item }] of rows.entries()) {
		const payment = booked[i];
		if (!payment) continue;
		const { paymentId, entry } = payment;
		done.set(item.line, { paymentId, entry, memberId: item.memberId, amountCents: item.amountCents });
	}
	const paid = [...done].map(([line, { paymentId }]) => ({ line, paymentId }));
	await tx.execute(sql`
		update debit_items set payment_id = p."paymentId"
		from jsonb_to_recordset(${JSON.stringify(paid)}::text::jsonb) as p(line int, "paymentId" uuid)
		where debit_items.file_id = ${fileId} and debit_items.line = p.line`);
	const used = rows.filter(({ item }) => item.sequence !== 'RCUR').map(({ item }) => item.mandateId);
	if (used.length > 0) {
		await tx
			.update(mandates)
			.set({ endedOn: on, endedAt: at, endReason: 'used', endedBy: by.personId })
			.where(and(inArray(mandates.id, used), isNull(mandates.endedAt)));
	}
	await closeWhenDone(tx, note, { by, at, fileId, on });
	return done;
}

/** Marks a released file as executed once nothing in it is waited for. */
export async function closeWhenDone(
	tx: Tx,
	note: Note,
	{ by, at, fileId, on }: { by: Actor; at: Date; fileId: string; on: Day },
): Promise<void> {
	const open = await tx.$count(
		debitItems,
		and(eq(debitItems.fileId, fileId), isNull(debitItems.paymentId), isNull(debitItems.returnedOn)),
	);
	if (open > 0) return;
	const [closed] = await tx
		.update(debitFiles)
		.set({ state: 'executed', executedOn: on, closedBy: by.personId, closedAt: at })
		.where(and(eq(debitFiles.id, fileId), eq(debitFiles.state, 'released')))
		.returning({ id: debitFiles.id });
	if (closed) note({ action: 'payments.execute-debits', subject: `debit file ${fileId}`, after: { executedOn: on } });
}

/**
 * The board says that the bank has collected a file: every debit becomes a payment. Refuses missing `payments.debit-file-unknown`;
 * conflict `payments.debit-file-state` {state}, `ledger.period-locked`; invalid `payments.day-wrong`, `payments.day-in-future`.
 */
export function markDebitsExecuted(
	db: Database,
	{ by, at, key, fileId, executedOn }: Command & { fileId: string; executedOn: Day },
): Promise<{ fileId: string; payments: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		personOf(by);
		const file = await lockedFile(tx, fileId, 'execute');
		if (!isDay(executedOn) || executedOn < dayOf(file.createdAt))
			throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'executedOn' });
		if (executedOn > dayOf(at)) throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'executedOn' });
		const done = await collectDebits(tx, note, { by, at, fileId, on: executedOn });
		return { fileId, payments: done.size };
	});
}

/** Takes a file back that was not executed; what it held can be collected again. Refuses missing `payments.debit-file-unknown`; conflict `payments.debit-file-state` {state}, `payments.debit-file-begun`. */
export function voidDebitFile(
	db: Database,
	{ by, at, key, fileId, reason }: Command & { fileId: string; reason: string },
): Promise<{ fileId: string; state: DebitState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closedBy = personOf(by);
		const { state, itemCount } = await lockedFile(tx, fileId, 'void');
		const untouched = await tx.$count(
			debitItems,
			and(eq(debitItems.fileId, fileId), isNull(debitItems.paymentId), isNull(debitItems.returnedOn)),
		);
		if (untouched < itemCount) throw new Refusal('conflict', 'payments.debit-file-begun');
		await tx
			.update(debitFiles)
			.set({ state: 'voided', voidReason: reason, closedBy, closedAt: at })
			.where(eq(debitFiles.id, fileId));
		note({ action: 'payments.void-debits', subject: `debit file ${fileId}`, before: { state }, after: { reason } });
		return { fileId, state: 'voided' as const };
	});
}
