// Who counts as whom and for how long: roles in a session, lifetimes, attempts, what makes a password acceptable.
import { type Role, staffRoles } from '../values/actor.ts';
import { Refusal } from '../values/refusal.ts';

/** How long an access token lasts. Sessions are checked at every request, so this bounds idleness, not revocation. */
export const accessMinutes = 10;
/** How long a step-up or sign-in counts as a recent proof. */
export const proofMinutes = 5;
/** How long a link sent by mail works. */
export const linkMinutes = 60;
/** How long the answer "password right, code missing" may be completed. */
export const challengeMinutes = 5;
/**
 * Two tabs may refresh at the same time: within these seconds the same browser that spent a refresh token
 * gets the very same successor again, as long as the successor is unused. Later reuse ends the session.
 */
export const refreshGraceSeconds = 10;
/** How long the set-up code of an empty database works. */
export const setupHours = 24;

/** Why a session ended. */
export const endReasons = [
	...(['signed-out', 'revoked', 'idle', 'expired', 'token-reused'] as const),
	...(['password-changed', 'roles-changed', 'disabled', 'second-factor-changed'] as const),
] as const;
export type EndReason = (typeof endReasons)[number];

/** What a device's token can allow. */
export const deviceScopes = ['readings.push'] as const;
export type DeviceScope = (typeof deviceScopes)[number];

/** How many days a device's token may work; the person who makes it chooses. */
export const deviceTokenDays = [30, 90, 365, 730] as const;

const isStaff = (roles: readonly Role[]): boolean => roles.some((role) => staffRoles.includes(role));

/** The roles that count in a session: staff roles only after a second factor. */
export function countingRoles(held: readonly Role[], mfa: boolean): Role[] {
	return mfa ? [...held] : held.filter((role) => !staffRoles.includes(role));
}

/** True if the person holds staff roles that do not count yet because no second factor was proved in the session. */
export function needsSecondFactor(held: readonly Role[], mfa: boolean): boolean {
	return isStaff(held) && !mfa;
}

/** Absolute and idle life of a session in minutes: staff 12 h and 30 min, members 24 h and 60 min. */
export function sessionLife(held: readonly Role[]): { absoluteMinutes: number; idleMinutes: number } {
	return isStaff(held) ? { absoluteMinutes: 12 * 60, idleMinutes: 30 } : { absoluteMinutes: 24 * 60, idleMinutes: 60 };
}

/** The instant `minutes` after `at`. */
export function minutesAfter(at: Date, minutes: number): Date {
	return new Date(at.getTime() + minutes * 60_000);
}

/** When an access token made at `at` ends: after ten minutes, and never after its session. */
export function accessExpiry(at: Date, sessionExpiresAt: Date): Date {
	return new Date(Math.min(minutesAfter(at, accessMinutes).getTime(), sessionExpiresAt.getTime()));
}

/** Why a living session may not be refreshed at `at`: 'expired', 'idle', or undefined if it may. */
export function lapseOf(
	session: { usedAt: Date; expiresAt: Date; idleMinutes: number },
	at: Date,
): 'expired' | 'idle' | undefined {
	if (session.expiresAt <= at) return 'expired';
	return minutesAfter(session.usedAt, session.idleMinutes) <= at ? 'idle' : undefined;
}

/** How attempts of one kind are slowed: `free` of them within the window, then each next one is followed by the next silence; the last one stays. */
export interface Pace {
	free: number;
	delaySeconds: readonly number[];
	windowSeconds: number;
}

/** What an attempt is counted for: one account (whether it exists or not), one network, everyone together. */
export type Counted = 'account' | 'network' | 'everyone';

const hour = 3_600;

/**
 * 'guess': attempts at a secret (sign-in, codes): silence doubles from the fifth attempt on, a quarter of an hour from the tenth, never for good.
 * A network may be a village hall with a hundred members signing in, so it gets more room.
 * 'request': things that make the program send mail or store something for strangers.
 */
export const paces = {
	guess: {
		account: { free: 4, delaySeconds: [15, 30, 60, 120, 240, 900], windowSeconds: 24 * hour },
		network: { free: 100, delaySeconds: [30, 60, 120, 300, 900], windowSeconds: 900 },
		everyone: { free: 600, delaySeconds: [15], windowSeconds: 60 },
	},
	request: {
		account: { free: 2, delaySeconds: [60, 300, 900, hour], windowSeconds: 24 * hour },
		network: { free: 20, delaySeconds: [60, 300, 900], windowSeconds: hour },
		everyone: { free: 300, delaySeconds: [60], windowSeconds: hour },
	},
} as const satisfies Record<string, Record<Counted, Pace>>;
export type PaceName = keyof typeof paces;

/** The network an address belongs to for counting: an IPv4 address itself, the /64 of an IPv6 address. */
export function networkOf(address: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
	if (mapped?.[1]) return mapped[1];
	if (!address.includes(':')) return address;
	const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
	const left = head ? head.split(':') : [];
	const right = tail ? tail.split(':') : [];
	const groups =
		tail === undefined
			? left
			: [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
	return `${groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':')}::/64`;
}

/** An e-mail address as it is looked up and counted. */
export const emailKey = (email: string): string => email.normalize('NFC').trim().toLowerCase();

/** True for an address mail can be sent to: one @, a host with a dot or 'localhost', no blanks or control characters. */
export function isEmail(text: string): boolean {
	return (
		text.length <= 254 &&
		/^[^\s@<>,;:"()[\]\\\p{Cc}]{1,64}@(localhost|[\p{L}\d](?:[\p{L}\d-]{0,62})(?:\.[\p{L}\d](?:[\p{L}\d-]{0,62}))+)$/u.test(
			text,
		)
	);
}

/** The shortest password: fifteen characters, eight beside a second factor. */
export const leastLength = (secondFactor: boolean): number => (secondFactor ? 8 : 15);
/** The longest password; longer ones are refused before they are hashed. */
export const greatestLength = 256;

const lookalikes: Record<string, string> = {
	'0': 'o',
	'1': 'i',
	'3': 'e',
	'4': 'a',
	'5': 's',
	'7': 't',
	'@': 'a',
	$: 's',
	'!': 'i',
	'€': 'e',
};
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
const withoutLookalikes = (text: string): string => text.replace(/[013457@$!€]/g, (c) => lookalikes[c] ?? c);
const coreOf = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
const rows = ['qwertzuiopü', 'asdfghjklöä', 'yxcvbnm', 'qwertyuiop', 'zxcvbnm', '1234567890'];

function isNextKey(a: string, b: string): boolean {
	const step = (b.codePointAt(0) ?? 0) - (a.codePointAt(0) ?? 0);
	return Math.abs(step) <= 1 || rows.some((row) => row.includes(a + b) || row.includes(b + a));
}

function isMonotonous(text: string, least: number): boolean {
	const chars = [...text];
	for (let unit = 1; unit < Math.min(least, chars.length / 2 + 1); unit++) {
		if (chars.every((c, i) => i < unit || c === chars[i - unit])) return true;
	}
	const steps = chars.slice(1).filter((c, i) => isNextKey(chars[i] ?? '', c)).length;
	return steps >= (chars.length - 1) * 0.7;
}

/**
 * Refuses a password that is too short or long, common, monotonous, or made of what everybody knows about the person.
 * `isCommon` looks a lower-case text up in the block list; the password is looked up as typed, with look-alikes
 * (P4ssw0rd) undone, and without leading and trailing digits and signs. `known` are words such as name, e-mail, cooperative.
 * Refuses: accounts.password-too-short, -too-long, -common, -personal (invalid, field password).
 */
export function checkPassword(
	password: string,
	{
		secondFactor,
		known,
		isCommon,
	}: { secondFactor: boolean; known: readonly string[]; isCommon: (text: string) => boolean },
): void {
	const at = { field: 'password' };
	const least = leastLength(secondFactor);
	const { length } = [...password];
	if (length > greatestLength)
		throw new Refusal('invalid', 'accounts.password-too-long', { greatest: greatestLength }, at);
	if (length < least) throw new Refusal('invalid', 'accounts.password-too-short', { least }, at);
	const text = plain(password);
	const shapes = new Set([
		text,
		withoutLookalikes(text),
		coreOf(text),
		withoutLookalikes(coreOf(text)),
		coreOf(withoutLookalikes(text)),
	]);
	if (isMonotonous(text, least) || [...shapes].some((shape) => shape.length >= 4 && isCommon(shape))) {
		throw new Refusal('invalid', 'accounts.password-common', {}, at);
	}
	const words = [...new Set(known.flatMap((phrase) => plain(phrase).split(/[^\p{L}\p{N}]+/u)))].filter(
		(word) => word.length >= 4,
	);
	words.sort((a, b) => b.length - a.length);
	for (const shape of [text, withoutLookalikes(text)]) {
		const rest = words.reduce((left, word) => left.replaceAll(word, ''), shape);
		const letters = rest.replace(/\P{L}/gu, '').length;
		if (rest.length < shape.length && (rest.length < 8 || letters < 4))
			throw new Refusal('invalid', 'accounts.password-personal', {}, at);
	}
}

/**
 * The roles a person holds after the board has decided on their staff roles; membership is not the board's to give here.
 * Refuses: accounts.own-roles (forbidden) for one's own account.
 */
export function rolesAfter(held: readonly Role[], staff: readonly Role[], { own }: { own: boolean }): Role[] {
	if (own) throw new Refusal('forbidden', 'accounts.own-roles');
	return [...held.filter((role) => role === 'member'), ...staffRoles.filter((role) => staff.includes(role))];
}
