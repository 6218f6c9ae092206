// What a benchmark measures and how several runs of it become one figure.

/** One measured line. `ratio` is value over baseline; `target` is what the product promises for it. */
export interface Measurement {
	name: string;
	value: number;
	baseline: number;
	unit: string;
	/** what the baseline is */
	against: string;
	target: { atLeast: number } | { atMost: number };
	/** what is compared with the target: the ratio or the value itself */
	judged: 'ratio' | 'value';
}

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
