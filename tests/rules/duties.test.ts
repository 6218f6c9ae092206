// The calendar of duties: every line of the list has its day, and the days follow fiscal year, statute and events.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { occurrencesBetween, dutyIds } from '../../api/reports/rules/duties.ts';
import type { CalendarFacts } from '../../api/reports/rules/dutyDays.ts';
import { exampleFacts } from '../vectors/calendar.ts';
import { replay } from '../vectors/replay.ts';

const list = '../shared/cases/calendar/reminders.json';
const days = (id: string, changes: Partial<CalendarFacts> = {}, from = '2026-01-01', to = '2026-12-31') =>
	occurrencesBetween({ ...exampleFacts, ...changes }, from, to)
		.filter(({ duty }) => duty === id)
		.map(({ dueOn }) => dueOn);

describe('duties', () => {
	test.skipIf(!existsSync(list))('every duty of the list is due on the day its words mean', () => {
		const outcomes = replay(list);
		expect(outcomes.map(({ id }) => id)).toEqual(dutyIds);
		expect(outcomes.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
	});
	if (!existsSync(list)) console.log(`skipped: ${list} is not here`);

	test.each<[string, Partial<CalendarFacts>, string[]]>([
		['C-01', { fiscalYearEndMonth: 6 }, ['2026-11-30']],
		['C-01', { fiscalYearEndMonth: 9 }, ['2026-02-28']],
		['C-04', { conveningDays: 28 }, ['2026-05-28']],
		['C-10', { payoutMonths: 9 }, ['2026-09-30']],
		['C-10', { exitDays: [] }, []],
		['C-11', { paysInterest: false }, []],
		['C-13', { auditEveryYear: true }, ['2026-12-31']],
		['C-13', { foundedOn: '2013-01-01' }, ['2026-12-31']],
		['C-20', { noticeMonths: 12 }, ['2026-12-31']],
		['C-20', { noticeMonths: 24 }, ['2026-12-31']],
		['C-20', { noticeMonths: 60 }, ['2026-12-31']],
		['C-21', { exitDays: ['2025-12-31'] }, ['2026-01-01']],
		['C-23', { plants: [] }, []],
		['C-27', { citizensPlantIds: ['old'] }, ['2026-09-01']],
		['C-30', { mandates: [] }, []],
	])('%s with %j', (id, changes, expected) => {
		expect(days(id, changes)).toEqual(expected);
	});

	test('a leap year has its last day of February; plant data are due on the 28th all the same', () => {
		expect(days('C-18', {}, '2028-01-01', '2028-12-31')).toEqual(['2028-02-29']);
		expect(days('C-23', {}, '2028-01-01', '2028-12-31')).toEqual(['2028-02-28']);
	});

	test('windows open, and the board is told before', () => {
		const [query] = occurrencesBetween(exampleFacts, '2026-10-31', '2026-10-31');
		expect(query).toMatchObject({ duty: 'C-17', opensOn: '2026-09-01', remindOn: '2026-08-18' });
		const disclosure = occurrencesBetween(exampleFacts, '2026-12-31', '2026-12-31').find(({ duty }) => duty === 'C-12');
		expect(disclosure).toMatchObject({ opensOn: '2026-06-26', remindOn: '2026-06-26' });
	});

	test('a duty keeps its key when its day moves, and nothing is due before the founding', () => {
		const key = (on: string) =>
			occurrencesBetween({ ...exampleFacts, assemblies: [{ id: 'a', label: null, on }] }, '2026-01-01', '2026-12-31')
				.filter(({ duty }) => duty === 'C-07')
				.map((one) => one.key);
		expect(key('2026-06-26')).toEqual(key('2026-09-01'));
		expect(occurrencesBetween({ ...exampleFacts, foundedOn: '2027-01-01' }, '2026-01-01', '2026-12-31')).toEqual([]);
	});
});
