// A statute that takes the vote of investing members away (§ 8(2) GenG, M-07): they are not in the electorate, from its day on.
import { beforeAll, expect, test } from 'vitest';
import { castVote } from '../../api/ballots/service/cast.ts';
import { openBallot } from '../../api/ballots/service/open.ts';
import { prepareBallot } from '../../api/ballots/service/prepare.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { approveStatute, proposeStatute } from '../../api/statute/service/change.ts';
import { addDays, dayOf } from '../../api/values/calendar.ts';
import { person, useDatabase } from '../database.ts';
import { addMembers, assemblyInSession, board, found, memberOf } from './assembly.ts';

const database = useDatabase();
let investor = '';

beforeAll(async () => {
	await found(database);
	await addMembers(database, { count: 12 });
	[investor = ''] = await addMembers(database, { from: 501, count: 3, investing: true });
});

async function openNow() {
	const { itemId, startsAt } = await assemblyInSession(database);
	const at = new Date();
	const { id: ballotId } = await prepareBallot(database.db, {
		...{ by: board, at, agendaItemId: itemId, question: 'Wird der Abschluss festgestellt?', text: 'Bilanz' },
		...{ opensAt: startsAt, closesAt: new Date(at.getTime() + 600_000) },
	});
	return { ballotId, ...(await openBallot(database.db, { by: board, at, ballotId })) };
}

async function change(validFrom: string, investingVotes: boolean) {
	const at = new Date();
	const terms = { ...suggestedTerms, investingMembers: true, investingVotes };
	const { proposalId } = await proposeStatute(database.db, { by: board, at, validFrom, terms, source: 'GV' });
	await approveStatute(database.db, { by: person(['board']), at, proposalId });
}

test('with a vote they are counted apart; without one they are left out', async () => {
	const today = dayOf(new Date());
	await change(addDays(today, -30), true);
	expect((await openNow()).eligible).toBe(15);
	await change(addDays(today, -1), false);
	const { ballotId, eligible } = await openNow();
	expect(eligible).toBe(12);
	await expect(
		castVote(database.db, { by: memberOf(investor), at: new Date(), ballotId, choice: 'yes' }),
	).rejects.toMatchObject({ kind: 'forbidden' });
});
