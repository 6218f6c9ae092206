// The list of members in a real browser: any day as known on any day, extracts, corrections, inspections by members and third parties.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeMember } from '../../api/members/service/files.ts';
import { dayOf } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon } from '../cooperative.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
const today = dayOf(new Date());
let anna: Account;
let member: Account;
let oldest: Awaited<ReturnType<typeof join>>;

beforeAll(async () => {
	const { db } = portal.database;
	await foundTestCooperative(db, { registerExtraFields: ['Geburtsdatum'] });
	oldest = await join(db, '2019-03-01', 3, { name: { familyName: 'Sommer', givenNames: 'Anke' } });
	await join(db, '2020-05-01', 1, { name: { familyName: 'Ahrens', givenNames: 'Jörg' } });
	await join(db, '2021-07-01', 2, { kind: 'association', name: { organisation: 'Feuerwehr Auental e. V.' } });
	await changeMember(db, {
		...{ by: board, at: noon('2022-06-01'), keys: portal.config.keys, memberId: oldest.memberId },
		...{ effectiveOn: '2022-05-01', changes: { name: { familyName: 'Winter', givenNames: 'Anke' } }, basis: 'Heirat' },
	});
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	member = await portal.account('member', { name: 'Anke Winter', memberId: oldest.memberId });
}, 240_000);

afterAll(() => expect(portal.complaints).toEqual([]));

async function downloaded(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: button, exact: true }).first().click(),
	]);
	return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

test('the list on a past day, as known then and as known today; extracts as PDF and CSV', async () => {
	const page = await portal.open('/vorstand/mitglieder/liste?tag=2022-05-15&bekannt=2022-05-20', { as: anna });
	await page.getByRole('link', { name: 'Anke Sommer' }).waitFor();
	await page.getByLabel('Wie bekannt am').fill(today);
	await page.getByRole('search').getByRole('button', { name: 'Suchen' }).click();
	await page.getByRole('link', { name: 'Anke Winter' }).waitFor();
	expect(await page.getByRole('row').count()).toBe(4);
	await page.getByText('3 Einträge, 6 Anteile am 15.05.2022').waitFor();
	const pdf = await downloaded(page, 'PDF');
	expect(pdf.name).toBe('mitgliederliste-2022-05-15.pdf');
	expect(pdf.content.subarray(0, 5).toString()).toBe('%PDF-');
	const csv = await downloaded(page, 'CSV');
	expect(csv.content.toString()).toContain('Feuerwehr Auental e. V.');
	expect(csv.content.toString()).toContain('Amtsgericht Auenberg, GnR 147');
	await page.reload();
	await page.getByRole('table', { name: 'Frühere Abschriften' }).waitFor();
	expect((await downloaded(page, 'mitgliederliste-2022-05-15.pdf')).content.equals(pdf.content)).toBe(true);
	await expectAccessible(page);
	// Searched by what the list said on that day, ordered by a heading, as a file with the columns shown; the days stay.
	await page.getByRole('columnheader', { name: 'Name' }).getByRole('link').click();
	await page.waitForURL(/folge=name/);
	const names = await page.getByRole('table').first().getByRole('rowheader').allInnerTexts();
	expect(names).toEqual(['Jörg Ahrens', 'Feuerwehr Auental e. V.', 'Anke Winter']);
	await page.getByRole('searchbox').last().fill('wint');
	await page.getByRole('search').getByRole('button', { name: 'Suchen' }).click();
	await page.getByText('Jörg Ahrens').waitFor({ state: 'detached' });
	expect(new URL(page.url()).searchParams.get('bekannt')).toBe(today);
	const list = page.waitForEvent('download');
	await page.getByRole('link', { name: /CSV/ }).first().click();
	const lines = readFileSync(await (await list).path(), 'utf8')
		.trim()
		.split('\r\n');
	expect(lines).toHaveLength(2);
	expect(lines[1]).toContain('Anke Winter');
	const phone = await portal.open('/vorstand/mitglieder/liste', { as: anna, phone: true, english: true });
	await phone.getByRole('heading', { level: 1, name: 'Register of members' }).waitFor();
	await expectNoSidewaysScroll(phone);
	await expectAccessible(phone);
});

test('a wrong entry is corrected, also without JavaScript; particulars of the statute are entered', async () => {
	const page = await portal.open(`/vorstand/mitglieder/${oldest.memberId}/eintrag`, { as: anna, scripts: false });
	await page.getByRole('link', { name: /^Berichtigen: .* vom 01\.05\.2022/ }).click();
	await page.getByLabel('Familienname').fill('Winter-Großmann');
	const form = page.locator('form', { has: page.getByRole('button', { name: 'Berichtigung eintragen' }) });
	await form.getByLabel('Grundlage').fill('Schreibfehler, Urkunde lag vor');
	await form.getByRole('button', { name: 'Berichtigung eintragen' }).click();
	await page.getByText('Die Mitgliederliste ist berichtigt.').waitFor();
	await page.getByText('Anke Winter-Großmann').first().waitFor();
	await page
		.getByText(/zurückgenommen/)
		.first()
		.waitFor();
	const extra = page.locator('form', { has: page.getByRole('button', { name: 'Eintragen', exact: true }) });
	await extra.getByLabel('Geburtsdatum').fill('29.02.1980');
	await extra.getByLabel('Grundlage').fill('Satzung § 12');
	await extra.getByRole('button', { name: 'Eintragen', exact: true }).click();
	await page.getByText('Die Angaben stehen in der Mitgliederliste.').waitFor();
	await page.getByText('29.02.1980').first().waitFor();
	const looked = await portal.open(`/vorstand/mitglieder/${oldest.memberId}/eintrag`, { as: anna });
	await expectAccessible(looked);
});

test('a member copies the own entry only, asks for inspection, and sees the list once the board opened it', async () => {
	const page = await portal.open('/anteile/eintrag', { as: member });
	const own = await downloaded(page, 'Mein Eintrag als PDF');
	expect(own.content.subarray(0, 5).toString()).toBe('%PDF-');
	await page.getByRole('link', { name: 'Einsicht in die Mitgliederliste' }).click();
	await page.getByLabel('Wozu möchten Sie die Liste einsehen?').fill('Einladung zu einem Antrag an die Versammlung');
	await page.getByRole('button', { name: 'Antrag senden' }).click();
	await page.getByText('Ihr Antrag wird geprüft.').waitFor();
	await expectAccessible(page);

	const desk = await portal.open('/vorstand/mitglieder/einsicht', { as: anna });
	await desk.getByText('Ein Antrag wartet auf Ihre Entscheidung.').waitFor();
	await expectAccessible(desk);
	await desk.getByRole('link', { name: 'Anke Winter-Großmann' }).click();
	await desk.getByLabel('Prüfung der Identität').fill('persönlich bekannt');
	await desk.getByRole('button', { name: 'Liste öffnen' }).click();
	await desk.getByText('Die Liste ist geöffnet.', { exact: true }).waitFor();
	await expectAccessible(desk);

	await page.reload();
	await page.getByRole('link', { name: 'Liste ansehen' }).click();
	await page.getByRole('rowheader', { name: /Feuerwehr Auental/ }).waitFor();
	expect(await page.getByText('@auental.example').count()).toBe(0);
	await expectAccessible(page);
	const list = new URL(page.url()).pathname;
	await desk.getByText('Einsicht beenden').click();
	await desk.getByRole('button', { name: 'Jetzt beenden' }).click();
	await desk.getByText('Die Einsicht ist beendet.').waitFor();
	await page.goto(portal.url + list);
	await page.getByText('Diese Einsicht ist nicht oder nicht mehr geöffnet.').waitFor();
	portal.complaints.length = 0;
});

test('a third party is recorded, its identity checked, and gets the list with the limit of its purpose', async () => {
	const page = await portal.open('/vorstand/mitglieder/einsicht', { as: anna });
	await page.getByLabel('Wer', { exact: true }).fill('Rechtsanwältin Dr. Ute Klar');
	await page.getByLabel('Anschrift oder Kontakt').fill('Kanzlei Klar, Auenberg');
	await page.getByLabel('Berechtigtes Interesse').fill('Titel gegen ein Mitglied (§ 66 GenG)');
	await page.getByLabel('Zweck').fill('Kündigung durch den Gläubiger');
	await page.getByRole('button', { name: 'Eintragen' }).click();
	await page.getByText('Eingetragen. Bitte prüfen Sie jetzt die Identität.').waitFor();
	await page.getByLabel('Prüfung der Identität').fill('Kanzleiausweis und Titel gesehen');
	await page.getByRole('button', { name: 'Liste öffnen' }).click();
	const pdf = await downloaded(page, 'Mit Zweckbindung drucken (PDF)');
	expect(pdf.content.subarray(0, 5).toString()).toBe('%PDF-');
	await page.getByRole('link', { name: 'Liste ansehen' }).click();
	await page.getByText('Zweck: Kündigung durch den Gläubiger').waitFor();
	await page.getByRole('rowheader', { name: 'Jörg Ahrens' }).waitFor();
	await expectAccessible(page);
	const phone = await portal.open('/vorstand/mitglieder/einsicht', { as: anna, phone: true, english: true });
	await phone.getByRole('heading', { level: 1, name: 'Inspection of the list of members' }).waitFor();
	await expectNoSidewaysScroll(phone);
});
