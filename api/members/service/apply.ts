// Asking to join: what must be declared today, the declaration itself, and the list the board works through.
import { asc, desc, eq, sql } from 'drizzle-orm';
import { throttle } from '../../accounts/service/throttle.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal } from '../../database/sealed.ts';
import { notify } from '../../notices/service.ts';
import type { StatuteTerms } from '../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	type Applicant,
	type ApplicationState,
	type Clause,
	type ClauseId,
	canApplication,
	checkApplicant,
	type Declaration,
	declarationOf,
	displayNameOf,
	ibanOf,
	requiredClauses,
} from '../rules.ts';
import { applications } from '../tables.ts';

/** What somebody who wants to join is shown before declaring (M-02, M-03). */
export interface JoiningTerms {
	cooperative: { name: string; town: string };
	statuteVersion: number;
	terms: StatuteTerms;
	clauses: Clause[];
}

/** What must be declared to join on a day. Refuses missing `statute.not-set-up`, `statute.none-on-day`. */
export function readJoiningTerms(db: Database, { by, day }: { by: Actor; day: Day }): Promise<JoiningTerms> {
	return transact(db, by, async (tx) => {
		const { name, town } = await cooperativeOf(tx);
		const { version, terms } = await statuteOn(tx, day);
		return { cooperative: { name, town }, statuteVersion: version, terms, clauses: requiredClauses(terms) };
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
}

async function newId(tx: Tx): Promise<string> {
	const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	return row?.id ?? '';
}

/**
 * Takes a declaration to join (Beitrittserklärung, M-01 to M-04) and confirms it by mail. Membership starts with the admission,
 * not here. With `address` (where the request came from) attempts are counted. Refuses conflict `members.statute-changed` {version};
 * invalid `members.clause-missing`, `members.iban-wrong`, `members.shares-out-of-range` {min, max} and everything `checkApplicant`
 * refuses; throttled `accounts.throttled`.
 */
export async function applyForMembership(
	db: Database,
	{ by, at, key, keys, joining, address }: Command & { keys: Keys; joining: Joining; address?: string },
): Promise<{ applicationId: string }> {
	if (address !== undefined)
		await throttle(db, { at, keys, what: 'application', pace: 'request', account: joining.applicant.email, address });
	return write(db, { by, at, key }, async (tx, note) => {
		const { applicant, birthDate, sharesWanted } = joining;
		const { version, terms } = await statuteOn(tx, dayOf(at));
		if (version !== joining.statuteVersion)
			throw new Refusal('conflict', 'members.statute-changed', { version }, { rule: 'M-02' });
		const declaration = declarationOf(terms, joining.clauses, at);
		const minor = checkApplicant(applicant, birthDate, terms, dayOf(at));
		const { mandatoryShares: min, maxShares: max } = terms;
		if (sharesWanted < min || sharesWanted > max) {
			throw new Refusal(
				'invalid',
				'members.shares-out-of-range',
				{ min, max },
				{ rule: 'M-10', field: 'sharesWanted' },
			);
		}
		const iban = joining.iban === null ? null : ibanOf(joining.iban);
		const id = await newId(tx);
		const place = (column: string) => ({ table: 'applications', column, row: id });
		await tx.insert(applications).values({
			id,
			applicant,
			sharesWanted,
			declaration,
			statuteVersion: version,
			declaredAt: at,
			minor,
			ibanSealed: iban === null ? null : seal(keys, place('iban'), iban),
			ibanLast4: iban?.slice(-4) ?? null,
			birthDateSealed: birthDate === null ? null : seal(keys, place('birth_date'), birthDate),
		});
		await notify(tx, {
			at,
			to: applicant.email,
			template: 'application-received',
			values: {
				name: displayNameOf(applicant.name),
				shares: sharesWanted,
				cooperative: (await cooperativeOf(tx)).name,
			},
			locale: applicant.locale,
			withheld: address === undefined,
		});
		note({
			action: 'members.apply',
			subject: `application ${id}`,
			after: { sharesWanted, statuteVersion: version, minor },
		});
		return { applicationId: id };
	});
}

/** An application as the board sees it; `can` says what may be done with it. */
export interface ApplicationView {
	id: string;
	state: ApplicationState;
	can: { admit: boolean; reject: boolean };
	name: string;
	applicant: Applicant;
	minor: boolean;
	sharesWanted: number;
	declaredAt: string;
	statuteVersion: number;
	declaration: Declaration;
	ibanMasked: string | null;
	memberId: string | null;
	decidedAt: string | null;
}

const viewOf = (row: typeof applications.$inferSelect): ApplicationView => ({
	id: row.id,
	state: row.state,
	can: { admit: canApplication('admit', row.state), reject: canApplication('reject', row.state) },
	name: displayNameOf(row.applicant.name),
	applicant: row.applicant,
	minor: row.minor,
	sharesWanted: row.sharesWanted,
	declaredAt: row.declaredAt.toISOString(),
	statuteVersion: row.statuteVersion,
	declaration: row.declaration,
	ibanMasked: row.ibanLast4 && `•••• ${row.ibanLast4}`,
	memberId: row.memberId,
	decidedAt: row.decidedAt?.toISOString() ?? null,
});

/** Applications: those that wait oldest first, or the latest decided. */
export function listApplications(
	db: Database,
	{ by, state = 'declared' }: { by: Actor; state?: ApplicationState },
): Promise<ApplicationView[]> {
	return transact(db, by, async (tx) => {
		const order = state === 'declared' ? asc(applications.declaredAt) : desc(applications.decidedAt);
		const rows = await tx.select().from(applications).where(eq(applications.state, state)).orderBy(order).limit(200);
		return rows.map(viewOf);
	});
}

/** One application. Refuses missing `members.application-unknown`. */
export function readApplication(
	db: Database,
	{ by, applicationId }: { by: Actor; applicationId: string },
): Promise<ApplicationView> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId));
		if (!row) throw new Refusal('missing', 'members.application-unknown');
		return viewOf(row);
	});
}
