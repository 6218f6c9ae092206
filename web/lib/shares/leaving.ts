// Exits and transfers in words: causes, states, and the steps that led to a day.
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import * as messages from '#lib/paraglide/messages.js';

/** A step of an explanation as the API gives it. */
export interface ExitStep {
	code: string;
	law: string;
	rule: string;
	values: Record<string, string | number>;
}

/** Somebody who acts or acted for heirs, as the API gives it. */
export interface Representative {
	name: string;
	email: string | null;
	address: string | null;
	account: boolean;
	fromOn: string;
	basis: string;
	endedOn: string | null;
}

type Sentence = (values: Record<string, string | number>) => string;

/** A step as a sentence; days as people write them. */
export function stepText({ code, values }: ExitStep): string {
	const sentence = (messages as unknown as Record<string, Sentence>)[`leave_step_${code.replaceAll('-', '_')}`];
	const spoken = Object.fromEntries(
		Object.entries(values).map(([name, value]) => [
			name,
			typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? date(value) : value,
		]),
	);
	return sentence ? sentence(spoken) : code;
}

/** Why a membership ends, in a word or two. */
export function causeText(cause: string): string {
	const words: Record<string, () => string> = {
		notice: m.leave_cause_notice,
		partial: m.leave_cause_partial,
		hardship: m.leave_cause_hardship,
		residence: m.leave_cause_residence,
		extraordinary: m.leave_cause_extraordinary,
		creditor: m.leave_cause_creditor,
		insolvency: m.leave_cause_insolvency,
		death: m.leave_cause_death,
		dissolved: m.leave_cause_dissolved,
		exclusion: m.leave_cause_exclusion,
	};
	return words[cause]?.() ?? cause;
}

/** How an exit stands. */
export function exitStateText(state: string): string {
	const words: Record<string, () => string> = {
		given: m.leave_state_given,
		effective: m.leave_state_effective,
		withdrawn: m.leave_state_withdrawn,
		superseded: m.leave_state_superseded,
		void: m.leave_state_void,
		continued: m.leave_state_continued,
		'passed-on': m.leave_state_passed_on,
	};
	return words[state]?.() ?? state;
}

/** How a transfer stands. */
export function transferStateText(state: string): string {
	const words: Record<string, () => string> = {
		proposed: m.hand_state_proposed,
		accepted: m.hand_state_accepted,
		entered: m.hand_state_entered,
		withdrawn: m.hand_state_withdrawn,
		declined: m.hand_state_declined,
		refused: m.hand_state_refused,
	};
	return words[state]?.() ?? state;
}

/** How a settlement stands. */
export function settlementStateText(state: string): string {
	const words: Record<string, () => string> = {
		undetermined: m.settle_state_undetermined,
		payable: m.settle_state_payable,
		suspended: m.settle_state_suspended,
		underway: m.settle_state_underway,
		settled: m.settle_state_settled,
		void: m.settle_state_void,
	};
	return words[state]?.() ?? state;
}

/** Every cause, in the order forms offer them. */
export const causes = [
	...['notice', 'partial', 'hardship', 'residence', 'extraordinary'],
	...['death', 'dissolved', 'exclusion', 'creditor', 'insolvency'],
] as const;
