// The list of members: the database's fold equals the pure one for any events, and mistakes are corrected without losing what was known.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../../api/accounts/service/people.ts';
import { write } from '../../api/audit/service.ts';
import { transact } from '../../api/database/connect.ts';
import { type RegisterEvent, registerEntryOf } from '../../api/members/rules/register.ts';
import { listDocuments, openDocument } from '../../api/documents/service.ts';
import { correctRegister, enterExtraFields } from '../../api/members/service/corrections.ts';
import { exportDeclaration, exportRegister, exportRegisterEntry } from '../../api/members/service/extract.ts';
import { readMember } from '../../api/members/service/files.ts';
import {
	decideInspection,
	endInspection,
	recordInspection,
	requestInspection,
} from '../../api/members/service/inspections/decide.ts';
import { lookIntoRegister, printInspection } from '../../api/members/service/inspections/look.ts';
import { listInspections } from '../../api/members/service/inspections/read.ts';
import {
	countRegister,
	readRegister,
	readRegisterEntry,
	registerOn,
	registerOrders,
} from '../../api/members/service/register.ts';
import type { Actor } from '../../api/values/actor.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const auditor = person(['auditor']);

beforeAll(() => foundTestCooperative(database.db, { registerExtraFields: ['Geburtsdatum'] }));

/** A member's life in the register: days and instants are small numbers, so that many of them fall together. */
const life = fc.record({
	joined: fc.record({ on: fc.nat(20), at: fc.nat(20), shares: fc.integer({ min: 1, max: 5 }) }),
	events: fc.array(
		fc.record({
			on: fc.nat(30),
			at: fc.nat(30),
			what: fc.constantFrom('name', 'address', 'more', 'fewer', 'left', 'extra', 'both'),
			size: fc.integer({ min: 1, max: 4 }),
			/** when it is taken back, counted from its record; null: never */
			reversedAfter: fc.option(fc.nat(10), { freq: 2 }),
		}),
		{ maxLength: 8 },
	),
	joiningReversed: fc.boolean(),
});

const dayAt = (n: number): Day => addDays('2020-01-01', n);
const instantAt = (n: number): Date => new Date(Date.parse('2020-01-01T00:00:00Z') + n * 43_200_000);

function eventsOf(memberId: string, { joined, events, joiningReversed }: Life): RegisterEvent[] {
	const address = (n: number) => ({ street: `Weg ${n}`, postcode: '43210', town: 'Auental', country: 'DE' });
	const name = (n: number) => ({ familyName: `Muster ${n}`, givenNames: 'Änne' });
	const base = { memberId, name: null, address: null, sharesChange: 0, extra: null, reverses: null };
	const made: RegisterEvent[] = [
		{
			...{ ...base, id: randomUUID(), kind: 'joined', effectiveOn: dayAt(joined.on), recordedAt: instantAt(joined.at) },
			...{ name: name(0), address: address(0), sharesChange: joined.shares },
		},
	];
	const takeBack = (event: RegisterEvent, at: number): void => {
		made.push({
			...{ ...base, id: randomUUID(), kind: 'reversed', effectiveOn: event.effectiveOn },
			...{ recordedAt: instantAt(at), reverses: event.id },
		});
	};
	events.forEach(({ on, at, what, size, reversedAfter }, i) => {
		const event: RegisterEvent = {
			...{ ...base, id: randomUUID(), kind: what === 'left' ? 'left' : 'changed' },
			...{ effectiveOn: dayAt(on), recordedAt: instantAt(at) },
			name: what === 'name' || what === 'both' ? name(i + 1) : null,
			address: what === 'address' || what === 'both' ? address(i + 1) : null,
			sharesChange: what === 'more' ? size : what === 'fewer' || what === 'left' ? -size : 0,
			extra: what === 'extra' ? { Beruf: `Beruf ${i}`, [`Feld ${size}`]: 'x' } : null,
		};
		made.push(event);
		if (reversedAfter !== null) takeBack(event, at + reversedAfter);
	});
	if (joiningReversed && made[0]) takeBack(made[0], joined.at + 5);
	return made;
}

interface Life {
	joined: { on: number; at: number; shares: number };
	events: { on: number; at: number; what: string; size: number; reversedAfter: number | null }[];
	joiningReversed: boolean;
}

test('whatever happened and was taken back: page by page, as a whole and by the pure rule the register is the same', async () => {
	const lives: Life[] = fc.sample(life, { numRuns: 300, seed: 20_261_122 });
	const members = lives.map((one, i) => ({ id: randomUUID(), number: 10_000 + i, one }));
	const all = members.flatMap(({ id, one }) => eventsOf(id, one));
	await database.owner`insert into members ${database.owner(
		members.map(({ id, number }) => ({
			...{ id, number, kind: 'natural', family_name: 'Muster', given_names: 'Änne', street: 'Weg', postcode: '1' },
			...{ town: 'Auental', country: 'DE', joined_on: '2020-01-01', search_text: 'muster' },
		})),
	)}`;
	for (const event of all) {
		const { id, memberId, kind, effectiveOn, recordedAt, name, address, sharesChange, extra, reverses } = event;
		await database.owner`insert into register_events (id, member_id, kind, effective_on, recorded_at, name, address, shares_change, extra, basis, reverses)
			values (${id}, ${memberId}, ${kind}, ${effectiveOn}, ${recordedAt.toISOString()}, ${name && database.owner.json({ ...name })}, ${address && database.owner.json({ ...address })}, ${sharesChange}, ${extra ? database.owner.json(extra) : null}, 'test', ${reverses})`;
	}
	for (const [n, k] of [
		...[
			[0, 0],
			[5, 31],
			[12, 8],
			[20, 20],
			[31, 3],
			[31, 60],
			[15, 60],
			[30, 29],
		],
	] as [number, number][]) {
		const [day, knownAt] = [dayAt(n), instantAt(k)];
		const expected = members.flatMap(({ id: memberId, number }) => {
			const entry = registerEntryOf(
				all.filter((e) => e.memberId === memberId),
				day,
				knownAt,
			);
			return entry ? [{ memberId, number, ...entry }] : [];
		});
		const whole = await transact(database.db, system, (tx) => registerOn(tx, { day, knownAt, after: 9_999 }));
		expect(whole).toEqual(expected);
		const pages = [];
		for (let after = 9_999; ; ) {
			const page = await readRegister(database.db, { by: auditor, day, knownAt, after, limit: 17 });
			pages.push(...page);
			after = page.at(-1)?.number ?? 0;
			if (page.length < 17) break;
		}
		expect(pages).toEqual(expected);
		const present = expected.filter(({ leftOn }) => leftOn === null || leftOn >= day);
		for (const order of registerOrders) {
			const ordered = await readRegister(database.db, {
				by: auditor,
				day,
				knownAt,
				order,
				descending: true,
				limit: 500,
			});
			expect(ordered.flatMap(({ memberId, number }) => (number > 9_999 ? [memberId] : [])).sort()).toEqual(
				whole.map(({ memberId }) => memberId).sort(),
			);
		}
		const asked = { by: auditor, day, knownAt };
		expect(await readRegister(database.db, { ...asked, search: '100 %' })).toEqual([]);
		const found = await readRegister(database.db, { ...asked, search: 'muster 2', limit: 3 });
		const rest = await readRegister(database.db, { ...asked, search: 'muster 2', after: 3 });
		expect([...found, ...rest]).toEqual(
			whole.filter(({ name }) => 'familyName' in name && name.familyName.startsWith('Muster 2')),
		);
		expect(await readRegister(database.db, { by: auditor, day, knownAt, present: true, after: 9_999 })).toEqual(
			present,
		);
		const totals = await countRegister(database.db, { by: auditor, day, knownAt });
		expect(totals).toMatchObject({ entries: expected.length, present: present.length });
	}
}, 60_000);

describe('corrections', () => {
	test('a wrong name is taken back and replaced: from now on the right one, earlier knowledge stays', async () => {
		const { memberId, number } = await join(database.db, '2021-03-01', 2);
		const { events } = await readRegisterEntry(database.db, {
			...{ by: board, memberId, day: '2021-03-01', knownAt: noon('2021-03-02') },
		});
		const [joined] = events;
		const correction = {
			...{ by: board, at: noon('2022-05-05'), memberId, eventId: joined?.id ?? '', basis: 'Schreibfehler, V 9/2022' },
			replacement: { effectiveOn: '2021-03-01', name: { familyName: 'Müller-Lüdenscheidt', givenNames: 'Änne' } },
		};
		await correctRegister(database.db, correction);
		const lineAt = async (knownAt: Day) =>
			(await readRegister(database.db, { by: board, day: '2021-03-01', knownAt: noon(knownAt), after: number - 1 }))[0];
		expect((await lineAt('2022-05-04'))?.name).toMatchObject({ givenNames: 'Änne Maria' });
		expect(await lineAt('2022-05-06')).toMatchObject({
			name: { familyName: 'Müller-Lüdenscheidt' },
			...{ joinedOn: '2021-03-01', furtherShares: 1, changes: [] },
		});
		expect((await readMember(database.db, { by: board, memberId })).displayName).toBe('Änne Müller-Lüdenscheidt');
		await expect(correctRegister(database.db, correction)).rejects.toMatchObject({ code: 'members.event-reversed' });
	});

	test('joining, its day, shares and exits are not corrected here; foreign and unknown events neither', async () => {
		const { memberId } = await join(database.db, '2021-03-01');
		const { memberId: other } = await join(database.db, '2021-03-01');
		const at = noon('2022-05-05');
		const entry = await readRegisterEntry(database.db, { by: board, memberId, day: '2021-03-01', knownAt: at });
		const base = { by: board, at, memberId, eventId: entry.events[0]?.id ?? '', basis: 'Irrtum im Vorstand' };
		const refusedBecause = (code: string, change: object) =>
			expect(correctRegister(database.db, { ...base, ...change })).rejects.toMatchObject({ code });
		await refusedBecause('members.joining-stays', {});
		await refusedBecause('members.joining-stays', { replacement: { effectiveOn: '2021-04-01' } });
		await refusedBecause('members.event-unknown', { memberId: other });
		await refusedBecause('members.event-unknown', { eventId: randomUUID() });
		await refusedBecause('members.unknown', { memberId: randomUUID() });
		await refusedBecause('members.name-kind-mismatch', {
			replacement: { effectiveOn: '2021-03-01', name: { organisation: 'Verein' } },
		});
		const after = await readRegisterEntry(database.db, { by: board, memberId, day: '2021-03-01', knownAt: at });
		expect(after).toEqual(entry);
	});

	test('sixteen corrections of the same entry at the same moment: one wins, the others are told', async () => {
		const { memberId } = await join(database.db, '2021-03-01');
		const at = noon('2022-05-05');
		const { events } = await readRegisterEntry(database.db, { by: board, memberId, day: '2021-03-01', knownAt: at });
		const results = await Promise.allSettled(
			Array.from({ length: 16 }, (_, i) =>
				correctRegister(database.db, {
					...{ by: board, at, memberId, eventId: events[0]?.id ?? '', basis: 'Schreibfehler' },
					replacement: { effectiveOn: '2021-03-01', name: { familyName: `Nr ${i}`, givenNames: 'A' } },
				}),
			),
		);
		expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
		for (const r of results)
			if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'members.event-reversed' });
	});

	test("fields beyond the law's only as far as the statute names them", async () => {
		const { memberId } = await join(database.db, '2021-03-01');
		const enter = (extra: Record<string, string>) =>
			enterExtraFields(database.db, {
				...{ by: board, at: noon('2022-05-05'), memberId, effectiveOn: '2022-01-01', extra, basis: 'Satzung § 12' },
			});
		await expect(enter({ Steuernummer: '1' })).rejects.toMatchObject({
			...{ code: 'members.field-not-in-statute', rule: 'M-20', values: { label: 'Steuernummer' } },
		});
		await enter({ Geburtsdatum: '29.02.1980' });
		const { entry } = await readRegisterEntry(database.db, {
			...{ by: board, memberId, day: '2022-01-01', knownAt: noon('2022-05-05') },
		});
		expect(entry?.extra).toEqual({ Geburtsdatum: '29.02.1980' });
	});
});

describe('extracts', () => {
	const ask = { by: board, at: noon('2023-01-10'), keys: testKeys, day: '2022-12-31', knownAt: noon('2023-01-09') };

	test('the same question gives the same bytes, and each is logged with its hash; PDFs of the board are archived once', async () => {
		await join(database.db, '2021-05-01', 3, {
			name: { familyName: '=HYPERLINK("x")', givenNames: '#strong[Eve] $x$' },
		});
		const pdf = await exportRegister(database.db, { ...ask, format: 'pdf', language: 'de' });
		expect(pdf.content.subarray(0, 5).toString()).toBe('%PDF-');
		expect(pdf.fileName).toBe('mitgliederliste-2022-12-31.pdf');
		const again = await exportRegister(database.db, { ...ask, at: noon('2023-02-10'), format: 'pdf', language: 'de' });
		expect(again.content.equals(pdf.content)).toBe(true);
		const kept = await listDocuments(database.db, { by: auditor, memberId: null, kind: 'register-extract' });
		expect(kept).toHaveLength(1);
		const opened = await openDocument(database.db, { ...ask, documentId: kept[0]?.id ?? '' });
		expect(opened.content.equals(pdf.content)).toBe(true);
		const log =
			await database.owner`select content -> 'after' ->> 'contentHash' as hash from audit_log where action = 'members.export-register'`;
		const csv = await exportRegister(database.db, { ...ask, by: auditor, format: 'csv', language: 'de' });
		expect(csv.content.toString()).toContain(`SHA-256;${log[0]?.hash}`);
		expect(csv.content.toString()).toContain(`"'=HYPERLINK(""x"")"`);
		expect(csv.content.toString()).toContain('Bürgerenergie Auental eG, Auental');
	});

	test('days that do not exist, knowledge of the future and parts beyond the last are refused', async () => {
		const format = 'pdf' as const;
		const language = 'en' as const;
		for (const [change, code] of [
			[{ day: '2022-02-30' }, 'members.day-unknown'],
			[{ knownAt: noon('2024-01-01') }, 'members.known-in-future'],
			[{ part: 2 }, 'members.part-unknown'],
		] as const)
			await expect(exportRegister(database.db, { ...ask, format, language, ...change })).rejects.toMatchObject({
				code,
			});
	});

	test('a member gets the own entry and no other; nobody without one', async () => {
		const one = await join(database.db, '2021-06-01', 2);
		const other = await join(database.db, '2021-06-01');
		const at = noon('2023-01-10');
		const own = await exportRegisterEntry(database.db, {
			...{ by: one.self, at, memberId: one.memberId, language: 'de' as const },
		});
		expect(own.content.subarray(0, 5).toString()).toBe('%PDF-');
		await expect(
			exportRegisterEntry(database.db, { by: one.self, at, memberId: other.memberId, language: 'de' }),
		).rejects.toMatchObject({ code: 'members.unknown' });
		const declared = await exportDeclaration(database.db, { by: one.self, at, memberId: one.memberId, language: 'de' });
		expect(declared.content.subarray(0, 5).toString()).toBe('%PDF-');
		await expect(
			exportDeclaration(database.db, { by: one.self, at, memberId: other.memberId, language: 'de' }),
		).rejects.toMatchObject({ code: 'members.no-declaration' });
	});
});

describe('inspection', () => {
	const at = noon('2023-03-01');
	const purpose = 'Ich möchte andere Mitglieder zu einem Antrag an die Versammlung einladen.';

	test('a member asks, the board checks the identity and opens the list for hours; every look is logged, nobody else sees it', async () => {
		const asker = await join(database.db, '2021-06-01');
		const other = await join(database.db, '2021-06-01');
		const asked = await requestInspection(database.db, { by: asker.self, at, memberId: asker.memberId, purpose });
		await expect(
			requestInspection(database.db, { by: asker.self, at, memberId: asker.memberId, purpose }),
		).rejects.toMatchObject({ code: 'members.inspection-waiting' });
		const look = (by: Actor, moment = at, ownOf: string = asker.memberId) =>
			lookIntoRegister(database.db, { by, at: moment, inspectionId: asked.inspectionId, ownOf });
		await expect(look(asker.self)).rejects.toMatchObject({ code: 'members.inspection-not-open' });
		const email = `${randomUUID()}@auental.example`;
		await write(database.db, { by: system, at }, (tx, note) =>
			createPerson(tx, note, {
				...{ at, email, name: 'Änne', locale: 'de', roles: ['member'], memberId: asker.memberId },
				emailConfirmed: true,
			}),
		);
		const decision = { grant: true as const, identity: 'Personalausweis gesehen', openHours: 24 };
		const own = person(['board', 'member'], { memberId: asker.memberId });
		await expect(decideInspection(database.db, { by: own, at, ...asked, decision })).rejects.toMatchObject({
			code: 'members.inspection-own',
		});
		const results = await Promise.allSettled(
			Array.from({ length: 16 }, () => decideInspection(database.db, { by: board, at, ...asked, decision })),
		);
		expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
		const [mail] =
			await database.owner`select count(*)::int as n from notices where template = 'inspection-opened' and recipient = ${email}`;
		expect(mail?.n).toBe(1);
		const seen = await look(asker.self);
		expect(seen.lines.length).toBeGreaterThan(1);
		for (const line of seen.lines)
			expect(Object.keys(line).sort()).toEqual(
				['address', 'changes', 'extra', 'furtherShares', 'joinedOn', 'leftOn', 'name', 'number'].sort(),
			);
		await expect(look(other.self, at, other.memberId)).rejects.toMatchObject({ code: 'members.inspection-unknown' });
		await expect(lookIntoRegister(database.db, { by: board, at, ...asked })).rejects.toMatchObject({
			code: 'members.inspection-unknown',
		});
		await expect(look(asker.self, noon('2023-03-03'))).rejects.toMatchObject({ code: 'members.inspection-not-open' });
		const [view] = await listInspections(database.db, { by: asker.self, at, memberId: asker.memberId });
		expect(view).toMatchObject({ state: 'granted', open: true, purpose });
		expect(view?.looks).toBeGreaterThan(0);
		expect(await listInspections(database.db, { by: other.self, at })).toEqual([]);
		await expect(
			printInspection(database.db, { by: board, at, keys: testKeys, ...asked, language: 'de' }),
		).rejects.toMatchObject({ code: 'members.inspection-no-copy' });
		await endInspection(database.db, { by: board, at, ...asked });
		await expect(look(asker.self)).rejects.toMatchObject({ code: 'members.inspection-not-open' });
	});

	test('a third party is recorded with interest and purpose and gets the list with its limit; refused ones see nothing', async () => {
		const facts = {
			...{ person: 'Rechtsanwältin Dr. Klar', contact: 'Kanzlei Klar, Auenberg' },
			...{ interest: 'Titel gegen ein Mitglied (§ 66 GenG)', purpose: 'Kündigung durch den Gläubiger' },
		};
		const { inspectionId } = await recordInspection(database.db, { by: board, at, ...facts });
		const grant = { grant: true as const, identity: 'Kanzleiausweis und Titel gesehen', openHours: 2 };
		await decideInspection(database.db, { by: board, at, inspectionId, decision: grant });
		const pdf = await printInspection(database.db, { by: board, at, keys: testKeys, inspectionId, language: 'de' });
		expect(pdf.content.subarray(0, 5).toString()).toBe('%PDF-');
		expect(await lookIntoRegister(database.db, { by: board, at, inspectionId })).toMatchObject({
			...{ thirdParty: true, person: facts.person },
		});
		const refused = await recordInspection(database.db, { by: board, at, ...facts });
		await decideInspection(database.db, {
			...{ by: board, at, ...refused, decision: { grant: false as const, reason: 'Kein berechtigtes Interesse' } },
		});
		await expect(lookIntoRegister(database.db, { by: board, at, ...refused })).rejects.toMatchObject({
			code: 'members.inspection-not-open',
		});
	});
});
