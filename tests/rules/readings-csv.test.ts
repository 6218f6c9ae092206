// Quarter-hour CSVs: layouts, stamps, units, numbers, quality, encodings, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kwhOf } from '../../api/values/energy.ts';
import { comma, look, point, slotsFrom, totalWh, wallOf, whAt } from './readings-files.ts';

const january = slotsFrom('2026-01-15', 2);
const malo = '51481308448';
const melo = 'DE0001112223334445556667778889990';
const sum = (slots: readonly number[]) => kwhOf(totalWh(slots));
const start = (minute: number) => wallOf(minute);
const rows = (slots: readonly number[], row: (minute: number, i: number) => string, eol = '\r\n') =>
	slots.map(row).join(eol) + eol;
const plain = (minute: number) => `${start(minute).date} ${start(minute).time};${comma(whAt(minute))}`;

async function one(content: string | Buffer) {
	const found = await look(content);
	expect(found.refusal).toBeNull();
	expect(found.format).toBe('quarter-hour-csv');
	expect(found.series).toHaveLength(1);
	return { ...found, only: found.series[0]! };
}

async function refusal(content: string | Buffer) {
	const found = await look(content);
	expect(found.series).toEqual([]);
	return found.refusal;
}

describe('layouts', () => {
	test('one stamp column and a value', async () => {
		const { only, encoding, warnings } = await one(`Zeitstempel;Wert in kWh\r\n${rows(january, plain)}`);
		expect(only).toMatchObject({
			meteringPoint: null,
			obis: null,
			slotMinutes: 15,
			unit: 'kWh',
			values: 192,
			days: 2,
			gaps: 0,
			incompleteDays: 0,
		});
		expect(only).toMatchObject({
			kWh: sum(january),
			from: '2026-01-14T23:00:00.000Z',
			to: '2026-01-16T23:00:00.000Z',
			qualities: { measured: 192 },
		});
		expect(warnings).toEqual([]);
		expect(encoding).toBe('us-ascii');
	});

	test('date and time in two columns, metering point and channel in the header', async () => {
		const { only } = await one(
			`Datum;Uhrzeit;${malo} 1-1:2.29.0 [kWh];Status\n${rows(january, (m) => `${start(m).date};${start(m).time}:00;${comma(whAt(m))};W`)}`,
		);
		expect(only).toMatchObject({ meteringPoint: malo, obis: '1-1:2.29.0', kWh: sum(january), values: 192 });
	});

	test.each(['Lokation', 'Marktlokation', 'MaLo-ID', 'Zählpunkt', 'Messlokation', 'Zählpunktbezeichnung'])(
		'metadata on top, key %s',
		async (key) => {
			const id = key.startsWith('Ma') || key === 'Lokation' ? malo : melo;
			const head = `Medium;Strom\r\nEinheit;kWh\r\n${key};${id}\r\nOBIS-Kennziffer;1-1:1.29.0*255\r\n\r\n`;
			const { only, warnings } = await one(Buffer.from(head + rows(january, plain), 'latin1'));
			expect(only).toMatchObject({ meteringPoint: id, obis: '1-1:1.29.0', kWh: sum(january) });
			expect(warnings).toEqual([]);
		},
	);

	test('keys with a colon in one cell, a location named in words beside its id, a unit row under the header', async () => {
		const head = `Lokation: Solardach Süd\nMarktlokation: ${malo.replace(/(.{4})/g, '$1 ')}\nOBIS: 1-1:2.29.0\nDatum;Wert;Status\n;[kWh];\n`;
		const { only, encoding } = await one(head + rows(january, (m) => `${plain(m)};`));
		expect(only).toMatchObject({ meteringPoint: malo, obis: '1-1:2.29.0', kWh: sum(january) });
		expect(encoding).toBe('utf-8');
	});

	test('several value columns, each with its own channel and quality', async () => {
		const head = `Zählpunkt;;${melo};;${melo}\nOBIS;;1-1:1.29.0;;1-1:2.29.0\nEinheit;;kWh;;kWh\nDatum;Zeit;Bezug;Status;Lieferung;Status\n`;
		const found = await look(
			head +
				rows(
					january,
					(m, i) => `${start(m).date};${start(m).time};${comma(whAt(m))};${i < 3 ? 'E' : 'W'};${comma(whAt(m) * 2)};W`,
				),
		);
		expect(found.refusal).toBeNull();
		expect(found.series).toMatchObject([
			{ meteringPoint: melo, obis: '1-1:1.29.0', kWh: sum(january), qualities: { measured: 189, substitute: 3 } },
			{ meteringPoint: melo, obis: '1-1:2.29.0', kWh: kwhOf(2 * totalWh(january)), qualities: { measured: 192 } },
		]);
	});

	test('from and to, row by row with id, channel and unit, a sum at the end', async () => {
		const head = 'MaLo;OBIS;Von;Bis;Wert;Einheit;Qualität\n';
		const body = rows(january, (m) => {
			const end = wallOf(m + 15);
			return `${malo};1-1:2.29.0;${start(m).date} ${start(m).time};${end.date} ${end.time};${comma(whAt(m))};kWh;Wahrer Wert`;
		});
		const { only } = await one(`${head}${body}Summe;;;;${comma(totalWh(january))};kWh;\n`);
		expect(only).toMatchObject({ meteringPoint: malo, obis: '1-1:2.29.0', kWh: sum(january), gaps: 0 });
	});

	test('sep=, tabs, commas with quotes, newest first, no line feed at the end', async () => {
		const files = [
			`sep=;\r\nDatum;kWh\r\n${rows(january, plain)}`,
			`Datum\tkWh\n${rows(january, plain).replaceAll(';', '\t')}`,
			`Datum,kWh\n${rows(january, (m) => `"${start(m).date} ${start(m).time}","${comma(whAt(m))}"`)}`,
			`Datum,kWh\n${rows(january, (m) => `${new Date(m * 60_000).toISOString()},${point(whAt(m))}`)}`,
			`Datum;kWh\n${rows([...january].reverse(), plain)}`,
			`Datum;kWh\n${rows(january, plain, '\n').trimEnd()}`,
			`Datum;kWh\r${rows(january, plain, '\r')}`,
			`Datum;Von-Bis;kWh\n${rows(january, (m) => `${start(m).date};${start(m).time}-${wallOf(m + 15).time};${comma(whAt(m))}`)}`,
		];
		for (const file of files)
			expect((await one(file)).only).toMatchObject({
				values: 192,
				kWh: sum(january),
				from: '2026-01-14T23:00:00.000Z',
			});
	});

	test('daily totals by date alone', async () => {
		const { only } = await one('Datum;Energie [kWh]\n28.03.2026;12,5\n29.03.2026;13,25\n30.03.2026;14\n');
		expect(only).toMatchObject({
			slotMinutes: 1440,
			values: 3,
			kWh: '39.750',
			gaps: 0,
			to: '2026-03-30T22:00:00.000Z',
		});
	});

	test.each([5, 10, 15, 60])('slots of %i minutes', async (slotMinutes) => {
		const slots = slotsFrom('2026-06-01', 1, slotMinutes);
		const { only } = await one(`Datum;kWh\n${rows(slots, plain)}`);
		expect(only).toMatchObject({ slotMinutes, values: 1440 / slotMinutes, gaps: 0 });
	});

	test('a header that says the direction, or blind work, says the channel or the unit', async () => {
		const body = rows(january, plain);
		expect((await one(`Datum;Einspeisung [kWh]\n${body}`)).only.obis).toBe('1-1:2.29.0');
		expect((await one(`Datum;Bezug in kWh\n${body}`)).only.obis).toBe('1-1:1.29.0');
		expect((await one(`Datum;Blindarbeit Bezug\n${body}`)).only).toMatchObject({
			unit: 'kvarh',
			obis: null,
			kvarh: sum(january),
		});
	});

	test('three years with end stamps, longer than what is looked at first', async () => {
		const slots = slotsFrom('2024-01-01', 1096);
		const found = await look(
			`Datum;Zeit;kWh;Status\r\n${rows(slots, (m) => `${wallOf(m + 15).date};${wallOf(m + 15).time};${comma(whAt(m))};W`)}`,
		);
		expect(found).toMatchObject({ refusal: null, warnings: [] });
		expect(found.series).toMatchObject([
			{ values: 105_216, days: 1096, incompleteDays: 0, gaps: 0, kWh: sum(slots), from: '2023-12-31T23:00:00.000Z' },
		]);
	});

	test('a metering point that begins like a footer is none', async () => {
		const body = rows(january, (m) => `MIN00000000000000000000000000001A;${plain(m)}`);
		expect((await one(`Zählpunkt;Datum;kWh\n${body}`)).only.values).toBe(192);
	});

	test('energy is taken before power of the same channel, and what is no interval value is left out', async () => {
		const found = await look(
			`Datum;Leistung [kW];Arbeit [kWh];Zählerstand [kWh]\n${rows(january, (m) => `${plain(m).replace(';', `;${comma(whAt(m) * 4)};`)};1000,0`)}`,
		);
		expect(found.series).toMatchObject([{ kWh: sum(january) }]);
		expect(found.warnings.map(({ code }) => code)).toEqual(['readings.columns-ignored']);
	});
});

describe('stamps', () => {
	const ends = (slots: readonly number[]) =>
		rows(slots, (m) => `${wallOf(m + 15).date} ${wallOf(m + 15).time};${comma(whAt(m))}`);

	test('end stamps by first and last, by 24:00, by their header; start stamps by theirs', async () => {
		const midnight = rows(
			january,
			(m) => `${start(m).date};${wallOf(m + 15).time === '00:00' ? '24:00' : wallOf(m + 15).time};${comma(whAt(m))}`,
		);
		for (const file of [
			`Datum;kWh\n${ends(january)}`,
			`Datum;Zeit;kWh\n${midnight}`,
			`Ende;kWh\n${ends(january.slice(5, 20))}`,
		]) {
			const { only } = await one(file);
			expect(only.kWh).toBe(only.values === 192 ? sum(january) : sum(january.slice(5, 20)));
			expect(only.from).toBe(only.values === 192 ? '2026-01-14T23:00:00.000Z' : '2026-01-15T00:15:00.000Z');
		}
		const { only } = await one(`Von;kWh\n${rows(january.slice(5, 20), plain)}`);
		expect(only.from).toBe('2026-01-15T00:15:00.000Z');
	});

	test('stamps that could be either are taken as starts, and it is said', async () => {
		const { warnings } = await one(`Datum;kWh\n${rows(january.slice(5, 20), plain)}`);
		expect(warnings).toMatchObject([{ code: 'readings.stamps-assumed', values: { line: 2 } }]);
	});

	for (const [day, count] of [
		['2026-03-29', 92],
		['2026-10-25', 100],
	] as const) {
		const slots = slotsFrom(day, 1);
		const label = { plain, end: (m: number) => `${wallOf(m + 15).date} ${wallOf(m + 15).time};${comma(whAt(m))}` };
		const ended = (m: number) => {
			// The end as the start plus a quarter on the same clock face: 02:45 summer time ends at 03:00.
			const [h = 0, minute = 0] = start(m).time.split(':').map(Number);
			const at = h * 60 + minute + 15;
			const text = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
			return `${start(m).date} ${text};${comma(whAt(m))}`;
		};
		const marked = (m: number) => {
			const { date, time } = start(m);
			const hour =
				count === 100 && time.startsWith('02')
					? wallOf(m - 60).time.startsWith('02')
						? '2B'
						: '2A'
					: time.slice(0, 2);
			return `${date};${hour}${time.slice(2)};${comma(whAt(m))}`;
		};
		const offset = (m: number) => `${new Date(m * 60_000).toISOString()};${comma(whAt(m))}`;
		test.each([
			['unmarked starts', `Datum;kWh\n${rows(slots, label.plain)}`],
			['unmarked starts, newest first', `Datum;kWh\n${rows([...slots].reverse(), label.plain)}`],
			['unmarked ends', `Datum;kWh\n${rows(slots, label.end)}`],
			['ends on the old clock face', `Datum;kWh\n${rows(slots, ended)}`],
			['hours 2A and 2B', `Datum;Zeit;kWh\n${rows(slots, marked)}`],
			['UTC', `Datum;kWh\n${rows(slots, offset)}`],
		])(`${day} has ${count} quarter-hours: %s`, async (_, file) => {
			const { only } = await one(file);
			expect(only).toMatchObject({
				values: count,
				gaps: 0,
				incompleteDays: 0,
				days: 1,
				kWh: sum(slots),
				duplicates: 0,
			});
		});
	}

	test('hours 2A and 2B stay right in any order of rows', async () => {
		const slots = slotsFrom('2026-10-25', 1);
		const row = (m: number) =>
			`${start(m).date};${start(m).time.replace(/^02/, wallOf(m - 60).time.startsWith('02') ? '2B' : '2A')};${point(whAt(m))}`;
		await fc.assert(
			fc.asyncProperty(fc.shuffledSubarray(slots, { minLength: slots.length }), async (shuffled) => {
				const { only } = await one(`Datum;Zeit;kWh\n${rows(shuffled, row)}`);
				expect(only).toMatchObject({ values: 100, kWh: sum(slots), gaps: 0 });
			}),
			{ numRuns: 20 },
		);
	});

	test('a file in winter time all year is recognised by the hour that German time leaves out', async () => {
		const slots = Array.from({ length: 96 }, (_, i) => Date.parse('2026-03-28T23:00:00Z') / 60_000 + i * 15);
		const cet = (m: number) => new Date((m + 60) * 60_000).toISOString().slice(0, 16).replace('T', ' ');
		const { only, warnings } = await one(`Datum;kWh\n${rows(slots, (m) => `${cet(m)};${comma(whAt(m))}`)}`);
		expect(only).toMatchObject({
			values: 96,
			kWh: sum(slots),
			from: '2026-03-28T23:00:00.000Z',
			to: '2026-03-29T23:00:00.000Z',
		});
		expect(warnings).toMatchObject([{ code: 'readings.winter-time-assumed' }]);
	});

	test('a single time that does not exist is refused by its line', async () => {
		const slots = slotsFrom('2026-03-29', 1);
		const lines = rows(slots, plain, '\n').split('\n');
		lines.splice(8, 0, '29.03.2026 02:15;1,0');
		expect(await refusal(`Datum;kWh\n${lines.join('\n')}`)).toMatchObject({
			code: 'readings.bad-time',
			values: { line: 10 },
		});
	});
});

describe('units and numbers', () => {
	test('a mean power of 4 kW is 1 kWh in a quarter-hour, whatever says so', async () => {
		const power = rows(january, (m) => `${start(m).date} ${start(m).time};${comma(whAt(m) * 4)}`);
		for (const head of [
			'Datum;Leistung [kW]\n',
			'Einheit;kW\nDatum;Wert\n',
			'Einheit;kW\nOBIS;1-1:2.29.0\n',
			'Datum;Wert\n;kW\n',
		]) {
			expect((await one(head + power)).only.kWh).toBe(sum(january));
		}
		expect((await one(`Datum;Wh\n${rows(january, (m) => `${plain(m).split(';')[0]};${whAt(m)}`)}`)).only.kWh).toBe(
			sum(january),
		);
	});

	test('without any unit kilowatt-hours are assumed, and it is said', async () => {
		const { only, warnings } = await one(rows(january, plain));
		expect(only.kWh).toBe(sum(january));
		expect(warnings).toMatchObject([{ code: 'readings.unit-assumed', values: { unit: 'kWh' } }]);
	});

	test.each([
		['1.234,56', '1234.560'],
		['1.234.567,8', '1234567.800'],
		["1'234,5", '1234.500'],
		['0,0005', '0.001'],
		['0,00049', '0.000'],
		['0,123456789012345678', '0.123'],
		[',25', '0.250'],
	])('%s is %s kWh', async (text, kWh) => {
		const { only } = await one(`Datum;kWh\n01.02.2026 00:00;0,5\n01.02.2026 00:15;${text}\n`);
		expect(kwhOf(Math.round(Number(only.kWh) * 1000) - 500)).toBe(kWh);
	});

	test.each([
		['abc', 'readings.bad-number'],
		['1,2,3', 'readings.bad-number'],
		['12.34,5', 'readings.bad-number'],
		['1e3', 'readings.bad-number'],
		['=1+1', 'readings.bad-number'],
		['-1,5', 'readings.negative'],
		['9999999999', 'readings.too-large'],
	])('%s is refused by its line', async (text, code) => {
		const file = `Datum;kWh\n01.02.2026 00:00;0,5\n01.02.2026 00:15;${text}\n01.02.2026 00:30;0,5\n01.02.2026 00:45;0,5\n`;
		expect(await refusal(file)).toMatchObject({ code, values: { line: 3 } });
		expect(
			await refusal(file.replace('0,5', text).replace(`\n01.02.2026 00:15;${text}`, '\n01.02.2026 00:15;1,0')),
		).toMatchObject({ values: { line: 2 } });
	});

	test('a number that could be read either way is refused', async () => {
		expect(await refusal('Datum;kWh\n01.02.2026 00:00;1\n01.02.2026 00:15;1.234\n')).toMatchObject({
			code: 'readings.bad-number',
			values: { line: 3 },
		});
	});

	test('reactive energy is kept apart', async () => {
		const { only } = await one(`OBIS;1-1:5.29.0\n${rows(january, plain)}`);
		expect(only).toMatchObject({ unit: 'kvarh', kWh: null, kvarh: sum(january) });
		expect(await refusal(`OBIS;1-1:5.29.0\nEinheit;kWh\n${rows(january, plain)}`)).toMatchObject({
			code: 'readings.bad-unit',
		});
	});
});

describe('quality and gaps', () => {
	test('words and letters; an empty cell is missing, not zero', async () => {
		const words = ['W', 'E', 'V', 'G', 'Wahrer Wert', 'Ersatzwert', 'vorläufig', ''];
		const body = rows(
			january,
			(m, i) => (i === 20 ? `${plain(m).split(';')[0]};;W` : `${plain(m)};${words[i % 8]}`),
			'\n',
		);
		for (const bytes of [
			Buffer.from(`Datum;kWh;Status\n${body}`, 'latin1'),
			Buffer.from(`\ufeffDatum;kWh;Status\n${body}`),
		]) {
			const { only, encoding } = await one(bytes);
			expect(only).toMatchObject({
				values: 191,
				gaps: 0,
				nulls: 1,
				incompleteDays: 1,
				qualities: { measured: 71, substitute: 48, provisional: 48, estimated: 24, missing: 1 },
			});
			expect(encoding).toBe(bytes[0] === 0xef ? 'utf-8' : 'windows-1252');
		}
		expect(await refusal(`Datum;kWh;Status\n${body.replace(';Ersatzwert', ';Quatsch')}`)).toMatchObject({
			code: 'readings.bad-quality',
			values: { line: 7 },
		});
	});

	test('rows that come twice: equal is counted, a better quality wins, another value is refused', async () => {
		const body = rows(january, (m) => `${plain(m)};E`, '\n').split('\n');
		const head = 'Datum;kWh;Status\n';
		expect((await one(head + [body[3], ...body].join('\n'))).only).toMatchObject({
			duplicates: 1,
			values: 192,
			kWh: sum(january),
		});
		const better = '15.01.2026 00:45;99,0;W';
		for (const file of [
			[...body.slice(0, 192), better],
			[better, ...body],
		]) {
			const { only } = await one(`Datum von;kWh;Status\n${file.join('\n')}\n`);
			expect(only).toMatchObject({ outranked: 1, qualities: { measured: 1, substitute: 191 } });
			expect(only.kWh).toBe(kwhOf(totalWh(january) - whAt(january[3]!) + 99_000));
		}
		const conflict = await refusal(
			`Datum von;kWh;Status\n${[...body.slice(0, 192), '15.01.2026 00:45;99,0;E', ''].join('\n')}`,
		);
		expect(conflict).toMatchObject({
			code: 'readings.conflict',
			values: { line: 194, time: '2026-01-14T23:45:00.000Z', conflicts: 1 },
		});
	});
});

describe('refused', () => {
	const body = rows(january, plain, '\n');
	test.each([
		['twenty minutes', `Datum;kWh\n${rows(slotsFrom('2026-01-15', 1, 20), plain)}`, 'readings.no-slot', 2],
		[
			'a stamp beside its slot',
			`Datum;kWh\n${body.replace('15.01.2026 10:15', '15.01.2026 10:17')}`,
			'readings.off-grid',
			43,
		],
		['a broken first row', `Datum;kWh\n32.01.2026 00:00;1,0\n${body}`, 'readings.bad-time', 2],
		['a broken stamp', `Datum;kWh\n${body.replace('15.01.2026 10:15', '15.01.2026 1o:15')}`, 'readings.bad-time', 43],
		[
			'a row cut short',
			`Datum;Zeit;kWh\n${body.replaceAll(' ', ';').replace('15.01.2026;10:15', '15.01.2026')}`,
			'readings.bad-row',
			43,
		],
		[
			'columns that nobody can tell apart',
			`Datum;kWh;kWh\n${rows(january, (m) => `${plain(m)};1,0`)}`,
			'readings.ambiguous-columns',
			1,
		],
		[
			'numbers without a name',
			`Datum;A;B\n${rows(january, (m) => `${plain(m)};1,0`)}`,
			'readings.ambiguous-columns',
			1,
		],
		['gas', `Medium;Gas\nEinheit;kWh\n${body}`, 'readings.not-electricity', 1],
		['another unit', `Einheit;m3\n${body}`, 'readings.bad-unit', 1],
		[
			'a mistyped market location',
			`Medium;Strom\nMarktlokation;51481308449\nEinheit;kWh\n${body}`,
			'readings.bad-metering-point',
			2,
		],
	])('%s', async (_, file, code, line) => {
		expect(await refusal(file)).toMatchObject({ code, values: { line } });
	});

	test('cells of a million blanks take no time', async () => {
		const blanks = ' '.repeat(60_000);
		for (const cell of [`00:00${blanks}x`, `${blanks}x00:00`, `01.01.2026 00:00${blanks}x`]) {
			expect(
				(await refusal(`Datum;Zeit;kWh\n${body.replaceAll(' ', ';')}15.01.2026;${cell};1,0\n${cell};00:00;1,0\n`))
					?.code,
			).toMatch(/bad-(time|row)/);
			expect(await refusal(`Datum;kWh\n${cell};1,0\n${cell};1,0\n`)).not.toBeNull();
		}
	}, 2000);

	test('a file cut anywhere in its last row', async () => {
		const file = `Datum;kWh;Status\n${rows(january, (m) => `${plain(m)};Wahrer Wert`, '\n')}`;
		const last = file.lastIndexOf('\n', file.length - 2) + 1;
		for (let cut = last + 1; cut < file.length - 'ahrer Wert'.length - 1; cut++) {
			expect((await refusal(file.slice(0, cut)))?.code, file.slice(last, cut)).toBe('readings.truncated');
		}
		const bare = `Datum;kWh\n${body}`;
		for (let cut = bare.lastIndexOf('\n', bare.length - 2) + 2; cut < bare.length - 1; cut++) {
			expect((await refusal(bare.slice(0, cut)))?.code).toBe('readings.truncated');
		}
	});
});

describe('the long list of many meters', () => {
	const ids = ['401234500000000001', malo, 'DE0001112223334445556667778889990'];
	const long = (slots: readonly number[]) =>
		ids.flatMap((id, n) =>
			slots.map(
				(m) =>
					`${id},${new Date(m * 60_000).toISOString().slice(0, 19)}Z,${point(whAt(m) + n)},${m % 7 === 0 ? 'E' : 'M'}`,
			),
		);
	const slots = slotsFrom('2026-10-24', 2);

	test('values, quality and days', async () => {
		const found = await look(`${long(slots).join('\n')}\n`);
		expect(found).toMatchObject({ refusal: null, format: 'quarter-hour-csv', formatVersion: 'long' });
		expect(
			found.series.map(({ meteringPoint, kWh, values, days, gaps }) => ({ meteringPoint, kWh, values, days, gaps })),
		).toEqual(
			ids.map((meteringPoint, n) => ({
				meteringPoint,
				kWh: kwhOf(totalWh(slots) + n * slots.length),
				values: 196,
				days: 2,
				gaps: 0,
			})),
		);
		expect(found.series[0]?.qualities.substitute).toBe(slots.filter((m) => m % 7 === 0).length);
	});

	test('any order of rows and any chunks give the same', async () => {
		const lines = long(slots);
		const expected = (await look(`${lines.join('\n')}\n`)).series;
		await fc.assert(
			fc.asyncProperty(
				fc.shuffledSubarray(lines, { minLength: lines.length }),
				fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
				async (shuffled, sizes) => {
					const found = await look(`id,time,kWh,quality\r\n${shuffled.join('\r\n')}`, { sizes });
					expect(found.refusal).toBeNull();
					expect(
						found.series.toSorted((a, b) => ids.indexOf(a.meteringPoint!) - ids.indexOf(b.meteringPoint!)),
					).toEqual(expected);
				},
			),
			{ numRuns: 25 },
		);
	});

	test.each([
		['2026-10-24T10:15:00Z', '2026-10-24T1015:00Z', 'readings.bad-time'],
		['2026-10-24T10:15:00Z', '2026-10-24T24:15:00Z', 'readings.bad-time'],
		['2026-10-24T10:15:00Z', '2026-13-24T10:15:00Z', 'readings.bad-time'],
		['2026-10-24T10:15:00Z', '2026-10-24T10:16:00Z', 'readings.off-grid'],
		['2026-10-24T10:15:00Z,', '2026-10-24T10:15:00Z,-', 'readings.negative'],
		['2026-10-24T10:15:00Z,', '2026-10-24T10:15:00Z,12345678', 'readings.too-large'],
		['2026-10-24T10:15:00Z,', '2026-10-24T10:15:00Z,x', 'readings.bad-number'],
		['2026-10-24T10:15:00Z', '2026-10-24T10:15:00+01:00', 'readings.bad-time'],
		['401234500000000001,2026-10-24T10:15:00Z', '2026-10-24T10:15:00Z', 'readings.bad-metering-point'],
		['401234500000000001,2026-10-24T10:15:00Z', '51481308449,2026-10-24T10:15:00Z', 'readings.bad-metering-point'],
	])('%s written as %s is %s', async (right, wrong, code) => {
		const text = `${long(slots).join('\n')}\n`.replace(right, wrong);
		const line = text.split('\n').findIndex((row) => row.includes(wrong)) + 1;
		expect(await refusal(text)).toMatchObject({ code, values: { line } });
	});

	test('cut anywhere in its last row it is refused', async () => {
		const text = long(slots).join('\n');
		for (let cut = text.lastIndexOf('\n') + 2; cut < text.length; cut++) {
			expect((await refusal(text.slice(0, cut)))?.code).toBe('readings.truncated');
		}
	});
});
