// Invented figures for the style guide: the same on every visit.
import type { DaySeries } from '#lib/charts/DayCurve.svelte';
import type { MonthYield } from '#lib/charts/MonthBars.svelte';
import type { DayYield } from '#lib/charts/YearCalendar.svelte';

const wave = (x: number) => Math.sin(x * 12.9898) * 43758.5453;
const noise = (x: number) => wave(x) - Math.floor(wave(x));

/** The day of the samples and its present moment. */
export const sampleDay = '2026-11-22';
export const sampleNow = new Date('2026-11-22T12:45:00Z');

/** Wind and sun of the day, in Wh per quarter-hour, until the present moment. */
export function sampleSeries(until = 55): DaySeries[] {
	const values = (wh: (i: number) => number) =>
		Array.from({ length: 96 }, (_, i) => (i < until ? Math.round(wh(i)) : null));
	const wind = values((i) => 34_000 + 21_000 * Math.sin(i / 13 + 1) + 9_000 * noise(i));
	const sun = values(
		(i) =>
			Math.max(0, Math.sin(((i - 29) / 36) * Math.PI)) *
			(i < 29 || i > 65 ? 0 : 52_000 * (0.75 + 0.25 * noise(i + 200))),
	);
	return [
		{ mark: 'wind', label: 'Wind Auenberg', valuesWh: wind },
		{ mark: 'sun', label: 'Sonne, 2 Dächer', valuesWh: sun },
	];
}

const expected = [760, 740, 880, 1010, 1090, 1120, 1130, 1040, 900, 780, 700, 690];
const actual = [742, 690, 905, 1044, 1010, 1152, 1061, 980, 935, 802, 512];

/** A year's months, the eleventh still running. */
export const sampleMonths: MonthYield[] = expected.map((kwh, index) => ({
	month: index + 1,
	actualWh: actual[index] === undefined ? null : actual[index] * 1000,
	expectedWh: kwh * 1000,
	running: index === 10,
}));

/** A year's days until the day of the samples, with an outage and a week of substitutes. */
export const sampleDays: DayYield[] = Array.from({ length: 326 }, (_, index) => {
	const date = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
	const missing = index >= 156 && index <= 158;
	const substitute = index >= 203 && index <= 206;
	const wh = 9_000_000 + 7_000_000 * Math.sin(index / 57 - 1) + 9_000_000 * noise(index);
	return {
		date,
		wh: missing ? null : Math.max(200_000, wh),
		quality: missing ? 'missing' : substitute ? 'substitute' : 'measured',
	};
});

/** Movements of a member's balance. */
export const sampleMovements = [
	{ date: '2026-07-01', text: 'Dividende 2025', cents: 21_000 },
	{ date: '2024-03-14', text: '2 weitere Anteile', cents: 100_000 },
	{ date: '2019-05-02', text: 'Beitritt, 10 Anteile', cents: 500_000 },
];

/** Uploaded files as the preview shows them. */
export const sampleFiles = [
	{
		name: 'MSCONS_TL_9900_20261101_47.txt',
		kind: 'MSCONS 2.4c, Lastgang',
		from: '2026-10-01',
		to: '2026-10-31',
		values: 2980,
		wh: 412_883_250,
		result: '2.976 neu, 4 ersetzt',
		tone: 'leaf',
	},
	{
		name: 'min261101.js',
		kind: 'Solar-Log, 5 Minuten',
		from: '2026-11-01',
		to: '2026-11-01',
		values: 118,
		wh: 21_417,
		result: 'neu',
		tone: 'leaf',
	},
	{
		name: 'Lastgang_Okt.csv',
		kind: 'Lastgang, kW, Endzeit',
		from: '2026-10-01',
		to: '2026-10-31',
		values: 2980,
		wh: 1_204_500_000,
		result: 'gleich Anlage 2',
		tone: 'warn',
	},
	{
		name: 'zaehler.xlsx',
		kind: 'nicht erkannt',
		from: null,
		to: null,
		values: null,
		wh: null,
		result: 'Zeile 14: Uhrzeit fehlt',
		tone: 'bad',
	},
] as const;
