// npm run readings -- import FILE…: stores meter files, also while the product runs.
import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { readConfig } from '../config.ts';
import { type Database, transact } from '../database/connect.ts';
import { openDatabase } from '../database/open.ts';
import { meteringPointsNamed } from '../plants/service.ts';
import { type Actor, systemActor } from '../values/actor.ts';
import { kwhOf } from '../values/energy.ts';
import { Refusal, type RefusalValues } from '../values/refusal.ts';
import { meteringPointOf, obisOf } from './rules.ts';
import { importFile } from './service/import.ts';
import type { Imported } from './service/import-report.ts';
import type { Assignment } from './service/stage.ts';

/** What became of a file on the command line. */
export interface CommandImport {
	file: string;
	imported: Imported | null;
	refusal: { code: string; values: RefusalValues } | null;
}

/** Where values go that do not name their metering point. Refuses readings.unknown-metering-point, readings.obis. */
async function assignmentOf(
	db: Database,
	by: Actor,
	name: string | undefined,
	obis: string | undefined,
): Promise<Assignment | undefined> {
	if (name === undefined) return undefined;
	const identifier = meteringPointOf(name) ?? name;
	const points = await transact(db, by, (tx) => meteringPointsNamed(tx, [identifier]));
	const point = points.get(identifier);
	if (!point) throw new Refusal('invalid', 'readings.unknown-metering-point', { meteringPoint: identifier });
	const code = obis === undefined ? undefined : obisOf(obis);
	if (obis !== undefined && !code) throw new Refusal('invalid', 'readings.obis', { value: obis });
	return { meteringPointId: point.id, obis: code };
}

/**
 * Stores files one after the other, each all or nothing, and tells `told` of each as it ends. Joins the running product's
 * database or opens the configured one.
 */
export async function importFiles(
	files: readonly string[],
	{ meteringPoint, obis }: { meteringPoint?: string | undefined; obis?: string | undefined },
	told: (result: CommandImport) => void,
): Promise<CommandImport[]> {
	for (const file of files) await access(file, constants.R_OK);
	const by = systemActor('command.readings');
	const db = await openDatabase(readConfig());
	const results: CommandImport[] = [];
	try {
		for (const file of files) {
			const result: CommandImport = { file, imported: null, refusal: null };
			try {
				const assignment = await assignmentOf(db, by, meteringPoint, obis);
				result.imported = await importFile(db, {
					by,
					at: new Date(),
					path: file,
					fileName: basename(file),
					origin: 'command',
					assignment,
				});
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				result.refusal = { code: error.code, values: error.values };
			}
			results.push(result);
			told(result);
		}
	} finally {
		await db.close();
	}
	return results;
}

/** The lines a person reads. */
export function importLines({ file, imported, refusal }: CommandImport): string {
	if (refusal) return `${file}\n  REFUSED ${refusal.code} ${JSON.stringify(refusal.values)}\n`;
	if (!imported) return '';
	const lines = [
		file,
		`  stored as import ${imported.importId} (${[imported.format, imported.formatVersion].filter(Boolean).join(', ')}): ` +
			`${imported.daysAdded} days new, ${imported.daysReplaced} days replaced`,
	];
	for (const one of imported.series) {
		lines.push(
			`  ${one.meteringPoint ?? one.plantName ?? '(chosen metering point)'} ${one.obis}: ${one.from ?? '—'} … ${one.to ?? '—'}, ` +
				`${kwhOf(one.totalWh)} ${one.unit}`,
			`    ${one.values} values: ${one.added} new, ${one.equal} equal, ${one.changed} changed, ${one.outranked} worse than stored; ${one.gaps} gaps`,
		);
	}
	for (const { code, values } of imported.warnings) lines.push(`  warning ${code} ${JSON.stringify(values)}`);
	return `${lines.join('\n')}\n`;
}
