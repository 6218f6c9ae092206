// A death: the heirs' representative acts in place of the deceased, changes are dated, and one heir may go on alone; notices come back.
import { beforeAll, describe, expect, test } from 'vitest';
import { createPerson, listPeople } from '../../api/accounts/service/people.ts';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { readRegisterEntry } from '../../api/members/service/register.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { giveNotice, recordExit } from '../../api/shares/service/exits/give.ts';
import { nameRepresentative } from '../../api/shares/service/exits/heirs.ts';
import { passOnMembership } from '../../api/shares/service/exits/passOn.ts';
import { listOwnExits, readExit } from '../../api/shares/service/exits/read.ts';
import { withdrawExit } from '../../api/shares/service/exits/withdraw.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { enterTransfer } from '../../api/shares/service/transfers/enter.ts';
import { recordTransfer } from '../../api/shares/service/transfers/paper.ts';
import { brokenHoldings, readHolding } from '../../api/shares/service/holdings.ts';
import { board, foundTestCooperative, join, noon, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const invite = { keys: testKeys, publicUrl: 'https://auental.example' };
let line = 0;

beforeAll(async () => {
	await foundTestCooperative(database.db, {
		...{ noticeMonths: 6, mandatoryShares: 1, maxShares: 6, payoutMonths: 6, minimumCapital: null },
		...{ deathContinuation: true, exclusionReasons: ['Schaden'] },
	});
});

async function member(shares = 4, email?: string) {
	const joined = await join(database.db, '2020-01-09', shares);
	await recordPayment(database.db, {
		...{ by: board, at: noon('2020-01-09') },
		payment: {
			...{ memberNumber: joined.number, amountCents: shares * 50_000, valueOn: '2020-01-09' },
			...{ purpose: '', bankReference: `heirs-${++line}` },
		},
	});
	const address = email ?? `own${joined.number}@auental.example`;
	await write(database.db, { by: system, at: noon('2020-01-09') }, async (tx, note) => {
		const { memberId } = joined;
		await createPerson(tx, note, {
			at: noon('2020-01-09'),
			email: address,
			name: 'Selbst',
			locale: 'de',
			roles: ['member'],
			memberId,
		});
	});
	return { ...joined, address };
}

const account = async (email: string) =>
	(await listPeople(database.db, { by: board, search: email, limit: 2 })).people[0];
const heir = (name: string, representative: boolean) => ({
	...{ name, email: `${name.toLowerCase()}@auental.example`, address: null, representative },
});
const died = (memberId: string, heirs: ReturnType<typeof heir>[], on = '2022-03-05') =>
	recordExit(database.db, {
		...{ by: board, at: noon('2022-04-01'), memberId, basis: 'Sterbeurkunde 9/2022', heirs, invite },
		wish: { cause: 'death', receivedOn: on },
	});
const view = (exitId: string) => readExit(database.db, { by: board, at: noon('2022-12-01'), exitId });
const entry = (memberId: string, day: string) =>
	readRegisterEntry(database.db, { by: board, memberId, day, knownAt: noon('2023-12-31') });
const resolution = (on: string) => ({ number: 'V 7', on });

describe('heirs who continue a membership', () => {
	test('act through one representative: the account of the deceased is closed, the invited one gives notice for the membership', async () => {
		const { memberId, address } = await member();
		const given = await died(memberId, [heir('Anna', true), heir('Bernd', false)]);
		expect(given).toMatchObject({ effectiveOn: null, state: 'continued' });
		expect(await account(address)).toMatchObject({ memberId: null, roles: [], disabledAt: expect.any(String) });
		const anna = await account('anna@auental.example');
		expect(anna).toMatchObject({ memberId, roles: ['member'], active: false });
		const mails = await database.owner`select template from notices order by created_at desc limit 2`;
		expect(mails.map(({ template }) => template)).toContain('invitation');
		expect((await entry(memberId, '2022-03-05')).entry).toMatchObject({
			name: { organisation: expect.stringMatching(/^Erben nach Änne Maria .*: Anna, Bernd$/) },
			leftOn: null,
			furtherShares: 3,
		});
		const acting = person(['member'], { memberId, ...(anna ? { personId: anna.id } : {}) });
		expect(await listOwnExits(database.db, { by: acting, at: noon('2022-04-02') })).toMatchObject([
			{ cause: 'death', representatives: [{ name: 'Anna', fromOn: '2022-03-05', endedOn: null, account: true }] },
		]);
		const stranger = person(['member'], { memberId: (await member()).memberId });
		expect(
			await transact(database.db, stranger, (tx) => tx.execute('select * from member_representatives')),
		).toHaveLength(0);
		await giveNotice(database.db, { by: acting, at: noon('2022-04-02'), cause: 'notice', expectedOn: '2022-12-31' });
	});

	test('change the representative: dated, logged, one at a time, whoever presses at the same second', async () => {
		const { memberId } = await member();
		const { exitId } = await died(memberId, [heir('Clara', true), heir('Dirk', false)]);
		const change = (name: string, fromOn = '2022-05-02') =>
			nameRepresentative(database.db, {
				...{ by: board, at: noon('2022-05-02'), exitId, speaker: heir(name, true), fromOn, basis: 'Brief aller Erben' },
				invite,
			});
		await expect(change('Dirk', '2022-03-04')).rejects.toMatchObject({
			code: 'shares.representative-day',
			values: { from: '2022-03-05' },
			rule: 'M-45',
		});
		await expect(change('Dirk', '2022-05-03')).rejects.toMatchObject({ code: 'shares.exit-day-in-future' });
		await Promise.all(Array.from({ length: 16 }, (_, i) => change(i % 2 ? 'Dirk' : 'Emma')));
		const { representatives } = await view(exitId);
		expect(representatives).toHaveLength(17);
		expect(representatives.filter(({ endedOn }) => endedOn === null)).toHaveLength(1);
		expect(representatives[0]).toMatchObject({ name: 'Clara', endedOn: '2022-05-02', endedBasis: 'Brief aller Erben' });
		const [linked] = await database.owner`select count(*)::int as n from persons where member_id = ${memberId}`;
		expect(linked?.n).toBe(1);
		expect(await account('clara@auental.example')).toMatchObject({ memberId: null, roles: [] });
		const { address: taken } = await member();
		await expect(
			nameRepresentative(database.db, {
				...{ by: board, at: noon('2022-05-04'), exitId, fromOn: '2022-05-04', basis: 'Brief', invite },
				speaker: { name: 'Wer', email: taken, address: null },
			}),
		).rejects.toMatchObject({ code: 'accounts.acts-for-another' });
		// Without an address: on paper, no account.
		const onPaper = await nameRepresentative(database.db, {
			...{ by: board, at: noon('2022-05-04'), exitId, fromOn: '2022-05-04', basis: 'Brief', invite },
			speaker: { name: 'Frieda', email: null, address: 'Am Bach 2, 43210 Auental' },
		});
		expect(onPaper.account).toBe(false);
		const log =
			await database.owner`select content->'after'->>'name' as name from audit_log where action = 'shares.name-representative' and subject = ${`exit ${exitId}`} order by seq desc limit 1`;
		expect(log[0]?.name).toBe('Frieda');
	});

	test('a death that was none: the account is open again, the register as before', async () => {
		const { memberId, address } = await member();
		const { exitId } = await died(memberId, [heir('Gerda', true)]);
		await withdrawExit(database.db, {
			...{ by: board, at: noon('2022-04-03'), exitId, resolution: resolution('2022-04-03') },
		});
		expect(await account(address)).toMatchObject({ memberId, roles: ['member'], disabledAt: null });
		expect(await account('gerda@auental.example')).toMatchObject({ memberId: null, roles: [] });
		expect((await entry(memberId, '2022-12-31')).entry).toMatchObject({ name: { givenNames: 'Änne Maria' } });
		expect(await view(exitId)).toMatchObject({ state: 'withdrawn', can: { represent: false, passOn: false } });
		await expect(
			nameRepresentative(database.db, {
				...{ by: board, at: noon('2022-05-04'), exitId, fromOn: '2022-05-04', basis: 'Brief', invite },
				speaker: heir('Hans', true),
			}),
		).rejects.toMatchObject({ code: 'shares.no-heirs' });
	});

	test('one goes on alone as a new member: shares, dues and balance go over once, with an account of their own', async () => {
		const { memberId, number } = await member(5);
		const { exitId } = await died(memberId, [heir('Ida', true), heir('Jan', false)]);
		const pass = {
			...{ by: board, at: noon('2022-06-01'), keys: testKeys, exitId, effectiveOn: '2022-06-01', invite },
			...{ basis: 'Auseinandersetzung der Erben 2022-05-30' },
			heir: {
				name: { familyName: 'Erbe', givenNames: 'Jan' },
				address: { street: 'Am Bach 3', postcode: '43210', town: 'Auental', country: 'DE' },
				...{ email: 'jan@auental.example', birthDate: '1990-01-01' },
			},
		};
		await expect(passOnMembership(database.db, { ...pass, effectiveOn: '2022-03-01' })).rejects.toMatchObject({
			code: 'shares.representative-day',
		});
		const passed = await Promise.allSettled(Array.from({ length: 16 }, () => passOnMembership(database.db, pass)));
		const won = passed.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		expect(won).toHaveLength(1);
		for (const one of passed)
			if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'shares.not-continued' });
		const heirs = won[0]!;
		const held = (id: string) => readHolding(database.db, { by: board, memberId: id, day: '2022-06-01' });
		expect(await held(memberId)).toMatchObject({ shares: 0, paidCents: 0, claimCents: 0 });
		expect(await held(heirs.memberId)).toMatchObject({ shares: 5, paidCents: 250_000, claimCents: 0 });
		expect((await entry(memberId, '2022-06-01')).entry).toMatchObject({ leftOn: '2022-06-01', furtherShares: 0 });
		expect((await entry(heirs.memberId, '2022-06-01')).entry).toMatchObject({
			...{ name: { familyName: 'Erbe' }, joinedOn: '2022-06-01', furtherShares: 4, leftOn: null },
		});
		expect(await account('jan@auental.example')).toMatchObject({ memberId: heirs.memberId });
		expect(await account('ida@auental.example')).toMatchObject({ memberId: null });
		expect(await view(exitId)).toMatchObject({ state: 'passed-on', successorNumber: heirs.number, number });
		const settled = await database.owner`select count(*)::int as n from settlements where member_id = ${memberId}`;
		expect(settled[0]?.n).toBe(0);
	});

	test('or united with the membership an heir already has, above the limit too, since it is inherited', async () => {
		const { memberId } = await member(5);
		const own = await member(4);
		const { exitId } = await died(memberId, []);
		const pass = {
			...{
				by: board,
				at: noon('2022-06-01'),
				keys: testKeys,
				exitId,
				effectiveOn: '2022-03-05',
				basis: 'Erbschein 4 VI 12/22',
			},
		};
		await expect(passOnMembership(database.db, { ...pass, heir: { number: 99_999 } })).rejects.toMatchObject({
			code: 'members.unknown',
		});
		await passOnMembership(database.db, { ...pass, heir: { number: own.number } });
		expect(await readHolding(database.db, { by: board, memberId: own.memberId, day: '2022-03-05' })).toMatchObject({
			shares: 9,
			paidCents: 450_000,
		});
		expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
		expect(await balanceAt(memberId)).toBe(0);
		expect(await verifyLedger(database.db, { by: system })).toMatchObject({ broken: null });
	});
});

const balanceAt = (memberId: string) =>
	transact(database.db, system, (tx) =>
		balanceOf(tx, { account: accounts.memberBalances, memberId, on: '2199-12-31' }),
	);

describe('shares under a partial notice', () => {
	test('count for the limit until their day, and are neither given away nor take the mandatory ones along', async () => {
		const { self, memberId } = await member(6);
		const other = await member(1);
		await giveNotice(database.db, {
			by: self,
			at: noon('2021-05-05'),
			cause: 'partial',
			shares: 3,
			expectedOn: '2021-12-31',
		});
		const more = (on: string) =>
			takeFurtherShares(database.db, { by: board, at: noon(on), memberId, count: 2, resolution: resolution(on) });
		await expect(more('2021-05-06')).rejects.toMatchObject({
			...{ code: 'shares.limit-exceeded', rule: 'M-10', values: { max: 6, held: 6, more: 2 } },
		});
		const give = (shares: number | 'all') =>
			recordTransfer(database.db, {
				...{ by: board, at: noon('2021-05-07'), fromMemberId: memberId, acquirer: { memberId: other.memberId } },
				wish: { shares },
			});
		await expect(give(3)).rejects.toMatchObject({ code: 'shares.below-mandatory', rule: 'M-51' });
		await expect(give('all')).rejects.toMatchObject({ code: 'shares.exit-open', values: { until: '2021-12-31' } });
		const { transferId } = await give(2);
		await enterTransfer(database.db, {
			...{ by: board, at: noon('2021-05-08'), transferId, resolution: resolution('2021-05-08') },
			effectiveOn: '2021-05-08',
		});
		await effectExits(database.db, { by: system, at: noon('2022-01-01') });
		const held = { by: board, memberId, day: '2022-01-01' };
		expect(await readHolding(database.db, held)).toMatchObject({ shares: 1, paidCents: 50_000 });
		expect((await entry(memberId, '2022-01-01')).entry).toMatchObject({ furtherShares: 0, leftOn: null });
		await more('2022-01-03');
		expect(await readHolding(database.db, { ...held, day: '2022-01-03' })).toMatchObject({ shares: 3 });
	});
});

describe('a notice overtaken by an earlier end', () => {
	test('counts again when that end is taken back: the part and the whole, in the register under their own days', async () => {
		const { self, memberId } = await member(5);
		await giveNotice(database.db, {
			by: self,
			at: noon('2021-07-05'),
			cause: 'partial',
			shares: 2,
			expectedOn: '2022-12-31',
		});
		await giveNotice(database.db, { by: self, at: noon('2021-08-05'), cause: 'notice', expectedOn: '2022-12-31' });
		const { exitId } = await recordExit(database.db, {
			...{ by: board, at: noon('2021-09-01'), memberId, basis: 'V 21 (2021-09-01)' },
			wish: { cause: 'exclusion', receivedOn: '2021-09-01', letterSentOn: '2021-09-01', reason: 'Schaden' },
		});
		const at = noon('2021-09-20');
		expect((await listOwnExits(database.db, { by: self, at })).map(({ state }) => state)).toEqual([
			...['given', 'superseded', 'superseded'],
		]);
		const back = await withdrawExit(database.db, { by: board, at, exitId, resolution: resolution('2021-09-20') });
		expect(back.restored).toBe(2);
		expect(await listOwnExits(database.db, { by: self, at })).toMatchObject([
			{ cause: 'exclusion', state: 'withdrawn' },
			{ cause: 'notice', state: 'given', effectiveOn: '2022-12-31', closedAt: null },
			{ cause: 'partial', state: 'given', shares: 2 },
		]);
		expect((await entry(memberId, '2021-12-31')).entry).toMatchObject({ leftOn: null, furtherShares: 4 });
		expect((await entry(memberId, '2022-12-31')).entry).toMatchObject({ leftOn: '2022-12-31', furtherShares: 0 });
		await effectExits(database.db, { by: system, at: noon('2023-01-01') });
		expect(await readHolding(database.db, { by: board, memberId, day: '2022-12-31' })).toMatchObject({ shares: 0 });
		expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
	});
});
