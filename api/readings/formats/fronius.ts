// Fronius Solar API answers kept as files: registers of inverters and meters, and the archive's energy per interval.
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { excerpt, isSlotLength, type SlotMinutes, slotLengthOf } from '../rules.ts';
import type { Facts, Format, Input, RegisterReading, Sink } from './format.ts';
import { instantOf } from './instants.ts';
import { answerText, jsonStart, memberOf, membersOf, parsed } from './json.ts';
import { amountText, channelOf, putAmount } from './values.ts';

/**
 * GetInverterRealtimeData (device or system) and GetPowerFlowRealtimeData: total energy of each inverter at Head.Timestamp as register
 * 1-n:2.8.0, n and `device` its number, so that two inverters are never taken for one that was exchanged. GetMeterRealtimeData:
 * registers of the grid meter (1.8.0, 2.8.0, reactive 3.8.0, 4.8.0), `device` its serial number; of a meter elsewhere in the
 * house as 'LOAD 1-1:1.8.0', which is no grid purchase. GetArchiveData: EnergyReal_WAC_Sum_Produced of each inverter
 * (`device`; no channel named, as the place is the operator's to say), each value the energy of the interval that begins at its
 * offset, daily sums that of the day. Refuses readings.fronius-answer {answer} for answers without such values,
 * readings.source-device {code, reason} where the device reports an error, readings.source-asleep where the inverters do
 * not say, readings.bad-time, -bad-number, -bad-unit, -no-slot and what answerText and parsed refuse.
 */
export const fronius: Format = { name: 'fronius', recognise, read };

function recognise(head: Buffer): number {
	const text = jsonStart(head, 4096);
	return /^\{\s*"(Head|Body)"\s*:\s*\{/.test(text) || /^\{\s*"(APIVersion|BaseURL)"\s*:/.test(text) ? 0.95 : 0;
}

async function read(input: Input, sink: Sink): Promise<Facts> {
	const { text, encoding } = await answerText(input);
	const answer = parsed(text);
	const kind = kindOf(answer);
	refuseErrors(answer);
	const registers = kind === 'GetArchiveData' ? [] : registersOf(answer, kind);
	if (kind === 'GetArchiveData') putArchive(answer, sink);
	return { formatVersion: kind, sender: null, registers, documents: [], warnings: [], encoding };
}

/** Which answer this is, by what it holds: answers do not say their name. */
function kindOf(answer: unknown): string {
	const body = memberOf(answer, 'Body');
	const data = memberOf(body, 'Data');
	const { '0': first } = membersOf(data).map(([, value]) => value);
	const has = (name: string, of = data): boolean => memberOf(of, name) !== undefined;
	if (has('APIVersion', answer)) return 'GetAPIVersion';
	if (has('LoggerInfo', body)) return 'GetLoggerInfo';
	if (membersOf(data).some(([name]) => /^(inverter|meter|sensor|stringcontrol)[/:]/i.test(name)))
		return 'GetArchiveData';
	if (has('PowerLED')) return 'GetLoggerLEDInfo';
	if (has('Site') || has('Inverters')) return 'GetPowerFlowRealtimeData';
	if (has('TOTAL_ENERGY') || has('DAY_ENERGY') || has('PAC') || has('DeviceStatus')) return 'GetInverterRealtimeData';
	if (has('Controller') || has('Controller', first)) return 'GetStorageRealtimeData';
	if (has('CodeOfState') || has('CodeOfState', first)) return 'GetOhmPilotRealtimeData';
	if (has('Meter_Location_Current') || has('Meter_Location_Current', first)) return 'GetMeterRealtimeData';
	if (has('UniqueID', first)) return 'GetInverterInfo';
	if (has('Inverter')) return 'GetActiveDeviceInfo';
	const named = memberOf(answer, 'Head', 'RequestArguments', 'DeviceClass');
	return typeof named === 'string' ? excerpt(named) : '?';
}

function refuseErrors(answer: unknown): void {
	const status = memberOf(answer, 'Head', 'Status');
	const code = memberOf(status, 'Code');
	if (typeof code !== 'number' || code === 0) return;
	const reason = memberOf(status, 'Reason');
	refuse('readings.source-device', { code, reason: excerpt(typeof reason === 'string' ? reason : '') });
}

function registersOf(answer: unknown, kind: string): RegisterReading[] {
	const data = memberOf(answer, 'Body', 'Data');
	const readings =
		kind === 'GetInverterRealtimeData'
			? inverterRegisters(answer, data)
			: kind === 'GetPowerFlowRealtimeData'
				? flowRegisters(data)
				: kind === 'GetMeterRealtimeData'
					? meterRegisters(answer, data)
					: [];
	if (readings.length === 0) refuse('readings.fronius-answer', { answer: kind });
	const known = readings.flatMap(({ obis, device, value, factor = 1 }) => {
		const wh = whOf(value, factor);
		return wh === null
			? []
			: [{ meteringPoint: null, obis, device, wh, rank: 0, occasion: 'reading', line: 1 } as const];
	});
	if (known.length === 0) refuse('readings.source-asleep', {});
	const at = new Date(timeOf(memberOf(answer, 'Head', 'Timestamp'))).toISOString();
	return known.map((one) => ({ ...one, at }));
}

type Register = { obis: string; device: string | null; value: unknown; factor?: number };

const factors: ReadonlyMap<string, number> = new Map([
	['wh', 1],
	['kwh', 1000],
	['mwh', 1_000_000],
]);

/** The register of an inverter by its number. */
function inverterObis(device: string): string {
	return `1-${/^\d{1,3}$/.test(device) ? Number(device) : 1}:2.8.0`;
}

function inverterRegisters(answer: unknown, data: unknown): Register[] {
	const energy = memberOf(data, 'TOTAL_ENERGY');
	const unit = String(memberOf(energy, 'Unit') ?? 'Wh');
	const factor = factors.get(unit.toLowerCase());
	if (factor === undefined) refuse('readings.bad-unit', { text: excerpt(unit) });
	const id = memberOf(answer, 'Head', 'RequestArguments', 'DeviceId');
	const device = typeof id === 'string' || typeof id === 'number' ? excerpt(String(id)) : '1';
	// Fields vanish at night: an answer without total is one of an inverter asleep.
	const values = energy === undefined ? [[device, null] as const] : membersOf(memberOf(energy, 'Values'));
	const single = memberOf(energy, 'Value');
	return [...values, ...(single === undefined ? [] : [[device, single] as const])].map(([name, value]) => ({
		...{ obis: inverterObis(name), device: excerpt(name), value, factor },
	}));
}

function flowRegisters(data: unknown): Register[] {
	const inverters = membersOf(memberOf(data, 'Inverters')).map(([name, of]) => ({
		...{ obis: inverterObis(name), device: excerpt(name), value: memberOf(of, 'E_Total') },
	}));
	if (inverters.some(({ value }) => typeof value === 'number')) return inverters;
	return [{ obis: '1-1:2.8.0', device: null, value: memberOf(data, 'Site', 'E_Total') }];
}

const meterFields = [
	['EnergyReal_WAC_Sum_Consumed', '1-1:1.8.0'],
	['EnergyReal_WAC_Sum_Produced', '1-1:2.8.0'],
	['EnergyReactive_VArAC_Sum_Consumed', '1-1:3.8.0'],
	['EnergyReactive_VArAC_Sum_Produced', '1-1:4.8.0'],
] as const;

function meterRegisters(answer: unknown, data: unknown): Register[] {
	const single = memberOf(data, 'Meter_Location_Current') !== undefined;
	const id = String(memberOf(answer, 'Head', 'RequestArguments', 'DeviceId') ?? '0');
	return (single ? [[id, data] as const] : membersOf(data)).flatMap(([name, meter]) => {
		const serial = memberOf(meter, 'Details', 'Serial');
		const device = excerpt(typeof serial === 'string' && serial !== '' ? serial : `meter ${name}`);
		const place = memberOf(meter, 'Meter_Location_Current') === 0 ? '' : 'LOAD ';
		return meterFields
			.map(([field, obis]) => ({ obis: `${place}${obis}`, device, value: memberOf(meter, field) }))
			.filter(({ value }) => value !== undefined);
	});
}

/** Whole watt-hours of a register; null if it does not say. */
function whOf(value: unknown, factor: number): number | null {
	if (value === null || value === undefined) return null;
	const wh = typeof value === 'number' ? Math.round(value * factor) : Number.NaN;
	if (!Number.isSafeInteger(wh) || wh < 0) refuse('readings.bad-number', { text: excerpt(String(value)) });
	return wh;
}

function timeOf(value: unknown): number {
	const instant = typeof value === 'string' ? instantOf(value) : undefined;
	if (instant === undefined) refuse('readings.bad-time', { text: excerpt(typeof value === 'string' ? value : '') });
	return instant;
}

function putArchive(answer: unknown, sink: Sink): void {
	const isDaily = memberOf(answer, 'Head', 'RequestArguments', 'SeriesType') === 'DailySum';
	const channel = 'EnergyReal_WAC_Sum_Produced';
	const nodes = membersOf(memberOf(answer, 'Body', 'Data')).filter(
		([name, node]) => /^inverter/i.test(name) && memberOf(node, 'Data', channel) !== undefined,
	);
	if (nodes.length === 0) refuse('readings.fronius-answer', { answer: 'GetArchiveData' });
	for (const [name, node] of nodes) {
		const values = membersOf(memberOf(node, 'Data', channel, 'Values'));
		if (values.length === 0) continue;
		const start = timeOf(memberOf(node, 'Start')) / 60_000;
		const minutes = values.map(([offset]) => (/^\d{1,9}$/.test(offset) ? start + Number(offset) / 60 : Number.NaN));
		const wrong = minutes.findIndex((minute) => !Number.isInteger(minute));
		if (wrong >= 0) refuse('readings.bad-time', { text: excerpt(values[wrong]?.[0] ?? '') });
		const slotMinutes = isDaily ? 1440 : intervalOf(node, minutes);
		const unit = memberOf(node, 'Data', channel, 'Unit') ?? 'Wh';
		const device = excerpt(name.replace(/^inverter[/:]/i, ''));
		const key = { meteringPoint: null, obis: null, device, slotMinutes };
		const series = channelOf(sink, key, String(unit), 1);
		values.forEach(([, value], i) => {
			const text = amountText(value);
			if (text === undefined) refuse('readings.bad-number', { text: excerpt(String(value)) });
			putAmount(sink, series, { start: minutes[i] as number, text, rank: 0, line: 1 });
		});
	}
}

/** Length of the archive's intervals: what it says itself, else how far its values are apart. */
function intervalOf(node: unknown, minutes: readonly number[]): SlotMinutes {
	const { '0': span } = membersOf(memberOf(node, 'Data', 'TimeSpanInSec', 'Values')).map(
		([, value]) => Number(value) / 60,
	);
	if (span !== undefined && isSlotLength(span)) return span;
	const length = slotLengthOf(minutes) ?? (minutes.length === 1 ? 5 : undefined);
	if (length === undefined || length === 1440) refuse('readings.no-slot', { text: '' });
	return length;
}

function refuse(code: string, values: RefusalValues): never {
	throw new Refusal('invalid', code, { line: 1, ...values });
}
