// What the program writes to people, in German and English: plain text, short, friendly. A feature adds its mails here.
import { type LeavingValues, leavingLetters } from './leaving.ts';
import { type BankAccountValues, bankAccountLetters } from './letters/bankAccount.ts';
import { linkHere as here } from './letters/letter.ts';
import { documentLine, headerText, lineText } from './rules.ts';

/** The languages mails are written in. */
export type Locale = 'de' | 'en';

/** Values of each mail. A link with a token is not a value: it is given apart and sealed. */
export interface NoticeValues extends LeavingValues, BankAccountValues {
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
	/** a general assembly is convened; `document` is the notice word for word, line by line */
	'assembly-invitation': { name: string; title: string; document: readonly string[] };
	/** items were added to the agenda of a convened assembly; `document` is the notice with the whole agenda */
	'assembly-addition': { name: string; title: string; document: readonly string[] };
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
	/** the board opened the list of members to a member for some hours (§ 31 GenG) */
	'inspection-opened': { name: string; cooperative: string; untilOn: string; untilClock: string };
	/** the board did not open it */
	'inspection-refused': { name: string; cooperative: string; reason: string };
	/** further shares were admitted and entered in the register (§§ 15b(3), 15(2) GenG) */
	'further-shares': { name: string; cooperative: string; count: number; on: string };
	/** the board decided against further shares */
	'further-shares-rejected': { name: string; cooperative: string; count: number };
	/** somebody subscribed in a round, or changed that */
	'round-subscribed': { name: string; round: string; count: number; closes: string; document: readonly string[] };
	/** a round was decided: what was asked, what is allotted, and why */
	'round-decided': {
		name: string;
		round: string;
		cooperative: string;
		asked: number;
		allotted: number;
		on: string;
		reason: AllotmentReason;
		rule: 'first-come' | 'equal-steps' | 'pro-rata';
	};
	/** a round was called off */
	'round-cancelled': { name: string; round: string; reason: string };
}

/** Why somebody was allotted what. */
export type AllotmentReason =
	| 'in-full'
	| 'over-subscribed'
	| 'nothing-left'
	| 'earlier-unpaid'
	| 'limit'
	| 'not-a-member'
	| 'not-admissible'
	| 'paper-missing';
export type Template = keyof NoticeValues;

interface Letter {
	subject: string;
	paragraphs: string[];
}

type Writer<T extends Template> = Record<Locale, (values: NoticeValues[T]) => Letter>;

const letters: { [T in Template]: Writer<T> } = {
	...leavingLetters,
	...bankAccountLetters,
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
	'further-shares': {
		de: ({ cooperative, count, on }) => ({
			subject: 'Ihre weiteren Anteile sind zugelassen',
			paragraphs: [
				`der Vorstand der ${cooperative} hat am ${germanDay(on)} ${count === 1 ? 'einen weiteren Geschäftsanteil' : `${count} weitere Geschäftsanteile`} für Sie zugelassen und in die Mitgliederliste eingetragen.`,
				'Was wann zu zahlen ist, steht im Portal unter „Anteile“.',
			],
		}),
		en: ({ cooperative, count, on }) => ({
			subject: 'Your further shares have been admitted',
			paragraphs: [
				`on ${on} the board of ${cooperative} admitted ${englishShares(count)} more for you and entered this in the list of members.`,
				'What is to be paid and when is shown in the portal under “Shares”.',
			],
		}),
	},
	'further-shares-rejected': {
		de: ({ cooperative, count }) => ({
			subject: 'Zu Ihrer Erklärung über weitere Anteile',
			paragraphs: [
				`der Vorstand der ${cooperative} hat Ihre Erklärung über ${germanShares(count)} nicht angenommen. Ihre bisherigen Anteile bleiben, wie sie sind.`,
			],
		}),
		en: ({ cooperative, count }) => ({
			subject: 'About your declaration to take further shares',
			paragraphs: [
				`the board of ${cooperative} has not accepted your declaration to take ${englishShares(count)} more. The shares you hold stay as they are.`,
			],
		}),
	},
	'round-subscribed': {
		de: ({ round, count, closes, document }) => ({
			subject: `Ihre Zeichnung: ${round}`,
			paragraphs: [
				`Ihre Zeichnung über ${germanShares(count)} ist eingetragen. Bis ${closes} Uhr können Sie sie ändern oder zurücknehmen; danach entscheidet der Vorstand.`,
				'Das haben Sie erklärt:',
				document.join('\n'),
			],
		}),
		en: ({ round, count, closes, document }) => ({
			subject: `Your subscription: ${round}`,
			paragraphs: [
				`your subscription of ${englishShares(count)} has been recorded. Until ${closes} (Berlin time) you can change it or take it back; then the board decides.`,
				'This is what you declared (in German):',
				document.join('\n'),
			],
		}),
	},
	'round-decided': {
		de: ({ round, cooperative, asked, allotted, on, reason, rule }) => ({
			subject: `Ergebnis der Zeichnungsrunde: ${round}`,
			paragraphs: [
				`der Vorstand der ${cooperative} hat am ${germanDay(on)} über die Zeichnungsrunde „${round}“ beschlossen. Sie hatten ${germanShares(asked)} gezeichnet und ${allotted === 0 ? 'bekommen keinen Anteil' : `bekommen ${germanShares(allotted)}`}.`,
				`${allotmentReasons.de[reason]}${reason === 'over-subscribed' || reason === 'nothing-left' ? ` ${allotmentRules.de[rule]}` : ''}`,
				...(allotted > 0
					? [
							'Die Anteile sind in die Mitgliederliste eingetragen. Was wann zu zahlen ist, steht im Portal unter „Anteile“.',
						]
					: []),
			],
		}),
		en: ({ round, cooperative, asked, allotted, on, reason, rule }) => ({
			subject: `Result of the subscription round: ${round}`,
			paragraphs: [
				`on ${on} the board of ${cooperative} decided the subscription round “${round}”. You had subscribed ${englishShares(asked)} and ${allotted === 0 ? 'get none' : `get ${englishShares(allotted)}`}.`,
				`${allotmentReasons.en[reason]}${reason === 'over-subscribed' || reason === 'nothing-left' ? ` ${allotmentRules.en[rule]}` : ''}`,
				...(allotted > 0
					? [
							'The shares are entered in the list of members. What is to be paid and when is shown in the portal under “Shares”.',
						]
					: []),
			],
		}),
	},
	'round-cancelled': {
		de: ({ round, reason }) => ({
			subject: `Zeichnungsrunde abgesagt: ${round}`,
			paragraphs: [
				`die Zeichnungsrunde „${round}“ wurde abgesagt. Ihre Zeichnung ist damit erledigt.`,
				`Grund: ${reason}`,
			],
		}),
		en: ({ round, reason }) => ({
			subject: `Subscription round called off: ${round}`,
			paragraphs: [
				`the subscription round “${round}” was called off. Your subscription has lapsed with it.`,
				`Reason: ${reason}`,
			],
		}),
	},
};

/** What strangers typed, as lines of a mail: nothing in it is a link. */
const unlinked = (document: readonly string[]): string =>
	document.map((line) => line.replace(/(https?:\/\/|www\.)/gi, '')).join('\n');

const germanShares = (count: number): string => (count === 1 ? '1 Geschäftsanteil' : `${count} Geschäftsanteile`);
const englishShares = (count: number): string => (count === 1 ? '1 share' : `${count} shares`);

const allotmentReasons: Record<Locale, Record<AllotmentReason, string>> = {
	de: {
		'in-full': 'Sie bekommen, was Sie gezeichnet haben.',
		'over-subscribed': 'Es wurde mehr gezeichnet, als zu vergeben war; verteilt wurde nach der Regel der Runde:',
		'nothing-left':
			'Es wurde mehr gezeichnet, als zu vergeben war; nach der Regel der Runde blieb für Sie nichts übrig:',
		'earlier-unpaid':
			'Weitere Anteile dürfen erst zugelassen werden, wenn die bisherigen voll eingezahlt sind (§ 15b Abs. 2 GenG).',
		limit: 'Mehr Anteile erlaubt die Satzung einem Mitglied nicht.',
		'not-a-member': 'Die Mitgliedschaft ist beendet oder gekündigt.',
		'paper-missing': 'Die Satzung verlangt eine unterschriebene Erklärung; sie ist nicht eingegangen.',
		'not-admissible':
			'Ihr Beitritt war zum Tag des Beschlusses noch nicht zulassungsreif; darüber wird gesondert entschieden.',
	},
	en: {
		'in-full': 'You get what you subscribed.',
		'over-subscribed': 'More was subscribed than there was to give; it was shared out by the rule of the round:',
		'nothing-left': 'More was subscribed than there was to give; by the rule of the round nothing was left for you:',
		'earlier-unpaid':
			'Further shares may only be admitted when those held so far are fully paid (section 15b(2) of the Cooperatives Act).',
		limit: 'The statute does not allow one member more shares.',
		'not-a-member': 'The membership has ended or notice was given.',
		'paper-missing': 'The statute asks for a signed declaration; it has not arrived.',
		'not-admissible': 'Your joining could not be admitted yet on the day of the resolution; it will be decided apart.',
	},
};

const allotmentRules: Record<Locale, Record<'first-come' | 'equal-steps' | 'pro-rata', string>> = {
	de: {
		'first-come': 'wer zuerst gezeichnet hat, wird zuerst bedient.',
		'equal-steps': 'reihum bekommt jede Person einen Anteil, bis alle vergeben sind.',
		'pro-rata': 'im Verhältnis dessen, was gezeichnet wurde; übrige Anteile gehen an die größten Bruchteile.',
	},
	en: {
		'first-come': 'who subscribed first is served first.',
		'equal-steps': 'everybody gets one share in turn until all are given out.',
		'pro-rata': 'in proportion to what was subscribed; shares left over go to the largest fractions.',
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
			typeof value === 'number' ? value : typeof value === 'object' ? value.map(documentLine) : lineText(value),
		]),
	) as unknown as NoticeValues[T];
	const writer: Writer<T> = letters[template];
	const { subject, paragraphs } = writer[locale](clean);
	const { greeting, closing } = frame[locale];
	const text = [greeting(clean.name), ...paragraphs.map((p) => (p === here ? (link ?? '') : p)), closing].join('\n\n');
	return { subject: headerText(subject), text: `${text}\n` };
}
