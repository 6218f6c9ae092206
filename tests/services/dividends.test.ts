// The chain from surplus to payout for members of all kinds over two years: exact, exempt, posted, released by four eyes, once.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { requestHashOf, write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import type { HolderKind } from '../../api/dividends/rules/withholding.ts';
import { endExemptionOrder, readExemptionOrder, setExemptionOrder } from '../../api/dividends/service/exemptions.ts';
import { listMyDividends, readMemberDividend, readMyDividend } from '../../api/dividends/service/mine.ts';
import { discardDividendRun, type PreparedRun, prepareDividendRun } from '../../api/dividends/service/prepare.ts';
import { proposeDividend, readProposal, withdrawProposal } from '../../api/dividends/service/propose.ts';
import { payRemainingDividends, type ReleasedRun, releaseDividendRun } from '../../api/dividends/service/release.ts';
import { recordResolution } from '../../api/dividends/service/resolve.ts';
import { listDividendLines, readDividendRun, readTaxReturn } from '../../api/dividends/service/runs.ts';
import { addTaxCertificate, setTaxAttributes } from '../../api/dividends/service/standing.ts';
import { listFiscalYears, readFiscalYear, recordClosingFigures } from '../../api/dividends/service/years.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf, memberBalances } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import type { Applicant } from '../../api/members/rules.ts';
import { confirmAccount, listHeldAccounts } from '../../api/members/service/accountChanges.ts';
import { changeMember } from '../../api/members/service/files.ts';
import { markPayoutExecuted, readPayoutFile, releasePayoutFile } from '../../api/payments/service/release.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { brokenHoldings } from '../../api/shares/service/holdings.ts';
import type { Actor } from '../../api/values/actor.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const keys = testKeys;
const supervisor = person(['supervisory']);
const auditor = person(['auditor']);
const taxIds = ['36574261809', '47036892816', '86095742719', '65929970489'];

interface Someone {
	memberId: string;
	number: number;
	self: Actor;
}
const members: Someone[] = [];
const named = new Map<string, Someone>();
const who = (name: string): Someone => {
	const found = named.get(name);
	if (!found) throw new Error(`no ${name}`);
	return found;
};

const organisation = (kind: Applicant['kind'], name: string): Partial<Applicant> => ({
	kind,
	name: { organisation: name },
	representative: 'Frau Vertreterin',
});
const cast: [name: string, shares: number, paidCents: number, changes?: Partial<Applicant>][] = [
	['plain', 10, 500_000],
	['church 9', 10, 500_000],
	['church 8', 7, 350_000],
	['order', 10, 500_000],
	['joint order', 40, 2_000_000],
	['no assessment', 20, 1_000_000],
	['business', 4, 200_000],
	['part-paid', 10, 150_000],
	['nearly full', 10, 499_000],
	['no account', 6, 300_000],
	['leaver', 8, 400_000],
	['gone', 8, 400_000],
	['investing', 12, 600_000, { investing: true }],
	['abroad', 3, 150_000, { address: { street: 'Ring 1', postcode: '1010', town: 'Wien', country: 'AT' } }],
	['company', 30, 1_500_000, organisation('company', 'Auental Energie GmbH')],
	['association', 5, 250_000, organisation('association', 'Sportverein Auental e. V.')],
	['municipality', 40, 2_000_000, organisation('public-body', 'Gemeinde Auental')],
	['partnership', 9, 450_000, organisation('partnership', 'Hof Muster GbR')],
	...Array.from({ length: 12 }, (_, i): [string, number, number] => [`more ${i}`, 1 + i, (1 + i) * 33_333]),
];

beforeAll(async () => {
	await foundTestCooperative(database.db, { firstPaymentCents: 5_000, investingMembers: true });
	for (const [name, shares, , changes] of cast) {
		const joined = await join(database.db, '2020-01-09', shares, changes);
		members.push(joined);
		named.set(name, joined);
	}
	await recordPayments(database.db, {
		...{ by: board, at: noon('2020-03-02') },
		incoming: cast.map(([name, , amountCents], i) => ({
			...{
				memberNumber: who(name).number,
				amountCents,
				valueOn: '2020-03-02',
				purpose: '',
				bankReference: `2020 ${i}`,
			},
		})),
	});
	// Who joins in the year the dividend is for has no base under method A.
	named.set('newcomer', await join(database.db, '2023-05-02', 3));
	await recordPayments(database.db, {
		...{ by: board, at: noon('2023-05-20') },
		incoming: [
			{
				memberNumber: who('newcomer').number,
				amountCents: 150_000,
				valueOn: '2023-05-20',
				purpose: '',
				bankReference: '2023 1',
			},
		],
	});
	await database.owner`update members set left_on = '2023-12-31' where id = ${who('leaver').memberId}`;
	await database.owner`update members set left_on = '2022-12-31' where id = ${who('gone').memberId}`;
	await database.owner`update member_secrets set iban = null, iban_blind = null, iban_last4 = null where member_id = ${who('no account').memberId}`;
});

const standing = (
	name: string,
	changes: Partial<{
		churchRate: '0' | '0.08' | '0.09';
		churchKey: string | null;
		inBusinessAssets: boolean;
		holderKind: HolderKind;
	}>,
) =>
	setTaxAttributes(database.db, {
		...{ by: board, at: noon('2025-01-10'), keys, memberId: who(name).memberId, year: 2025 },
		...{ churchRate: '0', churchKey: null, inBusinessAssets: false, holderKind: null, ...changes },
	});
const order = (name: string, changes: Partial<Parameters<typeof setExemptionOrder>[1]> = {}) =>
	setExemptionOrder(database.db, {
		...{
			by: who(name).self,
			at: noon('2025-01-12'),
			keys,
			memberId: who(name).memberId,
			amountCents: 20_000,
			joint: false,
		},
		...{ validFrom: '2025-01-01', validTo: null, taxId: '36 574 261 809', spouseTaxId: null, ...changes },
	});
const certificate = (name: string, kind: 'no-assessment' | 'charitable' | 'exempt-body', validTo = '2026-12-31') =>
	addTaxCertificate(database.db, {
		...{ by: board, at: noon('2025-01-11'), memberId: who(name).memberId, kind, validFrom: '2025-01-01', validTo },
		...{ taxOffice: 'Finanzamt Auenberg', issuedOn: '2024-12-20', reference: '12/345/67890, Liste 4711' },
	});

const figures = {
	...{ resultCents: 6_000_000, profitForwardCents: 12_345, lossForwardCents: 0, legalReserveBeforeCents: 100_000 },
	...{
		boardReserveCents: 100_000,
		releasedCents: 0,
		freeReservesCents: 0,
		blockedCents: 0,
		energyRevenueCents: 31_415_926,
	},
};
const record = (year: number, changes: Partial<typeof figures> = {}, at = noon('2025-01-20')) =>
	recordClosingFigures(database.db, { by: board, at, year, firstYear: false, figures: { ...figures, ...changes } });
const resolve = (proposalId: string, resolvedOn: string, adopted = true) =>
	write(database.db, { by: secondBoard, at: noon(resolvedOn) }, (tx, note) =>
		recordResolution(tx, {
			proposalId,
			resolvedOn,
			ballotId: randomUUID(),
			adopted,
			at: noon(resolvedOn),
			by: secondBoard,
			note,
		}),
	);
const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((total, row) => total + of(row), 0);
const lines = async (runId: string) => listDividendLines(database.db, { by: board, runId, limit: 500 });
const balance = (account: string, on = '2030-01-01') =>
	transact(database.db, system, (tx) => balanceOf(tx, { account, on }));
const settled = async <T>(attempts: Promise<T>[]) => {
	const results = await Promise.allSettled(attempts);
	const fulfilled = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
	const codes = new Set(results.flatMap((r) => (r.status === 'rejected' ? [String(r.reason.code)] : [])));
	return { fulfilled, codes: [...codes] };
};

test('tax standing: what does not fit is refused, what fits is stored without religion in clear', async () => {
	await expect(standing('plain', { churchRate: '0.09' })).rejects.toMatchObject({
		code: 'dividends.church-key-missing',
	});
	await expect(standing('plain', { churchKey: '912345' })).rejects.toMatchObject({
		code: 'dividends.church-key-not-expected',
	});
	await expect(standing('company', { churchRate: '0.09', churchKey: '912345' })).rejects.toMatchObject({
		code: 'dividends.church-rate-for-persons',
	});
	await standing('church 9', { churchRate: '0.09', churchKey: '912345' });
	await standing('church 8', { churchRate: '0.08', churchKey: '854321' });
	await standing('business', { churchRate: '0.09', churchKey: '912345', inBusinessAssets: true });
	await standing('plain', {});
	const rows =
		await database.owner`select encode(church_key, 'escape') as key from tax_attributes where church_key is not null`;
	expect(rows).toHaveLength(3);
	expect(JSON.stringify(rows)).not.toMatch(/912345|854321/);
	await expect(certificate('company', 'no-assessment')).rejects.toMatchObject({
		code: 'dividends.certificate-not-for-holder',
	});
	await expect(certificate('no assessment', 'no-assessment', '2026-06-30')).rejects.toMatchObject({
		code: 'dividends.certificate-end-not-year-end',
	});
	await expect(certificate('no assessment', 'no-assessment', '2029-12-31')).rejects.toMatchObject({
		code: 'dividends.certificate-too-long',
	});
	await certificate('no assessment', 'no-assessment');
	await certificate('association', 'charitable');
	await certificate('municipality', 'exempt-body');
	await expect(
		setTaxAttributes(database.db, {
			...{ by: board, at: noon('2025-01-10'), keys, memberId: randomUUID(), year: 2025 },
			...{ churchRate: '0', churchKey: null, inBusinessAssets: false, holderKind: null },
		}),
	).rejects.toMatchObject({ kind: 'missing', code: 'dividends.member-unknown' });
});

test('exemption orders: only for those who may, only as far as the law goes, tax ids sealed, once per couple', async () => {
	await expect(order('order', { taxId: '12345678901' })).rejects.toMatchObject({ code: 'dividends.tax-id-invalid' });
	await expect(order('order', { amountCents: 100_001 })).rejects.toMatchObject({
		code: 'dividends.exemption-over-maximum',
	});
	await expect(order('order', { validFrom: '2024-01-01' })).rejects.toMatchObject({
		code: 'dividends.exemption-start-past',
	});
	await expect(order('order', { validTo: '2025-06-30' })).rejects.toMatchObject({
		code: 'dividends.exemption-end-not-year-end',
	});
	await expect(order('order', { joint: true })).rejects.toMatchObject({ code: 'dividends.spouse-tax-id-missing' });
	await expect(order('business')).rejects.toMatchObject({ code: 'dividends.exemption-business-assets' });
	await expect(order('company')).rejects.toMatchObject({ code: 'dividends.exemption-not-natural-person' });
	await expect(order('abroad')).rejects.toMatchObject({ code: 'dividends.exemption-not-natural-person' });
	await expect(order('order', { by: who('plain').self })).rejects.toMatchObject({
		kind: 'missing',
		code: 'dividends.member-unknown',
	});
	await order('order');
	await expect(order('plain')).rejects.toMatchObject({ code: 'dividends.exemption-held-elsewhere' });
	await order('joint order', {
		joint: true,
		amountCents: 200_000,
		taxId: taxIds[1] ?? '',
		spouseTaxId: taxIds[2] ?? '',
	});
	await expect(order('plain', { taxId: taxIds[2] ?? '' })).rejects.toMatchObject({
		code: 'dividends.exemption-held-elsewhere',
	});
	const [stored] =
		await database.owner`select encode(tax_id, 'escape') as text, via from exemption_orders where member_id = ${who('order').memberId}`;
	expect(stored).toMatchObject({ via: 'portal' });
	expect(stored?.text).not.toContain('36574261809');
	expect(
		await readExemptionOrder(database.db, {
			by: who('order').self,
			at: noon('2025-02-01'),
			memberId: who('order').memberId,
		}),
	).toMatchObject({
		order: { amountCents: 20_000, joint: false },
		usedCents: 0,
		remainingCents: 20_000,
		maximumCents: 100_000,
	});
	await expect(
		readExemptionOrder(database.db, { by: who('plain').self, at: noon('2025-02-01'), memberId: who('order').memberId }),
	).rejects.toMatchObject({ kind: 'missing' });
});

test('figures: only of a year that is over, only by a person, and what the statute makes of them', async () => {
	await expect(record(2025)).rejects.toMatchObject({ code: 'dividends.year-not-over' });
	await expect(record(2023, { profitForwardCents: -1 })).rejects.toMatchObject({
		code: 'dividends.figure-negative',
		field: 'profitForwardCents',
	});
	await expect(record(2023, { lossForwardCents: 5 })).rejects.toMatchObject({ code: 'dividends.carried-both-ways' });
	await expect(record(2023, { boardReserveCents: 3_000_001 })).rejects.toMatchObject({
		code: 'dividends.board-reserve-over-statute',
	});
	await expect(
		recordClosingFigures(database.db, { by: system, at: noon('2025-01-20'), year: 2023, firstYear: false, figures }),
	).rejects.toMatchObject({ code: 'dividends.person-needed' });
	await expect(proposeDividend(database.db, proposal(2023))).rejects.toMatchObject({
		kind: 'missing',
		code: 'dividends.year-unknown',
	});
	const { fulfilled } = await settled(Array.from({ length: 16 }, () => record(2023)));
	expect(fulfilled).toHaveLength(16);
	// 10 % of surplus and carry-forward, up to a quarter of the capital, rounded up to the cent.
	expect(fulfilled[0]).toEqual({
		...{ year: 2023, legalReserveCents: 601_235, balanceSheetProfitCents: 5_311_110, distributableCents: 5_311_110 },
	});
	const years = await listFiscalYears(database.db, { by: auditor, at: noon('2025-01-20') });
	expect(years.map(({ year, state, next }) => [year, state, next[0]])).toEqual([
		[2024, 'open', 'recordClosingFigures'],
		[2023, 'recorded', 'proposeDividend'],
	]);
});

const proposal = (year: number, changes: Partial<Parameters<typeof proposeDividend>[1]> = {}) => ({
	...{
		by: board,
		at: noon('2025-02-03'),
		year,
		dividend: { rate: '0.03' },
		toOtherReservesCents: 50_000,
		payoutOn: '2025-03-31',
	},
	...changes,
});
let prepared: PreparedRun;
let released: ReleasedRun;

test('proposal and resolution: bounds, one at a time, withdrawn, rejected, adopted once', async () => {
	const refused: [Parameters<typeof proposal>[1], string][] = [
		[{ payoutOn: '2025-02-06' }, 'dividends.payout-too-early'],
		[{ payoutOn: '2025-04-18' }, 'dividends.payout-not-bank-day'],
		[{ dividend: { rate: '0.9' } }, 'dividends.over-distributable'],
		[{ dividend: { amountCents: 5_311_110 } }, 'dividends.over-profit'],
		[{ dividend: { amountCents: -1 } }, 'dividends.proposal-negative'],
	];
	for (const [changes, code] of refused) {
		await expect(proposeDividend(database.db, proposal(2023, changes))).rejects.toMatchObject({ code });
	}
	const { fulfilled, codes } = await settled(
		Array.from({ length: 16 }, () => proposeDividend(database.db, proposal(2023))),
	);
	expect([fulfilled.length, codes]).toEqual([1, ['dividends.wrong-step']]);
	const first = fulfilled[0]?.proposalId ?? '';
	await expect(record(2023)).rejects.toMatchObject({ code: 'dividends.wrong-step' });
	await expect(
		prepareDividendRun(database.db, { by: board, at: noon('2025-02-04'), year: 2023 }),
	).rejects.toMatchObject({
		code: 'dividends.wrong-step',
	});
	await withdrawProposal(database.db, { by: board, at: noon('2025-02-04'), proposalId: first });
	const second = await proposeDividend(database.db, proposal(2023));
	await resolve(second.proposalId, '2025-02-20', false);
	expect((await readFiscalYear(database.db, { by: board, at: noon('2025-02-20'), year: 2023 })).next[0]).toBe(
		'proposeDividend',
	);
	const third = await proposeDividend(database.db, proposal(2023));
	const adoptions = await settled([
		...Array.from({ length: 8 }, () => resolve(third.proposalId, '2025-03-10')),
		...Array.from({ length: 8 }, () => resolve(first, '2025-03-10')),
	]);
	expect(adoptions.fulfilled).toHaveLength(1);
	const [adopted] =
		await database.owner`select id, pot_cents, carried_forward_cents, balances_cents from dividend_proposals where state = 'adopted'`;
	expect(Number(adopted?.pot_cents)).toBe(third.potCents);
	expect(third.carriedForwardCents).toBe(5_311_110 - third.potCents - 50_000);
	expect(await readProposal(database.db, { by: who('plain').self, proposalId: adopted?.id })).toMatchObject({
		...{ state: 'adopted', rate: '0.03', resolvedOn: '2025-03-10', payoutOn: '2025-03-31' },
	});
	await expect(database.db.sql`update dividend_proposals set pot_cents = 1`).rejects.toThrow(/permission denied/);
});

test('of many prepares at once one prepares; the same key gives the same answer; nothing is posted yet', async () => {
	const before = await balance(accounts.dividendsPayable);
	const { fulfilled, codes } = await settled(
		Array.from({ length: 16 }, (_, i) =>
			prepareDividendRun(database.db, { by: i % 2 ? board : secondBoard, at: noon('2025-03-12'), year: 2023 }),
		),
	);
	expect([fulfilled.length, codes]).toEqual([1, ['dividends.wrong-step']]);
	const [first] = fulfilled;
	if (!first) throw new Error('nothing was prepared');
	const runId = first.runId;
	await discardDividendRun(database.db, { by: board, at: noon('2025-03-12'), runId });
	const command = {
		...{ by: board, at: noon('2025-03-12'), year: 2023 },
		key: { key: 'prepare-2023', requestHash: requestHashOf('POST', '/api/dividend-runs', { year: 2023 }) },
	};
	const [one, two] = await Promise.all([
		prepareDividendRun(database.db, command),
		prepareDividendRun(database.db, command),
	]);
	expect(two).toEqual(one);
	expect(one.contentHash).toBe(first.contentHash);
	prepared = one;
	expect(await balance(accounts.dividendsPayable)).toBe(before);
	expect(await readDividendRun(database.db, { by: supervisor, runId: prepared.runId })).toMatchObject({
		state: 'prepared',
		mine: false,
	});
	await expect(discardDividendRun(database.db, { by: board, at: noon('2025-03-12'), runId })).rejects.toMatchObject({
		code: 'dividends.run-decided',
	});
});

test('every cent is accounted for, and each kind of member is treated as the law says', async () => {
	const run = await lines(prepared.runId);
	const [adopted] =
		await database.owner`select pot_cents::bigint as pot from dividend_proposals where state = 'adopted'`;
	expect(prepared.totals.grossCents + prepared.remainderCents).toBe(Number(adopted?.pot));
	expect(sum(run, (l) => l.grossCents)).toBe(prepared.totals.grossCents);
	for (const line of run) {
		expect(line.grossCents).toBe(line.netCents + line.capitalTaxCents + line.solidarityCents + line.churchTaxCents);
		expect(line.netCents).toBe(line.creditedCents + line.paidOutCents);
		expect(line.grossCents).toBe(Math.floor((line.baseCents * 3) / 100));
	}
	const of = (name: string) => run.find(({ memberId }) => memberId === who(name).memberId);
	expect(of('newcomer')).toBeUndefined();
	expect(of('gone')).toBeUndefined();
	expect(run).toHaveLength(members.length - 1);
	expect(of('plain')).toMatchObject({
		grossCents: 15_000,
		capitalTaxCents: 3_750,
		solidarityCents: 206,
		churchTaxCents: 0,
		netCents: 11_044,
	});
	expect(of('church 9')).toMatchObject({
		grossCents: 15_000,
		capitalTaxCents: 3_667,
		solidarityCents: 201,
		churchTaxCents: 330,
	});
	expect(of('church 8')).toMatchObject({
		grossCents: 10_500,
		capitalTaxCents: 2_574,
		solidarityCents: 141,
		churchTaxCents: 205,
	});
	expect(of('order')).toMatchObject({ grossCents: 15_000, exemptCents: 15_000, netCents: 15_000 });
	expect(of('joint order')).toMatchObject({ grossCents: 60_000, exemptCents: 60_000 });
	expect(of('no assessment')).toMatchObject({ exemptCents: 30_000, capitalTaxCents: 0 });
	expect(of('business')).toMatchObject({ churchTaxCents: 0, capitalTaxCents: 1_500 });
	expect(of('association')).toMatchObject({ exemptCents: 7_500, netCents: 7_500 });
	expect(of('municipality')).toMatchObject({ capitalTaxCents: 9_000, solidarityCents: 495 });
	for (const name of ['company', 'partnership', 'abroad'])
		expect(of(name)?.capitalTaxCents).toBe((of(name)?.grossCents ?? 0) / 4);
	expect(of('part-paid')).toMatchObject({ grossCents: 4_500, creditedCents: 3_314, paidOutCents: 0 });
	expect(of('nearly full')).toMatchObject({ creditedCents: 1_000 });
	expect(of('leaver')).toMatchObject({ grossCents: 12_000, creditedCents: 0 });
	expect(prepared.withoutChurchAnswer).toBeGreaterThan(10);
});

test('nobody sees a line before the release; afterwards members see their own alone', async () => {
	const rowsOf = async (by: Actor, table: 'dividend_lines' | 'tax_attributes' | 'exemption_orders') =>
		transact(database.db, by, async (tx) => {
			if (table === 'dividend_lines') return [...(await tx.execute(`select member_id from dividend_lines`))];
			if (table === 'tax_attributes') return [...(await tx.execute(`select member_id from tax_attributes`))];
			return [...(await tx.execute(`select member_id from exemption_orders`))];
		});
	expect(await rowsOf(who('plain').self, 'dividend_lines')).toEqual([]);
	expect(await listMyDividends(database.db, { by: who('plain').self })).toEqual([]);
	expect(await rowsOf(person(['operator']), 'dividend_lines')).toEqual([]);
	expect((await rowsOf(auditor, 'dividend_lines')).length).toBeGreaterThan(members.length);
	expect(await rowsOf(who('order').self, 'tax_attributes')).toEqual([]);
	expect(await rowsOf(who('plain').self, 'exemption_orders')).toEqual([]);
	expect(await rowsOf(who('order').self, 'exemption_orders')).toHaveLength(1);
});

test('a run is not released by who prepared it, not for other content, and not if the tax data moved on', async () => {
	const release = (by: Actor, contentHash = prepared.contentHash) =>
		releaseDividendRun(database.db, { by, at: noon('2025-03-13'), keys, runId: prepared.runId, contentHash });
	await expect(release(board)).rejects.toMatchObject({ kind: 'forbidden', code: 'dividends.second-person-needed' });
	await expect(release(system)).rejects.toMatchObject({ code: 'dividends.person-needed' });
	await expect(release(supervisor, '0'.repeat(64))).rejects.toMatchObject({ code: 'dividends.content-differs' });
	await expect(
		database.owner`update dividend_runs set state = 'released', released_by = prepared_by, released_at = now()`,
	).rejects.toThrow(/four_eyes|stays/);
	await expect(database.db.sql`update dividend_lines set net_cents = net_cents`).rejects.toThrow(/permission denied/);
	await expect(database.owner`delete from dividend_lines`).rejects.toThrow(/append-only/);
	await order('more 11', { taxId: taxIds[3] ?? '', amountCents: 500 });
	await expect(release(supervisor)).rejects.toMatchObject({ code: 'dividends.run-outdated' });
	await discardDividendRun(database.db, { by: board, at: noon('2025-03-13'), runId: prepared.runId });
	prepared = await prepareDividendRun(database.db, { by: board, at: noon('2025-03-13'), year: 2023 });
});

test('of many releases at once one posts: one balanced entry, liabilities, taxes, balances and the payout file agree with the lines', async () => {
	const sharesBefore = await transact(database.db, system, (tx) =>
		memberBalances(tx, { account: accounts.memberBalances, on: '2025-03-31' }),
	);
	const { fulfilled, codes } = await settled(
		Array.from({ length: 16 }, (_, i) =>
			releaseDividendRun(database.db, {
				...{ by: i % 2 ? supervisor : secondBoard, at: noon('2025-03-13'), keys },
				...{ runId: prepared.runId, contentHash: prepared.contentHash },
			}),
		),
	);
	expect([fulfilled.length, codes]).toEqual([1, ['dividends.wrong-step']]);
	if (!fulfilled[0]) throw new Error('nothing was released');
	released = fulfilled[0];
	const { totals, remainderCents } = prepared;
	const run = await lines(prepared.runId);
	expect(await balance(accounts.dividendsPayable)).toBe(-totals.paidOutCents);
	expect(await balance(accounts.withheldTax)).toBe(
		-(totals.capitalTaxCents + totals.solidarityCents + totals.churchTaxCents),
	);
	expect(await balance(accounts.legalReserve)).toBe(-601_235);
	expect(await balance(accounts.otherReserves)).toBe(-150_000);
	expect(await balance(accounts.appropriation)).toBe(6_000_000);
	const carriedCents = 5_311_110 - 50_000 - totals.grossCents;
	expect(await balance(accounts.profitCarried)).toBe(12_345 - carriedCents);
	expect(
		(await readFiscalYear(database.db, { by: board, at: noon('2025-04-01'), year: 2024 })).expectedForwardCents,
	).toBe(carriedCents);
	expect(remainderCents).toBeGreaterThanOrEqual(0);
	const sharesAfter = await transact(database.db, system, (tx) =>
		memberBalances(tx, { account: accounts.memberBalances, on: '2025-03-31' }),
	);
	const owed = await transact(database.db, system, (tx) =>
		memberBalances(tx, { account: accounts.dividendsPayable, on: '2025-03-31' }),
	);
	for (const { memberId, creditedCents, paidOutCents } of run) {
		expect((sharesBefore.get(memberId) ?? 0) - (sharesAfter.get(memberId) ?? 0)).toBe(creditedCents);
		expect(0 - (owed.get(memberId) ?? 0)).toBe(paidOutCents);
	}
	const report = await verifyLedger(database.db, { by: system });
	expect(report.broken).toBeNull();
	expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2025-03-31'))).toEqual([]);
	expect(released.withoutIban).toBe(1);
	expect(released.paymentOn).toBe('2025-03-31');
	const file = await readPayoutFile(database.db, { by: board, fileId: released.payoutFileId ?? '', pageSize: 500 });
	const withoutAccount = run.find(({ memberId }) => memberId === who('no account').memberId)?.paidOutCents ?? 0;
	expect(file.sumCents).toBe(totals.paidOutCents - withoutAccount);
});

test('the member follows the way to the cent; others and other years are not there', async () => {
	const mine = await readMyDividend(database.db, { by: who('order').self, year: 2023 });
	expect(mine).toMatchObject({
		...{
			year: 2023,
			rate: '0.03',
			baseCents: 500_000,
			grossCents: 15_000,
			exemptionUsedCents: 15_000,
			netCents: 15_000,
		},
		resolution: { resolvedOn: '2025-03-10', ballotId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
		payments: [{ amountCents: 15_000, paymentOn: '2025-03-31', executedOn: null }],
	});
	expect(mine.steps.map(({ step, amountCents }) => [step, amountCents])).toEqual([
		['base', 500_000],
		['share', 15_000],
		['exemption-left', 20_000],
		['gross', 15_000],
		['not-taxable', 0],
		['exempt', 15_000],
		['taxable', 0],
		['capital-tax', 0],
		['solidarity', 0],
		['church-tax', 0],
		['net', 15_000],
		['credited', 0],
		['paid-out', 15_000],
	]);
	expect(mine.steps[0]).toMatchObject({ day: '2022-12-31', method: 'A', rule: 'P-20' });
	expect(await listMyDividends(database.db, { by: who('order').self })).toHaveLength(1);
	await expect(readMyDividend(database.db, { by: who('order').self, year: 2024 })).rejects.toMatchObject({
		kind: 'missing',
	});
	await expect(readMyDividend(database.db, { by: who('newcomer').self, year: 2023 })).rejects.toMatchObject({
		code: 'dividends.no-dividend',
	});
	await expect(
		readMemberDividend(database.db, { by: who('plain').self, memberId: who('order').memberId, year: 2023 }),
	).rejects.toMatchObject({ kind: 'missing', code: 'dividends.no-dividend' });
	await expect(readMyDividend(database.db, { by: board, year: 2023 })).rejects.toMatchObject({
		code: 'members.no-membership',
	});
});

test('what the year has used binds the order: no cut below it, no end before the year’s', async () => {
	const { self: by, memberId } = who('order');
	const at = noon('2025-04-02');
	expect(await readExemptionOrder(database.db, { by, at, memberId })).toMatchObject({
		usedCents: 15_000,
		remainingCents: 5_000,
	});
	await expect(order('order', { at, amountCents: 14_999 })).rejects.toMatchObject({
		...{ code: 'dividends.exemption-below-used', values: { amountCents: 14_999, usedCents: 15_000 } },
	});
	await expect(endExemptionOrder(database.db, { by, at, keys, memberId, validTo: '2024-12-31' })).rejects.toMatchObject(
		{
			code: 'dividends.exemption-used',
		},
	);
	await expect(
		endExemptionOrder(database.db, {
			by: who('plain').self,
			at,
			keys,
			memberId: who('plain').memberId,
			validTo: '2025-12-31',
		}),
	).rejects.toMatchObject({
		code: 'dividends.exemption-unknown',
	});
	await endExemptionOrder(database.db, { by, at, keys, memberId, validTo: '2025-12-31' });
	expect(await readExemptionOrder(database.db, { by, at, memberId })).toMatchObject({
		order: { validTo: '2025-12-31' },
		remainingCents: 5_000,
	});
	expect(await readExemptionOrder(database.db, { by, at: noon('2026-01-02'), memberId })).toMatchObject({
		order: null,
		remainingCents: 0,
	});
});

test('the tax return: due on the day of inflow, full euro for the capital tax, church tax by community', async () => {
	const taxReturn = await readTaxReturn(database.db, {
		by: board,
		at: noon('2025-03-31'),
		keys,
		runId: prepared.runId,
	});
	const { capitalTaxCents, solidarityCents, churchTaxCents } = prepared.totals;
	expect(taxReturn).toMatchObject({
		dueOn: '2025-03-31',
		capitalTaxCents,
		solidarityCents,
		churchTaxCents,
		nothingWithheld: false,
	});
	expect(taxReturn.capitalTaxDeclaredCents).toBe(capitalTaxCents - (capitalTaxCents % 100));
	expect(taxReturn.churchTaxByCommunity).toEqual([
		{ communityKey: '854321', cents: 205 },
		{ communityKey: '912345', cents: 330 },
	]);
	expect(taxReturn.payableCents).toBe(taxReturn.capitalTaxDeclaredCents + solidarityCents + churchTaxCents);
});

test('the bank pays, the debts are gone; who gave an account later is paid by another file, once', async () => {
	const fileId = released.payoutFileId ?? '';
	const at = noon('2025-03-31');
	const { sha256 } = await readPayoutFile(database.db, { by: board, fileId });
	await releasePayoutFile(database.db, { by: board, at, fileId, sha256 }).catch(() =>
		releasePayoutFile(database.db, { by: secondBoard, at, fileId, sha256 }),
	);
	await markPayoutExecuted(database.db, { by: board, at, fileId, executedOn: '2025-03-31' });
	expect((await readMyDividend(database.db, { by: who('order').self, year: 2023 })).payments[0]).toMatchObject({
		executedOn: '2025-03-31',
	});
	const { memberId } = who('no account');
	const left = (await lines(prepared.runId)).find((line) => line.memberId === memberId)?.paidOutCents ?? 0;
	expect(await balance(accounts.dividendsPayable)).toBe(-left);
	const again = { by: board, at, keys, runId: prepared.runId };
	await expect(payRemainingDividends(database.db, again)).rejects.toMatchObject({ code: 'dividends.nothing-owed' });
	await changeMember(database.db, {
		by: board,
		at,
		keys,
		memberId,
		effectiveOn: '2025-03-31',
		changes: { iban: testIban(4711) },
		basis: 'Mitteilung',
	});
	await expect(payRemainingDividends(database.db, again)).rejects.toMatchObject({ code: 'dividends.accounts-held' });
	const [held] = await listHeldAccounts(database.db, { by: board, at });
	await confirmAccount(database.db, { by: secondBoard, at, changeId: held?.id ?? '' });
	const { fulfilled, codes } = await settled(
		Array.from({ length: 16 }, () => payRemainingDividends(database.db, again)),
	);
	expect([fulfilled.length, codes]).toEqual([1, ['dividends.nothing-owed']]);
	expect((await readPayoutFile(database.db, { by: board, fileId: fulfilled[0]?.payoutFileId ?? '' })).sumCents).toBe(
		left,
	);
	expect((await readDividendRun(database.db, { by: board, runId: prepared.runId })).payouts).toHaveLength(2);
});

test('the second run of the calendar year, by amount: the exemption pot goes on where the first run left it', async () => {
	const carried =
		(await readFiscalYear(database.db, { by: board, at: noon('2025-05-01'), year: 2024 })).expectedForwardCents ?? 0;
	await record(2024, { profitForwardCents: carried, legalReserveBeforeCents: 701_235 }, noon('2025-05-02'));
	const { proposalId } = await proposeDividend(
		database.db,
		proposal(2024, { at: noon('2025-05-05'), dividend: { amountCents: 1_000_001 }, payoutOn: '2025-07-01' }),
	);
	await resolve(proposalId, '2025-06-14');
	const run = await prepareDividendRun(database.db, { by: secondBoard, at: noon('2025-06-16'), year: 2024 });
	expect([run.totals.grossCents, run.remainderCents]).toEqual([1_000_001, 0]);
	await releaseDividendRun(database.db, {
		by: board,
		at: noon('2025-06-17'),
		keys,
		runId: run.runId,
		contentHash: run.contentHash,
	});
	const mine = await readMyDividend(database.db, { by: who('order').self, year: 2024 });
	expect(mine.exemptionUsedCents).toBe(5_000);
	expect(mine.taxableCents).toBe(mine.grossCents - 5_000);
	expect(mine.steps).toContainEqual({
		step: 'exemption-left',
		amountCents: 5_000,
		orderCents: 20_000,
		usedBeforeCents: 15_000,
		rule: 'T-22',
	});
	const used = await readExemptionOrder(database.db, {
		by: board,
		at: noon('2025-07-02'),
		memberId: who('order').memberId,
	});
	expect(used).toMatchObject({ usedCents: 20_000, remainingCents: 0 });
	const all = await lines(run.runId);
	expect(all.some(({ memberId }) => memberId === who('leaver').memberId)).toBe(false);
	expect(all.some(({ memberId }) => memberId === who('newcomer').memberId)).toBe(true);
	// The part-paid share has grown by the first dividend; the base is still the end of 2023.
	expect(all.find(({ memberId }) => memberId === who('part-paid').memberId)?.baseCents).toBe(150_000);
	expect((await verifyLedger(database.db, { by: system })).broken).toBeNull();
	expect(await balance(accounts.appropriation)).toBe(12_000_000);
});

test('an order cut while a run is released never ends below what the run used', async () => {
	const at = noon('2025-08-01');
	const { memberId } = who('more 11');
	const taxId = taxIds[3] ?? '';
	await order('more 11', { at, taxId, amountCents: 100_000 });
	await recordClosingFigures(database.db, {
		...{ by: board, at, year: 2022, firstYear: false, figures: { ...figures, resultCents: 3_000_000 } },
	});
	const { proposalId } = await proposeDividend(
		database.db,
		proposal(2022, { at, dividend: { rate: '0.02' }, payoutOn: '2025-08-15' }),
	);
	await resolve(proposalId, '2025-08-02');
	const before = await readExemptionOrder(database.db, { by: board, at, memberId });
	const run = await prepareDividendRun(database.db, { by: board, at, year: 2022 });
	const release = ({ runId, contentHash }: PreparedRun) =>
		releaseDividendRun(database.db, { by: secondBoard, at, keys, runId, contentHash });
	const cut = () => order('more 11', { at, taxId, amountCents: before.usedCents + 1 });
	const [first, ...cuts] = await Promise.allSettled([release(run), ...Array.from({ length: 8 }, cut)]);
	if (first?.status === 'rejected') {
		expect(first.reason.code).toBe('dividends.run-outdated');
		await discardDividendRun(database.db, { by: board, at, runId: run.runId });
		await release(await prepareDividendRun(database.db, { by: board, at, year: 2022 }));
	} else {
		expect(cuts.map((c) => c.status === 'rejected' && c.reason.code)).toContain('dividends.exemption-below-used');
	}
	const { order: after, usedCents } = await readExemptionOrder(database.db, { by: board, at, memberId });
	expect(usedCents).toBeGreaterThan(before.usedCents);
	expect(after?.amountCents).toBeGreaterThanOrEqual(usedCents);
});

test('an answer without church tax erases the community at once, also for later years', async () => {
	const attributes = {
		by: board,
		at: noon('2025-09-01'),
		keys,
		memberId: who('church 9').memberId,
		inBusinessAssets: false,
		holderKind: null,
	};
	await setTaxAttributes(database.db, { ...attributes, year: 2027, churchRate: '0.09', churchKey: '912345' });
	await setTaxAttributes(database.db, { ...attributes, year: 2026, churchRate: '0', churchKey: null });
	const rows =
		await database.owner`select year, church_rate, church_key from tax_attributes where member_id = ${attributes.memberId} order by year`;
	expect(rows.map((row) => [row.year, row.church_rate, row.church_key === null])).toEqual([
		[2025, '0.09', false],
		[2026, '0', true],
		[2027, '0', true],
	]);
	const [event] =
		await database.owner`select content::text as text from audit_log where action = 'dividends.set-tax-attributes' limit 1`;
	expect(event?.text).not.toContain('912345');
});
