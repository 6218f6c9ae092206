// Replays vector files against the product's rules: finds them, asks the adapter of their topic, compares.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dividendAllocation } from './allocation.ts';
import { expectedDuty, duty } from './calendar.ts';
import { agrees } from './compare.ts';
import { terminationDates } from './endings.ts';
import { energy } from './energy.ts';
import { exemptionOrder } from './exemptions.ts';
import { type Fields, fieldsOf, textOf, type VectorCase } from './given.ts';
import { identifier } from './identifiers.ts';
import { participation } from './participation.ts';
import { lossAndSettlement } from './settlements.ts';
import { taxDate } from './taxDates.ts';
import { dividendRun } from './taxRun.ts';
import { waterfall } from './waterfall.ts';
import { memberWithholding } from './withholding.ts';

/** What the rules say to a case, under the names of its `expect`; undefined if no rule covers it. */
type Adapter = (testCase: VectorCase) => Fields | undefined;

// By file name alone, so that a folder's parent, the folder itself and a single file all find their rules.
const adapters: Readonly<Record<string, Adapter>> = {
	'identifiers.json': identifier,
	'member_withholding.json': memberWithholding,
	'exemption_orders.json': exemptionOrder,
	'dates_and_reports.json': taxDate,
	'dividend_run.json': dividendRun,
	'dividend_allocation.json': dividendAllocation,
	'termination_dates.json': terminationDates,
	'subscription_transfer_liability.json': participation,
	'loss_settlement_retention.json': lossAndSettlement,
	'profit_waterfall.json': waterfall,
	'reminders.json': duty,
	'energy.json': energy,
};

// Lists that are not told as given and expect say what they expect in fields of their own.
const expectations: Readonly<Record<string, (testCase: Fields) => Fields>> = { 'reminders.json': expectedDuty };

/** How one case went; `detail` says what was expected and what came. */
export interface Outcome {
	readonly file: string;
	readonly id: string;
	readonly verdict: 'ok' | 'FAIL' | 'not supported';
	readonly detail?: string;
}

function outcomeOf(adapter: Adapter | undefined, testCase: VectorCase): Pick<Outcome, 'verdict' | 'detail'> {
	const expected = fieldsOf(testCase.expect);
	const names = Object.keys(expected);
	if (!adapter || names.length === 0) return { verdict: 'not supported' };
	try {
		const got = adapter(testCase);
		if (got === undefined) return { verdict: 'not supported' };
		const wrong = names.filter((name) => !agrees(expected[name], got[name]));
		if (wrong.length === 0) return { verdict: 'ok' };
		const shown = (fields: Fields) => JSON.stringify(Object.fromEntries(wrong.map((n) => [n, fields[n] ?? null])));
		return { verdict: 'FAIL', detail: `expected ${shown(expected)} got ${shown(got)}` };
	} catch (error) {
		return {
			verdict: 'FAIL',
			detail: `expected ${JSON.stringify(expected)} got ${String(error).replace(/\s+/g, ' ')}`,
		};
	}
}

function replayFile(path: string, file: string): Outcome[] {
	let content: unknown;
	try {
		content = JSON.parse(readFileSync(path, 'utf8'));
	} catch (error) {
		return [
			{ file, id: '-', verdict: 'FAIL', detail: `expected a vector file got ${String(error).replace(/\s+/g, ' ')}` },
		];
	}
	// Most files call their list `cases`; some name it after what it lists.
	const list = Array.isArray(content) ? content : Object.values(fieldsOf(content)).find(Array.isArray);
	if (!Array.isArray(list)) return [{ file, id: '-', verdict: 'not supported' }];
	const adapter = adapters[basename(path)];
	return list.map((testCase, place) => {
		const told = fieldsOf(testCase);
		const expected = expectations[basename(path)];
		const fields = expected ? { ...told, expect: expected(told) } : told;
		return { file, id: textOf(fields.id) ?? `#${place + 1}`, ...outcomeOf(adapter, fields) };
	});
}

/**
 * Replays one vector file, or every .json file in a folder and below, in the order of their names.
 * Throws if the path cannot be read or holds no vector file.
 */
export function replay(path: string): Outcome[] {
	const isFolder = statSync(path).isDirectory();
	const folder = isFolder ? path : dirname(path);
	const files = isFolder
		? readdirSync(path, { recursive: true, encoding: 'utf8' })
				.filter((name) => name.endsWith('.json'))
				.sort()
		: [basename(path)];
	if (files.length === 0) throw new Error(`no vector files in ${path}`);
	return files.flatMap((file) => replayFile(join(folder, file), file));
}
