// The templates of documents and what each one needs. A new template is a .typ file in templates/ and a line here.

/** The cooperative as it stands on top of every document. */
export interface Letterhead {
	name: string;
	street: string;
	postcode: string;
	town: string;
	/** court and number: 'Amtsgericht Auenberg, GnR 147' */
	register: string;
}

/** A name: of a person, or of a body. */
type PrintedName = { familyName: string; givenNames: string } | { organisation: string };

/** A line of the list of members as printed (M-20): `changes` are the effective days of further shares with their number from then on. */
export interface PrintedRegisterLine {
	number: number;
	name: PrintedName;
	address: { street: string; postcode: string; town: string; country: string };
	joinedOn: string;
	furtherShares: number;
	changes: readonly { on: string; furtherShares: number }[];
	leftOn: string | null;
}

/** What each template is filled with. All texts are printed as they are: nothing in them is markup. Days are YYYY-MM-DD, money cents. */
export interface TemplateData {
	/** the list of members for the court (§ 32 GenG) or, with a purpose, for an inspection (§ 31); one of `parts` files */
	'register-extract': {
		cooperative: Letterhead;
		day: string;
		knownOn: string;
		contentHash: string;
		part: number;
		parts: number;
		totals: { entries: number; present: number; shares: number };
		/** who may see it and what for; null: the court */
		purpose: { person: string; purpose: string } | null;
		lines: readonly (PrintedRegisterLine & { extra: readonly string[] })[];
	};
	/** a member's own entry */
	'register-entry': {
		cooperative: Letterhead;
		day: string;
		contentHash: string;
		number: number;
		entry: Omit<PrintedRegisterLine, 'number'> & { extra: readonly { label: string; value: string }[] };
	};
	/** the declaration to join, word for word; `declaredAt` is day and time as written */
	declaration: {
		cooperative: Letterhead;
		contentHash: string;
		declaredAt: string;
		number: number;
		name: PrintedName;
		address: PrintedRegisterLine['address'];
		representative: string | null;
		shares: number;
		written: boolean;
		statuteVersion: number;
		admittedOn: string;
		clauses: readonly { text: string; highlighted: boolean }[];
	};
	/** everything about a person (Art. 15 GDPR) */
	'member-export': {
		cooperative: Letterhead;
		day: string;
		person: string;
		contentHash: string;
		preface: readonly string[];
		sections: readonly {
			title: string;
			text: string | null;
			records: readonly (readonly { label: string; value: string }[])[];
		}[];
	};
}

/** The name of a template. */
export type TemplateName = keyof TemplateData;

/** Languages documents are written in. */
export type DocumentLanguage = 'de' | 'en';

/** The cooperative's name, address and register for the top of a document. */
export function letterheadOf(facts: {
	name: string;
	street: string;
	postcode: string;
	town: string;
	registerCourt: string;
	registerNumber: string;
}): Letterhead {
	const { name, street, postcode, town, registerCourt, registerNumber } = facts;
	return { name, street, postcode, town, register: `Amtsgericht ${registerCourt}, ${registerNumber}` };
}
