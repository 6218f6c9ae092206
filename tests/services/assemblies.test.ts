// Calling an assembly: in time or not at all, everybody told, and what was announced stays.
import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { addAgendaItem, changeAgendaItem, removeAgendaItem } from '../../api/assemblies/service/agenda.ts';
import { conveneAssembly, holdAssembly } from '../../api/assemblies/service/convene.ts';
import { changeAssembly, createAssembly } from '../../api/assemblies/service/draft.ts';
import { listAssemblies, readAssembly } from '../../api/assemblies/service/read.ts';
import { closeAssembly } from '../../api/ballots/service/close.ts';
import { person, useDatabase } from '../database.ts';
import { addMembers, board, found, memberOf } from './assembly.ts';

const database = useDatabase();
const draft = {
	title: 'Generalversammlung 2027',
	kind: 'ordinary' as const,
	form: 'hybrid' as const,
	place: 'Dorfsaal',
	link: 'https://versammlung.example',
	heldOn: '2027-05-17',
	startsAtClock: '19:00',
};
const lastDayInTime = new Date('2027-05-02T08:00:00Z');
const tooLate = new Date('2027-05-03T08:00:00Z');
const report = { kind: 'report' as const, title: 'Bericht des Vorstands', text: '' };
const accounts = {
	kind: 'resolution' as const,
	title: 'Jahresabschluss 2026',
	text: 'Der Abschluss wird festgestellt.',
	subject: 'annual-accounts' as const,
};
let memberId = '';

beforeAll(async () => {
	await found(database);
	[memberId = ''] = await addMembers(database, { count: 3 });
	await addMembers(database, { from: 11, count: 1, email: false });
	await addMembers(database, { from: 21, count: 1, joinedOn: '2027-06-01' });
	await addMembers(database, { from: 31, count: 1, leftOn: '2026-12-31' });
});

const drafted = async () => {
	const { id } = await createAssembly(database.db, { by: board, at: lastDayInTime, ...draft });
	const { id: itemId } = await addAgendaItem(database.db, {
		by: board,
		at: lastDayInTime,
		assemblyId: id,
		...accounts,
	});
	return { assemblyId: id, itemId };
};

test('a draft is the board’s alone; convened, members see it with its agenda', async () => {
	const { assemblyId } = await drafted();
	const member = memberOf(memberId);
	await expect(readAssembly(database.db, { by: member, assemblyId })).rejects.toMatchObject({
		kind: 'missing',
		code: 'assemblies.unknown',
	});
	expect(await listAssemblies(database.db, { by: member })).toEqual([]);
	await conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId });
	expect(await readAssembly(database.db, { by: member, assemblyId })).toMatchObject({
		state: 'convened',
		startsAt: '2027-05-17T17:00:00.000Z',
		latestReceiptOn: '2027-05-02',
		latestAdditionOn: '2027-05-09',
		conveningDays: 14,
		agenda: [{ top: 1, title: 'Jahresabschluss 2026', announcedAt: lastDayInTime.toISOString() }],
	});
	expect(await listAssemblies(database.db, { by: person(['operator']) })).toEqual([]);
});

test('the notice goes to every member of the day, word for word, and its hash is kept', async () => {
	await database.owner`delete from notices`;
	const { assemblyId } = await drafted();
	const told = await conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId });
	expect(told).toMatchObject({ invitedByMail: 3, withoutMail: 1, latestReceiptOn: '2027-05-02' });
	const mails = await database.owner<
		{ recipient: string; values: { document: string[] } }[]
	>`select recipient, values from notices where template = 'assembly-invitation' order by recipient`;
	expect(mails.map((mail) => mail.recipient)).toEqual([
		'm1@auental.example',
		'm2@auental.example',
		'm3@auental.example',
	]);
	expect(mails[0]?.values.document).toContain('TOP 1: Jahresabschluss 2026');
	const text = `${mails[0]?.values.document.join('\n')}\n`;
	expect(createHash('sha256').update(text).digest('hex')).toBe(told.noticeHash);
});

test('too late, too empty, twice: refused and nothing sent', async () => {
	const { assemblyId } = await drafted();
	await database.owner`delete from notices`;
	await expect(conveneAssembly(database.db, { by: board, at: tooLate, assemblyId })).rejects.toMatchObject({
		kind: 'invalid',
		code: 'assemblies.notice-too-short',
		rule: 'C3',
		values: { latestReceiptOn: '2027-05-02', fullDays: 13 },
	});
	const { id: empty } = await createAssembly(database.db, { by: board, at: lastDayInTime, ...draft });
	await expect(conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId: empty })).rejects.toMatchObject(
		{ code: 'assemblies.agenda-empty' },
	);
	expect((await database.owner`select 1 from notices`).length).toBe(0);
	const results = await Promise.allSettled(
		Array.from({ length: 16 }, () => conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId })),
	);
	expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect(results.filter((r) => r.status === 'rejected').every((r) => r.reason.code === 'assemblies.wrong-state')).toBe(
		true,
	);
	expect((await database.owner`select 1 from notices`).length).toBe(3);
});

test('the agenda is numbered without gaps, also when many add at once and some is taken off', async () => {
	const { assemblyId, itemId } = await drafted();
	const added = await Promise.all(
		Array.from({ length: 16 }, () =>
			addAgendaItem(database.db, { by: board, at: lastDayInTime, assemblyId, ...report }),
		),
	);
	expect(added.map(({ top }) => top).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i + 2));
	await removeAgendaItem(database.db, { by: board, at: lastDayInTime, itemId });
	await changeAgendaItem(database.db, { by: board, at: lastDayInTime, itemId: added[0]?.id ?? '', ...accounts });
	const { agenda } = await readAssembly(database.db, { by: board, assemblyId });
	expect(agenda.map(({ top }) => top)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
	expect(agenda.find(({ id }) => id === added[0]?.id)).toMatchObject({
		title: accounts.title,
		subject: 'annual-accounts',
	});
});

test('after the notice the agenda can only grow, a week ahead, and everybody is told', async () => {
	const { assemblyId, itemId } = await drafted();
	await conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId });
	await database.owner`delete from notices`;
	await expect(
		changeAssembly(database.db, { by: board, at: lastDayInTime, assemblyId, ...draft }),
	).rejects.toMatchObject({ code: 'assemblies.wrong-state' });
	await expect(removeAgendaItem(database.db, { by: board, at: lastDayInTime, itemId })).rejects.toMatchObject({
		code: 'assemblies.wrong-state',
	});
	await addAgendaItem(database.db, { by: board, at: new Date('2027-05-09T20:00:00Z'), assemblyId, ...report });
	expect((await database.owner`select 1 from notices where template = 'assembly-addition'`).length).toBe(3);
	await expect(
		addAgendaItem(database.db, { by: board, at: new Date('2027-05-10T08:00:00Z'), assemblyId, ...report }),
	).rejects.toMatchObject({
		code: 'assemblies.addition-too-late',
		rule: 'C6',
	});
	await expect(database.owner`update agenda_items set title = 'x' where id = ${itemId}`).rejects.toThrow(
		/cannot be changed/,
	);
});

test('an assembly is held on its day, not before, and closed after', async () => {
	const { assemblyId } = await drafted();
	await conveneAssembly(database.db, { by: board, at: lastDayInTime, assemblyId });
	await expect(
		holdAssembly(database.db, { by: board, at: new Date('2027-05-16T18:00:00Z'), assemblyId }),
	).rejects.toMatchObject({ code: 'assemblies.too-early' });
	await expect(closeAssembly(database.db, { by: board, at: tooLate, assemblyId })).rejects.toMatchObject({
		code: 'assemblies.wrong-state',
	});
	await holdAssembly(database.db, { by: board, at: new Date('2027-05-17T16:55:00Z'), assemblyId });
	await closeAssembly(database.db, { by: board, at: new Date('2027-05-17T20:00:00Z'), assemblyId });
	expect(await readAssembly(database.db, { by: memberOf(memberId), assemblyId })).toMatchObject({ state: 'closed' });
});

test.each([
	[{ heldOn: '2027-02-30' }, 'assemblies.day-unknown'],
	[{ startsAtClock: '24:00' }, 'assemblies.time-unknown'],
	[{ heldOn: '2027-03-28', startsAtClock: '02:30' }, 'assemblies.time-unknown'],
	[{ heldOn: '2027-05-01' }, 'assemblies.in-the-past'],
	[{ place: undefined }, 'assemblies.place-missing'],
	[{ form: 'stretched' as const }, 'assemblies.discussion-form'],
])('refuses a draft with %j: %s', async (change, code) => {
	await expect(
		createAssembly(database.db, {
			by: board,
			at: code === 'assemblies.time-unknown' ? new Date('2027-01-01T00:00:00Z') : lastDayInTime,
			...draft,
			...change,
		}),
	).rejects.toMatchObject({
		kind: 'invalid',
		code,
	});
});

test('members, operators and auditors cannot write, even past the routes', async () => {
	for (const by of [memberOf(memberId), person(['operator']), person(['auditor'])]) {
		await expect(createAssembly(database.db, { by, at: lastDayInTime, ...draft })).rejects.toThrow();
	}
});
