// Mistakes in the register: a wrong event is taken back and, where something was true instead, replaced by the right one.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { statuteOn } from '../../statute/service.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Address, checkName, type Name, searchTextOf } from '../rules.ts';
import { type ExtraFields, registerEntryOf } from '../rules/register.ts';
import { members, registerEvents } from '../tables.ts';
import { enterInRegister, eventsOf, reverseInRegister } from './register.ts';

/** What should have been entered instead. */
export interface Replacement {
	effectiveOn: Day;
	name?: Name;
	address?: Address;
}

/** The present name and address follow the register as it is known now. */
async function followRegister(tx: Tx, memberId: string, number: number, at: Date): Promise<void> {
	const entry = registerEntryOf(await eventsOf(tx, memberId), dayOf(at), at);
	if (!entry) return;
	const searchText = searchTextOf(number, entry.name, entry.address.town);
	await tx
		.update(members)
		.set({ ...entry.name, ...entry.address, searchText })
		.where(eq(members.id, memberId));
}

/**
 * Corrects an event of a member's register: it is taken back and, unless it was wrong altogether, replaced (M-21). Of the joining only
 * name and address can be replaced; numbers of shares and exits are corrected where shares and exits are. Refuses missing
 * `members.unknown`, `members.event-unknown`; conflict `members.event-reversed`; invalid `members.correct-elsewhere` (shares, exit),
 * `members.joining-stays` (the joining itself or its day), `members.effective-day-wrong`, `members.name-kind-mismatch`,
 * `members.nothing-corrected`.
 */
export function correctRegister(
	db: Database,
	{
		by,
		at,
		key,
		memberId,
		eventId,
		basis,
		replacement,
	}: Command & { memberId: string; eventId: string; basis: string; replacement?: Replacement | undefined },
): Promise<{ memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [member] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
		if (!member) throw new Refusal('missing', 'members.unknown');
		const event = await reverseInRegister(tx, note, at, { memberId, eventId, basis });
		const { kind, effectiveOn, sharesChange, extra } = event;
		if (kind === 'left' || (kind === 'changed' && sharesChange !== 0))
			throw new Refusal('invalid', 'members.correct-elsewhere', {}, { rule: 'M-21' });
		if (kind === 'joined' && replacement?.effectiveOn !== effectiveOn)
			throw new Refusal('invalid', 'members.joining-stays', {}, { rule: 'M-20', field: 'replacement.effectiveOn' });
		if (replacement) {
			const { effectiveOn: from, name = event.name, address = event.address } = replacement;
			if (!isDay(from) || from > dayOf(at) || from < member.joinedOn)
				throw new Refusal(
					'invalid',
					'members.effective-day-wrong',
					{},
					{ rule: 'M-20', field: 'replacement.effectiveOn' },
				);
			if (name) checkName(member.kind, name);
			if (!name && !address) throw new Refusal('invalid', 'members.nothing-corrected', {}, { rule: 'M-21' });
			await tx.insert(registerEvents).values({
				...{ memberId, kind: kind === 'joined' ? 'joined' : 'changed', effectiveOn: from, recordedAt: at },
				...{ name, address, sharesChange, extra, basis, replaces: eventId },
			});
			note({
				action: 'members.replace-in-register',
				subject: `member ${memberId}`,
				before: { effectiveOn, name: event.name, address: event.address },
				after: { effectiveOn: from, name, address, basis },
			});
		}
		await followRegister(tx, memberId, member.number, at);
		return { memberId };
	});
}

/**
 * Enters the statute's extra fields of a member (M-20: more fields only if the statute says so); an empty value takes one away.
 * Refuses missing `members.unknown`; invalid `members.effective-day-wrong`, `members.field-not-in-statute` {label}, `members.nothing-corrected`.
 */
export function enterExtraFields(
	db: Database,
	{
		by,
		at,
		key,
		memberId,
		effectiveOn,
		extra,
		basis,
	}: Command & { memberId: string; effectiveOn: Day; extra: ExtraFields; basis: string },
): Promise<{ memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [member] = await tx.select().from(members).where(eq(members.id, memberId)).for('update');
		if (!member) throw new Refusal('missing', 'members.unknown');
		if (!isDay(effectiveOn) || effectiveOn > dayOf(at) || effectiveOn < member.joinedOn)
			throw new Refusal('invalid', 'members.effective-day-wrong', {}, { rule: 'M-20', field: 'effectiveOn' });
		if (Object.keys(extra).length === 0)
			throw new Refusal('invalid', 'members.nothing-corrected', {}, { rule: 'M-20', field: 'extra' });
		const { registerExtraFields } = (await statuteOn(tx, effectiveOn)).terms;
		const foreign = Object.keys(extra).find((label) => !registerExtraFields.includes(label));
		if (foreign !== undefined) {
			throw new Refusal(
				'invalid',
				'members.field-not-in-statute',
				{ label: foreign },
				{ rule: 'M-20', field: 'extra' },
			);
		}
		await enterInRegister(tx, note, at, [{ memberId, effectiveOn, basis, extra }]);
		return { memberId };
	});
}
