// How the demo's members came in: founding, declarations, admissions, shares, payments, accounts, those who still wait.
import { write } from '../../api/audit/service.ts';
import type { Applicant, MemberKind } from '../../api/members/rules.ts';
import { clauseIds } from '../../api/members/rules.ts';
import { recordPaper } from '../../api/members/service/desk.ts';
import { changeMember } from '../../api/members/service/files.ts';
import { type IncomingPayment, recordPayments } from '../../api/payments/service/receive.ts';
import { admitApplications } from '../../api/shares/service/admit.ts';
import { applyForMembership } from '../../api/shares/service/apply.ts';
import { claimDues } from '../../api/shares/service/claims.ts';
import { requestShares } from '../../api/shares/service/requests.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { type CooperativeFacts, setUpCooperative } from '../../api/statute/service.ts';
import { addDays, type Day, dayOf } from '../../api/values/calendar.ts';
import { type Login, openAccount, type Prepared } from './logins.ts';
import { syntheticIban } from './numbers.ts';
import { auditor, type DemoPerson, maxShares, members, shareCents } from './people.ts';
import { random } from './random.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, nameOfPerson, recorder, type World } from './world.ts';

/** Day of the founding assembly. */
export const foundedOn: Day = '2012-03-15';

/** The demo cooperative. */
export const cooperative: CooperativeFacts = {
	name: 'Bürgerenergie Auental eG',
	street: 'Rathausplatz 2',
	postcode: '43211',
	town: 'Auental',
	registerCourt: 'Auenberg',
	registerNumber: 'GnR 147',
	email: 'vorstand@auental.example',
	creditorId: 'DE98ZZZ09999999999',
	iban: syntheticIban(8001),
	fiscalYearEndMonth: 12,
};

/** The founding: the cooperative and its statute. */
export function founding({ db }: World): Happening[] {
	const run = (at: Date) =>
		write(db, { by: recorder, at }, (tx, note) =>
			setUpCooperative(tx, note, {
				at,
				facts: cooperative,
				terms: { ...suggestedTerms, nominalCents: shareCents, firstPaymentCents: shareCents, maxShares },
				validFrom: foundedOn,
				source: 'Satzung vom 15.03.2012, beschlossen in der Gründungsversammlung',
			}),
		);
	return [{ at: moment(foundedOn, '10:00'), run }];
}

function memberKindOf({ kind, organisation = '' }: DemoPerson): MemberKind {
	if (kind !== 'legal') return kind;
	if (/gemeinde/i.test(organisation)) return 'public-body';
	return organisation.endsWith('e.V.') ? 'association' : 'company';
}

function applicantOf(person: DemoPerson): Applicant {
	const {
		organisation,
		familyName = '',
		givenNames = '',
		street,
		postcode,
		town,
		email,
		accountHolder,
		guardians,
	} = person;
	return {
		kind: memberKindOf(person),
		investing: false,
		name: organisation === undefined ? { familyName, givenNames } : { organisation },
		address: { street, postcode, town, country: 'DE' },
		representative: organisation === undefined ? null : 'gesetzliche Vertretung',
		...(guardians === undefined ? {} : { guardians: guardians.map((who) => ({ name: who, email: null })) }),
		email,
		phone: null,
		accountHolder,
		locale: 'de',
	};
}

async function declare({ db, keys }: World, person: DemoPerson, at: Date): Promise<{ applicationId: string }> {
	const { applicationId } = await applyForMembership(db, {
		...{ by: recorder, at, keys },
		joining: {
			applicant: applicantOf(person),
			birthDate: person.bornOn ?? null,
			iban: person.iban,
			sharesWanted: person.subscriptions[0]?.shares ?? 1,
			clauses: clauseIds,
			statuteVersion: 1,
		},
	});
	// Parents consent on paper, which the office records the same day.
	for (const place of (person.guardians ?? []).keys()) {
		const paper = { what: 'consent' as const, place };
		await recordPaper(db, { by: recorder, at, applicationId, paper, receivedOn: dayOf(at) });
	}
	return { applicationId };
}

/** Declarations, admissions by the board's resolutions, tax ids for the files. */
export function admissions(world: World): Happening[] {
	const { db, keys, memberIds, people } = world;
	const applications = new Map<number, string>();
	return people.flatMap((person): Happening[] => {
		const { memberNumber: number = 0, joinedOn = foundedOn, resolution = '', taxId } = person;
		const place = Number(resolution.split('/')[1] ?? 1);
		const stream = random('declaration', number);
		const declaredOn = joinedOn === foundedOn ? foundedOn : addDays(joinedOn, -stream.integer(3, 18));
		const declaredAt = later(moment(declaredOn, '13:00'), joinedOn === foundedOn ? place : stream.integer(0, 360));
		return [
			{
				at: declaredAt,
				run: async (at) => applications.set(number, (await declare(world, person, at)).applicationId),
			},
			{
				at: later(moment(joinedOn, '19:00'), place),
				run: async (at) => {
					const [admitted] = await admitApplications(db, {
						...{ by: acting(world, 'chair'), at, keys },
						applicationIds: [applications.get(number) ?? ''],
						resolution: { number: resolution, on: joinedOn },
					});
					if (admitted?.number !== number) throw new Error(`member ${number} became number ${admitted?.number}`);
					memberIds.set(number, admitted.memberId);
				},
			},
			...(taxId === undefined
				? []
				: [
						{
							at: later(moment(joinedOn, '21:00'), place),
							run: (at: Date) =>
								changeMember(db, {
									...{
										by: acting(world, 'chair'),
										at,
										keys,
										memberId: memberIdOf(world, number),
										effectiveOn: joinedOn,
									},
									...{ changes: { taxId }, basis: 'Beitrittserklärung' },
								}),
						},
					]),
		];
	});
}

/** Accounts in the portal, each on the evening of the owner's admission; the auditor's with the first statutory audit. */
export function accounts(world: World, passwords: ReadonlyMap<string, Prepared>, logins: Login[]): Happening[] {
	return [...world.people, { ...auditor, joinedOn: '2014-05-12' }]
		.filter(({ account }) => account)
		.map((person) => ({
			at: later(moment(person.joinedOn ?? foundedOn, '20:00'), person.memberNumber ?? 0),
			run: async (at) => {
				const password = passwords.get(person.email);
				if (!password) throw new Error(`no password for ${person.email}`);
				logins.push(await openAccount(world, person, password, at));
			},
		}));
}

/** Further shares, each by a resolution of the board. */
export function furtherShares(world: World): Happening[] {
	return world.people.flatMap(({ memberNumber: number = 0, subscriptions }) =>
		subscriptions.slice(1).map(({ on, shares: count }) => ({
			at: later(moment(on, '18:00'), number % 60),
			run: (at: Date) =>
				takeFurtherShares(world.db, {
					...{ by: acting(world, 'chair'), at, memberId: memberIdOf(world, number), count },
					resolution: { number: `V ${on}/W${number}`, on },
				}),
		})),
	);
}

/** What members paid on their shares, each day's lines of the bank statement at once. */
export function incomingPayments(world: World): Happening[] {
	const days = new Map<Day, IncomingPayment[]>();
	for (const person of world.people) {
		const { memberNumber = 0, subscriptions } = person;
		for (const { on, amountCents } of subscriptions.flatMap(({ payments }) => payments)) {
			const lines = days.get(on) ?? [];
			const purpose = `Geschäftsanteile Mitglied ${memberNumber} ${nameOfPerson(person)}`;
			lines.push({
				memberNumber,
				amountCents,
				valueOn: on,
				purpose,
				bankReference: `KA${on.replaceAll('-', '')}/${lines.length + 1}`,
			});
			days.set(on, lines);
		}
	}
	return [...days].map(([day, incoming]) => ({
		at: moment(day, '17:00'),
		run: (at) => recordPayments(world.db, { by: acting(world, 'deputy'), at, incoming }),
	}));
}

/** What was due and not paid by the end of a year is claimed in the books. */
export function claims(world: World): Happening[] {
	const last = Number(world.today.slice(0, 4));
	const years = Array.from({ length: last - 2012 }, (_, i) => 2012 + i);
	const days = [...years.map((year) => `${year}-12-31`), world.today];
	return days.map((day) => ({
		at: day === world.today ? world.now : moment(day, '22:00'),
		run: (at) => claimDues(world.db, { by: recorder, at }),
	}));
}

/** A member with an account whose shares are paid and leave room for more; the newest of them. */
function whoMayAsk({ people }: World): number | undefined {
	const paid = ({ subscriptions }: DemoPerson): boolean => {
		const shares = subscriptions.reduce((sum, taken) => sum + taken.shares, 0);
		const paidCents = subscriptions
			.flatMap(({ payments }) => payments)
			.reduce((sum, { amountCents }) => sum + amountCents, 0);
		return paidCents === shares * shareCents && shares <= maxShares - 2;
	};
	return people.findLast((person) => person.account && person.roles.length === 1 && paid(person))?.memberNumber;
}

/** What waits for the board today: three declarations to join and one wish for further shares. */
export function waiting(world: World): Happening[] {
	const { db, now, today, actors } = world;
	const next = members(addDays(today, 150)).filter(({ joinedOn = '' }) => joinedOn > today);
	const asking = actors.get(whoMayAsk(world) ?? -1);
	return [
		...next.slice(0, 3).map((person, i) => ({
			at: later(now, -[9_380, 4_125, 1_190][i]!),
			run: (at: Date) => declare(world, person, at),
		})),
		...(asking === undefined
			? []
			: [
					{
						at: later(now, -2_845),
						run: (at: Date) => requestShares(db, { by: asking, at, count: 2, clauses: clauseIds, statuteVersion: 1 }),
					},
				]),
	];
}
