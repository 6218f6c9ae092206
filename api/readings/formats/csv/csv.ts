// Quarter-hour CSV of German grid operators and metering portals, in the layouts they use.
import type { Facts, Format, Input, Sink } from '../format.ts';
import { firstRowOf, layoutOf, linesOf } from './layout.ts';
import { isLong, readLong } from './long.ts';
import { readRows } from './rows.ts';

/**
 * One or many metering points, one stamp per row: stamp and value, date, time and value, metadata above the data, several
 * value columns, or the long list (read byte by byte, see long.ts). Start or end stamps, summer time by 2A/2B, by offset or
 * by order, kW or kWh, comma or point, UTF-8 or Windows-1252. Where the file names no metering point, the series has none.
 * Refuses what `layoutOf` refuses, and with `line`: readings.bad-row, -bad-time, -bad-number, -bad-quality, -bad-unit,
 * -bad-metering-point, -negative, -too-large, -truncated, -encoding.
 */
export const quarterHourCsv: Format = { name: 'quarter-hour-csv', recognise, read };

function recognise(head: Buffer): number {
	if (head.subarray(0, 4096).includes(0)) return 0;
	if (isLong(head.subarray(0, 4096))) return 0.9;
	return firstRowOf(linesOf(head.subarray(0, 65_536))) ? 0.6 : 0;
}

async function read(input: Input, sink: Sink): Promise<Facts> {
	if (isLong(input.head)) return readLong(input, sink);
	const layout = layoutOf(input.head);
	return readRows(input, sink, layout, layout.values.length > 1 ? 'wide' : 'list');
}
