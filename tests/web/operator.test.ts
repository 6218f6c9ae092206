// The operator's pages as people use them in a browser: a plant is recorded, files are looked into and stored, sources are tried out.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { fetchFiles } from '../../api/readings/service/fetch-files.ts';
import { systemActor } from '../../api/values/actor.ts';
import { daysFrom, slotsOfDay } from '../../api/values/calendar.ts';
import { writeQuarterHourCsv } from '../../web/demo/formats/quarter-hour-csv.ts';
import { writeSolarLogDay } from '../../web/demo/formats/solarlog.ts';
import { maloOf, mastrOf, meloOf } from '../../web/demo/numbers.ts';
import { foundTestCooperative } from '../cooperative.ts';
import { type SftpServer, startSftp } from '../servers/sftp.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal, type View } from './portal.ts';

const portal = usePortal();
let operator: Account;
let board: Account;
let auditor: Account;
let page: Page;

const year = new Date().getFullYear() - 1;
/** The last Sunday of last year's October: 100 quarter-hours. */
const longDay = daysFrom(`${year}-10-25`, `${year}-10-31`).find((day) => slotsOfDay(day, 15) === 100) ?? '';
const malo = maloOf('5099900077');
const shown = (day: string) => day.split('-').reverse().join('.');

/** A grid operator's file of some days of last October, each quarter-hour with so many watt-hours. */
function loadProfile(from: string, to: string, wh: number): Buffer {
	const head = {
		...{
			gridOperator: 'Überlandnetz Auental GmbH',
			customer: 'Bürgerenergie Auental eG',
			plant: 'Solardach Gärtnerei',
		},
		...{ malo, melo: meloOf('test'), obis: '1-1:2.29.0', unit: 'kWh' as const },
	};
	const days = daysFrom(from, to).map((day) => ({ day, valuesWh: new Array<number>(slotsOfDay(day, 15)).fill(wh) }));
	return Buffer.from(writeQuarterHourCsv(head, days));
}

const october = loadProfile(`${year}-10-20`, `${year}-10-31`, 1_500);
const broken = Buffer.from(october.toString('latin1').replace(/;06:30;/, ';06:75;'), 'latin1');
const csv = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/csv', buffer });

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
const card = (name: string | RegExp) => page.getByRole('region', { name });
const pathOf = () => new URL(page.url()).pathname;

async function open(address: string, view: View = {}): Promise<void> {
	page = await portal.open(address, { as: operator, ...view });
}

/** Chooses files on the upload page and waits for the preview. */
async function upload(...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
	await heading('Messwerte hochladen');
	// The page's script may still be loading; it takes files chosen before it too.
	await page.getByLabel('Messdateien').setInputFiles(files);
	await page.waitForURL(/\/vorschau\?/);
	await page.getByText('Das Portal liest noch').waitFor({ state: 'detached' });
}

beforeAll(async () => {
	await foundTestCooperative(portal.database.db);
	operator = await portal.account('operator', { name: 'Jens Petersen' });
	board = await portal.account('board');
	auditor = await portal.account('auditor');
}, 60_000);

describe('a plant', () => {
	test('an empty house says what to do first', async () => {
		await open('/betrieb');
		await heading('Willkommen in der Betriebsführung');
		await expectAccessible(page);
		for (const [address, title] of [
			['/betrieb/messwerte', 'Messwerte'],
			['/betrieb/messwerte/vorschau', 'Messwerte hochladen'],
			['/betrieb/quellen', 'Quellen'],
			['/betrieb/auffaelligkeiten', 'Auffälligkeiten'],
			['/betrieb/anlagen', 'Anlagen'],
		] as const) {
			await page.goto(portal.url + address);
			await heading(title);
			await expectAccessible(page);
		}
		await page.getByRole('link', { name: 'Neue Anlage' }).click();
		await heading('Neue Anlage');
	});

	test('is recorded; a wrong number is refused at its field and nothing typed is lost', async () => {
		await page.getByLabel('Name').fill('Solardach Gärtnerei');
		await page.getByText('Sonne', { exact: true }).click();
		await page.getByLabel('Leistung').fill('98,28');
		await page.getByLabel('Tag der Inbetriebnahme').fill('2017-06-21');
		await page.getByLabel('Nummer im Marktstammdatenregister').fill('SEE912345678901');
		await page.getByLabel('Postleitzahl').fill('43211');
		await page.getByLabel('Ort', { exact: true }).fill('Auental');
		await page.getByLabel('Januar').fill('2.000');
		await press('Anlage anlegen');
		await page.getByText('Bitte füllen Sie alle zwölf Monate aus oder keinen.').waitFor();
		await page.getByLabel('Januar').fill('');
		await press('Anlage anlegen');
		await page
			.getByText(/ist keine Nummer einer Einheit/)
			.first()
			.waitFor();
		expect(await page.getByLabel('Leistung').inputValue()).toBe('98,28');
		expect(await page.getByLabel('Nummer im Marktstammdatenregister').getAttribute('aria-invalid')).toBe('true');
		await expectAccessible(page);
		await page.getByLabel('Nummer im Marktstammdatenregister').fill(mastrOf('SEE', '0000043777'));
		await press('Anlage anlegen');
		await heading('Solardach Gärtnerei');
		await page.getByText('Solardach Gärtnerei ist angelegt.').waitFor();
		await expectAccessible(page);
	});

	test('gets a metering point; a mistyped market location is refused at its field', async () => {
		await page.getByRole('link', { name: 'Zählpunkt hinzufügen' }).click();
		await heading('Zählpunkt hinzufügen');
		await page.getByLabel('Marktlokation (MaLo)').fill(`${malo.slice(0, 10)}${(Number(malo[10]) + 1) % 10}`);
		await press('Zählpunkt speichern');
		await page
			.getByText(/ist keine Marktlokation/)
			.first()
			.waitFor();
		await expectAccessible(page);
		await page.getByLabel('Marktlokation (MaLo)').fill(malo);
		await press('Zählpunkt speichern');
		await heading('Solardach Gärtnerei');
		await card('Zählpunkte').getByText(malo).waitFor();
	});

	test('gets its rate from the board alone', async () => {
		expect(await page.getByRole('link', { name: 'Vergütung eintragen' }).count()).toBe(0);
		const address = pathOf();
		await open(address, { as: board });
		await page.getByRole('link', { name: 'Vergütung eintragen' }).click();
		await heading('Vergütung eintragen');
		await page.getByLabel('Vergütung je kWh').fill('acht');
		await press('Vergütung speichern');
		await page.getByText('Bitte geben Sie Cent je Kilowattstunde an').waitFor();
		await page.getByLabel('Vergütung je kWh').fill('11,63');
		await page.getByLabel('Gilt ab').fill('2017-06-21');
		await press('Vergütung speichern');
		await card('Vergütung').getByText('11,63 ct/kWh').waitFor();
	});
});

describe('an upload', () => {
	test('two files, one broken: the preview says what each holds, and nothing is stored', async () => {
		await open('/betrieb/messwerte/hochladen');
		await expectAccessible(page);
		await upload(csv('Lastgang_Oktober.csv', october), csv('Lastgang_kaputt.csv', broken));
		const row = page.getByRole('row', { name: /Lastgang_Oktober\.csv/ });
		await row.getByText(`20.–31.10.${year}`).waitFor();
		await row.getByText('1.156 neu').waitFor();
		await row.getByText('1.734,000').waitFor();
		await row.getByText('Lastgang (CSV) · Solardach Gärtnerei').waitFor();
		await card('Lassen sich nicht lesen').getByText('Lastgang_kaputt.csv').waitFor();
		await card('Lassen sich nicht lesen').getByText('Zeile 37', { exact: true }).waitFor();
		await page.getByText(`${shown(longDay)} hat 100 Viertelstunden`).waitFor();
		await card('Was sich ändert').getByText('+ 1.734 kWh').waitFor();
		await expectAccessible(page);
		const preview = page.url().slice(portal.url.length);
		await open(preview, { phone: true, dark: true });
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		await open('/betrieb/anlagen');
		await page.getByText('noch keine Werte').waitFor();
		await open(preview);
	});

	test('is stored with one click; the calendar and the day show it', async () => {
		await press('1 Datei übernehmen');
		await heading('1 Datei übernommen');
		await page.getByText('1.156 Werte gespeichert, + 1.734 kWh').waitFor();
		await card(`Solardach Gärtnerei, Einspeisung ${year}`).waitFor();
		await expectAccessible(page);
		await page.goto(`${portal.url}/betrieb/anlagen`);
		await page.getByRole('link', { name: /Solardach Gärtnerei/ }).click();
		await heading('Solardach Gärtnerei');
		const plant = page.url();
		await page.goto(`${plant}?jahr=${year}`);
		const calendar = card(`Einspeisung ${year}`);
		await calendar.getByText('an 12 Tagen mit Werten').waitFor();
		await calendar.getByText('Als Tabelle').click();
		await calendar.getByRole('row', { name: /Oktober 1\.734 12 0 0/ }).waitFor();
		await expectAccessible(page);
		await page.goto(`${plant}/tage/${longDay}`);
		await page.getByText('150,0 kWh eingespeist').waitFor();
		await page.getByText('Dieser Tag hat 100 Viertelstunden').waitFor();
		await page.getByRole('img', { name: /1-1:2\.29\.0 · Einspeisung, je Viertelstunde.*100 gemessen/ }).waitFor();
		await expectAccessible(page);
	});

	test('the same file again is known; a corrected one becomes a new version of the day', async () => {
		await open('/betrieb/messwerte/hochladen');
		const corrected = loadProfile(longDay, longDay, 1_600);
		await upload(csv('Lastgang_Oktober_Kopie.csv', october), csv('Berichtigung.csv', corrected));
		await card('Sind schon übernommen').getByText('Lastgang_Oktober_Kopie.csv').waitFor();
		await page
			.getByRole('row', { name: /Berichtigung\.csv/ })
			.getByText('100 ersetzt')
			.waitFor();
		await press('1 Datei übernehmen');
		await heading('1 Datei übernommen');
		await page.getByRole('link', { name: 'Berichtigung.csv' }).click();
		await heading('Berichtigung.csv');
		await page.getByText('1 Kanaltag ersetzt, + 10,0 kWh').waitFor();
		await expectAccessible(page);
		await page.goto(`${portal.url}/betrieb/anlagen`);
		await page.getByRole('link', { name: /Solardach Gärtnerei/ }).click();
		await heading('Solardach Gärtnerei');
		await page.goto(`${page.url()}/tage/${longDay}`);
		const versions = card('Fassungen dieses Tages');
		await versions
			.getByRole('row', { name: /^2 gilt .* 160,000 0 100 Werte anders \(00:00–24:00\), \+ 10,0 kWh/ })
			.waitFor();
		await versions.getByRole('row', { name: /^1 .* 150,000 0 erste Fassung/ }).waitFor();
	});

	test('a logger file asks for the metering point first', async () => {
		await open('/betrieb/messwerte/hochladen', { phone: true });
		const valuesWh = Array.from({ length: 96 }, (_, i) => (i > 30 && i < 70 ? 800 : 0));
		const log = writeSolarLogDay(`${year}-11-05`, valuesWh, [1]);
		await upload({ name: log?.fileName ?? '', mimeType: 'text/javascript', buffer: Buffer.from(log?.bytes ?? []) });
		await page.getByText(`${log?.fileName} nennt keinen Zählpunkt`).waitFor();
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		expect(await page.getByRole('button', { name: /übernehmen/ }).count()).toBe(0);
		await press('Zuordnen');
		await page.getByText('Bitte wählen Sie einen Zählpunkt.').waitFor();
		await page.getByLabel('Zählpunkt', { exact: true }).selectOption({ label: `Solardach Gärtnerei · ${malo}` });
		await press('Zuordnen');
		await press('1 Datei übernehmen');
		await heading('1 Datei übernommen');
		await page.getByText('+ 31,2 kWh').first().waitFor();
	});

	test('works without JavaScript, streamed, and can be discarded', async () => {
		await open('/betrieb/messwerte/hochladen', { scripts: false });
		const november = loadProfile(`${year}-11-10`, `${year}-11-20`, 900);
		await page
			.getByLabel('Messdateien')
			.setInputFiles([csv('Lastgang_November.csv', november), csv('leer.csv', Buffer.alloc(0))]);
		await press('Vorschau zeigen');
		await expect
			.poll(
				async () => {
					await page.reload();
					return page.getByRole('row', { name: /Lastgang_November\.csv/ }).innerText();
				},
				{ timeout: 20_000 },
			)
			.toMatch(/1\.056 neu/);
		await card('Lassen sich nicht lesen').getByText('Die Datei ist leer.').waitFor();
		await press('Verwerfen');
		await heading('Messwerte hochladen');
		await page.getByText('Eine Datei ist verworfen. Von ihr wurde nichts gespeichert.').waitFor();
		await page.getByRole('link', { name: 'Messwerte', exact: true }).first().click();
		await page
			.getByRole('row', { name: /Lastgang_November\.csv/ })
			.getByText('verworfen')
			.waitFor();
		await page
			.getByRole('row', { name: /Lastgang_kaputt\.csv/ })
			.getByText(/Zeile 37: „.*06:75.*“ enthält keine gültige Zeit/)
			.waitFor();
	});

	test('an unknown metering point is named, and the file waits', async () => {
		await open('/betrieb/messwerte/hochladen');
		const stranger = maloOf('5099900099');
		await upload(csv('Fremd.csv', Buffer.from(october.toString('latin1').replaceAll(malo, stranger), 'latin1')));
		await page.getByText(`Eine Datei nennt einen Zählpunkt, den keine Anlage hat: ${stranger}`).waitFor();
		await page.getByRole('button', { name: '1 Datei übernehmen' }).waitFor();
		await page.goto(`${portal.url}/betrieb`);
		await page.getByRole('link', { name: 'Eine Datei wartet auf Ihre Entscheidung' }).click();
		await press('Verwerfen');
		await page.getByText('Eine Datei ist verworfen.').waitFor();
	});
});

describe('sources', () => {
	let server: SftpServer;
	beforeAll(async () => {
		server = await startSftp({ password: 'geheim' });
		const changedS = Date.now() / 1000 - 3600;
		server.files.set('lastgang.csv', { content: loadProfile(`${year}-09-01`, `${year}-09-03`, 250), changedS });
		Object.assign(portal.config, { allowedSourceHosts: ['localhost'] });
	});
	afterAll(() => server.close());

	test('a folder that is not there is refused at its field', async () => {
		await open('/betrieb/quellen/neu');
		await expectAccessible(page);
		await page.getByRole('link', { name: /^Überwachter Ordner/ }).click();
		await page.getByLabel('Name', { exact: true }).fill('Eingang vom Netzbetreiber');
		await page.getByLabel('Ordner', { exact: true }).fill('/gibt/es/nicht');
		await press('Quelle anlegen');
		await page.getByText('Diesen Ordner gibt es auf dem Server nicht.').waitFor();
		await expectAccessible(page);
	});

	test('an SFTP folder is recorded and tried out; its files come in; it is changed without its password', async () => {
		await open('/betrieb/quellen/neu?art=sftp');
		await page.getByLabel('Name', { exact: true }).fill('Netzbetreiber');
		await page.getByLabel('Server', { exact: true }).fill(`localhost:${server.port}`);
		await page.getByLabel('Benutzername').fill('coop');
		await page.getByLabel(/^Passwort/).fill('falsch');
		await page.getByLabel(/^Ordner auf dem Server/).fill('/out');
		await press('Quelle anlegen');
		await heading(/Netzbetreiber/);
		await press('Quelle ausprobieren');
		await page.getByText('Der Server nimmt Name, Passwort oder Schlüssel nicht an.').waitFor();
		await page.getByRole('link', { name: 'Ändern' }).click();
		await heading('Netzbetreiber ändern');
		expect(await page.getByLabel(/^Ordner auf dem Server/).inputValue()).toBe('/out');
		expect(await page.getByLabel(/^Passwort/).inputValue()).toBe('');
		await page.getByLabel(/^Passwort/).fill('geheim');
		await press('Änderung speichern');
		await page.getByText('Die Quelle ist geändert.').waitFor();
		await press('Quelle ausprobieren');
		await page.getByText('Der Ordner ist erreichbar. Dateien darin: 1.').waitFor();
		const by = systemActor('jobs.fetch-files');
		await fetchFiles(portal.database.db, { by, at: new Date(), config: portal.config });
		await page.reload();
		await card('Dateien').getByRole('link', { name: 'lastgang.csv' }).waitFor();
		await card('Dateien').getByText('übernommen').waitFor();
		await page.getByText('SHA256:').first().waitFor();
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Ändern' }).click();
		await page.getByLabel(/^Nur diese Dateien/).fill('*.csv');
		await press('Änderung speichern');
		await press('Quelle ausprobieren');
		await page.getByText('Der Ordner ist erreichbar. Dateien darin: 1.').waitFor();
	});

	test('a device that sends by itself gets its token once', async () => {
		await open('/betrieb/quellen/neu?art=push');
		await page.getByLabel('Name', { exact: true }).fill('Datenlogger');
		await page
			.getByLabel(/^Reihe/)
			.first()
			.fill('zaehler');
		await page
			.getByLabel(/^Zählpunkt/)
			.first()
			.selectOption({ label: `Solardach Gärtnerei · ${malo}` });
		await press('Quelle anlegen');
		await page.getByText('Datenlogger ist angelegt').waitFor();
		const token = (await page.locator('code').first().innerText()).trim();
		const sent = await fetch(`${portal.url}/api/live-values`, {
			...{ method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
			body: JSON.stringify({ at: new Date().toISOString(), value: 1_234_000 }),
		});
		expect(sent.status).toBe(200);
		await page.getByRole('link', { name: 'Zur Quelle' }).click();
		await heading(/Datenlogger/);
		await page
			.getByText(/1\.234\skWh/)
			.first()
			.waitFor();
	});

	test('an inverter is recorded, tried out and switched off', async () => {
		await open('/betrieb/quellen/neu?art=fronius');
		await page.getByLabel('Name', { exact: true }).fill('Fronius Gärtnerei');
		await page.getByLabel('Adresse', { exact: true }).fill('http://192.0.2.7');
		await page.getByLabel(/^Zählpunkt/).selectOption({ label: `Solardach Gärtnerei · ${malo}` });
		await press('Quelle anlegen');
		await page.getByText('Auf diesen Kanal zählt schon eine andere Quelle.', { exact: false }).first().waitFor();
		await page.getByLabel(/^OBIS-Kennziffer/).fill('1-2:2.29.0');
		await press('Quelle anlegen');
		await heading(/Fronius Gärtnerei/);
		await press('Quelle ausprobieren');
		await page.getByText(/liegt in einem Netz, das nicht freigegeben ist/).waitFor();
		await expectAccessible(page);
		await press('Quelle ausschalten');
		await page.getByText('Die Quelle ist ausgeschaltet.').waitFor();
		await page.getByRole('button', { name: 'Quelle einschalten' }).waitFor();
		await page.getByRole('link', { name: 'Quellen' }).first().click();
		await page
			.getByRole('row', { name: /Fronius Gärtnerei/ })
			.getByText('ausgeschaltet')
			.waitFor();
		await expectAccessible(page);
	});
});

describe('who sees what', () => {
	const addresses = [
		...['/betrieb', '/betrieb/anlagen', '/betrieb/messwerte', '/betrieb/messwerte/hochladen', '/betrieb/quellen'],
		'/betrieb/auffaelligkeiten',
	];
	const forms = ['imap', 'sftp', 'modbus', 'mqtt', 'json'].map((kind) => `/betrieb/quellen/neu?art=${kind}`);

	test('the auditor reads everything and is offered no act', async () => {
		for (const address of addresses) {
			await open(address, { as: auditor });
			await page.getByRole('heading', { level: 1 }).waitFor();
			const acts = page.getByRole('main').getByRole('link', { name: /hochladen|Neue|hinzufügen/ });
			expect(await acts.count(), address).toBe(0);
			expect(await page.getByLabel('Messdateien').count(), address).toBe(0);
		}
	});

	test('a member does not come in', async () => {
		await open('/betrieb', { as: await portal.account('member') });
		await heading('Kein Zugang');
	});

	test('every page fits a phone, light and dark, in English too', async () => {
		for (const address of [...addresses, '/betrieb/quellen/neu', ...forms]) {
			await open(address, { phone: true, dark: true });
			await page.getByRole('heading', { level: 1 }).waitFor();
			await expectNoSidewaysScroll(page);
			await expectAccessible(page);
		}
		await open('/betrieb', { english: true });
		await page.getByRole('link', { name: 'Upload readings' }).waitFor();
	});

	test('no page complained', () => expect(portal.complaints).toEqual([]));
});

describe('a table nobody knows', () => {
	const rows = daysFrom(`${year}-06-10`, `${year}-06-13`).flatMap((day) =>
		Array.from({ length: 96 }, (_, i) => {
			const time = `${String(Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`;
			return `${shown(day)} ${time};1,250;7`;
		}),
	);
	const table = csv('unbekannt.csv', Buffer.from(['Zeit;Feld A;Feld B', ...rows, ''].join('\r\n')));

	test('is shown, gets its meaning, and is read from then on', async () => {
		await open('/betrieb/messwerte/profil', { phone: true });
		await heading('Eigene Tabellen');
		await page.getByText('Noch kein Profil').waitFor();
		await page.getByLabel('Beispieldatei').setInputFiles(table);
		await press('Datei ansehen');
		await card('Was die Spalten bedeuten').waitFor();
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		await page
			.getByRole('group', { name: /Feld A/ })
			.getByLabel('Einheit')
			.selectOption('kw');
		await page.getByLabel('Ein Tag, dessen Summe Sie kennen').fill(`${year}-06-11`);
		await page.getByLabel('Summe dieses Tages in kWh').fill('120');
		await press('Neu lesen');
		await page.getByText('Wahrscheinlich ist die Einheit kWh').waitFor();
		await page
			.getByRole('group', { name: /Feld A/ })
			.getByLabel('Einheit')
			.selectOption('kwh');
		await press('Neu lesen');
		await page.getByText('Die Summe des Tages stimmt').waitFor();
		await page.getByLabel('Name', { exact: true }).fill('Altes Portal');
		await press('Profil speichern');
		await page.getByText('Gespeichert. Dateien dieser Form').waitFor();
		await page.getByText('Altes Portal').last().waitFor();
		await page.goto(`${portal.url}/betrieb/messwerte/hochladen`);
		await upload(table);
		await page.getByText('eigenes Profil').first().waitFor();
	}, 60_000);
});
