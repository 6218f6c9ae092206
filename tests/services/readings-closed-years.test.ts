// Corrections that touch a closed year: stored, and listed for the board with energy and money.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { addMeteringPoint, addPlant, setPlantRate } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { undoImport } from '../../api/readings/service/undo.ts';
import { listLateCorrections, noteCorrection } from '../../api/reports/service/corrections.ts';
import { interchange, message, slotsFrom } from '../rules/readings-files.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const folder = mkdtempSync(path.resolve('.cache/closed-'));
const malo = '51481308448';
const board = person(['board']);
let files = 0;

async function store(kwh: string, sentOn: string, storedAt: string): Promise<number> {
	const channels = [{ slots: slotsFrom('2025-02-01'), value: () => kwh }];
	const text = interchange([message({ document: `D${++files}`, channels })]).replaceAll('202602011250', sentOn);
	const name = path.join(folder, `file-${files}.txt`);
	writeFileSync(name, text);
	return (await importFile(database.db, { by: system, at: new Date(storedAt), path: name, origin: 'command' }))
		.importId;
}

test('a correction after the closing is stored and listed; undone, it is listed no more', async () => {
	const at = new Date('2025-01-02T10:00:00Z');
	const plant = {
		name: 'Solardach',
		kind: 'solar' as const,
		capacityW: 99_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	const { id } = await addPlant(database.db, { by: system, at, plant });
	await addMeteringPoint(database.db, { by: system, at, plantId: id, marketLocation: malo });
	await setPlantRate(database.db, { by: system, at, plantId: id, validFrom: '2014-05-01', centsPerKwh: '10' });
	await store('1.000', '202502031250', '2025-02-03T13:00:00Z');
	await database.owner.unsafe(`set session_replication_role = replica;
		insert into fiscal_years (year, start_on, end_on, first_year, state, result_cents, profit_forward_cents, loss_forward_cents, legal_reserve_before_cents, board_reserve_cents,
			released_cents, free_reserves_cents, blocked_cents, legal_reserve_cents, balance_sheet_profit_cents, distributable_cents, statute_version, recorded_by, recorded_at)
		values (2025, '2025-01-01', '2025-12-31', false, 'released', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, gen_random_uuid(), '2026-03-01T10:00:00Z');
		set session_replication_role = origin`);
	expect(await listLateCorrections(database.db, { by: board })).toEqual([]);
	const late = await store('1.500', '202604031250', '2026-04-03T13:00:00Z');
	expect(await listLateCorrections(database.db, { by: board })).toEqual([
		{
			...{ year: 2025, closedAt: '2026-03-01T10:00:00.000Z', dividendReleased: true },
			...{ plantId: id, plantName: 'Solardach', month: '2025-02-01', days: 1 },
			...{ knownWh: 96_000, nowWh: 144_000, differenceCents: 480 },
			imports: [{ importId: late, fileName: 'file-2.txt' }],
			noted: null,
		},
	]);
	const noted = {
		by: board,
		at: new Date('2026-04-04T10:00:00Z'),
		year: 2025,
		plantId: id,
		month: '2025-02-01',
		remark: 'mit 2026 verrechnet',
	};
	await expect(noteCorrection(database.db, { ...noted, nowWh: 1 })).rejects.toMatchObject({
		code: 'reports.correction-changed',
	});
	await expect(noteCorrection(database.db, { ...noted, nowWh: 1, year: 2024 })).rejects.toMatchObject({
		code: 'reports.correction-unknown',
	});
	await noteCorrection(database.db, { ...noted, nowWh: 144_000 });
	expect(await listLateCorrections(database.db, { by: board })).toMatchObject([
		{ noted: { remark: 'mit 2026 verrechnet' } },
	]);
	await undoImport(database.db, { by: system, at: new Date('2026-04-04T13:00:00Z'), importId: late, reason: 'falsch' });
	expect(await listLateCorrections(database.db, { by: board })).toEqual([]);
});
