// The demo's material: the same every time, valid identifiers, days of 92 and 100 quarter-hours, yields as plants really have.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clockOf, dayOf, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';
import { isIban, isMaLo, isMastrNumber, isMeLo, isTaxId } from '../../api/values/identifiers.ts';
import {
	correctedMonthOf,
	type DemoFile,
	demoFiles,
	firstDayOfFiles,
	missingDayOf,
	turbineFiles,
} from '../../web/demo/files.ts';
import { type DemoInverter, startInverter } from '../../web/demo/inverter.ts';
import { syntheticTaxId } from '../../web/demo/numbers.ts';
import { auditor, maxShares, members, shareCents } from '../../web/demo/people.ts';
import { feuerwehrhaus, grundschule, plants, windrad } from '../../web/demo/plants.ts';
import { noise, random } from '../../web/demo/random.ts';
import { dayWh, periodWh, quarterHoursWh, sunAt } from '../../web/demo/weather.ts';

const today = '2026-11-22';

describe('chance', () => {
	test('streams of one key agree, streams of other keys do not', () => {
		const take = (key: string): number[] => {
			const stream = random('test', key);
			return Array.from({ length: 5 }, () => stream.number());
		};
		expect(take('a')).toEqual(take('a'));
		expect(take('a')).not.toEqual(take('b'));
	});

	test('noise is spread like a normal distribution and has no jumps', () => {
		const wave = noise('test');
		const values = Array.from({ length: 20_000 }, (_, i) => wave(i / 13));
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
		expect(Math.abs(mean)).toBeLessThan(0.1);
		expect(spread).toBeGreaterThan(0.85);
		expect(spread).toBeLessThan(1.1);
		expect(Math.max(...values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0))))).toBeLessThan(0.8);
		expect(noise('test')(123.4)).toBe(wave(123.4));
	});
});

describe('plants', () => {
	test('have valid, different identifiers and twelve months of expectation', () => {
		for (const plant of plants) {
			expect(isMaLo(plant.malo), plant.malo).toBe(true);
			expect(isMeLo(plant.melo), plant.melo).toBe(true);
			expect(isMastrNumber(plant.mastrUnit), plant.mastrUnit).toBe(true);
			expect(isMastrNumber(plant.mastrEeg), plant.mastrEeg).toBe(true);
			expect(plant.expectedKwh).toHaveLength(12);
		}
		expect(
			new Set(plants.flatMap(({ malo, melo, mastrUnit, mastrEeg }) => [malo, melo, mastrUnit, mastrEeg])).size,
		).toBe(12);
	});

	test.each(plants.map((plant) => [plant.name, plant] as const))(
		'%s yields what was expected within a tenth',
		(_, plant) => {
			const expected = plant.expectedKwh.reduce((sum, kwh) => sum + kwh, 0) * 1000;
			const mean = periodWh(plant, '2022-01-01', '2026-12-31') / 5;
			expect(mean / expected).toBeGreaterThan(0.9);
			expect(mean / expected).toBeLessThan(1.1);
		},
	);
});

describe('weather', () => {
	test.each([2022, 2023, 2024, 2025, 2026, 2027])(
		'%i: the turbine yields 5.0 to 5.6 GWh, roofs 930 to 1050 kWh/kWp',
		(year) => {
			const of = (plant: (typeof plants)[number]): number => periodWh(plant, `${year}-01-01`, `${year}-12-31`);
			expect(of(windrad)).toBeGreaterThan(5.0e9);
			expect(of(windrad)).toBeLessThan(5.6e9);
			for (const roof of [grundschule, feuerwehrhaus]) {
				expect(of(roof) / roof.powerW).toBeGreaterThan(930);
				expect(of(roof) / roof.powerW).toBeLessThan(1050);
			}
		},
	);

	test.each([
		['2025-03-30', 92],
		['2025-10-26', 100],
		['2025-07-01', 96],
	])('%s has %i quarter-hours', (day, slots) => {
		for (const plant of plants) expect(quarterHoursWh(plant, day)).toHaveLength(slots);
	});

	test('values are whole, never negative, never above the rated power, and the same when asked again', () => {
		for (const day of ['2024-01-17', '2024-06-21', '2025-03-30', '2025-10-26', '2026-02-09']) {
			for (const plant of plants) {
				const values = quarterHoursWh(plant, day);
				expect(values).toEqual(quarterHoursWh(plant, day));
				expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
				expect(Math.max(...values)).toBeLessThanOrEqual(plant.powerW / 4);
				expect(dayWh(plant, day)).toBe([...values].reduce((sum, wh) => sum + wh, 0));
			}
		}
	});

	test('roofs give nothing at night and something nearly every day', () => {
		let dark = 0;
		for (let i = 0; i < 365; i++) {
			const day = dayOf(startOfDay('2025-01-01') + (i * 24 + 12) * 3_600_000);
			for (const roof of [grundschule, feuerwehrhaus]) {
				const values = quarterHoursWh(roof, day);
				if (values.every((wh) => wh === 0)) dark++;
				values.forEach((wh, slot) => {
					const middle = startOfDay(day) + (slot + 0.5) * 900_000;
					if (wh > 0) expect(sunAt(middle, roof.latitude, roof.longitude).elevation).toBeGreaterThan(0);
				});
			}
		}
		expect(dark).toBeLessThan(12);
	});

	test('the sun stands where almanacs put it', () => {
		const degrees = 180 / Math.PI;
		const midsummer = sunAt(Date.UTC(2025, 5, 21, 11, 24), 50.75, 9.6);
		expect(midsummer.elevation * degrees).toBeCloseTo(90 - 50.75 + 23.44, 0);
		expect(midsummer.azimuth * degrees).toBeGreaterThan(178);
		expect(midsummer.azimuth * degrees).toBeLessThan(182);
		const morning = sunAt(Date.UTC(2025, 2, 20, 5, 29), 50.75, 9.6);
		expect(Math.abs(morning.elevation * degrees)).toBeLessThan(1);
		expect(morning.azimuth * degrees).toBeGreaterThan(88);
		expect(morning.azimuth * degrees).toBeLessThan(92);
	});

	test('a plant gives nothing before it was commissioned', () => {
		expect(dayWh(feuerwehrhaus, '2020-04-14')).toBe(0);
	});
});

describe('people', () => {
	const list = members(today);

	test('are about 250 with consecutive numbers, unique valid IBANs and tax ids', () => {
		expect(list.length).toBeGreaterThan(235);
		expect(list.length).toBeLessThan(265);
		expect(list.map(({ memberNumber }) => memberNumber)).toEqual(list.map((_, i) => i + 1));
		for (const { iban, taxId, kind } of [...list, auditor]) {
			expect(isIban(iban), iban).toBe(true);
			expect(iban.slice(4, 5)).toBe('9');
			if (taxId !== undefined) expect(isTaxId(taxId), taxId).toBe(true);
			if (kind !== 'natural') expect(taxId).toBeUndefined();
		}
		expect(new Set(list.map(({ iban }) => iban)).size).toBe(list.length);
		expect(new Set(list.map(({ email }) => email)).size).toBe(list.length);
		for (const { email } of list) expect(email).toMatch(/^[a-z0-9.+-]+@([a-z-]+\.)?auental\.example$/);
	});

	test('every synthetic tax id is valid and different', () => {
		const ids = Array.from({ length: 1200 }, (_, i) => syntheticTaxId(i));
		expect(ids.filter((id) => !isTaxId(id))).toEqual([]);
		expect(new Set(ids).size).toBe(1200);
	});

	test('Anke Weidemann is member 147 with 12 shares, fully paid', () => {
		const anke = list[146];
		expect(anke).toMatchObject({ givenNames: 'Anke', familyName: 'Weidemann', joinedOn: '2019-05-02', account: true });
		expect(anke?.subscriptions.map(({ on, shares }) => [on, shares])).toEqual([
			['2019-05-02', 10],
			['2024-03-14', 2],
		]);
		expect(
			anke?.subscriptions.flatMap(({ payments }) => payments).reduce((sum, { amountCents }) => sum + amountCents, 0),
		).toBe(600_000);
	});

	test('the offices are filled, by people with accounts', () => {
		const holding = (role: string): string[] =>
			[...list, auditor]
				.filter(({ roles }) => (roles as readonly string[]).includes(role))
				.map((who) => who.familyName ?? '');
		expect(holding('board')).toEqual(['Holzer', 'Brandt']);
		expect(holding('operator')).toEqual(['Petersen']);
		expect(holding('supervisory-board')).toEqual(['Sommerfeld']);
		expect(holding('auditor')).toEqual(['Lindqvist']);
		expect([...list, auditor].filter(({ account }) => account)).toHaveLength(10);
	});

	test('shares stay within the limit, payments within what is owed, dates in order', () => {
		for (const { memberNumber, joinedOn, subscriptions } of list) {
			const shares = subscriptions.reduce((sum, taken) => sum + taken.shares, 0);
			expect(shares, `member ${memberNumber}`).toBeLessThanOrEqual(maxShares);
			expect(subscriptions[0]?.on).toBe(joinedOn);
			subscriptions.forEach(({ on, shares: taken, payments }, i) => {
				expect(taken).toBeGreaterThan(0);
				const paid = payments.reduce((sum, { amountCents }) => sum + amountCents, 0);
				expect(paid).toBeLessThanOrEqual(taken * shareCents);
				// Further shares only when the earlier ones are fully paid (M-12).
				if (i < subscriptions.length - 1) expect(paid).toBe(taken * shareCents);
				for (const payment of payments) expect(payment.on > on && payment.on <= today).toBe(true);
				const next = subscriptions[i + 1];
				if (next !== undefined) expect(payments.every((payment) => payment.on < next.on)).toBe(true);
			});
		}
	});

	test('minors have guardians, exemption orders only natural persons, within their limits', () => {
		for (const person of list) {
			const minor = person.bornOn !== undefined && person.bornOn > '2008-11-22';
			expect(person.guardians !== undefined, person.familyName).toBe(minor);
			if (person.bornOn !== undefined) expect(person.bornOn < (person.joinedOn ?? '')).toBe(true);
			if (person.exemption === undefined) continue;
			expect(person.kind).toBe('natural');
			expect(person.exemption.amountCents).toBeLessThanOrEqual(
				person.exemption.spouseTaxId === undefined ? 100_000 : 200_000,
			);
		}
		expect(list.filter(({ guardians }) => guardians !== undefined)).toHaveLength(2);
		for (const { exemption, taxId } of list.filter((person) => person.exemption?.spouseTaxId !== undefined)) {
			const spouse = list.find((person) => person.taxId === exemption?.spouseTaxId);
			if (spouse !== undefined) expect(spouse.exemption?.spouseTaxId).toBe(taxId);
		}
	});

	test('an earlier day knows the same people without what came later', () => {
		const before = members('2020-06-30');
		expect(before.length).toBeLessThan(list.length);
		for (const [i, person] of before.entries()) {
			expect(person.email).toBe(list[i]?.email);
			expect(
				person.subscriptions.every(
					({ on, payments }) => on <= '2020-06-30' && payments.every((p) => p.on <= '2020-06-30'),
				),
			).toBe(true);
		}
	});
});

describe('files', () => {
	let files: DemoFile[] = [];
	beforeAll(() => {
		files = [...demoFiles(today)];
	});
	const textOf = (file: DemoFile | undefined): string => Buffer.from(file?.bytes ?? []).toString('latin1');
	const named = (pattern: RegExp): DemoFile | undefined => files.find(({ fileName }) => pattern.test(fileName));

	test('are the same bytes again, of all three plants, none received after today', () => {
		const again = [...turbineFiles(today)];
		expect(again.map(({ fileName }) => fileName)).toEqual(
			files.filter(({ plant }) => plant === windrad).map(({ fileName }) => fileName),
		);
		expect(Buffer.compare(again[3]?.bytes ?? new Uint8Array(), files[3]?.bytes ?? new Uint8Array())).toBe(0);
		expect(new Set(files.map(({ fileName }) => fileName)).size).toBe(files.length);
		expect(files.every(({ receivedOn }) => receivedOn <= today)).toBe(true);
		for (const plant of plants) {
			const days = files.filter((file) => file.plant === plant).map(({ receivedOn }) => receivedOn);
			expect(days).toEqual([...days].sort());
		}
	});

	test('MSCONS: counts, references and values fit', () => {
		let substitutes = 0;
		for (const file of files.filter(({ plant }) => plant === windrad)) {
			const segments = textOf(file)
				.slice(9)
				.split("'")
				.map((segment) => segment.trim())
				.filter(Boolean);
			const messages = segments.reduce<string[][]>((list, segment) => {
				if (segment.startsWith('UNH')) list.push([]);
				list.at(-1)?.push(segment);
				return list;
			}, []);
			const reference = segments[0]?.split('+')[5] ?? '';
			expect(reference.length).toBeLessThanOrEqual(14);
			expect(segments.at(-1)).toBe(`UNZ+${messages.length}+${reference}`);
			messages.forEach((message, i) => {
				const end = message.findIndex((segment) => segment.startsWith('UNT'));
				expect(message[end]).toBe(`UNT+${end + 1}+${i + 1}`);
			});
			substitutes += segments.filter((segment) => segment.startsWith('QTY+67')).length;
		}
		expect(substitutes).toBeGreaterThan(24);
		expect(substitutes).toBeLessThan(400);
		const october = textOf(named(/MSCONS_.*_202510\.txt/));
		expect(october.match(/QTY\+/g)).toHaveLength(31 * 96 + 4);
		const quantities = [...october.matchAll(/QTY\+220:(\d+)\.(\d{3})/g)].map(
			(match) => Number(match[1]) * 1000 + Number(match[2]),
		);
		const first = [...quarterHoursWh(windrad, '2025-10-01')];
		expect(quantities.slice(0, 96)).toEqual(first);
	});

	test('MSCONS: one month had provisional values and was sent again with true ones', () => {
		const month = correctedMonthOf(today).slice(0, 7).replace('-', '');
		const before = textOf(named(new RegExp(`MSCONS_.*_${month}\\.txt`)));
		const after = textOf(named(new RegExp(`MSCONS_.*_${month}_K\\.txt`)));
		expect(before.match(/QTY\+Z18/g)).toHaveLength(24);
		expect(after).not.toContain('QTY+Z18');
		expect(after.match(/QTY\+/g)).toHaveLength((before.match(/QTY\+/g) ?? []).length);
		expect(/BGM\+Z48\+(\w+)\+9/.exec(after)?.[1]).not.toBe(/BGM\+Z48\+(\w+)\+9/.exec(before)?.[1]);
	});

	test('CSV: Windows-1252, 92 and 100 rows when the clocks change, one day missing', () => {
		const bytes = named(/Lastgang_.*_2025-10\.csv/)?.bytes ?? new Uint8Array();
		expect(Buffer.from(bytes).includes(Buffer.from([0xdc, 0x62]))).toBe(true);
		expect(textOf(named(/Lastgang_.*_2025-10\.csv/)).match(/^26\.10\.2025;/gm)).toHaveLength(100);
		expect(textOf(named(/Lastgang_.*_2025-03\.csv/)).match(/^30\.03\.2025;/gm)).toHaveLength(92);
		const missing = missingDayOf(today);
		const month = textOf(named(new RegExp(`Lastgang_.*_${missing.slice(0, 7)}\\.csv`)));
		expect(month).not.toContain(missing.split('-').reverse().join('.'));
		const sums = [
			['2024-06', 4],
			['2025-06', 1],
		] as const;
		for (const [name, factor] of sums) {
			const rows = [...textOf(named(new RegExp(`Lastgang_.*_${name}\\.csv`))).matchAll(/;(\d+),(\d{3});W/g)];
			const thousandths = rows.reduce((sum, row) => sum + Number(row[1]) * 1000 + Number(row[2]), 0);
			expect(thousandths).toBe(factor * periodWh(grundschule, `${name}-01`, `${name}-30`));
		}
	});

	test('Solar-Log: newest first, cumulative, the inverters together reach the day', () => {
		const day = '2025-06-15';
		const lines = textOf(named(/min250615\.js/))
			.trim()
			.split('\r\n');
		const records = lines.map((line) =>
			/"15\.06\.25 (\d\d:\d\d):00\|\d+;\d+;(\d+);\d+\|\d+;\d+;(\d+);\d+"$/.exec(line),
		);
		const clocks = records.map((record) => record?.[1] ?? '');
		expect(clocks).toEqual([...clocks].sort().reverse());
		for (const inverter of [2, 3]) {
			const energies = records.map((record) => Number(record?.[inverter]));
			expect(energies).toEqual([...energies].sort((a, b) => b - a));
			expect(energies.at(-1)).toBe(0);
		}
		expect(Number(records[0]?.[2]) + Number(records[0]?.[3])).toBe(dayWh(feuerwehrhaus, day));
		const first = quarterHoursWh(feuerwehrhaus, day).findIndex((wh) => wh > 0);
		expect(clocks.at(-1)).toBe(clockOf(startOfDay(day) + first * 900_000));
	});

	test('cover three years and the two closed years before', () => {
		expect(firstDayOfFiles(today)).toBe('2023-11-01');
		expect(firstDayOfFiles('2027-01-01') <= '2025-01-01').toBe(true);
		expect([...turbineFiles('2027-01-01')].at(-1)?.fileName).toContain('_202612');
		expect(slotsOfDay('2025-10-26')).toBe(100);
	});
});

describe('inverter', () => {
	let now = new Date('2026-06-12T10:20:00Z');
	let inverter: DemoInverter | undefined;
	interface Answer {
		Head: { Status: { Code: number }; Timestamp: string };
		Body: {
			Data: { TOTAL_ENERGY?: { Values: Record<string, number> }; Site?: { P_PV: number | null } };
		};
	}
	const fetchFrom = (path: string): Promise<Response> => fetch(`${inverter?.url}/solar_api/v1/${path}`);
	const ask = async (path: string): Promise<Answer> => (await (await fetchFrom(path)).json()) as Answer;
	beforeAll(async () => {
		inverter = await startInverter({ clock: () => now });
	});
	afterAll(async () => {
		await inverter?.close();
	});

	test('tells power and registers by day; between two quarters the total grows by what the roof gave', async () => {
		now = new Date('2026-06-12T10:15:00Z');
		const before = await ask('GetInverterRealtimeData.cgi?Scope=System');
		now = new Date('2026-06-12T10:30:00Z');
		const after = await ask('GetInverterRealtimeData.cgi?Scope=System');
		const total = ({ Body }: Answer): number => Body.Data.TOTAL_ENERGY?.Values['1'] ?? 0;
		const slot = (12 * 60 + 15) / 15;
		expect(total(after) - total(before)).toBe(quarterHoursWh(grundschule, '2026-06-12')[slot]);
		expect(total(before)).toBeGreaterThan(periodWh(grundschule, '2017-06-21', '2026-06-11'));
		expect(after.Head.Timestamp).toBe('2026-06-12T12:30:00+02:00');
	});

	test('leaves fields out at night and says null for the power of the roof', async () => {
		const device = 'GetInverterRealtimeData.cgi?Scope=Device&DeviceId=1&DataCollection=CommonInverterData';
		now = new Date('2026-01-12T22:00:00Z');
		const night = (await ask(device)).Body.Data;
		expect(Object.keys(night).sort()).toEqual(['DAY_ENERGY', 'DeviceStatus', 'TOTAL_ENERGY', 'YEAR_ENERGY']);
		expect((await ask('GetPowerFlowRealtimeData.fcgi')).Body.Data.Site?.P_PV).toBeNull();
		now = new Date('2026-06-12T10:20:00Z');
		expect((await ask(device)).Body.Data).toHaveProperty('PAC');
	});

	test('refuses what the device does not know', async () => {
		expect((await fetchFrom('GetMeterRealtimeData.cgi')).status).toBe(404);
		const wrong = await ask('GetInverterRealtimeData.cgi?Scope=Device&DeviceId=9');
		expect(wrong.Head.Status.Code).toBe(8);
	});
});
