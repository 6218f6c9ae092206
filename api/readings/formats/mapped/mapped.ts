// Reads a table by the mapping profile that an operator made for files of its shape.
import { Refusal } from '../../../values/refusal.ts';
import { cellsOf } from '../csv/cells.ts';
import { isDescending } from '../csv/clocks.ts';
import { type Layout, linesOf, rowsOf } from '../csv/layout.ts';
import { markOf } from '../csv/numbers.ts';
import { readRows } from '../csv/rows.ts';
import type { Facts, Input, Sink } from '../format.ts';
import { missingCodes } from '../scada/scada.ts';
import type { MappingProfile } from './profile.ts';
import { shapeOf } from './shape.ts';

/**
 * Reads a table by its profile. Values below zero are taken where the profile does not say which channel they are.
 * Refuses what `layoutOfProfile` and `readRows` refuse.
 */
export async function readMapped(input: Input, sink: Sink, profile: MappingProfile, name: string): Promise<Facts> {
	return readRows(input, sink, layoutOfProfile(profile, input.head), name);
}

/** The layout that a profile and the beginning of a file make. Refuses readings.profile-mark {line, mark} where the numbers show the other decimal mark. */
export function layoutOfProfile(profile: MappingProfile, head: Buffer): Layout {
	const { separator, date, time, dateOrder, values, device, meteringPoint } = profile;
	const lines = linesOf(head);
	const first = shapeOf(head)?.first ?? profile.headerLine ?? 0;
	const last = Math.max(date, time ?? 0);
	const stamps = { date, time, explicitStart: true, last };
	const rows = rowsOf(lines, first, { separator, stamps, dateOrder });
	// '1,234' is twelve hundred or one and a bit: a profile that lost its mark would be wrong by a thousand.
	const mark = markOf(rows.slice(0, 5000).flatMap(({ cells }) => values.map(({ column }) => cells[column] ?? '')));
	if (mark !== null && mark !== profile.mark)
		throw new Refusal('invalid', 'readings.profile-mark', { line: first + 1, mark });
	const header = profile.headerLine === null ? [] : cellsOf(lines[first - 1] ?? '', separator);
	const widest = rows.reduce((most, { cells }) => Math.max(most, cells.length), header.length);
	return {
		...{ separator, firstLine: first + 1, stamps, dateOrder, meteringPoint, device, obis: null, unit: null },
		...{ mark: profile.mark, decimals: 0, zone: profile.zone, ends: profile.stamp === 'end' },
		slotMinutes: profile.slotMinutes,
		values: values.map((one) => ({
			...one,
			device: values.length > 1 && one.meteringPoint === null && one.obis === null ? nameOf(header, one.column) : null,
			signed: one.obis === null,
		})),
		cells: { least: Math.max(last, ...values.map(({ column }) => column)) + 1, most: widest },
		descending: isDescending(rows, device ?? meteringPoint),
		missing: missingCodes,
		places: new Map(profile.devices.map((one) => [one.name, one])),
		warnings: [],
	};
}

function nameOf(header: readonly string[], column: number): string {
	return (header[column] ?? '').trim().slice(0, 60) || String(column + 1);
}
