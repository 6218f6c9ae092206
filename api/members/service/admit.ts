// The admission desk: members get their number and their first line in the register, or the application is deleted.
import { eq, inArray, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { blindIndex, seal, unseal } from '../../database/sealed.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Applicant, canApplication, displayNameOf, searchTextOf } from '../rules.ts';
import { applications, memberCounter, memberSecrets, members, registerEvents } from '../tables.ts';

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

interface Entrant {
	applicationId: string;
	applicant: Applicant;
	secrets: Secrets;
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

async function takeNumbers(tx: Tx, count: number): Promise<number> {
	const [row] = await tx
		.update(memberCounter)
		.set({ lastNumber: sql`${memberCounter.lastNumber} + ${count}` })
		.returning({ last: memberCounter.lastNumber });
	return (row?.last ?? 0) - count + 1;
}

async function lockedApplications(tx: Tx, ids: readonly string[]) {
	const rows = await tx
		.select()
		.from(applications)
		.where(inArray(applications.id, [...ids]))
		.orderBy(applications.id)
		.for('update');
	const byId = new Map(rows.map((row) => [row.id, row]));
	return ids.map((id) => {
		const row = byId.get(id);
		if (!row) throw new Refusal('missing', 'members.application-unknown');
		if (!canApplication('admit', row.state)) throw new Refusal('conflict', 'members.application-decided');
		return row;
	});
}

async function insertMembers(
	tx: Tx,
	keys: Keys,
	firstNumber: number,
	entrants: readonly Entrant[],
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

/**
 * Admits applicants by one resolution of the board, in the order given (Zulassung, M-01, M-05): numbers, register entries, secrets.
 * The caller subscribes their shares in the same transaction. Refuses missing `members.application-unknown`;
 * conflict `members.application-decided`; invalid `members.resolution-day-wrong`, `members.resolution-in-future`,
 * `members.resolution-before-declaration` {declaredOn}.
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
	}: { by: Actor; at: Date; keys: Keys; applicationIds: readonly string[]; resolution: Resolution },
): Promise<Admitted[]> {
	checkResolutionDay(resolution, at);
	const rows = await lockedApplications(tx, [...new Set(applicationIds)]);
	for (const { declaredAt } of rows) checkAfterDeclaration(resolution, declaredAt);
	const entrants = rows.map((row): Entrant => {
		const open = (column: string, sealed: Buffer | null) =>
			sealed && unseal(keys, { table: 'applications', column, row: row.id }, sealed);
		return {
			applicationId: row.id,
			applicant: row.applicant,
			secrets: { iban: open('iban', row.ibanSealed), birthDate: open('birth_date', row.birthDateSealed) },
			shares: row.sharesWanted,
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
	for (const { memberId, number, applicationId, shares } of admitted) {
		await tx
			.update(applications)
			.set({
				state: 'admitted',
				memberId,
				decidedAt: at,
				decidedBy: by.personId,
				ibanSealed: null,
				birthDateSealed: null,
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

/**
 * Rejects an application: the notice goes into the outbox and the data are deleted in the same transaction (§ 15(2) S. 2–4 GenG, M-05).
 * The notice's recipient is forgotten when it is sent. Refuses missing `members.application-unknown`; conflict `members.application-decided`;
 * invalid `members.resolution-day-wrong`, `members.resolution-in-future`, `members.resolution-before-declaration`.
 */
export function rejectApplication(
	db: Database,
	{ by, at, key, applicationId, resolution }: Command & { applicationId: string; resolution: Resolution },
): Promise<{ applicationId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId)).for('update');
		if (!row) throw new Refusal('missing', 'members.application-unknown');
		if (!canApplication('reject', row.state)) throw new Refusal('conflict', 'members.application-decided');
		checkAfterDeclaration(resolution, row.declaredAt);
		const { name, email, locale } = row.applicant;
		await notify(tx, {
			at,
			to: email,
			template: 'application-rejected',
			values: { name: displayNameOf(name), cooperative: (await cooperativeOf(tx)).name },
			locale,
		});
		await tx.delete(applications).where(eq(applications.id, applicationId));
		note({ action: 'members.reject', subject: `application ${applicationId}`, after: { resolution } });
		return { applicationId };
	});
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
	if (on < declaredOn) {
		throw new Refusal(
			'invalid',
			'members.resolution-before-declaration',
			{ declaredOn },
			{ rule: 'M-01', field: 'resolution.on' },
		);
	}
}
