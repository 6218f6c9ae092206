// Finding members: by name, number, place, e-mail or the end of an IBAN, words in any order, with small slips forgiven.
import { and, asc, desc, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { cursorOf, type Place, placeOf } from '../../http/cursor.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { displayNameOf, isNearlyTyped, type MemberKind, type Name, type SearchWord, searchWords } from '../rules.ts';
import { memberSecrets, staffMembers } from '../tables.ts';

/** A member in a list. */
export interface MemberLine {
	id: string;
	number: number;
	kind: MemberKind;
	investing: boolean;
	name: string;
	representative: string | null;
	street: string;
	postcode: string;
	town: string;
	country: string;
	email: string | null;
	phone: string | null;
	joinedOn: Day;
	leftOn: Day | null;
}

/** Whom a list shows: members today, those who left, or both. */
export type MemberStanding = 'present' | 'left' | 'all';

/** What a list of members can be ordered by. */
export const memberOrders = ['name', 'number', 'town', 'joinedOn'] as const;
export type MemberOrder = (typeof memberOrders)[number];

/** A word as the index is asked for everything that begins with it. */
const beginning = (word: string) => `'${word.replaceAll(/['\\]/g, '$&$&')}':*`;
const query = (text: string) => sql`${staffMembers.words} @@ ${text}::tsquery`;

async function ibanHolders(tx: Tx, words: readonly SearchWord[]): Promise<Map<string, string[]>> {
	const ends = words.flatMap(({ ibanEnd }) => ibanEnd ?? []);
	const holders = new Map<string, string[]>(ends.map((end) => [end, []]));
	if (ends.length === 0) return holders;
	const rows = await tx
		.select({ id: memberSecrets.memberId, end: memberSecrets.ibanLast4 })
		.from(memberSecrets)
		.where(or(...ends.map((end) => sql`${memberSecrets.ibanLast4} = ${end}`)));
	for (const { id, end } of rows) holders.get(end ?? '')?.push(id);
	return holders;
}

/** The condition on `staff_members` under which all words are found; undefined for no words. `instead` holds other words for one. */
async function foundBy(
	tx: Tx,
	words: readonly SearchWord[],
	instead: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<SQL | undefined> {
	const holders = await ibanHolders(tx, words);
	return and(
		...words.map(({ word, ibanEnd }) => {
			const inWords = query((instead.get(word) ?? [word]).map(beginning).join('|'));
			const ids = (ibanEnd && holders.get(ibanEnd)) || [];
			return ids.length === 0 ? inWords : or(inWords, sql`${staffMembers.id} = any(${sql.param(`{${ids}}`)}::uuid[])`);
		}),
	);
}

function standing(day: Day, which: MemberStanding): SQL | undefined {
	if (which === 'all') return undefined;
	if (which === 'left') return and(isNotNull(staffMembers.leftOn), sql`${staffMembers.leftOn} < ${day}`);
	return or(isNull(staffMembers.leftOn), sql`${staffMembers.leftOn} >= ${day}`);
}

/** Words of members that begin in one of these ways and differ from `word` by a slip. */
async function neighbours(tx: Tx, word: string, heads: readonly string[]): Promise<string[]> {
	const length = heads[0]?.length ?? 0;
	const rows = await tx.execute<{ word: string }>(sql`
		select distinct word from ${staffMembers}, unnest(tsvector_to_array(${staffMembers.words})) word
		where ${query(heads.map(beginning).join('|'))} and left(word, ${length}::int) = any(${sql.param(`{${heads.map((head) => JSON.stringify(head))}}`)}::text[])
			and length(word) >= ${word.length - 2}::int and word !~ '[0-9@]'`);
	return rows
		.map((row) => row.word)
		.filter((one) => isNearlyTyped(word, one))
		.slice(0, 40);
}

/**
 * Words of members that were probably meant by those that nobody has: by the first two letters (in either order), then by one of
 * them. Empty when every word is known, or a word has no neighbour.
 */
async function probablyMeant(tx: Tx, words: readonly SearchWord[]): Promise<Map<string, string[]>> {
	const meant = new Map<string, string[]>();
	for (const { word } of words) {
		if (word.length < 4 || /[0-9@.]/.test(word)) continue;
		const [known] = await tx
			.select({ id: staffMembers.id })
			.from(staffMembers)
			.where(query(beginning(word)))
			.limit(1);
		if (known) continue;
		const [first = '', second = ''] = word;
		let near = await neighbours(tx, word, [first + second, second + first]);
		if (near.length === 0) near = await neighbours(tx, word, [first, second]);
		if (near.length === 0) return new Map();
		meant.set(word, near);
	}
	return meant;
}

/** What was asked of a list, as one condition, with how many match and the words that were taken instead of mistyped ones. */
async function sought(
	tx: Tx,
	search: string | undefined,
	day: Day,
	which: MemberStanding,
): Promise<{ where: SQL | undefined; total: number; instead: string[] }> {
	const words = searchWords(search ?? '');
	const stands = standing(day, which);
	const count = async (where: SQL | undefined) =>
		(await tx.select({ total: sql<number>`count(*)::int` }).from(staffMembers).where(where))[0]?.total ?? 0;
	const where = and(stands, await foundBy(tx, words));
	const total = await count(where);
	if (total > 0 || words.length === 0) return { where, total, instead: [] };
	const meant = await probablyMeant(tx, words);
	if (meant.size === 0) return { where, total, instead: [] };
	const nearby = and(stands, await foundBy(tx, words, meant));
	return { where: nearby, total: await count(nearby), instead: [...meant.values()].flat() };
}

/** The condition on `members` under which they match what somebody typed and stand as asked. For staff: others match nobody. */
export async function matches(tx: Tx, search: string | undefined, day: Day, which: MemberStanding): Promise<SQL> {
	const { where } = await sought(tx, search, day, which);
	return sql`members.id in (select ${staffMembers.id} from ${staffMembers} ${where ? sql`where ${where}` : sql``})`;
}

const keys = {
	name: { sort: sql`${staffMembers.sortName} collate "de-x-icu"`, kind: 'text' },
	number: { sort: sql`${staffMembers.number}`, kind: 'number' },
	town: { sort: sql`${staffMembers.town} collate "de-x-icu"`, kind: 'text' },
	joinedOn: { sort: sql`${staffMembers.joinedOn}`, kind: 'day' },
} as const;

const typeOf = { text: sql`text collate "de-x-icu"`, number: sql`integer`, day: sql`date` };

function beyond(order: MemberOrder, { value, number }: Place, descending: boolean): SQL {
	const { sort, kind } = keys[order];
	// As text first: the driver would guess the type from the value.
	const bound = kind === 'text' ? sql`${value} collate "de-x-icu"` : sql`${String(value)}::text::${typeOf[kind]}`;
	return sql`(${sort}, ${staffMembers.number}) ${descending ? sql`<` : sql`>`} (${bound}, ${number}::int)`;
}

/** What a list of members is asked. `after` and `before` are cursors of an earlier answer to the same question. */
export interface MemberQuery {
	search?: string | undefined;
	standing?: MemberStanding;
	order?: MemberOrder;
	descending?: boolean;
	after?: string | undefined;
	before?: string | undefined;
	pageSize?: number;
}

/** A part of a list of members, with how many match in all and the cursors of the parts around it. */
export interface MemberPage {
	total: number;
	members: MemberLine[];
	next: string | null;
	previous: string | null;
	/** words that were looked for because nobody has those that were typed */
	instead: string[];
}

/**
 * Members in the order asked for (names as a German reader sorts), part by part. For staff: others find nobody.
 * Refuses invalid `request.cursor-unknown`.
 */
export function listMembers(
	db: Database,
	{
		by,
		at,
		search,
		standing: which = 'present',
		order = 'name',
		descending = false,
		after,
		before,
		pageSize = 50,
	}: MemberQuery & { by: Actor; at: Date },
): Promise<MemberPage> {
	return transact(db, by, async (tx) => {
		const { sort, kind } = keys[order];
		const back = before !== undefined;
		const cursor = before ?? after;
		const place = cursor === undefined ? undefined : placeOf(cursor, kind);
		const { where, total, instead } = await sought(tx, search, dayOf(at), which);
		const down = descending !== back;
		const rows = await tx
			.select()
			.from(staffMembers)
			.where(and(where, place && beyond(order, place, down)))
			.orderBy(
				...[sort, ...(order === 'number' ? [] : [staffMembers.number])].map((key) => (down ? desc(key) : asc(key))),
			)
			.limit(pageSize + 1);
		const more = rows.length > pageSize;
		const shown = rows.slice(0, pageSize);
		if (back) shown.reverse();
		const cursorAt = (row: (typeof rows)[number] | undefined) =>
			row ? cursorOf({ value: order === 'name' ? row.sortName : row[order], number: row.number }) : null;
		return {
			total,
			members: shown.map(lineOf),
			next: back || more ? cursorAt(shown.at(-1)) : null,
			previous: (back ? more : after !== undefined) ? cursorAt(shown[0]) : null,
			instead,
		};
	});
}

function lineOf(row: typeof staffMembers.$inferSelect): MemberLine {
	const name: Name =
		row.organisation === null
			? { familyName: row.familyName ?? '', givenNames: row.givenNames ?? '' }
			: { organisation: row.organisation };
	const { id, number, kind, investing, representative, street, postcode, town, country, email, phone } = row;
	return {
		...{ id, number, kind, investing, name: displayNameOf(name), representative },
		...{ street, postcode, town, country, email, phone, joinedOn: row.joinedOn, leftOn: row.leftOn },
	};
}
