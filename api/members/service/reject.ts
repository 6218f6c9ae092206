// Rejections: the notice goes out, then the data of the declaration are deleted, whatever happens in between.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database } from '../../database/connect.ts';
import { notify, outcomesOf } from '../../notices/service.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { Refusal } from '../../values/refusal.ts';
import { canApplication, displayNameOf } from '../rules.ts';
import { applications } from '../tables.ts';
import { checkAfterDeclaration, checkResolutionDay, type Resolution } from './admit.ts';

/**
 * Rejects an application: the notice goes into the outbox; once it is out, `forgetRejected` deletes the data (§ 15(2) S. 2–4 GenG, M-05,
 * RET-005). The log keeps that somebody was rejected by which resolution, and nothing about the person.
 * Refuses missing `members.application-unknown`; conflict `members.application-decided`;
 * invalid `members.resolution-day-wrong`, `members.resolution-in-future`, `members.resolution-before-declaration`.
 */
export function rejectApplication(
	db: Database,
	{ by, at, key, applicationId, resolution }: Command & { applicationId: string; resolution: Resolution },
): Promise<{ applicationId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId)).for('update');
		if (!row) throw new Refusal('missing', 'members.application-unknown');
		if (!canApplication('reject', row.state)) throw new Refusal('conflict', 'members.application-decided');
		checkAfterDeclaration(resolution, row.declaredAt);
		const { name, email, locale } = row.applicant;
		const rejectionNoticeId = await notify(tx, {
			at,
			to: email,
			template: 'application-rejected',
			values: { name: displayNameOf(name), cooperative: (await cooperativeOf(tx)).name },
			locale,
		});
		// Bank details and birth date are of no use for the notice.
		const kept = { ibanSealed: null, ibanLast4: null, birthDateSealed: null, printHash: null };
		await tx
			.update(applications)
			.set({ state: 'rejected', decidedAt: at, decidedBy: by.personId, rejectionNoticeId, ...kept })
			.where(eq(applications.id, applicationId));
		note({ action: 'members.reject', subject: `application ${applicationId}`, after: { resolution } });
		return { applicationId };
	});
}

/** Deletes rejected applications whose notice is out: a job of every minute. Answers how many. */
export function forgetRejected(db: Database, { by, at }: Command): Promise<{ deleted: number }> {
	return write(db, { by, at }, async (tx, note) => {
		const rejected = await tx
			.select({ id: applications.id, noticeId: applications.rejectionNoticeId })
			.from(applications)
			.where(eq(applications.state, 'rejected'))
			.for('update', { skipLocked: true });
		const { sent } = await outcomesOf(
			tx,
			rejected.flatMap(({ noticeId }) => noticeId ?? []),
		);
		const done = rejected.filter(({ noticeId }) => sent.has(noticeId ?? ''));
		for (const { id } of done) {
			await tx.delete(applications).where(eq(applications.id, id));
			note({ action: 'members.forget-rejected', subject: `application ${id}` });
		}
		return { deleted: done.length };
	});
}

/**
 * The notice of a rejection went out by letter, because the mail could not be delivered: the data are deleted now (M-05).
 * Refuses missing `members.application-unknown`; conflict `members.application-not-rejected`.
 */
export function recordRejectionLetter(
	db: Database,
	{ by, at, key, applicationId }: Command & { applicationId: string },
): Promise<{ applicationId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId)).for('update');
		if (!row) throw new Refusal('missing', 'members.application-unknown');
		if (!canApplication('forget', row.state)) throw new Refusal('conflict', 'members.application-not-rejected');
		await tx.delete(applications).where(eq(applications.id, applicationId));
		note({ action: 'members.forget-rejected', subject: `application ${applicationId}`, after: { by: 'letter' } });
		return { applicationId };
	});
}
