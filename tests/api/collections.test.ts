// Paying in over the wire: what is malformed, hostile, somebody else's or in the wrong order is refused and changes nothing.
import { randomUUID } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { addDays, dayOf } from '../../api/values/calendar.ts';
import { camtXml } from '../bank/camt.ts';
import { foundTestCooperative, join, testIban } from '../cooperative.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
const today = '2026-11-22';
let board: SignedIn;
let member: SignedIn;
let other: SignedIn;
let memberId = '';
const key = (who: SignedIn) => ({ headers: { ...who.headers, 'idempotency-key': randomUUID() } });
const account = {
	debtorName: 'Anke Sommer',
	street: 'Am Ried 1',
	postcode: '43210',
	town: 'Auental',
	country: 'DE',
	iban: testIban(700),
};

beforeAll(async () => {
	await foundTestCooperative(api.database.db);
	const joined = await join(api.database.db, addDays(today, -60), 1);
	const second = await join(api.database.db, addDays(today, -60), 1);
	memberId = joined.memberId;
	board = await api.signedIn('board');
	member = await api.signedIn('member', { memberId });
	other = await api.signedIn('member', { memberId: second.memberId });
});

function upload(content: Buffer, who = board, fileName = 'auszug.xml') {
	const boundary = 'xxBOUNDARYxx';
	const body = Buffer.concat([
		Buffer.from(
			`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${fileName}"\r\nContent-Type: application/xml\r\n\r\n`,
		),
		content,
		Buffer.from(`\r\n--${boundary}--\r\n`),
	]);
	return call<{ code: string; fileId: string; values: object }>(api.app, 'POST', '/api/bank-statements', {
		headers: { ...who.headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
		body: body as unknown as object,
	});
}

test('a mandate with mistakes is refused with the field; without a fresh proof nothing is given', async () => {
	const draft = await call<{ reference: string }>(
		api.app,
		'GET',
		'/api/me/mandates/draft?kind=recurring&shortNotice=false',
		member,
	);
	const body = {
		kind: 'recurring',
		reference: draft.body.reference,
		account,
		signedPlace: 'Auental',
		shortNotice: false,
		consent: true,
		payTo: false,
	};
	const give = (changes: object, who = member) =>
		call(api.app, 'POST', '/api/me/mandates', { ...key(who), body: { ...body, ...changes } });
	const refused: [object, number, object][] = [
		[{ consent: false }, 422, { code: 'payments.consent-needed' }],
		[{ account: { ...account, iban: 'DE89370400440532013001' } }, 422, { code: 'payments.iban-wrong', field: 'iban' }],
		[{ account: { ...account, iban: 'US64SVBKUS6S3300958879' } }, 422, { code: 'payments.iban-wrong' }],
		[{ account: { ...account, country: 'Deutschland' } }, 422, { code: 'request.invalid' }],
		[{ account: { ...account, debtorName: 'a\u0000b' } }, 422, { code: 'request.invalid' }],
		[{ reference: 'GW-1-99' }, 409, { code: 'payments.mandate-changed' }],
		[{ reference: 'x'.repeat(36) }, 422, { code: 'request.invalid' }],
		[{ kind: 'forever' }, 422, { code: 'request.invalid' }],
		[{ memberId: randomUUID() }, 422, { code: 'request.invalid' }],
	];
	for (const [changes, status, answer] of refused) expect(await give(changes)).toMatchObject({ status, body: answer });
	expect((await call(api.app, 'POST', '/api/me/mandates', { headers: member.headers, body })).status).toBe(422);
	api.clock.forward(360);
	expect(await give({})).toMatchObject({ status: 403, body: { code: 'accounts.proof-needed' } });
	expect(
		await call(api.app, 'PUT', '/api/me/bank-account', {
			...key(member),
			body: { iban: testIban(701), holder: 'Anke Sommer' },
		}),
	).toMatchObject({ status: 403 });
	api.clock.forward(-360);
	expect(await give({}, member)).toMatchObject({ status: 201, body: { reference: draft.body.reference } });
	expect((await call<object[]>(api.app, 'GET', '/api/me/mandates', other)).body).toEqual([]);
	expect(await call(api.app, 'POST', '/api/me/mandates/revocation', key(other))).toMatchObject({ status: 409 });
});

test('hostile files are refused at the door and leave nothing; a good one is taken once', async () => {
	const on = today;
	const good = camtXml({ id: 'API-1', on, entries: [{ cents: 100, on, details: [{ text: 'Anteil' }] }] });
	const files: [string, Buffer, string][] = [
		['cut', Buffer.from(good.slice(0, 400)), 'payments.statement-broken'],
		[
			'entities',
			Buffer.from(good.replace('<Document', '<!DOCTYPE d [<!ENTITY a "b">]><Document')),
			'payments.statement-entities',
		],
		[
			'foreign account',
			Buffer.from(camtXml({ id: 'API-2', on, iban: testIban(2), entries: [] })),
			'payments.statement-account-foreign',
		],
		[
			'wrong sum',
			Buffer.from(camtXml({ id: 'API-3', on, closingCents: 5, entries: [] })),
			'payments.statement-balance',
		],
		['bomb', Buffer.from(zipSync({ 'a.xml': new Uint8Array(50_000_000) }, { level: 9 })), 'payments.archive-too-large'],
		['program', Buffer.from(zipSync({ 'a.exe': strToU8('MZ') })), 'payments.archive-broken'],
		['empty', Buffer.alloc(0), 'payments.statement-broken'],
		['noise', Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256)), 'payments.statement-broken'],
	];
	for (const [what, content, code] of files) expect([what, (await upload(content)).body.code]).toEqual([what, code]);
	const raw = (body: string) =>
		call(api.app, 'POST', '/api/bank-statements', {
			headers: { ...board.headers, 'content-type': 'multipart/form-data; boundary=b' },
			body,
		});
	expect((await raw('--b\r\n\r\n')).status).toBe(400);
	expect((await raw('')).status).toBeLessThan(500);
	const [none] = await api.database.owner`select count(*)::int as n from statement_files`;
	expect(none?.n).toBe(0);
	expect((await upload(Buffer.from(good), member)).status).toBe(403);
	const taken = await upload(Buffer.from(good), board, '../../etc/<b>\u0007passwd.xml');
	expect(taken.status).toBe(201);
	expect(await upload(Buffer.from(good))).toMatchObject({
		status: 409,
		body: { code: 'payments.statement-file-known' },
	});
	const auditor = await api.signedIn('auditor');
	expect((await call(api.app, 'GET', `/api/bank-statements/${taken.body.fileId}`, auditor)).status).toBe(200);
	expect((await call(api.app, 'POST', `/api/bank-statements/${taken.body.fileId}/import`, key(auditor))).status).toBe(
		403,
	);
	const command = key(board);
	const first = await call(api.app, 'POST', `/api/bank-statements/${taken.body.fileId}/import`, command);
	expect(first).toMatchObject({ status: 200, body: { lines: 1, open: 1 } });
	const repeated = await call(api.app, 'POST', `/api/bank-statements/${taken.body.fileId}/import`, command);
	expect(repeated.body).toEqual(first.body);
	expect(await call(api.app, 'POST', `/api/bank-statements/${taken.body.fileId}/import`, key(board))).toMatchObject({
		status: 409,
	});
});

test('desk, debits, reminders: nonsense is refused, other roles stay out', async () => {
	const { body: list } = await call<{ lines: { id: string }[] }>(api.app, 'GET', '/api/bank-lines', board);
	const id = list.lines[0]?.id ?? '';
	const book = (parts: object[]) =>
		call(api.app, 'POST', `/api/bank-lines/${id}/booking`, { ...key(board), body: { parts, text: '' } });
	expect(await book([])).toMatchObject({ status: 422 });
	expect(await book([{ memberNumber: 1, amountCents: 99 }])).toMatchObject({
		status: 422,
		body: { code: 'payments.parts-wrong' },
	});
	expect(await book([{ memberNumber: 1, amountCents: 1e30 }])).toMatchObject({ status: 422 });
	expect(await book([{ memberNumber: 1, account: '4830', amountCents: 100 }])).toMatchObject({ status: 422 });
	expect(await book([{ memberNumber: 999_999, amountCents: 100 }])).toMatchObject({ status: 404 });
	expect(await book([{ account: '9999', amountCents: 100 }])).toMatchObject({
		status: 422,
		body: { code: 'payments.account-not-here' },
	});
	const reopen = (lineId: string, body: object, who = board) =>
		call(api.app, 'POST', `/api/bank-lines/${lineId}/reopening`, { ...key(who), body });
	expect(await reopen(id, { reason: 'falsch' })).toMatchObject({
		status: 409,
		body: { code: 'payments.bank-line-open' },
	});
	expect(await reopen(id, { reason: '' })).toMatchObject({ status: 422 });
	expect(await reopen(randomUUID(), { reason: 'falsch' })).toMatchObject({ status: 404 });
	expect(await reopen(id, { reason: 'falsch' }, member)).toMatchObject({ status: 403 });
	expect(
		await call(api.app, 'POST', `/api/payout-files/${randomUUID()}/rest`, { ...key(board), body: { reason: 'weg' } }),
	).toMatchObject({ status: 404, body: { code: 'payments.payout-unknown' } });
	for (const query of ['order=iban', 'kind=all', `search=${'x'.repeat(101)}`])
		expect(await call(api.app, 'GET', `/api/claims?${query}`, board)).toMatchObject({ status: 422 });
	expect(await call(api.app, 'GET', '/api/payments?search=%25&order=amount&descending=true', board)).toMatchObject({
		...{ status: 200, body: { total: 0 } },
	});
	expect(
		await call(api.app, 'POST', `/api/bank-lines/${randomUUID()}/note`, { ...key(board), body: { reason: 'nichts' } }),
	).toMatchObject({ status: 404 });
	const debits = (body: object, who = board) =>
		call(api.app, 'POST', '/api/debit-files', {
			...key(who),
			body: { subject: 'Einzug', collectionOn: '2026-12-15', memberIds: [memberId], ...body },
		});
	expect(await debits({ collectionOn: '2026-11-23' })).toMatchObject({
		status: 422,
		body: { code: 'payments.collection-too-soon' },
	});
	expect(await debits({ collectionOn: '2026-12-25' })).toMatchObject({
		status: 422,
		body: { code: 'payments.not-a-bank-day', values: { next: '2026-12-28' } },
	});
	expect(await debits({ collectionOn: '2026-13-01' })).toMatchObject({ status: 422 });
	expect(await debits({ memberIds: [randomUUID()] })).toMatchObject({ status: 404 });
	expect(await debits({}, member)).toMatchObject({ status: 403 });
	expect((await debits({})).status).toBe(201);
	expect(
		await call(api.app, 'PUT', '/api/reminder-terms', { ...key(board), body: { version: 0, steps: [] } }),
	).toMatchObject({ status: 422 });
	expect(
		await call(api.app, 'POST', '/api/claim-pauses', {
			...key(board),
			body: { memberId, kind: 'deferred', reason: 'Stundung' },
		}),
	).toMatchObject({ status: 422, body: { field: 'until' } });
	expect(
		await call(api.app, 'POST', '/api/overpayments/credit', {
			...key(board),
			body: { memberId, amountCents: 1, consentOn: today, consent: 'Mail' },
		}),
	).toMatchObject({ status: 409 });
	for (const url of [
		'/api/bank-lines',
		'/api/debit-files',
		'/api/claims',
		'/api/reminders',
		'/api/mandates',
		'/api/payment-tasks',
		'/api/overpayments',
		`/api/members/${memberId}/payment-plan`,
	])
		expect([url, (await call(api.app, 'GET', url, other)).status]).toEqual([url, 403]);
	expect(dayOf(api.clock.at)).toBe(today);
});
