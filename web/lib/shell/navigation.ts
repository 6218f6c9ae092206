// The portal's map: which words lead where, per area.
import { m } from '#lib/paraglide/messages.js';
import type { Area, NavCounts } from '#lib/session.ts';

/** A word of the navigation. */
export interface NavItem {
	href: string;
	label: string;
	count?: number | undefined;
	/** Stands in the phone's tab bar with this sign; at most four per area. */
	tab?: 'home' | 'shares' | 'yields' | 'vote';
	/** A shorter or plainer word for the tab bar. */
	tabLabel?: string;
	/** Addresses elsewhere that belong to it too. */
	covers?: readonly string[];
}

/** Pages of the board that stand behind one word. */
const administration = [
	'genossenschaft',
	'satzung',
	'umzug',
	'datenschutz',
	'geraete',
	'protokoll',
	'ablaeufe',
	'schnittstelle',
].map((name) => `/vorstand/${name}`);

/** The words of an area, in order; the first one is its home. */
export function navigationOf(area: Area, counts: NavCounts): NavItem[] {
	if (area === 'member') {
		return [
			{ href: '/', label: m.nav_home(), tab: 'home' },
			{ href: '/anteile', label: m.nav_shares(), tab: 'shares' },
			{ href: '/ertraege', label: m.nav_yields(), tab: 'yields' },
			{ href: '/dividende', label: m.nav_dividend() },
			{
				href: '/versammlung',
				covers: ['/abstimmen'],
				label: m.nav_assembly(),
				count: counts.openBallots,
				tab: 'vote',
				tabLabel: m.nav_vote(),
			},
		];
	}
	if (area === 'board') {
		return [
			{ href: '/vorstand', label: m.nav_home() },
			{
				href: '/vorstand/mitglieder',
				covers: ['/vorstand/austritte'],
				label: m.nav_members(),
				count: counts.openApplications,
			},
			{ href: '/vorstand/zahlungen', label: m.nav_payments(), covers: ['/vorstand/auszahlungen'] },
			{ href: '/vorstand/buchhaltung', label: m.nav_ledger() },
			{ href: '/vorstand/dividende', label: m.nav_year() },
			{ href: '/vorstand/versammlungen', label: m.nav_assemblies(), covers: ['/vorstand/abstimmungen'] },
			{ href: '/vorstand/berichte', label: m.nav_reports() },
			{ href: '/vorstand/personen', label: m.nav_administration(), covers: administration },
		];
	}
	return [
		{ href: '/betrieb', label: m.nav_home() },
		{ href: '/betrieb/anlagen', label: m.nav_plants() },
		{ href: '/betrieb/messwerte', label: m.nav_readings() },
		{ href: '/betrieb/quellen', label: m.nav_sources() },
		{ href: '/betrieb/auffaelligkeiten', label: m.nav_findings(), count: counts.openFindings },
	];
}

/** Whether an item leads to the page shown or to one above it; an area's home only to itself. */
export function isCurrent({ href, covers = [] }: NavItem, path: string, home: string): boolean {
	return path === href || [href, ...covers].some((at) => at !== home && `${path}/`.startsWith(`${at}/`));
}

/** The first page of each area. */
export const homeOf: Record<Area, string> = { member: '/', board: '/vorstand', operator: '/betrieb' };

/** The area's name as the header shows it. */
export function areaName(area: Area): string {
	return { member: m.shell_area_member, board: m.shell_area_board, operator: m.shell_area_operator }[area]();
}
