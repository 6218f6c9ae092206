// Fronius Solar API v1: the energy register of an installation's inverters from GetInverterRealtimeData, or from GetPowerFlowRealtimeData (GEN24).
import { Refusal } from '../../values/refusal.ts';
import { fetchJson } from '../outgoing.ts';
import { excerpt } from '../rules.ts';

/** Registers of the inverters, watt-hours since they were installed, by device id; null while they sleep and do not say. */
export type Registers = Record<string, number>;

const factors: Readonly<Record<string, number>> = { wh: 1, kwh: 1000, mwh: 1_000_000 };
const paths = {
	inverters: '/solar_api/v1/GetInverterRealtimeData.cgi?Scope=System',
	powerFlow: '/solar_api/v1/GetPowerFlowRealtimeData.fcgi',
};

function member(value: unknown, ...names: string[]): unknown {
	let at = value;
	for (const name of names) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
		at = (at as Record<string, unknown>)[name];
	}
	return at;
}

const entriesOf = (value: unknown): [string, unknown][] =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).slice(0, 200) : [];

/** Whole watt-hours of a register, NaN if it is none. */
function whOf(value: unknown, factor = 1): number {
	const wh = typeof value === 'number' ? Math.round(value * factor) : Number.NaN;
	return Number.isSafeInteger(wh) && wh >= 0 ? wh : Number.NaN;
}

/**
 * The registers in an answer, null if it has none (fields vanish at night). TOTAL_ENERGY counts, for the day's and the year's values
 * fall back to zero. Refuses readings.source-device (Head.Status.Code other than 0), readings.source-unreadable.
 */
export function registersOf(answer: unknown): Registers | null {
	const code = member(answer, 'Head', 'Status', 'Code');
	if (typeof code !== 'number')
		throw new Refusal('invalid', 'readings.source-unreadable', { found: excerpt(JSON.stringify(answer) ?? '') });
	if (code !== 0) {
		const reason = member(answer, 'Head', 'Status', 'Reason');
		throw new Refusal('invalid', 'readings.source-device', {
			code,
			reason: excerpt(typeof reason === 'string' ? reason : ''),
		});
	}
	const data = member(answer, 'Body', 'Data');
	const energy = member(data, 'TOTAL_ENERGY');
	const unit = member(energy, 'Unit');
	const factor = factors[typeof unit === 'string' ? unit.toLowerCase() : 'wh'] ?? Number.NaN;
	const single = member(energy, 'Value');
	const values = [
		...entriesOf(member(energy, 'Values')).map(([device, value]): [string, number] => [device, whOf(value, factor)]),
		...(single === undefined ? [] : [['1', whOf(single, factor)] as [string, number]]),
		...entriesOf(member(data, 'Inverters')).map(([device, of]): [string, number] => [
			device,
			whOf(member(of, 'E_Total')),
		]),
	].filter(([, wh]) => !Number.isNaN(wh));
	if (values.length > 0) return Object.fromEntries(values);
	const site = whOf(member(data, 'Site', 'E_Total'));
	return Number.isNaN(site) ? null : { site };
}

/**
 * Asks an inverter for its registers; null while it sleeps. `location` is its base address. Refuses what fetchJson and registersOf refuse.
 */
export async function readRegisters(location: string, allowed: readonly string[]): Promise<Registers | null> {
	const registers = registersOf(await fetchJson(location + paths.inverters, { allowed }));
	if (registers) return registers;
	try {
		return registersOf(await fetchJson(location + paths.powerFlow, { allowed }));
	} catch (error) {
		// Older devices do not know this address; that they know the first one was just seen.
		if (error instanceof Refusal && error.code === 'readings.source-status') return null;
		throw error;
	}
}
