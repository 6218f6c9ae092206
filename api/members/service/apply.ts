// Asking to join: what must be declared today, and the declaration itself with everything that must still be confirmed about it.
import { sql } from 'drizzle-orm';
import { newToken, tokenHash } from '../../accounts/service/secrets.ts';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { notify } from '../../notices/service.ts';
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
	displayNameOf,
	ibanOf,
	requiredClauses,
} from '../rules.ts';
import { declarationText } from '../rules/admission.ts';
import { applicationConfirmations, applications } from '../tables.ts';

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

/** How mails with links are written; null keeps them unwritten, for declarations recorded without the portal. */
export interface Mailing {
	keys: Keys;
	publicUrl: string;
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
	const declaration = declarationOf(terms, joining.clauses, at);
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
	const document = declarationText({
		...{ cooperative, name: displayNameOf(applicant.name), kind: applicant.kind, shares: sharesWanted },
		...{ statuteVersion: version, declaration },
		...{ proxy: applicant.proxy ?? null, representative: applicant.representative },
	});
	await askToConfirm(tx, {
		...{ at, applicationId: id, applicant, form: terms.joiningForm, shares: sharesWanted },
		...{ cooperative, document, mailing },
	});
	note({
		action: 'members.apply',
		subject: `application ${id}`,
		after: { sharesWanted, statuteVersion: version, minor, form: terms.joiningForm },
	});
	return { applicationId: id, printToken, declaration, statuteVersion: version, terms };
}

interface Confirming {
	at: Date;
	applicationId: string;
	applicant: Applicant;
	form: 'text' | 'written';
	shares: number;
	cooperative: string;
	document: readonly string[];
	mailing: Mailing | null;
}

const linkDays = 30;

async function askToConfirm(tx: Tx, asked: Confirming): Promise<void> {
	const { at, applicationId, applicant, form, shares, cooperative, document, mailing } = asked;
	const { guardians = [], locale, proxy } = applicant;
	const name = displayNameOf(applicant.name);
	const expiresAt = new Date(at.getTime() + linkDays * 86_400_000);
	const own = newToken();
	const link = (token: string) => ({ url: `${mailing?.publicUrl}/mitglied-werden/bestaetigen#token=${token}` });
	const row = (who: 'applicant' | 'guardian', place: number, token: string | null, wording: string) => ({
		...{ applicationId, who, place, wording },
		...(token === null ? {} : { tokenHash: tokenHash(token), expiresAt }),
	});
	if (mailing || proxy) {
		const wording = proxy
			? `Ich habe ${proxy} bevollmächtigt, in meinem Namen den Beitritt zur ${cooperative} zu erklären.`
			: 'Diese E-Mail-Adresse gehört zu mir.';
		await tx.insert(applicationConfirmations).values(row('applicant', 0, mailing ? own : null, wording));
	}
	await notify(tx, {
		...{ at, to: applicant.email, template: 'application-received', locale, withheld: mailing === null },
		values: {
			...{ name, shares, cooperative, document },
			ask: form === 'written' ? 'signature' : proxy ? 'authority' : guardians.length > 0 ? 'guardians' : 'address',
		},
		...(mailing ? { link: { keys: mailing.keys, ...link(own) } } : {}),
	});
	const consent = `Ich bin sorgeberechtigt und stimme dem Beitritt von ${name} zur ${cooperative} mit ${shares} ${shares === 1 ? 'Geschäftsanteil' : 'Geschäftsanteilen'} zu.`;
	for (const [place, guardian] of guardians.entries()) {
		const { email } = guardian;
		const token = mailing && email !== null ? newToken() : null;
		await tx.insert(applicationConfirmations).values(row('guardian', place, token, consent));
		if (!mailing || token === null || email === null) continue;
		await notify(tx, {
			...{ at, to: email, template: 'guardian-consent', locale },
			values: { name: guardian.name, minor: name, cooperative, document },
			link: { keys: mailing.keys, ...link(token) },
		});
	}
}
