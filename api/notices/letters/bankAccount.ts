// Mails about the account payouts go to: held with a link that stops it, confirmed, stopped, another holder.
import { germanDay, type Letters, linkHere } from './letter.ts';

/** Values of these mails. Accounts are masked; `before` and `stands` are empty where there was no account. */
export interface BankAccountValues {
	/** the particulars of the account changed in a way that moves no money elsewhere */
	'account-changed': { name: string; iban: string };
	/** another account was entered and is held; `untilOn` empty: until a second person of the board confirms it */
	'account-held': {
		name: string;
		iban: string;
		before: string;
		origin: 'member' | 'board';
		untilOn: string;
		untilClock: string;
	};
	/** a second person confirmed the account */
	'account-confirmed': { name: string; iban: string };
	/** the change was stopped */
	'account-stopped': { name: string; iban: string; stands: string };
}

export const bankAccountLetters: Letters<BankAccountValues> = {
	'account-changed': {
		de: ({ iban }) => ({
			subject: 'Ihr Auszahlungskonto wurde geändert',
			paragraphs: [
				`die Angaben zu dem Konto, auf das Dividenden und Rückzahlungen gehen, wurden geändert. Es ist das Konto ${iban}.`,
				'Waren Sie das nicht, melden Sie sich bitte gleich beim Vorstand.',
			],
		}),
		en: ({ iban }) => ({
			subject: 'Your account for payouts was changed',
			paragraphs: [
				`the particulars of the account that dividends and refunds go to were changed. It is the account ${iban}.`,
				'If this was not you, please tell the board at once.',
			],
		}),
	},
	'account-held': {
		de: ({ iban, before, origin, untilOn, untilClock }) => ({
			subject: 'Neues Auszahlungskonto: bitte prüfen',
			paragraphs: [
				`${origin === 'member' ? 'in Ihrem Zugang zum Portal' : 'vom Vorstand'} wurde für Ihre Dividenden und Rückzahlungen ein neues Konto eingetragen: ${iban}. ${before ? `Bisher war es das Konto ${before}.` : 'Bisher war keines eingetragen.'}`,
				untilOn
					? `Zu Ihrem Schutz geht bis zum ${germanDay(untilOn)}, ${untilClock} Uhr, kein Geld dorthin, es sei denn, der Vorstand bestätigt das Konto vorher.`
					: 'Zu Ihrem Schutz geht kein Geld dorthin, bevor eine zweite Person des Vorstands das Konto bestätigt hat.',
				'Ist das richtig, müssen Sie nichts tun. Wenn nicht, halten Sie die Änderung hier an:',
				linkHere,
				'Diese Nachricht geht an alle Adressen, unter denen wir Sie in den letzten Wochen erreicht haben.',
			],
		}),
		en: ({ iban, before, origin, untilOn, untilClock }) => ({
			subject: 'New account for payouts: please check',
			paragraphs: [
				`a new account for your dividends and refunds was entered ${origin === 'member' ? 'under your access to the portal' : 'by the board'}: ${iban}. ${before ? `Until now it was the account ${before}.` : 'Until now there was none.'}`,
				untilOn
					? `To protect you, no money goes there before ${untilClock} on ${untilOn}, unless the board confirms the account earlier.`
					: 'To protect you, no money goes there before a second person of the board has confirmed the account.',
				'If this is right, there is nothing to do. If it is not, stop the change here:',
				linkHere,
				'This message goes to every address we have reached you at during the last weeks.',
			],
		}),
	},
	'account-confirmed': {
		de: ({ iban }) => ({
			subject: 'Ihr Auszahlungskonto ist bestätigt',
			paragraphs: [
				`das Konto ${iban} ist bestätigt. Dividenden und Rückzahlungen gehen ab jetzt dorthin.`,
				'Stimmt das nicht, melden Sie sich bitte gleich beim Vorstand.',
			],
		}),
		en: ({ iban }) => ({
			subject: 'Your account for payouts is confirmed',
			paragraphs: [
				`the account ${iban} is confirmed. Dividends and refunds go there from now on.`,
				'If that is not right, please tell the board at once.',
			],
		}),
	},
	'account-stopped': {
		de: ({ iban, stands }) => ({
			subject: 'Die Änderung Ihres Auszahlungskontos ist angehalten',
			paragraphs: [
				`das Konto ${iban} gilt nicht mehr. ${stands ? `Dividenden und Rückzahlungen gehen weiter auf das Konto ${stands}.` : 'Es ist kein Konto für Dividenden und Rückzahlungen eingetragen.'}`,
				'Haben Sie die Änderung nicht selbst gemacht, wählen Sie bitte auch ein neues Passwort.',
			],
		}),
		en: ({ iban, stands }) => ({
			subject: 'The change of your account for payouts is stopped',
			paragraphs: [
				`the account ${iban} no longer counts. ${stands ? `Dividends and refunds still go to the account ${stands}.` : 'No account for dividends and refunds is entered.'}`,
				'If you did not make the change yourself, please choose a new password as well.',
			],
		}),
	},
};
