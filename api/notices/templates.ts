// What the program writes to people, in German and English: plain text, short, friendly. A feature adds its mails here.
import { documentLine, headerText, lineText } from './rules.ts';

/** The languages mails are written in. */
export type Locale = 'de' | 'en';

/** Values of each mail. A link with a token is not a value: it is given apart and sealed. */
export interface NoticeValues {
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
	/** a general assembly is convened; `document` is the notice word for word, line by line */
	'assembly-invitation': { name: string; title: string; document: readonly string[] };
	/** items were added to the agenda of a convened assembly; `document` is the notice with the whole agenda */
	'assembly-addition': { name: string; title: string; document: readonly string[] };
	/** a declaration to join has arrived */
	'application-received': { name: string; shares: number; cooperative: string };
	/** the board decided against an application; its data are deleted */
	'application-rejected': { name: string; cooperative: string };
	/** the board admitted a member (M-05) */
	admission: { name: string; cooperative: string; number: number; shares: number; joinedOn: string };
}
export type Template = keyof NoticeValues;

interface Letter {
	subject: string;
	paragraphs: string[];
}

type Writer<T extends Template> = Record<Locale, (values: NoticeValues[T]) => Letter>;

/** Stands where the link goes. */
const here = '\u0000link';

const letters: { [T in Template]: Writer<T> } = {
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
	'assembly-invitation': {
		de: ({ title, document }) => ({
			subject: `Einladung: ${title}`,
			paragraphs: [
				'der Vorstand lädt Sie ein:',
				document.join('\n'),
				'Unterlagen und Abstimmungen finden Sie im Mitgliederportal.',
			],
		}),
		en: ({ title, document }) => ({
			subject: `Invitation: ${title}`,
			paragraphs: [
				'the board invites you (the notice is in German):',
				document.join('\n'),
				"Documents and ballots are in the members' portal.",
			],
		}),
	},
	'assembly-addition': {
		de: ({ title, document }) => ({
			subject: `Ergänzte Tagesordnung: ${title}`,
			paragraphs: ['die Tagesordnung der Versammlung wurde ergänzt. Sie lautet jetzt:', document.join('\n')],
		}),
		en: ({ title, document }) => ({
			subject: `Agenda extended: ${title}`,
			paragraphs: ['the agenda of the assembly was extended. It now reads (in German):', document.join('\n')],
		}),
	},
	'application-received': {
		de: ({ cooperative, shares }) => ({
			subject: 'Ihre Beitrittserklärung ist angekommen',
			paragraphs: [
				`Ihre Beitrittserklärung zur ${cooperative} über ${shares} ${shares === 1 ? 'Geschäftsanteil' : 'Geschäftsanteile'} ist bei uns angekommen.`,
				'Der Vorstand entscheidet in seiner nächsten Sitzung. Mitglied sind Sie mit der Zulassung; wir schreiben Ihnen dann, und bis dahin ist nichts zu zahlen.',
			],
		}),
		en: ({ cooperative, shares }) => ({
			subject: 'Your declaration to join has arrived',
			paragraphs: [
				`your declaration to join ${cooperative} with ${shares} ${shares === 1 ? 'share' : 'shares'} has arrived.`,
				'The board decides at its next meeting. You become a member when you are admitted; we will write to you then, and until then there is nothing to pay.',
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

/** '2026-06-12' as German letters write it. */
function germanDay(day: string): string {
	return day.split('-').reverse().join('.');
}

const frame: Record<Locale, { greeting: (name: string) => string; closing: string }> = {
	de: { greeting: (name) => `Guten Tag ${name},`, closing: 'Mit freundlichen Grüßen\nIhre Genossenschaft' },
	en: { greeting: (name) => `Dear ${name},`, closing: 'Kind regards\nYour cooperative' },
};

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
			typeof value === 'object' ? value.map(documentLine) : lineText(value),
		]),
	) as unknown as NoticeValues[T];
	const writer: Writer<T> = letters[template];
	const { subject, paragraphs } = writer[locale](clean);
	const { greeting, closing } = frame[locale];
	const text = [greeting(clean.name), ...paragraphs.map((p) => (p === here ? (link ?? '') : p)), closing].join('\n\n');
	return { subject: headerText(subject), text: `${text}\n` };
}
