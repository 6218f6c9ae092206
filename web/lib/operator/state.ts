// How a plant is doing, as pages know it.

/** A plant's state. Energies in Wh; `lastAt` is when its last value ends. */
export interface PlantState {
	id: string;
	name: string;
	kind: 'wind' | 'solar';
	capacityW: number;
	hasPoint: boolean;
	/** live values of today; null without any */
	todayWh: number | null;
	/** this month's days that have values, and what is expected of just those days */
	month: { energyWh: number | null; expectedWh: number | null; to: string | null };
	/** values there are of those there should be in the last five weeks, 0 to 1; null before the first value */
	completeness: number | null;
	/** values per quality of the last five weeks, without those missing */
	qualities: number[];
	lastAt: string | null;
	/** days of the last five weeks without any value, and with some missing */
	missingDays: string[];
	gapDays: string[];
}

/** After so many hours without a new value somebody should look. */
export const staleHours = 48;

/** Whether a plant has had no new value for too long; one that never had a value is another matter. */
export function isStale({ lastAt }: PlantState, now: Date): boolean {
	return lastAt !== null && now.getTime() - Date.parse(lastAt) > staleHours * 3_600_000;
}
