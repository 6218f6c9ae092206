// A citizens' energy company (E-15): each condition at its edge.
import { describe, expect, test } from 'vitest';
import { inArea, proveCitizens, type Voters } from '../../api/reports/rules/citizens.ts';

const voters: Voters = {
	naturalPersons: 50,
	localVotes: 45,
	votes: 60,
	otherVotes: Array(10).fill('sme'),
	mostVotes: 1,
};

describe('§ 3 Nr. 15 EEG', () => {
	test('exactly 50 persons and exactly three quarters are enough', () => {
		expect(proveCitizens(voters)).toMatchObject({ qualifies: true, failed: [], localShare: '0.750000' });
	});

	test.each<[Partial<Voters>, string[]]>([
		[{ naturalPersons: 49 }, ['persons']],
		[{ localVotes: 44 }, ['local']],
		[{ otherVotes: ['sme', 'other'] }, ['others']],
		[{ otherVotes: ['municipality', null] }, ['others']],
		[{ mostVotes: 7 }, ['share']],
		[{ mostVotes: 6 }, []],
		[{ naturalPersons: 0, localVotes: 0, votes: 0, otherVotes: [], mostVotes: 0 }, ['persons', 'local']],
	])('%j fails %j', (changes, failed) => {
		expect(proveCitizens({ ...voters, ...changes })).toMatchObject({ failed, qualifies: failed.length === 0 });
	});

	test('postcodes match whole or by their beginning', () => {
		expect([inArea('43211', ['432']), inArea('43211', ['43211']), inArea('43211', ['4322'])]).toEqual([
			true,
			true,
			false,
		]);
	});
});
