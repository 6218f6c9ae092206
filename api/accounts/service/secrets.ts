// Passwords, tokens and codes: how they are made, hashed and compared.
import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import type { Keys } from '../../config.ts';
import { blindIndex } from '../../database/sealed.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkPassword } from '../rules.ts';
import { commonPasswords } from './commonPasswords.ts';

/** argon2id with 64 MiB, three passes, one lane. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };
const slots = Math.min(4, Math.max(2, availableParallelism()));
const longestQueue = 100;

let running = 0;
const waiting: (() => void)[] = [];

/** At most `slots` hashes at once and a bounded queue. Refuses: accounts.busy (throttled) when the queue is full. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	if (running >= slots) {
		if (waiting.length >= longestQueue) throw new Refusal('throttled', 'accounts.busy', { retrySeconds: 5 });
		await new Promise<void>((resolve) => waiting.push(resolve));
	} else {
		running++;
	}
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else running--;
	}
}

const canonical = (password: string): string => password.normalize('NFKC');

/** The argon2id hash of a password, PHC form. */
export function hashPassword(password: string): Promise<string> {
	return inTurn(() => hash(canonical(password), cost));
}

let nobodysHash: Promise<string> | undefined;

/** True if the password fits the hash. Without a hash the same work is done in vain, so that time tells nothing. */
export async function fitsPassword(stored: string | null, password: string): Promise<boolean> {
	nobodysHash ??= hash(randomBytes(16), cost);
	const known = stored ?? (await nobodysHash);
	const fits = await inTurn(() => verify(known, canonical(password)));
	return fits && stored !== null;
}

/** True if a hash was made with weaker parameters than today's. */
export function isOutdated(stored: string): boolean {
	const { memoryCost, timeCost } = parseOptions(stored);
	return memoryCost < cost.memoryCost || timeCost < cost.timeCost;
}

/** Refuses unacceptable passwords as rules' checkPassword does, with the block list of common ones. */
export async function refuseWeakPassword(
	password: string,
	about: { secondFactor: boolean; known: readonly string[] },
): Promise<void> {
	const words = await commonPasswords();
	checkPassword(password, { ...about, isCommon: (text) => words.has(text) });
}

/** A fresh random token: 256 bits, base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * The refresh token that follows another. It is derived, not rolled, so that two tabs that refresh together get the same one
 * although only hashes are stored; without the installation's key nobody can derive it.
 */
export const successorOf = (keys: Keys, token: string): string =>
	createHmac('sha256', keys.token).update(`refresh\n${token}`).digest('base64url');

/** A short public mark of a password hash: what was proved with an old password does not outlive it. */
export const passwordMark = (passwordHash: string | null): string =>
	createHash('sha256')
		.update(passwordHash ?? '')
		.digest('base64url')
		.slice(0, 16);

const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** A code people type: `groups` of five characters without look-alikes, about 25 bits each. */
export function newCode(groups: number): string {
	const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
	return Array.from({ length: groups }, group).join('-');
}

/** A typed code as it is compared: capital letters and digits only. */
export const plainCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** What is stored of a recovery code: keyed, so that a copy of the database does not open it. */
export const recoveryHash = (keys: Keys, personId: string, code: string): Buffer =>
	blindIndex(keys, `recovery\n${personId}\n${plainCode(code)}`);
