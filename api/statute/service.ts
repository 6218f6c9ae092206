// The cooperative's own facts and its statute by day. Changes of the statute are in service/change.ts.
import { desc, eq, lte } from 'drizzle-orm';
import { createPerson, preparePassword } from '../accounts/service/people.ts';
import { checkSetupCode } from '../accounts/service/setup.ts';
import { throttle } from '../accounts/service/throttle.ts';
import { type Command, type Note, write } from '../audit/service.ts';
import type { Keys } from '../config.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import type { Actor } from '../values/actor.ts';
import type { Day } from '../values/calendar.ts';
import { isCreditorId, isIban, normalised } from '../values/identifiers.ts';
import { Refusal } from '../values/refusal.ts';
import { checkTerms, checkValidFrom } from './rules/bounds.ts';
import { completedTerms, type StatuteTerms, suggestedTerms } from './rules.ts';
import { cooperative, statuteVersions } from './tables.ts';

/** The cooperative as everybody may know it, and the account it pays from. */
export interface CooperativeFacts {
	name: string;
	street: string;
	postcode: string;
	town: string;
	registerCourt: string;
	registerNumber: string;
	email: string;
	creditorId: string | null;
	iban: string | null;
	/** 1 to 12 */
	fiscalYearEndMonth: number;
}

/** A statute in force: its terms, since when, and the number that joining members confirm to have received. */
export interface Statute {
	version: number;
	validFrom: Day;
	terms: StatuteTerms;
	source: string;
}

function cleaned<F extends { creditorId?: string | null; iban?: string | null }>(facts: F): F {
	const creditorId = facts.creditorId ? normalised(facts.creditorId) : facts.creditorId;
	const iban = facts.iban ? normalised(facts.iban) : facts.iban;
	if (creditorId && !isCreditorId(creditorId)) {
		throw new Refusal('invalid', 'statute.creditor-id-wrong', {}, { rule: 'B-02', field: 'creditorId' });
	}
	if (iban && !isIban(iban)) throw new Refusal('invalid', 'statute.iban-wrong', {}, { rule: 'B-01', field: 'iban' });
	return { ...facts, ...(creditorId === undefined ? {} : { creditorId }), ...(iban === undefined ? {} : { iban }) };
}

/**
 * Founds the cooperative in this installation: its facts and the first version of its statute.
 * Refuses conflict `statute.already-set-up`; invalid `statute.creditor-id-wrong`, `statute.iban-wrong`, `statute.day-unknown`
 * and everything `checkTerms` refuses.
 */
export async function setUpCooperative(
	tx: Tx,
	note: Note,
	{
		at,
		facts,
		terms,
		validFrom,
		source,
	}: { at: Date; facts: CooperativeFacts; terms: StatuteTerms; validFrom: Day; source: string },
): Promise<void> {
	checkTerms(terms);
	checkValidFrom(validFrom, undefined);
	const founded = await tx
		.insert(cooperative)
		.values({ ...cleaned(facts), setUpAt: at })
		.onConflictDoNothing()
		.returning({ one: cooperative.one });
	if (founded.length === 0) throw new Refusal('conflict', 'statute.already-set-up');
	await tx.insert(statuteVersions).values({ version: 1, validFrom, terms, source, recordedAt: at });
	note({ action: 'statute.set-up', subject: 'cooperative', after: { ...facts, validFrom, terms } });
}

/** What the first visitor's page needs: whether there is anything to set up, and terms to begin with. */
export async function readSetup(
	db: Database,
	{ by }: { by: Actor },
): Promise<{ open: boolean; suggestedTerms: StatuteTerms }> {
	return { open: (await readCooperative(db, { by })) === null, suggestedTerms };
}

/** The first board member, who sets everything up. */
export interface Founder {
	name: string;
	email: string;
	password: string;
	locale: 'de' | 'en';
}

/**
 * The first visit: with the one-time code from the console the cooperative, its statute and the first board account are made, all or
 * nothing. Refuses forbidden `accounts.setup-code-wrong`; conflict `accounts.setup-done`, `statute.already-set-up`;
 * throttled `accounts.throttled`; and what `setUpCooperative`, `preparePassword` and `createPerson` refuse.
 */
export async function foundCooperative(
	db: Database,
	{
		by,
		at,
		keys,
		code,
		address,
		founder,
		facts,
		terms,
		validFrom,
		source,
	}: Command & {
		keys: Keys;
		code: string;
		address: string;
		founder: Founder;
		facts: CooperativeFacts;
		terms: StatuteTerms;
		validFrom: Day;
		source: string;
	},
): Promise<{ personId: string }> {
	const permit = await throttle(db, { at, keys, what: 'setup', pace: 'guess', address });
	const { name, email, locale } = founder;
	const password = await preparePassword(founder.password, { secondFactor: true, known: [name, email, facts.name] });
	const made = await write(db, { by, at }, async (tx, note) => {
		await checkSetupCode(tx, { code, at });
		await setUpCooperative(tx, note, { at, facts, terms, validFrom, source });
		return { personId: await createPerson(tx, note, { at, name, email, locale, roles: ['board'], password }) };
	});
	await permit.succeeded();
	return made;
}

/** The cooperative's facts inside a running transaction. Refuses missing `statute.not-set-up`. */
export async function cooperativeOf(tx: Tx): Promise<CooperativeFacts> {
	const [row] = await tx.select().from(cooperative);
	if (!row) throw new Refusal('missing', 'statute.not-set-up');
	const { one: _one, setUpAt: _setUpAt, ...facts } = row;
	return facts;
}

/** The cooperative's public facts; null before the set-up. The bank account stays with staff. */
export function readCooperative(db: Database, { by }: { by: Actor }): Promise<Omit<CooperativeFacts, 'iban'> | null> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(cooperative);
		if (!row) return null;
		const { one: _one, setUpAt: _setUpAt, iban: _iban, ...facts } = row;
		return facts;
	});
}

/**
 * Changes contact, creditor id or bank account of the cooperative; what is not named stays.
 * Refuses missing `statute.not-set-up`; invalid `statute.creditor-id-wrong`, `statute.iban-wrong`.
 */
export function changeCooperative(
	db: Database,
	{ by, at, key, changes }: Command & { changes: Partial<CooperativeFacts> },
): Promise<{ changed: string[] }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [before] = await tx.select().from(cooperative).for('update');
		if (!before) throw new Refusal('missing', 'statute.not-set-up');
		const wanted = Object.entries(cleaned(changes)).filter(
			([name, value]) => value !== undefined && value !== before[name as keyof CooperativeFacts],
		);
		if (wanted.length === 0) return { changed: [] };
		await tx.update(cooperative).set(Object.fromEntries(wanted));
		const changed = wanted.map(([name]) => name);
		const earlier = Object.fromEntries(changed.map((name) => [name, before[name as keyof CooperativeFacts]]));
		note({
			action: 'statute.change-cooperative',
			subject: 'cooperative',
			before: earlier,
			after: Object.fromEntries(wanted),
		});
		return { changed };
	});
}

/** The statute in force on a day. Refuses missing `statute.none-on-day` {day}. */
export async function statuteOn(tx: Tx, day: Day): Promise<Statute> {
	const [row] = await tx
		.select()
		.from(statuteVersions)
		.where(lte(statuteVersions.validFrom, day))
		.orderBy(desc(statuteVersions.validFrom), desc(statuteVersions.version))
		.limit(1);
	if (!row) throw new Refusal('missing', 'statute.none-on-day', { day });
	return { version: row.version, validFrom: row.validFrom, terms: completedTerms(row.terms), source: row.source };
}

/** A version of the statute by its number, inside a running transaction. Refuses missing `statute.version-unknown` {version}. */
export async function statuteVersion(tx: Tx, version: number): Promise<Statute> {
	const [row] = await tx.select().from(statuteVersions).where(eq(statuteVersions.version, version));
	if (!row) throw new Refusal('missing', 'statute.version-unknown', { version });
	return { version, validFrom: row.validFrom, terms: completedTerms(row.terms), source: row.source };
}

/** The statute in force on a day, for everybody (M-02). Refuses missing `statute.none-on-day` {day}. */
export function readStatute(db: Database, { by, day }: { by: Actor; day: Day }): Promise<Statute> {
	return transact(db, by, (tx) => statuteOn(tx, day));
}

/** Every version of the statute, newest first. */
export function listStatuteVersions(
	db: Database,
	{ by }: { by: Actor },
): Promise<(Statute & { recordedAt: string })[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(statuteVersions).orderBy(desc(statuteVersions.version));
		return rows.map(({ version, validFrom, terms, source, recordedAt }) => ({
			version,
			validFrom,
			terms: completedTerms(terms),
			source,
			recordedAt: recordedAt.toISOString(),
		}));
	});
}
