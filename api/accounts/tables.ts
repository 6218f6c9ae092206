// What the accounts remember: people, their sessions and second factors, links sent by mail, attempts, tokens of devices.
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, id, instant } from '../database/columns.ts';

/** A person with an account. `memberId` is the membership the account acts for; `roles` are those held, whether or not the session may use them. */
export const persons = pgTable(
	'persons',
	{
		id: id(),
		email: text().notNull(),
		emailConfirmedAt: instant(),
		name: text().notNull(),
		/** 'de' or 'en' */
		locale: text().notNull(),
		roles: text().array().notNull(),
		memberId: uuid().unique(),
		/** argon2id, PHC form; null until the person has chosen a password */
		passwordHash: text(),
		/** the password is long enough to stand without a second factor */
		passwordLong: boolean().notNull().default(false),
		/** TOTP secret in use, sealed */
		totpSealed: bytes(),
		totpConfirmedAt: instant(),
		/** TOTP secret being enrolled, sealed */
		totpPendingSealed: bytes(),
		/** the last 30-second step whose code was accepted: a code works once */
		totpStep: bigint({ mode: 'number' }),
		createdAt: instant().notNull(),
		disabledAt: instant(),
	},
	(t) => [
		uniqueIndex('persons_email').on(sql`lower(${t.email})`),
		check('persons_roles', sql`${t.roles} <@ array['member', 'operator', 'board', 'supervisory', 'auditor']`),
		check('persons_locale', sql`${t.locale} in ('de', 'en')`),
		check('persons_totp', sql`(${t.totpSealed} is null) = (${t.totpConfirmedAt} is null)`),
	],
);

/** A signed-in browser or program. It is dead once `endedAt` is set, `expiresAt` is past, or it was not used for `idleMinutes`. */
export const sessions = pgTable(
	'sessions',
	{
		id: id(),
		personId: uuid()
			.notNull()
			.references(() => persons.id),
		/** a second factor was proved in this session: staff roles count */
		mfa: boolean().notNull(),
		userAgent: text().notNull(),
		address: text().notNull(),
		createdAt: instant().notNull(),
		usedAt: instant().notNull(),
		/** when the person last proved who they are (sign-in, step-up) */
		provedAt: instant().notNull(),
		expiresAt: instant().notNull(),
		idleMinutes: integer().notNull(),
		endedAt: instant(),
		/** why it ended: one of rules' endReasons */
		endReason: text(),
	},
	(t) => [
		index('sessions_person').on(t.personId),
		check('sessions_ended', sql`(${t.endedAt} is null) = (${t.endReason} is null)`),
	],
);

/** Refresh tokens of a session, by sha256; each is used once. */
export const refreshTokens = pgTable(
	'refresh_tokens',
	{
		hash: bytes().primaryKey(),
		sessionId: uuid()
			.notNull()
			.references(() => sessions.id, { onDelete: 'cascade' }),
		createdAt: instant().notNull(),
		usedAt: instant(),
	},
	(t) => [index('refresh_tokens_session').on(t.sessionId)],
);

/** Recovery codes, as keyed fingerprints; each opens one sign-in in place of a TOTP code. */
export const recoveryCodes = pgTable('recovery_codes', {
	hash: bytes().primaryKey(),
	personId: uuid()
		.notNull()
		.references(() => persons.id),
	createdAt: instant().notNull(),
	usedAt: instant(),
});

/** Links sent by mail, by sha256 of their token. `personId` is null for a request about an address nobody has. */
export const accountLinks = pgTable(
	'account_links',
	{
		hash: bytes().primaryKey(),
		personId: uuid().references(() => persons.id),
		/** 'invitation', 'reset' or 'email' */
		purpose: text().notNull(),
		/** the address the link proves */
		email: text().notNull(),
		createdAt: instant().notNull(),
		expiresAt: instant().notNull(),
		usedAt: instant(),
	},
	(t) => [
		index('account_links_person').on(t.personId),
		check('account_links_purpose', sql`${t.purpose} in ('invitation', 'reset', 'email')`),
	],
);

/**
 * Addresses members were written to until lately: whoever took over an account and changed its address first cannot keep the owner from
 * being told of what comes next. Forgotten after some weeks.
 */
export const formerEmails = pgTable(
	'former_emails',
	{
		id: id(),
		memberId: uuid().notNull(),
		email: text().notNull(),
		/** until when it was the address */
		untilAt: instant().notNull(),
	},
	(t) => [index('former_emails_of_member').on(t.memberId)],
);

/** Attempts counted per subject; `key` is a keyed fingerprint of what is counted for whom. */
export const throttles = pgTable('throttles', {
	key: bytes().primaryKey(),
	attempts: integer().notNull(),
	startedAt: instant().notNull(),
	blockedUntil: instant().notNull(),
});

/** API tokens of devices, by sha256; `prefix` is the part people recognise them by. */
export const deviceTokens = pgTable(
	'device_tokens',
	{
		id: id(),
		name: text().notNull(),
		prefix: text().notNull(),
		hash: bytes().notNull().unique(),
		scopes: text().array().notNull(),
		createdBy: uuid().references(() => persons.id),
		createdAt: instant().notNull(),
		expiresAt: instant().notNull(),
		usedAt: instant(),
		revokedAt: instant(),
	},
	(t) => [check('device_tokens_scopes', sql`cardinality(${t.scopes}) > 0`)],
);

/** The one-time code that lets the first person set up the cooperative; at most one row. */
export const setupCodes = pgTable(
	'setup_codes',
	{
		one: integer().primaryKey(),
		hash: bytes().notNull(),
		expiresAt: instant().notNull(),
	},
	(t) => [check('setup_codes_one', sql`${t.one} = 1`)],
);
