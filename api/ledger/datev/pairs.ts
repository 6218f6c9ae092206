// Entries with many lines as pairs of two accounts, the only thing a DATEV row can say.

/** A line of an entry on an account of the adviser's chart: debit positive, credit negative. */
export interface Line {
	account: string;
	cents: number;
}

/** One row: `account` takes the amount in debit (Soll), `contra` in credit (Haben); amount above zero. */
export interface Pair {
	account: string;
	contra: string;
	amountCents: number;
}

interface Side {
	account: string;
	cents: number;
}

function sideOf(lines: readonly Line[], sign: 1 | -1): Side[] {
	const sums = new Map<string, number>();
	for (const { account, cents } of lines)
		if (Math.sign(cents) === sign) sums.set(account, (sums.get(account) ?? 0) + Math.abs(cents));
	return [...sums]
		.map(([account, cents]) => ({ account, cents }))
		.sort((a, b) => b.cents - a.cents || (a.account < b.account ? -1 : 1));
}

/**
 * Splits a balanced entry into pairs whose sums per account and side are exactly those of its lines (B-31): the largest debit is paired
 * with the largest credit of another account. What has its other side on the same account only (a transfer between two members) goes
 * through the clearing account, which ends where it began. Throws RangeError if the lines are not balanced.
 */
export function pairsOf(lines: readonly Line[], clearingAccount: string): Pair[] {
	if (lines.reduce((sum, { cents }) => sum + cents, 0) !== 0) throw new RangeError('the entry is not balanced');
	const debits = sideOf(lines, 1);
	const credits = sideOf(lines, -1);
	const pairs: Pair[] = [];
	for (const debit of debits) {
		while (debit.cents > 0) {
			const open = credits.filter(({ cents }) => cents > 0);
			const other = open
				.filter(({ account }) => account !== debit.account)
				.reduce<Side | undefined>((most, side) => (most && most.cents >= side.cents ? most : side), undefined);
			const credit = other ?? open[0];
			if (!credit) throw new RangeError('the entry is not balanced');
			const amountCents = Math.min(debit.cents, credit.cents);
			if (credit.account !== debit.account) pairs.push({ account: debit.account, contra: credit.account, amountCents });
			else
				pairs.push(
					{ account: debit.account, contra: clearingAccount, amountCents },
					{ account: clearingAccount, contra: credit.account, amountCents },
				);
			debit.cents -= amountCents;
			credit.cents -= amountCents;
		}
	}
	return pairs;
}
