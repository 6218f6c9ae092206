// SunSpec: where in a model's registers energy and scale factor stand, and what they say. Nothing is read here, only understood.

/** Where a device may begin, counted from zero. */
export const sunSpecStarts = [40_000, 0, 50_000] as const;

/** The mark at the beginning: 'SunS'. */
export const sunSpecMark = 0x53_75_6e_53;

/** The model that ends the chain. */
export const lastModel = 0xff_ff;

/** A counter of a model: what was produced or fed in ('export'), or taken from the grid ('import'). */
interface Counter {
	direction: 'export' | 'import';
	/** register within the model's data where it stands, two of them */
	at: number;
	/** register of its scale factor; of a float none */
	scaleAt?: number;
}

/** A model that counts energy; the first registers of its data are needed. */
export interface EnergyModel {
	kind: 'inverter' | 'meter';
	length: number;
	counters: readonly Counter[];
}

const integerInverter: EnergyModel = {
	kind: 'inverter',
	length: 50,
	counters: [{ direction: 'export', at: 22, scaleAt: 24 }],
};
const floatInverter: EnergyModel = { kind: 'inverter', length: 60, counters: [{ direction: 'export', at: 30 }] };
const integerMeter: EnergyModel = {
	kind: 'meter',
	length: 105,
	counters: [
		{ direction: 'export', at: 36, scaleAt: 52 },
		{ direction: 'import', at: 44, scaleAt: 52 },
	],
};
const floatMeter: EnergyModel = {
	kind: 'meter',
	length: 124,
	counters: [
		{ direction: 'export', at: 58 },
		{ direction: 'import', at: 66 },
	],
};

/** The model of that number if it counts energy: inverters 101–103 and 111–113, meters 201–204 and 211–214. */
export function energyModelOf(id: number): EnergyModel | undefined {
	if (id >= 101 && id <= 103) return integerInverter;
	if (id >= 111 && id <= 113) return floatInverter;
	if (id >= 201 && id <= 204) return integerMeter;
	if (id >= 211 && id <= 214) return floatMeter;
	return undefined;
}

/** What a counter shows, in watt-hours, and after how many it begins at zero again. */
export interface Counted {
	direction: 'export' | 'import';
	wh: number;
	rolloverWh?: number;
}

/**
 * What the counters in a model's data show; those the device does not have are left out (accumulators at zero or all ones, scale factor
 * 0x8000, NaN). `data` is one block, read at once: a scale factor of another moment would belong to another number.
 */
export function countersIn(model: EnergyModel, data: Buffer): Counted[] {
	return model.counters.flatMap(({ direction, at, scaleAt }): Counted[] => {
		if (data.length < (Math.max(at + 1, scaleAt ?? 0) + 1) * 2) return [];
		if (scaleAt === undefined) {
			const wh = Math.round(data.readFloatBE(at * 2));
			return Number.isSafeInteger(wh) && wh > 0 ? [{ direction, wh }] : [];
		}
		const raw = data.readUInt32BE(at * 2);
		const exponent = data.readInt16BE(scaleAt * 2);
		if (raw === 0 || raw === 0xff_ff_ff_ff || exponent < -10 || exponent > 10) return [];
		const scale = (value: number) => (exponent < 0 ? Math.round(value / 10 ** -exponent) : value * 10 ** exponent);
		const wh = scale(raw);
		return Number.isSafeInteger(wh) ? [{ direction, wh, rolloverWh: scale(2 ** 32) }] : [];
	});
}

/** The serial number in the data of model 1 (common); '' if it has none. */
export function serialIn(common: Buffer): string {
	const text = common.subarray(96, 128).toString('latin1');
	return text.replace(/[^\x20-\x7e]+/g, '').trim();
}
