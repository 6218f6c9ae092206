// How long documents are kept, and what tells their contents apart.
import { createHash } from 'node:crypto';
import { type Day, partsOf } from '../values/calendar.ts';

/**
 * Why a document is kept (Aufbewahrung, G-20, B-60): it stands behind an entry of the register (§ 30(3) GenG), belongs to the books
 * (Bücher, § 257(4) HGB), is a voucher (Buchungsbeleg) or a letter or other paper for taxes (§ 147(3) AO).
 */
export const retentionClasses = ['register-document', 'books', 'voucher', 'letter'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

const years: Readonly<Record<Exclude<RetentionClass, 'register-document'>, number>> = {
	books: 10,
	voucher: 8,
	letter: 6,
};

/**
 * The last day a document must be kept: the end of a calendar year. Books 10, vouchers 8, letters 6 years from the end of the year
 * they are of; what stands behind a register entry 3 years from the end of the exit year and at least 6 of its own (G-20):
 * null while its member has not left.
 */
export function keepUntil(retention: RetentionClass, documentOn: Day, leftOn: Day | null): Day | null {
	const [year] = partsOf(documentOn);
	if (retention !== 'register-document') return `${year + years[retention]}-12-31`;
	if (leftOn === null) return null;
	const [exitYear] = partsOf(leftOn);
	return `${Math.max(exitYear + 3, year + 6)}-12-31`;
}

/** sha256 of a content as hex. */
export function sha256Of(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}
