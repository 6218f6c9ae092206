// A small cooperative with two years of everything, for tests of the members' pages: made through the real services, relative to today.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addAgendaItem, type AgendaItemInput } from '../../api/assemblies/service/agenda.ts';
import { conveneAssembly, holdAssembly } from '../../api/assemblies/service/convene.ts';
import { createAssembly } from '../../api/assemblies/service/draft.ts';
import type { Choice } from '../../api/ballots/rules.ts';
import { castVote } from '../../api/ballots/service/cast.ts';
import { closeAssembly, confirmClosing, proposeClosing } from '../../api/ballots/service/close.ts';
import { openBallot } from '../../api/ballots/service/open.ts';
import { type BallotInput, prepareBallot } from '../../api/ballots/service/prepare.ts';
import type { Keys } from '../../api/config.ts';
import type { Database } from '../../api/database/connect.ts';
import { setExemptionOrder } from '../../api/dividends/service/exemptions.ts';
import { prepareDividendRun } from '../../api/dividends/service/prepare.ts';
import { proposeDividend } from '../../api/dividends/service/propose.ts';
import { releaseDividendRun } from '../../api/dividends/service/release.ts';
import { setTaxAttributes } from '../../api/dividends/service/standing.ts';
import { recordClosingFigures } from '../../api/dividends/service/years.ts';
import { listPayoutFiles, markPayoutExecuted, releasePayoutFile } from '../../api/payments/service/release.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { addMeteringPoint, addPlant, setPlantRate } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { takeFurtherShares } from '../../api/shares/service/subscribe.ts';
import { addDays, bankDayFrom, type Day, dayOf, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';
import { calculateYields } from '../../api/yields/service.ts';
import { maloOf, mastrOf, syntheticTaxId } from '../../web/demo/numbers.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testKeys } from '../cooperative.ts';
import { system } from '../database.ts';

type Member = Awaited<ReturnType<typeof join>>;

/** What the tests ask for by name. */
export interface Auental {
	today: Day;
	/** the year of the dividend that was paid */
	paidYear: number;
	/** twelve shares since 2019, an exemption order, may vote */
	anke: Member;
	/** church tax, has voted on nothing */
	joerg: Member;
	/** joined today: no yields, no dividend, nothing paid */
	newcomer: Member;
	plants: { wind: string; solar: string };
	assemblies: { past: string; running: string; coming: string };
	ballots: {
		/** of the past assembly: the use of profit */
		profitUse: string;
		/** may be voted on now */
		open: string;
		/** may be voted on now, but not by Anke */
		barring: string;
		/** opens in two days */
		prepared: string;
		/** time is up, not closed yet */
		over: string;
		/** closed, rejected */
		rejected: string;
	};
}

const hourMs = 3_600_000;

/** Wh of each quarter-hour of a day, the same every time; null: not there yet. */
function quarterHours(day: Day, kind: 'wind' | 'solar', until: number): (number | null)[] {
	const serial = Math.floor(startOfDay(day) / 86_400_000);
	const year = Math.cos(((serial - 10) / 365.25) * 2 * Math.PI);
	const mood = 0.55 + 0.35 * Math.sin(serial * 1.7) + 0.25 * Math.sin(serial * 0.61 + 2);
	return Array.from({ length: slotsOfDay(day) }, (_, i) => {
		if (startOfDay(day) + (i + 1) * 900_000 > until) return null;
		if (kind === 'wind') {
			const gust = 1 + 0.35 * Math.sin(i / 11 + serial) + 0.12 * Math.sin(i * 1.3 + serial);
			return Math.round(Math.max(0, 175_000 * (1 + 0.45 * year) * mood * gust));
		}
		const height = Math.sin(((i - 48 + 24 - 6 * year) / (48 - 12 * year)) * Math.PI);
		const inDay = i > 24 + 6 * year && i < 72 - 6 * year;
		return inDay ? Math.round(Math.max(0, 16_500 * (1 - 0.6 * year) * height * (1.15 - mood * 0.5))) : 0;
	});
}

async function addReadings(db: Database, { at, from, to }: { at: Date; from: Day; to: Day }) {
	const gap = { from: addDays(to, -140), to: addDays(to, -138) };
	const substitutes = { from: addDays(to, -95), to: addDays(to, -92) };
	mkdirSync('.cache', { recursive: true });
	const folder = mkdtempSync(path.resolve('.cache', 'auental-'));
	const ids = { wind: '', solar: '' };
	const plants = [
		{
			...{
				kind: 'wind' as const,
				name: 'Windrad Auenberg',
				capacityW: 2_400_000,
				mastr: '0000043211',
				malo: '5099900001',
			},
			...{ town: 'Auenberg', rate: '8.5300', commissionedOn: '2014-11-18' },
			expectedKwh: [545, 505, 500, 425, 380, 330, 320, 335, 400, 440, 505, 600].map((mwh) => mwh * 1000),
		},
		{
			...{
				kind: 'solar' as const,
				name: 'Solardach Grundschule',
				capacityW: 98_280,
				mastr: '0000043212',
				malo: '5099900002',
			},
			...{ town: 'Auental', rate: '11.6300', commissionedOn: '2017-06-21' },
			expectedKwh: [2_000, 3_900, 7_200, 10_800, 13_500, 13_900, 13_700, 11_900, 8_100, 5_400, 2_700, 1_800],
		},
	];
	for (const { kind, name, capacityW, mastr, malo, town, rate, commissionedOn, expectedKwh } of plants) {
		const place = { street: 'Schulstraße 4', postcode: '43211', town };
		const plant = { name, kind, capacityW, mastrNumber: mastrOf('SEE', mastr), ...place, commissionedOn };
		const expectedMonthlyWh = expectedKwh.map((kwh) => kwh * 1000);
		const { id } = await addPlant(db, { by: system, at, plant: { ...plant, expectedMonthlyWh } });
		await addMeteringPoint(db, { by: system, at, plantId: id, marketLocation: maloOf(malo) });
		await setPlantRate(db, { by: system, at, plantId: id, validFrom: commissionedOn, centsPerKwh: rate });
		ids[kind] = id;
		const rows: string[] = [];
		for (let day = from; day <= to; day = addDays(day, 1)) {
			if (kind === 'wind' && day >= gap.from && day <= gap.to) continue;
			const quality = kind === 'solar' && day >= substitutes.from && day <= substitutes.to ? 'E' : 'M';
			quarterHours(day, kind, at.getTime()).forEach((wh, i) => {
				if (wh === null) return;
				const stamp = new Date(startOfDay(day) + i * 900_000).toISOString().replace('.000Z', 'Z');
				rows.push(`${maloOf(malo)},${stamp},${(wh / 1000).toFixed(3)},${quality}`);
			});
		}
		const file = path.join(folder, `${kind}.csv`);
		writeFileSync(file, `${rows.join('\n')}\n`);
		await importFile(db, { by: system, at, path: file, origin: 'command' });
	}
	rmSync(folder, { recursive: true });
	await calculateYields(db, { by: system, at });
	return ids;
}

async function addMembers(db: Database, today: Day) {
	const named = (givenNames: string, familyName: string) => ({ name: { givenNames, familyName } });
	const anke = await join(db, '2019-05-02', 10, {
		...named('Anke', 'Weidemann'),
		email: 'anke.weidemann@auental.example',
	});
	const joerg = await join(db, '2020-02-11', 5, named('Jörg', 'Ahrens'));
	const others = [
		await join(db, '2020-02-11', 3, named('Dr. Friederike-Charlotte Wilhelmine', 'Großmann-Weißenfels von Auenberg')),
		await join(db, '2021-06-30', 2_400, {
			kind: 'company',
			name: { organisation: 'Stadtwerke Auental GmbH & Co. KG' },
			representative: 'Hans Öztürk',
		}),
	];
	for (let i = 0; i < 12; i++)
		others.push(await join(db, '2022-09-01', 1 + (i % 4), named('Maria', `Müller ${i + 1}`)));
	const pays = ({ number }: Member, shares: number, valueOn: Day) => ({
		...{ memberNumber: number, amountCents: shares * 50_000, valueOn, purpose: 'Geschäftsanteile' },
		bankReference: `${valueOn} ${number}`,
	});
	const counts = [3, 2_400, ...Array.from({ length: 12 }, (_, i) => 1 + (i % 4))];
	const paid = [
		pays(anke, 10, '2019-05-14'),
		pays(joerg, 5, '2020-02-20'),
		...others.map((one, i) => pays(one, counts[i] ?? 1, '2022-09-10')),
	];
	await recordPayments(db, { by: board, at: noon('2022-09-12'), incoming: paid });
	const resolution = { number: 'V 3/2024', on: '2024-03-14' };
	await takeFurtherShares(db, { by: board, at: noon('2024-03-14'), memberId: anke.memberId, count: 2, resolution });
	await recordPayments(db, { by: board, at: noon('2024-03-25'), incoming: [pays(anke, 2, '2024-03-25')] });
	const newcomer = await join(db, today, 2, named('Änne', 'Großkreuz'));
	return { anke, joerg, others, newcomer };
}

/** Votes of everybody named, as the program records the past. */
async function vote(db: Database, ballotId: string, at: Date, votes: readonly [Member, Choice][]): Promise<void> {
	for (const [{ memberId }, choice] of votes) await castVote(db, { by: system, at, ballotId, memberId, choice });
}

async function close(db: Database, ballotId: string, at: Date): Promise<void> {
	await proposeClosing(db, { by: board, at, ballotId });
	await confirmClosing(db, { by: secondBoard, at, ballotId });
}

async function payDividend(
	db: Database,
	{ paidYear, anke, joerg, others }: { paidYear: number; anke: Member; joerg: Member; others: Member[] },
) {
	const year = paidYear + 1;
	const heldOn = `${year}-06-12`;
	const payoutOn = bankDayFrom(`${year}-07-01`);
	const figures = {
		...{
			resultCents: 6_400_000,
			profitForwardCents: 0,
			lossForwardCents: 0,
			legalReserveBeforeCents: 9_000_000,
			boardReserveCents: 0,
		},
		...{ releasedCents: 0, freeReservesCents: 0, blockedCents: 0, energyRevenueCents: 42_000_000 },
	};
	await recordClosingFigures(db, { by: board, at: noon(`${year}-03-02`), year: paidYear, firstYear: false, figures });
	const { proposalId } = await proposeDividend(db, {
		...{
			by: board,
			at: noon(`${year}-04-10`),
			year: paidYear,
			payoutOn,
			dividend: { rate: '0.035' },
			toOtherReservesCents: 0,
		},
	});
	const { id: past } = await createAssembly(db, {
		...{ by: board, at: noon(`${year}-05-10`), title: `Generalversammlung ${year}`, kind: 'ordinary', form: 'present' },
		...{ heldOn, startsAtClock: '18:00', place: 'Dorfsaal Auental, Lindenweg 2' },
	});
	const add = (item: AgendaItemInput) =>
		addAgendaItem(db, { by: board, at: noon(`${year}-05-10`), assemblyId: past, ...item });
	await add({ kind: 'report', title: `Bericht des Vorstands über das Geschäftsjahr ${paidYear}`, text: '' });
	const { id: itemId } = await add({
		...{
			kind: 'resolution',
			title: `Verwendung des Jahresüberschusses ${paidYear}`,
			subject: 'profit-use',
			proposalId,
		},
		text: 'Vorstand und Aufsichtsrat schlagen 3,5 % Dividende vor, der Rest wird vorgetragen.',
	});
	await conveneAssembly(db, { by: board, at: noon(`${year}-05-12`), assemblyId: past });
	const opensAt = noon(heldOn, 19);
	const closesAt = noon(heldOn, 20);
	await holdAssembly(db, { by: board, at: opensAt, assemblyId: past });
	const { id: profitUse } = await prepareBallot(db, {
		...{ by: board, at: opensAt, agendaItemId: itemId, opensAt, closesAt },
		question: `Verwendung des Jahresüberschusses ${paidYear}`,
		text: 'Vorstand und Aufsichtsrat schlagen vor: 3,5 % Dividende, 10 % in die gesetzliche Rücklage, der Rest wird auf neue Rechnung vorgetragen.',
	});
	await openBallot(db, { by: system, at: opensAt, ballotId: profitUse });
	const moment = new Date(opensAt.getTime() + hourMs / 4);
	await vote(db, profitUse, moment, [
		[anke, 'yes'],
		[joerg, 'abstain'],
		...others.map((one, i): [Member, Choice] => [one, i % 6 === 5 ? 'no' : 'yes']),
	]);
	await close(db, profitUse, noon(heldOn, 21));
	await closeAssembly(db, { by: board, at: noon(heldOn, 22), assemblyId: past });
	const run = await prepareDividendRun(db, { by: board, at: noon(`${year}-06-16`), year: paidYear });
	await releaseDividendRun(db, {
		by: secondBoard,
		at: noon(`${year}-06-17`),
		keys: testKeys,
		runId: run.runId,
		contentHash: run.contentHash,
	});
	const [file] = await listPayoutFiles(db, { by: board });
	await releasePayoutFile(db, {
		by: board,
		at: noon(`${year}-06-17`),
		fileId: file?.id ?? '',
		sha256: file?.sha256 ?? '',
	});
	await markPayoutExecuted(db, { by: board, at: noon(payoutOn), fileId: file?.id ?? '', executedOn: payoutOn });
	return { past, profitUse };
}

async function holdAssemblies(
	db: Database,
	{ at, today, anke, joerg, others }: { at: Date; today: Day; anke: Member; joerg: Member; others: Member[] },
) {
	const before = noon(addDays(today, -30));
	const draft = { by: board, at: before, kind: 'ordinary' as const };
	const { id: running } = await createAssembly(db, {
		...{
			...draft,
			title: 'Außerordentliche Generalversammlung',
			kind: 'extraordinary',
			form: 'stretched',
			discussionForm: 'virtual',
		},
		...{ heldOn: addDays(today, -5), startsAtClock: '18:00', link: 'https://versammlung.example/auental' },
	});
	const add = async (title: string, subject?: 'other' | 'statute-other' | 'discharge-board' | 'credit-limit') =>
		(
			await addAgendaItem(db, {
				...{ by: board, at: before, assemblyId: running, kind: subject ? 'resolution' : 'report', title },
				...{ text: '', ...(subject ? { subject } : {}) },
			})
		).id;
	const items = [
		await add('Bericht des Vorstands'),
		await add('Beteiligung am Solarpark Süd', 'other'),
		await add('Entlastung des Vorstands', 'discharge-board'),
		await add('Änderung von § 12 der Satzung: Einladung per E-Mail', 'statute-other'),
		await add('Höchstgrenze für Kredite', 'credit-limit'),
		await add('Neuer Name der Genossenschaft', 'other'),
	];
	await conveneAssembly(db, { by: board, at: before, assemblyId: running });
	const startsAt = noon(addDays(today, -5), 18);
	await holdAssembly(db, { by: board, at: new Date(startsAt.getTime() + 60_000), assemblyId: running });
	const prepare = async (item: number, ballot: Omit<BallotInput, 'agendaItemId'>, opens = true) => {
		const opensAt = ballot.opensAt;
		const { id } = await prepareBallot(db, { by: board, at: startsAt, agendaItemId: items[item] ?? '', ...ballot });
		if (opens) await openBallot(db, { by: system, at: opensAt, ballotId: id });
		return id;
	};
	const sinceTwo = noon(addDays(today, -2));
	const tomorrow = noon(addDays(today, 1), 21);
	const open = await prepare(1, {
		...{
			question: 'Soll sich die Genossenschaft mit 500.000 € am Solarpark Süd beteiligen?',
			opensAt: sinceTwo,
			closesAt: tomorrow,
		},
		text: 'Der Solarpark Süd entsteht auf 9 Hektar neben der Bahnlinie. Vorstand und Aufsichtsrat empfehlen die Beteiligung.\n\nDie Mittel stammen aus der Rücklage; neue Schulden entstehen nicht.',
	});
	const barring = await prepare(2, {
		...{
			question: 'Wird der Vorstand entlastet?',
			opensAt: sinceTwo,
			closesAt: tomorrow,
			barredMemberIds: [anke.memberId],
		},
		text: 'Der Aufsichtsrat empfiehlt die Entlastung.',
	});
	const prepared = await prepare(
		3,
		{
			...{
				question: 'Soll § 12 der Satzung geändert werden?',
				opensAt: noon(addDays(today, 2)),
				closesAt: noon(addDays(today, 6)),
			},
			text: 'Einladungen gehen künftig per E-Mail an alle, die eine Adresse hinterlegt haben.',
		},
		false,
	);
	const ended = { opensAt: noon(addDays(today, -4)), closesAt: noon(addDays(today, -1)) };
	const over = await prepare(4, {
		...ended,
		question: 'Wird die Kreditgrenze auf 2 Mio. € festgesetzt?',
		text: 'Bisher: 1,5 Mio. €.',
	});
	const rejected = await prepare(5, {
		...ended,
		question: 'Soll die Genossenschaft „Auenstrom eG“ heißen?',
		text: 'Die Umstellung kostet etwa 4.000 €.',
	});
	const early = noon(addDays(today, -3));
	await vote(
		db,
		open,
		noon(addDays(today, -1), 9),
		others.slice(0, 9).map((one, i): [Member, Choice] => [one, i % 5 === 4 ? 'no' : 'yes']),
	);
	await vote(
		db,
		over,
		early,
		others.map((one): [Member, Choice] => [one, 'yes']),
	);
	await vote(db, rejected, early, [
		[anke, 'no'],
		[joerg, 'yes'],
		...others.map((one, i): [Member, Choice] => [one, i % 3 === 0 ? 'yes' : i % 7 === 1 ? 'abstain' : 'no']),
	]);
	await close(db, rejected, at);

	const { id: coming } = await createAssembly(db, {
		...{
			...draft,
			title: 'Informationsabend und Wahl',
			kind: 'extraordinary',
			form: 'hybrid',
			heldOn: addDays(today, 25),
			startsAtClock: '19:00',
		},
		...{ place: 'Dorfsaal Auental, Lindenweg 2', link: 'https://versammlung.example/auental' },
	});
	await addAgendaItem(db, {
		by: board,
		at: before,
		assemblyId: coming,
		kind: 'election',
		title: 'Wahl in den Aufsichtsrat',
		text: '',
		subject: 'election-supervisory',
	});
	await conveneAssembly(db, { by: board, at: before, assemblyId: coming });
	return { assemblies: { running, coming }, ballots: { open, barring, prepared, over, rejected } };
}

/** Makes the cooperative. `at` is now; `keys` are those of the running program, for what members may change later. */
export async function makeAuental(db: Database, { at, keys }: { at: Date; keys: Keys }): Promise<Auental> {
	const today = dayOf(at);
	const paidYear = Number(today.slice(0, 4)) - 1;
	await foundTestCooperative(db, { maxShares: 3_000 });
	const { anke, joerg, others, newcomer } = await addMembers(db, today);
	const plants = await addReadings(db, { at, from: `${paidYear}-01-01`, to: today });
	const year = paidYear + 1;
	await setExemptionOrder(db, {
		...{ by: anke.self, at: noon(`${year}-01-12`), keys, memberId: anke.memberId, amountCents: 8_400, joint: false },
		...{ validFrom: `${year}-01-01`, validTo: `${year}-12-31`, taxId: syntheticTaxId(1), spouseTaxId: null },
	});
	await setTaxAttributes(db, {
		...{
			by: board,
			at: noon(`${year}-01-10`),
			keys,
			memberId: joerg.memberId,
			year,
			churchRate: '0.09',
			churchKey: '912345',
		},
		...{ inBusinessAssets: false, holderKind: null },
	});
	const { past, profitUse } = await payDividend(db, { paidYear, anke, joerg, others });
	const { assemblies, ballots } = await holdAssemblies(db, { at, today, anke, joerg, others });
	return {
		...{ today, paidYear, anke, joerg, newcomer, plants },
		...{ assemblies: { past, ...assemblies }, ballots: { profitUse, ...ballots } },
	};
}
