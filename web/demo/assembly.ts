// General assemblies of the demo: convened in time, items put to the vote, votes of members, closed by two people.
import type { AgendaItemInput } from '../../api/assemblies/service/agenda.ts';
import { addAgendaItem } from '../../api/assemblies/service/agenda.ts';
import { conveneAssembly, holdAssembly } from '../../api/assemblies/service/convene.ts';
import { type AssemblyInput, createAssembly } from '../../api/assemblies/service/draft.ts';
import type { Choice } from '../../api/ballots/rules.ts';
import { castVote } from '../../api/ballots/service/cast.ts';
import { closeAssembly, confirmClosing, proposeClosing } from '../../api/ballots/service/close.ts';
import { openBallot } from '../../api/ballots/service/open.ts';
import { prepareBallot } from '../../api/ballots/service/prepare.ts';
import { addDays } from '../../api/values/calendar.ts';
import { random } from './random.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, recorder, type World } from './world.ts';

/** An item of the agenda; one with a question is put to the vote. */
export interface Item extends Omit<AgendaItemInput, 'proposalId'> {
	question?: string;
	/** numbers of those who are excluded from this vote (V6) */
	barred?: readonly number[];
	/** about the dividend proposal of the assembly */
	onProposal?: boolean;
	/** part of the votes for yes and for no; the rest abstains */
	yes?: number;
	no?: number;
}

/** An assembly from draft to close. */
export interface Meeting extends AssemblyInput {
	/** days before on which it is drafted and convened */
	draftedDaysBefore: number;
	convenedDaysBefore: number;
	/** local times on the first day at which voting begins, and when it ends */
	opensAtClock: string;
	closesAt: Date;
	items: readonly Item[];
	/** the proposal that items on the use of profit are about */
	proposalId?: () => string;
	/** how likely a member votes at all */
	turnout: number;
	/** numbers of members who do not vote */
	silent?: readonly number[];
}

interface Voting {
	ballotId: string;
	item: Item;
}

/** The first vote comes so long after the vote was opened. */
const votingDelayMinutes = 5;

/** Who votes what on an item, and when between two instants: the same at every making of the demo. */
function votesOn(
	world: World,
	{ title, turnout, silent = [], heldOn }: Meeting,
	{ item }: Voting,
	from: Date,
	to: Date,
) {
	const { yes = 0.86, no = 0.06, barred = [] } = item;
	return world.people.flatMap(({ memberNumber: number = 0, joinedOn = '' }) => {
		const stream = random('vote', title, number);
		const [comes, when] = [stream.chance(turnout), stream.number()];
		if (!comes || silent.includes(number) || barred.includes(number) || joinedOn > heldOn) return [];
		const drawn = random('choice', title, item.title, number).number();
		const choice: Choice = drawn < yes ? 'yes' : drawn < yes + no ? 'no' : 'abstain';
		const at = new Date(from.getTime() + Math.floor(when * (to.getTime() - from.getTime())));
		return [{ number, choice, at }];
	});
}

/** Votes cast together go into the log together: in thirds of the time, as the log of a real ballot has several lines. */
function voting(world: World, meeting: Meeting, votings: readonly Voting[], from: Date, to: Date): Happening[] {
	const third = (to.getTime() - from.getTime()) / 3;
	return [1, 2, 3].map((part) => ({
		at: new Date(from.getTime() + part * third),
		run: (at) =>
			Promise.all(
				votings.flatMap((one) =>
					votesOn(world, meeting, one, from, to)
						.filter((vote) => vote.at <= at && vote.at.getTime() > at.getTime() - third)
						.map(({ number, choice, at: castAt }) => {
							const memberId = memberIdOf(world, number);
							return castVote(world.db, { by: recorder, at: castAt, ballotId: one.ballotId, choice, memberId });
						}),
				),
			),
	}));
}

/** Everything that happens with an assembly. What lies in the future does not happen: an assembly of today stays open. */
export function meetings(world: World, meeting: Meeting): Happening[] {
	const { db, now } = world;
	const { heldOn, opensAtClock, closesAt, items, proposalId } = meeting;
	const opensAt = moment(heldOn, opensAtClock);
	const until = closesAt < now ? closesAt : later(now, -20);
	const startsAt = moment(heldOn, meeting.startsAtClock);
	const itemIds = new Map<Item, string>();
	const votings: Voting[] = [];
	let assemblyId = '';
	const chair = () => acting(world, 'chair');
	const draft = async (at: Date) => {
		const { title, kind, form, discussionForm, startsAtClock, place, link } = meeting;
		const facts = { title, kind, form, discussionForm, heldOn, startsAtClock, place, link };
		assemblyId = (await createAssembly(db, { by: chair(), at, ...facts })).id;
		for (const item of items) {
			const { kind: what, title: name, text, subject, onProposal } = item;
			const input = { kind: what, title: name, text, subject, ...(onProposal ? { proposalId: proposalId?.() } : {}) };
			itemIds.set(item, (await addAgendaItem(db, { by: chair(), at, assemblyId, ...input })).id);
		}
	};
	const prepare = async (at: Date) => {
		for (const item of items) {
			const { question, text, barred } = item;
			if (question === undefined) continue;
			const barredMemberIds = barred?.map((number) => memberIdOf(world, number));
			const agendaItemId = itemIds.get(item) ?? '';
			const { id } = await prepareBallot(db, {
				by: chair(),
				at,
				agendaItemId,
				question,
				text,
				opensAt,
				closesAt,
				barredMemberIds,
			});
			votings.push({ ballotId: id, item });
		}
	};
	const inTurn = (act: (ballotId: string, at: Date) => Promise<unknown>) => async (at: Date) => {
		for (const [i, { ballotId }] of votings.entries()) await act(ballotId, later(at, i));
	};
	return [
		{ at: moment(addDays(heldOn, -meeting.draftedDaysBefore), '20:00'), run: draft },
		{
			at: moment(addDays(heldOn, -meeting.convenedDaysBefore), '10:00'),
			run: (at) => conveneAssembly(db, { by: chair(), at, assemblyId }),
		},
		{ at: later(startsAt, -120), run: prepare },
		{ at: startsAt, run: (at) => holdAssembly(db, { by: chair(), at, assemblyId }) },
		{ at: opensAt, run: inTurn((ballotId, at) => openBallot(db, { by: chair(), at, ballotId })) },
		...voting(world, meeting, votings, later(opensAt, votingDelayMinutes), until),
		{ at: later(closesAt, 1), run: inTurn((ballotId, at) => proposeClosing(db, { by: chair(), at, ballotId })) },
		{
			at: later(closesAt, 8),
			run: inTurn((ballotId, at) => confirmClosing(db, { by: acting(world, 'deputy'), at, ballotId })),
		},
		{ at: later(closesAt, 25), run: (at) => closeAssembly(db, { by: chair(), at, assemblyId }) },
	];
}
