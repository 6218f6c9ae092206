// The books: chart of accounts, sheets, what may be reversed where, and files for the tax adviser that re-read to the same sums.
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyAuditChain, write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { addAccount, mapAccount, readChart, renameAccount } from '../../api/ledger/service/chart.ts';
import { exportDatev, listDatevExports, previewDatev, readDatevFile } from '../../api/ledger/service/datev/exports.ts';
import { setDatevSettings } from '../../api/ledger/service/datev/settings.ts';
import { lockPeriod, postEntry, postManualEntry, reverseManualEntry } from '../../api/ledger/service/post.ts';
import { postEntries } from '../../api/ledger/service/postMany.ts';
import { listEntries, readTrialBalance } from '../../api/ledger/service/read.ts';
import { readAccountSheet } from '../../api/ledger/service/sheet.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { reconcileBooks } from '../../api/payments/service/reconcile.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { claimDues } from '../../api/shares/service/claims.ts';
import { board, foundTestCooperative, join, noon, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';
import { readBatch, sumsOf } from '../extf.ts';

const data = useDatabase();
const at = noon('2026-11-22');
const settings = { consultant: 1001, client: 147, chart: '04' as const, accountLength: 4, clearingAccount: '1370' };
const half = { from: '2026-01-01', to: '2026-06-30', onlyNew: false };
let anke: Awaited<ReturnType<typeof join>>;

const post = (bookedOn: string, text: string, lines: [string, number][], now = at) =>
	postManualEntry(data.db, {
		...{ by: board, at: now, bookedOn, text, reference: 'Beleg Nr. 7' },
		lines: lines.map(([account, cents]) => ({ account, cents })),
	});

beforeAll(async () => {
	await foundTestCooperative(data.db);
	anke = await join(data.db, '2026-01-10', 3);
	await recordPayment(data.db, {
		...{ by: board, at },
		payment: {
			memberNumber: anke.number,
			amountCents: 160_000,
			valueOn: '2026-01-20',
			purpose: 'Anteile',
			bankReference: 'A1',
		},
	});
	await post('2026-02-03', 'Stromerlös "Februar"; Söhne & Co', [
		['1800', 119_000],
		['4400', -100_000],
		['3800', -19_000],
	]);
	await post('2026-03-04', 'Pacht', [
		['6310', 50_000],
		['1800', -50_000],
	]);
});

describe('chart', () => {
	test('accounts are added once, renamed and mapped; every step is in the log', async () => {
		const mine = { number: '6325', nameDe: 'Dachreinigung', nameEn: 'Roof cleaning', kind: 'expense' as const };
		const burst = await Promise.allSettled(
			Array.from({ length: 16 }, () => addAccount(data.db, { by: board, at, ...mine })),
		);
		expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(burst.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { code: 'ledger.account-exists' },
		});
		await renameAccount(data.db, { by: board, at, number: '6325', nameDe: 'Reinigung', nameEn: 'Cleaning' });
		await mapAccount(data.db, { by: board, at, number: '6325', chart: '03', datevAccount: '4250', taxKey: '9' });
		const found = (await readChart(data.db, { by: board })).find(({ number }) => number === '6325');
		expect(found).toMatchObject({
			nameDe: 'Reinigung',
			datev: [
				{ chart: '03', account: '4250', taxKey: '9' },
				{ chart: '04', account: '6325', taxKey: null },
			],
		});
		const refused = { by: board, at, chart: '04' as const, datevAccount: null, taxKey: null };
		await expect(mapAccount(data.db, { ...refused, number: '1800' })).rejects.toMatchObject({
			code: 'ledger.datev-account-needed',
		});
		await expect(
			renameAccount(data.db, { by: board, at, number: '0001', nameDe: 'x', nameEn: 'x' }),
		).rejects.toMatchObject({
			code: 'ledger.account-missing',
		});
	});

	test('no account changes its number or kind, not even past the services', async () => {
		await expect(data.db.sql`update ledger_accounts set kind = 'asset' where number = '6325'`).rejects.toThrow(
			/permission/,
		);
		await expect(data.db.sql`delete from ledger_accounts`).rejects.toThrow(/permission/);
		await expect(data.db.sql`update datev_exports set from_day = '2020-01-01'`).rejects.toThrow();
	});
});

describe('sheets and journal', () => {
	test('an account sheet carries its balance from line to line and page to page', async () => {
		const sheet = await readAccountSheet(data.db, { by: board, account: '1800', from: '2026-02-01', to: '2026-12-31' });
		expect(sheet).toMatchObject({
			openingCents: 160_000,
			debitCents: 119_000,
			creditCents: 50_000,
			closingCents: 229_000,
		});
		expect(sheet.lines.map(({ balanceCents }) => balanceCents)).toEqual([279_000, 229_000]);
		expect(sheet.lines[0]).toMatchObject({ contra: ['3800', '4400'], debitCents: 119_000 });
		const second = await readAccountSheet(data.db, {
			...{ by: board, account: '1800', from: '2026-02-01', to: '2026-12-31', page: 2, pageSize: 1 },
		});
		expect(second.lines).toMatchObject([{ balanceCents: 229_000 }]);
		const beyond = await readAccountSheet(data.db, { by: board, account: '1800', to: '2026-12-31', page: 9 });
		expect(beyond).toMatchObject({ total: 3, closingCents: 229_000, lines: [] });
	});

	test('a sheet is found by the member number too', async () => {
		const query = { by: board, account: '2901', to: '2026-12-31' };
		expect(await readAccountSheet(data.db, { ...query, memberNumber: anke.number })).toMatchObject({
			member: { id: anke.memberId },
		});
		await expect(readAccountSheet(data.db, { ...query, memberNumber: 999_999 })).rejects.toMatchObject({
			code: 'ledger.member-missing',
		});
	});

	test("a member's sheet shows the own postings only; members reach nobody else's", async () => {
		const other = await join(data.db, '2026-01-11', 1);
		const query = { account: '2901', memberId: anke.memberId, to: '2026-12-31' };
		expect(await readAccountSheet(data.db, { by: board, ...query })).toMatchObject({
			member: { number: anke.number },
			closingCents: -150_000,
		});
		await expect(readAccountSheet(data.db, { by: other.self, ...query })).rejects.toMatchObject({
			code: 'ledger.member-missing',
		});
		expect((await readAccountSheet(data.db, { by: other.self, account: '1800', to: '2026-12-31' })).lines).toEqual([]);
	});

	test('the journal is searched by text, voucher, number and kind; signs of patterns mean themselves', async () => {
		const found = async (query: { search?: string; kind?: string }) =>
			(await listEntries(data.db, { by: board, ...query })).map(({ text }) => text);
		expect(await found({ search: 'stromerlös' })).toEqual(['Stromerlös "Februar"; Söhne & Co']);
		expect(await found({ search: '%' })).toEqual([]);
		expect(await found({ search: 'beleg nr. 7', kind: 'manual' })).toHaveLength(2);
		expect(await found({ kind: 'payment' })).toHaveLength(1);
	});
});

test('entries at once, single or many together, follow each other in one chain, and so does the log; closed days do not open again', async () => {
	const entry = (cents: number) => ({
		...{ bookedOn: '2024-05-02', kind: 'manual', text: `Buchung ${cents}; „${'ä'.repeat(3)}“ \\ "x"` },
		postings: [
			{ account: '1800', cents },
			{ account: '4830', cents: -cents },
		],
	});
	const command = { by: board, at: noon('2024-05-02') };
	const numbers = await Promise.all(
		Array.from({ length: 40 }, (_, i) =>
			write(data.db, command, async (tx, note) => {
				for (let n = 0; n <= i % 4; n++) note({ action: 'test.many', subject: `"${i}" ${n}` });
				if (i % 2 === 0) return [await postEntry(tx, { ...command, entry: entry(100 + i) })];
				return postEntries(tx, { ...command, entries: [entry(200 + i), entry(300 + i), entry(400 + i)] });
			}),
		),
	);
	expect(new Set(numbers.flat()).size).toBe(20 + 3 * 20);
	const closed = transact(data.db, board, (tx) =>
		postEntries(tx, { ...command, entries: [entry(1), { ...entry(2), bookedOn: '1900-01-01' }] }),
	);
	await expect(closed).rejects.toMatchObject({ code: 'ledger.period-locked', rule: 'B-50' });
	expect(await verifyAuditChain(data.db, { by: system, keys: testKeys })).toMatchObject({ broken: null });
	expect(await verifyLedger(data.db, { by: system })).toMatchObject({ broken: null });
	const opening = data.owner`update journal_head set locked_through = locked_through - 1`;
	await expect(opening).rejects.toThrow(/closed days stay closed/);
});

test('an entry is reversed once, and only where it was made', async () => {
	const { number } = await post('2026-04-01', 'Falsch', [
		['6400', 700],
		['1800', -700],
	]);
	const reverse = (entry: number) =>
		reverseManualEntry(data.db, { by: board, at, number: entry, bookedOn: '2026-04-02', text: 'Falsches Konto' });
	const burst = await Promise.allSettled(Array.from({ length: 16 }, () => reverse(number)));
	expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const payment = (await listEntries(data.db, { by: board, kind: 'payment' }))[0];
	await expect(reverse(payment?.number ?? 0)).rejects.toMatchObject({ code: 'ledger.undo-in-payments' });
	await claimDues(data.db, { by: board, at });
	const claim = (await listEntries(data.db, { by: board, kind: 'share-claim' }))[0];
	await expect(reverse(claim?.number ?? 0)).rejects.toMatchObject({ code: 'ledger.undo-in-shares' });
});

describe('files for the tax adviser', () => {
	test('need settings, days of one fiscal year, and a number for every account', async () => {
		const make = (period: Partial<typeof half>) => previewDatev(data.db, { by: board, at, ...half, ...period });
		await expect(make({})).rejects.toMatchObject({ code: 'ledger.datev-settings-missing' });
		await setDatevSettings(data.db, { by: board, at, settings });
		await expect(make({ from: '2025-12-31' })).rejects.toMatchObject({ code: 'ledger.datev-two-years' });
		await expect(make({ from: '2026-02-31' })).rejects.toMatchObject({ code: 'ledger.day-wrong' });
		await expect(make({ to: '2026-12-31' })).rejects.toMatchObject({ code: 'ledger.day-in-future' });
		await setDatevSettings(data.db, { by: board, at, settings: { ...settings, chart: '03' } });
		expect((await make({})).rows).toBeGreaterThan(4);
	});

	test('re-read to the sums of the trial balance, for both charts', async () => {
		for (const chart of ['03', '04'] as const) {
			await setDatevSettings(data.db, { by: board, at, settings: { ...settings, chart } });
			const made = await exportDatev(data.db, { by: board, at, ...half });
			const file = await readDatevFile(data.db, { by: board, exportId: made.id });
			const sums = sumsOf(readBatch(Buffer.from(file.contentBase64, 'base64')));
			const numbers = new Map(
				(await readChart(data.db, { by: board })).map(({ number, datev }) => [
					number,
					datev.find((one) => one.chart === chart)?.account ?? '',
				]),
			);
			const books = new Map(
				(await readTrialBalance(data.db, { by: board, on: half.to, from: half.from }))
					.filter(({ debitCents, creditCents }) => debitCents || creditCents)
					.map(({ account, debitCents: debit, creditCents: credit }) => [numbers.get(account), { debit, credit }]),
			);
			expect(sums).toEqual(books);
		}
	});

	test('are kept byte for byte, warn of later entries, and a second one may hold only those', async () => {
		const before = await previewDatev(data.db, { by: board, at, ...half });
		expect(before).toMatchObject({ late: 0 });
		await post('2026-05-05', 'Nachzügler', [
			['6850', 1_234],
			['1800', -1_234],
		]);
		const [newest] = await listDatevExports(data.db, { by: board });
		expect(newest).toMatchObject({ late: 1, locked: false });
		expect(await previewDatev(data.db, { by: board, at, ...half })).toMatchObject({
			late: 1,
			entries: before.entries + 1,
		});
		expect(await previewDatev(data.db, { by: board, at, ...half, onlyNew: true })).toMatchObject({
			entries: 1,
			rows: 1,
		});
		await lockPeriod(data.db, { by: board, at, through: '2026-06-30' });
		const made = await exportDatev(data.db, { by: board, at, ...half, onlyNew: true });
		const file = readBatch(
			Buffer.from((await readDatevFile(data.db, { by: board, exportId: made.id })).contentBase64, 'base64'),
		);
		expect(file.header[20]).toBe('1');
		expect(file.rows).toMatchObject([
			{ Buchungstext: 'Nachzügler', 'Umsatz (ohne Soll/Haben-Kz)': '12,34', Festschreibung: '1' },
		]);
		await expect(exportDatev(data.db, { by: board, at, ...half, onlyNew: true })).rejects.toMatchObject({
			code: 'ledger.datev-nothing',
		});
		await expect(lockPeriod(data.db, { by: board, at, through: '2026-05-31' })).rejects.toMatchObject({
			code: 'ledger.already-locked',
		});
		await expect(data.owner`update journal_head set locked_through = '2026-05-31'`).rejects.toThrow(/stay closed/);
		const member = person(['member'], { memberId: anke.memberId });
		expect(await listDatevExports(data.db, { by: member })).toEqual([]);
		await expect(readDatevFile(data.db, { by: member, exportId: made.id })).rejects.toMatchObject({
			code: 'ledger.datev-export-unknown',
		});
	});
});

describe('what is remembered twice', () => {
	test('agrees after everything above, and a difference is found wherever it is', async () => {
		const found = async () =>
			(await reconcileBooks(data.db, { by: board, at })).findings.map(({ what, number }) => [what, number]);
		expect(await found()).toEqual([]);
		const owner = data.owner;
		const tampered = async (change: () => Promise<unknown>): Promise<unknown> => {
			await owner`alter table share_movements disable trigger append_only`;
			await owner`alter table share_dues disable trigger append_only`;
			await change();
			const result = await found();
			await owner`alter table share_movements enable trigger append_only`;
			await owner`alter table share_dues enable trigger append_only`;
			return result;
		};
		expect(
			await tampered(
				() => owner`update share_movements set count = 4, nominal_cents = 200000 where member_id = ${anke.memberId}`,
			),
		).toEqual([['register', anke.number]]);
		expect(
			await tampered(
				() => owner`update share_movements set count = 1, nominal_cents = 50000 where member_id = ${anke.memberId}`,
			),
		).toEqual([
			['balance-out-of-bounds', anke.number],
			['register', anke.number],
		]);
		await tampered(
			() => owner`update share_movements set count = 3, nominal_cents = 150000 where member_id = ${anke.memberId}`,
		);
		expect(
			await tampered(
				() => owner`update share_dues set amount_cents = amount_cents + 1 where member_id = ${anke.memberId}`,
			),
		).toEqual([['claim', anke.number]]);
		await tampered(
			() => owner`update share_dues set amount_cents = amount_cents - 1 where member_id = ${anke.memberId}`,
		);
		await owner`update payments set credited_cents = credited_cents - 1, overpaid_cents = overpaid_cents + 1`;
		expect(await found()).toEqual([['payment', anke.number]]);
	});
});
