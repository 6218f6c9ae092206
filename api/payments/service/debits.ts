// Direct debits: who can be collected from on a day, and the batch that is made of them (B-13 to B-15).
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import { lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkCollectionDay, earliestCollection, needsAddress, type NotCollected } from '../rules/collection.ts';
import { personOf } from '../rules/files.ts';
import { mandateState, sequenceOf } from '../rules/mandate.ts';
import { debitFiles, debitItems } from '../tables.ts';
import { debitFileXml } from './debitFile.ts';
import { creditorOf, standingMandates } from './mandateViews.ts';
import { owingMembers, pausesOn, plansOf, underWay } from './plans.ts';
import { type Recipient, recipientsOf } from './recipients.ts';

/** A member in the preview of a batch: collected from, or why not. */
export interface DebitCandidate {
	memberId: string;
	number: number;
	name: string;
	openCents: number;
	dueSince: Day;
	/** set if the member can be collected from */
	collectable: {
		amountCents: number;
		sequence: 'OOFF' | 'RCUR' | 'FNAL';
		mandateReference: string;
		ibanMasked: string;
		announcedBy: 'mail' | 'letter';
	} | null;
	/** set if not; `earliest` for a notice that is too short */
	reason: NotCollected | null;
	earliest: Day | null;
}

/** A batch as it would be made. */
export interface DebitPreview {
	collectionOn: Day;
	/** the first day for which everybody can still be told in time */
	earliest: Day;
	count: number;
	sumCents: number;
	candidates: DebitCandidate[];
}

type Mandate = NonNullable<ReturnType<Awaited<ReturnType<typeof standingMandates>>['get']>>;
type Found = DebitCandidate & { mandate?: Mandate; who: Recipient };

async function candidatesOf(tx: Tx, keys: Keys | null, today: Day, collectionOn: Day): Promise<Found[]> {
	const ids = await owingMembers(tx, collectionOn);
	const plans = await plansOf(tx, ids, today);
	const people = await recipientsOf(tx, ids);
	const mandates = await standingMandates(tx, ids);
	const running = await underWay(tx, ids);
	const pauses = await pausesOn(tx, today);
	const found = ids.flatMap((memberId): Found[] => {
		const plan = plans.get(memberId) ?? [];
		const open = plan.filter(({ dueOn, openCents }) => openCents > 0 && dueOn <= collectionOn);
		const enforceable = open.filter(({ state }) => state !== 'barred');
		const who = people.get(memberId);
		const [oldest] = open;
		if (!oldest || !who) return [];
		const openCents = open.reduce((sum, one) => sum + one.openCents, 0);
		const amountCents = enforceable.reduce((sum, one) => sum + one.openCents, 0) - (running.get(memberId) ?? 0);
		const mandate = mandates.get(memberId);
		const one = { memberId, number: who.number, name: who.sortName, openCents, dueSince: oldest.dueOn, who };
		const no = (reason: NotCollected, earliest: Day | null = null): Found[] => [
			{ ...one, collectable: null, reason, earliest },
		];
		if (!mandate) return no('no-mandate');
		if (pauses.has(memberId)) return no('paused');
		if (enforceable.length === 0) return no('barred');
		if (amountCents <= 0) return no('under-way');
		if (mandateState({ ...mandate, endReason: null }, collectionOn) !== 'standing') return no('mandate-lapsed');
		if (earliestCollection(today, mandate.noticeDays) > collectionOn)
			return no('notice-too-short', earliestCollection(today, mandate.noticeDays));
		const iban = keys && unseal(keys, { table: 'mandates', column: 'iban', row: mandate.id }, mandate.iban);
		if (iban && needsAddress(iban) && (mandate.town === '' || mandate.country === '')) return no('address-missing');
		const last = who.leftOn !== null && plan.every(({ dueOn, openCents: c }) => c === 0 || dueOn <= collectionOn);
		const collectable = {
			...{ amountCents, sequence: sequenceOf(mandate.kind, last), mandateReference: mandate.reference },
			...{ ibanMasked: mandate.ibanMasked, announcedBy: who.email ? ('mail' as const) : ('letter' as const) },
		};
		return [{ ...one, collectable, reason: null, earliest: null, mandate }];
	});
	return found.sort((a, b) => a.number - b.number);
}

/**
 * Who would be collected from on a day, how much, and why others would not. Refuses invalid `payments.day-wrong`,
 * `payments.not-a-bank-day` {next}, `payments.collection-too-soon` {earliest}.
 */
export function previewDebits(
	db: Database,
	{ by, at, keys, collectionOn }: { by: Actor; at: Date; keys: Keys; collectionOn: Day },
): Promise<DebitPreview> {
	return transact(db, by, async (tx) => {
		const today = dayOf(at);
		checkCollectionDay(collectionOn, today);
		const found = await candidatesOf(tx, keys, today, collectionOn);
		const chosen = found.flatMap(({ collectable }) => collectable ?? []);
		return {
			...{ collectionOn, earliest: earliestCollection(today, 14), count: chosen.length },
			sumCents: chosen.reduce((sum, { amountCents }) => sum + amountCents, 0),
			candidates: found.map(({ mandate: _mandate, who: _who, ...candidate }) => candidate),
		};
	});
}

/** A direct debit file just made; release it with this hash. */
export interface DebitsMade {
	fileId: string;
	messageId: string;
	itemCount: number;
	sumCents: number;
	sha256: string;
}

/**
 * Makes a direct debit file (pain.008.001.08) of what the named members owe on the collection day; nothing is booked or announced
 * yet. Needs a person. Refuses forbidden `payments.person-needed`; conflict `payments.creditor-id-missing`,
 * `payments.own-iban-missing`, `payments.not-collectable` {numbers}; invalid `payments.nothing-to-collect` and as `previewDebits`.
 */
export function createDebitFile(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		subject,
		collectionOn,
		memberIds,
	}: Command & { keys: Keys; subject: string; collectionOn: Day; memberIds: readonly string[] },
): Promise<DebitsMade> {
	return write(db, { by, at, key }, async (tx, note) => {
		const createdBy = personOf(by);
		const today = dayOf(at);
		checkCollectionDay(collectionOn, today);
		const creditor = await creditorOf(tx);
		if (creditor.iban === null) throw new Refusal('conflict', 'payments.own-iban-missing');
		const wanted = [...new Set(memberIds)];
		if (wanted.length === 0) throw new Refusal('invalid', 'payments.nothing-to-collect', {}, { field: 'memberIds' });
		const locked = await lockMembers(tx, wanted);
		const found = new Map((await candidatesOf(tx, keys, today, collectionOn)).map((one) => [one.memberId, one]));
		const without = wanted.filter((id) => !found.get(id)?.collectable);
		if (without.length > 0) {
			const numbers = without
				.map((id) => locked.get(id)?.number ?? 0)
				.sort((a, b) => a - b)
				.slice(0, 20)
				.join(', ');
			throw new Refusal('conflict', 'payments.not-collectable', { numbers }, { rule: 'B-15', field: 'memberIds' });
		}
		const [row] = await tx.execute<{ id: string }>(sql`select uuidv7() as id`);
		const fileId = row?.id ?? '';
		const mark = fileId.slice(-12);
		const messageId = `GWL-${collectionOn.replaceAll('-', '')}-${mark}`;
		const lines = [...found.values()]
			.filter(({ memberId }) => wanted.includes(memberId))
			.flatMap(({ memberId, number, mandate, collectable }) =>
				mandate && collectable ? [{ memberId, number, mandate, collectable }] : [],
			)
			.map((line, i) => ({
				...line,
				endToEndId: `GWL-${mark}-${i + 1}`,
				remittance: `${subject}, Mitglied ${line.number}`,
			}));
		const xml = debitFileXml({
			...{ messageId, createdAt: at, collectionOn },
			creditor: { name: creditor.name, iban: creditor.iban, creditorId: creditor.creditorId },
			debits: lines.map(({ mandate, collectable, endToEndId, remittance }) => ({
				...{ name: mandate.debtorName, address: mandate, endToEndId, remittance },
				iban: unseal(keys, { table: 'mandates', column: 'iban', row: mandate.id }, mandate.iban),
				...{ amountCents: collectable.amountCents, sequence: collectable.sequence },
				...{ mandateReference: mandate.reference, signedOn: mandate.signedOn },
			})),
		});
		const sha256 = createHash('sha256').update(xml).digest();
		const sumCents = lines.reduce((sum, { collectable }) => sum + collectable.amountCents, 0);
		await tx.insert(debitFiles).values({
			...{ id: fileId, messageId, subject, collectionOn, itemCount: lines.length, sumCents, sha256, createdBy },
			...{ createdAt: at, content: seal(keys, { table: 'debit_files', column: 'content', row: fileId }, xml) },
		});
		for (let i = 0; i < lines.length; i += 4_000) {
			const part = lines.slice(i, i + 4_000);
			await tx.insert(debitItems).values(
				part.map(({ memberId, mandate, collectable, endToEndId, remittance }, j) => ({
					...{ fileId, line: i + j + 1, memberId, mandateId: mandate.id, endToEndId, remittance },
					...{ amountCents: collectable.amountCents, sequence: collectable.sequence },
					...{ ibanMasked: collectable.ibanMasked, announcedBy: collectable.announcedBy },
				})),
			);
		}
		const made = { messageId, itemCount: lines.length, sumCents, sha256: sha256.toString('hex') };
		const after = { ...made, subject, collectionOn };
		note({ action: 'payments.create-debits', subject: `debit file ${fileId}`, after });
		note({
			action: 'members.open-secrets',
			subject: `${lines.length} mandates`,
			after: { purpose: `debit file: ${subject}` },
		});
		return { fileId, ...made };
	});
}
