// Closes a test run with one plain line: N passed, N failed, N skipped.
import type { Reporter, TestModule } from 'vitest/node';

export default class PlainReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
		let passed = 0;
		let failed = errors.length;
		let skipped = 0;
		for (const module of modules) {
			const states = [...module.children.allTests()].map((test) => test.result().state);
			if (module.state() === 'failed' && !states.includes('failed')) failed++;
			for (const state of states) {
				if (state === 'passed') passed++;
				else if (state === 'failed') failed++;
				else skipped++;
			}
		}
		console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
	}
}
