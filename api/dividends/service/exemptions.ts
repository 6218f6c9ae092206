// Exemption orders: given by members in the portal or on paper, changed and ended within what a year has used.
import { and, desc, eq, sql } from 'drizzle-orm';
import { requireRecentProof } from '../../accounts/service/person.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { blindIndex, seal, unseal } from '../../database/sealed.ts';
import { type Actor, holds } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { Refusal } from '../../values/refusal.ts';
import { acceptExemptionOrder, endExemptionOrder as endOrder, exemptionRemainingCents } from '../rules/exemptions.ts';
import { taxParametersOn } from '../rules/parameters.ts';
import { exemptionOrders } from '../tables.ts';
import { usedInYear } from './facts.ts';
import { holdGate } from './lock.ts';
import { holderOf } from './standing.ts';

type StoredOrder = typeof exemptionOrders.$inferSelect;

/** The last order of a member that begins on or before a day; whether it still holds is its end's to say. */
async function orderOn(tx: Tx, memberId: string, day: Day): Promise<StoredOrder | undefined> {
	const [row] = await tx
		.select()
		.from(exemptionOrders)
		.where(and(eq(exemptionOrders.memberId, memberId), sql`${exemptionOrders.validFrom} <= ${day}`))
		.orderBy(desc(exemptionOrders.recordedAt), desc(exemptionOrders.id))
		.limit(1);
	return row;
}

/** The member for whom the actor may act: the board for all, members for themselves. Refuses missing `dividends.member-unknown`. */
function mayActFor(by: Actor, memberId: string): 'portal' | 'form' {
	if (by.memberId === memberId && by.kind === 'person') return 'portal';
	if (by.kind === 'system' || holds(by, 'board')) return 'form';
	throw new Refusal('missing', 'dividends.member-unknown');
}

async function refuseHeldElsewhere(
	tx: Tx,
	{ memberId, blinds, from, joint }: { memberId: string; blinds: readonly Buffer[]; from: Day; joint: boolean },
): Promise<void> {
	const hex = blinds.map((blind) => blind.toString('hex')).join(',');
	const [row] = await tx.execute<{ held: boolean }>(sql`
		select exemption_held_elsewhere(
			(select array_agg(decode(h, 'hex') order by n) from unnest(string_to_array(${hex}, ',')) with ordinality u (h, n)),
			${memberId}::uuid, ${from}::date, ${joint}
		) as held`);
	if (row?.held) throw new Refusal('conflict', 'dividends.exemption-held-elsewhere', {}, { rule: 'T-21' });
}

/** What a member asks for; `taxId` and `spouseTaxId` as typed. `validTo` null: until changed. */
export interface ExemptionInput {
	amountCents: number;
	joint: boolean;
	validFrom: Day;
	validTo: Day | null;
	taxId: string;
	spouseTaxId: string | null;
}

/**
 * Gives or replaces a member's exemption order (Freistellungsauftrag, T-20 to T-22): by the member in the portal, proved within the last
 * minutes in place of a signature, or by the board from the official form. It counts for runs released afterwards; amounts below what the
 * year has used are refused. Refuses missing `dividends.member-unknown`; forbidden `accounts.proof-needed`; conflict
 * `dividends.exemption-below-used`, `dividends.exemption-held-elsewhere`; invalid `dividends.day-unknown`,
 * `dividends.exemption-start-past` {earliest} and everything `acceptExemptionOrder` refuses.
 */
export function setExemptionOrder(
	db: Database,
	{ by, at, key, keys, memberId, ...input }: Command & ExemptionInput & { keys: Keys; memberId: string },
): Promise<{ orderId: string; memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const via = mayActFor(by, memberId);
		if (via === 'portal' && by.sessionId !== null) await requireRecentProof(tx, { by, at });
		await holdGate(tx);
		for (const field of ['validFrom', 'validTo'] as const) {
			const day = input[field];
			if (day !== null && !isDay(day)) throw new Refusal('invalid', 'dividends.day-unknown', {}, { field });
		}
		const earliest = `${dayOf(at).slice(0, 4)}-01-01`;
		if (input.validFrom < earliest) {
			throw new Refusal(
				'invalid',
				'dividends.exemption-start-past',
				{ earliest },
				{ rule: 'T-22', field: 'validFrom' },
			);
		}
		const year = Number(input.validFrom.slice(0, 4));
		const taxId = normalised(input.taxId);
		const spouseTaxId = input.joint && input.spouseTaxId !== null ? normalised(input.spouseTaxId) : null;
		const usedCents = await usedInYear(tx, year, memberId);
		const holder = await holderOf(tx, memberId, year);
		const order = acceptExemptionOrder({ ...input, holder, taxId, spouseTaxId }, usedCents);
		const blinds = [taxId, ...(spouseTaxId === null ? [] : [spouseTaxId])].map((id) => blindIndex(keys, id));
		await refuseHeldElsewhere(tx, { memberId, blinds, from: order.validFrom, joint: order.joint });
		const before = await orderOn(tx, memberId, order.validFrom);
		const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
		const orderId = made?.id ?? '';
		const sealed = (column: string, text: string) =>
			seal(keys, { table: 'exemption_orders', column, row: orderId }, text);
		const stored = {
			amountCents: order.amountCents,
			joint: order.joint,
			validFrom: order.validFrom,
			validTo: order.validTo,
			via,
		};
		await tx.insert(exemptionOrders).values({
			...{ id: orderId, memberId, ...stored, recordedBy: by.personId, recordedAt: at },
			taxId: sealed('tax_id', taxId),
			taxIdBlind: blindIndex(keys, taxId),
			spouseTaxId: spouseTaxId === null ? null : sealed('spouse_tax_id', spouseTaxId),
			spouseTaxIdBlind: spouseTaxId === null ? null : blindIndex(keys, spouseTaxId),
		});
		note({
			action: 'dividends.set-exemption-order',
			subject: `member ${memberId}`,
			...(before ? { before: factsOfOrder(before) } : {}),
			after: { orderId, ...stored },
		});
		return { orderId, memberId };
	});
}

function factsOfOrder({ amountCents, joint, validFrom, validTo, via }: StoredOrder) {
	return { amountCents, joint, validFrom, validTo, via };
}

/** The same order for another row: sealed texts are bound to the row they lie in. */
function resealed(keys: Keys, order: StoredOrder, orderId: string): StoredOrder {
	const moved = (column: string, sealed: Buffer): Buffer => {
		const place = { table: 'exemption_orders', column };
		return seal(keys, { ...place, row: orderId }, unseal(keys, { ...place, row: order.id }, sealed));
	};
	return {
		...order,
		taxId: moved('tax_id', order.taxId),
		spouseTaxId: order.spouseTaxId && moved('spouse_tax_id', order.spouseTaxId),
	};
}

/**
 * Ends a member's order on a 31 December: of this year or a later one, or of the last year while this one has used nothing (T-22).
 * Refuses missing `dividends.member-unknown`, `dividends.exemption-unknown`; forbidden `accounts.proof-needed`; conflict
 * `dividends.exemption-used` {usedCents, earliestEnd}; invalid `dividends.exemption-end-not-year-end`, `dividends.exemption-end-past`.
 */
export function endExemptionOrder(
	db: Database,
	{ by, at, key, keys, memberId, validTo }: Command & { keys: Keys; memberId: string; validTo: Day },
): Promise<{ orderId: string; memberId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const via = mayActFor(by, memberId);
		if (via === 'portal' && by.sessionId !== null) await requireRecentProof(tx, { by, at });
		await holdGate(tx);
		if (!isDay(validTo)) throw new Refusal('invalid', 'dividends.day-unknown', {}, { field: 'validTo' });
		const on = dayOf(at);
		const [current] = await tx
			.select()
			.from(exemptionOrders)
			.where(eq(exemptionOrders.memberId, memberId))
			.orderBy(desc(exemptionOrders.recordedAt), desc(exemptionOrders.id))
			.limit(1);
		if (!current || (current.validTo !== null && (current.validTo < on || current.validTo < current.validFrom))) {
			throw new Refusal('missing', 'dividends.exemption-unknown');
		}
		const usedInYearCents = await usedInYear(tx, Number(on.slice(0, 4)), memberId);
		const ended = endOrder(current, { validTo, on, usedInYearCents });
		const [made] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
		const orderId = made?.id ?? '';
		await tx.insert(exemptionOrders).values({
			...resealed(keys, current, orderId),
			...{ id: orderId, validTo: ended.validTo, via, recordedBy: by.personId, recordedAt: at },
		});
		const before = factsOfOrder(current);
		note({
			action: 'dividends.end-exemption-order',
			subject: `member ${memberId}`,
			before,
			after: { orderId, validTo },
		});
		return { orderId, memberId };
	});
}

/** A member's exemption order as it is shown: in force or to come, and what this calendar year has used of it. */
export interface ExemptionView {
	memberId: string;
	order: {
		amountCents: number;
		joint: boolean;
		validFrom: Day;
		validTo: Day | null;
		via: 'portal' | 'form';
		recordedAt: string;
	} | null;
	year: number;
	usedCents: number;
	remainingCents: number;
	/** most that an order of today may be about, single and joint */
	maximumCents: number;
	jointMaximumCents: number;
}

/** A member's exemption order, for staff and the member. Refuses missing `dividends.member-unknown`. */
export function readExemptionOrder(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<ExemptionView> {
	return transact(db, by, async (tx) => {
		const day = dayOf(at);
		const year = Number(day.slice(0, 4));
		await holderOf(tx, memberId, year);
		const today = await orderOn(tx, memberId, day);
		const [last] = await tx
			.select()
			.from(exemptionOrders)
			.where(eq(exemptionOrders.memberId, memberId))
			.orderBy(desc(exemptionOrders.recordedAt), desc(exemptionOrders.id))
			.limit(1);
		const counts = (order: StoredOrder | undefined) =>
			order !== undefined && (order.validTo === null || (order.validTo >= day && order.validTo >= order.validFrom));
		const shown = counts(last) ? last : counts(today) ? today : undefined;
		const usedCents = await usedInYear(tx, year, memberId);
		const { exemptionMaximumCents, jointExemptionMaximumCents } = taxParametersOn(day);
		return {
			memberId,
			order: shown ? { ...factsOfOrder(shown), recordedAt: shown.recordedAt.toISOString() } : null,
			year,
			usedCents,
			remainingCents: today ? exemptionRemainingCents(today, day, usedCents) : 0,
			maximumCents: exemptionMaximumCents,
			jointMaximumCents: jointExemptionMaximumCents,
		};
	});
}
