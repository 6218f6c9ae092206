// Where the sun stands, and whether the values of a solar plant fit its day: what shows a wrong clock in a file.

const radians = Math.PI / 180;

/**
 * Height of the sun above the horizon in degrees, without refraction, at an instant (milliseconds). Right to about a tenth
 * of a degree between 1950 and 2050 (low-precision formulae of the Astronomical Almanac).
 */
export function sunElevation(
	{ latitude, longitude }: { latitude: number; longitude: number },
	instantMs: number,
): number {
	const days = instantMs / 86_400_000 - 10_957.5;
	const anomaly = (357.528 + 0.9856003 * days) * radians;
	const mean = 280.46 + 0.9856474 * days;
	const ecliptic = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * radians;
	const tilt = (23.439 - 4e-7 * days) * radians;
	const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
	const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
	const sidereal = (18.697374558 + 24.06570982441908 * days) * 15 * radians;
	const hourAngle = sidereal + longitude * radians - ascension;
	const height =
		Math.sin(latitude * radians) * Math.sin(declination) +
		Math.cos(latitude * radians) * Math.cos(declination) * Math.cos(hourAngle);
	return Math.asin(Math.max(-1, Math.min(1, height))) / radians;
}

/** A value and the start of its slot in minutes since 1970 (UTC). */
export type SunnyValue = { minute: number; wh: number };

/**
 * How values fit the sun: part of the energy from slots in which it was below the horizon, by how many minutes the days lie
 * late (negative: early), over how many days; 'unknown' with fewer than three days of production.
 */
export type SunFit = {
	verdict: 'fits' | 'shifted' | 'night' | 'unknown';
	nightShare: number;
	lateMinutes: number;
	days: number;
};

/** Minutes from which on days are called shifted: plants that face east or west lie up to half an hour beside. */
const tolerance = 40;

/**
 * Compares values of a solar plant with the sun at its place. Each day's production begins as long after sunrise as it ends
 * before sunset; half the difference is how late it lies. The median over the days counts. It tells a wrong zone (60 or
 * 120 minutes), not start from end stamps of quarter-hours.
 */
export function sunFitOf(
	values: readonly SunnyValue[],
	{ slotMinutes, ...place }: { slotMinutes: number; latitude: number; longitude: number },
): SunFit {
	const peak = values.reduce((most, { wh }) => Math.max(most, wh), 0);
	let [total, night] = [0, 0];
	const days = new Map<number, { first: number; last: number }>();
	for (const { minute, wh } of values) {
		if (wh <= 0) continue;
		total += wh;
		const middle = minute + slotMinutes / 2;
		if (sunElevation(place, middle * 60_000) < -1) night += wh;
		if (wh < peak * 0.01) continue;
		const day = Math.floor((minute + place.longitude * 4) / 1440);
		const own = days.get(day);
		if (!own) days.set(day, { first: minute, last: minute + slotMinutes });
		else {
			own.first = Math.min(own.first, minute);
			own.last = Math.max(own.last, minute + slotMinutes);
		}
	}
	const late: number[] = [];
	for (const [day, { first, last }] of days) {
		const start = day * 1440 - place.longitude * 4;
		const bright = Array.from({ length: 288 }, (_, i) => start + i * 5).filter(
			(minute) => sunElevation(place, minute * 60_000) > 0,
		);
		if (bright.length < 12 || last - first < 120) continue;
		const [rise, set] = [bright[0] as number, (bright.at(-1) as number) + 5];
		late.push((first - rise - (set - last)) / 2);
	}
	const nightShare = total === 0 ? 0 : night / total;
	if (late.length < 3) return { verdict: 'unknown', nightShare, lateMinutes: 0, days: late.length };
	const sorted = late.sort((a, b) => a - b);
	const lateMinutes = Math.round(sorted[Math.floor(sorted.length / 2)] as number);
	const verdict = Math.abs(lateMinutes) >= tolerance ? 'shifted' : nightShare > 0.02 ? 'night' : 'fits';
	return { verdict, nightShare, lateMinutes, days: late.length };
}

/** What a day's known energy says of the unit: values fit, are mean power read as energy or the other way round, or off by a thousand. */
export type DaySumFit = 'fits' | 'is-power' | 'is-energy' | 'thousand-too-large' | 'thousand-too-small' | 'other';

/** Compares the energy read of a day with what is known of it (both watt-hours, known above zero). */
export function daySumFitOf(readWh: number, knownWh: number, slotMinutes: number): DaySumFit {
	const ratio = readWh / knownWh;
	const near = (factor: number) => Math.abs(ratio / factor - 1) < 0.05;
	if (near(1)) return 'fits';
	if (slotMinutes < 60 && near(60 / slotMinutes)) return 'is-power';
	if (slotMinutes < 60 && near(slotMinutes / 60)) return 'is-energy';
	if (near(1000)) return 'thousand-too-large';
	return near(0.001) ? 'thousand-too-small' : 'other';
}
