// Registers and quarter-hours: whatever the polls, nothing is booked that was not counted, and nothing twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registersOf } from '../../api/readings/sources/fronius.ts';
import { isPublicAddress } from '../../api/readings/outgoing.ts';
import { advance, type Edge } from '../../api/readings/register.ts';

const slotMs = 900_000;
const start = Date.parse('2026-06-01T00:00:00Z');

describe('polls', () => {
	const steps = fc.array(
		fc.record({
			seconds: fc.oneof(fc.integer({ min: -60, max: 1300 }), fc.integer({ min: 1, max: 20_000 })),
			wh: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: -50_000, max: 1_000_000 })),
		}),
		{ maxLength: 60 },
	);

	test('what is booked and what is told as unallocated never exceeds what the register counted; no slot is covered twice', () => {
		fc.assert(
			fc.property(steps, (polls) => {
				let edge: Edge | null = null;
				let [atMs, total, counted, booked] = [start, 1_000_000, 0, 0];
				const covered = new Map<number, number>();
				for (const { seconds, wh } of polls) {
					atMs += seconds * 1000;
					total = Math.max(0, total + wh);
					const before: Edge | null = edge;
					const { outcome, edge: next, parts } = advance(edge, { atMs, shown: { 1: total } }, { capacityW: 20_000 });
					if (before && outcome !== 'stale') counted += Math.max(0, total - (before.shown['1'] ?? 0));
					const sum = parts.reduce((s, p) => s + p.wh, 0);
					booked += sum;
					if (outcome === 'booked' && before) {
						expect(sum).toBe(total - (before.shown['1'] ?? 0));
						expect(parts.reduce((s, p) => s + p.coveredMs, 0)).toBe(atMs - Date.parse(before.at));
					} else expect(parts).toEqual([]);
					for (const { startMs, coveredMs, wh: part } of parts) {
						expect(startMs % slotMs).toBe(0);
						expect(part).toBeGreaterThanOrEqual(0);
						const all = (covered.get(startMs) ?? 0) + coveredMs;
						expect(all).toBeLessThanOrEqual(slotMs);
						covered.set(startMs, all);
					}
					edge = next;
				}
				expect(booked + (edge?.unallocatedWh ?? 0)).toBeLessThanOrEqual(counted);
				expect(edge?.notes.length ?? 0).toBeLessThanOrEqual(20);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('answers of an inverter', () => {
	const said = (data: unknown, code: unknown = 0) => ({ Head: { Status: { Code: code } }, Body: { Data: data } });
	test.each([
		[said({ TOTAL_ENERGY: { Unit: 'Wh', Values: { 1: 26_213_502, 2: 7.4 } } }), { 1: 26_213_502, 2: 7 }],
		[said({ TOTAL_ENERGY: { Unit: 'kWh', Value: 1.5 } }), { 1: 1500 }],
		[said({ TOTAL_ENERGY: { Unit: 'J', Value: 1.5 } }), null],
		[said({ TOTAL_ENERGY: { Unit: 'Wh', Values: { 1: null, 2: '5', 3: -1, 4: 1e300 } } }), null],
		[said({ Inverters: { 1: { E_Total: 1_530_193.42 } }, Site: { E_Total: 9 } }), { 1: 1_530_193 }],
		[said({ Site: { E_Total: 9 } }), { site: 9 }],
		[said({ Inverters: { 1: { E_Total: null } }, Site: { E_Total: null } }), null],
		[said({}), null],
		[said(null), null],
	])('%j', (answer, registers) => {
		expect(registersOf(answer)).toEqual(registers);
	});

	test.each([null, 5, 'x', [], {}, { Head: null }, said({}, '0'), said({}, null)])('%j cannot be read', (answer) => {
		expect(() => registersOf(answer)).toThrow('readings.source-unreadable');
	});

	test('anything else is either read, asleep or refused', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (data) => {
				const registers = registersOf(said(data));
				expect(registers === null || Object.values(registers).every((wh) => Number.isSafeInteger(wh) && wh >= 0)).toBe(
					true,
				);
			}),
		);
	});
});

test.each([
	['8.8.8.8', true],
	['2a00:1450:4001:80b::200e', true],
	['172.32.0.1', true],
	...[
		'172.31.255.255',
		'127.1.2.3',
		'::ffff:8.8.8.8',
		'::ffff:10.0.0.1',
		'fec0::1',
		'2001:db8::1',
		'2001::1',
		'ff02::1',
		'x',
		'',
	].map((address): [string, boolean] => [address, false]),
])('%s is on the public internet: %s', (address, isPublic) => {
	expect(isPublicAddress(address)).toBe(isPublic);
});
