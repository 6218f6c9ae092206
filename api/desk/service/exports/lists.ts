// Lists of the desk as files: which columns each has, and how its lines are read.
import type { Database } from '../../../database/connect.ts';
import type { SheetLanguage } from '../../../documents/spreadsheet.ts';
import { listApplications } from '../../../members/service/desk.ts';
import { displayNameOf } from '../../../members/rules.ts';
import {
	isByNumber,
	type RegisterChoice,
	type RegisterLine,
	type RegisterView,
	readRegister,
	registerFields,
} from '../../../members/service/register.ts';
import { listMembers, type MemberLine, type MemberQuery } from '../../../members/service/search.ts';
import { type ClaimLine, type ClaimQuery, listClaims } from '../../../payments/service/plans.ts';
import { listPayments, type PaymentQuery } from '../../../payments/service/paymentList.ts';
import { type HoldingQuery, listHoldings } from '../../../shares/service/holdings.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { type Column, type ExportedFile, type ExportForm, exported, leafed } from './file.ts';

const kinds: Record<SheetLanguage, Record<MemberLine['kind'], string>> = {
	de: {
		...{ natural: 'Person', company: 'Unternehmen', association: 'Verein' },
		...{ 'public-body': 'Öffentliche Stelle', partnership: 'Personengesellschaft' },
	},
	en: {
		...{ natural: 'Person', company: 'Company', association: 'Association' },
		...{ 'public-body': 'Public body', partnership: 'Partnership' },
	},
};

/** How many lines are read at a time. */
const partSize = 1_000;

/** The list of members as a file. Refuses invalid `desk.column-unknown`. */
export function exportMembers(
	db: Database,
	{ by, at, form, query }: { by: Actor; at: Date; form: ExportForm; query: MemberQuery },
): Promise<ExportedFile> {
	const { language } = form;
	return exported<MemberLine>(db, {
		...{ by, at, form, list: 'members', filters: query, titles: { de: 'Mitglieder', en: 'Members' } },
		columns: [
			['number', 'Mitgliedsnummer', 'Number', 'whole', ({ number }) => number],
			['name', 'Name', 'Name', 'text', ({ name }) => name],
			['kind', 'Art', 'Kind', 'text', ({ kind }) => kinds[language][kind]],
			['representative', 'Vertreten durch', 'Represented by', 'text', ({ representative }) => representative],
			['street', 'Straße', 'Street', 'text', ({ street }) => street],
			['postcode', 'PLZ', 'Postcode', 'text', ({ postcode }) => postcode],
			['town', 'Ort', 'Town', 'text', ({ town }) => town],
			['country', 'Land', 'Country', 'text', ({ country }) => country],
			['email', 'E-Mail', 'E-mail', 'text', ({ email }) => email],
			['phone', 'Telefon', 'Phone', 'text', ({ phone }) => phone],
			['since', 'Beitritt', 'Joined', 'day', ({ joinedOn }) => joinedOn],
			['left', 'Ausgeschieden', 'Left', 'day', ({ leftOn }) => leftOn],
		],
		parts: leafed('', async (after) => {
			const part = await listMembers(db, { by, at, ...query, pageSize: partSize, ...(after ? { after } : {}) });
			return { lines: part.members, next: part.next };
		}),
	});
}

/** Letters of columns that a statute adds to the register, in its order. */
const extraKey = (index: number): string => `extra${String.fromCharCode(65 + index)}`;

/**
 * The list of members (§ 30 GenG) of a day as known at an instant, searched and ordered, as a file for the desk; the extract for the court
 * has a form of its own. Refuses invalid `desk.column-unknown`.
 */
export async function exportRegisterList(
	db: Database,
	{ by, at, form, query }: { by: Actor; at: Date; form: ExportForm; query: RegisterView & RegisterChoice },
): Promise<ExportedFile> {
	const fields = await registerFields(db, { by, day: query.day });
	const { language } = form;
	const dayText = (day: Day): string => (language === 'de' ? day.split('-').reverse().join('.') : day);
	return exported<RegisterLine>(db, {
		...{ by, at, form, list: 'register', titles: { de: 'Mitgliederliste', en: 'List of members' } },
		filters: { ...query, knownAt: query.knownAt.toISOString() },
		columns: [
			['number', 'Mitgliedsnummer', 'Number', 'whole', ({ number }) => number],
			['name', 'Name', 'Name', 'text', ({ name }) => displayNameOf(name)],
			['street', 'Straße', 'Street', 'text', ({ address }) => address.street],
			['postcode', 'PLZ', 'Postcode', 'text', ({ address }) => address.postcode],
			['town', 'Ort', 'Town', 'text', ({ address }) => address.town],
			['country', 'Land', 'Country', 'text', ({ address }) => address.country],
			['joined', 'Beitritt', 'Joined', 'day', ({ joinedOn }) => joinedOn],
			['further', 'Weitere Anteile', 'Further shares', 'whole', ({ furtherShares }) => furtherShares],
			[
				...(['changes', 'Änderungen der weiteren Anteile', 'Changes of further shares', 'text'] as const),
				({ changes }) => changes.map(({ on, furtherShares }) => `${dayText(on)}: ${furtherShares}`).join('; '),
			],
			['left', 'Ausgeschieden', 'Left', 'day', ({ leftOn }) => leftOn],
			...fields.map(
				(label, i): Column<RegisterLine> => [extraKey(i), label, label, 'text', ({ extra }) => extra[label] ?? null],
			),
		],
		parts: leafed(0, async (after) => {
			const lines = await readRegister(db, { by, ...query, after, limit: partSize });
			const next = isByNumber(query) ? (lines.at(-1)?.number ?? 0) : after + partSize;
			return { lines, next: lines.length < partSize ? null : next };
		}),
	});
}

type Application = Awaited<ReturnType<typeof listApplications>>[number];

/** Declarations to join as a file. Refuses invalid `desk.column-unknown`. */
export function exportApplications(
	db: Database,
	{
		by,
		at,
		form,
		query,
	}: { by: Actor; at: Date; form: ExportForm; query: Omit<Parameters<typeof listApplications>[1], 'by' | 'day'> },
): Promise<ExportedFile> {
	return exported<Application>(db, {
		...{ by, at, form, list: 'applications', filters: query, titles: { de: 'Anträge', en: 'Applications' } },
		columns: [
			['name', 'Name', 'Name', 'text', ({ name }) => name],
			['kind', 'Art', 'Kind', 'text', ({ applicant }) => kinds[form.language][applicant.kind]],
			['street', 'Straße', 'Street', 'text', ({ applicant }) => applicant.address.street],
			['postcode', 'PLZ', 'Postcode', 'text', ({ applicant }) => applicant.address.postcode],
			['town', 'Ort', 'Town', 'text', ({ applicant }) => applicant.address.town],
			['email', 'E-Mail', 'E-mail', 'text', ({ applicant }) => applicant.email],
			['phone', 'Telefon', 'Phone', 'text', ({ applicant }) => applicant.phone],
			['shares', 'Anteile', 'Shares', 'whole', ({ sharesWanted }) => sharesWanted],
			['declared', 'Erklärt am', 'Declared', 'instant', ({ declaredAt }) => declaredAt],
			['decided', 'Entschieden am', 'Decided', 'instant', ({ decidedAt }) => decidedAt],
		],
		parts: leafed(true, async () => ({
			lines: await listApplications(db, { by, day: dayOf(at), ...query }),
			next: null,
		})),
	});
}

type Holding = Awaited<ReturnType<typeof listHoldings>>['holdings'][number];

/** Holdings on a day (with `owing`, of those who owe what is due) as a file. Refuses invalid `desk.column-unknown`. */
export function exportHoldings(
	db: Database,
	{
		by,
		at,
		form,
		query,
	}: { by: Actor; at: Date; form: ExportForm; query: HoldingQuery & Omit<Parameters<typeof listHoldings>[1], 'by'> },
): Promise<ExportedFile> {
	const titles = query.owing
		? { de: 'Offene Einzahlungen', en: 'Open payments' }
		: { de: 'Geschäftsguthaben', en: 'Holdings' };
	return exported<Holding>(db, {
		...{ by, at, form, list: 'holdings', filters: query, titles },
		columns: [
			['number', 'Mitgliedsnummer', 'Number', 'whole', ({ number }) => number],
			['name', 'Name', 'Name', 'text', ({ name }) => name],
			['shares', 'Anteile', 'Shares', 'whole', ({ shares }) => shares],
			['nominal', 'Nennwert (€)', 'Nominal value (€)', 'cents', ({ nominalCents }) => nominalCents],
			['due', 'Fällig (€)', 'Due (€)', 'cents', ({ dueCents }) => dueCents],
			['paid', 'Eingezahlt (€)', 'Paid (€)', 'cents', ({ paidCents }) => paidCents],
			['claim', 'Offen (€)', 'Open (€)', 'cents', ({ claimCents }) => claimCents],
		],
		// The sums come with it, so this list is made as a whole once.
		parts: leafed(true, async () => {
			const { holdings } = await listHoldings(db, { by, ...query, page: 1, pageSize: 2_000_000 });
			return { lines: holdings, next: null };
		}),
	});
}

type Payment = Awaited<ReturnType<typeof listPayments>>['payments'][number];

/** Payments that came in as a file. Refuses invalid `desk.column-unknown`. */
export function exportPayments(
	db: Database,
	{
		by,
		at,
		form,
		query,
	}: {
		by: Actor;
		at: Date;
		form: ExportForm;
		query: PaymentQuery;
	},
): Promise<ExportedFile> {
	return exported<Payment>(db, {
		...{ by, at, form, list: 'payments', filters: query, titles: { de: 'Zahlungen', en: 'Payments' } },
		columns: [
			['day', 'Wertstellung', 'Value day', 'day', ({ valueOn }) => valueOn],
			['number', 'Mitgliedsnummer', 'Number', 'whole', ({ number }) => number],
			['name', 'Name', 'Name', 'text', ({ name }) => name],
			['purpose', 'Verwendungszweck', 'Purpose', 'text', ({ purpose }) => purpose],
			['reference', 'Referenz der Bank', 'Bank reference', 'text', ({ bankReference }) => bankReference],
			['amount', 'Betrag (€)', 'Amount (€)', 'cents', ({ amountCents }) => amountCents],
			['credited', 'Auf Anteile (€)', 'On shares (€)', 'cents', ({ creditedCents }) => creditedCents],
			['overpaid', 'Zu viel (€)', 'Overpaid (€)', 'cents', ({ overpaidCents }) => overpaidCents],
			['entry', 'Buchung', 'Entry', 'whole', ({ entry }) => entry],
			['reversed', 'Storniert', 'Reversed', 'instant', ({ reversedAt }) => reversedAt],
			['reason', 'Grund des Stornos', 'Reason', 'text', ({ reversalReason }) => reversalReason],
		],
		parts: leafed(1, async (page) => {
			const { payments } = await listPayments(db, { by, ...query, page, pageSize: partSize });
			return { lines: payments, next: payments.length === partSize ? page + 1 : null };
		}),
	});
}

/** Open claims of today as a file. Refuses invalid `desk.column-unknown`. */
export function exportClaims(
	db: Database,
	{ by, at, form, query }: { by: Actor; at: Date; form: ExportForm; query: ClaimQuery },
): Promise<ExportedFile> {
	return exported<ClaimLine>(db, {
		...{ by, at, form, list: 'claims', filters: query, titles: { de: 'Offene Einzahlungen', en: 'Open payments' } },
		columns: [
			['number', 'Mitgliedsnummer', 'Number', 'whole', ({ number }) => number],
			['name', 'Name', 'Name', 'text', ({ name }) => name],
			['since', 'Fällig seit', 'Due since', 'day', ({ dueSince }) => dueSince],
			['open', 'Offen (€)', 'Open (€)', 'cents', ({ openCents }) => openCents],
			['fees', 'Mahngebühren (€)', 'Reminder fees (€)', 'cents', ({ feesCents }) => feesCents],
			['underway', 'Im Einzug (€)', 'Being collected (€)', 'cents', ({ underWayCents }) => underWayCents],
			['reminded', 'Mahnstufe', 'Reminder', 'whole', ({ reminded }) => reminded || null],
			['remindedon', 'Gemahnt am', 'Reminded on', 'day', ({ remindedOn }) => remindedOn],
			['enforceable', 'Durchsetzbar bis', 'Enforceable until', 'day', ({ enforceableUntil }) => enforceableUntil],
		],
		parts: leafed(1, async (page) => {
			const { claims } = await listClaims(db, { by, at, ...query, page, pageSize: partSize });
			return { lines: claims, next: claims.length === partSize ? page + 1 : null };
		}),
	});
}
