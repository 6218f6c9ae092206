// shares/loss_settlement_retention: loss on reserves and balances, settlements, minimum capital, how long documents are kept.
import { keepUntil, type RetentionClass } from '../../api/documents/rules.ts';
import { coverLoss, lossAlarm, writeDown } from '../../api/shares/rules/loss.ts';
import { payNow, payoutDueOn, settlementOf } from '../../api/shares/rules/settlement.ts';
import { checkTerms } from '../../api/statute/rules/bounds.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import type { Day } from '../../api/values/calendar.ts';
import { eurosOf } from '../../api/values/money.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { centsIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

const numberIn = (value: unknown, otherwise: number): number => Number(textOf(value) ?? otherwise);
const euros = (cents: readonly number[]): string[] => cents.map(eurosOf);

function loss(given: Fields, lossOnMembers: unknown): Fields {
	const said = firstOf(given, 'gg', 'gg_before', 'balances');
	const list = Array.isArray(said) ? said : [said];
	const balances = list.map((one: unknown) => centsIn(Array.isArray(one) ? one[1] : one));
	const parts = writeDown(centsIn(lossOnMembers), balances);
	const after = balances.map((cents, i) => cents - (parts[i] ?? 0));
	return {
		write_down: Array.isArray(said) ? euros(parts) : euros(parts)[0],
		gg_after: Array.isArray(said) ? euros(after) : euros(after)[0],
		shares: given.shares,
		shares_after: given.shares,
		sum: eurosOf(parts.reduce((sum, cents) => sum + cents, 0)),
		shares_unchanged: true,
		number_of_shares_changed: false,
		duty_to_pay_again: false,
	};
}

function covered(given: Fields): Fields {
	const decision = textOf(firstOf(given, 'decision', 'rest', 'remaining', 'order')) ?? '';
	const use = coverLoss(
		centsIn(given.loss),
		{
			legalReserveCents: centsIn(firstOf(given, 'legal_reserve', 'legal_reserve_before')),
			otherReservesCents: centsIn(firstOf(given, 'other_reserves', 'other_reserves_before')),
			balancesCents: centsIn(firstOf(given, 'gg_total', 'gg')),
		},
		/carry|forward/.test(decision) ? 'carry-forward' : 'write-down',
	);
	const { fromLegalReserve, fromOtherReserves, fromBalances, carriedForward } = use;
	return {
		...{ from_legal_reserve: eurosOf(fromLegalReserve), from_other_reserves: eurosOf(fromOtherReserves) },
		...{ from_gg: eurosOf(fromBalances), write_down: eurosOf(fromBalances), write_down_total: eurosOf(fromBalances) },
		...{
			carried_forward: eurosOf(carriedForward),
			verlustvortrag: eurosOf(carriedForward),
			carry_forward: eurosOf(carriedForward),
		},
		...{
			on_members: eurosOf(fromBalances),
			loss_on_members: eurosOf(fromBalances),
			rest: eurosOf(fromBalances + carriedForward),
		},
	};
}

function alarm(given: Fields): Fields {
	const { thresholdCents, alarm: call } = lossAlarm({
		...{ lossCents: centsIn(given.loss), balancesCents: centsIn(given.gg_total) },
		reservesCents: centsIn(firstOf(given, 'reserves', 'ruecklagen')),
	});
	return { half_gg_plus_reserves: thresholdCents.div(100).toFixed(2), call_assembly_without_delay: call };
}

function suspension(given: Fields): Fields {
	const entries = Array.isArray(given.claims) ? given.claims : [];
	const order = /pro/.test(textOf(given.order) ?? 'pro_rata') ? ('pro-rata' as const) : ('first-come' as const);
	const claims = entries.map((entry: unknown) => {
		const fields = fieldsOf(entry);
		const list = Array.isArray(entry) ? entry : undefined;
		// In the order of exits, then of notices, where a case gives days.
		const since = list
			? (textOf(list[2]) ?? '')
			: (textOf(firstOf(fields, 'exit', 'exit_date', 'received', 'date', 'notice')) ?? '');
		const label = list ? list[0] : firstOf(fields, 'id', 'member', 'name');
		return { label, cents: centsIn(list ? list[1] : firstOf(fields, 'amount', 'claim')), since };
	});
	const queue = order === 'first-come' ? claims.toSorted((a, b) => a.since.localeCompare(b.since)) : claims;
	const minimum = firstOf(given, 'min_capital', 'minimum_capital');
	const cap = firstOf(given, 'payout_cap_per_year', 'payout_cap', 'cap');
	const { paid, suspended } = payNow(
		queue.map(({ cents }) => cents),
		{
			capitalCents: centsIn(firstOf(given, 'gg_total_before_payout', 'gg_total')),
			minimumCents: minimum === undefined ? null : centsIn(minimum),
			capLeftCents: cap === undefined || cap === null ? null : centsIn(cap),
			order,
		},
	);
	const of = (parts: readonly number[]) =>
		claims.map((claim) => [claim.label, eurosOf(parts[queue.indexOf(claim)] ?? 0)]);
	const total = paid.reduce((sum, cents) => sum + cents, 0);
	const rest = suspended.reduce((sum, cents) => sum + cents, 0);
	return { payable_total: eurosOf(total), suspended_total: eurosOf(rest), paid: of(paid), suspended: of(suspended) };
}

function settlement(given: Fields): Fields {
	const balanceCents = centsIn(given.gg);
	const totalBalancesCents = centsIn(given.gg_total, balanceCents);
	const assets = firstOf(given, 'assets', 'assets_total', 'assets_incl_balances');
	const debts = firstOf(given, 'debts', 'liabilities', 'debts_total');
	const short = assets === undefined || debts === undefined ? 0 : Math.max(0, centsIn(debts) - centsIn(assets));
	// Assets that do not cover the debts: every balance is lost and the shortfall comes on top.
	const said = firstOf(given, 'loss_to_allocate', 'loss', 'verlustvortrag', 'loss_carried_forward');
	const lossCents = short > 0 ? totalBalancesCents + short : centsIn(said);
	const further =
		textOf(firstOf(given, 'nachschuss', 'further_liability')) ?? (given.nachschuss === true ? 'unlimited' : 'none');
	const kind = /unlim|unbesch/.test(further) ? 'unlimited' : /none|no|false|exclud/.test(further) ? 'none' : 'limited';
	const shortfall = firstOf(given, 'shortfall', 'uncovered', 'deficit', 'fehlbetrag');
	const result = settlementOf({
		...{
			balanceCents,
			totalBalancesCents,
			furtherLiability: kind,
			heads: numberIn(firstOf(given, 'members', 'heads', 'member_count'), 1),
		},
		lossCents: shortfall === undefined ? lossCents : totalBalancesCents + centsIn(shortfall),
		liabilitySumCents: centsIn(firstOf(given, 'haftsumme', 'liability_sum')),
	});
	const exit = textOf(given.exit);
	const months = numberIn(firstOf(given, 'payout_months', 'payout_deadline_months', 'deadline_months'), 6);
	const due: Day | undefined = exit === undefined ? undefined : payoutDueOn(exit, months);
	const owed = eurosOf(result.owedByMemberCents);
	return {
		...{
			loss_share: eurosOf(result.lossShareCents),
			payout: eurosOf(result.payoutCents),
			claim: eurosOf(result.payoutCents),
		},
		...{
			owed_by_member: owed,
			member_owes: owed,
			owes: owed,
			additional_payment: owed,
			nachschuss: owed,
			payment_due_from_member: owed,
		},
		...{
			payout_latest: due,
			due,
			due_by: due,
			latest: due,
			latest_payout: due,
			payout_due: due,
			pay_until: due,
			deadline: due,
			...{ payout_by: due, pay_by: due, due_date: due, payout_deadline: due, payout_until: due, payable_until: due },
		},
		...{
			claim_on_reserves: false,
			share_of_reserves: '0.00',
			reserves_share: '0.00',
			reserves: '0.00',
			reserve_share: '0.00',
		},
	};
}

function clause(given: Fields): Fields {
	const alone = /board_alone|board_decides|board_discretion/.test(textOf(given.statute_clause) ?? '');
	const consent = /supervisory/.test(textOf(given.statute_clause) ?? '')
		? ('supervisory-board' as const)
		: ('none' as const);
	try {
		checkTerms({ ...suggestedTerms, payoutConsent: alone ? 'board' : consent });
		return { valid: true, statute_valid: true };
	} catch (refusal) {
		if (!(refusal instanceof Refusal)) throw refusal;
		return { valid: false, statute_valid: false };
	}
}

/** What the rules say to a case of shares/loss_settlement_retention; undefined if it has fields of no rule. */
export function lossAndSettlement(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const onMembers = firstOf(given, 'loss_on_members', 'write_down', 'loss_to_write_down');
	if (onMembers !== undefined) return loss(given, onMembers);
	if ('claims' in given) return suspension(given);
	if ('statute_clause' in given) return clause(given);
	if ('loss' in given && ('legal_reserve' in given || 'other_reserves' in given)) return covered(given);
	if ('loss' in given && 'gg_total' in given && !('exit' in given)) return alarm(given);
	if ('gg' in given) return settlement(given);
	return keeping(given);
}

function keeping(given: Fields): Fields | undefined {
	const sent = textOf(firstOf(given, 'rejected_notice_sent', 'rejection_sent'));
	// A rejected declaration is deleted in the transaction that sends the notice (M-05).
	if (sent !== undefined) return { delete_application_data: `without delay after ${sent}`, keep_until: sent };
	const document = textOf(given.document) ?? '';
	const on = textOf(firstOf(given, 'received', 'created', 'date', 'document_date', 'fy_end', 'closed'));
	const kind = kinds.find(([words]) => words.test(document))?.[1];
	const exit = textOf(given.exit) ?? null;
	return kind === undefined || on === undefined ? undefined : { keep_until: keepUntil(kind, on, exit) };
}

const kinds: readonly (readonly [RegExp, RetentionClass])[] = [
	[/beleg|voucher|rechnung|invoice|kontoauszug|statement/i, 'voucher'],
	[
		/buch(?!ung)|bücher|buecher|handelsb|jahresabschluss|inventar|journal|konten|books|accounts|bilanz|lagebericht/i,
		'books',
	],
	[/brief|letter|schreiben|mail|korrespond/i, 'letter'],
	[/./, 'register-document'],
];
