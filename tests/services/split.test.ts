// A share split (S-12): everybody's shares at once, by two people, to the cent, once; and ten thousand members in seconds.
import { beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { registerOn } from '../../api/members/service/register.ts';
import { holdingsOn } from '../../api/shares/service/holdings.ts';
import { approveShareSplit, carryOutSplits } from '../../api/shares/service/split/approve.ts';
import { readShareSplit } from '../../api/shares/service/split/effect.ts';
import { type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';
import { approveStatute, proposeStatute } from '../../api/statute/service/change.ts';
import { setUpCooperative } from '../../api/statute/service.ts';
import { type Day, startOfDay } from '../../api/values/calendar.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const [board, secondBoard] = [person(['board']), person(['board'])];
const noon = (day: Day) => new Date(startOfDay(day) + 12 * 3_600_000);
const crowd = 10_000;

/** A crowd with 1 to 5 shares of 500 €; every hundredth leaves at the end of 2026 with all, already entered. */
async function makeCrowd(): Promise<void> {
	const { owner } = database;
	await owner`insert into members (number, kind, family_name, given_names, street, postcode, town, country, joined_on, search_text)
		select n, 'natural', 'Muster' || n, 'Änne', 'Weg 1', '43210', 'Auental', 'DE', '2020-01-01', 'muster' || n from generate_series(1, ${crowd}) n`;
	await owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select id, 'admission', 1 + number % 5, (1 + number % 5) * 50000, '2020-01-01', '2020-01-01T12:00Z', 'V 1' from members`;
	await owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select id, 'exit', -(1 + number % 5), -(1 + number % 5) * 50000, '2026-12-31', '2026-02-01T12:00Z', 'Kündigung' from members where number % 100 = 0`;
	await owner`insert into register_events (member_id, kind, effective_on, recorded_at, shares_change, basis, name, address)
		select id, 'joined', '2020-01-01', '2020-01-01T12:00Z', 1 + number % 5, 'V 1', '{"familyName":"M","givenNames":"Ä"}', '{"street":"Weg 1","postcode":"43210","town":"Auental","country":"DE"}' from members`;
	await owner`insert into share_dues (movement_id, member_id, due_on, amount_cents, recorded_at)
		select id, member_id, '2020-01-15', nominal_cents, recorded_at from share_movements where kind = 'admission'`;
}

beforeAll(async () => {
	const at = noon('2012-03-15');
	await write(database.db, { by: system, at }, (tx, note) =>
		setUpCooperative(tx, note, {
			at,
			facts: {
				...{ name: 'Bürgerenergie Auental eG', street: 'Am Rathaus 1', postcode: '43210', town: 'Auental' },
				...{ registerCourt: 'Auenberg', registerNumber: 'GnR 147', email: 'vorstand@auental.example' },
				...{ creditorId: null, iban: null, fiscalYearEndMonth: 12 },
			},
			terms: { ...suggestedTerms, maxShares: 200 },
			validFrom: '2012-03-15',
			source: 'Gründung',
		}),
	);
	await makeCrowd();
});

const propose = async (validFrom: Day, changes: Partial<StatuteTerms>, at = noon('2026-05-04')) =>
	(
		await proposeStatute(database.db, {
			...{ by: board, at, validFrom, source: 'GV 2026-04-12 TOP 7, eingetragen 2026-05-04' },
			terms: { ...suggestedTerms, maxShares: 200, ...changes },
		})
	).proposalId;

const sums = (day: Day) =>
	transact(database.db, system, async (tx) => {
		const all = [...(await holdingsOn(tx, { day })).values()];
		const sum = (key: 'shares' | 'nominalCents' | 'dueCents') => all.reduce((total, one) => total + one[key], 0);
		return { shares: sum('shares'), nominalCents: sum('nominalCents'), dueCents: sum('dueCents') };
	});

test('a nominal value that does not divide, or puts somebody over the limit, is refused and nothing changes', async () => {
	const at = noon('2026-05-04');
	const before = await sums('2026-05-04');
	for (const [changes, code] of [
		[{ nominalCents: 30_000, firstPaymentCents: 30_000 }, 'shares.split-undivided'],
		[{ nominalCents: 1_000, firstPaymentCents: 1_000 }, 'shares.split-over-limit'],
	] as const) {
		const proposalId = await propose('2026-05-04', changes);
		await expect(approveStatute(database.db, { by: secondBoard, at, proposalId })).rejects.toMatchObject({
			code: 'statute.nominal-changes',
		});
		await expect(approveShareSplit(database.db, { by: secondBoard, at, proposalId })).rejects.toMatchObject({ code });
		await database.owner`delete from statute_proposals where id = ${proposalId}`;
	}
	expect(await sums('2026-05-04')).toEqual(before);
});

test('a split changes the number of shares of all at once, keeps every sum, works once and also for exits to come', async () => {
	const at = noon('2026-05-04');
	const before = { now: await sums('2026-05-04'), later: await sums('2027-01-01'), past: await sums('2026-05-03') };
	const proposalId = await propose('2026-05-04', {
		...{ nominalCents: 10_000, firstPaymentCents: 10_000, liabilityCents: 10_000 },
	});
	const preview = await readShareSplit(database.db, { by: secondBoard, at, proposalId });
	expect(preview).toMatchObject({
		...{ ratio: { from: 1, to: 5 }, members: crowd, sharesBefore: 30_000, sharesAfter: 150_000, mostShares: 25 },
		...{ capitalCents: 1_500_000_000, undivided: { count: 0 }, openDeclarations: 0 },
		...{ liabilityBeforeCents: 1_500_000_000, liabilityAfterCents: 1_500_000_000 },
	});
	await expect(approveShareSplit(database.db, { by: board, at, proposalId })).rejects.toMatchObject({
		code: 'statute.second-person-needed',
	});
	const began = performance.now();
	const tries = await Promise.allSettled(
		Array.from({ length: 16 }, () => approveShareSplit(database.db, { by: secondBoard, at, proposalId })),
	);
	expect(performance.now() - began).toBeLessThan(20_000);
	const done = tries.filter((one) => one.status === 'fulfilled');
	expect(done).toHaveLength(1);
	expect(done[0]?.value).toMatchObject({ members: crowd, sharesBefore: 30_000, sharesAfter: 150_000 });
	expect(await sums('2026-05-04')).toEqual({ ...before.now, shares: before.now.shares * 5 });
	expect(await sums('2027-01-01')).toEqual({ ...before.later, shares: before.later.shares * 5 });
	expect(await sums('2026-05-03')).toEqual(before.past);
	const [line] = await transact(database.db, system, (tx) =>
		registerOn(tx, { day: '2026-05-04', knownAt: noon('2026-05-05'), limit: 1 }),
	);
	expect(line).toMatchObject({ number: 1, furtherShares: 9, furtherSharesSince: '2026-05-04' });
	expect(await carryOutSplits(database.db, { by: system, at: noon('2026-05-05') })).toEqual({ members: 0 });
});

test('what is recorded later for a day after the split is made good; a split that comes is carried out on its day', async () => {
	const [{ id }] = (await database.owner`select id from members where number = 1`) as unknown as [{ id: string }];
	await database.owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		values (${id}, 'further', 2, 100000, '2026-04-30', '2026-05-06T12:00Z', 'nachgetragen')`;
	expect(await carryOutSplits(database.db, { by: system, at: noon('2026-05-07') })).toEqual({ members: 1 });
	const held = await transact(database.db, system, (tx) => holdingsOn(tx, { day: '2026-05-07', memberIds: [id] }));
	expect(held.get(id)).toMatchObject({ shares: 20, nominalCents: 200_000 });

	const proposalId = await propose('2026-07-01', { nominalCents: 5_000, firstPaymentCents: 5_000 }, noon('2026-05-08'));
	await approveShareSplit(database.db, { by: secondBoard, at: noon('2026-05-08'), proposalId });
	expect(await carryOutSplits(database.db, { by: system, at: noon('2026-06-30') })).toEqual({ members: 0 });
	const before = await sums('2026-06-30');
	expect(await carryOutSplits(database.db, { by: system, at: noon('2026-07-01') })).toEqual({ members: crowd });
	expect(await sums('2026-07-01')).toEqual({ ...before, shares: before.shares * 2 });
	await expect(database.db.sql`update share_splits set new_nominal_cents = 1`).rejects.toThrow(/permission denied/);
});

test('an increase that ten thousand members owe at once, with the claims in the books, takes seconds', async () => {
	const at = noon('2026-08-03');
	const before = await sums('2026-08-03');
	const value = { nominalCents: 6_000, firstPaymentCents: 6_000, liabilityCents: 6_000 };
	const { proposalId } = await proposeStatute(database.db, {
		...{ by: board, at, validFrom: '2026-08-03', source: 'GV 2026-07-05 TOP 3, eingetragen 2026-08-03' },
		terms: { ...suggestedTerms, maxShares: 200, ...value },
		nominal: { keeps: 'shares', resolvedOn: '2026-07-05', votesFor: 90, votesAgainst: 10, dueOn: '2026-08-03' },
	});
	const began = performance.now();
	const done = await approveShareSplit(database.db, { by: secondBoard, at, proposalId });
	expect(performance.now() - began).toBeLessThan(20_000);
	expect(done).toMatchObject({ members: crowd, sharesBefore: before.shares, sharesAfter: before.shares });
	const after = await sums('2026-08-03');
	expect(after).toEqual({
		...{ shares: before.shares, nominalCents: before.shares * 6_000 },
		dueCents: before.dueCents + before.shares * 1_000,
	});
	const [claims] = await database.owner`select sum(cents)::bigint as cents from postings where account = '2906'`;
	expect(Number(claims?.cents)).toBe(after.dueCents);
	expect(await carryOutSplits(database.db, { by: system, at: noon('2026-08-04') })).toEqual({ members: 0 });
});

test('a member sees only the own movements of a split', async () => {
	const [{ id }] = (await database.owner`select id from members where number = 2`) as unknown as [{ id: string }];
	const seen = await transact(database.db, person(['member'], { memberId: id }), (tx) =>
		holdingsOn(tx, { day: '2026-07-01' }),
	);
	expect([...seen.keys()]).toEqual([id]);
});
