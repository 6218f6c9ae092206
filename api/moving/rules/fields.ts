// What columns of a member list may mean, the headings they are found under in practice, and how a file's shape is told.
import { createHash } from 'node:crypto';
import { searchable } from '../../members/rules.ts';

/** Kinds of tables: members with everything per row, or what belongs to them in tables of its own. */
export const fileKinds = ['members', 'movements', 'payments', 'dues', 'mandates'] as const;
export type FileKind = (typeof fileKinds)[number];

/** What a column may mean. */
export const fields = [
	...['number', 'kind', 'investing', 'familyName', 'givenNames', 'fullName', 'organisation', 'representative'],
	...['representativeEmail', 'secondRepresentative', 'secondRepresentativeEmail', 'noticeOn'],
	...['street', 'houseNumber', 'postcode', 'town', 'country', 'email', 'phone', 'birthDate', 'taxId'],
	...['iban', 'accountHolder', 'joinedOn', 'leftOn', 'shares', 'paid', 'paidOn', 'dueAmount', 'dueOn'],
	...['mandateReference', 'mandateSignedOn', 'movement', 'effectiveOn', 'basis', 'amount', 'purpose'],
] as const;
export type Field =
	| ('number' | 'kind' | 'investing' | 'familyName' | 'givenNames' | 'fullName' | 'organisation' | 'representative')
	| ('representativeEmail' | 'secondRepresentative' | 'secondRepresentativeEmail' | 'noticeOn')
	| ('street' | 'houseNumber' | 'postcode' | 'town' | 'country' | 'email' | 'phone' | 'birthDate' | 'taxId')
	| ('iban' | 'accountHolder' | 'joinedOn' | 'leftOn' | 'shares' | 'paid' | 'paidOn' | 'dueAmount' | 'dueOn')
	| ('mandateReference' | 'mandateSignedOn' | 'movement' | 'effectiveOn' | 'basis' | 'amount' | 'purpose');

/** What each column of a table means, in the table's order; null: it is left out. */
export type Columns = (Field | null)[];

/** The fields a kind of table may have. */
export const fieldsOf: Readonly<Record<FileKind, readonly Field[]>> = {
	members: [
		...(['number', 'kind', 'investing', 'familyName', 'givenNames', 'fullName', 'organisation'] as const),
		...(['representative', 'representativeEmail', 'secondRepresentative', 'secondRepresentativeEmail'] as const),
		...(['street', 'houseNumber', 'postcode', 'town', 'country', 'email', 'phone'] as const),
		...(['birthDate', 'taxId', 'iban', 'accountHolder', 'joinedOn', 'noticeOn', 'leftOn'] as const),
		...(['shares', 'paid', 'paidOn'] as const),
		...(['dueAmount', 'dueOn', 'mandateReference', 'mandateSignedOn'] as const),
	],
	movements: ['number', 'movement', 'effectiveOn', 'shares', 'basis'],
	payments: ['number', 'paidOn', 'amount', 'purpose'],
	dues: ['number', 'dueOn', 'amount'],
	mandates: ['number', 'mandateReference', 'mandateSignedOn', 'iban', 'accountHolder'],
};

/** Groups of fields of which a kind of table needs one each. */
export const neededFields: Readonly<Record<FileKind, readonly (readonly Field[])[]>> = {
	members: [['number'], ['familyName', 'fullName', 'organisation'], ['street'], ['postcode'], ['town']],
	movements: [['number'], ['effectiveOn'], ['shares']],
	payments: [['number'], ['paidOn'], ['amount']],
	dues: [['number'], ['dueOn'], ['amount']],
	mandates: [['number'], ['mandateReference'], ['mandateSignedOn']],
};

const anyKind: Readonly<Partial<Record<Field, string>>> = {
	number:
		'mitgliedsnummer mitgliedsnr mitgliednr mitgliednummer mitgliedernummer mnr mglnr mgnr nr nummer membernumber memberno',
	iban: 'iban bankverbindung kontonummer kontonr konto ibannummer',
	accountHolder: 'kontoinhaber kontoinhaberin inhaber accountholder',
	mandateReference:
		'mandatsreferenz mandatsref mandatsreferenznummer mandatsnummer mandatsnr mandat sepamandat mandatereference',
	mandateSignedOn:
		'mandatsdatum mandatvom datummandat mandatsunterschrift unterschriebenam datumunterschrift unterschriftsdatum mandatedate',
};

/** Headings as found in practice, folded: lower case, umlauts spelled out, letters and figures only. */
const headingsOf: Readonly<Record<FileKind, Readonly<Partial<Record<Field, string>>>>> = {
	members: {
		...anyKind,
		number: `${anyKind.number} mitglied id`,
		kind: 'art mitgliedsart mitgliedstyp typ personenart rechtsform mitgliederart kind',
		investing: 'investierend investierendesmitglied investierendmitglied investing',
		familyName: 'name nachname familienname zuname lastname surname',
		givenNames: 'vorname vornamen rufname firstname givennames',
		fullName: 'nachnamevorname namevorname vorundnachname vornamename vornamenachname mitgliedname vollstaendigername',
		organisation:
			'firma firmenname organisation unternehmen institution verein koerperschaft firmabezeichnung namefirma company',
		representative:
			'vertreter vertretung gesetzlichevertreter gesetzlichervertreter erziehungsberechtigte vertretendurch ansprechpartner vertreter1 erziehungsberechtigte1 vorstand geschaeftsfuehrer representative',
		representativeEmail:
			'emailvertreter vertreteremail emailvertretung vertretungemail emailvertreter1 emailansprechpartner emaileltern',
		secondRepresentative:
			'zweitervertreter vertreter2 zweitevertretung weiterevertreter weiterervertreter erziehungsberechtigte2',
		secondRepresentativeEmail: 'emailzweitervertreter emailvertreter2 vertreter2email emailzweitevertretung',
		noticeOn:
			'kuendigung kuendigungam gekuendigtam gekuendigt kuendigungsdatum kuendigungeingegangen kuendigungseingang kuendigungvom noticeon',
		street:
			'strasse strassehausnummer strasseundhausnummer strassehausnr strassenr strassehnr anschrift adresse street',
		houseNumber: 'hausnummer hausnr hnr hausnummerzusatz',
		postcode: 'plz postleitzahl postcode zip',
		town: 'ort wohnort stadt gemeinde town city',
		country: 'land staat laenderkennzeichen laendercode country',
		email: 'email mail emailadresse mailadresse epost',
		phone: 'telefon telefonnummer tel telefonnr mobil mobiltelefon handy festnetz phone',
		birthDate: 'geburtsdatum geburtstag gebdatum geboren geborenam gebam birthdate',
		taxId: 'steuerid steueridnr idnr steueridentifikationsnummer steuerlicheidentifikationsnummer steuernummer taxid',
		joinedOn:
			'eintritt eintrittsdatum eintrittam beitritt beitrittsdatum beitrittam zulassung zulassungsdatum zugelassenam mitgliedseit aufnahme aufnahmedatum joinedon',
		leftOn: 'austritt austrittsdatum austrittzum ausgeschieden ausgeschiedenam ausscheiden mitgliedbis ende lefton',
		shares:
			'anteile anzahlanteile anzahlderanteile geschaeftsanteile anzahlgeschaeftsanteile anteilszahl anteilsanzahl ga shares',
		paid: 'guthaben geschaeftsguthaben eingezahlt eingezahlterbetrag einzahlung einzahlungen saldo guthabeneur balance',
		paidOn: 'guthabenam guthabenzum standguthaben stand standam eingezahltam einzahlungsdatum einzahlungam bezahltam',
		dueAmount: 'offen offenerbetrag rueckstand rueckstaendig offeneeinzahlung nochoffen forderung',
		dueOn: 'faelligam faelligkeit faellig dueon',
	},
	movements: {
		number: `${anyKind.number} mitglied`,
		movement: 'art vorgang bewegung bewegungsart typ ereignis vorfall',
		effectiveOn: 'datum wirksamam wirksam wirksamzum wirkungsdatum zum tag buchungsdatum date',
		shares: 'anteile anzahl anzahlanteile veraenderung aenderung geschaeftsanteile anteilsveraenderung stueck shares',
		basis: 'beschluss bemerkung grund grundlage beleg text notiz',
	},
	payments: {
		number: `${anyKind.number} mitglied`,
		paidOn: 'datum buchungstag buchungsdatum wertstellung valuta zahlungsdatum gezahltam eingang tag eingezahltam date',
		amount: 'betrag betrageur zahlung einzahlung umsatz summe amount',
		purpose: 'verwendungszweck zweck text buchungstext bemerkung',
	},
	dues: {
		number: `${anyKind.number} mitglied`,
		dueOn: 'faelligam faelligkeit faellig faelligkeitsdatum datum dueon',
		amount: 'betrag rate faelligerbetrag pflichteinzahlung amount',
	},
	mandates: {
		...anyKind,
		number: `${anyKind.number} mitglied`,
		mandateReference: `${anyKind.mandateReference} referenz`,
		mandateSignedOn: `${anyKind.mandateSignedOn} datum`,
	},
};

const words = Object.fromEntries(
	fileKinds.map((kind) => [
		kind,
		new Map(
			Object.entries(headingsOf[kind]).flatMap(([field, headings]) =>
				headings.split(' ').map((heading) => [heading, field as Field] as const),
			),
		),
	]),
) as Record<FileKind, Map<string, Field>>;

/** A heading as headings are compared: 'Straße / Haus-Nr.' → 'strassehausnr'. */
export function foldedHeading(heading: string): string {
	return searchable(heading).replace(/[^a-z0-9]/g, '');
}

/** What the columns under these headings mean in a table of a kind; a field is guessed once, the first heading wins. */
export function guessColumns(kind: FileKind, headings: readonly string[]): Columns {
	const taken = new Set<Field>();
	return headings.map((heading) => {
		const folded = foldedHeading(heading);
		const field = words[kind].get(folded) ?? words[kind].get(folded.replace(/(ineur|eur|euro)$/, ''));
		if (!field || taken.has(field)) return null;
		taken.add(field);
		return field;
	});
}

/** The kind of table these headings speak of: the one whose needs they meet, else the one that knows most of them. */
export function guessKind(headings: readonly string[]): FileKind {
	const scored = fileKinds.map((kind) => {
		const known = new Set(guessColumns(kind, headings).filter((field) => field !== null));
		const needs = neededFields[kind];
		const met = needs.filter((group) => group.some((field) => known.has(field))).length;
		return { kind, score: met / needs.length + known.size / 100 };
	});
	return scored.reduce((best, one) => (one.score > best.score ? one : best)).kind;
}

/** How many of these texts are headings that are known in any kind of table: the line of headings has the most. */
export function knownHeadings(texts: readonly string[]): number {
	const folded = texts.map(foldedHeading);
	return folded.filter((text) => fileKinds.some((kind) => words[kind].has(text))).length;
}

/** The shape of a table: tables with the same headings in the same order have the same. */
export function shapeOf(headings: readonly string[]): string {
	return createHash('sha256').update(headings.map(foldedHeading).join('\n')).digest('hex');
}
