// SDAT-CH (ebIX E66 and E31, VSE): Swiss load profiles as ValidatedMeteredData, positions counted from the start of an interval.
import { addDays, dayOf, daysBetween, startOfDay } from '../../values/calendar.ts';
import { qualityRank } from '../../values/energy.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { excerpt, isSlotLength, meteringPointOf, missingRank, type SlotMinutes } from '../rules.ts';
import type { Facts, Format, Input, ReadingDocument, Sink } from './format.ts';
import { instantOf, minuteOf } from './instants.ts';
import { type Channel, channelOf, putAmount } from './values.ts';
import { readXml, rootOf, type XmlListener } from './xml.ts';

const rootPattern = /^(Validated|Aggregated)MeteredData(?:_(\d)(\d))?$/i;

/**
 * ValidatedMeteredData (E66) and AggregatedMeteredData (E31) in any version, several series (MeteringData) in one file.
 * A consumption point counts as 1-1:1.29.0, a production point as 1-1:2.29.0, reactive energy as 3 and 4. Condition 21
 * and 56 make a substitute. Every position from 1 to the length of the interval must be there, in any order. Status 9 is
 * an original, 5 and 4 replace, 1 cancels: a cancellation is a document without values. Series without a metering point
 * (aggregates) are told apart by their place in the file (`device` 1, 2 …). Refuses with `line` what readXml refuses,
 * readings.wrong-count, -bad-time, -no-slot, -bad-number, -bad-quality, -bad-unit, -negative, -not-electricity, -bad-metering-point, -bad-syntax.
 */
export const sdat: Format = { name: 'sdat', recognise: (head) => (rootPattern.test(rootOf(head) ?? '') ? 1 : 0), read };

async function read(input: Input, sink: Sink): Promise<Facts> {
	const reader = new MeteredDataReader(sink);
	const encoding = await readXml(input, sink, reader);
	return reader.facts(encoding);
}

/** Units of a resolution, in minutes. */
const resolutions: Readonly<Record<string, number>> = { MIN: 1, H: 60, HUR: 60, HOUR: 60, D: 1440, DAY: 1440 };

/** Condition of an observation (ebIX quantity quality): 21 temporary, 56 estimated, 46 not yet validated, E01 adjusted, E02 missing. */
const ranks: ReadonlyMap<string, number> = new Map([
	['', 0],
	...['21', '56', 'E01'].map((code): [string, number] => [code, qualityRank('substitute')]),
	['46', qualityRank('provisional')],
	['E02', missingRank],
]);

type Observation = { sequence: string; volume: string; condition: string };

/** One MeteringData: what its elements have said so far. */
type Series = {
	from: string;
	to: string;
	resolution: string;
	unit: string;
	meteringPoint: string | null;
	quantity: 1 | 2 | null;
	measure: string;
	/** Known from the first observation on. */
	slots: Slots | null;
};
type Slots = { channel: Channel | null; start: number; slotMinutes: SlotMinutes; seen: Uint8Array; count: number };

/** More positions than ten years of quarter-hours: no interval is that long. */
const longestInterval = 400_000;

const emptySeries: Series = {
	...{ from: '', to: '', resolution: '', unit: '', meteringPoint: null, quantity: null, measure: '' },
	slots: null,
};

class MeteredDataReader implements XmlListener {
	readonly #sink: Sink;
	readonly #document: ReadingDocument = {
		...{ number: '', type: '', function: 'original', cancels: null, sender: '', receiver: '', process: null },
		...{ version: '', documentTime: null, test: false, values: 0 },
	};
	#series: Series = emptySeries;
	/** Series so far that named no metering point. */
	#unnamed = 0;
	#observation: Observation = { sequence: '', volume: '', condition: '' };

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	opened(path: readonly string[]): void {
		const name = path.at(-1) ?? '';
		if (path.length === 1) {
			const [, , major, minor] = rootPattern.exec(name) ?? [];
			this.#document.version = major ? `${major}.${minor}` : '';
		} else if (name === 'MeteringData') this.#series = { ...emptySeries };
		else if (name === 'Observation') this.#observation = { sequence: '', volume: '', condition: '' };
		else if (name === 'ConsumptionMeteringPoint') this.#series.quantity = 1;
		else if (name === 'ProductionMeteringPoint') this.#series.quantity = 2;
	}

	closed(path: readonly string[], text: string, line: number): void {
		if (path.includes('MeteringData')) this.#takeSeries(path, text, line);
		else this.#takeHeader(path, text, line);
	}

	facts(encoding: string): Facts {
		const { number, version, sender, type } = this.#document;
		if (number === '') throw new Refusal('invalid', 'readings.bad-syntax', { line: 1, text: 'DocumentID' });
		// A cancellation that names no other document repeats the number of the one it cancels.
		if (this.#document.function === 'cancellation') this.#document.cancels ??= number;
		const formatVersion = [type, version].filter(Boolean).join(' ') || null;
		return {
			formatVersion,
			sender: sender || null,
			registers: [],
			documents: [this.#document],
			warnings: [],
			encoding,
		};
	}

	#takeHeader(path: readonly string[], text: string, line: number): void {
		const [name = '', parent = ''] = [path.at(-1), path.at(-2)];
		const document = this.#document;
		if (/^(EICID|GS1ID|ID|VSENationalID)$/.test(name) && text !== '') {
			if (path.includes('Sender')) document.sender = excerpt(text);
			if (path.includes('Receiver')) document.receiver = excerpt(text);
		} else if (name === 'DocumentID' && parent === 'InstanceDocument') document.number = excerpt(text);
		else if (/^(Original|Referenced?|Cancel|Replace)\w*$/i.test(name) && text !== '') document.cancels = excerpt(text);
		else if (name === 'ebIXCode' && parent === 'DocumentType') document.type = excerpt(text);
		else if (name === 'ebIXCode' && parent === 'BusinessReasonType') document.process = excerpt(text);
		else if (name === 'BusinessSectorType' && text !== '' && text !== '23') {
			this.#refuse('readings.not-electricity', line, { medium: text === '27' ? 'Gas' : excerpt(text) });
		} else if (name === 'Creation') {
			const at = instantOf(text);
			document.documentTime = at === undefined ? null : new Date(at).toISOString();
		} else if (name === 'Status' && parent === 'InstanceDocument') this.#takeStatus(text, line);
	}

	#takeStatus(text: string, line: number): void {
		if (!/^[1459]?$/.test(text)) this.#refuse('readings.bad-syntax', line, { text: excerpt(`Status ${text}`) });
		if (text === '1') this.#document.function = 'cancellation';
	}

	#takeSeries(path: readonly string[], text: string, line: number): void {
		const [name = '', parent = ''] = [path.at(-1), path.at(-2)];
		const series = this.#series;
		if (parent === 'Observation' || parent === 'Position') this.#takePart(name, text);
		else if (name === 'Observation') this.#takeObservation(line);
		else if (name === 'StartDateTime' && parent === 'Interval') series.from = text;
		else if (name === 'EndDateTime' && parent === 'Interval') series.to = text;
		else if (name === 'Resolution' && parent === 'Resolution') series.resolution = text;
		else if (name === 'Unit' && parent === 'Resolution') series.unit = text;
		else if (name === 'MeasureUnit') series.measure = text;
		else if (parent.endsWith('MeteringPoint') && /ID$/.test(name)) series.meteringPoint = this.#pointOf(text, line);
		else if (name === 'MeteringData') this.#finishSeries(line);
	}

	#pointOf(text: string, line: number): string {
		const meteringPoint = meteringPointOf(text);
		if (!meteringPoint) this.#refuse('readings.bad-metering-point', line, { meteringPoint: excerpt(text) });
		return meteringPoint;
	}

	#takePart(name: string, text: string): void {
		if (name === 'Sequence') this.#observation.sequence = text;
		else if (name === 'Volume') this.#observation.volume = text;
		else if (name === 'Condition') this.#observation.condition = text;
	}

	#takeObservation(line: number): void {
		this.#series.slots ??= this.#slotsOf(this.#series, line);
		const { channel, start, slotMinutes, seen } = this.#series.slots;
		const { sequence, volume, condition } = this.#observation;
		const position = /^\d{1,9}$/.test(sequence) ? Number(sequence) : 0;
		if (position < 1 || position > seen.length) {
			this.#refuse('readings.wrong-count', line, {
				tag: 'Interval',
				declared: seen.length,
				counted: excerpt(sequence),
			});
		}
		if (seen[position - 1] === 0) this.#series.slots.count++;
		seen[position - 1] = 1;
		if (!channel) return;
		const rank = ranks.get(condition);
		if (rank === undefined) this.#refuse('readings.bad-quality', line, { text: excerpt(`Condition ${condition}`) });
		const isDaily = slotMinutes === 1440;
		const at = isDaily
			? startOfDay(addDays(dayOf(start * 60_000), position - 1)) / 60_000
			: start + (position - 1) * slotMinutes;
		putAmount(this.#sink, channel, { start: at, text: rank === missingRank ? '' : volume, rank, line });
		this.#document.values++;
	}

	#slotsOf(series: Series, line: number): Slots {
		const { from, to, resolution, unit, meteringPoint, quantity, measure } = series;
		const [start, end] = [minuteOf(from), minuteOf(to)];
		if (start === undefined) this.#refuse('readings.bad-time', line, { text: excerpt(from) });
		if (end === undefined || end <= start) this.#refuse('readings.bad-time', line, { text: excerpt(to) });
		const slotMinutes = Number(resolution) * (resolutions[unit.toUpperCase()] ?? Number.NaN);
		if (!isSlotLength(slotMinutes)) {
			this.#refuse('readings.no-slot', line, { text: excerpt(`${resolution} ${unit}`) });
		}
		const count = slotMinutes === 1440 ? daysIn(start, end) : (end - start) / slotMinutes;
		if (!Number.isInteger(count) || count > longestInterval) {
			this.#refuse('readings.bad-time', line, { text: excerpt(to) });
		}
		const reactive = /^(K3|KVR|KVARH?)$/i.test(measure) ? 2 : 0;
		const key = {
			...{ meteringPoint, slotMinutes, device: meteringPoint === null ? String(++this.#unnamed) : null },
			obis: quantity === null ? null : `1-1:${quantity + reactive}.29.0`,
		};
		// What a cancellation withdraws is not put again.
		const isOriginal = this.#document.function === 'original';
		const channel = isOriginal ? channelOf(this.#sink, key, measure, line) : null;
		return { channel, start, slotMinutes, seen: new Uint8Array(count), count: 0 };
	}

	#finishSeries(line: number): void {
		const { slots } = this.#series;
		if (slots && slots.count !== slots.seen.length) {
			const { count, seen } = slots;
			this.#refuse('readings.wrong-count', line, { tag: 'MeteringData', declared: seen.length, counted: count });
		}
		this.#series = { ...emptySeries };
	}

	#refuse(code: string, line: number, values: RefusalValues): never {
		throw new Refusal('invalid', code, { line, ...values });
	}
}

/** Whole local days between two instants (minutes); not a whole number if one of them is not a local midnight. */
function daysIn(start: number, end: number): number {
	const [first, next] = [dayOf(start * 60_000), dayOf(end * 60_000)];
	const isWhole = startOfDay(first) === start * 60_000 && startOfDay(next) === end * 60_000;
	return isWhole ? daysBetween(first, next) : Number.NaN;
}
