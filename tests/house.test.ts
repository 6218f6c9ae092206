// The house rules, checked: who may import whom, what rules may not do, what never appears anywhere.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** Features from the bottom to the top: each may call what stands before it. */
const features = [
	...['audit', 'accounts', 'statute', 'members', 'ledger', 'shares', 'payments', 'plants', 'readings', 'yields'],
	...['dividends', 'assemblies', 'ballots', 'reports', 'desk', 'privacy', 'moving', 'home'],
];
/** Called by any service, call none. */
const servants = ['documents', 'notices'];
const foundations = ['values', 'database', 'http'];

const topLevel = new Set([
	...[
		'package.json',
		'package-lock.json',
		'tsconfig.json',
		'svelte.config.js',
		'vite.config.ts',
		'vitest.config.ts',
		'drizzle.config.ts',
	],
	...[
		'api',
		'web',
		'jobs',
		'tests',
		'README.md',
		'CHANGELOG.md',
		'LICENSE',
		'biome.json',
		'.ci',
		'.gitignore',
		'.npmrc',
	],
]);

function filesUnder(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const file = path.join(folder, name);
		if (['node_modules', '.svelte-kit', 'paraglide', 'migrations', 'static'].includes(name)) return [];
		return statSync(file).isDirectory() ? filesUnder(file) : [file];
	});
}

const sources = ['api', 'jobs', 'web', 'tests']
	.flatMap(filesUnder)
	.filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.d.ts'));
const textOf = new Map(sources.map((file) => [file, readFileSync(file, 'utf8')]));

interface Import {
	from: string;
	to: string;
	typeOnly: boolean;
}

function importsOf(file: string): Import[] {
	const text = textOf.get(file) ?? '';
	return [
		...text.matchAll(
			/(?:^|\n)\s*(import|export)\s+(type\s+)?[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
		),
	].map((m) => {
		const target = m[3] ?? m[4] ?? m[5] ?? '';
		return {
			from: file,
			to: target.startsWith('.') ? path.normalize(path.join(path.dirname(file), target)) : target,
			typeOnly: m[2] !== undefined,
		};
	});
}

const imports = sources.flatMap(importsOf);
const featureOf = (file: string): string | undefined => /^api\/([a-z]+)\//.exec(file)?.[1];
/** Places that put the whole program together and may know everybody. */
const compositionRoots = new Set(['api/app.ts', 'api/main.ts', 'api/openapi.ts', 'jobs/main.ts']);
const isRules = (file: string): boolean => /^api\/[a-z]+\/rules(\.ts|\/)/.test(file);
const isService = (file: string): boolean => /^api\/[a-z]+\/service(\.ts|\/)/.test(file);

describe('imports', () => {
	test('a feature imports only what stands below it', () => {
		const broken = imports.flatMap(({ from, to }) => {
			const own = featureOf(from);
			const other = featureOf(to);
			if (!own || !other || own === other || compositionRoots.has(from)) return [];
			if (foundations.includes(other)) {
				const rank = foundations.indexOf(own);
				return rank === -1 || rank >= foundations.indexOf(other)
					? []
					: [`${from} imports ${to}: ${other} stands above ${own}`];
			}
			if (own === 'http' && (other === 'audit' || other === 'database')) return [];
			if (servants.includes(own))
				return other === 'audit' ? [] : [`${from} imports ${to}: ${own} is called by others and calls none`];
			if (servants.includes(other))
				return foundations.includes(own) || own === 'audit' ? [`${from} imports ${to}`] : [];
			if (foundations.includes(own)) return [`${from} imports ${to}: ${other} stands above ${own}`];
			if (features.indexOf(other) > features.indexOf(own))
				return [`${from} imports ${to}: ${other} stands above ${own}`];
			return [];
		});
		expect(broken).toEqual([]);
	});

	test('every folder of api is a feature or a foundation of the house', () => {
		const folders = readdirSync('api').filter((name) => statSync(path.join('api', name)).isDirectory());
		expect(folders.filter((f) => ![...features, ...servants, ...foundations].includes(f))).toEqual([]);
	});

	test('rules are pure: they import rules below them, values and decimal.js', () => {
		const broken = imports.filter(({ from, to }) => {
			if (!isRules(from)) return false;
			return !(isRules(to) || to.startsWith('api/values/') || to === 'decimal.js' || to === 'node:crypto');
		});
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('values know nobody', () => {
		const broken = imports.filter(
			({ from, to }) =>
				from.startsWith('api/values/') &&
				(to.startsWith('api/') ? !to.startsWith('api/values/') : !['decimal.js', 'node:crypto'].includes(to)),
		);
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('pages call the HTTP API only: nothing in web/routes and web/lib imports api or jobs', () => {
		const broken = imports.filter(({ from, to }) => /^web\/(routes|lib|hooks)/.test(from) && /^(api|jobs)\//.test(to));
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('the API imports neither jobs nor web, except where the program is put together', () => {
		const broken = imports.filter(
			({ from, to }) => from.startsWith('api/') && /^(jobs|web)\//.test(to) && !compositionRoots.has(from),
		);
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('jobs call services, not tables or routes of features', () => {
		const broken = imports.filter(
			({ from, to }) => from.startsWith('jobs/') && /^api\/[a-z]+\/(tables|routes)/.test(to),
		);
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('a route imports services, rules and schemas, no tables', () => {
		const broken = imports.filter(({ from, to }) => /^api\/[a-z]+\/routes/.test(from) && /\/tables(\.ts|\/)/.test(to));
		expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
	});

	test('nobody imports in a circle', () => {
		const edges = new Map<string, string[]>();
		// A component that repeats itself imports itself.
		for (const { from, to, typeOnly } of imports)
			if (!typeOnly && to !== from && textOf.has(to)) edges.set(from, [...(edges.get(from) ?? []), to]);
		const done = new Set<string>();
		const circles: string[] = [];
		const walk = (file: string, trail: string[]): void => {
			if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
			if (done.has(file) || trail.includes(file)) return;
			for (const next of edges.get(file) ?? []) walk(next, [...trail, file]);
			done.add(file);
		};
		for (const file of edges.keys()) walk(file, []);
		expect(circles).toEqual([]);
	});
});

/** Lines that match, as file:line. Comments do not count. */
function linesWith(pattern: RegExp, where: (file: string) => boolean): string[] {
	return sources.filter(where).flatMap((file) =>
		(textOf.get(file) ?? '').split('\n').flatMap((line, i) => {
			const code = line.replace(/(^|\s)\/\/.*$/, '').replace(/^\s*\*.*$/, '');
			return pattern.test(code) ? [`${file}:${i + 1}: ${line.trim()}`] : [];
		}),
	);
}

describe('habits', () => {
	test('services and rules read no hidden clock', () => {
		expect(
			linesWith(/Date\.now\(|new Date\(\)|performance\.now\(|process\.hrtime/, (f) => isRules(f) || isService(f)),
		).toEqual([]);
	});

	test('rules roll no dice and wait for nobody', () => {
		expect(linesWith(/Math\.random|random(Bytes|UUID|Int)|\bawait\b|\basync\b|process\.env/, isRules)).toEqual([]);
	});

	test('money is never a float', () => {
		const money = /parseFloat\(|\breal\(|doublePrecision\(|Cents\b\s*[*/]\s*\d*\.\d|\d*\.\d+\s*[*]\s*\w*Cents\b/;
		expect(
			linesWith(money, (f) => f.startsWith('api/') && !f.startsWith('api/readings/') && !f.startsWith('api/plants/')),
		).toEqual([]);
	});

	test('pages never insert raw markup', () => {
		expect(linesWith(/\{@html/, (f) => f.startsWith('web/'))).toEqual([]);
	});

	test('raw SQL text is never built from input', () => {
		expect(linesWith(/sql\.raw\(|sql\.identifier\(/, (f) => f.startsWith('api/') || f.startsWith('jobs/'))).toEqual([]);
	});

	test('no grab-bags: a file is named for what it does', () => {
		expect(sources.filter((f) => /\/(utils?|helpers?|common|misc|manager|index)(\.ts|\/)/.test(f))).toEqual([]);
	});

	test('the first line of each file says what it is for', () => {
		const silent = sources.filter((f) => {
			const first = (textOf.get(f) ?? '').split('\n')[0] ?? '';
			return f.endsWith('.ts') && !first.startsWith('// ') && !first.startsWith('/** ') && !first.startsWith('#!');
		});
		expect(silent).toEqual([]);
	});

	test('the top level stays the map of the house', () => {
		const { stdout, status } = spawnSync('git', ['ls-files'], { encoding: 'utf8' });
		if (status !== 0) return console.log('not a git checkout: the top level is not compared');
		const names = new Set(
			stdout
				.trim()
				.split('\n')
				.map((file) => file.split('/')[0] ?? ''),
		);
		expect([...names].filter((name) => !topLevel.has(name))).toEqual([]);
	});
});

describe('refusals', () => {
	const codes = new Set(
		sources
			.filter((f) => /^(api|jobs)\//.test(f))
			.flatMap((f) =>
				[...(textOf.get(f) ?? '').matchAll(/new Refusal\(\s*'[a-z]+',\s*'([a-z.-]+)'/g)].map((m) => m[1] ?? ''),
			),
	);

	test.each(['de', 'en'])('every code has a sentence in %s', (locale) => {
		const folder = path.join('web/messages', locale);
		const messages = Object.assign(
			{},
			...readdirSync(folder).map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))),
		) as object;
		const silent = [...codes].filter((code) => !(`refusal_${code.replaceAll(/[.-]/g, '_')}` in messages));
		expect(silent).toEqual([]);
	});
});
