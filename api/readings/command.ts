// npm run readings -- inspect FILE… [--json] [--by-day] [--zone NAME]: what is in meter files, without a database. -- import FILE…: stores them.
import { access, constants } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { kwhOf } from '../values/energy.ts';
import { type Inspection, inspectFile } from './inspect.ts';
import { channelKindOf } from './rules.ts';

const help = `Usage: npm run readings -- inspect FILE... [--json] [--by-day] [--zone NAME]
       npm run readings -- import FILE... [--metering-point ID] [--obis CODE] [--json]

inspect  Says what meter files hold, or why they are refused. Stores nothing and needs no database.

  --json     one JSON array, an object per file in the order given; exit code 0 also where files are
             refused: each object says so in "refusal"
  --by-day   adds values, energy and gaps of every local day
  --zone     clock that months are counted by, for example UTC (default Europe/Berlin)

Without --json: a table; exit code 1 if any file is refused.

import   Stores meter files as meter-days, each file all or nothing, also while the product runs.

  --metering-point ID   market location, meter location or device serial for values that name none
  --obis CODE           channel for values that name none
  --json                one JSON array, an object per file: "imported" or "refusal"

Exit code 1 if any file is refused.

  --help     this text

Exit code 2: wrong usage, or a file that cannot be opened.
DATA_DIR (default .data) or DATABASE_URL says where to store; the demo's folder is .data/demo.
`;

/** Register readings of a file that the table lists. */
const registersShown = 40;

function table(inspection: Inspection): string {
	const { file, format, formatVersion, sender, encoding, container, size, sha256, series, findings, refusal } =
		inspection;
	const name = [format ?? 'unknown format', formatVersion, sender && `from ${sender}`, encoding, container]
		.filter(Boolean)
		.join(', ');
	const lines = [`${file}`, `  ${name}, ${size} bytes, sha256 ${sha256.slice(0, 16)}…`];
	if (refusal) lines.push(`  REFUSED ${refusal.code} ${JSON.stringify(refusal.values)}`);
	for (const one of series) {
		const id = [one.meteringPoint ?? '(no metering point)', one.obis, one.device && `device ${one.device}`].filter(
			Boolean,
		);
		const qualities = Object.entries(one.qualities).map(([quality, n]) => `${n} ${quality}`);
		const twice = one.duplicates + one.outranked;
		const sum = `${one.kWh ?? one.kvarh} ${one.unit} ${one.direction}`;
		const signs = one.negatives > 0 ? ` (${one.positive} and ${one.negative})` : '';
		lines.push(
			`  ${id.join(' ')}, ${one.slotMinutes === 1440 ? 'days' : `${one.slotMinutes} min`}`,
			`    ${one.from ?? '—'} … ${one.to ?? '—'}, ${one.days} days (${one.incompleteDays} incomplete)`,
			`    ${one.values} values, ${sum}${signs}, ${one.nulls} empty, ${one.gaps} gaps, ${twice} repeated: ${qualities.join(', ')}`,
		);
		for (const [month, { values, kWh, nulls }] of Object.entries(one.months)) {
			lines.push(`      ${month} ${String(values).padStart(6)} values ${kWh.padStart(16)} ${one.unit} ${nulls} empty`);
		}
		for (const [day, { values, kWh, kvarh, gaps }] of Object.entries(one.byDay ?? {})) {
			lines.push(
				`      ${day} ${String(values).padStart(4)} values ${(kWh ?? kvarh ?? '').padStart(14)} ${one.unit} ${gaps} gaps`,
			);
		}
	}
	for (const { at, meteringPoint, obis, device, wh, occasion } of inspection.registers.slice(0, registersShown)) {
		const id = [meteringPoint, obis, device && `device ${device}`].filter(Boolean).join(' ');
		lines.push(
			`  register ${at} ${id} ${kwhOf(wh)} ${channelKindOf(obis).unit}${occasion === 'reading' ? '' : ` (${occasion})`}`,
		);
	}
	const more = inspection.registers.length - registersShown;
	if (more > 0) lines.push(`  and ${more} more register readings`);
	for (const { code, values } of findings) lines.push(`  finding ${code} ${JSON.stringify(values)}`);
	return `${lines.join('\n')}\n`;
}

async function main(args: string[]): Promise<number> {
	let parsed: ReturnType<typeof parse>;
	try {
		parsed = parse(args);
	} catch (error) {
		process.stderr.write(`${(error as Error).message}\n\n${help}`);
		return 2;
	}
	const { values, positionals } = parsed;
	if (values.help) {
		process.stdout.write(help);
		return 0;
	}
	const [verb, ...files] = positionals;
	if (verb === 'import' && files.length > 0) return store(files, values);
	if (verb !== 'inspect' || files.length === 0) {
		process.stderr.write(help);
		return 2;
	}
	const inspections: Inspection[] = [];
	for (const file of files) {
		try {
			await access(file, constants.R_OK);
			inspections.push(await inspectFile(file, { byDay: values['by-day'], zone: values.zone }));
		} catch (error) {
			process.stderr.write(`${file}: ${(error as Error).message}\n`);
			return 2;
		}
		if (!values.json) process.stdout.write(table(inspections.at(-1) as Inspection));
	}
	if (values.json) process.stdout.write(`${JSON.stringify(inspections, null, '\t')}\n`);
	return !values.json && inspections.some(({ refusal }) => refusal) ? 1 : 0;
}

async function store(files: string[], values: ReturnType<typeof parse>['values']): Promise<number> {
	// Loaded only here: looking into files must work without a database and its driver.
	const { importFiles, importLines } = await import('./import-command.ts');
	try {
		const place = { meteringPoint: values['metering-point'], obis: values.obis };
		const results = await importFiles(files, place, (result) => {
			if (!values.json) process.stdout.write(importLines(result));
		});
		if (values.json) process.stdout.write(`${JSON.stringify(results, null, '\t')}\n`);
		return results.some(({ refusal }) => refusal) ? 1 : 0;
	} catch (error) {
		process.stderr.write(`${(error as Error).message}\n`);
		return 2;
	}
}

function parse(args: string[]) {
	return parseArgs({
		args,
		allowPositionals: true,
		options: {
			json: { type: 'boolean', default: false },
			'by-day': { type: 'boolean', default: false },
			zone: { type: 'string', default: 'Europe/Berlin' },
			'metering-point': { type: 'string' },
			obis: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
}

process.exitCode = await main(process.argv.slice(2));
