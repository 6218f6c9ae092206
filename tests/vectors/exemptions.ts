// tax/exemption_orders: acceptance, change, yearly pot, conversion of 2023, late orders, certificates of no assessment.
import {
	acceptCertificate,
	acceptExemptionOrder,
	type Certificate,
	certificateApplies,
	changeExemptionAmount,
	correctLate,
	type ExemptionOrder,
	endExemptionOrder,
	exemptionFrom2023Cents,
	exemptionRemainingCents,
} from '../../api/dividends/rules/exemptions.ts';
import { exemptedIncome, withholdInPaymentOrder } from '../../api/dividends/rules/inflow.ts';
import { eurosOf } from '../../api/values/money.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { Meaning } from './compare.ts';
import { centsIn, dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase, valuesOf } from './given.ts';
import { figuresOf, holderOf, withholdingOf } from './withholding.ts';

// The cases give reasons in words of their own; a reason agrees if it speaks of what the refusal's code stands for.
const reasonWords: Readonly<Record<string, RegExp>> = {
	'dividends.exemption-not-natural-person': /natural|person|partnership|company|corporat|gmbh|resident|unlimited/i,
	'dividends.exemption-business-assets': /business/i,
	'dividends.tax-id-invalid': /idnr|tax.?id/i,
	'dividends.spouse-tax-id-missing': /spouse|both|second/i,
	'dividends.spouse-tax-id-invalid': /spouse|second|idnr/i,
	'dividends.spouse-tax-id-same': /spouse|same/i,
	'dividends.exemption-amount-invalid': /amount|positive|zero/i,
	'dividends.exemption-over-maximum': /max|above|exceed|over|more than|limit|cap|[12],?000/i,
	'dividends.exemption-below-used': /used/i,
	'dividends.exemption-end-not-year-end': /31 ?dec|12-31|year.?end|end of (the )?(calendar )?year/i,
	'dividends.exemption-end-before-start': /before|start/i,
	'dividends.exemption-end-past': /past|before|earlier/i,
	'dividends.exemption-used': /used/i,
	'dividends.certificate-end-not-year-end': /31 ?dec|12-31|year.?end/i,
	'dividends.certificate-too-long': /three|3|long/i,
};

function accepted(attempt: () => unknown): Fields {
	try {
		attempt();
		return { accepted: true };
	} catch (refusal) {
		if (!(refusal instanceof Refusal)) throw refusal;
		const { code } = refusal;
		const matches = (expected: unknown) => typeof expected === 'string' && reasonWords[code]?.test(expected) === true;
		const { usedCents, maximumCents, earliestEnd } = refusal.values;
		return {
			accepted: false,
			reason: new Meaning(code, matches),
			...(typeof maximumCents === 'number' && { maximum: eurosOf(maximumCents) }),
			...(typeof usedCents === 'number' && { minimum: eurosOf(usedCents), used: eurosOf(usedCents) }),
			...(earliestEnd !== undefined && { earliest_end: earliestEnd }),
		};
	}
}

/** What the year has used, one or several sums: `used`, `used_2026`, `used_self` and `used_spouse` … */
function usedCentsIn(given: Fields): number {
	return valuesOf(given, /used/).reduce<number>((sum, value) => sum + centsIn(value), 0);
}

function orderOf(given: Fields, defaultStart = '2026-01-01'): ExemptionOrder {
	return {
		amountCents: centsIn(firstOf(given, 'fsa_total', 'fsa', 'requested', 'amount'), 10_000),
		joint: firstOf(given, 'married_joint', 'joint') === true,
		validFrom: dayIn(given.valid_from, defaultStart),
		validTo: textOf(given.valid_to) ?? null,
	};
}

function inPaymentOrder(given: Fields, events: readonly unknown[]): Fields | undefined {
	const inflows = events.map(fieldsOf).map((event, place) => {
		const holder = holderOf({ ...given, ...event });
		return { place, day: dayIn(firstOf(event, 'date', 'payout'), ''), grossCents: centsIn(event.gross), holder };
	});
	if (inflows.some(({ holder, day }) => !holder || day === '')) return undefined;
	const dated = inflows.map(({ day, grossCents, holder }) => ({ day, grossCents, holder: holder! }));
	const usedBefore = { [dated[0]?.day.slice(0, 4) ?? '']: usedCentsIn(given) };
	const results = withholdInPaymentOrder(dated, orderOf(given), usedBefore);
	// The rule answers in payment order, a case in its own: same day, same order.
	const places = inflows.toSorted((a, b) => a.day.localeCompare(b.day)).map(({ place }) => place);
	const inGivenOrder = results.map((_, place) => results[places.indexOf(place)]!);
	const years = [...new Set(dated.map(({ day }) => Number(day.slice(0, 4))))];
	const reported = years.map((year) => {
		const { byOrderCents, byNoAssessmentCents } = exemptedIncome(results, year);
		return [`report_45d_${year}`, eurosOf(byOrderCents + byNoAssessmentCents)];
	});
	return {
		events: inGivenOrder.map(({ withholding, remainingCents }) => ({
			...figuresOf(withholding),
			remaining: eurosOf(remainingCents),
		})),
		...Object.fromEntries(reported),
	};
}

function late(given: Fields): Fields | undefined {
	const payout = dayIn(given.payout, '2026-07-01');
	// An order counts for the calendar year it is given for, also for days before it came.
	const order = orderOf(given, `${payout.slice(0, 4)}-01-01`);
	const remainingCents = exemptionRemainingCents(order, payout, usedCentsIn(given));
	const due = withholdingOf({ ...given, fsa_remaining: eurosOf(remainingCents) }, centsIn(given.gross));
	if (!due) return undefined;
	const { mandatory, refundCents, via } = correctLate(centsIn(given.withheld), due, given.certificate_issued === true);
	const optional = (expected: unknown) =>
		expected === false || /^(optional|may|allowed|voluntary)/.test(String(expected));
	return {
		correct: mandatory ? true : new Meaning('optional', optional),
		mandatory,
		// Once a certificate is out the money goes back only if the cooperative chooses to correct.
		refund_to_member: mandatory
			? eurosOf(refundCents)
			: new Meaning(`up to ${eurosOf(refundCents)}`, (e) => ['0.00', eurosOf(refundCents)].includes(String(e))),
		via: via.map((way) => way.replaceAll('-', '_')),
	};
}

function noAssessment(given: Fields): Fields {
	const validFrom = dayIn(given.nv_valid_from, '2026-01-01');
	const certificate: Certificate = {
		kind: 'no-assessment',
		validFrom,
		validTo: dayIn(given.nv_valid_to, `${validFrom.slice(0, 4)}-12-31`),
	};
	const acceptance = accepted(() => acceptCertificate(certificate, { kind: 'natural' }));
	const applies = acceptance.accepted === true && certificateApplies(certificate, dayIn(given.payout, validFrom));
	return { ...acceptance, applies };
}

function change(given: Fields, newAmount: unknown): Fields {
	const usedInYearCents = usedCentsIn(given);
	const on = dayIn(firstOf(given, 'date', 'on', 'change_date'), '2026-09-01');
	return accepted(() =>
		changeExemptionAmount(orderOf(given), { amountCents: centsIn(newAmount), on, usedInYearCents }),
	);
}

function revocation(given: Fields): Fields {
	const on = dayIn(firstOf(given, 'date', 'on', 'revoked_on', 'revocation_date'), '2026-09-01');
	const validTo = `${Number(on.slice(0, 4)) - 1}-12-31`;
	return accepted(() => endExemptionOrder(orderOf(given), { validTo, on, usedInYearCents: usedCentsIn(given) }));
}

const requestFields =
	/^(requested|amount|fsa(_total)?|(married_)?joint|minor|idnr_(self|spouse)|valid_(from|to)|(member_)?kind|business_assets)$|used/;

function request(given: Fields): Fields | undefined {
	const holder = holderOf(given);
	// A field that nothing here reads may be the point of the case: then there is no answer to give.
	if (!holder || !Object.keys(given).every((name) => requestFields.test(name))) return undefined;
	// What a case leaves out is in order; a joint order that names only one of the two tax ids lacks the other.
	const taxId = 'idnr_self' in given ? (textOf(given.idnr_self) ?? null) : '36574261809';
	const otherwise = 'idnr_self' in given ? null : '47036892816';
	const spouseTaxId = 'idnr_spouse' in given ? (textOf(given.idnr_spouse) ?? null) : otherwise;
	const usedCents = usedCentsIn(given);
	const order = orderOf(given);
	const acceptance = accepted(() => acceptExemptionOrder({ ...order, holder, taxId, spouseTaxId }, usedCents));
	return { ...acceptance, remaining: eurosOf(exemptionRemainingCents(order, order.validFrom, usedCents)) };
}

/** What the rules say to a case of tax/exemption_orders; undefined for a kind of case without a rule. */
export function exemptionOrder(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	if ('fsa_before_2023' in given) {
		return { fsa_from_2023: eurosOf(exemptionFrom2023Cents(centsIn(given.fsa_before_2023))) };
	}
	if ('nv_valid_to' in given || 'nv_valid_from' in given) return noAssessment(given);
	if (Array.isArray(given.events)) return inPaymentOrder(given, given.events);
	if ('withheld' in given) return late(given);
	const [newAmount] = valuesOf(given, /reduc|(^|_)new(_|$)|change_to/);
	if (newAmount !== undefined) return change(given, newAmount);
	const revokes = valuesOf(given, /revo/).some((value) => value !== false && value !== null);
	if (revokes || /revo/.test(textOf(given.action) ?? '')) return revocation(given);
	return request(given);
}
