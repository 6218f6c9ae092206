// From the readings of a counting register to energy per quarter-hour: what a poll adds since the last one, and what it cannot say.

/** Longest time between two polls that is still divided among its slots. */
export const pollGapMinutes = 20;

/** Something out of the ordinary: energy in watt-hours that is booked to no slot, or a new base. */
export interface EdgeNote {
	at: string;
	/** gap: nobody asked for too long · fell: the register fell · jump: more than the plant can produce · devices: other inverters than before */
	kind: 'gap' | 'fell' | 'jump' | 'devices';
	since: string;
	wh: number;
}

/** How far a source has come: its registers at the last poll, what was never booked, and the newest notes. */
export interface Edge {
	at: string;
	registers: Record<string, number>;
	unallocatedWh: number;
	notes: EdgeNote[];
}

/** Energy of a part of a slot. */
export interface SlotPart {
	startMs: number;
	wh: number;
	coveredMs: number;
}

/** What a poll means. 'absent' and 'stale' leave the edge as it is. */
export interface Advance {
	outcome: 'first' | 'booked' | 'absent' | 'stale' | EdgeNote['kind'];
	edge: Edge;
	parts: SlotPart[];
}

const notesKept = 20;

/**
 * What a poll at `atMs` adds to the edge. The difference of the registers is divided by time among the slots between the polls, in
 * whole watt-hours that add up to it. After more than 20 minutes nothing is divided: the slots stay without value and the difference is
 * noted as unallocated. A register that fell, a difference beyond what `capacityW` can produce and changed inverters make a new base.
 */
export function advance(
	edge: Edge | null,
	{ atMs, registers }: { atMs: number; registers: Record<string, number> },
	{ capacityW, slotMinutes = 15 }: { capacityW: number; slotMinutes?: number },
): Advance {
	const at = new Date(atMs).toISOString();
	if (!edge) return { outcome: 'first', edge: { at, registers, unallocatedWh: 0, notes: [] }, parts: [] };
	const elapsedMs = atMs - Date.parse(edge.at);
	if (elapsedMs <= 0) return { outcome: 'stale', edge, parts: [] };
	const rebased = (kind: EdgeNote['kind'], wh: number, unallocated: number): Advance => ({
		outcome: kind,
		parts: [],
		edge: {
			...{ at, registers, unallocatedWh: edge.unallocatedWh + unallocated },
			notes: [...edge.notes, { at, kind, since: edge.at, wh }].slice(-notesKept),
		},
	});
	const devices = Object.keys(registers);
	const gone = Object.keys(edge.registers).filter((device) => !(device in registers));
	// One of several inverters often wakes later than the others: what it missed must not look like a register that fell.
	if (gone.length > 0 && elapsedMs < 86_400_000) return { outcome: 'absent', edge, parts: [] };
	const differences = devices
		.filter((device) => device in edge.registers)
		.map((device) => (registers[device] ?? 0) - (edge.registers[device] ?? 0));
	const risen = differences.reduce((sum, wh) => sum + Math.max(wh, 0), 0);
	if (gone.length > 0 || devices.length > differences.length) return rebased('devices', risen, risen);
	if (differences.some((wh) => wh < 0))
		return rebased(
			'fell',
			differences.reduce((sum, wh) => sum + Math.min(wh, 0), 0),
			risen,
		);
	if (risen > capacityW * 1.5 * (elapsedMs / 3_600_000) + 1_000) return rebased('jump', risen, 0);
	if (elapsedMs > pollGapMinutes * 60_000) return rebased('gap', risen, risen);
	return {
		outcome: 'booked',
		edge: { ...edge, at, registers },
		parts: divided(Date.parse(edge.at), atMs, risen, slotMinutes * 60_000),
	};
}

function divided(fromMs: number, toMs: number, wh: number, slotMs: number): SlotPart[] {
	const parts: SlotPart[] = [];
	let booked = 0;
	for (let at = fromMs; at < toMs; ) {
		const startMs = Math.floor(at / slotMs) * slotMs;
		const until = Math.min(startMs + slotMs, toMs);
		// Rounded as a running total, so that the parts add up.
		const sum = Math.round((wh * (until - fromMs)) / (toMs - fromMs));
		parts.push({ startMs, wh: sum - booked, coveredMs: until - at });
		booked = sum;
		at = until;
	}
	return parts;
}
