// Personal secrets (IBAN, tax id, religion) as encrypted columns: AES-256-GCM, bound to table, column and row.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Keys } from '../config.ts';

/** Where a sealed value lives; part of the encryption, so that a value copied to another row cannot be opened. */
export interface Place {
	table: string;
	column: string;
	row: string;
}

const bindingOf = ({ table, column, row }: Place): Buffer => Buffer.from(`${table}\u0000${column}\u0000${row}`);

/** Encrypts a text for one place. Shape: key id (4 bytes) · nonce (12) · tag (16) · ciphertext. */
export function seal(keys: Keys, place: Place, text: string): Buffer {
	return sealBytes(keys, place, Buffer.from(text, 'utf8'));
}

/** Encrypts a file for one place, in the shape of `seal`. */
export function sealBytes(keys: Keys, place: Place, content: Uint8Array): Buffer {
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', keys.seal, nonce).setAAD(bindingOf(place));
	const body = Buffer.concat([cipher.update(content), cipher.final()]);
	return Buffer.concat([Buffer.from(keys.id, 'hex'), nonce, cipher.getAuthTag(), body]);
}

/** Opens a sealed text. Throws if it was made with another secret, for another place, or was changed. */
export function unseal(keys: Keys, place: Place, sealed: Buffer): string {
	return unsealBytes(keys, place, sealed).toString('utf8');
}

/** Opens a sealed file. Throws as `unseal`. */
export function unsealBytes(keys: Keys, place: Place, sealed: Buffer): Buffer {
	if (sealed.subarray(0, 4).toString('hex') !== keys.id) throw new Error('sealed with another secret');
	const decipher = createDecipheriv('aes-256-gcm', keys.seal, sealed.subarray(4, 16)).setAAD(bindingOf(place));
	decipher.setAuthTag(sealed.subarray(16, 32));
	return Buffer.concat([decipher.update(sealed.subarray(32)), decipher.final()]);
}

/** Keyed fingerprint of a secret, to find or compare it without opening (blind index). */
export function blindIndex(keys: Keys, text: string): Buffer {
	return createHmac('sha256', keys.blind).update(text).digest();
}
