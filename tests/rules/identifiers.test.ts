// Identifiers: published numbers are valid, every slip a person makes in them is not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	isCreditorId,
	isEic,
	isIban,
	isMaLo,
	isMastrNumber,
	isMeLo,
	isTaxId,
	maskedIban,
	normalised,
} from '../../api/values/identifiers.ts';

/** All texts that differ from `text` in one digit. */
function withOneDigitWrong(text: string): string[] {
	return [...text].flatMap((character, i) =>
		/\d/.test(character)
			? [...'0123456789'].filter((d) => d !== character).map((d) => text.slice(0, i) + d + text.slice(i + 1))
			: [],
	);
}

describe('IBAN (B-01)', () => {
	it.each([
		'DE89370400440532013000',
		'DE02120300000000202051',
		'AT611904300234573201',
		'BE68539007547034',
		'CH9300762011623852957',
		'ES9121000418450200051332',
		'FR1420041010050500013M02606',
		'GB82WEST12345698765432',
		'GR1601101250000000012300695',
		'IE29AIBK93115212345678',
		'IT60X0542811101000000123456',
		'LI21088100002324013AA',
		'LU280019400644750000',
		'MT84MALT011000012345MTLCAST001S',
		'NL91ABNA0417164300',
		'NO9386011117947',
		'PL61109010140000071219812874',
		'SE4550000000058398257466',
		'SM86U0322509800000000270100',
	])('%s is valid', (iban) => {
		expect(isIban(iban)).toBe(true);
	});

	it.each([
		['a wrong check digit', 'DE88370400440532013000'],
		['one digit less', 'DE8937040044053201300'],
		['one digit more', 'DE893704004405320130000'],
		['a letter in a German account', 'DE8937040044053201300A'],
		['small letters', 'de89370400440532013000'],
		['spaces', 'DE89 3704 0044 0532 0130 00'],
		['a country that does not exist', 'XX89370400440532013000'],
		['a country outside SEPA', 'TR330006100519786457841326'],
		['nothing', ''],
		['a line break at the end', 'DE89370400440532013000\n'],
		['digits of another script', 'DE8937040044053201300٠'],
	])('refuses %s', (_, iban) => {
		expect(isIban(iban)).toBe(false);
	});

	it('refuses check digits that the method never yields', () => {
		// 97 and 00 leave the same remainder, as do 98 and 01, 02 and 99.
		const valid = 'DE02120300000000202051';
		expect(isIban(valid.replace('DE02', 'DE99'))).toBe(false);
	});

	it('refuses every single wrong digit', () => {
		for (const wrong of withOneDigitWrong('DE89370400440532013000')) expect(isIban(wrong), wrong).toBe(false);
	});

	it('is typed in groups and in small letters', () => {
		expect(isIban(normalised(' de89 3704 0044\t0532 0130 00\n'))).toBe(true);
		fc.assert(fc.property(fc.string(), (text) => normalised(normalised(text)) === normalised(text)));
	});

	it('shows country and last four characters only', () => {
		expect(maskedIban('DE89 3704 0044 0532 0130 00')).toBe('DE•• •••• 3000');
		expect(maskedIban('DE8930')).toBe('••••');
	});
});

describe('creditor id (B-02)', () => {
	it.each(['DE98ZZZ09999999999', 'DE98ABC09999999999', 'DE98A1209999999999', 'DE51ZZZ12345678901'])(
		'%s is valid',
		(id) => {
			expect(isCreditorId(id)).toBe(true);
		},
	);

	it.each([
		'DE97ZZZ09999999999',
		'DE98ZZZ0999999999',
		'DE98ZZZ099999999990',
		'de98zzz09999999999',
		'AT98ZZZ09999999999',
		'DE98Z-Z09999999999',
	])('refuses %s', (id) => {
		expect(isCreditorId(id)).toBe(false);
	});

	it('ignores the business code and nothing else', () => {
		for (const wrong of withOneDigitWrong('DE98ZZZ09999999999')) expect(isCreditorId(wrong), wrong).toBe(false);
	});
});

/** The check digit of ISO 7064 mod 11,10, in the words of the rulebook. */
function taxIdCheckDigit(tenDigits: string): number {
	let p = 10;
	for (const d of tenDigits) {
		let s = (Number(d) + p) % 10;
		if (s === 0) s = 10;
		p = (2 * s) % 11;
	}
	return (11 - p) % 10;
}

const taxIdOf = (tenDigits: string) => `${tenDigits}${taxIdCheckDigit(tenDigits)}`;

describe('tax id (T-21)', () => {
	it.each(['36574261809', '47036892816', '65929970489', '57549285017', '12345678995'])('%s is valid', (id) => {
		expect(isTaxId(id)).toBe(true);
	});

	it.each([
		['a wrong check digit', '36574261890'],
		['two digits twice', taxIdOf('3655426680')],
		['no digit twice', taxIdOf('1234567890')],
		['a digit four times', taxIdOf('1112131456')],
		['a digit three times side by side', taxIdOf('1112345678')],
		['three side by side at the end', taxIdOf('2345678111')],
		['a digit twice and one three times', taxIdOf('1121334567')],
		['a leading zero', taxIdOf('0123456788')],
		['ten digits', '3657426180'],
		['twelve digits', '365742618090'],
		['spaces', '36 574 261 809'],
		['a letter', '3657426180O'],
	])('refuses %s', (_, id) => {
		expect(isTaxId(id)).toBe(false);
	});

	it('takes a digit twice, also side by side, and three times apart', () => {
		for (const ten of ['1123456789', '1213456780', '1121345678', '1213145678', '2345678191']) {
			expect(isTaxId(taxIdOf(ten)), ten).toBe(true);
		}
	});

	it('accepts exactly one check digit', () => {
		const arbitrary = fc.shuffledSubarray([...'0123456789'], { minLength: 9, maxLength: 9 });
		fc.assert(
			fc.property(arbitrary, fc.nat(8), fc.nat(9), (digits, twice, place) => {
				const ten = [...digits.slice(0, place), digits[twice], ...digits.slice(place)].join('').slice(0, 10);
				fc.pre(ten.length === 10 && ten[0] !== '0');
				const valid = [...'0123456789'].filter((check) => isTaxId(ten + check));
				return valid.length === 1 && valid[0] === String(taxIdCheckDigit(ten));
			}),
		);
	});
});

describe('market and metering location (E-40, E-41)', () => {
	it('knows published market locations and refuses every single wrong digit of an odd place', () => {
		for (const id of ['41373559241', '48662918097']) {
			expect(isMaLo(id)).toBe(true);
			for (const i of [0, 2, 4, 6, 8, 10]) {
				for (const d of '0123456789') if (d !== id[i]) expect(isMaLo(id.slice(0, i) + d + id.slice(i + 1))).toBe(false);
			}
		}
	});

	it.each(['41373559242', '01373559241', '4137355924', '413735592411', '4137 3559 241', '4137355924A'])(
		'refuses market location %s',
		(id) => {
			expect(isMaLo(id)).toBe(false);
		},
	);

	it('knows a metering location by its form', () => {
		expect(isMeLo('DE00056266802AO6G56M11SN51G21M24S')).toBe(true);
		expect(isMeLo('DE0005626680200000000000000000001')).toBe(true);
	});

	it.each([
		'DE00056266802AO6G56M11SN51G21M24',
		'DE00056266802AO6G56M11SN51G21M24SS',
		'AT00056266802AO6G56M11SN51G21M24S',
		'de00056266802ao6g56m11sn51g21m24s',
		'DE0005626680AAO6G56M11SN51G21M24S',
		'DE00056266802AO6G56M11SN51G21M24Ü',
	])('refuses metering location %s', (id) => {
		expect(isMeLo(id)).toBe(false);
	});
});

describe('MaStR number (E-42)', () => {
	it.each(['SEE984033548619', 'ABR949444220202', 'EEG920083771065', 'SEL948991715391', 'SNB980883363112'])(
		'%s is valid',
		(number) => {
			expect(isMastrNumber(number)).toBe(true);
			for (const wrong of withOneDigitWrong(number)) expect(isMastrNumber(wrong), wrong).toBe(false);
		},
	);

	it.each([
		'XXX984033548619',
		'see984033548619',
		'SEE 984033548619',
		'SEE98403354861',
		'SEE9840335486190',
		'984033548619',
	])('refuses %s', (number) => {
		expect(isMastrNumber(number)).toBe(false);
	});
});

describe('EIC (E-43)', () => {
	it.each(['10YDE-VE-------2', '10YDE-EON------1', '10YDE-RWENET---I', '22XWATTPLUS----G', '10X1001A1001A450'])(
		'%s is valid',
		(code) => {
			expect(isEic(code)).toBe(true);
			for (const wrong of withOneDigitWrong(code)) expect(isEic(wrong), wrong).toBe(false);
		},
	);

	it.each(['10YDE-VE-------3', '10YDE-VE------2', '10yde-ve-------2', '10YDE_VE-------2', '10YDE-VE-------22'])(
		'refuses %s',
		(code) => {
			expect(isEic(code)).toBe(false);
		},
	);

	it('never ends in a hyphen and fits one check character at most', () => {
		const body = fc.string({
			unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-'),
			minLength: 15,
			maxLength: 15,
		});
		fc.assert(
			fc.property(body, (fifteen) => {
				const fitting = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-'].filter((check) => isEic(fifteen + check));
				return fitting.length <= 1 && fitting[0] !== '-';
			}),
		);
	});
});
