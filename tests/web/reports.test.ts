// Pages of the statute and of reports: proposed, previewed and approved by two; explained to everybody; figures, proof, calendar of duties.
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { postEntry } from '../../api/ledger/service/post.ts';
import { addDays } from '../../api/values/calendar.ts';
import { system } from '../database.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';
import { type Auental, makeAuental } from './auental.ts';

const portal = usePortal();
let auental: Auental;
let anna: Account;
let bernd: Account;
let auditor: Account;

beforeAll(async () => {
	auental = await makeAuental(portal.database.db, { at: new Date(), keys: portal.config.keys });
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	bernd = await portal.account('board', { name: 'Bernd Vorstand' });
	auditor = await portal.account('auditor', { name: 'Petra Prüferin' });
}, 240_000);

/** Opens what stands behind a line, whatever a click before the page was awake has done. */
const unfold = (inside: Locator) => inside.locator('details').evaluate((details) => details.setAttribute('open', ''));

describe('statute', () => {
	test('everybody reads all terms explained, and the history from when to when', async () => {
		const page = await portal.open('/satzung');
		await page.getByText('Das Eintrittsgeld bleibt der Genossenschaft').waitFor();
		await page.getByText('(§ 76 GenG)').waitFor();
		await page.getByText('gilt seit 15.03.2012').waitFor();
		await expectAccessible(page);
		const phone = await portal.open('/satzung', { phone: true, english: true });
		await phone.getByText('Minimum capital').first().waitFor();
		await expectNoSidewaysScroll(phone);
	});

	test('what the law forbids is refused in words at its field; nothing is proposed', async () => {
		const page = await portal.open('/vorstand/satzung/vorschlag', { as: anna });
		await page.getByLabel('Gilt ab').fill('2034-01-01');
		await page.getByLabel('Grundlage').fill('Generalversammlung 2033, TOP 6');
		await page.getByText('Weitere Festlegungen').click();
		expect(await page.getByLabel('Gründe für einen Ausschluss').inputValue()).toContain(
			'Anschrift länger als ein Jahr',
		);
		await page.getByLabel('Auszahlung braucht Zustimmung').selectOption('board');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('eine solche Klausel ist nichtig').last().waitFor();
		expect(await page.getByLabel('Grundlage').inputValue()).toContain('TOP 6');
		await page.getByLabel('Auszahlung braucht Zustimmung').selectOption('none');
		await page.getByLabel('Mindestkapital', { exact: true }).selectOption('capital');
		await page.getByLabel('Höhe des Mindestkapitals').fill('80');
		await page.getByLabel('Übertragung des Guthabens').selectOption('excluded');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('darf die Satzung die Übertragung weder ausschließen').last().waitFor();
		await page.goto(`${portal.url}/vorstand/satzung`);
		expect(await page.getByRole('button', { name: 'Zustimmen' }).count()).toBe(0);
	});

	test('a split is previewed, approved by a second person, and every member has the new number of shares', async () => {
		const page = await portal.open('/vorstand/satzung/vorschlag', { as: anna });
		await page.getByLabel('Gilt ab').fill(addDays(auental.today, -2));
		await page.getByLabel('Grundlage').fill('Generalversammlung, TOP 7: Teilung 1 zu 5');
		await page.getByLabel('Geschäftsanteil', { exact: true }).fill('100,00');
		await page.getByLabel('Pflichteinzahlung je Anteil').fill('100,00');
		await page.getByLabel('Höchstzahl an Anteilen').fill('20.000');
		await page.getByText('Weitere Festlegungen').click();
		await page.getByLabel('Haftsumme je Anteil').fill('100,00');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('aus 1 werden 5').waitFor();
		expect(await page.getByRole('row', { name: /Gründe für einen Ausschluss/ }).count()).toBe(1);
		expect(await page.getByRole('button', { name: 'Zustimmen', exact: true }).isDisabled()).toBe(true);
		const second = await portal.open('/vorstand/satzung', { as: bernd });
		await expectAccessible(second);
		await second.getByRole('button', { name: 'Zustimmen und Anteile teilen' }).click();
		await second.getByText(/Fassung 2 ist eingetragen/).waitFor();
		const file = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}/anteile`, { as: anna });
		await file.getByText('60', { exact: false }).first().waitFor();
		expect(await file.locator('main').textContent()).toMatch(/6\.000,00/);
		const member = await portal.open('/satzung');
		await unfold(member.getByRole('listitem').filter({ hasText: 'Fassung 2' }));
		await member.getByText('Geschäftsanteil: vorher 500,00 €, jetzt 100,00 €').waitFor();
	});

	test('an increase needs its vote, is previewed with what everybody owes, and approved by a second person', async () => {
		const page = await portal.open('/vorstand/satzung/vorschlag', { as: anna });
		await page.getByLabel('Gilt ab').fill(addDays(auental.today, -1));
		await page.getByLabel('Grundlage').fill('Generalversammlung, TOP 8: Erhöhung auf 120 €');
		await page.getByLabel('Geschäftsanteil', { exact: true }).fill('120,00');
		await page.getByLabel('Pflichteinzahlung je Anteil').fill('120,00');
		await page.getByText('Weitere Festlegungen').click();
		await page.getByLabel('Haftsumme je Anteil').fill('120,00');
		await page.getByText('Wenn sich der Geschäftsanteil ändert').click();
		await page.getByLabel('Was dabei für jedes Mitglied gleich bleibt').selectOption('shares');
		await page.getByLabel('Beschlossen am').fill(addDays(auental.today, -9));
		await page.getByLabel('Unterschied fällig ab').fill(addDays(auental.today, 30));
		await page.getByLabel('Ja-Stimmen').fill('20');
		await page.getByLabel('Nein-Stimmen').fill('10');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('20 von 30 Stimmen reichen nicht').last().waitFor();
		await page.getByLabel('Nein-Stimmen').fill('2');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('jedes Mitglied behält seine Anteile').waitFor();
		const second = await portal.open('/vorstand/satzung', { as: bernd, phone: true });
		await second.getByText('20 Ja, 2 Nein').waitFor();
		await second.getByText('von allen Mitgliedern zusammen, je Anteil gleich viel').waitFor();
		await expectNoSidewaysScroll(second);
		await expectAccessible(second);
		await second.getByRole('button', { name: 'Zustimmen', exact: true }).click();
		await second.getByText(/Fassung 3 ist eingetragen/).waitFor();
	});

	test('a reduction waits for the creditors: announced, one reports and is secured, and only then it takes effect', async () => {
		const page = await portal.open('/vorstand/satzung/vorschlag', { as: anna });
		await page.getByLabel('Gilt ab').fill(auental.today);
		await page.getByLabel('Grundlage').fill('Generalversammlung, TOP 9: Herabsetzung auf 80 €');
		await page.getByLabel('Geschäftsanteil', { exact: true }).fill('80,00');
		await page.getByLabel('Pflichteinzahlung je Anteil').fill('80,00');
		await page.getByText('Weitere Festlegungen').click();
		await page.getByLabel('Haftsumme je Anteil').fill('80,00');
		await page.getByText('Wenn sich der Geschäftsanteil ändert').click();
		await page.getByLabel('Was dabei für jedes Mitglied gleich bleibt').selectOption('shares');
		await page.getByLabel('Beschlossen am').fill(addDays(auental.today, -9));
		await page.getByLabel('Ja-Stimmen').fill('20');
		await page.getByLabel('Nein-Stimmen').fill('0');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('Über dem neuen Anteil eingezahlt').waitFor();
		const second = await portal.open('/vorstand/satzung', { as: bernd });
		await second.getByText('Bis dahin wird nichts zurückgezahlt').waitFor();
		await second.getByRole('button', { name: 'Zustimmen', exact: true }).click();
		await second.getByText(/Fassung 4 ist eingetragen/).waitFor();
		await page.reload();
		await page.getByLabel('Bekannt gemacht am').fill(auental.today);
		await page.getByRole('button', { name: 'Bekanntmachung eintragen' }).click();
		await page.getByText(/Gläubiger können sich bis zum/).waitFor();
		await page.getByLabel('Gläubiger', { exact: true }).fill('Volksbank Auental');
		await page.getByLabel('Forderung').fill('125.000,00');
		await page.getByLabel('Gemeldet am').fill(auental.today);
		await page.getByRole('button', { name: 'Gläubiger eintragen' }).click();
		await page.getByText('Der Gläubiger ist eingetragen').waitFor();
		await page.getByText(/frühestens am Tag nach dem/).waitFor();
		await expectAccessible(page);
		const phone = await portal.open('/vorstand/satzung', { as: bernd, phone: true, english: true });
		await phone.getByText('Volksbank Auental').waitFor();
		await expectNoSidewaysScroll(phone);
		// Half a year later.
		await portal.database.owner`update share_reductions set announced_on = ${addDays(auental.today, -200)}`;
		await page.reload();
		await page.getByText('Ein Gläubiger ist noch nicht bezahlt oder gesichert').waitFor();
		await page.getByLabel('Wie', { exact: true }).fill('Grundschuld');
		await page.getByRole('button', { name: 'Eintragen', exact: true }).click();
		await page.getByText(/eine andere Person als die/).waitFor();
		await second.goto(`${portal.url}/vorstand/satzung`);
		await second.getByText('Herabsetzung wirksam werden lassen', { exact: true }).click();
		await second.getByRole('button', { name: 'Jetzt wirksam werden lassen' }).click();
		await second.getByText(/Die Herabsetzung gilt ab heute/).waitFor();
		const member = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}/anteile`, { as: anna });
		await member.getByText('Herabsetzung des Geschäftsanteils').first().waitFor();
	});

	test('a loss is covered as the assembly resolved: proposed, entered by a second person, told to the member', async () => {
		const { db } = portal.database;
		const bookedOn = `${auental.paidYear}-12-31`;
		await write(db, { by: system, at: new Date() }, async (tx, note) => {
			note({ action: 'ledger.post', subject: 'test' });
			const postings = [
				{ account: accounts.lossCarried, cents: 1_234_567 },
				{ account: accounts.bank, cents: -1_234_567 },
			];
			const entry = { bookedOn, kind: 'manual', text: 'Fehlbetrag', postings };
			await postEntry(tx, { by: system, at: new Date(), entry });
		});
		const page = await portal.open('/vorstand/buchhaltung/verlust', { as: anna });
		await page.getByText('Vorgetragen sind 12.345,67').waitFor();
		await page.getByLabel('Beschlossen am').fill(auental.today);
		await page.getByLabel('Beschluss', { exact: true }).fill('Generalversammlung, TOP 4');
		await page.getByLabel('von den Geschäftsguthaben').fill('90.000.000,00');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('So viel Verlust ist nicht vorgetragen').last().waitFor();
		await page.getByLabel('aus der gesetzlichen Rücklage').fill('0,00');
		await page.getByLabel('aus anderen Rücklagen').fill('0,00');
		await page.getByLabel('von den Geschäftsguthaben').fill('1.000,00');
		await page.getByRole('button', { name: 'Zur Zustimmung vorlegen' }).click();
		await page.getByText('Der Vorschlag wartet auf eine zweite Person').waitFor();
		expect(await page.getByRole('button', { name: 'Deckung eintragen' }).isDisabled()).toBe(true);
		const second = await portal.open('/vorstand/buchhaltung/verlust', { as: bernd });
		await expectAccessible(second);
		await second.getByText('Deckung eintragen', { exact: true }).click();
		await second.getByRole('button', { name: 'Jetzt eintragen' }).click();
		await second.getByText(/Eingetragen als Buchung/).waitFor();
		const phone = await portal.open('/vorstand/buchhaltung/verlust', { as: anna, phone: true, english: true });
		await phone.getByText(/Loss of \d{4} covered/).waitFor();
		await expectNoSidewaysScroll(phone);
		const file = await portal.open(`/vorstand/mitglieder/${auental.anke.memberId}/anteile`, { as: anna });
		await file.getByText('Verlustdeckung').first().waitFor();
	});
});

describe('reports', () => {
	test('the year in figures, as a file, and who came and went', async () => {
		const page = await portal.open('/vorstand', { as: anna });
		await page.getByRole('link', { name: 'Berichte' }).click();
		await page.getByRole('heading', { level: 1, name: /Geschäftsjahr/ }).waitFor();
		await page.getByRole('row', { name: /Gesamtbetrag der Haftsummen/ }).waitFor();
		await expectAccessible(page);
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('link', { name: 'CSV laden' }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/^Anhang \d{4}\.csv$/);
		await page.getByRole('link', { name: 'Zu- und Abgänge' }).click();
		await page.getByRole('heading', { level: 1, name: /Zu- und Abgänge/ }).waitFor();
		await page.getByLabel('Geschäftsjahr').selectOption('2022');
		await page.getByRole('button', { name: 'Anzeigen' }).click();
		await page
			.getByRole('link', { name: /Müller 1/ })
			.first()
			.waitFor();
		await page.getByRole('link', { name: 'Kapital' }).click();
		await page.getByRole('img', { name: /Geschäftsguthaben und Summe/ }).waitFor();
		await expectAccessible(page);
		const phone = await portal.open('/vorstand/berichte/kapital', { as: anna, phone: true });
		await expectNoSidewaysScroll(phone);
	});

	test("the proof as a citizens' energy company", async () => {
		const page = await portal.open('/vorstand/berichte/buergerenergie', { as: anna });
		await page.getByText('fehlen noch die Postleitzahlen').first().waitFor();
		await page.getByRole('textbox', { name: 'Postleitzahlen im Umkreis' }).fill('432, 4x');
		await page.getByRole('button', { name: 'Umkreis speichern' }).click();
		await page.getByText('keine Postleitzahl').last().waitFor();
		await page.getByRole('textbox', { name: 'Postleitzahlen im Umkreis' }).fill('432');
		await page.getByRole('button', { name: 'Umkreis speichern' }).click();
		await page.getByRole('row', { name: /Mindestens 50 natürliche Personen.*nicht erfüllt/ }).waitFor();
		await page
			.getByRole('row', { name: /Stadtwerke Auental/ })
			.getByRole('combobox')
			.selectOption('sme');
		await page
			.getByRole('row', { name: /Stadtwerke Auental/ })
			.getByRole('button', { name: 'Übernehmen' })
			.click();
		await page.getByRole('row', { name: /Übrige Stimmen nur bei KMU.*erfüllt/ }).waitFor();
		await expectAccessible(page);
		const reader = await portal.open('/vorstand/berichte/buergerenergie', { as: auditor });
		expect(await reader.getByRole('button', { name: 'Umkreis speichern' }).count()).toBe(0);
	});

	test('duties stand on the home, are given to somebody and marked as done; events are entered', async () => {
		const page = await portal.open('/vorstand', { as: anna });
		await page.getByRole('heading', { name: 'Termine' }).waitFor();
		await page.getByRole('link', { name: /Alle Termine/ }).click();
		await page.getByLabel('Anlass').selectOption('C-34');
		await page.getByLabel('Tag des Ereignisses').fill(auental.today);
		await page.getByLabel('Kurz beschrieben').fill('Neue Vorständin Bernd');
		await page.getByRole('button', { name: 'Eintragen' }).click();
		const duty = page.getByRole('listitem').filter({ hasText: 'Neue Vorständin Bernd' });
		await unfold(duty);
		await duty.getByLabel('Zuständig').selectOption({ label: 'Bernd Vorstand' });
		await duty.getByRole('button', { name: 'Zuweisen' }).click();
		await duty.getByText('Bernd Vorstand ·', { exact: false }).first().waitFor();
		await expectAccessible(page);
		await unfold(duty);
		await duty.getByRole('button', { name: 'Als erledigt vermerken' }).click();
		await page.getByText('Als erledigt vermerkt.').waitFor();
		await page.getByRole('row', { name: /Neue Vorständin Bernd.*erledigt.*am .*durch Anna Vorstand/ }).waitFor();
		const phone = await portal.open('/vorstand/berichte/termine', { as: bernd, phone: true });
		await expectNoSidewaysScroll(phone);
	});

	test('nothing complained', () => {
		expect(portal.complaints).toEqual([]);
	});
});
