// What tests about assemblies start from: a cooperative with members, and an assembly in session right now.
import { write } from '../../api/audit/service.ts';
import type { AgendaItemInput } from '../../api/assemblies/service/agenda.ts';
import { addAgendaItem } from '../../api/assemblies/service/agenda.ts';
import { conveneAssembly, holdAssembly } from '../../api/assemblies/service/convene.ts';
import { type AssemblyInput, createAssembly } from '../../api/assemblies/service/draft.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { setUpCooperative } from '../../api/statute/service.ts';
import { clockOf, dayOf } from '../../api/values/calendar.ts';
import { person, system, type TestDatabase } from '../database.ts';

/** A board member without a membership. */
export const board = person(['board']);
/** A member of the supervisory board. */
export const supervisory = person(['supervisory']);

/** Founds the cooperative under usual terms. */
export async function found({ db }: TestDatabase): Promise<void> {
	const facts = {
		name: 'Bürgerenergie Auental eG',
		street: 'Rathausplatz 1',
		postcode: '00000',
		town: 'Auental',
		registerCourt: 'Auental',
		registerNumber: 'GnR 1',
		email: 'vorstand@auental.example',
		creditorId: null,
		iban: null,
		fiscalYearEndMonth: 12,
	};
	await write(db, { by: system, at: new Date('2012-01-02T10:00:00Z') }, (tx, note) =>
		setUpCooperative(tx, note, {
			at: new Date('2012-01-02T10:00:00Z'),
			facts,
			terms: suggestedTerms,
			validFrom: '2012-01-02',
			source: 'Gründung',
		}),
	);
}

/** Adds members straight to the list, first number `from`; answers their ids in order. */
export async function addMembers(
	{ owner }: TestDatabase,
	{
		from = 1,
		count,
		investing = false,
		joinedOn = '2012-03-15',
		leftOn = null,
		email = true,
	}: { from?: number; count: number; investing?: boolean; joinedOn?: string; leftOn?: string | null; email?: boolean },
): Promise<string[]> {
	const rows = await owner<{ id: string; number: number }[]>`
		insert into members (number, kind, investing, family_name, given_names, street, postcode, town, country, email, joined_on, left_on, search_text)
		select n, 'natural', ${investing}, 'Muster ' || n, 'Maria', 'Weg 1', '00000', 'Auental', 'DE',
			case when ${email} then 'm' || n || '@auental.example' end, ${joinedOn}::date, ${leftOn}::date, 'muster ' || n
		from generate_series(${from}::int, ${from + count - 1}::int) n returning id, number`;
	return [...rows].sort((a, b) => a.number - b.number).map((row) => row.id);
}

/** The actor of a member. */
export const memberOf = (memberId: string) => person(['member'], { memberId });

const hourMs = 3_600_000;

/** What an assembly that began an hour ago looks like when it is drafted. */
export function recentAssembly(now: Date): AssemblyInput {
	const started = new Date(now.getTime() - hourMs);
	return {
		title: 'Generalversammlung',
		kind: 'ordinary',
		form: 'hybrid',
		place: 'Dorfsaal Auental',
		link: 'https://versammlung.example/auental',
		heldOn: dayOf(started),
		startsAtClock: clockOf(started),
	};
}

/** An assembly in session since an hour, convened three weeks ago, with one item. */
export async function assemblyInSession(
	{ db }: TestDatabase,
	item: AgendaItemInput = { kind: 'resolution', title: 'Jahresabschluss', text: '', subject: 'annual-accounts' },
): Promise<{ assemblyId: string; itemId: string; startsAt: Date }> {
	const now = new Date();
	const before = new Date(now.getTime() - 21 * 24 * hourMs);
	const { id: assemblyId } = await createAssembly(db, { by: board, at: before, ...recentAssembly(now) });
	const { id: itemId } = await addAgendaItem(db, { by: board, at: before, assemblyId, ...item });
	await conveneAssembly(db, { by: board, at: before, assemblyId });
	await holdAssembly(db, { by: board, at: now, assemblyId });
	return { assemblyId, itemId, startsAt: new Date(Math.floor((now.getTime() - hourMs) / 60_000) * 60_000) };
}
