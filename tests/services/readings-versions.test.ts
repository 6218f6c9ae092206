// Deliveries and versions: the order of imports makes no difference, cancellations and undoing restore exactly what was there before.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { decideDispute, listDisputes } from '../../api/readings/service/disputes.ts';
import { importFile, previewFile } from '../../api/readings/service/import.ts';
import { importFiles } from '../../api/readings/service/import-many.ts';
import { listKnownDays, readKnownDay } from '../../api/readings/service/known-days.ts';
import { listUnplaced, placeUnplaced } from '../../api/readings/service/unplaced.ts';
import { previewUndo, undoImport } from '../../api/readings/service/undo.ts';
import { interchange, message, slotsFrom } from '../rules/readings-files.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const malo = '51481308448';
const folder = mkdtempSync(path.resolve('.cache/versions-'));
let number = 0;
let clock = Date.parse('2026-11-22T10:00:00Z');

/** The clock goes on with everything that is done. */
function now(): Date {
	clock += 60_000;
	return new Date(clock);
}

function write(text: string): string {
	const name = path.join(folder, `file-${++number}.txt`);
	writeFileSync(name, text);
	return name;
}

const importText = (text: string) =>
	importFile(database.db, { by: system, at: now(), path: write(text), origin: 'command' });
const undo = (importId: number) =>
	undoImport(database.db, { by: system, at: now(), importId, reason: 'falsche Datei' });

/** What counts: the values of valid days, without versions and where they come from. */
async function valid() {
	const rows = await database.owner`
		select c.obis, r.day::text as day, r.wh, r.quality, r.total_wh::int as "totalWh", r.gaps from reading_days r join channels c on c.id = r.channel_id order by 1, 2`;
	return rows.map((row) => ({ ...row, quality: row.quality && [...row.quality] }));
}

const slots = slotsFrom('2026-02-01');
const sent = (text: string, stamp: string) => text.replaceAll('202602011250', stamp);

/** A message of some quarters of 1 February, `kwh` in each. */
function delivery({
	document = 'DOC1',
	kwh = '1.000',
	from = 0,
	to = 96,
	qualifier = '220',
	time = '202602021250',
	cancels,
}: {
	document?: string;
	kwh?: string;
	from?: number;
	to?: number;
	qualifier?: string;
	time?: string;
	cancels?: string;
}): string {
	if (cancels) return sent(message({ document, function: '1', cancels, process: '13006', channels: [] }), time);
	return sent(message({ document, channels: [{ slots: slots.slice(from, to), qualifier, value: () => kwh }] }), time);
}

let files = 0;
/** Each in a file of its own; the number makes the bytes differ. */
const alone = (...messages: string[]) =>
	interchange(
		messages.map((one, i) => one.replace('UNH+1+', `UNH+${i + 1}+`).replace(/UNT\+(\d+)\+1/, `UNT+$1+${i + 1}`)),
		{ reference: `REF${++files}` },
	);

async function empty(): Promise<void> {
	await database.owner.unsafe(
		`set session_replication_role = replica; truncate reading_days, reading_days_history, reading_deliveries, reading_disputes, reading_documents, reading_messages, import_channels,
			unplaced_days, unplaced_series, register_readings, register_decisions, register_reversals, energy_amounts, imports restart identity cascade; set session_replication_role = origin`,
	);
}

beforeAll(async () => {
	const plant = {
		name: 'Solardach',
		kind: 'solar' as const,
		capacityW: 99_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(database.db, { by: system, at: now(), plant });
	await addMeteringPoint(database.db, { by: system, at: now(), plantId: id, marketLocation: malo });
});
afterEach(empty);

describe('cancellations (Storno)', () => {
	const original = delivery({ document: 'DOC1', kwh: '1.000', time: '202602021250' });
	const second = delivery({ document: 'DOC2', kwh: '2.000', from: 10, to: 30, time: '202602031250' });
	const storno = delivery({ document: 'DOC3', cancels: 'DOC2', time: '202602041250' });

	test('exactly the values of the cancelled message go, those before come back as a new version', async () => {
		await importText(alone(original));
		const before = await valid();
		await importText(alone(second));
		expect((await valid())[0]).toMatchObject({ totalWh: 76_000 + 40_000 });
		const name = write(alone(storno));
		const preview = await previewFile(database.db, { by: system, at: now(), path: name });
		expect(preview.documents).toMatchObject([
			{ function: 'cancellation', cancels: 'DOC2', cancelled: { isKnown: true, days: 1, differenceWh: -20_000 } },
		]);
		const result = await importFile(database.db, { by: system, at: now(), path: name, origin: 'command' });
		expect(result).toMatchObject({ daysAdded: 0, daysReplaced: 1, daysGone: 0 });
		expect(await valid()).toEqual(before);
		const versions = await database.owner`
			select version, total_wh::int as wh from reading_days_history union all select version, total_wh::int from reading_days order by 1`;
		expect(versions.map((one) => [one.version, one.wh])).toEqual([
			[1, 96_000],
			[2, 116_000],
			[3, 96_000],
		]);
	});

	test('a message whose cancellation came before counts nothing, and the only message cancelled leaves no day', async () => {
		const early = await importText(alone(storno));
		expect(early.documents).toMatchObject([{ cancelled: { isKnown: false, days: 0 } }]);
		await importText(alone(original));
		const late = await importText(alone(second));
		expect(late.documents).toMatchObject([{ isCancelled: true }]);
		expect(late.series).toMatchObject([{ added: 0, changed: 0, outranked: 20 }]);
		expect((await valid())[0]).toMatchObject({ totalWh: 96_000 });
		const gone = await importText(alone(delivery({ document: 'DOC4', cancels: 'DOC1' })));
		expect(gone).toMatchObject({ daysGone: 1 });
		expect(await valid()).toEqual([]);
		expect(await importText(alone(delivery({ document: 'DOC5', kwh: '7.000' })))).toMatchObject({ daysAdded: 1 });
		const [day] = await database.owner`select version from reading_days`;
		expect(day).toEqual({ version: 2 });
	});

	test('original, cancellation and new original in one file', async () => {
		await importText(
			alone(
				delivery({ kwh: '1.000' }),
				delivery({ document: 'DOC2', cancels: 'DOC1' }),
				delivery({ document: 'DOC3', kwh: '3.000' }),
			),
		);
		expect(await valid()).toMatchObject([{ totalWh: 288_000, gaps: 0 }]);
	});

	test('a message and its cancellation at the same moment', async () => {
		for (let round = 0; round < 4; round++) {
			const both = [alone(original), alone(delivery({ document: 'DOC9', cancels: 'DOC1' }))];
			await Promise.all(both.map(importText));
			expect(await valid(), `round ${round}`).toEqual([]);
			await empty();
		}
	});

	test('the same message number with other values is refused, with the same values it changes nothing', async () => {
		await importText(alone(original));
		expect(await importText(alone(original))).toMatchObject({ daysAdded: 0, daysReplaced: 0, series: [{ equal: 96 }] });
		await expect(importText(alone(delivery({ document: 'DOC1', kwh: '5.000' })))).rejects.toMatchObject({
			code: 'readings.message-differs',
		});
	});
});

describe('quality', () => {
	test('provisional values are replaced without a cancellation, and do not come back', async () => {
		const provisional = alone(delivery({ document: 'DOC1', kwh: '1.000', qualifier: 'Z18', time: '202602091250' }));
		const measured = alone(delivery({ document: 'DOC2', kwh: '2.000', to: 48, time: '202602031250' }));
		for (const order of [
			[provisional, measured],
			[measured, provisional],
		]) {
			for (const text of order) await importText(text);
			expect(await valid()).toMatchObject([{ totalWh: 96_000 + 48_000, gaps: 0 }]);
			await empty();
		}
	});

	test('a later substitute for a measured value is put to somebody, who accepts or dismisses it', async () => {
		await importText(alone(delivery({ document: 'DOC1', kwh: '2.000', time: '202602021250' })));
		const { importId } = await importText(
			alone(delivery({ document: 'DOC2', kwh: '1.000', to: 8, qualifier: '67', time: '202602051250' })),
		);
		expect((await valid())[0]).toMatchObject({ totalWh: 192_000 });
		const [line] = await listDisputes(database.db, { by: system });
		expect(line).toMatchObject({
			importId,
			days: 1,
			slots: 8,
			countsWh: 16_000,
			saysWh: 8_000,
			plantName: 'Solardach',
		});
		const decide = (decision: 'accepted' | 'dismissed') =>
			decideDispute(database.db, {
				by: system,
				at: now(),
				importId,
				channelId: line?.channelId ?? 0,
				decision,
				reason: 'Netzbetreiber bestätigt',
			});
		const both = await Promise.allSettled([decide('accepted'), decide('accepted')]);
		expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
		expect((await valid())[0]).toMatchObject({ totalWh: 176_000 + 8_000 });
		expect(await listDisputes(database.db, { by: system })).toEqual([]);
		// A measured value that is later still counts again.
		await importText(alone(delivery({ document: 'DOC3', kwh: '4.000', to: 8, time: '202602091250' })));
		expect((await valid())[0]).toMatchObject({ totalWh: 176_000 + 32_000 });
	});

	test('an earlier substitute is no question', async () => {
		await importText(alone(delivery({ document: 'DOC1', kwh: '2.000', time: '202602091250' })));
		await importText(alone(delivery({ document: 'DOC2', kwh: '1.000', qualifier: '67', time: '202602021250' })));
		expect(await listDisputes(database.db, { by: system })).toEqual([]);
	});
});

describe('undoing an import', () => {
	test('is refused for what is not stored', async () => {
		await expect(undo(4711)).rejects.toMatchObject({ code: 'readings.import-unknown' });
		const { importId } = await importText(alone(delivery({})));
		await undo(importId);
		await expect(undo(importId)).rejects.toMatchObject({ code: 'readings.not-undoable' });
	});

	test('the preview says what happens and changes nothing; then the file may come again', async () => {
		await importText(alone(delivery({ document: 'DOC1', kwh: '1.000' })));
		const before = await valid();
		const text = alone(delivery({ document: 'DOC2', kwh: '2.000', to: 48, time: '202602031250' }));
		const { importId } = await importText(text);
		const after = await valid();
		const preview = await previewUndo(database.db, { by: system, at: now(), importId });
		expect(preview).toMatchObject({ daysReplaced: 1, daysGone: 0, series: [{ values: 1, differenceWh: -48_000 }] });
		expect(await valid()).toEqual(after);
		expect(await undo(importId)).toMatchObject({ daysReplaced: 1 });
		expect(await valid()).toEqual(before);
		await importText(text);
		expect(await valid()).toEqual(after);
	});

	test('of the same values delivered twice takes one delivery, not the day', async () => {
		const first = await importText(alone(delivery({ document: 'DOC1' })));
		const before = await valid();
		const second = await importText(alone(delivery({ document: 'DOC2', time: '202602031250' })));
		await undo(first.importId);
		expect(await valid()).toEqual(before);
		await undo(second.importId);
		expect(await valid()).toEqual([]);
	});

	test('of a cancellation brings the message back', async () => {
		await importText(alone(delivery({ document: 'DOC1' })));
		const before = await valid();
		const { importId } = await importText(alone(delivery({ document: 'DOC2', cancels: 'DOC1' })));
		expect(await valid()).toEqual([]);
		await undo(importId);
		expect(await valid()).toEqual(before);
	});

	test('twice at the same second happens once', async () => {
		const { importId } = await importText(alone(delivery({})));
		const results = await Promise.allSettled(Array.from({ length: 16 }, () => undo(importId)));
		expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
		expect(await valid()).toEqual([]);
	});
});

describe('values of a metering point that nobody knows', () => {
	test('wait, and are folded once somebody says where they belong', async () => {
		const strange = delivery({ document: 'DOC7', kwh: '3.000', time: '202602051250' }).replace(malo, '51481308456');
		const imported = await importText(alone(strange));
		expect(imported).toMatchObject({
			daysAdded: 0,
			warnings: [{ code: 'readings.metering-point-waits' }],
			series: [{ added: 0, differenceWh: 0 }],
		});
		expect(await valid()).toEqual([]);
		const effect = await previewUndo(database.db, { by: person(['operator']), at: now(), importId: imported.importId });
		expect(effect).toMatchObject({ daysAdded: 0, daysReplaced: 0, daysGone: 0, series: [] });
		const [waiting] = await listUnplaced(database.db, { by: system });
		expect(waiting).toMatchObject({ meteringPoint: '51481308456', days: 1, totalWh: 288_000, obis: ['1-1:2.29.0'] });
		await importText(alone(delivery({ document: 'DOC1', kwh: '1.000' })));
		const before = await valid();
		const [point] = await database.owner`select id from metering_points`;
		const place = { by: system, at: now(), meteringPoint: '51481308456', meteringPointId: point?.id as string };
		expect(await placeUnplaced(database.db, place)).toMatchObject({ daysReplaced: 1 });
		expect((await valid())[0]).toMatchObject({ totalWh: 288_000 });
		expect(await listUnplaced(database.db, { by: system })).toEqual([]);
		await expect(placeUnplaced(database.db, place)).rejects.toMatchObject({ code: 'readings.nothing-waits' });
		await undo(imported.importId);
		expect(await valid()).toEqual(before);
	});
});

describe('what was known', () => {
	test('is shown for any instant, also once a day is gone', async () => {
		const [plant] = await database.owner`select id from plants`;
		const known = (at: Date) =>
			listKnownDays(database.db, {
				by: system,
				plantId: plant?.id as string,
				from: '2026-02-01',
				to: '2026-02-02',
				at,
			});
		const start = new Date(clock);
		const first = await importText(alone(delivery({ document: 'DOC1', kwh: '1.000' })));
		const then = new Date(clock);
		const second = await importText(alone(delivery({ document: 'DOC2', kwh: '2.000', time: '202602031250' })));
		const later = new Date(clock);
		await undo(second.importId);
		await undo(first.importId);
		expect(await known(start)).toEqual([]);
		expect(await known(then)).toMatchObject([{ day: '2026-02-01', totalWh: 96_000, version: 1 }]);
		expect(await known(later)).toMatchObject([{ totalWh: 192_000, version: 2 }]);
		expect(await known(now())).toEqual([]);
		const day = { by: system, plantId: plant?.id as string, day: '2026-02-01', at: then };
		expect(await readKnownDay(database.db, day)).toMatchObject({ channels: [{ obis: '1-1:2.29.0', totalWh: 96_000 }] });
	});
});

type AnyDelivery = { kwh: string; from: number; length: number; qualifier: string; time: string; cancelled: boolean };

describe('properties', () => {
	const anyDelivery = fc.record({
		kwh: fc.constantFrom('1.000', '2.000', '3.500'),
		from: fc.integer({ min: 0, max: 60 }),
		length: fc.integer({ min: 1, max: 60 }),
		qualifier: fc.constantFrom('220', '67', 'Z18'),
		time: fc.integer({ min: 0, max: 5 }).map((day) => `2026020${day + 2}1250`),
		cancelled: fc.boolean(),
	});
	const messagesOf = (deliveries: readonly AnyDelivery[]) =>
		deliveries.flatMap(({ kwh, from, length, qualifier, time, cancelled }, i) => {
			const document = `D${i}`;
			const own = delivery({ document, kwh, from, to: Math.min(96, from + length), qualifier, time });
			return cancelled ? [own, delivery({ document: `S${i}`, cancels: document })] : [own];
		});

	test('the order of imports never changes the final state, and importing twice is importing once', async () => {
		const cases = fc.record({ deliveries: fc.array(anyDelivery, { minLength: 2, maxLength: 5 }), seed: fc.nat() });
		await fc.assert(
			fc.asyncProperty(cases, async ({ deliveries, seed }) => {
				const all = messagesOf(deliveries);
				for (const one of all) await importText(alone(one));
				const expected = await valid();
				for (const one of all) await importText(alone(one));
				expect(await valid()).toEqual(expected);
				await empty();
				const shuffled = all.toSorted(
					(a, b) => ((a.length * 31 + seed) % 97) - ((b.length * 17 + seed) % 89) || (a < b ? 1 : -1),
				);
				for (const one of shuffled) await importText(alone(one));
				expect(await valid()).toEqual(expected);
				await empty();
			}),
			{ numRuns: 8, endOnFailure: true },
		);
	}, 120_000);

	test('undoing an import is as if it had never come, wherever it stood', async () => {
		const cases = fc.record({ deliveries: fc.array(anyDelivery, { minLength: 2, maxLength: 5 }), which: fc.nat() });
		await fc.assert(
			fc.asyncProperty(cases, async ({ deliveries, which }) => {
				const all = messagesOf(deliveries);
				const skipped = which % all.length;
				for (const [i, one] of all.entries()) if (i !== skipped) await importText(alone(one));
				const expected = await valid();
				await empty();
				const ids: number[] = [];
				for (const one of all) ids.push((await importText(alone(one))).importId);
				await undo(ids[skipped] ?? 0);
				expect(await valid()).toEqual(expected);
				await empty();
			}),
			{ numRuns: 8, endOnFailure: true },
		);
	}, 120_000);

	test('files stored together are as files stored one by one', async () => {
		const texts = [
			delivery({ document: 'A', kwh: '1.000', to: 50 }),
			delivery({ document: 'B', kwh: '2.000', from: 40, time: '202602031250' }),
		];
		for (const text of texts) await importText(alone(text));
		const expected = await valid();
		await empty();
		const outcome = await importFiles(database.db, {
			by: system,
			at: now(),
			origin: 'command',
			files: texts.map((text) => ({ path: write(alone(text)) })),
		});
		expect(outcome).toMatchObject([{ daysAdded: 1 }, { daysReplaced: 1 }]);
		expect(await valid()).toEqual(expected);
	});
});
