// Papers from the register: the whole list for the court (§ 32 GenG) or an inspection (§ 31), a member's own entry and declaration.
import { and, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { renderDocument } from '../../documents/render.ts';
import { csvOf } from '../../documents/csv.ts';
import { sha256Of } from '../../documents/rules.ts';
import { archiveDocument, type OpenedFile } from '../../documents/service.ts';
import { documents } from '../../documents/tables.ts';
import { type DocumentLanguage, type Letterhead, letterheadOf } from '../../documents/templates.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { holds } from '../../values/actor.ts';
import { clockOf, type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { extraFieldsOf, registerHash } from '../rules/register.ts';
import { applications, members } from '../tables.ts';
import { fieldsOn, type RegisterLine, type RegisterTotals, readRegisterEntry, registerOn } from './register.ts';

/** Lines of one PDF: more of them would need too much memory to typeset; a larger register comes in parts. */
export const linesPerPart = 2_000;

/** Forms an extract comes in. */
export const extractFormats = ['pdf', 'csv'] as const;

interface Content {
	cooperative: Letterhead;
	lines: RegisterLine[];
	totals: RegisterTotals;
	extraFields: string[];
	contentHash: string;
}

async function contentOf(tx: Tx, day: Day, knownAt: Date): Promise<Content> {
	const lines = await registerOn(tx, { day, knownAt });
	const here = lines.filter(({ leftOn }) => leftOn === null || leftOn >= day);
	return {
		cooperative: letterheadOf(await cooperativeOf(tx)),
		lines,
		totals: {
			entries: lines.length,
			present: here.length,
			shares: here.reduce((sum, { furtherShares }) => sum + furtherShares + 1, 0),
		},
		extraFields: await fieldsOn(tx, day),
		contentHash: registerHash(lines),
	};
}

const written = (day: Day | null, language: DocumentLanguage): string =>
	day === null ? '' : language === 'de' ? day.split('-').reverse().join('.') : day;

function csvExtract(
	{ cooperative, lines, totals, extraFields, contentHash }: Content,
	{ day, knownAt, language }: { day: Day; knownAt: Date; language: DocumentLanguage },
): string {
	const say = (de: string, en: string): string => (language === 'de' ? de : en);
	const columns = [
		...[say('Nr.', 'No.'), say('Familienname', 'Family name'), say('Vornamen', 'Given names'), say('Firma', 'Firm')],
		...[say('Straße', 'Street'), say('PLZ', 'Postcode'), say('Ort', 'Town'), say('Land', 'Country')],
		...[say('Beitritt wirksam am', 'Joined on'), say('Weitere Geschäftsanteile', 'Further shares')],
		...[say('Änderungen wirksam am (weitere Anteile)', 'Changes effective on (further shares)')],
		...[say('Ausgeschieden am', 'Left on'), ...extraFields],
	];
	return csvOf([
		[say('Mitgliederliste (§ 30 GenG)', 'List of members (§ 30 GenG)')],
		[say('Genossenschaft', 'Cooperative'), `${cooperative.name}, ${cooperative.town}`],
		[say('Genossenschaftsregister', 'Cooperatives register'), cooperative.register],
		[say('Rechtsstand (wirksam am)', 'Legal state (effective on)'), written(day, language)],
		[say('Nach den Eintragungen bis', 'From entries recorded up to'), written(dayOf(knownAt), language)],
		[say('Einträge', 'Entries'), totals.entries],
		[say('Mitglieder am Stichtag', 'Members on that day'), totals.present],
		[say('Geschäftsanteile der Mitglieder', "Members' shares"), totals.shares],
		['SHA-256', contentHash],
		[],
		columns,
		...lines.map(({ number, name, address: a, joinedOn, furtherShares, changes, leftOn, extra }) => [
			number,
			...('organisation' in name ? ['', '', name.organisation] : [name.familyName, name.givenNames, '']),
			...[a.street, a.postcode, a.town, a.country, written(joinedOn, language), furtherShares],
			changes.map((c) => `${written(c.on, language)} (${c.furtherShares})`).join(', '),
			written(leftOn, language),
			...extraFields.map((label) => extra[label] ?? ''),
		]),
	]);
}

/** Who may see an extract and what for, where it is not for the court. */
export interface ExtractPurpose {
	inspectionId: string;
	person: string;
	purpose: string;
}

/**
 * The list of members on `day` as known at `knownAt`, as PDF or CSV: the same question gives the same bytes. More than 2,000 entries come
 * in several PDFs (`part`, from 1). Each extract is logged with the hash of its content; what the board makes as PDF is archived.
 * Refuses invalid `members.day-unknown`, `members.known-in-future`, `members.part-unknown` {parts}; throttled `documents.busy`.
 */
export async function exportRegister(
	db: Database,
	{
		by,
		at,
		keys,
		day,
		knownAt,
		format,
		language,
		part = 1,
		purpose,
	}: Command & {
		keys: Keys;
		day: Day;
		knownAt: Date;
		format: (typeof extractFormats)[number];
		language: DocumentLanguage;
		part?: number | undefined;
		purpose?: ExtractPurpose | undefined;
	},
): Promise<OpenedFile> {
	if (!isDay(day)) throw new Refusal('invalid', 'members.day-unknown', {}, { rule: 'M-20', field: 'day' });
	if (knownAt > at) throw new Refusal('invalid', 'members.known-in-future', {}, { rule: 'M-21', field: 'knownAt' });
	const content = await transact(db, by, (tx) => contentOf(tx, day, knownAt));
	const { lines, contentHash, extraFields } = content;
	const parts = format === 'csv' ? 1 : Math.max(1, Math.ceil(lines.length / linesPerPart));
	if (part > parts) throw new Refusal('invalid', 'members.part-unknown', { parts }, { field: 'part' });
	const name = language === 'de' ? 'mitgliederliste' : 'list-of-members';
	const fileName = `${name}-${day}${parts > 1 ? `-${part}-${language === 'de' ? 'von' : 'of'}-${parts}` : ''}.${format}`;
	const file: Uint8Array =
		format === 'csv'
			? Buffer.from(csvExtract(content, { day, knownAt, language }))
			: await renderDocument(
					'register-extract',
					language,
					{
						...{ cooperative: content.cooperative, day, knownOn: dayOf(knownAt), contentHash, part, parts },
						...{ totals: content.totals, purpose: purpose ?? null },
						lines: lines.slice((part - 1) * linesPerPart, part * linesPerPart).map(({ extra, ...line }) => ({
							...line,
							extra: extraFieldsOf(extra, extraFields, { inspection: purpose !== undefined }).map(
								({ label, value }) => `${label}: ${value}`,
							),
						})),
					},
					dayOf(knownAt),
				);
	const sha256 = sha256Of(file);
	const mediaType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/pdf';
	await write(db, { by, at }, async (tx, note) => {
		note({
			action: purpose ? 'members.print-inspection' : 'members.export-register',
			subject: purpose ? `inspection ${purpose.inspectionId}` : 'register',
			after: { ...{ day, knownAt: knownAt.toISOString(), format, part, entries: lines.length, contentHash, sha256 } },
		});
		if (purpose || format === 'csv' || !holds(by, 'board')) return;
		const [same] = await tx
			.select({ id: documents.id })
			.from(documents)
			.where(and(eq(documents.kind, 'register-extract'), eq(documents.sha256, Buffer.from(sha256, 'hex'))));
		if (same) return;
		await archiveDocument(tx, note, {
			...{ by, at, keys, kind: 'register-extract', memberId: null, fileName, mediaType, content: file },
			...{ documentOn: dayOf(at), retention: 'letter' as const },
		});
	});
	return { fileName, mediaType, content: Buffer.from(file) };
}

/**
 * A member's own entry as PDF: the only copy of the list a member may have (§ 31(1) S. 2 GenG); logged.
 * Refuses missing `members.unknown`, `members.not-in-register`; throttled `documents.busy`.
 */
export async function exportRegisterEntry(
	db: Database,
	{ by, at, memberId, language }: Command & { memberId: string; language: DocumentLanguage },
): Promise<OpenedFile> {
	const day = dayOf(at);
	const { number, entry } = await readRegisterEntry(db, { by, memberId, day, knownAt: at });
	if (!entry) throw new Refusal('missing', 'members.not-in-register', {}, { rule: 'M-30' });
	const { cooperative, extraFields } = await transact(db, by, async (tx) => ({
		cooperative: letterheadOf(await cooperativeOf(tx)),
		extraFields: await fieldsOn(tx, day),
	}));
	const contentHash = registerHash([{ number, ...entry }]);
	const { extra, ...fields } = entry;
	const content = await renderDocument(
		'register-entry',
		language,
		{ cooperative, day, contentHash, number, entry: { ...fields, extra: extraFieldsOf(extra, extraFields) } },
		day,
	);
	await write(db, { by, at }, async (_tx, note) =>
		note({ action: 'members.export-entry', subject: `member ${memberId}`, after: { contentHash } }),
	);
	const name = language === 'de' ? 'mitgliederliste-eintrag' : 'register-entry';
	return { fileName: `${name}-${number}-${day}.pdf`, mediaType: 'application/pdf', content: Buffer.from(content) };
}

/**
 * The declaration to join of a member as PDF, from what was stored when it was given; logged. Refuses missing
 * `members.no-declaration` (moved in from elsewhere, or no longer kept); throttled `documents.busy`.
 */
export async function exportDeclaration(
	db: Database,
	{ by, at, memberId, language }: Command & { memberId: string; language: DocumentLanguage },
): Promise<OpenedFile> {
	const { row, facts } = await transact(db, by, async (tx) => {
		const [found] = await tx
			.select({ application: applications, number: members.number, joinedOn: members.joinedOn })
			.from(applications)
			.innerJoin(members, eq(members.id, applications.memberId))
			.where(eq(applications.memberId, memberId));
		return { row: found, facts: await cooperativeOf(tx) };
	});
	if (!row || row.application.applicant.email === '–')
		throw new Refusal('missing', 'members.no-declaration', {}, { rule: 'G-20' });
	const { applicant, declaration, declaredAt, sharesWanted, statuteVersion, form } = row.application;
	const on = dayOf(declaredAt);
	const content = await renderDocument(
		'declaration',
		language,
		{
			cooperative: letterheadOf(facts),
			contentHash: sha256Of(JSON.stringify({ applicant, declaration, sharesWanted, statuteVersion })),
			declaredAt: `${written(on, language)}, ${clockOf(declaredAt)}`,
			...{ number: row.number, name: applicant.name, address: applicant.address, shares: sharesWanted },
			...{ representative: applicant.representative, written: form === 'written', statuteVersion },
			admittedOn: row.joinedOn,
			clauses: declaration.clauses.map(({ text, highlighted }) => ({ text, highlighted })),
		},
		on,
	);
	await write(db, { by, at }, async (_tx, note) =>
		note({ action: 'members.export-declaration', subject: `member ${row.number}` }),
	);
	const name = language === 'de' ? 'beitrittserklaerung' : 'declaration';
	return { fileName: `${name}-${row.number}.pdf`, mediaType: 'application/pdf', content: Buffer.from(content) };
}
