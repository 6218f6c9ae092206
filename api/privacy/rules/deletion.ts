// When the data of somebody who left are no longer needed: which of them, from which day on, restricted or erased, and until when they are kept.
import { keepUntil } from '../../documents/rules.ts';
import { addDays, addMonths, type Day } from '../../values/calendar.ts';

/**
 * What is deleted apart (G-21): the portal account; e-mail, phone and the board's notes; the bank account; the birth date; the tax id;
 * the declaration to join; archived documents; data restricted earlier whose time is over.
 */
export const deletionCategories = [
	...(['account', 'contact', 'bank', 'birth-date', 'tax-id', 'declaration', 'document', 'archive'] as const),
] as const;
export type DeletionCategory = (typeof deletionCategories)[number];

/** Restricted: out of use, kept in the archive because the law asks for it (§ 35(3) BDSG). Erased: gone. */
export const deletionActions = ['restricted', 'erased'] as const;
export type DeletionAction = (typeof deletionActions)[number];

/** What decides about the data of somebody who left. */
export interface Leaver {
	joinedOn: Day;
	/** last day of the membership */
	leftOn: Day;
	/** the declaration to join, if there is one */
	declaredOn: Day | null;
	/** nothing is owed in either direction: balance paid out, no dividend, overpayment or claim open */
	settled: boolean;
	/** months after the exit in which the balance is due (§ 73(2) GenG, statute) */
	payoutMonths: number;
	/** last direct debit collected from the member; 13 months it can be returned as unauthorised (§ 676b(2) BGB) */
	lastDebitOn: Day | null;
	/** last payment to or from the member */
	lastPaymentOn: Day | null;
	/** last dividend: the day of its inflow */
	lastInflowOn: Day | null;
}

/** From when on something may go, what happens to it and how long it is then kept. `dueOn` null: not yet known. */
export interface Due {
	dueOn: Day | null;
	action: DeletionAction;
	keepUntil: Day | null;
	/** why that day: the rule, and in a word what it waits for */
	rule: string;
	because: 'exit' | 'not-settled' | 'refund-windows' | 'tax-year' | 'register-document' | 'kept-long-enough';
}

const latest = (...days: (Day | null)[]): Day => days.reduce<Day>((last, day) => (day && day > last ? day : last), '');
const endOfNextYear = (day: Day): Day => `${Number(day.slice(0, 4)) + 1}-12-31`;

/**
 * When a part of a leaver's data is due. Nothing is touched while money is owed in either direction. Account and contact go with the exit;
 * the bank account after the payout, the year in which the last dividend is decided, and the refund window of direct debits, and is
 * then restricted as long as vouchers are kept; the tax id after the year that follows the last dividend, then restricted like tax papers;
 * birth date and declaration stand behind the register entry (G-20).
 */
export function dueOf(category: Exclude<DeletionCategory, 'document' | 'archive'>, leaver: Leaver): Due {
	const { joinedOn, leftOn, declaredOn, settled, payoutMonths, lastDebitOn, lastPaymentOn, lastInflowOn } = leaver;
	const proof = keepUntil('register-document', declaredOn ?? joinedOn, leftOn);
	if (category === 'declaration') {
		const dueOn = declaredOn === null || proof === null ? null : addDays(proof, 1);
		return { dueOn, action: 'erased', keepUntil: null, rule: 'G-20', because: 'register-document' };
	}
	const waiting: Due = { dueOn: null, action: 'erased', keepUntil: null, rule: 'G-21', because: 'not-settled' };
	if (!settled) return waiting;
	if (category === 'account' || category === 'contact')
		return { dueOn: addDays(leftOn, 1), action: 'erased', keepUntil: null, rule: 'G-21', because: 'exit' };
	const windows = latest(
		addMonths(leftOn, payoutMonths),
		endOfNextYear(leftOn),
		lastDebitOn && addMonths(lastDebitOn, 13),
	);
	const dueOn = addDays(windows, 1);
	if (category === 'bank') {
		const kept = keepUntil('voucher', latest(leftOn, lastPaymentOn), leftOn);
		return { dueOn, action: 'restricted', keepUntil: kept, rule: 'B-60', because: 'refund-windows' };
	}
	if (category === 'birth-date')
		return { dueOn, action: 'restricted', keepUntil: proof, rule: 'G-20', because: 'register-document' };
	const taxYear = latest(leftOn, lastInflowOn);
	return {
		...{ dueOn: addDays(endOfNextYear(taxYear), 1), action: 'restricted' as const },
		...{ keepUntil: keepUntil('letter', taxYear, leftOn), rule: 'B-60', because: 'tax-year' as const },
	};
}

/** True if something due then may go on `day`; what must be kept longer than that is restricted until `keepUntil`. */
export function isDue({ dueOn }: Due, day: Day): boolean {
	return dueOn !== null && dueOn <= day;
}

/** What happens on `day`: data whose time in the archive is over by then are erased at once. */
export function actionOn(due: Due, day: Day): { action: DeletionAction; keepUntil: Day | null } {
	return due.action === 'restricted' && due.keepUntil !== null && due.keepUntil >= day
		? { action: 'restricted', keepUntil: due.keepUntil }
		: { action: 'erased', keepUntil: null };
}
