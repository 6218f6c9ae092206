// Green Button (NAESB ESPI): Atom feeds of usage points, meter readings and interval blocks.
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import { channelKindOf, energyOf, excerpt, kindOfUnit, type SlotMinutes, scaleOf, type Unit } from '../../rules.ts';
import type { Facts, Format, Input, RegisterReading, Sink, Warning } from '../format.ts';
import { slotBetween } from '../instants.ts';
import { type Channel, putAmount } from '../values.ts';
import { readXml, rootOf } from '../xml.ts';
import { type Blocks, Entries, type Reading, type ReadingType, type UsagePoint } from './entries.ts';
import { FeedReader } from './feed.ts';

/**
 * Energy (uom 72 Wh), reactive energy (73) and mean power (38, 63) times ten to the power of its multiplier, in intervals of 5 to 60 minutes or a
 * local day. flowDirection 1 (delivered, also where none is given) is 1-1:1.29.0, 19 (reverse) 1-1:2.29.0, 4 (net) 1-1:16.29.0. Cumulative values are registers (…8.0).
 * The feed names no metering point: `device` is the usage point's own id. Intervals are instants, so its time zone
 * does not matter, but days must be German ones. Entries belong together as Entries says. Cost, demand, gas and the like are
 * counted, not read (warning readings.quantities-skipped). Refuses with `line` what readXml refuses, readings.bad-time, -no-slot,
 * -bad-number, -bad-unit, -bad-quality, -negative, -too-large, -not-electricity, -bad-syntax.
 */
export const espi: Format = { name: 'espi', recognise, read };

function recognise(head: Buffer): number {
	if (!/^(feed|entry)$/.test(rootOf(head) ?? '')) return 0;
	return /naesb\.org\/espi|<(?:\w+:)?(IntervalBlock|UsagePoint)\b/.test(head.toString('latin1')) ? 1 : 0;
}

async function read(input: Input, sink: Sink): Promise<Facts> {
	const values = new BlockReader(sink);
	const feed = new FeedReader((blocks) => values.take(blocks), values.entries);
	const encoding = await readXml(input, sink, feed);
	values.end();
	const { registers, warnings } = values;
	return { formatVersion: null, sender: feed.sender, registers, documents: [], warnings, encoding };
}

/** Units of measure that are energy or mean power. */
const units: ReadonlyMap<string, Unit> = new Map([
	['72', 'wh'],
	['73', 'varh'],
	['38', 'w'],
	['63', 'var'],
]);

/** OBIS quantity by flowDirection: delivered, reverse, net; and by what is measured. */
const quantities: ReadonlyMap<string, { real: number; reactive: number }> = new Map([
	...['', '0', '1'].map((code): [string, { real: number; reactive: number }] => [code, { real: 1, reactive: 3 }]),
	['19', { real: 2, reactive: 4 }],
	['4', { real: 16, reactive: 3 }],
]);

/** Readings that wait for the entries they belong to: nearly thirty years of quarter-hours. */
const mostWaiting = 1_000_000;

type Measure = { unit: Unit; obis: string; power: number; isRegister: boolean };

class BlockReader {
	readonly entries = new Entries();
	readonly registers: RegisterReading[] = [];
	readonly warnings: Warning[] = [];
	readonly #sink: Sink;
	readonly #channels = new Map<string, Channel>();
	#waiting: Blocks[] = [];
	#waitingCount = 0;
	#put = 0;
	#skipped: { count: number; line: number; text: string } | null = null;

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	take(blocks: Blocks): void {
		if (blocks.readings.length === 0 || this.#putBlocks(blocks, false)) return;
		this.#waiting.push(blocks);
		this.#waitingCount += blocks.readings.length;
		if (this.#waitingCount > mostWaiting) this.#refuseUntyped(blocks);
	}

	end(): void {
		for (const blocks of this.#waiting) if (!this.#putBlocks(blocks, true)) this.#refuseUntyped(blocks);
		this.#waiting = [];
		if (!this.#skipped) return;
		const { line, text } = this.#skipped;
		if (this.#put === 0 && text === 'Gas') refuse('readings.not-electricity', line, { medium: text });
		if (this.#put === 0) refuse('readings.bad-unit', line, { text });
		this.warnings.push({ code: 'readings.quantities-skipped', values: { ...this.#skipped } });
	}

	#refuseUntyped({ readings }: Blocks): never {
		refuse('readings.bad-syntax', readings[0]?.line ?? 1, { text: 'IntervalBlock without ReadingType' });
	}

	#putBlocks(blocks: Blocks, whole: boolean): boolean {
		const place = this.entries.placeOf(blocks, whole);
		if (!place) return false;
		const { type, usagePoint } = place;
		const { readings } = blocks;
		const measure = measureOf(type, usagePoint);
		if (typeof measure === 'string') {
			this.#skipped ??= { count: 0, line: readings[0]?.line ?? 1, text: measure };
			this.#skipped.count += readings.length;
			return true;
		}
		const device = excerpt(usagePoint?.self.split('/').at(-1) ?? '') || null;
		for (const reading of readings) {
			const { line } = reading;
			const duration = Number.isNaN(reading.duration) ? Number(type.intervalLength || Number.NaN) : reading.duration;
			const start = reading.start + (reading.place === 0 ? 0 : reading.place * duration);
			if (measure.isRegister) this.#takeRegister(reading, measure, { device, until: start + (duration || 0) });
			else {
				if (!Number.isInteger(start / 60)) refuse('readings.bad-time', line, { text: String(start) });
				const slotMinutes = slotBetween(start / 60, (start + duration) / 60);
				if (!slotMinutes) refuse('readings.no-slot', line, { text: String(duration), minutes: duration / 60 });
				const channel = this.#channelOf(measure, slotMinutes, device, line);
				putAmount(this.#sink, channel, { start: start / 60, text: reading.text, rank: reading.rank, line });
			}
		}
		this.#put += readings.length;
		return true;
	}

	#channelOf(measure: Measure, slotMinutes: SlotMinutes, device: string | null, line: number): Channel {
		const { unit, obis, power } = measure;
		const name = [unit, obis, power, slotMinutes, device].join('|');
		const known = this.#channels.get(name);
		if (known) return known;
		const { of, power: isPower } = kindOfUnit(unit);
		if (isPower && slotMinutes === 1440) refuse('readings.bad-unit', line, { text: unit });
		const series = this.#sink.series({ meteringPoint: null, obis, device, unit: of, slotMinutes });
		const channel = { series, scale: scaled(unit, slotMinutes, power), signed: channelKindOf(obis).signed };
		this.#channels.set(name, channel);
		return channel;
	}

	#takeRegister(
		{ text, rank, line }: Reading,
		{ unit, obis, power }: Measure,
		of: { device: string | null; until: number },
	): void {
		if (text === '') return;
		const wh = energyOf(text, '.', scaled(unit, 60, power));
		if (!Number.isSafeInteger(wh) || !Number.isFinite(of.until))
			refuse('readings.bad-number', line, { text: excerpt(text) });
		if (wh < 0) refuse('readings.negative', line, { text: excerpt(text) });
		const at = new Date(of.until * 1000).toISOString();
		this.registers.push({ meteringPoint: null, obis, device: of.device, at, wh, rank, occasion: 'reading', line });
	}
}

function scaled(unit: Unit, slotMinutes: number, power: number): { times: number; over: number } {
	const { times, over } = scaleOf(unit, slotMinutes);
	return power < 0 ? { times, over: over * 10 ** -power } : { times: times * 10 ** power, over };
}

/** What the readings of that type are; a word for them where they are nothing to read. */
function measureOf(type: ReadingType, usagePoint: UsagePoint | null): Measure | string {
	const { accumulationBehaviour, commodity, flowDirection, dataQualifier, powerOfTenMultiplier, uom } = type;
	const service = usagePoint?.kind ?? '';
	if (service === '1' || commodity === '7') return 'Gas';
	if (service !== '' && service !== '0') return `ServiceCategory ${excerpt(service)}`;
	if (!['', '0', '1', '2'].includes(commodity)) return `commodity ${excerpt(commodity)}`;
	const unit = units.get(uom);
	const quantity = quantities.get(flowDirection);
	const power = Number(powerOfTenMultiplier || '0');
	if (!unit || !Number.isInteger(power) || Math.abs(power) > 12) return `uom ${excerpt(uom)}`;
	if (!quantity) return `flowDirection ${excerpt(flowDirection)}`;
	const { of, power: isPower } = kindOfUnit(unit);
	// A power that is no mean (2) says nothing of the energy between two of its values.
	if (isPower && dataQualifier !== '2') return `uom ${excerpt(uom)}`;
	const isRegister = ['1', '2', '3'].includes(accumulationBehaviour) && !isPower;
	if (!isRegister && !isPower && !['', '0', '4', '9'].includes(accumulationBehaviour)) {
		return `accumulationBehaviour ${excerpt(accumulationBehaviour)}`;
	}
	const obis = `1-1:${of === 'kvarh' ? quantity.reactive : quantity.real}.${isRegister ? 8 : 29}.0`;
	return { unit, obis, power, isRegister };
}

function refuse(code: string, line: number, values: RefusalValues): never {
	throw new Refusal('invalid', code, { line, ...values });
}
