// What a member's home shows is laid out from: curves in quarter-hours, and the part that belongs to the member's shares.

/**
 * Values of other slot lengths as quarter-hours: five minutes added up, hours divided; no watt-hour lost.
 * A quarter-hour is missing (null) if a part of it is. Undefined for daily totals, which have no curve.
 */
export function quarterHours(wh: readonly (number | null)[], slotMinutes: number): (number | null)[] | undefined {
	if (slotMinutes === 15) return [...wh];
	if (slotMinutes === 1440) return undefined;
	const minutes = wh.length * slotMinutes;
	const quarters: (number | null)[] = new Array(Math.floor(minutes / 15)).fill(0);
	wh.forEach((value, slot) => {
		const from = slot * slotMinutes;
		let rest = value;
		for (let at = from; at < from + slotMinutes; ) {
			const quarter = Math.floor(at / 15);
			const until = Math.min((quarter + 1) * 15, from + slotMinutes);
			const last = until === from + slotMinutes;
			const before = quarters[quarter];
			if (value === null || rest === null || before === null || before === undefined) quarters[quarter] = null;
			else {
				const part = last ? rest : Math.floor((value * (until - at)) / slotMinutes);
				quarters[quarter] = before + part;
				rest -= part;
			}
			at = until;
		}
	});
	return quarters;
}

/** Adds curves slot by slot; a slot is missing only where none of them has a value. */
export function sumOfCurves(curves: readonly (readonly (number | null)[])[], slots: number): (number | null)[] {
	return Array.from({ length: slots }, (_, slot) => {
		const values = curves.map((curve) => curve[slot] ?? null).filter((value) => value !== null);
		return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
	});
}

/** Whole watt-hours that belong to own of all shares, rounded down. */
export function ownPart(energyWh: number, ownShares: number, allShares: number): number {
	return allShares <= 0 ? 0 : Number((BigInt(Math.trunc(energyWh)) * BigInt(ownShares)) / BigInt(allShares));
}
