// A stand-in for the inverter on the school's roof: answers Fronius Solar API v1 requests from the demo's weather.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addDays, berlinOffsetMinutes, type Day, dayOf } from '../../api/values/calendar.ts';
import { grundschule, type SolarPlant } from './plants.ts';
import { dayWh, stateAt } from './weather.ts';

/** A running stand-in: where it answers, and how to stop it. */
export interface DemoInverter {
	/** 'http://127.0.0.1:PORT', without slash at the end. */
	url: string;
	close(): Promise<void>;
}

/** What the inverter measures at an instant; its registers count whole Wh and never fall. */
interface Registers {
	powerW: number;
	dayWh: number;
	yearWh: number;
	totalWh: number;
}

/** Sums of the days since commissioning, each computed once. */
function registersOf(plant: SolarPlant): (instant: Date) => Registers {
	// Whole days before `day` are in the sums, so that a live clock adds one day a day.
	let day: Day = plant.commissionedOn;
	let total = 0;
	let year = 0;
	return (instant) => {
		const today = dayOf(instant);
		if (today < day) {
			day = plant.commissionedOn;
			total = 0;
			year = 0;
		}
		for (; day < today; day = addDays(day, 1)) {
			const energyWh = dayWh(plant, day);
			total += energyWh;
			year = day.slice(5) === '12-31' ? 0 : year + energyWh;
		}
		const state = stateAt(plant, instant);
		return { ...state, yearWh: year + state.dayWh, totalWh: total + state.dayWh };
	};
}

function localStamp(instant: Date): string {
	const offset = berlinOffsetMinutes(instant.getTime());
	const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, 19);
	return `${local}+0${offset / 60}:00`;
}

function head(instant: Date, given: URLSearchParams, code: number, reason: string): object {
	return {
		RequestArguments: Object.fromEntries(given),
		Status: { Code: code, Reason: reason, UserMessage: '' },
		Timestamp: localStamp(instant),
	};
}

function perDevice(unit: string, value: number): object {
	return { Unit: unit, Values: { '1': value } };
}

function single(unit: string, value: number): object {
	return { Unit: unit, Value: value };
}

function systemData({ powerW, dayWh: today, yearWh, totalWh }: Registers): object {
	return {
		PAC: perDevice('W', powerW),
		DAY_ENERGY: perDevice('Wh', today),
		YEAR_ENERGY: perDevice('Wh', yearWh),
		TOTAL_ENERGY: perDevice('Wh', totalWh),
	};
}

/** At night the inverter sleeps: power, current and voltage are not zero but absent. */
function commonInverterData({ powerW, dayWh: today, yearWh, totalWh }: Registers): object {
	const energy = {
		DAY_ENERGY: single('Wh', today),
		YEAR_ENERGY: single('Wh', yearWh),
		TOTAL_ENERGY: single('Wh', totalWh),
	};
	const asleep = powerW === 0;
	const status = {
		DeviceStatus: {
			StatusCode: asleep ? 3 : 7,
			MgmtTimerRemainingTime: -1,
			ErrorCode: asleep ? 523 : 0,
			LEDColor: asleep ? 1 : 2,
			LEDState: 0,
			StateToReset: asleep,
		},
	};
	if (asleep) return { ...energy, ...status };
	const tenth = (value: number): number => Math.round(value * 10) / 10;
	return {
		...energy,
		PAC: single('W', powerW),
		FAC: single('Hz', 50),
		UAC: single('V', 230),
		IAC: single('A', tenth(powerW / 230)),
		UDC: single('V', 640),
		IDC: single('A', tenth((powerW * 1.03) / 640)),
		...status,
	};
}

/** P_PV is null at night, as on the real device. */
function powerFlow({ powerW, dayWh: today, yearWh, totalWh }: Registers): object {
	const energy = { E_Day: today, E_Year: yearWh, E_Total: totalWh };
	return {
		Inverters: { '1': { DT: 1, P: powerW, ...energy } },
		Site: {
			...energy,
			Meter_Location: 'unknown',
			Mode: 'produce-only',
			P_Akku: null,
			P_Grid: null,
			P_Load: null,
			P_PV: powerW === 0 ? null : powerW,
			rel_Autonomy: null,
			rel_SelfConsumption: null,
		},
		Version: '12',
	};
}

function send(reply: ServerResponse, status: number, body: object): void {
	const text = JSON.stringify(body);
	reply.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

/**
 * Starts the stand-in on 127.0.0.1 at `port` (0: any free one); `clock` says what time it is. It answers
 * GET /solar_api/GetAPIVersion.cgi and, below /solar_api/v1/, GetInverterRealtimeData.cgi (Scope=System, or Scope=Device with
 * DeviceId=1 and DataCollection=CommonInverterData) and GetPowerFlowRealtimeData.fcgi. A wrong argument gives status code 8
 * in the head as the device does, an unknown address 404. Rejects if the port is taken.
 */
export async function startInverter({ clock, port = 0 }: { clock: () => Date; port?: number }): Promise<DemoInverter> {
	const registers = registersOf(grundschule);
	const server = createServer((request, reply) => {
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const given = url.searchParams;
		const instant = clock();
		const answer = (data: object): void =>
			send(reply, 200, { Body: { Data: data }, Head: head(instant, given, 0, '') });
		const refuse = (reason: string): void =>
			send(reply, 200, { Body: { Data: {} }, Head: head(instant, given, 8, reason) });
		if (request.method !== 'GET') return send(reply, 405, { error: 'GET only' });
		if (url.pathname === '/solar_api/GetAPIVersion.cgi') {
			return send(reply, 200, { APIVersion: 1, BaseURL: '/solar_api/v1/', CompatibilityRange: '1.5-18' });
		}
		if (/^\/solar_api\/v1\/GetPowerFlowRealtimeData\.f?cgi$/.test(url.pathname)) {
			return answer(powerFlow(registers(instant)));
		}
		if (url.pathname !== '/solar_api/v1/GetInverterRealtimeData.cgi') return send(reply, 404, { error: 'not found' });
		if (given.get('Scope') === 'System') return answer(systemData(registers(instant)));
		if (given.get('Scope') !== 'Device') return refuse('Scope is System or Device');
		if (given.get('DeviceId') !== '1') return refuse('there is only DeviceId 1');
		if (given.get('DataCollection') !== 'CommonInverterData') return refuse('only DataCollection CommonInverterData');
		return answer(commonInverterData(registers(instant)));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error === undefined ? resolve() : reject(error)));
				server.closeAllConnections();
			}),
	};
}
