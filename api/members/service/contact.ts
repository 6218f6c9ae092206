// How members are written to: the address in the file, in the language of the portal account if there is one.
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { persons } from '../../accounts/tables.ts';
import type { Tx } from '../../database/connect.ts';
import type { Name } from '../rules.ts';
import { displayNameOf } from '../rules.ts';
import { members } from '../tables.ts';

/** Where a mail to a member goes. */
export interface Recipient {
	email: string;
	name: string;
	locale: 'de' | 'en';
}

/** Recipients of mails to members; members without an e-mail address are absent. */
export async function recipientsOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Recipient>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select({
			...{ id: members.id, email: members.email, familyName: members.familyName, givenNames: members.givenNames },
			...{ organisation: members.organisation, locale: persons.locale },
		})
		.from(members)
		.leftJoin(persons, and(eq(persons.memberId, members.id), isNull(persons.disabledAt)))
		.where(inArray(members.id, [...memberIds]));
	const found = new Map<string, Recipient>();
	for (const { id, email, familyName, givenNames, organisation, locale } of rows) {
		if (email === null) continue;
		const name: Name =
			organisation === null ? { familyName: familyName ?? '', givenNames: givenNames ?? '' } : { organisation };
		found.set(id, { email, name: displayNameOf(name), locale: locale === 'en' ? 'en' : 'de' });
	}
	return found;
}
