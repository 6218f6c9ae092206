// What a plant and its metering points must be like.
import { addDays, type Day, isDay } from '../values/calendar.ts';
import { isMaLo, isMastrNumber, isMeLo, normalised } from '../values/identifiers.ts';
import { Refusal } from '../values/refusal.ts';

/** What an OBIS code measures, seen from the grid: 2.x is delivered by the plant, 1.x taken from the grid, 3–8 reactive energy. */
export function directionOf(obis: string): 'feed-in' | 'consumption' | 'reactive' | 'other' {
	const quantity = /^(?:\d+-\d+:)?(\d+)\./.exec(obis)?.[1];
	if (quantity === '2') return 'feed-in';
	if (quantity === '1') return 'consumption';
	if (quantity !== undefined && Number(quantity) >= 3 && Number(quantity) <= 8) return 'reactive';
	return 'other';
}

/** The code without the storage group: '1-1:2.29.0*255' → '1-1:2.29.0'. */
export function obisWithoutStorage(obis: string): string {
	return obis.replace(/\*\d+$/, '');
}

/**
 * A plant's facts as they may be stored. Refuses plants.mastr-number (E-42), plants.commissioned-on, plants.expectation.
 * Capacity in watts, expectation in Wh per month.
 */
export function checkedPlant<
	P extends {
		mastrNumber?: string | undefined;
		commissionedOn: Day;
		expectedMonthlyWh?: readonly number[] | undefined;
	},
>(plant: P, today: Day): P {
	const mastrNumber = plant.mastrNumber === undefined ? undefined : normalised(plant.mastrNumber);
	if (mastrNumber !== undefined && !(isMastrNumber(mastrNumber) && mastrNumber.startsWith('SEE'))) {
		throw new Refusal(
			'invalid',
			'plants.mastr-number',
			{ value: plant.mastrNumber ?? '' },
			{ rule: 'E-42', field: 'mastrNumber' },
		);
	}
	if (!isDay(plant.commissionedOn) || plant.commissionedOn > addDays(today, 3660)) {
		throw new Refusal('invalid', 'plants.commissioned-on', {}, { field: 'commissionedOn' });
	}
	if (plant.expectedMonthlyWh !== undefined && plant.expectedMonthlyWh.length !== 12) {
		throw new Refusal('invalid', 'plants.expectation', {}, { field: 'expectedMonthlyWh' });
	}
	return mastrNumber === undefined ? plant : { ...plant, mastrNumber };
}

/** The identifiers of a metering point, cleaned. Refuses plants.market-location (E-40), plants.meter-location (E-41), plants.no-identifier. */
export function checkedMeteringPoint(point: {
	marketLocation?: string | undefined;
	meterLocation?: string | undefined;
	deviceSerial?: string | undefined;
}): { marketLocation: string | null; meterLocation: string | null; deviceSerial: string | null } {
	const marketLocation = point.marketLocation ? normalised(point.marketLocation) : null;
	const meterLocation = point.meterLocation ? normalised(point.meterLocation) : null;
	const deviceSerial = point.deviceSerial?.trim() || null;
	if (marketLocation !== null && !isMaLo(marketLocation)) {
		throw new Refusal(
			'invalid',
			'plants.market-location',
			{ value: marketLocation },
			{ rule: 'E-40', field: 'marketLocation' },
		);
	}
	// Plants abroad have meter locations of 33 characters that begin with their country.
	if (meterLocation !== null && !isMeLo(meterLocation) && !/^(AT|CH|LU)[A-Z0-9]{31}$/.test(meterLocation)) {
		throw new Refusal(
			'invalid',
			'plants.meter-location',
			{ value: meterLocation },
			{ rule: 'E-41', field: 'meterLocation' },
		);
	}
	if (!marketLocation && !meterLocation && !deviceSerial) {
		throw new Refusal('invalid', 'plants.no-identifier', {}, { field: 'marketLocation' });
	}
	return { marketLocation, meterLocation, deviceSerial };
}
