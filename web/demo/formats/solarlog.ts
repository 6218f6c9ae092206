// Writes a day as the minute file of a Solar-Log data logger.
import { clockOf, type Day, startOfDay } from '../../../api/values/calendar.ts';

/** Power in W at a moment counted in quarter-hours: between the means of the two slots around it, nothing once they end. */
function powerAt(valuesWh: ArrayLike<number>, position: number): number {
	const before = Math.floor(position - 0.5);
	const after = valuesWh[before + 1] ?? 0;
	const part = position - 0.5 - before;
	return after === 0 ? 0 : 4 * ((valuesWh[before] ?? 0) * (1 - part) + after * part);
}

/**
 * minYYMMDD.js of a plant with inverters of the given shares (adding up to 1): a record every five minutes of daylight,
 * newest first, and per inverter PAC;PDC;Wh since midnight;UDC. From `start` (ms, UTC) of the local day on; the Wh at each
 * quarter-hour add up exactly to `valuesWh`. Undefined for a day without any yield: the logger then writes no file.
 */
export function writeSolarLogDay(
	day: Day,
	valuesWh: ArrayLike<number>,
	shares: readonly number[],
): { fileName: string; bytes: Uint8Array } | undefined {
	const start = startOfDay(day);
	const date = `${day.slice(8)}.${day.slice(5, 7)}.${day.slice(2, 4)}`;
	const lines: string[] = [];
	let before = 0;
	let first = 0;
	while (first < valuesWh.length && !valuesWh[first]) first++;
	if (first === valuesWh.length) return undefined;
	let last = valuesWh.length - 1;
	while (last > first && !valuesWh[last]) last--;
	for (let i = first; i <= last; i++) {
		const wh = valuesWh[i] ?? 0;
		for (let third = i === first ? 0 : 1; third <= 3; third++) {
			const total = before + Math.floor((wh * third) / 3);
			const blocks: string[] = [];
			let given = 0;
			shares.forEach((share, inverter) => {
				const own = inverter === shares.length - 1 ? total - given : Math.floor(total * share);
				given += own;
				const watts = Math.round(powerAt(valuesWh, i + third / 3) * share);
				const volts = 560 + ((i * 7 + inverter * 13) % 45);
				blocks.push(`${watts};${Math.round(watts * 1.03)};${own};${volts}`);
			});
			const clock = clockOf(start + i * 900_000 + third * 300_000);
			lines.push(`m[mi++]="${date} ${clock}:00|${blocks.join('|')}"`);
		}
		before += wh;
	}
	const fileName = `min${day.slice(2).replaceAll('-', '')}.js`;
	return { fileName, bytes: Buffer.from(`${lines.reverse().join('\r\n')}\r\n`, 'latin1') };
}
