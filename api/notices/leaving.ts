// Mails about leaving and handing over: what was entered and when it takes effect, transfers, what is paid out.

/** Values of the mails about leaving. Days are 'YYYY-MM-DD', empty where there is none. */
export interface LeavingValues {
	/** an exit was entered: whose, why, from when; `shares` 0: all; `payoutDueOn`: by when the balance is paid */
	'exit-entered': {
		name: string;
		cooperative: string;
		cause: string;
		effectiveOn: string;
		shares: number;
		payoutDueOn: string;
	};
	/** somebody acts for heirs from a day on (`begins`), with an `account` for it, or no longer does */
	'heirs-representative': {
		name: string;
		cooperative: string;
		deceased: string;
		fromOn: string;
		begins: 'yes' | 'no';
		account: 'yes' | 'no';
	};
	/** one heir continues the membership alone */
	'heir-continues': {
		name: string;
		cooperative: string;
		deceased: string;
		number: number;
		shares: number;
		effectiveOn: string;
	};
	/** somebody wants to hand balance over; `joins`: to somebody who has to be admitted first */
	'transfer-proposed': {
		name: string;
		giver: string;
		cooperative: string;
		shares: number;
		amountCents: number;
		joins: 'yes' | 'no';
	};
	/** a transfer was entered in the register; goes to both sides */
	'transfer-entered': {
		name: string;
		cooperative: string;
		shares: number;
		amountCents: number;
		effectiveOn: string;
	};
	/** the settlement is determined from the balance sheet */
	settlement: {
		name: string;
		cooperative: string;
		exitOn: string;
		balanceCents: number;
		lossShareCents: number;
		dueOn: string;
	};
}

interface Letter {
	subject: string;
	paragraphs: string[];
}

type Letters = { [T in keyof LeavingValues]: Record<'de' | 'en', (values: LeavingValues[T]) => Letter> };

const germanDay = (day: string): string => day.split('-').reverse().join('.');
const digits = (cents: number): [string, string] => [
	String(Math.floor(cents / 100)),
	String(cents % 100).padStart(2, '0'),
];
const grouped = (whole: string, mark: string): string => whole.replace(/\B(?=(\d{3})+$)/g, mark);
const germanEuros = (cents: number): string => {
	const [whole, rest] = digits(cents);
	return `${grouped(whole, '.')},${rest} Euro`;
};
const englishEuros = (cents: number): string => {
	const [whole, rest] = digits(cents);
	return `${grouped(whole, ',')}.${rest} euros`;
};
const germanShares = (count: number): string => (count === 1 ? '1 Geschäftsanteil' : `${count} Geschäftsanteile`);
const englishShares = (count: number): string => (count === 1 ? '1 share' : `${count} shares`);

const germanCause: Readonly<Record<string, string>> = {
	notice: 'Ihre Kündigung ist bei uns angekommen',
	hardship: 'Ihre Kündigung aus wichtigen persönlichen Gründen (§ 65 Abs. 3 GenG) ist bei uns angekommen',
	residence: 'Ihre Kündigung wegen Wegzugs (§ 67 GenG) ist bei uns angekommen',
	extraordinary: 'Ihre außerordentliche Kündigung (§ 67a GenG) ist bei uns angekommen',
	creditor: 'ein Gläubiger hat Ihre Mitgliedschaft gekündigt (§ 66 GenG)',
	insolvency: 'der Insolvenzverwalter hat Ihre Mitgliedschaft gekündigt (§ 66a GenG)',
	dissolved: 'die Auflösung Ihrer Organisation ist eingetragen (§ 77a GenG)',
	exclusion: 'Sie wurden aus der Genossenschaft ausgeschlossen (§ 68 GenG); der eingeschriebene Brief nennt den Grund',
};
const englishCause: Readonly<Record<string, string>> = {
	notice: 'your notice has arrived',
	hardship: 'your notice for hardship (§ 65(3) GenG) has arrived',
	residence: 'your notice because you moved away (§ 67 GenG) has arrived',
	extraordinary: 'your extraordinary notice (§ 67a GenG) has arrived',
	creditor: 'a creditor has given notice of your membership (§ 66 GenG)',
	insolvency: 'the insolvency administrator has given notice of your membership (§ 66a GenG)',
	dissolved: 'the dissolution of your organisation has been entered (§ 77a GenG)',
	exclusion: 'you were excluded from the cooperative (§ 68 GenG); the registered letter names the reason',
};

/** The letters themselves; `templates.ts` puts them with the others. */
export const leavingLetters: Letters = {
	'exit-entered': {
		de: ({ cooperative, cause, effectiveOn, shares, payoutDueOn }) => {
			const paid = payoutDueOn
				? `Das Guthaben wird nach der Bilanz dieses Tages festgestellt und bis ${germanDay(payoutDueOn)} ausgezahlt, soweit Gesetz und Satzung es erlauben.`
				: '';
			if (cause === 'death') {
				return {
					subject: 'Zur Mitgliedschaft der verstorbenen Person',
					paragraphs: [
						'wir haben vom Tod unseres Mitglieds erfahren. Unser Beileid.',
						effectiveOn
							? `Die Mitgliedschaft geht nach § 77 GenG auf die Erben über und endet am ${germanDay(effectiveOn)}. Mehrere Erben üben das Stimmrecht durch eine gemeinsame Vertretung aus. ${paid}`
							: `Nach der Satzung der ${cooperative} wird die Mitgliedschaft mit den Erben fortgesetzt. Mehrere Erben üben das Stimmrecht durch eine gemeinsame Vertretung aus.`,
					],
				};
			}
			if (cause === 'partial') {
				return {
					subject: `Kündigung von ${germanShares(shares)} zum ${germanDay(effectiveOn)}`,
					paragraphs: [
						`Ihre Kündigung einzelner Geschäftsanteile ist bei uns angekommen. ${germanShares(shares)} enden am ${germanDay(effectiveOn)}; das steht so in der Mitgliederliste der ${cooperative}.`,
						paid,
					],
				};
			}
			return {
				subject: `Ende der Mitgliedschaft am ${germanDay(effectiveOn)}`,
				paragraphs: [
					`${germanCause[cause] ?? 'das Ende Ihrer Mitgliedschaft ist eingetragen'}. Ihre Mitgliedschaft in der ${cooperative} endet am ${germanDay(effectiveOn)}; das steht so in der Mitgliederliste.`,
					paid,
					'Wie sich der Tag ergibt, steht im Portal unter „Anteile“.',
				],
			};
		},
		en: ({ cooperative, cause, effectiveOn, shares, payoutDueOn }) => {
			const paid = payoutDueOn
				? `The balance is determined from the balance sheet of that day and paid by ${payoutDueOn} as far as law and statute allow.`
				: '';
			if (cause === 'death') {
				return {
					subject: 'On the membership of the deceased',
					paragraphs: [
						'we have learned of the death of our member. Our condolences.',
						effectiveOn
							? `By § 77 GenG the membership passes to the heirs and ends on ${effectiveOn}. Several heirs vote through one joint representative. ${paid}`
							: `By the statute of ${cooperative} the membership goes on with the heirs. Several heirs vote through one joint representative.`,
					],
				};
			}
			if (cause === 'partial') {
				return {
					subject: `Notice of ${englishShares(shares)}, effective ${effectiveOn}`,
					paragraphs: [
						`your notice of some shares has arrived. ${englishShares(shares)} end on ${effectiveOn}; the list of members of ${cooperative} says so.`,
						paid,
					],
				};
			}
			return {
				subject: `End of the membership on ${effectiveOn}`,
				paragraphs: [
					`${englishCause[cause] ?? 'the end of your membership has been entered'}. Your membership in ${cooperative} ends on ${effectiveOn}; the list of members says so.`,
					paid,
					'How the day was found is shown in the portal under “Shares”.',
				],
			};
		},
	},
	'heirs-representative': {
		de: ({ cooperative, deceased, fromOn, begins, account }) => ({
			subject:
				begins === 'yes' ? `Sie vertreten die Erben nach ${deceased}` : `Ihre Vertretung der Erben nach ${deceased}`,
			paragraphs:
				begins === 'yes'
					? [
							`bei der ${cooperative} ist eingetragen, dass Sie seit dem ${germanDay(fromOn)} die Erben nach ${deceased} gegenüber der Genossenschaft vertreten (§ 77 Abs. 1 GenG). Sie üben das Stimmrecht aus und erklären, was die Mitgliedschaft betrifft.`,
							account === 'yes'
								? 'Das können Sie im Portal tun. Falls Sie noch kein Konto haben, kommt die Einladung dazu in einer eigenen E-Mail.'
								: 'Erklärungen nehmen wir von Ihnen schriftlich entgegen.',
						]
					: [
							`bei der ${cooperative} ist eingetragen, dass ab dem ${germanDay(fromOn)} jemand anders die Erben nach ${deceased} vertritt (§ 77 Abs. 1 GenG). Ihr Zugang zu dieser Mitgliedschaft im Portal ist beendet.`,
							'Stimmt das nicht, melden Sie sich bitte beim Vorstand.',
						],
		}),
		en: ({ cooperative, deceased, fromOn, begins, account }) => ({
			subject: begins === 'yes' ? `You act for the heirs of ${deceased}` : `Acting for the heirs of ${deceased}`,
			paragraphs:
				begins === 'yes'
					? [
							`${cooperative} has entered that you have acted for the heirs of ${deceased} since ${fromOn} (§ 77(1) GenG). You vote, and declare whatever concerns the membership.`,
							account === 'yes'
								? 'You can do that in the portal. If you have no account yet, the invitation comes in a mail of its own.'
								: 'We take declarations from you in writing.',
						]
					: [
							`${cooperative} has entered that somebody else acts for the heirs of ${deceased} from ${fromOn} (§ 77(1) GenG). Your access to this membership in the portal has ended.`,
							'If that is not right, please write to the board.',
						],
		}),
	},
	'heir-continues': {
		de: ({ cooperative, deceased, number, shares, effectiveOn }) => ({
			subject: 'Die Mitgliedschaft geht auf Sie über',
			paragraphs: [
				`die Mitgliedschaft von ${deceased} in der ${cooperative} wird seit dem ${germanDay(effectiveOn)} von Ihnen fortgesetzt (§ 77 Abs. 2 GenG). ${germanShares(shares)} mit dem ganzen Geschäftsguthaben stehen jetzt auf Ihren Namen; Ihre Mitgliedsnummer ist ${number}.`,
				'Bitte prüfen Sie im Portal Ihre Anschrift und Ihre Bankverbindung.',
			],
		}),
		en: ({ cooperative, deceased, number, shares, effectiveOn }) => ({
			subject: 'The membership passes to you',
			paragraphs: [
				`you continue the membership of ${deceased} in ${cooperative} since ${effectiveOn} (§ 77(2) GenG). ${englishShares(shares)} with the whole balance are now in your name; your member number is ${number}.`,
				'Please check your address and your bank account in the portal.',
			],
		}),
	},
	'transfer-proposed': {
		de: ({ giver, cooperative, shares, amountCents, joins }) => ({
			subject: `${giver} möchte Ihnen Anteile übertragen`,
			paragraphs: [
				`${giver} möchte Ihnen ${germanShares(shares)} der ${cooperative} mit ${germanEuros(amountCents)} Geschäftsguthaben übertragen.`,
				joins === 'yes'
					? 'Dafür müssen Sie Mitglied sein: Bitte erklären Sie im Portal Ihren Beitritt mit dieser E-Mail-Adresse. Nach der Zulassung finden Sie die Übertragung unter „Anteile“ und können sie annehmen.'
					: 'Im Portal unter „Anteile“ können Sie die Übertragung annehmen oder ablehnen.',
			],
		}),
		en: ({ giver, cooperative, shares, amountCents, joins }) => ({
			subject: `${giver} would like to transfer shares to you`,
			paragraphs: [
				`${giver} would like to transfer ${englishShares(shares)} of ${cooperative} with a balance of ${englishEuros(amountCents)} to you.`,
				joins === 'yes'
					? 'For that you need to be a member: please declare to join in the portal with this e-mail address. Once you are admitted you will find the transfer under “Shares” and can accept it.'
					: 'You can accept or decline the transfer in the portal under “Shares”.',
			],
		}),
	},
	'transfer-entered': {
		de: ({ cooperative, shares, amountCents, effectiveOn }) => ({
			subject: 'Die Übertragung ist eingetragen',
			paragraphs: [
				`die Übertragung von ${germanShares(shares)} der ${cooperative} mit ${germanEuros(amountCents)} Geschäftsguthaben gilt ab ${germanDay(effectiveOn)} und steht so in der Mitgliederliste.`,
			],
		}),
		en: ({ cooperative, shares, amountCents, effectiveOn }) => ({
			subject: 'The transfer has been entered',
			paragraphs: [
				`the transfer of ${englishShares(shares)} of ${cooperative} with a balance of ${englishEuros(amountCents)} takes effect on ${effectiveOn} and is in the list of members.`,
			],
		}),
	},
	settlement: {
		de: ({ cooperative, exitOn, balanceCents, lossShareCents, dueOn }) => ({
			subject: 'Ihr Auseinandersetzungsguthaben ist festgestellt',
			paragraphs: [
				`nach der Bilanz zum ${germanDay(exitOn)} beträgt Ihr Auseinandersetzungsguthaben bei der ${cooperative} ${germanEuros(balanceCents - lossShareCents)}.`,
				lossShareCents > 0
					? `Ihr Geschäftsguthaben war ${germanEuros(balanceCents)}; davon trägt es ${germanEuros(lossShareCents)} des Verlustes mit (§ 73 Abs. 2 GenG).`
					: `Das ist Ihr ganzes Geschäftsguthaben; ein Verlust ist nicht zu tragen.`,
				`Es wird bis ${germanDay(dueOn)} auf Ihr Konto ausgezahlt, soweit Mindestkapital und Satzung es erlauben.`,
			],
		}),
		en: ({ cooperative, exitOn, balanceCents, lossShareCents, dueOn }) => ({
			subject: 'Your settlement has been determined',
			paragraphs: [
				`from the balance sheet of ${exitOn} your settlement with ${cooperative} comes to ${englishEuros(balanceCents - lossShareCents)}.`,
				lossShareCents > 0
					? `Your balance was ${englishEuros(balanceCents)}; ${englishEuros(lossShareCents)} of it bear a part of the loss (§ 73(2) GenG).`
					: `That is your whole balance; there is no loss to bear.`,
				`It is paid to your account by ${dueOn}, as far as minimum capital and statute allow.`,
			],
		}),
	},
};
