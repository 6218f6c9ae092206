// The whole way of a member over the wire: set-up, declaration, admission, payment, the member's own views; and what others may not see.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { setupCode } from '../../api/accounts/service/setup.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { testIban } from '../cooperative.ts';
import { system } from '../database.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
const today = '2026-11-22';
const key = (who: SignedIn) => ({ headers: { ...who.headers, 'idempotency-key': randomUUID() } });

interface Holding {
	shares: number;
	nominalCents: number;
	paidCents: number;
	overpaidCents: number;
}

const cooperative = {
	...{
		name: 'Bürgerenergie Auental eG',
		street: 'Am Rathaus 1',
		postcode: '43210',
		town: 'Auental',
		registerCourt: 'Auenberg',
	},
	...{ registerNumber: 'GnR 147', email: 'vorstand@auental.example', iban: testIban(1), fiscalYearEndMonth: 12 },
};
const declaration = {
	...{
		kind: 'natural',
		name: { familyName: 'Sommer', givenNames: 'Anke' },
		email: 'anke.sommer@auental.test',
		locale: 'de',
	},
	address: { street: 'Lindenweg 4', postcode: '43210', town: 'Auental', country: 'DE' },
	...{ birthDate: '1984-04-12', iban: 'DE89 3704 0044 0532 0130 00', sharesWanted: 3, statuteVersion: 1 },
	clauses: ['unconditional', 'payments', 'notice-period', 'statute-received'],
};

test('the first visitor sets the cooperative up with the code from the console', async () => {
	const founding = {
		founder: {
			name: 'Martin Holzer',
			email: 'holzer@auental.test',
			password: 'unruhige-Windmuehle-71-am-Bach',
			locale: 'de',
		},
		...{ cooperative, terms: suggestedTerms, validFrom: '2012-03-15', source: 'Gründung, GnR 147' },
	};
	expect((await call<{ open: boolean }>(api.app, 'GET', '/api/setup')).body).toMatchObject({
		open: true,
		suggestedTerms,
	});
	expect(await call(api.app, 'GET', '/api/joining')).toMatchObject({
		status: 404,
		body: { code: 'statute.not-set-up' },
	});
	const code = (await setupCode(api.database.db, { by: system, at: api.clock.at })) ?? '';
	expect(await call(api.app, 'POST', '/api/setup', { body: { ...founding, code: 'wrong' } })).toMatchObject({
		status: 403,
		body: { field: 'code' },
	});
	expect(await call(api.app, 'POST', '/api/setup', { body: { ...founding, code } })).toMatchObject({ status: 201 });
	expect(await call(api.app, 'POST', '/api/setup', { body: { ...founding, code } })).toMatchObject({ status: 409 });
	expect((await call<{ cooperative: object }>(api.app, 'GET', '/api/cooperative')).body.cooperative).not.toHaveProperty(
		'iban',
	);
	const statute = await call<{ terms: object }>(api.app, 'GET', '/api/statute?day=2013-01-01');
	expect(statute.body.terms).toEqual(suggestedTerms);
	expect(await call(api.app, 'GET', '/api/statute?day=2000-01-01')).toMatchObject({ status: 404 });
});

test('a declaration with mistakes is refused with the field; a good one is confirmed by mail', async () => {
	const { served } = (await call<{ served: string }>(api.app, 'GET', '/api/joining')).body;
	const apply = (changes: object) =>
		call<{ code: string; field?: string; rule?: string }>(api.app, 'POST', '/api/applications', {
			body: { ...declaration, served, ...changes },
		});
	const refused: [object, number, object][] = [
		[{ iban: 'DE89370400440532013001' }, 422, { code: 'members.iban-wrong', field: 'iban' }],
		[{ clauses: ['payments'] }, 422, { code: 'members.clause-missing', field: 'clauses', rule: 'M-04' }],
		[{ birthDate: '2015-01-01' }, 422, { code: 'members.guardian-needed', field: 'guardians.0.name', rule: 'M-01' }],
		[{ birthDate: '2026-02-30' }, 422, { field: 'birthDate' }],
		[{ sharesWanted: 41 }, 422, { code: 'members.shares-out-of-range', field: 'sharesWanted' }],
		[{ name: { organisation: 'Anke Sommer GmbH' } }, 422, { code: 'members.name-kind-mismatch' }],
		[{ investing: true }, 422, { code: 'members.investing-not-allowed' }],
		[
			{ birthDate: '2015-01-01', guardians: [{ name: 'Jörg Sommer' }] },
			422,
			{ code: 'members.second-guardian-needed' },
		],
		[{ kind: 'partnership', name: { organisation: 'Sommer GbR' } }, 422, { code: 'members.representative-needed' }],
		[{ served: `${served}x` }, 422, { code: 'members.statute-not-served', rule: 'M-02' }],
		[{ served: served.replace(/^1\.\d+/, '1.1700000000000') }, 422, { code: 'members.statute-not-served' }],
		[{ served: undefined }, 422, { field: 'served' }],
		[{ email: 'nobody' }, 422, { field: 'email' }],
		[{ guardians: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] }, 422, { field: 'guardians' }],
		[{ statuteVersion: 2 }, 409, { code: 'members.statute-changed' }],
		[{ number: 5 }, 422, { code: 'request.invalid' }],
	];
	for (const [changes, status, body] of refused) {
		expect(await apply(changes)).toMatchObject({ status, body });
		await api.database.owner`truncate throttles`;
	}
	expect((await apply({})).status).toBe(201);
	const [mail] = await api.mailsTo(declaration.email);
	expect(mail?.subject).toBe('Ihre Beitrittserklärung ist angekommen');
	for (let i = 0; i < 3; i++) await apply({});
	expect((await apply({})).status).toBe(429);
	await api.database.owner`truncate throttles`;
});

test('the board admits, the member is invited, pays and sees the own shares; repeats change nothing', async () => {
	const board = await api.signedIn('board');
	const waiting = await call<{ id: string; ibanMasked: string; can: object }[]>(api.app, 'GET', '/api/applications', {
		headers: board.headers,
	});
	expect(waiting.body[0]).toMatchObject({
		name: 'Anke Sommer',
		ibanMasked: '•••• 3000',
		can: { admit: true, reject: true },
	});
	const [first, ...others] = waiting.body;
	for (const { id } of others) {
		const body = { resolution: { number: 'V 9/2026', on: today } };
		expect((await call(api.app, 'POST', `/api/applications/${id}/rejection`, { ...board, body })).status).toBe(200);
	}
	const admission = {
		...key(board),
		body: { applicationIds: [first?.id], resolution: { number: 'V 9/2026', on: today } },
	};
	const admitted = await call<{ memberId: string; number: number; account: boolean }[]>(
		api.app,
		'POST',
		'/api/applications/admissions',
		admission,
	);
	expect(admitted).toMatchObject({ status: 201, body: [{ number: 1, account: true }] });
	const again = await call(api.app, 'POST', '/api/applications/admissions', admission);
	expect(again.body).toEqual(admitted.body);
	expect(await call(api.app, 'POST', '/api/applications/admissions', { ...admission, ...key(board) })).toMatchObject({
		status: 409,
		body: { code: 'members.application-decided' },
	});
	const subjects = (await api.mailsTo(declaration.email)).map(({ subject }) => subject);
	expect(subjects).toContain('Willkommen als Mitglied Nr. 1');
	expect(subjects).toContain('Ihr Zugang zum Portal');

	const memberId = admitted.body[0]?.memberId ?? '';
	const payment = {
		memberNumber: 1,
		amountCents: 160_000,
		valueOn: today,
		purpose: 'Anteile 1',
		bankReference: '2026/11/22-1',
	};
	const booked = await call(api.app, 'POST', '/api/payments', { ...key(board), body: { payments: [payment] } });
	expect(booked).toMatchObject({ status: 201, body: [{ creditedCents: 150_000, overpaidCents: 10_000 }] });
	expect(await call(api.app, 'POST', '/api/payments', { ...key(board), body: { payments: [payment] } })).toMatchObject({
		status: 409,
		body: { code: 'payments.already-recorded' },
	});
	expect(await call(api.app, 'POST', '/api/payments', { ...board, body: { payments: [payment] } })).toMatchObject({
		status: 422,
	});

	await api.database.owner`update persons set member_id = null`;
	const self = await api.signedIn('member', { memberId });
	const own = await call<Holding>(api.app, 'GET', '/api/me/shares', self);
	expect(own.body).toMatchObject({
		shares: 3,
		nominalCents: 150_000,
		paidCents: 150_000,
		overpaidCents: 10_000,
		claimCents: 0,
	});
	expect((await call<Holding>(api.app, 'GET', '/api/me/shares?day=2026-11-21', self)).body).toMatchObject({
		shares: 0,
		paidCents: 0,
	});
	expect((await call(api.app, 'GET', '/api/me/membership', self)).body).toMatchObject({
		number: 1,
		displayName: 'Anke Sommer',
		ibanMasked: '•••• 3000',
	});
	expect((await call(api.app, 'GET', '/api/me/register-entry', self)).body).toMatchObject({
		entry: { furtherShares: 2, joinedOn: today },
	});
	expect((await call<{ total: number }>(api.app, 'GET', '/api/me/payments', self)).body.total).toBe(1);
	const contact = { ...self, body: { address: { ...declaration.address, street: 'Am Hang 9' } } };
	expect((await call(api.app, 'PATCH', '/api/me/contact', contact)).status).toBe(200);
	const stranger = await api.signedIn('member');
	expect(await call(api.app, 'GET', '/api/me/shares', stranger)).toMatchObject({
		status: 404,
		body: { code: 'members.no-membership' },
	});

	const request = { ...key(self), body: { count: 2, statuteVersion: 1, clauses: declaration.clauses } };
	expect((await call(api.app, 'POST', '/api/me/shares/requests', request)).status).toBe(201);
	const requests = await call<{ id: string }[]>(api.app, 'GET', '/api/share-requests', board);
	const decision = { ...key(board), body: { resolution: { number: 'V 9/2026', on: today } } };
	expect((await call(api.app, 'POST', `/api/share-requests/${requests.body[0]?.id}/admission`, decision)).status).toBe(
		201,
	);

	const auditor = await api.signedIn('auditor');
	expect((await call(api.app, 'GET', '/api/holdings', auditor)).body).toMatchObject({
		total: 1,
		sums: { shares: 5, nominalCents: 250_000, paidCents: 150_000 },
	});
	const register = await call<{ lines: object[] }>(api.app, 'GET', `/api/register?day=${today}`, auditor);
	expect(register.body.lines).toHaveLength(1);
	expect((await call(api.app, 'GET', '/api/ledger/verification', auditor)).body).toMatchObject({ broken: null });
	expect((await call(api.app, 'GET', '/api/members?search=somm', auditor)).body).toMatchObject({
		total: 1,
		members: [{ name: 'Anke Sommer' }],
	});
});

test('an overpayment goes back: made by one, released by another who has just proved who they are, downloaded, booked', async () => {
	const maker = await api.signedIn('board');
	const [line] = (await call<{ holdings: { memberId: string }[] }>(api.app, 'GET', '/api/holdings', maker)).body
		.holdings;
	const body = { memberIds: [line?.memberId], executionOn: '2026-11-24' };
	const made = await call<{ fileId: string; sha256: string }>(api.app, 'POST', '/api/payout-files/overpayments', {
		...key(maker),
		body,
	});
	expect(made).toMatchObject({ status: 201, body: { sumCents: 10_000 } });
	const { fileId, sha256 } = made.body;
	const release = (who: SignedIn) =>
		call(api.app, 'POST', `/api/payout-files/${fileId}/release`, { ...key(who), body: { sha256 } });
	expect(await release(maker)).toMatchObject({ status: 403, body: { code: 'payments.second-person-needed' } });
	const second = await api.signedIn('board');
	api.clock.forward(400);
	expect(await release(second)).toMatchObject({ status: 403, body: { code: 'accounts.proof-needed' } });
	expect((await release(await api.signedIn('board'))).status).toBe(200);
	const file = await call<{ xml: string }>(api.app, 'POST', `/api/payout-files/${fileId}/download`, second);
	expect(file.body.xml).toContain('<Nm>Anke Sommer</Nm>');
	const executed = await call(api.app, 'POST', `/api/payout-files/${fileId}/execution`, {
		...key(second),
		body: { executedOn: today },
	});
	expect(executed.status).toBe(200);
});
