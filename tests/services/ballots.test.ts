// Ballots: one vote each, acknowledged is counted, two people close, nobody sees the result before.
import { beforeAll, expect, test } from 'vitest';
import type { Choice } from '../../api/ballots/rules.ts';
import { castVote, readReceipt } from '../../api/ballots/service/cast.ts';
import { closeAssembly, confirmClosing, proposeClosing } from '../../api/ballots/service/close.ts';
import { openBallot } from '../../api/ballots/service/open.ts';
import { type BallotInput, prepareBallot, withdrawBallot } from '../../api/ballots/service/prepare.ts';
import { listBallots, listMyBallots, readBallot } from '../../api/ballots/service/read.ts';
import { verifyAuditChain } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { addDays, bankDayFrom, dayOf } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';
import { addMembers, assemblyInSession, board, found, memberOf, supervisory } from './assembly.ts';
import { ballotVotes } from '../../api/ballots/tables.ts';

const database = useDatabase();
let ids: string[] = [];
let investors: string[] = [];

beforeAll(async () => {
	await found(database);
	ids = await addMembers(database, { count: 150 });
	investors = await addMembers(database, { from: 501, count: 20, investing: true });
	await addMembers(database, { from: 601, count: 5, leftOn: '2020-12-31' });
});

const id = (n: number): string => ids[n] ?? '';
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A ballot that is open now and ends in `lastsMs`. */
async function openNow({
	lastsMs = 600_000,
	item,
	...more
}: { lastsMs?: number; item?: Parameters<typeof assemblyInSession>[1] } & Partial<BallotInput> = {}) {
	const { assemblyId, itemId, startsAt } = await assemblyInSession(database, item);
	const at = new Date();
	const closesAt = new Date(at.getTime() + lastsMs);
	const prepared = await prepareBallot(database.db, {
		by: board,
		at,
		agendaItemId: itemId,
		question: 'Wird der Abschluss festgestellt?',
		text: 'Bilanzsumme 4.812.000 €',
		opensAt: startsAt,
		closesAt,
		...more,
	});
	const opened = await openBallot(database.db, { by: board, at, ballotId: prepared.id });
	return { assemblyId, itemId, ballotId: prepared.id, closesAt, prepared, opened };
}

const vote = (memberId: string, ballotId: string, choice: Choice) =>
	castVote(database.db, { by: memberOf(memberId), at: new Date(), ballotId, choice });

async function close(ballotId: string, closesAt: Date) {
	await wait(closesAt.getTime() - Date.now() + 5);
	const at = new Date();
	await proposeClosing(database.db, { by: board, at, ballotId });
	return confirmClosing(database.db, { by: supervisory, at, ballotId });
}

test('a hundred members vote at once, some twice, some changing their mind: one vote each, acknowledged is counted', async () => {
	const { ballotId, closesAt, prepared, opened } = await openNow({ lastsMs: 3_000 });
	expect(opened).toMatchObject({ eligible: 170 });
	const attempts = ids.slice(0, 100).flatMap((memberId, i): [string, Choice][] => {
		const choice: Choice = i % 5 === 0 ? 'no' : i % 7 === 0 ? 'abstain' : 'yes';
		if (i % 10 === 3)
			return [
				[memberId, choice],
				[memberId, choice],
			];
		if (i % 10 === 4)
			return [
				[memberId, 'yes'],
				[memberId, 'no'],
			];
		return [[memberId, choice]];
	});
	const results = await Promise.allSettled(attempts.map(([memberId, choice]) => vote(memberId, ballotId, choice)));
	const counted = new Map<string, string>();
	results.forEach((result, i) => {
		const [memberId, choice] = attempts[i] ?? ['', 'abstain'];
		if (result.status === 'rejected') {
			expect(result.reason).toMatchObject({ kind: 'conflict', code: 'ballots.already-voted' });
			return;
		}
		const { receipt, textHash } = result.value;
		expect(textHash).toBe(prepared.textHash);
		expect(counted.get(memberId) ?? `${choice} ${receipt}`).toBe(`${choice} ${receipt}`);
		counted.set(memberId, `${choice} ${receipt}`);
	});
	expect(counted.size).toBe(100);
	expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
	const stored = await database.owner<
		{ member_id: string; line: string }[]
	>`select member_id, choice || ' ' || receipt as line from ballot_votes where ballot_id = ${ballotId}`;
	expect(new Map(stored.map((row) => [row.member_id, row.line]))).toEqual(counted);
	expect(new Set(stored.map((row) => row.line.split(' ')[1])).size).toBe(100);

	const { result } = await close(ballotId, closesAt);
	const count = (choice: Choice) => [...counted.values()].filter((line) => line.startsWith(choice)).length;
	expect(result.all).toMatchObject({ yes: count('yes'), no: count('no'), abstain: count('abstain') });
	expect(result).toMatchObject({ voters: 100, eligible: 170, adopted: true });
	expect((await verifyAuditChain(database.db, { by: system, keys: testKeys })).broken).toBeNull();
});

test('the same choice again gives the same receipt, another is refused', async () => {
	const { ballotId } = await openNow();
	const first = await vote(id(0), ballotId, 'yes');
	expect(first).toMatchObject({ choice: 'yes', question: 'Wird der Abschluss festgestellt?' });
	expect(first.receipt).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
	expect(await vote(id(0), ballotId, 'yes')).toEqual(first);
	await expect(vote(id(0), ballotId, 'no')).rejects.toMatchObject({ code: 'ballots.already-voted' });
	expect(await readReceipt(database.db, { by: memberOf(id(0)), ballotId })).toEqual(first);
	await expect(readReceipt(database.db, { by: memberOf(id(1)), ballotId })).rejects.toMatchObject({
		kind: 'missing',
		code: 'ballots.no-vote',
	});
});

test('votes around the close: every acknowledged one counts, every other is refused', async () => {
	const { ballotId, closesAt } = await openNow({ lastsMs: 2_500 });
	const votes = ids.map(async (memberId, i) => {
		await wait(closesAt.getTime() - Date.now() - 400 + (i % 100) * 5);
		return vote(memberId, ballotId, i % 2 === 0 ? 'yes' : 'no');
	});
	const closing = (async () => {
		for (;;) {
			try {
				return await proposeClosing(database.db, { by: board, at: new Date(), ballotId });
			} catch (error) {
				if (!(error instanceof Refusal) || error.code !== 'ballots.still-running') throw error;
				await wait(1);
			}
		}
	})();
	const [results] = await Promise.all([Promise.allSettled(votes), closing]);
	const refused = results.filter((r) => r.status === 'rejected');
	expect(refused.every((r) => r.reason.code === 'ballots.over')).toBe(true);
	const { result } = await confirmClosing(database.db, { by: supervisory, at: new Date(), ballotId });
	expect(result.voters).toBe(ids.length - refused.length);
	expect(refused.length).toBeGreaterThan(0);
	expect(result.voters).toBeGreaterThan(0);
	const [late] = await database.owner<
		{ n: number }[]
	>`select count(*)::int as n from ballot_votes v join ballots b on b.id = v.ballot_id where v.ballot_id = ${ballotId} and v.cast_at >= b.closes_at`;
	expect(late?.n).toBe(0);
});

test('who is not a member of the day, is barred, or comes too early or late has no vote', async () => {
	const { ballotId, opened } = await openNow({
		item: { kind: 'resolution', title: 'Entlastung des Vorstands', text: '', subject: 'discharge-board' },
		barredMemberIds: [id(1)],
	});
	expect(opened.eligible).toBe(169);
	const [newcomer = ''] = await addMembers(database, { from: 701, count: 1, joinedOn: '2012-03-15' });
	const [gone] = await database.owner<{ id: string }[]>`select id from members where number = 601`;
	await expect(vote(id(1), ballotId, 'yes')).rejects.toMatchObject({
		kind: 'forbidden',
		code: 'ballots.barred',
		rule: 'V6',
	});
	await expect(vote(newcomer, ballotId, 'yes')).rejects.toMatchObject({
		kind: 'forbidden',
		code: 'ballots.not-entitled',
	});
	await expect(vote(gone?.id ?? '', ballotId, 'yes')).rejects.toMatchObject({ code: 'ballots.not-entitled' });
	await expect(vote(id(2), '01989e33-0000-7000-8000-000000000001', 'yes')).rejects.toMatchObject({
		kind: 'missing',
		code: 'ballots.unknown',
	});
	await expect(castVote(database.db, { by: board, at: new Date(), ballotId, choice: 'yes' })).rejects.toMatchObject({
		code: 'ballots.members-only',
	});
	expect((await readBallot(database.db, { by: memberOf(id(1)), ballotId })).mine).toMatchObject({
		barred: true,
		entitled: false,
		mayVote: false,
	});

	const later = new Date(Date.now() + 600_000);
	const waiting = await openNow({ opensAt: later, closesAt: new Date(later.getTime() + 60_000) });
	await expect(vote(id(2), waiting.ballotId, 'yes')).rejects.toMatchObject({ code: 'ballots.not-open-yet' });
	expect((await readBallot(database.db, { by: memberOf(id(2)), ballotId: waiting.ballotId })).mine).toMatchObject({
		entitled: true,
		mayVote: false,
	});
});

test('closing needs time to be up and two people; the result then stands', async () => {
	const { assemblyId, ballotId, closesAt } = await openNow({ lastsMs: 3_000 });
	for (const [n, choice] of [
		[0, 'yes'],
		[1, 'yes'],
		[2, 'no'],
	] as const)
		await vote(id(n), ballotId, choice);
	for (const investor of investors) await vote(investor, ballotId, 'no');
	await expect(proposeClosing(database.db, { by: board, at: new Date(), ballotId })).rejects.toMatchObject({
		code: 'ballots.still-running',
	});
	await expect(confirmClosing(database.db, { by: supervisory, at: new Date(), ballotId })).rejects.toMatchObject({
		code: 'ballots.wrong-state',
	});
	await expect(closeAssembly(database.db, { by: board, at: new Date(), assemblyId })).rejects.toMatchObject({
		code: 'ballots.unfinished',
	});
	await wait(closesAt.getTime() - Date.now() + 5);
	await expect(proposeClosing(database.db, { by: system, at: new Date(), ballotId })).rejects.toMatchObject({
		code: 'ballots.person-needed',
	});
	await proposeClosing(database.db, { by: board, at: new Date(), ballotId });
	await expect(confirmClosing(database.db, { by: board, at: new Date(), ballotId })).rejects.toMatchObject({
		kind: 'forbidden',
		code: 'ballots.second-person-needed',
	});
	await expect(
		database.owner`update ballots set state = 'closed', closed_at = now(), closed_by = closing_proposed_by where id = ${ballotId}`,
	).rejects.toThrow(/ballots_four_eyes/);

	const confirming = await Promise.allSettled(
		Array.from({ length: 16 }, () => confirmClosing(database.db, { by: supervisory, at: new Date(), ballotId })),
	);
	const [confirmed] = confirming.filter((r) => r.status === 'fulfilled');
	expect(confirming.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
	expect(confirmed?.value.result).toMatchObject({
		adopted: true,
		all: { yes: 2, no: 21, adopted: false },
		ordinary: { yes: 2, no: 1, adopted: true },
		investing: { yes: 0, no: 20, abstain: 0 },
	});
	expect(confirmed?.value.result.explanation.map(({ part }) => part)).toEqual([
		'votes-cast',
		'threshold-simple',
		'reached',
		'investing-would-change',
	]);
	await expect(vote(id(5), ballotId, 'no')).rejects.toMatchObject({ code: 'ballots.over' });
	expect((await readBallot(database.db, { by: memberOf(id(5)), ballotId })).declared).toMatchObject({
		adopted: true,
		result: { voters: 23 },
	});

	await expect(database.owner`update ballot_results set adopted = false`).rejects.toThrow(/append-only/);
	await expect(database.owner`delete from ballot_votes`).rejects.toThrow(/append-only/);
	await expect(database.owner`update ballots set state = 'open' where id = ${ballotId}`).rejects.toThrow(
		/cannot go from closed/,
	);
	await closeAssembly(database.db, { by: board, at: new Date(), assemblyId });
});

test('before the close nobody reads votes of others, members not even after; turnout is a number', async () => {
	const { ballotId, closesAt } = await openNow({ lastsMs: 3_000 });
	await Promise.all(ids.slice(0, 20).map((memberId) => vote(memberId, ballotId, 'yes')));
	const seen = async (by: Parameters<typeof transact>[1]) =>
		(await transact(database.db, by, (tx) => tx.select().from(ballotVotes))).filter((v) => v.ballotId === ballotId);
	expect((await seen(memberOf(id(3)))).map((v) => v.memberId)).toEqual([id(3)]);
	for (const by of [board, supervisory, person(['auditor']), person(['operator']), memberOf(id(100))])
		expect(await seen(by)).toEqual([]);
	const view = await readBallot(database.db, { by: memberOf(id(100)), ballotId });
	expect(view).toMatchObject({
		turnout: 20,
		eligible: expect.any(Number),
		declared: null,
		mine: { choice: null, mayVote: true },
	});
	await close(ballotId, closesAt);
	expect(await seen(board)).toHaveLength(20);
	expect(await seen(person(['auditor']))).toHaveLength(20);
	expect(await seen(memberOf(id(100)))).toEqual([]);
	const entitlements = await transact(database.db, memberOf(id(100)), (tx) =>
		tx.execute(`select distinct member_id from ballot_entitlements`),
	);
	expect([...entitlements]).toEqual([{ member_id: id(100) }]);
});

test('nobody votes past the ballot box, and what is asked cannot change once open', async () => {
	const { ballotId } = await openNow();
	await expect(
		transact(database.db, memberOf(id(7)), (tx) =>
			tx
				.insert(ballotVotes)
				.values({ ballotId, memberId: id(7), choice: 'yes', weight: 3, receipt: 'X', castAt: new Date() }),
		),
	).rejects.toThrow();
	await expect(database.owner`update ballots set question = 'Anders?' where id = ${ballotId}`).rejects.toThrow(
		/cannot/,
	);
	await expect(withdrawBallot(database.db, { by: board, at: new Date(), ballotId })).rejects.toMatchObject({
		code: 'ballots.wrong-state',
	});
	await expect(openBallot(database.db, { by: board, at: new Date(), ballotId })).rejects.toMatchObject({
		code: 'ballots.wrong-state',
	});
});

test('what a member still has to vote on', async () => {
	const { ballotId, assemblyId } = await openNow();
	const by = memberOf(id(20));
	const mine = async () => (await listMyBallots(database.db, { by })).find((ballot) => ballot.id === ballotId);
	expect(await mine()).toMatchObject({
		mine: { mayVote: true, choice: null },
		majority: { rule: 'simple', setBy: 'law' },
		item: { top: 1 },
	});
	const { receipt } = await castVote(database.db, { by, at: new Date(), ballotId, choice: 'abstain' });
	expect(await mine()).toMatchObject({ mine: { mayVote: false, choice: 'abstain', receipt } });
	expect(await listBallots(database.db, { by: board, assemblyId })).toMatchObject([
		{ id: ballotId, turnout: 1, mine: { entitled: false, choice: null } },
	]);
});

test('the program records a ballot of the past with its own times', async () => {
	const { ballotId, closesAt } = await openNow({ lastsMs: 100 });
	await wait(150);
	const at = new Date(closesAt.getTime() - 50);
	expect(await castVote(database.db, { by: system, at, ballotId, memberId: id(0), choice: 'yes' })).toMatchObject({
		castAt: at.toISOString(),
	});
	await expect(
		castVote(database.db, { by: system, at: closesAt, ballotId, memberId: id(1), choice: 'yes' }),
	).rejects.toMatchObject({ code: 'ballots.over' });
});

test('preparing checks subject, window, payout day and bars', async () => {
	const profit = { kind: 'resolution' as const, title: 'Gewinnverwendung', text: '', subject: 'profit-use' as const };
	const discharge = { kind: 'resolution' as const, title: 'Entlastung', text: '', subject: 'discharge-board' as const };
	await expect(openNow({ item: { kind: 'report', title: 'Bericht', text: '' } })).rejects.toMatchObject({
		code: 'ballots.nothing-to-decide',
	});
	await expect(openNow({ item: profit })).rejects.toMatchObject({ code: 'ballots.payout-day-missing', rule: 'T-07' });
	await expect(openNow({ item: discharge })).rejects.toMatchObject({ code: 'ballots.nobody-barred', rule: 'V6' });
	await expect(
		openNow({ item: discharge, barredMemberIds: ['01989e33-0000-7000-8000-000000000001'] }),
	).rejects.toMatchObject({ code: 'ballots.unknown-member' });
	await expect(openNow({ barredMemberIds: [id(0)] })).rejects.toMatchObject({ code: 'ballots.bar-not-expected' });
	await expect(openNow({ closesAt: new Date(Date.now() + 30 * 3_600_000) })).rejects.toMatchObject({
		code: 'ballots.window-outside-assembly',
		rule: 'F7',
	});
	await expect(openNow({ lastsMs: -1 })).rejects.toMatchObject({ code: 'ballots.over' });
});

/** A closed year with a proposal to distribute 1,000 €. */
async function proposal(year: number): Promise<string> {
	await database.owner`
		insert into fiscal_years (year, start_on, end_on, first_year, state, result_cents, profit_forward_cents, loss_forward_cents, legal_reserve_before_cents,
			board_reserve_cents, released_cents, free_reserves_cents, blocked_cents, legal_reserve_cents, balance_sheet_profit_cents, distributable_cents,
			statute_version, recorded_by, recorded_at)
		values (${year}, ${`${year}-01-01`}::date, ${`${year}-12-31`}::date, false, 'proposed', 200000, 0, 0, 0, 0, 0, 0, 0, 20000, 180000, 180000, 1, uuidv7(), now())`;
	const [row] = await database.owner<{ id: string }[]>`
		insert into dividend_proposals (year, balances_cents, pot_cents, to_other_reserves_cents, carried_forward_cents, payout_on, proposed_by, proposed_at)
		values (${year}, 5000000, 100000, 0, 80000, ${payoutOn}::date, uuidv7(), now()) returning id`;
	return row?.id ?? '';
}
const payoutOn = bankDayFrom(addDays(dayOf(new Date()), 14));

test.each([
	['yes', 'adopted', 'resolved'],
	['no', 'rejected', 'recorded'],
] as const)('a vote of %s on the use of profit: the proposal is %s, the year %s', async (choice, state, yearState) => {
	const year = choice === 'yes' ? 2024 : 2025;
	const proposalId = await proposal(year);
	const item = { kind: 'resolution', title: 'Gewinnverwendung', text: '', subject: 'profit-use', proposalId } as const;
	const { ballotId, closesAt } = await openNow({ lastsMs: 2_500, item });
	await vote(id(0), ballotId, choice);
	await close(ballotId, closesAt);
	const [stored] = await database.owner`
		select p.state, p.ballot_id, p.payout_on::text, p.resolved_on::text, y.state as year_state from dividend_proposals p join fiscal_years y using (year) where p.id = ${proposalId}`;
	expect(stored).toEqual({
		state,
		ballot_id: ballotId,
		payout_on: payoutOn,
		resolved_on: dayOf(new Date()),
		year_state: yearState,
	});
});

test('members cannot prepare, open or close', async () => {
	const { ballotId, itemId } = await openNow();
	const by = memberOf(id(0));
	await expect(
		prepareBallot(database.db, {
			by,
			at: new Date(),
			agendaItemId: itemId,
			question: 'Q?',
			text: '',
			opensAt: new Date(),
			closesAt: new Date(Date.now() + 1_000),
		}),
	).rejects.toThrow();
	await expect(proposeClosing(database.db, { by, at: new Date(), ballotId })).rejects.toThrow();
});
