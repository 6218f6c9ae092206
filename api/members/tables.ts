// What is remembered about members: applications, people and bodies behind member numbers, their secrets, the legal register.
import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	pgView,
	smallint,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, day, id, instant, words } from '../database/columns.ts';
import { statuteVersions } from '../statute/tables.ts';
import type { Address, Applicant, Declaration, Name } from './rules.ts';
import type { ExtraFields } from './rules/register.ts';

/** Declarations to join (Beitrittserklärung). A rejected one is deleted once the notice is on its way (M-05). */
export const applications = pgTable(
	'applications',
	{
		id: id(),
		state: text({ enum: ['declared', 'admitted', 'rejected'] })
			.notNull()
			.default('declared'),
		applicant: jsonb().$type<Applicant>().notNull(),
		sharesWanted: integer().notNull(),
		/** proof of what was declared, word for word, and of the statute that was served (M-01 to M-04) */
		declaration: jsonb().$type<Declaration>().notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		/** when the statute's version was served to the applicant (M-02); null for declarations recorded without the portal */
		statuteServedAt: instant(),
		declaredAt: instant().notNull(),
		/** text form, or on paper with a signature where the statute says so on the day of the declaration (§ 15(1) GenG) */
		form: text({ enum: ['text', 'written'] })
			.notNull()
			.default('text'),
		/** the signed paper has arrived (written form only) */
		paperReceivedOn: day(),
		/** what the assembly or the supervisory board decided about an investing member (M-07): resolution and day */
		approval: text(),
		approvedAt: instant(),
		/** lets the applicant see and print the own declaration right after declaring; hash of the token */
		printHash: bytes().unique(),
		/** sealed until the decision; afterwards they belong to the member */
		ibanSealed: bytes(),
		ibanLast4: text(),
		birthDateSealed: bytes(),
		/** under 18 on the day of the declaration */
		minor: boolean().notNull(),
		memberId: uuid()
			.unique()
			.references(() => members.id),
		decidedAt: instant(),
		decidedBy: uuid(),
		/** the mail that tells of the rejection; once it is out, this row is deleted (M-05) */
		rejectionNoticeId: uuid(),
	},
	(t) => [
		check('applications_shares', sql`${t.sharesWanted} > 0`),
		check(
			'applications_decided',
			sql`(${t.state} = 'admitted') = (${t.memberId} is not null) and (${t.state} = 'declared') = (${t.decidedAt} is null)`,
		),
		check('applications_approved', sql`(${t.approval} is null) = (${t.approvedAt} is null)`),
		check('applications_rejected', sql`(${t.state} = 'rejected') = (${t.rejectionNoticeId} is not null)`),
		index('applications_by_state').on(t.state, t.declaredAt),
	],
);

/**
 * What is still to be confirmed about a declaration, one row each: the applicant's e-mail address (with a proxy also the authority),
 * the consent of every guardian of a minor. By a link in a mail, or on paper that the board has seen. Goes with the application.
 */
export const applicationConfirmations = pgTable(
	'application_confirmations',
	{
		id: id(),
		applicationId: uuid()
			.notNull()
			.references(() => applications.id, { onDelete: 'cascade' }),
		who: text({ enum: ['applicant', 'guardian'] }).notNull(),
		/** which guardian, as named in the declaration; 0 for the applicant */
		place: smallint().notNull().default(0),
		/** what is said by confirming, word for word */
		wording: text().notNull(),
		/** hash of the link's token; null where no mail was sent */
		tokenHash: bytes().unique(),
		expiresAt: instant(),
		confirmedAt: instant(),
		/** the day the board received it on paper */
		paperOn: day(),
		recordedBy: uuid(),
	},
	(t) => [
		uniqueIndex('application_confirmations_once').on(t.applicationId, t.who, t.place),
		check('application_confirmations_one_way', sql`${t.paperOn} is null or ${t.confirmedAt} is not null`),
	],
);

/** Members past and present, as they are reached today. The legal truth about them is the register's events. */
export const members = pgTable(
	'members',
	{
		id: id(),
		number: integer().notNull().unique(),
		kind: text({ enum: ['natural', 'company', 'association', 'public-body', 'partnership'] }).notNull(),
		investing: boolean().notNull().default(false),
		familyName: text(),
		givenNames: text(),
		organisation: text(),
		/** guardians of a minor, or who signs for an organisation */
		representative: text(),
		street: text().notNull(),
		postcode: text().notNull(),
		town: text().notNull(),
		/** ISO 3166, two letters */
		country: text().notNull(),
		email: text(),
		phone: text(),
		/** language of mails to members without an account for the portal; an account has its own */
		locale: text({ enum: ['de', 'en'] })
			.notNull()
			.default('de'),
		/** topics of optional mails the member does not want */
		unwantedMails: text().array().notNull().default(sql`'{}'::text[]`),
		joinedOn: day().notNull(),
		/** the last day of the membership, once it is in the register */
		leftOn: day(),
		sortName: text().notNull().generatedAlwaysAs(sql`coalesce(organisation, family_name || ', ' || given_names)`),
		/** name, number and town as people type them: lower case, umlauts spelled out */
		searchText: text().notNull(),
		/**
		 * Every word the member is found by: name, number, place, e-mail and the parts of what is joined by signs; umlauts and ß
		 * folded to one letter, so that Müller, Mueller and Muller are one word (`foldedWord` in the rules folds what is typed).
		 */
		words: words()
			.notNull()
			.generatedAlwaysAs(
				sql`array_to_tsvector(array_remove(string_to_array(regexp_replace(search_text || ' ' || translate(search_text, '-./,&()"+''', '          ') || ' ' || postcode || ' ' || lower(coalesce(email, '')) || ' ' || translate(lower(coalesce(email, '')), '@.-_+', '     '), '([aou])e|(s)s', '\\1\\2', 'g'), ' '), ''))`,
			),
	},
	(t) => [
		index('members_by_word').using('gin', t.words),
		index('members_by_name').on(sql`sort_name collate "de-x-icu"`, t.number),
		check('members_number', sql`${t.number} > 0`),
		check(
			'members_name',
			sql`(${t.kind} = 'natural') = (${t.familyName} is not null) and (${t.familyName} is null) = (${t.givenNames} is null) and (${t.familyName} is null) = (${t.organisation} is not null)`,
		),
		check('members_locale', sql`${t.locale} in ('de', 'en')`),
		check('members_unwanted_mails', sql`${t.unwantedMails} <@ array['round-news', 'round-receipts']`),
		check('members_left', sql`${t.leftOn} >= ${t.joinedOn}`),
	],
);

/**
 * The members as staff search and leaf through them (made by the guards): nobody else sees a row here, so that no line is asked
 * again by row level security, which would keep the index of words from being used.
 */
export const staffMembers = pgView('staff_members', {
	id: uuid().notNull(),
	number: integer().notNull(),
	kind: text({ enum: ['natural', 'company', 'association', 'public-body', 'partnership'] }).notNull(),
	investing: boolean().notNull(),
	familyName: text(),
	givenNames: text(),
	organisation: text(),
	representative: text(),
	sortName: text().notNull(),
	street: text().notNull(),
	postcode: text().notNull(),
	town: text().notNull(),
	country: text().notNull(),
	email: text(),
	phone: text(),
	joinedOn: day().notNull(),
	leftOn: day(),
	words: words().notNull(),
}).existing();

/** Sealed personal secrets of a member, one row each; bound to table, column and member id. */
export const memberSecrets = pgTable(
	'member_secrets',
	{
		memberId: uuid()
			.primaryKey()
			.references(() => members.id),
		iban: bytes(),
		ibanBlind: bytes(),
		ibanLast4: text(),
		/** whose account it is, apart from the member's name (B-17) */
		accountHolder: text(),
		taxId: bytes(),
		taxIdLast4: text(),
		birthDate: bytes(),
	},
	(t) => [
		index('member_secrets_iban').on(t.ibanBlind),
		index('member_secrets_iban_end').on(t.ibanLast4),
		check(
			'member_secrets_iban_whole',
			sql`(${t.iban} is null) = (${t.ibanBlind} is null) and (${t.iban} is null) = (${t.ibanLast4} is null)`,
		),
	],
);

/**
 * Changes of the account payouts go to (member_secrets). A new account is held: no money goes there before `heldUntil` or, earlier, before
 * somebody of the board who did not make the change confirms it; a change by the board (`heldUntil` null) waits for that second person.
 * Whoever is told of it can stop it as long as it is held; the account before it then stands again.
 */
export const accountChanges = pgTable(
	'account_changes',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		recordedAt: instant().notNull(),
		/** whose doing it was */
		origin: text({ enum: ['member', 'board'] }).notNull(),
		changedBy: uuid(),
		/** name of the account at that time */
		changedByName: text().notNull(),
		ibanLast4: text().notNull(),
		accountHolder: text(),
		/** the account before it, sealed as it stood in member_secrets, while it may be needed again; null: there was none, or it was decided */
		previous: bytes(),
		previousBlind: bytes(),
		previousLast4: text(),
		previousHolder: text(),
		heldUntil: instant(),
		/** hash of the token in the link that stops it */
		stopHash: bytes().unique(),
		/** lapsed: nobody objected; replaced: another change came while it was held */
		state: text({ enum: ['held', 'lapsed', 'confirmed', 'stopped', 'replaced'] })
			.notNull()
			.default('held'),
		decidedAt: instant(),
		/** null: by the link, or by time */
		decidedBy: uuid(),
		/** why the board did not let it stand */
		reason: text(),
	},
	(t) => [
		uniqueIndex('account_changes_one_held').on(t.memberId).where(sql`${t.state} = 'held'`),
		index('account_changes_of_member').on(t.memberId, t.recordedAt),
		check('account_changes_decided', sql`(${t.state} = 'held') = (${t.decidedAt} is null)`),
		check(
			'account_changes_forgotten',
			sql`(${t.previous} is null) = (${t.previousBlind} is null) and (${t.state} = 'held' or ${t.previous} is null)`,
		),
		check(
			'account_changes_four_eyes',
			sql`${t.state} <> 'confirmed' or (${t.decidedBy} is not null and ${t.decidedBy} is distinct from ${t.changedBy})`,
		),
		check(
			'account_changes_board_waits',
			sql`${t.origin} = 'member' or (${t.heldUntil} is null and ${t.state} <> 'lapsed')`,
		),
	],
);

/** The last member number given: one row, whose lock makes numbers gapless. */
export const memberCounter = pgTable(
	'member_counter',
	{ one: smallint().primaryKey(), lastNumber: integer().notNull() },
	(t) => [check('member_counter_single', sql`${t.one} = 1`)],
);

/**
 * The list of members (Mitgliederliste, § 30 GenG), append-only. Each event says what became true on its effective day;
 * the register of any day is the fold of its events (M-20, M-21). A wrong event is reversed by one that names it.
 */
export const registerEvents = pgTable(
	'register_events',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text({ enum: ['joined', 'changed', 'left', 'reversed'] }).notNull(),
		effectiveOn: day().notNull(),
		recordedAt: instant().notNull(),
		name: jsonb().$type<Name>(),
		address: jsonb().$type<Address>(),
		/** shares more or fewer from this day on; the register shows further shares, one less than the sum */
		sharesChange: integer().notNull().default(0),
		/** fields beyond the law's, as far as the statute names them (M-20) */
		extra: jsonb().$type<ExtraFields>(),
		/** resolution and its day, or what else it rests on */
		basis: text().notNull(),
		/** the event this one takes back */
		reverses: uuid().unique(),
		/** the event that was taken back in favour of this one: a correction */
		replaces: uuid().unique(),
	},
	(t) => [
		check(
			'register_events_joined',
			sql`${t.kind} <> 'joined' or (${t.name} is not null and ${t.address} is not null and ${t.sharesChange} > 0)`,
		),
		check('register_events_reversed', sql`(${t.kind} = 'reversed') = (${t.reverses} is not null)`),
		index('register_events_by_member').on(t.memberId, t.effectiveOn),
		check('register_events_replaces', sql`${t.replaces} is null or ${t.kind} in ('joined', 'changed')`),
		uniqueIndex('register_events_joined_once')
			.on(t.memberId)
			.where(sql`${t.kind} = 'joined' and ${t.replaces} is null`),
	],
);

/**
 * Who acts for a member, dated (Vertretung): the guardians of a minor (§ 1629 BGB), persons of an organ of a legal person, the joint
 * representative of heirs (gemeinschaftlicher Vertreter, § 77(1) GenG, M-45). What was entered stays; only its end and the account are added.
 */
export const memberRepresentatives = pgTable(
	'member_representatives',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text({ enum: ['guardian', 'organ', 'heirs'] }).notNull(),
		name: text().notNull(),
		email: text(),
		address: text(),
		fromOn: day().notNull(),
		/** what it rests on: a certificate, an extract from a register, the heirs' letter */
		basis: text().notNull(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		/** the account that acts for the membership through this person */
		accountId: uuid(),
		/** the first day on which the person no longer acts */
		endedOn: day(),
		endedAt: instant(),
		endedBasis: text(),
	},
	(t) => [
		index('member_representatives_of_member').on(t.memberId, t.fromOn),
		uniqueIndex('member_representatives_of_heirs').on(t.memberId).where(sql`kind = 'heirs' and ended_at is null`),
		check('member_representatives_named', sql`${t.name} <> ''`),
		check('member_representatives_days', sql`${t.endedOn} >= ${t.fromOn}`),
		check(
			'member_representatives_ended',
			sql`(${t.endedOn} is null) = (${t.endedAt} is null) and (${t.endedAt} is null) = (${t.endedBasis} is null)`,
		),
	],
);

/**
 * What the board writes down about a member: dated, signed, read by board, supervisory board and auditor, part of the member's
 * right of access (G-10). Not a legal record: a note can be taken away again, and the log says that it was.
 */
export const memberNotes = pgTable(
	'member_notes',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		text: text().notNull(),
		writtenBy: uuid().notNull(),
		/** name of the account at that time */
		writtenByName: text().notNull(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		index('member_notes_of_member').on(t.memberId, t.recordedAt),
		check('member_notes_something', sql`${t.text} <> ''`),
	],
);

/**
 * Requests to look into the list of members (Einsicht, § 31 GenG): by a member, or by a third party with a legitimate interest whom the
 * board recorded. Granted for a limited time after the identity was checked.
 */
export const registerInspections = pgTable(
	'register_inspections',
	{
		id: id(),
		/** the member who asks; null: a third party */
		memberId: uuid().references(() => members.id),
		/** the third party, and where it can be reached */
		person: text(),
		contact: text(),
		/** what the inspection is for, as told by whoever asks */
		purpose: text().notNull(),
		/** why a third party may look (berechtigtes Interesse) */
		interest: text(),
		requestedAt: instant().notNull(),
		requestedBy: uuid(),
		state: text({ enum: ['requested', 'granted', 'refused', 'ended'] })
			.notNull()
			.default('requested'),
		/** how the identity was checked */
		identity: text(),
		decidedAt: instant(),
		decidedBy: uuid(),
		/** why it was refused */
		reason: text(),
		/** until when the list is open */
		openUntil: instant(),
	},
	(t) => [
		check(
			'register_inspections_whose',
			sql`(${t.memberId} is null) = (${t.person} is not null) and (${t.person} is null) = (${t.interest} is null)`,
		),
		check('register_inspections_decided', sql`(${t.state} = 'requested') = (${t.decidedAt} is null)`),
		check(
			'register_inspections_granted',
			sql`(${t.state} in ('granted', 'ended')) = (${t.identity} is not null) and (${t.identity} is null) = (${t.openUntil} is null)`,
		),
		check('register_inspections_refused', sql`(${t.state} = 'refused') = (${t.reason} is not null)`),
		uniqueIndex('register_inspections_one_request').on(t.memberId).where(sql`${t.state} = 'requested'`),
		index('register_inspections_by_day').on(t.requestedAt),
	],
);

/** Each look into the list, append-only: of which inspection, when, by whom, which lines. */
export const registerLooks = pgTable(
	'register_looks',
	{
		id: id(),
		inspectionId: uuid()
			.notNull()
			.references(() => registerInspections.id),
		at: instant().notNull(),
		by: uuid(),
		/** day and knowledge of the list, and which lines of it */
		day: day().notNull(),
		afterNumber: integer().notNull(),
		lines: integer().notNull(),
		printed: boolean().notNull(),
	},
	(t) => [index('register_looks_of_inspection').on(t.inspectionId, t.at)],
);
