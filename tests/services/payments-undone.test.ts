// Money that takes another way than planned: debits returned after an exit, lines opened again, transfers without a file, files executed in part.
import { beforeAll, describe, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { bookBankLine, type LinePart, noteBankLine, returnBankLine } from '../../api/payments/service/desk.ts';
import { listBankLines, readBankLine } from '../../api/payments/service/deskLines.ts';
import { payBackOverpayments } from '../../api/payments/service/payout.ts';
import { dropPayoutRest } from '../../api/payments/service/payoutParts.ts';
import { readPaymentPlan } from '../../api/payments/service/plans.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { reconcileBooks } from '../../api/payments/service/reconcile.ts';
import { readPayoutFile, releasePayoutFile, voidPayoutFile } from '../../api/payments/service/release.ts';
import { reopenBankLine } from '../../api/payments/service/reopen.ts';
import { listOwnSettlements, paySettlements, readSettlementDesk } from '../../api/payments/service/settlements.ts';
import { importStatements, receiveStatements } from '../../api/payments/service/statements.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { determineSettlements } from '../../api/shares/service/settlements/determine.ts';
import type { Day } from '../../api/values/calendar.ts';
import { type CamtEntry, camtXml } from '../bank/camt.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testKeys as keys } from '../cooperative.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
type Member = Awaited<ReturnType<typeof join>>;
const people: Member[] = [];
const who = (i: number): Member => people[i] as Member;
const may = noon('2025-05-20');
const shareCents = 50_000;

const pay = (one: Member, amountCents: number, valueOn: Day, bankReference: string) =>
	recordPayment(database.db, {
		...{ by: board, at: noon(valueOn) },
		payment: { memberNumber: one.number, amountCents, valueOn, purpose: '', bankReference },
	});

beforeAll(async () => {
	await foundTestCooperative(database.db, { noticeMonths: 3 });
	for (let i = 0; i < 9; i++) people.push(await join(database.db, '2023-01-10', 2));
	for (const [i, one] of people.entries()) await pay(one, 2 * shareCents, '2024-05-02', `p${i}`);
	for (const i of [0, 1, 2, 3])
		await recordExit(database.db, {
			...{ by: board, at: noon('2024-04-02'), memberId: who(i).memberId, basis: 'Brief' },
			wish: { cause: 'notice', receivedOn: '2024-04-02' },
		});
	await effectExits(database.db, { by: system, at: noon('2025-01-02') });
});

const balance = (account: string, memberId: string) =>
	transact(database.db, system, (tx) => balanceOf(tx, { account, memberId, on: '9999-12-31' }));
const won = (attempts: readonly PromiseSettledResult<unknown>[]) =>
	attempts.filter(({ status }) => status === 'fulfilled').length;
const burst = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: 16 }, work));

let serial = 0;
let openingCents = 0;
async function importing(entries: CamtEntry[], at = may) {
	const before = openingCents;
	openingCents += entries.reduce((sum, { cents }) => sum + cents, 0);
	const content = Buffer.from(
		camtXml({ id: `A-${++serial}`, on: entries[0]?.on ?? '', openingCents: before, entries }),
	);
	const { fileId } = await receiveStatements(database.db, { by: board, at, keys, fileName: 'a.xml', content });
	return importStatements(database.db, { by: board, at, keys, fileId });
}
const openLine = async (cents: number) => {
	const line = (await listBankLines(database.db, { by: board })).lines.find(({ amountCents }) => amountCents === cents);
	return readBankLine(database.db, { by: board, at: may, lineId: line?.id ?? '' });
};
const settlementOf = async (i: number) =>
	(await readSettlementDesk(database.db, { by: board, at: may })).settlements.find(
		({ memberId }) => memberId === who(i).memberId,
	);
const back = (cents: number, ref: string): CamtEntry => ({
	...{ cents: -cents, on: '2025-05-16', ref, reversal: true },
	details: [{ returnReason: 'MD06', originalCents: cents, text: 'Rueckgabe' }],
});
const returning = async (i: number, used: 'refuse' | 'claim' | 'settlement' | undefined) => {
	const line = await openLine(-2 * shareCents);
	const payment = line.returnable.find(({ number }) => number === who(i).number);
	const wish = { lineId: line.id, paymentId: payment?.paymentId ?? '', used };
	return { payment, work: () => returnBankLine(database.db, { by: board, at: may, ...wish }) };
};

describe('a payment returned after its member has left', () => {
	test('before the settlement is determined it is claimed from the former member', async () => {
		await importing([back(2 * shareCents, 'R0')]);
		const { payment } = await returning(0, undefined);
		expect(payment).toMatchObject({ usedCents: 2 * shareCents, settlementCents: 0 });
		const refused = await returning(0, undefined);
		await expect(refused.work()).rejects.toMatchObject({ code: 'payments.return-unclear', rule: 'B-16' });
		const { work } = await returning(0, 'settlement');
		expect(won(await burst(work))).toBe(1);
		expect(await balance(accounts.memberFees, who(0).memberId)).toBe(2 * shareCents);
		expect(await balance(accounts.memberBalances, who(0).memberId)).toBe(0);
		const plan = await readPaymentPlan(database.db, { by: who(0).self, at: may, memberId: who(0).memberId });
		expect(plan).toMatchObject({ feesCents: 2 * shareCents });
		await pay(who(0), 30_000, '2025-05-19', 'again');
		expect(await balance(accounts.memberFees, who(0).memberId)).toBe(2 * shareCents - 30_000);
	});

	test('afterwards the settlement is reduced as far as it goes, the rest is claimed', async () => {
		await determineSettlements(database.db, {
			...{ by: board, at: noon('2025-05-05'), exitOn: '2024-12-31', lossCents: 90_000, basis: 'Bilanz 2024' },
		});
		const settlement = await settlementOf(1);
		const openCents = settlement?.openCents ?? 0;
		expect(openCents).toBeGreaterThan(0);
		expect(openCents).toBeLessThan(2 * shareCents);
		await importing([back(2 * shareCents, 'R1')]);
		const { work, payment } = await returning(1, 'settlement');
		expect(payment).toMatchObject({ usedCents: 2 * shareCents, settlementCents: openCents });
		await work();
		expect(await settlementOf(1)).toMatchObject({ openCents: 0, state: 'settled' });
		expect(await balance(accounts.settlements, who(1).memberId)).toBe(0);
		expect(await balance(accounts.memberFees, who(1).memberId)).toBe(2 * shareCents - openCents);
		expect(await listOwnSettlements(database.db, { by: who(1).self })).toMatchObject([{ openCents: 0 }]);
		expect(await listOwnSettlements(database.db, { by: who(8).self })).toEqual([]);
	});
});

describe('a line opened again', () => {
	const reopen = (lineId: string) =>
		reopenBankLine(database.db, { by: board, at: may, lineId, reason: 'falsches Mitglied' });
	test('what it booked is reversed with the reason, and it is booked anew', async () => {
		await importing([{ cents: 7_700, on: '2025-05-15', ref: 'X1', details: [{ text: 'Beitrag' }] }]);
		const { id: lineId } = await openLine(7_700);
		await expect(reopen(lineId)).rejects.toMatchObject({ code: 'payments.bank-line-open' });
		const book = (parts: LinePart[]) => bookBankLine(database.db, { by: board, at: may, lineId, parts, text: '' });
		await book([
			{ memberNumber: who(4).number, amountCents: 7_000 },
			{ account: '4830', amountCents: 700 },
		]);
		expect(await balance(accounts.overpayments, who(4).memberId)).toBe(-7_000);
		expect(won(await burst(() => reopen(lineId)))).toBe(1);
		expect(await balance(accounts.overpayments, who(4).memberId)).toBe(0);
		const line = await openLine(7_700);
		expect(line).toMatchObject({ state: 'open', basis: 'reopened' });
		expect(line.bookings.map(({ reopenReason }) => reopenReason)).toEqual(['falsches Mitglied', 'falsches Mitglied']);
		await book([{ memberNumber: who(5).number, amountCents: 7_700 }]);
		expect(await balance(accounts.overpayments, who(5).memberId)).toBe(-7_700);
		const [log] = await database.owner`select content from audit_log where action = 'payments.reopen-bank-line'`;
		expect(log?.content).toMatchObject({ before: { state: 'booked' }, after: { reason: 'falsches Mitglied' } });
	});

	test('a note is taken back; what belongs to a file, or was paid out since, stays', async () => {
		await importing([{ cents: -333, on: '2025-05-15', ref: 'X2', details: [{ text: 'Porto' }] }]);
		const { id: lineId } = await openLine(-333);
		await noteBankLine(database.db, { by: board, at: may, lineId, reason: 'irrtümlich' });
		await reopen(lineId);
		expect(await openLine(-333)).toMatchObject({ basis: 'reopened' });
		const [returned] =
			await database.owner`select line_id as id from line_bookings where kind = 'debit-return' limit 1`;
		await expect(reopen(returned?.id)).rejects.toMatchObject({
			...{ code: 'payments.bank-line-stands', values: { kind: 'debit-return' } },
		});
		await expect(
			reopenBankLine(database.db, { by: who(4).self, at: may, lineId, reason: 'darf nicht' }),
		).rejects.toMatchObject({ kind: 'missing' });
	});
});

test('money that went to a member without a file pays off what is owed, never more, and comes back when the line is opened', async () => {
	const openCents = (await settlementOf(2))?.openCents ?? 0;
	await importing([
		{ cents: -openCents, on: '2025-05-16', ref: 'T1', details: [{ text: `Mitglied ${who(2).number}` }] },
		{ cents: -9_999_999, on: '2025-05-16', ref: 'T2', details: [{ text: 'zu viel' }] },
	]);
	const line = await openLine(-openCents);
	expect(line.owed).toMatchObject([{ number: who(2).number, account: accounts.settlements, openCents }]);
	const book = (lineId: string, amountCents: number, account: string = accounts.settlements) =>
		bookBankLine(database.db, {
			...{ by: board, at: may, lineId, text: '' },
			parts: [{ memberNumber: who(2).number, account, amountCents }],
		});
	const tooMuch = await openLine(-9_999_999);
	await expect(book(tooMuch.id, -9_999_999)).rejects.toMatchObject({
		...{ code: 'payments.exceeds-liability', values: { number: who(2).number, openCents } },
	});
	await expect(book(line.id, -openCents, accounts.memberBalances)).rejects.toMatchObject({
		code: 'payments.account-not-here',
	});
	expect(won(await burst(() => book(line.id, -openCents)))).toBe(1);
	expect(await settlementOf(2)).toMatchObject({ paidCents: openCents, state: 'settled' });
	await expect(
		paySettlements(database.db, {
			...{ by: board, at: may, keys, settlementIds: [(await settlementOf(2))?.id ?? ''], executionOn: '2025-05-21' },
		}),
	).rejects.toMatchObject({ code: 'payments.settlement-not-payable' });
	await reopenBankLine(database.db, { by: board, at: may, lineId: line.id, reason: 'war die Pacht' });
	expect(await settlementOf(2)).toMatchObject({ paidCents: 0, openCents });
});

describe('a payout file that appears in part', () => {
	let fileId = '';
	const items = () =>
		database.owner<{ line: number; id: string; cents: number }[]>`
			select line, end_to_end_id as id, amount_cents::int as cents from payout_items where file_id = ${fileId} order by line`;
	const line = (item: { id: string; cents: number } | undefined, ref: string): CamtEntry => ({
		...{ cents: -(item?.cents ?? 0), on: '2025-05-19', ref, details: [{ endToEndId: item?.id ?? '' }] },
	});

	test('what is on the statement is executed, the rest stays owed and under way', async () => {
		for (const i of [6, 7, 8]) await pay(who(i), 1_000 + i, '2025-05-01', `o${i}`);
		const made = await payBackOverpayments(database.db, {
			...{ by: board, at: may, keys, memberIds: [6, 7, 8].map((i) => who(i).memberId), executionOn: '2025-05-20' },
		});
		fileId = made.fileId;
		await releasePayoutFile(database.db, { by: secondBoard, at: may, fileId, sha256: made.sha256 });
		await expect(
			dropPayoutRest(database.db, { by: board, at: may, fileId, reason: 'Konto gelöscht' }),
		).rejects.toMatchObject({ code: 'payments.payout-not-begun' });
		const [first] = await items();
		const entry = { ...line(first, 'P1'), on: '2025-05-20' };
		expect(await importing([entry])).toMatchObject({ booked: 1 });
		const file = await readPayoutFile(database.db, { by: board, fileId });
		expect(file).toMatchObject({ state: 'released', parts: { executed: 1 }, can: { void: false, dropRest: true } });
		expect(file.items.map(({ fate }) => fate)).toEqual(['executed', null, null]);
		expect(await balance(accounts.overpayments, who(6).memberId)).toBe(0);
		expect(await balance(accounts.overpayments, who(7).memberId)).toBe(-1_007);
		const again = [7].map((i) => who(i).memberId);
		await expect(
			payBackOverpayments(database.db, { by: board, at: may, keys, memberIds: again, executionOn: '2025-05-21' }),
		).rejects.toMatchObject({ code: 'payments.exceeds-liability' });
		await expect(
			voidPayoutFile(database.db, { by: board, at: may, fileId, reason: 'doch nicht' }),
		).rejects.toMatchObject({ code: 'payments.payout-begun' });
	});

	test('the same transfer again waits for people; one that comes back is owed again', async () => {
		const [first] = await items();
		const result = await importing([
			{ ...line(first, 'P1b'), on: '2025-05-20' },
			{
				...{ cents: first?.cents ?? 0, on: '2025-05-20', ref: 'P1r', code: 'NTRF+159' },
				details: [{ endToEndId: first?.id ?? '', returnReason: 'AC04' }],
			},
		]);
		expect(result).toMatchObject({ booked: 1, open: 1 });
		expect((await openLine(-(first?.cents ?? 0))).basis).toBe('booked-twice');
		expect(await balance(accounts.overpayments, who(6).memberId)).toBe(-1_006);
	});

	test('the rest is closed, and can be sent again', async () => {
		const [, second, third] = await items();
		await importing([{ ...line(second, 'P2'), on: '2025-05-20' }]);
		expect(
			won(await burst(() => dropPayoutRest(database.db, { by: board, at: may, fileId, reason: 'Konto gelöscht' }))),
		).toBe(1);
		const file = await readPayoutFile(database.db, { by: board, fileId });
		expect(file).toMatchObject({ state: 'executed', parts: { executed: 2, dropped: 1 } });
		expect(file.items.map(({ fate }) => fate)).toEqual(['returned', 'executed', 'dropped']);
		const next = await payBackOverpayments(database.db, {
			...{ by: board, at: may, keys, memberIds: [6, 8].map((i) => who(i).memberId), executionOn: '2025-05-21' },
		});
		expect(next.sumCents).toBe(1_006 + 1_008);
		await importing([{ ...line(third, 'P3'), on: '2025-05-20' }]);
		expect((await openLine(-(third?.cents ?? 0))).basis).toBe('payout-dropped');
	});

	test('the last of its transfers executes the file', async () => {
		const made = await payBackOverpayments(database.db, {
			...{ by: board, at: may, keys, memberIds: [who(5).memberId], executionOn: '2025-05-21' },
		});
		expect(made.itemCount).toBe(1);
		const two = [3].map((i) => who(i).memberId);
		const { settlements } = await readSettlementDesk(database.db, { by: board, at: may });
		const ids = settlements.filter(({ memberId }) => two.includes(memberId)).map(({ id }) => id);
		const settling = await paySettlements(database.db, {
			...{ by: board, at: may, keys, settlementIds: ids, executionOn: '2025-05-21' },
		});
		await releasePayoutFile(database.db, {
			by: secondBoard,
			at: may,
			fileId: settling.fileId,
			sha256: settling.sha256,
		});
		fileId = settling.fileId;
		const [only] = await items();
		// The same transfer twice in one statement: the sum is not the file's, so it is looked at one by one.
		const june = noon('2025-06-02');
		const result = await importing(
			[line(only, 'S1'), line(only, 'S2')].map((one) => ({ ...one, on: '2025-05-21' })),
			june,
		);
		expect(result).toMatchObject({ booked: 1, open: 1 });
		expect(await readPayoutFile(database.db, { by: board, fileId })).toMatchObject({ state: 'executed' });
		expect(await settlementOf(3)).toMatchObject({ state: 'settled', openCents: 0 });
		await importing(
			[
				{
					...{ cents: only?.cents ?? 0, on: '2025-05-22', ref: 'S3', code: 'NTRF+159' },
					details: [{ endToEndId: only?.id ?? '', returnReason: 'AC04' }],
				},
			],
			june,
		);
		expect(await settlementOf(3)).toMatchObject({ openCents: only?.cents, state: 'payable' });
	});
});

test('the books hold after all that', async () => {
	expect((await verifyLedger(database.db, { by: system })).broken).toBeNull();
	expect((await reconcileBooks(database.db, { by: system, at: may })).findings ?? []).toEqual([]);
});
