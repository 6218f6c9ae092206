// shares/termination_dates: notices, partial notices, exclusion, death, dissolution, and what a notice period may be.
import {
	type EndingTerms,
	type ExitCause,
	type ExitFacts,
	endingOf,
	heirsVote,
	rightsLostFrom,
} from '../../api/shares/rules/ending.ts';
import {
	fullYearSince,
	isVoidByDissolution,
	longestNoticeMonths,
	monthsAfter,
	noticeEnd,
} from '../../api/shares/rules/noticeDays.ts';
import { checkTerms } from '../../api/statute/rules/bounds.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import type { Day } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

/** '--12-31' → 12: fiscal years end with the month's last day. */
function endMonthOf(given: Fields): number {
	return Number(/--(\d\d)-/.exec(textOf(firstOf(given, 'fy_end', 'fiscal_year_end')) ?? '--12-31')?.[1] ?? 12);
}

const numberIn = (value: unknown, otherwise: number): number => Number(textOf(value) ?? otherwise);
const dayOr = (given: Fields, ...names: readonly string[]): Day | undefined => textOf(firstOf(given, ...names));

function yes(may: boolean): Fields {
	return { valid: may, accepted: may, allowed: may, admissible: may, possible: may, statute_valid: may };
}

/** A result or a no; the words of a reason are the case's own, so they are not compared. */
function attempt(work: () => Fields): Fields {
	try {
		return { ...yes(true), ...work() };
	} catch (refusal) {
		if (!(refusal instanceof Refusal)) throw refusal;
		return { ...yes(false), ...refusal.values, exit: null, effective: null };
	}
}

/** More than three quarters of the members are businesses: said outright, or as a part (0.8) or percentage (80). */
function areMostlyBusinesses(given: Fields): boolean {
	return Object.entries(given).some(([name, value]) => {
		if (!/business|entrepreneur/.test(name)) return false;
		const share = Number(textOf(value) ?? 0);
		return value === true || (share > 1 ? share / 100 : share) > 0.75;
	});
}

function periodOfStatute(given: Fields, noticeMonths: number): Fields {
	const mostlyBusinesses = areMostlyBusinesses(given);
	const minimum = 3;
	return {
		...attempt(() => {
			checkTerms({ ...suggestedTerms, noticeMonths, mostlyBusinesses });
			return {};
		}),
		max_months: longestNoticeMonths(mostlyBusinesses),
		min_months: minimum,
	};
}

const ruleCauses: readonly (readonly [string, ExitCause])[] = [
	['M-41', 'hardship'],
	['M-42', 'residence'],
	['M-43', 'partial'],
	['M-44', 'extraordinary'],
	['M-45', 'death'],
	['M-46', 'exclusion'],
	['M-47', 'creditor'],
];

/** Which cause a case is about, told by its rule or by the fields it has. */
function causeOf(given: Fields, rules: readonly string[]): ExitCause {
	const said = textOf(firstOf(given, 'kind', 'cause', 'type'));
	const byWord: readonly (readonly [RegExp, ExitCause])[] = [
		[/exclu/i, 'exclusion'],
		[/death|died/i, 'death'],
		[/insolv|administrator/i, 'insolvency'],
		[/creditor|enforcement/i, 'creditor'],
		[/statute.?change|extraordinary|67a/i, 'extraordinary'],
		[/hardship/i, 'hardship'],
		[/certificate|moved|residence/i, 'residence'],
		[/dissolved|legal_person/i, 'dissolved'],
		[/notice_shares/i, 'partial'],
	];
	const words = [said ?? '', ...Object.keys(given)].join(' ');
	if ('registered_letter_sent' in given) return 'exclusion';
	const byRule = ruleCauses.find(([rule]) => rules.includes(rule))?.[1];
	if (byRule && !(byRule === 'creditor' && /insolv/.test(words)) && !(byRule === 'death' && /dissol|legal/.test(words)))
		return byRule;
	return byWord.find(([word]) => word.test(words))?.[1] ?? 'notice';
}

function figures(facts: ExitFacts, terms: EndingTerms, endMonth: number): Fields {
	return attempt(() => {
		const { effectiveOn, lastDayForThat } = endingOf(facts, terms, { endMonth });
		const left = facts.heldShares - (facts.shares ?? 0);
		return {
			exit: effectiveOn,
			effective: effectiveOn,
			last_day_for_that_exit: lastDayForThat,
			membership_continues: effectiveOn === null,
			heirs_membership_ends: effectiveOn,
			heirs_members_until: effectiveOn,
			membership_ends: effectiveOn,
			end: effectiveOn,
			...(facts.shares === undefined ? {} : { shares_left: left, further_shares_left: left - 1 }),
			...(facts.letterSentOn === undefined
				? {}
				: { assembly_rights_lost_from: rightsLostFrom({ letterSentOn: facts.letterSentOn }) }),
		};
	});
}

function hardship(facts: ExitFacts, terms: EndingTerms, endMonth: number): Fields {
	const result = figures(facts, terms, endMonth);
	const ordinary = noticeEnd(facts.receivedOn, { noticeMonths: terms.noticeMonths, endMonth }).effectiveOn;
	const granted = result.valid === true;
	return {
		...result,
		exit: granted ? result.exit : ordinary,
		ordinary_exit: ordinary,
		hardship_notice_possible: granted,
		hardship_possible: granted,
		hardship_allowed: granted,
		hardship_valid: granted,
		hardship_available: granted,
		hardship_accepted: granted,
		earliest_notice: fullYearSince(facts.joinedOn, endMonth),
	};
}

/** What the rules say to a case of shares/termination_dates. */
export function terminationDates(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const rules = Array.isArray(testCase.rules) ? testCase.rules.map(String) : [];
	const endMonth = endMonthOf(given);
	const heirs = firstOf(given, 'heirs');
	const dissolution = dayOr(given, 'dissolution', 'dissolved_on', 'dissolution_date');
	const exit = dayOr(given, 'exit');
	if (exit !== undefined && dissolution !== undefined) {
		const stands = !isVoidByDissolution(exit, dissolution);
		return { exit_valid: stands, valid: stands, exit_void: !stands, void: !stands, until: monthsAfter(exit, 6) };
	}
	const noticeMonths = numberIn(firstOf(given, 'notice_months', 'statute_notice_months'), 3);
	const cause = causeOf(given, rules);
	const receivedOn = dayOr(
		given,
		...['received', 'notice_received', 'decision', 'death', 'died', 'date_of_death', 'death_date'],
		...['dissolved', 'legal_person_dissolved', 'dissolution', 'notice'],
	);
	if (receivedOn === undefined) {
		if (heirs !== undefined) {
			const { votes, representativeNeeded } = heirsVote(numberIn(heirs, 1));
			return { votes, joint_representative_required: representativeNeeded };
		}
		return firstOf(given, 'statute_notice_months', 'notice_months') === undefined
			? undefined
			: periodOfStatute(given, noticeMonths);
	}
	const shares = firstOf(given, 'notice_shares');
	const absent = firstOf(given, 'present', 'was_present', 'present_at_assembly') === false;
	const wronged = valuesTrue(given, /wrong|excluded|not_admitted|defect/);
	const delegates = valuesTrue(given, /delegate/);
	const objected = firstOf(given, 'objection_in_minutes', 'objection', 'objected') !== false;
	const facts: ExitFacts = {
		...{ cause, receivedOn, joinedOn: dayOr(given, 'member_since', 'joined') ?? '1990-01-01' },
		...{ heldShares: numberIn(given.shares, 1), shares: shares === undefined ? undefined : numberIn(shares, 0) },
		...{ reason: valuesFalse(given, /hardship/) ? undefined : 'stated', certificate: proofIn(given) },
		resolvedOn: dayOr(
			given,
			'resolution',
			'resolved',
			'resolved_on',
			'resolution_date',
			'statute_change',
			'assembly',
			'decided',
		),
		position: delegates ? 'delegates' : absent ? 'absent-wronged' : 'present-objected',
		knownOn: dayOr(given, 'known', 'known_on', 'knowledge', 'resolution', 'resolved', 'assembly', 'statute_change'),
		failedOn: dayOr(given, 'failed_enforcement', 'enforcement_failed', 'enforcement_failed_on', 'failed_on'),
		letterSentOn: dayOr(given, 'registered_letter_sent', 'letter_sent', 'sent'),
	};
	const continues = firstOf(given, 'death_continuation', 'statute_continuation', 'continuation') === true;
	const inStatute = firstOf(given, 'reason_in_statute', 'in_statute') !== false;
	const terms: EndingTerms = {
		...{
			noticeMonths,
			mandatoryShares: Math.max(1, numberIn(firstOf(given, 'mandatory_shares', 'shares_for_service'), 1)),
		},
		...{
			residenceRule: firstOf(given, 'residence_rule', 'statute_residence_rule') !== false,
			deathContinuation: continues,
		},
		exclusionReasons: inStatute ? ['stated'] : [],
	};
	if (cause === 'extraordinary' && ((!absent && !objected && !delegates) || (absent && !wronged && !delegates)))
		return { ...yes(false), exit: null };
	const result = cause === 'hardship' ? hardship(facts, terms, endMonth) : figures(facts, terms, endMonth);
	const min = terms.mandatoryShares;
	return {
		...result,
		...(heirs === undefined
			? {}
			: { votes: 1, joint_representative_required: heirsVote(numberIn(heirs, 1)).representativeNeeded }),
		...(facts.shares === undefined
			? {}
			: { max_notice_shares: facts.heldShares - min, max: facts.heldShares - min, must_keep: min, min_shares: min }),
	};
}

const proofIn = (given: Fields): string | undefined =>
	Object.entries(given).some(([name, value]) => /certificate|title|order|administrator/.test(name) && value === false)
		? undefined
		: 'presented';

const valuesTrue = (given: Fields, name: RegExp): boolean =>
	Object.entries(given).some(([key, value]) => name.test(key) && value === true);
const valuesFalse = (given: Fields, name: RegExp): boolean =>
	Object.entries(given).some(([key, value]) => name.test(key) && value === false);
