// What tests of live sources begin with: a solar plant with one metering point, and a configuration that lets this machine be reached.
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Config, readConfig } from '../../api/config.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { system, type TestDatabase } from '../database.ts';

/** The market location of the one metering point. */
export const malo = '41373559241';

/** The plant of 80 kW, its metering point, the configuration. Read the properties inside tests only. */
export interface OneMeter {
	config: Config;
	plantId: string;
	pointId: string;
}

/** Records the plant before the file's tests; its data folder goes after them. */
export function useOneMeter(database: TestDatabase): OneMeter {
	const meter = {} as OneMeter;
	beforeAll(async () => {
		const at = new Date('2026-06-01T10:00:00Z');
		meter.config = readConfig({
			SECRET: 'a secret that only these tests know, long enough',
			DATA_DIR: mkdtempSync(path.resolve('.cache/sources-')),
			ALLOWED_SOURCE_HOSTS: 'localhost',
		});
		const facts = { name: 'Schuldach', kind: 'solar' as const, capacityW: 80_000, postcode: '00000', town: 'Auental' };
		const plant = { ...facts, commissionedOn: '2014-05-01' };
		({ id: meter.plantId } = await addPlant(database.db, { by: system, at, plant }));
		const place = { plantId: meter.plantId, marketLocation: malo };
		({ id: meter.pointId } = await addMeteringPoint(database.db, { by: system, at, ...place }));
	});
	afterAll(() => rmSync(meter.config.dataFolder, { recursive: true, force: true }));
	return meter;
}

/** A day (UTC) of that metering point as a file: 96 quarter-hours, each with so many kilowatt-hours. */
export function dayFile(day: string, kwh = '1.000', count = 96): string {
	return Array.from({ length: count }, (_, i) => {
		const stamp = new Date(Date.parse(`${day}T00:00:00Z`) + i * 900_000).toISOString().replace('.000Z', 'Z');
		return `${malo},${stamp},${kwh},M\n`;
	}).join('');
}
