// Mails about paying in: direct debits that are announced, reminders.
import { germanDay, type Letters } from './letter.ts';

/** Values of these mails. */
export interface PaymentsValues {
	/** a direct debit is announced (Vorabankündigung) */
	'debit-announced': {
		name: string;
		cooperative: string;
		amount: string;
		collectionOn: string;
		reference: string;
		creditorId: string;
		iban: string;
	};
	/** something due was not paid; `document` is the letter, line by line */
	reminder: { name: string; subject: string; document: readonly string[] };
}

export const paymentsLetters: Letters<PaymentsValues> = {
	'debit-announced': {
		de: ({ cooperative, amount, collectionOn, reference, creditorId, iban }) => ({
			subject: `Lastschrift über ${amount} am ${germanDay(collectionOn)}`,
			paragraphs: [
				`wir ziehen fällige Einzahlungen auf Ihre Geschäftsanteile ein: ${amount} am ${germanDay(collectionOn)} von Ihrem Konto ${iban}.`,
				`Mandatsreferenz: ${reference}\nGläubiger-Identifikationsnummer: ${creditorId}\nGläubiger: ${cooperative}`,
				'Bitte sorgen Sie für ausreichende Deckung. Stimmt etwas nicht, melden Sie sich bitte vorher beim Vorstand.',
			],
		}),
		en: ({ cooperative, amount, collectionOn, reference, creditorId, iban }) => ({
			subject: `Direct debit of ${amount} on ${collectionOn}`,
			paragraphs: [
				`we collect payments due on your shares: ${amount} on ${collectionOn} from your account ${iban}.`,
				`Mandate reference: ${reference}\nCreditor identifier: ${creditorId}\nCreditor: ${cooperative}`,
				'Please make sure that the account is covered. If anything is wrong, please tell the board beforehand.',
			],
		}),
	},
	reminder: {
		de: ({ subject, document }) => ({ subject, paragraphs: [document.join('\n')] }),
		en: ({ subject, document }) => ({ subject, paragraphs: [document.join('\n')] }),
	},
};
