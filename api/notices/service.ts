// Mails: put into the outbox by whoever has something to tell, sent from there until they arrive.
import { createHash } from 'node:crypto';
import { and, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm';
import nodemailer from 'nodemailer';
import type { Keys } from '../config.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import { seal, unseal } from '../database/sealed.ts';
import type { Actor } from '../values/actor.ts';
import { headerText, nextAttemptMinutes } from './rules.ts';
import { notices } from './tables.ts';
import { type Locale, type NoticeValues, type Template, writeLetter } from './templates.ts';

const channel = 'notices';

/** A mail to be written. `link` carries a token: it is stored sealed and forgotten after sending. `withheld` writes the row but never sends it. */
export interface Notice<T extends Template> {
	at: Date;
	to: string;
	template: T;
	values: NoticeValues[T];
	locale: Locale;
	link?: { keys: Keys; url: string };
	withheld?: boolean;
}

/** Puts a mail into the outbox, in the transaction of its cause: both happen or neither. Senders wake when it commits. Answers the mail's id. */
export async function notify<T extends Template>(
	tx: Tx,
	{ at, to, template, values, locale, link, withheld }: Notice<T>,
): Promise<string> {
	const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
	const id = made?.id ?? '';
	await tx.insert(notices).values({
		id,
		recipient: withheld ? '' : to,
		recipientHash: createHash('sha256').update(to.toLowerCase()).digest(),
		template,
		locale,
		values,
		link: link ? seal(link.keys, { table: 'notices', column: 'link', row: id }, link.url) : null,
		createdAt: at,
		nextAttemptAt: at,
		...(withheld ? { failedAt: at, outcome: 'withheld' } : {}),
	});
	await tx.execute(sql`select pg_notify(${channel}, '')`);
	return id;
}

/** Puts the same mail to many into the outbox, as `notify` does for one. `names` go with the addresses. */
export async function notifyMany<T extends Template>(
	tx: Tx,
	{ at, template, values }: Pick<Notice<T>, 'at' | 'template'> & { values: Omit<NoticeValues[T], 'name'> },
	recipients: readonly { email: string; name: string; locale: Locale }[],
): Promise<void> {
	for (let i = 0; i < recipients.length; i += 1_000) {
		await tx.insert(notices).values(
			recipients.slice(i, i + 1_000).map(({ email, name, locale }) => ({
				...{ recipient: email, recipientHash: createHash('sha256').update(email.toLowerCase()).digest() },
				...{ template, locale, values: { ...values, name }, createdAt: at, nextAttemptAt: at },
			})),
		);
	}
	if (recipients.length > 0) await tx.execute(sql`select pg_notify(${channel}, '')`);
}

/** Of mails by id: those that are out, and those that failed for good. Mails that wait or are forgotten are in neither. */
export async function outcomesOf(tx: Tx, ids: readonly string[]): Promise<{ sent: Set<string>; failed: Set<string> }> {
	const rows =
		ids.length === 0
			? []
			: await tx
					.select({ id: notices.id, sentAt: notices.sentAt, failedAt: notices.failedAt })
					.from(notices)
					.where(inArray(notices.id, [...ids]));
	return {
		sent: new Set(rows.filter(({ sentAt }) => sentAt !== null).map(({ id }) => id)),
		failed: new Set(rows.filter(({ failedAt }) => failedAt !== null).map(({ id }) => id)),
	};
}

/** How mail leaves the house. Without `smtpUrl` it stays in the outbox. */
export interface Smtp {
	smtpUrl: string | undefined;
	mailFrom: string;
	keys: Keys;
}

/** What a round of sending did. */
export interface SendingReport {
	sent: number;
	postponed: number;
	failed: number;
}

/**
 * Sends what waits in the outbox, one mail after the other, at most `most`. Each is claimed before it is sent, so that two
 * processes never send the same one; a process that died in the middle gives it up after two minutes. Refused for good (5xx) or after a
 * day of attempts a mail is marked failed. Once a mail is done, its link is forgotten.
 */
export async function sendPendingNotices(
	db: Database,
	{ by, at, smtp, most = 500 }: { by: Actor; at: Date; smtp: Smtp; most?: number },
): Promise<SendingReport> {
	const report: SendingReport = { sent: 0, postponed: 0, failed: 0 };
	if (!smtp.smtpUrl) return report;
	const { hostname } = new URL(smtp.smtpUrl);
	const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
	const transport = nodemailer.createTransport({
		url: smtp.smtpUrl,
		...(local ? { ignoreTLS: true } : { requireTLS: true }),
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 20_000,
		dnsTimeout: 5_000,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	try {
		for (let i = 0; i < most; i++) {
			const notice = await claim(db, { by, at });
			if (!notice) break;
			const link = notice.link
				? unseal(smtp.keys, { table: 'notices', column: 'link', row: notice.id }, notice.link)
				: undefined;
			const template = notice.template as Template;
			const { subject, text } = writeLetter(
				template,
				notice.locale as Locale,
				notice.values as NoticeValues[Template],
				link,
			);
			let outcome: Outcome;
			try {
				const { response } = await transport.sendMail({
					from: smtp.mailFrom,
					to: { name: '', address: notice.recipient },
					subject,
					text,
					messageId: `<${notice.id}@${hostname}>`,
					headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': notice.locale },
				});
				outcome = { kind: 'sent', said: response };
			} catch (error) {
				outcome = outcomeOf(error, notice.attempts);
			}
			await record(db, { by, at, id: notice.id, recipient: notice.recipient, outcome });
			report[outcome.kind]++;
		}
	} finally {
		transport.close();
	}
	return report;
}

type Outcome =
	| { kind: 'sent'; said: string }
	| { kind: 'failed'; said: string }
	| { kind: 'postponed'; said: string; minutes: number };

function outcomeOf(error: unknown, attempts: number): Outcome {
	const { responseCode, message } = error as Error & { responseCode?: number };
	const said = headerText(message);
	const minutes = nextAttemptMinutes(attempts);
	if ((responseCode !== undefined && responseCode >= 500) || minutes === undefined) return { kind: 'failed', said };
	return { kind: 'postponed', said, minutes };
}

function claim(db: Database, { by, at }: { by: Actor; at: Date }): Promise<typeof notices.$inferSelect | undefined> {
	return transact(db, by, async (tx) => {
		const next = tx
			.select({ id: notices.id })
			.from(notices)
			.where(
				and(
					sql`${notices.sentAt} is null and ${notices.failedAt} is null and ${notices.nextAttemptAt} <= ${at.toISOString()}`,
					or(sql`${notices.claimedUntil} is null`, sql`${notices.claimedUntil} < clock_timestamp()`),
				),
			)
			.orderBy(notices.nextAttemptAt)
			.limit(1)
			.for('update', { skipLocked: true });
		const [row] = await tx
			.update(notices)
			.set({ claimedUntil: sql`clock_timestamp() + interval '2 minutes'`, attempts: sql`${notices.attempts} + 1` })
			.where(eq(notices.id, sql`(${next})`))
			.returning();
		return row;
	});
}

function record(
	db: Database,
	{ by, at, id, recipient, outcome }: { by: Actor; at: Date; id: string; recipient: string; outcome: Outcome },
): Promise<void> {
	// Servers like to repeat the address, which is to be forgotten with the mail.
	const said = outcome.said.replaceAll(recipient, '…');
	return transact(db, by, async (tx) => {
		const done = { link: null, recipient: '', values: {} };
		const change =
			outcome.kind === 'sent'
				? { ...done, sentAt: at }
				: outcome.kind === 'failed'
					? { ...done, failedAt: at }
					: { nextAttemptAt: new Date(at.getTime() + outcome.minutes * 60_000) };
		await tx
			.update(notices)
			.set({ ...change, claimedUntil: null, outcome: headerText(said) })
			.where(eq(notices.id, id));
	});
}

/** How many mails wait, were sent and failed, for the board's page. */
export function countNotices(
	db: Database,
	{ by }: { by: Actor },
): Promise<{ waiting: number; sent: number; failed: number }> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({
				waiting: sql<number>`(count(*) filter (where ${notices.sentAt} is null and ${notices.failedAt} is null))::int`,
				sent: sql<number>`(count(${notices.sentAt}))::int`,
				failed: sql<number>`(count(*) filter (where ${notices.failedAt} is not null and ${notices.outcome} <> 'withheld'))::int`,
			})
			.from(notices);
		return row ?? { waiting: 0, sent: 0, failed: 0 };
	});
}

/** Deletes the traces of mails that were done before `before`. Answers how many. */
export function forgetNotices(db: Database, { by, before }: { by: Actor; before: Date }): Promise<number> {
	return transact(db, by, async (tx) => {
		const gone = await tx
			.delete(notices)
			.where(
				or(
					and(isNotNull(notices.sentAt), lt(notices.sentAt, before)),
					and(isNotNull(notices.failedAt), lt(notices.failedAt, before)),
				),
			)
			.returning({ id: notices.id });
		return gone.length;
	});
}

/**
 * Sends mails as soon as the transaction that wrote them has committed, whichever process that was in; answers how to stop.
 * The job every minute remains for what has to be tried again.
 */
export async function sendNoticesSoon(
	db: Database,
	{ by, now, smtp, onError }: { by: Actor; now: () => Date; smtp: Smtp; onError: (error: unknown) => void },
): Promise<() => Promise<void>> {
	if (!smtp.smtpUrl) return async () => {};
	let running: Promise<void> | undefined;
	let again = false;
	const wake = (): void => {
		again = true;
		running ??= (async () => {
			while (again) {
				again = false;
				await sendPendingNotices(db, { by, at: now(), smtp });
			}
		})()
			.catch(onError)
			.finally(() => {
				running = undefined;
			});
	};
	const { unlisten } = await db.sql.listen(channel, wake, wake);
	return async () => {
		await unlisten();
		await running;
	};
}
