// What a meter-file format is: how it is recognised, what it reads into, what it reports beside the values.
import type { RefusalValues } from '../../values/refusal.ts';
import type { SlotMinutes } from '../rules.ts';

/** What a series of values belongs to. Null where the file does not say; then whoever uploads it chooses. */
export type SeriesKey = {
	/** MaLo, MeLo or another id, normalised. */
	meteringPoint: string | null;
	/** OBIS code 'A-B:C.D.E', or another channel code of the file. */
	obis: string | null;
	/** Which device of a logger ('1' is the first inverter in its records). */
	device: string | null;
	/** Stored as watt-hours or as var-hours. */
	unit: 'kWh' | 'kvarh';
	slotMinutes: SlotMinutes;
};

/** Takes values in, one call a value and no object: built to run ten million times. */
export type Sink = {
	/** Index of the series with that key. Refuses readings.too-many-series. */
	series(key: SeriesKey): number;
	/**
	 * A value: `startMinute` is the start of its slot in minutes since 1970 (UTC), `rank` its quality. `line` only serves
	 * refusals: readings.off-grid (the slot does not begin where slots of that length do), readings.unsorted.
	 */
	put(series: number, startMinute: number, wh: number, rank: number, line: number): void;
	/** A slot the file names without a usable value. Refuses as `put`. */
	putMissing(series: number, startMinute: number, line: number): void;
	/** True when finished days wait; the reader then awaits `flush` before it reads on. */
	readonly full: boolean;
	flush(): Promise<void>;
};

/** Something odd that does not stop the import but must be seen before it; `code` has a sentence in the portal. */
export type Warning = { code: string; values: RefusalValues };

/** One message of a file that carries its own number (MSCONS): what Storno and replacement refer to later. */
export type ReadingDocument = {
	number: string;
	/** BGM document code, for example 7 or Z48. */
	type: string;
	function: 'original' | 'cancellation';
	/** Number of the message this one cancels or replaces (RFF+ACW); null if none. */
	cancels: string | null;
	sender: string;
	receiver: string;
	/** Prüfidentifikator, for example 13025. */
	process: string | null;
	version: string;
	/** When the sender wrote it (DTM+137), ISO instant. */
	documentTime: string | null;
	test: boolean;
	values: number;
};

/** What a format reports beside the values. */
export type Facts = {
	formatVersion: string | null;
	documents: ReadingDocument[];
	warnings: Warning[];
	/** Encoding that the text turned out to have; 'us-ascii' where it made no difference. */
	encoding: string;
};

export type FormatName = 'mscons' | 'quarter-hour-csv' | 'solarlog';

/** The bytes of a file: its beginning (up to a mebibyte) to look at, and all of it, once, from the first byte. */
export type Input = { head: Buffer; chunks: AsyncIterable<Buffer> };

export type Format = {
	name: FormatName;
	/** 0 not this format … 1 certainly; judged by content alone, never by a file name. */
	recognise(head: Buffer): number;
	/** Reads everything into the sink and returns the facts, or refuses with readings.… and line. */
	read(input: Input, sink: Sink): Promise<Facts>;
};
