// Money that goes out: transfer files made by one person, released by another, booked when the bank has executed them.
import { createHash } from 'node:crypto';
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { openSecrets } from '../../members/service/files.ts';
import { members } from '../../members/tables.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { bankDayFrom, type Day, dayOf, isBankDay, isDay } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { canPayout, type PayoutState, sepaText } from '../rules.ts';
import { payoutFiles, payoutItems } from '../tables.ts';
import { transferFileXml } from './transferFile.ts';

/** What is to be paid to a member; `remittance` is what the recipient reads on the statement. */
export interface PayoutItem {
	memberId: string;
	amountCents: number;
	remittance: string;
}

/** A payout file to be made: what for, from which liability account, on which bank day. */
export interface Payout {
	subject: string;
	account: string;
	executionOn: Day;
	items: readonly PayoutItem[];
}

/** A payout file just made; release it with this hash. */
export interface PayoutMade {
	fileId: string;
	messageId: string;
	itemCount: number;
	sumCents: number;
	sha256: string;
}

function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'payments.person-needed');
	return by.personId;
}

function checkPayout({ executionOn, items }: Payout, at: Date): void {
	if (items.length === 0) throw new Refusal('invalid', 'payments.nothing-to-pay');
	if (items.some(({ amountCents }) => !Number.isSafeInteger(amountCents) || amountCents < 1)) {
		throw new Refusal('invalid', 'payments.amount-wrong', {}, { field: 'items' });
	}
	if (!isDay(executionOn)) throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'executionOn' });
	if (executionOn < dayOf(at)) throw new Refusal('invalid', 'payments.day-in-past', {}, { field: 'executionOn' });
	if (!isBankDay(executionOn)) {
		throw new Refusal('invalid', 'payments.not-a-bank-day', { next: bankDayFrom(executionOn) }, { field: 'executionOn' });
	}
}

/** Nobody is paid more than the books owe, counting files that are on their way. */
async function checkOwed(tx: Tx, { account, items }: Payout, numberOf: (memberId: string) => number): Promise<void> {
	const memberIds = [...new Set(items.map(({ memberId }) => memberId))];
	const owed = await memberBalances(tx, { account, memberIds, on: always });
	const underway = await tx
		.select({ memberId: payoutItems.memberId, cents: sql<number>`sum(${payoutItems.amountCents})::bigint`.mapWith(Number) })
		.from(payoutItems)
		.innerJoin(payoutFiles, eq(payoutFiles.id, payoutItems.fileId))
		.where(and(eq(payoutFiles.account, account), inArray(payoutFiles.state, ['created', 'released']), inArray(payoutItems.memberId, memberIds)))
		.groupBy(payoutItems.memberId);
	const open = new Map(memberIds.map((id) => [id, -(owed.get(id) ?? 0)]));
	for (const { memberId, cents } of underway) open.set(memberId, (open.get(memberId) ?? 0) - cents);
	for (const { memberId, amountCents } of items) {
		const openCents = open.get(memberId) ?? 0;
		if (amountCents > openCents) {
			throw new Refusal('conflict', 'payments.exceeds-liability', { number: numberOf(memberId), openCents: Math.max(0, openCents) });
		}
		open.set(memberId, openCents - amountCents);
	}
}

/**
 * Makes a transfer file inside a transaction (pain.001.001.09) for what the liability `account` owes to members; nothing is booked yet.
 * Needs a person (four eyes count persons). Refuses forbidden `payments.person-needed`; invalid `payments.nothing-to-pay`,
 * `payments.amount-wrong`, `payments.day-wrong`, `payments.day-in-past`, `payments.not-a-bank-day` {next}, `payments.iban-missing` {numbers},
 * `payments.name-unusable` {numbers}; conflict `payments.exceeds-liability` {number, openCents}, `payments.own-iban-missing`.
 */
export async function createPayoutFile(
	tx: Tx,
	note: Note,
	{ by, at, keys, payout }: { by: Actor; at: Date; keys: Keys; payout: Payout },
): Promise<PayoutMade> {
	const createdBy = personOf(by);
	checkPayout(payout, at);
	const { subject, account, executionOn, items } = payout;
	const { name, iban } = await cooperativeOf(tx);
	if (iban === null) throw new Refusal('conflict', 'payments.own-iban-missing');
	const people = await lockMembers(tx, items.map(({ memberId }) => memberId));
	await checkOwed(tx, payout, (id) => people.get(id)?.number ?? 0);
	const secrets = await openSecrets(tx, note, { keys, memberIds: [...people.keys()], purpose: `payout file: ${subject}` });
	const numbersOf = (wrong: (memberId: string) => boolean) =>
		[...people].filter(([id]) => wrong(id)).map(([, { number }]) => number).sort((a, b) => a - b).slice(0, 20).join(', ');
	const without = numbersOf((id) => !secrets.get(id)?.iban);
	if (without) throw new Refusal('invalid', 'payments.iban-missing', { numbers: without });
	const holderOf = (memberId: string) => secrets.get(memberId)?.accountHolder ?? people.get(memberId)?.name ?? '';
	const nameless = numbersOf((id) => sepaText(holderOf(id), 70) === '');
	if (nameless) throw new Refusal('invalid', 'payments.name-unusable', { numbers: nameless }, { rule: 'B-12' });
	const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	const fileId = row?.id ?? '';
	const mark = fileId.slice(-12);
	const messageId = `GW-${executionOn.replaceAll('-', '')}-${mark}`;
	const lines = items.map((item, i) => ({ ...item, endToEndId: `GW-${mark}-${i + 1}`, iban: secrets.get(item.memberId)?.iban ?? '' }));
	const xml = transferFileXml({
		...{ messageId, createdAt: at, executionOn, debtor: { name, iban } },
		transfers: lines.map(({ memberId, ...line }) => ({ ...line, name: holderOf(memberId) })),
	});
	const sha256 = createHash('sha256').update(xml).digest();
	const sumCents = items.reduce((sum, { amountCents }) => sum + amountCents, 0);
	await tx.insert(payoutFiles).values({
		...{ id: fileId, messageId, subject, account, executionOn, itemCount: items.length, sumCents, sha256, createdBy, createdAt: at },
		content: seal(keys, { table: 'payout_files', column: 'content', row: fileId }, xml),
	});
	for (let i = 0; i < lines.length; i += 5_000) {
		const part = lines.slice(i, i + 5_000);
		await tx.insert(payoutItems).values(
			part.map(({ memberId, amountCents, endToEndId, remittance, iban: to }, j) => ({
				...{ fileId, line: i + j + 1, memberId, amountCents, endToEndId, remittance, ibanMasked: maskedIban(to) },
			})),
		);
	}
	const made = { messageId, itemCount: items.length, sumCents, sha256: sha256.toString('hex') };
	note({ action: 'payments.create-payout', subject: `payout file ${fileId}`, after: { ...made, subject, account, executionOn } });
	return { fileId, ...made };
}

/**
 * Makes a file that pays back what members paid too much (S-05), as far as their accounts are known.
 * Refuses invalid `payments.nothing-to-pay` and what `createPayoutFile` refuses.
 */
export function payBackOverpayments(
	db: Database,
	{ by, at, key, keys, memberIds, executionOn }: Command & { keys: Keys; memberIds: readonly string[]; executionOn: Day },
): Promise<PayoutMade> {
	return write(db, { by, at, key }, async (tx, note) => {
		const wanted = [...new Set(memberIds)];
		await lockMembers(tx, wanted);
		const owed = await memberBalances(tx, { account: accounts.overpayments, memberIds: wanted, on: always });
		const items = wanted.map((memberId) => ({ memberId, amountCents: -(owed.get(memberId) ?? 0), remittance: 'Erstattung Überzahlung' }));
		const payout = { subject: 'Erstattung von Überzahlungen', account: accounts.overpayments, executionOn, items: items.filter((i) => i.amountCents > 0) };
		return createPayoutFile(tx, note, { by, at, keys, payout });
	});
}

async function lockedFile(tx: Tx, fileId: string, verb: 'release' | 'execute' | 'void') {
	const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId)).for('update');
	if (!file) throw new Refusal('missing', 'payments.payout-unknown');
	if (!canPayout(verb, file.state)) throw new Refusal('conflict', 'payments.payout-state', { state: file.state });
	return file;
}

/**
 * Releases a file for the bank (four eyes), bound to the content that was looked at: `sha256` is its hash in hex.
 * A signed-in person must have proved who they are within the last minutes. Refuses forbidden `payments.second-person-needed`,
 * `payments.person-needed`, `accounts.proof-needed`; missing `payments.payout-unknown`; conflict `payments.payout-state` {state},
 * `payments.content-changed`.
 */
export function releasePayoutFile(
	db: Database,
	{ by, at, key, fileId, sha256 }: Command & { fileId: string; sha256: string },
): Promise<{ fileId: string; state: PayoutState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const releasedBy = personOf(by);
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		const file = await lockedFile(tx, fileId, 'release');
		if (file.createdBy === releasedBy) throw new Refusal('forbidden', 'payments.second-person-needed');
		if (file.sha256.toString('hex') !== sha256) throw new Refusal('conflict', 'payments.content-changed', {}, { field: 'sha256' });
		await tx
			.update(payoutFiles)
			.set({ state: 'released', releasedBy, releasedAt: at, releasedSha256: file.sha256 })
			.where(eq(payoutFiles.id, fileId));
		note({ action: 'payments.release-payout', subject: `payout file ${fileId}`, after: { sha256, sumCents: file.sumCents } });
		return { fileId, state: 'released' as const };
	});
}

/**
 * The XML of a released file, for the bank's portal; each download is in the audit log.
 * Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state} before the release.
 */
export function downloadPayoutFile(
	db: Database,
	{ by, at, keys, fileId }: Command & { keys: Keys; fileId: string },
): Promise<{ fileName: string; sha256: string; xml: string }> {
	return write(db, { by, at }, async (tx, note) => {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.payout-unknown');
		if (!canPayout('download', file.state)) throw new Refusal('conflict', 'payments.payout-state', { state: file.state });
		note({ action: 'payments.download-payout', subject: `payout file ${fileId}` });
		const xml = unseal(keys, { table: 'payout_files', column: 'content', row: fileId }, file.content);
		return { fileName: `${file.messageId}.xml`, sha256: file.sha256.toString('hex'), xml };
	});
}

/**
 * Books what the bank has executed: the members' liabilities against the bank, one entry for the whole file.
 * Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}, `ledger.period-locked`;
 * invalid `payments.day-wrong`, `payments.day-in-future`.
 */
export function markPayoutExecuted(
	db: Database,
	{ by, at, key, fileId, executedOn }: Command & { fileId: string; executedOn: Day },
): Promise<{ fileId: string; entry: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closedBy = personOf(by);
		const file = await lockedFile(tx, fileId, 'execute');
		if (!isDay(executedOn) || executedOn < dayOf(file.createdAt)) throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'executedOn' });
		if (executedOn > dayOf(at)) throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'executedOn' });
		const items = await tx.select().from(payoutItems).where(eq(payoutItems.fileId, fileId)).orderBy(asc(payoutItems.line));
		const postings = [
			...items.map(({ memberId, amountCents }) => ({ account: file.account, memberId, cents: amountCents })),
			{ account: accounts.bank, cents: -file.sumCents },
		];
		const entry = await postEntry(tx, {
			...{ by, at },
			entry: { bookedOn: executedOn, kind: 'payout', text: file.subject, reference: file.messageId, postings },
		});
		await tx.update(payoutFiles).set({ state: 'executed', executedOn, entry, closedBy, closedAt: at }).where(eq(payoutFiles.id, fileId));
		note({ action: 'payments.execute-payout', subject: `payout file ${fileId}`, after: { executedOn, entry } });
		return { fileId, entry };
	});
}

/** Takes a file back that has not been executed; what it held can be paid again. Refuses missing `payments.payout-unknown`; conflict `payments.payout-state` {state}. */
export function voidPayoutFile(
	db: Database,
	{ by, at, key, fileId, reason }: Command & { fileId: string; reason: string },
): Promise<{ fileId: string; state: PayoutState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closedBy = personOf(by);
		const { state } = await lockedFile(tx, fileId, 'void');
		await tx.update(payoutFiles).set({ state: 'voided', voidReason: reason, closedBy, closedAt: at }).where(eq(payoutFiles.id, fileId));
		note({ action: 'payments.void-payout', subject: `payout file ${fileId}`, before: { state }, after: { reason } });
		return { fileId, state: 'voided' as const };
	});
}

/** A payout file as staff see it. `can.release` is false for the person who made it. */
export interface PayoutView {
	id: string;
	messageId: string;
	subject: string;
	account: string;
	executionOn: Day;
	itemCount: number;
	sumCents: number;
	sha256: string;
	state: PayoutState;
	can: { release: boolean; download: boolean; execute: boolean; void: boolean };
	createdAt: string;
	releasedAt: string | null;
	executedOn: Day | null;
	entry: number | null;
	voidReason: string | null;
}

const viewOf = (by: Actor, file: Omit<typeof payoutFiles.$inferSelect, 'content'>): PayoutView => ({
	...{ id: file.id, messageId: file.messageId, subject: file.subject, account: file.account, executionOn: file.executionOn },
	...{ itemCount: file.itemCount, sumCents: file.sumCents, sha256: file.sha256.toString('hex'), state: file.state },
	can: {
		release: canPayout('release', file.state) && by.personId !== null && by.personId !== file.createdBy,
		download: canPayout('download', file.state),
		execute: canPayout('execute', file.state),
		void: canPayout('void', file.state),
	},
	createdAt: file.createdAt.toISOString(),
	releasedAt: file.releasedAt?.toISOString() ?? null,
	...{ executedOn: file.executedOn, entry: file.entry, voidReason: file.voidReason },
});

/** Payout files, newest first. */
export function listPayoutFiles(db: Database, { by, limit = 50 }: { by: Actor; limit?: number }): Promise<PayoutView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(payoutFiles).orderBy(desc(payoutFiles.createdAt)).limit(limit);
		return rows.map((file) => viewOf(by, file));
	});
}

/** A payout file with its transfers, page by page. Refuses missing `payments.payout-unknown`. */
export function readPayoutFile(
	db: Database,
	{ by, fileId, page = 1, pageSize = 100 }: { by: Actor; fileId: string; page?: number; pageSize?: number },
): Promise<PayoutView & { items: { line: number; memberId: string; number: number; name: string; amountCents: number; remittance: string; ibanMasked: string }[] }> {
	return transact(db, by, async (tx) => {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		if (!file) throw new Refusal('missing', 'payments.payout-unknown');
		const items = await tx
			.select({
				...{ line: payoutItems.line, memberId: payoutItems.memberId, number: members.number, name: members.sortName },
				...{ amountCents: payoutItems.amountCents, remittance: payoutItems.remittance, ibanMasked: payoutItems.ibanMasked },
			})
			.from(payoutItems)
			.innerJoin(members, eq(members.id, payoutItems.memberId))
			.where(eq(payoutItems.fileId, fileId))
			.orderBy(asc(payoutItems.line))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		return { ...viewOf(by, file), items };
	});
}
