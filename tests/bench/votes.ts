// Open votes per second, each durable before it is acknowledged, beside a bare Fastify route with one durable insert per request.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import postgres from 'postgres';
import { castVote } from '../../api/ballots/service/cast.ts';
import { connect } from '../../api/database/connect.ts';
import { startEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import type { Actor } from '../../api/values/actor.ts';
import { type Measurement, median } from './measurement.ts';

const electorate = 400_000;
const connections = 50;
const seconds = 3;
const rounds = 5;

async function arrange(owner: postgres.Sql): Promise<{ ballotId: string; members: string[] }> {
	await owner`
		insert into members (number, kind, family_name, given_names, street, postcode, town, country, joined_on, search_text)
		select n, 'natural', 'Muster', 'Maria', 'Weg 1', '00000', 'Auental', 'DE', '2012-03-15', '' from generate_series(1, ${electorate}::int) n`;
	const [assembly] = await owner`
		insert into assemblies (title, kind, form, held_on, starts_at, place, state, recorded_at, notice_sent_at, notice_hash, opened_at)
		values ('Versammlung', 'ordinary', 'present', current_date, now(), 'Saal', 'held', now(), now(), '', now()) returning id`;
	const [item] = await owner`
		insert into agenda_items (assembly_id, top, kind, title, text, subject, recorded_at)
		values (${assembly?.id}, 1, 'resolution', 'Jahresabschluss', '', 'annual-accounts', now()) returning id`;
	const [ballot] = await owner<{ id: string }[]>`
		insert into ballots (assembly_id, agenda_item_id, question, text, text_hash, rule, threshold_numerator, threshold_denominator, threshold_strict,
			threshold_set_by, threshold_source, barred_member_ids, opens_at, closes_at, state, recorded_at, opened_at, electorate_on, electorate_hash)
		values (${assembly?.id}, ${item?.id}, 'Wird …?', '', '', 'simple', 1, 2, true, 'law', '', '{}', now(), now() + interval '1 day', 'open', now(), now(), current_date, '')
		returning id`;
	const ballotId = ballot?.id ?? '';
	const rows = await owner<{ member_id: string }[]>`
		insert into ballot_entitlements (ballot_id, member_id, weight, investing, barred) select ${ballotId}, id, 1, false, false from members returning member_id`;
	await owner`create table plain_votes (ballot_id uuid, member_id uuid, choice text not null, primary key (ballot_id, member_id))`;
	await owner`grant insert on plain_votes to public`;
	await owner`analyze`;
	return { ballotId, members: rows.map((row) => row.member_id) };
}

/** Votes per second at 50 connections: through the ballot box (entitlement, window, receipt, audit), and one bare insert per request. */
export async function measure(): Promise<Measurement[]> {
	mkdirSync('.cache', { recursive: true });
	const home = mkdtempSync(path.resolve('.cache/bench-votes-'));
	chmodSync(home, 0o755);
	const server = await startEmbedded(home, 'bench-password');
	const db = connect(await migrate({ ...server.owner, database: 'bench' }, 'bench-password'));
	const owner = postgres({ ...server.owner, database: 'bench', max: 1, onnotice: () => {} });
	const app = Fastify();
	try {
		const { ballotId, members } = await arrange(owner);
		let next = 0;
		app.post('/vote', () => {
			const by: Actor = {
				kind: 'person',
				personId: randomUUID(),
				memberId: members[next++] ?? '',
				roles: ['member'],
				sessionId: null,
				scopes: [],
				name: '',
			};
			return castVote(db, { by, at: new Date(), ballotId, choice: 'yes' });
		});
		let plain = 0;
		app.post('/insert', async () => {
			await db.sql`insert into plain_votes values (${ballotId}, ${members[plain++] ?? ''}, 'yes')`;
			return { ok: true };
		});
		const address = await app.listen({ host: '127.0.0.1', port: 0 });
		const run = async (url: string): Promise<number> => {
			const result = await autocannon({
				url: address + url,
				method: 'POST',
				connections,
				duration: seconds,
				workers: 1,
			});
			if (result.non2xx > 0 || result.errors > 0)
				throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
			return result.requests.total / result.duration;
		};
		const votes: number[] = [];
		const inserts: number[] = [];
		for (let round = 0; round < rounds; round++) {
			inserts.push(await run('/insert'));
			votes.push(await run('/vote'));
		}
		const [stored] = await owner<{ n: number }[]>`select count(*)::int as n from ballot_votes`;
		// The last requests of a round are cut off by the load generator: they are stored, nobody waits for their answer.
		if (!stored || stored.n > next) throw new Error('more votes than voters');
		return [
			{
				name: 'votes, durable and checked',
				value: median(votes),
				baseline: median(inserts),
				unit: 'votes/s',
				against: 'bare route, one durable insert per request',
				target: { atLeast: 1.5 },
				judged: 'ratio',
			},
		];
	} finally {
		await app.close();
		await db.close();
		await owner.end();
		await server.stop();
		rmSync(home, { recursive: true, force: true });
	}
}
