// Changes of the statute's terms: proposed by one person, approved by another or taken back.
import { and, desc, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkTerms, checkValidFrom } from '../rules/bounds.ts';
import { checkNominalChange, type NominalChange } from '../rules/nominal.ts';
import { completedTerms, type StatuteTerms } from '../rules.ts';
import { cooperative, statuteProposals, statuteVersions } from '../tables.ts';

function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'statute.person-needed');
	return by.personId;
}

function checkUnchanged(basedOn: number | null, version: number): void {
	if (basedOn !== null && basedOn !== version) throw new Refusal('conflict', 'statute.changed-meanwhile', { version });
}

async function lastVersion(tx: Tx): Promise<{ version: number; validFrom: Day; terms: StatuteTerms }> {
	const [locked] = await tx.select({ one: cooperative.one }).from(cooperative).for('update');
	const [last] = await tx
		.select({ version: statuteVersions.version, validFrom: statuteVersions.validFrom, terms: statuteVersions.terms })
		.from(statuteVersions)
		.orderBy(desc(statuteVersions.version))
		.limit(1);
	if (!locked || !last) throw new Refusal('missing', 'statute.not-set-up');
	return { ...last, terms: completedTerms(last.terms) };
}

type StoredProposal = typeof statuteProposals.$inferSelect;

/** How the nominal value is to change, as the proposal says; null where it stays. */
function nominalOf({ keeps, resolvedOn, votesFor, votesAgainst, dueOn }: StoredProposal): NominalChange | null {
	if (keeps === 'shares' && resolvedOn !== null && votesFor !== null && votesAgainst !== null)
		return { keeps, resolvedOn, votesFor, votesAgainst, dueOn };
	return keeps === null ? null : { keeps: 'capital' };
}

/**
 * Proposes terms that hold from a day on. One proposal is open at a time; another person approves it. `basedOn` is the version the
 * proposer had before them; `nominal` says how the nominal value changes (without it shares are divided or joined).
 * Refuses conflict `statute.proposal-open`, `statute.not-after-last`, `statute.changed-meanwhile` {version} if that is no longer the
 * latest; forbidden `statute.person-needed`; invalid `statute.day-unknown` and everything `checkTerms` and `checkNominalChange` refuse.
 */
export function proposeStatute(
	db: Database,
	{
		by,
		at,
		key,
		validFrom,
		terms,
		source,
		basedOn,
		nominal = null,
	}: Command & {
		validFrom: Day;
		terms: StatuteTerms;
		source: string;
		basedOn?: number | undefined;
		nominal?: NominalChange | null | undefined;
	},
): Promise<{ proposalId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const proposedBy = personOf(by);
		checkTerms(terms);
		const last = await lastVersion(tx);
		checkUnchanged(basedOn ?? null, last.version);
		checkValidFrom(validFrom, last.validFrom);
		const change = checkNominalChange({ before: last.terms, after: terms, validFrom }, nominal);
		const [made] = await tx
			.insert(statuteProposals)
			.values({ validFrom, terms, source, basedOn: basedOn ?? last.version, ...change, proposedBy, proposedAt: at })
			.onConflictDoNothing()
			.returning({ id: statuteProposals.id });
		if (!made) throw new Refusal('conflict', 'statute.proposal-open');
		note({
			action: 'statute.propose',
			subject: `statute proposal ${made.id}`,
			after: { validFrom, terms, source, nominal: change },
		});
		return { proposalId: made.id };
	});
}

async function openProposal(tx: Tx, proposalId: string) {
	const [found] = await tx.select().from(statuteProposals).where(eq(statuteProposals.id, proposalId)).for('update');
	if (!found) throw new Refusal('missing', 'statute.proposal-unknown');
	if (found.state !== 'open') throw new Refusal('conflict', 'statute.proposal-decided');
	return found;
}

/** An approved change: the version it became, with the terms before and after. */
export interface ApprovedChange {
	version: number;
	validFrom: Day;
	source: string;
	before: StatuteTerms;
	terms: StatuteTerms;
	/** null where the nominal value stays */
	nominal: NominalChange | null;
}

/**
 * Makes an open proposal the next version (four eyes), inside the caller's transaction. A change of the nominal value also changes
 * everybody's shares: only the caller that sees to that says `nominalMayChange` (S-12).
 * Refuses forbidden `statute.second-person-needed`, `statute.person-needed`; missing `statute.proposal-unknown`;
 * conflict `statute.proposal-decided`, `statute.not-after-last`, `statute.changed-meanwhile` {version}, `statute.nominal-changes`; and what `checkTerms` refuses.
 */
export async function approveChange(
	tx: Tx,
	note: Note,
	{ by, at, proposalId, nominalMayChange }: { by: Actor; at: Date; proposalId: string; nominalMayChange: boolean },
): Promise<ApprovedChange> {
	const decidedBy = personOf(by);
	const last = await lastVersion(tx);
	const proposal = await openProposal(tx, proposalId);
	const { validFrom, source, proposedBy, basedOn } = proposal;
	const terms = completedTerms(proposal.terms);
	if (proposedBy === decidedBy) throw new Refusal('forbidden', 'statute.second-person-needed');
	checkUnchanged(basedOn, last.version);
	checkTerms(terms);
	checkValidFrom(validFrom, last.validFrom);
	const nominal = checkNominalChange({ before: last.terms, after: terms, validFrom }, nominalOf(proposal));
	if (nominal !== null && !nominalMayChange) {
		throw new Refusal('conflict', 'statute.nominal-changes', {}, { rule: 'S-12' });
	}
	await tx
		.update(statuteProposals)
		.set({ state: 'approved', decidedBy, decidedAt: at })
		.where(eq(statuteProposals.id, proposalId));
	const version = last.version + 1;
	await tx.insert(statuteVersions).values({ version, validFrom, terms, source, proposalId, recordedAt: at });
	note({
		action: 'statute.approve',
		subject: `statute version ${version}`,
		after: { validFrom, terms, proposalId, nominal },
	});
	return { version, validFrom, source, before: last.terms, terms, nominal };
}

/**
 * Approves an open proposal, which becomes the next version (four eyes). Refuses what `approveChange` refuses; a proposal that changes
 * the nominal value is approved together with the split of the shares.
 */
export function approveStatute(
	db: Database,
	{ by, at, key, proposalId }: Command & { proposalId: string },
): Promise<{ version: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { version } = await approveChange(tx, note, { by, at, proposalId, nominalMayChange: false });
		return { version };
	});
}

/**
 * An open proposal beside the terms it would follow, for whoever shows its effect. Refuses missing `statute.proposal-unknown`;
 * conflict `statute.proposal-decided`.
 */
export async function proposedChange(
	tx: Tx,
	proposalId: string,
): Promise<{ validFrom: Day; before: StatuteTerms; terms: StatuteTerms; nominal: NominalChange | null }> {
	const [found] = await tx.select().from(statuteProposals).where(eq(statuteProposals.id, proposalId));
	if (!found) throw new Refusal('missing', 'statute.proposal-unknown');
	if (found.state !== 'open') throw new Refusal('conflict', 'statute.proposal-decided');
	const [last] = await tx.select().from(statuteVersions).orderBy(desc(statuteVersions.version)).limit(1);
	if (!last) throw new Refusal('missing', 'statute.not-set-up');
	const [before, terms] = [completedTerms(last.terms), completedTerms(found.terms)];
	const { validFrom } = found;
	const nominal = checkNominalChange({ before, after: terms, validFrom }, nominalOf(found));
	return { validFrom, before, terms, nominal };
}

/** Takes an open proposal back. Refuses missing `statute.proposal-unknown`; conflict `statute.proposal-decided`; forbidden `statute.person-needed`. */
export function withdrawStatuteProposal(
	db: Database,
	{ by, at, key, proposalId }: Command & { proposalId: string },
): Promise<{ proposalId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const decidedBy = personOf(by);
		await openProposal(tx, proposalId);
		await tx
			.update(statuteProposals)
			.set({ state: 'withdrawn', decidedBy, decidedAt: at })
			.where(and(eq(statuteProposals.id, proposalId), eq(statuteProposals.state, 'open')));
		note({ action: 'statute.withdraw', subject: `statute proposal ${proposalId}` });
		return { proposalId };
	});
}

/** A proposal as staff see it; `mine`: proposed by the reader, who then cannot approve it. */
export interface StatuteProposal {
	id: string;
	validFrom: Day;
	terms: StatuteTerms;
	source: string;
	proposedAt: string;
	mine: boolean;
	state: 'open' | 'approved' | 'withdrawn';
	/** null where the nominal value stays, and for proposals made before this was asked */
	nominal: NominalChange | null;
}

/** All proposals, newest first. */
export function listStatuteProposals(db: Database, { by }: { by: Actor }): Promise<StatuteProposal[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(statuteProposals).orderBy(desc(statuteProposals.proposedAt)).limit(200);
		return rows.map((row) => ({
			...{ id: row.id, validFrom: row.validFrom, terms: completedTerms(row.terms), source: row.source },
			proposedAt: row.proposedAt.toISOString(),
			mine: row.proposedBy === by.personId,
			...{ state: row.state, nominal: nominalOf(row) },
		}));
	});
}
