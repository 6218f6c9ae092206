// What must be confirmed about a declaration to join: asked for by mail with a link, and once more when the mail is lost.
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { newToken, tokenHash } from '../../accounts/service/secrets.ts';
import { throttle } from '../../accounts/service/throttle.ts';
import { write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf } from '../../statute/service.ts';
import { systemActor } from '../../values/actor.ts';
import { type Applicant, displayNameOf } from '../rules.ts';
import { declarationText } from '../rules/admission.ts';
import { applicationConfirmations, applications } from '../tables.ts';

/** How mails with links are written; null keeps them unwritten, for declarations recorded without the portal. */
export interface Mailing {
	keys: Keys;
	publicUrl: string;
}

type Said = Pick<typeof applications.$inferSelect, 'applicant' | 'sharesWanted' | 'statuteVersion' | 'declaration'>;

/** A declaration word for word, as mails and prints show it. */
export function documentOf(
	cooperative: string,
	{ applicant, sharesWanted, statuteVersion, declaration }: Said,
): string[] {
	const { name, kind, proxy = null, representative } = applicant;
	return declarationText({
		...{ cooperative, name: displayNameOf(name), kind, shares: sharesWanted, statuteVersion, declaration },
		...{ proxy, representative },
	});
}

/** A declaration whose confirmations are asked for. */
interface Confirming {
	at: Date;
	applicationId: string;
	applicant: Applicant;
	form: 'text' | 'written';
	shares: number;
	cooperative: string;
	document: readonly string[];
	mailing: Mailing | null;
}

/** For so many days a link that confirms works. */
const linkDays = 30;

const linkEnds = (at: Date): Date => new Date(at.getTime() + linkDays * 86_400_000);

/** Puts down what must be confirmed about a declaration, and asks for it by mail. */
export async function askToConfirm(tx: Tx, asked: Confirming): Promise<void> {
	const { at, applicationId, applicant, shares, cooperative, mailing } = asked;
	const { guardians = [], proxy } = applicant;
	const name = displayNameOf(applicant.name);
	const expiresAt = linkEnds(at);
	const own = newToken();
	const row = (who: 'applicant' | 'guardian', place: number, token: string | null, wording: string) => ({
		...{ applicationId, who, place, wording },
		...(token === null ? {} : { tokenHash: tokenHash(token), expiresAt }),
	});
	if (mailing || proxy) {
		const wording = proxy
			? `Ich habe ${proxy} bevollmächtigt, in meinem Namen den Beitritt zur ${cooperative} zu erklären.`
			: 'Diese E-Mail-Adresse gehört zu mir.';
		await tx.insert(applicationConfirmations).values(row('applicant', 0, mailing ? own : null, wording));
	}
	await mailApplicant(tx, { ...asked, link: mailing && confirmationLink(mailing, own) });
	const consent = `Ich bin sorgeberechtigt und stimme dem Beitritt von ${name} zur ${cooperative} mit ${shares} ${shares === 1 ? 'Geschäftsanteil' : 'Geschäftsanteilen'} zu.`;
	for (const [place, guardian] of guardians.entries()) {
		const { email } = guardian;
		const token = mailing && email !== null ? newToken() : null;
		await tx.insert(applicationConfirmations).values(row('guardian', place, token, consent));
		if (!mailing || token === null || email === null) continue;
		await mailGuardian(tx, { ...asked, guardian: { ...guardian, email }, link: confirmationLink(mailing, token) });
	}
}

/** The link of a confirmation, sealed into its mail. */
const confirmationLink = ({ keys, publicUrl }: Mailing, token: string) => ({
	keys,
	url: `${publicUrl}/mitglied-werden/bestaetigen#token=${token}`,
});

type Mailed = Omit<Confirming, 'applicationId' | 'mailing'> & { link: ReturnType<typeof confirmationLink> | null };

/** Writes to an applicant what was declared; without a link nothing goes out. */
async function mailApplicant(tx: Tx, asked: Mailed): Promise<void> {
	const { at, applicant, form, shares, cooperative, document, link } = asked;
	const { guardians = [], locale, proxy } = applicant;
	await notify(tx, {
		...{ at, to: applicant.email, template: 'application-received', locale, withheld: link === null },
		values: {
			...{ name: displayNameOf(applicant.name), shares, cooperative, document },
			ask: form === 'written' ? 'signature' : proxy ? 'authority' : guardians.length > 0 ? 'guardians' : 'address',
		},
		...(link ? { link } : {}),
	});
}

/** Asks a guardian to consent. */
async function mailGuardian(tx: Tx, asked: Mailed & { guardian: { name: string; email: string } }): Promise<void> {
	const { at, applicant, cooperative, document, guardian, link } = asked;
	await notify(tx, {
		...{ at, to: guardian.email, template: 'guardian-consent', locale: applicant.locale, withheld: link === null },
		values: { name: guardian.name, minor: displayNameOf(applicant.name), cooperative, document },
		...(link ? { link } : {}),
	});
}

const actor = systemActor('members.confirm-again');
const mostAgain = 5;

/**
 * Sends the links again that an address still has to confirm: the applicant's own, or a guardian's consent; earlier links are void. Answers
 * the same whether or not anything waits for that address; then too a mail is put down, which never goes out. Refuses throttled
 * `accounts.throttled`.
 */
export async function sendConfirmationAgain(
	db: Database,
	{ at, keys, publicUrl, email, address }: { at: Date; keys: Keys; publicUrl: string; email: string; address: string },
): Promise<void> {
	const wanted = email.normalize('NFC').trim();
	await throttle(db, { at, keys, what: 'application-again', pace: 'request', account: wanted, address });
	await write(db, { by: actor, at }, async (tx, note) => {
		const { name: cooperative } = await cooperativeOf(tx);
		const isTheirs = (text: unknown) => sql`lower(${text}) = ${wanted.toLowerCase()}`;
		const waiting = await tx
			.select({ confirmation: applicationConfirmations, application: applications })
			.from(applicationConfirmations)
			.innerJoin(applications, eq(applications.id, applicationConfirmations.applicationId))
			.where(
				and(
					eq(applications.state, 'declared'),
					isNull(applicationConfirmations.confirmedAt),
					or(
						and(eq(applicationConfirmations.who, 'applicant'), isTheirs(sql`${applications.applicant} ->> 'email'`)),
						and(
							eq(applicationConfirmations.who, 'guardian'),
							isTheirs(
								sql`${applications.applicant} -> 'guardians' -> ${applicationConfirmations.place}::int ->> 'email'`,
							),
						),
					),
				),
			)
			.orderBy(applications.declaredAt)
			.limit(mostAgain)
			.for('update', { of: applicationConfirmations });
		for (const { confirmation, application } of waiting) {
			const token = newToken();
			await tx
				.update(applicationConfirmations)
				.set({ tokenHash: tokenHash(token), expiresAt: linkEnds(at) })
				.where(eq(applicationConfirmations.id, confirmation.id));
			const { applicant, form, sharesWanted: shares } = application;
			const document = documentOf(cooperative, application);
			const link = confirmationLink({ keys, publicUrl }, token);
			const mail = { at, applicant, form, shares, cooperative, document, link };
			const guardian = applicant.guardians?.[confirmation.place];
			if (confirmation.who === 'applicant') await mailApplicant(tx, mail);
			else if (guardian?.email) {
				await mailGuardian(tx, { ...mail, guardian: { name: guardian.name, email: guardian.email } });
			}
			note({
				action: 'members.confirm-again',
				subject: `application ${application.id}`,
				after: { who: confirmation.who },
			});
		}
		if (waiting.length > 0) return;
		await notify(tx, {
			...{ at, to: wanted, template: 'application-received', locale: 'de', withheld: true },
			values: { name: '', shares: 1, cooperative, document: [], ask: 'address' },
		});
		note({ action: 'members.confirm-again', subject: 'application none' });
	});
}
