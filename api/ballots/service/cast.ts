// Casting a vote: whatever arrived while the last commit ran goes into the next statement; acknowledged means durable.
import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { type Actor, systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type BallotState, type Choice, receiptOf } from '../rules.ts';

/** Proof that a vote has reached the urn: what was asked (hash of the text), what was chosen, its code. Instants as ISO text. */
export interface Receipt {
	ballotId: string;
	question: string;
	/** sha256 of question and text, hex */
	textHash: string;
	choice: Choice;
	/** 'XXXX-XXXX-XXXX-XXXX' */
	receipt: string;
	castAt: string;
}

/** A vote as it arrives. `memberId` and `at` are only the program's to give, when it records the past; people vote for themselves, now. */
export interface VoteInput {
	by: Actor;
	at: Date;
	ballotId: string;
	choice: Choice;
	memberId?: string | undefined;
}

interface Waiting {
	ballotId: string;
	memberId: string;
	choice: Choice;
	code: string;
	/** when it was asked for, for the log */
	at: Date;
	/** the time that counts where the program records the past; null: the database's clock */
	castAt: Date | null;
	resolve: (receipt: Receipt) => void;
	reject: (error: unknown) => void;
}

interface Box {
	waiting: Waiting[];
	running: boolean;
}

/** Votes of one statement at most; more wait for the next. */
const batchSize = 1_000;

// Only votes not yet acknowledged are held here; a crash loses none that anybody was told of.
const boxes = new WeakMap<Database, Box>();

/**
 * Casts a vote, once per ballot and member. The same choice again gives the same receipt. The database's clock and the ballot's row
 * decide whether it is in time. Votes that arrive together are stored by one statement, each acknowledged after its commit.
 * Refuses: ballots.members-only (forbidden), ballots.unknown (missing), ballots.not-entitled (forbidden), ballots.barred (forbidden, V6),
 * ballots.not-open-yet (conflict), ballots.over (conflict), ballots.already-voted (conflict).
 */
export function castVote(db: Database, { by, at, ballotId, choice, memberId }: VoteInput): Promise<Receipt> {
	const recording = by.kind === 'system';
	const voter = recording ? memberId : by.memberId;
	if (!voter || by.kind === 'device') return Promise.reject(new Refusal('forbidden', 'ballots.members-only'));
	const box = boxes.get(db) ?? { waiting: [], running: false };
	boxes.set(db, box);
	return new Promise((resolve, reject) => {
		const code = receiptOf(randomBytes(10));
		const ids = { ballotId: ballotId.toLowerCase(), memberId: voter.toLowerCase() };
		box.waiting.push({ ...ids, choice, code, at, castAt: recording ? at : null, resolve, reject });
		if (!box.running) void empty(db, box);
	});
}

async function empty(db: Database, box: Box): Promise<void> {
	box.running = true;
	while (box.waiting.length > 0) {
		// What the network has already delivered comes along; without this every other batch is a single vote.
		await turn();
		const batch = box.waiting.splice(0, batchSize);
		try {
			const stored = await store(db, batch);
			for (const vote of batch) acknowledge(vote, stored.get(`${vote.ballotId} ${vote.memberId}`));
		} catch (error) {
			for (const vote of batch) vote.reject(error);
		}
	}
	box.running = false;
}

interface Outcome {
	[column: string]: unknown;
	ballotId: string;
	memberId: string;
	question: string;
	textHash: string;
	state: BallotState;
	tooEarly: boolean;
	entitled: boolean;
	barred: boolean;
	/** the vote that counts, if there is one */
	choice: Choice | null;
	receipt: string | null;
	castAt: string | null;
}

const keyOf = ({ ballotId, memberId }: { ballotId: string; memberId: string }): string => `${ballotId} ${memberId}`;

/** One transaction: stores what may be stored, and says of every vote what stands now. */
async function store(db: Database, batch: readonly Waiting[]): Promise<Map<string, Outcome>> {
	const at = new Date(Math.max(...batch.map((vote) => vote.at.getTime())));
	const outcomes = await write(db, { by: systemActor('ballots.box'), at }, async (tx, note) => {
		const kept = await insert(tx, batch);
		const lines = new Map<string, string[]>();
		for (const { ballotId, memberId, choice, receipt } of kept) {
			lines.set(ballotId, [...(lines.get(ballotId) ?? []), `${memberId} ${choice} ${receipt}`]);
		}
		for (const [ballotId, votes] of lines) {
			// The chain binds who voted what without telling anybody before the close: the receipts are random.
			const votesHash = createHash('sha256').update(votes.sort().join('\n')).digest('hex');
			note({ action: 'ballots.cast-vote', subject: `ballot ${ballotId}`, after: { votes: votes.length, votesHash } });
		}
		const stored = new Set(kept.map(keyOf));
		const others = batch.filter((vote) => !stored.has(keyOf(vote)));
		return others.length === 0 ? kept : [...kept, ...(await outcomesOf(tx, others))];
	});
	return new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]));
}

const isoMillis = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';
const list = <T>(values: readonly T[]) => sql`${sql.param(values)}`;

/** Stores the votes that are in time and allowed. The shared lock on the ballots makes a closing wait, and waits for one. */
async function insert(tx: Tx, batch: readonly Waiting[]): Promise<Outcome[]> {
	const rows = await tx.execute<Outcome>(sql`
		with box as materialized (
			select id, opens_at, closes_at, question, text_hash, state from ballots
			where id = any(${list(batch.map((v) => v.ballotId))}::uuid[]) and state = 'open' order by id for share
		), moment as materialized (
			-- counted over the box, so that the clock is read once the locks are held
			select date_trunc('milliseconds', clock_timestamp()) as now from (select count(*) from box) locked
		), kept as (
			insert into ballot_votes (ballot_id, member_id, choice, weight, receipt, cast_at)
			select v.ballot_id, v.member_id, v.choice, e.weight, v.receipt, coalesce(v.at::timestamptz, now)
			from unnest(
				${list(batch.map((v) => v.ballotId))}::uuid[], ${list(batch.map((v) => v.memberId))}::uuid[], ${list(batch.map((v) => v.choice))}::text[],
				${list(batch.map((v) => v.code))}::text[], ${list(batch.map((v) => v.castAt?.toISOString() ?? null))}::text[]
			) v (ballot_id, member_id, choice, receipt, at)
			cross join moment
			join box on box.id = v.ballot_id and coalesce(v.at::timestamptz, now) >= box.opens_at and coalesce(v.at::timestamptz, now) < box.closes_at
			join ballot_entitlements e on e.ballot_id = v.ballot_id and e.member_id = v.member_id and not e.barred
			order by v.ballot_id, v.member_id
			on conflict (ballot_id, member_id) do nothing
			returning ballot_id, member_id, choice, receipt, cast_at
		)
		select kept.ballot_id as "ballotId", kept.member_id as "memberId", box.question, box.text_hash as "textHash", box.state,
			false as "tooEarly", true as entitled, false as barred,
			kept.choice, kept.receipt, to_char(kept.cast_at at time zone 'UTC', ${isoMillis}) as "castAt"
		from kept join box on box.id = kept.ballot_id`);
	return [...rows];
}

async function outcomesOf(tx: Tx, batch: readonly { ballotId: string; memberId: string }[]): Promise<Outcome[]> {
	const rows = await tx.execute<Outcome>(sql`
		select distinct b.id as "ballotId", w.member_id as "memberId", b.question, b.text_hash as "textHash", b.state,
			clock_timestamp() < b.opens_at as "tooEarly", e.member_id is not null as entitled, coalesce(e.barred, false) as barred,
			v.choice, v.receipt, to_char(v.cast_at at time zone 'UTC', ${isoMillis}) as "castAt"
		from unnest(${list(batch.map((v) => v.ballotId))}::uuid[], ${list(batch.map((v) => v.memberId))}::uuid[]) w (ballot_id, member_id)
		join ballots b on b.id = w.ballot_id
		left join ballot_entitlements e on e.ballot_id = b.id and e.member_id = w.member_id
		left join ballot_votes v on v.ballot_id = b.id and v.member_id = w.member_id`);
	return [...rows];
}

function acknowledge(vote: Waiting, outcome: Outcome | undefined): void {
	const receipt = outcome && receiptFrom(outcome);
	if (receipt && receipt.choice === vote.choice) vote.resolve(receipt);
	else vote.reject(refusalFor(outcome, receipt !== undefined));
}

function refusalFor(outcome: Outcome | undefined, voted: boolean): Refusal {
	if (!outcome) return new Refusal('missing', 'ballots.unknown');
	if (voted) return new Refusal('conflict', 'ballots.already-voted');
	if (outcome.state === 'prepared') return new Refusal('conflict', 'ballots.not-open-yet');
	if (!outcome.entitled) return new Refusal('forbidden', 'ballots.not-entitled', {}, { rule: 'V1' });
	if (outcome.barred) return new Refusal('forbidden', 'ballots.barred', {}, { rule: 'V6' });
	return new Refusal(
		'conflict',
		outcome.state === 'open' && outcome.tooEarly ? 'ballots.not-open-yet' : 'ballots.over',
	);
}

function receiptFrom({ ballotId, question, textHash, choice, receipt, castAt }: Outcome): Receipt | undefined {
	return choice && receipt && castAt ? { ballotId, question, textHash, choice, receipt, castAt } : undefined;
}

/** The asking member's own receipt. Refuses: ballots.unknown (missing), ballots.no-vote (missing), ballots.members-only (forbidden). */
export async function readReceipt(db: Database, { by, ballotId }: { by: Actor; ballotId: string }): Promise<Receipt> {
	const { memberId } = by;
	if (!memberId) throw new Refusal('forbidden', 'ballots.members-only');
	const [outcome] = await transact(db, by, (tx) => outcomesOf(tx, [{ ballotId, memberId }]));
	if (!outcome) throw new Refusal('missing', 'ballots.unknown');
	const receipt = receiptFrom(outcome);
	if (!receipt) throw new Refusal('missing', 'ballots.no-vote');
	return receipt;
}
