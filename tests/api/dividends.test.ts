// Dividends over HTTP: from figures to a member's statement, who may do what, keys, and what others get to see.
import { randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { recordResolution } from '../../api/dividends/service/resolve.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { board as boardActor, foundTestCooperative, join, noon } from '../cooperative.ts';
import { system } from '../database.ts';
import { type SignedIn, useApi } from './app.ts';

const api = useApi();
let board: SignedIn;
let supervisor: SignedIn;
let member: SignedIn;
let other: SignedIn;
let memberId = '';

beforeAll(async () => {
	const { db } = api.database;
	await foundTestCooperative(db);
	const joined = [await join(db, '2022-01-09', 4), await join(db, '2022-01-09', 2)];
	await recordPayments(db, {
		...{ by: boardActor, at: noon('2022-02-01') },
		incoming: joined.map(({ number }, i) => ({
			...{
				memberNumber: number,
				amountCents: i === 0 ? 200_000 : 90_000,
				valueOn: '2022-02-01',
				purpose: '',
				bankReference: `b${i}`,
			},
		})),
	});
	// Accounts were sealed with the tests' own keys; the API has others.
	await api.database.owner`update member_secrets set iban = null, iban_blind = null, iban_last4 = null`;
	memberId = joined[0]?.memberId ?? '';
	board = await api.signedIn('board');
	supervisor = await api.signedIn('supervisory');
	member = await api.signedIn('member', { memberId });
	other = await api.signedIn('member', { memberId: joined[1]?.memberId ?? '' });
});

async function call(
	who: SignedIn,
	method: 'GET' | 'POST' | 'PUT',
	url: string,
	payload?: InjectOptions['payload'],
	key: string | null = randomUUID(),
) {
	const headers = { ...who.headers, ...(key && method !== 'GET' ? { 'idempotency-key': key } : {}) };
	const reply = await api.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
	return { status: reply.statusCode, body: reply.json() };
}

const figures = {
	...{
		resultCents: 100_000,
		profitForwardCents: 0,
		lossForwardCents: 0,
		legalReserveBeforeCents: 0,
		boardReserveCents: 0,
	},
	...{ releasedCents: 0, freeReservesCents: 0, blockedCents: 0, energyRevenueCents: null },
};
const proposal = { dividend: { rate: '0.03' }, toOtherReservesCents: 0, payoutOn: '2026-12-15' };

test('writes need a key and the right role; bounds are refused with code and field', async () => {
	const url = '/api/fiscal-years/2025/figures';
	expect(await call(board, 'PUT', url, { firstYear: false, figures }, null)).toMatchObject({
		status: 422,
		body: { code: 'request.invalid' },
	});
	expect((await call(supervisor, 'PUT', url, { firstYear: false, figures })).status).toBe(403);
	expect((await call(member, 'GET', '/api/fiscal-years')).status).toBe(403);
	expect(await call(board, 'PUT', '/api/fiscal-years/2026/figures', { firstYear: false, figures })).toMatchObject({
		...{ status: 422, body: { code: 'dividends.year-not-over', field: 'year', values: { endOn: '2026-12-31' } } },
	});
	expect(await call(board, 'PUT', url, { firstYear: false, figures })).toMatchObject({
		status: 200,
		body: { distributableCents: 90_000 },
	});
	expect(
		await call(board, 'POST', '/api/fiscal-years/2025/proposals', { ...proposal, payoutOn: '2026-11-24' }),
	).toMatchObject({
		...{ status: 422, body: { code: 'dividends.payout-too-early', field: 'payoutOn', rule: 'T-07' } },
	});
});

test('the chain over HTTP: proposal, resolution, run, release by the supervisory board, statement', async () => {
	const proposed = await call(board, 'POST', '/api/fiscal-years/2025/proposals', proposal);
	expect(proposed).toMatchObject({ status: 201, body: { potCents: 8_700 } });
	const { proposalId } = proposed.body;
	expect((await call(member, 'GET', `/api/dividend-proposals/${proposalId}`)).body).toMatchObject({
		rate: '0.03',
		state: 'proposed',
	});
	const ballotId = randomUUID();
	const at = api.clock.at;
	await write(api.database.db, { by: system, at }, (tx, note) =>
		recordResolution(tx, { proposalId, resolvedOn: '2026-11-22', ballotId, adopted: true, at, by: system, note }),
	);
	const key = randomUUID();
	const run = await call(board, 'POST', '/api/dividend-runs', { year: 2025 }, key);
	expect(run).toMatchObject({ status: 201, body: { memberCount: 2, totals: { grossCents: 8_700 } } });
	expect((await call(board, 'POST', '/api/dividend-runs', { year: 2025 }, key)).body).toEqual(run.body);
	expect((await call(board, 'POST', '/api/dividend-runs', { year: 2025 })).body).toMatchObject({
		code: 'dividends.wrong-step',
	});
	const { runId, contentHash } = run.body;
	const url = `/api/dividend-runs/${runId}`;
	expect((await call(member, 'GET', `${url}/lines`)).status).toBe(403);
	expect((await call(board, 'GET', `${url}/lines`)).body).toHaveLength(2);
	expect((await call(board, 'POST', `${url}/release`, { contentHash })).body).toMatchObject({
		code: 'dividends.second-person-needed',
	});
	expect((await call(member, 'GET', '/api/me/dividends')).body).toEqual([]);
	expect(await call(supervisor, 'POST', `${url}/release`, { contentHash })).toMatchObject({
		...{ status: 200, body: { payoutFileId: null, withoutIban: 1 } },
	});
	expect((await call(member, 'GET', '/api/me/dividends/2025')).body).toMatchObject({
		...{ year: 2025, grossCents: 6_000, netCents: 4_418, paidOutCents: 4_418, creditedCents: 0 },
		resolution: { ballotId, resolvedOn: '2026-11-22' },
		payments: [],
	});
	expect((await call(other, 'GET', '/api/me/dividends/2025')).body).toMatchObject({
		grossCents: 2_700,
		creditedCents: 1_988,
		paidOutCents: 0,
	});
	expect((await call(member, 'GET', '/api/me/dividends/2024')).status).toBe(404);
	expect((await call(other, 'GET', `/api/members/${memberId}/dividends/2025`)).status).toBe(403);
	expect((await call(board, 'GET', `${url}/tax-return`)).body).toMatchObject({
		...{
			dueOn: '2026-12-15',
			capitalTaxCents: 2_175,
			capitalTaxDeclaredCents: 2_100,
			roundingGainCents: 75,
			churchTaxByCommunity: [],
		},
	});
});

test('an exemption order in the portal needs a fresh proof of who is sitting there', async () => {
	const body = {
		amountCents: 50_000,
		joint: false,
		validFrom: '2026-01-01',
		validTo: null,
		taxId: '36574261809',
		spouseTaxId: null,
	};
	expect(await call(member, 'PUT', '/api/me/exemption-order', body)).toMatchObject({ status: 200, body: { memberId } });
	expect((await call(member, 'GET', '/api/me/exemption-order')).body).toMatchObject({
		order: { via: 'portal' },
		remainingCents: 50_000,
	});
	expect((await call(other, 'GET', '/api/me/exemption-order')).body).toMatchObject({ order: null });
	expect((await call(other, 'PUT', '/api/me/exemption-order', { ...body, taxId: '123' })).body).toMatchObject({
		...{ code: 'dividends.tax-id-invalid', field: 'taxId' },
	});
	await api.database.owner`update sessions set proved_at = proved_at - interval '1 hour'`;
	expect(await call(member, 'PUT', '/api/me/exemption-order', body)).toMatchObject({
		status: 403,
		body: { code: 'accounts.proof-needed' },
	});
	expect(
		await call(board, 'PUT', `/api/members/${memberId}/exemption-order`, { ...body, amountCents: 60_000 }),
	).toMatchObject({ status: 200 });
});
