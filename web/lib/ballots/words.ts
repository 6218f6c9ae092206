// Votes in words: choices, the majority a ballot needs, and why its result is what it is.
import { number, percent } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** How one can vote. */
export type Choice = 'yes' | 'no' | 'abstain';

/** A majority as the API tells it. */
export interface Majority {
	threshold: { numerator: number; denominator: number; strict: boolean };
	setBy: 'law' | 'statute';
	source: string;
}

/** A sentence of a result's explanation as the API tells it: its key and its numbers. */
export interface ExplanationPart {
	part: string;
	values: Record<string, string | number | boolean>;
}

/** Ja, Nein, Enthaltung. */
export function choiceWord(choice: Choice): string {
	return { yes: m.ballots_yes, no: m.ballots_no, abstain: m.ballots_abstain }[choice]();
}

/** Where a majority stands: §§ 43 Abs. 2, 48 Abs. 1 GenG, or the statute. */
function placeOf(setBy: unknown, source: unknown): string {
	if (setBy === 'statute') return m.ballots_statute();
	const text = String(source ?? '');
	const bound = text.replaceAll(/(§) | (GenG|UmwG)/g, '$1\u00a0$2');
	return getLocale() === 'de' ? bound.replaceAll(/(?<=\d[a-z]?)\((\d[a-z]?)\)/g, '\u00a0Abs.\u00a0$1') : bound;
}

/** The majority a ballot needs, in a sentence with its source. */
export function majoritySentence({ threshold: { numerator, denominator, strict }, setBy, source }: Majority): string {
	const place = placeOf(setBy, source);
	if (numerator * 2 === denominator && strict) return m.ballots_majority_simple({ place });
	const share = `${numerator}/${denominator}`;
	return strict ? m.ballots_majority_more({ share, place }) : m.ballots_majority_least({ share, place });
}

/** One sentence of the explanation; empty for one this portal does not know. */
function sentence({ part, values }: ExplanationPart): string {
	const n = (name: string) => number(Number(values[name] ?? 0));
	const share = (name: string) => percent(Number(values[name] ?? 0) / 100);
	const place = placeOf(values.setBy, values.source);
	switch (part) {
		case 'votes-cast':
			return m.ballots_why_cast({ cast: n('cast'), yes: n('yes'), no: n('no'), share: share('yesPercent') });
		case 'no-votes-cast':
			return m.ballots_why_nobody();
		case 'abstentions-do-not-count':
			return m.ballots_why_abstain({ count: Number(values.abstain ?? 0) });
		case 'barred':
			return m.ballots_why_barred({ count: Number(values.barred ?? 0) });
		case 'threshold-simple':
			return m.ballots_why_simple({ needed: n('needed'), place });
		case 'threshold-share': {
			const fraction = `${values.numerator}/${values.denominator}`;
			return values.strict
				? m.ballots_why_more({ share: fraction, needed: n('needed'), place })
				: m.ballots_why_least({ share: fraction, needed: n('needed'), place });
		}
		case 'reached':
			return m.ballots_why_reached({ yes: n('yes') });
		case 'tie':
			return m.ballots_why_tie();
		case 'missed':
			return m.ballots_why_missed({ yes: n('yes') });
		case 'investing-agree':
			return m.ballots_why_investing_agree({ yes: n('yes'), no: n('no') });
		case 'investing-would-change':
			return m.ballots_why_investing_change({ yes: n('yes'), no: n('no') });
		default:
			return '';
	}
}

/** The explanation of a result, sentence by sentence. */
export function explanation(parts: readonly ExplanationPart[]): string {
	return parts.map(sentence).filter(Boolean).join(' ');
}
