// The chain's arithmetic: what is hashed, and whether a stretch of log holds together.
import { createHash } from 'node:crypto';

/** One link as stored. `content` is the exact JSON text. */
export interface Link {
	seq: number;
	content: string;
	previousHash: Buffer;
	hash: Buffer;
}

/** The hash that the very first link builds on: 32 zero bytes. */
export const genesisHash = Buffer.alloc(32);

/** sha256 over sequence number, previous hash and content. */
export function linkHash(seq: number, previousHash: Buffer, content: string): Buffer {
	return createHash('sha256')
		.update(`${seq}\n${previousHash.toString('hex')}\n${content}`)
		.digest();
}

/** The first break in consecutive links that follow `after`, or undefined if they hold: a missing number, a wrong predecessor, a changed content. */
export function firstBreak(
	after: { seq: number; hash: Buffer },
	links: Iterable<Link>,
): { seq: number; reason: 'missing' | 'predecessor' | 'content' } | undefined {
	let { seq, hash } = after;
	for (const link of links) {
		seq += 1;
		if (link.seq !== seq) return { seq, reason: 'missing' };
		if (!link.previousHash.equals(hash)) return { seq, reason: 'predecessor' };
		if (!linkHash(seq, hash, link.content).equals(link.hash)) return { seq, reason: 'content' };
		hash = link.hash;
	}
	return undefined;
}
