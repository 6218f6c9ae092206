// A member's home is read far more often than anything changes: answers are kept until the next write of anybody.
import { type Database, readOnLane } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { type Home, readHome } from './home.ts';

interface Kept {
	/** the audit chain's head when the answer was made: every write moves it */
	head: string;
	/** a new minute makes a new answer: deadlines pass without a write */
	minute: number;
	home: Home;
	/** the home as JSON, so that it is written once */
	text: string;
}

const mostKept = 5_000;

/**
 * A reader of homes. An answer is given again only while the audit chain's head has not moved since before it was made
 * and the minute has not changed; so it is never older than the last write, in whichever process that happened.
 */
export function homeReader(db: Database): (asked: { by: Actor; at: Date }) => Promise<Pick<Kept, 'home' | 'text'>> {
	const kept = new Map<string, Kept>();
	return async ({ by, at }) => {
		const [row] = await readOnLane(db, by, (sql) => sql<{ hash: Buffer }[]>`select hash from audit_head`);
		const head = row?.hash.toString('base64') ?? '';
		const minute = Math.floor(at.getTime() / 60_000);
		const key = by.memberId ?? '';
		const known = kept.get(key);
		if (known && known.head === head && known.minute === minute) return known;
		const home: Home = await readHome(db, { by, at });
		const text = JSON.stringify(home);
		if (kept.size >= mostKept) kept.clear();
		kept.set(key, { head, minute, home, text });
		return { home, text };
	};
}
