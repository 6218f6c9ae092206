// The arithmetic of a vote: thresholds of law and statute, the tally, whether it is adopted, and why in words.
import { legalSubjects, type MajorityRule, type Subject } from '../assemblies/rules.ts';
import { checkPayoutDay } from '../dividends/rules/inflow.ts';
import { fractionOf, type StatuteTerms } from '../statute/rules.ts';
import { type Day, dayOf, isDay } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';

export const choices = ['yes', 'no', 'abstain'] as const;
export type Choice = (typeof choices)[number];

/** prepared → open → closing (one person has proposed the close) → closed (a second has confirmed it). Never back. */
export const ballotStates = ['prepared', 'open', 'closing', 'closed'] as const;
export type BallotState = (typeof ballotStates)[number];

/** Which act is possible in which states; page and service ask this table. */
export const ballotCan = {
	withdraw: ['prepared'],
	open: ['prepared'],
	castVote: ['open'],
	proposeClosing: ['open'],
	confirmClosing: ['closing'],
} as const satisfies Record<string, readonly BallotState[]>;
export type BallotAct = keyof typeof ballotCan;

/** True if the act is possible in the state. */
export function ballotMay(act: BallotAct, state: BallotState): boolean {
	return (ballotCan[act] as readonly BallotState[]).includes(state);
}

/** Refuses: ballots.wrong-state (conflict) with act and state. */
export function requireBallot(act: BallotAct, state: BallotState): void {
	if (!ballotMay(act, state)) throw new Refusal('conflict', 'ballots.wrong-state', { act, state });
}

/** A share of the votes cast, as a fraction. Adopted if yes/cast > share where `strict`, else ≥ share. */
export interface Threshold {
	numerator: number;
	denominator: number;
	strict: boolean;
}

/** The law's thresholds: V7 § 43(2) GenG, V8, V9 § 16(3) GenG. */
export const lawThresholds: Readonly<Record<MajorityRule, Threshold>> = {
	simple: { numerator: 1, denominator: 2, strict: true },
	'three-quarters': { numerator: 3, denominator: 4, strict: false },
	'nine-tenths': { numerator: 9, denominator: 10, strict: false },
};

/** Which majority a ballot needs: the law's rule for its subject, the threshold that decides, and where it stands. */
export interface Majority {
	rule: MajorityRule;
	threshold: Threshold;
	/** 'law' or 'statute', whichever set the threshold that decides */
	setBy: 'law' | 'statute';
	/** § of the law; of the statute its fraction as written */
	source: string;
}

/** The statute's terms on majorities, fractions as text. */
export type MajorityTerms = Pick<StatuteTerms, 'ordinaryMajority' | 'statuteMajority'>;

function exceeds(a: Threshold, b: Threshold): boolean {
	const left = a.numerator * b.denominator;
	const right = b.numerator * a.denominator;
	return left > right || (left === right && a.strict && !b.strict);
}

/**
 * The majority for a subject (V7–V9): the law's, unless the statute's for that kind of resolution is larger (V11: it may only raise).
 * The ordinary majority means more than its share of the votes cast, that for changes of the statute at least its share.
 */
export function majorityFor(subject: Subject, terms: MajorityTerms): Majority {
	const { majority, source, raisedBy } = legalSubjects[subject];
	const law: Majority = { rule: majority, threshold: lawThresholds[majority], setBy: 'law', source };
	if (!raisedBy) return law;
	const [numerator, denominator] = fractionOf(terms[raisedBy]);
	const threshold: Threshold = { numerator, denominator, strict: raisedBy === 'ordinaryMajority' };
	return exceeds(threshold, law.threshold)
		? { rule: majority, threshold, setBy: 'statute', source: terms[raisedBy] }
		: law;
}

/** Votes by choice, weighted; non-negative integers. */
export interface Tally {
	yes: number;
	no: number;
	abstain: number;
}

/** Adds up votes; the order does not matter. */
export function tallyOf(votes: Iterable<{ choice: Choice; weight: number }>): Tally {
	const tally: Tally = { yes: 0, no: 0, abstain: 0 };
	for (const { choice, weight } of votes) tally[choice] += weight;
	return tally;
}

/** Votes that count: yes and no; abstentions are not cast votes (V7). */
export function castVotesOf({ yes, no }: Tally): number {
	return yes + no;
}

/** Fewest yes votes that adopt when `cast` votes count; 1 at least, so that without votes nothing is adopted. */
export function neededYes({ numerator, denominator, strict }: Threshold, cast: number): number {
	const exact = numerator * cast;
	const needed = strict ? Math.floor(exact / denominator) + 1 : Math.ceil(exact / denominator);
	return Math.max(1, needed);
}

/** True if the tally reaches the threshold; a tie is a rejection (V7). */
export function isAdopted(threshold: Threshold, tally: Tally): boolean {
	return tally.yes >= neededYes(threshold, castVotesOf(tally));
}

/** Part of `whole` in percent with two digits, halves up, as text: '62.50'; '0.00' of nothing. */
export function percentOf(part: number, whole: number): string {
	if (whole === 0) return '0.00';
	const hundredths = Math.floor((part * 20_000 + whole) / (2 * whole));
	return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

/** One sentence of the explanation: a key that the portal has a sentence for, and its numbers. */
export interface ExplanationPart {
	part:
		| 'votes-cast'
		| 'abstentions-do-not-count'
		| 'no-votes-cast'
		| 'threshold-simple'
		| 'threshold-share'
		| 'reached'
		| 'tie'
		| 'missed'
		| 'investing-agree'
		| 'investing-would-change'
		| 'barred';
	values: Record<string, string | number | boolean>;
}

/** A tally with everything that decides it. */
export interface CountedTally extends Tally {
	/** yes + no */
	cast: number;
	neededYes: number;
	/** of the votes cast, two digits */
	yesPercent: string;
	noPercent: string;
	adopted: boolean;
}

/** The result of a ballot. `adopted` is what is declared. */
export interface Result {
	adopted: boolean;
	majority: Majority;
	eligible: number;
	barred: number;
	/** members who voted, abstentions included */
	voters: number;
	turnoutPercent: string;
	/** everybody's votes */
	all: CountedTally;
	/** votes of ordinary members alone; the same as `all` without investing members */
	ordinary: CountedTally;
	investing: Tally;
	/** sentences in the order they are read */
	explanation: ExplanationPart[];
}

function counted(threshold: Threshold, tally: Tally): CountedTally {
	const cast = castVotesOf(tally);
	return {
		...tally,
		cast,
		neededYes: neededYes(threshold, cast),
		yesPercent: percentOf(tally.yes, cast),
		noPercent: percentOf(tally.no, cast),
		adopted: isAdopted(threshold, tally),
	};
}

const plus = (a: Tally, b: Tally): Tally => ({ yes: a.yes + b.yes, no: a.no + b.no, abstain: a.abstain + b.abstain });

/**
 * The result with its explanation. Investing members (investierende Mitglieder) are counted apart: if their votes would turn
 * the result, that of the ordinary members stands (V3, M-07, § 8(2) GenG). Abstentions do not count, a tie is a rejection (V7).
 */
export function explainResult(input: {
	majority: Majority;
	ordinary: Tally;
	investing: Tally;
	eligible: number;
	barred: number;
	voters: number;
}): Result {
	const { majority, investing, eligible, barred, voters } = input;
	const { threshold } = majority;
	const all = counted(threshold, plus(input.ordinary, investing));
	const ordinary = counted(threshold, input.ordinary);
	const invested = investing.yes + investing.no + investing.abstain > 0;
	const decisive = all.adopted === ordinary.adopted ? all : ordinary;
	const explanation: ExplanationPart[] = [];
	const say = (part: ExplanationPart['part'], values: ExplanationPart['values'] = {}) =>
		explanation.push({ part, values });

	if (decisive.cast === 0) say('no-votes-cast');
	else
		say('votes-cast', {
			cast: decisive.cast,
			yes: decisive.yes,
			no: decisive.no,
			yesPercent: decisive.yesPercent,
			noPercent: decisive.noPercent,
		});
	if (decisive.abstain > 0) say('abstentions-do-not-count', { abstain: decisive.abstain });
	if (barred > 0) say('barred', { barred });
	const { numerator, denominator } = threshold;
	if (numerator * 2 === denominator)
		say('threshold-simple', { needed: decisive.neededYes, setBy: majority.setBy, source: majority.source });
	else
		say('threshold-share', {
			numerator,
			denominator,
			strict: threshold.strict,
			needed: decisive.neededYes,
			setBy: majority.setBy,
			source: majority.source,
		});
	if (decisive.adopted) say('reached', { yes: decisive.yes, needed: decisive.neededYes });
	else if (decisive.cast > 0 && decisive.yes === decisive.no && threshold.strict)
		say('tie', { yes: decisive.yes, no: decisive.no });
	else say('missed', { yes: decisive.yes, needed: decisive.neededYes });
	if (invested && all.adopted === ordinary.adopted) say('investing-agree', { yes: investing.yes, no: investing.no });
	if (all.adopted !== ordinary.adopted)
		say('investing-would-change', { yes: all.yes, no: all.no, adopted: all.adopted });

	return {
		adopted: ordinary.adopted,
		majority,
		eligible,
		barred,
		voters,
		turnoutPercent: percentOf(voters, eligible),
		all,
		ordinary,
		investing,
		explanation,
	};
}

/**
 * Checks a ballot's window: it ends after it begins, and lies within the assembly: of a stretched assembly after the discussion
 * began and at most 60 days long, of every other within the 24 hours after the start (F7: votes are cast in the assembly).
 * Refuses: ballots.window-empty (invalid), ballots.window-outside-assembly (invalid, F7).
 */
export function requireWindow(
	window: { opensAt: Date; closesAt: Date },
	assembly: { form: string; startsAt: Date },
): void {
	const [opens, closes, starts] = [window.opensAt.getTime(), window.closesAt.getTime(), assembly.startsAt.getTime()];
	if (!(closes > opens)) throw new Refusal('invalid', 'ballots.window-empty', {}, { field: 'closesAt' });
	const days = assembly.form === 'stretched' ? 60 : 1;
	if (opens < starts || closes > starts + days * 86_400_000) {
		throw new Refusal(
			'invalid',
			'ballots.window-outside-assembly',
			{ startsAt: assembly.startsAt.toISOString(), days },
			{ rule: 'F7', field: opens < starts ? 'opensAt' : 'closesAt' },
		);
	}
}

/**
 * A resolution on the use of profit names its payout day: a bank day at least seven days after the vote ends (T-07, § 44(2) EStG);
 * other resolutions name none.
 * Refuses: ballots.payout-day-missing, ballots.payout-day-not-expected, dividends.payout-too-early, dividends.payout-not-bank-day
 * (all invalid, T-07).
 */
export function requirePayoutDay(subject: Subject, payoutOn: Day | null, closesAt: Date): void {
	const about = { rule: 'T-07', field: 'payoutOn' };
	if (subject !== 'profit-use') {
		if (payoutOn !== null) throw new Refusal('invalid', 'ballots.payout-day-not-expected', {}, about);
		return;
	}
	if (payoutOn === null || !isDay(payoutOn)) throw new Refusal('invalid', 'ballots.payout-day-missing', {}, about);
	checkPayoutDay(dayOf(closesAt), payoutOn);
}

/** What is hashed and shown in every receipt: question and text exactly as put to the vote. */
export function canonicalText(question: string, text: string): string {
	return `${question.normalize('NFC')}\n\n${text.normalize('NFC')}\n`;
}

/** Lines that are hashed to freeze an electorate: one per member, sorted by id: member, weight, investing, barred. */
export function canonicalElectorate(
	electors: readonly { memberId: string; weight: number; investing: boolean; barred: boolean }[],
): string {
	return electors
		.map(
			(e) => `${e.memberId} ${e.weight} ${e.investing ? 'investing' : 'ordinary'} ${e.barred ? 'barred' : 'entitled'}`,
		)
		.sort()
		.join('\n');
}

const receiptLetters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Receipt code from 10 random bytes: 'XXXX-XXXX-XXXX-XXXX' in letters that are not confused when read aloud (Crockford base 32). */
export function receiptOf(random: Uint8Array): string {
	let bits = 0n;
	for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
	const letters = Array.from({ length: 16 }, (_, i) => receiptLetters[Number((bits >> BigInt((15 - i) * 5)) & 31n)]);
	return [0, 4, 8, 12].map((start) => letters.slice(start, start + 4).join('')).join('-');
}
