// The members of the demo cooperative "Bürgerenergie Auental eG" and its auditor: plausible, invented, the same every time.
import { addDays, addMonths, type Day, daysBetween, isBankDay, weekdayOf } from '../../api/values/calendar.ts';
import { type CastEntry, castByNumber, type DemoRole } from './cast.ts';
import { homeOf, nameOf, spouseOf } from './households.ts';
import { syntheticIban, syntheticTaxId } from './numbers.ts';
import { random, type Stream } from './random.ts';

/** Nominal value of a share (Geschäftsanteil) of the demo. */
export const shareCents = 50_000;
/** Most shares one member may hold. */
export const maxShares = 40;
/** Church tax rate (Kirchensteuersatz) of the federal state the valley lies in. */
export const churchTaxRate = '0.09';

/** Money that came in for shares. */
export interface DemoPayment {
	on: Day;
	amountCents: number;
}

/** Shares taken on one day, and what was paid on them so far; less than nominal where it is still owed. */
export interface DemoSubscription {
	on: Day;
	shares: number;
	payments: readonly DemoPayment[];
}

/** An exemption order (Freistellungsauftrag, T-21): yearly amount from a day on; with the spouse's tax id if joint. */
export interface DemoExemption {
	amountCents: number;
	from: Day;
	spouseTaxId?: string;
	/** Ends with a calendar year (T-22); open if undefined. */
	until?: Day;
}

/** A member, or (without member number) an outsider with an office. */
export interface DemoPerson {
	memberNumber?: number;
	kind: 'natural' | 'legal' | 'partnership';
	/** Natural persons have names and a birth date, all others an organisation. */
	givenNames?: string;
	familyName?: string;
	organisation?: string;
	bornOn?: Day;
	street: string;
	postcode: string;
	town: string;
	email: string;
	iban: string;
	accountHolder: string;
	/** Natural persons only (IdNr). */
	taxId?: string;
	/** Religious community for church tax: Roman Catholic, Protestant, none; undefined for others than natural persons. */
	church?: 'rk' | 'ev' | 'none';
	exemption?: DemoExemption;
	certificate?: '44a-7' | '44a-8';
	/** Of a minor: names of those who act for them, members or not. */
	guardians?: readonly string[];
	roles: readonly DemoRole[];
	/** Has a portal account in the demo. */
	account: boolean;
	/** Day of admission (Zulassung) and the board's resolution about it, 'V 2019-05-02/3'. */
	joinedOn?: Day;
	resolution?: string;
	subscriptions: readonly DemoSubscription[];
}

const foundedOn: Day = '2012-03-15';
const founders = 31;

/** First Thursday of a month that is no holiday: the board meets and admits. */
function boardMeeting(month: Day): Day {
	const first = `${month.slice(0, 7)}-01`;
	const thursday = addDays(first, (11 - weekdayOf(first)) % 7);
	return isBankDay(thursday) ? thursday : addDays(thursday, 7);
}

/** Number 147 joined on 2019-05-02; since then about one member joins every four weeks. */
function joinedOn(memberNumber: number): Day {
	if (memberNumber <= founders) return foundedOn;
	const days =
		memberNumber <= 147
			? (daysBetween('2012-05-03', '2019-05-02') * (memberNumber - founders - 1)) / (147 - founders - 1)
			: daysBetween('2012-05-03', '2019-05-02') + (memberNumber - 147) * 26.6;
	return boardMeeting(addDays('2012-05-03', Math.floor(days)));
}

function asciiOf(text: string): string {
	const german: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ı: 'i' };
	return text
		.toLowerCase()
		.replace(/[äöüßı]/g, (letter) => german[letter] ?? letter)
		.normalize('NFD')
		.replace(/[^a-z0-9 -]/g, '')
		.replace(/ /g, '-');
}

function payments(stream: Stream, on: Day, amountCents: number): DemoPayment[] {
	const first = addDays(on, stream.integer(5, 24));
	if (amountCents >= 4 * shareCents && stream.chance(0.12)) {
		const half = amountCents / 2;
		return [
			{ on: first, amountCents: half },
			{ on: addMonths(first, 6), amountCents: half },
		];
	}
	return [{ on: first, amountCents }];
}

function subscriptionsOf(stream: Stream, joined: Day, limit: number): DemoSubscription[] {
	const shares = Math.min(limit, 1 + Math.floor(-Math.log(1 - stream.number()) * 5.2));
	const first = payments(stream, joined, shares * shareCents);
	// A few owe the second half of their instalments for good.
	if (first.length === 2 && stream.chance(0.25)) return [{ on: joined, shares, payments: first.slice(0, 1) }];
	const taken = [{ on: joined, shares, payments: first }];
	const more = Math.min(stream.integer(1, 10), limit - shares);
	const later = addDays(joined, stream.integer(400, 2600));
	if (stream.chance(0.22) && more > 0) {
		const on = boardMeeting(later);
		taken.push({ on, shares: more, payments: payments(stream, on, more * shareCents) });
	}
	return taken;
}

function fullName(person: { givenNames?: string; familyName?: string; organisation?: string }): string {
	return person.organisation ?? `${person.givenNames} ${person.familyName}`;
}

type Natural = Pick<DemoPerson, 'bornOn' | 'church' | 'taxId' | 'exemption'>;

function taxOf(number: number, entry: CastEntry | undefined, joined: Day, bornOn: Day): Natural {
	const stream = random('tax', number);
	const drawn = stream.number();
	const church = entry?.church ?? (drawn < 0.33 ? 'ev' : drawn < 0.55 ? 'rk' : 'none');
	const amountCents = stream.pick([100_000, 100_000, 100_000, 50_000, 30_000, 20_000, 10_000, 5_000]);
	const from = joined < '2023-01-01' ? '2023-01-01' : joined;
	const base: Natural = { bornOn, church, taxId: syntheticTaxId(number) };
	if (entry?.exemptCents !== undefined) return { ...base, exemption: { amountCents: entry.exemptCents, from } };
	const spouse = spouseOf(number);
	// Joint orders (2,000 euro a year for both) are given by every other couple, valid when both are members.
	if (spouse !== undefined && Math.min(number, spouse) % 2 === 0) {
		const later = [from, joinedOn(spouse)].sort().at(-1) as Day;
		return { ...base, exemption: { amountCents: 200_000, from: later, spouseTaxId: syntheticTaxId(spouse) } };
	}
	return stream.chance(0.64) ? { ...base, exemption: { amountCents, from } } : base;
}

function member(number: number): DemoPerson & { joinedOn: Day } {
	const entry = castByNumber.get(number);
	const joined = joinedOn(number);
	const drawn = nameOf(number, joined);
	const kind = entry?.kind ?? 'natural';
	const names = {
		givenNames: entry?.givenNames ?? drawn.givenNames,
		familyName: entry?.familyName ?? drawn.familyName,
	};
	const naming = entry?.organisation === undefined ? names : { organisation: entry.organisation };
	const mailbox = `${asciiOf(names.givenNames.split(' ')[0] ?? '')}.${asciiOf(names.familyName)}`;
	const guardians = entry?.guardians?.map((who) => {
		const known = typeof who === 'number' ? castByNumber.get(who) : undefined;
		return known === undefined ? String(who) : fullName(known);
	});
	const limit = guardians === undefined ? maxShares : 3;
	return {
		memberNumber: number,
		kind,
		...naming,
		...homeOf(number),
		email: entry?.email ?? `${mailbox}${entry === undefined ? number : ''}@auental.example`,
		iban: syntheticIban(number),
		accountHolder: guardians?.[0] ?? fullName(naming),
		...(kind === 'natural' ? taxOf(number, entry, joined, entry?.bornOn ?? drawn.bornOn) : {}),
		...(entry?.certificate === undefined ? {} : { certificate: entry.certificate }),
		...(guardians === undefined ? {} : { guardians }),
		roles: entry?.roles ?? ['member'],
		account: entry?.account ?? false,
		joinedOn: joined,
		subscriptions: entry?.subscriptions ?? subscriptionsOf(random('shares', number), joined, limit),
	};
}

/** The auditor of the association (Prüfungsverband): an account, no membership. */
export const auditor: DemoPerson = {
	kind: 'natural',
	givenNames: 'Thomas',
	familyName: 'Lindqvist',
	bornOn: '1970-02-23',
	street: 'Verbandshaus, Lindenallee 40',
	postcode: '43217',
	town: 'Bad Heidenrode',
	email: 'thomas.lindqvist@pruefungsverband.example',
	iban: syntheticIban(9001),
	accountHolder: 'Thomas Lindqvist',
	roles: ['auditor'],
	account: true,
	subscriptions: [],
};

/**
 * Everyone who was admitted by `today`, in the order of member numbers (about 250 in 2026, 13 more each year); without
 * subscriptions and payments of later days. Numbers, names and dates do not depend on `today`, but for one: the exemption
 * order of number 147 ends with the year of `today`.
 */
export function members(today: Day): DemoPerson[] {
	const list: DemoPerson[] = [];
	let ofMeeting = 0;
	for (let number = 1; joinedOn(number) <= today && number < 1000; number++) {
		const person = member(number);
		ofMeeting = list.at(-1)?.joinedOn === person.joinedOn ? ofMeeting + 1 : 1;
		list.push({
			...person,
			...(number === 147 && person.exemption !== undefined
				? { exemption: { ...person.exemption, until: `${today.slice(0, 4)}-12-31` } }
				: {}),
			resolution: `V ${person.joinedOn}/${ofMeeting}`,
			subscriptions: person.subscriptions
				.filter(({ on }) => on <= today)
				.map((taken) => ({ ...taken, payments: taken.payments.filter(({ on }) => on <= today) })),
		});
	}
	return list;
}
