// ids/identifiers: is this number of the named type valid?
import {
	isCreditorId,
	isEic,
	isIban,
	isMaLo,
	isMastrNumber,
	isMeLo,
	isTaxId,
	normalised,
} from '../../api/values/identifiers.ts';
import { type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

// Bank and tax numbers are printed and typed in groups, so spaces belong to them; the others come from files and registers.
const checks: Readonly<Record<string, (value: string) => boolean>> = {
	iban: (value) => isIban(normalised(value)),
	creditorid: (value) => isCreditorId(normalised(value)),
	idnr: (value) => isTaxId(normalised(value)),
	malo: isMaLo,
	melo: isMeLo,
	mastr: isMastrNumber,
	eic: isEic,
};

/** Validity of one identifier; undefined for a type without a rule. */
export function identifier(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const type = textOf(testCase.type ?? given.type) ?? '';
	const check = checks[type.toLowerCase().replace(/[^a-z]/g, '')];
	const value = textOf(firstOf(given, 'value'));
	return check && value !== undefined ? { valid: check(value) } : undefined;
}
