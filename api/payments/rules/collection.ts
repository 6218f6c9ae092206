// When a direct debit may be collected and who is in it: bank days, announcement, and why somebody is left out (B-15).
import { addDays, bankDayFrom, type Day, isBankDay, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';

/** Why a member with something due is not collected from. */
export type NotCollected =
	| 'no-mandate'
	| 'mandate-lapsed'
	| 'notice-too-short'
	| 'under-way'
	| 'paused'
	| 'barred'
	| 'address-missing'
	| 'nothing-left';

/** The bank day before a day. */
export function bankDayBefore(day: Day): Day {
	let before = addDays(day, -1);
	while (!isBankDay(before)) before = addDays(before, -1);
	return before;
}

/** The first bank day that leaves so many calendar days to announce, and one bank day to hand the file in (D-1). */
export function earliestCollection(today: Day, noticeDays: number): Day {
	let day = bankDayFrom(addDays(today, Math.max(1, noticeDays)));
	while (bankDayBefore(day) < today) day = bankDayFrom(addDays(day, 1));
	return day;
}

/**
 * Whether a batch may be collected on a day. Refuses invalid `payments.day-wrong`, `payments.not-a-bank-day` {next},
 * `payments.collection-too-soon` {earliest}: the shortest announcement that is possible, and a bank day before it.
 */
export function checkCollectionDay(collectionOn: Day, today: Day, noticeDays = 1): void {
	const field = { rule: 'B-15', field: 'collectionOn' };
	if (!isDay(collectionOn) || collectionOn > addDays(today, 366))
		throw new Refusal('invalid', 'payments.day-wrong', {}, field);
	if (!isBankDay(collectionOn)) {
		throw new Refusal('invalid', 'payments.not-a-bank-day', { next: bankDayFrom(collectionOn) }, field);
	}
	const earliest = earliestCollection(today, noticeDays);
	if (collectionOn < earliest) throw new Refusal('invalid', 'payments.collection-too-soon', { earliest }, field);
}

/** Countries of the European Economic Area: accounts there need no address in a direct debit (B-11). */
const economicArea = new Set(
	'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
);

/** True if a debit of this account must carry the debtor's address (accounts outside the EEA: CH, GB …). */
export function needsAddress(iban: string): boolean {
	return !economicArea.has(iban.slice(0, 2));
}

/** What is done with a direct debit file in which state; as payout files. */
export const debitCan = {
	release: ['created'],
	download: ['released', 'executed'],
	execute: ['released'],
	void: ['created', 'released'],
} as const;
export type DebitState = 'created' | 'released' | 'executed' | 'voided';

/** True if a direct debit file in that state can be treated so. */
export function canDebit(verb: keyof typeof debitCan, state: DebitState): boolean {
	return (debitCan[verb] as readonly string[]).includes(state);
}
