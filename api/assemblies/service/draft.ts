// Drafting an assembly: what kind, when, where.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { type Day, instantOfWallClock, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type AssemblyForm, type AssemblyKind, type DiscussionForm, requireVenue } from '../rules.ts';
import { assemblies } from '../tables.ts';
import { lockAssembly } from './lock.ts';

/** What the board says about an assembly. `startsAt` is the local time 'HH:MM'. */
export interface AssemblyInput {
	title: string;
	kind: AssemblyKind;
	form: AssemblyForm;
	discussionForm?: DiscussionForm | undefined;
	heldOn: Day;
	startsAtClock: string;
	place?: string | undefined;
	link?: string | undefined;
}

function recordOf(input: AssemblyInput, at: Date) {
	if (!isDay(input.heldOn)) throw new Refusal('invalid', 'assemblies.day-unknown', {}, { field: 'heldOn' });
	const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(input.startsAtClock);
	const startsAt = clock ? instantOfWallClock(input.heldOn, Number(clock[1]) * 60 + Number(clock[2])) : undefined;
	if (startsAt === undefined) throw new Refusal('invalid', 'assemblies.time-unknown', {}, { field: 'startsAtClock' });
	if (startsAt <= at.getTime()) throw new Refusal('invalid', 'assemblies.in-the-past', {}, { field: 'heldOn' });
	const { title, kind, form, heldOn, discussionForm = null, place = null, link = null } = input;
	requireVenue({ form, discussionForm, place, link });
	return { title, kind, form, discussionForm, heldOn, startsAt: new Date(startsAt), place, link };
}

/**
 * Drafts an assembly (Generalversammlung); nothing is announced yet.
 * Refuses: assemblies.day-unknown, time-unknown, in-the-past, discussion-form, place-missing, link-missing (invalid).
 */
export function createAssembly(
	db: Database,
	{ by, at, key, ...input }: Command & AssemblyInput,
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const record = recordOf(input, at);
		const [row] = await tx
			.insert(assemblies)
			.values({ ...record, createdBy: by.personId, recordedAt: at })
			.returning({ id: assemblies.id });
		if (!row) throw new Error('no assembly was stored');
		note({ action: 'assemblies.create', subject: `assembly ${row.id}`, after: record });
		return row;
	});
}

/** Replaces what a draft says. Refuses like createAssembly, and assemblies.unknown (missing), assemblies.wrong-state (conflict). */
export function changeAssembly(
	db: Database,
	{ by, at, key, assemblyId, ...input }: Command & AssemblyInput & { assemblyId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { title, kind, form, discussionForm, heldOn, startsAt, place, link } = await lockAssembly(
			tx,
			assemblyId,
			'change',
		);
		const record = recordOf(input, at);
		await tx.update(assemblies).set(record).where(eq(assemblies.id, assemblyId));
		const before = { title, kind, form, discussionForm, heldOn, startsAt, place, link };
		note({ action: 'assemblies.change', subject: `assembly ${assemblyId}`, before, after: record });
		return { id: assemblyId };
	});
}
