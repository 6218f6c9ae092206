// The admission desk: members get their number and their first line in the register.
import { eq, inArray, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { blindIndex, seal, unseal } from '../../database/sealed.ts';
import type { StatuteTerms } from '../../statute/rules.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Applicant, canApplication, displayNameOf, searchTextOf } from '../rules.ts';
import { type Confirmation, obstacleTo } from '../rules/admission.ts';
import { enterRepresentative, type NewRepresentative } from './representatives.ts';
import {
	applicationConfirmations,
	applications,
	memberCounter,
	memberSecrets,
	members,
	registerEvents,
} from '../tables.ts';

/** The board's decision (Beschluss): its number in the minutes and its day. */
export interface Resolution {
	number: string;
	on: Day;
}

/** The text a register entry rests on. */
export function basisOf({ number, on }: Resolution): string {
	return `${number} (${on})`;
}

/** Secrets in clear on their way into `member_secrets`. */
interface Secrets {
	iban: string | null;
	birthDate: Day | null;
}

/** What a new member's file is made of. */
export interface NewFile {
	applicant: Pick<
		Applicant,
		'kind' | 'investing' | 'name' | 'address' | 'representative' | 'phone' | 'accountHolder'
	> & {
		email: string | null;
		/** German unless said otherwise */
		locale?: Applicant['locale'];
	};
	secrets: Secrets;
}

interface Entrant extends NewFile {
	applicationId: string;
	applicant: Applicant;
	shares: number;
}

/** A member just admitted. */
export interface Admitted {
	memberId: string;
	number: number;
	applicationId: string;
	/** shares declared, which the caller subscribes */
	shares: number;
	name: string;
	email: string;
	locale: Applicant['locale'];
}

/** Takes the next member numbers, gapless, under the counter's lock; answers the first. */
export async function takeNumbers(tx: Tx, count: number): Promise<number> {
	const [row] = await tx
		.update(memberCounter)
		.set({ lastNumber: sql`${memberCounter.lastNumber} + ${count}` })
		.returning({ last: memberCounter.lastNumber });
	return (row?.last ?? 0) - count + 1;
}

/** A waiting application with what must be known for the admission. */
type Waiting = typeof applications.$inferSelect;

/**
 * Locks applications and tells all that stands in the way of any of them at once. Refuses conflict `members.admission-problems` {count} with
 * the parts `applications.<id>`, or the one problem itself if only one application is asked for.
 */
async function admissible(
	tx: Tx,
	{
		at,
		ids,
		resolution,
		more,
	}: { at: Date; ids: readonly string[]; resolution: Resolution; more: ReadonlyMap<string, number> },
): Promise<Waiting[]> {
	const rows = await tx
		.select()
		.from(applications)
		.where(inArray(applications.id, [...ids]))
		.orderBy(applications.id)
		.for('update');
	const byId = new Map(rows.map((row) => [row.id, row]));
	const confirmations = await tx
		.select()
		.from(applicationConfirmations)
		.where(inArray(applicationConfirmations.applicationId, [...ids]));
	checkResolutionDay(resolution, at);
	const { terms } = await statuteOn(tx, resolution.on);
	const problems: Refusal[] = [];
	const parts: Refusal[] = [];
	const found: Waiting[] = [];
	for (const id of ids) {
		const row = byId.get(id);
		const own = confirmations.filter(({ applicationId }) => applicationId === id);
		const problem = row
			? problemOf(row, own, { terms, resolution, shares: row.sharesWanted + (more.get(id) ?? 0) })
			: new Refusal('missing', 'members.application-unknown');
		if (problem) problems.push(problem);
		if (problem && ids.length > 1) parts.push(partOf(problem, `applications.${id}`));
		if (row) found.push(row);
	}
	const [first] = problems;
	if (first && ids.length === 1) throw first;
	if (first) throw new Refusal('conflict', 'members.admission-problems', { count: parts.length }, { parts });
	return found;
}

const partOf = ({ kind, code, values, rule }: Refusal, field: string): Refusal =>
	new Refusal(kind, code, values, { ...(rule ? { rule } : {}), field });

function problemOf(
	row: Waiting,
	confirmations: readonly Confirmation[],
	{ terms, resolution, shares }: { terms: StatuteTerms; resolution: Resolution; shares: number },
): Refusal | undefined {
	if (!canApplication('admit', row.state)) return new Refusal('conflict', 'members.application-decided');
	const declaredOn = dayOf(row.declaredAt);
	if (resolution.on < declaredOn) return beforeDeclaration(declaredOn);
	const { mandatoryShares: min, maxShares: max } = terms;
	if (shares < min || shares > max)
		return new Refusal('invalid', 'members.shares-out-of-range', { min, max }, { rule: 'M-10' });
	return obstacleTo({ ...row, confirmations }, terms);
}

/** Writes the files of new members with sealed secrets, numbered from `firstNumber` on; answers their ids in that order. */
export async function insertMembers(
	tx: Tx,
	keys: Keys,
	firstNumber: number,
	entrants: readonly NewFile[],
	on: Day,
): Promise<string[]> {
	const made = await tx
		.insert(members)
		.values(
			entrants.map(({ applicant: { name, address, ...person } }, i) => ({
				number: firstNumber + i,
				kind: person.kind,
				investing: person.investing,
				...('organisation' in name
					? { organisation: name.organisation }
					: { familyName: name.familyName, givenNames: name.givenNames }),
				representative: person.representative,
				...address,
				email: person.email,
				phone: person.phone,
				locale: person.locale ?? 'de',
				joinedOn: on,
				searchText: searchTextOf(firstNumber + i, name, address.town),
			})),
		)
		.returning({ id: members.id, number: members.number });
	const ids = made.sort((a, b) => a.number - b.number).map(({ id }) => id);
	await tx.insert(memberSecrets).values(
		entrants.map(({ applicant, secrets: { iban, birthDate } }, i) => {
			const memberId = ids[i] ?? '';
			return {
				memberId,
				iban: iban === null ? null : seal(keys, { table: 'member_secrets', column: 'iban', row: memberId }, iban),
				ibanBlind: iban === null ? null : blindIndex(keys, iban),
				ibanLast4: iban?.slice(-4) ?? null,
				accountHolder: applicant.accountHolder,
				birthDate:
					birthDate === null
						? null
						: seal(keys, { table: 'member_secrets', column: 'birth_date', row: memberId }, birthDate),
			};
		}),
	);
	return ids;
}

/** Who acts for an applicant: the guardians of a minor, whoever signs for an organisation. */
function spokespeopleOf({
	kind,
	guardians = [],
	representative,
}: Applicant): Pick<NewRepresentative, 'kind' | 'name' | 'email'>[] {
	if (kind === 'natural') return guardians.map(({ name, email }) => ({ kind: 'guardian', name, email }));
	return representative ? [{ kind: 'organ', name: representative, email: null }] : [];
}

/**
 * Admits applicants by one resolution of the board, in the order given (Zulassung, M-01, M-05): numbers, register entries, secrets; all or
 * none. The caller subscribes their shares in the same transaction. `moreShares` are allotted in a round beside those declared.
 * Refuses invalid `members.resolution-day-wrong`, `members.resolution-in-future`; for one application missing `members.application-unknown`,
 * conflict `members.application-decided`, invalid `members.resolution-before-declaration` {declaredOn}, `members.shares-out-of-range`, conflict
 * `members.paper-missing`, `members.consent-missing`, `members.authority-missing`, `members.approval-missing`, `members.declaration-outdated`;
 * for several conflict `members.admission-problems` {count} with those as parts.
 */
export async function admitMembers(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		keys,
		applicationIds,
		resolution,
		moreShares = new Map(),
	}: {
		by: Actor;
		at: Date;
		keys: Keys;
		applicationIds: readonly string[];
		resolution: Resolution;
		moreShares?: ReadonlyMap<string, number>;
	},
): Promise<Admitted[]> {
	checkResolutionDay(resolution, at);
	const rows = await admissible(tx, { at, ids: [...new Set(applicationIds)], resolution, more: moreShares });
	const entrants = rows.map((row): Entrant => {
		const open = (column: string, sealed: Buffer | null) =>
			sealed && unseal(keys, { table: 'applications', column, row: row.id }, sealed);
		return {
			applicationId: row.id,
			applicant: row.applicant,
			secrets: { iban: open('iban', row.ibanSealed), birthDate: open('birth_date', row.birthDateSealed) },
			shares: row.sharesWanted + (moreShares.get(row.id) ?? 0),
		};
	});
	const firstNumber = await takeNumbers(tx, entrants.length);
	const ids = await insertMembers(tx, keys, firstNumber, entrants, resolution.on);
	await tx.insert(registerEvents).values(
		entrants.map(({ applicant, shares }, i) => ({
			memberId: ids[i] ?? '',
			kind: 'joined' as const,
			effectiveOn: resolution.on,
			recordedAt: at,
			name: applicant.name,
			address: applicant.address,
			sharesChange: shares,
			basis: basisOf(resolution),
		})),
	);
	const admitted = entrants.map(({ applicationId, applicant, shares }, i) => ({
		memberId: ids[i] ?? '',
		number: firstNumber + i,
		applicationId,
		shares,
		name: displayNameOf(applicant.name),
		email: applicant.email,
		locale: applicant.locale,
	}));
	for (const [i, { applicant }] of entrants.entries())
		for (const who of spokespeopleOf(applicant))
			await enterRepresentative(tx, note, {
				...{ by, at, ...who, memberId: ids[i] ?? '', address: null, fromOn: resolution.on, basis: basisOf(resolution) },
			});
	for (const { memberId, number, applicationId, shares } of admitted) {
		await tx
			.update(applications)
			.set({
				state: 'admitted',
				memberId,
				decidedAt: at,
				decidedBy: by.personId,
				...{ ibanSealed: null, birthDateSealed: null, printHash: null },
			})
			.where(eq(applications.id, applicationId));
		note({
			action: 'members.admit',
			subject: `member ${number}`,
			after: { memberId, applicationId, shares, resolution },
		});
	}
	return admitted;
}

/** Refuses invalid `members.resolution-day-wrong`, `members.resolution-in-future`. */
export function checkResolutionDay({ on }: Resolution, at: Date): void {
	if (!isDay(on)) throw new Refusal('invalid', 'members.resolution-day-wrong', {}, { field: 'resolution.on' });
	if (on > dayOf(at))
		throw new Refusal('invalid', 'members.resolution-in-future', {}, { rule: 'M-01', field: 'resolution.on' });
}

/** Refuses invalid `members.resolution-before-declaration` {declaredOn}: nobody is admitted before declaring. */
export function checkAfterDeclaration({ on }: Resolution, declaredAt: Date): void {
	const declaredOn = dayOf(declaredAt);
	if (on < declaredOn) throw beforeDeclaration(declaredOn);
}

const beforeDeclaration = (declaredOn: Day): Refusal =>
	new Refusal(
		'invalid',
		'members.resolution-before-declaration',
		{ declaredOn },
		{ rule: 'M-01', field: 'resolution.on' },
	);
