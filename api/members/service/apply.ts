// Asking to join: what must be declared today, and the declaration itself with everything that must still be confirmed about it.
import { sql } from 'drizzle-orm';
import { newToken, tokenHash } from '../../accounts/service/secrets.ts';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import type { StatuteTerms } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	type Applicant,
	type Clause,
	type ClauseId,
	checkApplicant,
	type Declaration,
	declarationOf,
	ibanOf,
	requiredClauses,
} from '../rules.ts';
import { applications } from '../tables.ts';
import { askToConfirm, documentOf, type Mailing } from './askToConfirm.ts';

/** What somebody who wants to join is shown before declaring (M-02, M-03). */
export interface JoiningTerms {
	cooperative: { name: string; street: string; postcode: string; town: string };
	statuteVersion: number;
	/** comes back with the declaration and proves which version was served when (M-02); null without keys */
	served: string | null;
	terms: StatuteTerms;
	clauses: Clause[];
}

const servedDays = 7;

function servedProof(keys: Keys, version: number, at: Date): string {
	const said = `${version}.${at.getTime()}`;
	return `${said}.${blindIndex(keys, `statute served ${said}`).toString('base64url')}`;
}

/** When the version was served. Refuses invalid `members.statute-not-served` if it was not, or more than a week ago (M-02). */
function servedAt(keys: Keys, served: string, { version, at }: { version: number; at: Date }): Date {
	const time = new Date(Number(served.split('.')[1]));
	const age = at.getTime() - time.getTime();
	if (!(age >= 0 && age <= servedDays * 86_400_000) || served !== servedProof(keys, version, time))
		throw new Refusal('invalid', 'members.statute-not-served', {}, { rule: 'M-02' });
	return time;
}

/** What must be declared to join at an instant. Refuses missing `statute.not-set-up`, `statute.none-on-day`. */
export function readJoiningTerms(
	db: Database,
	{ by, day, served }: { by: Actor; day: Day; served?: { keys: Keys; at: Date } },
): Promise<JoiningTerms> {
	return transact(db, by, async (tx) => {
		const { name, street, postcode, town } = await cooperativeOf(tx);
		const { version, terms } = await statuteOn(tx, day);
		return {
			cooperative: { name, street, postcode, town },
			statuteVersion: version,
			served: served ? servedProof(served.keys, version, served.at) : null,
			terms,
			clauses: requiredClauses(terms),
		};
	});
}

/** A declaration to join as it arrives. `statuteVersion` is the one that was served; `birthDate` of natural persons. */
export interface Joining {
	applicant: Applicant;
	birthDate: Day | null;
	iban: string | null;
	sharesWanted: number;
	clauses: readonly ClauseId[];
	statuteVersion: number;
	/** the proof given with the terms; declarations recorded without the portal have none */
	served?: string;
	/** what is declared beside it about further shares in a round */
	further?: Declaration['further'];
}

/** A declaration taken: what others add to it (a subscription in a round) rests on the same words and the same statute. */
export interface TakenDeclaration {
	applicationId: string;
	/** shows the declaration for printing right after declaring; never stored in clear */
	printToken: string;
	declaration: Declaration;
	statuteVersion: number;
	terms: StatuteTerms;
}

async function newId(tx: Tx): Promise<string> {
	const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	return row?.id ?? '';
}

function refuseShares({ mandatoryShares: min, maxShares: max }: StatuteTerms, sharesWanted: number): void {
	if (sharesWanted >= min && sharesWanted <= max) return;
	throw new Refusal('invalid', 'members.shares-out-of-range', { min, max }, { rule: 'M-10', field: 'sharesWanted' });
}

/** An applicant as stored: without what does not belong to the kind, a minor represented by the guardians. */
function settled(applicant: Applicant, minor: boolean): Applicant {
	const { guardians, soleCustody, ...rest } = applicant;
	const names = guardians?.map(({ name }) => name).join(' und ');
	if (!minor) return rest;
	return { ...rest, guardians: guardians ?? [], soleCustody: soleCustody ?? false, representative: names ?? null };
}

/**
 * Takes a declaration to join (Beitrittserklärung, M-01 to M-04) and confirms it by mail, with a link that proves the address; every
 * guardian of a minor is asked to consent. Membership starts with the admission, not here. Refuses conflict `members.statute-changed`
 * {version}; invalid `members.statute-not-served`, `members.clause-missing`, `members.iban-wrong`, `members.shares-out-of-range` {min, max}
 * and everything `checkApplicant` refuses.
 */
export async function takeDeclaration(
	tx: Tx,
	note: Note,
	{ at, keys, joining, mailing }: { at: Date; keys: Keys; joining: Joining; mailing: Mailing | null },
): Promise<TakenDeclaration> {
	const { birthDate, sharesWanted } = joining;
	const { version, terms } = await statuteOn(tx, dayOf(at));
	if (version !== joining.statuteVersion)
		throw new Refusal('conflict', 'members.statute-changed', { version }, { rule: 'M-02' });
	const { further } = joining;
	const declaration = { ...declarationOf(terms, joining.clauses, at), ...(further ? { further } : {}) };
	const minor = checkApplicant(joining.applicant, birthDate, terms, dayOf(at));
	const applicant = settled(joining.applicant, minor);
	refuseShares(terms, sharesWanted);
	const iban = joining.iban === null ? null : ibanOf(joining.iban);
	const statuteServedAt = joining.served === undefined ? null : servedAt(keys, joining.served, { version, at });
	const id = await newId(tx);
	const place = (column: string) => ({ table: 'applications', column, row: id });
	const printToken = newToken();
	await tx.insert(applications).values({
		id,
		applicant,
		sharesWanted,
		declaration,
		statuteVersion: version,
		statuteServedAt,
		declaredAt: at,
		form: terms.joiningForm,
		minor,
		printHash: tokenHash(printToken),
		ibanSealed: iban === null ? null : seal(keys, place('iban'), iban),
		ibanLast4: iban?.slice(-4) ?? null,
		birthDateSealed: birthDate === null ? null : seal(keys, place('birth_date'), birthDate),
	});
	const { name: cooperative } = await cooperativeOf(tx);
	const said = { applicant, sharesWanted, statuteVersion: version, declaration };
	await askToConfirm(tx, {
		...{ at, applicationId: id, applicant, form: terms.joiningForm, shares: sharesWanted },
		...{ cooperative, document: documentOf(cooperative, said), mailing },
	});
	note({
		action: 'members.apply',
		subject: `application ${id}`,
		after: { sharesWanted, statuteVersion: version, minor, form: terms.joiningForm },
	});
	return { applicationId: id, printToken, declaration, statuteVersion: version, terms };
}
