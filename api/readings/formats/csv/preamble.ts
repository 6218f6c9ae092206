// The lines of a CSV before its data: header of the columns, keys and values.
import type { StampColumns } from './columns.ts';

/** One line of the file before its data: cells as text. */
export type Preamble = { line: number; cells: string[] };

/** Words that head columns and metadata. */
export const names = {
	stamp:
		/^(datum|date|tag|measured(_on)?|zeit|uhrzeit|zeitstempel|zeitpunkt|timestamp|time|datetime|messzeit|messzeitpunkt|von|ab|beginn|start|bis|ende|end|periode?|stunde)\b(?!raum|zone)/i,
	status: /status|qualit|kennzeich|ersatz|merkmal|plausi|güte|wertart|^(s|q|st|typ)$/i,
	meteringPoint:
		/malo|melo|marktlok|messlok|z(ä|ae|.)hlpunkt|lokation|metering ?point|^(zp|zpb|ean|id)$|entnahmestelle|einspeisestelle/i,
	obis: /obis|kennziffer|kennzahl/i,
	unit: /^(mengen|maß|mass|mess)?einheit|^unit$/i,
	/** Numbers that are no interval values, also where a unit of energy stands beside them. */
	other:
		/stand\b|stände|register|temperatur|°|preis|betrag|eur|€|\bct\b|cos|spannung|faktor|^(lfd|nr|pos|index|id|#)|nummer|wandler|prozent|%|(?<![a-z])dc(?![a-z])/i,
	/** Numbers that are none unless their unit says so. */
	weather: /wind|strahlung|irradiance|speed|temp/i,
	export: /einspeis|eingespeist|lieferung|erzeug|ertrag|export|abgabe|feed-?in|to grid|generation|production/i,
	import: /bezug|bezogen|verbrauch|entnahme|import|from grid|grid (consumption|purchase)/i,
	/** Energy that never passes the meter at the grid. */
	behindMeter: /eigen|direkt|directly|self|batter|speicher/i,
	/** Loggers that write no unit beside this mean watts. */
	watts: /^(ac|dc)?_?(power|leistung)_?(ac|dc)?$|^p_?ac$/i,
	power: /leistung|power/i,
	reactive: /blind|reactive/i,
} as const;

/** True if the line is the header of the columns: names, not a key with its value. */
export function isHeader({ cells }: Preamble, stamps: StampColumns): boolean {
	const own = [stamps.date, ...(stamps.time === null ? [] : [stamps.time])].map((column) => cells[column] ?? '');
	// 'Zeitraum' also heads a line of metadata; beside columns with units it heads stamps.
	const isPeriod = /^zeitraum$/i.test(cells[stamps.date] ?? '') && cells.some((cell) => /[[(][kM]?Wh?[\])]/.test(cell));
	return (
		cells.filter((cell) => cell !== '').length >= 2 &&
		(isPeriod || (own.some((cell) => names.stamp.test(cell)) && !/zeitraum|zeitzone|time ?zone/i.test(own.join())))
	);
}

/** What lines of keys and values above the data say: 'Einheit;kWh', 'Zählpunkt: DE…', one value for all columns or one each. */
export class Metadata {
	readonly #entries: { line: number; key: string; cells: string[] }[];

	constructor(lines: readonly Preamble[]) {
		this.#entries = lines.map(({ line, cells }) => {
			const filled = cells.filter((cell) => cell !== '');
			const single = filled.length === 1 ? /^#?\s*([^:]{2,40}):\s*(.+)$/.exec(filled[0] as string) : null;
			if (single) return { line, key: single[1] as string, cells: ['', single[2] as string] };
			return {
				line,
				key: (cells[0] ?? '').replace(/^#\s*|:$/g, ''),
				cells: cells.map((cell, i) => (i === 0 ? '' : cell)),
			};
		});
	}

	/** The first value of such a key that fits, for a column: the cell in that column, else the first behind the key. */
	find(
		key: RegExp,
		column?: number,
		fits: (text: string) => boolean = () => true,
	): { line: number; text: string } | undefined {
		for (const { line, key: name, cells } of this.#entries) {
			const text = (column === undefined ? '' : cells[column]) || cells.find((cell) => cell !== '');
			if (text && key.test(name) && fits(text)) return { line, text };
		}
		return undefined;
	}
}
