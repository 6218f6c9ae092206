// Who lives together in the demo, where, and what they are called.
import { addDays, type Day, partsOf } from '../../api/values/calendar.ts';
import { castByNumber } from './cast.ts';
import { familyNames, firstNames, places, streets } from './names.ts';
import { random, type Stream } from './random.ts';

interface Address {
	street: string;
	postcode: string;
	town: string;
}

function addressOf(stream: Stream): Address {
	const { postcode, town } = stream.pick(places.flatMap((place) => Array.from({ length: place.percent }, () => place)));
	const suffix = stream.chance(0.12) ? stream.pick(['a', 'b', 'c']) : '';
	return { street: `${stream.pick(streets)} ${stream.integer(1, 68)}${suffix}`, postcode, town };
}

/** Where a member lives or is seated; couples live together. */
export function homeOf(number: number): Address {
	const entry = castByNumber.get(number);
	const head = headOf(number);
	const drawn = addressOf(random('address', head));
	const street = entry?.street ?? castByNumber.get(head)?.street;
	if (street === undefined && entry?.organisation === undefined) return drawn;
	const town = entry?.organisation?.includes('Auenberg') ? places[1] : places[0];
	const { postcode, town: name } = town as (typeof places)[number];
	return { street: street ?? drawn.street, postcode, town: name };
}

/** The married member this member lives with, if any: given in the cast, else every eleventh number with the next. */
export function spouseOf(number: number): number | undefined {
	const given = castByNumber.get(number)?.spouse;
	if (given !== undefined) return given;
	if (castByNumber.get(number + 1)?.spouse === number) return number + 1;
	const other = number % 11 === 5 ? number + 1 : number % 11 === 6 ? number - 1 : undefined;
	return other === undefined || castByNumber.has(number) || castByNumber.has(other) ? undefined : other;
}

/** Name and birth date drawn for a member who joined on that day, at least 18 years old; couples share the family name. */
export function nameOf(number: number, joined: Day): { givenNames: string; familyName: string; bornOn: Day } {
	const head = headOf(number);
	const household = random('household', head);
	const generation = generationOf(household.number());
	// Squaring prefers the front of the list, where the frequent names are.
	const familyName = familyNames[Math.floor(household.number() ** 1.5 * familyNames.length)] as string;
	const woman = household.chance(0.5) === (number === head);
	const stream = random('name', number);
	const year = Math.min(stream.integer(generation.bornFrom, generation.bornTo), partsOf(joined)[0] - 19);
	const bornOn = addDays(`${year}-01-01`, stream.integer(0, 364));
	const first = stream.pick(woman ? generation.women : generation.men);
	const second = stream.pick(woman ? generation.women : generation.men);
	const two = stream.chance(0.12) && second !== first && !`${first}${second}`.includes('-');
	return { givenNames: two ? `${first} ${second}` : first, familyName, bornOn };
}

function generationOf(point: number): (typeof firstNames)[number] {
	const index = point < 0.24 ? 0 : point < 0.66 ? 1 : point < 0.94 ? 2 : 3;
	return firstNames[index] as (typeof firstNames)[number];
}

function headOf(number: number): number {
	return Math.min(number, spouseOf(number) ?? number);
}
