// Who of the operator's area may do what; the API decides again about every single act.
import type { Role, Session } from '#lib/session.ts';

/** What the person may do here: `keep` records plants, readings and sources, `price` records what a kilowatt-hour brings. */
export interface May {
	keep: boolean;
	price: boolean;
}

/** What the roles of a session allow in the operator's area; the auditor only reads. */
export function mayDo(session: Session | undefined): May {
	const holds = (...wanted: Role[]) => session?.roles.some((role) => wanted.includes(role)) ?? false;
	return { keep: holds('operator', 'board'), price: holds('board') };
}
