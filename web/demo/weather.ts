// The weather of the fictional Auental and what the plants make of it: any local day alone, the same every time.
import { addDays, type Day, dayOf, daysBetween, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';
import type { DemoPlant, SolarPlant, WindPlant } from './plants.ts';
import { noise, normalShare, random } from './random.ts';

const slotMs = 900_000;
const hourMs = 3_600_000;
const degree = Math.PI / 180;

const windNoise = {
	front: noise('wind front'),
	day: noise('wind day'),
	hour: noise('wind hour'),
	gust: noise('wind gust'),
};
const cloudNoise = {
	season: noise('cloud season'),
	front: noise('cloud front'),
	day: noise('cloud day'),
	hour: noise('cloud hour'),
};
const temperatureNoise = noise('temperature');
const rainNoise = noise('rain');

/** 1 in the middle of January, −1 in the middle of July. */
function winter(instantMs: number): number {
	return Math.cos((2 * Math.PI * (instantMs / 86_400_000 - 14)) / 365.2425);
}

/** Where the sun stands: elevation above the horizon and azimuth (north 0, east 90), radians; good to about 0.3°. */
export function sunAt(instantMs: number, latitude: number, longitude: number): { elevation: number; azimuth: number } {
	const days = instantMs / 86_400_000 - 10_957.5;
	const anomaly = (357.529 + 0.98560028 * days) * degree;
	const meanLongitude = 280.459 + 0.98564736 * days;
	const ecliptic = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * degree;
	const tilt = 23.438 * degree;
	const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
	const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
	const sidereal = (280.46062 + 360.98564737 * days + longitude) * degree;
	const hourAngle = sidereal - ascension;
	const phi = latitude * degree;
	const elevation = Math.asin(
		Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle),
	);
	const azimuth =
		Math.PI +
		Math.atan2(Math.sin(hourAngle), Math.cos(hourAngle) * Math.sin(phi) - Math.tan(declination) * Math.cos(phi));
	return { elevation, azimuth };
}

/** Air temperature in °C; the day's course peaks at about three in the afternoon. */
function temperatureAt(instantMs: number): number {
	const course = Math.sin((2 * Math.PI * (instantMs / hourMs - 8)) / 24);
	return (
		9.6 - 9.4 * winter(instantMs) + 4.2 * temperatureNoise(instantMs / (90 * hourMs)) + (3 - winter(instantMs)) * course
	);
}

/** Share of the sky under cloud, 0 to 1. Fronts last days, so grey days come together; winters are greyer than
 * early summers, and no season is quite like the year before. */
function cloudAt(instantMs: number, local: (position: number) => number): number {
	const hours = instantMs / hourMs;
	const mixed =
		0.72 * cloudNoise.front(hours / 54) +
		0.46 * cloudNoise.day(hours / 13) +
		0.42 * cloudNoise.hour(hours / 1.7) +
		0.31 * local(hours / 0.4);
	return normalShare(
		mixed + 0.86 + 0.15 * cloudNoise.season(hours / 2600) + 0.42 * winter(instantMs + 25 * 24 * hourMs),
	);
}

/** How much of the modules lies under snow: it falls on cold wet days and slides off within days or with the thaw. */
function snowOn(day: Day): number {
	let cover = 0;
	for (let back = 4; back >= 0; back--) {
		const noon = startOfDay(addDays(day, -back)) + 12 * hourMs;
		const temperature = temperatureAt(noon);
		const falls = temperature < 0.5 && rainNoise(noon / (30 * hourMs)) > 0.7;
		cover = falls ? 1 : temperature > 3 ? 0 : Math.max(0, cover - 0.3);
	}
	return cover;
}

const localClouds = new Map<string, (position: number) => number>();

function localCloudOf(plant: SolarPlant): (position: number) => number {
	let local = localClouds.get(plant.key);
	if (local === undefined) {
		local = noise(`cloud ${plant.key}`);
		localClouds.set(plant.key, local);
	}
	return local;
}

/** Watts on each square metre of the tilted roof: clear sky (Haurwitz), thinned by cloud, split into beam and diffuse (Erbs). */
function sunlightOnRoof(plant: SolarPlant, instantMs: number, cloud: number): number {
	const { elevation, azimuth } = sunAt(instantMs, plant.latitude, plant.longitude);
	const height = Math.sin(elevation);
	if (height <= 0.01) return 0;
	const clear = 1098 * height * Math.exp(-0.057 / height);
	const level = clear * (1 - 0.76 * cloud ** 2.6);
	const clearness = Math.min(0.8, level / (1361 * height));
	const diffuseShare =
		clearness <= 0.22
			? 1 - 0.09 * clearness
			: 0.9511 - 0.1604 * clearness + 4.388 * clearness ** 2 - 16.638 * clearness ** 3 + 12.336 * clearness ** 4;
	const diffuse = level * Math.max(0.12, Math.min(1, diffuseShare));
	const tilt = plant.tiltDegrees * degree;
	const incidence =
		height * Math.cos(tilt) + Math.cos(elevation) * Math.sin(tilt) * Math.cos(azimuth - plant.azimuthDegrees * degree);
	// A sun just above the horizon would be blown up without bound by the quotient; hills stand there anyway.
	const beam = ((level - diffuse) * Math.max(0, incidence)) / Math.max(height, 0.07);
	return beam + (diffuse * (1 + Math.cos(tilt))) / 2 + (0.18 * level * (1 - Math.cos(tilt))) / 2;
}

function solarWh(plant: SolarPlant, instantMs: number, snow: number): number {
	const middle = instantMs + slotMs / 2;
	const sunlight = sunlightOnRoof(plant, middle, cloudAt(middle, localCloudOf(plant)));
	if (sunlight < 8) return 0;
	const cell = temperatureAt(middle) + 0.027 * sunlight;
	const ageYears = (instantMs - startOfDay(plant.commissionedOn)) / (365.25 * 86_400_000);
	const watts =
		plant.powerW *
		(sunlight / 1000) *
		plant.performance *
		(1 - 0.0037 * (cell - 25)) *
		(1 - 0.004 * ageYears) *
		(1 - 0.96 * snow);
	return Math.round(Math.max(0, Math.min(plant.inverterW, watts)) / 4);
}

/** Wind at hub height in m/s, spread like a Weibull distribution; stronger in winter, and at night rather than at noon. */
function windAt(instantMs: number): number {
	const hours = instantMs / hourMs;
	const mixed =
		0.74 * windNoise.front(hours / 60) +
		0.53 * windNoise.day(hours / 16) +
		0.35 * windNoise.hour(hours / 3) +
		0.22 * windNoise.gust(hours / 0.5);
	const share = Math.min(0.999999, normalShare(mixed));
	const course = 1 + 0.05 * Math.cos((2 * Math.PI * (hours - 1)) / 24);
	const scale = 6.28 * (1 + 0.15 * winter(instantMs)) * course;
	return scale * (-Math.log(1 - share)) ** (1 / 2.15);
}

/** Electrical watts of the turbine at a wind speed: cut in at 3 m/s, rated at about 11, stop at 25 (Betz share 0.45). */
export function turbineWatts(plant: WindPlant, windSpeed: number): number {
	if (windSpeed < 3 || windSpeed >= 25) return 0;
	const area = (Math.PI * plant.rotorMetres ** 2) / 4;
	const free = 0.5 * 1.2 * area * 0.45 * windSpeed ** 3 * Math.min(1, 0.4 + 0.3 * (windSpeed - 3));
	// The blades pitch before the generator is at its limit: a soft shoulder instead of a corner.
	return plant.powerW * (1 - Math.exp(-((free / plant.powerW) ** 1.15) * 1.25)) ** (1 / 1.05);
}

/** Stretch of a month in which the turbine stands still: service, faults, curtailment. */
function standstillOf(month: string): { from: number; to: number } {
	const stream = random('standstill', month);
	const start = startOfDay(`${month}-01`) + stream.integer(1, 27) * 24 * hourMs + stream.integer(6, 15) * hourMs;
	const hours = stream.chance(0.12) ? stream.integer(30, 70) : stream.integer(3, 12);
	return { from: start, to: start + hours * hourMs };
}

function windWh(plant: WindPlant, instantMs: number, still: { from: number; to: number }): number {
	if (instantMs >= still.from && instantMs < still.to) return 0;
	return Math.round(turbineWatts(plant, windAt(instantMs + slotMs / 2)) / 4);
}

/**
 * Energy fed in by a plant on a local day (Europe/Berlin): one integer Wh per quarter-hour from midnight on, 96 of them,
 * 92 in March and 100 in October when the clocks change. All zero before the plant was commissioned.
 */
export function quarterHoursWh(plant: DemoPlant, day: Day): Int32Array {
	const values = new Int32Array(slotsOfDay(day));
	if (day < plant.commissionedOn) return values;
	const start = startOfDay(day);
	if (plant.kind === 'solar') {
		const snow = snowOn(day);
		for (let i = 0; i < values.length; i++) values[i] = solarWh(plant, start + i * slotMs, snow);
	} else {
		const still = standstillOf(day.slice(0, 7));
		for (let i = 0; i < values.length; i++) values[i] = windWh(plant, start + i * slotMs, still);
	}
	return values;
}

/** Energy fed in by a plant on a local day, integer Wh. */
export function dayWh(plant: DemoPlant, day: Day): number {
	return quarterHoursWh(plant, day).reduce((sum, wh) => sum + wh, 0);
}

/** Energy fed in over local days, `from` to `to` both included, integer Wh. */
export function periodWh(plant: DemoPlant, from: Day, to: Day): number {
	let sum = 0;
	for (let i = daysBetween(from, to); i >= 0; i--) sum += dayWh(plant, addDays(from, i));
	return sum;
}

/** What the plant does at an instant: mean power of the running quarter-hour in W, and Wh since local midnight. */
export function stateAt(plant: DemoPlant, instant: Date): { powerW: number; dayWh: number } {
	const ms = instant.getTime();
	const day = dayOf(ms);
	const values = quarterHoursWh(plant, day);
	const position = (ms - startOfDay(day)) / slotMs;
	const full = Math.floor(position);
	const running = values[full] ?? 0;
	const before = values.subarray(0, full).reduce((sum, wh) => sum + wh, 0);
	return { powerW: running * 4, dayWh: before + Math.floor(running * (position - full)) };
}
