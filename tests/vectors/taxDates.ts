// tax/dates_and_reports: day of inflow, returns, church tax queries and blocks, certificates.
import {
	blockBefore,
	type ChurchTaxAnswer,
	churchTaxAnswerOn,
	dutyAtStart,
	religionAfter,
	yearlyQuery,
} from '../../api/dividends/rules/churchTax.ts';
import { inflowDay } from '../../api/dividends/rules/inflow.ts';
import { certificateFigures, issueCertificate } from '../../api/dividends/rules/taxCertificate.ts';
import { type CapitalIncome, returnDuty } from '../../api/dividends/rules/taxReturn.ts';
import { Meaning } from './compare.ts';
import { centsIn, dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase, valuesOf } from './given.ts';
import { holderOf } from './withholding.ts';

const returnNames = { daily: 'Tagesanmeldung', monthly: 'Monatsanmeldung', none: null } as const;

// First match counts: a profit-participating loan is a loan, too.
const incomeNames: readonly (readonly [RegExp, CapitalIncome])[] = [
	[/parti/, 'participating-loan'],
	[/still|silent/, 'silent-partnership'],
	[/darlehen|loan/, 'member-loan'],
	[/21a|zins|interest/, 'balance-interest'],
	[/divid/, 'dividend'],
];

function duty(income: CapitalIncome, paidOn: string): Fields {
	const { kind, dueOn } = returnDuty(income, paidOn);
	return {
		...{ return_and_payment_due: dueOn, type: returnNames[kind] },
		...{ withholding: kind !== 'none', withhold: kind !== 'none' },
	};
}

function inflow(given: Fields): Fields {
	const payoutOn = textOf(firstOf(given, 'payout_date_in_resolution', 'payout_date')) ?? null;
	const fixedOn = valuesOf(given, /statut|law|fixed|satzung/).map(textOf)[0] ?? null;
	const day = inflowDay(dayIn(given.resolution, ''), payoutOn, fixedOn);
	return { zufluss: day, ...duty('dividend', day) };
}

function rateOn(given: Fields): Fields {
	const [from] = Array.isArray(given.query_window) ? given.query_window : [];
	const yearly: ChurchTaxAnswer = {
		...{ occasion: 'yearly', askedOn: dayIn(from, ''), rate: textOf(given.status_at_stichtag) ?? '0' },
		key: Number(textOf(given.status_at_stichtag) ?? '0') === 0 ? null : '090000',
	};
	const answer = churchTaxAnswerOn([yearly], dayIn(given.payout, ''));
	return { church_rate: answer?.rate ?? null, query_needed: answer === null };
}

function zeroValue(answer: string): Fields {
	const zero = /null|sperr|block/i.test(answer);
	const { rate, erase } = religionAfter(zero ? { rate: '0', key: null } : { rate: answer, key: '090000' });
	return { church_rate: rate, delete_stored_religion: erase };
}

function blockDeadline(given: Fields): Fields | undefined {
	const yearly = /^Regelabfrage (\d{4})$/.exec(textOf(given.for) ?? '')?.[1];
	const askedOn = textOf(firstOf(given, 'query', 'query_date', 'asked'));
	const inWords = (expected: unknown) => expected === 'two months before the query';
	// The words stand for a rule about any day: checked on one whose month two months before is shorter.
	const twoMonths = blockBefore('2026-04-30') === '2026-02-28';
	const others = twoMonths ? new Meaning('two months before the query', inWords) : null;
	if (yearly) return { must_reach_BZSt_by: yearlyQuery(Number(yearly)).blockBy, for_other_queries: others };
	return askedOn === undefined ? undefined : { must_reach_BZSt_by: blockBefore(askedOn) };
}

const certified = (capitalTaxCents: number) =>
	certificateFigures([
		{
			...{ resolvedOn: '2026-06-19', paidOn: '2026-07-01', grossCents: 10_000, notTaxableCents: 0 },
			...{ exemptionUsedCents: 0, capitalTaxCents, solidarityCents: 0, churchTaxCents: 0, community: null },
		},
	]);

function certificate(given: Fields): Fields {
	const first = issueCertificate([], certified(centsIn(given.withheld, 2_500)), '2026-08-01');
	const found = textOf(given.error_found);
	if (found === undefined) return { issue: first.certificates.at(-1)?.status === 'issued' };
	const after = issueCertificate(first.certificates, certified(2_445), found);
	const [old, valid] = after.certificates;
	return {
		replace_without_delay: old?.status === 'replaced' && valid?.status === 'issued' && valid.issuedOn === found,
		mark: valid?.mark,
		report_to_tax_office_93c: after.reportToTaxOffice,
	};
}

/** What the rules say to a case of tax/dates_and_reports; undefined for a kind of case without a rule. */
export function taxDate(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const kind = textOf(given.kind)?.toLowerCase();
	const income = incomeNames.find(([pattern]) => kind !== undefined && pattern.test(kind))?.[1];
	if (income) return duty(income, dayIn(firstOf(given, 'paid', 'payout'), ''));
	if ('resolution' in given) return inflow(given);
	if ('query_window' in given) return rateOn(given);
	if ('admitted' in given) {
		const holder = holderOf(given);
		const asked = holder && dutyAtStart(holder);
		return asked && { anlassabfrage_required: asked.query, inform_member_of_query_and_objection_right: asked.inform };
	}
	if ('for' in given) return blockDeadline(given);
	if ('error_found' in given || 'requested' in given) return certificate(given);
	const [answer] = valuesOf(given, /answer|antwort|kistam/).map(textOf);
	return answer === undefined ? undefined : zeroValue(answer);
}
