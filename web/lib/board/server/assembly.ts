// What the forms of assemblies and agenda items send to the API.
import { optionalText, text } from '#lib/server/form.ts';
import { type Subject, subjects } from '../assemblies.ts';

const one = <const T extends readonly string[]>(values: T, typed: string): T[number] | undefined =>
	values.find((value) => value === typed);

/** An assembly as the form says it. */
export function assemblyOf(form: FormData) {
	const discussionForm = one(['virtual', 'hybrid'] as const, text(form, 'discussionForm'));
	const place = optionalText(form, 'place');
	const link = optionalText(form, 'link');
	const meets = one(['present', 'virtual', 'hybrid', 'stretched'] as const, text(form, 'form')) ?? 'present';
	return {
		title: text(form, 'title'),
		kind: one(['ordinary', 'extraordinary'] as const, text(form, 'kind')) ?? ('ordinary' as const),
		form: meets,
		heldOn: text(form, 'heldOn'),
		startsAtClock: text(form, 'startsAtClock'),
		...(discussionForm && meets === 'stretched' ? { discussionForm } : {}),
		...(place ? { place } : {}),
		...(link ? { link } : {}),
	};
}

/** An item of the agenda as the form says it. */
export function agendaItemOf(form: FormData) {
	const kind = one(['report', 'resolution', 'election'] as const, text(form, 'kind')) ?? ('report' as const);
	const subject: Subject | undefined = subjects().find(({ value }) => value === text(form, 'subject'))?.value;
	const proposalId = optionalText(form, 'proposalId');
	return {
		kind,
		title: text(form, 'title'),
		text: text(form, 'text'),
		...(kind !== 'report' && subject ? { subject } : {}),
		...(kind !== 'report' && subject === 'profit-use' && proposalId ? { proposalId } : {}),
	};
}
