// Leaving over the wire: roles, bad input, the same request twice, and exits that take effect without any job.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { board, foundTestCooperative, join, noon } from '../cooperative.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
let member: SignedIn;
let other: SignedIn;
let chair: SignedIn;
let auditor: SignedIn;
let ids: { memberId: string; number: number }[] = [];

const key = (who: SignedIn, idempotency: string = randomUUID()) => ({
	headers: { ...who.headers, 'idempotency-key': idempotency },
});
const as = (who: SignedIn) => ({ headers: who.headers });

beforeAll(async () => {
	const { db } = api.database;
	await foundTestCooperative(db, { noticeMonths: 3, transfer: 'excluded', maxShares: 50 });
	const joined = [await join(db, '2020-01-09', 4), await join(db, '2020-01-09', 4), await join(db, '2020-01-09', 3)];
	ids = joined;
	for (const { number } of joined) {
		const payment = {
			memberNumber: number,
			amountCents: 150_000,
			valueOn: '2020-02-03',
			purpose: '',
			bankReference: `a${number}`,
		};
		await recordPayment(db, { by: board, at: noon('2020-02-03'), payment });
	}
	member = await api.signedIn('member', { memberId: joined[0]?.memberId ?? '' });
	other = await api.signedIn('member', { memberId: joined[1]?.memberId ?? '' });
	chair = await api.signedIn('board');
	auditor = await api.signedIn('auditor');
});

test('bad input is refused and changes nothing', async () => {
	const path = `/api/members/${ids[0]?.memberId}/exits`;
	const good = { cause: 'notice', receivedOn: '2026-11-20', basis: 'Brief' };
	const heir = { name: 'x', email: null, address: null, representative: false };
	for (const body of [
		{ ...good, receivedOn: '2026-02-30' },
		{ ...good, receivedOn: '2026-11-23' },
		{ ...good, cause: 'whim' },
		{ ...good, cause: 'partial', shares: 0 },
		{ ...good, cause: 'partial', shares: -1 },
		{ ...good, cause: 'exclusion', reason: 'Laune', letterSentOn: '2026-11-21' },
		{ ...good, cause: 'death', heirs: [heir, heir] },
		{ ...good, basis: 'x\u0000y' },
		{ ...good, unknown: 1 },
	]) {
		const answer = await call(api.app, 'POST', path, { ...key(chair), body });
		expect([answer.status, body]).toEqual([422, body]);
	}
	expect((await call<unknown[]>(api.app, 'GET', path, as(chair))).body).toEqual([]);
	expect(
		(await call(api.app, 'POST', `/api/members/${randomUUID()}/exits`, { ...key(chair), body: good })).status,
	).toBe(404);
	expect((await call(api.app, 'POST', path, { ...key(auditor), body: good })).status).toBe(403);
	expect((await call(api.app, 'POST', path, { ...key(member), body: good })).status).toBe(403);
	expect((await call(api.app, 'GET', '/api/exits', as(member))).status).toBe(403);
	expect((await call(api.app, 'GET', '/api/settlements', as(member))).status).toBe(403);
	expect(
		(
			await call(api.app, 'POST', '/api/me/transfers', {
				...key(member),
				body: { all: true, to: { email: 'neu@auental.example' } },
			})
		).body,
	).toMatchObject({ code: 'shares.transfer-excluded', rule: 'M-52' });
	const nothing = { settlementIds: [randomUUID()], executionOn: '2026-11-24' };
	expect(
		(await call(api.app, 'POST', '/api/payout-files/settlements', { ...key(chair), body: nothing })).body,
	).toMatchObject({ code: 'payments.settlement-unknown' });
});

test('heirs: bad input is refused, one key names a representative once, the one named is invited, others learn nothing', async () => {
	const { memberId } = await join(api.database.db, '2020-01-09', 1);
	const death = { cause: 'death', receivedOn: '2026-10-01', basis: 'Sterbeurkunde 4/2026' };
	const given = await call<{ exitId: string }>(api.app, 'POST', `/api/members/${memberId}/exits`, {
		...{ ...key(chair), body: death },
	});
	expect(given.status).toBe(201);
	const path = `/api/exits/${given.body.exitId}/representatives`;
	const good = {
		name: 'Eva Erbe',
		email: 'eva.erbe@auental.example',
		address: null,
		fromOn: '2026-11-01',
		basis: 'Erbschein',
	};
	for (const body of [
		{ ...good, fromOn: '2026-02-30' },
		{ ...good, fromOn: '2026-09-30' },
		{ ...good, fromOn: '2030-01-01' },
		{ ...good, email: 'eva' },
		{ ...good, name: '' },
		{ ...good, basis: 'x' },
		{ ...good, unknown: 1 },
	])
		expect([(await call(api.app, 'POST', path, { ...key(chair), body })).status, body]).toEqual([422, body]);
	expect((await call(api.app, 'POST', path, { ...key(auditor), body: good })).status).toBe(403);
	expect((await call(api.app, 'POST', path, { ...key(member), body: good })).status).toBe(403);
	expect(
		(await call(api.app, 'POST', `/api/exits/${randomUUID()}/representatives`, { ...key(chair), body: good })).status,
	).toBe(404);
	const once = key(chair);
	for (let i = 0; i < 2; i++)
		expect((await call(api.app, 'POST', path, { ...once, body: good })).body).toMatchObject({ account: true });
	const files = `/api/members/${memberId}/representatives`;
	expect((await call<unknown[]>(api.app, 'GET', files, as(auditor))).body).toMatchObject([
		{ kind: 'heirs', name: 'Eva Erbe', fromOn: '2026-11-01', endedOn: null, account: true },
	]);
	expect((await call(api.app, 'GET', files, as(member))).status).toBe(403);
	// The membership ends with the year: nobody goes on alone.
	const alone = { heir: { number: ids[0]?.number }, effectiveOn: '2026-11-01', basis: 'Erbschein' };
	expect(
		(await call(api.app, 'POST', `/api/exits/${given.body.exitId}/successor`, { ...key(chair), body: alone })).body,
	).toMatchObject({ code: 'shares.not-continued', rule: 'M-45' });
});

test('a notice is given once with one key, seen by its member only, and takes effect before the first request of the new year', async () => {
	const preview = await call<{ effectiveOn: string }>(api.app, 'GET', '/api/me/exits/preview?cause=notice', as(member));
	expect(preview.body.effectiveOn).toBe('2027-12-31');
	const once = randomUUID();
	const body = { cause: 'notice', expectedOn: '2027-12-31' };
	const first = await call<{ exitId: string }>(api.app, 'POST', '/api/me/exits', { ...key(member, once), body });
	expect(first.status).toBe(201);
	expect((await call(api.app, 'POST', '/api/me/exits', { ...key(member, once), body })).body).toEqual(first.body);
	expect((await call(api.app, 'POST', '/api/me/exits', { ...key(member), body })).body).toMatchObject({
		code: 'shares.exit-open',
	});
	expect((await call<unknown[]>(api.app, 'GET', '/api/me/exits', as(other))).body).toEqual([]);
	expect((await call(api.app, 'POST', `/api/me/exits/${first.body.exitId}/withdrawal`, key(other))).status).toBe(404);
	api.clock.at = new Date('2027-12-31T22:59:00.000Z');
	// Sessions of a year ago are over.
	chair = await api.signedIn('board');
	const holding = () =>
		call<{ shares: number; paidCents: number }>(api.app, 'GET', `/api/members/${ids[0]?.memberId}/shares`, as(chair));
	expect((await holding()).body).toMatchObject({ shares: 4, paidCents: 150_000 });
	api.clock.at = new Date('2027-12-31T23:00:01.000Z');
	const answers = await Promise.all(Array.from({ length: 8 }, holding));
	for (const { body: now } of answers) expect(now).toMatchObject({ shares: 0, paidCents: 0 });
	const desk = await call<{ settlements: { state: string; balanceCents: number; dueOn: string }[] }>(
		api.app,
		'GET',
		'/api/settlements',
		as(chair),
	);
	expect(desk.body.settlements).toMatchObject([{ state: 'undetermined', balanceCents: 150_000, dueOn: '2028-06-30' }]);
});
