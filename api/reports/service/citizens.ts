// The report on the citizens' energy company (E-15): voters by kind and place, areas of plants, what other members are.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import { plants } from '../../plants/tables.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type CitizensProof, proveCitizens, type VoterClass } from '../rules/citizens.ts';
import { citizenAreas, citizenVoters } from '../tables.ts';

/** A member that is no natural person, and what it was declared to be. */
export interface OtherVoter {
	memberId: string;
	number: number;
	name: string;
	kind: string;
	voterClass: VoterClass | null;
}

/** The proof for one plant on a day. */
export interface CitizensReport {
	day: Day;
	plant: { id: string; name: string; commissionedOn: Day };
	postcodes: string[];
	/** null while no postcodes are known */
	proof: CitizensProof | null;
	votes: number;
	localVotes: number;
	others: OtherVoter[];
	/** natural persons by postcode, most first (the first hundred), and whether they lie in the area */
	byPostcode: { postcode: string; persons: number; local: boolean }[];
}

async function othersOn(tx: Tx, day: Day, investing: boolean): Promise<OtherVoter[]> {
	const rows = await tx.execute<{
		id: string;
		number: number;
		name: string;
		kind: string;
		voter_class: VoterClass | null;
	}>(sql`
		select m.id, m.number, m.sort_name as name, m.kind, v.voter_class from members m left join citizen_voters v on v.member_id = m.id
		where m.kind <> 'natural' and (${investing}::boolean or not m.investing) and m.joined_on <= ${day} and (m.left_on is null or m.left_on >= ${day}) order by m.number`);
	return rows.map((row) => ({
		...{ memberId: row.id, number: row.number, name: row.name, kind: row.kind, voterClass: row.voter_class },
	}));
}

/** Where natural persons with a vote live by the register of that day (M-20). */
async function placesOn(tx: Tx, day: Day, investing: boolean): Promise<{ postcode: string; persons: number }[]> {
	const rows = await tx.execute<{ postcode: string; persons: number }>(sql`
		select place as postcode, count(*)::int as persons from (
			select coalesce((
				select e.address ->> 'postcode' from register_events e
				where e.member_id = m.id and e.address is not null and e.effective_on <= ${day} and e.kind <> 'reversed'
					and not exists (select from register_events r where r.reverses = e.id)
				order by e.effective_on desc, e.recorded_at desc, e.id desc limit 1
			), m.postcode) as place
			from members m
			where m.kind = 'natural' and (${investing}::boolean or not m.investing) and m.joined_on <= ${day} and (m.left_on is null or m.left_on >= ${day})
		) t group by place order by count(*) desc, place`);
	return [...rows];
}

/**
 * The proof for a plant on a day: one member one vote; natural persons count where the register says they live.
 * Refuses missing `reports.plant-unknown`, `statute.none-on-day`.
 */
export function readCitizensReport(
	db: Database,
	{ by, at, plantId, day = dayOf(at) }: { by: Actor; at: Date; plantId: string; day?: Day | undefined },
): Promise<CitizensReport> {
	return transact(db, by, async (tx) => {
		const [plant] = await tx.select().from(plants).where(eq(plants.id, plantId));
		if (!plant) throw new Refusal('missing', 'reports.plant-unknown');
		const [area] = await tx.select().from(citizenAreas).where(eq(citizenAreas.plantId, plantId));
		const postcodes = area?.postcodes ?? [];
		const { investingVotes } = (await statuteOn(tx, day)).terms;
		const others = await othersOn(tx, day, investingVotes);
		const places = (await placesOn(tx, day, investingVotes)).map((place) => ({
			...place,
			local: postcodes.some((one) => place.postcode.startsWith(one)),
		}));
		const sum = (list: typeof places) => list.reduce((total, { persons }) => total + persons, 0);
		const naturalPersons = sum(places);
		const localVotes = sum(places.filter(({ local }) => local));
		const votes = naturalPersons + others.length;
		const voters = { naturalPersons, localVotes, votes, mostVotes: votes === 0 ? 0 : 1 };
		return {
			day,
			plant: { id: plant.id, name: plant.name, commissionedOn: plant.commissionedOn },
			...{ postcodes, votes, localVotes, others, byPostcode: places.slice(0, 100) },
			proof:
				postcodes.length === 0
					? null
					: proveCitizens({ ...voters, otherVotes: others.map(({ voterClass }) => voterClass) }),
		};
	});
}

/**
 * Sets the postcodes within 50 km of a plant: five digits each, or the beginning of some.
 * Refuses missing `reports.plant-unknown`; invalid `reports.postcodes-wrong` {postcode}.
 */
export function setCitizensArea(
	db: Database,
	{ by, at, key, plantId, postcodes }: Command & { plantId: string; postcodes: readonly string[] },
): Promise<{ plantId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [plant] = await tx.select({ id: plants.id }).from(plants).where(eq(plants.id, plantId));
		if (!plant) throw new Refusal('missing', 'reports.plant-unknown');
		const wrong = postcodes.find((one) => !/^\d{2,5}$/.test(one));
		if (wrong !== undefined) {
			throw new Refusal(
				'invalid',
				'reports.postcodes-wrong',
				{ postcode: wrong },
				{ rule: 'E-15', field: 'postcodes' },
			);
		}
		const area = { postcodes: [...new Set(postcodes)].sort(), changedAt: at, changedBy: by.personId };
		await tx
			.insert(citizenAreas)
			.values({ plantId, ...area })
			.onConflictDoUpdate({ target: citizenAreas.plantId, set: area });
		note({ action: 'reports.set-area', subject: `plant ${plantId}`, after: { postcodes: area.postcodes } });
		return { plantId };
	});
}

/**
 * Declares what a member that is no natural person is for § 3 Nr. 15 EEG. Refuses missing `reports.member-unknown`;
 * invalid `reports.natural-person`.
 */
export function declareVoter(
	db: Database,
	{ by, at, key, memberId, voterClass }: Command & { memberId: string; voterClass: VoterClass },
): Promise<{ memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [member] = await tx.select({ kind: members.kind }).from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'reports.member-unknown');
		if (member.kind === 'natural') throw new Refusal('invalid', 'reports.natural-person', {}, { rule: 'E-15' });
		const values = { voterClass, changedAt: at, changedBy: by.personId };
		await tx
			.insert(citizenVoters)
			.values({ memberId, ...values })
			.onConflictDoUpdate({ target: citizenVoters.memberId, set: values });
		note({ action: 'reports.declare-voter', subject: `member ${memberId}`, after: { voterClass } });
		return { memberId };
	});
}
