// Subscription rounds on the database: windows, limits, races with the close and between boards, decisions that happen once.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../api/values/actor.ts';
import { clauseIds } from '../../api/members/rules.ts';
import { readApplication, recordPaper } from '../../api/members/service/desk.ts';
import { readMailWishes, setMailWishes } from '../../api/members/service/contact.ts';
import { readMember } from '../../api/members/service/files.ts';
import { readRegisterEntry } from '../../api/members/service/register.ts';
import { rejectApplication } from '../../api/members/service/reject.ts';
import { writeLetter } from '../../api/notices/templates.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { admitApplications } from '../../api/shares/service/admit.ts';
import { applyForMembership } from '../../api/shares/service/apply.ts';
import { readHolding } from '../../api/shares/service/holdings.ts';
import {
	admitShareRequest,
	readFurtherTerms,
	recordRequestPaper,
	rejectShareRequest,
	requestShares,
} from '../../api/shares/service/requests.ts';
import { enterShareRequest } from '../../api/shares/service/paper.ts';
import { changeRound, extendRound } from '../../api/shares/service/rounds/change.ts';
import { decideRound } from '../../api/shares/service/rounds/decide.ts';
import { enterSubscription } from '../../api/shares/service/rounds/enter.ts';
import { listAnnouncedRounds, readOwnRounds, readRound } from '../../api/shares/service/rounds/read.ts';
import {
	cancelRound,
	recordSubscriptionPaper,
	type RoundInput,
	setRound,
} from '../../api/shares/service/rounds/set.ts';
import { subscribeToRound, withdrawSubscription } from '../../api/shares/service/rounds/subscribe.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { applicant, board, foundTestCooperative, join, noon, secondBoard, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const opens: Day = '2025-05-01';
const closes: Day = '2025-05-15';
const during: Day = '2025-05-06';
const after: Day = '2025-05-16';

beforeAll(() => foundTestCooperative(database.db, { maxShares: 10 }));

type Member = Awaited<ReturnType<typeof join>>;

/** A member with one share, paid in full, and perhaps an e-mail address. */
async function member(shares = 1): Promise<Member> {
	const one = await join(database.db, '2024-01-10', shares);
	const payment = { memberNumber: one.number, amountCents: shares * 50_000, valueOn: '2024-01-20', purpose: 'Anteile' };
	await recordPayment(database.db, {
		...{ by: board, at: noon('2024-01-20'), payment: { ...payment, bankReference: randomUUID().slice(0, 20) } },
	});
	return one;
}

const set = (changes: Partial<RoundInput> = {}) =>
	setRound(database.db, {
		...{ by: board, at: noon('2025-04-20') },
		round: {
			...{ title: 'Solarpark Süd', purpose: 'Zwölf Modultische am Südhang', announced: true },
			...{ opensAt: noon(opens), closesAt: noon(closes), volumeShares: 10, volumeCents: null },
			...{ floorShares: 1, capShares: 8, rule: 'pro-rata', ...changes },
		},
	});
const subscribe = (by: Actor, roundId: string, count: number, at = noon(during)) =>
	subscribeToRound(database.db, { by, at, roundId, count, clauses: clauseIds, statuteVersion: 1 });
const decide = (roundId: string, { on = after, by = board, at = noon(after) } = {}) =>
	decideRound(database.db, { by, at, keys: testKeys, roundId, resolution: { number: 'V 12', on } });
const look = (roundId: string, at = noon(during)) => readRound(database.db, { by: board, at, roundId });
const shares = async (memberId: string) =>
	(await readHolding(database.db, { by: board, memberId, day: '2025-12-31' })).shares;
const notices = (template: string) =>
	database.owner<{ recipient: string; values: Record<string, unknown> }[]>`
		select recipient, values from notices where template = ${template} order by created_at, id`;

async function joiner(
	roundId: string,
	{ count = 2, sharesWanted = 1, declared = true, proxy = null as string | null } = {},
) {
	const who = applicant({ proxy });
	const { applicationId } = await applyForMembership(database.db, {
		...{ by: system, at: noon(during), keys: testKeys, round: { roundId, count, declared } },
		joining: {
			...{ applicant: who, birthDate: '1980-02-29', iban: null, sharesWanted, clauses: clauseIds, statuteVersion: 1 },
		},
	});
	return { applicationId, who };
}

describe('subscribing', () => {
	test('is refused outside the window, below the floor, above the cap and the statute’s limit, with clauses missing', async () => {
		const { roundId } = await set({ floorShares: 2, capShares: 8 });
		const { self } = await member(3);
		const refused = async (count: number, at: Date, expected: object) =>
			expect(subscribe(self, roundId, count, at)).rejects.toMatchObject(expected);
		await refused(3, new Date(noon(opens).getTime() - 1), { code: 'shares.round-not-open', kind: 'conflict' });
		await refused(3, noon(closes), { code: 'shares.round-not-open', rule: 'M-10' });
		await refused(1, noon(during), { code: 'shares.round-below-floor', values: { min: 2 } });
		await refused(9, noon(during), { code: 'shares.round-above-cap', values: { max: 8 } });
		await refused(8, noon(during), {
			code: 'shares.limit-exceeded',
			rule: 'M-10',
			values: { max: 10, held: 3, more: 8 },
		});
		const less = subscribeToRound(database.db, {
			...{ by: self, at: noon(during), roundId, count: 3, clauses: ['payments'], statuteVersion: 1 },
		});
		await expect(less).rejects.toMatchObject({ code: 'members.clause-missing' });
		await expect(subscribe(person(['board']), roundId, 2)).rejects.toMatchObject({ code: 'members.no-membership' });
		await expect(subscribe(self, randomUUID(), 2)).rejects.toMatchObject({ kind: 'missing' });
		expect((await look(roundId)).lines).toEqual([]);
		await subscribe(self, roundId, 7, noon(opens));
		expect(await look(roundId)).toMatchObject({ asked: 7, subscribers: 1, given: 7 });
	});

	test('may be changed until the close: more goes to the back of the queue, less keeps the place', async () => {
		const { roundId } = await set({ rule: 'first-come', volumeShares: 8 });
		const [one, two] = [await member(), await member()];
		await subscribe(one.self, roundId, 5, noon(during, 8));
		await subscribe(two.self, roundId, 5, noon(during, 9));
		const order = async () => (await look(roundId)).lines.map(({ memberId, allotted }) => [memberId, allotted]);
		expect(await order()).toEqual([
			[one.memberId, 5],
			[two.memberId, 3],
		]);
		await subscribe(one.self, roundId, 4, noon(during, 10));
		expect(await order()).toEqual([
			[one.memberId, 4],
			[two.memberId, 4],
		]);
		await subscribe(one.self, roundId, 6, noon(during, 11));
		expect(await order()).toEqual([
			[two.memberId, 5],
			[one.memberId, 3],
		]);
		const withdraw = (at: Date) => withdrawSubscription(database.db, { by: two.self, at, roundId });
		await expect(withdraw(noon(closes))).rejects.toMatchObject({ code: 'shares.round-not-open' });
		await withdraw(noon(during, 12));
		await expect(withdraw(noon(during, 13))).rejects.toMatchObject({ code: 'shares.subscription-unknown' });
		expect(await order()).toEqual([[one.memberId, 6]]);
		const own = await readOwnRounds(database.db, { by: two.self, at: noon(during, 13) });
		expect(own.rounds.find(({ id }) => id === roundId)?.own).toMatchObject({ withdrawn: true });
	});

	test('a member sees the own subscription and nobody else’s', async () => {
		const { roundId } = await set();
		const [one, two] = [await member(), await member()];
		await subscribe(one.self, roundId, 4);
		const seen = await readOwnRounds(database.db, { by: two.self, at: noon(during) });
		expect(seen.rounds.find(({ id }) => id === roundId)?.own).toBeNull();
		expect(await readRound(database.db, { by: two.self, at: noon(during), roundId })).toMatchObject({ lines: [] });
		const own = await readOwnRounds(database.db, { by: one.self, at: noon(during) });
		expect(own.rounds.find(({ id }) => id === roundId)).toMatchObject({
			...{ phase: 'open', most: 8, own: { count: 4, withdrawn: false, allotted: null } },
		});
	});

	test('the same member sixteen times at once has one subscription', async () => {
		const { roundId } = await set();
		const { self } = await member();
		await Promise.all(Array.from({ length: 16 }, (_, i) => subscribe(self, roundId, 1 + (i % 8))));
		expect(await look(roundId)).toMatchObject({ subscribers: 1 });
	});
});

describe('deciding', () => {
	test('allots by the rule as further shares, once, and tells everybody what and why', async () => {
		const { roundId } = await set({ volumeShares: null, volumeCents: 525_000 });
		const [one, two, three] = [await member(2), await member(), await member()];
		await subscribe(one.self, roundId, 8, noon(during, 8));
		await subscribe(two.self, roundId, 8, noon(during, 9));
		await subscribe(three.self, roundId, 4, noon(during, 10));
		const preview = await look(roundId);
		expect(preview).toMatchObject({ volume: 10, asked: 20, given: 10, can: { decide: false, cancel: true } });
		const before = (await notices('round-decided')).length;
		expect(await decide(roundId)).toEqual({ roundId, allotted: 10, subscribers: 3 });
		expect(await Promise.all([one, two, three].map(({ memberId }) => shares(memberId)))).toEqual([6, 5, 3]);
		const entry = await readRegisterEntry(database.db, {
			...{ by: board, memberId: one.memberId, day: after, knownAt: noon(after) },
		});
		expect(entry.entry).toMatchObject({ furtherShares: 5, furtherSharesSince: after });
		const told = (await notices('round-decided')).slice(before).map(({ values }) => values);
		expect(told.map(({ asked, allotted, reason }) => [asked, allotted, reason])).toEqual([
			[8, 4, 'over-subscribed'],
			[8, 4, 'over-subscribed'],
			[4, 2, 'over-subscribed'],
		]);
		const file = await look(roundId, noon(after));
		expect(file).toMatchObject({ phase: 'decided', allotted: 10, resolution: `V 12 (${after})` });
		expect(file.lines.map(({ allotted }) => allotted)).toEqual(preview.lines.map(({ allotted }) => allotted));
		const { rounds } = await readOwnRounds(database.db, { by: two.self, at: noon(after) });
		expect(rounds.find(({ id }) => id === roundId)).toMatchObject({
			own: { count: 8, allotted: 4, reason: 'over-subscribed' },
		});
	});

	test('two boards at the same second: one decides, the others are told, shares are given once', async () => {
		const { roundId } = await set();
		const one = await member();
		await subscribe(one.self, roundId, 6);
		const attempts = await Promise.allSettled(
			Array.from({ length: 16 }, (_, i) => decide(roundId, { by: i % 2 ? board : secondBoard })),
		);
		expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const attempt of attempts)
			if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ code: 'shares.round-decided' });
		expect(await shares(one.memberId)).toBe(7);
	});

	test('subscriptions that race the decision are in it, or are refused', async () => {
		const { roundId } = await set({ volumeShares: 500 });
		const members = await Promise.all(Array.from({ length: 16 }, () => member()));
		// They came in time, but reach the database while the board decides.
		const last = new Date(noon(closes).getTime() - 1);
		const [decided, ...tries] = await Promise.allSettled([
			decide(roundId),
			...members.map(({ self }) => subscribe(self, roundId, 2, last)),
		]);
		expect(decided?.status).toBe('fulfilled');
		for (const [i, { memberId }] of members.entries()) {
			const attempt = tries[i];
			if (attempt?.status === 'rejected') expect(attempt.reason).toMatchObject({ code: 'shares.round-not-open' });
			expect(await shares(memberId)).toBe(attempt?.status === 'fulfilled' ? 3 : 1);
		}
		const { allotted, subscribers } = await look(roundId, noon(after));
		expect(allotted).toBe(subscribers * 2);
	});

	test('comes after the close, with a resolution of its day, not after a cancellation', async () => {
		const { roundId } = await set();
		await expect(decide(roundId, { at: noon(during), on: during })).rejects.toMatchObject({
			code: 'shares.round-not-closed',
		});
		await expect(decide(roundId, { on: during })).rejects.toMatchObject({ code: 'shares.round-resolution-early' });
		await expect(decide(roundId, { on: '2999-01-01' })).rejects.toMatchObject({ code: 'members.resolution-day-wrong' });
		await expect(decide(roundId, { on: addDays(after, 1) })).rejects.toMatchObject({
			code: 'members.resolution-in-future',
		});
		await expect(decide(randomUUID())).rejects.toMatchObject({ kind: 'missing' });
		const one = await member();
		await subscribe(one.self, roundId, 2);
		await cancelRound(database.db, { by: board, at: noon(during), roundId, reason: 'Pachtvertrag geplatzt' });
		await expect(decide(roundId)).rejects.toMatchObject({ code: 'shares.round-cancelled' });
		await expect(subscribe(one.self, roundId, 3)).rejects.toMatchObject({ code: 'shares.round-not-open' });
		expect((await notices('round-cancelled')).at(-1)?.values).toMatchObject({ reason: 'Pachtvertrag geplatzt' });
		expect(await shares(one.memberId)).toBe(1);
	});

	test('who may not be admitted further shares gets none and is told why; the others share the volume', async () => {
		const { roundId } = await set({ volumeShares: 6 });
		const unpaid = await join(database.db, '2025-01-10', 2);
		const full = await member(3);
		const paid = await member();
		for (const { self } of [unpaid, full, paid]) await subscribe(self, roundId, 6);
		await requestMore(full, 3);
		expect(await decide(roundId)).toMatchObject({ allotted: 6 });
		const result = Object.fromEntries(
			(await look(roundId, noon(after))).lines.map(({ memberId, allotted, reason }) => [memberId, [allotted, reason]]),
		);
		expect(result[unpaid.memberId]).toEqual([0, 'earlier-unpaid']);
		expect(await shares(unpaid.memberId)).toBe(2);
		// Six were asked, but with three more taken elsewhere and not paid none may follow.
		expect(result[full.memberId]).toEqual([0, 'earlier-unpaid']);
		expect(result[paid.memberId]).toEqual([6, 'in-full']);
	});

	test('what the statute still allows is the most', async () => {
		const { roundId } = await set({ volumeShares: 20 });
		const one = await member(2);
		await subscribe(one.self, roundId, 8);
		await requestMore(one, 3, true);
		await decide(roundId);
		expect((await look(roundId, noon(after))).lines[0]).toMatchObject({ allotted: 5, reason: 'limit', count: 8 });
		expect(await shares(one.memberId)).toBe(10);
	});
});

/** Takes shares beside the round, paid or not. */
async function requestMore({ memberId, number }: Member, count: number, paid = false): Promise<void> {
	await takeFurtherShares(database.db, {
		...{ by: board, at: noon('2025-05-10'), memberId, count, resolution: { number: 'V 9', on: '2025-05-10' } },
	});
	if (!paid) return;
	const payment = { memberNumber: number, amountCents: count * 50_000, valueOn: '2025-05-11', purpose: 'x' };
	await recordPayment(database.db, {
		...{ by: board, at: noon('2025-05-11'), payment: { ...payment, bankReference: randomUUID().slice(0, 20) } },
	});
}

describe('joiners', () => {
	test('subscribe with the application, are admitted with what they are allotted, and written to', async () => {
		const { roundId } = await set({ volumeShares: 4, rule: 'equal-steps' });
		const one = await member();
		await subscribe(one.self, roundId, 5, noon(during, 8));
		const { who } = await joiner(roundId, { count: 5, sharesWanted: 2 });
		const told = (await notices('round-decided')).length;
		await decide(roundId);
		const line = (await look(roundId, noon(after))).lines.find(({ applicationId }) => applicationId !== null);
		expect(line).toMatchObject({ allotted: 2, reason: 'over-subscribed' });
		expect(await shares(line?.memberId ?? '')).toBe(4);
		expect((await notices('round-decided')).slice(told).map(({ recipient }) => recipient)).toContain(who.email);
	});

	test('who is admitted before the decision takes the subscription along', async () => {
		const { roundId } = await set();
		const { applicationId } = await joiner(roundId);
		const [admitted] = await admitApplications(database.db, {
			...{ by: board, at: noon(during), keys: testKeys },
			...{ applicationIds: [applicationId], resolution: { number: 'V 1', on: during } },
		});
		expect((await look(roundId)).lines[0]).toMatchObject({ memberId: admitted?.memberId, reason: 'earlier-unpaid' });
		const self = person(['member'], { memberId: admitted?.memberId ?? '' });
		await subscribe(self, roundId, 3);
		expect(await look(roundId)).toMatchObject({ subscribers: 1, asked: 3 });
	});

	test('who cannot be admitted yet gets nothing from the round, and the application goes on waiting', async () => {
		const { roundId } = await set();
		await joiner(roundId, { proxy: 'Notarin Brömmel' });
		await decide(roundId);
		expect((await look(roundId, noon(after))).lines[0]).toMatchObject({ allotted: 0, reason: 'not-admissible' });
	});

	test('a rejected application takes its subscription with it', async () => {
		const { roundId } = await set();
		const { applicationId } = await joiner(roundId);
		await rejectApplication(database.db, {
			...{ by: board, at: noon(during), applicationId, resolution: { number: 'V 2', on: during } },
		});
		await database.owner`delete from applications where id = ${applicationId}`;
		expect((await look(roundId)).lines).toEqual([]);
	});

	test('desk and decision at the same second admit the joiner once', async () => {
		const { roundId } = await set();
		const { applicationId } = await joiner(roundId, { count: 2, sharesWanted: 1 });
		const resolution = { number: 'V 3', on: after };
		const results = await Promise.allSettled([
			decide(roundId),
			...Array.from({ length: 8 }, () =>
				admitApplications(database.db, {
					...{ by: secondBoard, at: noon(after), keys: testKeys, applicationIds: [applicationId], resolution },
				}),
			),
		]);
		expect(results[0]?.status).toBe('fulfilled');
		for (const result of results.slice(1))
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'members.application-decided' });
		const [line] = (await look(roundId, noon(after))).lines;
		const byDesk = results.slice(1).some(({ status }) => status === 'fulfilled');
		expect(line).toMatchObject(byDesk ? { allotted: 0, reason: 'earlier-unpaid' } : { allotted: 2, reason: 'in-full' });
		expect(await shares(line?.memberId ?? '')).toBe(byDesk ? 1 : 3);
	});

	test('only announced rounds are shown and open to joiners, the further shares are declared apart', async () => {
		const hidden = await set({ announced: false });
		await expect(joiner(hidden.roundId)).rejects.toMatchObject({ code: 'shares.round-unknown' });
		const { roundId } = await set();
		await expect(joiner(roundId, { declared: false })).rejects.toMatchObject({ code: 'members.clause-missing' });
		await expect(joiner(roundId, { count: 9 })).rejects.toMatchObject({ code: 'shares.round-above-cap' });
		await expect(joiner(roundId, { count: 8, sharesWanted: 3 })).rejects.toMatchObject({
			code: 'shares.limit-exceeded',
		});
		const shown = await listAnnouncedRounds(database.db, { by: person([]), at: noon(during) });
		expect(shown.map(({ id }) => id)).toContain(roundId);
		expect(shown.map(({ id }) => id)).not.toContain(hidden.roundId);
		expect(await listAnnouncedRounds(database.db, { by: person([]), at: noon(after) })).toEqual([]);
	});
});

test('where the statute wants signatures, nothing is admitted without the paper', async () => {
	const { terms } = await database.db.sql`select terms from statute_versions where version = 1`.then(
		([row]) => row as { terms: object },
	);
	const proposal = randomUUID();
	const written = database.owner.json({ ...terms, joiningForm: 'written' } as never);
	await database.owner`insert into statute_proposals (id, valid_from, terms, source, proposed_by, proposed_at, state, decided_by, decided_at)
		values (${proposal}, '2026-01-01', ${written}, 'GV', gen_random_uuid(), now(), 'approved', gen_random_uuid(), now())`;
	await database.owner`insert into statute_versions (version, valid_from, terms, source, proposal_id, recorded_at)
		values (2, '2026-01-01', ${written}, 'GV', ${proposal}, now())`;
	const { roundId } = await setRound(database.db, {
		...{ by: board, at: noon('2026-02-01') },
		round: {
			...{ title: 'Speicher', purpose: 'Batterie', announced: true, rule: 'first-come' as const },
			...{ opensAt: noon('2026-02-02'), closesAt: noon('2026-02-20'), volumeShares: 10, volumeCents: null },
			...{ floorShares: 1, capShares: 8 },
		},
	});
	const [one, two] = [await member(), await member()];
	const day: Day = '2026-02-10';
	for (const { self } of [one, two]) {
		await subscribeToRound(database.db, {
			...{ by: self, at: noon(day), roundId, count: 2, clauses: clauseIds, statuteVersion: 2 },
		});
	}
	const [line] = (await look(roundId, noon(day))).lines;
	expect(line).toMatchObject({ allotted: 0, reason: 'paper-missing' });
	const paper = (receivedOn: Day, subscriptionId = line?.subscriptionId ?? '') =>
		recordSubscriptionPaper(database.db, { by: board, at: noon('2026-02-12'), roundId, subscriptionId, receivedOn });
	await expect(paper('2026-02-09')).rejects.toMatchObject({ code: 'members.paper-day-wrong' });
	await expect(paper('2026-02-13')).rejects.toMatchObject({ code: 'members.paper-day-wrong' });
	await expect(paper('2026-02-11', randomUUID())).rejects.toMatchObject({ kind: 'missing' });
	await paper('2026-02-11');
	await decide(roundId, { on: '2026-02-21', at: noon('2026-02-21') });
	const results = (await look(roundId, noon('2026-02-21'))).lines.map(({ reason }) => reason);
	expect(results).toEqual(['in-full', 'paper-missing']);
	const at = noon('2026-03-02');
	const { requestId } = await requestShares(database.db, {
		...{ by: two.self, at, count: 1, clauses: clauseIds, statuteVersion: 2 },
	});
	const admit = () =>
		admitShareRequest(database.db, { by: board, at, requestId, resolution: { number: 'V 50', on: '2026-03-02' } });
	await expect(admit()).rejects.toMatchObject({ code: 'shares.paper-missing', rule: 'M-10' });
	await recordRequestPaper(database.db, { by: board, at, requestId, receivedOn: '2026-03-02' });
	await admit();
	const last = (await readHolding(database.db, { by: board, memberId: two.memberId, day: '2026-12-31' })).shares;
	expect(last).toBe(2);
});

test('a joiner signs one sheet for joining and for the round; the paper covers both, also once admitted', async () => {
	const { roundId } = await set({ opensAt: noon('2026-05-01'), closesAt: noon('2026-05-20'), title: 'Windpark Höhe' });
	const at = noon('2026-05-04');
	const { applicationId } = await applyForMembership(database.db, {
		...{ by: system, at, keys: testKeys, round: { roundId, count: 2, declared: true } },
		joining: {
			...{ applicant: applicant(), birthDate: '1980-02-29', iban: null, sharesWanted: 1, clauses: clauseIds },
			statuteVersion: 2,
		},
	});
	const { print } = await readApplication(database.db, { by: board, applicationId, day: '2026-05-04' });
	expect(print.document.join('\n')).toMatch(/Zeichnungsrunde „Windpark Höhe“: bis zu 2 weitere Geschäftsanteile/);
	const reason = async (on: Day) => (await look(roundId, noon(on))).lines[0]?.reason;
	expect(await reason('2026-05-05')).toBe('not-admissible');
	const paper = { by: board, at: noon('2026-05-06'), applicationId, paper: { what: 'declaration' as const } };
	await recordPaper(database.db, { ...paper, receivedOn: '2026-05-06' });
	expect(await reason('2026-05-06')).toBe('in-full');
	const [admitted] = await admitApplications(database.db, {
		...{ by: board, at: noon('2026-05-07'), keys: testKeys, applicationIds: [applicationId] },
		resolution: { number: 'V 60', on: '2026-05-07' },
	});
	await recordPayment(database.db, {
		...{ by: board, at: noon('2026-05-08') },
		payment: {
			...{ memberNumber: admitted?.number ?? 0, amountCents: 50_000, valueOn: '2026-05-08', purpose: 'Anteil' },
			bankReference: randomUUID().slice(0, 20),
		},
	});
	expect(await reason('2026-05-08')).toBe('in-full');
});

test('a declaration on paper is entered by the board under the statute of its day, once, and waits for the resolution', async () => {
	const one = await member();
	const at = noon('2025-07-10');
	const enter = (changes: object) =>
		enterShareRequest(database.db, {
			...{ by: board, at, memberId: one.memberId },
			paper: { count: 2, signedOn: '2025-07-01', receivedOn: '2025-07-08', ...changes },
		});
	await expect(enter({ signedOn: '2025-07-11' })).rejects.toMatchObject({ code: 'shares.signed-day-wrong' });
	await expect(enter({ receivedOn: '2025-06-30' })).rejects.toMatchObject({ code: 'members.paper-day-wrong' });
	await expect(enter({ count: 10 })).rejects.toMatchObject({ code: 'shares.limit-exceeded', rule: 'M-10' });
	await expect(enter({ signedOn: '2023-12-01' })).rejects.toMatchObject({ code: 'shares.not-a-member' });
	const race = await Promise.allSettled(Array.from({ length: 16 }, () => enter({})));
	const made = race.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	expect(made).toHaveLength(1);
	expect((await notices('further-shares-recorded')).at(-1)?.values).toMatchObject({ count: 2, signedOn: '2025-07-01' });
	const requestId = made[0]?.requestId ?? '';
	await admitShareRequest(database.db, { by: board, at, requestId, resolution: { number: 'V 33', on: '2025-07-10' } });
	expect(await shares(one.memberId)).toBe(3);
	await expect(
		enterShareRequest(database.db, {
			...{ by: one.self, at, memberId: (await member()).memberId },
			paper: { count: 1, signedOn: '2025-07-01', receivedOn: '2025-07-08' },
		}),
	).rejects.toThrow();
});

test('a subscription on paper counts from the day it arrived, as long as the round was open then', async () => {
	const { roundId } = await set({ rule: 'first-come', volumeShares: 5 });
	const [early, late] = [await member(), await member()];
	await subscribe(late.self, roundId, 4, noon('2025-05-08'));
	const enter = (receivedOn: Day, at = noon(after)) =>
		enterSubscription(database.db, {
			...{ by: board, at, roundId, memberNumber: early.number },
			paper: { count: 4, signedOn: '2025-05-02', receivedOn },
		});
	await expect(enter(after)).rejects.toMatchObject({ code: 'shares.round-not-open' });
	await expect(
		enterSubscription(database.db, {
			...{ by: board, at: noon(during), roundId, memberNumber: 999_999 },
			paper: { count: 4, signedOn: '2025-05-02', receivedOn: during },
		}),
	).rejects.toMatchObject({ kind: 'missing' });
	await enter('2025-05-07');
	const lines = (await look(roundId, noon(after))).lines;
	expect(lines.map(({ number, allotted }) => [number, allotted])).toEqual([
		[early.number, 4],
		[late.number, 1],
	]);
	await decide(roundId);
	await expect(enter('2025-05-07')).rejects.toMatchObject({ code: 'shares.round-decided' });
});

test('a round changes as a whole before it opens; once it is open its end and volume, and everybody is told', async () => {
	const { roundId } = await set();
	const round = {
		...{ title: 'Solarpark Südwest', purpose: 'Zwanzig Modultische', announced: false, rule: 'equal-steps' as const },
		...{ opensAt: noon(opens), closesAt: noon(closes), volumeShares: null, volumeCents: 1_000_000 },
		...{ floorShares: 2, capShares: 6 },
	};
	const change = (at: Date, changes: object = {}) =>
		changeRound(database.db, { by: board, at, roundId, round: { ...round, ...changes } });
	await expect(change(noon('2025-04-25'), { capShares: 11 })).rejects.toMatchObject({
		code: 'shares.round-bounds-wrong',
	});
	await change(noon('2025-04-25'));
	expect(await look(roundId)).toMatchObject({ title: 'Solarpark Südwest', volume: 20, rule: 'equal-steps' });
	const one = await member();
	await subscribe(one.self, roundId, 2);
	await expect(change(noon(during))).rejects.toMatchObject({ code: 'shares.round-opened' });
	const extend = (changes: object = {}, at = noon(during)) =>
		extendRound(database.db, {
			...{ by: board, at, roundId },
			extension: {
				closesAt: noon('2025-05-30'),
				volumeShares: 24,
				volumeCents: null,
				reason: 'Mehr Module',
				...changes,
			},
		});
	await expect(extend({ closesAt: noon(opens) })).rejects.toMatchObject({ code: 'shares.round-window-wrong' });
	await expect(extend({ closesAt: noon(closes), volumeShares: 20 })).rejects.toMatchObject({
		code: 'shares.round-unchanged',
	});
	await expect(extend({ volumeShares: 1 })).rejects.toMatchObject({ code: 'shares.round-bounds-wrong' });
	expect(await extend()).toEqual({ roundId, told: 1 });
	expect((await notices('round-changed')).at(-1)?.values).toMatchObject({
		...{ volume: 24, volumeBefore: 20, closesOn: '2025-05-30', closedOn: closes, reason: 'Mehr Module' },
	});
	await expect(decide(roundId)).rejects.toMatchObject({ code: 'shares.round-not-closed' });
	await expect(extend({}, noon('2025-06-01'))).rejects.toMatchObject({ code: 'shares.round-not-open' });
});

test('members are told of announced rounds in their language, unless they do without; decisions always go out', async () => {
	const [german, english, quiet] = [
		await member(),
		await join(database.db, '2024-01-10', 1, { locale: 'en' }),
		await member(),
	];
	const at = noon('2025-04-19');
	await setMailWishes(database.db, { by: quiet.self, at, wishes: { 'round-news': false, 'round-receipts': false } });
	expect(await readMailWishes(database.db, { by: quiet.self })).toEqual({
		'round-news': false,
		'round-receipts': false,
	});
	await expect(readMailWishes(database.db, { by: board })).rejects.toMatchObject({ code: 'members.no-membership' });
	const { roundId } = await set();
	const emailOf = async ({ memberId }: { memberId: string }) =>
		(await readMember(database.db, { by: board, memberId })).email ?? '';
	const told = async (template: string, who: { memberId: string }) => {
		const rows = await database.owner`select locale from notices
			where template = ${template} and recipient = ${await emailOf(who)} order by id`;
		return rows.map(({ locale }) => locale);
	};
	expect(await told('round-announced', german)).toContain('de');
	expect(await told('round-announced', english)).toEqual(['en']);
	expect(await told('round-announced', quiet)).toEqual([]);
	await subscribe(quiet.self, roundId, 1);
	expect(await told('round-subscribed', quiet)).toEqual([]);
	await decide(roundId);
	expect(await told('round-decided', quiet)).toEqual(['de']);
	const letter = writeLetter(
		'further-shares',
		'de',
		{ name: 'x', cooperative: 'y', count: 1, on: '2025-05-16' },
		undefined,
	);
	expect(letter.text).toContain('§ 15b Abs. 3 GenG');
});

test('only the board sets, calls off and decides rounds, also if a route forgot to ask', async () => {
	const { self } = await member();
	const forbidden = setRound(database.db, {
		...{ by: self, at: noon('2025-04-20') },
		round: {
			...{ title: 'Meine Runde', purpose: 'für mich', announced: true, rule: 'pro-rata' as const },
			...{ opensAt: noon(opens), closesAt: noon(closes), volumeShares: 10, volumeCents: null },
			...{ floorShares: 1, capShares: 8 },
		},
	});
	await expect(forbidden).rejects.toThrow();
	const { roundId } = await set();
	await expect(cancelRound(database.db, { by: self, at: noon(during), roundId, reason: 'Unfug' })).rejects.toThrow();
	expect((await look(roundId)).phase).toBe('open');
});

test('a member sees what became of a declaration for further shares, and is written to', async () => {
	const { self, memberId } = await member();
	const at = noon('2025-06-02');
	const { requestId } = await requestShares(database.db, {
		by: self,
		at,
		count: 2,
		clauses: clauseIds,
		statuteVersion: 1,
	});
	await rejectShareRequest(database.db, { by: board, at, requestId, resolution: { number: 'V 30', on: '2025-06-02' } });
	const terms = await readFurtherTerms(database.db, { by: self, day: '2025-06-03' });
	expect(terms).toMatchObject({
		...{ openRequest: null, decided: [{ count: 2, state: 'rejected', resolution: 'V 30 (2025-06-02)' }] },
	});
	const told = await notices('further-shares-rejected');
	expect(told.at(-1)?.values).toMatchObject({ count: 2 });
	expect(await shares(memberId)).toBe(1);
});
