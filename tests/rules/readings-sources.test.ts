// What sources say and how far they have come: gaps filled in any order, powers, rollovers, coverage, times, paths, addresses.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, type Edge, type Look } from '../../api/readings/register.ts';
import { contiguousThrough, type Coverage, covered } from '../../api/readings/sources/coverage.ts';
import { checkedChannel, checkedLocation, type SourceKind } from '../../api/readings/sources/kinds.ts';
import { amountOf, instantOf, valueAt } from '../../api/readings/sources/observation.ts';
import { fits } from '../../api/readings/sources/sftp.ts';

const start = Date.parse('2026-06-01T00:00:00Z');
const counting = { capacityW: 20_000 };

function run(looks: readonly Look[], options: Parameters<typeof advance>[2] = counting) {
	let edge: Edge | null = null;
	const slots = new Map<number, number>();
	const outcomes: string[] = [];
	for (const look of looks) {
		const step = advance(edge, look, options);
		edge = step.edge;
		outcomes.push(step.outcome);
		for (const { startMs, wh } of step.parts) slots.set(startMs, (slots.get(startMs) ?? 0) + wh);
	}
	return { edge: edge as Edge | null, slots, outcomes };
}

describe('looks at a register', () => {
	const at = (minutes: number, wh: number): Look => ({ atMs: start + minutes * 60_000, shown: { '': wh } });

	test('those that come late fill the gap, whatever their order, and what is booked is no longer unallocated', () => {
		const whole = Array.from({ length: 13 }, (_, i) => at(i * 15, 1_000 + i * 400));
		const inOrder = run(whole);
		expect(inOrder.edge?.gaps).toEqual([]);
		fc.assert(
			fc.property(fc.shuffledSubarray(whole.slice(1, -1), { minLength: 11 }), (between) => {
				const [first, last] = [whole[0] as Look, whole.at(-1) as Look];
				const { edge, slots } = run([first, last, ...between]);
				expect(edge?.gaps).toEqual([]);
				expect(edge?.unallocatedWh).toBe(0);
				expect([...slots].sort()).toEqual([...inOrder.slots].sort());
			}),
			{ numRuns: 50 },
		);
	});

	test('a late one that does not fit between its neighbours is not believed', () => {
		const { edge, outcomes } = run([at(0, 1_000), at(60, 2_000), at(30, 500), at(30, 9_000), at(30, 1_500)]);
		expect(outcomes).toEqual(['first', 'gap', 'stale', 'stale', 'filled']);
		expect(edge).toMatchObject({ unallocatedWh: 1_000, gaps: [{}, {}] });
	});

	test('of 32 bits roll over and go on; without saying so they fell', () => {
		const over = (minutes: number, wh: number): Look => ({ ...at(minutes, wh), rolloverWh: 2 ** 32 });
		expect(run([over(0, 2 ** 32 - 300), over(10, 200)]).outcomes).toEqual(['first', 'booked']);
		expect([...run([over(0, 2 ** 32 - 300), over(10, 200)]).slots.values()]).toEqual([500]);
		expect(run([over(0, 100_000), over(10, 200)]).outcomes).toEqual(['first', 'fell']);
		expect(run([at(0, 2 ** 32 - 300), at(10, 200)]).outcomes).toEqual(['first', 'fell']);
	});

	test('of an hour divide among hours', () => {
		const { outcomes, slots } = run([at(0, 0), at(60, 500), at(120, 900)], { ...counting, slotMinutes: 60 });
		expect(outcomes).toEqual(['first', 'booked', 'booked']);
		expect([...slots.values()]).toEqual([500, 400]);
	});
});

test('powers become energy by their mean, and nothing where nobody looked', () => {
	const at = (minutes: number, watts: number): Look => ({ atMs: start + minutes * 60_000, shown: { '': watts } });
	const { edge, slots, outcomes } = run([at(0, 1_000), at(15, 3_000), at(60, 3_000), at(45, -5), at(75, 1_000)], {
		...{ ...counting, meaning: 'power' as const },
	});
	expect(outcomes).toEqual(['first', 'booked', 'gap', 'filled', 'booked']);
	expect([...slots.values()]).toEqual([500, 375, 500]);
	expect(edge?.gaps).toHaveLength(1);
});

describe('coverage', () => {
	const spans = fc.array(fc.record({ from: fc.nat(60), length: fc.integer({ min: 1, max: 9 }) }), {
		minLength: 1,
		maxLength: 30,
	});

	test('is that of the slots delivered, in any order', () => {
		fc.assert(
			fc.property(spans, (all) => {
				let coverage: Coverage | null = null;
				const slots = new Set<number>();
				for (const { from, length } of all) {
					coverage = covered(coverage, start + from * 900_000, start + (from + length) * 900_000);
					for (let slot = from; slot < from + length; slot++) slots.add(slot);
				}
				const [first, last] = [Math.min(...slots), Math.max(...slots) + 1];
				const missing = Array.from({ length: last - first }, (_, i) => first + i).filter((slot) => !slots.has(slot));
				const told = (coverage as Coverage | null)?.gaps.flatMap(({ from, to }) => {
					const [a, b] = [Date.parse(from), Date.parse(to)].map((ms) => (ms - start) / 900_000) as [number, number];
					return Array.from({ length: b - a }, (_, i) => a + i);
				});
				expect(told).toEqual(missing);
				const edge = contiguousThrough(coverage as unknown as Coverage);
				expect((Date.parse(edge) - start) / 900_000).toBe(missing[0] ?? last);
			}),
		);
	});

	test('of very many gaps the oldest become one', () => {
		let coverage: Coverage | null = null;
		for (let i = 0; i < 1_000; i++)
			coverage = covered(coverage, start + i * 1_800_000, start + i * 1_800_000 + 900_000);
		expect(coverage?.gaps).toHaveLength(300);
		expect(coverage?.gaps[0]?.from).toBe('2026-06-01T00:15:00.000Z');
	});
});

test.each([
	['2026-06-01T12:00:00Z', '2026-06-01T12:00:00.000Z'],
	['2026-06-01T12:00:00.25+02:00', '2026-06-01T10:00:00.250Z'],
	['2026-06-01 12:00', '2026-06-01T10:00:00.000Z'],
	['26.08.24 14:19:45', '2024-08-26T12:19:45.000Z'],
	['01.12.2026 00:00', '2026-11-30T23:00:00.000Z'],
	[1_780_315_200, '2026-06-01T12:00:00.000Z'],
	['1780315200000', '2026-06-01T12:00:00.000Z'],
	...[
		'',
		'gestern',
		'2026-02-30T00:00:00Z',
		'31.02.26 10:00',
		'2026-03-29 02:30',
		'2026-06-01T25:00',
		null,
		{},
		-5,
	].map((text): [unknown, null] => [text, null]),
])('the time %j is %s', (text, expected) => {
	const ms = instantOf(text);
	expect(Number.isNaN(ms) ? null : new Date(ms).toISOString()).toBe(expected);
});

test('the hour that comes twice', () => {
	expect(instantOf('2026-10-25 02:30') - Date.parse('2026-10-25T00:30:00Z')).toBe(0);
	expect(instantOf('2026-10-25 02:30', 'Europe/Berlin', true) - Date.parse('2026-10-25T01:30:00Z')).toBe(0);
});

test.each([
	['/a/0/b~1c', 7],
	['a.0.b/c', 7],
	['a[0].b/c', 7],
	['', { a: [{ 'b/c': 7 }] }],
	['a.1', undefined],
	['__proto__', undefined],
	['a.length.x', undefined],
])('at %s stands %j', (path, expected) => {
	expect(valueAt({ a: [{ 'b/c': 7 }] }, path)).toEqual(expected);
});

test.each([
	[12.5, 'kWh', 'register', 12_500],
	['12,5', 'kWh', 'interval', 12_500],
	['0.0004', 'kWh', 'interval', 0],
	[10, 'kW', 'interval', 2_500],
	[1.5, 'kW', 'power', 1_500],
	[-3, 'W', 'power', -3],
	[-3, 'Wh', 'register', Number.NaN],
	['1.234,5', 'kWh', 'register', Number.NaN],
	[1, 'W', 'register', Number.NaN],
	[1, 'kvarh', 'register', Number.NaN],
	[null, 'Wh', 'register', Number.NaN],
	[1e300, 'MWh', 'register', Number.NaN],
] as const)('%j %s as %s', (value, unit, meaning, expected) => {
	expect(amountOf(value, unit, { meaning, slotMinutes: 15 })).toBe(expected);
});

test.each([
	['a.csv', '*.csv', true],
	['A.CSV', '*.csv', true],
	['mscons_1.txt', 'MSCONS_?.*', true],
	['mscons_12.txt', 'MSCONS_?.*', false],
	['a.csv.part', '*.csv', false],
	['x', '*', true],
	[`${'a'.repeat(190)}b`, '*a*a*a*a*a*a*a*a*a*a*c', false],
])('%s fits %s: %s', (name, pattern, expected) => {
	expect(fits(name, [pattern])).toBe(expected);
});

test.each([
	['fronius', 'http://192.168.1.20/', 'http://192.168.1.20'],
	['json', 'https://Example.org/api?from={from}&to={to}', 'https://example.org/api?from={from}&to={to}'],
	['sftp', 'sftp://coop@sftp.example.org/out/', 'sftp://coop@sftp.example.org/out'],
	['imap', 'imaps://a%40b.de@imap.example.org/INBOX', 'imaps://a%40b.de@imap.example.org/INBOX'],
	['mqtt', 'mqtt://broker:1884', 'mqtt://broker:1884'],
	['modbus', 'modbus://192.168.1.9:1502/3', 'modbus://192.168.1.9:1502/3'],
	...(
		[
			['modbus', 'modbus://192.168.1.9/300'],
			['modbus', 'modbus://u@192.168.1.9'],
			['mqtt', 'mqtt://broker/topic'],
			['mqtt', 'http://broker'],
			['imap', 'imaps://imap.example.org'],
			['json', 'https://example.org/#x'],
			['json', 'https://u:p@example.org/'],
			['fronius', 'javascript:alert(1)'],
			['sftp', 'sftp://coop@%00host/out'],
			['push', 'push:x'],
		] as const
	).map(([kind, text]): [string, string, null] => [kind, text, null]),
])('%s: the address %s is %s', (kind, text, expected) => {
	const check = () => checkedLocation(kind as SourceKind, text);
	if (expected === null) expect(check).toThrow('readings.source-address');
	else expect(check()).toBe(expected);
});

test.each([
	[{ meaning: 'power', unit: 'kWh' }, 'mqtt', 'readings.source-unit'],
	[{ meaning: 'register', unit: 'W' }, 'mqtt', 'readings.source-unit'],
	[{ unit: 'kvarh' }, 'mqtt', 'readings.source-unit'],
	[{ meaning: 'interval' }, 'mqtt', 'readings.source-time-needed'],
	[{}, 'json', 'readings.source-path'],
	[{ name: 'a/#/b' }, 'mqtt', 'readings.source-topic'],
	[{ name: '' }, 'mqtt', 'readings.source-topic'],
] as const)('a series %j of %s is refused: %s', (given, kind, code) => {
	expect(() => checkedChannel(kind, { name: 'a/b', meteringPointId: 'x', ...given })).toThrow(code);
});
