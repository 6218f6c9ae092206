// What waits for the board, the most urgent first. Each line leads to where it is done.
import { date, dateTime, euros, number, signedEuros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { type YearState, yearNext } from '../years.ts';

/** A line of the list; `sign` names its picture. */
export interface BoardTask {
	sign: 'people' | 'shares' | 'money' | 'year' | 'vote' | 'file' | 'statute' | 'alarm';
	title: string;
	text?: string;
	href: string;
	action: string;
	tone?: 'warn' | 'bad';
	tag?: string;
}

/** What the API told about everything that can wait. */
export interface Waiting {
	/** The present instant, ISO. */
	now: string;
	applications: readonly { declaredAt: string }[];
	requests: number;
	unpaid: { count: number; claimCents: number };
	years: readonly { year: number; state: YearState }[];
	ballots: readonly { id: string; question: string; state: string; opensAt: string; closesAt: string }[];
	files: readonly {
		id: string;
		subject: string;
		state: string;
		sumCents: number;
		executionOn: string;
		can: { release: boolean };
	}[];
	proposals: readonly { state: string; validFrom: string; mine: boolean }[];
	/** corrections of closed years that nobody has taken note of */
	corrections: readonly { differenceCents: number | null }[];
	failedJobs: number;
	failedMails: number;
}

function ballotTasks({ ballots, now }: Waiting): BoardTask[] {
	return ballots.flatMap((ballot): BoardTask[] => {
		const href = `/vorstand/abstimmungen/${ballot.id}`;
		const base = { sign: 'vote' as const, text: ballot.question, href };
		if (ballot.state === 'closing')
			return [
				{
					...base,
					title: m.board_task_ballot_confirm(),
					action: m.board_task_check(),
					tag: m.board_task_second(),
					tone: 'warn',
				},
			];
		if (ballot.state === 'open' && now >= ballot.closesAt)
			return [{ ...base, title: m.board_task_ballot_close(), action: m.board_task_go() }];
		if (ballot.state === 'prepared' && now >= ballot.opensAt && now < ballot.closesAt)
			return [{ ...base, title: m.board_task_ballot_open(), action: m.board_task_go() }];
		return [];
	});
}

function fileTasks({ files }: Waiting): BoardTask[] {
	return files.flatMap((file): BoardTask[] => {
		const text = m.board_task_file_text({ sum: euros(file.sumCents), day: date(file.executionOn) });
		const base = { sign: 'file' as const, text, href: `/vorstand/auszahlungen/${file.id}` };
		if (file.state === 'created')
			return [
				{
					...base,
					title: m.board_task_file_release({ subject: file.subject }),
					action: m.board_task_check(),
					tag: m.board_task_second(),
					tone: 'warn',
				},
			];
		if (file.state === 'released')
			return [{ ...base, title: m.board_task_file_bank({ subject: file.subject }), action: m.board_open() }];
		return [];
	});
}

function memberTasks({ applications, requests, unpaid }: Waiting): BoardTask[] {
	const oldest = applications[0];
	return [
		...(oldest
			? [
					{
						sign: 'people' as const,
						title: m.board_task_applications({ count: applications.length }),
						text: m.board_task_oldest({ at: dateTime(oldest.declaredAt) }),
						href: '/vorstand/mitglieder/antraege',
						action: m.board_task_decide(),
					},
				]
			: []),
		...(requests
			? [
					{
						sign: 'shares' as const,
						title: m.board_task_requests({ count: requests }),
						href: '/vorstand/mitglieder/anteile',
						action: m.board_task_decide(),
					},
				]
			: []),
		...(unpaid.count
			? [
					{
						sign: 'money' as const,
						title: m.board_task_unpaid({ amount: euros(unpaid.claimCents) }),
						text: m.board_task_unpaid_by({ count: unpaid.count }),
						href: '/vorstand/zahlungen/offen',
						action: m.board_open(),
					},
				]
			: []),
	];
}

/** Everything that waits, in the order it should be looked at. */
export function boardTasks(waiting: Waiting): BoardTask[] {
	const { years, proposals, corrections, failedJobs, failedMails } = waiting;
	const year = years.findLast(({ state }) => state !== 'released');
	const open = proposals.filter(({ state }) => state === 'open');
	return [
		...(failedJobs
			? [
					{
						sign: 'alarm' as const,
						title: m.board_task_jobs({ count: failedJobs }),
						href: '/vorstand/ablaeufe',
						action: m.board_open(),
						tag: m.board_job_failed(),
						tone: 'bad' as const,
					},
				]
			: []),
		...(corrections.length
			? [
					{
						sign: 'alarm' as const,
						title: m.corrections_task(),
						text: m.corrections_task_text({
							count: number(corrections.length),
							money: signedEuros(corrections.reduce((sum, one) => sum + (one.differenceCents ?? 0), 0)),
						}),
						href: '/vorstand/berichte/korrekturen',
						action: m.board_task_check(),
						tone: 'warn' as const,
					},
				]
			: []),
		...(failedMails
			? [
					{
						sign: 'alarm' as const,
						title: m.board_task_mails({ count: failedMails }),
						href: '/vorstand/ablaeufe',
						action: m.board_open(),
						tag: m.board_job_failed(),
						tone: 'bad' as const,
					},
				]
			: []),
		...ballotTasks(waiting),
		...fileTasks(waiting),
		...memberTasks(waiting),
		...(year
			? [
					{
						sign: 'year' as const,
						title: m.board_year_title({ year: year.year }),
						text: yearNext(year.state),
						href: `/vorstand/dividende/${year.year}`,
						action: m.board_open(),
					},
				]
			: []),
		...open.map((proposal) => ({
			sign: 'statute' as const,
			title: m.board_task_statute({ day: date(proposal.validFrom) }),
			text: proposal.mine ? m.board_task_statute_mine() : m.board_task_statute_check(),
			href: '/vorstand/satzung',
			action: m.board_open(),
		})),
	];
}
