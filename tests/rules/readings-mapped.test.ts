// Mapping profiles: the shape of a table, the guess and its reasons, what a profile reads; and values beside the sun.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guessProfile } from '../../api/readings/formats/mapped/guess.ts';
import { checkedProfile, type MappingProfile } from '../../api/readings/formats/mapped/profile.ts';
import { shapeOf } from '../../api/readings/formats/mapped/shape.ts';
import { inspect } from '../../api/readings/inspect.ts';
import { daySumFitOf, sunElevation, sunFitOf } from '../../api/readings/sun.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { chunked, comma, point, slotsFrom, totalWh, wallOf, whAt } from './readings-files.ts';

const stamp = (minute: number) => `${wallOf(minute).date} ${wallOf(minute).time}`;
const january = slotsFrom('2026-01-15', 2);
const odd = (slots: readonly number[]) =>
	['Bericht 15.01.2026', 'Zeit;A;B', ...slots.map((m) => `${stamp(m)};${comma(whAt(m))};9`), ''].join('\r\n');

const withProfile = (text: string, profile: MappingProfile) => {
	const bytes = Buffer.from(text);
	const shape = shapeOf(bytes)?.shape ?? '';
	return inspect(chunked(bytes), { profiles: new Map([[shape, { name: 'Mein Portal', profile }]]) });
};

function refusalOf(work: () => unknown): string | undefined {
	try {
		work();
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
	return undefined;
}

describe('the shape of a table', () => {
	test('is the same next month and another in another export', () => {
		const [first, second] = [odd(january), odd(slotsFrom('2026-07-01', 3)).replace('15.01.2026', '01.07.2026')];
		expect(shapeOf(Buffer.from(first))).toMatchObject({
			header: ['Zeit', 'A', 'B'],
			headerLine: 2,
			separator: ';',
			first: 2,
		});
		expect(shapeOf(Buffer.from(second))?.shape).toBe(shapeOf(Buffer.from(first))?.shape);
		for (const other of [
			first.replace('Zeit;A;B', 'Zeit;A;C'),
			first.replaceAll(';', '\t'),
			first.replace('Zeit;A;B\r\n', ''),
		])
			expect(shapeOf(Buffer.from(other))?.shape).not.toBe(shapeOf(Buffer.from(first))?.shape);
		expect(shapeOf(Buffer.from('Name;Ort\nMeier;Ulm\n'))).toBeUndefined();
	});
});

describe('the guess', () => {
	test('says what it saw, what it assumed, and what else it could be', () => {
		const { profile, reasons, rows, header } = guessProfile(Buffer.from(odd(january)));
		expect(header).toEqual(['Zeit', 'A', 'B']);
		expect(rows).toHaveLength(12);
		expect(profile).toMatchObject({
			...{ date: 0, time: null, zone: 'berlin', mark: ',', slotMinutes: 15, stamp: 'start' },
			values: [{ column: 1, unit: 'kwh', status: null, meteringPoint: null, obis: null }],
		});
		expect(reasons.find(({ part }) => part === 'values')).toEqual({
			part: 'values',
			because: 'assumed',
			alternatives: ['B'],
		});
		expect(reasons.find(({ part }) => part === 'unit')).toMatchObject({
			because: 'assumed',
			alternatives: ['kw', 'wh', 'w', 'mwh'],
		});
		expect(refusalOf(() => guessProfile(Buffer.from('Name;Ort\nMeier;Ulm\n')))).toBe('readings.profile-no-rows');
	});

	test('of turbines names those that the rows name', () => {
		const rows = january.map((m, i) => `T0${1 + (i % 3)},${new Date(m * 60_000).toISOString()},12.5,-999,6.1`);
		const { profile } = guessProfile(
			Buffer.from(['Turbine,TimeStamp,ActivePowerMean,WindDir,WindSpeed', ...rows, ''].join('\n')),
		);
		expect(profile).toMatchObject({ device: 0, date: 1, zone: 'utc', values: [{ column: 2, unit: 'kw' }] });
		expect(profile.devices.map(({ name }) => name)).toEqual(['T01', 'T02', 'T03']);
	});

	test('of a table that is read anyway is how it is read', () => {
		const file = `Datum bis;DE0001112223334445556667778889990 1-1:2.29.0 kW;Status\n${january.map((m) => `${stamp(m + 15)};${comma(whAt(m))};W\n`).join('')}`;
		const { profile } = guessProfile(Buffer.from(file));
		expect(profile).toMatchObject({
			stamp: 'end',
			values: [
				{ column: 1, unit: 'kw', status: 2, obis: '1-1:2.29.0', meteringPoint: 'DE0001112223334445556667778889990' },
			],
		});
	});
});

describe('a profile', () => {
	const guessed = guessProfile(Buffer.from(odd(january))).profile;
	const column = guessed.values[0]!;

	test('reads columns into their places', async () => {
		const profile = checkedProfile({
			...guessed,
			values: [
				{ ...column, meteringPoint: '514 813 084 48', obis: '2.29.0' },
				{ ...column, column: 2, unit: 'kw' },
			],
		});
		const found = await withProfile(odd(january), profile);
		expect(found).toMatchObject({ format: 'mapped', formatVersion: 'Mein Portal', refusal: null });
		expect(found.series).toMatchObject([
			{ meteringPoint: '51481308448', obis: '1-1:2.29.0', device: null, kWh: point(totalWh(january)) },
			{ meteringPoint: null, obis: null, device: 'B', kWh: '432.000' },
		]);
	});

	test('reads rows of devices into their places', async () => {
		const rows = january.flatMap((m) => ['T01', 'T02'].map((name) => `${name};${stamp(m)};${comma(whAt(m))}`));
		const text = ['Gerät;Zeit;Wert', ...rows, ''].join('\n');
		const profile = checkedProfile({
			...guessed,
			...{ headerLine: 1, device: 0, date: 1, values: [{ ...column, column: 2, unit: 'kw' }] },
			devices: [{ name: 'T01', meteringPoint: '51481308448', obis: '1-1:2.29.0' }],
		});
		const { series } = await withProfile(text, profile);
		expect(series).toMatchObject([
			{ meteringPoint: '51481308448', obis: '1-1:2.29.0', device: null, kWh: (totalWh(january) / 4000).toFixed(3) },
			{ meteringPoint: null, obis: null, device: 'T02' },
		]);
	});

	test('whatever is chosen reads what was written with it', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom<'start' | 'end'>('start', 'end'),
				fc.constantFrom<'berlin' | 'utc' | 'cet'>('berlin', 'utc', 'cet'),
				fc.constantFrom<',' | '.'>(',', '.'),
				fc.constantFrom<'day-month' | 'month-day'>('day-month', 'month-day'),
				fc.constantFrom('2026-03-29', '2026-06-01', '2026-10-25'),
				async (meaning, zone, mark, dateOrder, day) => {
					const slots = slotsFrom(day, 2);
					const shown = (m: number) => {
						const at = m + (meaning === 'end' ? 15 : 0);
						if (zone === 'berlin') {
							const { date, time } = wallOf(at);
							const [dd, mm, yyyy] = date.split('.');
							return `${dateOrder === 'day-month' ? `${dd}/${mm}` : `${mm}/${dd}`}/${yyyy} ${time}`;
						}
						const iso = new Date((at + (zone === 'cet' ? 60 : 0)) * 60_000).toISOString();
						const [yyyy, mm, dd] = iso.slice(0, 10).split('-');
						return `${dateOrder === 'day-month' ? `${dd}/${mm}` : `${mm}/${dd}`}/${yyyy} ${iso.slice(11, 16)}`;
					};
					const text = ['Zeit;A', ...slots.map((m) => `${shown(m)};${point(whAt(m)).replace('.', mark)}`), ''].join(
						'\n',
					);
					const profile = { ...guessed, headerLine: 1, stamp: meaning, zone, mark, dateOrder };
					const { series, refusal } = await withProfile(text, profile);
					expect(refusal).toBeNull();
					expect(series).toMatchObject([
						{ values: slots.length, kWh: point(totalWh(slots)), from: new Date(slots[0]! * 60_000).toISOString() },
					]);
				},
			),
			{ numRuns: 60 },
		);
	});

	test.each<[string, Partial<MappingProfile>, string]>([
		['a column with two meanings', { time: 1 }, 'readings.profile-column'],
		['no column of values', { values: [] }, 'readings.profile-values'],
		['a power of days', { slotMinutes: 1440, values: [{ ...column, unit: 'kw' }] }, 'readings.bad-unit'],
		[
			'reactive energy on an active channel',
			{ values: [{ ...column, unit: 'kvarh', obis: '2.29.0' }] },
			'readings.bad-unit',
		],
		[
			'a mistyped market location',
			{ values: [{ ...column, meteringPoint: '51481308449' }] },
			'readings.bad-metering-point',
		],
		['a code that is none', { values: [{ ...column, obis: 'x' }] }, 'readings.obis'],
		[
			'a device named twice',
			{ devices: [1, 2].map(() => ({ name: 'T01', meteringPoint: null, obis: null })) },
			'readings.profile-device',
		],
	])('is refused with %s', (_, part, code) => {
		expect(refusalOf(() => checkedProfile({ ...guessed, ...part }))).toBe(code);
	});

	test('that no longer fits is refused', async () => {
		const { refusal } = await withProfile(odd(january), { ...guessed, mark: '.' });
		expect(refusal).toMatchObject({ code: 'readings.profile-mark', values: { line: 3, mark: ',' } });
	});
});

describe('the sun', () => {
	const place = { latitude: 48.4, longitude: 10 };

	test('stands where almanacs say', () => {
		// Solstice noon at Greenwich: 90° − 51.4769° + 23.436°; equinox on the equator overhead around noon; midnight below.
		expect(sunElevation({ latitude: 51.4769, longitude: 0 }, Date.parse('2024-06-20T12:01:45Z'))).toBeCloseTo(61.96, 1);
		expect(sunElevation({ latitude: 0, longitude: 0 }, Date.parse('2024-03-20T12:07:25Z'))).toBeGreaterThan(89.5);
		expect(sunElevation(place, Date.parse('2024-12-21T23:00:00Z'))).toBeLessThan(-60);
		// Sunrise in Ulm on 21 June 2024 is 05:17 summer time with refraction; the centre of the sun is level a little later.
		expect(Math.abs(sunElevation(place, Date.parse('2024-06-21T03:22:00Z')))).toBeLessThan(1);
	});

	test('fits, or shows a clock that is an hour or two wrong', () => {
		const slots = slotsFrom('2026-05-01', 10);
		const values = (late: number) =>
			slots.map((minute) => ({
				minute: minute + late,
				wh: Math.round(Math.max(0, Math.sin((sunElevation(place, (minute + 7.5) * 60_000) * Math.PI) / 180)) * 5000),
			}));
		const lateBy = (late: number) => sunFitOf(values(late), { ...place, slotMinutes: 15 });
		expect(lateBy(0)).toMatchObject({ verdict: 'fits', days: 10 });
		for (const late of [-120, -60, 60, 120]) {
			const found = lateBy(late);
			expect(found.verdict).toBe('shifted');
			expect(Math.abs(found.lateMinutes - late)).toBeLessThan(20);
		}
		expect(sunFitOf([], { ...place, slotMinutes: 15 }).verdict).toBe('unknown');
		const night = values(0).map((one) => ({ ...one, wh: one.wh + 800 }));
		expect(sunFitOf(night, { ...place, slotMinutes: 15 }).nightShare).toBeGreaterThan(0.1);
	});

	test('the sum of a day tells the unit', () => {
		expect([1000, 4000, 250, 1_000_000, 1, 1700].map((wh) => daySumFitOf(wh, 1000, 15))).toEqual([
			...['fits', 'is-power', 'is-energy', 'thousand-too-large', 'thousand-too-small', 'other'],
		]);
	});
});
