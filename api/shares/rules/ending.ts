// When a membership, or a part of the shares, ends: the exact day, and every step that led to it.
import { fiscalYearOf, type StatuteTerms } from '../../statute/rules.ts';
import { addMonths, type Day, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { fullYearSince, noticeEnd, type Years } from './noticeDays.ts';

/**
 * Why a membership ends: notice (Kündigung) of all or of some shares ('partial'), for hardship, for moving away ('residence'), after a
 * change of the statute ('extraordinary'), by a creditor or an insolvency administrator in the member's place, by death, by the
 * dissolution of a legal person, by exclusion (Ausschluss). A whole transfer ends it too, but is no exit with a settlement.
 */
export const exitCauses = [
	...(['notice', 'partial', 'hardship', 'residence', 'extraordinary'] as const),
	...(['creditor', 'insolvency', 'death', 'dissolved', 'exclusion'] as const),
] as const;
export type ExitCause = (typeof exitCauses)[number];

/**
 * How an exit goes: given → effective; withdrawn before, or superseded by an earlier end (and given again if that one is withdrawn); void if
 * the cooperative is dissolved soon after (§ 75 GenG); a death continued by heirs, then passed on to one of them.
 */
export const exitStates = [
	...(['given', 'effective', 'withdrawn', 'superseded', 'void', 'continued', 'passed-on'] as const),
] as const;
export type ExitState = (typeof exitStates)[number];

/** What may be done with an exit in which state; pages and services ask this table. `represent` and `passOn`: of a death only. */
export const exitCan = {
	...{ withdraw: ['given', 'continued'], effect: ['given'], avoid: ['given', 'effective'], restore: ['superseded'] },
	...{ represent: ['given', 'effective', 'continued'], passOn: ['continued'] },
} as const satisfies Readonly<Record<string, readonly ExitState[]>>;

/** True if an exit in that state can be treated so. */
export function canExit(verb: keyof typeof exitCan, state: ExitState): boolean {
	return (exitCan[verb] as readonly string[]).includes(state);
}

/** A step of an explanation: what it says (a code with a sentence in the portal), where it stands, and the dates and figures in it. */
export interface Step {
	code: string;
	/** paragraph of the Genossenschaftsgesetz, or 'statute' */
	law: string;
	/** rule id */
	rule: string;
	values: Record<string, string | number>;
}

/** The end of a membership: its last day (null: it goes on), the last day on which a notice still reaches that day, and why. */
export interface Ending {
	effectiveOn: Day | null;
	lastDayForThat: Day | null;
	steps: Step[];
}

/** From this day on somebody excluded has neither assembly rights nor offices: the day the letter was sent (§ 68(4) GenG, M-46). */
export function rightsLostFrom({ letterSentOn }: { letterSentOn: Day }): Day {
	return letterSentOn;
}

/** Heirs are one member together: one vote, cast by one joint representative if they are several (§ 77(1) S. 3 GenG, M-45). */
export function heirsVote(heirs: number): { votes: 1; representativeNeeded: boolean } {
	return { votes: 1, representativeNeeded: heirs > 1 };
}

/** What is known about an exit before its day is computed. Which facts are needed depends on the cause. */
export interface ExitFacts {
	cause: ExitCause;
	/** notice: the day it arrived (Zugang); death, dissolution: the day it happened; exclusion: the day it was decided */
	receivedOn: Day;
	joinedOn: Day;
	/** shares held, and how many are given up (partial notice) */
	heldShares: number;
	shares?: number | undefined;
	/** hardship: why staying cannot be expected */
	reason?: string | undefined;
	/** residence: what the authority certified; creditor, insolvency: the title */
	certificate?: string | undefined;
	/** extraordinary: the resolution it is about, and in what position the member was */
	resolvedOn?: Day | undefined;
	position?: 'present-objected' | 'absent-wronged' | 'delegates' | undefined;
	/** extraordinary, absent: when the member learned of the resolution */
	knownOn?: Day | undefined;
	/** creditor: when enforcement failed */
	failedOn?: Day | undefined;
	/** exclusion: when the registered letter was sent */
	letterSentOn?: Day | undefined;
}

/** The statute's terms an ending depends on. */
export type EndingTerms = Pick<
	StatuteTerms,
	'noticeMonths' | 'mandatoryShares' | 'residenceRule' | 'deathContinuation' | 'exclusionReasons'
>;

type Rule = (facts: ExitFacts, terms: EndingTerms, years: Years) => Ending;

function ordinary(
	{ receivedOn }: ExitFacts,
	noticeMonths: number,
	{ endMonth }: Years,
	period: Omit<Step, 'values'>,
): Ending {
	const { effectiveOn, lastDayForThat, missed } = noticeEnd(receivedOn, { noticeMonths, endMonth });
	return {
		effectiveOn,
		lastDayForThat,
		steps: [
			{ code: 'received', law: '§ 130 BGB', rule: 'M-40', values: { receivedOn } },
			{ ...period, values: { months: noticeMonths } },
			...(missed
				? [
						{
							...{ code: 'too-late-for', law: '§ 65(2) GenG', rule: 'M-40' },
							values: { end: missed.end, lastDay: missed.lastDay },
						},
					]
				: []),
			{
				...{ code: 'in-time-for', law: '§ 65(2) GenG', rule: 'M-40' },
				values: { end: effectiveOn, lastDay: lastDayForThat },
			},
		],
	};
}

const statutePeriod = { code: 'period', law: '§ 65(2) GenG', rule: 'M-40' };

function needed(text: string | undefined, field: string, rule: string): string {
	if (!text?.trim()) throw new Refusal('invalid', 'shares.exit-reason-needed', {}, { rule, field });
	return text;
}

function neededDay(day: Day | undefined, field: string, rule: string): Day {
	if (day === undefined || !isDay(day)) throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule, field });
	return day;
}

function yearEnd(code: string, law: string, rule: string, on: Day, { endMonth }: Years): Ending {
	const end = fiscalYearOf(on, endMonth).end;
	return { effectiveOn: end, lastDayForThat: null, steps: [{ code, law, rule, values: { on, end } }] };
}

/**
 * Whether that many shares may be given up (§ 67b GenG, M-43): never the first, never below the mandatory number.
 * Refuses invalid `shares.count-wrong`, `shares.partial-too-many` {held, most, min}.
 */
export function checkPartialNotice(terms: Pick<EndingTerms, 'mandatoryShares'>, held: number, shares: number): void {
	if (!Number.isSafeInteger(shares) || shares < 1)
		throw new Refusal('invalid', 'shares.count-wrong', {}, { field: 'shares' });
	const min = Math.max(1, terms.mandatoryShares);
	const most = Math.max(0, held - min);
	if (shares > most) {
		throw new Refusal('invalid', 'shares.partial-too-many', { held, most, min }, { rule: 'M-43', field: 'shares' });
	}
}

const rules: Readonly<Record<ExitCause, Rule>> = {
	notice: (facts, terms, years) => ordinary(facts, terms.noticeMonths, years, statutePeriod),

	partial: (facts, terms, years) => {
		const { heldShares, shares = 0 } = facts;
		checkPartialNotice(terms, heldShares, shares);
		const ending = ordinary(facts, terms.noticeMonths, years, statutePeriod);
		const left = {
			code: 'shares-left',
			law: '§ 67b GenG',
			rule: 'M-43',
			values: { shares, left: heldShares - shares },
		};
		return { ...ending, steps: [...ending.steps, left] };
	},

	hardship: (facts, terms, years) => {
		needed(facts.reason, 'reason', 'M-41');
		const { noticeMonths } = terms;
		const about = { rule: 'M-41', field: 'cause' };
		if (noticeMonths <= 24) throw new Refusal('invalid', 'shares.hardship-not-needed', { noticeMonths }, about);
		const possibleFrom = fullYearSince(facts.joinedOn, years.endMonth);
		if (facts.receivedOn < possibleFrom)
			throw new Refusal('invalid', 'shares.hardship-too-early', { possibleFrom }, about);
		const ending = ordinary(facts, 3, years, { code: 'hardship-period', law: '§ 65(3) GenG', rule: 'M-41' });
		const full = {
			code: 'full-year',
			law: '§ 65(3) GenG',
			rule: 'M-41',
			values: { joinedOn: facts.joinedOn, possibleFrom },
		};
		return { ...ending, steps: [full, ...ending.steps] };
	},

	residence: (facts, terms, years) => {
		if (!terms.residenceRule)
			throw new Refusal('invalid', 'shares.no-residence-rule', {}, { rule: 'M-42', field: 'cause' });
		needed(facts.certificate, 'certificate', 'M-42');
		return yearEnd('residence', '§ 67 GenG', 'M-42', facts.receivedOn, years);
	},

	extraordinary: (facts, _terms, years) => {
		const resolvedOn = neededDay(facts.resolvedOn, 'resolvedOn', 'M-44');
		const { position = 'present-objected', receivedOn } = facts;
		const from = position === 'absent-wronged' ? neededDay(facts.knownOn, 'knownOn', 'M-44') : resolvedOn;
		if (from < resolvedOn || receivedOn < resolvedOn)
			throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule: 'M-44', field: 'resolvedOn' });
		const until = addMonths(from, 1);
		if (receivedOn > until)
			throw new Refusal('invalid', 'shares.extraordinary-too-late', { until }, { rule: 'M-44', field: 'receivedOn' });
		const ending = yearEnd('extraordinary', '§ 67a GenG', 'M-44', receivedOn, years);
		const month = {
			code: `extraordinary-${position}`,
			law: '§ 67a GenG',
			rule: 'M-44',
			values: { resolvedOn, from, until },
		};
		return { ...ending, steps: [month, ...ending.steps] };
	},

	creditor: (facts, terms, years) => {
		needed(facts.certificate, 'certificate', 'M-47');
		const failedOn = neededDay(facts.failedOn, 'failedOn', 'M-47');
		const earliest = addMonths(facts.receivedOn, -6);
		if (failedOn > facts.receivedOn || failedOn < earliest)
			throw new Refusal('invalid', 'shares.enforcement-too-old', { earliest }, { rule: 'M-47', field: 'failedOn' });
		const ending = ordinary(facts, terms.noticeMonths, years, statutePeriod);
		return {
			...ending,
			steps: [{ code: 'creditor', law: '§ 66 GenG', rule: 'M-47', values: { failedOn } }, ...ending.steps],
		};
	},

	insolvency: (facts, terms, years) => {
		needed(facts.certificate, 'certificate', 'M-47');
		const ending = ordinary(facts, terms.noticeMonths, years, statutePeriod);
		return { ...ending, steps: [{ code: 'insolvency', law: '§ 66a GenG', rule: 'M-47', values: {} }, ...ending.steps] };
	},

	death: ({ receivedOn: on }, { deathContinuation }, years) =>
		deathContinuation
			? {
					effectiveOn: null,
					lastDayForThat: null,
					steps: [{ code: 'death-continued', law: '§ 77(2) GenG', rule: 'M-45', values: { on } }],
				}
			: yearEnd('death', '§ 77(1) GenG', 'M-45', on, years),

	dissolved: ({ receivedOn }, _terms, years) => yearEnd('dissolved', '§ 77a GenG', 'M-45', receivedOn, years),

	exclusion: (facts, terms, years) => {
		const reason = needed(facts.reason, 'reason', 'M-46');
		if (!terms.exclusionReasons.includes(reason))
			throw new Refusal('invalid', 'shares.exclusion-reason-unknown', {}, { rule: 'M-46', field: 'reason' });
		const letterSentOn = neededDay(facts.letterSentOn, 'letterSentOn', 'M-46');
		if (letterSentOn < facts.receivedOn)
			throw new Refusal('invalid', 'shares.letter-before-decision', {}, { rule: 'M-46', field: 'letterSentOn' });
		const ending = yearEnd('exclusion', '§ 68(1) GenG', 'M-46', letterSentOn, years);
		const rights = {
			code: 'rights-lost',
			law: '§ 68(4) GenG',
			rule: 'M-46',
			values: { from: rightsLostFrom({ letterSentOn }) },
		};
		return { ...ending, steps: [...ending.steps, rights] };
	},
};

/**
 * When the membership (or the shares given up) ends, and why, under the statute of the day of receipt (M-40 to M-47).
 * Refuses invalid `shares.exit-day-wrong`, `shares.exit-reason-needed`, `shares.count-wrong`, `shares.partial-too-many` {held, most, min},
 * `shares.hardship-not-needed` {noticeMonths}, `shares.hardship-too-early` {possibleFrom}, `shares.no-residence-rule`,
 * `shares.extraordinary-too-late` {until}, `shares.enforcement-too-old` {earliest}, `shares.exclusion-reason-unknown`,
 * `shares.letter-before-decision`.
 */
export function endingOf(facts: ExitFacts, terms: EndingTerms, years: Years): Ending {
	if (!isDay(facts.receivedOn) || facts.receivedOn < facts.joinedOn)
		throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule: 'M-40', field: 'receivedOn' });
	return rules[facts.cause](facts, terms, years);
}
