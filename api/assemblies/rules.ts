// The law of convening: states, notice periods, forms, and which majority a subject of the agenda needs.
import { addDays, type Day, daysBetween } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';

/** Ordinary (ordentliche) or extraordinary (außerordentliche) general assembly. */
export const assemblyKinds = ['ordinary', 'extraordinary'] as const;
export type AssemblyKind = (typeof assemblyKinds)[number];

/** Forms of § 43b(1) GenG: in presence, virtual, hybrid, stretched (gestreckt: discussion first, voting phase afterwards). */
export const assemblyForms = ['present', 'virtual', 'hybrid', 'stretched'] as const;
export type AssemblyForm = (typeof assemblyForms)[number];

/** How the discussion of a stretched assembly is held, § 43b(1) Nr. 4 GenG. */
export const discussionForms = ['virtual', 'hybrid'] as const;
export type DiscussionForm = (typeof discussionForms)[number];

/** draft (being prepared) → convened (einberufen) → held (in session, or its voting phase runs) → closed. */
export const assemblyStates = ['draft', 'convened', 'held', 'closed'] as const;
export type AssemblyState = (typeof assemblyStates)[number];

/** Which act is possible in which states; page and service ask this table. */
export const assemblyCan = {
	change: ['draft'],
	addAgendaItem: ['draft', 'convened'],
	changeAgendaItem: ['draft'],
	convene: ['draft'],
	hold: ['convened'],
	prepareBallot: ['convened', 'held'],
	openBallot: ['convened', 'held'],
	close: ['held'],
} as const satisfies Record<string, readonly AssemblyState[]>;
export type AssemblyAct = keyof typeof assemblyCan;

/** True if the act is possible in the state. */
export function assemblyMay(act: AssemblyAct, state: AssemblyState): boolean {
	return (assemblyCan[act] as readonly AssemblyState[]).includes(state);
}

/** Refuses: assemblies.wrong-state (conflict) with act and state. */
export function requireAssembly(act: AssemblyAct, state: AssemblyState): void {
	if (!assemblyMay(act, state)) throw new Refusal('conflict', 'assemblies.wrong-state', { act, state });
}

/** An item of the agenda (Tagesordnungspunkt, TOP): a report, a resolution (Beschluss) or an election (Wahl). */
export const agendaKinds = ['report', 'resolution', 'election'] as const;
export type AgendaKind = (typeof agendaKinds)[number];

/** Majorities the law knows: of the votes cast more than half (V7), three quarters (V8), nine tenths (V9). */
export const majorityRules = ['simple', 'three-quarters', 'nine-tenths'] as const;
export type MajorityRule = (typeof majorityRules)[number];

/** What the law says about a subject: the majority and where it stands, and what else follows. */
export interface LegalSubject {
	majority: MajorityRule;
	source: string;
	/** term of the statute that may raise the majority (V11); undefined: the law's stands */
	raisedBy: 'ordinaryMajority' | 'statuteMajority' | undefined;
	/** people are excluded from voting on their own case (V6) */
	bars: boolean;
}

const subject = (majority: MajorityRule, source: string, more: Partial<LegalSubject> = {}): LegalSubject => ({
	majority,
	source,
	raisedBy: majority === 'simple' ? 'ordinaryMajority' : undefined,
	bars: false,
	...more,
});

/** Legal subjects an agenda item can have; each drives the majority of its ballots (V7–V11, § 2.4 competence). */
export const legalSubjects = {
	'annual-accounts': subject('simple', '§§ 43(2), 48(1) GenG'),
	'profit-use': subject('simple', '§§ 43(2), 48(1) GenG'),
	'discharge-board': subject('simple', '§§ 43(2), 43(6), 48(1) GenG', { bars: true }),
	'discharge-supervisory': subject('simple', '§§ 43(2), 43(6), 48(1) GenG', { bars: true }),
	'release-or-claim': subject('simple', '§§ 43(2), 43(6) GenG', { bars: true }),
	'election-supervisory': subject('simple', '§§ 36(1), 43(2) GenG'),
	'recall-supervisory': subject('three-quarters', '§ 36(3) GenG'),
	'recall-board': subject('simple', '§§ 24(3), 43(2) GenG'),
	'credit-limit': subject('simple', '§§ 43(2), 49 GenG'),
	'statute-core': subject('three-quarters', '§ 16(2) GenG', { raisedBy: 'statuteMajority' }),
	'statute-duty-to-use': subject('nine-tenths', '§ 16(3) GenG', { raisedBy: 'statuteMajority' }),
	'statute-other': subject('three-quarters', '§ 16(4) GenG', { raisedBy: 'statuteMajority' }),
	merger: subject('three-quarters', '§ 84 UmwG'),
	dissolution: subject('three-quarters', '§ 78 GenG'),
	continuation: subject('three-quarters', '§ 79a(1) GenG'),
	other: subject('simple', '§ 43(2) GenG'),
} as const satisfies Record<string, LegalSubject>;
export type Subject = keyof typeof legalSubjects;
export const subjects = Object.keys(legalSubjects) as Subject[];

/** Full days between receipt and assembly. */
export interface NoticeTerms {
	/** of the invitation: 14 by law at least (C3), § 46(1) S. 1 GenG; the statute may lengthen */
	conveningDays: number;
	/** of items added to the agenda: 7 by law at least (C6), § 46(2) GenG */
	announcementDays: number;
}

/** Last days on which something must have reached every member. */
export interface ConveningDeadlines {
	/** invitation, C3 */
	latestReceiptOn: Day;
	/** items added to the agenda, C6 */
	latestAdditionOn: Day;
}

/**
 * Deadlines before an assembly on `heldOn`. Neither the day of receipt nor the day of the assembly counts (§§ 187(1), 188 BGB
 * counted backwards), Sundays and holidays do: two weeks' notice means receipt 15 days before. A stretched assembly counts to
 * the first day of its discussion (C10). Less than the law's notice is taken as the law's.
 */
export function conveningDeadlines(heldOn: Day, { conveningDays, announcementDays }: NoticeTerms): ConveningDeadlines {
	return {
		latestReceiptOn: addDays(heldOn, -(Math.max(conveningDays, 14) + 1)),
		latestAdditionOn: addDays(heldOn, -(Math.max(announcementDays, 7) + 1)),
	};
}

/** Full days between the day of receipt and the day of the assembly, both excluded; negative if received later. */
export function fullDaysBetween(receivedOn: Day, heldOn: Day): number {
	return daysBetween(receivedOn, heldOn) - 1;
}

/** Refuses: assemblies.notice-too-short (invalid, C3) if the invitation is received too late. */
export function requireNotice(receivedOn: Day, heldOn: Day, terms: NoticeTerms): void {
	const { latestReceiptOn } = conveningDeadlines(heldOn, terms);
	if (receivedOn > latestReceiptOn) {
		const fullDays = Math.max(0, fullDaysBetween(receivedOn, heldOn));
		const values = { latestReceiptOn, conveningDays: fullDaysBetween(latestReceiptOn, heldOn), fullDays };
		throw new Refusal('invalid', 'assemblies.notice-too-short', values, { rule: 'C3', field: 'heldOn' });
	}
}

/** Refuses: assemblies.addition-too-late (invalid, C6) if an item added after convening would be announced too late. */
export function requireAdditionNotice(receivedOn: Day, heldOn: Day, terms: NoticeTerms): void {
	const { latestAdditionOn } = conveningDeadlines(heldOn, terms);
	if (receivedOn > latestAdditionOn) {
		throw new Refusal('invalid', 'assemblies.addition-too-late', { latestAdditionOn }, { rule: 'C6' });
	}
}

/** Where and how an assembly meets. */
export interface Venue {
	form: AssemblyForm;
	discussionForm: DiscussionForm | null;
	place: string | null;
	link: string | null;
}

/**
 * Checks that the form has what it needs (F1, C5): a stretched assembly names the form of its discussion, others do not;
 * people in a room need a place, people online a link.
 * Refuses: assemblies.discussion-form (invalid), assemblies.place-missing (invalid), assemblies.link-missing (invalid).
 */
export function requireVenue({ form, discussionForm, place, link }: Venue): void {
	if ((form === 'stretched') !== (discussionForm !== null)) {
		throw new Refusal('invalid', 'assemblies.discussion-form', { form }, { rule: 'F1', field: 'discussionForm' });
	}
	const meets = discussionForm ?? form;
	if ((meets === 'present' || meets === 'hybrid') && !place) {
		throw new Refusal('invalid', 'assemblies.place-missing', { form }, { rule: 'C5', field: 'place' });
	}
	if ((meets === 'virtual' || meets === 'hybrid') && !link) {
		throw new Refusal('invalid', 'assemblies.link-missing', { form }, { rule: 'C5', field: 'link' });
	}
}

/**
 * Checks that kind and legal subject of an item fit: a report decides nothing, everything else names its subject,
 * and only the use of profit may refer to a dividend proposal.
 * Refuses: assemblies.subject-mismatch (invalid), assemblies.proposal-mismatch (invalid).
 */
export function requireAgendaItem(item: {
	kind: AgendaKind;
	subject: Subject | null;
	proposalId: string | null;
}): void {
	const election = item.subject === 'election-supervisory';
	const fits =
		item.kind === 'report'
			? item.subject === null
			: item.subject !== null && (item.kind === 'election' ? election || item.subject === 'other' : !election);
	if (!fits) throw new Refusal('invalid', 'assemblies.subject-mismatch', { kind: item.kind }, { field: 'subject' });
	if (item.proposalId !== null && item.subject !== 'profit-use') {
		throw new Refusal('invalid', 'assemblies.proposal-mismatch', {}, { field: 'proposalId' });
	}
}

/** What an invitation tells. */
export interface Invitation extends Venue {
	title: string;
	kind: AssemblyKind;
	heldOn: Day;
	/** local time, 'HH:MM' */
	startsAtClock: string;
	agenda: readonly { top: number; title: string; text: string }[];
}

const formsInGerman: Readonly<Record<AssemblyForm, string>> = {
	present: 'Präsenzversammlung',
	virtual: 'virtuelle Versammlung',
	hybrid: 'hybride Versammlung',
	stretched: 'Versammlung im gestreckten Verfahren',
};

/**
 * The invitation (Einberufung) as plain text with everything § 46(1) S. 2 GenG wants (C5): agenda, form, form of the discussion,
 * how to take part electronically. In German, because it is the legal document; its sha256 is the proof of what was sent.
 */
export function invitationText(invitation: Invitation): string {
	const { title, kind, form, discussionForm, heldOn, startsAtClock, place, link, agenda } = invitation;
	const [year, month, day] = heldOn.split('-');
	return [
		`Einladung zur ${kind === 'ordinary' ? 'ordentlichen' : 'außerordentlichen'} Generalversammlung`,
		title,
		'',
		`Tag und Uhrzeit: ${day}.${month}.${year}, ${startsAtClock} Uhr`,
		`Form: ${formsInGerman[form]} (§ 43b GenG)`,
		...(discussionForm
			? [
					`Form der Erörterungsphase: ${formsInGerman[discussionForm]}`,
					'Die Abstimmungsphase folgt im Mitgliederportal.',
				]
			: []),
		...(place ? [`Ort: ${place}`] : []),
		...(link ? [`Elektronische Teilnahme (Rede, Anträge, Fragen, Stimmabgabe): ${link}`] : []),
		'',
		'Tagesordnung',
		...agenda.flatMap((item) => [`TOP ${item.top}: ${item.title}`, ...(item.text ? [item.text] : [])]),
		'',
	].join('\n');
}
