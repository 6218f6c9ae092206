// Calendar: every German day from 1996 to 2060 against the time zone data of the runtime, and the days banks work.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	addDays,
	addMonths,
	bankDayFrom,
	berlinOffsetMinutes,
	clockOf,
	dayOf,
	daysBetween,
	daysFrom,
	instantOfWallClock,
	isBankDay,
	isDay,
	minutesOfDay,
	partsOf,
	slotsOfDay,
	startOfDay,
	weekdayOf,
} from '../../api/values/calendar.ts';

const everyDay = daysFrom('1996-01-01', '2060-12-31');
const anyDay = fc.constantFrom(...everyDay);
const anyInstant = fc.integer({ min: Date.parse('1996-01-01T00:00:00Z'), max: Date.parse('2060-12-31T00:00:00Z') });
const berlin = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Berlin',
	year: 'numeric',
	month: '2-digit',
	day: '2-digit',
	hour: '2-digit',
	minute: '2-digit',
});

describe('days', () => {
	it.each(['2024-02-29', '1900-01-01', '2199-12-31'])('%s exists', (day) => {
		expect(isDay(day)).toBe(true);
	});

	it.each([
		'2023-02-29',
		'1900-02-29',
		'2024-13-01',
		'2024-00-10',
		'2024-04-31',
		'24-04-01',
		'2024-4-1',
		'2024-04-01T00:00',
		'2200-01-01',
		'',
	])('%j does not exist', (day) => {
		expect(isDay(day)).toBe(false);
	});

	it.each([
		['2024-01-31', 1, '2024-02-29'],
		['2023-01-31', 1, '2023-02-28'],
		['2024-02-29', 12, '2025-02-28'],
		['2024-03-31', -1, '2024-02-29'],
		['2026-12-31', 3, '2027-03-31'],
		['2026-01-15', -13, '2024-12-15'],
		['2026-06-30', 0, '2026-06-30'],
	])('%s and %d months is %s', (day, months, later) => {
		expect(addMonths(day, months)).toBe(later);
	});

	it('are counted and added alike', () => {
		fc.assert(
			fc.property(anyDay, fc.integer({ min: -5000, max: 5000 }), (day, days) => {
				expect(daysBetween(day, addDays(day, days))).toBe(days);
			}),
		);
	});

	it('have their weekday', () => {
		expect(weekdayOf('2026-06-21')).toBe(0);
		expect(weekdayOf('2026-06-20')).toBe(6);
		expect(partsOf('2026-06-21')).toEqual([2026, 6, 21]);
		expect(daysFrom('2026-06-21', '2026-06-20')).toEqual([]);
	});
});

describe('Europe/Berlin', () => {
	it('every day has 96 quarter-hours, but 92 in March and 100 in October', () => {
		const perYear = new Map<string, number[]>();
		for (const day of everyDay) {
			const slots = slotsOfDay(day);
			expect(minutesOfDay(day)).toBe(slots * 15);
			if (slots === 96) continue;
			expect(weekdayOf(day)).toBe(0);
			expect(slots === 92 ? day.slice(5, 7) === '03' : slots === 100 && day.slice(5, 7) === '10', day).toBe(true);
			perYear.set(day.slice(0, 4), [...(perYear.get(day.slice(0, 4)) ?? []), slots]);
		}
		expect(perYear.size).toBe(65);
		for (const slots of perYear.values()) expect(slots).toEqual([92, 100]);
	});

	it('every day begins where the day before ended', () => {
		for (const day of everyDay) {
			const start = startOfDay(day);
			if (dayOf(start) !== day || dayOf(start - 1) !== addDays(day, -1) || clockOf(start) !== '00:00') {
				expect.fail(`${day} does not begin at ${new Date(start).toISOString()}`);
			}
		}
	});

	it('agrees with the time zone data of the runtime', () => {
		fc.assert(
			fc.property(anyInstant, (ms) => {
				expect(`${dayOf(ms)} ${clockOf(ms)}`).toBe(berlin.format(ms));
				expect(dayOf(new Date(ms))).toBe(dayOf(ms));
			}),
			{ numRuns: 500 },
		);
	});

	it('changes the clocks at 01:00 UTC', () => {
		const spring = Date.parse('2026-03-29T01:00:00Z');
		const autumn = Date.parse('2026-10-25T01:00:00Z');
		expect([berlinOffsetMinutes(spring - 1), berlinOffsetMinutes(spring)]).toEqual([60, 120]);
		expect([berlinOffsetMinutes(autumn - 1), berlinOffsetMinutes(autumn)]).toEqual([120, 60]);
	});

	it('finds the instant of a wall clock, once, twice or never', () => {
		expect(instantOfWallClock('2026-03-29', 150)).toBeUndefined();
		expect(instantOfWallClock('2026-10-25', 150)).toBe(Date.parse('2026-10-25T00:30:00Z'));
		expect(instantOfWallClock('2026-10-25', 150, true)).toBe(Date.parse('2026-10-25T01:30:00Z'));
		expect(instantOfWallClock('2026-07-01', 1440)).toBe(startOfDay('2026-07-02'));
		fc.assert(
			fc.property(anyInstant, (ms) => {
				const minute = Math.floor(ms / 60_000) * 60_000;
				const [hours, minutes] = clockOf(minute).split(':').map(Number);
				const clock = hours! * 60 + minutes!;
				const day = dayOf(minute);
				return [instantOfWallClock(day, clock), instantOfWallClock(day, clock, true)].includes(minute);
			}),
		);
	});
});

describe('bank days', () => {
	it.each([
		['2026-01-01', 'New Year'],
		['2026-04-03', 'Good Friday'],
		['2026-04-06', 'Easter Monday'],
		['2026-05-01', 'Labour Day'],
		['2026-12-25', 'Christmas'],
		['2024-03-29', 'Good Friday'],
		['2038-04-26', 'the latest Easter Monday'],
		['2026-06-20', 'a Saturday'],
		['2026-06-21', 'a Sunday'],
	])('%s is none: %s', (day) => {
		expect(isBankDay(day)).toBe(false);
	});

	it.each(['2026-10-03', '2026-05-14'])('%s is closed only if it falls on a weekend', (day) => {
		expect(isBankDay(day)).toBe(weekdayOf(day) % 6 !== 0);
	});

	it('the next one is at most five days away and is one', () => {
		fc.assert(
			fc.property(anyDay, (day) => {
				const next = bankDayFrom(day);
				expect(isBankDay(next)).toBe(true);
				expect(daysBetween(day, next)).toBeGreaterThanOrEqual(0);
				expect(daysBetween(day, next)).toBeLessThanOrEqual(5);
				for (const before of daysFrom(day, addDays(next, -1))) expect(isBankDay(before)).toBe(false);
			}),
		);
	});
});
