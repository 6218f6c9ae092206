// The frame of every page: whose cooperative, who is looking, what waits for them. One read.
import { countingRoles, needsSecondFactor } from '../../accounts/rules.ts';
import { type Database, readOnLane } from '../../database/connect.ts';
import { type Actor, holds, type Role, systemActor } from '../../values/actor.ts';

/** What every page shows around its own content. */
export interface Frame {
	cooperativeName: string;
	/** the cooperative exists; if not, the first visit sets it up */
	setUp: boolean;
	demo: boolean;
	person: { id: string; name: string; email: string; locale: 'de' | 'en' } | null;
	/** roles that count in this session */
	roles: Role[];
	secondFactorNeeded: boolean;
	memberNumber: number | null;
	counts: { openBallots: number; openApplications: number; openFindings: number };
}

const reader = systemActor('home.frame');

interface Row {
	cooperative_name: string | null;
	id: string | null;
	name: string;
	email: string;
	locale: 'de' | 'en';
	held: Role[];
	mfa: boolean;
	number: number | null;
	open_ballots: number;
	open_applications: number;
	open_findings: number;
}

/** The frame for whoever is signed in, or for a visitor. Counts are zero where the person has no say. */
export async function readFrame(db: Database, { by, demo }: { by: Actor | undefined; demo: boolean }): Promise<Frame> {
	const board = by !== undefined && holds(by, 'board', 'supervisory');
	const keeper = by !== undefined && holds(by, 'operator', 'board');
	const [row] = await readOnLane(
		db,
		reader,
		(sql) => sql<Row[]>`
			select (select name from cooperative) as cooperative_name, p.id, p.name, p.email, p.locale, p.roles as held, s.mfa, m.number,
				(select count(*)::int from ballots b join ballot_entitlements e on e.ballot_id = b.id and e.member_id = p.member_id and not e.barred
					where b.state = 'open' and clock_timestamp() between b.opens_at and b.closes_at
						and not exists (select from ballot_votes v where v.ballot_id = b.id and v.member_id = e.member_id)) as open_ballots,
				case when ${board} then (select count(*)::int from applications where state = 'declared') else 0 end as open_applications,
				case when ${keeper} then (select count(*)::int from sources where enabled and last_problem is not null) else 0 end as open_findings
			from (select 1) one left join sessions s on s.id = ${by?.sessionId ?? null} left join persons p on p.id = s.person_id
				left join members m on m.id = p.member_id`,
	);
	const person = row?.id ? { id: row.id, name: row.name, email: row.email, locale: row.locale } : null;
	return {
		cooperativeName: row?.cooperative_name ?? '',
		setUp: Boolean(row?.cooperative_name),
		demo,
		person,
		roles: person && row ? countingRoles(row.held, row.mfa) : [],
		secondFactorNeeded: person && row ? needsSecondFactor(row.held, row.mfa) : false,
		memberNumber: row?.number ?? null,
		counts: {
			openBallots: row?.open_ballots ?? 0,
			openApplications: row?.open_applications ?? 0,
			openFindings: row?.open_findings ?? 0,
		},
	};
}
