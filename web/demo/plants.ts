// The three plants of the demo cooperative: a wind turbine and two solar roofs.
import type { Day } from '../../api/values/calendar.ts';
import { maloOf, mastrOf, meloOf } from './numbers.ts';

/** What all plants have: identity, place, metering, expectation and what the electricity earns. */
export interface PlantFacts {
	key: string;
	name: string;
	/** Rated power in watts: generator power of the turbine, module power (Wp) of a roof. */
	powerW: number;
	/** WGS 84, degrees. */
	latitude: number;
	longitude: number;
	street: string;
	postcode: string;
	town: string;
	commissionedOn: Day;
	/** Market location (MaLo, E-40) and metering point (MeLo, E-41). */
	malo: string;
	melo: string;
	/** Unit (SEE) and EEG plant (EEG) in the market data register (E-42). */
	mastrUnit: string;
	mastrEeg: string;
	/** Feed-in per interval. */
	obis: '1-1:2.29.0';
	/** Expected kWh of January to December (yield report, Ertragsgutachten). */
	expectedKwh: readonly number[];
	/** What one kWh earns: anzulegender Wert, ct/kWh as decimal text. */
	tariffCentsPerKwh: string;
	/** Real format its readings come in. */
	format: 'mscons' | 'csv' | 'solarlog';
}

/** A wind turbine. */
export interface WindPlant extends PlantFacts {
	kind: 'wind';
	hubHeightMetres: number;
	rotorMetres: number;
}

/** A solar roof. */
export interface SolarPlant extends PlantFacts {
	kind: 'solar';
	/** 0 flat, 90 upright. */
	tiltDegrees: number;
	/** Direction the modules face: 90 east, 180 south. */
	azimuthDegrees: number;
	/** What the inverters can give. */
	inverterW: number;
	/** Share of the sunlight's energy that arrives at the meter at 25 °C, before ageing. */
	performance: number;
}

/** Either kind of plant. */
export type DemoPlant = WindPlant | SolarPlant;

/** The turbine on the hill; its grid operator sends MSCONS. */
export const windrad: WindPlant = {
	kind: 'wind',
	key: 'windrad-auenberg',
	name: 'Windrad Auenberg',
	powerW: 2_400_000,
	hubHeightMetres: 120,
	rotorMetres: 117,
	latitude: 50.7634,
	longitude: 9.6127,
	street: 'Auf der Hohen Heide',
	postcode: '43213',
	town: 'Auenberg',
	commissionedOn: '2014-11-18',
	malo: maloOf('5099900001'),
	melo: meloOf('windrad'),
	mastrUnit: mastrOf('SEE', '0000043211'),
	mastrEeg: mastrOf('EEG', '0000043211'),
	obis: '1-1:2.29.0',
	expectedKwh: [
		545_000, 505_000, 500_000, 425_000, 380_000, 330_000, 320_000, 335_000, 400_000, 440_000, 505_000, 600_000,
	],
	tariffCentsPerKwh: '8.53',
	format: 'mscons',
};

/** The roof of the primary school; its grid operator's portal gives CSV, its inverter answers on the network. */
export const grundschule: SolarPlant = {
	kind: 'solar',
	key: 'solardach-grundschule',
	name: 'Solardach Grundschule Auental',
	powerW: 98_280,
	latitude: 50.7478,
	longitude: 9.5893,
	street: 'Schulstraße 4',
	postcode: '43211',
	town: 'Auental',
	commissionedOn: '2017-06-21',
	malo: maloOf('5099900002'),
	melo: meloOf('grundschule'),
	mastrUnit: mastrOf('SEE', '0000043212'),
	mastrEeg: mastrOf('EEG', '0000043212'),
	obis: '1-1:2.29.0',
	tiltDegrees: 18,
	azimuthDegrees: 195,
	inverterW: 85_000,
	performance: 0.88,
	expectedKwh: [2_000, 3_900, 7_200, 10_800, 13_500, 13_900, 13_700, 11_900, 8_100, 5_400, 2_700, 1_800],
	tariffCentsPerKwh: '11.63',
	format: 'csv',
};

/** The roof of the fire station; a Solar-Log with two inverters writes a file a day. */
export const feuerwehrhaus: SolarPlant = {
	kind: 'solar',
	key: 'solardach-feuerwehrhaus',
	name: 'Solardach Feuerwehrhaus',
	powerW: 62_100,
	latitude: 50.7511,
	longitude: 9.5968,
	street: 'Am Spritzenhaus 1',
	postcode: '43211',
	town: 'Auental',
	commissionedOn: '2020-04-15',
	malo: maloOf('5099900003'),
	melo: meloOf('feuerwehrhaus'),
	mastrUnit: mastrOf('SEE', '0000043213'),
	mastrEeg: mastrOf('EEG', '0000043213'),
	obis: '1-1:2.29.0',
	tiltDegrees: 32,
	azimuthDegrees: 168,
	inverterW: 54_000,
	performance: 0.875,
	expectedKwh: [1_350, 2_650, 4_800, 7_000, 8_500, 8_600, 8_500, 7_500, 5_100, 3_500, 1_800, 1_250],
	tariffCentsPerKwh: '8.84',
	format: 'solarlog',
};

/** All plants of the demo, the turbine first. */
export const plants: readonly DemoPlant[] = [windrad, grundschule, feuerwehrhaus];
