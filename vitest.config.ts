// The test projects: pure rules, services and API on a real PostgreSQL, the portal in a real browser.
import { defineConfig } from 'vitest/config';

const database = { globalSetup: ['tests/cluster.ts'], testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
	test: {
		reporters: ['default', './tests/reporter.ts'],
		maxWorkers: 2,
		projects: [
			{ test: { name: 'rules', include: ['tests/*.test.ts', 'tests/rules/**/*.test.ts'], testTimeout: 30_000 } },
			{
				test: { ...database, name: 'services', include: ['tests/services/**/*.test.ts'], sequence: { groupOrder: 1 } },
			},
			{ test: { ...database, name: 'api', include: ['tests/api/**/*.test.ts'], sequence: { groupOrder: 1 } } },
			{
				test: {
					...database,
					name: 'web',
					include: ['tests/web/**/*.test.ts'],
					testTimeout: 90_000,
					hookTimeout: 120_000,
					fileParallelism: false,
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
});
