// Makes the demo cooperative in an empty database: its years from the founding to now, through the real services.
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { verifyAuditChain } from '../../api/audit/service.ts';
import type { Config } from '../../api/config.ts';
import { type Database, transact } from '../../api/database/connect.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { notices } from '../../api/notices/tables.ts';
import { dayOf } from '../../api/values/calendar.ts';
import { sql } from 'drizzle-orm';
import { handedOver } from './adviser.ts';
import { openingBalances, yearInTheBooks } from './books.ts';
import { dutiesDone, dutiesOpen } from './duties.ts';
import { collections } from './collections.ts';
import { imports, plantsInService, yields } from './energy.ts';
import { firstDayOfFiles } from './files.ts';
import { liveSources, type Surroundings, writeSamples } from './live.ts';
import { registerDesk } from './inspections.ts';
import { leaving } from './leaving.ts';
import { type Login, preparePasswords } from './logins.ts';
import { auditor, members } from './people.ts';
import { openRound } from './rounds.ts';
import {
	accounts,
	admissions,
	claims,
	cooperative,
	founding,
	furtherShares,
	incomingPayments,
	waiting,
} from './society.ts';
import { certificates, churchTaxAnswers, exemptionOrders } from './taxes.ts';
import { type Happening, liveThrough } from './timeline.ts';
import { recorder, type World } from './world.ts';
import { closedYears, dividends, solarPark } from './years.ts';

/** What a demo is made from. `size` makes a smaller one: so many members, readings of these months (1 to 12) only. */
export interface Seed {
	db: Database;
	config: Config;
	now: Date;
	log: (line: string) => void;
	size?: { members: number; months: readonly number[] };
	/** what the live sources are about; without, there are none */
	surroundings?: Surroundings;
}

/** Mails of the past were read long ago: only what the last four weeks brought people with accounts is still to be sent. */
function mailsOfThePast({ db, people, now }: World): Promise<unknown> {
	const known = people.filter(({ account }) => account).map(({ email }) => email);
	return transact(db, recorder, (tx) =>
		tx
			.update(notices)
			.set({
				sentAt: sql`${notices.createdAt}`,
				recipient: '',
				values: {},
				link: null,
				outcome: 'before the demo began',
			})
			.where(
				sql`${notices.sentAt} is null and ${notices.failedAt} is null
					and (${notices.createdAt} < ${now.toISOString()}::timestamptz - interval '28 days' or ${notices.recipient} <> all(${sql.param(known)}::text[]))`,
			),
	);
}

async function assertSound({ db, keys }: World): Promise<string> {
	const chain = await verifyAuditChain(db, { by: recorder, keys });
	const books = await verifyLedger(db, { by: recorder });
	const apart = books.control.some(({ balanceCents, membersCents }) => balanceCents !== membersCents);
	if (chain.broken || books.broken || apart)
		throw new Error(`the demo does not hold together: ${JSON.stringify({ chain, books })}`);
	return `${chain.links} links in the log, ${books.entries} entries in the books`;
}

/**
 * Makes the demo as of `now`: the same day gives the same people, readings and amounts (ids, receipts and secrets are random).
 * The database must be migrated and empty. Answers the log-ins. Throws if anything is refused or the outcome does not hold together;
 * then the database holds a part of a demo and must be thrown away.
 */
export async function seedDemo({ db, config, now, log, size, surroundings }: Seed): Promise<Login[]> {
	const began = performance.now();
	const today = dayOf(now);
	const people = members(today).slice(0, size?.members);
	const world: World = {
		...{ db, keys: config.keys, now, today, people },
		...{ memberIds: new Map(), actors: new Map(), plantIds: new Map() },
	};
	const hashing = preparePasswords(
		[...people, auditor].filter(({ account }) => account),
		cooperative.name,
	);
	const folder = mkdtempSync(path.join(config.dataFolder, 'incoming-'));
	try {
		const received = imports(world, folder, size?.months);
		log(`${received.length} deliveries of meter files written (${seconds(began)})`);
		const logins: Login[] = [];
		const years = closedYears(today);
		const [first] = years;
		const thisYear = Number(today.slice(0, 4));
		const booked = Array.from({ length: thisYear - first + 1 }, (_, i) => first + i);
		const happenings: Happening[] = [
			...founding(world),
			...admissions(world),
			...accounts(world, await hashing, logins),
			...plantsInService(world),
			...incomingPayments(world),
			...furtherShares(world),
			...exemptionOrders(world),
			...certificates(world),
			...churchTaxAnswers(world, [...booked.slice(1), thisYear + 1]),
			...received,
			...openingBalances(world, first),
			...booked.flatMap((year) => yearInTheBooks(world, year)),
			...dividends(world, years),
			...handedOver(world, years),
			...solarPark(world),
			...claims(world),
			...collections(world),
			...dutiesDone(world),
			...registerDesk(world),
			...leaving(world),
			...(surroundings ? liveSources(world, config, surroundings) : []),
			{ at: now, run: (at) => yields(world, firstDayOfFiles(today), at), afterAll: true },
		];
		await liveThrough(happenings, now, { onYear: (year) => log(`${year} … (${seconds(began)})`) });
		await liveThrough([...waiting(world), ...dutiesOpen(world), ...openRound(world)], now);
		await mailsOfThePast(world);
		if (surroundings) writeSamples(world, surroundings);
		log(`${people.length} members, ${years.join(' and ')} closed, ${await assertSound(world)} (${seconds(began)})`);
		return logins;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function seconds(since: number): string {
	return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
