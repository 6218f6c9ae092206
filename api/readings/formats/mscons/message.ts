// One MSCONS message: who it is from, which metering points and channels it speaks of, and its values.
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import {
	channelKindOf,
	energyOf,
	excerpt,
	isMistypedMaLo,
	kindOfUnit,
	meteringPointOf,
	missingRank,
	obisOf,
	type SlotMinutes,
	scaleOf,
	type Unit,
	whOf,
} from '../../rules.ts';
import type { EnergyAmount, ReadingDocument, RegisterReading, Sink } from '../format.ts';
import { apartProcesses, apartTypes, notReadings, otherUnits, ranks, reasonCategories, unitCodes } from './codes.ts';
import { filled, isLength, minuteIn, noPeriod, type Period } from './line.ts';
import { at, type Segment } from './segments.ts';
import { type Rounded, refuseTime, SlotRow } from './slots.ts';

type Value = {
	segment: Segment;
	from: Segment | null;
	to: Segment | null;
	/** DTM+7 and DTM+9: when the register stood there, when somebody read it. */
	stoodAt: Segment | null;
	readAt: Segment | null;
	/** DTM+60: the reading belongs to an exchange of the meter. */
	exchange: boolean;
};

/** A register reading whose occasion is told once the whole file is known. */
export type Reading = Omit<RegisterReading, 'occasion'> & { exchange: boolean };

/** What a message holds that goes into no slot. */
export type Rest = {
	registers: Reading[];
	amounts: EnergyAmount[];
	/** Values of other quantities, left out: unit or qualifier, channel, how many, the first of them. */
	skipped: Map<string, RefusalValues & { values: number }>;
	/** First of the times that lay beside their slot, and how many values had one. */
	rounded: RefusalValues | null;
};

/**
 * Reads the segments between UNH and UNT into the sink. Refuses with `segment` and `line`: readings.bad-number, -negative,
 * -too-large, -bad-time, -bad-quality, -bad-unit, -no-slot, -no-time, -slots-differ, -bad-metering-point, -no-metering-point, -bad-syntax.
 */
export class MessageReader {
	readonly #sink: Sink;
	readonly #mark: ',' | '.';
	readonly #place: (document: ReadingDocument) => number;
	readonly #document: ReadingDocument;
	readonly #rest: Rest = { registers: [], amounts: [], skipped: new Map(), rounded: null };
	#meteringPoint: string | null = null;
	#obis: string | null = null;
	#device: string | null = null;
	#series = new Map<string, { index: number; scale: { times: number; over: number }; signed: boolean }>();
	#inLine = false;
	#inLocation = false;
	#value: Value | null = null;
	/** Values of the line that carry no time. */
	#timeless: Segment[] = [];
	#messagePeriod: Period = noPeriod;
	#locationPeriod: Period = noPeriod;
	#linePeriod: Period = noPeriod;
	#row = new SlotRow();
	#rounded: Rounded | null = null;

	#index: number | undefined;

	/** `place` gives the message its place among the documents of the file, from 0, once its number and sender are known. */
	constructor(
		sink: Sink,
		mark: ',' | '.',
		place: (document: ReadingDocument) => number,
		envelope: { sender: string; receiver: string; version: string; test: boolean; part: number },
	) {
		this.#sink = sink;
		this.#mark = mark;
		this.#place = place;
		const { part, ...rest } = envelope;
		const empty = { number: '', type: '', function: 'original', cancels: null, process: null } as const;
		this.#document = { ...empty, documentTime: null, ...rest, values: 0, ...(part > 1 && { part }) };
	}

	/** What is known of the message so far. */
	get document(): ReadingDocument {
		return this.#document;
	}

	get #documentIndex(): number {
		this.#index ??= this.#place(this.#document);
		return this.#index;
	}

	take(segment: Segment): void {
		switch (segment.tag) {
			case 'QTY':
				this.#closeValue();
				this.#value = { segment, from: null, to: null, stoodAt: null, readAt: null, exchange: false };
				break;
			case 'DTM':
				this.#takeTime(segment);
				break;
			case 'STS':
				this.#takeReason(segment);
				break;
			case 'BGM':
				this.#takeBeginning(segment);
				break;
			case 'RFF':
				this.#takeReference(segment);
				break;
			case 'NAD':
				this.#takeParty(segment);
				break;
			case 'LOC':
				this.#takeLocation(segment);
				break;
			case 'LIN':
				this.#closeValue();
				this.#inLine = true;
				this.#turnTo(null);
				break;
			case 'PIA':
				if (at(segment, 1) === '5') this.#turnTo(this.#channelOf(segment));
				break;
		}
	}

	/** Closes the message at its UNT. */
	finish(segment: Segment): Rest & { index: number } {
		this.#closeValue();
		this.#endRow();
		if (this.#document.number === '') this.#refuse('readings.bad-syntax', segment, { text: 'BGM' });
		return { ...this.#rest, rounded: this.#rounded, index: this.#documentIndex };
	}

	#takeBeginning(segment: Segment): void {
		const [type, number, purpose] = [at(segment, 1), at(segment, 2), at(segment, 3)];
		if (number === '' || (purpose !== '9' && purpose !== '1')) {
			this.#refuse('readings.bad-syntax', segment, { text: excerpt(`BGM ${number} ${purpose}`) });
		}
		this.#document.type = type;
		this.#document.number = number;
		this.#document.function = purpose === '1' ? 'cancellation' : 'original';
	}

	#takeReference(segment: Segment): void {
		const [qualifier, text] = [at(segment, 1), at(segment, 1, 1)];
		if (qualifier === 'Z13') this.#document.process = text;
		if (qualifier === 'ACW') this.#document.cancels = text;
		if (qualifier === 'MG' && this.#inLocation) {
			this.#closeValue();
			this.#device = text === '' ? null : excerpt(text);
		}
	}

	#takeReason(segment: Segment): void {
		const [category, reason] = [at(segment, 1), at(segment, 3) || at(segment, 2)];
		if (!reasonCategories.has(category) || !/^[0-9A-Z]{1,4}$/.test(reason)) return;
		const name = `${category}:${reason}`;
		this.#document.reasons ??= {};
		this.#document.reasons[name] = (this.#document.reasons[name] ?? 0) + 1;
	}

	#takeParty(segment: Segment): void {
		this.#closeValue();
		if (at(segment, 1) === 'MS') this.#document.sender = at(segment, 2);
		if (at(segment, 1) === 'MR') this.#document.receiver = at(segment, 2);
		if (at(segment, 1) === 'DP') this.#leaveLocation(null);
	}

	#takeLocation(segment: Segment): void {
		this.#closeValue();
		const text = at(segment, 2);
		const meteringPoint = meteringPointOf(text);
		if (!meteringPoint || isMistypedMaLo(meteringPoint)) {
			this.#refuse('readings.bad-metering-point', segment, { meteringPoint: excerpt(text) });
		}
		this.#leaveLocation(meteringPoint);
	}

	#leaveLocation(meteringPoint: string | null): void {
		this.#turnTo(null);
		this.#meteringPoint = meteringPoint;
		this.#inLine = false;
		this.#inLocation = true;
		this.#device = null;
		this.#locationPeriod = noPeriod;
	}

	#turnTo(obis: string | null): void {
		this.#endRow();
		this.#obis = obis;
		this.#series = new Map();
		this.#linePeriod = noPeriod;
	}

	#endRow(): void {
		if (this.#timeless.length > 0) this.#fill(this.#timeless);
		this.#timeless = [];
		const rounded = this.#row.end();
		if (rounded && this.#rounded) this.#rounded.count += rounded.count;
		else this.#rounded ??= rounded;
		this.#row = new SlotRow();
	}

	#channelOf(segment: Segment): string {
		this.#closeValue();
		const [code, list] = [at(segment, 2), at(segment, 2, 2) || at(segment, 2, 1)];
		const obis = obisOf(code);
		// SRW and Z02 promise an OBIS code; other lists (Z08: AUA, SOL …) name the channel in words.
		if (!obis && (list === 'SRW' || list === 'Z02' || !/^[0-9A-Z][0-9A-Z .:_-]{0,29}$/.test(code))) {
			this.#refuse('readings.bad-syntax', segment, { text: excerpt(`PIA ${code}`) });
		}
		const { type, process } = this.#document;
		// What was curtailed or planned has the code of what was fed in; under another name it is never counted as such.
		const isApart = apartTypes.has(type) || apartProcesses.has(process ?? '');
		return obis && isApart ? `${type} ${obis}` : (obis ?? code);
	}

	#takeTime(segment: Segment): void {
		const qualifier = at(segment, 1);
		const value = this.#value;
		if (isLength(segment)) this.#setPeriod({ length: segment });
		else if (qualifier === '137' && !this.#inLocation) this.#document.documentTime = this.#instantIn(segment);
		else if (qualifier === '293' && !value) this.#document.seriesVersion = this.#instantIn(segment, true);
		else if (qualifier === '163' && value) value.from = segment;
		else if (qualifier === '164' && value) value.to = segment;
		else if (qualifier === '7' && value) value.stoodAt = segment;
		else if (qualifier === '9' && value) value.readAt = segment;
		else if (qualifier === '60' && value) value.exchange = true;
		else if (qualifier === '163') this.#setPeriod({ from: segment });
		else if (qualifier === '164') this.#setPeriod({ to: segment });
		else if (qualifier === '7' || qualifier === '9') this.#setPeriod({ read: segment });
	}

	#instantIn(segment: Segment, withSeconds = false): string {
		const stamp = at(segment, 1, 1);
		// Version stamps count seconds; only their order matters.
		const seconds = withSeconds && at(segment, 1, 2) === '304' ? stamp.slice(12, 14) : '00';
		const whole = seconds === '00' ? segment : withoutSeconds(segment);
		return new Date(minuteIn(whole) * 60_000 + Number(seconds) * 1000).toISOString();
	}

	#setPeriod(part: Partial<Period>): void {
		if (this.#inLine) this.#linePeriod = { ...this.#linePeriod, ...part };
		else if (this.#inLocation) this.#locationPeriod = { ...this.#locationPeriod, ...part };
		else this.#messagePeriod = { ...this.#messagePeriod, ...part };
	}

	/** What the line, its location or the message say of times, the nearest first. */
	get #period(): Period {
		const [line, location, message] = [this.#linePeriod, this.#locationPeriod, this.#messagePeriod];
		return {
			from: line.from ?? location.from ?? message.from,
			to: line.to ?? location.to ?? message.to,
			length: line.length ?? location.length ?? message.length,
			read: line.read ?? location.read ?? message.read,
		};
	}

	#closeValue(): void {
		const value = this.#value;
		if (!value) return;
		this.#value = null;
		const { segment, from, to } = value;
		if (this.#isOther(segment)) return;
		if (from || to) {
			if (!from || !to) refuseTime(from ?? to ?? segment);
			this.#assertPlace(segment);
			const slot = this.#row.take(from, to);
			if (slot) this.#put(segment, slot.start, slot.minutes);
			else this.#takeAmount(segment, minuteIn(from), minuteIn(to));
			return;
		}
		this.#assertPlace(segment);
		const moment = value.stoodAt ?? value.readAt;
		if (moment) this.#takeRegister(segment, minuteIn(moment), value.exchange);
		else this.#timeless.push(segment);
	}

	#assertPlace(segment: Segment): void {
		if (this.#meteringPoint === null) this.#refuse('readings.no-metering-point', segment, {});
	}

	/** Values without times, at the end of their line. */
	#fill(values: readonly Segment[]): void {
		const period = this.#period;
		const [first] = values as [Segment, ...Segment[]];
		if (period.read && !period.from) {
			for (const segment of values) this.#takeRegister(segment, minuteIn(period.read), false);
			return;
		}
		const places = filled(values, period);
		if ('from' in places) this.#takeAmount(first, places.from, places.to);
		else for (const [i, segment] of values.entries()) this.#put(segment, places.starts[i] ?? 0, places.minutes);
	}

	/** Quantities that are no energy (wind speed, irradiance, a maximum of power, a limit) are counted and left out. */
	#isOther(segment: Segment): boolean {
		const [qualifier, unit] = [at(segment, 1), at(segment, 1, 2)];
		const isMaximum = /:(?:\d+)\.(?:2|6|16|26)\.\d+$/.test(this.#obis ?? '');
		if (!otherUnits.has(unit) && !notReadings.has(qualifier) && !isMaximum) return false;
		const channel = excerpt(this.#obis ?? '');
		const what = otherUnits.has(unit) ? unit : notReadings.has(qualifier) ? qualifier : 'KW';
		const name = `${what}|${channel}`;
		const known = this.#rest.skipped.get(name);
		if (known) known.values++;
		else this.#rest.skipped.set(name, { ...{ segment: segment.number, line: segment.line, what, channel }, values: 1 });
		return true;
	}

	#takeRegister(segment: Segment, minute: number, exchange: boolean): void {
		const { wh, rank } = this.#energyIn(segment);
		this.#document.values++;
		// A reading that could not be taken says nothing.
		if (rank === missingRank) return;
		const place = { meteringPoint: this.#meteringPoint, obis: this.#obis, device: this.#device };
		const when = { at: new Date(minute * 60_000).toISOString(), line: segment.line };
		this.#rest.registers.push({ ...place, ...when, wh, rank, exchange, document: this.#documentIndex });
	}

	#takeAmount(segment: Segment, from: number, to: number): void {
		const { wh, rank } = this.#energyIn(segment);
		this.#document.values++;
		if (rank === missingRank) return;
		const place = { meteringPoint: this.#meteringPoint, obis: this.#obis, device: this.#device };
		const period = { from: new Date(from * 60_000).toISOString(), to: new Date(to * 60_000).toISOString() };
		this.#rest.amounts.push({ ...place, ...period, wh, rank, line: segment.line, document: this.#documentIndex });
	}

	/** Energy of a value that fills no slot: what a register showed, or an amount. */
	#energyIn(segment: Segment): { wh: number; rank: number } {
		const rank = this.#rankOf(segment);
		if (rank === missingRank) return { wh: 0, rank };
		const unit = this.#unitOf(segment);
		if (kindOfUnit(unit).power) this.#refuse('readings.bad-unit', segment, { text: excerpt(at(segment, 1, 2)) });
		const text = at(segment, 1, 1);
		const wh = energyOf(text, this.#mark, scaleOf(unit, 60));
		if (Number.isNaN(wh)) this.#refuse('readings.bad-number', segment, { text: excerpt(text) });
		if (wh < 0) this.#refuse('readings.negative', segment, { text: excerpt(text) });
		if (!Number.isSafeInteger(wh)) this.#refuse('readings.too-large', segment, { text: excerpt(text) });
		return { wh, rank };
	}

	#rankOf(segment: Segment): number {
		const rank = ranks.get(at(segment, 1));
		if (rank === undefined) this.#refuse('readings.bad-quality', segment, { text: excerpt(at(segment, 1)) });
		return rank;
	}

	#put(segment: Segment, start: number, slotMinutes: SlotMinutes): void {
		const rank = this.#rankOf(segment);
		const series = this.#seriesOf(segment, slotMinutes);
		this.#document.values++;
		if (rank === missingRank) {
			this.#sink.putMissing(series.index, start, segment.line);
			return;
		}
		const text = at(segment, 1, 1);
		const wh = whOf(text, this.#mark, series.scale);
		if (Number.isNaN(wh)) this.#refuse('readings.bad-number', segment, { text: excerpt(text) });
		if (wh < 0 && !series.signed) this.#refuse('readings.negative', segment, { text: excerpt(text) });
		if (!Number.isFinite(wh)) this.#refuse('readings.too-large', segment, { text: excerpt(text) });
		this.#sink.put(series.index, start, wh, rank, segment.line);
	}

	/** Unit of a value, implied by its channel where it is not given. Refuses readings.bad-unit. */
	#unitOf(segment: Segment): Unit {
		const code = at(segment, 1, 2);
		const given = code === '' ? undefined : unitCodes[code];
		const kind = channelKindOf(this.#obis);
		const implied: Unit = kind.unit === 'kvarh' ? (kind.power ? 'kvar' : 'kvarh') : kind.power ? 'kw' : 'kwh';
		const unit = given ?? implied;
		if ((code !== '' && !given) || (kindOfUnit(unit).of !== kind.unit && this.#obis !== null))
			this.#refuse('readings.bad-unit', segment, { text: excerpt(code) });
		return unit;
	}

	#seriesOf(segment: Segment, slotMinutes: SlotMinutes) {
		const name = `${at(segment, 1, 2)}|${slotMinutes}`;
		const known = this.#series.get(name);
		if (known) return known;
		const unit = this.#unitOf(segment);
		const { of, power } = kindOfUnit(unit);
		// A mean power over a local day has no fixed length; nobody sends that.
		if (power && slotMinutes === 1440) this.#refuse('readings.bad-unit', segment, { text: excerpt(at(segment, 1, 2)) });
		const place = { meteringPoint: this.#meteringPoint, obis: this.#obis, device: null };
		const key = { ...place, unit: of, slotMinutes, document: this.#documentIndex };
		const { signed } = channelKindOf(this.#obis);
		const series = { index: this.#sink.series(key), scale: scaleOf(unit, slotMinutes), signed };
		this.#series.set(name, series);
		return series;
	}

	#refuse(code: string, segment: Segment, values: RefusalValues): never {
		throw new Refusal('invalid', code, { segment: segment.number, line: segment.line, ...values });
	}
}

/** A time in format 304 with its seconds cut off. */
function withoutSeconds(segment: Segment): Segment {
	const [qualifier = '', stamp = '', format = ''] = segment.elements[1] ?? [];
	const cut = `${stamp.slice(0, 12)}00${stamp.slice(14)}`;
	return { ...segment, elements: [segment.elements[0] ?? [], [qualifier, cut, format]] };
}
