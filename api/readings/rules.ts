// Rules of readings: slot lengths, channels (OBIS), exact watt-hours from text, what a word says about a value's quality.
import { type Quality, qualityRank, slotMaxWh } from '../values/energy.ts';
import { isMaLo, normalised } from '../values/identifiers.ts';

/** Marks a slot without a value inside an array of watt-hours: missing is never zero. It lies outside ±slotMaxWh. */
export const missingWh = -2_147_483_648;

/** Quality rank of a slot without a value. */
export const missingRank: number = qualityRank('missing');

/** Quality rank of values that live sources deliver. */
export const provisionalRank: number = qualityRank('provisional');

/** Lengths of a slot in minutes that a channel can have; 1440 stands for one local day, also where it has 23 or 25 hours. */
export const slotLengths = [5, 10, 15, 30, 60, 1440] as const;
export type SlotMinutes = (typeof slotLengths)[number];

/** True if a channel can have slots of that many minutes. */
export function isSlotLength(minutes: number): minutes is SlotMinutes {
	return (slotLengths as readonly number[]).includes(minutes);
}

/**
 * Length of the slots whose local stamps (minutes since the local 1970-01-01T00:00) these are: the longest step that at
 * least 99 of 100 stamps lie on, so that a stray stamp is refused by its line and not taken for the rule.
 * Undefined if a channel cannot have such slots (half-hours for example), or if fewer than two different stamps are given.
 */
export function slotLengthOf(stamps: readonly number[]): SlotMinutes | undefined {
	if (stamps.every((stamp) => stamp === stamps[0])) return undefined;
	const step = [1440, 60, 30, 20, 15, 12, 10, 6, 5, 3, 2, 1].find(
		(length) => stamps.filter((stamp) => stamp % length === 0).length >= stamps.length * 0.99,
	);
	return step !== undefined && isSlotLength(step) ? step : undefined;
}

/**
 * An OBIS code (Kennziffer, IEC 62056-61) in the one form that channels are stored by: 'A-B:C.D.E' without '*F'.
 * '1.29.0' becomes '1-1:1.29.0' and '1-1:2.29' '1-1:2.29.0'; undefined if the text is none.
 */
export function obisOf(text: string): string | undefined {
	const match = /^(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&]\d{1,3})?$/.exec(
		text.replace(/\s/g, ''),
	);
	if (!match) return undefined;
	const [, medium = '1', channel = '1', quantity, kind, tariff = '0'] = match;
	return [`${Number(medium)}-${Number(channel)}:${Number(quantity)}`, Number(kind), Number(tariff)].join('.');
}

/** What an OBIS code says of a channel's values. */
export type ChannelKind = {
	/** kvarh for the reactive quantities 3 to 8 (Blindarbeit): never production, never added to kilowatt-hours. */
	unit: 'kWh' | 'kvarh';
	/** True if the values are mean power (kW) unless a unit says otherwise. */
	power: boolean;
	/** True if a value may be below zero: net quantities 16, 36, 56, 76 only. */
	signed: boolean;
};

const powerKinds = new Set([4, 5, 6, 7, 14, 15, 24, 25]);

/** What the OBIS code says of the values; a channel without one holds kilowatt-hours that are not negative. */
export function channelKindOf(obis: string | null): ChannelKind {
	const match = obis === null ? null : /:(\d+)\.(\d+)\./.exec(obis);
	if (!match) return { unit: 'kWh', power: false, signed: false };
	const quantity = Number(match[1]);
	return {
		unit: quantity % 20 >= 3 && quantity % 20 <= 8 && quantity < 80 ? 'kvarh' : 'kWh',
		power: powerKinds.has(Number(match[2])),
		signed: quantity % 20 === 16 && quantity < 80,
	};
}

/** The id of a metering point as it is stored: without white space, in capitals. Undefined if it is none (1 to 40 characters of 0–9, A–Z, '.', '_', '-'). */
export function meteringPointOf(text: string): string | undefined {
	const id = normalised(text);
	return /^[0-9A-Z][0-9A-Z._-]{0,39}$/.test(id) ? id : undefined;
}

/** True for eleven digits that look like a market location (Marktlokation) but fail its check digit (E-40): a typing error, refused. */
export function isMistypedMaLo(meteringPoint: string): boolean {
	return /^[1-9]\d{10}$/.test(meteringPoint) && !isMaLo(meteringPoint);
}

const units = {
	wh: { of: 'kWh', power: false, times: 1 },
	kwh: { of: 'kWh', power: false, times: 1000 },
	mwh: { of: 'kWh', power: false, times: 1_000_000 },
	w: { of: 'kWh', power: true, times: 1 },
	kw: { of: 'kWh', power: true, times: 1000 },
	mw: { of: 'kWh', power: true, times: 1_000_000 },
	varh: { of: 'kvarh', power: false, times: 1 },
	kvarh: { of: 'kvarh', power: false, times: 1000 },
	var: { of: 'kvarh', power: true, times: 1 },
	kvar: { of: 'kvarh', power: true, times: 1000 },
} as const;

/** A unit that values come in, in small letters. */
export type Unit = keyof typeof units;

/** The unit of that name, whatever its capitals ('kWh', 'KW'); undefined if it is not one of energy or power. */
export function unitOf(text: string): Unit | undefined {
	const name = text.trim().toLowerCase();
	return name in units ? (name as Unit) : undefined;
}

/** What a unit measures: real or reactive, energy or mean power. */
export function kindOfUnit(unit: Unit): { of: 'kWh' | 'kvarh'; power: boolean } {
	return units[unit];
}

/** A fraction: watt-hours = amount × times ÷ over. */
export type Scale = { times: number; over: number };

/** From an amount in that unit to the watt-hours of one slot: a mean power of 1 kW over 15 minutes is 250 Wh. */
export function scaleOf(unit: Unit, slotMinutes: number): Scale {
	const { power, times } = units[unit];
	return power ? { times: times * slotMinutes, over: 60 } : { times, over: 1 };
}

/**
 * Exact watt-hours of a plain decimal number for a slot, as `energyOf`; ±Infinity if it exceeds what a slot holds (slotMaxWh).
 */
export function whOf(text: string, mark: ',' | '.', scale: Scale): number {
	const wh = energyOf(text, mark, scale);
	return wh > slotMaxWh ? Number.POSITIVE_INFINITY : wh < -slotMaxWh ? Number.NEGATIVE_INFINITY : wh;
}

/**
 * Exact watt-hours of a plain decimal number, halves rounded away from zero ('0,0005' kWh → 1).
 * `mark` is the decimal mark of the file; no grouping, no exponent. NaN if the text is no such number.
 */
export function energyOf(text: string, mark: ',' | '.', scale: Scale): number {
	const match = (mark === ',' ? decimalComma : decimalPoint).exec(text);
	if (!match) return Number.NaN;
	const fraction = match[3] ?? '';
	const digits = match[2] + fraction;
	const whole = Number(digits) * scale.times;
	let wh: number;
	if (fraction.length <= 9 && whole <= Number.MAX_SAFE_INTEGER / 2) {
		const over = 10 ** fraction.length * scale.over;
		const rest = whole % over;
		wh = (whole - rest) / over + (2 * rest >= over ? 1 : 0);
	} else {
		const over = 10n ** BigInt(fraction.length) * BigInt(scale.over);
		wh = Number((2n * BigInt(digits) * BigInt(scale.times) + over) / (2n * over));
	}
	return match[1] === '-' && wh !== 0 ? -wh : wh;
}

const decimalComma = /^([+-]?)(?=[\d,])(\d{0,15})(?:,(\d{1,24}))?$/;
const decimalPoint = /^([+-]?)(?=[\d.])(\d{0,15})(?:\.(\d{1,24}))?$/;

/** Words and codes that grid operators and portals write beside a value, in small letters without punctuation. */
const qualityWords: Readonly<Record<Exclude<Quality, never>, readonly string[]>> = {
	measured: [
		...[
			'',
			'w',
			'm',
			'ww',
			'wahr',
			'wahrer wert',
			'wahre werte',
			'gemessen',
			'messwert',
			'gemessener wert',
			'abgelesen',
		],
		...['measured', 'actual', 'valid', 'gültig', 'ok', 'l1', '220'],
	],
	substitute: ['e', 'ew', 'ersatz', 'ersatzwert', 'substitute', 'substituted', 'l2', '67'],
	provisional: ['v', 'vw', 'vorläufig', 'vorläufiger wert', 'provisional', 'preliminary', 'z18'],
	estimated: [
		...['g', 's', 'p', 'geschätzt', 'schätzwert', 'geschätzter wert', 'prognose', 'prognosewert', 'vorschlagswert'],
		...['estimated', 'estimate', 'forecast', 'l3', '201', '187'],
	],
	missing: [
		...['f', 'n', 'fehlt', 'fehlend', 'fehlender wert', 'fehlwert', 'nicht verwendbar', 'unbrauchbar', 'ungültig'],
		...['kein wert', 'nicht vorhanden', 'missing', 'invalid', '20', 'z30'],
	],
};

const rankOfWord: ReadonlyMap<string, number> = new Map(
	Object.entries(qualityWords).flatMap(([quality, words]) =>
		words.map((word): [string, number] => [word, qualityRank(quality as Quality)]),
	),
);

/**
 * Quality rank a status word or code stands for: W/M measured (wahrer Wert), E substitute (Ersatzwert), V provisional
 * (vorläufig), G estimated (geschätzt), nothing at all measured. Undefined if the word says nothing known.
 */
export function rankOfStatus(text: string): number | undefined {
	return rankOfWord.get(
		text
			.toLowerCase()
			.replace(/[.()[\]"']/g, '')
			.trim(),
	);
}

/**
 * What happens to a slot that already has a value when the same file brings another one. Order does not matter:
 * equal in value and quality is a duplicate, the better quality wins, same quality with another value is a conflict
 * (nobody can know which of the two is right: the file is refused).
 */
export function secondValue(
	held: { wh: number; rank: number },
	brought: { wh: number; rank: number },
): 'duplicate' | 'better' | 'worse' | 'conflict' {
	if (held.rank !== brought.rank) return brought.rank < held.rank ? 'better' : 'worse';
	return held.wh === brought.wh ? 'duplicate' : 'conflict';
}

/** A piece of someone else's file that is safe to show in a refusal: at most 60 characters, no control characters. */
export function excerpt(text: string): string {
	const printable = Array.from(text.slice(0, 240), (c) => (c < ' ' || (c >= '\u007f' && c <= '\u009f') ? '·' : c));
	return printable.length > 60 ? `${printable.slice(0, 59).join('')}…` : printable.join('');
}
