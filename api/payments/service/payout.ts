// Money that goes out: transfer files for what the books owe to members.
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { seal } from '../../database/sealed.ts';
import { accounts } from '../../ledger/rules.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { heldAccounts } from '../../members/service/bankAccount.ts';
import { openSecrets } from '../../members/service/files.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { bankDayFrom, type Day, dayOf, isBankDay, isDay } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { type HeldBack, personOf, sepaText } from '../rules/files.ts';
import { payoutFiles, payoutItems } from '../tables.ts';
import { payoutsUnderWay } from './payoutParts.ts';
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
	/** left out because their account is new and still held */
	heldBack: HeldBack[];
}

function checkPayout({ executionOn, items }: Payout, at: Date): void {
	if (items.length === 0) throw new Refusal('invalid', 'payments.nothing-to-pay');
	if (items.some(({ amountCents }) => !Number.isSafeInteger(amountCents) || amountCents < 1)) {
		throw new Refusal('invalid', 'payments.amount-wrong', {}, { field: 'items' });
	}
	if (!isDay(executionOn)) throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'executionOn' });
	if (executionOn < dayOf(at)) throw new Refusal('invalid', 'payments.day-in-past', {}, { field: 'executionOn' });
	if (!isBankDay(executionOn)) {
		throw new Refusal(
			'invalid',
			'payments.not-a-bank-day',
			{ next: bankDayFrom(executionOn) },
			{ field: 'executionOn' },
		);
	}
}

/** Nobody is paid more than the books owe, counting files that are on their way. */
async function checkOwed(tx: Tx, { account, items }: Payout, numberOf: (memberId: string) => number): Promise<void> {
	const memberIds = [...new Set(items.map(({ memberId }) => memberId))];
	const owed = await memberBalances(tx, { account, memberIds, on: always });
	const underway = await payoutsUnderWay(tx, { account, memberIds });
	const open = new Map(memberIds.map((id) => [id, -(owed.get(id) ?? 0)]));
	for (const [memberId, cents] of underway) open.set(memberId, (open.get(memberId) ?? 0) - cents);
	for (const { memberId, amountCents } of items) {
		const openCents = open.get(memberId) ?? 0;
		if (amountCents > openCents) {
			throw new Refusal('conflict', 'payments.exceeds-liability', {
				number: numberOf(memberId),
				openCents: Math.max(0, openCents),
			});
		}
		open.set(memberId, openCents - amountCents);
	}
}

async function withoutHeld(
	tx: Tx,
	at: Date,
	items: readonly PayoutItem[],
	people: ReadonlyMap<string, { number: number; name: string }>,
): Promise<{ free: PayoutItem[]; heldBack: HeldBack[] }> {
	const held = await heldAccounts(tx, { at, memberIds: [...people.keys()] });
	const heldBack = items
		.filter(({ memberId }) => held.has(memberId))
		.map(({ memberId, amountCents }) => {
			const { number = 0, name = '' } = people.get(memberId) ?? {};
			return { memberId, number, name, amountCents, until: held.get(memberId)?.toISOString() ?? null };
		})
		.sort((a, b) => a.number - b.number);
	if (heldBack.length === items.length) {
		const numbers = heldBack.slice(0, 20).map(({ number }) => number);
		throw new Refusal('conflict', 'payments.accounts-held', { numbers: numbers.join(', ') });
	}
	return { free: items.filter(({ memberId }) => !held.has(memberId)), heldBack };
}

/**
 * Makes a transfer file inside a transaction (pain.001.001.09) for what the liability `account` owes to members; nothing is booked yet.
 * Members whose account is new and still held are left out and named. Needs a person (four eyes count persons). Refuses forbidden `payments.person-needed`; invalid `payments.nothing-to-pay`,
 * `payments.amount-wrong`, `payments.day-wrong`, `payments.day-in-past`, `payments.not-a-bank-day` {next}, `payments.iban-missing` {numbers},
 * `payments.name-unusable` {numbers}; conflict `payments.exceeds-liability` {number, openCents}, `payments.own-iban-missing`,
 * `payments.accounts-held` {numbers} if nobody remains.
 */
export async function createPayoutFile(
	tx: Tx,
	note: Note,
	{ by, at, keys, payout }: { by: Actor; at: Date; keys: Keys; payout: Payout },
): Promise<PayoutMade> {
	const createdBy = personOf(by);
	checkPayout(payout, at);
	const { subject, account, executionOn } = payout;
	const { name, iban } = await cooperativeOf(tx);
	if (iban === null) throw new Refusal('conflict', 'payments.own-iban-missing');
	const people = await lockMembers(
		tx,
		payout.items.map(({ memberId }) => memberId),
	);
	await checkOwed(tx, payout, (id) => people.get(id)?.number ?? 0);
	const { free: items, heldBack } = await withoutHeld(tx, at, payout.items, people);
	const paid = new Set(items.map(({ memberId }) => memberId));
	const secrets = await openSecrets(tx, note, { keys, memberIds: [...paid], purpose: `payout file: ${subject}` });
	const numbersOf = (wrong: (memberId: string) => boolean) =>
		[...people]
			.filter(([id]) => paid.has(id) && wrong(id))
			.map(([, { number }]) => number)
			.sort((a, b) => a - b)
			.slice(0, 20)
			.join(', ');
	const without = numbersOf((id) => !secrets.get(id)?.iban);
	if (without) throw new Refusal('invalid', 'payments.iban-missing', { numbers: without });
	const holderOf = (memberId: string) => secrets.get(memberId)?.accountHolder ?? people.get(memberId)?.name ?? '';
	const nameless = numbersOf((id) => sepaText(holderOf(id), 70) === '');
	if (nameless) throw new Refusal('invalid', 'payments.name-unusable', { numbers: nameless }, { rule: 'B-12' });
	const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	const fileId = row?.id ?? '';
	const mark = fileId.slice(-12);
	const messageId = `GW-${executionOn.replaceAll('-', '')}-${mark}`;
	const lines = items.map((item, i) => ({
		...item,
		endToEndId: `GW-${mark}-${i + 1}`,
		iban: secrets.get(item.memberId)?.iban ?? '',
	}));
	const xml = transferFileXml({
		...{ messageId, createdAt: at, executionOn, debtor: { name, iban } },
		transfers: lines.map(({ memberId, ...line }) => ({ ...line, name: holderOf(memberId) })),
	});
	const sha256 = createHash('sha256').update(xml).digest();
	const sumCents = items.reduce((sum, { amountCents }) => sum + amountCents, 0);
	await tx.insert(payoutFiles).values({
		...{
			id: fileId,
			messageId,
			subject,
			account,
			executionOn,
			itemCount: items.length,
			sumCents,
			sha256,
			createdBy,
			createdAt: at,
			heldBack: heldBack.length > 0 ? heldBack : null,
		},
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
	note({
		action: 'payments.create-payout',
		subject: `payout file ${fileId}`,
		after: { ...made, subject, account, executionOn, heldBack: heldBack.map(({ number }) => number) },
	});
	return { fileId, ...made, heldBack };
}

/**
 * Makes a file that pays back what members paid too much (S-05), as far as their accounts are known.
 * Refuses invalid `payments.nothing-to-pay` and what `createPayoutFile` refuses.
 */
export function payBackOverpayments(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		memberIds,
		executionOn,
	}: Command & { keys: Keys; memberIds: readonly string[]; executionOn: Day },
): Promise<PayoutMade> {
	return write(db, { by, at, key }, async (tx, note) => {
		const wanted = [...new Set(memberIds)];
		await lockMembers(tx, wanted);
		const owed = await memberBalances(tx, { account: accounts.overpayments, memberIds: wanted, on: always });
		const items = wanted.map((memberId) => ({
			memberId,
			amountCents: -(owed.get(memberId) ?? 0),
			remittance: 'Erstattung Überzahlung',
		}));
		const payout = {
			subject: 'Erstattung von Überzahlungen',
			account: accounts.overpayments,
			executionOn,
			items: items.filter((i) => i.amountCents > 0),
		};
		return createPayoutFile(tx, note, { by, at, keys, payout });
	});
}
