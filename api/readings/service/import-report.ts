// What a file holds beside what is stored, for people: channel by channel, message by message.
import type { StagedFile, StagedSeries } from './stage.ts';

/** One series in a report: what it is, what it holds, what storing it does. Energies in watt-hours. */
export interface SeriesReport {
	meteringPoint: string | null;
	meteringPointId: string | null;
	plantName: string | null;
	device: string | null;
	obis: string;
	unit: 'kWh' | 'kvarh';
	slotMinutes: number;
	from: string | null;
	to: string | null;
	values: number;
	totalWh: number;
	gaps: number;
	duplicates: number;
	qualities: number[];
	added: number;
	equal: number;
	changed: number;
	outranked: number;
	differenceWh: number;
}

/** What a file holds beside what is stored; the preview shows it, the import keeps it. */
export interface ImportReport {
	format: string;
	formatVersion: string | null;
	encoding: string;
	/** who sent the file, as it names itself */
	sender: string | null;
	warnings: StagedFile['read']['warnings'];
	series: SeriesReport[];
	/** readings of registers, and amounts of longer periods */
	registers: number;
	amounts: number;
	/** the first 500 messages of the file */
	documents: DocumentReport[];
}

/** A stored import. */
export interface Imported extends ImportReport {
	importId: number;
	/** days written: new ones and those that replaced an earlier version */
	daysAdded: number;
	daysReplaced: number;
	/** days that nobody delivers any more, because a message was cancelled */
	daysGone: number;
}

/** One line per channel, whatever number of messages brought it. */
function reported(all: readonly StagedSeries[]): SeriesReport[] {
	const groups = new Map<string, StagedSeries[]>();
	for (const one of all) {
		const { meteringPoint, device } = one.summary.key;
		const name = [meteringPoint, device, one.obis, one.summary.key.unit, one.summary.key.slotMinutes].join('|');
		groups.set(name, [...(groups.get(name) ?? []), one]);
	}
	return [...groups.values()].map((own) => reportedSeries(own));
}

function reportedSeries(own: readonly StagedSeries[]): SeriesReport {
	const [{ summary, ...place }] = own as [StagedSeries];
	const { key } = summary;
	const instant = (minute: number | undefined) =>
		minute === undefined ? null : new Date(minute * 60_000).toISOString();
	const sum = (of: (one: StagedSeries) => number) => own.reduce((total, one) => total + of(one), 0);
	const from = own.flatMap((one) => one.summary.fromMinute ?? []).sort((a, b) => a - b)[0];
	const to = own.flatMap((one) => one.summary.toMinute ?? []).sort((a, b) => b - a)[0];
	const values = sum((one) => one.summary.values);
	const slots = from === undefined || to === undefined ? 0 : Math.round((to - from) / key.slotMinutes);
	return {
		meteringPoint: key.meteringPoint,
		meteringPointId: place.meteringPointId,
		plantName: place.plantName,
		device: key.device,
		obis: place.obis,
		unit: key.unit,
		slotMinutes: key.slotMinutes,
		from: instant(from),
		to: instant(to),
		values,
		totalWh: sum((one) => one.summary.totalWh),
		gaps: own.length === 1 ? summary.gaps : Math.max(0, slots - values),
		duplicates: sum((one) => one.summary.duplicates),
		qualities: summary.qualities.map((_, rank) => sum((one) => one.summary.qualities[rank] ?? 0)),
		added: sum((one) => one.added),
		equal: sum((one) => one.equal),
		changed: sum((one) => one.changed),
		outranked: sum((one) => one.outranked),
		differenceWh: sum((one) => one.resultWh - one.storedWh),
	};
}

/** A message as a report names it: its number, kind and reasons, and what a cancellation takes back. */
export interface DocumentReport {
	number: string;
	sender: string;
	type: string;
	function: 'original' | 'cancellation';
	process: string | null;
	documentTime: string | null;
	values: number;
	cancels: string | null;
	/** of a cancellation: whether the message is known, how many days it takes back and how their energy changes */
	cancelled: { isKnown: boolean; days: number; differenceWh: number } | null;
	/** true if its values do not count because a message cancels it */
	isCancelled: boolean;
	reasons: Record<string, number>;
}

const documentsTold = 500;

function documentsIn({ read, documents, cancelled }: StagedFile): DocumentReport[] {
	return read.documents.slice(0, documentsTold).map((one, i) => {
		const taken = cancelled.find(({ sender, document }) => sender === one.sender && document === one.cancels);
		const { number, sender, type, process, documentTime, values, cancels, reasons = {} } = one;
		return {
			...{ number, sender, type, function: one.function, process, documentTime, values, cancels, reasons },
			cancelled:
				one.function === 'cancellation'
					? { isKnown: taken?.isKnown ?? false, days: taken?.days ?? 0, differenceWh: taken?.differenceWh ?? 0 }
					: null,
			isCancelled: documents[i]?.active === false,
		};
	});
}

/** The report of a staged file. */
export function reportOf(file: StagedFile): ImportReport {
	const { read, series } = file;
	const { format, formatVersion, encoding, warnings } = read;
	const unknown = new Set(
		series.flatMap((one) => (one.meteringPointId === null && one.summary.key.meteringPoint) || []),
	);
	const unplaced = [...unknown].map((meteringPoint) => ({
		code: 'readings.metering-point-waits',
		values: { meteringPoint },
	}));
	return {
		...{ format, formatVersion, encoding, sender: read.sender, warnings: [...warnings, ...unplaced] },
		...{ series: reported(series), documents: documentsIn(file) },
		...{ registers: read.registers.length, amounts: read.amounts?.length ?? 0 },
	};
}
