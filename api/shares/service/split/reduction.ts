// A lower nominal value until it holds for the members (§ 22 GenG): the announcement, the creditors who report, the day it takes effect.
import { and, asc, desc, eq, isNull } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { accounts, type Posting } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { statuteVersion } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Change } from '../../rules.ts';
import {
	checkAnnouncement,
	checkEffect,
	checkReport,
	type creditorAnswers,
	cutDues,
	lastReportDay,
	type ReductionStanding,
} from '../../rules/reduction.ts';
import { reductionCreditors, shareDues, shareMovements, shareReductions, shareSplits } from '../../tables.ts';
import { effectDueExits } from '../exits/effect.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';
import { convert, settleManyClaims, writeManyDues } from './convert.ts';
import { overPaid } from './effect.ts';

type Reduction = typeof shareReductions.$inferSelect;

function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'shares.person-needed');
	return by.personId;
}

async function standingOf(tx: Tx, reduction: Reduction): Promise<ReductionStanding> {
	const { version, announcedOn, announcedBy, effectiveOn } = reduction;
	const open = and(eq(reductionCreditors.version, version), isNull(reductionCreditors.answer));
	const { validFrom: registeredOn } = await statuteVersion(tx, version);
	const openCreditors = await tx.$count(reductionCreditors, open);
	return { registeredOn, announcedOn, announcedBy, effectiveOn, openCreditors };
}

/** The reduction of a version, locked. Refuses missing `shares.reduction-unknown`. */
async function lockReduction(tx: Tx, version: number): Promise<Reduction> {
	const [found] = await tx.select().from(shareReductions).where(eq(shareReductions.version, version)).for('update');
	if (!found) throw new Refusal('missing', 'shares.reduction-unknown');
	return found;
}

/**
 * Records the day on which the register court announced a lower nominal value: creditors have six months from it (§ 22(2) GenG).
 * Refuses missing `shares.reduction-unknown`; forbidden `shares.person-needed`; and what `checkAnnouncement` refuses.
 */
export function announceReduction(
	db: Database,
	{ by, at, key, version, announcedOn }: Command & { version: number; announcedOn: Day },
): Promise<{ version: number; creditorsUntil: Day }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const announcedBy = personOf(by);
		const reduction = await lockReduction(tx, version);
		checkAnnouncement(await standingOf(tx, reduction), announcedOn, dayOf(at));
		await tx
			.update(shareReductions)
			.set({ announcedOn, announcedAt: at, announcedBy })
			.where(eq(shareReductions.version, version));
		note({ action: 'shares.announce-reduction', subject: `statute version ${version}`, after: { announcedOn } });
		return { version, creditorsUntil: lastReportDay(announcedOn) };
	});
}

/**
 * Records a creditor who reported in time and asks for security. Refuses missing `shares.reduction-unknown`; and what `checkReport`
 * refuses.
 */
export function reportCreditor(
	db: Database,
	{
		by,
		at,
		key,
		version,
		creditor,
		claimCents,
		reportedOn,
	}: Command & { version: number; creditor: string; claimCents: number; reportedOn: Day },
): Promise<{ creditorId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkReport(await lockReduction(tx, version), reportedOn, dayOf(at));
		const [made] = await tx
			.insert(reductionCreditors)
			.values({ version, creditor, claimCents, reportedOn, recordedAt: at, recordedBy: by.personId })
			.returning({ id: reductionCreditors.id });
		const creditorId = made?.id ?? '';
		const after = { creditorId, creditor, claimCents, reportedOn };
		note({ action: 'shares.report-creditor', subject: `statute version ${version}`, after });
		return { creditorId };
	});
}

/**
 * Records what became of a creditor who reported: secured, paid, or nothing was owed; `answerText` says how. Refuses missing
 * `shares.creditor-unknown`; conflict `shares.creditor-answered`.
 */
export function answerCreditor(
	db: Database,
	{
		by,
		at,
		key,
		creditorId,
		answer,
		answerText,
	}: Command & { creditorId: string; answer: (typeof creditorAnswers)[number]; answerText: string },
): Promise<{ creditorId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [found] = await tx
			.select()
			.from(reductionCreditors)
			.where(eq(reductionCreditors.id, creditorId))
			.for('update');
		if (!found) throw new Refusal('missing', 'shares.creditor-unknown');
		if (found.answer !== null) throw new Refusal('conflict', 'shares.creditor-answered');
		await tx
			.update(reductionCreditors)
			.set({ answer, answerText, answeredAt: at, answeredBy: by.personId })
			.where(eq(reductionCreditors.id, creditorId));
		const subject = `statute version ${found.version}`;
		note({ action: 'shares.answer-creditor', subject, after: { creditorId, answer, answerText } });
		return { creditorId };
	});
}

/** Takes off what falls due above the lower value, with each member's own movement. */
async function cutAllDues(
	tx: Tx,
	{ at, day, nominalCents }: { at: Date; day: Day; nominalCents: number },
): Promise<void> {
	const dues = new Map<string, Change[]>();
	for (const { memberId, dueOn, amountCents } of await tx.select().from(shareDues))
		dues.set(memberId, [...(dues.get(memberId) ?? []), { day: dueOn, cents: amountCents }]);
	const holdings = await holdingsOn(tx, { day: always });
	const moved = await tx
		.selectDistinctOn([shareMovements.memberId], { id: shareMovements.id, memberId: shareMovements.memberId })
		.from(shareMovements)
		.where(and(eq(shareMovements.kind, 'reduction'), eq(shareMovements.effectiveOn, day)))
		.orderBy(asc(shareMovements.memberId), desc(shareMovements.id));
	const rows = moved.flatMap(({ id: movementId, memberId }) => {
		const most = (holdings.get(memberId)?.shares ?? 0) * nominalCents;
		return cutDues(dues.get(memberId) ?? [], most, day).map(({ day: dueOn, cents: amountCents }) => ({
			...{ movementId, memberId, dueOn, amountCents, recordedAt: at },
		}));
	});
	await writeManyDues(tx, rows);
}

/** Moves what is paid in above the value of the shares to what is owed back (S-05), in one entry; null where it is nothing. */
async function releaseOverPaid(
	tx: Tx,
	{ by, at, version, day }: { by: Actor; at: Date; version: number; day: Day },
): Promise<{ entry: number | null; repaidCents: number }> {
	let repaidCents = 0;
	const postings = [...(await holdingsOn(tx, { day: always }))].flatMap(([memberId, held]): Posting[] => {
		const cents = held.paidCents - held.nominalCents;
		if (cents <= 0) return [];
		repaidCents += cents;
		return [
			{ account: accounts.memberBalances, memberId, cents },
			{ account: accounts.overpayments, memberId, cents: -cents },
		];
	});
	if (postings.length === 0) return { entry: null, repaidCents };
	const text = 'Herabsetzung des Geschäftsanteils';
	const reference = `Satzung Fassung ${version}`;
	const entry = await postEntry(tx, { by, at, entry: { bookedOn: day, kind: 'reduction', text, reference, postings } });
	return { entry, repaidCents };
}

/** What a reduction did when it took effect. */
export interface EffectedReduction {
	version: number;
	members: number;
	/** paid in above the lower value and owed back from now on */
	repaidCents: number;
	entry: number | null;
}

/**
 * Lets a lower nominal value take effect for everybody, on the day of `at`: shares, what falls due on them, and what is paid in above it,
 * which is owed back and paid out with the next payout file (§ 22(4) GenG allows it only now). Another person than the one who recorded
 * the announcement. Refuses missing `shares.reduction-unknown`; forbidden `shares.person-needed`; and what `checkEffect` refuses.
 */
export function effectReduction(
	db: Database,
	{ by, at, key, version }: Command & { version: number },
): Promise<EffectedReduction> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [effectedBy, day] = [personOf(by), dayOf(at)];
		const reduction = await lockReduction(tx, version);
		checkEffect(await standingOf(tx, reduction), effectedBy, day);
		await lockMembers(tx);
		await effectDueExits(tx, note, { by, at });
		const { oldNominalCents, newNominalCents } = reduction;
		const { source: basis } = await statuteVersion(tx, version);
		const subject = `statute version ${version}`;
		const values = { version, oldNominalCents, newNominalCents, effectiveOn: day, recordedAt: at };
		await tx.insert(shareSplits).values({ ...values, keeps: 'shares' });
		const conversion = { validFrom: day, until: null, oldNominalCents, newNominalCents, dues: [], basis, subject };
		const { members } = await convert(tx, note, { by, at, conversion: { ...conversion, keeps: 'shares' } });
		await cutAllDues(tx, { at, day, nominalCents: newNominalCents });
		const { entry, repaidCents } = await releaseOverPaid(tx, { by, at, version, day });
		const claimants = [...(await holdingsOn(tx, { day: always })).keys()];
		await settleManyClaims(tx, { by, at, memberIds: claimants, from: day });
		await tx
			.update(shareReductions)
			.set({ effectiveOn: day, effectedAt: at, effectedBy, entry })
			.where(eq(shareReductions.version, version));
		note({ action: 'shares.effect-reduction', subject, after: { day, members, repaidCents, entry } });
		return { version, members, repaidCents, entry };
	});
}

/** A lower nominal value as staff see it: what waits, who reported, what it will do. */
export interface ReductionView {
	version: number;
	registeredOn: Day;
	oldNominalCents: number;
	newNominalCents: number;
	announcedOn: Day | null;
	/** the announcement was recorded by the reader, who then cannot let it take effect */
	announcedByMe: boolean;
	/** last day on which creditors may report */
	creditorsUntil: Day | null;
	effectiveOn: Day | null;
	creditors: {
		id: string;
		creditor: string;
		claimCents: number;
		reportedOn: Day;
		answer: (typeof creditorAnswers)[number] | null;
		answerText: string | null;
	}[];
	/** paid in above the lower value today, and by how many members; before it takes effect */
	repaidCents: number;
	repaidMembers: number;
}

/** All reductions of the nominal value, newest first. */
export function listReductions(db: Database, { by }: { by: Actor }): Promise<ReductionView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(shareReductions).orderBy(desc(shareReductions.version));
		const views: ReductionView[] = [];
		for (const row of rows) {
			const { version, oldNominalCents, newNominalCents, announcedOn, announcedBy, effectiveOn } = row;
			const creditors = await tx
				.select()
				.from(reductionCreditors)
				.where(eq(reductionCreditors.version, version))
				.orderBy(asc(reductionCreditors.reportedOn), asc(reductionCreditors.id));
			const over = effectiveOn === null ? await overPaid(tx, newNominalCents) : { cents: 0, members: 0 };
			views.push({
				...{ version, oldNominalCents, newNominalCents, announcedOn, effectiveOn },
				registeredOn: (await statuteVersion(tx, version)).validFrom,
				announcedByMe: announcedBy !== null && announcedBy === by.personId,
				creditorsUntil: announcedOn === null ? null : lastReportDay(announcedOn),
				creditors: creditors.map(({ id, creditor, claimCents, reportedOn, answer, answerText }) => ({
					...{ id, creditor, claimCents, reportedOn, answer, answerText },
				})),
				...{ repaidCents: over.cents, repaidMembers: over.members },
			});
		}
		return views;
	});
}
