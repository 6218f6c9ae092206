// The sub-pages of the board's sections: which words stand in the tabs under a page's heading.
import { m } from '#lib/paraglide/messages.js';
import type { Session } from '#lib/session.ts';
import { mayDo } from './may.ts';

/** A section of the board's area that has tabs. */
export type Section = 'members' | 'exits' | 'payments' | 'ledger' | 'administration' | 'reports';

/** A tab: its address, its word, and how many things wait there. */
export interface SectionTab {
	href: string;
	label: string;
	count?: number;
}

/** The tabs of a section that are open to the person. */
export function tabsOf(section: Section, session: Session | undefined): SectionTab[] {
	if (section === 'members') {
		return [
			{ href: '/vorstand/mitglieder', label: m.board_tab_members() },
			{
				href: '/vorstand/mitglieder/antraege',
				label: m.board_tab_applications(),
				count: session?.counts.openApplications ?? 0,
			},
			{ href: '/vorstand/mitglieder/anteile', label: m.board_tab_share_requests() },
			{ href: '/vorstand/mitglieder/runden', label: m.rounds_tab() },
			{ href: '/vorstand/mitglieder/guthaben', label: m.desk_holdings_tab() },
			{ href: '/vorstand/mitglieder/liste', label: m.board_tab_register() },
			{ href: '/vorstand/austritte', label: m.board_tab_exits() },
			{ href: '/vorstand/mitglieder/einsicht', label: m.inspection_tab() },
		];
	}
	if (section === 'exits') {
		return [
			{ href: '/vorstand/austritte', label: m.board_tab_exits() },
			{ href: '/vorstand/austritte/uebertragungen', label: m.board_tab_transfers() },
			{ href: '/vorstand/austritte/auseinandersetzung', label: m.board_tab_settlements() },
		];
	}
	if (section === 'payments') {
		return [
			{ href: '/vorstand/zahlungen', label: m.board_tab_payments() },
			{ href: '/vorstand/zahlungen/offen', label: m.board_tab_unpaid() },
			{ href: '/vorstand/zahlungen/lastschriften', label: m.pay_tab_debits() },
			{ href: '/vorstand/zahlungen/auszuege', label: m.pay_tab_statements() },
			{ href: '/vorstand/zahlungen/mahnungen', label: m.pay_tab_reminders() },
			{ href: '/vorstand/auszahlungen', label: m.board_tab_payouts() },
			{ href: '/vorstand/auszahlungen/konten', label: m.bank_tab() },
		];
	}
	if (section === 'ledger') {
		return [
			{ href: '/vorstand/buchhaltung', label: m.board_tab_accounts() },
			{ href: '/vorstand/buchhaltung/journal', label: m.board_tab_journal() },
			{ href: '/vorstand/buchhaltung/kontenplan', label: m.ledger_tab_chart() },
			{ href: '/vorstand/buchhaltung/verlust', label: m.loss_tab() },
			{ href: '/vorstand/buchhaltung/datev', label: m.ledger_tab_datev() },
			{ href: '/vorstand/buchhaltung/abschluss', label: m.board_tab_closing() },
		];
	}
	if (section === 'reports') {
		return [
			{ href: '/vorstand/berichte', label: m.reports_tab_year() },
			{ href: '/vorstand/berichte/mitglieder', label: m.reports_tab_members() },
			{ href: '/vorstand/berichte/kapital', label: m.reports_tab_capital() },
			{ href: '/vorstand/berichte/buergerenergie', label: m.reports_tab_citizens() },
			{ href: '/vorstand/berichte/termine', label: m.reports_tab_duties() },
			{ href: '/vorstand/berichte/korrekturen', label: m.corrections_tab() },
		];
	}
	const technology = [
		{ href: '/vorstand/geraete', label: m.board_tab_devices() },
		{ href: '/vorstand/ablaeufe', label: m.board_tab_jobs() },
	];
	return [
		{ href: '/vorstand/personen', label: m.board_tab_people() },
		{ href: '/vorstand/satzung', label: m.board_tab_statute() },
		{ href: '/vorstand/genossenschaft', label: m.board_tab_cooperative() },
		{ href: '/vorstand/datenschutz', label: m.privacy_tab() },
		{ href: '/vorstand/umzug', label: m.moving_tab() },
		{ href: '/vorstand/protokoll', label: m.board_tab_audit() },
		...(mayDo(session).seeTechnology ? technology : []),
		{ href: '/vorstand/schnittstelle', label: m.board_tab_api() },
	];
}
