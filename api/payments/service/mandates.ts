// SEPA mandates: given by members in the portal or recorded from paper, revoked, replaced; every one is kept.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { changeAccount } from '../../members/service/bankAccount.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { isIban, maskedIban, normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { sepaText } from '../rules/files.ts';
import {
	authorisationText,
	type MandateEnd,
	type MandateKind,
	mandateReferenceOf,
	ownMandateReference,
} from '../rules/mandate.ts';
import { mandates } from '../tables.ts';
import { creditorOf } from './mandateViews.ts';

/** The account a mandate is about, and who holds it (B-17). */
export interface MandateAccount {
	debtorName: string;
	street: string;
	postcode: string;
	town: string;
	country: string;
	iban: string;
}

function checkAccount(account: MandateAccount): MandateAccount {
	const iban = normalised(account.iban);
	if (!isIban(iban)) throw new Refusal('invalid', 'payments.iban-wrong', {}, { rule: 'B-01', field: 'iban' });
	if (sepaText(account.debtorName, 70).length < 2)
		throw new Refusal('invalid', 'payments.holder-unusable', {}, { rule: 'B-12', field: 'debtorName' });
	return { ...account, iban };
}

interface Giving {
	memberId: string;
	kind: MandateKind;
	channel: 'portal' | 'paper';
	account: MandateAccount;
	signedOn: Day;
	signedPlace: string;
	noticeDays: number;
	/** the program makes one if not given */
	reference?: string | undefined;
}

/** Locks the member, also for the member: two mandates at the same second come one after the other. */
async function lockedMember(tx: Tx, memberId: string) {
	const [member] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
	if (!member) throw new Refusal('missing', 'members.unknown');
	return member;
}

async function addMandate(
	tx: Tx,
	note: Note,
	{ by, at, keys, giving }: { by: Actor; at: Date; keys: Keys; giving: Giving },
): Promise<{ mandateId: string; reference: string }> {
	const { memberId, kind, channel, signedOn, noticeDays } = giving;
	if (!isDay(signedOn) || signedOn > dayOf(at))
		throw new Refusal('invalid', 'payments.day-wrong', {}, { rule: 'B-14', field: 'signedOn' });
	const account = checkAccount(giving.account);
	const creditor = await creditorOf(tx);
	const member = await lockedMember(tx, memberId);
	const serial = 1 + (await tx.$count(mandates, eq(mandates.memberId, memberId)));
	const reference = mandateReferenceOf(giving.reference ?? ownMandateReference(member.number, serial));
	const ended = await endStanding(tx, { by, at, memberId, reason: 'replaced' });
	const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	const id = made?.id ?? '';
	const { iban, ...holder } = account;
	const added = await tx
		.insert(mandates)
		.values({
			...{ id, memberId, reference, kind, channel, ...holder, signedOn, signedPlace: giving.signedPlace, noticeDays },
			...{ creditorName: creditor.name, creditorAddress: creditor.address, creditorId: creditor.creditorId },
			...{ iban: seal(keys, { table: 'mandates', column: 'iban', row: id }, iban), ibanBlind: blindIndex(keys, iban) },
			...{ ibanMasked: maskedIban(iban), recordedAt: at, recordedBy: by.personId },
			authorisation: authorisationText(creditor, reference, kind, noticeDays),
		})
		.onConflictDoNothing()
		.returning({ id: mandates.id });
	if (added.length === 0)
		throw new Refusal(
			'conflict',
			'payments.mandate-reference-taken',
			{ reference },
			{ rule: 'B-14', field: 'reference' },
		);
	note({
		action: 'payments.give-mandate',
		subject: `member ${member.number}`,
		after: { reference, kind, channel, signedOn, noticeDays, iban: maskedIban(iban), replaced: ended },
	});
	return { mandateId: id, reference };
}

async function endStanding(
	tx: Tx,
	{ by, at, memberId, reason }: { by: Actor; at: Date; memberId: string; reason: MandateEnd },
): Promise<string | null> {
	const [ended] = await tx
		.update(mandates)
		.set({ endedOn: dayOf(at), endedAt: at, endReason: reason, endedBy: by.personId })
		.where(and(eq(mandates.memberId, memberId), isNull(mandates.endedAt)))
		.returning({ reference: mandates.reference });
	return ended?.reference ?? null;
}

/** Money and accounts are changed only by somebody who has just proved who they are. */
async function proved(tx: Tx, { by, at }: { by: Actor; at: Date }): Promise<void> {
	if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
}

/**
 * The acting member gives a mandate; one that stood is replaced. With `payTo` dividends and refunds go to the account as well.
 * Refuses missing `members.no-membership`; forbidden `accounts.proof-needed`; conflict `payments.creditor-id-missing`,
 * `payments.mandate-changed` if another was given meanwhile; invalid `payments.consent-needed`, `payments.iban-wrong`, `payments.holder-unusable`.
 */
export function giveMandate(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		kind,
		reference,
		account,
		signedPlace,
		shortNotice,
		consent,
		payTo,
		publicUrl,
	}: Command & {
		keys: Keys;
		/** where the link leads that stops a change of the account payouts go to */
		publicUrl?: string | undefined;
		kind: MandateKind;
		/** the one in the authorisation that was shown */
		reference: string;
		account: MandateAccount;
		signedPlace: string;
		/** agrees to an announcement of five days only */
		shortNotice: boolean;
		/** the authorisation was agreed to by itself */
		consent: boolean;
		payTo: boolean;
	},
): Promise<{ mandateId: string; reference: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!consent) throw new Refusal('invalid', 'payments.consent-needed', {}, { rule: 'B-14', field: 'consent' });
		await proved(tx, { by, at });
		const memberId = ownMemberId(by);
		const giving = { memberId, kind, channel: 'portal' as const, account, signedOn: dayOf(at), signedPlace };
		const made = await addMandate(tx, note, { by, at, keys, giving: { ...giving, noticeDays: shortNotice ? 5 : 14 } });
		if (made.reference !== reference) throw new Refusal('conflict', 'payments.mandate-changed', {}, { rule: 'B-14' });
		const iban = normalised(account.iban);
		const holder = account.debtorName;
		if (payTo) await changeAccount(tx, note, { by, at, keys, publicUrl, memberId, iban, holder });
		return made;
	});
}

/**
 * The board records a mandate that was signed on paper. Refuses missing `members.unknown`; conflict `payments.creditor-id-missing`,
 * `payments.mandate-reference-taken` {reference}; invalid `payments.day-wrong`, `payments.iban-wrong`, `payments.holder-unusable`,
 * `payments.mandate-reference-wrong`.
 */
export function recordMandate(
	db: Database,
	{ by, at, key, keys, giving }: Command & { keys: Keys; giving: Omit<Giving, 'channel'> },
): Promise<{ mandateId: string; reference: string }> {
	return write(db, { by, at, key }, (tx, note) =>
		addMandate(tx, note, { by, at, keys, giving: { ...giving, channel: 'paper' } }),
	);
}

/** Revokes the standing mandate of a member: the member's own, or by the board. Refuses missing `members.unknown`; conflict `payments.mandate-none`. */
export function revokeMandate(
	db: Database,
	{ by, at, key, memberId }: Command & { memberId: string },
): Promise<{ reference: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { number } = await lockedMember(tx, memberId);
		const reference = await endStanding(tx, { by, at, memberId, reason: 'revoked' });
		if (reference === null) throw new Refusal('conflict', 'payments.mandate-none', {}, { rule: 'B-14' });
		note({ action: 'payments.revoke-mandate', subject: `member ${number}`, before: { reference } });
		return { reference };
	});
}

/**
 * The acting member changes the account dividends and refunds go to; it is held for some days. Refuses missing `members.no-membership`; forbidden
 * `accounts.proof-needed`; invalid `payments.iban-wrong`, `payments.holder-unusable`.
 */
export function changeOwnAccount(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		publicUrl,
		iban,
		holder,
	}: Command & { keys: Keys; publicUrl?: string | undefined; iban: string; holder: string },
): Promise<{ ibanMasked: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await proved(tx, { by, at });
		const memberId = ownMemberId(by);
		const account = checkAccount({ debtorName: holder, street: '', postcode: '', town: '', country: '', iban });
		await changeAccount(tx, note, { by, at, keys, publicUrl, memberId, iban: account.iban, holder });
		return { ibanMasked: maskedIban(account.iban) };
	});
}
