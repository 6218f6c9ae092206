// The header of a wind farm's SCADA export: where it stands, and which columns are turbine, power and energy.
import { excerpt, kindOfUnit } from '../../rules.ts';
import { cellsOf, type Separator, textOf } from '../csv/cells.ts';
import { type StampColumns, stampColumnsOf, unitIn, type ValueColumn } from '../csv/columns.ts';

/** A header and what stands above it. `first` is the index of the first row of data. */
export type Header = {
	separator: Separator;
	names: string[];
	first: number;
	stamps: StampColumns;
	/** Lines above the header, without their '#'. */
	preamble: string[];
};

const looked = 200;

/** Words that only a wind turbine's columns have. */
const windWords =
	/wind|turbine|pitch|rotor|nacelle|gondel|yaw|blade|gen(erator)?_?rpm|activepower|^(ws|ba|wa|rs)\d?_avg$|power_?curve/i;

/** Words of a solar plant, which measures the wind as well. */
const solarWords = /irradian|einstrahl|inverter|wechselrichter|(?<![a-z])inv\d|modul|(?<![a-z])(poa|ghi|pv)(?![a-z])/i;

/** The header among those lines; undefined if there is none of such an export. */
export function headerOf(lines: readonly string[]): Header | undefined {
	for (const [at, line] of lines.slice(0, looked).entries()) {
		for (const separator of [';', '\t', ','] as const) {
			const names = cellsOf(line.replace(/^#\s*/, ''), separator).map(textOf);
			if (names.length < 3 || !names.some((name) => windWords.test(name))) continue;
			const first = lines.findIndex((row, i) => i > at && row.trim() !== '' && !row.startsWith('#'));
			if (first < 0 || names.some((name) => solarWords.test(name))) continue;
			// A broken first row is refused by its line later; it does not make the file another one.
			const rows = lines.slice(first, first + 5).map((row) => cellsOf(row, separator));
			const whole = rows.find((cells) => cells.length === names.length);
			const stamps = whole && stampColumnsOf(whole);
			if (!stamps || valueColumnsOf(names).length === 0) continue;
			const preamble = lines.slice(0, at).map((text) => textOf(text.replace(/^#\s*/, '')));
			return { separator, names, first, stamps, preamble };
		}
	}
	return undefined;
}

/** Mean power of the turbine itself, as the systems call it; then any column of power. */
const powerNames = [
	/^(active ?power|power|wirkleistung|leistung)( ?mean| ?avg|,? average| ?mittel(wert)?)?[ _]*[([]?(kw|mw|w)?[)\]]?$|^p_avg$|^turbine power$/i,
	/power|wirkleistung|leistung|_pwr_|prodpwr|(^|[ _])p_avg$/i,
];
const energyNames = [/^energy export\b/i, /energy|energie|production|erzeugung|ertrag/i];

/** Columns beside the mean: spread, limits, what could have been, and other quantities. */
const otherNames =
	/deviation|std|(?<=[a-z_ ,(])sd(?![a-z])|SD\b|minimum|maximum|(?<![a-z])(min|max)(?![a-z])|Min\b|Max\b|_min|_max|set_?point|sollwert|reactive|blind|kvar|lost|verlust|potential|theoretic|expected|avail|referen|limit|factor|faktor|density|curve|apparent|rated|nenn|default|counter|zähler|import|virtual|loss|temp/i;

/**
 * The columns that count: mean power before energy, since power also shows what the turbine takes; of one kind those with the
 * plainest name. Several of equal rank are several turbines.
 */
export function valueColumnsOf(names: readonly string[]): ValueColumn[] {
	const usable = names.flatMap((name, column) => (otherNames.test(name) ? [] : [{ name, column, unit: unitIn(name) }]));
	for (const pattern of powerNames) {
		const found = usable.filter(
			({ name, unit }) => pattern.test(name) && (unit === undefined || (kindOfUnit(unit).power && isReal(unit))),
		);
		if (found.length > 0) return found.map((one) => valueColumn({ ...one, unit: one.unit ?? 'kw' }));
	}
	for (const pattern of energyNames) {
		const found = usable.flatMap(({ unit, ...one }) =>
			pattern.test(one.name) && unit !== undefined && !kindOfUnit(unit).power && isReal(unit) ? [{ ...one, unit }] : [],
		);
		if (found.length > 0) return found.map(valueColumn);
	}
	return [];
}

function isReal(unit: ValueColumn['unit']): boolean {
	return kindOfUnit(unit).of === 'kWh';
}

function valueColumn({ name, column, unit }: { name: string; column: number; unit: ValueColumn['unit'] }): ValueColumn {
	return { column, status: null, unit, meteringPoint: null, obis: null, device: excerpt(name), signed: true };
}

/** The column that names the turbine of a row; null if the file is of one. */
export function turbineColumnOf(names: readonly string[], stamps: StampColumns): number | null {
	const column = names.findIndex(
		(name, at) =>
			(at < stamps.date || at > stamps.last) &&
			/^(wind[ _]?)?turbine([ _]?(name|id|nr|no|number))?$|^wtg([ _]?(name|id))?$|^(wea|anlage|asset|unit|device)([ _]?(name|id|nr))?$/i.test(
				name,
			),
	);
	return column < 0 ? null : column;
}
