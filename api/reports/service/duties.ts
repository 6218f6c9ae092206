// The calendar of duties: what is due, whose it is, who did it when; and days that only people know.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, addMonths, type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { enteredDuties, type Occurrence, occurrencesBetween, type DutyId, dutyRule } from '../rules/duties.ts';
import { dutyEvents, dutyMarks } from '../tables.ts';
import { type KnownFacts, knownFacts } from './facts.ts';

/** A duty as staff see it. */
export interface DutyLine extends Occurrence {
	law: string;
	/** 'later': not yet to be reminded of; 'due': now; 'overdue': its day is past; 'done' */
	state: 'later' | 'due' | 'overdue' | 'done';
	owner: 'board';
	assignee: { id: string; name: string } | null;
	/** who marked it, null where the program knows by itself that it is done */
	done: { on: Day; by: string | null; remark: string | null } | null;
	/** the entered event it hangs on, which can be taken back */
	eventId: string | null;
}

/** Duties whose day is past for longer are no longer asked for on the board's home. */
const overdueDays = 180;
const horizonMonths = 132;

interface Mark {
	occurrence: string;
	assignedTo: string | null;
	assignee: string | null;
	doneOn: Day | null;
	doneBy: string | null;
	remark: string | null;
}

async function marksOf(tx: Tx): Promise<Map<string, Mark>> {
	const rows = await tx.execute<{
		occurrence: string;
		assigned_to: string | null;
		assignee: string | null;
		done_on: Day | null;
		done_by: string | null;
		remark: string | null;
	}>(sql`
		select k.occurrence, k.assigned_to, a.name as assignee, (k.done_at at time zone 'Europe/Berlin')::date as done_on,
			d.name as done_by, k.remark
		from duty_marks k left join persons a on a.id = k.assigned_to left join persons d on d.id = k.done_by`);
	return new Map(
		rows.map((r) => [
			r.occurrence,
			{
				...{ occurrence: r.occurrence, assignedTo: r.assigned_to, assignee: r.assignee },
				...{ doneOn: r.done_on, doneBy: r.done_by, remark: r.remark },
			},
		]),
	);
}

function lineOf(one: Occurrence, mark: Mark | undefined, { facts, fulfilled }: KnownFacts, today: Day): DutyLine {
	const known = fulfilled.get(one.key);
	const done =
		mark?.doneOn != null
			? { on: mark.doneOn, by: mark.doneBy, remark: mark.remark }
			: known
				? { on: known, by: null, remark: null }
				: null;
	const asked = one.dueOn < today ? 'overdue' : one.remindOn <= today ? 'due' : 'later';
	const subject = one.key.slice(one.duty.length + 1);
	return {
		...one,
		...{ law: dutyRule(one.duty).law, owner: 'board', state: done ? 'done' : asked, done },
		assignee: mark?.assignedTo ? { id: mark.assignedTo, name: mark.assignee ?? '' } : null,
		eventId: facts.events.some(({ id }) => id === subject) ? subject : null,
	};
}

/**
 * Duties due from one day to another (the coming year and what is overdue, if no days are given), the earliest first.
 * `open`: only what the board is to be reminded of now.
 */
export function listDuties(
	db: Database,
	{ by, at, from, to, open = false }: { by: Actor; at: Date; from?: Day; to?: Day; open?: boolean },
): Promise<DutyLine[]> {
	return transact(db, by, async (tx) => {
		const today = dayOf(at);
		const known = await knownFacts(tx, today);
		const earliest = addDays(today, -overdueDays);
		const begin = from ?? (earliest > known.since ? earliest : known.since);
		const marks = await marksOf(tx);
		const lines = occurrencesBetween(known.facts, begin, to ?? addMonths(today, 12)).map((one) =>
			lineOf(one, marks.get(one.key), known, today),
		);
		return open ? lines.filter(({ state }) => state === 'due' || state === 'overdue') : lines;
	});
}

/** The occurrence with a key, whenever it is due. Refuses missing `reports.duty-unknown`. */
async function occurrenceOf(tx: Tx, key: string, today: Day): Promise<Occurrence> {
	const { facts } = await knownFacts(tx, today);
	const all = occurrencesBetween(facts, addMonths(today, -horizonMonths), addMonths(today, horizonMonths));
	const found = all.find((one) => one.key === key);
	if (!found) throw new Refusal('missing', 'reports.duty-unknown');
	return found;
}

/** The mark of an occurrence, locked; made if there is none yet. */
async function lockedMark(tx: Tx, occurrence: string, at: Date) {
	await tx.insert(dutyMarks).values({ occurrence, changedAt: at }).onConflictDoNothing();
	const [mark] = await tx.select().from(dutyMarks).where(eq(dutyMarks.occurrence, occurrence)).for('update');
	if (!mark) throw new Error('a mark that was just made is gone');
	return mark;
}

/**
 * Marks a duty as done, or as open again. Refuses missing `reports.duty-unknown`; conflict `reports.duty-done`,
 * `reports.duty-open`; forbidden `reports.person-needed`.
 */
export function markDuty(
	db: Database,
	{ by, at, key, occurrence, done, remark }: Command & { occurrence: string; done: boolean; remark: string | null },
): Promise<{ occurrence: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (by.personId === null) throw new Refusal('forbidden', 'reports.person-needed');
		await occurrenceOf(tx, occurrence, dayOf(at));
		const mark = await lockedMark(tx, occurrence, at);
		if (done && mark.doneAt) throw new Refusal('conflict', 'reports.duty-done');
		if (!done && !mark.doneAt) throw new Refusal('conflict', 'reports.duty-open');
		const change = { doneAt: done ? at : null, doneBy: done ? by.personId : null, remark, changedAt: at };
		await tx.update(dutyMarks).set(change).where(eq(dutyMarks.occurrence, occurrence));
		const action = done ? 'reports.mark-duty' : 'reports.reopen-duty';
		note({ action, subject: `duty ${occurrence}`, after: { remark } });
		return { occurrence };
	});
}

/**
 * Gives a duty to somebody of the staff, or to nobody in particular (null). Refuses missing `reports.duty-unknown`,
 * `reports.person-unknown`.
 */
export function assignDuty(
	db: Database,
	{ by, at, key, occurrence, personId }: Command & { occurrence: string; personId: string | null },
): Promise<{ occurrence: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await occurrenceOf(tx, occurrence, dayOf(at));
		if (personId !== null) {
			const [person] = await tx.execute(sql`
				select id from persons where id = ${personId} and disabled_at is null and roles && array['board', 'supervisory', 'operator']`);
			if (!person) throw new Refusal('missing', 'reports.person-unknown', {}, { field: 'personId' });
		}
		const mark = await lockedMark(tx, occurrence, at);
		await tx.update(dutyMarks).set({ assignedTo: personId, changedAt: at }).where(eq(dutyMarks.occurrence, occurrence));
		note({
			...{ action: 'reports.assign-duty', subject: `duty ${occurrence}` },
			...{ before: { personId: mark.assignedTo }, after: { personId } },
		});
		return { occurrence };
	});
}

/**
 * Enters a day that a duty hangs on: a request of the auditing association, a change of the board, the end of a term.
 * Refuses invalid `reports.event-kind-wrong`, `reports.event-day-wrong`.
 */
export function enterDutyEvent(
	db: Database,
	{ by, at, key, duty, on, label }: Command & { duty: DutyId; on: Day; label: string },
): Promise<{ eventId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!enteredDuties.includes(duty)) {
			throw new Refusal('invalid', 'reports.event-kind-wrong', {}, { field: 'duty' });
		}
		const today = dayOf(at);
		if (!isDay(on) || on < addMonths(today, -24) || on > addMonths(today, 120)) {
			throw new Refusal('invalid', 'reports.event-day-wrong', {}, { field: 'on' });
		}
		const [made] = await tx
			.insert(dutyEvents)
			.values({ duty, onDay: on, label, recordedAt: at, recordedBy: by.personId })
			.returning({ id: dutyEvents.id });
		const eventId = made?.id ?? '';
		note({ action: 'reports.enter-event', subject: `event ${eventId}`, after: { duty, on, label } });
		return { eventId };
	});
}

/** Takes an entered day back. Refuses missing `reports.event-unknown`. */
export function removeDutyEvent(
	db: Database,
	{ by, at, key, eventId }: Command & { eventId: string },
): Promise<{ eventId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const removed = await tx
			.update(dutyEvents)
			.set({ removedAt: at, removedBy: by.personId })
			.where(and(eq(dutyEvents.id, eventId), isNull(dutyEvents.removedAt)))
			.returning({ id: dutyEvents.id });
		if (removed.length === 0) throw new Refusal('missing', 'reports.event-unknown');
		note({ action: 'reports.remove-event', subject: `event ${eventId}` });
		return { eventId };
	});
}
