// Registers of a metering point, read with every step explained; and the questions that somebody must decide.
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Step, StepKind } from '../steps.ts';
import { type ReadingRow, type Registers, registersOf, stepsOf } from './spread.ts';

/** A meter as it is shown. */
export interface MeterView {
	id: string;
	serial: string;
	installedAt: string;
	removedAt: string | null;
	digits: number;
	factor: number;
	recordedBy: string;
}

/** A reading with the step that led to it; energies in watt-hours, what the register showed too. */
export interface ReadingView {
	id: string;
	readAt: string;
	wh: number;
	quality: number;
	serial: string | null;
	occasion: 'reading' | 'removal' | 'installation';
	importId: number | null;
	fileName: string | null;
	photoId: string | null;
	note: string | null;
	recordedBy: string;
	/** null for the first reading, and for one that counts no more (ignored, or a better one of the same moment is there) */
	step: {
		kind: StepKind;
		energyWh: number | null;
		mostWh: number | null;
		suggestion: Step['suggestion'];
		decidedBy: Step['decidedBy'];
		since: string;
		sinceWh: number;
	} | null;
	isIgnored: boolean;
}

/** One register (OBIS code) with its readings, the newest first. */
export interface RegisterView {
	obis: string;
	readings: ReadingView[];
	openQuestions: number;
}

/** Everything about the registers of a metering point. */
export interface RegistersView {
	meteringPointId: string;
	plantId: string;
	plantName: string;
	meters: MeterView[];
	registers: RegisterView[];
	amounts: { obis: string; from: string; to: string; wh: number; quality: number }[];
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Registers of a metering point. Refuses readings.metering-point-unknown. */
export function readRegisters(
	db: Database,
	{ by, meteringPointId }: { by: Actor; meteringPointId: string },
): Promise<RegistersView> {
	return transact(db, by, async (tx) => viewOf(meteringPointId, await knownRegisters(tx, meteringPointId)));
}

/** Registers of a metering point inside a caller's transaction. Refuses readings.metering-point-unknown. */
export async function knownRegisters(tx: Tx, meteringPointId: string): Promise<Registers> {
	const registers = await registersOf(tx, meteringPointId);
	if (!registers) throw new Refusal('missing', 'readings.metering-point-unknown');
	return registers;
}

function viewOf(meteringPointId: string, registers: Registers): RegistersView {
	const ignored = new Set(registers.decisions.filter((one) => one.decision === 'ignore').map((one) => one.readingId));
	return {
		...{ meteringPointId, plantId: registers.plantId, plantName: registers.plantName },
		meters: registers.meters.map(({ id, serial, installedMs, removedMs, digits, factor, recordedByName }) => ({
			...{ id, serial, installedAt: iso(installedMs), removedAt: removedMs === null ? null : iso(removedMs) },
			...{ digits, factor, recordedBy: recordedByName },
		})),
		registers: [...registers.readings]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([obis, readings]) => {
				const steps = new Map(stepsOf(registers, obis).map((step) => [step.to.id, step]));
				return {
					obis,
					readings: readings.toReversed().map((one) => readingView(one, steps.get(one.id), ignored.has(one.id))),
					openQuestions: [...steps.values()].filter(({ energyWh }) => energyWh === null).length,
				};
			}),
		amounts: registers.amounts.map(({ obis, fromMs, toMs, energyWh, rank }) => ({
			...{ obis, from: iso(fromMs), to: iso(toMs), wh: energyWh, quality: rank },
		})),
	};
}

/** A reading as it is shown. */
export function readingView(one: ReadingRow, step: Step | undefined, isIgnored: boolean): ReadingView {
	return {
		...{ id: one.id, readAt: iso(one.atMs), wh: one.wh, quality: one.rank, serial: one.serial, occasion: one.occasion },
		...{ importId: one.importId, fileName: one.fileName, photoId: one.photoId, note: one.note },
		recordedBy: one.recordedByName,
		step: step
			? {
					...{ kind: step.kind, energyWh: step.energyWh, mostWh: step.mostWh, suggestion: step.suggestion },
					...{ decidedBy: step.decidedBy, since: iso(step.from.atMs), sinceWh: step.from.wh },
				}
			: null,
		isIgnored,
	};
}

/** An open question about a register, with the plant it belongs to. */
export interface RegisterQuestion {
	plantId: string;
	plantName: string;
	meteringPointId: string;
	obis: string;
	reading: ReadingView;
}

/** All open questions about registers. */
export function listRegisterQuestions(db: Database, { by }: { by: Actor }): Promise<RegisterQuestion[]> {
	return transact(db, by, async (tx) => {
		const points = await clientOf(tx)`
			select distinct metering_point_id as id from register_readings where metering_point_id is not null order by 1`;
		const questions: RegisterQuestion[] = [];
		for (const { id } of points) {
			const { plantId, plantName, registers } = viewOf(id, await knownRegisters(tx, id));
			for (const { obis, readings } of registers)
				for (const reading of readings)
					if (reading.step && reading.step.energyWh === null)
						questions.push({ plantId, plantName, meteringPointId: id, obis, reading });
		}
		return questions;
	});
}
