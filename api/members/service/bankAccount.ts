// The account payouts go to: changed, held, told to everybody who may have to object, and put back if they do.
import { and, eq, gt, isNotNull, lte, sql } from 'drizzle-orm';
import { newToken, tokenHash } from '../../accounts/service/secrets.ts';
import { formerEmails, persons } from '../../accounts/tables.ts';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { notify } from '../../notices/service.ts';
import type { Locale, NoticeValues } from '../../notices/templates.ts';
import type { Actor } from '../../values/actor.ts';
import { clockOf, dayOf } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { displayNameOf } from '../rules.ts';
import { type AccountChangeState, eachOnce, formerEmailsSince, heldUntilOf, standingOf } from '../rules/account.ts';
import { accountChanges, members, memberSecrets } from '../tables.ts';

const masked = (last4: string | null): string | null => (last4 === null ? null : `•••• ${last4}`);
/** The account before a change is kept only as long as it may have to come back. */
const forgotten = { previous: null, previousBlind: null };

/** Locks the member: two changes at the same second, or a change and who stops it, come one after the other. */
async function lockedMember(tx: Tx, memberId: string) {
	const [member] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
	if (!member) throw new Refusal('missing', 'members.unknown');
	return member;
}

/** Everybody who has to hear of it: the member's address, the portal account's, and those that were replaced lately. */
async function contactsOf(
	tx: Tx,
	at: Date,
	member: typeof members.$inferSelect,
): Promise<{ name: string; locale: Locale; addresses: string[] }> {
	const [person] = await tx
		.select({ email: persons.email, locale: persons.locale })
		.from(persons)
		.where(eq(persons.memberId, member.id));
	const former = await tx
		.select({ email: formerEmails.email })
		.from(formerEmails)
		.where(and(eq(formerEmails.memberId, member.id), gt(formerEmails.untilAt, formerEmailsSince(at))));
	return {
		name: displayNameOf(
			member.organisation === null
				? { familyName: member.familyName ?? '', givenNames: member.givenNames ?? '' }
				: { organisation: member.organisation },
		),
		locale: (person?.locale ?? member.locale) === 'en' ? 'en' : 'de',
		addresses: eachOnce([member.email, person?.email ?? null, ...former.map(({ email }) => email)]),
	};
}

async function tell<T extends 'account-held' | 'account-changed' | 'account-confirmed' | 'account-stopped'>(
	tx: Tx,
	{
		at,
		member,
		template,
		values,
		link,
	}: {
		at: Date;
		member: typeof members.$inferSelect;
		template: T;
		values: (name: string) => NoticeValues[T];
		link?: { keys: Keys; url: string } | undefined;
	},
): Promise<void> {
	const { name, locale, addresses } = await contactsOf(tx, at, member);
	for (const to of addresses)
		await notify(tx, { at, to, template, locale, values: values(name), ...(link ? { link } : {}) });
}

/** A change of account within somebody's transaction. `iban` is right already; `publicUrl` is where the link that stops it leads. */
export interface AccountChanging {
	by: Actor;
	at: Date;
	keys: Keys;
	publicUrl?: string | undefined;
	memberId: string;
	/** undefined: only the holder's name changes */
	iban: string | undefined;
	holder: string | null | undefined;
}

/**
 * Makes an account the one payouts go to, inside a transaction. A new IBAN is held: after a change by the member for some days, after a
 * change by the board until a second person confirms it; everybody known is told at once with a link that stops it. The program itself
 * (moving in) is not held. An account that stood before the held one comes back without being held.
 */
export async function changeAccount(tx: Tx, note: Note, changing: AccountChanging): Promise<void> {
	const { by, at, keys, memberId, iban, holder } = changing;
	const member = await lockedMember(tx, memberId);
	const [before] = await tx.select().from(memberSecrets).where(eq(memberSecrets.memberId, memberId));
	const sameIban = iban === undefined || (before?.ibanBlind?.equals(blindIndex(keys, iban)) ?? false);
	const accountHolder = holder === undefined ? (before?.accountHolder ?? null) : holder;
	if (sameIban && accountHolder === (before?.accountHolder ?? null)) return;
	if (sameIban) {
		await tx.update(memberSecrets).set({ accountHolder }).where(eq(memberSecrets.memberId, memberId));
	} else {
		const held = await settleHeld(tx, memberId, at);
		const trusted: Standing = held
			? { iban: held.previous, ibanBlind: held.previousBlind, ibanLast4: held.previousLast4 }
			: { iban: before?.iban ?? null, ibanBlind: before?.ibanBlind ?? null, ibanLast4: before?.ibanLast4 ?? null };
		const ibanBlind = blindIndex(keys, iban);
		const sealed = seal(keys, { table: 'member_secrets', column: 'iban', row: memberId }, iban);
		await store(tx, memberId, { iban: sealed, ibanBlind, ibanLast4: iban.slice(-4), accountHolder });
		if (held)
			await tx
				.update(accountChanges)
				.set({ state: 'replaced', decidedAt: at, decidedBy: by.personId, ...forgotten })
				.where(eq(accountChanges.id, held.id));
		if (by.kind !== 'system' && !trusted.ibanBlind?.equals(ibanBlind)) {
			await hold(tx, { ...changing, iban, accountHolder, member, trusted, held, before });
			note({
				...{ action: 'members.hold-account', subject: `member ${member.number}` },
				before: { iban: masked(before?.ibanLast4 ?? null) },
				after: { iban: maskedIban(iban) },
			});
			return;
		}
	}
	const ibanMasked = iban === undefined ? (masked(before?.ibanLast4 ?? null) ?? '–') : maskedIban(iban);
	if (by.kind !== 'system')
		await tell(tx, { at, member, template: 'account-changed', values: (name) => ({ name, iban: ibanMasked }) });
	note({
		...{ action: 'members.change-account', subject: `member ${member.number}` },
		before: { iban: masked(before?.ibanLast4 ?? null), holder: before?.accountHolder ?? null },
		after: { iban: ibanMasked, holder: accountHolder },
	});
}

/** An account as it stands in member_secrets: sealed, with its keyed fingerprint; all null: none. */
type Standing = Pick<typeof memberSecrets.$inferSelect, 'iban' | 'ibanBlind' | 'ibanLast4'>;

async function store(tx: Tx, memberId: string, set: Standing & { accountHolder: string | null }): Promise<void> {
	await tx
		.insert(memberSecrets)
		.values({ memberId, ...set })
		.onConflictDoUpdate({ target: memberSecrets.memberId, set });
}

/** The member's change that is still held; one whose time is over is closed. */
async function settleHeld(tx: Tx, memberId: string, at: Date) {
	const [row] = await tx
		.select()
		.from(accountChanges)
		.where(and(eq(accountChanges.memberId, memberId), eq(accountChanges.state, 'held')));
	if (!row || standingOf(row, at) === 'held') return row;
	await tx
		.update(accountChanges)
		.set({ state: 'lapsed', decidedAt: at, ...forgotten })
		.where(eq(accountChanges.id, row.id));
	return undefined;
}

async function hold(
	tx: Tx,
	{
		by,
		at,
		keys,
		publicUrl,
		memberId,
		iban,
		accountHolder,
		member,
		trusted,
		held,
		before,
	}: Omit<AccountChanging, 'iban'> & {
		iban: string;
		accountHolder: string | null;
		member: typeof members.$inferSelect;
		/** the last account nobody has to check */
		trusted: Standing;
		/** the change this one replaces: the account before that one is what is put back */
		held: typeof accountChanges.$inferSelect | undefined;
		before: typeof memberSecrets.$inferSelect | undefined;
	},
): Promise<void> {
	const origin = by.memberId === memberId ? ('member' as const) : ('board' as const);
	const heldUntil = origin === 'member' ? heldUntilOf(at) : null;
	const token = newToken();
	await tx.insert(accountChanges).values({
		...{ memberId, recordedAt: at, origin, changedBy: by.personId },
		...{ changedByName: by.name, ibanLast4: iban.slice(-4), accountHolder, heldUntil, stopHash: tokenHash(token) },
		...{ previous: trusted.iban, previousBlind: trusted.ibanBlind, previousLast4: trusted.ibanLast4 },
		previousHolder: held ? held.previousHolder : (before?.accountHolder ?? null),
	});
	const until = heldUntil && { untilOn: dayOf(heldUntil), untilClock: clockOf(heldUntil) };
	await tell(tx, {
		...{ at, member, template: 'account-held' },
		values: (name) => ({
			...{ name, iban: maskedIban(iban), before: masked(trusted.ibanLast4) ?? '', origin },
			...(until ?? { untilOn: '', untilClock: '' }),
		}),
		link: publicUrl === undefined ? undefined : { keys, url: `${publicUrl}/konto-stoppen#token=${token}` },
	});
}

/** Puts the account before a held change back and tells everybody. The change must be held and its member locked. */
export async function putBack(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		change,
		member,
		reason = null,
	}: {
		by: Actor;
		at: Date;
		change: typeof accountChanges.$inferSelect;
		member: typeof members.$inferSelect;
		reason?: string | null;
	},
): Promise<void> {
	const { id, memberId, previous, previousBlind, previousLast4, previousHolder } = change;
	await store(tx, memberId, {
		...{ iban: previous, ibanBlind: previousBlind, ibanLast4: previous && previousLast4 },
		accountHolder: previousHolder,
	});
	await tx
		.update(accountChanges)
		.set({ state: 'stopped', decidedAt: at, decidedBy: by.personId, ...forgotten, reason })
		.where(eq(accountChanges.id, id));
	const stands = masked(change.previousLast4) ?? '';
	await tell(tx, {
		...{ at, member, template: 'account-stopped' },
		values: (name) => ({ name, iban: masked(change.ibanLast4) ?? '', stands }),
	});
	note({
		...{ action: 'members.stop-account', subject: `member ${member.number}` },
		before: { iban: masked(change.ibanLast4) },
		after: { iban: masked(change.previousLast4), reason },
	});
}

/** Lets a held change stand and tells everybody. The change must be held and its member locked. */
export async function letStand(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		change,
		member,
	}: { by: Actor; at: Date; change: typeof accountChanges.$inferSelect; member: typeof members.$inferSelect },
): Promise<void> {
	await tx
		.update(accountChanges)
		.set({ state: 'confirmed', decidedAt: at, decidedBy: by.personId, ...forgotten })
		.where(eq(accountChanges.id, change.id));
	const iban = masked(change.ibanLast4) ?? '';
	await tell(tx, { at, member, template: 'account-confirmed', values: (name) => ({ name, iban }) });
	note({ action: 'members.confirm-account', subject: `member ${member.number}`, after: { iban } });
}

/**
 * A member's held change with the member locked; `at` decides whether it is still held. Refuses missing `members.account-change-unknown`;
 * conflict `members.account-change-decided` {state}.
 */
export async function heldChange(
	tx: Tx,
	at: Date,
	wanted: { changeId: string } | { memberId: string } | { token: string },
) {
	const where =
		'changeId' in wanted
			? eq(accountChanges.id, wanted.changeId)
			: 'token' in wanted
				? eq(accountChanges.stopHash, tokenHash(wanted.token))
				: and(eq(accountChanges.memberId, wanted.memberId), eq(accountChanges.state, 'held'));
	const [found] = await tx.select({ memberId: accountChanges.memberId }).from(accountChanges).where(where);
	if (!found) throw new Refusal('missing', 'members.account-change-unknown');
	const member = await lockedMember(tx, found.memberId);
	const [row] = await tx.select().from(accountChanges).where(where);
	// A link stops what came after its own change as well: the account before both is what is put back.
	const change =
		row?.state === 'replaced' && 'token' in wanted
			? (
					await tx
						.select()
						.from(accountChanges)
						.where(and(eq(accountChanges.memberId, found.memberId), eq(accountChanges.state, 'held')))
				)[0]
			: row;
	const state: AccountChangeState = change ? standingOf(change, at) : (row?.state ?? 'replaced');
	if (!change || state !== 'held') throw new Refusal('conflict', 'members.account-change-decided', { state });
	return { change, member };
}

/** Of members, those whose account is held, with the instant it is free; null: not before the board confirms it. */
export async function heldAccounts(
	tx: Tx,
	{ at, memberIds }: { at: Date; memberIds: readonly string[] },
): Promise<Map<string, Date | null>> {
	const rows = await tx
		.select({ memberId: accountChanges.memberId, heldUntil: accountChanges.heldUntil })
		.from(accountChanges)
		.where(
			and(
				eq(accountChanges.state, 'held'),
				sql`(${accountChanges.heldUntil} is null or ${accountChanges.heldUntil} > ${at.toISOString()})`,
				sql`${accountChanges.memberId} = any(${sql.param([...memberIds])}::uuid[])`,
			),
		);
	return new Map(rows.map(({ memberId, heldUntil }) => [memberId, heldUntil]));
}

/** Closes changes whose time is over, and forgets the accounts before them and addresses replaced long ago. Answers how many of each. */
export async function closeLapsed(tx: Tx, { at }: { at: Date }): Promise<{ changes: number; addresses: number }> {
	const closed = await tx
		.update(accountChanges)
		.set({ state: 'lapsed', decidedAt: at, ...forgotten })
		.where(
			and(eq(accountChanges.state, 'held'), isNotNull(accountChanges.heldUntil), lte(accountChanges.heldUntil, at)),
		)
		.returning({ id: accountChanges.id });
	const gone = await tx
		.delete(formerEmails)
		.where(lte(formerEmails.untilAt, formerEmailsSince(at)))
		.returning({ id: formerEmails.id });
	return { changes: closed.length, addresses: gone.length };
}
