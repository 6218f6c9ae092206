// What the program writes to people, in German and English: plain text, short, friendly. Each topic has its letters in a file of its own.
import { type LeavingValues, leavingLetters } from './leaving.ts';
import { type AccountValues, accountLetters } from './letters/account.ts';
import { type AssembliesValues, assembliesLetters } from './letters/assemblies.ts';
import { type BankAccountValues, bankAccountLetters } from './letters/bankAccount.ts';
import { type JoiningValues, joiningLetters } from './letters/joining.ts';
import { type PaymentsValues, paymentsLetters } from './letters/payments.ts';
import { type RegisterValues, registerLetters } from './letters/register.ts';
import { type SharesValues, sharesLetters } from './letters/shares.ts';
import { type Letter, type Letters, linkHere, type Locale } from './letters/letter.ts';
import { documentLine, headerText, lawOf, lineText, topicOf } from './rules.ts';

export type { Locale } from './letters/letter.ts';
export type { AllotmentReason } from './letters/shares.ts';

/** Values of each mail. A link with a token is not a value: it is given apart and sealed. */
export interface NoticeValues
	extends LeavingValues,
		AccountValues,
		PaymentsValues,
		AssembliesValues,
		JoiningValues,
		RegisterValues,
		SharesValues,
		BankAccountValues {}
export type Template = keyof NoticeValues;

const letters: Letters<NoticeValues> = {
	...leavingLetters,
	...accountLetters,
	...paymentsLetters,
	...assembliesLetters,
	...joiningLetters,
	...registerLetters,
	...sharesLetters,
	...bankAccountLetters,
};

const frame: Record<Locale, { greeting: (name: string) => string; closing: string }> = {
	de: { greeting: (name) => `Guten Tag ${name},`, closing: 'Mit freundlichen Grüßen\nIhre Genossenschaft' },
	en: { greeting: (name) => `Dear ${name},`, closing: 'Kind regards\nYour cooperative' },
};

/** Whether one can do without a mail of this kind, where that is worth saying. */
function footOf(template: Template, locale: Locale): string[] {
	const law = lawOf[template];
	if (law !== undefined) {
		return [
			locale === 'de'
				? `Diese Nachricht verlangt das Gesetz (${law}); sie lässt sich nicht abbestellen.`
				: `The law asks for this message (${law}); it cannot be turned off.`,
		];
	}
	if (topicOf[template] === undefined) return [];
	return [
		locale === 'de'
			? 'Solche Nachrichten können Sie im Portal unter „Konto und Sicherheit“, „Nachrichten“ abbestellen.'
			: 'You can turn off messages like this in the portal under “Account and security”, “Messages”.',
	];
}

/** The mail as sent: subject and plain text. Values cannot break lines or add links; only `link` is one. */
export function writeLetter<T extends Template>(
	template: T,
	locale: Locale,
	values: NoticeValues[T],
	link: string | undefined,
): { subject: string; text: string } {
	const clean = Object.fromEntries(
		Object.entries(values as Record<string, string | number | readonly string[]>).map(([key, value]) => [
			key,
			typeof value === 'number' ? value : typeof value === 'object' ? value.map(documentLine) : lineText(value),
		]),
	) as unknown as NoticeValues[T];
	const write: (values: NoticeValues[T]) => Letter = letters[template][locale];
	const { subject, paragraphs } = write(clean);
	const { greeting, closing } = frame[locale];
	const foot = footOf(template, locale);
	const text = [
		greeting(clean.name),
		...paragraphs.map((p) => (p === linkHere ? (link ?? '') : p)),
		closing,
		...foot,
	].join('\n\n');
	return { subject: headerText(subject), text: `${text}\n` };
}
