// Mails about further shares and subscription rounds.
import { englishShares, germanDay, germanShares, type Letters, type Locale } from './letter.ts';

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
/** Values of these mails. */
export interface SharesValues {
	/** further shares were admitted and entered in the register (§§ 15b(3), 15(2) GenG) */
	'further-shares': { name: string; cooperative: string; count: number; on: string };
	/** the board decided against further shares */
	'further-shares-rejected': { name: string; cooperative: string; count: number };
	/** a round was announced */
	'round-announced': {
		name: string;
		cooperative: string;
		round: string;
		purpose: string;
		opensOn: string;
		opensClock: string;
		closesOn: string;
		closesClock: string;
	};
	/** the board entered a declaration to take further shares that was signed on paper */
	'further-shares-recorded': { name: string; cooperative: string; count: number; signedOn: string };
	/** the end or the volume of an open round changed; days and clocks of before and now */
	'round-changed': {
		name: string;
		round: string;
		reason: string;
		volume: number;
		volumeBefore: number;
		closesOn: string;
		closesClock: string;
		closedOn: string;
		closedClock: string;
	};
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

export const sharesLetters: Letters<SharesValues> = {
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
	'round-announced': {
		de: ({ cooperative, round, purpose, opensOn, opensClock, closesOn, closesClock }) => ({
			subject: `Neue Zeichnungsrunde: ${round}`,
			paragraphs: [
				`die ${cooperative} gibt neue Geschäftsanteile aus: „${round}“. ${purpose}`,
				`Zeichnen können Sie im Portal vom ${germanDay(opensOn)}, ${opensClock} Uhr, bis zum ${germanDay(closesOn)}, ${closesClock} Uhr.`,
			],
		}),
		en: ({ cooperative, round, purpose, opensOn, opensClock, closesOn, closesClock }) => ({
			subject: `New subscription round: ${round}`,
			paragraphs: [
				`${cooperative} issues new shares: “${round}”. ${purpose}`,
				`You can subscribe in the portal from ${opensClock} on ${opensOn} to ${closesClock} on ${closesOn}.`,
			],
		}),
	},
	'further-shares-recorded': {
		de: ({ cooperative, count, signedOn }) => ({
			subject: 'Ihre Erklärung auf Papier ist eingetragen',
			paragraphs: [
				`Ihre am ${germanDay(signedOn)} unterschriebene Erklärung über ${count === 1 ? 'einen weiteren Geschäftsanteil' : `${count} weitere Geschäftsanteile`} an der ${cooperative} ist angekommen. Der Vorstand entscheidet darüber und schreibt Ihnen dann.`,
				'Haben Sie keine solche Erklärung unterschrieben, melden Sie sich bitte gleich beim Vorstand.',
			],
		}),
		en: ({ cooperative, count, signedOn }) => ({
			subject: 'Your declaration on paper is entered',
			paragraphs: [
				`your declaration to take ${count === 1 ? 'one further share' : `${count} further shares`} in ${cooperative}, signed on ${signedOn}, has arrived. The board will decide and then write to you.`,
				'If you did not sign such a declaration, please tell the board at once.',
			],
		}),
	},
	'round-changed': {
		de: ({ round, reason, volume, volumeBefore, closesOn, closesClock, closedOn, closedClock }) => ({
			subject: `${round}: geändert`,
			paragraphs: [
				`der Vorstand hat die Zeichnungsrunde „${round}“ geändert. Grund: ${reason}`,
				...(closesOn === closedOn && closesClock === closedClock
					? []
					: [
							`Sie endet jetzt am ${germanDay(closesOn)} um ${closesClock} Uhr (bisher am ${germanDay(closedOn)} um ${closedClock} Uhr).`,
						]),
				...(volume === volumeBefore
					? []
					: [`Zu vergeben sind jetzt ${germanShares(volume)} (bisher ${germanShares(volumeBefore)}).`]),
				'Ihre Zeichnung gilt weiter. Bis zum Ende der Runde können Sie sie im Portal ändern oder zurücknehmen.',
			],
		}),
		en: ({ round, reason, volume, volumeBefore, closesOn, closesClock, closedOn, closedClock }) => ({
			subject: `${round}: changed`,
			paragraphs: [
				`the board has changed the subscription round “${round}”. Reason: ${reason}`,
				...(closesOn === closedOn && closesClock === closedClock
					? []
					: [`It now ends at ${closesClock} on ${closesOn} (before: ${closedClock} on ${closedOn}).`]),
				...(volume === volumeBefore
					? []
					: [`There are now ${englishShares(volume)} to give (before: ${englishShares(volumeBefore)}).`]),
				'Your subscription still stands. You can change it or take it back in the portal until the round ends.',
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
