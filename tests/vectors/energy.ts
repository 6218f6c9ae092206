// Energy cases: what the law pays for a kilowatt-hour, building supply, energy sharing, and the citizens' energy company.
import {
	equalParts,
	mayOperate,
	mayTakePart,
	nearEnough,
	type Part,
	shareSlot,
	type Size,
	suppliersDutiesWaived,
} from '../../api/yields/rules/sharing.ts';
import {
	blendedValue,
	feedInTariff,
	marketPremium,
	revenueCents,
	type SizeClass,
	valueAtSpotPrice,
} from '../../api/yields/rules/support.ts';
import { Decimal, eurosOf } from '../../api/values/money.ts';
import { citizens } from './citizens.ts';
import { dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

const textIn = (given: Fields, ...names: string[]) => textOf(firstOf(given, ...names));
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function sizeOf(word: unknown): Size | undefined {
	const said = String(word).toLowerCase();
	if (/household|natural|consumer/.test(said)) return 'household';
	if (/sme|small|medium|micro/.test(said)) return 'sme';
	if (/public|municipal/.test(said)) return 'public';
	return said.includes('large') ? 'large' : undefined;
}

function partOf(text: string): Part {
	const [numerator = '0', denominator = '1'] = text.split('/');
	return { numerator, denominator };
}

function premium(given: Fields): Fields | undefined {
	const [value, market, kwh] = [textIn(given, 'aw_ct'), textIn(given, 'jw_ct', 'mw_ct'), textIn(given, 'kwh')];
	if (value === undefined || market === undefined) return undefined;
	const cents = marketPremium(value, market);
	return { mp_ct: cents.toFixed(), eur: kwh === undefined ? undefined : eurosOf(revenueCents(kwh, cents)) };
}

function negativePrice(given: Fields): Fields | undefined {
	const [value, spot] = [textIn(given, 'aw_ct'), textIn(given, 'spot_ct')];
	return value === undefined || spot === undefined
		? undefined
		: { aw_effective_ct: valueAtSpotPrice(value, spot).toFixed() };
}

function tariff(given: Fields): Fields | undefined {
	const kw = textIn(given, 'kw');
	const classes = listIn(given.classes).flatMap((one): SizeClass[] => {
		const [upToKw, centsPerKwh] = listIn(one).map(textOf);
		return upToKw === undefined || centsPerKwh === undefined ? [] : [{ upToKw, centsPerKwh }];
	});
	if (kw === undefined || classes.length === 0) return undefined;
	const value = blendedValue(kw, classes);
	const paid = feedInTariff(value, textIn(given, 'deduction_ct') ?? '0.4');
	return { aw_ct: value.toFixed(), tariff_ct: paid.toFixed() };
}

function building(given: Fields): Fields | undefined {
	const keyOf = (parts: readonly Part[]) => parts.map(({ numerator, denominator }) => `${numerator}/${denominator}`);
	const generation = textIn(given, 'generation_kwh');
	if (generation === undefined) return { key: keyOf(equalParts(Number(given.participants))) };
	const used = listIn(given.consumption_kwh).map((one) => textOf(one) ?? '0');
	const key = Array.isArray(given.key) ? given.key.map((one) => partOf(String(one))) : equalParts(used.length);
	const { allocable, allocated, fedIn } = shareSlot(generation, used, key, 4);
	return {
		key: keyOf(key),
		allocable: allocable.toFixed(),
		allocated: allocated.map((one) => one.toFixed(4)),
		rest_fed_in: fedIn.toFixed(4),
	};
}

function customer({ customer_size }: Fields): Fields | undefined {
	const size = sizeOf(customer_size);
	return size && { allowed: mayTakePart(size) };
}

function operator({ members }: Fields): Fields | undefined {
	const sizes = listIn(members).map(sizeOf);
	const known = sizes.filter((size) => size !== undefined);
	return known.length === 0 || known.length < sizes.length ? undefined : { allowed: mayOperate(known) };
}

function waiver(given: Fields): Fields | undefined {
	const kw = textIn(given, 'kw');
	if (kw === undefined) return undefined;
	const kind = sizeOf(given.operator) === 'household' ? 'household' : 'other';
	const multiPartyHouse = firstOf(given, 'multi_party', 'multi_party_house') === true;
	return { waiver: suppliersDutiesWaived({ kind, capacityKw: new Decimal(kw), multiPartyHouse }) };
}

function area(given: Fields): Fields {
	const sameArea = given.plant_area === given.customer_area;
	const { allowed, allowedFrom } = nearEnough(dayIn(given.date, ''), { sameArea, adjacent: given.adjacent === true });
	return { allowed, allowed_from: allowedFrom };
}

const byRule: Readonly<Record<string, (given: Fields) => Fields | undefined>> = {
	'E-11': tariff,
	'E-12': premium,
	'E-13': negativePrice,
	'E-23': building,
	'E-30': operator,
	'E-31': customer,
	'E-32': waiver,
	'E-33': area,
};

/** What the rules say to a case of the energy file; undefined for cases of other rules. */
export function energy(testCase: VectorCase): Fields | undefined {
	const [rule] = listIn(testCase.rules).map(textOf);
	return rule !== undefined && byRule[rule] ? byRule[rule](fieldsOf(testCase.given)) : citizens(testCase);
}
