// The whole clock on one page: every job, when it is due, and the service it calls.
import { type ScheduledTask, schedule } from 'node-cron';
import { forgetAccountTraces } from '../api/accounts/service/setup.ts';
import { sealAuditChain, verifyAuditChain } from '../api/audit/service.ts';
import type { Config } from '../api/config.ts';
import type { Database } from '../api/database/connect.ts';
import { verifyLedger } from '../api/ledger/service/verify.ts';
import { forgetNotices, sendPendingNotices } from '../api/notices/service.ts';
import { reconcileBooks } from '../api/payments/service/reconcile.ts';
import { previewDeletion } from '../api/privacy/service/delete.ts';
import { fetchFiles } from '../api/readings/service/fetch-files.ts';
import { ingestFolders } from '../api/readings/service/folders.ts';
import { BrokerListener } from '../api/readings/service/listen.ts';
import { pullSources } from '../api/readings/service/pull.ts';
import { sealDays } from '../api/readings/service/seal.ts';
import { closeLapsedAccounts } from '../api/members/service/accountChanges.ts';
import { forgetRejected } from '../api/members/service/reject.ts';
import { claimDues } from '../api/shares/service/claims.ts';
import { effectExits } from '../api/shares/service/exits/effect.ts';
import { carryOutSplits } from '../api/shares/service/split/approve.ts';
import { calculateYields } from '../api/yields/service.ts';
import { checkDays } from '../api/yields/service/check.ts';
import { forgetJobRuns } from './forget.ts';
import { catchUp, type Job, resumeAbandoned, runJob } from './run.ts';

export const jobs: readonly Job[] = [
	{
		name: 'send-notices',
		purpose: { de: 'Verschickt Mails, die noch warten', en: 'Sends mails that still wait' },
		cron: '* * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 10,
		run: ({ db, config, by, now }) => sendPendingNotices(db, { by, at: now(), smtp: config }),
	},
	{
		name: 'forget-rejected',
		purpose: {
			de: 'Löscht abgelehnte Beitrittserklärungen, sobald die Nachricht verschickt ist',
			en: 'Deletes rejected declarations to join once the notice is out',
		},
		cron: '* * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 5,
		run: ({ db, by, now }) => forgetRejected(db, { by, at: now() }),
	},
	{
		name: 'watch-folders',
		purpose: {
			de: 'Übernimmt neue Messwertdateien aus überwachten Ordnern',
			en: 'Takes in new meter files from watched folders',
		},
		cron: '* * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 30,
		// The age of files is told by the real clock, not by the moment that was due.
		run: ({ db, config, by, now }) => ingestFolders(db, { by, at: now(), config }),
	},
	{
		name: 'fetch-files',
		purpose: {
			de: 'Holt neue Messwertdateien von SFTP-Servern und aus Postfächern',
			en: 'Fetches new meter files from SFTP servers and mailboxes',
		},
		cron: '* * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, config, by, now }) => fetchFiles(db, { by, at: now(), config, now }),
	},
	{
		name: 'pull-sources',
		purpose: {
			de: 'Fragt Wechselrichter, Zähler und Portale nach ihren Werten',
			en: 'Asks inverters, meters and portals for their values',
		},
		cron: '*/5 * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 5,
		// A register is read when it is read, also if that was due earlier.
		run: ({ db, config, by, now }) => pullSources(db, { by, at: now(), config, now }),
	},
	{
		name: 'seal-days',
		purpose: { de: 'Schließt vergangene Tage mit Livewerten ab', en: 'Seals past days of live values' },
		// Each hour, so that late and corrected values of past days do not wait for the night.
		cron: '20 * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by, at }) => sealDays(db, { by, at }),
	},
	{
		name: 'daily-yields',
		purpose: {
			de: 'Rechnet die Tageserträge aus neuen und berichtigten Messwerten',
			en: 'Calculates daily yields from new and corrected readings',
		},
		cron: '*/5 * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 15,
		run: ({ db, by, now }) => calculateYields(db, { by, at: now() }),
	},
	{
		name: 'check-days',
		purpose: {
			de: 'Prüft neue und berichtigte Messwerte auf Plausibilität',
			en: 'Checks new and corrected readings for plausibility',
		},
		cron: '*/15 * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by, now }) => checkDays(db, { by, at: now() }),
	},
	{
		name: 'verify-chain',
		purpose: {
			de: 'Prüft Protokoll und Buchführung und unterschreibt den Stand',
			en: 'Verifies audit log and ledger and signs their state',
		},
		cron: '15 4 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: verifyChains,
	},
	{
		name: 'split-shares',
		purpose: {
			de: 'Teilt die Anteile, wenn ein neuer Geschäftsanteil zu gelten beginnt',
			en: 'Divides the shares when a new nominal value begins to hold',
		},
		cron: '1 0 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by, at }) => carryOutSplits(db, { by, at }),
	},
	{
		name: 'effect-exits',
		purpose: {
			de: 'Lässt Austritte wirksam werden, deren letzter Tag vorbei ist',
			en: 'Lets exits take effect whose last day has passed',
		},
		cron: '5 0 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by, at }) => effectExits(db, { by, at }),
	},
	{
		name: 'reconcile-books',
		purpose: {
			de: 'Hält Mitgliederliste, Anteile, Zahlungen und Bücher gegeneinander',
			en: 'Holds register, shares, payments and books against each other',
		},
		cron: '45 4 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: reconcile,
	},
	{
		name: 'claim-dues',
		purpose: {
			de: 'Fordert fällige Einzahlungen auf Geschäftsanteile',
			en: 'Claims payments on shares that have fallen due',
		},
		cron: '30 0 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by, at }) => claimDues(db, { by, at }),
	},
	{
		name: 'count-deletions',
		purpose: {
			de: 'Zählt, was ein Löschlauf heute löschen oder einschränken würde',
			en: 'Counts what a deletion run would erase or restrict today',
		},
		cron: '50 3 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 10,
		// Only counted: a person looks at the names and carries it out.
		run: async ({ db, by, at }) => {
			const { day, counts } = await previewDeletion(db, { by, at });
			return { day, counts };
		},
	},
	{
		name: 'forget-traces',
		purpose: {
			de: 'Vergisst alte Läufe, Sitzungen, Links, Spuren von Mails und Konten, die ein neues ersetzt hat',
			en: 'Forgets old runs, sessions, links, traces of mails and accounts that a new one has replaced',
		},
		cron: '40 3 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 10,
		run: forgetTraces,
	},
];

const mailTraceDays = 90;

async function forgetTraces({ db, by, at }: Parameters<Job['run']>[0]): Promise<unknown> {
	const before = new Date(at.getTime() - mailTraceDays * 86_400_000);
	return {
		...(await forgetJobRuns(db, { by, at })),
		...(await forgetAccountTraces(db, { by, at })),
		accounts: await closeLapsedAccounts(db, { by, at }),
		mails: await forgetNotices(db, { by, before }),
	};
}

async function verifyChains({ db, config: { keys }, by, at }: Parameters<Job['run']>[0]): Promise<unknown> {
	const audit = await verifyAuditChain(db, { by, keys });
	const ledger = await verifyLedger(db, { by });
	// A signature over a broken chain would hide the break, and a failed run shows on the board's home.
	if (audit.broken) throw new Error(`audit log broken at link ${audit.broken.seq}: ${audit.broken.reason}`);
	if (ledger.broken) throw new Error(`ledger broken at entry ${ledger.broken.number}: ${ledger.broken.reason}`);
	const sealed = await sealAuditChain(db, { by, at, keys });
	return { links: audit.links, entries: ledger.entries, ...sealed };
}

async function reconcile({ db, by, at }: Parameters<Job['run']>[0]): Promise<unknown> {
	const { day, findings } = await reconcileBooks(db, { by, at });
	const [first] = findings;
	// A failed run shows on the board's home; the page of the books says what it is.
	if (first)
		throw new Error(`${findings.length} differences, the first: ${first.what} of member ${first.number ?? '–'}`);
	return { day };
}

/** Keeps the clock: catches up, then runs each job when it is due and listens to the brokers, until `stop`. Several processes may keep it at once. */
export async function keepTime(parts: {
	db: Database;
	config: Config;
	now: () => Date;
	onError: (error: unknown) => void;
}): Promise<{
	stop: () => Promise<void>;
}> {
	const running = new Set<Promise<unknown>>();
	const track = (work: Promise<unknown>): void => {
		const tracked = work.catch(parts.onError).finally(() => running.delete(tracked));
		running.add(tracked);
	};
	let tasks: ScheduledTask[] = [];
	const listener = new BrokerListener(parts);
	const resume = setInterval(() => track(resumeAbandoned(parts, jobs)), 60_000);
	resume.unref();
	// Can wait until the first pages are answered: what falls due meanwhile is caught up like everything that was missed.
	const soon = setTimeout(() => {
		tasks = jobs.map((job) =>
			schedule(
				job.cron,
				({ date }) => track(runJob(parts, job, new Date(Math.floor(date.getTime() / 60_000) * 60_000))),
				{ timezone: job.zone, noOverlap: true, name: job.name },
			),
		);
		track(resumeAbandoned(parts, jobs).then(() => catchUp(parts, jobs)));
		listener.start();
	}, 3_000);
	return {
		stop: async () => {
			clearInterval(resume);
			clearTimeout(soon);
			await listener.stop();
			await Promise.all(tasks.map((task) => task.destroy()));
			await Promise.allSettled(running);
		},
	};
}
