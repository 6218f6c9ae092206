// Who a row of a member table is: number, name, address, contact, secrets, days of joining and leaving.
import { isEmail } from '../../accounts/rules.ts';
import { type Address, isMinor, type MemberKind, type Name } from '../../members/rules.ts';
import { fiscalYearOf } from '../../statute/rules.ts';
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
	representatives: readonly Spokesperson[];
	email: string | null;
	phone: string | null;
	birthDate: Day | null;
	taxId: string | null;
	iban: string | null;
	accountHolder: string | null;
	joinedOn: Day | null;
	/** the last day of a membership that is over */
	leftOn: Day | null;
	/** the last day of a membership under notice, still to come */
	endsOn: Day | null;
	/** when the notice arrived */
	noticeOn: Day | null;
}

/** Who acts for a minor or an organisation. */
export interface Spokesperson {
	name: string;
	email: string | null;
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
	const email = emailOf(reading, 'email');
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
export function personOf(reading: Reading, today: Day, endMonth: number): Draft | null {
	const number = reading.memberNumber();
	const name = nameOf(reading);
	const kind = name && kindOf(reading, name);
	const address = addressOf(reading);
	const investing = yesIn(reading.cell('investing'));
	if (investing === undefined)
		reading.problem('investing', 'investing-unclear', { value: String(reading.cell('investing')).slice(0, 40) });
	const birthDate = reading.day('birthDate');
	const joinedOn = reading.day('joinedOn');
	const exitOn = reading.day('leftOn', { future: true });
	const noticeOn = reading.day('noticeOn');
	if (exitOn !== null && joinedOn !== null && exitOn < joinedOn) {
		reading.problem('leftOn', 'exit-before-entry', { day: exitOn, joinedOn });
	}
	if (birthDate !== null && joinedOn !== null && birthDate > joinedOn) {
		reading.problem('birthDate', 'birth-after-entry', { day: birthDate, joinedOn });
	}
	const [leftOn, endsOn] = exitOn !== null && exitOn > today ? [null, exitOn] : [exitOn, null];
	noteNotice(reading, { noticeOn, joinedOn, exitOn, endsOn, endMonth });
	const representatives = representativesOf(reading);
	if (leftOn === null && representatives.length === 0) {
		if (birthDate !== null && isMinor(birthDate, today)) reading.problem('representative', 'guardian-missing');
		if (kind !== null && kind !== 'natural') reading.problem('representative', 'representative-missing');
	}
	const secrets = secretsOf(reading);
	const rest = { phone: reading.text('phone'), accountHolder: reading.text('accountHolder'), representatives };
	if (number === null || name === null || kind === null || address === null || investing === undefined) return null;
	// A day that is there but cannot be read was noted; without it the history makes no sense.
	if ((joinedOn === null && isFilled(reading, 'joinedOn')) || (exitOn === null && isFilled(reading, 'leftOn')))
		return null;
	const days = { joinedOn, leftOn, endsOn, noticeOn };
	return { number, kind, investing, name, address, birthDate, ...days, ...secrets, ...rest };
}

/** A membership ends at the end of a fiscal year, after a notice that arrived in its time (§ 65 GenG, M-40). */
function noteNotice(
	reading: Reading,
	{
		noticeOn,
		joinedOn,
		exitOn,
		endsOn,
		endMonth,
	}: Record<'noticeOn' | 'joinedOn' | 'exitOn' | 'endsOn', Day | null> & { endMonth: number },
): void {
	if (noticeOn !== null && exitOn === null && !isFilled(reading, 'leftOn'))
		reading.problem('leftOn', 'notice-without-exit', { day: noticeOn });
	if (noticeOn !== null && exitOn !== null && (noticeOn > exitOn || (joinedOn !== null && noticeOn < joinedOn)))
		reading.problem('noticeOn', 'notice-after-exit', { day: noticeOn, leftOn: exitOn });
	if (endsOn === null) return;
	if (fiscalYearOf(endsOn, endMonth).end !== endsOn) reading.problem('leftOn', 'exit-not-year-end', { day: endsOn });
	if (noticeOn === null && !isFilled(reading, 'noticeOn'))
		reading.problem('noticeOn', 'notice-day-missing', { day: endsOn });
}

/** The people named in one cell: several only where each part is a whole name. */
function namesIn(cell: string): string[] {
	const parts = cell
		.split(/[;,\n/]|\s(?:und|u\.|&|\+|and)\s/)
		.map((part) => part.trim())
		.filter(Boolean);
	return parts.length > 1 && parts.every((part) => /\S\s+\S/.test(part)) ? parts : [cell];
}

/** Who acts for a member: one or several in a cell, or in two columns with an address each. */
function representativesOf(reading: Reading): Spokesperson[] {
	const columns = [
		['representative', 'representativeEmail'],
		['secondRepresentative', 'secondRepresentativeEmail'],
	] as const;
	return columns.flatMap(([field, emailField]) => {
		const names = reading.text(field);
		const email = emailOf(reading, emailField);
		if (names === null) {
			if (email !== null) reading.problem(field, 'representative-unnamed');
			return [];
		}
		return namesIn(names).map((name, i) => ({ name, email: i === 0 ? email : null }));
	});
}

function emailOf(
	reading: Reading,
	field: 'email' | 'representativeEmail' | 'secondRepresentativeEmail',
): string | null {
	const email = reading.text(field);
	if (email !== null && !isEmail(email)) reading.problem(field, 'email-wrong', { value: email.slice(0, 60) });
	return email;
}

function isFilled(reading: Reading, field: 'joinedOn' | 'leftOn' | 'noticeOn'): boolean {
	return String(reading.cell(field) ?? '').trim() !== '';
}
