// The frame and a member's home: true for whoever looks, and never older than the last write.
import { beforeAll, expect, test } from 'vitest';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { board, foundTestCooperative, join } from '../cooperative.ts';
import { call, useApi } from './app.ts';

const api = useApi();
let member: Awaited<ReturnType<typeof join>>;

beforeAll(async () => {
	await foundTestCooperative(api.database.db);
	member = await join(api.database.db, '2024-05-02', 3);
});

interface Frame {
	cooperativeName: string;
	setUp: boolean;
	person: { name: string } | null;
	roles: string[];
	memberNumber: number | null;
}

test('a visitor gets the name of the cooperative and nothing else', async () => {
	const { body } = await call<Frame>(api.app, 'GET', '/api/frame', {});
	expect(body).toMatchObject({
		cooperativeName: 'Bürgerenergie Auental eG',
		setUp: true,
		person: null,
		roles: [],
		memberNumber: null,
	});
});

test('a member sees the own number, and the home follows a payment at once', async () => {
	const { headers } = await api.signedIn(['member'], { memberId: member.memberId, name: 'Änne Muster' });
	const frame = await call<Frame>(api.app, 'GET', '/api/frame', { headers });
	expect(frame.body).toMatchObject({ person: { name: 'Änne Muster' }, roles: ['member'], memberNumber: member.number });
	const home = () =>
		call<{ shares: object; tasks: { kind: string; amountCents?: number }[]; movements: object[] }>(
			api.app,
			'GET',
			'/api/me/home',
			{ headers },
		);
	const before = await home();
	expect(before.body.shares).toMatchObject({ count: 3, nominalCents: 150_000, paidCents: 0 });
	expect(before.body.tasks.find((task) => task.kind === 'payment-due')?.amountCents).toBe(150_000);
	expect((await home()).body).toEqual(before.body);
	await recordPayment(api.database.db, {
		by: board,
		at: api.clock.at,
		payment: {
			memberNumber: member.number,
			amountCents: 150_000,
			valueOn: '2024-05-20',
			purpose: 'Drei Anteile',
			bankReference: 'K-1',
		},
	});
	const after = await home();
	expect(after.body.shares).toMatchObject({ paidCents: 150_000 });
	expect(after.body.tasks.map((task) => task.kind)).toEqual(['no-exemption-order']);
	expect(after.body.movements).toHaveLength(2);
});

test('the home is for members only', async () => {
	const { headers } = await api.signedIn(['operator']);
	expect((await call(api.app, 'GET', '/api/me/home', { headers })).status).toBe(403);
});
