// Says what is in a meter file before anything is stored: format, series, period, values, energy, gaps, or why it is refused.
import { createReadStream } from 'node:fs';
import { directionOf } from '../plants/rules.ts';
import { qualities } from '../values/energy.ts';
import { Refusal, type RefusalValues } from '../values/refusal.ts';
import type { MeterDay, SeriesSummary } from './assemble.ts';
import type {
	EnergyAmount,
	FormatName,
	ReadingDocument,
	RegisterReading,
	SeriesKey,
	Warning,
} from './formats/format.ts';
import type { Container } from './formats/workbook/opened.ts';
import { type Profiles, readFile } from './read.ts';
import { missingRank, missingWh } from './rules.ts';
import { Source } from './source.ts';
import { berlin, exactKwh, Months, SeriesSums } from './sums.ts';

/** One local day of a series in an inspection. */
export type InspectedDay = { values: number; kWh: string | null; kvarh: string | null; gaps: number };

/** Which way the energy of a series goes, as far as the file tells. */
export type Direction = 'production' | 'consumption' | 'reactive' | 'unknown';

/** One series of a file. Energy is exact text with three digits, kWh or kvarh as `unit` says, the other null. */
export type InspectedSeries = {
	meteringPoint: string | null;
	obis: string | null;
	device: string | null;
	slotMinutes: number;
	unit: 'kWh' | 'kvarh';
	/** What the values are, by OBIS code, else by what kind of file it is or how the column is called. */
	direction: Direction;
	/** Start of the first slot and end of the last, ISO instants; null if the file names no slot. */
	from: string | null;
	to: string | null;
	/** Local days with at least one value, and those of them with fewer values than slots. */
	days: number;
	incompleteDays: number;
	values: number;
	/** Slots that the file names without a value. */
	nulls: number;
	/** Of the values as they were before each was rounded to a watt-hour. */
	kWh: string | null;
	kvarh: string | null;
	/** What the values above zero and those below come to, and how many are below. */
	positive: string;
	negative: string;
	negatives: number;
	/** Slots between from and to that the file does not name. */
	gaps: number;
	duplicates: number;
	outranked: number;
	conflicts: number;
	/** Values per quality; only those that occur. */
	qualities: Record<string, number>;
	/** Values, named slots without value and energy (in `unit`) of each local month, 'YYYY-MM'. */
	months: Record<string, { values: number; nulls: number; kWh: string }>;
	byDay?: Record<string, InspectedDay>;
};

/** Something to look at before the file is believed; `values.series` is the index of the series it is about. */
export type Finding = Warning;

/** Everything known of a file without storing it. Of a refused file: what was known until then, no series. */
export type Inspection = {
	file: string | null;
	format: FormatName | null;
	formatVersion: string | null;
	/** Who sent the file, as it names itself. */
	sender: string | null;
	encoding: string | null;
	/** What the file was packed in: 'gzip', 'zip', 'xlsx'; null if it was not, or was refused. */
	container: Container;
	size: number;
	sha256: string;
	series: InspectedSeries[];
	documents: ReadingDocument[];
	registers: RegisterReading[];
	amounts: EnergyAmount[];
	warnings: Warning[];
	/** The warnings, and what is odd in the values; `series` counts from 0. */
	findings: Finding[];
	refusal: { code: string; values: RefusalValues } | null;
};

/**
 * How to look: `byDay` adds every local day; `zone` is the clock that months are counted by (IANA name, default Europe/Berlin);
 * `profiles` are those of operators; `onDay` hears every day, also those that are replaced later.
 */
export type Look = { byDay?: boolean; zone?: string; profiles?: Profiles; onDay?: (day: MeterDay) => void };

/** Looks into the file at a path. The caller refuses a path that cannot be read. */
export function inspectFile(path: string, options: Look = {}): Promise<Inspection> {
	return inspect(createReadStream(path, { highWaterMark: 1_048_576 }), { ...options, file: path });
}

/**
 * Looks into the bytes of a file. Never throws for what is in them: a refused file has `refusal` and no series. Messages that
 * others of the same file cancel (Storno) do not count.
 * Throws RangeError for a zone that does not exist.
 */
export async function inspect(
	bytes: AsyncIterable<Uint8Array>,
	{ file = null, byDay = false, zone = berlin, profiles, onDay }: Look & { file?: string | null } = {},
): Promise<Inspection> {
	const source = new Source(bytes);
	const months = new Months(zone);
	const found: Inspection = {
		...{ file, format: null, formatVersion: null, sender: null, encoding: null, container: null, size: 0, sha256: '' },
		...{ series: [], documents: [], registers: [], amounts: [], warnings: [], findings: [], refusal: null },
	};
	const days = new Map<string, InspectedDay>();
	const sums: SeriesSums[] = [];
	try {
		const read = await readFile(
			source,
			(batch, keys) => {
				while (sums.length < keys.length) sums.push(new SeriesSums(months));
				for (const day of batch) {
					sums[day.series]?.add(day);
					onDay?.(day);
					if (byDay) days.set(`${day.series}|${day.day}`, inspectedDay(day, keys));
				}
			},
			(format, facts) => {
				found.format = format;
				if (!facts) return;
				const { formatVersion, sender, encoding, documents, registers, amounts = [], warnings } = facts;
				Object.assign(found, { formatVersion, sender, encoding, documents, registers, amounts, warnings });
			},
			{ exact: true, ...(profiles ? { profiles } : {}) },
		);
		found.container = read.container;
		found.series = read.series.map((summary, index) => {
			const own = sums[index] ?? new SeriesSums(months);
			const series = inspectedSeries(summary, own, read.format);
			return byDay ? { ...series, byDay: daysOf(days, index) } : series;
		});
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		found.refusal = { code: error.code, values: error.values };
	}
	// Readers count values below zero as they are stored; here they are known as they were.
	const warned = found.warnings.filter(({ code }) => code !== 'readings.negative-values' || found.refusal);
	found.findings = [...warned, ...found.series.flatMap(oddities)];
	const { size, sha256 } = await source.finish();
	return { ...found, size, sha256 };
}

function energy(wh: number, { unit }: SeriesKey): { kWh: string | null; kvarh: string | null } {
	return unit === 'kWh' ? { kWh: exactKwh(wh), kvarh: null } : { kWh: null, kvarh: exactKwh(wh) };
}

function inspectedDay({ series, wh, rest, totalWh, gaps }: MeterDay, keys: readonly SeriesKey[]): InspectedDay {
	const values = wh.reduce((n, value) => n + (value === missingWh ? 0 : 1), 0);
	const beyond = rest?.reduce((sum, one) => sum + one, 0) ?? 0;
	return { values, ...energy(totalWh + beyond, keys[series] as SeriesKey), gaps };
}

function daysOf(days: Map<string, InspectedDay>, index: number): Record<string, InspectedDay> {
	const own = [...days].filter(([name]) => name.startsWith(`${index}|`)).sort(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(own.map(([name, day]) => [name.slice(name.indexOf('|') + 1), day]));
}

/** Formats of devices that make electricity and count nothing else. */
const producing: ReadonlySet<FormatName> = new Set(['solarlog', 'solarlog-json', 'sma', 'fronius', 'scada']);

const productionWords =
	/einspeis|eingespeist|feed-?in|to grid|lieferung|erzeug|ertrag|produktion|export|abgabe|photovolta|(?<![a-z])pv(?![a-z])|solar|(?<![a-z])wind|wasserkraft|biogas|biomasse|generat|(?<![a-z])yield|(?<![a-z])ac_?power|inverter|wechselrichter/i;
const consumptionWords = /bezug|bezogen|from grid|verbrauch|entnahme|import|consum|(?<![a-z])load(?![a-z])|netzlast/i;

/** Which way the energy of a series goes: by its OBIS code, else by words of its column, else by the kind of file. */
export function directionIn(key: SeriesKey, format: FormatName | null): Direction {
	if (key.unit === 'kvarh') return 'reactive';
	if (key.obis !== null) {
		const direction = directionOf(key.obis);
		if (direction === 'other') return 'unknown';
		return direction === 'feed-in' ? 'production' : direction;
	}
	if (format !== null && producing.has(format)) return 'production';
	const name = key.device ?? '';
	if (consumptionWords.test(name)) return 'consumption';
	return productionWords.test(name) ? 'production' : 'unknown';
}

/** What is odd in the values of a series: energy below zero, days not whole, slots that came twice with different quality. */
function oddities(series: InspectedSeries, index: number): Finding[] {
	const { negatives, negative, unit, incompleteDays, days, duplicates, outranked, gaps } = series;
	const device = series.device ?? series.meteringPoint ?? '';
	const found: Finding[] = [];
	const say = (code: string, values: RefusalValues) => {
		found.push({ code, values: { series: index, device, ...values } });
	};
	if (negatives > 0) say('readings.negative-values', { count: negatives, energy: negative, unit });
	if (incompleteDays > 0) say('readings.days-not-whole', { count: incompleteDays, days });
	if (gaps > 0) say('readings.slots-missing', { count: gaps });
	if (duplicates > 0) say('readings.values-repeated', { count: duplicates });
	if (outranked > 0) say('readings.values-outranked', { count: outranked });
	return found;
}

function inspectedSeries(summary: SeriesSummary, sums: SeriesSums, format: FormatName): InspectedSeries {
	const { key, fromMinute, toMinute } = summary;
	const { incompleteDays, values, duplicates, outranked, conflicts } = summary;
	const { wh, positiveWh, negativeWh } = sums.energy;
	const { negatives, nulls } = sums;
	return {
		meteringPoint: key.meteringPoint,
		obis: key.obis,
		device: key.device,
		slotMinutes: key.slotMinutes,
		unit: key.unit,
		direction: directionIn(key, format),
		from: fromMinute === null ? null : new Date(fromMinute * 60_000).toISOString(),
		to: toMinute === null ? null : new Date(toMinute * 60_000).toISOString(),
		days: summary.days,
		incompleteDays,
		values,
		nulls,
		...energy(wh, key),
		...{ positive: exactKwh(positiveWh), negative: exactKwh(negativeWh), negatives },
		gaps: summary.gaps - nulls,
		...{ duplicates, outranked, conflicts },
		qualities: Object.fromEntries(
			qualities
				.map((quality, rank) => [quality, rank === missingRank ? summary.gaps : (summary.qualities[rank] ?? 0)])
				.filter(([, n]) => n !== 0),
		),
		months: Object.fromEntries(sums.months),
	};
}
