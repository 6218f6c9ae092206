// Plants and metering points: real identifiers only, nothing twice.
import { expect, test } from 'vitest';
import {
	addMeteringPoint,
	addPlant,
	ensureChannels,
	listPlants,
	meteringPointsNamed,
} from '../../api/plants/service.ts';
import { transact } from '../../api/database/connect.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');
const plant = {
	name: 'Windrad Auenberg',
	kind: 'wind' as const,
	capacityW: 2_400_000,
	mastrNumber: 'SEE 984033548619',
	postcode: '00000',
	town: 'Auental',
	commissionedOn: '2014-05-01',
};

test('a plant is recorded once, also by twenty people in the same second', async () => {
	const results = await Promise.allSettled(
		Array.from({ length: 20 }, () => addPlant(database.db, { by: system, at, plant })),
	);
	expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
	const refused = results.filter((r) => r.status === 'rejected');
	expect(refused.every((r) => r.reason.code === 'plants.known')).toBe(true);
	const [only] = await listPlants(database.db, { by: person(['member']) });
	expect(only).toMatchObject({ name: 'Windrad Auenberg', mastrNumber: 'SEE984033548619' });
});

test.each([
	[{ ...plant, name: 'A', mastrNumber: 'SEE984033548618' }, 'plants.mastr-number'],
	[{ ...plant, name: 'B', mastrNumber: 'ABR949444220202' }, 'plants.mastr-number'],
	[{ ...plant, name: 'C', mastrNumber: undefined, commissionedOn: '2025-02-30' }, 'plants.commissioned-on'],
])('a plant with wrong facts is refused', async (wrong, code) => {
	await expect(addPlant(database.db, { by: system, at, plant: wrong })).rejects.toMatchObject({ code });
});

test('a metering point is found by each of its identifiers; its channels are made once', async () => {
	const [{ id: plantId } = { id: '' }] = await listPlants(database.db, { by: system });
	await expect(addMeteringPoint(database.db, { by: system, at, plantId })).rejects.toMatchObject({
		code: 'plants.no-identifier',
	});
	await expect(
		addMeteringPoint(database.db, { by: system, at, plantId, marketLocation: '41373559242' }),
	).rejects.toMatchObject({
		code: 'plants.market-location',
	});
	const meterLocation = 'DE00056266802AO6G56M11SN51G21M24S';
	const { id } = await addMeteringPoint(database.db, {
		by: system,
		at,
		plantId,
		marketLocation: '41373559241',
		meterLocation,
	});
	const made = await Promise.all(
		Array.from({ length: 10 }, () =>
			transact(database.db, system, (tx) =>
				ensureChannels(tx, [{ meteringPointId: id, obis: '1-1:2.29.0*255', slotMinutes: 15 }], at),
			),
		),
	);
	expect(new Set(made.flat()).size).toBe(1);
	const found = await transact(database.db, system, (tx) => meteringPointsNamed(tx, [meterLocation, 'unknown']));
	expect(found.get(meterLocation)).toMatchObject({ id, plantName: 'Windrad Auenberg' });
	expect(found.has('unknown')).toBe(false);
});
