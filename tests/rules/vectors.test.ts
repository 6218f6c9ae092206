// Replays the shared vectors, and checks that the replay itself tells right from wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../vectors/replay.ts';

const root = resolve(import.meta.dirname, '../..');
const shared = resolve(root, '../shared/cases');
const present = existsSync(shared);
if (!present) console.log(`shared vectors skipped: ${shared} is not there`);

describe.skipIf(!present)('shared vectors', () => {
	it.each([
		...['tax/member_withholding', 'tax/exemption_orders', 'ids/identifiers', 'shares/dividend_allocation'],
		...['tax/dates_and_reports', 'tax/dividend_run'],
		...['shares/termination_dates', 'shares/subscription_transfer_liability'],
		...['shares/loss_settlement_retention', 'shares/profit_waterfall', 'energy/energy'],
	])('%s', (topic) => {
		const outcomes = replay(join(shared, `${topic}.json`));
		expect(outcomes.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
		expect(outcomes.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(0);
	});
});

describe('npm run vectors', () => {
	let folder = '';
	const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
	// As in the npm script: the project's own Node, whichever one runs the tests.
	const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
	const run = (...args: string[]) => {
		const { stdout, stderr, status } = spawnSync('node', ['tests/vectors.ts', ...args], {
			cwd: root,
			encoding: 'utf8',
			env,
		});
		return { lines: stdout.trim().split('\n'), stderr, status };
	};

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'vectors-'));
		mkdirSync(join(folder, 'ids'));
		mkdirSync(join(folder, 'tax'));
		mkdirSync(join(folder, 'empty'));
		const iban = (id: string, valid: boolean) => ({
			id,
			type: 'IBAN',
			given: { value: 'DE89 3704 0044 0532 0130 00' },
			expect: { valid },
		});
		write(
			'ids/identifiers.json',
			JSON.stringify({ cases: [iban('I-1', true), { ...iban('I-2', true), type: 'Passport' }] }),
		);
		const given = { gross: '100.00', member_kind: 'natural', church_rate: '0.09' };
		const wrong = { id: 'T-1', given, expect: { kapest: '24.45', soli: '1.35', net_payout: '72.00' } };
		write(
			'tax/member_withholding.json',
			JSON.stringify({ cases: [wrong, { id: 'T-2', given: { gross: 'many' }, expect: { kapest: '1' } }] }),
		);
		write('tax/other.json', '{"reminders":[{"id":"C-01"}]}');
	});

	afterAll(() => rmSync(folder, { recursive: true }));

	it('prints a line for each case, then the count, and fails if one fails', () => {
		const { lines, status } = run(folder);
		expect(lines).toEqual([
			'ids/identifiers.json I-1 ok',
			'ids/identifiers.json I-2 not supported',
			'tax/member_withholding.json T-1 FAIL expected {"soli":"1.35","net_payout":"72.00"} got {"soli":"1.34","net_payout":"72.01"}',
			'tax/member_withholding.json T-2 FAIL expected {"kapest":"1"} got RangeError: not an amount in euro: many',
			'tax/other.json C-01 not supported',
			'1 passed, 2 failed, 2 not supported',
		]);
		expect(status).toBe(1);
	});

	it('takes a folder of one topic or a single file', () => {
		const file = run(join(folder, 'ids/identifiers.json'));
		expect([file.lines[0], file.lines.at(-1), file.status]).toEqual([
			'identifiers.json I-1 ok',
			'1 passed, 0 failed, 1 not supported',
			0,
		]);
		expect(run(join(folder, 'ids')).lines).toEqual(file.lines);
	});

	it('fails on what it cannot read', () => {
		expect(run(join(folder, 'nowhere'))).toMatchObject({ status: 1, stderr: expect.stringContaining('nowhere') });
		expect(run(join(folder, 'empty'))).toMatchObject({ status: 1, stderr: expect.stringContaining('no vector files') });
		expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('usage') });
		write('empty/identifiers.json', '{"cases":[');
		expect(run(join(folder, 'empty'))).toMatchObject({
			status: 1,
			lines: [expect.stringContaining('FAIL'), '0 passed, 1 failed, 0 not supported'],
		});
	});
});
