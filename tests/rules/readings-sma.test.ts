// Sunny Explorer files: five minutes and months, German and English, separator and mark from the header.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look, point, slotsFrom, wallOf } from './readings-files.ts';

type Written = {
	mark?: ',' | '.';
	separator?: ';' | ',';
	order?: 'dd.MM.yyyy' | 'MM/dd/yyyy' | 'yyyy-MM-dd';
	lineEnd?: string;
};

const serials = ['2100070361', '2100070559'];

function dateIn(minute: number, order: string): string {
	const [dd = '', MM = '', yyyy = ''] = wallOf(minute).date.split('.');
	return order.replace('dd', dd).replace('MM', MM).replace('yyyy', yyyy);
}

/** A five-minute file: the counter of each inverter at the start of every slot. */
function dayFile(
	slots: readonly number[],
	wh: readonly (readonly number[])[],
	{ mark = ',', separator = ';', order = 'dd.MM.yyyy', lineEnd = '\r\n' }: Written = {},
): string {
	const number = (text: string) => text.replace('.', mark);
	const columns = serials.slice(0, wh.length);
	const twice = (text: (serial: string) => string) => columns.flatMap((serial) => [text(serial), text(serial)]);
	const counters = columns.map(() => 70_860_938);
	const rows = slots.map((minute, slot) => {
		const cells = columns.flatMap((_, n) => {
			const brought = wh[n]?.[slot] ?? 0;
			const own = [` ${number(point(counters[n] ?? 0))}`, ` ${number(((brought * 12) / 1000).toFixed(3))}`];
			counters[n] = (counters[n] ?? 0) + brought;
			return own;
		});
		return [`${dateIn(minute, order)} ${wallOf(minute).time}:00`, ...cells].join(separator);
	});
	return [
		`sep=${separator}`,
		`Version CSV1|Tool SE|Linebreaks CR/LF|Delimiter ${separator === ';' ? 'semicolon' : 'comma'}|Decimalpoint ${mark === ',' ? 'comma' : 'dot'}|Precision 3`,
		'',
		['', ...twice((serial) => `SN: ${serial}`)].join(separator),
		['', ...twice(() => 'SB 4000TL-20')].join(separator),
		['', ...twice((serial) => serial)].join(separator),
		['', ...columns.flatMap(() => ['Gesamtertrag', 'Leistung'])].join(separator),
		['', ...columns.flatMap(() => ['Counter', 'Analog'])].join(separator),
		[`${order} HH:mm:ss`, ...columns.flatMap(() => ['kWh', 'kW'])].join(separator),
		...rows,
		'',
	].join(lineEnd);
}

const slots = slotsFrom('2024-06-28', 1, 5);
const ramp = slots.map((_, i) => Math.max(0, 300 - Math.abs(i - 150) * 3));
const total = (wh: readonly number[]) => point(wh.reduce((a, b) => a + b, 0));

describe('five-minute files', () => {
	test('slots from the counter, states of the counter as register readings', async () => {
		const found = await look(dayFile(slots, [ramp, ramp.map((wh) => wh * 2)]));
		expect(found).toMatchObject({ format: 'sma', formatVersion: 'day', sender: 'Sunny Explorer', refusal: null });
		expect(found.series).toMatchObject([
			{ device: serials[0], direction: 'production', values: 288, kWh: total(ramp), incompleteDays: 0 },
			{ device: serials[1], values: 288, kWh: total(ramp.map((wh) => wh * 2)) },
		]);
		expect(found.registers.map(({ device, at, wh }) => [device, at, wh])).toEqual([
			[serials[0], '2024-06-27T22:00:00.000Z', 70_860_938],
			[serials[0], '2024-06-28T21:55:00.000Z', 70_860_938 + ramp.reduce((a, b) => a + b, 0)],
			[serials[1], '2024-06-27T22:00:00.000Z', 70_860_938],
			[serials[1], '2024-06-28T21:55:00.000Z', 70_860_938 + 2 * ramp.reduce((a, b) => a + b, 0)],
		]);
	});

	test('what is written is read, whatever separator, mark, date and chunks', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom<Written>(
					{},
					{ mark: '.', separator: ',' },
					{ mark: '.', order: 'MM/dd/yyyy', lineEnd: '\n' },
					{ order: 'yyyy-MM-dd' },
				),
				fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 288, maxLength: 288 }),
				fc.integer({ min: 7, max: 9000 }),
				async (written, wh, size) => {
					// The last record has no next one: there its power counts, to the watt.
					wh[287] = (wh[287] ?? 0) - ((wh[287] ?? 0) % 5);
					const { series, refusal } = await look(dayFile(slots, [wh], written), { sizes: [size] });
					expect(refusal).toBeNull();
					expect(series).toMatchObject([{ values: 288, kWh: total(wh) }]);
				},
			),
			{ numRuns: 25 },
		);
	});

	test('both days of a clock change', async () => {
		for (const [day, length] of [
			['2024-03-31', 276],
			['2024-10-27', 300],
		] as const) {
			const own = slotsFrom(day, 1, 5);
			const { series } = await look(dayFile(own, [own.map(() => 10)]));
			expect(series).toMatchObject([{ values: length, incompleteDays: 0, duplicates: 0 }]);
		}
	});

	test('a counter that falls gives way to the power; records that are missing share what the counter shows', async () => {
		const file = dayFile(slots, [ramp]);
		const lines = file.split('\r\n');
		const fallen = lines.map((line, i) => (i === 9 + 150 ? line.replace(/; [\d,]+;/, '; 17,000;') : line)).join('\r\n');
		const found = await look(fallen);
		expect(found.warnings).toMatchObject([{ code: 'readings.register-fell', values: { device: serials[0] } }]);
		expect(Number(found.series[0]?.kWh)).toBeGreaterThan(0);
		const holed = await look([...lines.slice(0, 100), ...lines.slice(103)].join('\r\n'));
		expect(holed.series).toMatchObject([
			{ values: 288, kWh: total(ramp), qualities: { measured: 284, substitute: 4 } },
		]);
		expect(holed.warnings).toMatchObject([{ code: 'readings.slots-filled', values: { count: 3 } }]);
	});

	test.each([
		['cut in its last row', (text: string) => text.slice(0, -5), 'readings.truncated'],
		['a value that is none', (text: string) => text.replace('70860,938; 0,000', '70860,938; x'), 'readings.bad-number'],
		['a row cut short', (text: string) => text.replace(/(10:15:00; [\d,]+);[^\r]*/, '$1'), 'readings.bad-row'],
		[
			'a time that is none',
			(text: string) => text.replace('28.06.2024 10:15:00', '28.06.2024 30:15:00'),
			'readings.bad-time',
		],
		['below zero', (text: string) => text.replace('; 0,000', '; -4,000'), 'readings.negative'],
	])('refused: %s', async (_, harm, code) => {
		expect((await look(harm(dayFile(slots, [ramp])))).refusal?.code).toBe(code);
	});
});

test('month files hold days; an empty day is missing', async () => {
	const file = [
		'sep=;',
		'Version CSV1|Tool SE|Linebreaks CR/LF|Delimiter semicolon|Decimalpoint dot|Precision 3',
		'',
		';SN: 2130269553;SN: 2130269553',
		';SB 4000TL-21;SB 4000TL-21',
		';2130269553;2130269553',
		';Total yield;Day yield',
		';Counter;Analog',
		'dd/MM/yyyy;kWh;kWh',
		'01/05/2016;7510.496;6.423',
		'02/05/2016;7523.845;13.349',
		'03/05/2016;7530.578;6.733',
		'04/05/2016;;',
		'05/05/2016;7541.870;11.292',
		'',
	].join('\r\n');
	for (const bytes of [Buffer.from(file), Buffer.from(`\ufeff${file}`, 'utf16le')]) {
		const found = await look(bytes);
		expect(found).toMatchObject({ format: 'sma', formatVersion: 'month', refusal: null });
		expect(found.series).toMatchObject([
			{ device: '2130269553', slotMinutes: 1440, values: 4, kWh: '37.797', gaps: 1 },
		]);
		expect(found.series[0]?.months).toEqual({ '2016-05': { values: 4, nulls: 0, kWh: '37.797' } });
		expect(found.registers.map(({ at, wh }) => [at, wh])).toEqual([
			['2016-05-01T22:00:00.000Z', 7_510_496],
			['2016-05-05T22:00:00.000Z', 7_541_870],
		]);
	}
});
