// Transfers of payout files on a bank statement: executed as a whole or one by one, confirmed, or come back.
import { and, eq, isNull, or } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { type Day, dayOf } from '../../../values/calendar.ts';
import { lineBookings, payoutFiles, payoutReturns } from '../../tables.ts';
import { executePayout, executeTransfers, outcomesOf, type TransferOutcome } from '../payoutParts.ts';
import {
	alreadyBooked,
	type Booking,
	type Context,
	dayFor,
	type Matched,
	type NewLine,
	open,
	type Outcome,
} from './outcome.ts';

type PayoutFile = typeof payoutFiles.$inferSelect;

/** The file a line speaks of, as a whole or by one of its transfers; null if of none. */
const fileOf = ({ match }: Matched): string | null => {
	if (match.kind === 'transfer') return match.transfer.fileId;
	return match.kind === 'batch' && match.batch.kind === 'transfer' ? match.batch.fileId : null;
};

const bookingOf = (line: NewLine, file: PayoutFile, memberId: string | null, entry: number): Booking => ({
	...{ amountCents: line.amountCents, kind: 'payout', memberId, account: file.account, entry },
});

/**
 * Transfers of payout files: a file is executed once all of it is on the statement; of one that is there in part the transfers that are
 * named one by one are executed, the others wait.
 */
export async function bookTransfers(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const files = new Map<string, Matched[]>();
	for (const one of matched) {
		const fileId = fileOf(one);
		if (fileId === null) continue;
		const own = files.get(fileId) ?? [];
		files.set(fileId, own);
		own.push(one);
	}
	for (const [fileId, own] of files) {
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		const known = await outcomesOf(tx, fileId);
		const sumCents = own.reduce((sum, { line }) => sum - line.amountCents, 0);
		if (file?.state !== 'released' && file?.state !== 'executed') {
			for (const { line } of own) outcomes.set(line, open('payout-not-released'));
		} else if (file.state === 'released' && known.size === 0 && sumCents === file.sumCents && namesEachOnce(own)) {
			await executeWhole(tx, note, context, { file, own, outcomes });
		} else {
			await executeNamed(tx, note, context, { file, own, known, outcomes });
		}
	}
}

const namesEachOnce = (own: readonly Matched[]): boolean => {
	const lines = own.flatMap(({ match }) => (match.kind === 'transfer' ? [match.transfer.line] : []));
	return new Set(lines).size === lines.length;
};

async function executeWhole(
	tx: Tx,
	note: Note,
	context: Context,
	{ file, own, outcomes }: { file: PayoutFile; own: readonly Matched[]; outcomes: Map<NewLine, Outcome> },
): Promise<void> {
	const { by, at } = context;
	const days = own.map(({ line }) => dayFor(line, context)).sort();
	const { entry } = await executePayout(tx, note, { by, at, fileId: file.id, executedOn: days.at(-1) ?? dayOf(at) });
	for (const { line, match } of own) {
		const memberId = match.kind === 'transfer' ? match.transfer.memberId : null;
		const basis = 'key' in match ? match.key : null;
		outcomes.set(line, { state: 'booked', basis, bookings: [bookingOf(line, file, memberId, entry)] });
	}
}

/** Transfers named one by one: executed if they were waited for; tied to what was booked by hand before; else people look at them. */
async function executeNamed(
	tx: Tx,
	note: Note,
	context: Context,
	{
		file,
		own,
		known,
		outcomes,
	}: {
		file: PayoutFile;
		own: readonly Matched[];
		known: Map<number, TransferOutcome>;
		outcomes: Map<NewLine, Outcome>;
	},
): Promise<void> {
	const byDay = new Map<Day, { line: NewLine; item: number; memberId: string; key: string }[]>();
	const seen = new Set<number>();
	for (const { line, match } of own) {
		if (match.kind !== 'transfer') {
			// A sum for the whole file: right only if it was executed by hand as a whole.
			const whole = file.state === 'executed' && known.size === 0;
			outcomes.set(line, whole ? await confirmed(tx, file, line, null) : open('payout-in-parts'));
			continue;
		}
		const { line: item, memberId } = match.transfer;
		const outcome = known.get(item);
		const twice = seen.has(item);
		seen.add(item);
		if (twice || outcome?.outcome === 'executed') outcomes.set(line, open('booked-twice'));
		else if (outcome?.outcome === 'dropped') outcomes.set(line, open('payout-dropped'));
		else if (file.state === 'executed') outcomes.set(line, await confirmed(tx, file, line, memberId));
		else {
			const on = dayFor(line, context);
			const group = byDay.get(on) ?? [];
			byDay.set(on, group);
			group.push({ line, item, memberId, key: match.key });
		}
	}
	const { by, at } = context;
	for (const [executedOn, group] of [...byDay].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const lines = group.map(({ item }) => item);
		const { entry } = await executeTransfers(tx, note, { by, at, fileId: file.id, lines, executedOn });
		for (const { line, memberId, key } of group)
			outcomes.set(line, { state: 'booked', basis: key, bookings: [bookingOf(line, file, memberId, entry)] });
	}
}

/** A transfer of a file that was marked executed by hand: tied to its line, once. */
async function confirmed(tx: Tx, file: PayoutFile, line: NewLine, memberId: string | null): Promise<Outcome> {
	const entry = file.entry ?? 0;
	const [earlier] = await tx
		.select({ lineId: lineBookings.lineId })
		.from(lineBookings)
		.where(
			and(
				eq(lineBookings.entry, entry),
				isNull(lineBookings.reopenedAt),
				memberId === null ? undefined : or(eq(lineBookings.memberId, memberId), isNull(lineBookings.memberId)),
			),
		)
		.limit(1);
	return earlier ? open('booked-twice') : alreadyBooked([bookingOf(line, file, memberId, entry)]);
}

/** A transfer that came back: the member is owed the money again. */
export async function bookTransferReturns(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const { by, at } = context;
	for (const { line, match } of matched) {
		if (match.kind !== 'transfer-return') continue;
		const { fileId, line: number, memberId, amountCents, memberNumber, returned } = match.transfer;
		const [file] = await tx.select().from(payoutFiles).where(eq(payoutFiles.id, fileId));
		const outcome = (await outcomesOf(tx, fileId)).get(number)?.outcome;
		const executed = outcome === 'executed' || (outcome === undefined && file?.state === 'executed');
		if (returned) outcomes.set(line, open('booked-twice'));
		else if (!file || !executed) outcomes.set(line, open('payout-not-released'));
		else {
			const bookedOn = dayFor(line, context);
			const postings = [
				{ account: accounts.bank, cents: amountCents },
				{ account: file.account, memberId, cents: -amountCents },
			];
			const text = `Rückläufer: ${file.subject}, Mitglied ${memberNumber}`;
			const entry = await postEntry(tx, {
				...{ by, at },
				entry: { bookedOn, kind: 'payout-return', text, reference: line.bankReference, postings },
			});
			const reason = line.returnReason ?? 'NARR';
			await tx
				.insert(payoutReturns)
				.values({ fileId, line: number, memberId, returnedOn: bookedOn, reason, entry, recordedAt: at });
			const after = { amountCents, reason, entry };
			note({ action: 'payments.payout-returned', subject: `member ${memberNumber}`, after });
			const booking = { amountCents, kind: 'payout-return' as const, memberId, account: file.account, entry };
			outcomes.set(line, { state: 'booked', basis: match.key, bookings: [booking] });
		}
	}
}
