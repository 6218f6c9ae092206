// What a meter-file format is: how it is recognised, what it reads into, what it reports beside the values.
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
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
	/**
	 * Index of the message in `Facts.documents` that brings these values. Values of several messages are kept apart: each can be
	 * cancelled or corrected alone. Left out, they belong to the file's only message if it has one.
	 */
	document?: number;
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
	/** True if whoever reads wants to know what rounding took away: then `putRest` follows every `put` of a rounded value. */
	readonly exact: boolean;
	/** What the value just put has beyond its whole watt-hours, −0.5 … 0.5; only sums of an inspection use it. */
	putRest(series: number, startMinute: number, wh: number, rest: number): void;
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
	/** Which part of a message sent in several parts (UNH S010), from 1. */
	part?: number;
	/** Version stamp of its series (DTM+293), ISO instant: the higher one counts, whatever the document time. */
	seriesVersion?: string | null;
	/** How often each reason was given (STS), as 'Z40:Z74': Z32 substitution method, Z40 substitution, Z34 correction, Z33 note. */
	reasons?: Record<string, number>;
};

/** An amount of energy over a period longer than a slot (Energiemenge): a month, or what lies between two readings. */
export type EnergyAmount = {
	/** As in `SeriesKey`. */
	meteringPoint: string | null;
	obis: string | null;
	device: string | null;
	/** Begin and end, ISO instants. */
	from: string;
	to: string;
	/** Watt-hours, or var-hours for a reactive quantity. */
	wh: number;
	/** Rank of its quality. */
	rank: number;
	line: number;
	/** As in `SeriesKey`. */
	document?: number;
};

/** What a counting register (Zählerstand) showed at a moment: energy only between two of them. */
export type RegisterReading = {
	/** As in `SeriesKey`. */
	meteringPoint: string | null;
	/** OBIS code of the register, for example '1-1:2.8.0'. */
	obis: string | null;
	/** Serial number of the meter (Gerätenummer) if the file says it. */
	device: string | null;
	/** When it was read, ISO instant. */
	at: string;
	/** What it showed, in watt-hours (or var-hours for a reactive quantity), before any transformer factor. */
	wh: number;
	/** Rank of its quality. */
	rank: number;
	/** A usual reading, or the last of a meter taken out, or the first of a meter put in (Gerätewechsel). */
	occasion: 'reading' | 'removal' | 'installation';
	line: number;
	/** As in `SeriesKey`. */
	document?: number;
};

/** What a format reports beside the values. */
export type Facts = {
	formatVersion: string | null;
	/** Who sent the file, as it names itself (market partner id, EIC, portal); null if it does not. */
	sender: string | null;
	/** Register readings of the file, in its order. */
	registers: RegisterReading[];
	/** Amounts of longer periods; none where left out. */
	amounts?: EnergyAmount[];
	documents: ReadingDocument[];
	warnings: Warning[];
	/** Encoding that the text turned out to have; 'us-ascii' where it made no difference. */
	encoding: string;
};

/** A refusal that comes after much of the file was understood: the facts until then, other problems among their warnings. */
export class RefusedFile extends Refusal {
	readonly facts: Facts;

	constructor(refusal: Refusal, facts: Facts) {
		super(refusal.kind, refusal.code, refusal.values);
		this.facts = facts;
	}
}

/** Every format that files are read in; each has a file or folder of its own beside this one. */
export type FormatName =
	| 'mscons'
	| 'quarter-hour-csv'
	| 'solarlog'
	| 'solarlog-json'
	| 'sma'
	| 'fronius'
	| 'sdat'
	| 'esl'
	| 'eda'
	| 'eda-workbook'
	| 'espi'
	| 'datadis'
	| 'scada'
	| 'mapped';

/** The bytes of a file: its beginning (up to a mebibyte) to look at, and all of it, once, from the first byte. */
export type Input = { head: Buffer; chunks: AsyncIterable<Buffer> };

export type Format = {
	name: FormatName;
	/** 0 not this format … 1 certainly; judged by content alone, never by a file name. */
	recognise(head: Buffer): number;
	/** Reads everything into the sink and returns the facts, or refuses with readings.… and line. */
	read(input: Input, sink: Sink): Promise<Facts>;
};
