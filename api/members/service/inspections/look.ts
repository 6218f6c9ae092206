// Looking into the list of members while an inspection is open: shown to the member or at the desk, printed for third parties; every look logged.
import { type Command, write } from '../../../audit/service.ts';
import type { Keys } from '../../../config.ts';
import { type Database, transact } from '../../../database/connect.ts';
import type { OpenedFile } from '../../../documents/service.ts';
import type { DocumentLanguage } from '../../../documents/templates.ts';
import { systemActor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Address, Name } from '../../rules.ts';
import { extraFieldsOf, type ShareChange } from '../../rules/register.ts';
import { registerLooks } from '../../tables.ts';
import { exportRegister, linesPerPart } from '../extract.ts';
import { fieldsOn, type RegisterTotals, registerOn, registerTotals } from '../register.ts';
import { refuseLeavers } from './decide.ts';
import { listInspections } from './read.ts';

/** A line as others may see it: the fields of § 30 GenG and the statute's, nothing else (M-30). */
export interface InspectedLine {
	number: number;
	name: Name;
	address: Address;
	joinedOn: Day;
	furtherShares: number;
	changes: ShareChange[];
	leftOn: Day | null;
	extra: { label: string; value: string }[];
}

/** What an inspection shows: a part of today's list. `next`: the member number to go on after. */
export interface Inspected {
	day: Day;
	openUntil: string;
	person: string;
	purpose: string;
	thirdParty: boolean;
	totals: RegisterTotals;
	lines: InspectedLine[];
	next: number | null;
}

const inspector = systemActor('members.inspect-register');

/**
 * One look into the list under a granted inspection: at most `limit` lines after member number `after`; logged. `ownOf` is the member
 * whose inspection it must be; without, it is a third party's. Refuses missing `members.inspection-unknown`; forbidden `members.inspection-not-open`,
 * `members.inspection-members-only` once the member has left.
 */
export async function lookIntoRegister(
	db: Database,
	{
		by,
		at,
		inspectionId,
		ownOf,
		after = 0,
		limit = 100,
	}: Command & {
		inspectionId: string;
		ownOf?: string | undefined;
		after?: number | undefined;
		limit?: number | undefined;
	},
): Promise<Inspected> {
	const [inspection] = await listInspections(db, { by, at, inspectionId });
	// The board shows third parties the list; a member's inspection is the member's own.
	if (!inspection || inspection.memberId !== (ownOf ?? null))
		throw new Refusal('missing', 'members.inspection-unknown');
	const { open, openUntil, person, purpose, memberId } = inspection;
	if (!open || !openUntil) throw new Refusal('forbidden', 'members.inspection-not-open', {}, { rule: 'M-30' });
	const day = dayOf(at);
	if (memberId !== null) await transact(db, by, (tx) => refuseLeavers(tx, memberId, day));
	// The grant opens what row level security closes to members: the list, and of it only the law's fields.
	const { lines, totals, fields } = await transact(db, inspector, async (tx) => ({
		lines: await registerOn(tx, { day, knownAt: at, after, limit: limit + 1 }),
		totals: await registerTotals(tx, { day, knownAt: at }),
		fields: await fieldsOn(tx, day),
	}));
	const shown = lines.slice(0, limit);
	await write(db, { by, at }, async (tx, note) => {
		await tx.insert(registerLooks).values({
			...{ inspectionId, at, by: by.personId, day, afterNumber: after, lines: shown.length, printed: false },
		});
		note({
			action: 'members.look-into-register',
			subject: `inspection ${inspectionId}`,
			after: { day, after, lines: shown.length },
		});
	});
	return {
		...{ day, openUntil, person, purpose, thirdParty: memberId === null, totals },
		lines: shown.map(({ number, name, address, joinedOn, furtherShares, changes, leftOn, extra }) => ({
			...{ number, name, address, joinedOn, furtherShares, changes, leftOn },
			extra: extraFieldsOf(extra, fields, { inspection: true }),
		})),
		next: lines.length > limit ? (shown.at(-1)?.number ?? null) : null,
	};
}

/**
 * The list as PDF for a third party, with who it is for and the limit of its purpose (M-30); logged as a look. Refuses missing
 * `members.inspection-unknown`; forbidden `members.inspection-not-open`, `members.inspection-no-copy` (members may copy the own entry only)
 * and what `exportRegister` refuses.
 */
export async function printInspection(
	db: Database,
	{
		by,
		at,
		keys,
		inspectionId,
		language,
		part,
	}: Command & { keys: Keys; inspectionId: string; language: DocumentLanguage; part?: number | undefined },
): Promise<OpenedFile> {
	const [inspection] = await listInspections(db, { by, at, inspectionId });
	if (!inspection) throw new Refusal('missing', 'members.inspection-unknown');
	const { open, person, purpose, memberId } = inspection;
	if (memberId !== null) throw new Refusal('forbidden', 'members.inspection-no-copy', {}, { rule: 'M-30' });
	if (!open) throw new Refusal('forbidden', 'members.inspection-not-open', {}, { rule: 'M-30' });
	const day = dayOf(at);
	const file = await exportRegister(db, {
		...{ by, at, keys, day, knownAt: at, format: 'pdf', language, part },
		purpose: { inspectionId, person, purpose },
	});
	await write(db, { by, at }, async (tx) => {
		await tx.insert(registerLooks).values({
			...{ inspectionId, at, by: by.personId, day, afterNumber: 0, lines: linesPerPart, printed: true },
		});
	});
	return file;
}
