// The notice of an assembly: its terms, its text, and how it reaches the members.
import { and, asc, gte, isNull, lte, notInArray, or } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { displayNameOf } from '../../members/rules.ts';
import { localesOf } from '../../members/service/contact.ts';
import { members } from '../../members/tables.ts';
import { notify } from '../../notices/service.ts';
import { rightsSuspendedOn } from '../../shares/service/exits/read.ts';
import { statuteOn } from '../../statute/service.ts';
import { clockOf, type Day, dayOf } from '../../values/calendar.ts';
import { invitationText, type NoticeTerms } from '../rules.ts';
import { type AssemblyRow, agendaOf } from './lock.ts';

/** Inside the caller's transaction: the notice the assembly was convened with, or that of the statute in force on its day. Refuses: statute.none-on-day (missing). */
export async function noticeTermsOf(
	tx: Tx,
	assembly: Pick<AssemblyRow, 'heldOn' | 'conveningDays' | 'announcementDays'>,
): Promise<NoticeTerms> {
	const { heldOn, conveningDays, announcementDays } = assembly;
	if (conveningDays !== null && announcementDays !== null) return { conveningDays, announcementDays };
	const { terms } = await statuteOn(tx, heldOn);
	return { conveningDays: terms.conveningDays, announcementDays: terms.announcementDays };
}

/** Inside the caller's transaction: the exact text of the notice with the agenda as it stands. */
export async function noticeTextOf(tx: Tx, assembly: AssemblyRow): Promise<string> {
	return invitationText({
		...assembly,
		startsAtClock: clockOf(assembly.startsAt),
		agenda: await agendaOf(tx, assembly.id),
	});
}

/** Inside the caller's transaction: everybody who is a member on that day and has the assembly's rights (M-46), by number. */
async function membersOn(tx: Tx, day: Day) {
	const suspended = [...(await rightsSuspendedOn(tx, day))];
	return tx
		.select({
			id: members.id,
			email: members.email,
			familyName: members.familyName,
			givenNames: members.givenNames,
			organisation: members.organisation,
		})
		.from(members)
		.where(
			and(
				lte(members.joinedOn, day),
				or(isNull(members.leftOn), gte(members.leftOn, day)),
				suspended.length === 0 ? undefined : notInArray(members.id, suspended),
			),
		)
		.orderBy(asc(members.number));
}

/**
 * Inside the caller's transaction: writes the notice to every member of today (Textform, § 6 Nr. 4 GenG: directly, not by the portal alone).
 * Answers how many it goes to by e-mail, and how many have no address there and need a letter.
 */
export async function tellMembers(
	tx: Tx,
	{
		at,
		assembly,
		text,
		template,
	}: { at: Date; assembly: AssemblyRow; text: string; template: 'assembly-invitation' | 'assembly-addition' },
): Promise<{ invitedByMail: number; withoutMail: number }> {
	const document = text.trimEnd().split('\n');
	let invitedByMail = 0;
	let withoutMail = 0;
	const people = await membersOn(tx, dayOf(at));
	const locales = await localesOf(
		tx,
		people.map(({ id }) => id),
	);
	for (const { id, email, familyName, givenNames, organisation } of people) {
		if (email === null) {
			withoutMail += 1;
			continue;
		}
		const name = displayNameOf(
			familyName !== null ? { familyName, givenNames: givenNames ?? '' } : { organisation: organisation ?? '' },
		);
		await notify(tx, {
			at,
			to: email,
			template,
			values: { name, title: assembly.title, document },
			locale: locales.get(id) ?? 'de',
		});
		invitedByMail += 1;
	}
	return { invitedByMail, withoutMail };
}
