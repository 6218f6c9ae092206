// A mailbox: opened for reading only, mails of allowed senders brought with their attachments, nothing marked, moved or deleted.
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { Refusal } from '../../values/refusal.ts';
import { targetOf, timeoutMs, unreached } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import { hostOf, type Secrets, type SourceSettings, userOf } from './kinds.ts';
import { fits } from './sftp.ts';

/** A mail as the mailbox lists it. */
export interface Mail {
	uid: number;
	/** what it is known by wherever it lies; '' if it has none */
	messageId: string;
	sender: string;
	size: number;
	sentAt: Date | null;
}

/** A file that came with a mail. */
export interface Attachment {
	path: string;
	fileName: string;
}

/** An open mailbox. */
export interface Mailbox {
	/** numbers of mails hold as long as this stays the same (UIDVALIDITY) */
	validity: string;
	/** mails after a number, in their order, at most so many: the first of them, or the newest */
	after(uid: number, limit: number, which?: 'first' | 'newest'): Promise<Mail[]>;
	/** brings the attachments of a mail whose names fit into a folder; pictures are none */
	attachments(mail: Mail, folder: string): Promise<Attachment[]>;
	close(): Promise<void>;
}

/** Bytes of the longest mail that is read. */
export const mailLimitBytes = 64 * 1024 * 1024;
const attachmentsAtMost = 50;

/** True if mails of this sender are read: the address itself, or its domain as '@example.org'. */
export function isAllowedSender(sender: string, senders: readonly string[] = []): boolean {
	const address = sender.toLowerCase();
	return senders.some((one) => {
		const wanted = one.trim().toLowerCase();
		return wanted.startsWith('@') ? address.endsWith(wanted) : address === wanted;
	});
}

/**
 * Opens the mailbox of an address 'imaps://user@host/INBOX' for reading. Refuses readings.source-login,
 * readings.source-folder-missing, and what targetOf refuses.
 */
export async function openMailbox(
	location: string,
	{ settings, secrets, allowed }: { settings: SourceSettings; secrets: Secrets; allowed: readonly string[] },
): Promise<Mailbox> {
	const url = new URL(location);
	const { addresses, port, isListed } = await targetOf(url, allowed, { secret: true });
	const { ImapFlow } = await import('imapflow');
	const host = hostOf(url);
	const box = decodeURIComponent(url.pathname.slice(1)) || 'INBOX';
	const client = new ImapFlow({
		...{ host: addresses[0].address, port, secure: url.protocol === 'imaps:', servername: host },
		// Without encryption only where the configuration lists the host, and even there only if the server has none.
		...(url.protocol === 'imap:' && !isListed ? { doSTARTTLS: true } : {}),
		auth: { user: userOf(url), pass: secrets.password ?? '' },
		...{ logger: false, disableAutoIdle: true, disableCompression: true },
		...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs * 3 },
		tls: settings.certificate ? { ca: [...rootCertificates, settings.certificate] } : {},
	});
	// Whoever waits for an answer hears of it; between two answers nobody does.
	client.on('error', () => {});
	try {
		await client.connect();
	} catch (error) {
		client.close();
		if ((error as { authenticationFailed?: boolean }).authenticationFailed)
			throw new Refusal('invalid', 'readings.source-login', {}, { field: 'password' });
		throw unreached(error);
	}
	const close = async () => {
		await client.logout().catch(() => {});
		client.close();
	};
	try {
		const opened = await client.mailboxOpen(box, { readOnly: true }).catch((error: unknown) => {
			if ((error as { responseStatus?: string }).responseStatus === 'NO')
				throw new Refusal('invalid', 'readings.source-folder-missing', { folder: excerpt(box) });
			throw unreached(error);
		});
		return {
			validity: String(opened.uidValidity),
			close,
			after: async (uid, limit, which = 'first') => {
				const mails: Mail[] = [];
				// A range that begins behind the last mail stands for the last mail.
				const all = ((await client.search({ uid: `${uid + 1}:*` }, { uid: true })) || []).filter((one) => one > uid);
				const range = all.sort((a, b) => a - b).slice(...(which === 'first' ? [0, limit] : [-limit]));
				if (range.length === 0) return [];
				for await (const mail of client.fetch(range, { uid: true, size: true, envelope: true }, { uid: true })) {
					const { messageId = '', from = [], date } = mail.envelope ?? {};
					mails.push({
						...{ uid: mail.uid, messageId: messageId.slice(0, 500), sender: (from[0]?.address ?? '').slice(0, 200) },
						...{ size: mail.size ?? 0, sentAt: date instanceof Date && !Number.isNaN(date.getTime()) ? date : null },
					});
				}
				return mails.sort((a, b) => a.uid - b.uid);
			},
			attachments: async (mail, folder) => {
				if (mail.size > mailLimitBytes)
					throw new Refusal('invalid', 'readings.source-file-too-large', { limitBytes: mailLimitBytes });
				const message = await client.download(String(mail.uid), undefined, { uid: true, maxBytes: mailLimitBytes });
				if (!('content' in message) || !message.content) return [];
				return attachmentsOf(message.content, folder, settings.patterns);
			},
		};
	} catch (error) {
		await close();
		throw error instanceof Refusal ? error : unreached(error);
	}
}

/** Writes the attachments of a mail to files of their own, as they come. */
async function attachmentsOf(mail: Readable, folder: string, patterns: readonly string[] = []): Promise<Attachment[]> {
	const { MailParser } = await import('mailparser');
	const parser = new MailParser({
		skipHtmlToText: true,
		skipTextToHtml: true,
		skipImageLinks: true,
		skipTextLinks: true,
	});
	const files: Attachment[] = [];
	const writing: Promise<void>[] = [];
	parser.on('data', (part) => {
		if (part.type !== 'attachment') return;
		const fileName = shownName(part.filename, files.length + 1);
		const isWanted =
			fits(fileName, patterns) && !part.contentType.startsWith('image/') && files.length < attachmentsAtMost;
		if (!isWanted) {
			(part.content as Readable).resume();
			part.release?.();
			return;
		}
		const file = path.join(folder, randomUUID());
		files.push({ path: file, fileName });
		const written = pipeline(part.content as Readable, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
		writing.push(written.finally(() => part.release?.()));
	});
	await pipeline(mail, parser);
	await Promise.all(writing);
	return files;
}

/** The name an attachment is shown by: the last piece of a path, no control characters. */
function shownName(name: string | undefined | false, number: number): string {
	const last = (name || `attachment-${number}`).normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	return (
		Array.from(last.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim())
			.slice(0, 200)
			.join('') || `attachment-${number}`
	);
}
