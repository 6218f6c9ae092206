// Accounts in the database: nobody reads or changes somebody else's rows, even if a service forgot to ask.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openSession } from '../../api/accounts/service/lifecycle.ts';
import { createPerson, setMembership } from '../../api/accounts/service/people.ts';
import { forgetAccountTraces } from '../../api/accounts/service/setup.ts';
import {
	accountLinks,
	deviceTokens,
	persons,
	recoveryCodes,
	refreshTokens,
	sessions,
	setupCodes,
	throttles,
} from '../../api/accounts/tables.ts';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import type { Role } from '../../api/values/actor.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');

const make = (email: string, roles: Role[]) =>
	write(database.db, { by: system, at }, async (tx, note) => {
		const id = await createPerson(tx, note, { at, email, name: email, locale: 'de', roles });
		await openSession(tx, { person: { id, roles }, mfa: false, at, address: '::1', userAgent: 'test' });
		return id;
	});

test('a member sees and changes only their own account; staff see what their role allows', async () => {
	const [anna, ben] = [await make('anna@auental.test', ['member']), await make('ben@auental.test', ['member'])];
	const asBen = person(['member'], { personId: ben });
	const seen = (by: typeof asBen) => transact(database.db, by, (tx) => tx.select({ id: persons.id }).from(persons));
	expect(await seen(asBen)).toEqual([{ id: ben }]);
	expect(await seen(person(['operator']))).toEqual([]);
	expect(await seen(person(['auditor']))).toHaveLength(2);
	const changed = await transact(database.db, asBen, (tx) =>
		tx.update(persons).set({ name: 'Ben' }).where(eq(persons.id, anna)).returning({ id: persons.id }),
	);
	expect(changed).toEqual([]);
	await expect(
		transact(database.db, asBen, (tx) =>
			tx.insert(persons).values({ email: 'x@x.de', name: 'x', locale: 'de', roles: ['board'], createdAt: at }),
		),
	).rejects.toThrow();
	expect(await transact(database.db, asBen, (tx) => tx.select({ person: sessions.personId }).from(sessions))).toEqual([
		{ person: ben },
	]);
	for (const table of [refreshTokens, throttles, setupCodes, recoveryCodes, accountLinks, deviceTokens]) {
		expect(await transact(database.db, asBen, (tx) => tx.select().from(table))).toEqual([]);
	}
	expect(await transact(database.db, person(['board']), (tx) => tx.select().from(refreshTokens))).toEqual([]);
});

test('one address, one account, however it is written and whoever is faster', async () => {
	const all = await Promise.allSettled(
		Array.from({ length: 16 }, (_, i) => make(i % 2 ? 'Same@auental.test' : 'same@AUENTAL.test', ['member'])),
	);
	expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
	for (const r of all) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'accounts.email-taken' });
	await expect(make('not an address', ['member'])).rejects.toMatchObject({ code: 'accounts.email-unusable' });
	await expect(make('rogue@auental.test', ['king' as Role])).rejects.toThrow();
});

test('membership gives and takes the role of a member and leaves staff roles alone', async () => {
	const id = await make('both@auental.test', ['operator']);
	const rolesOf = async () => (await database.owner`select roles, member_id from persons where id = ${id}`)[0];
	// Without the members' own check there is nothing to point at yet.
	const constraint =
		await database.owner`select conname from pg_constraint where conrelid = 'persons'::regclass and contype = 'f'`;
	for (const { conname } of constraint)
		await database.owner.unsafe(`alter table persons drop constraint ${conname as string}`);
	const memberId = randomUUID();
	await write(database.db, { by: system, at }, (tx, note) => setMembership(tx, note, { personId: id, memberId }));
	expect(await rolesOf()).toMatchObject({ roles: ['member', 'operator'], member_id: memberId });
	await write(database.db, { by: system, at }, (tx, note) => setMembership(tx, note, { personId: id, memberId: null }));
	expect(await rolesOf()).toMatchObject({ roles: ['operator'], member_id: null });
});

test('what ended long ago is forgotten, what lives stays', async () => {
	const living = await database.owner`select count(*)::int as n from sessions`;
	expect(await forgetAccountTraces(database.db, { by: system, at })).toMatchObject({ sessions: 0 });
	const later = new Date(at.getTime() + 100 * 24 * 3_600_000);
	expect(await forgetAccountTraces(database.db, { by: system, at: later })).toMatchObject({ sessions: living[0]?.n });
	const [tokens] = await database.owner`select count(*)::int as n from refresh_tokens`;
	expect(tokens?.n).toBe(0);
});
