// A SunSpec device for tests: its registers in memory, served over Modbus TCP.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import modbus from 'modbus-serial';

/** A model of the device: its number and its data, register by register. */
export interface Model {
	id: number;
	data: number[];
}

const filled = (length: number, values: Record<number, number>): number[] =>
	Array.from({ length }, (_, i) => values[i] ?? 0xff_ff);
const words = (value: number): [number, number] => [Math.floor(value / 65_536), value % 65_536];
function floatWords(value: number): [number, number] {
	const bytes = Buffer.alloc(4);
	bytes.writeFloatBE(value);
	return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
}
const signed = (value: number): number => (value < 0 ? value + 65_536 : value);

/** Model 1: who made the device, with its serial number. */
export function common(serial: string): Model {
	const text = Buffer.alloc(132);
	text.write('Sonnenwerk', 0);
	text.write(serial, 96);
	return { id: 1, data: Array.from({ length: 66 }, (_, i) => text.readUInt16BE(i * 2)) };
}

/** Models 101 to 103: an inverter's energy as a counter of 32 bits with a scale factor; null: not there. */
export function inverter(id: 101 | 102 | 103, wh: number | null, scale: number | null = 0): Model {
	const [high, low] = words(wh ?? 0xff_ff_ff_ff);
	return { id, data: filled(50, { 22: high, 23: low, 24: scale === null ? 0x80_00 : signed(scale) }) };
}

/** Models 111 to 113: an inverter's energy as a float. */
export function floatInverter(id: 111 | 112 | 113, wh: number): Model {
	const [high, low] = floatWords(wh);
	return { id, data: filled(60, { 30: high, 31: low }) };
}

/** Models 201 to 204: a meter's two directions. */
export function meter(id: 201 | 202 | 203 | 204, exported: number, imported: number, scale = 0): Model {
	const [a, b] = words(exported);
	const [c, d] = words(imported);
	return { id, data: filled(105, { 36: a, 37: b, 44: c, 45: d, 52: signed(scale) }) };
}

/** Models 211 to 214: a meter's two directions as floats. */
export function floatMeter(id: 211 | 212 | 213 | 214, exported: number, imported: number): Model {
	const [a, b] = floatWords(exported);
	const [c, d] = floatWords(imported);
	return { id, data: filled(124, { 58: a, 59: b, 66: c, 67: d }) };
}

/** A running device. */
export interface SunSpecDevice {
	port: number;
	/** where the mark stands; null: it speaks Modbus but not SunSpec */
	start: number | null;
	models: Model[];
	/** answers nothing */
	silent: boolean;
	close: () => Promise<void>;
}

/** A port that is free: the library takes none for its own choice. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Starts a device with unit id 3. */
export async function startSunSpec(): Promise<SunSpecDevice> {
	const port = await freePort();
	const device: SunSpecDevice = { port, start: 40_000, models: [], silent: false, close: async () => {} };
	const registerAt = (address: number): number => {
		const image = [
			0x53_75,
			0x6e_53,
			...device.models.flatMap(({ id, data }) => [id, data.length, ...data]),
			0xff_ff,
			0,
		];
		const value = device.start === null ? undefined : image[address - device.start];
		if (value === undefined) throw Object.assign(new Error('no such register'), { modbusErrorCode: 2 });
		return value;
	};
	const server = new modbus.ServerTCP(
		{
			getHoldingRegister: async (address: number) =>
				device.silent ? new Promise<number>(() => {}) : registerAt(address),
		},
		{ host: '127.0.0.1', port, unitID: 3 },
	);
	await once(server, 'initialized');
	device.close = () => new Promise((resolve) => server.close(() => resolve()));
	return device;
}
