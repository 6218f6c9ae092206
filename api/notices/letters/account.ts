// Mails about accounts for the portal: invitations, passwords, addresses, sign-in.
import { type Letters, linkHere as here } from './letter.ts';

/** Values of these mails. */
export interface AccountValues {
	/** an account was made for somebody */
	invitation: { name: string };
	/** somebody asked to set a new password */
	'password-reset': { name: string };
	/** the password was changed */
	'password-changed': { name: string };
	/** an address is to be confirmed */
	'email-confirmation': { name: string };
	/** the account's address is now another one; goes to the old address */
	'email-changed': { name: string };
	/** many wrong attempts to sign in */
	'sign-in-attempts': { name: string };
	/** a second factor was set up or removed */
	'second-factor-changed': { name: string };
	/** an old refresh token was used again: the session was ended */
	'session-ended': { name: string };
	/** roles were given or taken */
	'roles-changed': { name: string };
}

export const accountLetters: Letters<AccountValues> = {
	invitation: {
		de: () => ({
			subject: 'Ihr Zugang zum Portal',
			paragraphs: [
				'für Sie wurde ein Zugang zum Portal Ihrer Genossenschaft eingerichtet. Über diesen Link wählen Sie Ihr Passwort:',
				here,
				'Der Link gilt eine Stunde und nur einmal. Ist er abgelaufen, wählen Sie auf der Anmeldeseite „Passwort vergessen“; Sie bekommen dann einen neuen.',
			],
		}),
		en: () => ({
			subject: 'Your access to the portal',
			paragraphs: [
				"an account for your cooperative's portal has been set up for you. Use this link to choose your password:",
				here,
				'The link works once, for one hour. If it has expired, choose “Forgotten password” on the sign-in page and you will get a new one.',
			],
		}),
	},
	'password-reset': {
		de: () => ({
			subject: 'Neues Passwort',
			paragraphs: [
				'für Ihr Konto wurde ein neues Passwort angefordert. Über diesen Link können Sie es setzen:',
				here,
				'Der Link gilt eine Stunde und nur einmal. Haben Sie nichts angefordert, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.',
			],
		}),
		en: () => ({
			subject: 'New password',
			paragraphs: [
				'a new password was requested for your account. Use this link to set it:',
				here,
				'The link works once, for one hour. If you did not ask for it, there is nothing to do: your password stays as it is.',
			],
		}),
	},
	'password-changed': {
		de: () => ({
			subject: 'Ihr Passwort wurde geändert',
			paragraphs: [
				'das Passwort Ihres Kontos wurde soeben geändert. Alle anderen Anmeldungen wurden beendet.',
				'Waren Sie das nicht, setzen Sie bitte gleich über „Passwort vergessen“ ein neues und melden Sie sich beim Vorstand.',
			],
		}),
		en: () => ({
			subject: 'Your password was changed',
			paragraphs: [
				'the password of your account has just been changed. All other sessions were ended.',
				'If this was not you, please set a new one at once through “Forgotten password” and tell the board.',
			],
		}),
	},
	'email-confirmation': {
		de: () => ({
			subject: 'Bitte bestätigen Sie Ihre E-Mail-Adresse',
			paragraphs: [
				'bitte bestätigen Sie mit diesem Link, dass diese Adresse zu Ihnen gehört:',
				here,
				'Der Link gilt eine Stunde und nur einmal. Haben Sie nichts angefordert, können Sie diese Nachricht übergehen.',
			],
		}),
		en: () => ({
			subject: 'Please confirm your e-mail address',
			paragraphs: [
				'please use this link to confirm that this address is yours:',
				here,
				'The link works once, for one hour. If you did not ask for it, you can ignore this message.',
			],
		}),
	},
	'email-changed': {
		de: () => ({
			subject: 'Ihre E-Mail-Adresse wurde geändert',
			paragraphs: [
				'für Ihr Konto gilt ab jetzt eine andere E-Mail-Adresse. An diese hier schreiben wir nicht mehr.',
				'Haben Sie das nicht veranlasst, melden Sie sich bitte gleich beim Vorstand.',
			],
		}),
		en: () => ({
			subject: 'Your e-mail address was changed',
			paragraphs: [
				'your account now uses another e-mail address. We will no longer write to this one.',
				'If this was not you, please tell the board at once.',
			],
		}),
	},
	'sign-in-attempts': {
		de: () => ({
			subject: 'Viele Anmeldeversuche',
			paragraphs: [
				'jemand hat mehrmals vergeblich versucht, sich mit Ihrer E-Mail-Adresse anzumelden. Wir bremsen diese Versuche; Ihr Konto bleibt bestehen.',
				'Waren Sie es selbst, warten Sie bitte eine Viertelstunde oder setzen Sie über „Passwort vergessen“ ein neues Passwort. Waren Sie es nicht, brauchen Sie nichts zu tun.',
			],
		}),
		en: () => ({
			subject: 'Many attempts to sign in',
			paragraphs: [
				'somebody tried several times in vain to sign in with your e-mail address. We slow these attempts down; your account stays in place.',
				'If it was you, please wait a quarter of an hour or set a new password through “Forgotten password”. If it was not, there is nothing to do.',
			],
		}),
	},
	'second-factor-changed': {
		de: () => ({
			subject: 'Ihr zweiter Faktor wurde geändert',
			paragraphs: [
				'die Anmeldung in zwei Schritten wurde für Ihr Konto eingerichtet, erneuert oder entfernt.',
				'Waren Sie das nicht, melden Sie sich bitte gleich beim Vorstand.',
			],
		}),
		en: () => ({
			subject: 'Your second factor was changed',
			paragraphs: [
				'sign-in in two steps was set up, renewed or removed for your account.',
				'If this was not you, please tell the board at once.',
			],
		}),
	},
	'session-ended': {
		de: () => ({
			subject: 'Eine Anmeldung wurde zur Sicherheit beendet',
			paragraphs: [
				'ein bereits verbrauchter Anmeldeschlüssel Ihres Kontos wurde noch einmal benutzt. Das kann bedeuten, dass ihn jemand kopiert hat; wir haben diese Anmeldung deshalb beendet.',
				'Bitte melden Sie sich neu an. Geschieht das öfter, ändern Sie bitte Ihr Passwort.',
			],
		}),
		en: () => ({
			subject: 'A session was ended for safety',
			paragraphs: [
				'a sign-in key of your account that was already spent was used again. Somebody may have copied it, so we ended that session.',
				'Please sign in again. If this happens more often, please change your password.',
			],
		}),
	},
	'roles-changed': {
		de: () => ({
			subject: 'Ihre Aufgaben im Portal haben sich geändert',
			paragraphs: [
				'der Vorstand hat die Rollen Ihres Kontos geändert. Bitte melden Sie sich neu an; Sie sehen dann, was Ihnen offensteht.',
			],
		}),
		en: () => ({
			subject: 'Your roles in the portal have changed',
			paragraphs: [
				'the board has changed the roles of your account. Please sign in again; you will then see what is open to you.',
			],
		}),
	},
};
