// Who is looking at the portal, as the API tells it, and which areas are open to them.

/** A role a person can hold in the cooperative; one person can hold several. */
export type Role = 'member' | 'board' | 'supervisory' | 'auditor' | 'operator';

/** The three areas of the portal; each is a route group with its own navigation. */
export type Area = 'member' | 'board' | 'operator';

/** What the navigation shows as a number beside its words. */
export interface NavCounts {
	/** Open votes this person can still cast. */
	openBallots?: number;
	/** Applications that wait for the board. */
	openApplications?: number;
	/** Meter data that needs a look. */
	openFindings?: number;
}

/** The person behind the request; null when nobody is signed in. */
export interface Person {
	id: string;
	/** As the person is spoken of: first and last name. */
	name: string;
	email: string;
	/** The language of the mails to them. */
	locale: 'de' | 'en';
}

/** What every page knows about the person and the cooperative. */
export interface Session {
	/** Empty before the cooperative is set up. */
	cooperativeName: string;
	/** False on an empty database: the first visit sets up the cooperative. */
	setUp: boolean;
	/** A cooperative to try out: invented people, mails that stay in the house. */
	demo: boolean;
	person: Person | null;
	/** The roles that count now; staff roles only after a second factor. */
	roles: Role[];
	/** The person holds a role that counts only after a second factor is set up or proved. */
	secondFactorNeeded: boolean;
	/** The member's number as printed, for example 0147; null for people who are not members. */
	memberNumber: string | null;
	counts: NavCounts;
}

/** The session of a visitor nobody knows. */
export const nobody: Session = {
	cooperativeName: '',
	setUp: true,
	demo: false,
	person: null,
	roles: [],
	secondFactorNeeded: false,
	memberNumber: null,
	counts: {},
};

const areaRoles: Record<Area, readonly Role[]> = {
	member: ['member'],
	board: ['board', 'supervisory', 'auditor'],
	operator: ['operator', 'board', 'auditor'],
};

/** The areas these roles open, in the order they are offered. */
export function areasOf(roles: readonly Role[]): Area[] {
	return (['member', 'board', 'operator'] as const).filter((area) => mayEnter(roles, area));
}

/** Whether these roles open the area. The API decides again about each single question. */
export function mayEnter(roles: readonly Role[], area: Area): boolean {
	return roles.some((role) => areaRoles[area].includes(role));
}
