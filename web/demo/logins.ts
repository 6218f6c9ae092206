// Log-ins of the demo: made with the accounts, kept in logins.json, printed at every start with the codes of the moment.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TOTP } from 'otpauth';
import { createPerson, preparePassword } from '../../api/accounts/service/people.ts';
import { giveTotp } from '../../api/accounts/service/secondFactor.ts';
import { write } from '../../api/audit/service.ts';
import { type Role, staffRoles } from '../../api/values/actor.ts';
import type { DemoRole } from './cast.ts';
import type { DemoPerson } from './people.ts';
import { random } from './random.ts';
import { memberIdOf, nameOfPerson, recorder, type World } from './world.ts';

/** Somebody to sign in as. `role` is the highest of `roles`; staff have the secret of an authenticator app, base32. */
export interface Login {
	role: Role;
	email: string;
	password: string;
	memberNumber: number | null;
	name: string;
	totpSecret: string | null;
	roles: readonly Role[];
}

const roleNames: Readonly<Record<DemoRole, Role>> = {
	member: 'member',
	board: 'board',
	'supervisory-board': 'supervisory',
	operator: 'operator',
	auditor: 'auditor',
};

const firstWords = [
	'Abendrot',
	'Bachlauf',
	'Drachenwiese',
	'Erntezeit',
	'Frühnebel',
	'Heckenrose',
	'Kornfeld',
	'Lerchenruf',
];
const secondWords = [
	'ahornblatt',
	'brunnen',
	'distelfink',
	'feldweg',
	'haselnuss',
	'kiesel',
	'mohnblume',
	'sommerwind',
];

/** A password that nobody needs to invent: two words and a number, the same at every making of the demo. */
export function passwordOf({ email, memberNumber }: DemoPerson): string {
	const stream = random('password', email);
	return `${stream.pick(firstWords)}-${stream.pick(secondWords)}-${memberNumber ?? stream.integer(100, 999)}`;
}

/** The login of a person with an account, without the secret of the app, which is made with the account. */
export function loginOf(person: DemoPerson): Login {
	const roles = person.roles.map((role) => roleNames[role]);
	return {
		role: roles.find((role) => role !== 'member') ?? 'member',
		email: person.email,
		password: passwordOf(person),
		memberNumber: person.memberNumber ?? null,
		name: nameOfPerson(person),
		totpSecret: null,
		roles,
	};
}

/** A password ready to be stored. */
export type Prepared = Awaited<ReturnType<typeof preparePassword>>;

/** Hashes the passwords of all who have accounts: slow on purpose, so it begins before anything else. */
export async function preparePasswords(
	people: readonly DemoPerson[],
	cooperative: string,
): Promise<Map<string, Prepared>> {
	const made = people.map(async (person) => {
		const { email, name, password, roles } = loginOf(person);
		const secondFactor = roles.some((role) => staffRoles.includes(role));
		return [email, await preparePassword(password, { secondFactor, known: [name, email, cooperative] })] as const;
	});
	return new Map(await Promise.all(made));
}

/** Makes a person's account, with an authenticator app for staff, and lets the person act from then on. Answers the login. */
export async function openAccount(world: World, person: DemoPerson, password: Prepared, at: Date): Promise<Login> {
	const { db, keys, actors } = world;
	const login = loginOf(person);
	const { name, email, roles, memberNumber } = login;
	const memberId = memberNumber === null ? null : memberIdOf(world, memberNumber);
	const staff = roles.some((role) => staffRoles.includes(role));
	const { personId, totpSecret } = await write(db, { by: recorder, at }, async (tx, note) => {
		const made = await createPerson(tx, note, {
			at,
			email,
			name,
			locale: 'de',
			roles,
			memberId,
			password,
			emailConfirmed: true,
		});
		return { personId: made, totpSecret: staff ? await giveTotp(tx, { personId: made, at, keys }) : null };
	});
	actors.set(memberNumber ?? 0, { kind: 'person', personId, memberId, roles, sessionId: null, scopes: [], name });
	return { ...login, totpSecret };
}

/** Where the log-ins of a demo are kept. The file is written last, so that it stands for a whole demo. */
export function loginsFile(dataFolder: string): string {
	return path.join(dataFolder, 'logins.json');
}

/** Member 147 first, about whom the demo tells most; then the offices, then the other members. */
function inOrder(logins: readonly Login[]): Login[] {
	const rank = ({ role, memberNumber }: Login): number =>
		memberNumber === 147 ? 0 : 1 + ['board', 'operator', 'supervisory', 'auditor', 'member'].indexOf(role);
	return [...logins].sort((a, b) => rank(a) - rank(b) || (a.memberNumber ?? 0) - (b.memberNumber ?? 0));
}

/** Writes the log-ins: all of the file or nothing. */
export function writeLogins(dataFolder: string, logins: readonly Login[]): void {
	const file = loginsFile(dataFolder);
	writeFileSync(`${file}.new`, `${JSON.stringify(inOrder(logins), null, '\t')}\n`, { mode: 0o600 });
	renameSync(`${file}.new`, file);
}

/** The log-ins of a demo; undefined if there is none. */
export function readLogins(dataFolder: string): Login[] | undefined {
	try {
		return JSON.parse(readFileSync(loginsFile(dataFolder), 'utf8')) as Login[];
	} catch {
		return undefined;
	}
}

/** The log-ins as a table for the console, with the codes that the authenticator apps of staff show at this moment. */
export function loginTable(logins: readonly Login[], now: Date): string {
	const timestamp = now.getTime();
	const secondsLeft = 30 - (Math.floor(timestamp / 1000) % 30);
	const rows = logins.map(({ role, name, email, password, memberNumber, totpSecret }) => [
		role,
		memberNumber === null ? '' : String(memberNumber),
		name,
		email,
		password,
		totpSecret === null ? '' : new TOTP({ secret: totpSecret }).generate({ timestamp }),
	]);
	const all = [['role', 'no.', 'name', 'e-mail', 'password', `code (${secondsLeft} s)`], ...rows];
	const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
	return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}
