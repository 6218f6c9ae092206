// Moving in, all or nothing: members with numbers, register, movements, dues, balances and mandates in a few set-based statements.
import { randomUUID } from 'node:crypto';
import { asc, eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { accounts, type Posting } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { journalHead } from '../../ledger/tables.ts';
import { displayNameOf, searchTextOf } from '../../members/rules.ts';
import { memberCounter } from '../../members/tables.ts';
import { settleClaims } from '../../shares/service/claims.ts';
import { exits, settlements } from '../../shares/tables.ts';
import { completedTerms } from '../../statute/rules.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { statuteVersions } from '../../statute/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { addMonths, type Day, dayOf } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Arrival } from '../rules/check.ts';
import { type MovingCounts, movingFiles, movings } from '../tables.ts';
import { lockOpen } from './files.ts';
import { checked, sumsOfArrivals } from './preview.ts';

/** Rows go to the database as one JSON text, so many at a time. */
const portion = 2_000;

async function inPortions<T>(rows: readonly T[], insert: (json: string) => Promise<unknown>): Promise<void> {
	for (let i = 0; i < rows.length; i += portion) await insert(JSON.stringify(rows.slice(i, i + portion)));
}

async function newIds(tx: Tx, count: number): Promise<string[]> {
	const rows = await tx.execute<{ id: string }>(sql`select uuidv7() as id from generate_series(1, ${count}::int)`);
	return rows.map(({ id }) => id).sort();
}

/** An arrival with the id of the member it becomes. */
type Settler = Arrival & { id: string };

const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;

async function insertMembers(tx: Tx, keys: Keys, movingId: string, settlers: readonly Settler[]): Promise<void> {
	const rows = settlers.map(({ id, number, kind, investing, name, address, ...who }) => ({
		...{ id, number, kind, investing, ...address, email: who.email, phone: who.phone },
		family_name: 'familyName' in name ? name.familyName : null,
		given_names: 'givenNames' in name ? name.givenNames : null,
		organisation: 'organisation' in name ? name.organisation : null,
		...{ representative: who.representative, joined_on: who.joinedOn, left_on: who.leftOn },
		search_text: searchTextOf(number, name, address.town),
	}));
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into members (id, number, kind, investing, family_name, given_names, organisation, representative, street, postcode, town, country, email, phone, joined_on, left_on, search_text)
			select * from json_to_recordset(${json}::text::json) as r (id uuid, number int, kind text, investing boolean, family_name text, given_names text, organisation text,
				representative text, street text, postcode text, town text, country text, email text, phone text, joined_on date, left_on date, search_text text)`),
	);
	const sealed = (row: string, column: string, text: string | null) =>
		text === null ? null : hex(seal(keys, { table: 'member_secrets', column, row }, text));
	const secrets = settlers.map(({ id, iban, taxId, birthDate, accountHolder }) => ({
		...{
			member_id: id,
			iban: sealed(id, 'iban', iban),
			iban_blind: iban === null ? null : hex(blindIndex(keys, iban)),
		},
		...{ iban_last4: iban?.slice(-4) ?? null, account_holder: accountHolder, tax_id: sealed(id, 'tax_id', taxId) },
		...{ tax_id_last4: taxId?.slice(-4) ?? null, birth_date: sealed(id, 'birth_date', birthDate) },
	}));
	await inPortions(secrets, (json) =>
		tx.execute(sql`
			insert into member_secrets (member_id, iban, iban_blind, iban_last4, account_holder, tax_id, tax_id_last4, birth_date)
			select member_id, decode(iban, 'hex'), decode(iban_blind, 'hex'), iban_last4, account_holder, decode(tax_id, 'hex'), tax_id_last4, decode(birth_date, 'hex')
			from json_to_recordset(${json}::text::json) as r (member_id uuid, iban text, iban_blind text, iban_last4 text, account_holder text, tax_id text, tax_id_last4 text, birth_date text)`),
	);
	await inPortions(
		settlers.map(({ id }) => id),
		(json) =>
			tx.execute(
				sql`insert into moving_members (moving_id, member_id) select ${movingId}, value::uuid from json_array_elements_text(${json}::text::json)`,
			),
	);
}

/** Register events with the historical days: joined, each change of shares, left; all recorded now (M-20, M-21). */
async function enterHistory(tx: Tx, settlers: readonly Settler[], at: Date, basis: string): Promise<number> {
	const rows = settlers.flatMap(({ id, name, address, joinedOn, leftOn, movements }) => {
		const [first, ...later] = movements;
		const atExit = later.filter(({ on }) => on === leftOn);
		const event = (kind: string, on: Day, change: number, said: string | null) => ({
			...{ member_id: id, kind, effective_on: on, shares_change: change, basis: said ?? basis },
			...(kind === 'joined' ? { name, address } : {}),
		});
		return [
			event('joined', joinedOn, first?.count ?? 0, first?.basis ?? null),
			...later
				.filter((one) => !atExit.includes(one))
				.map(({ on, count, basis: said }) => event('changed', on, count, said)),
			...(leftOn === null
				? []
				: [
						event(
							'left',
							leftOn,
							atExit.reduce((sum, { count }) => sum + count, 0),
							atExit.at(-1)?.basis ?? null,
						),
					]),
		];
	});
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into register_events (member_id, kind, effective_on, recorded_at, name, address, shares_change, basis)
			select member_id, kind, effective_on, ${at.toISOString()}::timestamptz, name, address, shares_change, basis
			from json_to_recordset(${json}::text::json) as r (member_id uuid, kind text, effective_on date, name jsonb, address jsonb, shares_change int, basis text)`),
	);
	return rows.length;
}

async function insertShares(
	tx: Tx,
	settlers: readonly Settler[],
	at: Date,
	basis: string,
): Promise<{ movements: number; dues: number; exits: Map<string, string> }> {
	const ids = await newIds(
		tx,
		settlers.reduce((sum, { movements }) => sum + movements.length, 0),
	);
	let next = 0;
	const exitOf = new Map<string, string>();
	const dues: { movement_id: string; member_id: string; due_on: Day; amount_cents: number }[] = [];
	const rows = settlers.flatMap((settler) => {
		const own = settler.movements.map((movement) => ({ ...movement, id: ids[next++] ?? '' }));
		for (const { day, cents } of settler.dues) {
			if (cents === 0) continue;
			const movement = own.findLast(({ on, count }) => on <= day && count > 0) ?? own[0];
			dues.push({ movement_id: movement?.id ?? '', member_id: settler.id, due_on: day, amount_cents: cents });
		}
		const last = own.findLast(({ on, count }) => on === settler.leftOn && count < 0);
		if (last) exitOf.set(settler.id, last.id);
		return own.map(({ id, on, kind, count, nominalCents, basis: said }) => ({
			...{
				id,
				member_id: settler.id,
				kind,
				count,
				nominal_cents: nominalCents,
				effective_on: on,
				resolution: said ?? basis,
			},
		}));
	});
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into share_movements (id, member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
			select id, member_id, kind, count, nominal_cents, effective_on, ${at.toISOString()}::timestamptz, resolution
			from json_to_recordset(${json}::text::json) as r (id uuid, member_id uuid, kind text, count int, nominal_cents bigint, effective_on date, resolution text)`),
	);
	await inPortions(dues, (json) =>
		tx.execute(sql`
			insert into share_dues (movement_id, member_id, due_on, amount_cents, recorded_at)
			select movement_id, member_id, due_on, amount_cents, ${at.toISOString()}::timestamptz
			from json_to_recordset(${json}::text::json) as r (movement_id uuid, member_id uuid, due_on date, amount_cents bigint)`),
	);
	return { movements: rows.length, dues: dues.length, exits: exitOf };
}

/** Opening entries, one a day: balances and what is owed to former members, against the account of opening balances. */
async function openBalances(
	tx: Tx,
	settlers: readonly Settler[],
	{ by, at, reference }: { by: Actor; at: Date; reference: string },
): Promise<Map<Day, number>> {
	const days = new Map<Day, Posting[]>();
	for (const { id, paid, settled } of settlers) {
		const sums = new Map<Day, { paid: number; settled: number }>();
		const sumOn = (day: Day) => {
			const sum = sums.get(day) ?? { paid: 0, settled: 0 };
			sums.set(day, sum);
			return sum;
		};
		for (const { day, cents } of paid) sumOn(day).paid += cents;
		for (const { day, cents } of settled) sumOn(day).settled += cents;
		for (const [day, sum] of sums) {
			const lines = days.get(day) ?? [];
			if (sum.paid !== 0) lines.push({ account: accounts.memberBalances, memberId: id, cents: -sum.paid });
			if (sum.settled !== 0) lines.push({ account: accounts.settlements, memberId: id, cents: -sum.settled });
			if (lines.length > 0) days.set(day, lines);
		}
	}
	const entries = new Map<Day, number>();
	for (const bookedOn of [...days.keys()].sort()) {
		const lines = days.get(bookedOn) ?? [];
		const contra = lines.reduce((sum, { cents }) => sum - cents, 0);
		const postings = contra === 0 ? lines : [{ account: accounts.openingBalances, cents: contra }, ...lines];
		const text = 'Übernahme der Geschäftsguthaben';
		entries.set(
			bookedOn,
			await postEntry(tx, { by, at, entry: { bookedOn, kind: 'opening', text, reference, postings } }),
		);
	}
	return entries;
}

/** What is still owed to former members takes its place in the queue of settlements, determined before the move (M-70). */
async function queueSettlements(
	tx: Tx,
	settlers: readonly Settler[],
	{
		by,
		at,
		basis,
		exitMovements,
		entries,
	}: {
		by: Actor;
		at: Date;
		basis: string;
		exitMovements: ReadonlyMap<string, string>;
		entries: ReadonlyMap<Day, number>;
	},
): Promise<number> {
	const owed = settlers.flatMap(({ id, leftOn, settled }) => {
		const balanceCents = settled.reduce((sum, { cents }) => sum + cents, 0);
		return leftOn !== null && balanceCents > 0 ? [{ memberId: id, leftOn, balanceCents }] : [];
	});
	if (owed.length === 0) return 0;
	const versions = await tx
		.select()
		.from(statuteVersions)
		.orderBy(asc(statuteVersions.validFrom), asc(statuteVersions.version));
	const closing = { state: 'effective' as const, closedAt: at, closedBy: by.personId };
	for (let i = 0; i < owed.length; i += 500) {
		const some = owed.slice(i, i + 500).map((one) => {
			const statute = versions.findLast(({ validFrom }) => validFrom <= one.leftOn) ?? versions[0];
			if (!statute) throw new Error('there is no statute');
			return { ...one, exitId: randomUUID(), statute };
		});
		await tx.insert(exits).values(
			some.map(({ memberId, leftOn, exitId, statute }) => ({
				...{ id: exitId, memberId, cause: 'notice' as const, receivedOn: leftOn, effectiveOn: leftOn },
				...{ statuteVersion: statute.version, form: 'paper' as const, proof: {}, steps: [], basis },
				...{ recordedAt: at, recordedBy: by.personId, movementId: exitMovements.get(memberId) ?? null, ...closing },
			})),
		);
		await tx.insert(settlements).values(
			some.map(({ memberId, leftOn, balanceCents, exitId, statute }) => ({
				...{ exitId, memberId, exitOn: leftOn, receivedOn: leftOn, balanceCents, entry: entries.get(leftOn) ?? 0 },
				dueOn: addMonths(leftOn, completedTerms(statute.terms).payoutMonths),
				...{
					lossShareCents: 0,
					determinedAt: at,
					determinedBy: by.personId,
					basis,
					determinedEntry: entries.get(leftOn) ?? 0,
				},
			})),
		);
	}
	return owed.length;
}

/** Mandates given to the cooperative before (B-14); the paper stays with the board. */
async function insertMandates(
	tx: Tx,
	keys: Keys,
	settlers: readonly Settler[],
	{ by, at }: { by: Actor; at: Date },
): Promise<number> {
	const giving = settlers.filter(({ mandate }) => mandate !== null);
	if (giving.length === 0) return 0;
	const { name, street, postcode, town, creditorId } = await cooperativeOf(tx);
	const ids = await newIds(tx, giving.length);
	const rows = giving.flatMap((settler, i) => {
		const { mandate } = settler;
		const id = ids[i] ?? '';
		if (!mandate) return [];
		const { iban, reference, signedOn } = mandate;
		return {
			...{ id, member_id: settler.id, reference, signed_on: signedOn, ...settler.address },
			debtor_name: mandate.accountHolder ?? settler.accountHolder ?? displayNameOf(settler.name),
			iban: hex(seal(keys, { table: 'mandates', column: 'iban', row: id }, iban)),
			...{ iban_blind: hex(blindIndex(keys, iban)), iban_masked: maskedIban(iban) },
		};
	});
	const authorisation = 'Mandat aus dem übernommenen Bestand; es liegt dem Vorstand im Original vor.';
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into mandates (id, member_id, reference, kind, channel, creditor_name, creditor_address, creditor_id, debtor_name, street, postcode, town, country,
				iban, iban_blind, iban_masked, signed_on, signed_place, authorisation, recorded_at, recorded_by)
			select id, member_id, reference, 'recurring', 'paper', ${name}, ${`${street}, ${postcode} ${town}`}, ${creditorId}, debtor_name, street, postcode, town, country,
				decode(iban, 'hex'), decode(iban_blind, 'hex'), iban_masked, signed_on, '', ${authorisation}, ${at.toISOString()}::timestamptz, ${by.personId}::uuid
			from json_to_recordset(${json}::text::json) as r (id uuid, member_id uuid, reference text, debtor_name text, street text, postcode text, town text, country text,
				iban text, iban_blind text, iban_masked text, signed_on date)`),
	);
	return rows.length;
}

/**
 * Brings the open move in, all or nothing: members under their old numbers, register and movements with their historical days, balances
 * as opening entries, what is due, mandates. What is brought in is what was looked at (`fingerprint` of the preview). Afterwards the
 * rows of the files are forgotten. Refuses conflict `moving.not-open`, `moving.changed-since`, `moving.has-problems` {errors},
 * `moving.nothing`, and what `postEntry` refuses.
 */
export function commitMoving(
	db: Database,
	{ by, at, key, keys, fingerprint }: Command & { keys: Keys; fingerprint: string },
): Promise<{ movingId: string; counts: MovingCounts }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const open = await lockOpen(tx);
		// Whoever admits members waits: numbers stay as they were checked.
		const [counter] = await tx.select().from(memberCounter).for('update');
		const { arrivals, problems, fingerprint: found, tables } = await checked(tx, keys, open, at);
		if (found !== fingerprint) throw new Refusal('conflict', 'moving.changed-since');
		const errors = problems.filter(({ severity }) => severity === 'error').length;
		if (errors > 0) throw new Refusal('conflict', 'moving.has-problems', { errors });
		if (arrivals.length === 0) throw new Refusal('conflict', 'moving.nothing');
		const ids = await newIds(tx, arrivals.length);
		const settlers = [...arrivals]
			.sort((a, b) => a.number - b.number)
			.map((arrival, i): Settler => ({ ...arrival, id: ids[i] ?? '' }));
		const numberBefore = counter?.lastNumber ?? 0;
		const highest = settlers.at(-1)?.number ?? 0;
		await tx.update(memberCounter).set({ lastNumber: Math.max(numberBefore, highest) });
		const basis = `Übernahme des Bestands am ${dayOf(at).split('-').reverse().join('.')}`;
		await insertMembers(tx, keys, open.id, settlers);
		const events = await enterHistory(tx, settlers, at, basis);
		const { movements, dues, exits: exitMovements } = await insertShares(tx, settlers, at, basis);
		const mandates = await insertMandates(tx, keys, settlers, { by, at });
		const [before] = await tx.select().from(journalHead).for('update');
		const opened = await openBalances(tx, settlers, { by, at, reference: `Umzug ${open.id.slice(-8)}` });
		const queued = await queueSettlements(tx, settlers, { by, at, basis, exitMovements, entries: opened });
		const owing = settlers.filter(({ dues: due, paid }) => due !== paid);
		if (owing.length > 0) {
			const from = owing.flatMap(({ dues: due }) => due.map(({ day }) => day)).sort()[0] ?? dayOf(at);
			for (let i = 0; i < owing.length; i += portion) {
				const memberIds = owing.slice(i, i + portion).map(({ id }) => id);
				await settleClaims(tx, { by, at, memberIds, from });
			}
		}
		const [after] = await tx.select().from(journalHead);
		const entryBefore = before?.number ?? 0;
		const entries = (after?.number ?? 0) - entryBefore;
		const { claimCents: _claims, ...sums } = sumsOfArrivals(arrivals, dayOf(at));
		const counts: MovingCounts = { ...sums, movements, dues, events, mandates, entries, settlements: queued };
		await tx.update(movingFiles).set({ rows: null }).where(eq(movingFiles.movingId, open.id));
		await tx
			.update(movings)
			.set({
				...{ state: 'committed', committedAt: at, committedBy: by.personId, counts, entryBefore, numberBefore },
				...(entries > 0 ? { firstEntry: entryBefore + 1, lastEntry: entryBefore + entries } : {}),
			})
			.where(eq(movings.id, open.id));
		note({
			action: 'moving.commit',
			subject: `moving ${open.id}`,
			after: { counts, fingerprint, files: tables.length },
		});
		return { movingId: open.id, counts };
	});
}
