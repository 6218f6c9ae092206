// Members at scale: the register of a past day, the search, and moving in, each beside plain SQL on plain tables of the same rows.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { connect, type Database, transact } from '../../api/database/connect.ts';
import { startEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import { registerOn } from '../../api/members/service/register.ts';
import { listMembers } from '../../api/members/service/search.ts';
import { commitMoving } from '../../api/moving/service/commit.ts';
import { addMovingFile } from '../../api/moving/service/files.ts';
import { previewMoving } from '../../api/moving/service/preview.ts';
import { board, foundTestCooperative, noon, testIban, testKeys } from '../cooperative.ts';
import { generateMembers } from '../people.ts';
import { type Measurement, median } from './measurement.ts';

const registered = 100_000;
const arriving = 10_000;
const rounds = 5;
const day = '2018-06-30';
const at = noon('2026-11-22');

type Server = Awaited<ReturnType<typeof startEmbedded>>;

async function timed(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** Events as a cooperative collects them: everybody joined, one in three took shares later, one in four moved, some left. */
async function addEvents(owner: postgres.Sql): Promise<void> {
	await owner`
		insert into register_events (member_id, kind, effective_on, recorded_at, name, address, shares_change, basis)
		select m.id, e.kind, e.on_day, e.on_day + interval '12 hours', e.name, e.address, e.shares, 'V 1/2015'
		from members m, lateral (
			select 'joined' as kind, joined_on as on_day, json_build_object('familyName', family_name, 'givenNames', given_names) as name,
				json_build_object('street', street, 'postcode', postcode, 'town', town, 'country', country) as address, 1 + number % 12 as shares
			union all select 'changed', joined_on + 400, null, null, 2 where number % 3 = 0
			union all select 'changed', joined_on + 900, null, json_build_object('street', 'Neue Gasse 1', 'postcode', postcode, 'town', town, 'country', country), 0 where number % 4 = 0
			union all select 'left', left_on, null, null, -(1 + number % 12) - case when number % 3 = 0 and joined_on + 400 < left_on then 2 else 0 end where left_on is not null
		) e order by e.on_day`;
	await owner`analyze register_events`;
}

async function measureSearch(db: Database, owner: postgres.Sql, members: number): Promise<Measurement> {
	await owner`drop table if exists plain_members`;
	await owner`create table plain_members as select id, number, sort_name, town, search_text from members`;
	await owner`analyze plain_members`;
	const asked = [
		'müllerbach',
		'anna schmidt',
		'lindau öztürk',
		'4711',
		'weber',
		'Schmidtbahc',
		'm',
		'karl fischer kempten',
	];
	const ours: number[] = [];
	const plain: number[] = [];
	for (let i = 0; i < rounds; i++)
		for (const search of asked) {
			ours.push(await timed(() => listMembers(db, { by: board, at, search, standing: 'all' })));
			const words = search
				.toLowerCase()
				.split(' ')
				.map((word) => `%${word}%`);
			plain.push(
				await timed(
					() => owner`select * from plain_members where search_text like all(${words}) order by sort_name limit 51`,
				),
			);
		}
	return {
		name: `search among ${members.toLocaleString('en')} members`,
		...{ value: median(ours), baseline: median(plain), unit: 'ms', judged: 'value' },
		...{ against: 'like on a plain table, umlauts and slips not forgiven', target: { atMost: 100 } },
	};
}

async function measureRegister(db: Database, owner: postgres.Sql): Promise<Measurement> {
	const read = () => transact(db, board, (tx) => registerOn(tx, { day, knownAt: at }));
	const lines = await read();
	await owner`create table plain_register (member_id uuid, number int primary key, name jsonb, address jsonb, joined_on date, left_on date, further_shares int)`;
	const rows = lines.map(({ memberId, number, name, address, joinedOn, leftOn, furtherShares }) => [
		...[memberId, number, name, address, joinedOn, leftOn, furtherShares],
	]);
	for (let i = 0; i < rows.length; i += 10_000)
		await owner`insert into plain_register select (r ->> 0)::uuid, (r ->> 1)::int, r -> 2, r -> 3, (r ->> 4)::date, (r ->> 5)::date, (r ->> 6)::int
			from jsonb_array_elements(${JSON.stringify(rows.slice(i, i + 10_000))}::text::jsonb) r`;
	await owner`analyze plain_register`;
	const ours: number[] = [];
	const plain: number[] = [];
	for (let i = 0; i < rounds; i++) {
		plain.push(await timed(() => owner`select * from plain_register order by number`));
		ours.push(await timed(read));
	}
	return {
		name: `register of ${registered.toLocaleString('en')} members at a past day (${lines.length.toLocaleString('en')} lines)`,
		...{ value: median(ours), baseline: median(plain), unit: 'ms', judged: 'ratio' },
		...{ against: 'select of the finished rows from a plain table', target: { atMost: 6 } },
	};
}

function arrivals(): Buffer {
	const head = 'Mitgliedsnummer;Nachname;Vorname;Straße;Hausnummer;PLZ;Ort;Eintritt;Anteile;Geschäftsguthaben;IBAN';
	const lines = Array.from({ length: arriving }, (_, i) => {
		const shares = 1 + (i % 9);
		return [
			...[i + 1, `Müller${i % 997}`, 'Änne', 'Lindenweg', (i % 80) + 1, String(10_000 + (i % 80_000)).padStart(5, '0')],
			...['Auental', `0${1 + (i % 9)}.05.${2013 + (i % 10)}`, shares, `${shares * 500},00`, testIban(i + 1)],
		].join(';');
	});
	return Buffer.from(`${[head, ...lines].join('\r\n')}\r\n`);
}

const filled = ['members', 'member_secrets', 'register_events', 'share_movements', 'share_dues', 'journal', 'postings'];

async function measureMovingIn(server: Server, home: string): Promise<Measurement> {
	const db = connect(await migrate({ ...server.owner, database: 'arrivals' }, 'bench-password'));
	const owner = postgres({ ...server.owner, database: 'arrivals', max: 1, onnotice: () => {} });
	try {
		await foundTestCooperative(db);
		const content = arrivals();
		const by = board;
		const ours = await timed(async () => {
			await addMovingFile(db, { by, at, keys: testKeys, name: 'Mitglieder.csv', content });
			const { fingerprint, problems } = await previewMoving(db, { by, at, keys: testKeys });
			const wrong = problems.find(({ severity }) => severity === 'error');
			if (wrong) throw new Error(`row ${wrong.row}: ${wrong.code}`);
			await commitMoving(db, { by, at, keys: testKeys, fingerprint });
		});
		const [{ n = 0 } = {}] = await owner<{ n: number }[]>`select count(*)::int as n from members`;
		if (n !== arriving) throw new Error(`${n} members moved in`);
		const plain: number[] = [];
		for (const table of filled) await owner.unsafe(`copy ${table} to '${path.join(home, table)}' (format binary)`);
		for (let i = 0; i < rounds; i++) {
			for (const table of filled) {
				await owner.unsafe(`drop table if exists plain_${table}`);
				await owner.unsafe(`create table plain_${table} (like ${table} including generated including indexes)`);
			}
			plain.push(
				await timed(() =>
					owner.begin(async (tx) => {
						for (const table of filled)
							await tx.unsafe(`copy plain_${table} from '${path.join(home, table)}' (format binary)`);
					}),
				),
			);
		}
		const perSecond = (ms: number) => (arriving / ms) * 1000;
		return {
			name: `moving in with ${arriving.toLocaleString('en')} members: read, checked, committed`,
			...{ value: perSecond(ours), baseline: perSecond(median(plain)), unit: 'members/s', judged: 'ratio' },
			...{
				against: 'server-side COPY of the finished rows of all tables, with their indexes',
				target: { atLeast: 0.05 },
			},
		};
	} finally {
		await db.close();
		await owner.end();
	}
}

/** The register of 100,000 members at a past day, the search among 50,000 and 100,000, and 10,000 members moving in. */
export async function measure(): Promise<Measurement[]> {
	mkdirSync('.cache', { recursive: true });
	const home = mkdtempSync(path.resolve('.cache/bench-members-'));
	chmodSync(home, 0o777);
	const server = await startEmbedded(home, 'bench-password');
	const db = connect(await migrate({ ...server.owner, database: 'bench' }, 'bench-password'));
	const owner = postgres({ ...server.owner, database: 'bench', max: 1, onnotice: () => {} });
	try {
		await generateMembers(owner, registered / 2);
		await owner`vacuum analyze members`;
		const half = await measureSearch(db, owner, registered / 2);
		await generateMembers(owner, registered / 2, registered / 2 + 1);
		await owner`vacuum analyze members`;
		const whole = await measureSearch(db, owner, registered);
		await addEvents(owner);
		const register = await measureRegister(db, owner);
		return [register, half, whole, await measureMovingIn(server, home)];
	} finally {
		await db.close();
		await owner.end();
		await server.stop();
		rmSync(home, { recursive: true, force: true });
	}
}
