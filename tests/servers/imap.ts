// An IMAP server for tests: one user, one mailbox in memory, the commands that a reader needs; whatever would change something is noted and refused.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { certificate, certificateKey } from './certificate.ts';

/** A mail in the mailbox. */
export interface StoredMail {
	uid: number;
	source: Buffer;
}

/** A running server. */
export interface ImapServer {
	port: number;
	validity: number;
	mails: StoredMail[];
	/** puts a mail into the mailbox */
	receive: (mail: {
		from: string;
		messageId?: string;
		files: { name: string; content: string; type?: string }[];
	}) => void;
	/** commands that would have changed something */
	changes: string[];
	/** bodies that were read */
	bodies: number;
	close: () => Promise<void>;
}

/** A mail with its files, as a mail program writes it. */
function mailOf({ from, messageId, files }: Parameters<ImapServer['receive']>[0]): Buffer {
	const parts = files.map(({ name, content, type = 'text/csv' }) =>
		[
			`Content-Type: ${type}; name="${name}"`,
			'Content-Transfer-Encoding: base64',
			`Content-Disposition: attachment; filename="${name}"`,
			'',
			(
				Buffer.from(content)
					.toString('base64')
					.match(/.{1,76}/g) ?? []
			).join('\r\n'),
		].join('\r\n'),
	);
	const text = 'Content-Type: text/plain; charset=utf-8\r\n\r\nGuten Tag, anbei der Lastgang.';
	return Buffer.from(
		[
			`From: Netz <${from}>`,
			'To: coop@example.org',
			'Subject: Lastgang',
			'Date: Mon, 01 Jun 2026 08:00:00 +0200',
			...(messageId ? [`Message-ID: ${messageId}`] : []),
			'MIME-Version: 1.0',
			'Content-Type: multipart/mixed; boundary="grenze"',
			'',
			...[text, ...parts].map((part) => `--grenze\r\n${part}`),
			'--grenze--',
			'',
		].join('\r\n'),
	);
}

const quoted = (text: string | undefined): string =>
	text === undefined ? 'NIL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
const headerOf = (source: Buffer, name: string): string | undefined =>
	new RegExp(`^${name}: (.*)\r$`, 'im').exec(source.toString('latin1').split('\r\n\r\n')[0] ?? '')?.[1];

function envelopeOf(source: Buffer): string {
	const [, user = '', host = ''] = /<([^@]+)@([^>]+)>/.exec(headerOf(source, 'From') ?? '') ?? [];
	const from = `((NIL NIL ${quoted(user)} ${quoted(host)}))`;
	const [date, subject, id] = ['Date', 'Subject', 'Message-ID'].map((name) => quoted(headerOf(source, name)));
	return `(${date} ${subject} ${from} ${from} ${from} NIL NIL NIL NIL ${id})`;
}

/** Starts a server for the user 'coop@example.org' with the password 'geheim'. */
export async function startImap({ tls = false } = {}): Promise<ImapServer> {
	const sockets = new Set<Socket>();
	const serve = (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
		socket.write('* OK ready\r\n');
		let pending = Buffer.alloc(0);
		socket.on('data', (chunk: Buffer) => {
			pending = Buffer.concat([pending, chunk]);
			for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
				const line = pending.subarray(0, end).toString();
				pending = pending.subarray(end + 2);
				answer(socket, line);
			}
		});
	};
	const server: Server = tls ? createTlsServer({ cert: certificate, key: certificateKey }, serve) : createServer(serve);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const state: ImapServer = {
		...{ port: (server.address() as AddressInfo).port, validity: 1, mails: [], changes: [], bodies: 0 },
		receive: (mail) => state.mails.push({ uid: (state.mails.at(-1)?.uid ?? 0) + 1, source: mailOf(mail) }),
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	return state;

	function answer(socket: Socket, line: string): void {
		const [, tag = '', command = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? [];
		const ok = (text = 'done') => socket.write(`${tag} OK ${text}\r\n`);
		switch (command.toUpperCase()) {
			case 'CAPABILITY':
				socket.write('* CAPABILITY IMAP4rev1 UIDPLUS\r\n');
				return void ok();
			case 'LOGIN':
				if (/^"?coop@example.org"? "?geheim"?$/.test(rest)) return void ok();
				return void socket.write(`${tag} NO [AUTHENTICATIONFAILED] wrong\r\n`);
			case 'LIST':
				if (/INBOX|[%*]/i.test(rest)) socket.write('* LIST () "/" INBOX\r\n');
				return void ok();
			case 'LSUB':
			case 'ID':
				return void ok();
			case 'EXAMINE':
				if (!/INBOX/i.test(rest)) return void socket.write(`${tag} NO no such mailbox\r\n`);
				socket.write(`* ${state.mails.length} EXISTS\r\n* OK [UIDVALIDITY ${state.validity}] valid\r\n`);
				socket.write(`* OK [UIDNEXT ${(state.mails.at(-1)?.uid ?? 0) + 1}] next\r\n* FLAGS (\\Seen)\r\n`);
				return void ok('[READ-ONLY] examined');
			case 'UID FETCH':
				fetch(socket, rest);
				return void ok();
			case 'UID SEARCH': {
				const from = Number(/UID (\d+):/.exec(rest)?.[1] ?? 1);
				const last = state.mails.at(-1)?.uid;
				const found = state.mails.filter(({ uid }) => uid >= from || uid === last).map(({ uid }) => uid);
				socket.write(`* SEARCH ${found.join(' ')}\r\n`);
				return void ok();
			}
			case 'NOOP':
				return void ok();
			case 'LOGOUT':
				socket.write('* BYE\r\n');
				ok();
				return void socket.end();
			default:
				state.changes.push(command);
				socket.write(`${tag} NO not here\r\n`);
		}
	}

	function fetch(socket: Socket, rest: string): void {
		const [, range = '', wanted = ''] = /^(\S+) (.*)$/.exec(rest) ?? [];
		if (!wanted.includes('PEEK') && /BODY\[/.test(wanted)) state.changes.push('marked as read');
		const spans = range.split(',').map((span) => span.split(':').map(Number));
		const mails = state.mails.filter(({ uid }) => spans.some(([from = 0, to = from]) => uid >= from && uid <= to));
		for (const { uid, source } of mails) {
			const items = [`UID ${uid}`];
			if (wanted.includes('RFC822.SIZE')) items.push(`RFC822.SIZE ${source.length}`);
			if (wanted.includes('ENVELOPE')) items.push(`ENVELOPE ${envelopeOf(source)}`);
			const body = /BODY\.PEEK\[(\S*?)\](?:<(\d+)\.(\d+)>)?/.exec(wanted);
			socket.write(`* ${state.mails.findIndex((mail) => mail.uid === uid) + 1} FETCH (${items.join(' ')}`);
			if (body) {
				state.bodies++;
				const [, section = '', start, length] = body;
				const piece = start === undefined ? source : source.subarray(Number(start), Number(start) + Number(length));
				socket.write(` BODY[${section}]${start === undefined ? '' : `<${start}>`} {${piece.length}}\r\n`);
				socket.write(piece);
			}
			socket.write(')\r\n');
		}
	}
}
