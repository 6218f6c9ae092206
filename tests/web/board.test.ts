// The board's pages in a real browser: who is admitted, what is paid, what two people decide, and what others may only read.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { addAgendaItem } from '../../api/assemblies/service/agenda.ts';
import { conveneAssembly, holdAssembly } from '../../api/assemblies/service/convene.ts';
import { createAssembly } from '../../api/assemblies/service/draft.ts';
import { castVote } from '../../api/ballots/service/cast.ts';
import { confirmClosing, proposeClosing } from '../../api/ballots/service/close.ts';
import { openBallot } from '../../api/ballots/service/open.ts';
import { prepareBallot } from '../../api/ballots/service/prepare.ts';
import { clauseIds } from '../../api/members/rules.ts';
import { applyForMembership } from '../../api/shares/service/apply.ts';
import { addDays, bankDayFrom, dayOf } from '../../api/values/calendar.ts';
import { applicant, board, noon, secondBoard, testIban } from '../cooperative.ts';
import { system } from '../database.ts';
import { type Auental, makeAuental } from './auental.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
const names = {
	feuerwehr: 'Freiwillige Feuerwehr Sankt Georgen am Auensee e. V.',
	erika: 'Erika Öztürk-Großhans',
};
let auental: Auental;
let anna: Account;
let bernd: Account;
let supervisory: Account;
let auditor: Account;

/** Somebody declares to join, in the program's own keys, so that the portal can open the account number later. */
async function declare(changes: Parameters<typeof applicant>[0], serial: number): Promise<void> {
	const who = applicant(changes);
	await applyForMembership(portal.database.db, {
		...{ by: system, at: new Date(), keys: portal.config.keys },
		joining: {
			...{ applicant: who, birthDate: who.kind === 'natural' ? '1979-12-24' : null, iban: testIban(serial) },
			...{ sharesWanted: 2, clauses: clauseIds, statuteVersion: 1 },
		},
	});
}

beforeAll(async () => {
	auental = await makeAuental(portal.database.db, { at: new Date(), keys: portal.config.keys });
	await declare({ name: { givenNames: 'Erika', familyName: 'Öztürk-Großhans' } }, 9_001);
	await declare({ kind: 'association', name: { organisation: names.feuerwehr }, representative: 'Ö. Löscher' }, 9_002);
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	bernd = await portal.account('board', { name: 'Bernd Vorstand' });
	supervisory = await portal.account('supervisory', { name: 'Frauke Aufsicht' });
	auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
}, 240_000);

/** Opens the page anew: reloading could send a form again that was sent before the page's script was there. */
const again = (page: Page) => page.goto(page.url().split('?')[0] ?? '');
const flash = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
const alert = (page: Page, text: RegExp) => page.getByRole('alert').filter({ hasText: text }).waitFor();

describe('admission', () => {
	test('nothing is admitted until somebody is ticked; then the number, the account and the invitation follow', async () => {
		const page = await portal.open('/vorstand', { as: anna });
		await page.getByRole('link', { name: /^Entscheiden: 2 Anträge auf Mitgliedschaft/ }).click();
		await page.getByLabel('Beschluss Nr.').fill('V 7/2026');
		await page.getByRole('button', { name: 'Angekreuzte zulassen' }).click();
		await alert(page, /Es wurde noch nichts gespeichert/);
		await page.getByText('Bitte kreuzen Sie mindestens einen Antrag an').waitFor();
		expect(await page.getByLabel('Beschluss Nr.').inputValue()).toBe('V 7/2026');
		await page.getByRole('checkbox', { name: names.erika }).check();
		await page.getByRole('button', { name: 'Angekreuzte zulassen' }).click();
		await flash(page, /Zugelassen: Mitglied \d+\./);
		await page.getByRole('link', { name: 'Mitglieder', exact: true }).first().click();
		await page.getByRole('searchbox').fill('öztürk');
		await page.getByRole('button', { name: 'Suchen' }).click();
		await page.getByRole('link', { name: names.erika }).click();
		await page.getByText('eingeladen, noch ohne Passwort').waitFor();
	});

	test('without JavaScript a single application is looked at, refused for a day in the future, and admitted', async () => {
		const page = await portal.open('/vorstand/mitglieder/antraege', { as: anna, scripts: false });
		await page.getByRole('link', { name: `Prüfen: ${names.feuerwehr}` }).click();
		await page.getByRole('heading', { level: 1, name: names.feuerwehr }).waitFor();
		const decide = page.getByRole('region', { name: 'Entscheidung des Vorstands' });
		await decide.getByLabel('Beschluss Nr.').first().fill('V 8/2026');
		await decide.getByLabel('Beschlossen am').first().fill('2999-01-01');
		await decide
			.locator('form')
			.first()
			.evaluate((form) => form.setAttribute('novalidate', ''));
		await decide.getByRole('button', { name: 'Mitglied zulassen' }).click();
		await page.getByRole('alert').first().waitFor();
		await decide.getByLabel('Beschlossen am').first().fill(auental.today);
		await decide.getByRole('button', { name: 'Mitglied zulassen' }).click();
		await page.getByText(/^Mitglied \d+ · Verein/).waitFor();
	});
});

describe('four eyes', () => {
	test('whoever made a payout file cannot release it; a second person can, and the file goes to the bank', async () => {
		const page = await portal.open('/vorstand/mitglieder?q=Öztürk', { as: anna });
		await page.getByRole('link', { name: names.erika }).click();
		await page.getByRole('link', { name: 'Zahlung erfassen' }).click();
		await page.getByLabel('Betrag').fill('1.000,5');
		await page.getByLabel('Referenz der Bank').fill('Auszug 11/2026, Zeile 3');
		await page.getByRole('button', { name: 'Buchen', exact: true }).click();
		await flash(page, /1\.000,50\s€ von Mitglied \d+ gebucht.*0,50\s€ sind zu viel bezahlt/);
		await page.getByRole('link', { name: 'Auszahlungen' }).click();
		await page.getByRole('checkbox', { name: /Öztürk-Großhans/ }).waitFor();
		await page.getByLabel('Ausführungstag').fill(bankDayFrom(dayOf(new Date())));
		await page.getByRole('button', { name: 'Überweisungsdatei anlegen' }).click();
		await flash(page, /1 Überweisung über 0,50\s€/);
		expect(await page.getByRole('button', { name: 'Freigeben' }).isDisabled()).toBe(true);
		await page.getByText('Den ersten Schritt haben Sie getan').waitFor();
		const address = new URL(page.url()).pathname;

		const second = await portal.open(address, { as: bernd });
		await second.getByRole('button', { name: 'Freigeben' }).click();
		await flash(second, /Freigegeben/);
		const [download] = await Promise.all([
			second.waitForEvent('download'),
			second.getByRole('button', { name: 'Datei für die Bank laden' }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/\.xml$/);
	});

	test('the close of a ballot needs somebody else than the one who proposed it', async () => {
		const page = await portal.open(`/vorstand/abstimmungen/${auental.ballots.over}`, { as: anna });
		await page.getByRole('button', { name: 'Schließen vorschlagen' }).click();
		await flash(page, /Eine zweite Person bestätigt/);
		await page.getByRole('button', { name: 'Bestätigen und auszählen' }).click();
		await alert(page, /ein anderer Mensch als der, der es vorgeschlagen hat/);

		const second = await portal.open(`/vorstand/abstimmungen/${auental.ballots.over}`, { as: supervisory });
		await second.getByRole('button', { name: 'Bestätigen und auszählen' }).click();
		await flash(second, /Der Antrag ist angenommen/);
		expect(await second.getByRole('region', { name: 'Ergebnis' }).textContent()).toMatch(/mehr als die Hälfte/);
	});

	test('a statute change is proposed by one and approved by another', async () => {
		const page = await portal.open('/vorstand/satzung/vorschlag', { as: anna });
		await page.getByLabel('Gilt ab').fill('2035-01-01');
		await page.getByLabel('Grundlage').fill('Generalversammlung 2034, TOP 6');
		await page.getByLabel('Kündigungsfrist in Monaten').fill('36');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await flash(page, /wartet auf die Zustimmung/);
		expect(await page.getByRole('button', { name: 'Zustimmen' }).isDisabled()).toBe(true);
		const second = await portal.open('/vorstand/satzung', { as: bernd });
		const row = second.getByRole('row', { name: /Kündigungsfrist/ }).first();
		expect(await row.textContent()).toMatch(/24.*36/s);
		await second.getByRole('button', { name: 'Zustimmen' }).click();
		await flash(second, /Fassung 2 ist eingetragen/);
	});
});

test('a fiscal year from its figures to the release of the run, which needs a second person', async () => {
	const year = auental.paidYear - 1;
	const payoutOn = bankDayFrom(addDays(auental.today, 20));
	const page = await portal.open(`/vorstand/dividende/${year}`, { as: anna });
	await page.getByRole('link', { name: 'Zahlen erfassen' }).click();
	await page.getByLabel('Jahresüberschuss').fill('viel');
	await page.getByRole('button', { name: 'Zahlen erfassen' }).click();
	await page.getByText('Bitte geben Sie einen Betrag in Euro ein').waitFor();
	await page.getByLabel('Jahresüberschuss').fill('60.000,00');
	await page.getByLabel('Gesetzliche Rücklage bisher').fill('90.000');
	await page.getByRole('button', { name: 'Zahlen erfassen' }).click();
	await flash(page, /Die Zahlen sind erfasst/);
	await page.getByRole('link', { name: 'Verwendung vorschlagen' }).click();
	await page.getByLabel('Satz', { exact: true }).fill('99');
	await page.getByLabel('Tag der Auszahlung').fill(payoutOn);
	await page.getByRole('button', { name: 'Vorschlag machen' }).click();
	await alert(page, /Ausgeschüttet werden können höchstens/);
	await page.getByLabel('Satz', { exact: true }).fill('2,5');
	await page.getByRole('button', { name: 'Vorschlag machen' }).click();
	await flash(page, /kommt er auf die Tagesordnung/);
	await resolve(year);

	await page.reload();
	await page.getByRole('button', { name: 'Dividende berechnen' }).click();
	await flash(page, /Gebucht ist noch nichts/);
	expect(await page.getByRole('button', { name: 'Lauf freigeben' }).isDisabled()).toBe(true);
	await page.getByRole('searchbox').fill('weidemann');
	await page.getByRole('button', { name: 'Suchen' }).click();
	await page.waitForURL(/\?q=weidemann/);
	const found = page.getByRole('table', { name: 'Alle Mitglieder' }).getByRole('rowheader');
	await expect.poll(() => found.allTextContents()).toHaveLength(1);

	const second = await portal.open(`/vorstand/dividende/${year}/lauf`, { as: supervisory });
	await second.getByRole('button', { name: 'Lauf freigeben' }).click();
	await flash(second, /Freigegeben und gebucht.*keine Bankverbindung/);
	await second.getByRole('link', { name: 'Lauf ansehen' }).click();
	await second.getByText('Geprüft und freigegeben von einer zweiten Person').waitFor();
});

/** The assembly adopts the proposal of a year: recorded by the program, closed by two people. */
async function resolve(year: number): Promise<void> {
	const { db, owner } = portal.database;
	const { today } = auental;
	const [proposal] = await owner<{ id: string }[]>`select id from dividend_proposals where year = ${year}`;
	const before = { by: board, at: noon(addDays(today, -40)) };
	const { id: assemblyId } = await createAssembly(db, {
		...{
			...before,
			title: 'Nachgeholte Beschlüsse',
			kind: 'extraordinary',
			form: 'stretched',
			discussionForm: 'virtual',
		},
		...{ heldOn: addDays(today, -6), startsAtClock: '18:00', link: 'https://versammlung.example/nachholen' },
	});
	const { id: agendaItemId } = await addAgendaItem(db, {
		...{ ...before, assemblyId, kind: 'resolution', title: `Verwendung des Jahresüberschusses ${year}`, text: '' },
		...{ subject: 'profit-use', proposalId: proposal?.id ?? '' },
	});
	await conveneAssembly(db, { ...before, assemblyId });
	await holdAssembly(db, { by: board, at: noon(addDays(today, -6), 18), assemblyId });
	const opensAt = noon(addDays(today, -5));
	const { id: ballotId } = await prepareBallot(db, {
		...{ by: board, at: opensAt, agendaItemId, question: 'Zustimmung?', text: '', opensAt },
		closesAt: noon(addDays(today, -3)),
	});
	await openBallot(db, { by: system, at: opensAt, ballotId });
	const { memberId } = auental.anke;
	await castVote(db, { by: system, at: noon(addDays(today, -4)), ballotId, memberId, choice: 'yes' });
	await proposeClosing(db, { by: board, at: new Date(), ballotId });
	await confirmClosing(db, { by: secondBoard, at: new Date(), ballotId });
	// The members' account numbers are sealed with the tests' keys, not the program's: nobody has one now.
	await owner`update member_secrets set iban = null, iban_blind = null, iban_last4 = null where iban_last4 <> ${testIban(9_001).slice(-4)}`;
}

test('protected particulars are shown once, for a purpose, and the look stands in the log', async () => {
	const page = await portal.open('/vorstand/mitglieder?q=Öztürk', { as: anna });
	await page.getByRole('link', { name: names.erika }).click();
	await page.getByText('Unverkürzt anzeigen').click();
	await page.getByLabel('Wozu').fill('Rückfrage der Bank');
	await page.getByRole('button', { name: 'Anzeigen und protokollieren' }).click();
	const iban = testIban(9_001).replaceAll(/(.{4})(?=.)/g, '$1 ');
	await page.getByText(iban).waitFor();
	await again(page);
	expect(await page.getByText(iban).count()).toBe(0);
	await page.goto(`${portal.url}/vorstand/protokoll?was=members.`);
	await page.getByText('Geschützte Angaben geöffnet').first().waitFor();
	await page.getByRole('button', { name: 'Kette prüfen' }).click();
	await page.getByText('Die Kette ist vollständig').waitFor();
});

test('an entry by hand must balance; then it can be reversed', async () => {
	const page = await portal.open('/vorstand/buchhaltung/buchen', { as: anna });
	await page.getByLabel('Text').fill('Wartung Windrad');
	const line = (number: number) => page.getByRole('group', { name: `Zeile ${number}` });
	await line(1).getByLabel('Konto').selectOption({ index: 1 });
	await line(1).getByLabel('Soll').fill('1.200,00');
	await line(2).getByLabel('Konto').selectOption({ index: 2 });
	await line(2).getByLabel('Haben').fill('1.100,00');
	await page.getByText(/Soll 1\.200,00\s€, Haben 1\.100,00\s€/).waitFor();
	await page.getByRole('button', { name: 'Buchen' }).click();
	await page.getByRole('alert').first().waitFor();
	await line(2).getByLabel('Haben').fill('1200');
	await page.getByRole('button', { name: 'Buchen' }).click();
	await flash(page, /Gebucht als Buchung \d+/);
	await page.locator('summary', { hasText: 'Stornieren' }).click();
	await page.getByLabel('Grund').fill('doppelt');
	await page.getByRole('button', { name: 'Stornieren' }).click();
	await flash(page, /Storniert durch Buchung \d+/);
});

test('a device’s token is shown once', async () => {
	const page = await portal.open('/vorstand/geraete', { as: anna });
	await page.getByLabel('Gerät', { exact: true }).fill('Datenlogger Schule');
	await page.getByRole('button', { name: 'Schlüssel anlegen' }).click();
	const created = page.getByRole('region', { name: 'Schlüssel für Datenlogger Schule' });
	const token = (await created.locator('code').textContent()) ?? '';
	expect(token.length).toBeGreaterThan(20);
	await again(page);
	expect(await page.getByText(token).count()).toBe(0);
	await page.getByRole('rowheader', { name: /Datenlogger Schule/ }).waitFor();
});

test('supervisory board and auditor read everything and find no form', async () => {
	for (const as of [supervisory, auditor]) {
		const page = await portal.open('/vorstand/mitglieder/anteile', { as });
		await page.goto(`${portal.url}/vorstand/buchhaltung/abschluss`);
		await page.getByText('Ändern kann das der Vorstand').first().waitFor();
		await page.goto(`${portal.url}/vorstand/zahlungen`);
		expect(await page.getByRole('link', { name: 'Zahlung erfassen' }).count()).toBe(0);
		expect(await page.getByRole('link', { name: /Stornieren/ }).count()).toBe(0);
	}
	const member = await portal.account('member', { name: 'Anke Weidemann', memberId: auental.anke.memberId });
	const page = await portal.open('/vorstand', { as: member });
	await page.getByRole('heading', { name: 'Kein Zugang' }).waitFor();
});

test('every page reads well for programs that read aloud, and fits the phone', async () => {
	const { anke, assemblies, ballots, paidYear } = auental;
	const member = `/vorstand/mitglieder/${anke.memberId}`;
	const year = `/vorstand/dividende/${paidYear}`;
	const assembly = `/vorstand/versammlungen/${assemblies.coming}`;
	const page = await portal.open('/vorstand', { as: anna, phone: true, dark: true });
	for (const address of [
		...['/vorstand', '/vorstand/mitglieder', '/vorstand/mitglieder/antraege', '/vorstand/mitglieder/anteile'],
		...['/vorstand/mitglieder/liste', member, `${member}/anteile`, `${member}/steuer`, `${member}/eintrag`],
		...[`${member}/aendern`, `${member}/dividende/${paidYear}`, '/vorstand/zahlungen', '/vorstand/zahlungen/neu'],
		...['/vorstand/zahlungen/offen', '/vorstand/auszahlungen', '/vorstand/buchhaltung'],
		...['/vorstand/buchhaltung/journal', '/vorstand/buchhaltung/journal/1', '/vorstand/buchhaltung/buchen'],
		...['/vorstand/buchhaltung/abschluss', '/vorstand/dividende', year, `${year}/lauf`, `${year}/steuer`],
		...[`/vorstand/dividende/${paidYear - 1}/zahlen`, '/vorstand/versammlungen', '/vorstand/versammlungen/neu'],
		...[assembly, `/vorstand/versammlungen/${assemblies.past}`, `${assembly}/tagesordnung/neu`],
		...[`/vorstand/abstimmungen/${ballots.open}`, `/vorstand/abstimmungen/${ballots.rejected}`],
		...[`/vorstand/abstimmungen/${ballots.prepared}`, '/vorstand/personen', '/vorstand/personen/einladen'],
		...[`/vorstand/personen/${bernd.personId}`, '/vorstand/geraete', '/vorstand/satzung'],
		...['/vorstand/satzung/vorschlag', '/vorstand/genossenschaft', '/vorstand/protokoll', '/vorstand/ablaeufe'],
		'/vorstand/schnittstelle',
	]) {
		await page.goto(portal.url + address, { waitUntil: 'networkidle' });
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
	}
	expect(portal.complaints).toEqual([]);
}, 300_000);
