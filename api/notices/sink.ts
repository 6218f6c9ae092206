// A mail server that keeps what it gets: for the demo and tests, where no mail may leave the house.
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { Type } from 'typebox';
import type { App } from '../app.ts';

/** A mail as it arrived. */
export interface SunkMail {
	to: string;
	from: string;
	subject: string;
	text: string;
	headers: string;
}

/** A running sink. `url` is what SMTP_URL would be; `mails` are the last ones, oldest first. */
export interface Sink {
	url: string;
	mails: SunkMail[];
	close: () => Promise<void>;
}

/** Starts the sink on the loopback address; it keeps the last `keep` mails in memory and tells nobody else. */
export async function startSink({ port = 0, keep = 200 }: { port?: number; keep?: number } = {}): Promise<Sink> {
	const mails: SunkMail[] = [];
	const server = new SMTPServer({
		disabledCommands: ['AUTH', 'STARTTLS'],
		size: 1_000_000,
		logger: false,
		onData(stream, _session, done) {
			simpleParser(stream).then((mail) => {
				const to = Array.isArray(mail.to) ? mail.to : mail.to ? [mail.to] : [];
				mails.push({
					to: to.map((t) => t.text).join(', '),
					from: mail.from?.text ?? '',
					subject: mail.subject ?? '',
					text: mail.text ?? '',
					headers: mail.headerLines.map((h) => h.line).join('\n'),
				});
				if (mails.length > keep) mails.shift();
				done();
			}, done);
		},
	});
	server.on('error', () => {});
	await new Promise<void>((resolve, reject) => {
		server.server.once('error', reject);
		server.listen(port, '127.0.0.1', () => resolve());
	});
	const { port: taken } = server.server.address() as AddressInfo;
	return {
		url: `smtp://127.0.0.1:${taken}`,
		mails,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

/**
 * GET /api/mails: what the sink holds, newest first. The front door adds this route in the demo only; it is public there,
 * because somebody who is about to confirm an invitation is not signed in yet, and the demo listens on this machine alone.
 */
export function sinkRoutes(sink: Sink): (app: App) => void {
	return (app) => {
		app.get(
			'/api/mails',
			{
				config: { access: 'public' },
				schema: {
					operationId: 'listMails',
					tags: ['notices'],
					summary: 'Demo only: the mails the program would have sent, newest first',
					response: {
						200: Type.Array(
							Type.Object({ to: Type.String(), from: Type.String(), subject: Type.String(), text: Type.String() }),
						),
					},
				},
			},
			() => sink.mails.toReversed().map(({ to, from, subject, text }) => ({ to, from, subject, text })),
		);
	};
}
