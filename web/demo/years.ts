// The demo's closed years: closing figures, proposal, ordinary assembly, dividend run, payout; and the assembly of these days.
import { prepareDividendRun } from '../../api/dividends/service/prepare.ts';
import { proposeDividend } from '../../api/dividends/service/propose.ts';
import { releaseDividendRun } from '../../api/dividends/service/release.ts';
import { readTaxReturn } from '../../api/dividends/service/runs.ts';
import { readFiscalYear, recordClosingFigures } from '../../api/dividends/service/years.ts';
import { markPayoutExecuted, readPayoutFile, releasePayoutFile } from '../../api/payments/service/release.ts';
import { addDays, bankDayFrom, type Day, weekdayOf } from '../../api/values/calendar.ts';
import { listYields } from '../../api/yields/service.ts';
import { type Item, type Meeting, meetings } from './assembly.ts';
import { closeDays, payWithheldTax, takenOver } from './books.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, office, recorder, type World } from './world.ts';

/** The day of the ordinary assembly about a year: the third Friday of June of the next year. */
export function assemblyDay(year: number): Day {
	const first = `${year + 1}-06-01`;
	return addDays(first, ((12 - weekdayOf(first)) % 7) + 14);
}

/** The last two years whose ordinary assembly is past on a day, the earlier one first. */
export function closedYears(today: Day): [number, number] {
	const year = Number(today.slice(0, 4));
	const last = assemblyDay(year - 1) < today ? year - 1 : year - 2;
	return [last - 1, last];
}

/** The rate the board proposes: in quarter percents, what the profit allows without touching what is carried forward, 3.5 % at most. */
function proposedRate(highest: string): string {
	return (Math.min(14, Math.floor(Number(highest) * 400)) / 400).toFixed(4);
}

function agendaOf(year: number, rate: () => string): readonly Item[] {
	return [
		{
			kind: 'report',
			title: 'Bericht des Vorstands',
			text: `Das Geschäftsjahr ${year}, die Erträge der drei Anlagen, Ausblick.`,
		},
		{
			kind: 'report',
			title: 'Bericht des Aufsichtsrats',
			text: 'Prüfung des Jahresabschlusses und Prüfungsergebnis des Verbandes.',
		},
		{
			...{
				kind: 'resolution',
				title: `Feststellung des Jahresabschlusses ${year}`,
				subject: 'annual-accounts',
				yes: 0.93,
				no: 0.02,
			},
			text: `Der Jahresabschluss zum 31.12.${year} wird in der vorgelegten Fassung festgestellt.`,
			question: `Soll der Jahresabschluss ${year} festgestellt werden?`,
		},
		{
			...{ kind: 'resolution', title: `Verwendung des Ergebnisses ${year}`, subject: 'profit-use', onProposal: true },
			get text() {
				return `Aus dem Bilanzgewinn ${year} werden ${rate()} % Dividende auf die Geschäftsguthaben gezahlt; der Rest wird auf neue Rechnung vorgetragen.`;
			},
			question: `Soll das Ergebnis ${year} wie vorgeschlagen verwendet werden?`,
		},
		{
			...{ kind: 'resolution', title: 'Entlastung des Vorstands', subject: 'discharge-board', yes: 0.9, no: 0.03 },
			...{ text: `Dem Vorstand wird für ${year} Entlastung erteilt.`, barred: [office.chair, office.deputy] },
			question: `Soll der Vorstand für ${year} entlastet werden?`,
		},
		{
			...{
				kind: 'resolution',
				title: 'Entlastung des Aufsichtsrats',
				subject: 'discharge-supervisory',
				yes: 0.9,
				no: 0.02,
			},
			...{ text: `Dem Aufsichtsrat wird für ${year} Entlastung erteilt.`, barred: [office.supervisor] },
			question: `Soll der Aufsichtsrat für ${year} entlastet werden?`,
		},
	];
}

/** Figures of one closed year that the next one begins with. */
interface Reserve {
	legalReserveCents: number;
}

/** A year from its closing figures to the payout, with the ordinary assembly in June between them. */
function closedYear(world: World, year: number, reserve: Reserve, first: boolean): Happening[] {
	const { db, keys } = world;
	const heldOn = assemblyDay(year);
	const payoutOn = bankDayFrom(addDays(heldOn, 24));
	const chair = () => acting(world, 'chair');
	const deputy = () => acting(world, 'deputy');
	let proposal = { id: '', rate: '' };
	let run = { runId: '', contentHash: '' };
	let payoutFileId: string | null = null;
	const record = async (at: Date) => {
		const { ledgerResultCents, expectedForwardCents } = await readFiscalYear(db, { by: recorder, at, year });
		const lines = await listYields(db, { by: recorder, from: `${year}-01-01`, to: `${year}-12-31`, group: 'year' });
		const { legalReserveCents } = await recordClosingFigures(db, {
			...{ by: deputy(), at, year, firstYear: false },
			figures: {
				resultCents: ledgerResultCents,
				profitForwardCents: first ? takenOver.profitForwardCents : (expectedForwardCents ?? 0),
				legalReserveBeforeCents: reserve.legalReserveCents,
				energyRevenueCents: lines.reduce((sum, line) => sum + (line.revenueCents ?? 0), 0),
				...{ lossForwardCents: 0, boardReserveCents: 0, releasedCents: 0, freeReservesCents: 0, blockedCents: 0 },
			},
		});
		reserve.legalReserveCents += legalReserveCents;
		await closeDays(world, year, at);
	};
	const propose = async (at: Date) => {
		const { highestRate } = await readFiscalYear(db, { by: recorder, at, year });
		const rate = proposedRate(highestRate ?? '0');
		const { proposalId } = await proposeDividend(db, {
			...{ by: chair(), at, year, payoutOn, dividend: { rate }, toOtherReservesCents: 0 },
		});
		proposal = { id: proposalId, rate };
	};
	const meeting: Meeting = {
		...{ title: `Ordentliche Generalversammlung ${year + 1}`, kind: 'ordinary', form: 'hybrid', heldOn },
		...{ startsAtClock: '18:30', place: 'Dorfsaal Auental, Rathausplatz 1' },
		link: `https://versammlung.auental.example/${year + 1}`,
		...{ draftedDaysBefore: 32, convenedDaysBefore: 23, opensAtClock: '19:30', closesAt: moment(heldOn, '21:00') },
		items: agendaOf(year, () => (Number(proposal.rate) * 100).toLocaleString('de-DE')),
		proposalId: () => proposal.id,
		turnout: 0.5,
	};
	const release = async (at: Date) => {
		const { runId, contentHash } = run;
		({ payoutFileId } = await releaseDividendRun(db, { by: deputy(), at, keys, runId, contentHash }));
	};
	const releaseFile = async (at: Date) => {
		if (payoutFileId === null) return;
		const { sha256 } = await readPayoutFile(db, { by: chair(), fileId: payoutFileId });
		await releasePayoutFile(db, { by: chair(), at, fileId: payoutFileId, sha256 });
	};
	const paidOut = async (at: Date) => {
		if (payoutFileId !== null) {
			await markPayoutExecuted(db, { by: deputy(), at, fileId: payoutFileId, executedOn: payoutOn });
		}
		const { payableCents, roundingGainCents } = await readTaxReturn(db, { by: chair(), at, keys, runId: run.runId });
		await payWithheldTax(world, { at, on: payoutOn, year, payableCents, roundingGainCents });
	};
	return [
		{ at: moment(`${year + 1}-03-28`, '15:00'), run: record },
		{ at: moment(`${year + 1}-04-20`, '20:30'), run: propose },
		...meetings(world, meeting),
		{
			at: moment(addDays(heldOn, 7), '10:00'),
			run: async (at) => {
				run = await prepareDividendRun(db, { by: chair(), at, year });
			},
		},
		{ at: moment(addDays(heldOn, 9), '17:00'), run: release },
		{ at: moment(addDays(heldOn, 10), '08:30'), run: releaseFile },
		{ at: moment(addDays(payoutOn, 1), '09:00'), run: paidOut },
	];
}

/** Both closed years. */
export function dividends(world: World, years: readonly number[]): Happening[] {
	const reserve: Reserve = { legalReserveCents: takenOver.legalReserveCents };
	return years.flatMap((year, i) => closedYear(world, year, reserve, i === 0));
}

/** The extraordinary assembly of these days: discussed four days ago, the ballots open for nine more days. */
export function solarPark(world: World): Happening[] {
	const { today, people } = world;
	const heldOn = addDays(today, -4);
	return meetings(world, {
		...{ title: 'Generalversammlung zum Solarpark Südhang', kind: 'extraordinary', heldOn },
		...{ form: 'stretched', discussionForm: 'virtual', link: 'https://versammlung.auental.example/suedhang' },
		...{ startsAtClock: '19:00', draftedDaysBefore: 30, convenedDaysBefore: 22, opensAtClock: '20:30' },
		closesAt: moment(addDays(today, 9), '20:00'),
		items: [
			{
				kind: 'report',
				title: 'Vorstellung des Vorhabens',
				text: 'Lage, Ertragsgutachten, Netzanschluss, Zeitplan und Bürgerbeteiligung.',
			},
			{
				...{ kind: 'resolution', title: 'Bau des Solarparks Südhang', subject: 'other', yes: 0.8, no: 0.12 },
				text: 'Die Genossenschaft errichtet auf dem Südhang bei Niederauen einen Solarpark mit 3,2 MW und höchstens 2,1 Millionen Euro Gesamtkosten. Der Vorstand wird ermächtigt, die Verträge zu schließen.',
				question: 'Soll die Genossenschaft den Solarpark Südhang bauen?',
			},
			{
				...{
					kind: 'resolution',
					title: 'Beschränkung der Kreditaufnahme',
					subject: 'credit-limit',
					yes: 0.74,
					no: 0.15,
				},
				text: 'Die Darlehen der Genossenschaft dürfen einschließlich des Solarparks 3,4 Millionen Euro nicht übersteigen (§ 49 GenG).',
				question: 'Soll die Kreditaufnahme auf 3,4 Millionen Euro beschränkt werden?',
			},
		],
		turnout: 0.34,
		// Whoever can sign in as a member finds something to vote on.
		silent: people.flatMap(({ account, roles, memberNumber = 0 }) =>
			account && roles.length === 1 ? [memberNumber] : [],
		),
	});
}
