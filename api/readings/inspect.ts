// Says what is in a meter file before anything is stored: format, series, period, values, energy, gaps, or why it is refused.
import { createReadStream } from 'node:fs';
import { kwhOf, qualities } from '../values/energy.ts';
import { Refusal, type RefusalValues } from '../values/refusal.ts';
import type { MeterDay, SeriesSummary } from './assemble.ts';
import type { FormatName, ReadingDocument, RegisterReading, SeriesKey, Warning } from './formats/format.ts';
import { readFile } from './read.ts';
import { missingRank, missingWh } from './rules.ts';
import { Source } from './source.ts';

/** One local day of a series in an inspection. */
export type InspectedDay = { values: number; kWh: string | null; kvarh: string | null; gaps: number };

/** One series of a file. Energy is exact text with three digits, kWh or kvarh as `unit` says, the other null. */
export type InspectedSeries = {
	meteringPoint: string | null;
	obis: string | null;
	device: string | null;
	slotMinutes: number;
	unit: 'kWh' | 'kvarh';
	/** Start of the first slot and end of the last, ISO instants; null if the file names no slot. */
	from: string | null;
	to: string | null;
	/** Local days with at least one value, and those of them with fewer values than slots. */
	days: number;
	incompleteDays: number;
	values: number;
	kWh: string | null;
	kvarh: string | null;
	/** Slots without value between from and to. */
	gaps: number;
	duplicates: number;
	outranked: number;
	conflicts: number;
	/** Values per quality; only those that occur. */
	qualities: Record<string, number>;
	byDay?: Record<string, InspectedDay>;
};

/** Everything known of a file without storing it. Of a refused file: what was known until then, no series. */
export type Inspection = {
	file: string | null;
	format: FormatName | null;
	formatVersion: string | null;
	/** Who sent the file, as it names itself. */
	sender: string | null;
	encoding: string | null;
	size: number;
	sha256: string;
	series: InspectedSeries[];
	documents: ReadingDocument[];
	registers: RegisterReading[];
	warnings: Warning[];
	refusal: { code: string; values: RefusalValues } | null;
};

/** Looks into the file at a path. The caller refuses a path that cannot be read. */
export function inspectFile(path: string, options: { byDay?: boolean } = {}): Promise<Inspection> {
	return inspect(createReadStream(path, { highWaterMark: 1_048_576 }), { ...options, file: path });
}

/**
 * Looks into the bytes of a file. Never throws for what is in them: a refused file has `refusal` and no series. A file with
 * a cancellation (Storno) is refused readings.cancellation {document, cancels}, its documents are listed.
 */
export async function inspect(
	bytes: AsyncIterable<Uint8Array>,
	{ file = null, byDay = false }: { file?: string | null; byDay?: boolean } = {},
): Promise<Inspection> {
	const source = new Source(bytes);
	const found: Inspection = {
		...{ file, format: null, formatVersion: null, sender: null, encoding: null, size: 0, sha256: '' },
		...{ series: [], documents: [], registers: [], warnings: [], refusal: null },
	};
	const days = new Map<string, InspectedDay>();
	try {
		const read = await readFile(
			source,
			(batch, keys) => {
				if (byDay) for (const day of batch) days.set(`${day.series}|${day.day}`, inspectedDay(day, keys));
			},
			(format, facts) => {
				found.format = format;
				if (!facts) return;
				const { formatVersion, sender, encoding, documents, registers, warnings } = facts;
				Object.assign(found, { formatVersion, sender, encoding, documents, registers, warnings });
			},
		);
		found.series = read.series.map((summary, index) => inspectedSeries(summary, index, byDay ? days : null));
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		found.refusal = { code: error.code, values: error.values };
	}
	const { size, sha256 } = await source.finish();
	return { ...found, size, sha256 };
}

function energy(wh: number, { unit }: SeriesKey): { kWh: string | null; kvarh: string | null } {
	return unit === 'kWh' ? { kWh: kwhOf(wh), kvarh: null } : { kWh: null, kvarh: kwhOf(wh) };
}

function inspectedDay({ series, wh, totalWh, gaps }: MeterDay, keys: readonly SeriesKey[]): InspectedDay {
	const values = wh.reduce((n, value) => n + (value === missingWh ? 0 : 1), 0);
	return { values, ...energy(totalWh, keys[series] as SeriesKey), gaps };
}

function inspectedSeries(
	summary: SeriesSummary,
	index: number,
	days: Map<string, InspectedDay> | null,
): InspectedSeries {
	const { key, fromMinute, toMinute, totalWh } = summary;
	const { incompleteDays, values, gaps, duplicates, outranked, conflicts } = summary;
	const series: InspectedSeries = {
		meteringPoint: key.meteringPoint,
		obis: key.obis,
		device: key.device,
		slotMinutes: key.slotMinutes,
		unit: key.unit,
		from: fromMinute === null ? null : new Date(fromMinute * 60_000).toISOString(),
		to: toMinute === null ? null : new Date(toMinute * 60_000).toISOString(),
		days: summary.days,
		incompleteDays,
		values,
		...energy(totalWh, key),
		...{ gaps, duplicates, outranked, conflicts },
		qualities: Object.fromEntries(
			qualities
				.map((quality, rank) => [quality, rank === missingRank ? gaps : (summary.qualities[rank] ?? 0)])
				.filter(([, n]) => n !== 0),
		),
	};
	if (!days) return series;
	const own = [...days].filter(([name]) => name.startsWith(`${index}|`)).sort(([a], [b]) => (a < b ? -1 : 1));
	return { ...series, byDay: Object.fromEntries(own.map(([name, day]) => [name.slice(name.indexOf('|') + 1), day])) };
}
