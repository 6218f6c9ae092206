// Austrian ConsumptionRecord (EDA, ebUtilities): energy of metering points by quarter-hour, hour or day, with the suffixes of energy communities.
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import { excerpt, isSlotLength, meteringPointOf, missingRank, rankOfStatus } from '../../rules.ts';
import type { Facts, Format, Input, ReadingDocument, Sink, Warning } from '../format.ts';
import { instantOf, minuteOf, slotBetween } from '../instants.ts';
import { type Channel, channelOf, putAmount } from '../values.ts';
import { type Attributes, readXml, rootOf, type XmlListener } from '../xml.ts';
import { edaChannelOf } from './codes.ts';

/**
 * ConsumptionRecord in every version (01p00 to 01p41 and later), several processes, energies and meter codes in one file.
 * L1 is measured, L2 substitute, L3 estimated. Codes with a suffix other than G.01 are channels of their own that no
 * production is read from (see edaChannelOf; warning readings.shares-apart {codes}). NumberOfMeteringIntervall must be
 * what each EnergyData holds. Refuses with `line` what readXml refuses, readings.wrong-count, -bad-time, -no-slot,
 * -bad-number, -bad-quality, -bad-unit, -negative, -bad-metering-point, -no-metering-point, -not-electricity, -bad-syntax.
 */
export const eda: Format = { name: 'eda', recognise: (head) => (rootOf(head) === 'ConsumptionRecord' ? 1 : 0), read };

async function read(input: Input, sink: Sink): Promise<Facts> {
	const record = new RecordReader(sink);
	const encoding = await readXml(input, sink, record);
	return record.facts(encoding);
}

/** MeteringIntervall and the slots it stands for. */
const intervals: ReadonlyMap<string, number> = new Map([
	['QH', 15],
	['H', 60],
	['D', 1440],
]);

type Value = { from: string; to: string; quality: string; amount: string };
type Energy = { interval: string; declared: string };
type Data = { code: string; unit: string; counted: number; channels: Map<number, Channel>; last: number | undefined };

class RecordReader implements XmlListener {
	readonly #sink: Sink;
	readonly #documents: ReadingDocument[] = [];
	readonly #apart = new Map<string, number>();
	#firstApart = 0;
	#version: string | null = null;
	#envelope = { sender: '', receiver: '', type: '', documentTime: null as string | null, test: false };
	#document: ReadingDocument | null = null;
	#meteringPoint: string | null = null;
	#energy: Energy = { interval: '', declared: '' };
	#data: Data | null = null;
	#value: Value = { from: '', to: '', quality: '', amount: '' };

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	opened(path: readonly string[], attributes: Attributes, line: number): void {
		switch (path.at(-1)) {
			case 'ConsumptionRecord':
				this.#version =
					Object.values(attributes)
						.map((value) => /consumptionrecord\/(\d\dp\d\d)$/i.exec(value)?.[1])
						.find(Boolean) ?? null;
				break;
			case 'MarketParticipantDirectory':
				this.#version = attributes.SchemaVersion ?? this.#version;
				this.#envelope.test = /^(SIMU|TEST)/i.test(attributes.DocumentMode ?? '');
				break;
			case 'ProcessDirectory':
				this.#beginDocument();
				break;
			case 'Energy':
				this.#energy = { interval: '', declared: '' };
				break;
			case 'EnergyData':
				this.#beginData(attributes, line);
				break;
			case 'EP':
				this.#value = { from: '', to: '', quality: '', amount: '' };
				break;
		}
	}

	closed(path: readonly string[], text: string, line: number): void {
		const name = path.at(-1);
		const parent = path.at(-2);
		if (parent === 'EP') this.#takePart(name, text);
		else if (name === 'EP') this.#takeValue(line);
		else if (name === 'EnergyData') this.#finishData(line);
		else if (parent === 'Energy') {
			if (name === 'MeteringIntervall' || name === 'MeteringInterval') this.#energy.interval = text;
			if (name === 'NumberOfMeteringIntervall' || name === 'NumberOfMeteringInterval') this.#energy.declared = text;
		} else if (parent === 'ProcessDirectory') this.#takeProcess(name, text, line);
		else this.#takeEnvelope(path, text, line);
	}

	facts(encoding: string): Facts {
		const warnings: Warning[] = [];
		if (this.#apart.size > 0) {
			const count = [...this.#apart.values()].reduce((sum, one) => sum + one, 0);
			const codes = excerpt([...this.#apart.keys()].join(', '));
			warnings.push({ code: 'readings.shares-apart', values: { line: this.#firstApart, codes, count } });
		}
		const sender = this.#envelope.sender || null;
		return { formatVersion: this.#version, sender, registers: [], documents: this.#documents, warnings, encoding };
	}

	#takeEnvelope(path: readonly string[], text: string, line: number): void {
		const name = path.at(-1);
		if (name === 'MessageAddress' && path.includes('Sender')) this.#envelope.sender = excerpt(text);
		else if (name === 'MessageAddress' && path.includes('Receiver')) this.#envelope.receiver = excerpt(text);
		else if (name === 'MessageCode') this.#envelope.type = excerpt(text);
		else if (name === 'DocumentCreationDateTime') {
			const at = instantOf(text);
			this.#envelope.documentTime = at === undefined ? null : new Date(at).toISOString();
		} else if (name === 'Sector' && text !== '' && text !== '01') {
			this.#refuse('readings.not-electricity', line, { medium: text === '02' ? 'Gas' : excerpt(text) });
		}
	}

	#beginDocument(): void {
		const { sender, receiver, type, documentTime, test } = this.#envelope;
		const version = this.#version ?? '';
		this.#document = {
			...{ number: '', type, function: 'original', cancels: null, sender, receiver, process: null },
			...{ version, documentTime, test, values: 0 },
		};
		this.#documents.push(this.#document);
		this.#meteringPoint = null;
	}

	#takeProcess(name: string | undefined, text: string, line: number): void {
		if (name === 'MessageId' && this.#document) this.#document.number = excerpt(text);
		if (name !== 'MeteringPoint') return;
		const meteringPoint = meteringPointOf(text);
		if (!meteringPoint) this.#refuse('readings.bad-metering-point', line, { meteringPoint: excerpt(text) });
		this.#meteringPoint = meteringPoint;
	}

	#beginData(attributes: Attributes, line: number): void {
		const [code = '', unit = ''] = [attributes.MeterCode, attributes.UOM];
		const channel = edaChannelOf(code);
		if (!channel) this.#refuse('readings.bad-syntax', line, { text: excerpt(`MeterCode ${code}`) });
		if (channel.apart && !this.#apart.has(code)) this.#apart.set(excerpt(code), 0);
		if (channel.apart && this.#firstApart === 0) this.#firstApart = line;
		this.#data = { code, unit, counted: 0, channels: new Map(), last: undefined };
	}

	#finishData(line: number): void {
		const [declared, counted] = [this.#energy.declared, this.#data?.counted ?? 0];
		if (declared !== '' && declared !== String(counted)) {
			this.#refuse('readings.wrong-count', line, { tag: 'EnergyData', declared: excerpt(declared), counted });
		}
		this.#data = null;
	}

	#takePart(name: string | undefined, text: string): void {
		if (name === 'DTF') this.#value.from = text;
		else if (name === 'DTT') this.#value.to = text;
		else if (name === 'MM') this.#value.quality = text;
		else if (name === 'BQ') this.#value.amount = text;
	}

	#takeValue(line: number): void {
		const data = this.#data;
		if (!data || !this.#document) this.#refuse('readings.bad-syntax', line, { text: 'EP' });
		const { from, to, quality, amount } = this.#value;
		const start = minuteOf(from, data.last);
		if (start === undefined) this.#refuse('readings.bad-time', line, { text: excerpt(from) });
		data.last = start;
		const slotMinutes = this.#slotOf(start, to, line);
		let channel = data.channels.get(slotMinutes);
		if (!channel) {
			channel = this.#channelOf(data, slotMinutes, line);
			data.channels.set(slotMinutes, channel);
		}
		const rank = rankOfStatus(quality);
		if (rank === undefined) this.#refuse('readings.bad-quality', line, { text: excerpt(quality) });
		putAmount(this.#sink, channel, { start, text: rank === missingRank ? '' : amount, rank, line });
		data.counted++;
		this.#document.values++;
		const parts = this.#apart.get(data.code);
		if (parts !== undefined) this.#apart.set(data.code, parts + 1);
	}

	#slotOf(start: number, to: string, line: number): number {
		const named = intervals.get(this.#energy.interval);
		if (to === '') {
			if (named === undefined) this.#refuse('readings.no-slot', line, { text: excerpt(this.#energy.interval) });
			return named;
		}
		const end = minuteOf(to, start);
		if (end === undefined) this.#refuse('readings.bad-time', line, { text: excerpt(to) });
		const slot = slotBetween(start, end);
		if (slot === undefined || (named !== undefined && named !== slot)) {
			this.#refuse('readings.no-slot', line, { minutes: end - start, text: excerpt(this.#energy.interval) });
		}
		return slot;
	}

	#channelOf({ code, unit }: Data, slotMinutes: number, line: number): Channel {
		if (this.#meteringPoint === null) this.#refuse('readings.no-metering-point', line, {});
		const obis = edaChannelOf(code)?.obis ?? null;
		if (!isSlotLength(slotMinutes)) this.#refuse('readings.no-slot', line, { minutes: slotMinutes });
		return channelOf(this.#sink, { meteringPoint: this.#meteringPoint, obis, device: null, slotMinutes }, unit, line);
	}

	#refuse(code: string, line: number, values: RefusalValues): never {
		throw new Refusal('invalid', code, { line, ...values });
	}
}
