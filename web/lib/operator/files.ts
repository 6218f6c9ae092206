// What pages know of an uploaded or imported file, and what may be done with it.
import type { components } from '../api.d.ts';
import type { Reason } from './reason.ts';

type Series = components['schemas']['ReadingSeries'];

/** A metering point with the plant it belongs to. */
export interface Point {
	id: string;
	plantId: string;
	plantName: string;
	plantKind: 'wind' | 'solar';
	/** the identifier it is best known by */
	name: string;
	identifiers: string[];
}

/** A span of local days, both ends included. */
export interface Days {
	from: string;
	to: string;
}

/** One series of a file with the plant it belongs to. */
export interface SeriesView extends Series {
	plantId: string | null;
	plantName: string | null;
	pointName: string | null;
	days: Days | null;
}

/** A file: what it is, what it holds in sum, and what storing it changes. Energies in Wh, reactive ones in varh. */
export interface FileView {
	id: number;
	fileName: string;
	size: number;
	sha256: string;
	origin: string;
	receivedAt: string;
	receivedBy: string;
	storedAt: string | null;
	daysAdded: number | null;
	daysReplaced: number | null;
	daysGone: number | null;
	state: 'uploaded' | 'stored' | 'discarded' | 'refused' | 'withdrawn';
	phase: components['schemas']['ReadingUpload']['phase'];
	bytesRead: number;
	format: string | null;
	formatVersion: string | null;
	encoding: string | null;
	series: SeriesView[];
	days: Days | null;
	/** days of the period with 92 or 100 quarter-hours */
	clockChanges: { day: string; quarters: number }[];
	warnings: string[];
	refusal: Reason | null;
	/** `choose`: the file names no metering point; `unknown`: it names one that no plant has */
	place: 'known' | 'choose' | 'unknown';
	unknownPoints: string[];
	/** a plant has got the unknown identifiers since the file was read */
	unknownPointsKnownNow: boolean;
	assignedTo: Point | null;
	values: number;
	totalWh: number | null;
	totalVarh: number | null;
	differenceWh: number;
	gaps: number;
	duplicates: number;
	added: number;
	equal: number;
	changed: number;
	/** values worse than the stored ones, which stay */
	kept: number;
	/** messages that take earlier ones back, and what that does */
	cancellations: { cancels: string; isKnown: boolean; days: number; differenceWh: number }[];
	/** register readings and amounts of longer periods */
	registers: number;
	/** what somebody did, of an entry that is no file */
	act: components['schemas']['ReadingImport']['act'];
	/** who undid it */
	undone: components['schemas']['ReadingImport']['undone'];
}

/** A file whose bytes were stored before. */
export interface KnownFile {
	fileName: string;
	importId: number;
	storedAs: string;
	storedAt: string | null;
}

/** What files change in sum: per plant the energy, over all of them what is replaced, kept and missing. */
export function changesOf(files: readonly FileView[]): {
	plants: { plantId: string; plantName: string; days: Days | null; differenceWh: number }[];
	changed: number;
	kept: number;
	gaps: number;
} {
	const plants = new Map<string, { plantId: string; plantName: string; days: Days | null; differenceWh: number }>();
	for (const one of files.flatMap(({ series }) => series)) {
		if (!one.plantId || one.unit !== 'kWh' || one.added + one.changed === 0) continue;
		const own = plants.get(one.plantId) ?? {
			plantId: one.plantId,
			plantName: one.plantName ?? '',
			days: null,
			differenceWh: 0,
		};
		own.differenceWh += one.differenceWh;
		if (one.days) {
			const { from, to } = own.days ?? one.days;
			own.days = { from: from < one.days.from ? from : one.days.from, to: to > one.days.to ? to : one.days.to };
		}
		plants.set(one.plantId, own);
	}
	const sum = (of: (file: FileView) => number) => files.reduce((total, file) => total + of(file), 0);
	return {
		plants: [...plants.values()],
		changed: sum((file) => file.changed),
		kept: sum((file) => file.kept),
		gaps: sum((file) => file.gaps),
	};
}

/** True while the portal is still reading or storing the file. */
export function isBusy({ phase }: FileView): boolean {
	return phase === 'waiting' || phase === 'reading' || phase === 'storing';
}

/** True if the file brings anything: values, readings of registers, cancellations, or values that wait for their metering point. */
function brings(file: FileView): boolean {
	const { added, changed, registers, cancellations, place } = file;
	return added + changed + registers + cancellations.length > 0 || place === 'unknown';
}

/** True if storing the file would change something and nothing is in the way. */
export function isStorable(file: FileView): boolean {
	return file.phase === 'previewed' && file.place !== 'choose' && brings(file);
}

/** True if the file is read and brings nothing that is not stored in equal or better quality. */
export function isUseless(file: FileView): boolean {
	return file.phase === 'previewed' && file.place !== 'choose' && !brings(file);
}

/** True if something must be said before the file can be stored. */
export function isIncomplete(file: FileView): boolean {
	return file.phase === 'previewed' && file.place === 'choose';
}
