// Writes quarter-hours as the CSV of a grid operator's portal: German numbers, Windows-1252, wall-clock stamps.
import { clockOf, type Day, startOfDay } from '../../../api/values/calendar.ts';

const slotMs = 900_000;

/** What the block above the values says. */
export interface CsvHead {
	gridOperator: string;
	customer: string;
	plant: string;
	malo: string;
	melo: string;
	obis: string;
	/** kWh of the quarter-hour, or its mean power in kW: four times as much. */
	unit: 'kWh' | 'kW';
}

function decimalComma(thousandths: number): string {
	return `${Math.floor(thousandths / 1000)},${String(thousandths % 1000).padStart(3, '0')}`;
}

/**
 * The file of the given days (Europe/Berlin, each with its 92, 96 or 100 integer Wh): a metadata block, a head row, then
 * one row a quarter-hour stamped with its start on the wall clock. The hour that happens twice in October stands there
 * twice without a mark: order decides. Windows-1252 bytes, CRLF.
 */
export function writeQuarterHourCsv(
	head: CsvHead,
	days: readonly { day: Day; valuesWh: ArrayLike<number> }[],
): Uint8Array {
	const lines = [
		`Netzbetreiber;${head.gridOperator}`,
		`Kunde;${head.customer}`,
		`Anlage;${head.plant}`,
		'Medium;Strom',
		`Lokation;${head.malo}`,
		`Zählpunkt;${head.melo}`,
		`OBIS-Kennziffer;${head.obis}`,
		`Einheit;${head.unit}`,
		'',
		`Datum;Uhrzeit;Wert [${head.unit}];Status`,
	];
	for (const { day, valuesWh } of days) {
		const date = `${day.slice(8)}.${day.slice(5, 7)}.${day.slice(0, 4)}`;
		const start = startOfDay(day);
		for (let i = 0; i < valuesWh.length; i++) {
			const wh = valuesWh[i] ?? 0;
			lines.push(`${date};${clockOf(start + i * slotMs)};${decimalComma(head.unit === 'kW' ? wh * 4 : wh)};W`);
		}
	}
	// All of these characters have the same number in Latin-1 and Windows-1252.
	return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}
