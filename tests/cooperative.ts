// A small cooperative for tests of services: founded, with a statute, and members who join through the real services.
import { createHash, randomUUID } from 'node:crypto';
import { write } from '../api/audit/service.ts';
import type { Keys } from '../api/config.ts';
import type { Database } from '../api/database/connect.ts';
import type { Applicant } from '../api/members/rules.ts';
import { clauseIds } from '../api/members/rules.ts';
import { approveInvesting } from '../api/members/service/desk.ts';
import { admitApplications } from '../api/shares/service/admit.ts';
import { applyForMembership } from '../api/shares/service/apply.ts';
import { type StatuteTerms, suggestedTerms } from '../api/statute/rules.ts';
import { setUpCooperative } from '../api/statute/service.ts';
import type { Actor } from '../api/values/actor.ts';
import { type Day, startOfDay } from '../api/values/calendar.ts';
import { person, system } from './database.ts';

const derived = (use: string): Buffer => createHash('sha256').update(`test ${use}`).digest();

/** Keys for tests: the same every time. */
export const testKeys: Keys = {
	token: derived('token'),
	seal: derived('seal'),
	blind: derived('blind'),
	database: derived('database').toString('hex'),
	id: '7e577e57',
};

/** Two board members, so that four eyes are possible. */
export const board: Actor = person(['board']);
export const secondBoard: Actor = person(['board']);

/** Noon of a day in Germany, or another hour. */
export const noon = (day: Day, hour = 12): Date => new Date(startOfDay(day) + hour * 3_600_000);

/** An IBAN of a bank that does not exist, by serial number; check digits are right. */
export function testIban(serial: number): string {
	const national = `99900001${String(serial).padStart(10, '0')}`;
	const rest = [...`${national}131400`].reduce((r, digit) => (r * 10 + Number(digit)) % 97, 0);
	return `DE${String(98 - rest).padStart(2, '0')}${national}`;
}

/** Founds "Bürgerenergie Auental eG" under the suggested terms, changed as given, in force since 2012. */
export async function foundTestCooperative(db: Database, terms: Partial<StatuteTerms> = {}): Promise<void> {
	const at = noon('2012-03-15');
	await write(db, { by: system, at }, (tx, note) =>
		setUpCooperative(tx, note, {
			at,
			facts: {
				...{ name: 'Bürgerenergie Auental eG', street: 'Am Rathaus 1', postcode: '43210', town: 'Auental' },
				...{ registerCourt: 'Auenberg', registerNumber: 'GnR 147', email: 'vorstand@auental.example' },
				...{ creditorId: 'DE98ZZZ09999999999', iban: testIban(1), fiscalYearEndMonth: 12 },
			},
			terms: { ...suggestedTerms, ...terms },
			validFrom: '2012-03-15',
			source: 'Gründungsversammlung 2012-03-15, GnR 147',
		}),
	);
}

let serial = 0;

/** Somebody who wants to join; every call another name. */
export function applicant(changes: Partial<Applicant> = {}): Applicant {
	serial++;
	return {
		kind: 'natural',
		investing: false,
		name: { familyName: `Muster${serial}`, givenNames: 'Änne Maria' },
		address: { street: `Lindenweg ${serial}`, postcode: '43210', town: 'Auental', country: 'DE' },
		representative: changes.kind && changes.kind !== 'natural' ? 'Ö. Löscher' : null,
		email: `member${serial}.${randomUUID().slice(0, 8)}@auental.example`,
		phone: null,
		accountHolder: null,
		locale: 'de',
		...changes,
	};
}

/** Declares on a day for so many shares and answers the application's id. */
export async function apply(
	db: Database,
	on: Day,
	sharesWanted = 1,
	changes: Partial<Applicant> = {},
): Promise<string> {
	const who = applicant(changes);
	const { applicationId } = await applyForMembership(db, {
		...{ by: system, at: noon(on, 9), keys: testKeys },
		joining: {
			...{ applicant: who, birthDate: who.kind === 'natural' ? '1980-02-29' : null, iban: testIban(1000 + serial) },
			...{ sharesWanted, clauses: clauseIds, statuteVersion: 1 },
		},
	});
	return applicationId;
}

/** A member who declared and was admitted on the same day. */
export async function join(
	db: Database,
	on: Day,
	shares = 1,
	changes: Partial<Applicant> = {},
): Promise<{ memberId: string; number: number; self: Actor }> {
	const applicationId = await apply(db, on, shares, changes);
	if (changes.investing)
		await approveInvesting(db, { by: board, at: noon(on), applicationId, resolution: { number: 'AR 1', on } });
	const [admitted] = await admitApplications(db, {
		...{ by: board, at: noon(on), keys: testKeys },
		...{ applicationIds: [applicationId], resolution: { number: 'V 1', on } },
	});
	if (!admitted) throw new Error('nobody was admitted');
	const { memberId, number } = admitted;
	return { memberId, number, self: person(['member'], { memberId }) };
}
