// Moving in and handing over, in a real browser: a messy list is read, mended, brought in, looked at and taken back; the books go to DATEV.
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { postManualEntry } from '../../api/ledger/service/post.ts';
import { board, foundTestCooperative, join, noon, testIban } from '../cooperative.ts';
import { readBatch } from '../extf.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
let anna: Account;
let auditor: Account;

beforeAll(async () => {
	await foundTestCooperative(portal.database.db);
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
}, 240_000);

const flash = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** The sentence beside its field; the summary above repeats it for programs that read aloud. */
const visible = (page: Page, text: RegExp) => page.getByText(text).locator('visible=true').first().waitFor();

/** A list as an office keeps it: Windows-1252, odd headings, a wrong IBAN, a day that does not exist, a number twice. */
const messy = (mended = false): Buffer =>
	Buffer.from(
		[
			'Mitglieder der Bürgerenergie;;;;;;;;;',
			'Nr.;Name;Vorname;Straße;PLZ;Ort;Beitritt;Stücke;Guthaben;Konto (IBAN)',
			`11;Großmann;Jördis;Mühlgasse 3;1234;Groß Bühl;01.03.2014;2;1.000,00;${mended ? testIban(11) : 'DE00 1234'}`,
			`12;Öztürk;Can;Ring 7;43210;Auental;${mended ? '28.02.2015' : '31.02.2015'};1;500;`,
			`${mended ? '13' : '11'};Weiß;Anton;Weg 1;43210;Auental;15.06.2016;3;1.200;`,
			'14;Freiwillige Feuerwehr Auental e. V.;;Am Markt 2;43210;Auental;15.06.2016;1;500;',
		].join('\r\n'),
		'latin1',
	);

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/csv', buffer });

describe('moving in', () => {
	test('a messy list: columns mended, every problem named, nothing taken over before it is clean', async () => {
		const page = await portal.open('/vorstand/umzug', { as: anna });
		await page.getByRole('heading', { level: 1, name: 'Umzug' }).waitFor();
		await expectAccessible(page);
		await page.getByLabel('Dateien mit dem Bestand').setInputFiles(file('Liste 2026.csv', messy()));
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await page.getByRole('link', { name: 'Liste 2026.csv' }).first().waitFor();
		await page.getByText(/\d+ Fehler stehen im Weg/).waitFor();
		expect(await page.getByRole('button', { name: 'Bestand übernehmen' }).count()).toBe(0);
		await page.getByRole('link', { name: 'Liste 2026.csv' }).first().click();
		await page.getByRole('heading', { level: 1, name: 'Liste 2026.csv' }).waitFor();
		await expectAccessible(page);
		await page.getByLabel('Stücke').selectOption({ label: 'Anteile' });
		await page.getByLabel('Konto (IBAN)').selectOption({ label: 'IBAN' });
		await page.getByRole('button', { name: 'Zuordnung speichern' }).click();
		await flash(page, /Zuordnung ist gespeichert/);
		const cells = async () => (await page.getByRole('row').allInnerTexts()).join('\n').replaceAll(/\s+/g, ' ');
		const shown = await cells();
		expect(shown).toContain('IBAN DE•• •••• 1234 ist falsch'.replace('DE•• •••• 1234', '••••'));
		expect(shown).toContain('„31.02.2015“ ist kein Tag, den es gibt');
		expect(shown).toContain('Mitgliedsnummer 11 steht schon in Zeile 3');
		expect(shown).not.toContain('Ã');
		await expectAccessible(page);
		await page.goto(`${portal.url}/vorstand/umzug`);
		const list = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Fehler und Hinweise CSV' }).click();
		expect(readFileSync(await (await list).path(), 'utf8')).toContain('Mitgliedsnummer 11 steht schon in Zeile 3.');
	});

	test('the mended file of the same shape is read as the first one was, moves in, and a member is there', async () => {
		const page = await portal.open('/vorstand/umzug', { as: anna });
		await page.getByRole('button', { name: 'Liste 2026.csv entfernen' }).click();
		await page.getByLabel('Dateien mit dem Bestand').setInputFiles(file('Liste neu.csv', messy(true)));
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await page.getByText('Eine Organisation, aber ohne die Person, die für sie handelt.').first().waitFor();
		await page.getByText('11 · Jördis Großmann').waitFor();
		await page.getByText('Jetzt umziehen', { exact: true }).click();
		await page.getByText('4 Mitglieder kommen mit ihren Nummern').waitFor();
		await page.getByRole('button', { name: 'Bestand übernehmen' }).click();
		await flash(page, /Umgezogen: 4 Mitglieder/);
		await page.goto(`${portal.url}/vorstand/mitglieder`);
		await page
			.getByRole('link', { name: /Großmann/ })
			.first()
			.click();
		await page.getByRole('heading', { level: 1, name: /Jördis Großmann|Großmann/ }).waitFor();
		await page.goto(`${portal.url}/vorstand/buchhaltung/abschluss`);
		await page.getByText(/stimmen am .* überein/).waitFor();
		await page.goto(`${portal.url}/vorstand/buchhaltung/konto/2901`);
		await page.getByText('Übernahme der Geschäftsguthaben').first().waitFor();
		await expectAccessible(page);
	});

	test('on the phone, in English and without scripts it can be read and taken back; the auditor may only look', async () => {
		const phone = await portal.open('/vorstand/umzug', { as: auditor, phone: true, english: true });
		await phone.getByText(/Members: 4 · shares: 7/).waitFor();
		expect(await phone.getByText('Take back', { exact: true }).count()).toBe(0);
		await expectNoSidewaysScroll(phone);
		await expectAccessible(phone);
		const page = await portal.open('/vorstand/umzug', { as: anna, scripts: false });
		await page.getByText('Zurücknehmen', { exact: true }).click();
		await page.getByRole('button', { name: 'Umzug zurücknehmen' }).click();
		await page.getByText('zurückgenommen', { exact: true }).waitFor();
		const [row] = await portal.database.owner`select count(*)::int as n from members`;
		expect(row?.n).toBe(0);
	});

	test('a workbook that blows up is refused in a sentence, and so is a file that is none', async () => {
		const page = await portal.open('/vorstand/umzug', { as: anna });
		const bomb = Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(40_000_000) }, { level: 9 }));
		await page
			.getByLabel('Dateien mit dem Bestand')
			.setInputFiles({ name: 'bombe.xlsx', mimeType: 'application/zip', buffer: bomb });
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await visible(page, /Diese Datei ist zu groß/);
		await page
			.getByLabel('Dateien mit dem Bestand')
			.setInputFiles(file('bild.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1])));
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await visible(page, /weder CSV noch eine Arbeitsmappe/);
	});

	test('templates are downloaded and read back without a problem', async () => {
		const page = await portal.open('/vorstand/umzug', { as: anna });
		const waiting = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Mitglieder CSV' }).click();
		const csv = readFileSync(await (await waiting).path());
		await page.getByLabel('Dateien mit dem Bestand').setInputFiles(file('Umzug_Mitglieder.csv', csv));
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await page.getByText('Keine Fehler. Alles passt zusammen.').waitFor();
		await page.getByRole('button', { name: 'Umzug_Mitglieder.csv entfernen' }).click();
		const workbook = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Mitglieder Excel' }).click();
		const book = await workbook;
		expect(book.suggestedFilename()).toBe('Umzug_Mitglieder.xlsx');
		const content = readFileSync(await book.path());
		await page.getByLabel('Dateien mit dem Bestand').setInputFiles({ ...file('Umzug_Mitglieder.xlsx', content) });
		await page.getByRole('button', { name: 'Dateien lesen' }).click();
		await page.getByText('Keine Fehler. Alles passt zusammen.').waitFor();
		await page.getByText('Verwerfen', { exact: true }).click();
		await page.getByRole('button', { name: 'Umzug verwerfen' }).click();
		await flash(page, /Verworfen/);
	});
});

describe('books', () => {
	test('an account is added and mapped, a file is made for the adviser, and later entries are told of', async () => {
		const at = noon('2026-11-20');
		await join(portal.database.db, '2026-01-10', 1);
		const page = await portal.open('/vorstand/buchhaltung/kontenplan', { as: anna });
		await page.getByLabel('Nummer', { exact: true }).fill('6325');
		await page.getByLabel('Name (deutsch)').fill('Dachreinigung');
		await page.getByRole('combobox', { name: 'Art' }).selectOption({ label: 'Aufwand' });
		await page.getByRole('button', { name: 'Konto anlegen' }).click();
		await flash(page, /Konto 6325 ist angelegt/);
		await expectAccessible(page);
		const post = (text: string) =>
			postManualEntry(portal.database.db, {
				...{ by: board, at, bookedOn: '2026-05-05', text, reference: 'R 7' },
				lines: [
					{ account: '6325', cents: 12_300 },
					{ account: '1800', cents: -12_300 },
				],
			});
		await post('Dachreinigung Schule');
		await page.goto(`${portal.url}/vorstand/buchhaltung/datev`);
		await page.getByLabel('Beraternummer').fill('1001');
		await page.getByLabel('Mandantennummer').fill('147');
		await page.getByRole('button', { name: 'Speichern' }).click();
		await flash(page, /Angaben sind gespeichert/);
		await page.goto(`${portal.url}/vorstand/buchhaltung/datev?von=2026-05-01&bis=2026-05-31`);
		await page.getByRole('button', { name: 'Datei erzeugen' }).click();
		await flash(page, /EXTF_Buchungsstapel_2026-05-01_2026-05-31/);
		await expectAccessible(page);
		const waiting = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Herunterladen' }).first().click();
		const download = await waiting;
		const { readFile } = await import('node:fs/promises');
		const batch = readBatch(await readFile(await download.path()));
		expect(batch.rows).toMatchObject([{ Konto: '6325', Buchungstext: 'Dachreinigung Schule' }]);
		await post('Nachtrag');
		await page.goto(`${portal.url}/vorstand/buchhaltung/datev?von=2026-05-01&bis=2026-05-31`);
		await page.getByText(/ist 1 Buchung dazugekommen/).waitFor();
		await page.getByText('1 später gebucht').waitFor();
		await page.goto(`${portal.url}/vorstand/buchhaltung/journal?suche=nachtrag`);
		await page.getByRole('link', { name: 'Nachtrag' }).click();
		await page.getByRole('link', { name: /6325/ }).click();
		await page.getByRole('heading', { level: 1, name: '6325 Dachreinigung' }).waitFor();
		const phone = await portal.open('/vorstand/buchhaltung/datev', {
			as: auditor,
			phone: true,
			dark: true,
			english: true,
		});
		await expectNoSidewaysScroll(phone);
		await expectAccessible(phone);
		expect(await phone.getByRole('button', { name: 'Make file' }).count()).toBe(0);
		for (const address of ['konto/1800', 'kontenplan', 'abschluss', 'journal']) {
			await phone.goto(`${portal.url}/vorstand/buchhaltung/${address}`);
			await expectNoSidewaysScroll(phone);
			await expectAccessible(phone);
		}
	});

	test('no page complained', () => {
		expect(portal.complaints).toEqual([]);
	});
});
