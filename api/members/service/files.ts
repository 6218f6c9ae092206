// A member's file: read, changed; secrets masked, and opened only for a purpose that is logged.
import { eq, inArray } from 'drizzle-orm';
import { formerEmails } from '../../accounts/tables.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import { type Actor, holds } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	type Address,
	checkName,
	displayNameOf,
	ibanOf,
	type MemberKind,
	type Name,
	searchTextOf,
	taxIdOf,
} from '../rules.ts';
import { memberSecrets, members } from '../tables.ts';
import { changeAccount } from './bankAccount.ts';
import { enterInRegister } from './register.ts';

const nameOf = (row: { familyName: string | null; givenNames: string | null; organisation: string | null }): Name =>
	row.organisation === null
		? { familyName: row.familyName ?? '', givenNames: row.givenNames ?? '' }
		: { organisation: row.organisation };

/** A member's file. Secrets are masked; null: not known. */
export interface MemberFile {
	id: string;
	number: number;
	kind: MemberKind;
	investing: boolean;
	name: Name;
	displayName: string;
	representative: string | null;
	address: Address;
	email: string | null;
	phone: string | null;
	/** language of the file; an account for the portal has its own */
	locale: 'de' | 'en';
	joinedOn: Day;
	leftOn: Day | null;
	accountHolder: string | null;
	ibanMasked: string | null;
	taxIdMasked: string | null;
	birthDateKnown: boolean;
}

/** A member's file; members reach their own only. Refuses missing `members.unknown`. */
export function readMember(db: Database, { by, memberId }: { by: Actor; memberId: string }): Promise<MemberFile> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select()
			.from(members)
			.leftJoin(memberSecrets, eq(memberSecrets.memberId, members.id))
			.where(eq(members.id, memberId));
		if (!row) throw new Refusal('missing', 'members.unknown');
		const { members: m, member_secrets: s } = row;
		const name = nameOf(m);
		return {
			id: m.id,
			number: m.number,
			kind: m.kind,
			investing: m.investing,
			name,
			displayName: displayNameOf(name),
			representative: m.representative,
			address: { street: m.street, postcode: m.postcode, town: m.town, country: m.country },
			email: m.email,
			phone: m.phone,
			locale: m.locale,
			joinedOn: m.joinedOn,
			leftOn: m.leftOn,
			accountHolder: s?.accountHolder ?? null,
			ibanMasked: s?.ibanLast4 ? `•••• ${s.ibanLast4}` : null,
			taxIdMasked: s?.taxIdLast4 ? `••••••• ${s.taxIdLast4}` : null,
			birthDateKnown: s?.birthDate != null,
		};
	});
}

/** The membership the actor's account acts for. Refuses missing `members.no-membership`. */
export function ownMemberId(by: Actor): string {
	if (by.memberId === null) throw new Refusal('missing', 'members.no-membership');
	return by.memberId;
}

/** What may change in a file; what is not named stays. Name and address go into the register with their effective day (M-20). */
export interface MemberChanges {
	name?: Name;
	address?: Address;
	representative?: string | null;
	email?: string;
	phone?: string | null;
	locale?: 'de' | 'en';
	accountHolder?: string | null;
	iban?: string;
	taxId?: string;
	birthDate?: Day;
}

const selfServed: ReadonlySet<string> = new Set(['address', 'email', 'phone']);

function checkChanges(by: Actor, at: Date, memberId: string, effectiveOn: Day, changes: MemberChanges): void {
	const foreign = Object.keys(changes).find((field) => !selfServed.has(field));
	if (by.kind !== 'system' && !holds(by, 'board')) {
		if (by.memberId !== memberId) throw new Refusal('missing', 'members.unknown');
		if (foreign) throw new Refusal('forbidden', 'members.board-changes-this', {}, { field: foreign });
	}
	if (!isDay(effectiveOn) || effectiveOn > dayOf(at)) {
		throw new Refusal('invalid', 'members.effective-day-wrong', {}, { rule: 'M-20', field: 'effectiveOn' });
	}
	if (changes.birthDate !== undefined && (!isDay(changes.birthDate) || changes.birthDate > dayOf(at))) {
		throw new Refusal('invalid', 'members.birth-date-wrong', {}, { field: 'birthDate' });
	}
}

async function changeSecrets(tx: Tx, keys: Keys, memberId: string, changes: MemberChanges): Promise<string[]> {
	const place = (column: string) => ({ table: 'member_secrets', column, row: memberId });
	const set: Partial<typeof memberSecrets.$inferInsert> = {};
	if (changes.taxId !== undefined) {
		const taxId = taxIdOf(changes.taxId);
		Object.assign(set, { taxId: seal(keys, place('tax_id'), taxId), taxIdLast4: taxId.slice(-4) });
	}
	if (changes.birthDate !== undefined) set.birthDate = seal(keys, place('birth_date'), changes.birthDate);
	if (Object.keys(set).length > 0) await tx.update(memberSecrets).set(set).where(eq(memberSecrets.memberId, memberId));
	return Object.keys(changes).filter((field) => ['accountHolder', 'iban', 'taxId', 'birthDate'].includes(field));
}

/** The address that was replaced is remembered for some weeks, for whoever has to be told what comes next. */
async function rememberAddress(tx: Tx, at: Date, memberId: string, before: string | null, email: string | undefined) {
	if (email === undefined || before === null || before.toLowerCase() === email.toLowerCase()) return;
	await tx.insert(formerEmails).values({ memberId, email: before, untilAt: at });
}

/**
 * Changes a member's file; name and address also enter the register from `effectiveOn` on. The board changes everything,
 * a member the own address, e-mail and phone. A new account is held until a second person confirms it (`publicUrl` is where the link that
 * stops it leads). Refuses missing `members.unknown`; forbidden `members.board-changes-this`;
 * invalid `members.effective-day-wrong`, `members.name-kind-mismatch`, `members.iban-wrong`, `members.tax-id-wrong`, `members.birth-date-wrong`.
 */
export function changeMember(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		publicUrl,
		memberId,
		effectiveOn,
		changes,
		basis,
	}: Command & {
		keys: Keys;
		publicUrl?: string | undefined;
		memberId: string;
		effectiveOn: Day;
		changes: MemberChanges;
		basis: string;
	},
): Promise<{ memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkChanges(by, at, memberId, effectiveOn, changes);
		const [before] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
		if (!before) throw new Refusal('missing', 'members.unknown');
		const { name, address, representative, email, phone, locale } = changes;
		if (name) checkName(before.kind, name);
		if (effectiveOn < before.joinedOn) {
			throw new Refusal('invalid', 'members.effective-day-wrong', {}, { rule: 'M-20', field: 'effectiveOn' });
		}
		const set = {
			...name,
			...address,
			...(representative === undefined ? {} : { representative }),
			...(email === undefined ? {} : { email }),
			...(phone === undefined ? {} : { phone }),
			...(locale === undefined ? {} : { locale }),
		};
		if (Object.keys(set).length > 0) {
			const searchText = searchTextOf(before.number, name ?? nameOf(before), address?.town ?? before.town);
			await tx
				.update(members)
				.set({ ...set, searchText })
				.where(eq(members.id, memberId));
		}
		await rememberAddress(tx, at, memberId, before.email, email);
		const secrets = await changeSecrets(tx, keys, memberId, changes);
		if (changes.iban !== undefined || changes.accountHolder !== undefined) {
			const iban = changes.iban === undefined ? undefined : ibanOf(changes.iban);
			await changeAccount(tx, note, { by, at, keys, publicUrl, memberId, iban, holder: changes.accountHolder });
		}
		if (name || address) {
			await enterInRegister(tx, note, at, [
				{ memberId, effectiveOn, basis, ...(name ? { name } : {}), ...(address ? { address } : {}) },
			]);
		}
		const earlier = Object.fromEntries(Object.keys(set).map((field) => [field, before[field as keyof typeof before]]));
		note({ action: 'members.change', subject: `member ${before.number}`, before: earlier, after: { ...set, secrets } });
		return { memberId };
	});
}

/** A member's secrets in clear; null: not known. */
export interface OpenSecrets {
	iban: string | null;
	accountHolder: string | null;
	taxId: string | null;
	birthDate: Day | null;
}

/**
 * Opens secrets of members inside a transaction for a named purpose (a payout file, a tax return); one audit event for all.
 * Members without secrets are absent from the map.
 */
export async function openSecrets(
	tx: Tx,
	note: Note,
	{ keys, memberIds, purpose }: { keys: Keys; memberIds: readonly string[]; purpose: string },
): Promise<Map<string, OpenSecrets>> {
	const rows =
		memberIds.length === 0
			? []
			: await tx
					.select()
					.from(memberSecrets)
					.where(inArray(memberSecrets.memberId, [...memberIds]));
	const [only] = memberIds.length === 1 ? memberIds : [];
	note({
		action: 'members.open-secrets',
		subject: only ? `member ${only}` : `${rows.length} members`,
		after: { purpose },
	});
	return new Map(
		rows.map((row) => {
			const open = (column: string, sealed: Buffer | null) =>
				sealed && unseal(keys, { table: 'member_secrets', column, row: row.memberId }, sealed);
			return [
				row.memberId,
				{
					iban: open('iban', row.iban),
					accountHolder: row.accountHolder,
					taxId: open('tax_id', row.taxId),
					birthDate: open('birth_date', row.birthDate),
				},
			];
		}),
	);
}

/**
 * Shows one member's secrets in clear to the board, with the purpose in the audit log.
 * Refuses missing `members.unknown`; forbidden `members.board-only`.
 */
export function revealSecrets(
	db: Database,
	{ by, at, keys, memberId, purpose }: Command & { keys: Keys; memberId: string; purpose: string },
): Promise<OpenSecrets> {
	return write(db, { by, at }, async (tx, note) => {
		if (!holds(by, 'board')) throw new Refusal('forbidden', 'members.board-only');
		const found = (
			await openSecrets(tx, note, { keys, memberIds: [memberId], purpose: `shown to ${by.name}: ${purpose}` })
		).get(memberId);
		if (!found) throw new Refusal('missing', 'members.unknown');
		return found;
	});
}
