// The people of the demo everyone meets by name: log-ins, offices, organisations, two children.
import type { Day } from '../../api/values/calendar.ts';
import type { DemoPayment, DemoSubscription } from './people.ts';

/** What someone may do in the portal besides being a member. */
export type DemoRole = 'member' | 'board' | 'supervisory-board' | 'operator' | 'auditor';

/** Hand-written facts of a person of the cast; the rest is drawn like everyone else's. */
export interface CastEntry {
	memberNumber: number;
	kind: 'natural' | 'legal' | 'partnership';
	givenNames?: string;
	familyName?: string;
	/** Company name (Firma) or name of the body. */
	organisation?: string;
	bornOn?: Day;
	church?: 'rk' | 'ev' | 'none';
	email?: string;
	roles?: readonly DemoRole[];
	/** Has a portal account in the demo. */
	account?: boolean;
	street?: string;
	/** Member numbers of those who act for a child, or the names of outsiders. */
	guardians?: readonly (number | string)[];
	/** Lives with, files taxes with and shares an exemption order with this member. */
	spouse?: number;
	/** Yearly amount of the own exemption order. */
	exemptCents?: number;
	subscriptions?: readonly DemoSubscription[];
	/** Exempt from withholding by certificate: § 44a(7) (T-26) or § 44a(8) EStG (T-27). */
	certificate?: '44a-7' | '44a-8';
}

function paid(on: Day, shares: number, paidOn: Day): DemoSubscription {
	const payment: DemoPayment = { on: paidOn, amountCents: shares * 50_000 };
	return { on, shares, payments: [payment] };
}

const ankesShares = [paid('2019-05-02', 10, '2019-05-14'), paid('2024-03-14', 2, '2024-03-22')];

/** The cast, by member number. */
export const cast: readonly CastEntry[] = [
	{
		memberNumber: 1,
		kind: 'natural',
		givenNames: 'Martin',
		familyName: 'Holzer',
		bornOn: '1963-08-09',
		church: 'ev',
		roles: ['member', 'board'],
		account: true,
	},
	{
		memberNumber: 2,
		kind: 'legal',
		organisation: 'Gemeinde Auental',
		email: 'kaemmerei@gemeinde.auental.example',
		street: 'Rathausplatz 1',
		certificate: '44a-8',
		subscriptions: [paid('2012-03-15', 40, '2012-04-02')],
	},
	{
		memberNumber: 4,
		kind: 'natural',
		givenNames: 'Ulrike',
		familyName: 'Sommerfeld',
		bornOn: '1958-01-27',
		church: 'rk',
		roles: ['member', 'supervisory-board'],
		account: true,
	},
	{
		memberNumber: 9,
		kind: 'natural',
		givenNames: 'Friedrich',
		familyName: 'von Rabenau',
		bornOn: '1949-11-03',
		church: 'ev',
		account: true,
		street: 'Gut Auenhof',
		subscriptions: [paid('2012-03-15', 20, '2012-03-26'), paid('2016-09-01', 20, '2016-09-12')],
	},
	{
		memberNumber: 14,
		kind: 'natural',
		givenNames: 'Katrin',
		familyName: 'Brandt',
		bornOn: '1976-04-18',
		church: 'none',
		roles: ['member', 'board'],
		account: true,
	},
	{
		memberNumber: 23,
		kind: 'natural',
		givenNames: 'Jens',
		familyName: 'Petersen',
		bornOn: '1981-10-12',
		church: 'ev',
		roles: ['member', 'operator'],
		account: true,
	},
	{
		memberNumber: 37,
		kind: 'legal',
		organisation: 'TSV Auental 1921 e.V.',
		email: 'vorstand@tsv.auental.example',
		street: 'Am Sportplatz 3',
		certificate: '44a-7',
	},
	{
		memberNumber: 52,
		kind: 'legal',
		organisation: 'Ev. Kirchengemeinde Auenberg',
		email: 'pfarramt@kirche.auental.example',
		street: 'Kirchplatz 2',
		certificate: '44a-7',
	},
	{
		memberNumber: 64,
		kind: 'natural',
		givenNames: 'Hannelore',
		familyName: 'Groß-Bühler',
		bornOn: '1947-06-30',
		church: 'rk',
		account: true,
	},
	{
		memberNumber: 71,
		kind: 'legal',
		organisation: 'Elektro Hartmann GmbH',
		email: 'buero@elektro-hartmann.auental.example',
		street: 'Gewerbering 7',
	},
	{
		memberNumber: 88,
		kind: 'natural',
		givenNames: 'Giulia',
		familyName: "D'Angelo",
		bornOn: '1988-02-14',
		church: 'rk',
		email: 'giulia.dangelo@auental.example',
		account: true,
	},
	{
		memberNumber: 103,
		kind: 'partnership',
		organisation: 'Höfler & Söhne GbR',
		email: 'hof@hoefler.auental.example',
		street: 'Aussiedlerhof 2',
	},
	{
		memberNumber: 147,
		kind: 'natural',
		givenNames: 'Anke',
		familyName: 'Weidemann',
		bornOn: '1979-07-21',
		church: 'ev',
		account: true,
		street: 'Mühlgasse 12',
		exemptCents: 50_000,
		subscriptions: ankesShares,
	},
	{
		memberNumber: 148,
		kind: 'natural',
		givenNames: 'Björn',
		familyName: 'Weidemann',
		bornOn: '1977-03-05',
		church: 'none',
		spouse: 147,
	},
	{
		memberNumber: 181,
		kind: 'natural',
		givenNames: 'Mats',
		familyName: 'Weidemann',
		bornOn: '2014-05-19',
		church: 'ev',
		email: 'anke.weidemann+mats@auental.example',
		street: 'Mühlgasse 12',
		guardians: [147, 148],
	},
	{
		memberNumber: 201,
		kind: 'natural',
		givenNames: 'Yusuf',
		familyName: 'Öztürk',
		bornOn: '1992-12-01',
		church: 'none',
		account: true,
	},
	{
		memberNumber: 214,
		kind: 'natural',
		givenNames: 'Frieda Sophie',
		familyName: 'Schulze-Höfling',
		bornOn: '2018-09-08',
		church: 'none',
		email: 'familie.schulze-hoefling@auental.example',
		guardians: ['Johanna Schulze-Höfling', 'Dr. Malte Höfling'],
	},
];

/** The cast by member number. */
export const castByNumber: ReadonlyMap<number, CastEntry> = new Map(cast.map((entry) => [entry.memberNumber, entry]));
