// What every mail is made of, and how its figures are written in the two languages.

/** The languages mails are written in. */
export type Locale = 'de' | 'en';

/** A mail before its greeting and closing; one paragraph may be `linkHere`. */
export interface Letter {
	subject: string;
	paragraphs: string[];
}

/** The mails of a topic, in both languages. */
export type Letters<Values> = { [T in keyof Values]: Record<Locale, (values: Values[T]) => Letter> };

/** The paragraph that becomes the mail's link. */
export const linkHere = '\u0000link';

/** A number of shares in words. */
export const germanShares = (count: number): string =>
	count === 1 ? '1 Geschäftsanteil' : `${count} Geschäftsanteile`;
export const englishShares = (count: number): string => (count === 1 ? '1 share' : `${count} shares`);

/** '2026-06-12' as German letters write it: '12.06.2026'. */
export function germanDay(day: string): string {
	return day.split('-').reverse().join('.');
}
