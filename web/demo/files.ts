// Three years of the demo's readings as the files its grid operators and its data logger would have sent.
import { addDays, addMonths, type Day, daysFrom, startOfDay } from '../../api/values/calendar.ts';
import type { Quality } from '../../api/values/energy.ts';
import { type MsconsMessage, writeMscons } from './formats/mscons.ts';
import { writeQuarterHourCsv } from './formats/quarter-hour-csv.ts';
import { writeSolarLogDay } from './formats/solarlog.ts';
import { type DemoPlant, feuerwehrhaus, grundschule, windrad } from './plants.ts';
import { random } from './random.ts';
import { quarterHoursWh } from './weather.ts';

/** A meter file of the demo. */
export interface DemoFile {
	fileName: string;
	bytes: Uint8Array;
	plant: DemoPlant;
	/** The first day it may hold values of. */
	firstDay: Day;
	/** The day on which it came in; never after `today`. */
	receivedOn: Day;
}

const slotMs = 900_000;
const hourMs = 3_600_000;

/** The first day the files cover: the first of the month three years before the month of `today`. */
export function firstDayOfFiles(today: Day): Day {
	return addMonths(`${today.slice(0, 7)}-01`, -36);
}

/** The day whose quarter-hours the school's file lacks. */
export function missingDayOf(today: Day): Day {
	return addDays(addMonths(firstDayOfFiles(today), 22), 8);
}

/** First day of the month whose load profile the turbine's grid operator sent again three weeks later. */
export function correctedMonthOf(today: Day): Day {
	return addMonths(firstDayOfFiles(today), 28);
}

function earlier(a: Day, b: Day): Day {
	return a < b ? a : b;
}

/** Months the files cover, each with its last day; the running month ends yesterday. */
function monthsUntil(today: Day): { first: Day; last: Day }[] {
	return Array.from({ length: 37 }, (_, i) => {
		const first = addMonths(firstDayOfFiles(today), i);
		return { first, last: earlier(addDays(addMonths(first, 1), -1), addDays(today, -1)) };
	}).filter(({ first, last }) => first <= last);
}

/** Draws a straight line through slots whose true values the grid operator did not have. */
function bridge(values: number[], qualities: Quality[], from: number, length: number, quality: Quality): void {
	const to = Math.min(values.length - 1, from + length);
	const before = values[from - 1] ?? 0;
	const after = values[to] ?? 0;
	for (let i = from; i < to; i++) {
		values[i] = Math.round(before + ((after - before) * (i - from + 1)) / (to - from + 1));
		qualities[i] = quality;
	}
}

/**
 * The turbine's files: one MSCONS message a month, stretches of substitute values (Ersatzwerte) in about every second month;
 * six hours of one month were provisional (vorläufig) until a second message replaced them by true values three weeks later.
 */
export function* turbineFiles(today: Day): Generator<DemoFile> {
	for (const { first, last } of monthsUntil(today)) {
		const values = daysFrom(first, last).flatMap((day) => [...quarterHoursWh(windrad, day)]);
		const qualities: Quality[] = values.map(() => 'measured');
		const month = first.slice(0, 7);
		const stream = random('substitutes', month);
		if (stream.chance(0.5))
			bridge(values, qualities, stream.integer(4, 26) * 96 + stream.integer(0, 95), stream.integer(2, 8), 'substitute');
		const corrected = first === correctedMonthOf(today);
		const sent = { values: [...values], qualities: [...qualities] };
		if (corrected) bridge(sent.values, sent.qualities, 14 * 96 + 40, 24, 'provisional');
		const number = `AUE${month.replace('-', '')}`;
		const head = { malo: windrad.malo, obis: windrad.obis, start: startOfDay(first) };
		const file = (suffix: string, receivedOn: Day, messages: readonly MsconsMessage[]): DemoFile => ({
			fileName: `MSCONS_TL_${windrad.malo}_${month.replace('-', '')}${suffix}.txt`,
			bytes: writeMscons(
				`${number}${suffix.replace('_', '')}`,
				startOfDay(receivedOn) + 5 * hourMs + 12 * (slotMs / 15),
				messages,
			),
			plant: windrad,
			firstDay: first,
			receivedOn,
		});
		const receivedOn = earlier(addDays(last, 4), today);
		const profile = { ...head, valuesWh: sent.values, qualities: sent.qualities };
		yield file('', receivedOn, [{ documentNumber: `${number}01`, profile }]);
		if (corrected) {
			yield file('_K', earlier(addDays(last, 25), today), [
				{ documentNumber: `${number}02`, profile: { ...head, valuesWh: values, qualities } },
			]);
		}
	}
}

/** The school roof's files: one CSV a month, in kW until the portal changed to kWh at the start of last year; one day is missing. */
export function* schoolFiles(today: Day): Generator<DemoFile> {
	const missing = missingDayOf(today);
	const inKwhFrom = `${Number(today.slice(0, 4)) - 1}-01-01`;
	for (const { first, last } of monthsUntil(today)) {
		const days = daysFrom(first, last).filter((day) => day !== missing);
		yield {
			fileName: `Lastgang_${grundschule.malo}_${first.slice(0, 7)}.csv`,
			bytes: writeQuarterHourCsv(
				{
					gridOperator: 'Überlandnetz Auental GmbH',
					customer: 'Bürgerenergie Auental eG',
					plant: grundschule.name,
					malo: grundschule.malo,
					melo: grundschule.melo,
					obis: grundschule.obis,
					unit: first < inKwhFrom ? 'kW' : 'kWh',
				},
				days.map((day) => ({ day, valuesWh: quarterHoursWh(grundschule, day) })),
			),
			plant: grundschule,
			firstDay: first,
			receivedOn: earlier(addDays(last, 6), today),
		};
	}
}

/** The fire station's files: one minute file a day; none for a day under snow without any yield. */
export function* fireStationFiles(today: Day): Generator<DemoFile> {
	for (const day of daysFrom(firstDayOfFiles(today), addDays(today, -1))) {
		const file = writeSolarLogDay(day, quarterHoursWh(feuerwehrhaus, day), [0.55, 0.45]);
		if (file !== undefined) yield { ...file, plant: feuerwehrhaus, firstDay: day, receivedOn: addDays(day, 1) };
	}
}

/**
 * Every file of the demo until the day before `today`, plant by plant, each plant's in the order of receipt: about 1 190
 * files, 22 MB. The same `today` gives the same bytes.
 */
export function* demoFiles(today: Day): Generator<DemoFile> {
	yield* turbineFiles(today);
	yield* schoolFiles(today);
	yield* fireStationFiles(today);
}
