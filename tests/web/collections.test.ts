// Paying in, in a real browser: a member's plan and mandate, the board's direct debits, bank statements, desk and reminders.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { changeMember } from '../../api/members/service/files.ts';
import { referenceOf } from '../../api/payments/rules/reference.ts';
import { addDays, dayOf } from '../../api/values/calendar.ts';
import { camtXml } from '../bank/camt.ts';
import { board, foundTestCooperative, join, testIban } from '../cooperative.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
const today = dayOf(new Date());
let anna: Account;
let bernd: Account;
let auditor: Account;
let eva: Account;
const members: Awaited<ReturnType<typeof join>>[] = [];

const flash = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();

beforeAll(async () => {
	const { db } = portal.database;
	await foundTestCooperative(db, { firstPaymentCents: 20_000, instalmentCents: 10_000, instalmentMonths: 1 });
	const since = addDays(today, -70);
	for (const familyName of ['Brandstätter', 'Öztürk', 'Weiß', 'Krüger'])
		members.push(await join(db, since, 1, { name: { givenNames: 'Eva', familyName } }));
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	bernd = await portal.account('board', { name: 'Bernd Vorstand' });
	auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
	eva = await portal.account('member', { name: 'Eva Brandstätter', memberId: members[0]?.memberId ?? '' });
	await changeMember(db, {
		...{ by: board, at: new Date(), keys: portal.config.keys, memberId: members[3]?.memberId ?? '', basis: 'Post' },
		...{ effectiveOn: today, changes: { phone: '0123' } },
	});
	await portal.database.owner`update members set email = null where id = ${members[3]?.memberId ?? ''}`;
}, 240_000);

describe('a member', () => {
	test('sees what is due, how to pay it with a code to scan, and gives a mandate after proving who it is', async () => {
		const page = await portal.open('/anteile/zahlungen', { as: eva, phone: true });
		await page.getByRole('heading', { level: 1, name: /sind zu zahlen/ }).waitFor();
		await page.getByText(`${referenceOf(members[0]?.number ?? 0)} Mitglied ${members[0]?.number}`).waitFor();
		await page.getByRole('img', { name: /GiroCode/ }).waitFor();
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Mandat erteilen' }).click();
		await page.getByText('innerhalb von acht Wochen').waitFor();
		await expectAccessible(page);
		await page.getByRole('textbox', { name: 'IBAN', exact: true }).fill('DE89 3704 0044 0532 0130 01');
		await page.getByLabel('Ich erteile dieses').check();
		await page.getByRole('button', { name: 'Mandat erteilen' }).click();
		await page.getByText('Diese IBAN stimmt nicht').last().waitFor();
		await page.getByRole('textbox', { name: 'IBAN', exact: true }).fill('DE89 3704 0044 0532 0130 00');
		await page.getByLabel('Ich erteile dieses').check();
		await page.getByRole('button', { name: 'Mandat erteilen' }).click();
		await flash(page, /Ihr Mandat GW-\d+-1 ist erteilt/);
		await page.getByText('DE•• •••• 3000').first().waitFor();
		await expectNoSidewaysScroll(page);
	});

	test('in English, and without a mandate of others', async () => {
		const page = await portal.open('/anteile/zahlungen', { as: eva, english: true });
		await page.getByRole('heading', { level: 1, name: /to pay/ }).waitFor();
		await page.getByText('Mandate reference').first().waitFor();
	});
});

describe('the board', () => {
	test('records a mandate from paper and lets a disputed claim rest', async () => {
		const page = await portal.open('/vorstand/zahlungen/offen', { as: anna });
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Öztürk, Eva', exact: true }).click();
		await page.getByRole('link', { name: 'Mandat vom Papier erfassen' }).click();
		await page.getByRole('textbox', { name: 'IBAN', exact: true }).fill(testIban(77));
		await page.getByLabel('Mandatsreferenz auf dem Papier').fill('mit leer');
		await page.getByRole('button', { name: 'Mandat erfassen' }).click();
		await page
			.getByText(/höchstens 35 Zeichen ohne Leerzeichen/)
			.last()
			.waitFor();
		await page.getByLabel('Mandatsreferenz auf dem Papier').fill('PAPIER-7');
		await page.getByRole('button', { name: 'Mandat erfassen' }).click();
		await flash(page, /Das Mandat PAPIER-7 ist erfasst/);
		const other = await portal.open('/vorstand/zahlungen/offen', { as: anna });
		await other.getByRole('link', { name: 'Weiß, Eva', exact: true }).click();
		await other.getByLabel('Grund').fill('Anzahl der Anteile bestritten');
		await other.getByRole('button', { name: 'Ruhen lassen' }).click();
		await flash(other, /Die Forderung ruht/);
		await expectAccessible(other);
	});

	test('prepares a collection, a second person releases it, the debtors are told, the file goes to the bank', async () => {
		const page = await portal.open('/vorstand/zahlungen/lastschriften', { as: anna });
		await page.getByRole('link', { name: 'Einzug vorbereiten' }).click();
		await page.getByText('2 Lastschriften, zusammen').waitFor();
		await page.getByText('kein Mandat').first().waitFor();
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Lastschriftdatei anlegen' }).click();
		await flash(page, /2 Lastschriften über/);
		expect(await page.getByRole('button', { name: 'Freigeben und ankündigen' }).isDisabled()).toBe(true);
		const second = await portal.open(new URL(page.url()).pathname, { as: bernd });
		await second.getByRole('button', { name: 'Freigeben und ankündigen' }).click();
		await flash(second, /Freigegeben, 2 Ankündigungen verschickt/);
		const [download] = await Promise.all([
			second.waitForEvent('download'),
			second.getByRole('button', { name: 'Datei für die Bank laden' }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/^GWL-.*\.xml$/);
		await expectAccessible(second);
		const own = await portal.open('/anteile/zahlungen', { as: eva });
		await own.getByText(/ziehen wir am .* von Ihrem Konto ein/).waitFor();
	});

	test('uploads a statement, sees what it would do, imports it, and settles the rest; a broken one is refused in words', async () => {
		const file = (name: string, xml: string) => {
			const to = path.resolve('.cache', name);
			writeFileSync(to, xml);
			return to;
		};
		const krueger = members[3]?.number ?? 0;
		const xml = camtXml({
			...{ id: 'WEB-1', on: today },
			entries: [
				{ cents: 20_000, on: today, ref: 'W1', details: [{ reference: referenceOf(krueger), party: 'Eva Krüger' }] },
				{ cents: 7_500, on: today, ref: 'W2', details: [{ text: 'Anteil', party: 'Krüger' }] },
				{ cents: -450, on: today, ref: 'W3', code: 'NCHG+805', details: [{ text: 'Kontoführung' }] },
			],
		});
		const page = await portal.open('/vorstand/zahlungen/auszuege', { as: anna });
		await expectAccessible(page);
		await page.getByLabel('Datei', { exact: true }).setInputFiles(file('cut.xml', xml.slice(0, -60)));
		await page.getByRole('button', { name: 'Hochladen und ansehen' }).click();
		await flash(page, /kein vollständiges XML/);
		await page.getByLabel('Datei', { exact: true }).setInputFiles(file('auszug.xml', xml));
		await page.getByRole('button', { name: 'Hochladen und ansehen' }).click();
		await page.getByText('Einzahlung, wird gebucht').first().waitFor();
		await page
			.getByText(/zu klären/)
			.first()
			.waitFor();
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Übernehmen und buchen' }).click();
		await flash(page, /1 erledigt, 2 zu klären/);
		await page.getByRole('link', { name: 'Krüger', exact: true }).click();
		await page.getByText(/^gleicher Name, offen/).waitFor();
		await expectAccessible(page);
		await page.getByRole('button', { name: `Ganz an Krüger, Eva (${krueger})` }).click();
		await flash(page, /Die Zeile ist erledigt/);
		await page.getByRole('link', { name: 'Kontoführung' }).click();
		await page.getByRole('group', { name: 'Teil 1' }).getByLabel('Konto').selectOption('6855');
		await page.getByRole('button', { name: 'Buchen', exact: true }).click();
		await flash(page, /Die Zeile ist erledigt/);
		await page.getByText('Alles ist zugeordnet').first().waitFor();
		await page.getByLabel('Stand', { exact: true }).selectOption('booked');
		await page.getByRole('button', { name: 'Suchen', exact: true }).click();
		await page.getByRole('link', { name: 'Kontoführung' }).click();
		await page.getByText('Wieder öffnen').last().click();
		await page.getByLabel('Grund').fill('war eine Pacht');
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Stornieren und öffnen' }).click();
		await flash(page, /Die Zeile ist wieder offen/);
		await page.getByText(/Früher gebucht.*war eine Pacht/).waitFor();
		await expectAccessible(page);
		await page.getByRole('group', { name: 'Teil 1' }).getByLabel('Konto').selectOption('6855');
		await page.getByRole('button', { name: 'Buchen', exact: true }).click();
		await flash(page, /Die Zeile ist erledigt/);
		await page.goto(`${portal.url}/vorstand/zahlungen/auszuege`);
		await page.getByLabel('Datei', { exact: true }).setInputFiles(file('auszug.xml', xml));
		await page.getByRole('button', { name: 'Hochladen und ansehen' }).click();
		await flash(page, /(schon hochgeladen|schon übernommen)/);
	});

	test('reminds whoever is late: by mail, or as a letter to print; steps can be changed', async () => {
		const page = await portal.open('/vorstand/zahlungen/mahnungen/stufen', { as: anna });
		await page.getByLabel('Betreff').first().fill('Freundliche Erinnerung {unbekannt}');
		await page.getByRole('button', { name: 'Stufen speichern' }).click();
		await page.getByText('Den Platzhalter {unbekannt} gibt es nicht').last().waitFor();
		await page.getByLabel('Betreff').first().fill('Freundliche Erinnerung, Mitglied {number}');
		await page.getByRole('button', { name: 'Stufen speichern' }).click();
		await flash(page, /Mahnstufen sind gespeichert/);
		await page.getByRole('checkbox', { name: /Krüger, Eva/ }).waitFor();
		expect(await page.getByRole('checkbox', { name: /Weiß/ }).count()).toBe(0);
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Angekreuzte mahnen' }).click();
		await flash(page, /1 Mahnung ist unterwegs.*1 als Brief/);
		await page.getByRole('link', { name: 'Brief ansehen: Krüger, Eva' }).click();
		await page.getByText(/Freundliche Erinnerung, Mitglied/).waitFor();
		await page
			.getByText(/wir|Bitte überweisen Sie/)
			.first()
			.waitFor();
		await expectAccessible(page);
	});

	test('the overview says what is to be done; whoever only reads finds no forms', async () => {
		const page = await portal.open('/vorstand/zahlungen', { as: auditor, phone: true });
		await page.getByText(/Kontoauszüge sind bis/).waitFor();
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		for (const address of ['offen', 'lastschriften', 'auszuege', 'klaeren', 'mahnungen', 'mahnungen/stufen']) {
			await page.goto(`${portal.url}/vorstand/zahlungen/${address}`);
			await page.getByRole('heading', { level: 1 }).waitFor();
			await expectNoSidewaysScroll(page);
		}
		expect(await page.getByRole('button', { name: 'Stufen speichern' }).count()).toBe(0);
	});

	test('nothing went wrong in the browser', () => {
		expect(portal.complaints).toEqual([]);
	});
});
