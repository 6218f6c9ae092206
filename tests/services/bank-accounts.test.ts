// The account payouts go to: a new one is held, told to every address known, stopped by a link, confirmed by a second person.
import { beforeAll, expect, test } from 'vitest';
import { confirmEmail, sendLink } from '../../api/accounts/service/links.ts';
import { createPerson } from '../../api/accounts/service/people.ts';
import type { Person } from '../../api/accounts/service/person.ts';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { unseal } from '../../api/database/sealed.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { postEntry } from '../../api/ledger/service/post.ts';
import {
	closeLapsedAccounts,
	confirmAccount,
	listAccountChanges,
	listHeldAccounts,
	refuseAccount,
	stopAccountChange,
	withdrawAccountChange,
} from '../../api/members/service/accountChanges.ts';
import { changeMember, readMember } from '../../api/members/service/files.ts';
import { changeOwnAccount } from '../../api/payments/service/mandates.ts';
import { createPayoutFile } from '../../api/payments/service/payout.ts';
import { readPayoutFile, voidPayoutFile } from '../../api/payments/service/release.ts';
import type { Actor } from '../../api/values/actor.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = noon('2026-06-10');
const later = noon('2026-06-16');
const publicUrl = 'https://portal.auental.example';

interface Someone {
	memberId: string;
	number: number;
	self: Actor;
	email: string;
}

/** A member with an account for the portal, who is owed ten euros. */
async function somebody(): Promise<Someone> {
	const { db } = database;
	const { memberId, number } = await join(db, '2024-01-09');
	const email = `account${number}@auental.example`;
	const personId = await write(db, { by: system, at }, (tx, note) =>
		createPerson(tx, note, { at, email, name: 'Änne Muster', locale: 'en', roles: ['member'], memberId }),
	);
	const owed = [
		{ account: accounts.appropriation, cents: 1_000 },
		{ account: accounts.dividendsPayable, memberId, cents: -1_000 },
	];
	const entry = { bookedOn: '2026-06-01', kind: 'dividend', text: 'Dividende 2025', postings: owed } as const;
	await transact(db, system, (tx) => postEntry(tx, { by: system, at, entry }));
	return { memberId, number, email, self: { ...person(['member'], { memberId }), personId } };
}

const change = (who: Someone, serial: number, on = at) =>
	changeOwnAccount(database.db, {
		...{ by: who.self, at: on, keys: testKeys, publicUrl, iban: testIban(serial), holder: 'Änne Muster' },
	});
const entered = (who: Someone, serial: number, by = board) =>
	changeMember(database.db, {
		...{ by, at, keys: testKeys, publicUrl, memberId: who.memberId, effectiveOn: '2026-06-10', basis: 'Brief' },
		changes: { iban: testIban(serial) },
	});
const pay = (people: readonly Someone[], on = at) =>
	write(database.db, { by: board, at: on }, (tx, note) =>
		createPayoutFile(tx, note, {
			...{ by: board, at: on, keys: testKeys },
			payout: {
				...{ subject: 'Dividende 2025', account: accounts.dividendsPayable, executionOn: '2026-06-17' },
				items: people.map(({ memberId }) => ({ memberId, amountCents: 1_000, remittance: 'Dividende' })),
			},
		}),
	);
const ibanOf = async (who: Someone) =>
	(await readMember(database.db, { by: board, memberId: who.memberId })).ibanMasked;

/** The newest mails of a template with the tokens of their links. */
async function mails(template: string): Promise<{ to: string; locale: string; token: string }[]> {
	const rows =
		await database.owner`select id, recipient, locale, link from notices where template = ${template} order by id`;
	return rows.map(({ id, recipient, locale, link }) => ({
		...{ to: String(recipient), locale: String(locale) },
		token: link
			? (unseal(testKeys, { table: 'notices', column: 'link', row: String(id) }, link as Buffer).split('#token=')[1] ??
				'')
			: '',
	}));
}

beforeAll(() => foundTestCooperative(database.db));

test('a member changes the account: held for five days, left out of payout files with the reason, then paid', async () => {
	const [one, other] = [await somebody(), await somebody()];
	await change(one, 500);
	expect(await listHeldAccounts(database.db, { by: board, at })).toMatchObject([
		{ number: one.number, origin: 'member', state: 'held', heldUntil: '2026-06-15T10:00:00.000Z' },
	]);
	expect(await listHeldAccounts(database.db, { by: other.self, at })).toEqual([]);
	const made = await pay([one, other]);
	expect(made).toMatchObject({ itemCount: 1, sumCents: 1_000, heldBack: [{ number: one.number, amountCents: 1_000 }] });
	expect(await readPayoutFile(database.db, { by: board, fileId: made.fileId })).toMatchObject({
		items: [{ number: other.number }],
		heldBack: [{ number: one.number, until: '2026-06-15T10:00:00.000Z' }],
	});
	await expect(pay([one])).rejects.toMatchObject({
		code: 'payments.accounts-held',
		values: { numbers: `${one.number}` },
	});
	expect(await pay([one], later)).toMatchObject({ itemCount: 1, heldBack: [] });
	expect(await closeLapsedAccounts(database.db, { by: system, at: later })).toMatchObject({ changes: 1 });
	expect(await listAccountChanges(database.db, { by: one.self, at: later, memberId: one.memberId })).toMatchObject([
		{ state: 'lapsed' },
	]);
	const [{ left } = { left: null }] = await database.owner`select count(previous)::int as left from account_changes`;
	expect(left).toBe(0);
});

test('everybody known is told, also addresses that were replaced just before; one link stops it all', async () => {
	const who = await somebody();
	const before = await ibanOf(who);
	await changeMember(database.db, {
		...{ by: who.self, at, keys: testKeys, memberId: who.memberId, effectiveOn: '2026-06-10', basis: 'Portal' },
		changes: { email: 'thief@elsewhere.example' },
	});
	const [row] = await database.owner`select * from persons where id = ${who.self.personId}`;
	await transact(database.db, system, (tx) =>
		sendLink(tx, {
			...{ person: { id: String(row?.id), name: 'x', locale: 'en', email: who.email } as Person, purpose: 'email' },
			...{ at, keys: testKeys, publicUrl, email: 'thief2@elsewhere.example' },
		}),
	);
	const [proof] = (await mails('email-confirmation')).slice(-1);
	await confirmEmail(database.db, { at, token: proof?.token ?? '' });
	await change(who, 510);
	await change(who, 511);
	const told = (await mails('account-held')).slice(-8);
	expect([...new Set(told.map(({ to }) => to))]).toHaveLength(4);
	expect(told.map(({ to }) => to)).toEqual(expect.arrayContaining(['thief@elsewhere.example', who.email]));
	expect(new Set(told.map(({ locale }) => locale))).toEqual(new Set(['en']));
	const first = told.find(({ to }) => to === who.email)?.token ?? '';
	await database.owner`insert into sessions (person_id, mfa, user_agent, address, created_at, used_at, proved_at, expires_at, idle_minutes)
		values (${who.self.personId}, false, '', '', now(), now(), now(), now() + interval '1 day', 60)`;
	await expect(stopAccountChange(database.db, { at, token: 'x'.repeat(22) })).rejects.toMatchObject({
		code: 'members.account-change-unknown',
	});
	const stops = await Promise.allSettled(
		Array.from({ length: 16 }, () => stopAccountChange(database.db, { at, token: first })),
	);
	expect(stops.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect(await ibanOf(who)).toBe(before);
	const [living] =
		await database.owner`select count(*)::int as n from sessions where person_id = ${who.self.personId} and ended_at is null`;
	expect(living?.n).toBe(0);
	expect(await pay([who])).toMatchObject({ itemCount: 1 });
	expect((await mails('account-stopped')).length).toBeGreaterThanOrEqual(4);
});

test('the board enters an account: nobody is paid there before a second person confirms it', async () => {
	const who = await somebody();
	const before = await ibanOf(who);
	await entered(who, 520);
	const [held] = await listHeldAccounts(database.db, { by: board, at: later });
	expect(held).toMatchObject({ origin: 'board', heldUntil: null, can: { confirm: false, refuse: true } });
	const changeId = held?.id ?? '';
	await expect(pay([who], later)).rejects.toMatchObject({ code: 'payments.accounts-held' });
	await expect(confirmAccount(database.db, { by: board, at, changeId })).rejects.toMatchObject({
		code: 'members.second-person-needed',
	});
	const own = { ...secondBoard, memberId: who.memberId };
	await expect(confirmAccount(database.db, { by: own, at, changeId })).rejects.toMatchObject({
		code: 'members.second-person-needed',
	});
	await expect(
		database.owner`update account_changes set state = 'confirmed', decided_by = changed_by, decided_at = now(), previous = null, previous_blind = null where id = ${changeId}`,
	).rejects.toThrow(/four_eyes/);
	await refuseAccount(database.db, { by: board, at, changeId, reason: 'vertippt' });
	expect(await ibanOf(who)).toBe(before);
	await entered(who, 521);
	const [again] = await listHeldAccounts(database.db, { by: secondBoard, at });
	expect(again?.can).toEqual({ confirm: true, refuse: true });
	const race = await Promise.allSettled([
		...Array.from({ length: 8 }, () => confirmAccount(database.db, { by: secondBoard, at, changeId: again?.id ?? '' })),
		...Array.from({ length: 8 }, () => withdrawAccountChange(database.db, { by: who.self, at })),
	]);
	expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const [outcome] = await listAccountChanges(database.db, { by: board, at, memberId: who.memberId });
	expect(await ibanOf(who)).toBe(outcome?.state === 'confirmed' ? `•••• ${testIban(521).slice(-4)}` : before);
	const { fileId } = await pay([who]);
	await voidPayoutFile(database.db, { by: board, at, fileId, reason: 'Probe' });
});

test('the account before comes back without waiting; another holder moves no money and is only told', async () => {
	const who = await somebody();
	const serialBefore = Number((await ibanOf(who))?.slice(-4));
	await change(who, 530);
	await changeOwnAccount(database.db, {
		...{ by: who.self, at, keys: testKeys, publicUrl, iban: testIban(serialBefore), holder: 'Änne Muster' },
	});
	expect((await pay([who])).heldBack).toEqual([]);
	await changeOwnAccount(database.db, {
		...{ by: who.self, at, keys: testKeys, publicUrl, iban: testIban(serialBefore), holder: 'Änne M. Muster' },
	});
	expect(await listHeldAccounts(database.db, { by: board, at })).toEqual([]);
	await expect(withdrawAccountChange(database.db, { by: who.self, at })).rejects.toMatchObject({
		code: 'members.account-change-unknown',
	});
});
