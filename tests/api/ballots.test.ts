// An assembly over the wire: drafted, convened, voted on by members, closed by two, read by all.
import { beforeAll, expect, test } from 'vitest';
import { clockOf, dayOf } from '../../api/values/calendar.ts';
import { addMembers, found } from '../services/assembly.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
let memberIds: string[] = [];
let keys = 0;

beforeAll(async () => {
	await found(api.database);
	memberIds = await addMembers(api.database, { count: 4 });
});

const as = ({ headers }: SignedIn, key = `key-${String(++keys).padStart(8, '0')}`) => ({
	...headers,
	'idempotency-key': key,
});

interface BallotReply {
	id: string;
	turnout: number;
	mine: { mayVote: boolean; choice: string | null; receipt: string | null };
	declared: { adopted: boolean; result: { explanation: { part: string }[] } } | null;
}

test('from the draft to the explained result', async () => {
	const now = new Date();
	const started = new Date(now.getTime() - 3_600_000);
	api.clock.at = new Date(now.getTime() - 21 * 86_400_000);
	const early = await api.signedIn('board');
	const assembly = {
		title: 'Generalversammlung',
		kind: 'ordinary',
		form: 'virtual',
		link: 'https://versammlung.example',
		heldOn: dayOf(started),
		startsAtClock: clockOf(started),
	};
	const { status, body } = await call<{ id: string }>(api.app, 'POST', '/api/assemblies', {
		headers: early.headers,
		body: assembly,
	});
	expect(status).toBe(201);
	const item = { kind: 'resolution', title: 'Jahresabschluss', text: '', subject: 'annual-accounts' };
	const added = await call<{ id: string; top: number }>(api.app, 'POST', `/api/assemblies/${body.id}/agenda-items`, {
		headers: early.headers,
		body: item,
	});
	expect(added.body.top).toBe(1);
	const convened = await call<{ invitedByMail: number }>(api.app, 'POST', `/api/assemblies/${body.id}/convene`, {
		headers: as(early),
	});
	expect(convened.body).toMatchObject({ invitedByMail: 4, withoutMail: 0 });
	const [mail] = await api.mailsTo('m1@auental.example');
	expect(mail?.text).toContain('TOP 1: Jahresabschluss');
	expect(mail?.text).toContain('https://versammlung.example');

	api.clock.at = now;
	const board = await api.signedIn('board');
	const supervisory = await api.signedIn('supervisory');
	const auditor = await api.signedIn('auditor');
	const operator = await api.signedIn('operator');
	const members = await Promise.all(memberIds.map((memberId) => api.signedIn('member', { memberId })));
	const [anna, bert] = members as [SignedIn, SignedIn];
	expect((await call(api.app, 'POST', `/api/assemblies/${body.id}/hold`, { headers: board.headers })).status).toBe(200);
	const closesAt = new Date(Date.now() + 3_000);
	const wish = {
		question: 'Wird der Abschluss festgestellt?',
		text: 'Bilanz',
		opensAt: new Date(started.getTime()).toISOString(),
		closesAt: closesAt.toISOString(),
	};
	const prepared = await call<{ id: string }>(api.app, 'POST', `/api/agenda-items/${added.body.id}/ballots`, {
		headers: as(board),
		body: wish,
	});
	expect(prepared.status).toBe(201);
	const ballot = `/api/ballots/${prepared.body.id}`;
	expect((await call(api.app, 'POST', `${ballot}/open`, { headers: as(board) })).body).toMatchObject({ eligible: 4 });

	const mine = async (who: SignedIn) =>
		(await call<BallotReply[]>(api.app, 'GET', '/api/me/ballots', { headers: who.headers })).body[0];
	expect(await mine(anna)).toMatchObject({ mine: { mayVote: true, choice: null }, turnout: 0 });
	const cast = (who: SignedIn, choice: string) =>
		call<{ receipt: string; code: string }>(api.app, 'POST', `${ballot}/votes`, { headers: as(who), body: { choice } });
	const first = await cast(anna, 'yes');
	expect(first.status).toBe(200);
	expect((await cast(anna, 'yes')).body.receipt).toBe(first.body.receipt);
	expect(await cast(anna, 'no')).toMatchObject({ status: 409, body: { code: 'ballots.already-voted' } });
	expect(await cast(bert, 'abstain')).toMatchObject({ status: 200 });
	expect(await cast(bert, 'maybe')).toMatchObject({ status: 422 });
	expect(
		await call(api.app, 'POST', `${ballot}/votes`, { headers: anna.headers, body: { choice: 'yes' } }),
	).toMatchObject({ status: 422 });
	for (const who of [board, auditor, operator]) expect(await cast(who, 'yes')).toMatchObject({ status: 403 });
	expect(
		(
			await call<{ receipt: string }>(api.app, 'GET', `/api/me/ballots/${prepared.body.id}/receipt`, {
				headers: anna.headers,
			})
		).body.receipt,
	).toBe(first.body.receipt);
	expect(await mine(bert)).toMatchObject({ turnout: 2, declared: null });

	expect(await call(api.app, 'POST', `${ballot}/propose-closing`, { headers: as(board) })).toMatchObject({
		status: 409,
		body: { code: 'ballots.still-running' },
	});
	await new Promise((resolve) => setTimeout(resolve, closesAt.getTime() - Date.now() + 10));
	expect((await call(api.app, 'POST', `${ballot}/propose-closing`, { headers: as(board) })).status).toBe(200);
	expect(await call(api.app, 'POST', `${ballot}/confirm-closing`, { headers: as(board) })).toMatchObject({
		status: 403,
		body: { code: 'ballots.second-person-needed' },
	});
	expect(await call(api.app, 'POST', `${ballot}/confirm-closing`, { headers: as(auditor) })).toMatchObject({
		status: 403,
	});
	const key = 'confirm-0001';
	const confirmed = await call<{ adopted: boolean }>(api.app, 'POST', `${ballot}/confirm-closing`, {
		headers: as(supervisory, key),
	});
	expect(confirmed).toMatchObject({ status: 200, body: { adopted: true } });
	expect((await call(api.app, 'POST', `${ballot}/confirm-closing`, { headers: as(supervisory, key) })).body).toEqual(
		confirmed.body,
	);

	for (const who of [...members, auditor]) {
		const { body: read } = await call<BallotReply>(api.app, 'GET', ballot, { headers: who.headers });
		expect(read.declared).toMatchObject({
			adopted: true,
			result: { all: { yes: 1, no: 0, abstain: 1, yesPercent: '100.00' } },
		});
	}
	expect(await call(api.app, 'GET', ballot, { headers: operator.headers })).toMatchObject({ status: 403 });
	expect((await call(api.app, 'POST', `/api/assemblies/${body.id}/close`, { headers: board.headers })).status).toBe(
		200,
	);
	expect(
		(await call<{ state: string }[]>(api.app, 'GET', '/api/assemblies', { headers: anna.headers })).body[0]?.state,
	).toBe('closed');
	expect(
		(await call<{ agenda: unknown[] }>(api.app, 'GET', `/api/assemblies/${body.id}`, { headers: anna.headers })).body
			.agenda,
	).toHaveLength(1);
});

test('unknown ones are missing, odd input is refused', async () => {
	const board = await api.signedIn('board');
	const nothing = '01989e33-0000-7000-8000-000000000001';
	for (const path of [`/api/assemblies/${nothing}`, `/api/ballots/${nothing}`]) {
		expect(await call(api.app, 'GET', path, { headers: board.headers })).toMatchObject({ status: 404 });
	}
	expect(await call(api.app, 'GET', '/api/ballots/x', { headers: board.headers })).toMatchObject({ status: 422 });
	expect(
		await call(api.app, 'POST', '/api/assemblies', { headers: board.headers, body: { title: 'x'.repeat(300) } }),
	).toMatchObject({ status: 422 });
	const window = { opensAt: '2026-06-12T23:59:60Z', closesAt: '2026-06-12T23:59:60Z' };
	expect(
		await call(api.app, 'POST', `/api/agenda-items/${nothing}/ballots`, {
			headers: as(board),
			body: { question: 'Wird …?', text: '', ...window },
		}),
	).toMatchObject({ status: 404 });
});
