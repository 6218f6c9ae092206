// An heir who continues a membership as a member of the own: number, file and first line in the register, without a declaration to join.
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { type Day, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Address } from '../rules.ts';
import { registerEvents } from '../tables.ts';
import { insertMembers, takeNumbers } from './admit.ts';

/** What is known about an heir who becomes a member. */
export interface NewHeir {
	name: { familyName: string; givenNames: string };
	address: Address;
	email: string | null;
	birthDate: Day | null;
}

/**
 * Enters an heir as a member from a day on (§ 77(2) GenG, M-45); the caller moves the shares and has checked that it may be.
 * Refuses invalid `members.birth-date-wrong`.
 */
export async function enterHeir(
	tx: Tx,
	note: Note,
	{
		at,
		keys,
		heir,
		investing,
		on,
		shares,
		basis,
	}: { at: Date; keys: Keys; heir: NewHeir; investing: boolean; on: Day; shares: number; basis: string },
): Promise<{ memberId: string; number: number }> {
	const { name, address, email, birthDate } = heir;
	if (birthDate !== null && (!isDay(birthDate) || birthDate > on))
		throw new Refusal('invalid', 'members.birth-date-wrong', {}, { field: 'birthDate' });
	const number = await takeNumbers(tx, 1);
	const applicant = {
		...{ kind: 'natural' as const, investing, name, address, email },
		...{ representative: null, phone: null, accountHolder: null },
	};
	const [memberId = ''] = await insertMembers(
		tx,
		keys,
		number,
		[{ applicant, secrets: { iban: null, birthDate } }],
		on,
	);
	await tx.insert(registerEvents).values({
		...{ memberId, kind: 'joined', effectiveOn: on, recordedAt: at, name, address, sharesChange: shares, basis },
	});
	note({ action: 'members.enter-heir', subject: `member ${number}`, after: { memberId, shares, basis } });
	return { memberId, number };
}
