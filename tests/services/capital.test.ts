// Members, shares, ledger and payments together: who joins, what they hold, what they paid, and that the books agree.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { lockPeriod, postEntry, postManualEntry, reverseManualEntry } from '../../api/ledger/service/post.ts';
import { balanceOf, listEntries, readEntry, readTrialBalance } from '../../api/ledger/service/read.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { readJoiningTerms } from '../../api/members/service/apply.ts';
import { listApplications } from '../../api/members/service/desk.ts';
import { changeMember, readMember, revealSecrets } from '../../api/members/service/files.ts';
import { listMembers } from '../../api/members/service/search.ts';
import { readRegister, readRegisterEntry } from '../../api/members/service/register.ts';
import { forgetRejected, rejectApplication } from '../../api/members/service/reject.ts';
import { listPayments } from '../../api/payments/service/paymentList.ts';
import { recordPayment, recordPayments } from '../../api/payments/service/receive.ts';
import { reversePayment } from '../../api/payments/service/reverse.ts';
import { admitApplications } from '../../api/shares/service/admit.ts';
import { claimDues } from '../../api/shares/service/claims.ts';
import { brokenHoldings, listHoldings, memberBalancesOn, readHolding } from '../../api/shares/service/holdings.ts';
import {
	admitShareRequest,
	listShareRequests,
	readFurtherTerms,
	requestShares,
	withdrawShareRequest,
} from '../../api/shares/service/requests.ts';
import { reverseFurtherShares, takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { apply, board, foundTestCooperative, join, noon, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);
const reference = () => randomUUID().slice(0, 12);

beforeAll(async () => {
	await foundTestCooperative(database.db, { maxShares: 10, firstPaymentCents: 10_000, instalmentCents: 20_000 });
});

const pay = (memberNumber: number, amountCents: number, valueOn: string, bankReference = reference()) =>
	recordPayment(database.db, {
		by: board,
		at: noon(valueOn),
		payment: { memberNumber, amountCents, valueOn, purpose: 'Anteile', bankReference },
	});

test('what must be declared follows from the statute: the long notice period stands out', async () => {
	const { clauses, statuteVersion } = await readJoiningTerms(database.db, { by: system, day: '2020-01-01' });
	expect(statuteVersion).toBe(1);
	expect(clauses.filter(({ highlighted }) => highlighted).map(({ id }) => id)).toEqual(['notice-period']);
});

test('several are admitted at once, numbers have no gap, the register and the three numbers agree', async () => {
	const ids = [await apply(database.db, '2019-05-01', 2), await apply(database.db, '2019-05-01', 3)];
	const admitted = await admitApplications(database.db, {
		...{ by: board, at: noon('2019-05-02'), keys: testKeys },
		...{ applicationIds: ids, resolution: { number: 'V 7', on: '2019-05-02' } },
	});
	expect(admitted[1]?.number).toBe((admitted[0]?.number ?? 0) + 1);
	const lines = await readRegister(database.db, { by: auditor, day: '2019-05-02', knownAt: noon('2019-05-02') });
	expect(lines.map(({ furtherShares, joinedOn }) => [furtherShares, joinedOn])).toEqual([
		[1, '2019-05-02'],
		[2, '2019-05-02'],
	]);
	expect(await readRegister(database.db, { by: auditor, day: '2019-05-01', knownAt: noon('2019-05-02') })).toEqual([]);
	expect(await readRegister(database.db, { by: auditor, day: '2019-05-02', knownAt: noon('2019-05-01') })).toEqual([]);
	const holding = await readHolding(database.db, {
		by: auditor,
		memberId: admitted[1]?.memberId ?? '',
		day: '2019-07-01',
	});
	expect(holding).toMatchObject({
		shares: 3,
		nominalCents: 150_000,
		dueCents: 3 * (10_000 + 20_000),
		paidCents: 0,
		claimCents: 90_000,
	});
	expect(holding.upcoming).toEqual([{ dueOn: '2019-07-16', amountCents: 60_000 }]);
});

test('two boards admit the same applications at the same second: one wins, the others are told', async () => {
	const applicationIds = [await apply(database.db, '2020-01-09')];
	const attempts = await Promise.allSettled(
		Array.from({ length: 16 }, () =>
			admitApplications(database.db, {
				...{ by: board, at: noon('2020-01-09'), keys: testKeys },
				...{ applicationIds, resolution: { number: 'V 2', on: '2020-01-09' } },
			}),
		),
	);
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	for (const attempt of attempts) {
		if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ code: 'members.application-decided' });
	}
});

test('many admissions at once: no number twice, no gap', async () => {
	const before = (await listMembers(database.db, { by: board, at: noon('2020-02-06'), standing: 'all' })).total;
	const joined = await Promise.all(Array.from({ length: 16 }, () => join(database.db, '2020-02-06')));
	expect(joined.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
		Array.from({ length: 16 }, (_, i) => before + i + 1),
	);
});

test('a rejected application is deleted and its notice waits in the outbox', async () => {
	const applicationId = await apply(database.db, '2020-03-05');
	const before = { by: board, at: noon('2020-03-06'), applicationId };
	await expect(
		rejectApplication(database.db, { ...before, resolution: { number: 'V 3', on: '2020-03-04' } }),
	).rejects.toMatchObject({
		code: 'members.resolution-before-declaration',
	});
	await rejectApplication(database.db, { ...before, resolution: { number: 'V 3', on: '2020-03-06' } });
	const waiting = await listApplications(database.db, { by: board, day: '2020-03-06' });
	expect(waiting.some(({ id }) => id === applicationId)).toBe(false);
	const notices = await database.owner`select template from notices where template = 'application-rejected'`;
	expect(notices).toHaveLength(1);
	await database.owner`update notices set sent_at = now(), failed_at = null where template = 'application-rejected'`;
	expect(await forgetRejected(database.db, { by: system, at: noon('2020-03-06') })).toEqual({ deleted: 1 });
	const left = await database.owner`select 1 from applications where id = ${applicationId}`;
	expect(left).toHaveLength(0);
});

test('payments fill the shares, what is beyond is owed back, claims go down with them', async () => {
	const { memberId, number } = await join(database.db, '2021-01-07', 2);
	await claimDues(database.db, { by: system, at: noon('2021-03-01') });
	const claim = (on: string) =>
		transact(database.db, system, (tx) => balanceOf(tx, { account: accounts.shareClaims, memberId, on }));
	expect(await claim('2021-03-01')).toBe(2 * 30_000);
	expect(await pay(number, 70_000, '2021-03-02')).toMatchObject({ creditedCents: 70_000, overpaidCents: 0 });
	expect(await claim('2021-03-01')).toBe(60_000);
	expect(await claim('2021-03-02')).toBe(0);
	expect(await pay(number, 50_000, '2021-04-01')).toMatchObject({ creditedCents: 30_000, overpaidCents: 20_000 });
	const file = await readHolding(database.db, { by: auditor, memberId, day: '2021-12-31' });
	expect(file).toMatchObject({
		shares: 2,
		nominalCents: 100_000,
		paidCents: 100_000,
		claimCents: 0,
		overpaidCents: 20_000,
	});
	expect(file.movements.map(({ kind, after }) => [kind, after.nominalCents, after.paidCents])).toEqual([
		['admission', 100_000, 0],
		['payment', 100_000, 70_000],
		['payment', 100_000, 100_000],
	]);
	const past = await readHolding(database.db, {
		by: auditor,
		memberId,
		day: '2021-12-31',
		knownAt: noon('2021-03-15'),
	});
	expect(past).toMatchObject({ paidCents: 70_000, overpaidCents: 0 });
});

test('the same bank line is booked once, however often and together it arrives', async () => {
	const { memberId, number } = await join(database.db, '2021-02-04', 5);
	const line = reference();
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => pay(number, 30_000, '2021-02-10', line)));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	for (const a of attempts)
		if (a.status === 'rejected') expect(a.reason).toMatchObject({ code: 'payments.already-recorded' });
	await expect(pay(number, 30_000, '2021-02-11', ` ${line.toUpperCase()} `)).rejects.toMatchObject({
		code: 'payments.already-recorded',
	});
	const twice = { memberNumber: number, amountCents: 1, valueOn: '2021-02-12', purpose: '', bankReference: 'doubled' };
	await expect(
		recordPayments(database.db, { by: board, at: noon('2021-02-12'), incoming: [twice, twice] }),
	).rejects.toMatchObject({
		code: 'payments.already-recorded',
	});
	expect((await readHolding(database.db, { by: board, memberId, day: '2021-12-31' })).paidCents).toBe(30_000);
});

test('payments racing for the last room: never more than the nominal value', async () => {
	const { memberId, number } = await join(database.db, '2021-02-04', 1);
	await Promise.all(Array.from({ length: 16 }, () => pay(number, 10_000, '2021-02-10')));
	const file = await readHolding(database.db, { by: board, memberId, day: '2021-12-31' });
	expect(file).toMatchObject({ paidCents: 50_000, overpaidCents: 110_000 });
});

test('a payment with an earlier value day respects what came later', async () => {
	const { memberId, number } = await join(database.db, '2021-02-04', 1);
	await pay(number, 50_000, '2021-05-01');
	await recordPayment(database.db, {
		...{ by: board, at: noon('2021-08-05') },
		payment: {
			memberNumber: number,
			amountCents: 50_000,
			valueOn: '2021-03-01',
			purpose: '',
			bankReference: reference(),
		},
	});
	expect(await readHolding(database.db, { by: board, memberId, day: '2021-03-01' })).toMatchObject({
		paidCents: 0,
		overpaidCents: 50_000,
	});
	expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
});

test('a reversed payment reopens the claim, and its bank line may be booked to the right member', async () => {
	const wrong = await join(database.db, '2021-06-03', 1);
	const right = await join(database.db, '2021-06-03', 1);
	const line = reference();
	const { paymentId } = await pay(wrong.number, 50_000, '2021-07-01', line);
	const undo = { by: board, at: noon('2021-07-05'), paymentId, bookedOn: '2021-07-05', reason: 'falsches Mitglied' };
	await expect(reversePayment(database.db, { ...undo, bookedOn: '2021-06-30' })).rejects.toMatchObject({
		code: 'payments.day-wrong',
	});
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => reversePayment(database.db, undo)));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const file = await readHolding(database.db, { by: board, memberId: wrong.memberId, day: '2021-07-05' });
	expect(file).toMatchObject({ paidCents: 0, claimCents: 10_000 });
	expect(
		await transact(database.db, system, (tx) =>
			balanceOf(tx, { account: accounts.shareClaims, memberId: wrong.memberId, on: '2021-07-05' }),
		),
	).toBe(10_000);
	await pay(right.number, 50_000, '2021-07-06', line);
});

test('further shares: only when the earlier are full, within the limit, with the clauses; the board admits, the register follows', async () => {
	const { memberId, number, self } = await join(database.db, '2022-01-06', 3);
	const declare = {
		by: self,
		at: noon('2022-02-01'),
		count: 2,
		statuteVersion: 1,
		clauses: ['unconditional', 'payments', 'notice-period', 'statute-received'] as const,
	};
	await expect(requestShares(database.db, declare)).rejects.toMatchObject({
		code: 'shares.earlier-unpaid',
		rule: 'M-12',
		values: { unpaidCents: 150_000 },
	});
	await pay(number, 150_000, '2022-02-02');
	await expect(requestShares(database.db, { ...declare, count: 8 })).rejects.toMatchObject({
		code: 'shares.limit-exceeded',
		values: { max: 10, held: 3, more: 8 },
	});
	await expect(requestShares(database.db, { ...declare, clauses: ['payments'] })).rejects.toMatchObject({
		code: 'members.clause-missing',
	});
	await expect(requestShares(database.db, { ...declare, statuteVersion: 2 })).rejects.toMatchObject({
		code: 'members.statute-changed',
	});
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => requestShares(database.db, declare)));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const { openRequest, mostFurther } = await readFurtherTerms(database.db, { by: self, day: '2022-02-03' });
	expect(mostFurther).toBe(7);
	await expect(
		withdrawShareRequest(database.db, {
			by: person(['member'], { memberId: randomUUID() }),
			at: noon('2022-02-03'),
			requestId: openRequest?.id ?? '',
		}),
	).rejects.toMatchObject({ kind: 'missing' });
	expect(
		(await listShareRequests(database.db, { by: auditor, day: '2022-12-31' })).find((r) => r.memberId === memberId),
	).toMatchObject({
		count: 2,
		unpaidCents: 0,
	});
	const decisions = await Promise.allSettled(
		Array.from({ length: 16 }, () =>
			admitShareRequest(database.db, {
				by: board,
				at: noon('2022-03-03'),
				requestId: openRequest?.id ?? '',
				resolution: { number: 'V 4', on: '2022-03-03' },
			}),
		),
	);
	expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const { entry } = await readRegisterEntry(database.db, {
		by: self,
		memberId,
		day: '2022-03-03',
		knownAt: noon('2022-03-04'),
	});
	expect(entry).toMatchObject({ furtherShares: 4, furtherSharesSince: '2022-03-03' });
	const [line] = (
		await readRegister(database.db, { by: auditor, day: '2022-03-03', knownAt: noon('2022-03-04') })
	).filter((l) => l.memberId === memberId);
	expect(line).toMatchObject({ ...entry });
});

test('shares entered by mistake are reversed, history stays readable', async () => {
	const { memberId, number } = await join(database.db, '2022-01-06', 1);
	await pay(number, 50_000, '2022-01-20');
	const { movementId } = await takeFurtherShares(database.db, {
		by: board,
		at: noon('2022-02-03'),
		memberId,
		count: 4,
		resolution: { number: 'V 5', on: '2022-02-03' },
	});
	await reverseFurtherShares(database.db, { by: board, at: noon('2022-02-10'), movementId, reason: 'Zahlendreher' });
	await expect(
		reverseFurtherShares(database.db, { by: board, at: noon('2022-02-10'), movementId, reason: 'noch einmal' }),
	).rejects.toMatchObject({ code: 'shares.already-reversed' });
	const read = (knownAt?: Date) =>
		readHolding(database.db, { by: board, memberId, day: '2022-02-03', ...(knownAt ? { knownAt } : {}) });
	expect(await read(noon('2022-02-05'))).toMatchObject({ shares: 5, nominalCents: 250_000 });
	expect(await read()).toMatchObject({ shares: 1, nominalCents: 50_000, dueCents: 10_000 });
	const register = (knownAt: Date) =>
		readRegister(database.db, { by: board, day: '2022-02-03', knownAt }).then(
			(all) => all.find((l) => l.memberId === memberId)?.furtherShares,
		);
	expect(await register(noon('2022-02-05'))).toBe(4);
	expect(await register(noon('2022-02-11'))).toBe(0);
});

test('a change of name and address enters the register; the old register stays as it was', async () => {
	const { memberId, self } = await join(database.db, '2022-05-05');
	const address = { street: 'Am Hang 9', postcode: '43211', town: 'Überlingen', country: 'DE' };
	const change = { keys: testKeys, memberId, effectiveOn: '2022-06-01', basis: 'Mitteilung' };
	await changeMember(database.db, {
		...change,
		by: self,
		at: noon('2022-06-03'),
		changes: { address, email: 'new@auental.example' },
	});
	await expect(
		changeMember(database.db, {
			...change,
			by: self,
			at: noon('2022-06-03'),
			changes: { iban: 'DE89370400440532013000' },
		}),
	).rejects.toMatchObject({ code: 'members.board-changes-this' });
	await expect(
		changeMember(database.db, {
			...change,
			by: board,
			at: noon('2022-06-03'),
			changes: { iban: 'DE89370400440532013001' },
		}),
	).rejects.toMatchObject({ code: 'members.iban-wrong' });
	await changeMember(database.db, {
		...change,
		by: board,
		at: noon('2022-06-03'),
		changes: { iban: 'DE89 3704 0044 0532 0130 00' },
	});
	const file = await readMember(database.db, { by: self, memberId });
	expect(file).toMatchObject({ address, email: 'new@auental.example', ibanMasked: '•••• 3000', birthDateKnown: true });
	const lineOn = async (day: string, knownAt: string) =>
		(await readRegister(database.db, { by: board, day, knownAt: noon(knownAt) })).find((l) => l.memberId === memberId)
			?.address.town;
	expect([
		await lineOn('2022-05-31', '2022-06-04'),
		await lineOn('2022-06-01', '2022-06-02'),
		await lineOn('2022-06-01', '2022-06-04'),
	]).toEqual(['Auental', 'Auental', 'Überlingen']);
	for (const search of ['ueberling anne', 'Überl Änne', 'ANNE überlingen'])
		expect(
			(await listMembers(database.db, { by: board, at: noon('2022-06-04'), search })).members.map(({ id }) => id),
			search,
		).toEqual([memberId]);
	expect(
		(await listMembers(database.db, { by: board, at: noon('2022-06-04'), search: '3000' })).members.map(({ id }) => id),
	).toContain(memberId);
});

test('secrets are opened for the board only, with the purpose in the log; the database holds no clear text', async () => {
	const { memberId } = await join(database.db, '2022-05-05');
	const ask = { at: noon('2022-06-01'), keys: testKeys, memberId, purpose: 'Rückfrage der Bank' };
	await expect(revealSecrets(database.db, { ...ask, by: auditor })).rejects.toMatchObject({
		code: 'members.board-only',
	});
	const open = await revealSecrets(database.db, { ...ask, by: board });
	expect(open).toMatchObject({ birthDate: '1980-02-29', taxId: null });
	expect(open.iban).toMatch(/^DE\d{20}$/);
	const [logged] =
		await database.owner`select content::text as text from audit_log where action = 'members.open-secrets' order by seq desc limit 1`;
	expect(logged?.text).toContain('Rückfrage der Bank');
	const [clear] =
		await database.owner`select count(*)::int as n from audit_log where content::text like ${`%${open.iban}%`}`;
	expect(clear?.n).toBe(0);
});

test('a member sees the own file, shares, payments and entries, nobody else’s', async () => {
	const one = await join(database.db, '2022-07-07', 2);
	const other = await join(database.db, '2022-07-07', 2);
	await pay(one.number, 20_000, '2022-08-01');
	await pay(other.number, 20_000, '2022-08-01');
	await expect(readMember(database.db, { by: one.self, memberId: other.memberId })).rejects.toMatchObject({
		kind: 'missing',
	});
	await expect(
		readHolding(database.db, { by: one.self, memberId: other.memberId, day: '2022-12-31' }),
	).rejects.toMatchObject({ kind: 'missing' });
	await expect(
		readRegisterEntry(database.db, {
			by: one.self,
			memberId: other.memberId,
			day: '2022-12-31',
			knownAt: noon('2022-12-31'),
		}),
	).rejects.toMatchObject({ kind: 'missing' });
	expect((await listPayments(database.db, { by: one.self })).payments.map(({ memberId }) => memberId)).toEqual([
		one.memberId,
	]);
	// The list is for staff: it does not even hold the own line.
	expect((await listHoldings(database.db, { by: one.self, day: '2022-12-31' })).holdings).toEqual([]);
	const entries = await listEntries(database.db, { by: one.self });
	expect(entries).toHaveLength(1);
	const detail = await readEntry(database.db, { by: one.self, number: entries[0]?.number ?? 0 });
	expect(detail.postings).toEqual([{ account: accounts.memberBalances, memberId: one.memberId, cents: -20_000 }]);
	expect(await listApplications(database.db, { by: one.self, day: '2026-01-01' })).toEqual([]);
	const changed = changeMember(database.db, {
		by: one.self,
		at: noon('2022-08-02'),
		keys: testKeys,
		memberId: other.memberId,
		effectiveOn: '2022-08-02',
		changes: { email: 'x@example.org' },
		basis: '',
	});
	await expect(changed).rejects.toMatchObject({ kind: 'missing' });
});

test('entries that do not balance, miss an account or lie in a closed period are refused; the database refuses them too', async () => {
	const post = (bookedOn: string, lines: { account: string; cents: number }[]) =>
		postManualEntry(database.db, { by: board, at: noon('2023-01-10'), bookedOn, text: 'Test', reference: null, lines });
	await expect(
		post('2023-01-05', [
			{ account: '1800', cents: 5 },
			{ account: '4400', cents: -4 },
		]),
	).rejects.toMatchObject({ code: 'ledger.not-balanced' });
	await expect(post('2023-01-05', [{ account: '1800', cents: 5 }])).rejects.toMatchObject({
		code: 'ledger.too-few-postings',
	});
	await expect(
		post('2023-01-05', [
			{ account: '1800', cents: 5 },
			{ account: '9999', cents: -5 },
		]),
	).rejects.toMatchObject({ code: 'ledger.account-unknown' });
	await expect(
		post('2023-01-05', [
			{ account: '1800', cents: 5 },
			{ account: '2901', cents: -5 },
		]),
	).rejects.toMatchObject({ code: 'ledger.account-of-members' });
	await expect(
		post('2023-01-11', [
			{ account: '1800', cents: 5 },
			{ account: '4400', cents: -5 },
		]),
	).rejects.toMatchObject({ code: 'ledger.day-in-future' });
	const { number } = await post('2023-01-05', [
		{ account: '1800', cents: 120_000 },
		{ account: '4400', cents: -120_000 },
	]);
	const undo = { by: board, at: noon('2023-01-10'), number, bookedOn: '2023-01-06', text: 'Storno' };
	const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => reverseManualEntry(database.db, undo)));
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	await lockPeriod(database.db, { by: board, at: noon('2023-01-10'), through: '2022-12-31' });
	await expect(
		post('2022-12-31', [
			{ account: '1800', cents: 5 },
			{ account: '4400', cents: -5 },
		]),
	).rejects.toMatchObject({ code: 'ledger.period-locked', values: { lockedThrough: '2022-12-31' } });
	await expect(
		lockPeriod(database.db, { by: board, at: noon('2023-01-10'), through: '2022-11-30' }),
	).rejects.toMatchObject({ code: 'ledger.already-locked' });
	await expect(
		database.owner`insert into postings (entry, line, account, cents) values (${number}, 8, '1800', 5), (${number}, 9, '4400', -4)`,
	).rejects.toThrow(/does not balance/);
	await expect(
		database.owner`insert into postings (entry, line, account, cents) values (${number}, 8, '2901', 5), (${number}, 9, '4400', -5)`,
	).rejects.toThrow(/postings_account/);
	await expect(database.db.sql`update postings set cents = 1`).rejects.toThrow(/permission denied/);
});

test('one entry takes tens of thousands of postings', async () => {
	const { memberId } = await join(database.db, '2023-02-02');
	const lines = Array.from({ length: 40_000 }, () => ({ account: accounts.dividendsPayable, memberId, cents: -1 }));
	const at = noon('2023-02-03');
	const started = Date.now();
	const number = await transact(database.db, system, (tx) =>
		postEntry(tx, {
			by: system,
			at,
			entry: {
				bookedOn: '2023-02-03',
				kind: 'manual',
				text: 'groß',
				postings: [{ account: accounts.appropriation, cents: 40_000 }, ...lines],
			},
		}),
	);
	console.log(`40,001 postings in ${Date.now() - started} ms`);
	expect((await readEntry(database.db, { by: board, number })).postingCount).toBe(40_001);
	const trial = await readTrialBalance(database.db, { by: auditor, on: '2023-02-03', knownAt: noon('2023-02-03') });
	expect(trial.reduce((sum, { balanceCents }) => sum + balanceCents, 0)).toBe(0);
	expect(trial.find(({ account }) => account === accounts.appropriation)?.balanceCents).toBe(40_000);
});

test('everything holds together in the end, and tampering is found', async () => {
	const { entries, broken, control } = await verifyLedger(database.db, { by: auditor });
	expect(broken).toBeNull();
	expect(entries).toBeGreaterThan(20);
	const balances = await transact(database.db, system, (tx) => memberBalancesOn(tx, '2023-12-31'));
	const paid = balances.reduce((sum, { paidCents }) => sum + paidCents, 0);
	expect(control.find(({ account }) => account === accounts.memberBalances)).toMatchObject({
		balanceCents: -paid,
		membersCents: -paid,
	});
	expect(await transact(database.db, system, (tx) => brokenHoldings(tx, '2030-01-01'))).toEqual([]);
	const tamperings = [
		() => database.owner`update postings set cents = cents * 2 where entry = 3`,
		() => database.owner`update postings set account = '2902' where entry = 3 and line = 1`,
		() => database.owner`delete from postings where entry = 4`,
		() => database.owner`update journal set booked_on = booked_on + 1 where number = 2`,
		() => database.owner`update journal_head set number = number + 1`,
	];
	for (const tamper of tamperings) {
		await database.owner`create table kept_p as select entry, line, account, member_id, cents from postings where entry < 6`;
		await database.owner`create table kept_j as select number, booked_on from journal where number < 6`;
		await database.owner`create table kept_h as select * from journal_head`;
		await database.owner`alter table postings disable trigger all`;
		await database.owner`alter table journal disable trigger all`;
		await tamper();
		const report = await verifyLedger(database.db, { by: auditor });
		await database.owner`delete from postings where entry < 6`;
		await database.owner`insert into postings (entry, line, account, member_id, cents) select * from kept_p`;
		await database.owner`update journal j set booked_on = k.booked_on from kept_j k where k.number = j.number`;
		await database.owner`update journal_head h set number = k.number, hash = k.hash from kept_h k`;
		await database.owner`drop table kept_p, kept_j, kept_h`;
		await database.owner`alter table postings enable trigger all`;
		await database.owner`alter table journal enable trigger all`;
		expect(report.broken).not.toBeNull();
		expect((await verifyLedger(database.db, { by: auditor })).broken).toBeNull();
	}
});
