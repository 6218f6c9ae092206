// When a member is reminded of what is due (Mahnung), in which step, in which words, and when a claim is too old to be enforced.
import { addDays, addMonths, type Day, daysBetween } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';

/** One of the three steps of reminding. */
export interface ReminderStep {
	/** days after the oldest unpaid due day from which the step is proposed */
	daysAfterDue: number;
	/** charged with this step on top of what is due */
	feeCents: number;
	/** days from sending within which is to be paid */
	payWithinDays: number;
	subject: string;
	/** the letter's paragraphs; {placeholders} are filled in */
	text: string;
}

/** What may stand in braces in the texts of a step. */
export const reminderPlaceholders = [
	...['name', 'number', 'amount', 'fee', 'total', 'dueOn', 'payBy', 'reference', 'iban', 'cooperative'],
] as const;

/** Steps to begin with: friendly, plain, final; no fee before the third. */
export const suggestedSteps: readonly ReminderStep[] = [
	{
		...{ daysAfterDue: 14, feeCents: 0, payWithinDays: 14, subject: 'Erinnerung an Ihre Einzahlung' },
		text: 'vielleicht haben Sie es übersehen: Auf Ihre Geschäftsanteile waren am {dueOn} Einzahlungen fällig, von denen {amount} noch fehlen.\n\nBitte überweisen Sie {total} bis zum {payBy} auf unser Konto {iban} mit dem Verwendungszweck {reference}.\n\nHaben Sie inzwischen gezahlt, betrachten Sie diese Erinnerung bitte als erledigt.',
	},
	{
		...{ daysAfterDue: 35, feeCents: 0, payWithinDays: 14, subject: 'Zweite Erinnerung an Ihre Einzahlung' },
		text: 'auf unsere Erinnerung haben wir noch keine Zahlung erhalten. Seit dem {dueOn} sind {amount} auf Ihre Geschäftsanteile offen.\n\nBitte überweisen Sie {total} bis zum {payBy} auf unser Konto {iban} mit dem Verwendungszweck {reference}. Wenn Sie gerade nicht zahlen können, sprechen Sie uns bitte an.',
	},
	{
		...{ daysAfterDue: 56, feeCents: 500, payWithinDays: 14, subject: 'Letzte Mahnung vor weiteren Schritten' },
		text: 'trotz zweier Erinnerungen sind seit dem {dueOn} {amount} auf Ihre Geschäftsanteile offen. Für diese Mahnung kommen {fee} hinzu.\n\nWir fordern Sie auf, {total} bis zum {payBy} auf unser Konto {iban} mit dem Verwendungszweck {reference} zu zahlen. Danach entscheidet der Vorstand über weitere Schritte.',
	},
];

/**
 * Whether steps can stand: three, each later than the one before, with bounded fees and texts whose placeholders exist.
 * Refuses invalid `payments.reminder-steps-wrong` {step} and `payments.placeholder-unknown` {placeholder}.
 */
export function checkSteps(steps: readonly ReminderStep[]): void {
	const refuse = (step: number) =>
		new Refusal('invalid', 'payments.reminder-steps-wrong', { step }, { field: `steps.${step - 1}.daysAfterDue` });
	if (steps.length !== 3) throw refuse(1);
	for (const [i, step] of steps.entries()) {
		const before = steps[i - 1]?.daysAfterDue ?? 0;
		const whole = [step.daysAfterDue, step.feeCents, step.payWithinDays].every(Number.isSafeInteger);
		if (!whole || step.daysAfterDue <= before || step.daysAfterDue > 720) throw refuse(i + 1);
		if (step.feeCents < 0 || step.feeCents > 10_000 || step.payWithinDays < 1 || step.payWithinDays > 90)
			throw refuse(i + 1);
		for (const [, name = ''] of `${step.subject} ${step.text}`.matchAll(/\{([^{}]*)\}/g)) {
			if (!(reminderPlaceholders as readonly string[]).includes(name)) {
				throw new Refusal(
					'invalid',
					'payments.placeholder-unknown',
					{ placeholder: `{${name}}` },
					{ field: `steps.${i}.text` },
				);
			}
		}
	}
}

/** A text with its placeholders filled in; what is not known stays as it is. */
export function filledIn(
	text: string,
	values: Readonly<Record<(typeof reminderPlaceholders)[number], string>>,
): string {
	return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
		Object.hasOwn(values, name) ? values[name as keyof typeof values] : whole,
	);
}

/** A step that was sent, for what fell due on `dueSince`. */
export interface SentStep {
	step: number;
	sentOn: Day;
	dueSince: Day;
}

/**
 * The step that is to be sent on `today` for a claim whose oldest unpaid due day is `dueSince`; undefined: none (yet, or any more).
 * A step follows the one before at the distance the steps have, so that a late first reminder delays the second.
 */
export function nextStep(
	steps: readonly ReminderStep[],
	{ dueSince, sent, today }: { dueSince: Day; sent: readonly SentStep[]; today: Day },
): number | undefined {
	const last = sent
		.filter((one) => one.dueSince === dueSince)
		.reduce<SentStep | undefined>((latest, one) => (latest && latest.step >= one.step ? latest : one), undefined);
	const index = last ? last.step : 0;
	const step = steps[index];
	if (!step) return undefined;
	if (daysBetween(dueSince, today) < step.daysAfterDue) return undefined;
	const distance = step.daysAfterDue - (steps[index - 1]?.daysAfterDue ?? 0);
	return last && daysBetween(last.sentOn, today) < distance ? undefined : index + 1;
}

/** The day by which a step asks to be paid. */
export function payByOf(step: ReminderStep, sentOn: Day): Day {
	return addDays(sentOn, step.payWithinDays);
}

/** The last day on which a payment due on a day can still be enforced: ten years from arising (§ 22(6) GenG, S-04). */
export function enforceableUntil(dueOn: Day): Day {
	return addMonths(dueOn, 120);
}
