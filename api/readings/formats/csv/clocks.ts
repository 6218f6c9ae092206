// Which clock the stamps of a CSV follow, how far they are apart, and whether they name the start or the end of their slot.
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, type SlotMinutes, slotLengthOf } from '../../rules.ts';
import type { Warning } from '../format.ts';
import type { StampColumns } from './columns.ts';
import { isLeftOut, offsetAt, type Stamp, type Zone } from './stamps.ts';

/** A row of the head with its stamp read. */
export type Row = { line: number; cells: string[]; stamp: Stamp };

/** Length of the slots. Refuses readings.no-slot with the line of the first row. */
export function slotOf(rows: readonly Row[], line: number): SlotMinutes {
	if (rows.every(({ stamp }) => !stamp.timed)) return 1440;
	const slot = slotLengthOf(rows.map(({ stamp }) => stamp.wall));
	if (!slot) throw new Refusal('invalid', 'readings.no-slot', { line });
	return slot;
}

/** Which clock the stamps follow: what the file says, else German time, unless it has the hour that German time leaves out. */
export function zoneOf(rows: readonly Row[], slotMinutes: SlotMinutes, told: string, warnings: Warning[]): Zone {
	if (slotMinutes === 1440) return 'berlin';
	if (/\b(utc|gmt)\b(?!\s*[+-]\s*0?[1-9])/i.test(told)) return 'utc';
	if (/\b(MEZ|CET)\b|utc\s*\+\s*0?1\b|winterzeit|normalzeit/i.test(told) && !/MESZ|CEST|sommer|berlin/i.test(told))
		return 'cet';
	const leftOut = rows.filter(({ stamp }) => stamp.instant === null && stamp.wall % 60 !== 0 && isLeftOut(stamp.wall));
	const perHour = 60 / slotMinutes - 1;
	if (perHour > 0 && leftOut.length >= perHour) {
		warnings.push({ code: 'readings.winter-time-assumed', values: { line: leftOut[0]?.line ?? 1 } });
		return 'cet';
	}
	return 'berlin';
}

/** True if the newest row comes first, within each metering point. */
export function isDescending(rows: readonly Row[], point: number | null): boolean {
	let down = 0;
	let up = 0;
	for (let i = 1; i < Math.min(rows.length, 2000); i++) {
		const [before, row] = [rows[i - 1] as Row, rows[i] as Row];
		if (point !== null && before.cells[point] !== row.cells[point]) continue;
		if (row.stamp.wall < before.stamp.wall) down++;
		else if (row.stamp.wall > before.stamp.wall) up++;
	}
	return down > up * 10;
}

type EndQuestion = {
	stamps: StampColumns;
	stampName: string;
	slotMinutes: SlotMinutes;
	zone: Zone;
	whole: boolean;
	descending: boolean;
	warnings: Warning[];
};

function clockOf(wall: number): number {
	return ((wall % 1440) + 1440) % 1440;
}

/** The German wall clock of a stamp. */
function localOf({ wall, instant }: Stamp, zone: Zone): number {
	if (instant === null && zone === 'berlin') return wall;
	const minute = instant ?? (zone === 'utc' ? wall : wall - 60);
	return minute + offsetAt(minute);
}

/** Whether stamps name the end of their slot: what the file says, 24:00, or where the first and last day begin and end. */
export function endsOf(
	rows: readonly Row[],
	{ stamps, stampName, slotMinutes, zone, whole, descending, warnings }: EndQuestion,
): boolean {
	if (slotMinutes === 1440 || stamps.explicitStart || rows.some(({ stamp }) => stamp.range)) return false;
	if (rows.some(({ stamp }) => stamp.endOfDay)) return true;
	if (/\b(bis|ende|end|to)\b|endzeit|intervallende/i.test(stampName)) return true;
	if (/\b(von|ab|beginn|start|from)\b|startzeit|intervallbeginn/i.test(stampName)) return false;
	const votes = (walls: readonly number[]) => {
		const lowest = clockOf(walls.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
		const highest = clockOf(walls.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
		// A head of a longer file, newest row first, shows the end of the file only, else its beginning.
		const beginning = whole || !descending ? Number(lowest === slotMinutes) - Number(lowest === 0) : 0;
		const ending = whole || descending ? Number(highest === 0) - Number(highest === 1440 - slotMinutes) : 0;
		return beginning + ending;
	};
	const vote = votes(rows.map(({ stamp }) => localOf(stamp, zone))) || votes(rows.map(({ stamp }) => stamp.wall));
	if (vote !== 0) return vote > 0;
	if (rows.every(({ stamp }) => stamp.instant !== null)) return false;
	const first = rows[0];
	warnings.push({
		code: 'readings.stamps-assumed',
		values: { line: first?.line ?? 1, text: excerpt(first?.cells[stamps.date] ?? '') },
	});
	return false;
}
