// npm run bench -- NAME: measures a path beside its baseline in the same run and prints value, baseline, ratio.
import { build, isBuilt } from '../../web/build.ts';
import type { Measurement } from './measurement.ts';

const benches: Record<string, () => Promise<{ measure: () => Promise<Measurement[]> }>> = {
	readings: () => import('./readings.ts'),
	http: () => import('./http.ts'),
	start: () => import('./start.ts'),
	votes: () => import('./votes.ts'),
	members: () => import('./members.ts'),
	kills: () => import('./kills.ts'),
};

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

const name = process.argv[2] ?? '';
const bench = benches[name];
if (!bench) {
	console.error(`npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(', ')}`);
	process.exit(1);
}
if (['http', 'start', 'kills'].includes(name)) if (!isBuilt()) await build();
for (const measurement of await (await bench()).measure()) print(measurement);
process.exit(0);
