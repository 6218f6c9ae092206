// Solar-Log: cumulative counters to slots, night and gaps, blocks of any layout, daily totals.
import { expect, test } from 'vitest';
import { look } from './readings-files.ts';

type Point = { clock: string; blocks: string[] };

/** Records newest first, as the device writes them. */
function minutes(points: readonly Point[], day = '15.06.08', eol = '\r\n'): string {
	return points
		.toReversed()
		.map(({ clock, blocks }) => `m[mi++]="${day} ${clock}:00|${blocks.join('|')}"${eol}`)
		.join('');
}

/** One inverter of one string: power and counter every five minutes from 05:00 on. */
function climb(steps: readonly number[], { from = 300, power = (step: number) => step * 12 } = {}): Point[] {
	let counter = 0;
	return steps.map((step, i) => {
		counter += step;
		const at = from + i * 5;
		const clock = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
		return { clock, blocks: [`${power(step)};${power(step) + 5};${counter};300`] };
	});
}

const steps = [0, 2, 10, 40, 90, 120, 80, 30, 5, 0];

test('the counter becomes slots; night is zero, the sum is its highest value', async () => {
	const found = await look(minutes(climb(steps)));
	expect(found).toMatchObject({ format: 'solarlog', formatVersion: 'minutes', refusal: null, warnings: [] });
	expect(found.series).toMatchObject([
		{
			device: '1',
			meteringPoint: null,
			slotMinutes: 5,
			values: 288,
			gaps: 0,
			kWh: '0.377',
			qualities: { measured: 288 },
		},
	]);
});

test('HTTP header lines and mixed line ends are no part of it; any chunks give the same', async () => {
	const text = minutes(climb(steps));
	const expected = (await look(text)).series;
	const noisy = `HTTP/1.0 200 OK\r\nContent-Type: text/javascript\r\nLast-Modified: today\r\n\r\n${text.replace('\r\n', '\n')}\n`;
	for (const sizes of [[1], [7, 3], [100_000]]) expect((await look(noisy, { sizes })).series).toEqual(expected);
});

test('several inverters, blocks of any width, the counter found by its course', async () => {
	const one = climb(steps);
	const points = one.map(({ clock, blocks }, i) => {
		const [power = '', , counter = ''] = (blocks[0] as string).split(';');
		// Two strings without voltage, two strings with it, three strings with temperature.
		return {
			clock,
			blocks: [
				blocks[0] as string,
				`${power};${i % 3};${power};${counter}`,
				`${power};1;2;${counter};230;231`,
				`${power};1;2;3;${counter};1;2;3;40`,
			],
		};
	});
	const found = await look(minutes(points));
	expect(found.refusal).toBeNull();
	expect(found.series.map(({ device, kWh }) => [device, kWh])).toEqual([
		['1', '0.377'],
		['2', '0.377'],
		['3', '0.377'],
		['4', '0.377'],
	]);
});

test('missing records: the counter proves the sum, the slots in between share it as substitutes', async () => {
	const points = climb(steps).filter((_, i) => i < 3 || i > 5);
	const found = await look(minutes(points));
	expect(found.series).toMatchObject([{ kWh: '0.377', gaps: 0, qualities: { measured: 284, substitute: 4 } }]);
	expect(found.warnings).toMatchObject([
		{ code: 'readings.records-missing', values: { day: '2008-06-15', device: 1, from: 310, to: 330, count: 1 } },
	]);
});

test('a late first record: what came before is spread no faster than the day was', async () => {
	const found = await look(minutes(climb([500, 50, 40, 30, 0])));
	expect(found.series).toMatchObject([{ kWh: '0.620', qualities: { measured: 278, substitute: 10 } }]);
	expect(found.warnings).toMatchObject([{ code: 'readings.records-missing' }]);
});

test('a counter that falls adds nothing until it is past its highest value', async () => {
	const found = await look(minutes(climb([0, 100, 100, -50, 20, 60, 0])));
	expect(found.series[0]?.kWh).toBe('0.230');
	expect(found.series[0]?.qualities.substitute).toBe(2);
	expect(found.warnings).toMatchObject([{ code: 'readings.counter-fell', values: { from: 200, to: 150, count: 1 } }]);
});

test('a counter that jumps or stands still is told', async () => {
	const jumped = await look(minutes(climb([0, 100, 2600, 90, 0], { power: (step) => Math.min(step, 100) * 12 })));
	expect(jumped.series[0]?.kWh).toBe('2.790');
	expect(jumped.warnings).toMatchObject([{ code: 'readings.counter-jumped', values: { from: 100, to: 2700 } }]);
	const stuck = await look(
		minutes(
			climb(steps).map(({ clock, blocks }) => ({ clock, blocks: blocks.map((b) => b.replace(/;\d+;300$/, ';0;300')) })),
		),
	);
	expect(stuck.series).toMatchObject([{ kWh: '0.000', values: 0, gaps: 0, nulls: 288 }]);
	expect(stuck.warnings).toMatchObject([{ code: 'readings.counter-stuck' }]);
});

test('a day that is not over: its rest is missing, not zero', async () => {
	const found = await look(minutes(climb([0, 50, 90, 120])));
	expect(found.series).toMatchObject([{ kWh: '0.260', values: 63, gaps: 0, nulls: 225 }]);
	expect(found.warnings).toMatchObject([{ code: 'readings.day-unfinished' }]);
});

test('days with 23 and 25 hours, a clock a minute late', async () => {
	for (const [day, slots] of [
		['30.03.08', 276],
		['26.10.08', 300],
	] as const) {
		const found = await look(minutes(climb(steps, { from: 601 }), day));
		expect(found.series).toMatchObject([{ values: slots, kWh: '0.377', gaps: 0 }]);
	}
});

test('daily totals', async () => {
	const found = await look('da[dx++]="02.01.09|1200;300|900;200"\nda[dx++]="01.01.09|1062;0|752;0"\n');
	expect(found).toMatchObject({ formatVersion: 'days', refusal: null });
	expect(found.series).toMatchObject([
		{ device: '1', slotMinutes: 1440, kWh: '2.262', values: 2 },
		{ device: '2', kWh: '1.652' },
	]);
});

test.each([
	['m[mi++]="15.06.08 05:00:00|1;2;3;4"\r\nquatsch\r\n', 'readings.bad-row', 2],
	['m[mi++]="15.06.08 05:00:00|1;2;x;4"\r\n', 'readings.bad-row', 1],
	['m[mi++]="31.06.08 05:00:00|1;2;3;4"\r\n', 'readings.bad-time', 1],
	['m[mi++]="15.06.08 25:00:00|1;2;3;4"\r\n', 'readings.bad-time', 1],
	['m[mi++]="15.06.08 05:05:00|1;2;3;4"\r\nm[mi++]="15.06.08 05:0', 'readings.truncated', 2],
	['m[mi++]="15.06.08 05:05:00|1;2;3;4"\r\nda[dx++]="15.06.08|1;2"\n', 'readings.bad-row', 2],
	['mo[mx++]="01.06.08|1234|567"\n', 'readings.not-load-profile', 1],
])('%j is refused', async (text, code, line) => {
	expect((await look(text)).refusal).toMatchObject({ code, values: { line } });
});
