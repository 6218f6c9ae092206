// What one version of a meter-day changed against the one before, in a sentence.
import { energy, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { stretchesOf, timesOf } from './channels.ts';

/** A version of a channel's day: watt-hours and quality rank per slot. */
export interface DayValues {
	wh: readonly (number | null)[];
	quality: readonly number[];
	totalWh: number;
}

/** Energies with their sign: + 12,5 kWh, − 3,0 kWh, ± 0 kWh. */
export function signedEnergy(wh: number): string {
	if (wh === 0) return `±\u202f${energy(0)}`;
	return wh > 0 ? `+\u202f${energy(wh)}` : energy(wh).replace('−', '−\u202f');
}

/** Which values a version changed, when, and by how much: 4 Werte anders (13:15–14:15), + 12,5 kWh. */
export function changeOf(
	version: DayValues,
	before: DayValues | undefined,
	{ slotMinutes, startsAt }: { slotMinutes: number; startsAt: string },
): string {
	if (!before) return m.plants_version_first();
	const differs = (slot: number) =>
		version.wh[slot] !== before.wh[slot] || version.quality[slot] !== before.quality[slot];
	const stretches = stretchesOf(version.wh.length, differs);
	const slots = stretches.reduce((sum, { length }) => sum + length, 0);
	const first = stretches.slice(0, 3).map((stretch) => timesOf(stretch, slotMinutes, startsAt));
	const times = stretches.length > 3 ? m.plants_times_more({ times: first.join(', ') }) : first.join(', ');
	const isSameEnergy = version.wh.every((wh, slot) => wh === before.wh[slot]);
	if (isSameEnergy) return m.plants_version_quality_only({ slots: number(slots), times });
	const words = { slots: number(slots), times, energy: signedEnergy(version.totalWh - before.totalWh) };
	return slots === 1 ? m.plants_version_changed_one(words) : m.plants_version_changed(words);
}
