// What applicants do after declaring: confirm an address, an authority, a consent by the link they got; print the declaration.
import { and, eq, gt } from 'drizzle-orm';
import { tokenHash } from '../../accounts/service/secrets.ts';
import { write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { displayNameOf } from '../rules.ts';
import { applicationConfirmations, applications } from '../tables.ts';
import { documentOf } from './askToConfirm.ts';

const actor = systemActor('members.confirm-application');

/** What was confirmed, word for word. */
export interface Confirmed {
	what: 'address' | 'authority' | 'consent';
	wording: string;
	/** the declaration must still be printed, signed and sent */
	signature: boolean;
}

async function confirmationOf(tx: Tx, token: string, at: Date) {
	const [found] = await tx
		.select({ confirmation: applicationConfirmations, application: applications })
		.from(applicationConfirmations)
		.innerJoin(applications, eq(applications.id, applicationConfirmations.applicationId))
		.where(and(eq(applicationConfirmations.tokenHash, tokenHash(token)), gt(applicationConfirmations.expiresAt, at)));
	if (!found || found.application.state === 'rejected') throw new Refusal('conflict', 'members.link-void');
	const { confirmation, application } = found;
	const what =
		confirmation.who === 'guardian'
			? ('consent' as const)
			: application.applicant.proxy
				? ('authority' as const)
				: ('address' as const);
	const signature = application.form === 'written' && application.paperReceivedOn === null;
	return { confirmation, application, said: { what, wording: confirmation.wording, signature } };
}

/** What a link would confirm, to be read before it is. Refuses conflict `members.link-void` if it is unknown or too old. */
export function readConfirmation(db: Database, { at, token }: { at: Date; token: string }): Promise<Confirmed> {
	return transact(db, actor, async (tx) => (await confirmationOf(tx, token, at)).said);
}

/**
 * Confirms by the link sent: the applicant's address (with a proxy also the authority, § 15(1) S. 3 GenG), or a guardian's consent.
 * Again is the same. Refuses conflict `members.link-void` if the link is unknown or too old.
 */
export function confirmApplication(db: Database, { at, token }: { at: Date; token: string }): Promise<Confirmed> {
	return write(db, { by: actor, at }, async (tx, note) => {
		const { confirmation, application, said } = await confirmationOf(tx, token, at);
		if (confirmation.confirmedAt === null) {
			await tx
				.update(applicationConfirmations)
				.set({ confirmedAt: at })
				.where(eq(applicationConfirmations.id, confirmation.id));
			note({
				action: 'members.confirm-application',
				subject: `application ${application.id}`,
				after: { what: said.what, place: confirmation.place },
			});
		}
		return said;
	});
}

/** A declaration as it is printed: its lines, who signs, and where the paper goes. */
export interface DeclarationPrint {
	document: string[];
	declaredAt: string;
	/** everybody who signs */
	signatories: string[];
	/** the statute wants it signed on paper */
	signature: boolean;
	cooperative: { name: string; street: string; postcode: string; town: string };
}

/** A declaration in print; a function for those who have the application in hand. */
export async function printOf(tx: Tx, row: typeof applications.$inferSelect): Promise<DeclarationPrint> {
	const { name: cooperative, street, postcode, town } = await cooperativeOf(tx);
	const { applicant } = row;
	const name = displayNameOf(applicant.name);
	const { representative, proxy = null } = applicant;
	return {
		document: documentOf(cooperative, row),
		declaredAt: row.declaredAt.toISOString(),
		signatories: proxy ? [proxy] : (applicant.guardians?.map((guardian) => guardian.name) ?? [representative ?? name]),
		signature: row.form === 'written',
		cooperative: { name: cooperative, street, postcode, town },
	};
}

/** The own declaration for printing, with the token given on declaring. Refuses missing `members.application-unknown`. */
export function printDeclaration(db: Database, { token }: { token: string }): Promise<DeclarationPrint> {
	return transact(db, actor, async (tx) => {
		const [row] = await tx
			.select()
			.from(applications)
			.where(eq(applications.printHash, tokenHash(token)));
		if (row?.state !== 'declared') throw new Refusal('missing', 'members.application-unknown');
		return printOf(tx, row);
	});
}
