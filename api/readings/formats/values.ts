// Puts the values of XML and JSON meter files into the sink: exact, checked, missing where there is none.
import { Refusal } from '../../values/refusal.ts';
import {
	channelKindOf,
	excerpt,
	kindOfUnit,
	type Scale,
	type SlotMinutes,
	scaleOf,
	type Unit,
	unitOf,
	whOf,
} from '../rules.ts';
import type { Sink } from './format.ts';

/** Units of measure by UN/ECE Recommendation 20, as ebIX files write them, beside the usual names. */
const unitCodes: Readonly<Record<string, Unit>> = {
	WHR: 'wh',
	WTT: 'w',
	KWT: 'kw',
	MAW: 'mw',
	K3: 'kvarh',
	KVR: 'kvar',
};

/** A series of the sink with all that turns its amounts into watt-hours. */
export type Channel = { series: number; scale: Scale; signed: boolean };

/** The series of those values in that unit. Refuses readings.bad-unit with `line`: no energy or power, or not what the OBIS code measures. */
export function channelOf(
	sink: Sink,
	key: { meteringPoint: string | null; obis: string | null; device: string | null; slotMinutes: SlotMinutes },
	unitName: string,
	line: number,
): Channel {
	const unit = unitCodes[unitName.toUpperCase()] ?? unitOf(unitName);
	const kind = channelKindOf(key.obis);
	const of = unit && kindOfUnit(unit);
	// A mean power over a local day has no fixed length.
	if (!unit || !of || (key.obis !== null && of.of !== kind.unit) || (of.power && key.slotMinutes === 1440)) {
		throw new Refusal('invalid', 'readings.bad-unit', { line, text: excerpt(unitName) });
	}
	const series = sink.series({ ...key, unit: of.of });
	return { series, scale: scaleOf(unit, key.slotMinutes), signed: kind.signed };
}

/**
 * Puts one amount (plain decimal text, point or comma) at the start of its slot, nothing at all as missing. Refuses with
 * `line`: readings.bad-number, readings.negative, readings.too-large and what the sink refuses.
 */
export function putAmount(
	sink: Sink,
	{ series, scale, signed }: Channel,
	value: { start: number; text: string; rank: number; line: number },
): void {
	const { start, text, rank, line } = value;
	if (text === '') {
		sink.putMissing(series, start, line);
		return;
	}
	const refuse = (code: string): never => {
		throw new Refusal('invalid', code, { line, text: excerpt(text) });
	};
	const wh = whOf(text, text.includes(',') ? ',' : '.', scale);
	if (Number.isNaN(wh)) refuse('readings.bad-number');
	if (wh < 0 && !signed) refuse('readings.negative');
	if (!Number.isFinite(wh)) refuse('readings.too-large');
	sink.put(series, start, wh, rank, line);
	if (sink.exact) sink.putRest(series, start, wh, (Number(text.replace(',', '.')) * scale.times) / scale.over - wh);
}

/** Plain decimal text of a JSON number, '' for null; undefined for anything that is neither a number nor text. */
export function amountText(value: unknown): string | undefined {
	if (value === null || value === undefined) return '';
	if (typeof value === 'string') return value.trim();
	if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
	const text = String(value);
	return text.includes('e') && Math.abs(value) < 1 ? value.toFixed(24) : text;
}
