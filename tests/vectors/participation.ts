// shares/subscription_transfer_liability: what a statute may ask, further shares, instalments, transfers, liability sums.
import { checkFurther, duesOf, splitPayment, unpaidBeforeFurther } from '../../api/shares/rules.ts';
import { forbiddenActs, refuseForbidden } from '../../api/shares/rules/settlement.ts';
import { afterTransfer, sharesNeeded, sharesOfAmount, type Side } from '../../api/shares/rules/transfer.ts';
import { checkTerms } from '../../api/statute/rules/bounds.ts';
import { liabilitySumCents, type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';
import { eurosOf } from '../../api/values/money.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { centsIn, dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

const limitationYears = 10;
const numberIn = (value: unknown, otherwise: number): number => Number(textOf(value) ?? otherwise);

/** What a yes or no is called; a refusal is a no, anything else thrown is a mistake. */
function told(work: () => void): { may: boolean; refusal: Refusal | undefined } {
	try {
		work();
		return { may: true, refusal: undefined };
	} catch (refusal) {
		if (!(refusal instanceof Refusal)) throw refusal;
		return { may: false, refusal };
	}
}

function termsOf(given: Fields, changes: Partial<StatuteTerms> = {}): StatuteTerms {
	const nominalCents = centsIn(given.geschaeftsanteil, 10_000);
	return {
		...suggestedTerms,
		...{ nominalCents, firstPaymentCents: nominalCents, liabilityCents: nominalCents, firstPaymentDays: 0 },
		...{ maxShares: numberIn(firstOf(given, 'max_shares', 'statute_max_shares'), 100_000) },
		...{ mandatoryShares: Math.max(1, numberIn(given.mandatory_shares, 1)) },
		...changes,
	};
}

function determined(given: Fields): Fields {
	const cents = centsIn(given.determined_payments);
	const { may } = told(() => checkTerms(termsOf(given, { firstPaymentCents: cents, instalmentCents: 0 })));
	const min = Math.ceil(centsIn(given.geschaeftsanteil) / 10);
	return {
		statute_valid: may,
		valid: may,
		minimum: eurosOf(min),
		min_determined: eurosOf(min),
		required_min: eurosOf(min),
	};
}

function further(given: Fields): Fields {
	const count = numberIn(given.request_further, 1);
	const shares = numberIn(given.shares, 1);
	const mandatory = given.mandatory === true;
	const terms = termsOf(given, mandatory ? { mandatoryShares: shares + count } : {});
	const nominalCents = terms.nominalCents * shares;
	const paidCents = centsIn(firstOf(given, 'paid_in_total', 'paid', 'gg'));
	const holding = { shares, nominalCents, dueCents: nominalCents, paidCents };
	const { may, refusal } = told(() => checkFurther(terms, holding, count));
	const first = mandatory ? 0 : unpaidBeforeFurther(holding);
	return { admissible: may, accepted: may, valid: may, must_be_paid_first: eurosOf(first), ...refusal?.values };
}

function instalments(given: Fields): Fields {
	const firstPaymentCents = centsIn(given.down_payment);
	const instalmentCents = centsIn(given.instalment);
	const terms = termsOf(given, {
		...{ firstPaymentCents, instalmentCents },
		instalmentMonths: numberIn(firstOf(given, 'every_months', 'interval_months'), 1),
	});
	const start = dayIn(given.start, '2026-01-01');
	const dues = duesOf(terms, numberIn(given.shares, 1), start);
	return {
		due: dues.map(({ dueOn, amountCents }) => [dueOn, eurosOf(amountCents)]),
		limitation_years: limitationYears,
		total: eurosOf(dues.reduce((sum, { amountCents }) => sum + amountCents, 0)),
	};
}

function payment(given: Fields, amount: unknown): Fields {
	const fee = centsIn(firstOf(given, 'eintrittsgeld', 'entry_fee'));
	const nominalCents = centsIn(
		firstOf(given, 'cap', 'geschaeftsanteil_total'),
		centsIn(given.geschaeftsanteil) * numberIn(given.shares, 1),
	);
	const paidCents = centsIn(firstOf(given, 'gg', 'gg_before', 'paid_in_total', 'paid'));
	const { creditedCents, overpaidCents } = splitPayment(centsIn(amount) - fee, { nominalCents, paidCents });
	const over = eurosOf(overpaidCents);
	return {
		...{ credited: eurosOf(creditedCents), to_gg: eurosOf(creditedCents), gg: eurosOf(paidCents + creditedCents) },
		...{ gg_after: eurosOf(paidCents + creditedCents), excess: over, overpaid: over, liability: over },
		...{
			liability_to_member: over,
			liability_to_member_cents: overpaidCents,
			fixed_interest_allowed: false,
			interest: '0.00',
		},
		...{ income: eurosOf(fee), entry_fee_income: eurosOf(fee), eintrittsgeld_income: eurosOf(fee) },
	};
}

function sideOf(given: unknown, shareCents: number): Side {
	const fields = fieldsOf(given);
	const shares = numberIn(fields.shares, 0);
	return { shares, nominalCents: shares * shareCents, paidCents: centsIn(firstOf(fields, 'gg', 'balance')) };
}

function transfer(given: Fields): Fields {
	const terms = termsOf(given);
	const from = sideOf(given.from, terms.nominalCents);
	const to = sideOf(given.to, terms.nominalCents);
	const amountCents = centsIn(given.amount, from.paidCents);
	const shares = sharesOfAmount(from, amountCents);
	const said = firstOf(fieldsOf(given.to), 'takes_further_shares', 'takes_shares', 'new_shares');
	// A case without an acquirer is about the giver alone.
	const known = 'to' in given;
	const takes = said !== undefined ? numberIn(said, 0) : known ? 0 : sharesNeeded(to, amountCents, terms.nominalCents);
	const capacity = { to_capacity: eurosOf(to.nominalCents + takes * terms.nominalCents) };
	let after: ReturnType<typeof afterTransfer> | undefined;
	const { may, refusal } = told(() => {
		const limit = statuteExcludes(given);
		if (limit) throw new Refusal('invalid', 'shares.transfer-excluded');
		after = afterTransfer(from, to, { shares, amountCents, takes }, terms);
	});
	return {
		...{ valid: may, accepted: may, admissible: may, ...capacity },
		...(after
			? {
					...{ from_exit: after.exit, from_shares: after.from.shares, from_gg: eurosOf(after.from.paidCents) },
					...{ to_gg: eurosOf(after.to.paidCents), to_shares: after.to.shares, settlement_payout: '0.00' },
				}
			: {
					...{
						from_exit: false,
						from_shares: from.shares,
						from_gg: eurosOf(from.paidCents),
						to_gg: eurosOf(to.paidCents),
					},
					...{
						missing_capacity: eurosOf(
							Math.max(0, to.paidCents + amountCents - to.nominalCents - takes * terms.nominalCents),
						),
					},
					...{
						excess: eurosOf(Math.max(0, to.paidCents + amountCents - to.nominalCents - takes * terms.nominalCents)),
					},
					...refusal?.values,
				}),
	};
}

/** True if the statute rules transfers out and may do so: not with a notice period over five years or limited payouts (M-52). */
function statuteExcludes(given: Fields): boolean {
	const says = firstOf(given, 'statute_excludes_transfer', 'transfer_excluded') === true;
	const limited = firstOf(given, 'payout_limited', 'min_capital', 'statute_min_capital');
	return says && numberIn(firstOf(given, 'notice_months', 'statute_notice_months'), 3) <= 60 && !limited;
}

function liability(given: Fields): Fields {
	const per = centsIn(firstOf(given, 'haftsumme_per_share', 'haftsumme'));
	const terms = termsOf(given, {
		liabilityCents: per,
		liabilityRisesWithShares: firstOf(given, 'statute_no_increase', 'no_increase') !== true,
		furtherLiability: 'limited',
	});
	const { may } = told(() => checkTerms(terms));
	const list = firstOf(given, 'members', 'members_shares', 'shares_per_member');
	const total = Array.isArray(list)
		? list.reduce<number>((sum, one) => {
				const shares = numberIn(Array.isArray(one) ? one[1] : typeof one === 'object' ? fieldsOf(one).shares : one, 0);
				return sum + liabilitySumCents(terms, shares);
			}, 0)
		: liabilitySumCents(terms, numberIn(given.shares, 1));
	const sum = eurosOf(total);
	return {
		...{ statute_valid: may, valid: may, haftsumme: sum, sum, total: sum },
		...{ haftsumme_total: sum, total_haftsumme: sum, sum_haftsummen: sum },
	};
}

function forbidden(act: string): Fields {
	const known = forbiddenActs.find((one) => one === act) ?? 'set-off-by-member';
	const { may } = told(() => refuseForbidden(known));
	return { accepted: may, allowed: may, valid: may, admissible: may };
}

/** What the rules say to a case of shares/subscription_transfer_liability. */
export function participation(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const names = Object.keys(given).join(' ');
	if ('determined_payments' in given) return determined(given);
	if ('request_further' in given) return further(given);
	if ('instalment' in given || 'down_payment' in given) return instalments(given);
	if (/set_?off/.test(names)) return { ...forbidden('set-off-by-member'), still_owed: eurosOf(centsIn(given.owed)) };
	if ('from' in given) return transfer(given);
	if (/haftsumme/.test(names)) return liability(given);
	const paid = firstOf(given, 'payment', 'paid_in', 'received', 'amount');
	if (paid !== undefined && /geschaeftsanteil|cap/.test(names)) return payment(given, paid);
	if (/waiv|pledge|loan|payout|pay_out|withdraw|advance/.test(names))
		return { ...forbidden('waiver'), still_owed: eurosOf(centsIn(given.owed)), payout: '0.00' };
	return undefined;
}
