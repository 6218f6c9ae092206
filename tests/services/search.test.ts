// Members are found as people type: words in any order, umlauts either way, ends of account numbers, small slips; by nobody but staff.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldedWord, isNearlyTyped, searchWords } from '../../api/members/rules.ts';
import { addNote, listNotes, removeNote } from '../../api/members/service/notes.ts';
import { listMembers, type MemberQuery } from '../../api/members/service/search.ts';
import { listHoldings } from '../../api/shares/service/holdings.ts';
import { board, noon } from '../cooperative.ts';
import { person, useDatabase } from '../database.ts';
import { generateMembers, insertMember } from '../people.ts';

const database = useDatabase();
const at = noon('2026-11-22');
const list = (query: MemberQuery, by = board) => listMembers(database.db, { by, at, ...query });
const names = async (search: string, more: MemberQuery = {}) =>
	(await list({ search, ...more })).members.map(({ name }) => name);

beforeAll(async () => {
	await generateMembers(database.owner, 3_000, 1_001);
	const people = [
		['Jürgen', 'Großmüller-Weiß', 'Bad Wörishofen', 'j.grossmueller@wörishofen.example'],
		['Søren', 'Łukasiewicz', 'Auental', 's@auental.example'],
		["D'Arcy", "O'Brien", 'Auental', "o'brien@auental.example"],
	] as const;
	for (const [i, [givenNames, familyName, town, email]] of people.entries())
		await insertMember(database.owner, { number: i + 1, givenNames, familyName, town, email });
}, 120_000);

describe('what is found', () => {
	const jürgen = 'Jürgen Großmüller-Weiß';
	test.each([
		...[
			'großmüller',
			'Grossmueller',
			'GROSSMULLER',
			'gros',
			'weiß',
			'Weiss jürgen',
			'juergen gross',
			'Jürgen, Großmüller',
		],
		...[
			'wörishofen großmüller',
			'wo gross jur',
			'j.grossmueller@w',
			'grossmueller',
			'grossmueller-weiss',
			'Großmüller'.normalize('NFD'),
		],
	])('%s', async (search) => {
		expect(await names(search, { pageSize: 500 })).toContain(jürgen);
	});

	test('accents and signs of other languages, apostrophes', async () => {
		expect(await names('lukasiewicz soeren')).toEqual(['Søren Łukasiewicz']);
		expect(await names('Łukasiewicz')).toEqual(['Søren Łukasiewicz']);
		expect(await names("o'brien")).toEqual(["D'Arcy O'Brien"]);
		expect(await names('brien')).toEqual(["D'Arcy O'Brien"]);
	});

	test('numbers with and without leading zeros, place and postcode, the whole IBAN, its end beside a name', async () => {
		const [numbered] = (await list({ search: '#0001', standing: 'all', order: 'number' })).members;
		expect(numbered?.number).toBe(1);
		const [someone] = (await list({ search: 'lindau', order: 'number' })).members;
		expect(someone?.town).toBe('Lindau');
		expect(await names(`${someone?.postcode} lindau`)).toContain(someone?.name);
		const end = String(((someone?.number ?? 0) * 7) % 10_000).padStart(4, '0');
		expect(await names(end)).toContain(someone?.name);
		expect(await names(`…${end} ${someone?.name.split(' ')[0]}`)).toContain(someone?.name);
		expect(await names(`DE02 1203 0000 0000 20${end.slice(0, 2)} ${end.slice(2)}`)).toContain(someone?.name);
	});

	test('a slip finds whom nobody is called, and says so; nonsense finds nobody', async () => {
		for (const search of ['Grossmuelelr', 'Grossmüler', 'Grosmülller', 'Gorssmüller']) {
			const { members, instead } = await list({ search });
			expect(
				members.map(({ name }) => name),
				search,
			).toContain(jürgen);
			expect(instead, search).not.toEqual([]);
		}
		expect(await list({ search: 'xqzvwk' })).toMatchObject({ total: 0, members: [], next: null, instead: [] });
		expect((await list({ search: 'müller' })).instead).toEqual([]);
	});

	test('signs of the query language are text, and nothing more', async () => {
		for (const search of [
			"' | 'a':*",
			"a' or 1=1; drop table members --",
			'\\',
			"''",
			'!!!',
			'%',
			'_',
			':*',
			'&',
			'<->',
			' '.repeat(90),
		])
			expect((await list({ search })).total, search).toBeGreaterThanOrEqual(0);
		expect((await list({ search: "zz' | 'a':*" })).total).toBe(0);
		expect((await list({ search: '%%%' })).total).toBe((await list({})).total);
	});

	test('a past day shows who had left by then; holdings are searched in the same way', async () => {
		const left = await list({ search: 'müller', standing: 'left' });
		expect(left.total).toBeGreaterThan(0);
		expect(left.members.every(({ leftOn }) => leftOn !== null && leftOn < '2026-11-22')).toBe(true);
		const { total, holdings } = await listHoldings(database.db, {
			by: board,
			day: '2026-11-22',
			search: 'grosmueller',
		});
		expect([total, holdings[0]?.name]).toEqual([1, jürgen]);
	});
});

describe('leafing', () => {
	test.each([
		['name', false],
		['name', true],
		['number', true],
		['town', false],
		['joinedOn', true],
	] as const)('by %s (descending: %s) shows everybody once, forwards and backwards', async (order, descending) => {
		const seen: string[] = [];
		let after: string | undefined;
		const parts: string[][] = [];
		for (;;) {
			const part = await list({ order, descending, pageSize: 400, after, standing: 'all' });
			parts.push(part.members.map(({ id }) => id));
			seen.push(...part.members.map(({ id }) => id));
			if (!part.next) break;
			after = part.next;
		}
		expect(new Set(seen).size).toBe(seen.length);
		expect(seen.length).toBe((await list({ standing: 'all' })).total);
		const last = await list({ order, descending, pageSize: 400, after, standing: 'all' });
		const back = await list({ order, descending, pageSize: 400, before: last.previous ?? undefined, standing: 'all' });
		expect(back.members.map(({ id }) => id)).toEqual(parts.at(-2));
		expect(
			(
				await list({
					order,
					descending,
					pageSize: 400,
					before:
						(await list({ order, descending, pageSize: 400, after: back.previous ?? '', standing: 'all' })).previous ??
						undefined,
					standing: 'all',
				})
			).next,
		).not.toBeNull();
	});

	test('cursors of other lists and made-up ones are refused', async () => {
		const { next } = await list({ order: 'number', pageSize: 5 });
		for (const [after, order] of [
			[next ?? '', 'name'],
			[next ?? '', 'joinedOn'],
			['e30', 'name'],
			['bm9uc2Vuc2U', 'number'],
			[Buffer.from('["a\\u0000",1]').toString('base64url'), 'name'],
			[Buffer.from('["a",1e9999]').toString('base64url'), 'name'],
		] as const)
			await expect(list({ after, order }), after).rejects.toMatchObject({ code: 'request.cursor-unknown' });
	});
});

test('nobody but staff finds anybody, not even themselves', async () => {
	const memberId = await insertMember(database.owner, { number: 11, givenNames: 'Ida', familyName: 'Selbst' });
	for (const by of [person(['member'], { memberId }), person(['operator']), person([])])
		expect(await list({ standing: 'all' }, by)).toMatchObject({ total: 0, members: [] });
	for (const by of [person(['auditor']), person(['supervisory'])])
		expect((await list({ standing: 'all' }, by)).total).toBeGreaterThan(3_000);
});

test('what is typed folds as what is stored, whatever the spelling, also while it is being typed', () => {
	const letters = fc.constantFrom(...'aeiousßäöübcnrm');
	fc.assert(
		fc.property(fc.string({ unit: letters, minLength: 1, maxLength: 14 }), fc.nat(14), (word, cut) => {
			expect(foldedWord(word).startsWith(foldedWord(word.slice(0, cut)))).toBe(true);
			expect(isNearlyTyped(foldedWord(word), foldedWord(word))).toBe(true);
		}),
	);
	expect(searchWords('  Nr. 0147,  Müller ')).toEqual([
		{ word: 'nr' },
		{ word: '147', ibanEnd: '0147' },
		{ word: 'muller' },
	]);
	expect([isNearlyTyped('schmdit', 'schmidt'), isNearlyTyped('hans', 'hand'), isNearlyTyped('abc', 'abd')]).toEqual([
		...[true, true, false],
	]);
});

test('notes are written by the board, read by staff, and leave a trace in the log when taken away', async () => {
	const memberId = await insertMember(database.owner, { number: 12, givenNames: 'Udo', familyName: 'Notiz' });
	const self = person(['member'], { memberId });
	const write = (by = board, text = ' Ruft lieber an. ') => addNote(database.db, { by, at, memberId, text });
	const { noteId } = await write();
	await expect(write(person(['auditor']))).rejects.toThrow();
	await expect(write(self)).rejects.toThrow();
	await expect(write(board, ' \n ')).rejects.toMatchObject({ code: 'members.note-empty' });
	expect(await listNotes(database.db, { by: self, memberId })).toEqual([]);
	expect(await listNotes(database.db, { by: person(['auditor']), memberId })).toMatchObject([
		{ id: noteId, text: 'Ruft lieber an.', recordedAt: at.toISOString() },
	]);
	const remove = () => removeNote(database.db, { by: board, at, memberId, noteId });
	await remove();
	await expect(remove()).rejects.toMatchObject({ code: 'members.note-unknown' });
	const logged =
		await database.owner`select content ->> 'action' as action, content::text as text from audit_log where action like 'members.%note'`;
	expect(logged.map(({ action }) => action)).toEqual(['members.add-note', 'members.remove-note']);
	expect(logged.some(({ text }) => String(text).includes('lieber'))).toBe(false);
});
