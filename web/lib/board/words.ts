// The words of the board's area for kinds and states the API names in English.
import { m } from '#lib/paraglide/messages.js';

type Word = () => string;

function word<Key extends string>(words: Readonly<Record<Key, Word>>, key: Key): string {
	return Object.hasOwn(words, key) ? words[key]() : key;
}

/** Kind of member: Person, Unternehmen, Verein, Öffentliche Stelle, Personengesellschaft. */
export function memberKind(kind: 'natural' | 'company' | 'association' | 'public-body' | 'partnership'): string {
	return word(
		{
			natural: m.board_kind_natural,
			company: m.board_kind_company,
			association: m.board_kind_association,
			'public-body': m.board_kind_public_body,
			partnership: m.board_kind_partnership,
		},
		kind,
	);
}

/** What moved shares or money, or the kind of an entry in the books: Beitritt, weitere Anteile, Zahlung, Dividende. */
export function movementKind(kind: string): string {
	return word<string>(
		{
			admission: m.board_movement_admission,
			further: m.board_movement_further,
			reversal: m.board_movement_reversal,
			payment: m.board_movement_payment,
			dividend: m.board_movement_dividend,
			payout: m.board_movement_payout,
			manual: m.board_movement_manual,
			opening: m.ledger_movement_opening,
			bank: m.ledger_movement_bank,
			'entry-fee': m.ledger_movement_entry_fee,
			'reminder-fee': m.ledger_movement_reminder_fee,
			'overpayment-credit': m.ledger_movement_overpayment_credit,
			'payout-return': m.ledger_movement_payout_return,
			exit: m.ledger_movement_exit,
			'exit-void': m.ledger_movement_exit_void,
			settlement: m.ledger_movement_settlement,
			transfer: m.ledger_movement_transfer,
			'transfer-in': m.ledger_movement_transfer_in,
			'transfer-out': m.ledger_movement_transfer_out,
			split: m.ledger_movement_split,
			increase: m.ledger_movement_increase,
			reduction: m.ledger_movement_reduction,
			loss: m.ledger_movement_loss,
			closing: m.ledger_movement_closing,
			'share-claim': m.board_movement_share_claim,
		},
		kind,
	);
}

/** A role of a person: Vorstand, Aufsichtsrat, Prüfung, Betriebsführung, Mitglied. */
export function roleWord(role: string): string {
	return word<string>(
		{
			board: m.board_role_board,
			supervisory: m.board_role_supervisory,
			auditor: m.board_role_auditor,
			operator: m.board_role_operator,
			member: m.board_role_member,
			public: m.board_role_public,
			'signed-in': m.board_role_signed_in,
		},
		role,
	);
}

/** The name of a person or body as one text. */
export function fullName(name: { familyName?: string; givenNames?: string; organisation?: string }): string {
	return name.organisation ?? `${name.givenNames ?? ''} ${name.familyName ?? ''}`.trim();
}

/** An address in one line. */
export function addressLine({
	street,
	postcode,
	town,
	country,
}: {
	street: string;
	postcode: string;
	town: string;
	country: string;
}): string {
	return `${street}, ${postcode} ${town}${country === 'DE' ? '' : `, ${country}`}`;
}

/** How tax law sees a member: Privatperson, Kapitalgesellschaft, Personengesellschaft … */
export function holderWord(
	kind: 'natural' | 'company' | 'partnership' | 'public-body' | 'charity' | 'non-resident',
): string {
	return word(
		{
			natural: m.board_holder_natural,
			company: m.board_holder_company,
			partnership: m.board_holder_partnership,
			'public-body': m.board_holder_public_body,
			charity: m.board_holder_charity,
			'non-resident': m.board_holder_non_resident,
		},
		kind,
	);
}

/** A certificate of the tax office that lowers the deduction: NV-Bescheinigung and others. */
export function certificateWord(kind: 'no-assessment' | 'lasting-excess' | 'charitable' | 'exempt-body'): string {
	return word(
		{
			'no-assessment': m.board_certificate_no_assessment,
			'lasting-excess': m.board_certificate_lasting_excess,
			charitable: m.board_certificate_charitable,
			'exempt-body': m.board_certificate_exempt_body,
		},
		kind,
	);
}
