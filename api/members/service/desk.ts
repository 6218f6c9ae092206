// The desk where applications wait: what each lacks, papers that arrive, approvals of investing members.
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { outcomesOf } from '../../notices/service.ts';
import type { StatuteTerms } from '../../statute/rules.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	type Applicant,
	type ApplicationState,
	canApplication,
	type Declaration,
	displayNameOf,
	searchable,
} from '../rules.ts';
import { checkPaperDay, type Mark, marksOf } from '../rules/admission.ts';
import { applicationConfirmations, applications, members } from '../tables.ts';
import { basisOf, checkResolutionDay, type Resolution } from './admit.ts';
import { type DeclarationPrint, printOf } from './confirm.ts';

/** An application as the board sees it; `can` says what may be done with it, `marks` what it lacks. */
export interface ApplicationView {
	id: string;
	state: ApplicationState;
	can: { admit: boolean; reject: boolean };
	name: string;
	applicant: Applicant;
	minor: boolean;
	sharesWanted: number;
	declaredAt: string;
	statuteVersion: number;
	statuteServedAt: string | null;
	declaration: Declaration;
	form: 'text' | 'written';
	paperReceivedOn: Day | null;
	approval: string | null;
	/** null: no mail was sent that could be answered */
	emailConfirmed: boolean | null;
	guardians: { name: string; email: string | null; confirmedAt: string | null; paperOn: Day | null }[];
	marks: Mark[];
	/** nothing stands in the way of admission */
	ready: boolean;
	ibanMasked: string | null;
	memberId: string | null;
	decidedAt: string | null;
	/** of a rejected one: whether its notice waits to be sent, or could not be delivered; once it is out, the application is gone */
	rejection: 'waiting' | 'failed' | null;
}

type Row = typeof applications.$inferSelect;
type Confirmations = (typeof applicationConfirmations.$inferSelect)[];

function viewOf(
	row: Row,
	confirmations: Confirmations,
	terms: StatuteTerms,
	failed: ReadonlySet<string>,
): ApplicationView {
	const marks = row.state === 'declared' ? marksOf({ ...row, confirmations }, terms) : [];
	const own = confirmations.find(({ who }) => who === 'applicant');
	const ready = marks.every(({ blocking }) => !blocking);
	return {
		id: row.id,
		state: row.state,
		can: { admit: canApplication('admit', row.state) && ready, reject: canApplication('reject', row.state) },
		name: displayNameOf(row.applicant.name),
		applicant: row.applicant,
		minor: row.minor,
		sharesWanted: row.sharesWanted,
		declaredAt: row.declaredAt.toISOString(),
		statuteVersion: row.statuteVersion,
		statuteServedAt: row.statuteServedAt?.toISOString() ?? null,
		declaration: row.declaration,
		form: row.form,
		paperReceivedOn: row.paperReceivedOn,
		approval: row.approval,
		emailConfirmed: own ? own.confirmedAt !== null : null,
		guardians: (row.applicant.guardians ?? []).map(({ name, email }, i) => {
			const consent = confirmations.find(({ who, place }) => who === 'guardian' && place === i);
			return {
				...{ name, email },
				confirmedAt: consent?.confirmedAt?.toISOString() ?? null,
				paperOn: consent?.paperOn ?? null,
			};
		}),
		marks,
		ready,
		ibanMasked: row.ibanLast4 && `•••• ${row.ibanLast4}`,
		memberId: row.memberId,
		decidedAt: row.decidedAt?.toISOString() ?? null,
		rejection: row.state !== 'rejected' ? null : failed.has(row.rejectionNoticeId ?? '') ? 'failed' : 'waiting',
	};
}

/** The confirmations of applications, by application. */
export async function confirmationsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Confirmations>> {
	const byId = new Map<string, Confirmations>(ids.map((id) => [id, []]));
	if (ids.length === 0) return byId;
	const rows = await tx
		.select()
		.from(applicationConfirmations)
		.where(inArray(applicationConfirmations.applicationId, [...ids]))
		.orderBy(asc(applicationConfirmations.who), asc(applicationConfirmations.place));
	for (const row of rows) byId.get(row.applicationId)?.push(row);
	return byId;
}

async function viewsOf(tx: Tx, rows: readonly Row[], day: Day): Promise<ApplicationView[]> {
	const { terms } = await statuteOn(tx, day);
	const confirmations = await confirmationsOf(
		tx,
		rows.map(({ id }) => id),
	);
	const { failed } = await outcomesOf(
		tx,
		rows.flatMap(({ rejectionNoticeId }) => rejectionNoticeId ?? []),
	);
	return rows.map((row) => viewOf(row, confirmations.get(row.id) ?? [], terms, failed));
}

const most = 1_000;

/**
 * Applications in a state: those that wait oldest first, or the latest decided. `ready`: only those that can be admitted, or only those that
 * lack something; `search` in name and place.
 */
export function listApplications(
	db: Database,
	{
		by,
		day,
		state = 'declared',
		ready,
		search = '',
	}: { by: Actor; day: Day; state?: ApplicationState; ready?: boolean | undefined; search?: string | undefined },
): Promise<ApplicationView[]> {
	return transact(db, by, async (tx) => {
		const order = state === 'declared' ? asc(applications.declaredAt) : desc(applications.decidedAt);
		const rows = await tx.select().from(applications).where(eq(applications.state, state)).orderBy(order).limit(most);
		const wanted = searchable(search);
		return (await viewsOf(tx, rows, day)).filter(
			(one) =>
				(ready === undefined || one.ready === ready) &&
				(wanted === '' || searchable(`${one.name} ${one.applicant.address.town}`).includes(wanted)),
		);
	});
}

/** An application with its print, and members who may be the same person or body. */
export interface ApplicationFile extends ApplicationView {
	print: DeclarationPrint;
	/** members with the same e-mail address, or the same name in the same place */
	alike: { memberId: string; number: number; name: string }[];
}

/** One application. Refuses missing `members.application-unknown`. */
export function readApplication(
	db: Database,
	{ by, applicationId, day }: { by: Actor; applicationId: string; day: Day },
): Promise<ApplicationFile> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId));
		const [view] = row ? await viewsOf(tx, [row], day) : [];
		if (!row || !view) throw new Refusal('missing', 'members.application-unknown');
		const { name, email, address } = row.applicant;
		const sortName = 'organisation' in name ? name.organisation : `${name.familyName}, ${name.givenNames}`;
		const alike = await tx
			.select({ memberId: members.id, number: members.number, name: members.sortName })
			.from(members)
			.where(
				and(
					sql`(lower(${members.email}) = lower(${email}) or (lower(${members.sortName}) = lower(${sortName}) and ${members.postcode} = ${address.postcode}))`,
					row.memberId === null ? undefined : sql`${members.id} <> ${row.memberId}`,
				),
			)
			.orderBy(asc(members.number))
			.limit(5);
		return { ...view, print: await printOf(tx, row), alike };
	});
}

/** Locks an application that waits. Refuses missing `members.application-unknown`; conflict `members.application-decided`. */
export async function waitingApplication(tx: Tx, applicationId: string): Promise<Row> {
	const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId)).for('update');
	if (!row) throw new Refusal('missing', 'members.application-unknown');
	if (!canApplication('admit', row.state)) throw new Refusal('conflict', 'members.application-decided');
	return row;
}

/** A paper that arrived: the signed declaration, a guardian's consent (which, from 0), the authority of a proxy. */
export type Paper = { what: 'declaration' } | { what: 'consent'; place: number } | { what: 'authority' };

/**
 * Records that a signed paper has arrived, which replaces the confirmation by a link. Refuses missing `members.application-unknown`,
 * `members.paper-not-expected`; conflict `members.application-decided`; invalid `members.paper-day-wrong` (not before the declaration, not in the future).
 */
export function recordPaper(
	db: Database,
	{ by, at, key, applicationId, paper, receivedOn }: Command & { applicationId: string; paper: Paper; receivedOn: Day },
): Promise<{ applicationId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const row = await waitingApplication(tx, applicationId);
		checkPaperDay(receivedOn, { at, declaredAt: row.declaredAt });
		if (paper.what === 'declaration') {
			await tx.update(applications).set({ paperReceivedOn: receivedOn }).where(eq(applications.id, applicationId));
		} else await recordOnPaper(tx, { by, at, applicationId, paper, receivedOn });
		note({ action: 'members.record-paper', subject: `application ${applicationId}`, after: { ...paper, receivedOn } });
		return { applicationId };
	});
}

async function recordOnPaper(
	tx: Tx,
	{
		by,
		at,
		applicationId,
		paper,
		receivedOn,
	}: { by: Actor; at: Date; applicationId: string; paper: Exclude<Paper, { what: 'declaration' }>; receivedOn: Day },
): Promise<void> {
	const who = paper.what === 'consent' ? ('guardian' as const) : ('applicant' as const);
	const place = paper.what === 'consent' ? paper.place : 0;
	const done = await tx
		.update(applicationConfirmations)
		.set({ confirmedAt: at, paperOn: receivedOn, recordedBy: by.personId })
		.where(
			and(
				eq(applicationConfirmations.applicationId, applicationId),
				eq(applicationConfirmations.who, who),
				eq(applicationConfirmations.place, place),
			),
		)
		.returning({ id: applicationConfirmations.id });
	if (done.length === 0) throw new Refusal('missing', 'members.paper-not-expected');
}

/**
 * Records that the assembly or the supervisory board, whichever the statute names, approved an investing member (§ 8(2) S. 3 GenG, M-07).
 * Refuses missing `members.application-unknown`; conflict `members.application-decided`, `members.not-investing`; and what
 * `checkResolutionDay` refuses.
 */
export function approveInvesting(
	db: Database,
	{ by, at, key, applicationId, resolution }: Command & { applicationId: string; resolution: Resolution },
): Promise<{ applicationId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const row = await waitingApplication(tx, applicationId);
		checkResolutionDay(resolution, at);
		if (!row.applicant.investing) throw new Refusal('conflict', 'members.not-investing', {}, { rule: 'M-07' });
		const { terms } = await statuteOn(tx, resolution.on);
		await approve(tx, note, { applicationId, at, approver: terms.investingApproval, resolution });
		return { applicationId };
	});
}

async function approve(
	tx: Tx,
	note: Note,
	{
		applicationId,
		at,
		approver,
		resolution,
	}: { applicationId: string; at: Date; approver: StatuteTerms['investingApproval']; resolution: Resolution },
): Promise<void> {
	const whose = approver === 'assembly' ? 'Generalversammlung' : 'Aufsichtsrat';
	await tx
		.update(applications)
		.set({ approval: `${whose}: ${basisOf(resolution)}`, approvedAt: at })
		.where(eq(applications.id, applicationId));
	note({
		action: 'members.approve-investing',
		subject: `application ${applicationId}`,
		after: { approver, resolution },
	});
}
