// Deletion runs: previewed with counts and names, carried out by a person, logged without the deleted data (G-21, G-40).
import { desc, eq, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { accountLinks, formerEmails, persons, recoveryCodes, sessions } from '../../accounts/tables.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal } from '../../database/sealed.ts';
import { documents } from '../../documents/tables.ts';
import type { Applicant } from '../../members/rules.ts';
import { openSecrets } from '../../members/service/files.ts';
import {
	accountChanges,
	applicationConfirmations,
	applications,
	memberNotes,
	memberRepresentatives,
	memberSecrets,
	members,
} from '../../members/tables.ts';
import { cooperative } from '../../statute/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { deletionCategories, type DeletionCategory } from '../rules/deletion.ts';
import { deletionLog, deletionRuns, restrictedData } from '../tables.ts';
import { plannedOn, planHash, type PlannedItem } from './plan.ts';

/** What a run would do today. `hash` must come back with the order to carry it out. */
export interface DeletionPreview {
	day: Day;
	hash: string;
	counts: { category: DeletionCategory; restricted: number; erased: number }[];
	items: PlannedItem[];
}

const countsOf = (items: readonly PlannedItem[]): DeletionPreview['counts'] =>
	deletionCategories.flatMap((category) => {
		const of = items.filter((item) => item.category === category);
		const restricted = of.filter(({ action }) => action === 'restricted').length;
		return of.length === 0 ? [] : [{ category, restricted, erased: of.length - restricted }];
	});

/** The preview of a deletion run on the day of `at`; nothing is changed. */
export function previewDeletion(db: Database, { by, at }: { by: Actor; at: Date }): Promise<DeletionPreview> {
	return transact(db, by, async (tx) => {
		const day = dayOf(at);
		const items = await plannedOn(tx, day);
		return { day, hash: planHash(items), counts: countsOf(items), items };
	});
}

interface Work {
	tx: Tx;
	note: Note;
	at: Date;
	by: Actor;
	keys: Keys;
}

async function eraseAccount({ tx, at }: Work, memberId: string, number: number): Promise<void> {
	await tx.delete(formerEmails).where(eq(formerEmails.memberId, memberId));
	const [person] = await tx
		.select({ id: persons.id })
		.from(persons)
		.where(eq(persons.memberId, memberId))
		.for('update');
	if (!person) return;
	await tx.delete(sessions).where(eq(sessions.personId, person.id));
	await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, person.id));
	await tx.delete(accountLinks).where(eq(accountLinks.personId, person.id));
	await tx
		.update(persons)
		.set({
			...{ email: `geloescht-${person.id}@geloescht.invalid`, emailConfirmedAt: null, name: `Mitglied ${number}` },
			...{ passwordHash: null, totpSealed: null, totpConfirmedAt: null, totpPendingSealed: null, totpStep: null },
			disabledAt: at,
		})
		.where(eq(persons.id, person.id));
}

/** Takes the secrets of a category out of the member's file and answers what they were. */
async function takeOut(
	{ tx, note, keys }: Work,
	memberId: string,
	category: DeletionCategory,
): Promise<Record<string, string | null>> {
	const purpose = 'restriction after the exit';
	const open = (await openSecrets(tx, note, { keys, memberIds: [memberId], purpose })).get(memberId);
	const nothing = {
		bank: { iban: null, ibanBlind: null, ibanLast4: null, accountHolder: null },
		'birth-date': { birthDate: null },
		'tax-id': { taxId: null, taxIdLast4: null },
	}[category as 'bank' | 'birth-date' | 'tax-id'];
	await tx.update(memberSecrets).set(nothing).where(eq(memberSecrets.memberId, memberId));
	if (category === 'bank') await tx.delete(accountChanges).where(eq(accountChanges.memberId, memberId));
	if (category === 'bank') return { iban: open?.iban ?? null, accountHolder: open?.accountHolder ?? null };
	return category === 'tax-id' ? { taxId: open?.taxId ?? null } : { birthDate: open?.birthDate ?? null };
}

const nobody = (applicant: Applicant): Applicant => ({
	...{ kind: applicant.kind, investing: applicant.investing, representative: null, email: '–', phone: null },
	name: applicant.kind === 'natural' ? { familyName: '–', givenNames: '–' } : { organisation: '–' },
	...{
		address: { street: '–', postcode: '–', town: '–', country: 'DE' },
		accountHolder: null,
		locale: applicant.locale,
	},
});

async function eraseDeclaration({ tx }: Work, memberId: string): Promise<void> {
	const [row] = await tx.select().from(applications).where(eq(applications.memberId, memberId)).for('update');
	if (!row) return;
	await tx
		.update(applications)
		.set({
			applicant: nobody(row.applicant),
			ibanSealed: null,
			ibanLast4: null,
			birthDateSealed: null,
			printHash: null,
		})
		.where(eq(applications.id, row.id));
	await tx
		.update(applicationConfirmations)
		.set({ wording: '–', tokenHash: null })
		.where(eq(applicationConfirmations.applicationId, row.id));
}

async function carryOut(work: Work, item: PlannedItem): Promise<void> {
	const { tx, at, by, keys } = work;
	const { memberId, category, recordId } = item;
	if (category === 'document' && recordId !== null) {
		await tx.update(documents).set({ content: null, erasedAt: at }).where(eq(documents.id, recordId));
	} else if (category === 'archive' && recordId !== null) {
		await tx.update(restrictedData).set({ content: null, erasedAt: at }).where(eq(restrictedData.id, recordId));
	} else if (memberId === null) {
		throw new Error(`${category} without a member`);
	} else if (category === 'account') {
		await eraseAccount(work, memberId, item.memberNumber ?? 0);
	} else if (category === 'contact') {
		await tx.update(members).set({ email: null, phone: null }).where(eq(members.id, memberId));
		await tx.delete(memberNotes).where(eq(memberNotes.memberId, memberId));
		await tx
			.update(memberRepresentatives)
			.set({ email: null, address: null })
			.where(eq(memberRepresentatives.memberId, memberId));
	} else if (category === 'declaration') {
		await eraseDeclaration(work, memberId);
	} else {
		const content = await takeOut(work, memberId, category);
		if (item.keepUntil === null) return;
		// The content is sealed for its row, so the row's id comes first.
		const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
		const id = made?.id ?? '';
		await tx.insert(restrictedData).values({
			...{ id, memberId, category, restrictedAt: at, restrictedBy: by.personId, keepUntil: item.keepUntil },
			content: seal(keys, { table: 'restricted_data', column: 'content', row: id }, JSON.stringify(content)),
		});
	}
}

/** A run in the deletion log. */
export interface DeletionRun {
	id: string;
	dueOn: Day;
	executedAt: string;
	executedByName: string;
	items: number;
}

/**
 * Carries out what was previewed: restricts what the law still asks for, erases the rest, and logs what was done to whom, never the data.
 * All or nothing; only with a fresh proof of who is sitting there. Refuses conflict `privacy.preview-outdated` if something else is due
 * than was looked at (also when somebody else was quicker), `privacy.nothing-due`; forbidden `privacy.board-only`, `accounts.proof-needed`.
 */
export function executeDeletion(
	db: Database,
	{ by, at, key, keys, hash }: Command & { keys: Keys; hash: string },
): Promise<{ runId: string; items: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (by.personId === null) throw new Refusal('forbidden', 'privacy.board-only', {}, { rule: 'G-21' });
		if (by.sessionId !== null) await requireRecentProof(tx, { by, at });
		// One run after the other: the second finds that nothing is left.
		await tx.select({ one: cooperative.one }).from(cooperative).for('update');
		const dueOn = dayOf(at);
		const items = await plannedOn(tx, dueOn);
		if (planHash(items) !== hash) throw new Refusal('conflict', 'privacy.preview-outdated', {}, { rule: 'G-21' });
		if (items.length === 0) throw new Refusal('conflict', 'privacy.nothing-due', {}, { rule: 'G-21' });
		const [run] = await tx
			.insert(deletionRuns)
			.values({ dueOn, executedAt: at, executedBy: by.personId, executedByName: by.name, items: items.length })
			.returning({ id: deletionRuns.id });
		const runId = run?.id ?? '';
		for (const item of items) await carryOut({ tx, note, at, by, keys }, item);
		await tx.insert(deletionLog).values(
			items.map(({ memberId, category, action, fields, keepUntil }) => ({
				...{ runId, memberId, category, action, fields, keepUntil },
			})),
		);
		note({
			action: 'privacy.execute-deletion',
			subject: `deletion run ${runId}`,
			after: { dueOn, counts: countsOf(items) },
		});
		return { runId, items: items.length };
	});
}

/** Runs, newest first. */
export function listDeletionRuns(db: Database, { by }: { by: Actor }): Promise<DeletionRun[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(deletionRuns).orderBy(desc(deletionRuns.executedAt)).limit(200);
		return rows.map(({ executedBy: _executedBy, executedAt, ...row }) => ({
			...row,
			executedAt: executedAt.toISOString(),
		}));
	});
}

/** A line of the deletion log: member numbers, no data. */
export interface DeletionLogLine {
	memberNumber: number | null;
	category: DeletionCategory;
	action: 'restricted' | 'erased';
	fields: string[];
	keepUntil: Day | null;
}

/** A run with what it did. Refuses missing `privacy.run-unknown`. */
export function readDeletionRun(
	db: Database,
	{ by, runId }: { by: Actor; runId: string },
): Promise<DeletionRun & { lines: DeletionLogLine[] }> {
	return transact(db, by, async (tx) => {
		const [run] = await tx.select().from(deletionRuns).where(eq(deletionRuns.id, runId));
		if (!run) throw new Refusal('missing', 'privacy.run-unknown');
		const rows = await tx
			.select({ line: deletionLog, number: members.number })
			.from(deletionLog)
			.leftJoin(members, eq(members.id, deletionLog.memberId))
			.where(eq(deletionLog.runId, runId))
			.orderBy(members.number, deletionLog.id);
		const { executedBy: _executedBy, executedAt, ...facts } = run;
		return {
			...{ ...facts, executedAt: executedAt.toISOString() },
			lines: rows.map(({ line: { category, action, fields, keepUntil }, number }) => ({
				...{ memberNumber: number, category, action, fields, keepUntil },
			})),
		};
	});
}
