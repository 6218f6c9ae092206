// Payout files: never more than is owed, released by a second person, bound to their content, booked once.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { postEntry } from '../../api/ledger/service/post.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { changeMember } from '../../api/members/service/files.ts';
import { createPayoutFile, type PayoutItem, payBackOverpayments } from '../../api/payments/service/payout.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import {
	downloadPayoutFile,
	listPayoutFiles,
	markPayoutExecuted,
	readPayoutFile,
	releasePayoutFile,
	voidPayoutFile,
} from '../../api/payments/service/release.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = noon('2026-06-10');
const executionOn = '2026-06-12';
let memberIds: string[] = [];

beforeAll(async () => {
	await foundTestCooperative(database.db);
	const joined = [];
	for (const familyName of ['Groß-Bühler', 'Ødegård & Söhne', 'Muñoz']) {
		joined.push(await join(database.db, '2020-01-09', 2, { name: { familyName, givenNames: 'Jörg' } }));
	}
	memberIds = joined.map(({ memberId }) => memberId);
	const owed = memberIds.map((memberId, i) => ({ account: accounts.dividendsPayable, memberId, cents: -(1_005 + i) }));
	await transact(database.db, system, (tx) =>
		postEntry(tx, {
			by: system,
			at,
			entry: {
				bookedOn: '2026-06-01',
				kind: 'dividend',
				text: 'Dividende 2025',
				postings: [{ account: accounts.appropriation, cents: 3_018 }, ...owed],
			},
		}),
	);
});

const make = (items: readonly PayoutItem[], by = board, day = executionOn) =>
	write(database.db, { by, at }, (tx, note) =>
		createPayoutFile(tx, note, {
			by,
			at,
			keys: testKeys,
			payout: { subject: 'Dividende 2025', account: accounts.dividendsPayable, executionOn: day, items },
		}),
	);
const item = (i: number, amountCents = 1_005 + i): PayoutItem => ({
	memberId: memberIds[i] ?? '',
	amountCents,
	remittance: 'Dividende 2025, Mitglied – vielen Dank für Ihr Vertrauen',
});

/** The validator is no part of the product; without it the check is skipped and says so. */
async function schemaErrors(xml: string): Promise<string[] | undefined> {
	const file = '../shared/data/xsd/pain.001.001.09.xsd';
	const validator = await import('xmllint-wasm' as string).catch(() => undefined);
	if (!validator || !existsSync(file)) {
		console.log(`skipped: ${validator ? file : 'xmllint-wasm'} is not there`);
		return undefined;
	}
	const schema = { fileName: 'pain.001.001.09.xsd', contents: await readFile(file, 'utf8') };
	const { errors } = await validator.validateXML({ xml: [{ fileName: 'file.xml', contents: xml }], schema: [schema] });
	return errors.map((e: { message: string }) => e.message);
}

test('what cannot be paid is refused and leaves nothing', async () => {
	await expect(make([])).rejects.toMatchObject({ code: 'payments.nothing-to-pay' });
	await expect(make([item(0)], system)).rejects.toMatchObject({ code: 'payments.person-needed' });
	await expect(make([item(0)], board, '2026-06-13')).rejects.toMatchObject({
		code: 'payments.not-a-bank-day',
		values: { next: '2026-06-15' },
	});
	await expect(make([item(0)], board, '2026-06-09')).rejects.toMatchObject({ code: 'payments.day-in-past' });
	await expect(make([item(0, 1_006)])).rejects.toMatchObject({
		code: 'payments.exceeds-liability',
		values: { openCents: 1_005 },
	});
	await expect(make([item(0, 600), item(0, 600)])).rejects.toMatchObject({ code: 'payments.exceeds-liability' });
	await expect(make([item(0, 0.5)])).rejects.toMatchObject({ code: 'payments.amount-wrong' });
	expect(await listPayoutFiles(database.db, { by: board })).toEqual([]);
});

test('of many files for the same debts only one is made', async () => {
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => make([item(0), item(1), item(2)])));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const [file] = await listPayoutFiles(database.db, { by: board });
	expect(file).toMatchObject({
		state: 'created',
		itemCount: 3,
		sumCents: 3_018,
		can: { release: false, download: false, execute: false, void: true },
	});
	const stored = await database.owner`select encode(content, 'escape') as text from payout_files`;
	expect(stored[0]?.text).not.toContain('DE');
});

test('the maker cannot release, the second person can, for exactly this content, once; the XML is valid', async () => {
	const [file] = await listPayoutFiles(database.db, { by: secondBoard });
	const fileId = file?.id ?? '';
	const sha256 = file?.sha256 ?? '';
	await expect(downloadPayoutFile(database.db, { by: board, at, keys: testKeys, fileId })).rejects.toMatchObject({
		code: 'payments.payout-state',
	});
	await expect(releasePayoutFile(database.db, { by: board, at, fileId, sha256 })).rejects.toMatchObject({
		code: 'payments.second-person-needed',
	});
	await expect(
		releasePayoutFile(database.db, { by: secondBoard, at, fileId, sha256: '0'.repeat(64) }),
	).rejects.toMatchObject({ code: 'payments.content-changed' });
	await expect(
		database.owner`update payout_files set state = 'released', released_by = created_by, released_at = now(), released_sha256 = sha256`,
	).rejects.toThrow(/four_eyes/);
	await expect(
		database.owner`update payout_files set state = 'released', released_by = ${secondBoard.personId}, released_at = now(), released_sha256 = 'x'`,
	).rejects.toThrow(/release_bound/);
	await expect(database.db.sql`update payout_files set content = 'x'`).rejects.toThrow(/permission denied/);
	const attempts = await Promise.allSettled(
		Array.from({ length: 16 }, () => releasePayoutFile(database.db, { by: secondBoard, at, fileId, sha256 })),
	);
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const { xml } = await downloadPayoutFile(database.db, { by: board, at, keys: testKeys, fileId });
	expect(xml).toContain('<CtrlSum>30.18</CtrlSum>');
	expect(xml).toContain('<ReqdExctnDt><Dt>2026-06-12</Dt></ReqdExctnDt>');
	expect(xml).toContain('<Nm>Joerg Gross-Buehler</Nm>');
	expect(xml).toContain('<Nm>Joerg OEdegard + Soehne</Nm>');
	expect(xml).toContain('<Ustrd>Dividende 2025, Mitglied - vielen Dank fuer Ihr Vertrauen</Ustrd>');
	expect(xml).not.toContain('PstlAdr');
	const errors = await schemaErrors(xml);
	if (errors) expect(errors).toEqual([]);
});

test('executed once, the bank and the debts are booked, and nothing can be paid again', async () => {
	const [file] = await listPayoutFiles(database.db, { by: board });
	const done = { by: board, at: noon('2026-06-12'), fileId: file?.id ?? '', executedOn: '2026-06-12' };
	await expect(markPayoutExecuted(database.db, { ...done, executedOn: '2026-06-13' })).rejects.toMatchObject({
		code: 'payments.day-in-future',
	});
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => markPayoutExecuted(database.db, done)));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const balance = (account: string) =>
		transact(database.db, system, (tx) => balanceOf(tx, { account, on: '2026-06-12' }));
	expect([await balance(accounts.bank), await balance(accounts.dividendsPayable)]).toEqual([-3_018, 0]);
	await expect(make([item(0, 1)])).rejects.toMatchObject({
		code: 'payments.exceeds-liability',
		values: { openCents: 0 },
	});
	await expect(
		voidPayoutFile(database.db, { by: board, at, fileId: done.fileId, reason: 'zu spät' }),
	).rejects.toMatchObject({ code: 'payments.payout-state' });
	const detail = await readPayoutFile(database.db, { by: person(['auditor']), fileId: done.fileId });
	expect(detail.items.map(({ amountCents }) => amountCents)).toEqual([1_005, 1_006, 1_007]);
	expect(detail.items[0]?.ibanMasked).toMatch(/^DE•• •••• \d{4}$/);
	expect((await verifyLedger(database.db, { by: system })).broken).toBeNull();
	const self = person(['member'], { memberId: memberIds[0] ?? '' });
	expect(await listPayoutFiles(database.db, { by: self })).toEqual([]);
});

test('overpayments go back; a voided file frees its debts; a missing account is named', async () => {
	const { memberId, number } = await join(database.db, '2026-01-08');
	const payment = {
		memberNumber: number,
		amountCents: 60_000,
		valueOn: '2026-02-02',
		purpose: '',
		bankReference: 'x1',
	};
	await recordPayment(database.db, { by: board, at, payment });
	const back = { by: board, at, keys: testKeys, memberIds: [memberId], executionOn };
	const first = await payBackOverpayments(database.db, back);
	expect(first.sumCents).toBe(10_000);
	await expect(payBackOverpayments(database.db, back)).rejects.toMatchObject({ code: 'payments.exceeds-liability' });
	await voidPayoutFile(database.db, { by: board, at, fileId: first.fileId, reason: 'falscher Tag' });
	expect((await payBackOverpayments(database.db, back)).sumCents).toBe(10_000);
	await database.owner`update member_secrets set iban = null, iban_blind = null, iban_last4 = null where member_id = ${memberId}`;
	await expect(payBackOverpayments(database.db, back)).rejects.toMatchObject({
		code: expect.stringMatching(/exceeds-liability|iban-missing/),
	});
	await changeMember(database.db, {
		by: board,
		at,
		keys: testKeys,
		memberId,
		effectiveOn: '2026-06-10',
		changes: { iban: testIban(77) },
		basis: '',
	});
});
