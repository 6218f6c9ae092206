// Reminders (Mahnungen): who is to be reminded today and in which words, letters that went out, claims that rest.
import { and, desc, eq, inArray } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { localesOf } from '../../members/service/contact.ts';
import { members } from '../../members/tables.ts';
import { notify } from '../../notices/service.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { deskAccounts } from '../rules/files.ts';
import { claimUntil } from '../rules/plan.ts';
import { purposeOf } from '../rules/reference.ts';
import { filledIn, nextStep, payByOf } from '../rules/reminders.ts';
import { reminders } from '../tables.ts';
import { owingMembers, pausesOn, plansOf, underWay } from './plans.ts';
import { germanDay, germanEuros, type Recipient, recipientsOf } from './recipients.ts';
import { currentTerms } from './reminderTerms.ts';

/** A reminder that could go out today. */
export interface ReminderProposal {
	memberId: string;
	number: number;
	name: string;
	step: number;
	claimCents: number;
	feeCents: number;
	/** fees of earlier steps that are still owed */
	feesOwedCents: number;
	dueSince: Day;
	payBy: Day;
	channel: 'mail' | 'letter';
	subject: string;
	letter: string;
}

type Proposed = ReminderProposal & { who: Recipient };

async function proposalsOn(tx: Tx, at: Date): Promise<{ version: number; proposals: Proposed[] }> {
	const today = dayOf(at);
	const { version, steps } = await currentTerms(tx);
	const ids = await owingMembers(tx, today);
	const plans = await plansOf(tx, ids, today);
	const people = await recipientsOf(tx, ids);
	const running = await underWay(tx, ids);
	const pauses = await pausesOn(tx, today);
	const fees = await memberBalances(tx, { account: deskAccounts.reminderFees, memberIds: ids, on: always });
	const sent =
		ids.length === 0
			? []
			: await tx
					.select({
						memberId: reminders.memberId,
						step: reminders.step,
						sentOn: reminders.sentOn,
						dueSince: reminders.dueSince,
					})
					.from(reminders)
					.where(inArray(reminders.memberId, ids));
	const { name: cooperative, iban } = await cooperativeOf(tx);
	const proposals = ids.flatMap((memberId): Proposed[] => {
		const who = people.get(memberId);
		// What is too old to be enforced is not reminded of.
		const claim = claimUntil(
			(plans.get(memberId) ?? []).filter(({ state }) => state !== 'barred'),
			today,
		);
		if (!who || !claim || pauses.has(memberId) || (running.get(memberId) ?? 0) > 0) return [];
		const own = sent.filter((one) => one.memberId === memberId);
		const step = nextStep(steps, { dueSince: claim.dueSince, sent: own, today });
		const terms = step === undefined ? undefined : steps[step - 1];
		if (step === undefined || !terms) return [];
		const feesOwedCents = fees.get(memberId) ?? 0;
		const payBy = payByOf(terms, today);
		const values = {
			...{ name: who.name, number: String(who.number), amount: germanEuros(claim.openCents) },
			...{ fee: germanEuros(terms.feeCents), total: germanEuros(claim.openCents + terms.feeCents + feesOwedCents) },
			...{ dueOn: germanDay(claim.dueSince), payBy: germanDay(payBy), reference: purposeOf(who.number) },
			...{ iban: (iban ?? '').replace(/(.{4})(?=.)/g, '$1 '), cooperative },
		};
		return [
			{
				...{ memberId, number: who.number, name: who.sortName, step, claimCents: claim.openCents, feesOwedCents, who },
				...{ feeCents: terms.feeCents, dueSince: claim.dueSince, payBy, channel: who.email ? 'mail' : 'letter' },
				...{ subject: filledIn(terms.subject, values), letter: filledIn(terms.text, values) },
			},
		];
	});
	proposals.sort((a, b) => b.step - a.step || (a.dueSince < b.dueSince ? -1 : 1));
	return { version, proposals };
}

/** Who is to be reminded today, the last step first; nobody whose claim rests or is being collected. */
export function listReminderProposals(db: Database, { by, at }: { by: Actor; at: Date }): Promise<ReminderProposal[]> {
	return transact(db, by, async (tx) =>
		(await proposalsOn(tx, at)).proposals.map(({ who: _who, ...proposal }) => proposal),
	);
}

/** Claims the fee of a step in the books. */
async function chargeFee(
	tx: Tx,
	{ by, at, proposal }: { by: Actor; at: Date; proposal: Proposed },
): Promise<number | null> {
	const { feeCents, memberId, number, step } = proposal;
	if (feeCents === 0) return null;
	const postings = [
		{ account: deskAccounts.reminderFees, memberId, cents: feeCents },
		{ account: deskAccounts.feeIncome, cents: -feeCents },
	];
	const text = `Mahngebühr Stufe ${step}, Mitglied ${number}`;
	return postEntry(tx, { by, at, entry: { bookedOn: dayOf(at), kind: 'reminder-fee', text, postings } });
}

/**
 * Sends the reminders proposed for the named members: by mail, or as a letter to be printed where there is no address; fees are
 * claimed in the books. Refuses conflict `payments.reminder-not-due` {numbers}: paid meanwhile, resting, or sent by somebody else;
 * `ledger.period-locked`.
 */
export function sendReminders(
	db: Database,
	{ by, at, key, memberIds }: Command & { memberIds: readonly string[] },
): Promise<{ sent: number; letters: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const wanted = [...new Set(memberIds)];
		const locked = await lockMembers(tx, wanted);
		const { version, proposals } = await proposalsOn(tx, at);
		const chosen = proposals.filter(({ memberId }) => wanted.includes(memberId));
		if (chosen.length < wanted.length) {
			const due = new Set(chosen.map(({ memberId }) => memberId));
			const numbers = wanted
				.filter((id) => !due.has(id))
				.map((id) => locked.get(id)?.number ?? 0)
				.sort((a, b) => a - b)
				.slice(0, 20)
				.join(', ');
			throw new Refusal('conflict', 'payments.reminder-not-due', { numbers }, { field: 'memberIds' });
		}
		const locales = await localesOf(tx, wanted);
		for (const proposal of chosen)
			await sendOne(tx, note, { by, at, version, proposal, locale: locales.get(proposal.memberId) ?? 'de' });
		const letters = chosen.filter(({ channel }) => channel === 'letter').length;
		return { sent: chosen.length, letters };
	});
}

async function sendOne(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		version,
		proposal,
		locale,
	}: { by: Actor; at: Date; version: number; proposal: Proposed; locale: 'de' | 'en' },
): Promise<void> {
	const { memberId, step, dueSince, claimCents, feeCents, payBy, channel, subject, letter, who } = proposal;
	const entry = await chargeFee(tx, { by, at, proposal });
	await tx.insert(reminders).values({
		...{ memberId, step, dueSince, claimCents, feeCents, payBy, channel, subject, letter, entry },
		...{ termsVersion: version, sentOn: dayOf(at), sentAt: at, sentBy: by.personId },
	});
	if (who.email) {
		const values = { name: who.name, subject, document: letter.split('\n') };
		await notify(tx, { at, to: who.email, template: 'reminder', values, locale });
	}
	note({
		action: 'payments.remind',
		subject: `member ${who.number}`,
		after: { step, claimCents, feeCents, dueSince, channel },
	});
}

/** A reminder that went out. */
export interface ReminderView {
	id: string;
	memberId: string;
	number: number;
	name: string;
	step: number;
	dueSince: Day;
	claimCents: number;
	feeCents: number;
	payBy: Day;
	channel: 'mail' | 'letter';
	subject: string;
	letter: string;
	sentOn: Day;
	/** address lines for the letter */
	address: string[];
}

/** Reminders that went out, newest first; of one member, or only letters, if asked. Members reach their own. */
export function listReminders(
	db: Database,
	{
		by,
		memberId,
		ids,
		limit = 100,
	}: { by: Actor; memberId?: string | undefined; ids?: readonly string[]; limit?: number },
): Promise<ReminderView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({ reminder: reminders, member: members })
			.from(reminders)
			.innerJoin(members, eq(members.id, reminders.memberId))
			.where(
				and(
					memberId === undefined ? undefined : eq(reminders.memberId, memberId),
					ids ? inArray(reminders.id, [...ids]) : undefined,
				),
			)
			.orderBy(desc(reminders.sentAt), desc(reminders.id))
			.limit(limit);
		return rows.map(({ reminder, member }) => ({
			...{ id: reminder.id, memberId: reminder.memberId, number: member.number, name: member.sortName },
			...{
				step: reminder.step,
				dueSince: reminder.dueSince,
				claimCents: reminder.claimCents,
				feeCents: reminder.feeCents,
			},
			...{ payBy: reminder.payBy, channel: reminder.channel, subject: reminder.subject, letter: reminder.letter },
			sentOn: reminder.sentOn,
			address: [
				member.organisation ?? `${member.givenNames ?? ''} ${member.familyName ?? ''}`.trim(),
				...[member.street, `${member.postcode} ${member.town}`],
				...(member.country === 'DE' ? [] : [member.country]),
			],
		}));
	});
}
