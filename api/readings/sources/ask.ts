// Asks a device for its values, whatever its kind.
import { readRegisters } from './fronius.ts';
import type { Secrets, SourceKind, SourceSettings } from './kinds.ts';
import type { Observation } from './observation.ts';

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
	/** up to when nothing is missing; null before the first value */
	contiguousThrough: string | null;
}

/** What a device said; null while it sleeps. Refuses what its kind refuses (readings.source-…). */
export async function ask(source: Asked): Promise<Observation[] | null> {
	switch (source.kind) {
		case 'fronius': {
			const shown = await readRegisters(source.location, source.allowed);
			return shown && [{ channel: '', atMs: source.now().getTime(), shown }];
		}
		default:
			throw new Error(`nobody asks a source of kind ${source.kind}`);
	}
}
