// The board's desk in a real browser: lists under the keys and as files, the search from every page, a member's timeline and notes.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { generateMembers, insertMember } from '../people.ts';
import { type Auental, makeAuental } from './auental.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
let auental: Auental;
let anna: Account;
let auditor: Account;

beforeAll(async () => {
	auental = await makeAuental(portal.database.db, { at: new Date(), keys: portal.config.keys });
	await generateMembers(portal.database.owner, 200, 5_001);
	await insertMember(portal.database.owner, {
		...{ number: 6_000, givenNames: '=SUM(A1)', familyName: 'Größenwahn-Überländer', email: '+49@auental.example' },
	});
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
}, 240_000);

const rows = (page: Page) => page.locator('main tbody tr');
const focused = (page: Page) => page.evaluate<string>('document.activeElement?.textContent?.trim() ?? ""');
const ready = (page: Page) => page.waitForLoadState('networkidle');

async function fileOf(page: Page, name: string): Promise<string> {
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name, exact: true }).click(),
	]);
	return readFile(await download.path(), 'latin1').then((text) => Buffer.from(text, 'latin1').toString('utf8'));
}

describe('the list of members', () => {
	test('rows are reached by j, k and the arrows, opened by Enter; / leads to the search', async () => {
		const page = await portal.open('/vorstand/mitglieder', { as: anna });
		await ready(page);
		const names = await rows(page).locator('th a').allInnerTexts();
		await page.keyboard.press('j');
		expect(await focused(page)).toBe(names[0]);
		await page.keyboard.press('j');
		await page.keyboard.press('ArrowDown');
		expect(await focused(page)).toBe(names[2]);
		await page.keyboard.press('k');
		await page.keyboard.press('ArrowUp');
		expect(await focused(page)).toBe(names[0]);
		await page.keyboard.press('End');
		expect(await focused(page)).toBe(names.at(-1));
		await page.keyboard.press('/');
		await page.keyboard.type('größenwahn j');
		expect(await page.getByRole('searchbox', { name: /Name, Nummer/ }).inputValue()).toBe('größenwahn j');
		await page.keyboard.press('Control+a');
		await page.keyboard.type('ueberlaender groesenwahn');
		await page.keyboard.press('Enter');
		await page.waitForURL(/q=ueberlaender/);
		expect(await rows(page).count()).toBe(1);
		await page.keyboard.press('Escape');
		await page.evaluate('document.activeElement?.blur()');
		await page.keyboard.press('j');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name: '=SUM(A1) Größenwahn-Überländer' }).waitFor();
	});

	test('headings order the list both ways, parts are leafed on and back, without JavaScript', async () => {
		const page = await portal.open('/vorstand/mitglieder', { as: anna, scripts: false });
		expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
		const numbers = async () => (await rows(page).locator('td.number .content').allInnerTexts()).map(Number);
		await page.getByRole('link', { name: 'Nummer', exact: true }).click();
		const first = await numbers();
		expect(first).toEqual([...first].sort((a, b) => a - b));
		await page.getByRole('link', { name: 'Weiter', exact: true }).click();
		expect((await numbers())[0]).toBeGreaterThan(first.at(-1) ?? 0);
		await page.getByRole('link', { name: 'Zurück', exact: true }).click();
		expect(await numbers()).toEqual(first);
		await page.getByRole('link', { name: 'Nummer', exact: true }).click();
		expect(await page.getByRole('columnheader', { name: 'Nummer' }).getAttribute('aria-sort')).toBe('descending');
		expect((await numbers())[0]).toBe(6_000);
	});

	test('columns are chosen and remembered on this device, for this person, without JavaScript', async () => {
		const page = await portal.open('/vorstand/mitglieder?q=groessenwahn', { as: anna, scripts: false });
		await page.getByText('Spalten', { exact: true }).click();
		await page.getByRole('checkbox', { name: 'E-Mail' }).check();
		await page.getByRole('checkbox', { name: 'Art' }).uncheck();
		await page.getByRole('button', { name: 'Anzeigen' }).click();
		expect(new URL(page.url()).search).toBe('?q=groessenwahn');
		const headings = () => page.getByRole('columnheader').allInnerTexts();
		expect((await headings()).map((text) => text.trim())).toEqual(['Name', 'Nummer', 'Ort', 'E-Mail', 'Beitritt']);
		await page.goto(`${portal.url}/vorstand/mitglieder`);
		expect(await headings()).toHaveLength(5);
		await page.getByText('Spalten', { exact: true }).click();
		await page.getByRole('button', { name: 'Wie üblich' }).click();
		expect((await headings()).map((text) => text.trim())).toContain('Art');
	});

	test('the file holds what the page shows: filter, order, columns; formulas are text', async () => {
		const page = await portal.open('/vorstand/mitglieder?q=größenwahn', { as: anna });
		const csv = await fileOf(page, 'CSV');
		expect(csv).toBe(
			"\ufeffName;Mitgliedsnummer;Art;Ort;Beitritt\r\n'=SUM(A1) Größenwahn-Überländer;6000;Person;Auental;05.05.2024\r\n",
		);
		await page.goto(`${portal.url}/vorstand/mitglieder?stand=all&folge=number&ab=1`);
		const all = (await fileOf(page, 'CSV')).trim().split('\r\n');
		expect(all[1]).toMatch(/;6000;/);
		expect(all.length).toBeGreaterThan(201);
		expect((await fileOf(page, 'Excel')).startsWith('PK')).toBe(true);
		const log = await portal.open('/vorstand/protokoll', { as: auditor });
		await log
			.getByText(/desk\.export|Liste ausgegeben/)
			.first()
			.waitFor();
	});

	test('a slip is forgiven and told, nonsense is answered kindly', async () => {
		const page = await portal.open('/vorstand/mitglieder?q=Grösenwhan', { as: anna });
		await page.getByText(/So heißt niemand\. Gesucht wird: grosenwahn/).waitFor();
		expect(await rows(page).count()).toBe(1);
		await page.goto(`${portal.url}/vorstand/mitglieder?q=xqzvwk'%20or%201=1`);
		await page.getByText('Dazu gibt es nichts.').waitFor();
		await page.goto(`${portal.url}/vorstand/mitglieder?nach=unsinn`);
		await page.getByText(/Diese Stelle der Liste gibt es nicht mehr/).waitFor();
	});

	test.each([true, false])('is accessible and fits (phone: %s)', async (phone) => {
		const page = await portal.open('/vorstand/mitglieder', { as: anna, phone });
		await ready(page);
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
	});
});

describe('the search of every page', () => {
	test('Ctrl+K, a few letters, arrow, Enter: the member is there', async () => {
		const page = await portal.open('/vorstand/dividende', { as: anna });
		await ready(page);
		await page.keyboard.press('Control+k');
		await page.keyboard.type('grossenw');
		await page.getByRole('option', { name: /Größenwahn-Überländer/ }).waitFor();
		await expectAccessible(page);
		await page.keyboard.press('ArrowDown');
		expect(await page.getByRole('option', { selected: true }).innerText()).toMatch(/Größenwahn/);
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/vorstand\/mitglieder\/[0-9a-f-]{36}$/);
		await page.getByRole('heading', { level: 1, name: /Größenwahn/ }).waitFor();
		expect(await page.getByRole('combobox').inputValue()).toBe('');
	});

	test('/ leads there where a page has no search of its own; Escape closes; a number finds first who has it', async () => {
		const page = await portal.open('/vorstand/genossenschaft', { as: auditor });
		await ready(page);
		await page.evaluate('document.activeElement?.blur()');
		await page.keyboard.press('/');
		await page.keyboard.type('5001');
		const first = page.getByRole('option').first();
		await first.waitFor();
		expect(await first.innerText()).toContain('5001');
		await page.keyboard.press('Escape');
		await first.waitFor({ state: 'hidden' });
	});

	test('without JavaScript it is a form that leads to the list', async () => {
		const page = await portal.open('/vorstand', { as: anna, scripts: false });
		await page.getByRole('combobox').fill('überländer');
		await page.getByRole('combobox').press('Enter');
		expect(await rows(page).count()).toBe(1);
	});
});

describe("a member's file", () => {
	test('the timeline tells everything with its amounts, filtered by what it is about', async () => {
		const page = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}`, { as: anna });
		await page.getByRole('link', { name: 'Verlauf' }).first().click();
		await page.getByRole('heading', { name: 'Verlauf' }).waitFor();
		const whole = await page
			.getByRole('list')
			.filter({ has: page.locator('time') })
			.innerText();
		for (const part of [
			'Mitglied geworden',
			'Zahlung eingegangen',
			'Dividende',
			'Freistellungsauftrag',
			'Beitritt erklärt',
		])
			expect(whole).toContain(part);
		await expectAccessible(page);
		await page.getByRole('link', { name: /^Dividende und Steuer/ }).click();
		await page.waitForURL(/was=dividend/);
		const filtered = await page
			.getByRole('list')
			.filter({ has: page.locator('time') })
			.innerText();
		expect(filtered).toContain('Freistellungsauftrag');
		expect(filtered).not.toContain('Zahlung eingegangen');
		await page
			.getByRole('link', { name: /^Dividende \d{4}/ })
			.first()
			.click();
		await page.getByRole('heading', { level: 1 }).waitFor();
	});

	test('the three numbers of another day', async () => {
		const page = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}?tag=1999-01-01`, { as: auditor });
		await page.getByText('Stand 01.01.1999').waitFor();
		const numbers = page.getByRole('region', { name: /Anteile und Guthaben|Die drei Zahlen|Anteile/ }).first();
		expect(await numbers.innerText()).toMatch(/0,00/);
	});

	test('notes are written and deleted, by the board only', async () => {
		const address = `/vorstand/mitglieder/${auental.joerg.memberId}`;
		const page = await portal.open(address, { as: anna });
		await page.getByLabel('Neue Notiz').fill('Bittet um Rückruf.\nAbends.');
		await page.getByRole('button', { name: 'Notieren' }).click();
		await page.getByRole('status').filter({ hasText: 'Notiert.' }).waitFor();
		const reader = await portal.open(address, { as: auditor });
		await reader.getByText('Bittet um Rückruf.').first().waitFor();
		expect(await reader.getByRole('button', { name: 'Notieren' }).count()).toBe(0);
		await page.getByText('Löschen', { exact: true }).click();
		await page.getByRole('button', { name: 'Endgültig löschen' }).click();
		await page.getByRole('status').filter({ hasText: 'Die Notiz ist gelöscht.' }).waitFor();
		await page.getByText('Noch keine Notiz.').waitFor();
	});

	test.each([true, false])('is accessible and fits (phone: %s)', async (phone) => {
		for (const part of ['', '/verlauf']) {
			const page = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}${part}`, { as: anna, phone });
			await ready(page);
			await expectAccessible(page);
			await expectNoSidewaysScroll(page);
		}
	});
});

describe('other lists', () => {
	test.each([
		['/vorstand/mitglieder/guthaben', 'Mitgliedsnummer;Name;Anteile;Nennwert (€);Fällig (€);Eingezahlt (€);Offen (€)'],
		['/vorstand/zahlungen', 'Wertstellung;Name;Verwendungszweck;Betrag (€);Buchung'],
	])('%s: the file has the columns of the page and every line', async (address, headings) => {
		const page = await portal.open(address, { as: auditor });
		await ready(page);
		const lines = (await fileOf(page, 'CSV')).replace('\ufeff', '').trim().split('\r\n');
		expect(lines[0]).toBe(headings);
		expect(lines.length - 1).toBeGreaterThanOrEqual(await rows(page).count());
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
	});
});

describe('small things', () => {
	test('what is wrong with a field is said at the field, and above only that something is', async () => {
		const page = await portal.open('/vorstand/zahlungen/neu', { as: anna });
		await page.getByLabel('Mitgliedsnummer').fill('1');
		await page.getByLabel('Betrag').fill('10');
		await page.getByLabel('Wertstellung').fill('2999-01-01');
		await page.getByLabel('Referenz der Bank').fill('Auszug 99');
		await page
			.locator('main form')
			.last()
			.evaluate((form) => form.setAttribute('novalidate', ''));
		await page.getByRole('button', { name: 'Buchen', exact: true }).click();
		await page.getByText('Bitte sehen Sie bei dem markierten Feld nach.').waitFor();
		const wrong = (await page.locator('p.error').innerText()).trim();
		const above = page.getByRole('alert').getByText(wrong);
		expect((await above.boundingBox())?.height).toBeLessThan(2);
	});

	test('the own account stands under the navigation of the area one comes from', async () => {
		const both = await portal.account(['member', 'board'], { memberId: auental.joerg.memberId });
		const page = await portal.open('/vorstand', { as: both });
		await page.goto(`${portal.url}/konto`);
		await page.getByRole('navigation').getByRole('link', { name: 'Buchhaltung' }).first().waitFor();
		await page.goto(`${portal.url}/ertraege`);
		await page.goto(`${portal.url}/konto`);
		await page.getByRole('navigation').getByRole('link', { name: 'Erträge' }).first().waitFor();
		expect(await page.getByRole('link', { name: 'Buchhaltung' }).count()).toBe(0);
	});
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
