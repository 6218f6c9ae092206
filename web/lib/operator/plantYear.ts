// A plant's year as the calendar shows it.
import type { DayYield } from '#lib/charts/YearCalendar.svelte';

/** A plant's year in days. */
export interface PlantYear {
	plantId: string;
	plantName: string;
	year: number;
	days: DayYield[];
}
