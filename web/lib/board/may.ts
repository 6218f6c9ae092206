// Who of the board's area may do what; the API decides again about every single act.
import type { Role, Session } from '#lib/session.ts';

/** What the person may do here: `decide` changes things (Vorstand), `release` is the second pair of eyes (also Aufsichtsrat). */
export interface May {
	decide: boolean;
	release: boolean;
	/** jobs and devices are no matter of the supervisory board */
	seeTechnology: boolean;
	/** how many mails wait and failed */
	seeMails: boolean;
}

/** What the roles of a session allow in the board's area. */
export function mayDo(session: Session | undefined): May {
	const holds = (...wanted: Role[]) => session?.roles.some((role) => wanted.includes(role)) ?? false;
	return {
		decide: holds('board'),
		release: holds('board', 'supervisory'),
		seeTechnology: holds('board', 'auditor', 'operator'),
		seeMails: holds('board', 'auditor'),
	};
}
