// npm run bench -- NAME: measures a path beside its baseline in the same run and prints value, baseline, ratio.
import { build, isBuilt } from '../../web/build.ts';

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

const benches: Record<string, () => Promise<{ measure: () => Promise<Measurement[]> }>> = {
	readings: () => import('./readings.ts'),
	http: () => import('./http.ts'),
	start: () => import('./start.ts'),
	votes: () => import('./votes.ts'),
};

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print({ name, value, baseline, unit, against, target, judged }: Measurement): void {
	const ratio = value / baseline;
	const figure = judged === 'ratio' ? ratio : value;
	const met = 'atLeast' in target ? figure >= target.atLeast : figure <= target.atMost;
	const wanted = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
	const show = (n: number) => (Math.abs(n) >= 100 ? Math.round(n).toLocaleString('en') : n.toPrecision(3));
	console.log(
		`${name}: value ${show(value)} ${unit}, baseline ${show(baseline)} ${unit} (${against}), ratio ${ratio.toFixed(3)}, ` +
			`target ${judged} ${wanted}: ${met ? 'met' : 'not met'}`,
	);
}

if (process.argv[1] === import.meta.filename) {
	const name = process.argv[2] ?? '';
	const bench = benches[name];
	if (!bench) {
		console.error(`npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(', ')}`);
		process.exit(1);
	}
	if (name !== "readings" && !isBuilt()) await build();
	for (const measurement of await (await bench()).measure()) print(measurement);
	process.exit(0);
}
