// Asks a device for its values, whatever its kind.
import type { Refusal } from '../../values/refusal.ts';
import type { Span } from './coverage.ts';
import { readRegisters } from './fronius.ts';
import { readJson } from './json.ts';
import type { Secrets, SourceKind, SourceSettings } from './kinds.ts';
import { readSunSpec } from './modbus.ts';
import type { Observation } from './observation.ts';
import { readTotal } from './solarlog.ts';

/** A source as its device is asked. */
export interface Asked {
	kind: SourceKind;
	location: string;
	settings: SourceSettings;
	secrets: Secrets;
	/** what is known of its series */
	channels: readonly AskedChannel[];
	/** hosts and networks that may be reached although they are private */
	allowed: readonly string[];
	/** the moment that what has no time of its own is of */
	now: () => Date;
}

/** A series of a source as its device is asked. */
export interface AskedChannel {
	name: string;
	meaning: 'interval' | 'power' | 'register';
	slotMinutes: number;
	settings: Record<string, string>;
	/** the newest moment that something is known of; null before the first value */
	through: string | null;
	/** what is missing before it */
	gaps: readonly Span[];
}

/** What a device said: its values, null while it sleeps; and what went wrong after some of them had come. */
export interface Answer {
	observations: Observation[] | null;
	problem?: Refusal;
}

/** Asks a device for its values. Refuses what its kind refuses (readings.source-…). */
export async function ask(source: Asked): Promise<Answer> {
	switch (source.kind) {
		case 'fronius': {
			const shown = await readRegisters(source.location, source.allowed);
			return { observations: shown && [{ channel: '', atMs: source.now().getTime(), shown }] };
		}
		case 'solarlog': {
			const { atMs, wh } = await readTotal(source.location, source);
			return { observations: [{ channel: '', atMs, shown: { '': wh } }] };
		}
		case 'json':
			return await readJson(source);
		case 'modbus':
			return { observations: await readSunSpec(source) };
		default:
			throw new Error(`nobody asks a source of kind ${source.kind}`);
	}
}
