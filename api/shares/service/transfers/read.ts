// Transfers as both sides and the board see them, and what somebody may hand over or must declare to take.
import { desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { type Clause, requiredClauses } from '../../../members/rules.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { limitsPayout, type StatuteTerms } from '../../../statute/rules.ts';
import { statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import type { Holding } from '../../rules.ts';
import { canTransfer, sharesNeeded, type TransferState } from '../../rules/transfer.ts';
import { shareTransfers } from '../../tables.ts';
import { openExits } from '../exits/facts.ts';
import { always, holdingsOn } from '../holdings.ts';
import type { Transfer } from './sides.ts';

/** One side of a transfer by number and name; null for somebody who has not joined yet. */
export interface Party {
	memberId: string;
	number: number;
	name: string;
}

/** A transfer as it is shown. */
export interface TransferView {
	id: string;
	from: Party;
	to: Party | null;
	toEmail: string | null;
	whole: boolean;
	shares: number;
	amountCents: number;
	takes: number | null;
	form: 'portal' | 'paper';
	proposedAt: string;
	acceptedAt: string | null;
	state: TransferState;
	effectiveOn: Day | null;
	decidedAt: string | null;
	resolution: string | null;
	entry: number | null;
	can: { accept: boolean; decline: boolean; withdraw: boolean; enter: boolean; refuse: boolean };
}

async function party(tx: Tx, memberId: string | null): Promise<Party | null> {
	if (memberId === null) return null;
	const [row] = await tx.execute<{ number: number; name: string }>(
		sql`select number, name from transfer_party(${memberId}::uuid)`,
	);
	return { memberId, number: row?.number ?? 0, name: row?.name ?? '' };
}

async function viewOf(tx: Tx, transfer: Transfer, memberId: string | null): Promise<TransferView> {
	const { state, fromMemberId } = transfer;
	const mine = fromMemberId === memberId;
	const {
		declaration: _declared,
		proposedBy: _by,
		decidedBy: _decided,
		fromMemberId: _from,
		toMemberId,
		statuteVersion: _v,
		...rest
	} = transfer;
	return {
		...rest,
		from: (await party(tx, fromMemberId)) ?? { memberId: fromMemberId, number: 0, name: '' },
		to: await party(tx, toMemberId),
		proposedAt: transfer.proposedAt.toISOString(),
		acceptedAt: transfer.acceptedAt?.toISOString() ?? null,
		decidedAt: transfer.decidedAt?.toISOString() ?? null,
		can: {
			accept: canTransfer('accept', state) && !mine,
			decline: canTransfer('decline', state) && !mine,
			withdraw: canTransfer('withdraw', state) && mine,
			enter: canTransfer('enter', state),
			refuse: canTransfer('refuse', state),
		},
	};
}

async function viewsOf(tx: Tx, where: SQL | undefined, memberId: string | null): Promise<TransferView[]> {
	const rows = await tx.select().from(shareTransfers).where(where).orderBy(desc(shareTransfers.proposedAt)).limit(200);
	const views: TransferView[] = [];
	for (const row of rows) views.push(await viewOf(tx, row, memberId));
	return views;
}

/** Transfers for staff, newest first; those that wait unless other states are named. */
export function listTransfers(
	db: Database,
	{ by, states = ['proposed', 'accepted'] }: { by: Actor; states?: readonly TransferState[] },
): Promise<TransferView[]> {
	return transact(db, by, (tx) => viewsOf(tx, inArray(shareTransfers.state, [...states]), null));
}

/** What a member may hand over, and what stands in the way: 'excluded' by the statute, an 'exit' or a 'transfer' under way, 'nothing' held. */
export interface TransferTerms {
	statuteVersion: number;
	rule: StatuteTerms['transfer'];
	obstacle: 'excluded' | 'exit' | 'transfer' | 'nothing' | null;
	nominalCents: number;
	mandatoryShares: number;
	maxShares: number;
	held: { shares: number; nominalCents: number; paidCents: number };
	/** what must be declared to take new shares */
	clauses: Clause[];
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/** The acting member's transfers, given and received, with what may be handed over. Refuses missing `members.no-membership`. */
export function readOwnTransfers(
	db: Database,
	{ by, at }: { by: Actor; at: Date },
): Promise<{ terms: TransferTerms; transfers: (TransferView & { mine: boolean; takesAtLeast: number })[] }> {
	return transact(db, by, async (tx) => {
		const memberId = ownMemberId(by);
		const { version, terms } = await statuteOn(tx, dayOf(at));
		const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
		const views = await viewsOf(
			tx,
			or(
				eq(shareTransfers.fromMemberId, memberId),
				eq(shareTransfers.toMemberId, memberId),
				sql`${shareTransfers.toMemberId} is null and ${shareTransfers.toEmail} = app_member_email()`,
			),
			memberId,
		);
		const own = views.find(
			({ from, state }) => from.memberId === memberId && (state === 'proposed' || state === 'accepted'),
		);
		const excluded = terms.transfer === 'excluded' && terms.noticeMonths <= 60 && !limitsPayout(terms);
		const exit = (await openExits(tx, memberId)).some(({ shares }) => shares === null);
		const obstacle = excluded ? 'excluded' : exit ? 'exit' : own ? 'transfer' : held.paidCents > 0 ? null : 'nothing';
		return {
			terms: {
				...{ statuteVersion: version, rule: terms.transfer, obstacle, nominalCents: terms.nominalCents },
				...{ mandatoryShares: terms.mandatoryShares, maxShares: terms.maxShares },
				held: { shares: held.shares, nominalCents: held.nominalCents, paidCents: held.paidCents },
				clauses: requiredClauses(terms, true),
			},
			transfers: views.map((view) => ({
				...view,
				mine: view.from.memberId === memberId,
				takesAtLeast: sharesNeeded(held, view.amountCents, terms.nominalCents),
			})),
		};
	});
}
