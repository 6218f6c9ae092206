// The reference a member pays with: an ISO 11649 creditor reference made of the member number, and the GiroCode that carries it.
import { eurosOf } from '../../values/money.ts';
import { sepaText } from './files.ts';

function mod97(text: string): number {
	let rest = 0;
	for (const character of text) {
		const value = Number.parseInt(character, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest;
}

/** The member's creditor reference (ISO 11649): 'RF' + check digits + 'M' + number; for member 147 'RF40M147'. */
export function referenceOf(memberNumber: number): string {
	const body = `M${memberNumber}`;
	return `RF${String(98 - mod97(`${body}RF00`)).padStart(2, '0')}${body}`;
}

/** True for a creditor reference whose check digits are right. */
export function isCreditorReference(text: string): boolean {
	return /^RF[0-9]{2}[0-9A-Z]{1,21}$/.test(text) && mod97(text.slice(4) + text.slice(0, 4)) === 1;
}

/** The member number a creditor reference stands for; undefined if it is none of ours. Blanks and case do not matter. */
export function memberOfReference(text: string): number | undefined {
	const reference = text.replace(/\s/g, '').toUpperCase();
	const number = /^RF[0-9]{2}M0*([1-9][0-9]{0,8})$/.exec(reference)?.[1];
	return number !== undefined && isCreditorReference(reference) ? Number(number) : undefined;
}

/** The text of a GiroCode (EPC069-12, version 002): a transfer to the cooperative that a banking app reads from a QR code. */
export function giroCode(transfer: { name: string; iban: string; amountCents: number; text: string }): string {
	const { name, iban, amountCents, text } = transfer;
	const amount = amountCents > 0 ? `EUR${eurosOf(amountCents)}` : '';
	return ['BCD', '002', '1', 'SCT', '', sepaText(name, 70), iban, amount, '', '', sepaText(text, 140), ''].join('\n');
}

/** What a member writes as purpose of a transfer: the reference, and the number for people. */
export function purposeOf(memberNumber: number): string {
	return `${referenceOf(memberNumber)} Mitglied ${memberNumber}`;
}
