// Paying in, in the demo: mandates on paper, a statement whose rest waits at the desk, and one that waits to be imported.
import { transact } from '../../api/database/connect.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { purposeOf } from '../../api/payments/rules/reference.ts';
import { recordMandate } from '../../api/payments/service/mandates.ts';
import { importStatements, receiveStatements } from '../../api/payments/service/statements.ts';
import { addDays } from '../../api/values/calendar.ts';
import { statementXml } from './formats/camt.ts';
import type { DemoPerson } from './people.ts';
import { cooperative } from './society.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, nameOfPerson, recorder, type World } from './world.ts';

const since = (number: number): boolean => number % 4 === 0 && number <= 60;

/** Every fourth of the first members signed a mandate on paper, as the office recorded it. */
function mandates(world: World): Happening[] {
	const { db, keys, people, today } = world;
	return people
		.filter(({ memberNumber: number = 0, guardians }) => since(number) && guardians === undefined)
		.map((person): Happening => {
			const { memberNumber: number = 0, street, postcode, town, iban } = person;
			const signedOn = addDays(today, -200 + number);
			return {
				at: later(moment(signedOn, '10:00'), number),
				run: (at) =>
					recordMandate(db, {
						...{ by: acting(world, 'deputy'), at, keys },
						giving: {
							...{
								memberId: memberIdOf(world, number),
								kind: 'recurring',
								signedOn,
								signedPlace: town,
								noticeDays: 14,
							},
							account: {
								debtorName: person.accountHolder ?? nameOfPerson(person),
								...{ street, postcode, town, country: 'DE', iban },
							},
						},
					}),
			};
		});
}

function payer(people: readonly DemoPerson[], number: number): { party: string; iban: string } {
	const person = people.find(({ memberNumber }) => memberNumber === number);
	return person
		? { party: nameOfPerson(person), iban: person.iban }
		: { party: 'Unbekannt', iban: cooperative.iban ?? '' };
}

/** The statement of last week is imported and left three lines to settle; yesterday's waits. */
function bankStatements(world: World): Happening[] {
	const { db, keys, people, today } = world;
	const iban = cooperative.iban ?? '';
	const openingCents = () =>
		transact(db, recorder, (tx) => balanceOf(tx, { account: accounts.bank, on: addDays(today, -9) }));
	const by = () => acting(world, 'deputy');
	const lastWeek = [
		{
			cents: 4_000,
			on: addDays(today, -7),
			reference: 'AUE7001',
			...payer(people, 12),
			text: 'Danke fuer den Sonntag',
		},
		{
			cents: 25_000,
			on: addDays(today, -6),
			reference: 'AUE7002',
			...payer(people, 30),
			text: 'weiterer Anteil, bitte melden',
		},
		{ cents: -1_290, on: addDays(today, -6), reference: 'AUE7003', party: 'Sparkasse Auental', text: 'Kontoführung' },
	];
	const yesterday = [
		{ cents: 1_000, on: addDays(today, -1), reference: 'AUE7010', ...payer(people, 8), text: `${purposeOf(8)} Anteil` },
		{ cents: -8_330, on: addDays(today, -1), reference: 'AUE7011', party: 'Gemeinde Auental', text: 'Pacht Schuldach' },
	];
	const lastSum = lastWeek.reduce((sum, { cents }) => sum + cents, 0);
	const receive = async (at: Date, fileName: string, statement: Parameters<typeof statementXml>[0]) =>
		receiveStatements(db, { by: by(), at, keys, fileName, content: Buffer.from(statementXml(statement)) });
	return [
		{
			at: moment(addDays(today, -5), '09:00'),
			run: async (at) => {
				const statement = { id: `AUE-${addDays(today, -6)}`, iban, from: addDays(today, -9), to: addDays(today, -6) };
				const { fileId } = await receive(at, 'umsaetze-woche.xml', {
					...statement,
					...{ openingCents: await openingCents(), entries: lastWeek },
				});
				await importStatements(db, { by: by(), at, keys, fileId });
			},
		},
		{
			at: moment(today, '00:20'),
			run: async (at) => {
				const statement = { id: `AUE-${addDays(today, -1)}`, iban, from: addDays(today, -5), to: addDays(today, -1) };
				await receive(at, 'umsaetze-gestern.xml', {
					...statement,
					...{ openingCents: (await openingCents()) + lastSum, entries: yesterday },
				});
			},
		},
	];
}

/** Mandates and bank statements of the demo. */
export function collections(world: World): Happening[] {
	return [...mandates(world), ...bankStatements(world)];
}
