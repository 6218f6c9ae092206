// Modbus TCP: walks the models of a SunSpec device and reads its energy counters, each with its scale factor in one block.
import { Refusal } from '../../values/refusal.ts';
import { connectTo, targetOf, unreached } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import type { Asked } from './ask.ts';
import type { Observation } from './observation.ts';
import {
	countersIn,
	type EnergyModel,
	energyModelOf,
	lastModel,
	serialIn,
	sunSpecMark,
	sunSpecStarts,
} from './sunspec.ts';

/** Reads so many holding registers from an address, counted from zero. */
type Read = (address: number, length: number) => Promise<Buffer>;

interface Counters {
	kind: EnergyModel['kind'];
	direction: 'export' | 'import';
	shown: Record<string, number>;
	rolloverWh: number | undefined;
}

const answerMs = 5_000;
const modelsAtMost = 60;
/** However slowly a device answers, then it is enough. */
const lookMs = 30_000;

/**
 * The counters of a device, one entry for inverters and for each direction of its meters, by serial number: a device that was exchanged
 * shows as another. Refuses readings.source-no-sunspec, readings.source-no-energy-model.
 */
async function walk(read: Read): Promise<Counters[]> {
	const start = await startOf(read);
	let address = start + 2;
	let serial = '';
	let known = 0;
	const all = new Map<string, Counters>();
	for (let model = 0; model < modelsAtMost; model++) {
		const head = await read(address, 2);
		const [id, length] = [head.readUInt16BE(0), head.readUInt16BE(2)];
		if (id === lastModel || length === 0) break;
		if (id === 1) serial = serialIn(await read(address + 2, Math.min(length, 66)));
		const energy = energyModelOf(id);
		if (energy) {
			known++;
			const data = await read(address + 2, Math.min(length, energy.length));
			for (const { direction, wh, rolloverWh } of countersIn(energy, data)) {
				const name = `${energy.kind} ${direction}`;
				const one = all.get(name) ?? { kind: energy.kind, direction, shown: {}, rolloverWh };
				const count = Object.keys(one.shown).length;
				one.shown[count === 0 ? serial : `${serial} ${count + 1}`] = wh;
				all.set(name, one);
			}
		}
		address += 2 + length;
	}
	if (known === 0) throw new Refusal('invalid', 'readings.source-no-energy-model');
	return [...all.values()];
}

async function startOf(read: Read): Promise<number> {
	for (const start of sunSpecStarts) {
		try {
			if ((await read(start, 2)).readUInt32BE(0) === sunSpecMark) return start;
		} catch (error) {
			// A device that has no such registers says so; one that says nothing is away.
			if ((error as { modbusCode?: number }).modbusCode === undefined) throw error;
		}
	}
	throw new Refusal('invalid', 'readings.source-no-sunspec');
}

/**
 * Asks the device at 'modbus://host/unit' for its counters. The series '' is what inverters produced, or what the meter fed in where
 * there is no inverter; 'export' and 'import' are those of the meter. Null while none of them shows anything (asleep). Refuses what targetOf,
 * connectTo and walk refuse, and readings.source-device (the device answers with a fault).
 */
export async function readSunSpec({ location, channels, allowed, now }: Asked): Promise<Observation[] | null> {
	const url = new URL(location);
	const socket = await connectTo(await targetOf(url, allowed));
	socket.on('error', () => {});
	const timer = setTimeout(() => socket.destroy(), lookMs);
	try {
		const { default: modbus } = await import('modbus-serial');
		const client = new modbus.default();
		client.setTimeout(answerMs);
		await client.linkTCP(socket, { port: Number(url.port) });
		client.setID(Number(url.pathname.slice(1) || 1));
		const found = await walk(async (address, length) => (await client.readHoldingRegisters(address, length)).buffer);
		const atMs = now().getTime();
		const observations = channels.flatMap(({ name }): Observation[] => {
			const one =
				name === ''
					? (found.find(({ kind }) => kind === 'inverter') ?? found.find(({ direction }) => direction === 'export'))
					: found.find(({ kind, direction }) => kind === 'meter' && direction === name);
			return one ? [{ channel: name, atMs, shown: one.shown, rolloverWh: one.rolloverWh }] : [];
		});
		return observations.length > 0 ? observations : null;
	} catch (error) {
		const { modbusCode, message } = error as { modbusCode?: number; message?: string };
		if (modbusCode !== undefined)
			throw new Refusal('invalid', 'readings.source-device', { code: modbusCode, reason: excerpt(message ?? '') });
		throw unreached(error);
	} finally {
		clearTimeout(timer);
		socket.destroy();
	}
}
