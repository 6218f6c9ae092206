// A plant's day from its channels: one curve in quarter-hours, its sum, and how sure it is.

/** A channel's day as the API tells it: Wh per slot (null: no value) and quality ranks (0 measured … 4 missing). */
export interface ChannelDay {
	meteringPointId: string;
	obis: string;
	direction: string;
	slotMinutes: number;
	wh: (number | null)[];
	quality: number[];
	totalWh: number;
	gaps: number;
}

/** A day of a plant. `valuesWh` is missing where nothing finer than daily totals is known, `totalWh` null without any value. */
export interface PlantDay {
	valuesWh: (number | null)[] | undefined;
	totalWh: number | null;
	slots: number;
	missingSlots: number;
	unmeasuredSlots: number;
}

/** Slots as quarter-hours: shorter ones added up, longer ones divided evenly; a quarter-hour without all of its parts has no value. */
function inQuarters(wh: readonly (number | null)[], slotMinutes: number, quarters: number): (number | null)[] {
	return Array.from({ length: quarters }, (_, quarter) => {
		if (slotMinutes > 15) {
			const value = wh[Math.floor((quarter * 15) / slotMinutes)] ?? null;
			return value === null ? null : (value * 15) / slotMinutes;
		}
		const parts = wh.slice((quarter * 15) / slotMinutes, ((quarter + 1) * 15) / slotMinutes);
		return parts.length === 0 || parts.includes(null)
			? null
			: parts.reduce<number>((sum, value) => sum + (value ?? 0), 0);
	});
}

/** The channels that feed in, each metering point once: of one quantity read twice, that with less missing time, then the finer. */
function feedIn(channels: readonly ChannelDay[]): ChannelDay[] {
	const best = new Map<string, ChannelDay>();
	for (const one of channels) {
		if (one.direction !== 'feed-in') continue;
		const name = `${one.meteringPointId} ${one.obis}`;
		const other = best.get(name);
		const more = one.gaps * one.slotMinutes - (other ? other.gaps * other.slotMinutes : 0);
		if (!other || more < 0 || (more === 0 && one.slotMinutes < other.slotMinutes)) best.set(name, one);
	}
	return [...best.values()];
}

/**
 * Puts the channels of a plant's day together; `quarters` is how many the day has. While the day is `running`, what comes after a
 * channel's last value is not missing but to come.
 */
export function quartersFrom(channels: readonly ChannelDay[], quarters: number, running = false): PlantDay {
	const counting = feedIn(channels);
	const curves = counting
		.filter(({ slotMinutes }) => slotMinutes <= 60)
		.map((one) => inQuarters(one.wh, one.slotMinutes, quarters));
	const passed = ({ wh }: ChannelDay) => (running ? wh.findLastIndex((value) => value !== null) + 1 : wh.length);
	const sum = (of: (one: ChannelDay) => number) => counting.reduce((total, one) => total + of(one), 0);
	return {
		valuesWh: curves.length
			? Array.from({ length: quarters }, (_, i) => {
					const values = curves.map((curve) => curve[i] ?? null).filter((wh) => wh !== null);
					return values.length ? values.reduce((a, b) => a + b, 0) : null;
				})
			: undefined,
		totalWh: counting.length ? sum(({ totalWh }) => totalWh) : null,
		slots: sum(passed),
		missingSlots: sum((one) => one.wh.slice(0, passed(one)).filter((wh) => wh === null).length),
		unmeasuredSlots: sum(({ quality }) => quality.filter((rank) => rank > 0 && rank < 4).length),
	};
}
