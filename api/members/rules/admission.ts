// What stands in the way of admitting an application: paper, consent, authority, approval, clauses that the statute has since come to need.
import type { StatuteTerms } from '../../statute/rules.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Applicant, type Declaration, requiredClauses } from '../rules.ts';

/** A confirmation that was asked for with a declaration: of the applicant's address, or of a guardian's consent. */
export interface Confirmation {
	who: 'applicant' | 'guardian';
	/** which guardian, from 0 */
	place: number;
	confirmedAt: Date | null;
	/** received on paper on that day */
	paperOn: Day | null;
}

/** What is known about an application when it comes to the admission. */
export interface AdmissionFacts {
	applicant: Applicant;
	declaration: Declaration;
	form: 'text' | 'written';
	paperReceivedOn: Day | null;
	approval: string | null;
	confirmations: readonly Confirmation[];
}

/** Marks of an application at the desk; `blocking` ones stand in the way of admission. */
export interface Mark {
	what: 'paper' | 'consent' | 'authority' | 'approval' | 'clauses' | 'email' | 'printout';
	blocking: boolean;
	rule: string;
	/** which guardian (from 0), for 'consent' */
	place?: number;
}

/**
 * What an application still lacks under the terms of the day of the admission: the signed paper where the statute wants it (M-01), the
 * consent of each guardian, the authority of a proxy in text form (§ 15(1) S. 3 GenG), the approval of an investing member (M-07), clauses the
 * statute needs by now (M-03). An address that is not confirmed and a wish for a printout are only to be known.
 */
export function marksOf(facts: AdmissionFacts, terms: StatuteTerms): Mark[] {
	const { applicant, declaration, confirmations } = facts;
	const marks: Mark[] = [];
	if ((facts.form === 'written' || terms.joiningForm === 'written') && facts.paperReceivedOn === null)
		marks.push({ what: 'paper', blocking: true, rule: 'M-01' });
	for (const { place, confirmedAt } of confirmations.filter(({ who }) => who === 'guardian')) {
		if (confirmedAt === null) marks.push({ what: 'consent', blocking: true, rule: 'M-01', place });
	}
	const own = confirmations.find(({ who }) => who === 'applicant');
	if (applicant.proxy && !own?.confirmedAt) marks.push({ what: 'authority', blocking: true, rule: 'M-02' });
	if (applicant.investing && facts.approval === null) marks.push({ what: 'approval', blocking: true, rule: 'M-07' });
	const declared = new Set(declaration.clauses.map(({ id }) => id));
	if (requiredClauses(terms).some(({ id }) => !declared.has(id)))
		marks.push({ what: 'clauses', blocking: true, rule: 'M-03' });
	if (own && !own.confirmedAt && !applicant.proxy) marks.push({ what: 'email', blocking: false, rule: 'M-05' });
	if (applicant.printout) marks.push({ what: 'printout', blocking: false, rule: 'M-02' });
	return marks;
}

/** The refusal for the first mark that stands in the way of admission; undefined if nothing does. */
export function obstacleTo(facts: AdmissionFacts, terms: StatuteTerms): Refusal | undefined {
	const mark = marksOf(facts, terms).find(({ blocking }) => blocking);
	if (!mark) return undefined;
	const { rule } = mark;
	switch (mark.what) {
		case 'paper':
			return new Refusal('conflict', 'members.paper-missing', {}, { rule });
		case 'consent':
			return new Refusal('conflict', 'members.consent-missing', {}, { rule });
		case 'authority':
			return new Refusal('conflict', 'members.authority-missing', {}, { rule });
		case 'approval':
			return new Refusal('conflict', 'members.approval-missing', {}, { rule });
		default:
			return new Refusal('conflict', 'members.declaration-outdated', {}, { rule });
	}
}

/** Whether a paper can have arrived on that day: not before it was declared, not in the future. Refuses invalid `members.paper-day-wrong`. */
export function checkPaperDay(receivedOn: Day, { at, declaredAt }: { at: Date; declaredAt: Date }): void {
	if (isDay(receivedOn) && receivedOn <= dayOf(at) && receivedOn >= dayOf(declaredAt)) return;
	throw new Refusal('invalid', 'members.paper-day-wrong', {}, { rule: 'M-01', field: 'receivedOn' });
}

const furtherText = ({ round, count, clauses }: NonNullable<Declaration['further']>): string[] => [
	`Davon unabhängig, in der Zeichnungsrunde „${round}“: bis zu ${count} ${count === 1 ? 'weiterer Geschäftsanteil' : 'weitere Geschäftsanteile'}, soweit sie zugeteilt werden`,
	...clauses.map(({ text, highlighted }) => (highlighted ? `Besonders zu beachten: ${text}` : text)),
];

/** The declaration as it is printed and mailed, line by line (German: it is a German legal act). */
export function declarationText({
	cooperative,
	name,
	kind,
	shares,
	statuteVersion,
	declaration,
	proxy,
	representative,
}: {
	cooperative: string;
	name: string;
	kind: Applicant['kind'];
	shares: number;
	statuteVersion: number;
	declaration: Declaration;
	proxy: string | null;
	representative: string | null;
}): string[] {
	const represented = representative && (kind === 'natural' ? ', gesetzlich vertreten durch' : ', vertreten durch');
	return [
		`Beitrittserklärung zur ${cooperative}`,
		`${name}${represented ? `${represented} ${representative}` : ''}${proxy ? `, durch ${proxy} mit Vollmacht` : ''}`,
		`Geschäftsanteile: ${shares}`,
		...declaration.clauses.map(({ text, highlighted }) => (highlighted ? `Besonders zu beachten: ${text}` : text)),
		...(declaration.further ? furtherText(declaration.further) : []),
		`Satzung in der Fassung Nr. ${statuteVersion}`,
	];
}
