// What must be declared under which statute, who must act for whom, and what stands in the way of an admission.
import { describe, expect, test } from 'vitest';
import { type Applicant, checkApplicant, clauseIds, declarationOf, requiredClauses } from '../../api/members/rules.ts';
import {
	type AdmissionFacts,
	checkPaperDay,
	declarationText,
	marksOf,
	obstacleTo,
} from '../../api/members/rules/admission.ts';
import { type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';

const terms = (changes: Partial<StatuteTerms> = {}): StatuteTerms => ({ ...suggestedTerms, ...changes });
const at = new Date('2026-03-02T10:00:00Z');
const person: Applicant = {
	...{ kind: 'natural', investing: false, name: { familyName: 'Groß', givenNames: 'Änne' }, representative: null },
	address: { street: 'Lindenweg 4', postcode: '43210', town: 'Auental', country: 'DE' },
	...{ email: 'aenne@auental.example', phone: null, accountHolder: null, locale: 'de' },
};

describe('clauses (M-03, § 15a GenG)', () => {
	test.each<[string, Partial<StatuteTerms>, string[]]>([
		['nothing to stand out', { noticeMonths: 12 }, []],
		['a notice period longer than a year', { noticeMonths: 13 }, ['notice-period']],
		['limited further payments', { noticeMonths: 3, furtherLiability: 'limited' }, ['further-payments']],
		['unlimited further payments', { noticeMonths: 3, furtherLiability: 'unlimited' }, ['further-payments']],
		['an entry fee', { noticeMonths: 3, entryFeeCents: 2_500 }, ['entry-fee']],
		[
			'all of them',
			{ noticeMonths: 60, entryFeeCents: 1, furtherLiability: 'limited' },
			['further-payments', 'entry-fee', 'notice-period'],
		],
	])('%s is highlighted', (_name, changes, highlighted) => {
		const clauses = requiredClauses(terms(changes));
		expect(clauses.filter((clause) => clause.highlighted).map(({ id }) => id)).toEqual(highlighted);
		for (const { id } of clauses) {
			const without = clauseIds.filter((other) => other !== id);
			expect(() => declarationOf(terms(changes), without, at), id).toThrow('members.clause-missing');
		}
		expect(declarationOf(terms(changes), clauseIds, at).clauses).toEqual(clauses);
	});

	test('further shares cost no entry fee, and are declared as such', () => {
		const clauses = requiredClauses(terms({ entryFeeCents: 2_500 }), true);
		expect(clauses.map(({ id }) => id)).not.toContain('entry-fee');
		expect(clauses[0]?.text).toContain('weiteren Geschäftsanteilen');
	});
});

describe('who acts', () => {
	const minor = { ...person, guardians: [{ name: 'Jörg Groß', email: null }] };
	test.each<[string, Applicant, string | null, string | null]>([
		['an adult', person, '1980-02-29', null],
		['somebody who turns 18 today', person, '2008-03-02', null],
		['somebody who turns 18 tomorrow', person, '2008-03-03', 'members.guardian-needed'],
		['one guardian of two', minor, '2015-01-01', 'members.second-guardian-needed'],
		['one guardian who has custody alone', { ...minor, soleCustody: true }, '2015-01-01', null],
		[
			'a body nobody signs for',
			{ ...person, kind: 'company', name: { organisation: 'X' } },
			null,
			'representative-needed',
		],
		['a person without a birth date', person, null, 'members.birth-date-needed'],
		['a day that does not exist', person, '2023-02-29', 'members.birth-date-wrong'],
	])('%s', (_name, applicant, birthDate, refusal) => {
		const check = () => checkApplicant(applicant, birthDate, terms(), '2026-03-02');
		if (refusal === null) expect(check).not.toThrow();
		else expect(check).toThrow(refusal);
	});
});

describe('the way to the admission', () => {
	const facts = (changes: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
		applicant: person,
		declaration: declarationOf(terms(), clauseIds, at),
		...{ form: 'text', paperReceivedOn: null, approval: null, confirmations: [], ...changes },
	});
	const asked = (who: 'applicant' | 'guardian', confirmedAt: Date | null, place = 0) => ({
		...{ who, place, confirmedAt, paperOn: null },
	});

	test.each<[string, Partial<AdmissionFacts>, Partial<StatuteTerms>, string | null, string[]]>([
		['nothing in the way', {}, {}, null, []],
		['an address not confirmed', { confirmations: [asked('applicant', null)] }, {}, null, ['email']],
		['a printout wanted', { applicant: { ...person, printout: true } }, {}, null, ['printout']],
		['no signed paper', { form: 'written' }, { joiningForm: 'written' }, 'members.paper-missing', ['paper']],
		['written form since', {}, { joiningForm: 'written' }, 'members.paper-missing', ['paper']],
		['a signed paper', { form: 'written', paperReceivedOn: '2026-03-02' }, { joiningForm: 'written' }, null, []],
		[
			'one of two guardians',
			{ confirmations: [asked('guardian', at), asked('guardian', null, 1)] },
			{},
			'members.consent-missing',
			['consent'],
		],
		[
			'a proxy without authority',
			{ applicant: { ...person, proxy: 'Notarin' }, confirmations: [asked('applicant', null)] },
			{},
			'members.authority-missing',
			['authority'],
		],
		[
			'a proxy whose authority nobody asked for',
			{ applicant: { ...person, proxy: 'Notarin' } },
			{},
			'members.authority-missing',
			['authority'],
		],
		[
			'investing without approval',
			{ applicant: { ...person, investing: true } },
			{},
			'members.approval-missing',
			['approval'],
		],
		['investing, approved', { applicant: { ...person, investing: true }, approval: 'AR 4' }, {}, null, []],
		['a clause needed since', {}, { furtherLiability: 'limited' }, 'members.declaration-outdated', ['clauses']],
	])('%s', (_name, changes, statute, refusal, marks) => {
		expect(marksOf(facts(changes), terms(statute)).map(({ what }) => what)).toEqual(marks);
		expect(obstacleTo(facts(changes), terms(statute))?.code ?? null).toBe(refusal);
	});

	test('a paper arrives on a day between declaration and today', () => {
		const day = (receivedOn: string) => () =>
			checkPaperDay(receivedOn, { at: new Date('2026-03-05T10:00:00Z'), declaredAt: at });
		for (const good of ['2026-03-02', '2026-03-05']) expect(day(good)).not.toThrow();
		for (const wrong of ['2026-03-01', '2026-03-06', '2026-02-30', '']) expect(day(wrong)).toThrow('paper-day-wrong');
	});

	test('the print names everybody and marks what stands out', () => {
		const text = declarationText({
			...{ cooperative: 'Auental eG', name: 'Änne Groß', kind: 'natural', shares: 2, statuteVersion: 3 },
			declaration: declarationOf(terms(), clauseIds, at),
			...{ proxy: 'Notarin Brömmel', representative: 'Jörg Groß' },
		});
		expect(text[1]).toBe('Änne Groß, gesetzlich vertreten durch Jörg Groß, durch Notarin Brömmel mit Vollmacht');
		expect(text.filter((line) => line.startsWith('Besonders zu beachten'))).toHaveLength(1);
		expect(text.at(-1)).toBe('Satzung in der Fassung Nr. 3');
	});
});
