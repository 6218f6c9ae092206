// Mails about looking into the list of members.
import { germanDay, type Letters } from './letter.ts';

/** Values of these mails. */
export interface RegisterValues {
	/** the board opened the list of members to a member for some hours (§ 31 GenG) */
	'inspection-opened': { name: string; cooperative: string; untilOn: string; untilClock: string };
	/** the board did not open it */
	'inspection-refused': { name: string; cooperative: string; reason: string };
}

export const registerLetters: Letters<RegisterValues> = {
	'inspection-opened': {
		de: ({ cooperative, untilOn, untilClock }) => ({
			subject: 'Die Mitgliederliste ist für Sie geöffnet',
			paragraphs: [
				`der Vorstand der ${cooperative} hat Ihnen die Einsicht in die Mitgliederliste geöffnet: im Portal unter „Anteile“, „Mein Eintrag“, bis ${germanDay(untilOn)}, ${untilClock} Uhr.`,
				'Die Ansicht ist zum Lesen; eine Abschrift erhalten Sie von Ihrem eigenen Eintrag. Jeder Blick wird protokolliert.',
			],
		}),
		en: ({ cooperative, untilOn, untilClock }) => ({
			subject: 'The list of members is open to you',
			paragraphs: [
				`the board of ${cooperative} has opened the list of members to you: in the portal under “Shares”, “My entry”, until ${untilClock} on ${untilOn}.`,
				'The view is for reading; you can have a copy of your own entry. Every look is logged.',
			],
		}),
	},
	'inspection-refused': {
		de: ({ cooperative, reason }) => ({
			subject: 'Zu Ihrem Antrag auf Einsicht in die Mitgliederliste',
			paragraphs: [`der Vorstand der ${cooperative} hat die Einsicht nicht geöffnet. Der Grund: ${reason}`],
		}),
		en: ({ cooperative, reason }) => ({
			subject: 'About your request to inspect the list of members',
			paragraphs: [`the board of ${cooperative} has not opened the list of members. The reason: ${reason}`],
		}),
	},
};
