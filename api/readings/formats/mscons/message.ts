// One MSCONS message: who it is from, which metering points and channels it speaks of, and its values.
import { qualityRank } from '../../../values/energy.ts';
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import {
	channelKindOf,
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
import type { ReadingDocument, Sink } from '../format.ts';
import { at, type Segment } from './segments.ts';
import { type Rounded, refuseTime, SlotRow } from './slots.ts';
import { minuteOf } from './times.ts';

/** QTY qualifiers (DE 6063); 46 and 79 are measured values of older Swiss messages. */
const ranks: ReadonlyMap<string, number> = new Map([
	...['220', '46', '79'].map((code): [string, number] => [code, qualityRank('measured')]),
	['67', qualityRank('substitute')],
	['Z18', qualityRank('provisional')],
	...['201', '187'].map((code): [string, number] => [code, qualityRank('estimated')]),
	...['20', 'Z30'].map((code): [string, number] => [code, missingRank]),
]);

/** Units of measure (DE 6411, UN/ECE Recommendation 20). D54 (W/m²), MTS (m/s) and the like are no energy. */
const unitCodes: Readonly<Record<string, Unit>> = {
	WHR: 'wh',
	KWH: 'kwh',
	MWH: 'mwh',
	WTT: 'w',
	KWT: 'kw',
	MAW: 'mw',
	K3: 'kvarh',
	KVR: 'kvar',
};

type Value = { segment: Segment; from: Segment | null; to: Segment | null };

/**
 * Reads the segments between UNH and UNT into the sink. Refuses with `segment` and `line`: readings.bad-number, -negative,
 * -too-large, -bad-time, -bad-quality, -bad-unit, -no-slot, -bad-metering-point, -no-metering-point, -bad-syntax.
 */
export class MessageReader {
	readonly #sink: Sink;
	readonly #mark: ',' | '.';
	readonly #document: ReadingDocument;
	#meteringPoint: string | null = null;
	#obis: string | null = null;
	#series = new Map<string, { index: number; scale: { times: number; over: number }; signed: boolean }>();
	#inLine = false;
	#value: Value | null = null;
	#row = new SlotRow();
	#rounded: Rounded | null = null;
	#registers = 0;
	#firstRegister: RefusalValues | null = null;

	constructor(
		sink: Sink,
		mark: ',' | '.',
		envelope: { sender: string; receiver: string; version: string; test: boolean },
	) {
		this.#sink = sink;
		this.#mark = mark;
		const { sender, receiver, version, test } = envelope;
		const empty = {
			number: '',
			type: '',
			function: 'original',
			cancels: null,
			process: null,
			documentTime: null,
		} as const;
		this.#document = { ...empty, sender, receiver, version, test, values: 0 };
	}

	take(segment: Segment): void {
		switch (segment.tag) {
			case 'QTY':
				this.#closeValue();
				this.#value = { segment, from: null, to: null };
				break;
			case 'DTM':
				this.#takeTime(segment);
				break;
			case 'BGM':
				this.#takeBeginning(segment);
				break;
			case 'RFF':
				if (at(segment, 1) === 'Z13') this.#document.process = at(segment, 1, 1);
				if (at(segment, 1) === 'ACW') this.#document.cancels = at(segment, 1, 1);
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
	finish(segment: Segment): {
		document: ReadingDocument;
		registers: number;
		firstRegister: RefusalValues | null;
		/** First of the times that lay beside their slot, and how many values had one. */
		rounded: RefusalValues | null;
	} {
		this.#closeValue();
		this.#endRow();
		if (this.#document.number === '') this.#refuse('readings.bad-syntax', segment, { text: 'BGM' });
		return {
			document: this.#document,
			registers: this.#registers,
			firstRegister: this.#firstRegister,
			rounded: this.#rounded,
		};
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
		this.#meteringPoint = meteringPoint;
		this.#inLine = false;
		this.#turnTo(null);
	}

	#turnTo(obis: string | null): void {
		this.#endRow();
		this.#obis = obis;
		this.#series = new Map();
	}

	#endRow(): void {
		const rounded = this.#row.end();
		if (rounded && this.#rounded) this.#rounded.count += rounded.count;
		else this.#rounded ??= rounded;
		this.#row = new SlotRow();
	}

	#channelOf(segment: Segment): string {
		this.#closeValue();
		const [code, list] = [at(segment, 2), at(segment, 2, 2) || at(segment, 2, 1)];
		const obis = obisOf(code);
		if (obis) return obis;
		// SRW and Z02 promise an OBIS code; other lists (Z08: AUA, SOL …) name the channel in words.
		if (list === 'SRW' || list === 'Z02' || !/^[0-9A-Z][0-9A-Z .:_-]{0,39}$/.test(code)) {
			this.#refuse('readings.bad-syntax', segment, { text: excerpt(`PIA ${code}`) });
		}
		return code;
	}

	#takeTime(segment: Segment): void {
		const qualifier = at(segment, 1);
		if (qualifier === '137' && !this.#inLine) {
			const minute = minuteOf(at(segment, 1, 1), at(segment, 1, 2));
			if (minute === undefined) refuseTime(segment);
			this.#document.documentTime = new Date(minute * 60_000).toISOString();
		} else if (this.#value && qualifier === '163') this.#value.from = segment;
		else if (this.#value && qualifier === '164') this.#value.to = segment;
	}

	#closeValue(): void {
		const value = this.#value;
		if (!value) return;
		this.#value = null;
		const { segment, from, to } = value;
		if (!from && !to) {
			this.#countRegister(segment);
			return;
		}
		if (!from || !to) refuseTime(from ?? to ?? segment);
		if (this.#meteringPoint === null) this.#refuse('readings.no-metering-point', segment, {});
		const slot = this.#row.take(from, to);
		if (slot) this.#put(segment, slot.start, slot.minutes);
		else this.#countRegister(segment);
	}

	#put(segment: Segment, start: number, slotMinutes: SlotMinutes): void {
		const [qualifier, text, unitCode] = [at(segment, 1), at(segment, 1, 1), at(segment, 1, 2)];
		const rank = ranks.get(qualifier);
		if (rank === undefined) this.#refuse('readings.bad-quality', segment, { text: excerpt(qualifier) });
		const series = this.#seriesOf(segment, unitCode, slotMinutes);
		this.#document.values++;
		if (rank === missingRank) {
			this.#sink.putMissing(series.index, start, segment.line);
			return;
		}
		const wh = whOf(text, this.#mark, series.scale);
		if (Number.isNaN(wh)) this.#refuse('readings.bad-number', segment, { text: excerpt(text) });
		if (wh < 0 && !series.signed) this.#refuse('readings.negative', segment, { text: excerpt(text) });
		if (!Number.isFinite(wh)) this.#refuse('readings.too-large', segment, { text: excerpt(text) });
		this.#sink.put(series.index, start, wh, rank, segment.line);
	}

	#seriesOf(segment: Segment, unitCode: string, slotMinutes: SlotMinutes) {
		const name = `${unitCode}|${slotMinutes}`;
		const known = this.#series.get(name);
		if (known) return known;
		const kind = channelKindOf(this.#obis);
		const given = unitCode === '' ? undefined : unitCodes[unitCode];
		const implied: Unit = kind.unit === 'kvarh' ? (kind.power ? 'kvar' : 'kvarh') : kind.power ? 'kw' : 'kwh';
		const unit = given ?? implied;
		const { of, power } = kindOfUnit(unit);
		// A mean power over a local day has no fixed length; nobody sends that.
		if ((unitCode !== '' && !given) || (of !== kind.unit && this.#obis !== null) || (power && slotMinutes === 1440)) {
			this.#refuse('readings.bad-unit', segment, { text: excerpt(unitCode) });
		}
		const { signed } = kind;
		const key = { meteringPoint: this.#meteringPoint, obis: this.#obis, device: null, unit: of, slotMinutes };
		const series = { index: this.#sink.series(key), scale: scaleOf(unit, slotMinutes), signed };
		this.#series.set(name, series);
		return series;
	}

	#countRegister(segment: Segment): void {
		this.#registers++;
		this.#firstRegister ??= {
			segment: segment.number,
			line: segment.line,
			document: excerpt(this.#document.number),
			process: excerpt(this.#document.process ?? ''),
		};
	}

	#refuse(code: string, segment: Segment, values: RefusalValues): never {
		throw new Refusal('invalid', code, { segment: segment.number, line: segment.line, ...values });
	}
}
