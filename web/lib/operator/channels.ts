// One day of a plant, channel by channel: which channels count, what they add up to, and how good each of them is.
import { clock } from '#lib/format.ts';

/** A channel on a day as the API tells it: watt-hours and quality rank per slot of the local day. */
export interface DayChannel {
	channelId: number;
	meteringPointId: string;
	obis: string;
	direction: string;
	slotMinutes: number;
	wh: readonly (number | null)[];
	quality: readonly number[];
	totalWh: number;
	gaps: number;
	version: number;
	openSlots: number;
}

/**
 * The channels whose feed-in adds up to the plant's: of one quantity read twice (quarter-hours and a daily total) the one
 * with less missing time, then the finer.
 */
export function countingChannels<Channel extends DayChannel>(channels: readonly Channel[]): Channel[] {
	const best = new Map<string, Channel>();
	for (const channel of channels) {
		if (channel.direction !== 'feed-in' || isOutdone(channel, channels)) continue;
		const name = `${channel.meteringPointId} ${channel.obis}`;
		const other = best.get(name);
		const missing = channel.gaps * channel.slotMinutes - (other ? other.gaps * other.slotMinutes : 0);
		if (!other || missing < 0 || (missing === 0 && channel.slotMinutes < other.slotMinutes)) best.set(name, channel);
	}
	return [...best.values()];
}

/** True for daily values that follow from a register or amount (code 'CODE d') where the same quantity was measured otherwise that day. */
function isOutdone(channel: DayChannel, all: readonly DayChannel[]): boolean {
	if (!channel.obis.endsWith(' d')) return false;
	const quantity = (obis: string) => obis.slice(0, obis.indexOf('.'));
	return all.some(
		(other) =>
			other.meteringPointId === channel.meteringPointId &&
			other.channelId !== channel.channelId &&
			quantity(other.obis) === quantity(channel.obis) &&
			(!other.obis.endsWith(' d') || (channel.obis.includes('.9.') && other.obis.includes('.8.'))),
	);
}

/** A channel's energy in quarter-hours, whatever its slots; null where a slot inside has no value. */
function inQuarters({ wh, slotMinutes }: DayChannel, quarters: number): (number | null)[] {
	return Array.from({ length: quarters }, (_, quarter) => {
		let sum = 0;
		for (let slot = Math.floor((quarter * 15) / slotMinutes); slot * slotMinutes < quarter * 15 + 15; slot++) {
			const value = wh[slot];
			if (value === null || value === undefined) return null;
			const from = Math.max(slot * slotMinutes, quarter * 15);
			const to = Math.min((slot + 1) * slotMinutes, quarter * 15 + 15);
			sum += (value * (to - from)) / slotMinutes;
		}
		return sum;
	});
}

/** The plant's curve in Wh per quarter-hour, from the channels that count; undefined if there are only daily totals. */
export function curveOf(channels: readonly DayChannel[], quarters: number): (number | null)[] | undefined {
	const curves = countingChannels(channels)
		.filter(({ slotMinutes }) => slotMinutes !== 1440)
		.map((channel) => inQuarters(channel, quarters));
	if (curves.length === 0) return undefined;
	return Array.from({ length: quarters }, (_, quarter) => {
		const known = curves.map((curve) => curve[quarter] ?? null).filter((wh) => wh !== null);
		return known.length ? known.reduce((sum, wh) => sum + wh, 0) : null;
	});
}

/** A stretch of slots: from the beginning of one to the end of another. */
export interface Stretch {
	from: number;
	length: number;
}

/** Unbroken stretches of the slots that are picked. */
export function stretchesOf(slots: number, isPicked: (slot: number) => boolean): Stretch[] {
	const stretches: Stretch[] = [];
	for (let slot = 0; slot < slots; slot++) {
		if (!isPicked(slot)) continue;
		const last = stretches.at(-1);
		if (last && last.from + last.length === slot) last.length++;
		else stretches.push({ from: slot, length: 1 });
	}
	return stretches;
}

/** Stretches of equal quality rank, one after the other over the whole day. */
export function qualityStretches(ranks: readonly number[]): (Stretch & { rank: number })[] {
	const stretches: (Stretch & { rank: number })[] = [];
	ranks.forEach((rank, slot) => {
		const last = stretches.at(-1);
		if (last?.rank === rank) last.length++;
		else stretches.push({ from: slot, length: 1, rank });
	});
	return stretches;
}

/** A stretch as times on the clock: 13:15–14:15. `startsAt` is the instant at which the day begins. */
export function timesOf({ from, length }: Stretch, slotMinutes: number, startsAt: string): string {
	const at = (slot: number) => clock(new Date(Date.parse(startsAt) + slot * slotMinutes * 60_000));
	const until = at(from + length);
	return `${at(from)}–${until === '00:00' ? '24:00' : until}`;
}

/** How many slots there are of each quality. */
export function countsOf(quality: readonly number[]): number[] {
	const counts = [0, 0, 0, 0, 0];
	for (const rank of quality) counts[rank] = (counts[rank] ?? 0) + 1;
	return counts;
}

/** The instant at which the last value of a day ends, live ones included; undefined if there is none. */
export function lastValueAt(channels: readonly DayChannel[], startsAt: string): string | undefined {
	const ends = channels.map(({ wh, slotMinutes, direction }) => {
		const last = direction === 'feed-in' ? wh.findLastIndex((value) => value !== null) : -1;
		return last < 0 ? 0 : Date.parse(startsAt) + (last + 1) * slotMinutes * 60_000;
	});
	const latest = Math.max(0, ...ends);
	return latest > 0 ? new Date(latest).toISOString() : undefined;
}
