// How members are written to: the address in the file, in their language, and only what they want of what they may do without.
import { and, eq, inArray, isNotNull, isNull, not, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { type OptionalTopic, optionalTopics } from '../../notices/rules.ts';
import type { Locale } from '../../notices/templates.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import type { Name } from '../rules.ts';
import { displayNameOf } from '../rules.ts';
import { members } from '../tables.ts';
import { ownMemberId } from './files.ts';

/** Where a mail to a member goes. */
export interface Recipient {
	email: string;
	name: string;
	locale: Locale;
}

/** The language each of these members is written to in: of the account for the portal, else of the file, else German. */
export async function localesOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Locale>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx.execute<{ id: string; locale: Locale }>(
		sql`select id, member_locale(id) as locale from unnest(${sql.param([...memberIds])}::uuid[]) as wanted (id)`,
	);
	return new Map(rows.map(({ id, locale }) => [id, locale]));
}

/** The language a member is written to in. */
export async function localeOf(tx: Tx, memberId: string): Promise<Locale> {
	return (await localesOf(tx, [memberId])).get(memberId) ?? 'de';
}

const wants = (topic: OptionalTopic | undefined) =>
	topic === undefined ? undefined : not(sql`${members.unwantedMails} @> array[${topic}]`);

const columns = {
	...{ id: members.id, email: members.email, familyName: members.familyName, givenNames: members.givenNames },
	organisation: members.organisation,
	locale: sql<Locale>`member_locale(${members.id})`,
};

function recipientOf(row: {
	email: string | null;
	familyName: string | null;
	givenNames: string | null;
	organisation: string | null;
	locale: Locale;
}): Recipient {
	const { email, familyName, givenNames, organisation, locale } = row;
	const name: Name =
		organisation === null ? { familyName: familyName ?? '', givenNames: givenNames ?? '' } : { organisation };
	return { email: email ?? '', name: displayNameOf(name), locale };
}

/** Recipients of mails to members; those without an e-mail address are absent, and those who do not want the `topic`. */
export async function recipientsOf(
	tx: Tx,
	memberIds: readonly string[],
	topic?: OptionalTopic,
): Promise<Map<string, Recipient>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select(columns)
		.from(members)
		.where(and(inArray(members.id, [...memberIds]), isNotNull(members.email), wants(topic)));
	return new Map(rows.map((row) => [row.id, recipientOf(row)]));
}

/** Everybody who is a member now, has an e-mail address and wants the topic. */
export async function recipientsWanting(tx: Tx, topic: OptionalTopic): Promise<Recipient[]> {
	const rows = await tx
		.select(columns)
		.from(members)
		.where(and(isNull(members.leftOn), isNotNull(members.email), wants(topic)))
		.orderBy(members.number);
	return rows.map(recipientOf);
}

/** Which optional mails the acting member gets. Refuses missing `members.no-membership`. */
export function readMailWishes(db: Database, { by }: { by: Actor }): Promise<Record<OptionalTopic, boolean>> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ unwanted: members.unwantedMails })
			.from(members)
			.where(eq(members.id, ownMemberId(by)));
		if (!row) throw new Refusal('missing', 'members.no-membership');
		return wishesOf(row.unwanted);
	});
}

const wishesOf = (unwanted: readonly string[]): Record<OptionalTopic, boolean> => ({
	'round-news': !unwanted.includes('round-news'),
	'round-receipts': !unwanted.includes('round-receipts'),
});

/** Sets which optional mails the acting member gets. Refuses missing `members.no-membership`. */
export function setMailWishes(
	db: Database,
	{ by, at, key, wishes }: Command & { wishes: Readonly<Record<OptionalTopic, boolean>> },
): Promise<Record<OptionalTopic, boolean>> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const [before] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
		if (!before) throw new Refusal('missing', 'members.no-membership');
		const unwantedMails = optionalTopics.filter((topic) => !wishes[topic]);
		await tx.update(members).set({ unwantedMails }).where(eq(members.id, memberId));
		note({
			...{ action: 'members.set-mail-wishes', subject: `member ${before.number}` },
			...{ before: { unwanted: before.unwantedMails }, after: { unwanted: unwantedMails } },
		});
		return wishesOf(unwantedMails);
	});
}
