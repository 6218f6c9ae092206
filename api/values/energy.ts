// Energy: integer watt-hours, and how good a value is.

/**
 * Quality of a reading, best first. Stored as its index: one byte a slot.
 * measured (wahrer Wert) · substitute (Ersatzwert) · provisional (vorläufig) · estimated (geschätzt, Prognose) · missing (fehlt).
 * A worse quality never silently replaces a better one.
 */
export const qualities = ['measured', 'substitute', 'provisional', 'estimated', 'missing'] as const;
export type Quality = (typeof qualities)[number];

/** Index of the quality in `qualities`: 0 is best. */
export function qualityRank(quality: Quality): number {
	return qualities.indexOf(quality);
}

/** Largest watt-hours that one slot can hold (a 4-byte integer): about 2.1 GWh in a quarter-hour. */
export const slotMaxWh = 2_147_483_647;

/** Kilowatt-hours with three digits, exact: 38412 → '38.412'. */
export function kwhOf(energyWh: number): string {
	const sign = energyWh < 0 ? '-' : '';
	const wh = Math.abs(energyWh);
	return `${sign}${Math.floor(wh / 1000)}.${String(wh % 1000).padStart(3, '0')}`;
}
