// Statute, split, reports and duties over the wire: bad input, roles, keys that are sent twice.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { setUpCooperative } from '../../api/statute/service.ts';
import { system } from '../database.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
let anna: SignedIn;
let bernd: SignedIn;
let auditor: SignedIn;
let member: SignedIn;

beforeAll(async () => {
	await write(api.database.db, { by: system, at: api.clock.at }, (tx, note) =>
		setUpCooperative(tx, note, {
			at: api.clock.at,
			facts: {
				...{ name: 'Bürgerenergie Auental eG', street: 'Am Rathaus 1', postcode: '43210', town: 'Auental' },
				...{ registerCourt: 'Auenberg', registerNumber: 'GnR 147', email: 'vorstand@auental.example' },
				...{ creditorId: null, iban: null, fiscalYearEndMonth: 12 },
			},
			terms: suggestedTerms,
			validFrom: '2012-03-15',
			source: 'Gründung',
		}),
	);
	anna = await api.signedIn('board');
	bernd = await api.signedIn('board');
	auditor = await api.signedIn('auditor');
	member = await api.signedIn('member');
	await api.database
		.owner`insert into members (number, kind, family_name, given_names, street, postcode, town, country, joined_on, search_text)
		values (1, 'natural', '=Muster', 'Änne', 'Weg 1', '43210', 'Auental', 'DE', '2025-03-01', 'muster')`;
	await api.database
		.owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select id, 'admission', 3, 150000, '2025-03-01', '2025-03-01T12:00Z', 'V 1' from members`;
});

const proposal = (terms: object, changes: object = {}) => ({
	...{ validFrom: '2026-11-22', terms: { ...suggestedTerms, ...terms }, source: 'GV 2026 TOP 7', basedOn: 1 },
	...changes,
});
const propose = (body: object, who = anna) =>
	call<Record<string, string>>(api.app, 'POST', '/api/statute/proposals', { ...who, body });

const more = { nominalCents: 60_000, firstPaymentCents: 60_000, liabilityCents: 60_000 };
const vote = { keeps: 'shares', resolvedOn: '2026-11-02', votesFor: 15, votesAgainst: 5, dueOn: '2026-12-31' };

test.each<[string, object, object, number, string | undefined]>([
	['notice beyond five years', { noticeMonths: 72 }, {}, 422, 'statute.out-of-bounds'],
	['a board that decides alone', { payoutConsent: 'board' }, {}, 422, 'statute.payout-board-alone'],
	[
		'transfer excluded with minimum capital',
		{ transfer: 'excluded', minimumCapital: { amountCents: 1 } },
		{},
		422,
		'statute.transfer-must-be-free',
	],
	['another choice', { transfer: 'sometimes' }, {}, 422, undefined],
	['a reason without words', { exclusionReasons: [''] }, {}, 422, undefined],
	['too many reasons', { exclusionReasons: Array.from({ length: 21 }, (_, i) => `Grund ${i}`) }, {}, 422, undefined],
	['a term nobody knows', { luck: 7 }, {}, 422, undefined],
	['an impossible day', {}, { validFrom: '2026-02-30' }, 422, undefined],
	['a day before the last version', {}, { validFrom: '2012-03-15' }, 409, 'statute.not-after-last'],
	['a version that is not the latest', {}, { basedOn: 7 }, 409, 'statute.changed-meanwhile'],
	['an increase below three quarters', more, { nominal: { ...vote, votesFor: 14 } }, 422, 'statute.majority-missed'],
	['an increase owed on no day', more, { nominal: { ...vote, dueOn: null } }, 422, 'statute.due-day-wrong'],
	['an increase without votes', more, { nominal: { keeps: 'shares' } }, 422, undefined],
	['fewer than no votes', more, { nominal: { ...vote, votesAgainst: -1 } }, 422, undefined],
	['an increase of nothing', {}, { nominal: vote }, 422, 'statute.nominal-same'],
])('%s is refused and nothing is proposed', async (_what, terms, changes, status, code) => {
	const answer = await propose(proposal(terms, changes));
	expect(answer).toMatchObject({ status, ...(code ? { body: { code } } : {}) });
	expect(await call(api.app, 'GET', '/api/statute/proposals', anna)).toMatchObject({ body: [] });
});

test('a split needs its own approval by another board member, with a key that may be sent twice', async () => {
	const five = { nominalCents: 10_000, firstPaymentCents: 10_000, liabilityCents: 10_000, maxShares: 200 };
	const { proposalId } = (await propose(proposal(five))).body;
	const path = `/api/statute/proposals/${proposalId}/share-split`;
	expect(await call(api.app, 'GET', path, auditor)).toMatchObject({
		status: 200,
		body: { ratio: { from: 1, to: 5 }, sharesBefore: 3, sharesAfter: 15, capitalCents: 150_000 },
	});
	expect(await call(api.app, 'GET', path, member)).toMatchObject({ status: 403 });
	const keyed = (who: SignedIn, key: string = randomUUID()) => ({
		headers: { ...who.headers, 'idempotency-key': key },
	});
	expect(await call(api.app, 'POST', path, bernd)).toMatchObject({ status: 422 });
	expect(await call(api.app, 'POST', path, keyed(anna))).toMatchObject({
		...{ status: 403, body: { code: 'statute.second-person-needed' } },
	});
	expect(await call(api.app, 'POST', path, keyed(auditor))).toMatchObject({ status: 403 });
	expect(await call(api.app, 'POST', `/api/statute/proposals/${proposalId}/approval`, bernd)).toMatchObject({
		...{ status: 409, body: { code: 'statute.nominal-changes', rule: 'S-12' } },
	});
	const key = randomUUID();
	const done = await call(api.app, 'POST', path, keyed(bernd, key));
	expect(done).toMatchObject({ status: 200, body: { version: 2, members: 1, sharesAfter: 15 } });
	expect(await call(api.app, 'POST', path, keyed(bernd, key))).toMatchObject({ status: 200, body: done.body });
	expect(await call(api.app, 'POST', path, keyed(bernd))).toMatchObject({
		...{ status: 409, body: { code: 'statute.proposal-decided' } },
	});
	expect(await call(api.app, 'GET', `/api/statute/proposals/${randomUUID()}/share-split`, anna)).toMatchObject({
		...{ status: 404, body: { code: 'statute.proposal-unknown' } },
	});
});

test('a reduction over the wire: voted, approved, announced, creditors; days and sums that are none are refused', async () => {
	const keyed = (who: SignedIn) => ({ headers: { ...who.headers, 'idempotency-key': randomUUID() } });
	const less = { nominalCents: 5_000, firstPaymentCents: 5_000, liabilityCents: 5_000, maxShares: 200 };
	const changes = { basedOn: 2, validFrom: '2026-11-23', nominal: { ...vote, dueOn: null } };
	const { proposalId } = (await propose(proposal(less, changes))).body;
	const path = `/api/statute/proposals/${proposalId}/share-split`;
	expect(await call(api.app, 'GET', path, auditor)).toMatchObject({
		...{ status: 200, body: { waits: true, ratio: null, capitalCents: 150_000, capitalAfterCents: 75_000 } },
	});
	expect(await call(api.app, 'POST', path, keyed(bernd))).toMatchObject({ status: 200, body: { version: 3 } });
	const post = (what: string, body: object, who = anna) =>
		call<Record<string, string>>(api.app, 'POST', `/api/statute/reductions/${what}`, { ...keyed(who), body });
	expect(await post('7/announcement', { announcedOn: '2026-11-22' })).toMatchObject({
		...{ status: 404, body: { code: 'shares.reduction-unknown' } },
	});
	expect(await post('3/announcement', { announcedOn: '2026-02-30' })).toMatchObject({ status: 422 });
	expect(await post('3/announcement', { announcedOn: '2026-11-22' })).toMatchObject({
		...{ status: 422, body: { code: 'shares.announcement-day-wrong' } },
	});
	const creditor = { creditor: 'Volksbank', claimCents: 100, reportedOn: '2026-11-22' };
	expect(await post('3/creditors', creditor)).toMatchObject({
		...{ status: 409, body: { code: 'shares.reduction-unannounced' } },
	});
	expect(await post('3/creditors', { ...creditor, claimCents: 0 })).toMatchObject({ status: 422 });
	expect(await post('3/effect', {})).toMatchObject({ status: 409, body: { code: 'shares.reduction-unannounced' } });
	expect(await post('3/effect', {}, auditor)).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/statute/reductions', member)).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/statute/reductions', auditor)).toMatchObject({
		...{ status: 200, body: [{ version: 3, announcedOn: null, creditors: [] }] },
	});
	const answer = `/api/statute/reduction-creditors/${randomUUID()}/answer`;
	const said = { answer: 'secured', answerText: 'Bürgschaft' };
	expect(await call(api.app, 'POST', answer, { ...keyed(anna), body: said })).toMatchObject({
		...{ status: 404, body: { code: 'shares.creditor-unknown' } },
	});
	expect(await call(api.app, 'POST', answer, { ...keyed(anna), body: { ...said, answer: 'maybe' } })).toMatchObject({
		status: 422,
	});
});

test('losses over the wire: other roles, amounts and days that are none, nothing to cover', async () => {
	const post = (path: string, body: object, who = anna) =>
		call(api.app, 'POST', `/api/losses${path}`, {
			...{ headers: { ...who.headers, 'idempotency-key': randomUUID() }, body },
		});
	const loss = {
		...{ year: 2025, resolvedOn: '2026-06-12', resolution: 'GV 2026 TOP 4' },
		...{ fromLegalReserveCents: 0, fromOtherReservesCents: 0, fromBalancesCents: 100 },
	};
	expect(await post('', loss)).toMatchObject({ status: 422, body: { code: 'shares.loss-over-carried', rule: 'P-10' } });
	expect(await post('', { ...loss, fromBalancesCents: -1 })).toMatchObject({ status: 422 });
	expect(await post('', { ...loss, fromBalancesCents: 0.5 })).toMatchObject({ status: 422 });
	expect(await post('', { ...loss, fromBalancesCents: 0 })).toMatchObject({ body: { code: 'shares.loss-nothing' } });
	expect(await post('', { ...loss, resolvedOn: '2026-02-30' })).toMatchObject({ status: 422 });
	expect(await post('', { ...loss, year: 2026 })).toMatchObject({
		status: 422,
		body: { code: 'shares.loss-year-wrong' },
	});
	expect(await post('', loss, auditor)).toMatchObject({ status: 403 });
	expect(await post(`/${randomUUID()}/entry`, {})).toMatchObject({
		status: 404,
		body: { code: 'shares.loss-unknown' },
	});
	expect(await post(`/${randomUUID()}/withdrawal`, {}, member)).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/losses', member)).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/losses', auditor)).toMatchObject({
		...{ status: 200, body: { standing: { carriedCents: 0 }, alarm: false, losses: [] } },
	});
});

test('reports are for staff; years that are none are refused; files cannot be formulas', async () => {
	expect(await call(api.app, 'GET', '/api/reports/years/2025', member)).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/reports/years/2025', auditor)).toMatchObject({
		...{ status: 200, body: { members: { atStart: 0, more: 1, fewer: 0, atEnd: 1 } } },
	});
	expect(await call(api.app, 'GET', '/api/reports/years/1999', auditor)).toMatchObject({
		...{ status: 404, body: { code: 'reports.year-unknown' } },
	});
	expect(await call(api.app, 'GET', '/api/reports/years/soon', auditor)).toMatchObject({ status: 422 });
	expect(await call(api.app, 'GET', '/api/reports/years/2025/file?report=figures&format=doc', auditor)).toMatchObject({
		status: 422,
	});
	const file = await api.app.inject({
		...{ method: 'GET', url: '/api/reports/years/2025/file?report=changes&format=csv' },
		headers: auditor.headers,
	});
	expect(file.headers['content-type']).toContain('text/csv');
	expect(file.body).toContain("'=Muster, Änne");
});

test('duties: unknown ones, wrong events and other roles are refused', async () => {
	const mark = (who: SignedIn, body: object) => call(api.app, 'POST', '/api/duties/marks', { ...who, body });
	expect(await mark(anna, { occurrence: 'C-99/2026', done: true })).toMatchObject({
		...{ status: 404, body: { code: 'reports.duty-unknown' } },
	});
	expect(await mark(auditor, { occurrence: 'C-24/2026', done: true })).toMatchObject({ status: 403 });
	expect(await call(api.app, 'GET', '/api/duties', member)).toMatchObject({ status: 403 });
	const event = (body: object) => call(api.app, 'POST', '/api/duties/events', { ...anna, body });
	expect(await event({ duty: 'C-01', on: '2026-11-01', label: 'x' })).toMatchObject({ status: 422 });
	expect(await event({ duty: 'C-34', on: '2026-13-01', label: 'x' })).toMatchObject({ status: 422 });
	expect(await event({ duty: 'C-34', on: '2026-11-01', label: '' })).toMatchObject({ status: 422 });
	expect(await event({ duty: 'C-34', on: '2026-11-01', label: 'Neue Vorständin' })).toMatchObject({ status: 201 });
	expect(await call(api.app, 'DELETE', `/api/duties/events/${randomUUID()}`, anna)).toMatchObject({
		...{ status: 404, body: { code: 'reports.event-unknown' } },
	});
});

test("the citizens' energy company: plants and members that are none, postcodes that are none", async () => {
	const put = (path: string, body: object) => call(api.app, 'PUT', path, { ...anna, body });
	expect(await call(api.app, 'GET', `/api/reports/citizens/${randomUUID()}`, anna)).toMatchObject({
		...{ status: 404, body: { code: 'reports.plant-unknown' } },
	});
	expect(await put(`/api/reports/citizens/${randomUUID()}/area`, { postcodes: ['43210'] })).toMatchObject({
		status: 404,
	});
	expect(await put(`/api/reports/citizens/voters/${randomUUID()}`, { voterClass: 'sme' })).toMatchObject({
		...{ status: 404, body: { code: 'reports.member-unknown' } },
	});
	expect(await put(`/api/reports/citizens/voters/${randomUUID()}`, { voterClass: 'rich' })).toMatchObject({
		status: 422,
	});
});
