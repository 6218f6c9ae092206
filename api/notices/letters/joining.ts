// Mails about joining: the declaration with its link, consents, what the board decided.
import { germanDay, type Letters, linkHere as here } from './letter.ts';

/** What strangers typed, as lines of a mail: nothing in it is a link. */
const unlinked = (document: readonly string[]): string =>
	document.map((line) => line.replace(/(https?:\/\/|www\.)/gi, '')).join('\n');

/** Values of these mails. */
export interface JoiningValues {
	/**
	 * a declaration to join has arrived: what was declared, word for word, and a link that confirms the address. `ask` says what else the
	 * link means or is needed: nothing, the authority of a proxy, a signature on paper, the guardians' consent
	 */
	'application-received': {
		name: string;
		shares: number;
		cooperative: string;
		document: readonly string[];
		ask: 'address' | 'authority' | 'signature' | 'guardians';
	};
	/** a minor wants to join, a guardian is asked to consent by a link */
	'guardian-consent': { name: string; minor: string; cooperative: string; document: readonly string[] };
	/** the board decided against an application; its data are deleted */
	'application-rejected': { name: string; cooperative: string };
	/** the board admitted a member (M-05) */
	admission: { name: string; cooperative: string; number: number; shares: number; joinedOn: string };
}

export const joiningLetters: Letters<JoiningValues> = {
	'application-received': {
		de: ({ cooperative, shares, document = [], ask = 'address' }) => ({
			subject: 'Ihre Beitrittserklärung ist angekommen',
			paragraphs: [
				`Ihre Beitrittserklärung zur ${cooperative} über ${shares} ${shares === 1 ? 'Geschäftsanteil' : 'Geschäftsanteile'} ist bei uns angekommen.`,
				{
					address: 'Bitte bestätigen Sie mit diesem Link, dass diese Adresse zu Ihnen gehört:',
					authority:
						'Erklärt wurde das in Ihrem Namen. Mit diesem Link bestätigen Sie die Vollmacht dazu und Ihre Adresse:',
					signature:
						'Die Satzung verlangt Ihre Unterschrift: Bitte drucken Sie die Erklärung unten aus, unterschreiben Sie sie und schicken Sie sie uns. Bestätigen Sie außerdem mit diesem Link Ihre Adresse:',
					guardians:
						'Alle Sorgeberechtigten bekommen eine eigene Nachricht und müssen zustimmen. Bitte bestätigen Sie außerdem mit diesem Link diese Adresse:',
				}[ask],
				here,
				'Der Vorstand entscheidet in seiner nächsten Sitzung. Mitglied sind Sie mit der Zulassung; wir schreiben Ihnen dann, und bis dahin ist nichts zu zahlen.',
				'Das haben Sie erklärt:',
				unlinked(document),
			],
		}),
		en: ({ cooperative, shares, document = [], ask = 'address' }) => ({
			subject: 'Your declaration to join has arrived',
			paragraphs: [
				`your declaration to join ${cooperative} with ${shares} ${shares === 1 ? 'share' : 'shares'} has arrived.`,
				{
					address: 'Please use this link to confirm that this address is yours:',
					authority: 'It was made in your name. With this link you confirm the authority to do so and your address:',
					signature:
						'The statute asks for your signature: please print the declaration below, sign it and send it to us. Please also use this link to confirm your address:',
					guardians:
						'Everybody who has custody gets a message of their own and must consent. Please also use this link to confirm this address:',
				}[ask],
				here,
				'The board decides at its next meeting. You become a member when you are admitted; we will write to you then, and until then there is nothing to pay.',
				'This is what you declared (in German):',
				unlinked(document),
			],
		}),
	},
	'guardian-consent': {
		de: ({ minor, cooperative, document }) => ({
			subject: `Ihre Zustimmung zum Beitritt von ${minor}`,
			paragraphs: [
				`${minor} möchte Mitglied der ${cooperative} werden. Dafür müssen alle Sorgeberechtigten zustimmen; Sie sind als Sorgeberechtigte oder Sorgeberechtigter genannt. Mit diesem Link stimmen Sie zu:`,
				here,
				'Kennen Sie den Antrag nicht, übergehen Sie diese Nachricht; ohne Ihre Zustimmung wird niemand zugelassen.',
				'Das wurde erklärt:',
				unlinked(document),
			],
		}),
		en: ({ minor, cooperative, document }) => ({
			subject: `Your consent to ${minor} joining`,
			paragraphs: [
				`${minor} would like to become a member of ${cooperative}. Everybody who has custody must consent, and you were named. With this link you consent:`,
				here,
				'If you do not know about this, ignore this message; nobody is admitted without your consent.',
				'This was declared (in German):',
				unlinked(document),
			],
		}),
	},
	'application-rejected': {
		de: ({ cooperative }) => ({
			subject: 'Zu Ihrer Beitrittserklärung',
			paragraphs: [
				`der Vorstand der ${cooperative} hat Ihre Beitrittserklärung nicht angenommen.`,
				'Ihre Angaben haben wir nach dieser Nachricht gelöscht.',
			],
		}),
		en: ({ cooperative }) => ({
			subject: 'About your declaration to join',
			paragraphs: [
				`the board of ${cooperative} has not accepted your declaration to join.`,
				'After this message your data have been deleted.',
			],
		}),
	},
	admission: {
		de: ({ cooperative, number, shares, joinedOn }) => ({
			subject: `Willkommen als Mitglied Nr. ${number}`,
			paragraphs: [
				`der Vorstand der ${cooperative} hat Sie am ${germanDay(joinedOn)} als Mitglied Nr. ${number} mit ${shares} ${shares === 1 ? 'Geschäftsanteil' : 'Geschäftsanteilen'} zugelassen und in die Mitgliederliste eingetragen.`,
				'Was wann zu zahlen ist, steht im Portal unter „Anteile“.',
			],
		}),
		en: ({ cooperative, number, shares, joinedOn }) => ({
			subject: `Welcome as member no. ${number}`,
			paragraphs: [
				`on ${joinedOn} the board of ${cooperative} admitted you as member no. ${number} with ${shares} ${shares === 1 ? 'share' : 'shares'} and entered you in the list of members.`,
				'What is to be paid and when is shown in the portal under “Shares”.',
			],
		}),
	},
};
