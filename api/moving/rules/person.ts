// Who a row of a member table is: number, name, address, contact, secrets, days of joining and leaving.
import { isEmail } from '../../accounts/rules.ts';
import { type Address, isMinor, type MemberKind, type Name } from '../../members/rules.ts';
import type { Day } from '../../values/calendar.ts';
import { isIban, isTaxId, maskedIban, normalised } from '../../values/identifiers.ts';
import type { Reading } from './rows.ts';
import { countryIn, kindIn, kindOfOrganisation, nameIn, yesIn } from './values.ts';

/** A member as a row says. `joinedOn` null: the first movement says it. */
export interface Draft {
	number: number;
	kind: MemberKind;
	investing: boolean;
	name: Name;
	address: Address;
	representative: string | null;
	email: string | null;
	phone: string | null;
	birthDate: Day | null;
	taxId: string | null;
	iban: string | null;
	accountHolder: string | null;
	joinedOn: Day | null;
	leftOn: Day | null;
}

const nameFields = ['familyName', 'givenNames', 'fullName', 'organisation'] as const;

function nameOf(reading: Reading): Name | null {
	const organisation = reading.text('organisation');
	const full = reading.text('fullName');
	const familyName = reading.text('familyName');
	const givenNames = reading.text('givenNames');
	const said = reading.cell('kind') === null ? undefined : kindIn(reading.cell('kind'));
	if (organisation !== null) {
		if (familyName === null || said !== 'natural') return { organisation };
		reading.problem('organisation', 'name-and-organisation');
		return null;
	}
	// Lists often have one column for the names of people and bodies alike.
	if (said !== undefined && said !== 'natural') {
		const name = full ?? (givenNames === null ? familyName : null);
		if (name !== null) return { organisation: name };
	}
	if (familyName !== null && givenNames !== null) return { familyName, givenNames };
	const one = full ?? (givenNames === null ? familyName : null);
	if (one !== null) {
		if (said === undefined && kindOfOrganisation(one) !== 'company') return { organisation: one };
		const name = nameIn(one);
		if (name) return name;
		if (said === undefined && kindIn(one) === 'company') return { organisation: one };
		reading.problem(reading.has('fullName') ? 'fullName' : 'givenNames', 'name-unclear', { value: one.slice(0, 60) });
		return null;
	}
	// What is there but cannot be read was noted.
	const texts = { organisation, fullName: full, familyName, givenNames };
	const noted = nameFields.some((field) => texts[field] === null && reading.cell(field) !== null);
	if (!noted) reading.problem(reading.has('familyName') ? 'familyName' : 'organisation', 'name-missing');
	return null;
}

function kindOf(reading: Reading, name: Name): MemberKind | null {
	const cell = reading.cell('kind');
	if (cell === null || String(cell).trim() === '') {
		return 'organisation' in name ? kindOfOrganisation(name.organisation) : 'natural';
	}
	const kind = kindIn(cell);
	if (!kind) {
		reading.problem('kind', 'kind-unknown', { value: String(cell).slice(0, 40) });
		return null;
	}
	if ((kind === 'natural') === 'organisation' in name) {
		reading.problem('kind', 'kind-mismatch');
		return null;
	}
	return kind;
}

function addressOf(reading: Reading): Address | null {
	const street = reading.needed('street');
	const houseNumber = reading.text('houseNumber');
	const typed = reading.needed('postcode');
	const town = reading.needed('town');
	const country = countryIn(reading.cell('country'));
	if (country === undefined)
		reading.problem('country', 'country-unknown', { value: String(reading.cell('country')).slice(0, 40) });
	if (street === null || typed === null || town === null || country === undefined) return null;
	// Spreadsheets take a leading zero for nothing.
	const postcode = country === 'DE' && /^\d{4}$/.test(typed) ? `0${typed}` : typed.replace(/^D-/i, '');
	if (country === 'DE' && !/^\d{5}$/.test(postcode)) {
		reading.problem('postcode', 'postcode-wrong', { value: typed });
		return null;
	}
	return { street: houseNumber === null ? street : `${street} ${houseNumber}`, postcode, town, country };
}

function secretsOf(reading: Reading): Pick<Draft, 'iban' | 'taxId' | 'email'> {
	const email = reading.text('email');
	if (email !== null && !isEmail(email)) reading.problem('email', 'email-wrong', { value: email.slice(0, 60) });
	const typedIban = reading.text('iban');
	const iban = typedIban === null ? null : normalised(typedIban);
	if (iban !== null && !isIban(iban)) reading.problem('iban', 'iban-wrong', { value: maskedIban(iban) });
	const typedTaxId = reading.text('taxId');
	const taxId = typedTaxId === null ? null : normalised(typedTaxId);
	if (taxId !== null && !isTaxId(taxId)) reading.problem('taxId', 'tax-id-wrong');
	return {
		email,
		iban: iban !== null && isIban(iban) ? iban : null,
		taxId: taxId !== null && isTaxId(taxId) ? taxId : null,
	};
}

/** The member of a row, or null if number, name, kind, address or days cannot be read; everything wrong is noted. */
export function personOf(reading: Reading, today: Day): Draft | null {
	const number = reading.memberNumber();
	const name = nameOf(reading);
	const kind = name && kindOf(reading, name);
	const address = addressOf(reading);
	const investing = yesIn(reading.cell('investing'));
	if (investing === undefined)
		reading.problem('investing', 'investing-unclear', { value: String(reading.cell('investing')).slice(0, 40) });
	const birthDate = reading.day('birthDate');
	const joinedOn = reading.day('joinedOn');
	const leftOn = reading.day('leftOn', { future: true });
	if (leftOn !== null && leftOn > today) reading.problem('leftOn', 'exit-in-future', { day: leftOn });
	if (leftOn !== null && joinedOn !== null && leftOn < joinedOn) {
		reading.problem('leftOn', 'exit-before-entry', { day: leftOn, joinedOn });
	}
	if (birthDate !== null && joinedOn !== null && birthDate > joinedOn) {
		reading.problem('birthDate', 'birth-after-entry', { day: birthDate, joinedOn });
	}
	const representative = reading.text('representative');
	if (birthDate !== null && leftOn === null && representative === null && isMinor(birthDate, today)) {
		reading.problem('representative', 'guardian-missing');
	}
	const secrets = secretsOf(reading);
	const rest = { phone: reading.text('phone'), accountHolder: reading.text('accountHolder'), representative };
	if (number === null || name === null || kind === null || address === null || investing === undefined) return null;
	// A day that is there but cannot be read was noted; without it the history makes no sense.
	if ((joinedOn === null && isFilled(reading, 'joinedOn')) || (leftOn === null && isFilled(reading, 'leftOn')))
		return null;
	return { number, kind, investing, name, address, birthDate, joinedOn, leftOn, ...secrets, ...rest };
}

function isFilled(reading: Reading, field: 'joinedOn' | 'leftOn'): boolean {
	return String(reading.cell(field) ?? '').trim() !== '';
}
