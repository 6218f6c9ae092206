// Which line of a bank statement belongs to what: by keys in a fixed order, never by a name alone (B-18).
import { type Day, daysBetween } from '../../values/calendar.ts';
import { normalised } from '../../values/identifiers.ts';
import { memberOfReference } from './reference.ts';

/** A direct debit that was handed to the bank. */
export interface KnownDebit {
	fileId: string;
	line: number;
	memberId: string;
	memberNumber: number;
	amountCents: number;
	endToEndId: string;
	mandateReference: string;
	messageId: string;
	paymentId: string | null;
	returned: boolean;
	/** its batch was taken back */
	voided: boolean;
}

/** A transfer that was handed to the bank. */
export interface KnownTransfer {
	fileId: string;
	line: number;
	memberId: string;
	memberNumber: number;
	amountCents: number;
	endToEndId: string;
	messageId: string;
	state: 'created' | 'released' | 'executed' | 'voided';
	returned: boolean;
}

/** A batch as a whole: banks may show one sum only. */
export interface KnownBatch {
	kind: 'debit' | 'transfer';
	fileId: string;
	/** of the message, or of one of its batches */
	messageId: string;
	/** only the debits of this sequence; null: all */
	sequence: 'OOFF' | 'RCUR' | 'FNAL' | null;
	sumCents: number;
	state: 'created' | 'released' | 'executed' | 'voided';
}

/** A member a line may name. */
export interface KnownMember {
	memberId: string;
	expectedCents: readonly number[];
	byHand: readonly { amountCents: number; valueOn: Day }[];
}

/** What the books wait for, as far as the lines at hand could mean it. */
export interface Known {
	debits: readonly KnownDebit[];
	transfers: readonly KnownTransfer[];
	batches: readonly KnownBatch[];
	/** by member number: the member, the amounts that would settle something, and what was recorded by hand lately */
	members: ReadonlyMap<number, KnownMember>;
}

/** The parts of a statement line that matching looks at. */
export interface Matchable {
	amountCents: number;
	valueOn: Day;
	endToEndId: string | null;
	mandateReference: string | null;
	creditorReference: string | null;
	batchId: string | null;
	purpose: string;
	returnReason: string | null;
	originalCents: number | null;
}

/** Which key told it. */
export type MatchKey = 'end-to-end-id' | 'mandate' | 'creditor-reference' | 'member-number' | 'batch';

/** What a line means; 'open': people decide. */
export type Match =
	| { kind: 'debit'; key: MatchKey; debit: KnownDebit }
	| { kind: 'debit-return'; key: MatchKey; debit: KnownDebit }
	| { kind: 'payment'; key: MatchKey; memberId: string; memberNumber: number }
	| { kind: 'transfer'; key: MatchKey; transfer: KnownTransfer }
	| { kind: 'transfer-return'; key: MatchKey; transfer: KnownTransfer }
	| { kind: 'batch'; key: MatchKey; batch: KnownBatch }
	| { kind: 'open' };

/** Member numbers that a text names as such ('Mitglied 147', 'Mitgl.-Nr. 00147', 'M-Nr 147'); each once. */
export function memberNumbersIn(text: string): number[] {
	const named = /\b(?:mitglieds?|mitgl|mgl|m)[\s.-]*(?:nr|no|nummer|number)?[\s.:#-]*0*([1-9][0-9]{0,8})\b/gi;
	const numbers = [...text.matchAll(named)]
		.filter(([whole]) => !/^m[0-9]/i.test(whole))
		.map(([, digits]) => Number(digits));
	return [...new Set(numbers)];
}

/** Creditor references inside a text, check digits right. */
export function referencesIn(text: string): string[] {
	const upper = text.toUpperCase();
	const found = [...upper.matchAll(/\bRF\s?[0-9]{2}/g)].flatMap(({ index }) => {
		const whole = upper
			.slice(index, index + 50)
			.replace(/\s/g, '')
			.slice(0, 25);
		// What follows the reference may have been swept along: the longest beginning whose check digits are right.
		for (let length = whole.length; length > 4; length--) {
			const part = whole.slice(0, length);
			if (memberOfReference(part) !== undefined) return [part];
		}
		return [];
	});
	return [...new Set(found)];
}

const same = (a: string | null, b: string): boolean => a !== null && normalised(a) === normalised(b);

/** What is known, found by its keys: a statement may bring ten thousand lines about as many debits. */
interface Index {
	debitsById: ReadonlyMap<string, KnownDebit>;
	debitsOfMandate: ReadonlyMap<string, readonly KnownDebit[]>;
	transfersById: ReadonlyMap<string, KnownTransfer>;
}

function indexOf({ debits, transfers }: Known): Index {
	const debitsOfMandate = new Map<string, KnownDebit[]>();
	for (const debit of debits) {
		const reference = normalised(debit.mandateReference);
		debitsOfMandate.set(reference, [...(debitsOfMandate.get(reference) ?? []), debit]);
	}
	return {
		debitsById: new Map(debits.map((debit) => [normalised(debit.endToEndId), debit])),
		debitsOfMandate,
		transfersById: new Map(transfers.map((transfer) => [normalised(transfer.endToEndId), transfer])),
	};
}

function matchDebit(line: Matchable, { debitsById, debitsOfMandate }: Index): Match | undefined {
	const back = line.amountCents < 0;
	const kind = back ? ('debit-return' as const) : ('debit' as const);
	const amount = back ? (line.originalCents ?? -line.amountCents) : line.amountCents;
	const fits = (debit: KnownDebit) => {
		if (debit.amountCents > amount) return false;
		return back ? true : debit.amountCents === amount;
	};
	const byId = line.endToEndId === null ? undefined : debitsById.get(normalised(line.endToEndId));
	if (byId) return fits(byId) ? { kind, key: 'end-to-end-id', debit: byId } : { kind: 'open' };
	const ofMandate =
		line.mandateReference === null ? [] : (debitsOfMandate.get(normalised(line.mandateReference)) ?? []);
	const standing = ofMandate.filter((debit) => !debit.voided && fits(debit));
	const waiting = standing.filter((debit) => (back ? !debit.returned : debit.paymentId === null && !debit.returned));
	const [only, second] = back ? waiting.filter((debit) => debit.amountCents === amount) : waiting;
	return only && !second ? { kind, key: 'mandate', debit: only } : undefined;
}

function matchTransfer(line: Matchable, { transfersById }: Index): Match | undefined {
	const transfer = line.endToEndId === null ? undefined : transfersById.get(normalised(line.endToEndId));
	if (!transfer) return undefined;
	if (Math.abs(line.amountCents) !== transfer.amountCents) return { kind: 'open' };
	const kind = line.amountCents < 0 ? ('transfer' as const) : ('transfer-return' as const);
	return { kind, key: 'end-to-end-id', transfer };
}

function matchBatch(line: Matchable, { batches }: Known): Match | undefined {
	const { batchId } = line;
	if (batchId === null) return undefined;
	// Transfer files number their batches: 'GW-….0'.
	const names = (messageId: string) => [messageId, `${messageId}.0`].some((one) => same(batchId, one));
	const batch = batches.find(
		({ kind, messageId, sumCents }) =>
			names(messageId) && line.amountCents === (kind === 'debit' ? sumCents : -sumCents),
	);
	return batch && line.returnReason === null ? { kind: 'batch', key: 'batch', batch } : undefined;
}

/** Days by which a payment recorded by hand may differ from its line on the statement. */
const handDays = 5;

function matchMember(line: Matchable, { members }: Known): Match | undefined {
	if (line.amountCents < 0 || line.returnReason !== null) return undefined;
	const found = (number: number, key: MatchKey): Match => {
		const member = members.get(number);
		// Somebody may have recorded this very money already: people look at it.
		const twice = member?.byHand.some(
			({ amountCents, valueOn }) =>
				amountCents === line.amountCents && Math.abs(daysBetween(valueOn, line.valueOn)) <= handDays,
		);
		if (!member || twice) return { kind: 'open' };
		return { kind: 'payment', key, memberId: member.memberId, memberNumber: number };
	};
	const references = [...(line.creditorReference ? [line.creditorReference] : []), ...referencesIn(line.purpose)];
	const named = [...new Set(references.map(memberOfReference))].filter((n) => n !== undefined && members.has(n));
	const [byReference, another] = named;
	if (byReference !== undefined)
		return another === undefined ? found(byReference, 'creditor-reference') : { kind: 'open' };
	const [number, other] = memberNumbersIn(line.purpose);
	if (number === undefined || other !== undefined) return undefined;
	return members.get(number)?.expectedCents.includes(line.amountCents) ? found(number, 'member-number') : undefined;
}

/**
 * Tells what each line means, by the keys of B-18 in their order: EndToEndId, mandate, batch as a whole, creditor reference, member
 * number in the text together with an amount that is expected. A key that fits while the amount does not leaves the line open: people
 * look at it.
 */
export function matcherOf(known: Known): (line: Matchable) => Match {
	const index = indexOf(known);
	return (line) =>
		matchTransfer(line, index) ??
		matchDebit(line, index) ??
		matchBatch(line, known) ??
		matchMember(line, known) ?? { kind: 'open' };
}
