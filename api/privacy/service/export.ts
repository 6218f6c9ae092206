// The personal export (Art. 15 GDPR, G-10): everything the database holds about a member, for programs and for reading.
import { eq, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { persons } from '../../accounts/tables.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { unseal } from '../../database/sealed.ts';
import { renderDocument } from '../../documents/render.ts';
import { sha256Of } from '../../documents/rules.ts';
import type { OpenedFile } from '../../documents/service.ts';
import { type DocumentLanguage, letterheadOf } from '../../documents/templates.ts';
import { displayNameOf } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { type CooperativeFacts, cooperativeOf } from '../../statute/service.ts';
import { dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	camelOf,
	isTold,
	type PersonalData,
	readableFields,
	type SectionName,
	sectionNames,
	sectionOfTable,
} from '../rules/export.ts';
import { fieldLabel, informationOf, sectionTitle } from '../words.ts';

/** Forms an export comes in. */
export const exportFormats = ['json', 'pdf'] as const;

/** A sealed value in clear, if it is one of this row's; undefined for hashes and what cannot be opened. */
function opened(keys: Keys, table: string, column: string, row: Record<string, unknown>, hex: string): unknown {
	const sealed = Buffer.from(hex.slice(2), 'hex');
	if (sealed.length < 32 || sealed.subarray(0, 4).toString('hex') !== keys.id) return undefined;
	const rows = [row.id, row.member_id, `${String(row.member_id)}:${String(row.year)}`].filter((r) => r !== undefined);
	for (const name of [column, column.replace(/_sealed$/, '')]) {
		for (const place of rows) {
			try {
				const text = unseal(keys, { table, column: name, row: String(place) }, sealed);
				return table === 'restricted_data' ? JSON.parse(text) : text;
			} catch {
				// sealed for another place
			}
		}
	}
	return undefined;
}

function recordOf(keys: Keys, table: string, row: Record<string, unknown>): Record<string, unknown> {
	const told = Object.entries(row).flatMap(([column, value]) => {
		if (!isTold(table, column)) return [];
		const clear =
			typeof value === 'string' && /^\\x([0-9a-f]{2})*$/.test(value) ? opened(keys, table, column, row, value) : value;
		return clear === undefined ? [] : [[camelOf(column), clear]];
	});
	return { table: camelOf(table), ...Object.fromEntries(told) };
}

async function collect(
	tx: Tx,
	{ at, keys, memberId, language }: { at: Date; keys: Keys; memberId: string; language: DocumentLanguage },
): Promise<{ data: PersonalData; cooperative: CooperativeFacts }> {
	const [member] = await tx.select().from(members).where(eq(members.id, memberId));
	if (!member) throw new Refusal('missing', 'members.unknown');
	const [person] = await tx.select({ id: persons.id }).from(persons).where(eq(persons.memberId, memberId));
	const cooperative = await cooperativeOf(tx);
	const rows = await tx.execute<{ relation: string; content: Record<string, unknown> }>(
		sql`select relation, content from personal_rows(${memberId}, ${person?.id ?? null})`,
	);
	const log = await tx.execute<{
		seq: number;
		at: string;
		action: string;
		about_them: boolean;
		content: { before: unknown; after: unknown };
	}>(
		sql`select seq, at, action, about_them, content from personal_log(${memberId}, ${person?.id ?? null}) order by seq`,
	);
	const sections = Object.fromEntries(sectionNames.map((name) => [name, []])) as unknown as Record<
		SectionName,
		Record<string, unknown>[]
	>;
	for (const { relation, content } of rows) sections[sectionOfTable(relation)].push(recordOf(keys, relation, content));
	sections.log = log.map(({ at: when, action, about_them, content }) => ({
		...{ table: 'auditLog', at: when, action },
		// What somebody did as staff to other people's things is those people's data.
		...(about_them ? { before: content.before, after: content.after } : {}),
	}));
	const { name, street, postcode, town, email } = cooperative;
	const data: PersonalData = {
		...{ format: 'gemeinwatt.personal-data', version: 1, asOf: at.toISOString() },
		cooperative: { name, street, postcode, town, email },
		person: {
			memberNumber: member.number,
			name: displayNameOf(
				member.organisation === null
					? { familyName: member.familyName ?? '', givenNames: member.givenNames ?? '' }
					: { organisation: member.organisation },
			),
		},
		information: informationOf(cooperative, language),
		sections,
	};
	return { data, cooperative };
}

/** In the PDF the newest entries of long sections; the machine-readable file has all. */
const mostPrinted = 300;

/**
 * Everything about a member: the master data with secrets opened, register history, shares, payments, ledger, mandates, tax standing,
 * dividends, votes taken part in, mails, sessions, log. As JSON for programs, as PDF to be read. Members export themselves; for others the
 * board does, with a fresh proof of who is sitting there. Logged. Refuses missing `members.unknown`; forbidden `accounts.proof-needed`;
 * throttled `documents.busy`.
 */
export async function exportPersonalData(
	db: Database,
	{
		by,
		at,
		keys,
		memberId,
		format,
		language,
	}: Command & { keys: Keys; memberId: string; format: (typeof exportFormats)[number]; language: DocumentLanguage },
): Promise<OpenedFile> {
	const { data, cooperative } = await transact(db, by, async (tx) => {
		if (by.memberId !== memberId && by.sessionId !== null) await requireRecentProof(tx, { by, at });
		return collect(tx, { at, keys, memberId, language });
	});
	const json = JSON.stringify(data, null, '\t');
	const contentHash = sha256Of(JSON.stringify(data.sections));
	const german = language === 'de';
	const day = dayOf(at);
	const content =
		format === 'json'
			? Buffer.from(json)
			: await renderDocument(
					'member-export',
					language,
					{
						...{ cooperative: letterheadOf(cooperative), day, contentHash, preface: data.information },
						person: `${data.person.name}, ${german ? 'Mitglied' : 'member'} ${data.person.memberNumber}`,
						sections: sectionNames
							.filter((name) => name !== 'other' || data.sections.other.length > 0)
							.map((name) => {
								const records = data.sections[name];
								return {
									title: sectionTitle(name, language),
									text:
										records.length > mostPrinted
											? german
												? `Die neuesten ${mostPrinted} von ${records.length} Einträgen; alle stehen in der maschinenlesbaren Datei.`
												: `The newest ${mostPrinted} of ${records.length} records; all are in the machine-readable file.`
											: null,
									records: records
										.slice(-mostPrinted)
										.map((record) => readableFields(record, german, (field) => fieldLabel(field, language)))
										.filter((record) => record.length > 0),
								};
							}),
					},
					day,
				);
	await write(db, { by, at }, async (_tx, note) =>
		note({ action: 'privacy.export', subject: `member ${data.person.memberNumber}`, after: { format, contentHash } }),
	);
	const name = german ? 'auskunft' : 'personal-data';
	return {
		fileName: `${name}-${data.person.memberNumber}-${day}.${format}`,
		mediaType: format === 'json' ? 'application/json' : 'application/pdf',
		content: Buffer.from(content),
	};
}
