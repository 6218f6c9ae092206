// Settlements where not all can be paid: minimum capital, yearly cap, the statute's order, consent, and the file for the bank.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { downloadPayoutFile, markPayoutExecuted, releasePayoutFile } from '../../api/payments/service/release.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { listOwnSettlements, paySettlements, readSettlementDesk } from '../../api/payments/service/settlements.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { determineSettlements } from '../../api/shares/service/settlements/determine.ts';
import type { Day } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);
type Joined = Awaited<ReturnType<typeof join>>;
let leavers: Joined[] = [];
let stays: Joined;

async function member(shares: number): Promise<Joined> {
	const joined = await join(database.db, '2020-01-09', shares);
	const payment = { memberNumber: joined.number, amountCents: shares * 50_000, valueOn: '2020-01-09', purpose: '' };
	await recordPayment(database.db, {
		...{ by: board, at: noon('2020-01-09') },
		payment: { ...payment, bankReference: `s-${joined.number}` },
	});
	return joined;
}

const leave = (memberId: string, receivedOn: Day) =>
	recordExit(database.db, {
		...{ by: board, at: noon(receivedOn), memberId, basis: 'Brief', wish: { cause: 'notice', receivedOn } },
	});

beforeAll(async () => {
	await foundTestCooperative(database.db, {
		...{ noticeMonths: 3, maxShares: 100, payoutOrder: 'first-come', payoutCapCents: 450_000 },
		...{ minimumCapital: { amountCents: 1_000_000 }, payoutConsent: 'supervisory-board' },
	});
	leavers = [await member(6), await member(8), await member(4)];
	stays = await member(18);
	// The notice that came second is entered first: the queue goes by the day of receipt.
	await leave(leavers[1]?.memberId ?? '', '2021-05-03');
	await leave(leavers[0]?.memberId ?? '', '2021-04-01');
	await leave(leavers[2]?.memberId ?? '', '2022-04-01');
	await effectExits(database.db, { by: system, at: noon('2022-01-02') });
	await determineSettlements(database.db, {
		...{ by: board, at: noon('2022-05-02'), exitOn: '2021-12-31', lossCents: 0, basis: 'Bilanz 2021' },
	});
});

const desk = (on: Day) => readSettlementDesk(database.db, { by: auditor, at: noon(on) });
const pay = (on: Day, executionOn: Day, settlementIds: string[], consent: string | null = 'AR 3/2022') =>
	paySettlements(database.db, { by: board, at: noon(on), keys: testKeys, settlementIds, executionOn, consent });

test('the cap bounds a year, the queue goes by exit and receipt, the rest is suspended', async () => {
	const { bounds, settlements, forecast } = await desk('2022-05-03');
	// 18 + 4 shares stay, 14 are owed: 36 × 500 euros in all, less what may not be touched.
	expect(bounds).toMatchObject({
		capitalCents: 1_800_000,
		minimumCents: 1_000_000,
		capLeftCents: 450_000,
		order: 'first-come',
	});
	expect(
		settlements.map(({ number, payableCents, openCents, state }) => [number, payableCents, openCents, state]),
	).toEqual([
		[leavers[0]?.number, 300_000, 300_000, 'payable'],
		[leavers[1]?.number, 150_000, 400_000, 'payable'],
	]);
	expect(forecast.map(({ year, payableCents, suspendedCents }) => [year, payableCents, suspendedCents])).toEqual([
		['2022', 450_000, 250_000],
		['2023', 350_000, 100_000],
		['2024', 0, 100_000],
		['2025', 0, 100_000],
		['2026', 0, 100_000],
	]);
	expect(forecast.at(-1)?.capitalLeftCents).toBe(1_000_000);
});

test('a payout needs the consent the statute wants; the file is valid, a second person releases it, the next year pays on', async () => {
	const { settlements } = await desk('2022-05-03');
	const ids = settlements.map(({ id }) => id);
	await expect(pay('2022-05-03', '2022-05-05', ids, null)).rejects.toMatchObject({
		...{ code: 'payments.payout-consent-needed', values: { consent: 'supervisory-board' } },
	});
	const made = await pay('2022-05-03', '2022-05-05', ids);
	expect(made).toMatchObject({ itemCount: 2, sumCents: 450_000 });
	await releasePayoutFile(database.db, {
		...{ by: secondBoard, at: noon('2022-05-04'), fileId: made.fileId, sha256: made.sha256 },
	});
	const { xml } = await downloadPayoutFile(database.db, {
		by: board,
		at: noon('2022-05-04'),
		keys: testKeys,
		fileId: made.fileId,
	});
	expect(await schemaErrors(xml)).toEqual([]);
	expect(await listOwnSettlements(database.db, { by: leavers[1]?.self ?? auditor })).toMatchObject([
		{ underwayCents: 150_000, openCents: 250_000 },
	]);
	await markPayoutExecuted(database.db, {
		by: board,
		at: noon('2022-05-05'),
		fileId: made.fileId,
		executedOn: '2022-05-05',
	});
	await expect(pay('2022-06-01', '2022-06-02', ids.slice(1))).rejects.toMatchObject({
		...{ code: 'payments.settlement-not-payable', rule: 'M-72' },
	});
	expect((await desk('2022-06-01')).settlements.map(({ state }) => state)).toEqual(['settled', 'suspended']);

	await effectExits(database.db, { by: system, at: noon('2023-01-02') });
	await determineSettlements(database.db, {
		...{ by: board, at: noon('2023-05-02'), exitOn: '2022-12-31', lossCents: 0, basis: 'Bilanz 2022' },
	});
	const next = await desk('2023-05-03');
	// 1.350.000 are left, 1.000.000 must stay: the older claim first, the younger one as far as it goes.
	expect(next.settlements.map(({ payableCents, state }) => [payableCents, state])).toEqual([
		[0, 'settled'],
		[250_000, 'payable'],
		[100_000, 'payable'],
	]);
	const second = await pay(
		'2023-05-03',
		'2023-05-05',
		next.settlements.slice(1).map(({ id }) => id),
		'AR 2/2023',
	);
	expect(second.sumCents).toBe(350_000);
	expect((await desk('2023-05-04')).settlements.at(-1)).toMatchObject({ state: 'suspended', openCents: 100_000 });
});

test('others see nothing of it, and nobody is paid who is still a member', async () => {
	expect(await listOwnSettlements(database.db, { by: stays.self })).toEqual([]);
	await expect(pay('2023-05-03', '2023-05-05', [stays.memberId])).rejects.toMatchObject({
		code: 'payments.settlement-unknown',
	});
});

/** The validator is no part of the product; without it the check is skipped and says so. */
async function schemaErrors(xml: string): Promise<string[]> {
	const file = '../shared/data/xsd/pain.001.001.09.xsd';
	const validator = await import('xmllint-wasm' as string).catch(() => undefined);
	if (!validator || !existsSync(file)) {
		console.log(`skipped: ${validator ? file : 'xmllint-wasm'} is not there`);
		return [];
	}
	const schema = { fileName: 'pain.001.001.09.xsd', contents: await readFile(file, 'utf8') };
	const { errors } = await validator.validateXML({ xml: [{ fileName: 'file.xml', contents: xml }], schema: [schema] });
	return errors.map((e: { message: string }) => e.message);
}
