// Changes of registers: entered by hand, exchanged, decided about, taken back; what follows for days is computed anew each time.
import { type Command, type Note, write } from '../../audit/service.ts';
import { clientOf, type Database, type Tx, transact } from '../../database/connect.ts';
import { qualityRank } from '../../values/energy.ts';
import { Refusal } from '../../values/refusal.ts';
import { obisOf } from '../rules.ts';
import type { Decision } from '../steps.ts';
import { meters, registerDecisions, registerReadings, registerReversals } from '../tables.ts';
import { finishAct, recordAct } from './refold.ts';
import { knownRegisters, type ReadingView, readingView } from './registers.ts';
import { type Registers, spreadRegisters, stepsOf } from './spread.ts';

/** A change of registers: one transaction, the metering point's row held, daily values computed anew. */
function change<T>(
	db: Database,
	{ meteringPointId, reason, ...command }: Command & { meteringPointId: string; reason: string },
	work: (tx: Tx, note: Note, registers: Registers) => Promise<T>,
): Promise<T> {
	return write(db, command, async (tx, note) => {
		await clientOf(tx)`select id from metering_points where id = ${meteringPointId} for no key update`;
		const registers = await knownRegisters(tx, meteringPointId);
		const done = await work(tx, note, registers);
		const act = await recordAct(tx, command, registers.plantName);
		await spreadRegisters(tx, { meteringPointId, act, at: command.at });
		const effect = await effectOf(tx, act);
		await finishAct(tx, { act, effect, report: { kind: 'registers', about: null, reason } });
		return done;
	});
}

async function effectOf(tx: Tx, act: number) {
	const [row] = await clientOf(tx)`
		select (select count(*)::int4 from reading_days where import_id = ${act}) as days,
			(select count(*)::int4 from reading_days_history h where replaced_by_import = ${act}) as replaced,
			(select count(*)::int4 from reading_days_history h where replaced_by_import = ${act}
				and not exists (select from reading_days r where r.channel_id = h.channel_id and r.day = h.day)) as gone`;
	const [days, replaced, gone] = [row?.days ?? 0, row?.replaced ?? 0, row?.gone ?? 0];
	return { daysAdded: days - (replaced - gone), daysReplaced: replaced - gone, daysGone: gone, series: [] };
}

/** A register as it is entered: OBIS code and what it shows, watt-hours. */
export interface EnteredReading {
	obis: string;
	wh: number;
}

function checkedObis(text: string): string {
	const obis = obisOf(text);
	if (!obis || !/\.8\.\d+$/.test(obis))
		throw new Refusal('invalid', 'readings.register-obis', { value: text }, { field: 'obis' });
	return obis;
}

function assertDigits({ wh }: EnteredReading, digits: number | undefined): void {
	if (digits !== undefined && wh >= 10 ** digits * 1000)
		throw new Refusal('invalid', 'readings.register-digits', { digits }, { field: 'amount' });
}

function assertPast(readAt: Date, at: Date): void {
	if (readAt.getTime() > at.getTime() + 300_000)
		throw new Refusal('invalid', 'readings.register-future', {}, { field: 'readAt' });
}

/**
 * Enters a reading of a register by hand, with a photo if there is one. Refuses readings.metering-point-unknown, readings.register-obis,
 * readings.register-digits (more than the meter can show), readings.register-future, readings.photo-unknown.
 */
export async function enterReading(
	db: Database,
	{
		meteringPointId,
		obis,
		wh,
		readAt,
		photoId,
		note: words,
		...command
	}: Command &
		EnteredReading & {
			meteringPointId: string;
			readAt: Date;
			photoId?: string | undefined;
			note?: string | undefined;
		},
): Promise<{ id: string; step: ReadingView['step'] }> {
	const code = checkedObis(obis);
	assertPast(readAt, command.at);
	return change(db, { ...command, meteringPointId, reason: '' }, async (tx, note, registers) => {
		const meter = registers.meters.find(
			({ installedMs, removedMs }) =>
				installedMs <= readAt.getTime() && (removedMs === null || readAt.getTime() < removedMs),
		);
		assertDigits({ obis: code, wh }, meter?.digits);
		if (photoId) {
			const [photo] = await clientOf(
				tx,
			)`select 1 from register_photos where id = ${photoId} and metering_point_id = ${meteringPointId}`;
			if (!photo) throw new Refusal('missing', 'readings.photo-unknown');
		}
		const [row] = await tx
			.insert(registerReadings)
			.values({
				...{ meteringPointId, obis: code, serial: meter?.serial ?? null, readAt, wh, quality: qualityRank('measured') },
				...{ occasion: 'reading', documentId: 0, photoId: photoId ?? null, note: words ?? null },
				...{ recordedAt: command.at, recordedByName: command.by.name },
			})
			.returning({ id: registerReadings.id });
		const id = row?.id as string;
		note({
			action: 'readings.enterReading',
			subject: `metering point ${meteringPointId}`,
			after: { obis: code, wh, readAt, photoId },
		});
		const after = await knownRegisters(tx, meteringPointId);
		const step = stepsOf(after, code).find((one) => one.to.id === id);
		const own = after.readings.get(code)?.find((one) => one.id === id);
		return { id, step: own ? readingView(own, step, false).step : null };
	});
}

/** A meter as it is recorded. `factor` is the transformer factor, `digits` those before the decimal mark. */
export interface EnteredMeter {
	serial: string;
	digits: number;
	factor: number;
}

/** Records the meter that stands at a metering point where none is recorded. Refuses readings.metering-point-unknown, readings.meter-standing, readings.register-future. */
export async function recordMeter(
	db: Database,
	{
		meteringPointId,
		meter,
		installedAt,
		...command
	}: Command & { meteringPointId: string; meter: EnteredMeter; installedAt: Date },
): Promise<{ id: string }> {
	assertPast(installedAt, command.at);
	return change(db, { ...command, meteringPointId, reason: meter.serial }, async (tx, note, registers) => {
		if (registers.meters.length > 0)
			throw new Refusal('conflict', 'readings.meter-standing', { serial: registers.meters.at(-1)?.serial ?? '' });
		const id = await insertMeter(tx, command, { meteringPointId, meter, installedAt });
		note({
			action: 'readings.recordMeter',
			subject: `metering point ${meteringPointId}`,
			after: { ...meter, installedAt },
		});
		return { id };
	});
}

async function insertMeter(
	tx: Tx,
	{ at, by }: Command,
	{ meteringPointId, meter, installedAt }: { meteringPointId: string; meter: EnteredMeter; installedAt: Date },
): Promise<string> {
	const [row] = await tx
		.insert(meters)
		.values({ meteringPointId, ...meter, installedAt, recordedAt: at, recordedByName: by.name })
		.returning({ id: meters.id });
	return row?.id as string;
}

/**
 * Exchanges the meter of a metering point (Gerätewechsel): the last readings of the old one, the first of the new one, at one moment.
 * Refuses readings.metering-point-unknown, readings.no-meter, readings.exchange-before (not after the old one was put in),
 * readings.same-meter, readings.register-obis, readings.register-digits, readings.register-future.
 */
export async function exchangeMeter(
	db: Database,
	{
		meteringPointId,
		exchangedAt,
		last,
		meter,
		first,
		...command
	}: Command & {
		meteringPointId: string;
		exchangedAt: Date;
		last: readonly EnteredReading[];
		meter: EnteredMeter;
		first: readonly EnteredReading[];
	},
): Promise<{ id: string }> {
	assertPast(exchangedAt, command.at);
	return change(db, { ...command, meteringPointId, reason: meter.serial }, async (tx, note, registers) => {
		const old = registers.meters.find(({ removedMs }) => removedMs === null);
		if (!old) throw new Refusal('conflict', 'readings.no-meter');
		if (old.installedMs >= exchangedAt.getTime())
			throw new Refusal('invalid', 'readings.exchange-before', {}, { field: 'exchangedAt' });
		if (old.serial === meter.serial) throw new Refusal('invalid', 'readings.same-meter', {}, { field: 'serial' });
		await clientOf(tx)`update meters set removed_at = ${exchangedAt.toISOString()}::timestamptz where id = ${old.id}`;
		const id = await insertMeter(tx, command, { meteringPointId, meter, installedAt: exchangedAt });
		const rows = [
			...last.map((one) => ({ ...one, serial: old.serial, digits: old.digits, occasion: 'removal' as const })),
			...first.map((one) => ({
				...one,
				serial: meter.serial,
				digits: meter.digits,
				occasion: 'installation' as const,
			})),
		];
		await tx.insert(registerReadings).values(
			rows.map(({ obis, wh, serial, digits, occasion }) => {
				assertDigits({ obis, wh }, digits);
				return {
					...{ meteringPointId, obis: checkedObis(obis), serial, readAt: exchangedAt, wh, occasion, documentId: 0 },
					...{ quality: qualityRank('measured'), recordedAt: command.at, recordedByName: command.by.name },
				};
			}),
		);
		const after = { meter, exchangedAt, last, first };
		note({
			action: 'readings.exchangeMeter',
			subject: `metering point ${meteringPointId}`,
			before: { serial: old.serial },
			after,
		});
		return { id };
	});
}

/**
 * Decides an open question about the step to a reading, or decides it anew. Refuses readings.reading-unknown, readings.decision-impossible
 * (a reset to more than the register shows, an acceptance of a fall, a rollover of a meter whose digits nobody knows).
 */
export function decideStep(
	db: Database,
	{
		readingId,
		decision,
		resetToWh,
		reason,
		...command
	}: Command & {
		readingId: string;
		decision: Decision['decision'];
		resetToWh?: number | undefined;
		reason: string;
	},
): Promise<{ energyWh: number | null }> {
	return withReading(db, command, readingId, reason, async (tx, note, { meteringPointId, obis }) => {
		await tx.insert(registerDecisions).values({
			...{ readingId, decision, resetToWh: decision === 'reset' ? (resetToWh ?? 0) : null, reason },
			...{ recordedAt: command.at, recordedByName: command.by.name },
		});
		const step = stepsOf(await knownRegisters(tx, meteringPointId), obis).find((one) => one.to.id === readingId);
		if (decision !== 'ignore' && (!step || step.energyWh === null))
			throw new Refusal('invalid', 'readings.decision-impossible');
		note({
			action: 'readings.decideStep',
			subject: `register reading ${readingId}`,
			after: { decision, resetToWh, reason },
		});
		return { energyWh: step?.energyWh ?? null };
	});
}

/** Takes a reading back that somebody entered by hand. Refuses readings.reading-unknown, readings.reading-from-file (its import can be undone). */
export function reverseReading(
	db: Database,
	{ readingId, reason, ...command }: Command & { readingId: string; reason: string },
): Promise<{ id: string }> {
	return withReading(db, command, readingId, reason, async (tx, note, { importId }) => {
		if (importId !== null) throw new Refusal('conflict', 'readings.reading-from-file', { importId });
		const row = { readingId, reason, recordedAt: command.at, recordedByName: command.by.name };
		const made = await tx
			.insert(registerReversals)
			.values(row)
			.onConflictDoNothing()
			.returning({ id: registerReversals.readingId });
		if (made.length === 0) throw new Refusal('missing', 'readings.reading-unknown');
		note({ action: 'readings.reverseReading', subject: `register reading ${readingId}`, after: { reason } });
		return { id: readingId };
	});
}

async function withReading<T>(
	db: Database,
	command: Command,
	readingId: string,
	reason: string,
	work: (tx: Tx, note: Note, reading: { meteringPointId: string; obis: string; importId: number | null }) => Promise<T>,
): Promise<T> {
	const found = await transact(db, command.by, async (tx) => {
		const [row] = await clientOf(tx)`
			select metering_point_id, obis, import_id from register_readings where id = ${readingId} and metering_point_id is not null`;
		return (
			row && {
				meteringPointId: row.metering_point_id as string,
				obis: row.obis as string,
				importId: row.import_id as number | null,
			}
		);
	});
	if (!found) throw new Refusal('missing', 'readings.reading-unknown');
	const { meteringPointId } = found;
	return change(db, { ...command, meteringPointId, reason }, (tx, note) => work(tx, note, found));
}
