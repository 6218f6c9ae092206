// Reports: the year's figures to the cent, the calendar of duties that people take on and do, the proof as a citizens' energy company.
import { beforeAll, describe, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { createPerson } from '../../api/accounts/service/people.ts';
import { addPlant } from '../../api/plants/service.ts';
import { declareVoter, readCitizensReport, setCitizensArea } from '../../api/reports/service/citizens.ts';
import { listMemberChanges, readAnnualFigures, readCapitalDevelopment } from '../../api/reports/service/figures.ts';
import { assignDuty, enterDutyEvent, listDuties, markDuty, removeDutyEvent } from '../../api/reports/service/duties.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { setUpCooperative } from '../../api/statute/service.ts';
import { type Day, startOfDay } from '../../api/values/calendar.ts';
import { mastrOf } from '../../web/demo/numbers.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const board = person(['board']);
const noon = (day: Day) => new Date(startOfDay(day) + 12 * 3_600_000);
const at = noon('2026-03-02');

beforeAll(async () => {
	await write(database.db, { by: system, at: noon('2024-01-02') }, (tx, note) =>
		setUpCooperative(tx, note, {
			at: noon('2024-01-02'),
			facts: {
				...{ name: 'Bürgerenergie Auental eG', street: 'Am Rathaus 1', postcode: '43210', town: 'Auental' },
				...{ registerCourt: 'Auenberg', registerNumber: 'GnR 147', email: 'vorstand@auental.example' },
				...{ creditorId: null, iban: null, fiscalYearEndMonth: 12 },
			},
			terms: { ...suggestedTerms, minimumCapital: { share: '0.8', of: 'capital' }, noticeMonths: 3 },
			validFrom: '2024-01-02',
			source: 'Gründung',
		}),
	);
	const { owner } = database;
	// 60 people: 1 to 50 live near; 51 to 60 far away; a company. All have one share of 500 €; number 1 leaves with 2025.
	await owner`insert into members (number, kind, family_name, given_names, organisation, street, postcode, town, country, joined_on, left_on, search_text)
		select n, case when n = 61 then 'company' else 'natural' end, case when n < 61 then 'Muster' || n end, case when n < 61 then 'Änne' end,
			case when n = 61 then 'Wind GmbH' end, 'Weg 1', case when n > 50 then '80331' else '43210' end, 'Auental', 'DE',
			case when n > 58 then '2025-05-01' else '2024-02-01' end::date, case when n = 1 then '2025-12-31' end::date, 'muster' from generate_series(1, 61) n`;
	await owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select id, 'admission', 1, 50000, joined_on, joined_on + time '12:00' , 'V 1' from members`;
	await owner`insert into share_movements (member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
		select id, 'exit', -1, -50000, left_on, '2026-01-01', 'Kündigung' from members where left_on is not null`;
	await owner`insert into share_dues (movement_id, member_id, due_on, amount_cents, recorded_at)
		select id, member_id, effective_on + 14, 50000, recorded_at from share_movements where kind = 'admission'`;
});

describe("the year's figures (S-13)", () => {
	test('members, shares, liability and minimum capital; who left with the last day is not there at its end', async () => {
		const figures = await readAnnualFigures(database.db, { by: board, at, year: 2025, fixedAssetsCents: null });
		expect(figures).toMatchObject({
			...{ name: '2025', startOn: '2025-01-01', endOn: '2025-12-31', provisional: false },
			members: { atStart: 58, more: 3, fewer: 1, atEnd: 60 },
			shares: { atStart: 58, more: 3, fewer: 1, atEnd: 60 },
			...{ liabilityStartCents: 2_900_000, liabilityEndCents: 3_000_000, minimumCapitalCents: 2_400_000 },
			end: { nominalCents: 3_000_000, balancesCents: 0, overdueCents: 3_050_000, overdueMembers: 61 },
		});
		const { members, shares } = figures;
		expect(members.atStart + members.more - members.fewer).toBe(members.atEnd);
		expect(shares.atStart + shares.more - shares.fewer).toBe(shares.atEnd);
		const changes = await listMemberChanges(database.db, { by: board, at, year: 2025 });
		expect(changes.map(({ number, what, on, shares: held }) => [number, what, on, held])).toEqual([
			[59, 'joined', '2025-05-01', 1],
			[60, 'joined', '2025-05-01', 1],
			[61, 'joined', '2025-05-01', 1],
			[1, 'left', '2025-12-31', 1],
		]);
	});

	test('the running year is provisional, years without anything are refused', async () => {
		const running = await readAnnualFigures(database.db, { by: board, at, year: 2026, fixedAssetsCents: null });
		expect(running).toMatchObject({ provisional: true, members: { atStart: 60, more: 0, fewer: 0, atEnd: 60 } });
		for (const year of [2023, 2027])
			await expect(
				readAnnualFigures(database.db, { by: board, at, year, fixedAssetsCents: null }),
			).rejects.toMatchObject({ code: 'reports.year-unknown' });
	});

	test('capital at the end of each year and today', async () => {
		const points = await readCapitalDevelopment(database.db, { by: board, at });
		expect(points.map(({ name, members, nominalCents }) => [name, members, nominalCents])).toEqual([
			['2024', 58, 2_900_000],
			['2025', 60, 3_000_000],
			['2026', 60, 3_000_000],
		]);
		for (const [i, year] of [2024, 2025].entries()) {
			const { end } = await readAnnualFigures(database.db, { by: board, at, year, fixedAssetsCents: null });
			const { members, shares, nominalCents, balancesCents } = points[i] ?? {};
			expect({ members, shares, nominalCents, balancesCents }).toEqual({
				...{ members: end.members, shares: end.shares },
				...{ nominalCents: end.nominalCents, balancesCents: end.balancesCents },
			});
		}
	});
});

describe('the calendar of duties', () => {
	const open = () => listDuties(database.db, { by: board, at, open: true });

	test('what is due now is listed; of two who mark it at the same second one is told', async () => {
		const before = await open();
		expect(before.map(({ duty }) => duty)).toContain('C-18');
		const occurrence = 'C-18/2026';
		const mark = (done: boolean) =>
			markDuty(database.db, { by: board, at, occurrence, done, remark: 'Meldung vom 27.02.' });
		const tries = await Promise.allSettled(Array.from({ length: 16 }, () => mark(true)));
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect((await open()).map(({ key }) => key)).not.toContain(occurrence);
		const all = await listDuties(database.db, { by: board, at });
		expect(all.find(({ key }) => key === occurrence)).toMatchObject({
			...{ state: 'done', done: { on: '2026-03-02', remark: 'Meldung vom 27.02.' } },
		});
		await mark(false);
		await expect(mark(false)).rejects.toMatchObject({ code: 'reports.duty-open' });
		expect((await open()).map(({ key }) => key)).toContain(occurrence);
		await expect(
			markDuty(database.db, { by: board, at, occurrence: 'C-18/1900', done: true, remark: null }),
		).rejects.toMatchObject({ code: 'reports.duty-unknown' });
	});

	test('a duty is given to somebody of the staff only', async () => {
		const make = (roles: ('board' | 'member')[], name: string) =>
			write(database.db, { by: system, at }, (tx, note) =>
				createPerson(tx, note, {
					...{ at, email: `${name}@auental.example`, name, locale: 'de', roles },
					...{ memberId: null, emailConfirmed: true },
				}),
			);
		const [holzer, guest] = [await make(['board'], 'holzer'), await make(['member'], 'gast')];
		const occurrence = 'C-01/2025-12-31';
		await assignDuty(database.db, { by: board, at, occurrence, personId: holzer });
		await expect(assignDuty(database.db, { by: board, at, occurrence, personId: guest })).rejects.toMatchObject({
			code: 'reports.person-unknown',
		});
		const all = await listDuties(database.db, { by: board, at });
		expect(all.find(({ key }) => key === occurrence)).toMatchObject({
			...{ dueOn: '2026-05-31', owner: 'board', assignee: { name: 'holzer' } },
		});
	});

	test('days that only people know are entered, remembered and taken back', async () => {
		const entry = { by: board, at, duty: 'C-14' as const, on: '2026-02-10', label: 'Verband bittet um Unterlagen' };
		const { eventId } = await enterDutyEvent(database.db, entry);
		const find = async () => (await open()).find(({ duty }) => duty === 'C-14');
		expect(await find()).toBeUndefined();
		const all = await listDuties(database.db, { by: board, at });
		expect(all.find(({ duty }) => duty === 'C-14')).toMatchObject({ dueOn: '2026-04-10', eventId });
		await removeDutyEvent(database.db, { by: board, at, eventId });
		await expect(removeDutyEvent(database.db, { by: board, at, eventId })).rejects.toMatchObject({
			code: 'reports.event-unknown',
		});
		await expect(enterDutyEvent(database.db, { ...entry, duty: 'C-01' })).rejects.toMatchObject({
			code: 'reports.event-kind-wrong',
		});
		await expect(enterDutyEvent(database.db, { ...entry, on: '2026-02-30' })).rejects.toMatchObject({
			code: 'reports.event-day-wrong',
		});
	});

	test('members see no duties and change none, whatever route they find', async () => {
		const member = person(['member']);
		await expect(
			enterDutyEvent(database.db, { by: member, at, duty: 'C-34', on: '2026-02-10', label: 'x' }),
		).rejects.toThrow();
		expect(await database.db.sql`select * from duty_marks`).toEqual([]);
	});
});

describe("citizens' energy company (E-15)", () => {
	test('voters by place, others by what they are', async () => {
		const { id: plantId } = await addPlant(database.db, {
			...{ by: system, at },
			plant: {
				...{ name: 'Windrad Auenberg', kind: 'wind', capacityW: 2_400_000, mastrNumber: mastrOf('SEE', '0000043211') },
				...{ street: 'Weg 1', postcode: '43211', town: 'Auenberg', commissionedOn: '2025-06-01' },
				expectedMonthlyWh: undefined,
			},
		});
		const read = () => readCitizensReport(database.db, { by: board, at, plantId });
		expect(await read()).toMatchObject({ proof: null, votes: 60 });
		const area = { by: board, at, plantId };
		await expect(setCitizensArea(database.db, { ...area, postcodes: ['4321x'] })).rejects.toMatchObject({
			code: 'reports.postcodes-wrong',
		});
		await setCitizensArea(database.db, { ...area, postcodes: ['432', '432'] });
		const unknown = await read();
		expect(unknown).toMatchObject({
			...{ postcodes: ['432'], localVotes: 49 },
			proof: { qualifies: false, failed: ['others'], naturalPersons: 59, localShare: '0.816667', unknown: 1 },
		});
		const [company] = unknown.others;
		const voter = { by: board, at, memberId: company?.memberId ?? '' };
		await declareVoter(database.db, { ...voter, voterClass: 'sme' });
		expect((await read()).proof).toMatchObject({ qualifies: true, failed: [] });
		await declareVoter(database.db, { ...voter, voterClass: 'other' });
		expect((await read()).proof).toMatchObject({ qualifies: false, unfit: 1 });
		const [natural] = await database.owner`select id from members where number = 2`;
		await expect(
			declareVoter(database.db, { ...voter, memberId: natural?.id as string, voterClass: 'sme' }),
		).rejects.toMatchObject({ code: 'reports.natural-person' });
		// five years after commissioning the proof is due again
		const duties = await listDuties(database.db, { by: board, at, from: '2030-01-01', to: '2030-12-31' });
		expect(duties.filter(({ duty }) => duty === 'C-27').map(({ dueOn }) => dueOn)).toEqual(['2030-06-01']);
	});
});
