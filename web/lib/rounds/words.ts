// Subscription rounds in words: phases, rules, why somebody was allotted what.
import type { paths } from '#lib/api.d.ts';
import { dateTime, euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { rules as names } from './rules.ts';

/** A round as everybody may see it. */
export type Round = paths['/api/rounds/announced']['get']['responses']['200']['content']['application/json'][number];
type Rule = Round['rule'];
type Phase = Round['phase'];
type Line = paths['/api/rounds/{id}']['get']['responses']['200']['content']['application/json']['lines'][number];

/** Where a round stands: angekündigt, offen, Frist beendet, entschieden, abgesagt. */
export function phaseWord(phase: Phase): string {
	const words = {
		planned: m.rounds_phase_planned,
		open: m.rounds_phase_open,
		closed: m.rounds_phase_closed,
		decided: m.rounds_phase_decided,
		cancelled: m.rounds_phase_cancelled,
	};
	return words[phase]();
}

/** The colour that repeats the phase. */
export function phaseTone(phase: Phase): 'leaf' | 'warn' | 'plain' | 'wind' {
	return ({ planned: 'wind', open: 'leaf', closed: 'warn', decided: 'plain', cancelled: 'plain' } as const)[phase];
}

const rules = {
	'first-come': { name: m.rounds_rule_first_come, hint: m.rounds_rule_first_come_hint },
	'equal-steps': { name: m.rounds_rule_equal_steps, hint: m.rounds_rule_equal_steps_hint },
	'pro-rata': { name: m.rounds_rule_pro_rata, hint: m.rounds_rule_pro_rata_hint },
};

/** The rule for over-subscription in a few words, and in a sentence. */
export function ruleWords(rule: Rule): { name: string; hint: string } {
	return { name: rules[rule].name(), hint: rules[rule].hint() };
}

/** The rules to choose from. */
export function ruleOptions(): { value: Rule; label: string; hint: string }[] {
	return names.map((value) => {
		const { name: label, hint } = ruleWords(value);
		return { value, label, hint };
	});
}

/** Why somebody was, or would be, allotted what. */
export function reasonWord(reason: Line['reason']): string {
	const words = {
		'in-full': m.rounds_reason_in_full,
		'over-subscribed': m.rounds_reason_over_subscribed,
		'nothing-left': m.rounds_reason_nothing_left,
		'earlier-unpaid': m.rounds_reason_earlier_unpaid,
		limit: m.rounds_reason_limit,
		'not-a-member': m.rounds_reason_not_a_member,
		'not-admissible': m.rounds_reason_not_admissible,
		'paper-missing': m.rounds_reason_paper_missing,
	};
	return words[reason]();
}

/** The particulars of a round, one below the other. */
export function roundFacts(round: Round): { label: string; value: string }[] {
	return [
		{
			label: m.rounds_column_window(),
			value: m.rounds_window({ from: dateTime(round.opensAt), to: dateTime(round.closesAt) }),
		},
		{
			label: m.rounds_volume(),
			value: m.rounds_worth({ count: number(round.volume), amount: euros(round.volume * round.nominalCents) }),
		},
		{
			label: m.rounds_bounds_each(),
			value: m.rounds_bounds({ min: number(round.floorShares), max: number(round.capShares) }),
		},
		{ label: m.rounds_rule(), value: ruleWords(round.rule).name },
	];
}

/** A round's volume as its fields take it. */
export function volumeValues({
	volumeShares,
	volumeCents,
}: {
	volumeShares: number | null;
	volumeCents: number | null;
}): { volumeIn: string; volume: string } {
	return volumeShares === null
		? { volumeIn: 'euro', volume: String((volumeCents ?? 0) / 100).replace('.', ',') }
		: { volumeIn: 'shares', volume: String(volumeShares) };
}
