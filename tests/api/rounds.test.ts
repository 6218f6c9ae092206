// Joining and subscription rounds over the wire: bad input is refused and changes nothing, each role does what it may, repeats change nothing.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { clauseIds } from '../../api/members/rules.ts';
import { foundTestCooperative, join } from '../cooperative.ts';
import { call, type Refused, type SignedIn, useApi } from './app.ts';

const api = useApi();
let board: SignedIn;
let auditor: SignedIn;
let member: SignedIn;

const round = {
	...{ title: 'Solarpark Süd', purpose: 'Zwölf Modultische', volumeShares: 100, rule: 'pro-rata', announced: true },
	...{ opensAt: '2026-11-22T09:00:00.000Z', closesAt: '2026-12-06T19:00:00.000Z', floorShares: 2, capShares: 8 },
};
const keyed = ({ headers }: SignedIn, key = randomUUID()) => ({ headers: { ...headers, 'idempotency-key': key } });
const set = (changes: object, who = board) =>
	call<Refused & { roundId: string }>(api.app, 'POST', '/api/rounds', {
		...keyed(who),
		body: { ...round, ...changes },
	});
const rounds = async () =>
	(await call<{ id: string; asked: number }[]>(api.app, 'GET', '/api/rounds', { headers: auditor.headers })).body;

beforeAll(async () => {
	await foundTestCooperative(api.database.db, { maxShares: 10 });
	board = await api.signedIn('board');
	auditor = await api.signedIn('auditor');
	member = await api.signedIn('member', { memberId: (await join(api.database.db, '2024-01-10')).memberId });
});

describe('setting a round', () => {
	test.each<[string, object, number, object]>([
		['a day that does not exist', { opensAt: '2026-02-30T09:00:00.000Z' }, 422, { field: 'opensAt' }],
		['no instant at all', { closesAt: 'Nikolaus' }, 422, { field: 'closesAt' }],
		['closing before opening', { closesAt: '2026-11-21T09:00:00.000Z' }, 422, { code: 'shares.round-window-wrong' }],
		['no volume', { volumeShares: undefined }, 422, { code: 'shares.round-volume-wrong' }],
		['two volumes', { volumeCents: 500_000 }, 422, { code: 'shares.round-volume-wrong' }],
		['less than a share', { volumeShares: undefined, volumeCents: 49_999 }, 422, { code: 'shares.round-volume-wrong' }],
		['nothing to give', { volumeShares: 0 }, 422, { field: 'volumeShares' }],
		['half a share', { volumeShares: 1.5 }, 422, { field: 'volumeShares' }],
		['too much', { volumeShares: 1e12 }, 422, { field: 'volumeShares' }],
		['infinitely much', { volumeShares: 'Infinity' }, 422, { field: 'volumeShares' }],
		['a number as text', { volumeShares: '100' }, 422, { field: 'volumeShares' }],
		['nothing where a number belongs', { volumeShares: null }, 422, { field: 'volumeShares' }],
		['a floor above the cap', { floorShares: 9 }, 422, { code: 'shares.round-bounds-wrong', rule: 'M-10' }],
		['a cap above the statute', { capShares: 11 }, 422, { field: 'capShares', rule: 'M-10' }],
		['a rule nobody knows', { rule: 'lottery' }, 422, { field: 'rule' }],
		['a commission (M-06: there is no such field)', { commissionCents: 100 }, 422, { code: 'request.invalid' }],
		['no title', { title: '' }, 422, { field: 'title' }],
	])('refuses %s', async (_name, changes, status, body) => {
		expect(await set(changes)).toMatchObject({ status, body });
		expect(await rounds()).toEqual([]);
	});

	test('is for the board only and needs a key', async () => {
		expect((await set({}, auditor)).status).toBe(403);
		expect((await set({}, member)).status).toBe(403);
		const noKey = await call(api.app, 'POST', '/api/rounds', { headers: board.headers, body: round });
		expect(noKey.status).toBe(422);
		expect(await rounds()).toEqual([]);
	});
});

describe('a round', () => {
	let roundId = '';
	const mine = (body: object, key = randomUUID(), who = member) =>
		call<Refused>(api.app, 'PUT', `/api/me/rounds/${roundId}/subscription`, { ...keyed(who, key), body });
	const wish = { count: 3, clauses: clauseIds, statuteVersion: 1 };

	test('is set once, however often the request arrives', async () => {
		const key = randomUUID();
		const send = () => call<{ roundId: string }>(api.app, 'POST', '/api/rounds', { ...keyed(board, key), body: round });
		const [first, second] = [await send(), await send()];
		expect(first.status).toBe(201);
		expect(second.body).toEqual(first.body);
		expect(await rounds()).toHaveLength(1);
		roundId = first.body.roundId;
		expect((await call<object[]>(api.app, 'GET', '/api/rounds/announced')).body).toMatchObject([{ id: roundId }]);
	});

	test.each<[string, object, number, object]>([
		['below the floor', { count: 1 }, 422, { code: 'shares.round-below-floor', field: 'count' }],
		['above the cap', { count: 9 }, 422, { code: 'shares.round-above-cap', field: 'count' }],
		['nothing', { count: 0 }, 422, { field: 'count' }],
		['a fraction', { count: 2.5 }, 422, { field: 'count' }],
		['without clauses', { clauses: [] }, 422, { code: 'members.clause-missing', field: 'clauses', rule: 'M-04' }],
		['clauses nobody knows', { clauses: ['everything'] }, 422, { code: 'request.invalid' }],
		['another statute', { statuteVersion: 2 }, 409, { code: 'members.statute-changed' }],
	])('refuses a subscription %s', async (_name, changes, status, body) => {
		expect(await mine({ ...wish, ...changes })).toMatchObject({ status, body });
		expect((await rounds())[0]).toMatchObject({ asked: 0 });
	});

	test('takes a subscription, and refuses other people’s acts', async () => {
		expect((await mine(wish)).status).toBe(200);
		expect((await mine(wish, randomUUID(), board)).status).toBe(403);
		const unknown = await call(api.app, 'PUT', `/api/me/rounds/${randomUUID()}/subscription`, {
			...{ ...keyed(member), body: wish },
		});
		expect(unknown).toMatchObject({ status: 404, body: { code: 'shares.round-unknown' } });
		expect((await call(api.app, 'GET', `/api/rounds/${roundId}`, { headers: member.headers })).status).toBe(403);
		const decide = (who: SignedIn) =>
			call(api.app, 'POST', `/api/rounds/${roundId}/decision`, {
				...{ ...keyed(who), body: { resolution: { number: 'V 1', on: '2026-11-22' } } },
			});
		expect((await decide(auditor)).status).toBe(403);
		expect(await decide(board)).toMatchObject({ status: 409, body: { code: 'shares.round-not-closed' } });
		expect((await rounds())[0]).toMatchObject({ asked: 3 });
	});

	test('is decided after the close, once per key', async () => {
		api.clock.at = new Date('2026-12-07T10:00:00.000Z');
		const again = await api.signedIn('board');
		const key = randomUUID();
		const decide = (on: string, withKey = key) =>
			call<Refused & { allotted: number }>(api.app, 'POST', `/api/rounds/${roundId}/decision`, {
				...{ ...keyed(again, withKey), body: { resolution: { number: 'V 2', on } } },
			});
		expect(await decide('2026-12-32', randomUUID())).toMatchObject({ status: 422 });
		expect(await decide('2026-12-05', randomUUID())).toMatchObject({ body: { code: 'shares.round-resolution-early' } });
		const first = await decide('2026-12-07');
		// One share is not paid in: nothing may be allotted before it is (M-12).
		expect(first).toMatchObject({ status: 201, body: { allotted: 0, subscribers: 1 } });
		expect((await decide('2026-12-07')).body).toEqual(first.body);
		expect(await decide('2026-12-07', randomUUID())).toMatchObject({ body: { code: 'shares.round-decided' } });
	});
});
