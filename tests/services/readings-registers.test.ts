// Registers: readings from files and by hand, exchange, questions and decisions, and the days that follow from them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { listPlantDays } from '../../api/readings/service/days.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { keepPhoto, readPhoto } from '../../api/readings/service/photos.ts';
import { listRegisterQuestions, readRegisters } from '../../api/readings/service/registers.ts';
import {
	decideStep,
	enterReading,
	exchangeMeter,
	recordMeter,
	reverseReading,
} from '../../api/readings/service/registers-change.ts';
import { listUnplaced, placeUnplaced } from '../../api/readings/service/unplaced.ts';
import { undoImport } from '../../api/readings/service/undo.ts';
import { calculateYields, listYields } from '../../api/yields/service.ts';
import { interchange, message, slotsFrom } from '../rules/readings-files.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
const folder = mkdtempSync(path.resolve('.cache/registers-'));
const malo = '51481308448';
const at = new Date('2026-11-22T10:00:00Z');
const by = system;
let plantId = '';
let point = '';
let files = 0;

async function importText(text: string) {
	const name = path.join(folder, `file-${++files}.txt`);
	writeFileSync(name, text);
	return importFile(database.db, { by, at, path: name, origin: 'command' });
}

/** A message of one reading of the feed-in register. */
function registerMessage(
	kwh: string,
	stamp: string,
	{ document = `D${files}`, serial = 'A1', more = '', point: name = malo } = {},
): string {
	const extra = `NAD+DP'LOC+172+${name}'RFF+MG:${serial}'LIN+1'PIA+5+1-1?:2.8.0:SRW'QTY+220:${kwh}'DTM+7:${stamp}?+00:303'${more}`;
	return interchange([message({ process: '13017', document, channels: [], extra })], { reference: `R${files}` });
}

const enter = (kwh: number, day: string) =>
	enterReading(database.db, {
		by,
		at,
		meteringPointId: point,
		obis: '1-1:2.8.0',
		wh: kwh * 1000,
		readAt: new Date(`${day}T00:00:00+01:00`),
	});
const days = (from: string, to: string) => listPlantDays(database.db, { by, plantId, from, to });
const sum = async (from: string, to: string) => (await days(from, to)).reduce((total, one) => total + one.totalWh, 0);

beforeAll(async () => {
	const plant = {
		name: 'Solardach',
		kind: 'solar' as const,
		capacityW: 99_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	plantId = (await addPlant(database.db, { by, at, plant })).id;
	point = (await addMeteringPoint(database.db, { by, at, plantId, marketLocation: malo })).id;
});

describe('registers', () => {
	test('two readings of a file give the days between them, as substitutes', async () => {
		await importText(registerMessage('99000', '202512312300'));
		const second = await importText(registerMessage('99310', '202601312300'));
		expect(second).toMatchObject({ registers: 1, daysAdded: 0 });
		const found = await days('2025-12-01', '2026-02-28');
		expect(found).toHaveLength(31);
		expect(found[0]).toMatchObject({ day: '2026-01-01', totalWh: 10_000, qualities: [0, 1, 0, 0, 0] });
		expect(await sum('2026-01-01', '2026-01-31')).toBe(310_000);
		await undoImport(database.db, { by, at, importId: second.importId, reason: 'falsch' });
		expect(await days('2025-12-01', '2026-02-28')).toEqual([]);
		await importText(registerMessage('99310', '202601312300'));
		expect(await sum('2026-01-01', '2026-01-31')).toBe(310_000);
	});

	test('a day that is metered by interval counts that and nothing else, in yields too', async () => {
		const slots = slotsFrom('2026-01-10').slice(0, 40);
		await importText(interchange([message({ document: 'LG1', channels: [{ slots, value: () => '0.500' }] })]));
		const [day] = await days('2026-01-10', '2026-01-10');
		expect(day).toMatchObject({ totalWh: 20_000, gaps: 56 });
		await calculateYields(database.db, { by, at });
		const [january] = await listYields(database.db, { by, from: '2026-01-01', to: '2026-01-31', group: 'month' });
		expect(january?.fedInWh).toBe(310_000 - 10_000 + 20_000);
	});

	test('a meter is recorded and exchanged; both readings stand, no energy is lost or negative', async () => {
		const meter = { serial: 'A1', digits: 5, factor: 1 };
		await recordMeter(database.db, {
			by,
			at,
			meteringPointId: point,
			meter,
			installedAt: new Date('2020-01-01T00:00:00Z'),
		});
		await expect(
			recordMeter(database.db, { by, at, meteringPointId: point, meter, installedAt: at }),
		).rejects.toMatchObject({ code: 'readings.meter-standing' });
		const exchange = {
			...{ by, at, meteringPointId: point, exchangedAt: new Date('2026-02-10T23:00:00Z') },
			last: [{ obis: '1-1:2.8.0', wh: 99_400_000 }],
			meter: { serial: 'B2', digits: 5, factor: 2 },
			first: [{ obis: '1-1:2.8.0', wh: 5_000 }],
		};
		await expect(
			exchangeMeter(database.db, { ...exchange, exchangedAt: new Date('2019-01-01T00:00:00Z') }),
		).rejects.toMatchObject({ code: 'readings.exchange-before' });
		await expect(exchangeMeter(database.db, { ...exchange, meter })).rejects.toMatchObject({
			code: 'readings.same-meter',
		});
		await expect(
			exchangeMeter(database.db, { ...exchange, last: [{ obis: '1-1:2.8.0', wh: 100_000_000 }] }),
		).rejects.toMatchObject({ code: 'readings.register-digits' });
		const all = await Promise.allSettled(Array.from({ length: 16 }, () => exchangeMeter(database.db, exchange)));
		expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
		await enter(105, '2026-03-01');
		const { meters, registers } = await readRegisters(database.db, { by, meteringPointId: point });
		expect(meters.map(({ serial, removedAt }) => [serial, removedAt])).toEqual([
			['A1', '2026-02-10T23:00:00.000Z'],
			['B2', null],
		]);
		expect(registers[0]?.readings.map(({ step }) => step && [step.kind, step.energyWh])).toEqual([
			['normal', 200_000],
			['exchange', 0],
			['normal', 90_000],
			['normal', 310_000],
			null,
		]);
		expect(await sum('2026-02-01', '2026-02-28')).toBe(290_000);
	});

	test('a fall is a question; a decision settles it, another one settles it anew', async () => {
		const { id, step } = await enter(17, '2026-04-01');
		expect(step).toMatchObject({ kind: 'fell', energyWh: null, suggestion: 'reset' });
		expect(await listRegisterQuestions(database.db, { by })).toMatchObject([
			{ plantName: 'Solardach', reading: { id, wh: 17_000 } },
		]);
		const decide = (decision: 'reset' | 'accept' | 'ignore', resetToWh?: number) =>
			decideStep(database.db, { by, at, readingId: id, decision, resetToWh, reason: 'Zähler neu gestartet' });
		await expect(decide('accept')).rejects.toMatchObject({ code: 'readings.decision-impossible' });
		await expect(decide('reset', 20_000)).rejects.toMatchObject({ code: 'readings.decision-impossible' });
		expect(await decide('reset', 0)).toEqual({ energyWh: 34_000 });
		expect(await sum('2026-03-01', '2026-03-31')).toBeLessThanOrEqual(34_000);
		expect(await listRegisterQuestions(database.db, { by })).toEqual([]);
		await decide('ignore');
		expect(await days('2026-03-01', '2026-03-30')).toEqual([]);
		await reverseReading(database.db, { by, at, readingId: id, reason: 'verschrieben' });
		await expect(reverseReading(database.db, { by, at, readingId: id, reason: 'verschrieben' })).rejects.toMatchObject({
			code: 'readings.reading-unknown',
		});
		const { registers } = await readRegisters(database.db, { by, meteringPointId: point });
		expect(registers[0]?.readings).toHaveLength(5);
		const fromFile = registers[0]?.readings.at(-1)?.id ?? '';
		await expect(reverseReading(database.db, { by, at, readingId: fromFile, reason: 'x' })).rejects.toMatchObject({
			code: 'readings.reading-from-file',
		});
	});

	test('an exchange that a file states is recognised, its meter asked for', async () => {
		const stamp = '202605092200';
		const exchange = (serial: string, kwh: string) =>
			`NAD+DP'LOC+172+${malo}'RFF+MG:${serial}'LIN+1'PIA+5+1-1?:2.8.0:SRW'QTY+220:${kwh}'DTM+9:${stamp}?+00:303'DTM+60:${stamp}?+00:303'`;
		const text = interchange([
			message({ document: 'EX1', process: '13017', channels: [], extra: exchange('B2', '155') + exchange('C3', '0') }),
		]);
		await importText(text);
		const { registers } = await readRegisters(database.db, { by, meteringPointId: point });
		expect(
			registers[0]?.readings
				.slice(0, 2)
				.map(({ serial, occasion, step }) => [serial, occasion, step?.kind, step?.energyWh]),
		).toEqual([
			['C3', 'installation', 'exchange', 0],
			['B2', 'removal', 'normal', 100_000],
		]);
	});

	test('amounts of a period fill days that nothing else covers; readings of an unknown metering point wait', async () => {
		const period = "DTM+163:202509302200?+00:303'DTM+164:202510312300?+00:303'";
		const extra = `NAD+DP'LOC+172+${malo}'LIN+1'PIA+5+1-1?:2.9.0:SRW'QTY+220:3100'${period}`;
		await importText(interchange([message({ document: 'AM1', process: '13019', channels: [], extra })]));
		expect(await days('2025-10-01', '2025-10-31')).toHaveLength(31);
		expect(await sum('2025-10-01', '2025-10-31')).toBe(3_100_000);
		const stranger = '51481308456';
		await importText(registerMessage('5', '202601312300', { document: 'ST1', point: stranger }));
		expect(await listUnplaced(database.db, { by })).toMatchObject([{ meteringPoint: stranger, registers: 1, days: 0 }]);
		const other = await addMeteringPoint(database.db, { by, at, plantId, deviceSerial: 'X1' });
		await placeUnplaced(database.db, { by, at, meteringPoint: stranger, meteringPointId: other.id });
		expect((await readRegisters(database.db, { by, meteringPointId: other.id })).registers).toMatchObject([
			{ obis: '1-1:2.8.0' },
		]);
	});

	test('entries that cannot be are refused', async () => {
		const base = {
			by,
			at,
			meteringPointId: point,
			obis: '1-1:2.8.0',
			wh: 1000,
			readAt: new Date('2026-11-01T00:00:00Z'),
		};
		const wrong = (change: Partial<typeof base> & { photoId?: string }) =>
			enterReading(database.db, { ...base, ...change });
		await expect(wrong({ obis: '1-1:2.29.0' })).rejects.toMatchObject({ code: 'readings.register-obis' });
		await expect(wrong({ wh: 100_000_000 })).rejects.toMatchObject({ code: 'readings.register-digits' });
		await expect(wrong({ readAt: new Date('2027-01-01T00:00:00Z') })).rejects.toMatchObject({
			code: 'readings.register-future',
		});
		await expect(wrong({ meteringPointId: plantId })).rejects.toMatchObject({
			code: 'readings.metering-point-unknown',
		});
		await expect(wrong({ photoId: plantId })).rejects.toMatchObject({ code: 'readings.photo-unknown' });
	});

	test('photos are kept as they are, known by their bytes', async () => {
		const photo = (bytes: number[]) =>
			keepPhoto(database.db, { by, at, meteringPointId: point, content: Buffer.from(bytes) });
		const { id } = await photo([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
		expect(await readPhoto(database.db, { by, photoId: id })).toEqual({
			kind: 'image/jpeg',
			content: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]),
		});
		await expect(photo([0x25, 0x50, 0x44, 0x46])).rejects.toMatchObject({ code: 'readings.photo-kind' });
		await expect(photo([])).rejects.toMatchObject({ code: 'readings.photo-kind' });
		await expect(
			keepPhoto(database.db, { by, at, meteringPointId: point, content: Buffer.alloc(13_000_000, 0xff) }),
		).rejects.toMatchObject({ code: 'readings.photo-too-large' });
	});
});
