// Convening: notice periods by the count of the law, forms and what they need, agenda items that fit.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	type AssemblyForm,
	assemblyMay,
	assemblyStates,
	conveningDeadlines,
	type DiscussionForm,
	fullDaysBetween,
	invitationText,
	requireAdditionNotice,
	requireAgendaItem,
	requireAssembly,
	requireNotice,
	requireVenue,
	type Subject,
} from '../../api/assemblies/rules.ts';
import { addDays } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';

const law = { conveningDays: 14, announcementDays: 7 };

function codeOf(attempt: () => unknown): string | undefined {
	try {
		attempt();
		return undefined;
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
}

interface NoticeCase {
	id: string;
	given: { assemblyDate: string; received?: string; kind?: string; form?: string };
	expect: {
		latestReceiptInvitation?: string;
		latestReceiptAgendaAddition?: string;
		fullDaysBetween?: number;
		valid?: boolean;
	};
}
const file = '../shared/cases/vote/notice.json';
const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: NoticeCase[] }).cases : [];
if (cases.length === 0) console.log(`skipped: ${file} is not there`);

describe.skipIf(cases.length === 0)('vectors of notice', () => {
	test.each(cases.filter((c) => c.expect.latestReceiptInvitation !== undefined && c.given.assemblyDate))(
		'$id',
		({ given, expect: wanted }) => {
			const { latestReceiptOn, latestAdditionOn } = conveningDeadlines(given.assemblyDate, law);
			expect(latestReceiptOn).toBe(wanted.latestReceiptInvitation);
			if (wanted.latestReceiptAgendaAddition) expect(latestAdditionOn).toBe(wanted.latestReceiptAgendaAddition);
			if (wanted.fullDaysBetween !== undefined)
				expect(fullDaysBetween(latestReceiptOn, given.assemblyDate)).toBe(wanted.fullDaysBetween);
		},
	);
	test.each(cases.filter((c) => c.given.received !== undefined && c.given.kind === 'invitation'))(
		'$id',
		({ given, expect: wanted }) => {
			expect(codeOf(() => requireNotice(given.received ?? '', given.assemblyDate, law)) === undefined).toBe(
				wanted.valid,
			);
			if (wanted.fullDaysBetween !== undefined)
				expect(fullDaysBetween(given.received ?? '', given.assemblyDate)).toBe(wanted.fullDaysBetween);
		},
	);
});

test('the last day in time is in time, the next is not; the statute lengthens, never shortens', () => {
	expect(codeOf(() => requireNotice('2025-02-13', '2025-02-28', law))).toBeUndefined();
	expect(codeOf(() => requireNotice('2025-02-14', '2025-02-28', law))).toBe('assemblies.notice-too-short');
	expect(codeOf(() => requireNotice('2025-02-06', '2025-02-28', { ...law, conveningDays: 21 }))).toBeUndefined();
	expect(codeOf(() => requireNotice('2025-02-07', '2025-02-28', { ...law, conveningDays: 21 }))).toBe(
		'assemblies.notice-too-short',
	);
	expect(codeOf(() => requireNotice('2025-02-14', '2025-02-28', { ...law, conveningDays: 3 }))).toBe(
		'assemblies.notice-too-short',
	);
	expect(codeOf(() => requireAdditionNotice('2025-02-20', '2025-02-28', law))).toBeUndefined();
	expect(codeOf(() => requireAdditionNotice('2025-02-21', '2025-02-28', law))).toBe('assemblies.addition-too-late');
});

test('an earlier receipt is never worse', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 60 }),
			fc.integer({ min: 0, max: 60 }),
			fc.integer({ min: 0, max: 90 }),
			(before, earlier, conveningDays) => {
				const ok = (days: number) =>
					codeOf(() => requireNotice(addDays('2027-05-17', -days), '2027-05-17', { ...law, conveningDays })) ===
					undefined;
				expect(!ok(before) || ok(before + earlier)).toBe(true);
				expect(ok(before)).toBe(before - 1 >= Math.max(14, conveningDays));
			},
		),
	);
});

test.each<[AssemblyForm, DiscussionForm | null, string | null, string | null, string | undefined]>([
	['present', null, 'Dorfsaal', null, undefined],
	['present', null, null, 'https://x', 'assemblies.place-missing'],
	['virtual', null, null, 'https://x', undefined],
	['virtual', null, 'Dorfsaal', null, 'assemblies.link-missing'],
	['hybrid', null, 'Dorfsaal', 'https://x', undefined],
	['hybrid', null, 'Dorfsaal', null, 'assemblies.link-missing'],
	['hybrid', 'virtual', 'Dorfsaal', 'https://x', 'assemblies.discussion-form'],
	['stretched', null, 'Dorfsaal', 'https://x', 'assemblies.discussion-form'],
	['stretched', 'virtual', null, 'https://x', undefined],
	['stretched', 'hybrid', null, 'https://x', 'assemblies.place-missing'],
])('form %s with discussion %s at %s and %s: %s', (form, discussionForm, place, link, code) => {
	expect(codeOf(() => requireVenue({ form, discussionForm, place, link }))).toBe(code);
});

const proposal = '01989e33-0000-7000-8000-000000000001';
test.each<['report' | 'resolution' | 'election', Subject | null, string | null, string | undefined]>([
	['report', null, null, undefined],
	['report', 'other', null, 'assemblies.subject-mismatch'],
	['resolution', null, null, 'assemblies.subject-mismatch'],
	['resolution', 'profit-use', proposal, undefined],
	['resolution', 'annual-accounts', proposal, 'assemblies.proposal-mismatch'],
	['resolution', 'election-supervisory', null, 'assemblies.subject-mismatch'],
	['election', 'election-supervisory', null, undefined],
	['election', 'merger', null, 'assemblies.subject-mismatch'],
])('item %s on %s about %s: %s', (kind, subject, proposalId, code) => {
	expect(codeOf(() => requireAgendaItem({ kind, subject, proposalId }))).toBe(code);
});

test('each state allows its acts and no other', () => {
	expect(assemblyStates.filter((state) => assemblyMay('convene', state))).toEqual(['draft']);
	expect(assemblyStates.filter((state) => assemblyMay('prepareBallot', state))).toEqual(['convened', 'held']);
	expect(assemblyStates.filter((state) => assemblyMay('close', state))).toEqual(['held']);
	expect(codeOf(() => requireAssembly('change', 'convened'))).toBe('assemblies.wrong-state');
});

test('the notice says everything the law wants', () => {
	const text = invitationText({
		title: 'Generalversammlung 2027',
		kind: 'ordinary',
		form: 'stretched',
		discussionForm: 'hybrid',
		place: 'Dorfsaal Auental',
		link: 'https://versammlung.example',
		heldOn: '2027-05-17',
		startsAtClock: '19:00',
		agenda: [
			{ top: 1, title: 'Bericht des Vorstands', text: '' },
			{ top: 2, title: 'Gewinnverwendung', text: 'Der Vorstand schlägt vor …' },
		],
	});
	for (const part of [
		'ordentlichen Generalversammlung',
		'17.05.2027, 19:00 Uhr',
		'gestreckten',
		'Erörterungsphase: hybride',
		'Dorfsaal',
		'https://versammlung.example',
		'TOP 2: Gewinnverwendung',
		'Der Vorstand schlägt vor',
	]) {
		expect(text).toContain(part);
	}
});
