// General assemblies in words: how they meet, how far they are, what their agenda is about.
import { m } from '#lib/paraglide/messages.js';

/** What the words of a meeting depend on. */
export interface Meeting {
	form: 'present' | 'virtual' | 'hybrid' | 'stretched';
	place: string | null;
}

/** How and where it meets: vor Ort, virtuell, hybrid, gestreckt; with the place where there is one. */
export function meetingText({ form, place }: Meeting): string {
	const how = {
		present: m.assemblies_form_present,
		virtual: m.assemblies_form_virtual,
		hybrid: m.assemblies_form_hybrid,
		stretched: m.assemblies_form_stretched,
	}[form]();
	return place ? `${how}: ${place}` : how;
}

/** Ordentliche or außerordentliche Generalversammlung. */
export function kindWord(kind: 'ordinary' | 'extraordinary'): string {
	return kind === 'ordinary' ? m.assemblies_kind_ordinary() : m.assemblies_kind_extraordinary();
}

/** Bericht, Beschluss, Wahl. */
export function agendaKindWord(kind: 'report' | 'resolution' | 'election'): string {
	return {
		report: m.assemblies_item_report,
		resolution: m.assemblies_item_resolution,
		election: m.assemblies_item_election,
	}[kind]();
}
