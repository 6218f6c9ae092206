// Who acts: a person with roles, a device with a token, or the program itself.

/**
 * Roles a person can hold, several at once.
 * member (Mitglied) · operator (Betriebsführer) · board (Vorstand) · supervisory (Aufsichtsrat) · auditor (Prüfer: reads all, writes nothing).
 */
export const roles = ['member', 'operator', 'board', 'supervisory', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Roles that must prove a second factor before they count. */
export const staffRoles: readonly Role[] = ['operator', 'board', 'supervisory', 'auditor'];

/**
 * Who does something. `personId` is the account, `memberId` the membership that account acts for.
 * `kind` 'system' is the program itself (jobs, set-up, log-in before anyone is known); 'device' a machine with an API token.
 */
export interface Actor {
	kind: 'person' | 'device' | 'system';
	personId: string | null;
	memberId: string | null;
	roles: readonly Role[];
	sessionId: string | null;
	/** what a device's token allows, e.g. 'readings.push'; empty for people */
	scopes: readonly string[];
	/** the device's token; people and the program have none */
	deviceTokenId?: string;
	name: string;
}

/** The program acting for itself, named for the audit log: systemActor('jobs.seal-days'). */
export function systemActor(name: string): Actor {
	return { kind: 'system', personId: null, memberId: null, roles: [], sessionId: null, scopes: [], name };
}

/** True if the actor holds one of the roles. */
export function holds(actor: Actor, ...wanted: readonly Role[]): boolean {
	return actor.roles.some((role) => wanted.includes(role));
}
