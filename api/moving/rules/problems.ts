// What is wrong with tables that are to move in, named by table, row and column; errors stand in the way, warnings do not.
import type { RefusalValues } from '../../values/refusal.ts';

/** Where something is: the table, the row as a spreadsheet numbers it, the column's heading; null where it is the whole of it. */
export interface Spot {
	file: string;
	row: number | null;
	column: string | null;
}

const warnings = [
	...(['guardian-missing', 'representative-missing', 'below-mandatory', 'settlement-open', 'mandate-of-left'] as const),
	...(['exit-not-year-end', 'notice-day-missing'] as const),
] as const;
type ErrorCode =
	| ('column-missing' | 'column-twice' | 'no-rows' | 'no-members-file' | 'period-locked' | 'creditor-id-missing')
	| ('cell-missing' | 'cell-too-long' | 'characters-broken' | 'number-wrong' | 'number-twice' | 'number-taken')
	| ('member-unknown' | 'name-missing' | 'name-unclear' | 'name-and-organisation' | 'kind-unknown')
	| ('kind-mismatch' | 'investing-unclear' | 'investing-not-allowed' | 'postcode-wrong' | 'country-unknown')
	| ('email-wrong' | 'tax-id-wrong' | 'iban-wrong' | 'day-wrong' | 'day-in-future' | 'exit-before-entry')
	| ('entry-missing' | 'birth-after-entry' | 'shares-wrong' | 'shares-missing' | 'shares-differ')
	| ('movement-unknown' | 'movement-sign' | 'before-entry' | 'after-exit' | 'first-movement' | 'below-one-share')
	| ('over-limit' | 'amount-wrong' | 'amount-zero' | 'paid-over-nominal' | 'paid-below-zero' | 'paid-differs')
	| ('due-over-nominal' | 'mandate-reference-wrong' | 'mandate-twice' | 'mandate-taken' | 'mandate-second')
	| ('mandate-iban-missing' | 'mandate-day-missing' | 'notice-after-exit' | 'notice-without-exit')
	| 'representative-unnamed';
/** What may be wrong; each has a sentence in both languages. */
export type ProblemCode = (typeof warnings)[number] | ErrorCode;

/** A problem; `values` explain it and never hold a secret in clear. */
export interface Problem extends Spot {
	severity: 'error' | 'warning';
	code: ProblemCode;
	values: RefusalValues;
}

/** Collects problems as they are found. */
export class Findings {
	readonly problems: Problem[] = [];

	/** Notes a problem at a spot. */
	add(spot: Spot, code: ProblemCode, values: RefusalValues = {}): void {
		const severity = (warnings as readonly string[]).includes(code) ? 'warning' : 'error';
		this.problems.push({ ...spot, severity, code, values });
	}
}
