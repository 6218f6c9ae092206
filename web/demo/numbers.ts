// Identifiers of the demo: check digits are right, everything else cannot belong to anyone.
import { random } from './random.ts';

function remainder97(digits: string): number {
	let rest = 0;
	for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
	return rest;
}

/** German IBAN (B-01) of a serial number. Its bank code begins with 9: no clearing area has that digit, so no bank does. */
export function syntheticIban(serial: number): string {
	const account = String(serial).padStart(10, '0');
	const national = `9990000${1 + (serial % 4)}${account}`;
	return `DE${String(98 - remainder97(`${national}131400`)).padStart(2, '0')}${national}`;
}

/**
 * Tax identification number (IdNr, T-21) of a serial number 0 to 1199: always 98765, then five of the digits 0 to 4 with
 * one of them twice, then the check digit of ISO 7064 mod 11,10. Throws RangeError outside.
 */
export function syntheticTaxId(serial: number): string {
	if (!Number.isInteger(serial) || serial < 0 || serial >= 1200) throw new RangeError(`no tax id for ${serial}`);
	const kept = ['0', '1', '2', '3', '4'].filter((_, digit) => digit !== serial % 5);
	const twice = kept[Math.floor(serial / 5) % 4] as string;
	let places = Math.floor(serial / 20);
	const tail = kept.filter((digit) => digit !== twice);
	// 60 arrangements: 10 pairs of places for the doubled digit, times 6 orders of the other three.
	const order = places % 6;
	places = Math.floor(places / 6);
	const [first] = tail.splice(order % 3, 1);
	const rest = order < 3 ? tail : tail.reverse();
	const others = [first as string, ...rest];
	const pairs: [number, number][] = [];
	for (let a = 0; a < 5; a++) for (let b = a + 1; b < 5; b++) pairs.push([a, b]);
	const [a, b] = pairs[places] as [number, number];
	const digits = Array.from({ length: 5 }, (_, i) => (i === a || i === b ? twice : (others.shift() as string)));
	const body = `98765${digits.join('')}`;
	let product = 10;
	for (const digit of body) {
		const sum = (product + Number(digit)) % 10 || 10;
		product = (2 * sum) % 11;
	}
	return `${body}${(11 - product) % 10}`;
}

/** Market location (Marktlokation, MaLo, E-40): ten given digits, the first 4 to 9, and their check digit. */
export function maloOf(tenDigits: string): string {
	const sum = [...tenDigits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 2), 0);
	return `${tenDigits}${(10 - (sum % 10)) % 10}`;
}

/** Number in the market data register (Marktstammdatenregister, MaStR, E-42): three letters, 9, ten given digits, check digit. */
export function mastrOf(prefix: string, tenDigits: string): string {
	const body = `9${tenDigits}`;
	const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
	return `${prefix}${body}${(10 - (sum % 10)) % 10}`;
}

/** Metering point (Messlokation, MeLo, E-41) in the demo's postcode with a grid operator number nobody has. */
export function meloOf(name: string): string {
	const stream = random('melo', name);
	const letters = Array.from({ length: 20 }, () => stream.pick([...'0123456789ABCDEFGHJKLMNPRSTUVWXYZ'])).join('');
	return `DE99999943211${letters}`;
}
