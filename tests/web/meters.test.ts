// Readings with versions as people handle them: an unknown metering point finds its place, an import is undone, a meter is exchanged.
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { systemActor } from '../../api/values/actor.ts';
import { foundTestCooperative } from '../cooperative.ts';
import { interchange, message, slotsFrom } from '../rules/readings-files.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal, type View } from './portal.ts';

const portal = usePortal();
const by = systemActor('test');
const [malo, stranger] = ['51481308448', '51481308456'];
const at = new Date('2026-03-01T10:00:00Z');
let operator: Account;
let plant = '';
let page: Page;

async function open(address: string, view: View = {}): Promise<void> {
	page = await portal.open(address, { as: operator, ...view });
}

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name: string) => page.getByRole('button', { name }).click();
const card = (name: string | RegExp) => page.getByRole('region', { name });

/** Stores a message of the first of February. */
async function store(name: string, meteringPoint: string, kwh: string): Promise<void> {
	const file = path.join(mkdtempSync(path.resolve('.cache/meters-')), name);
	const channels = [{ meteringPoint, slots: slotsFrom('2026-02-01'), value: () => kwh }];
	const text = interchange([message({ document: name, channels })]);
	// A message written a day later than the one before.
	writeFileSync(file, name === 'Fremd.txt' ? text.replaceAll('202602011250', '202602021250') : text);
	await importFile(portal.database.db, { by, at, path: file, origin: 'command' });
}

beforeAll(async () => {
	const { db } = portal.database;
	await foundTestCooperative(db);
	operator = await portal.account('operator', { name: 'Jens Petersen' });
	const facts = { name: 'Solardach', kind: 'solar' as const, capacityW: 99_000, postcode: '43211', town: 'Auental' };
	plant = (await addPlant(db, { by, at, plant: { ...facts, commissionedOn: '2017-06-21' } })).id;
	await addMeteringPoint(db, { by, at, plantId: plant, marketLocation: malo });
	await store('Lastgang.txt', malo, '1.000');
	await store('Fremd.txt', stranger, '2.000');
}, 60_000);

describe('readings with versions', () => {
	test('values of an unknown metering point find their place', async () => {
		await open('/betrieb');
		await page.getByRole('link', { name: 'Eine Entscheidung zu Messwerten steht aus.' }).first().click();
		await heading('Offene Entscheidungen');
		await card(`Unbekannter Zählpunkt ${stranger}`)
			.getByText(/192,0\s?kWh/)
			.waitFor();
		await expectAccessible(page);
		await press('Zuordnen');
		await page.getByText('Bitte wählen Sie einen Zählpunkt.').waitFor();
		await page.getByLabel('Zählpunkt', { exact: true }).selectOption({ label: `Solardach · ${malo}` });
		await press('Zuordnen');
		await page.getByText(`Der Zählpunkt ${stranger} ist zugeordnet: 1 Kanaltag ersetzt.`).waitFor();
		await page.getByText('Nichts offen').waitFor();
		await page.goto(`${portal.url}/betrieb/anlagen/${plant}/tage/2026-02-01`);
		await page.getByText('192,0 kWh eingespeist').waitFor();
	});

	test('an import is undone in two steps, the day is what it was before, and both are kept', async () => {
		await open('/betrieb/messwerte', { phone: true });
		await page.getByRole('link', { name: 'Fremd.txt' }).click();
		await page.getByRole('link', { name: 'Import rückgängig machen' }).click();
		await heading('Import rückgängig machen');
		await card('Was sich ändert')
			.getByText(/96,0\s?kWh/)
			.first()
			.waitFor();
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		await page.getByLabel('Begründung').fill('gehört zu einer anderen Anlage');
		await press('Jetzt rückgängig machen');
		await page.getByText('Fremd.txt ist rückgängig gemacht.').waitFor();
		await page.getByText('Begründung: gehört zu einer anderen Anlage').waitFor();
		await expectAccessible(page);
		await open(`/betrieb/anlagen/${plant}/tage/2026-02-01`);
		await page.getByText('96,0 kWh eingespeist').waitFor();
		await card('Fassungen dieses Tages')
			.getByRole('row', { name: /^3 gilt / })
			.waitFor();
		await page.getByLabel('Bekannt am').fill('2026-03-01T11:00');
		await press('Zeigen');
		await page.getByText(/96,000\s?kWh, Fassung 1/).waitFor();
		await expectAccessible(page);
	});

	test('a meter is recorded, read with a photo by phone, and exchanged with both readings', async () => {
		await open(`/betrieb/anlagen/${plant}`, { phone: true });
		await page.getByRole('link', { name: 'Zählerstände' }).click();
		await heading('Zählerstände');
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		await page.getByLabel('Gerätenummer').fill('1LGZ0056789012');
		await page.getByLabel('Eingebaut am').fill('2017-06-21');
		await press('Zähler eintragen');
		await page.getByText('Zähler 1LGZ0056789012 ist eingetragen.').waitFor();
		const photo = { name: 'zaehler.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]) };
		await page.getByLabel('Angezeigter Stand').fill('12.345,6');
		await page.getByLabel('Abgelesen am').fill('2026-01-01T00:00');
		await page.getByLabel('Foto vom Zähler').setInputFiles({ ...photo, buffer: Buffer.from('%PDF-1.7') });
		await press('Stand speichern');
		await page.getByText('Das ist kein Foto als JPEG, PNG, WebP oder HEIC.').first().waitFor();
		expect(await page.getByLabel('Angezeigter Stand').inputValue()).toBe('12.345,6');
		await page.getByLabel('Foto vom Zähler').setInputFiles(photo);
		await press('Stand speichern');
		await page.getByText('Der Stand ist gespeichert.').waitFor();
		await page.getByLabel('Angezeigter Stand').fill('12.000');
		await page.getByLabel('Abgelesen am').fill('2026-02-01T00:00');
		await press('Stand speichern');
		await page.getByText('Er passt nicht zum vorigen').waitFor();
		await page.getByText(/Der Stand ist gefallen: 12\.345,600/).waitFor();
		await expectAccessible(page);
		expect(await page.getByRole('link', { name: 'Foto', exact: true }).count()).toBe(1);
		await page.getByText('Entscheiden', { exact: true }).click();
		await page.getByText('Zählt nicht', { exact: true }).click();
		await page.getByLabel('Begründung').first().fill('Zahlendreher');
		await press('Entscheidung speichern');
		await page.getByText('Die Entscheidung ist gespeichert.').waitFor();

		await page.getByRole('link', { name: 'Zähler wechseln' }).click();
		await heading('Zähler wechseln');
		await expectNoSidewaysScroll(page);
		await expectAccessible(page);
		await page.getByLabel('Gewechselt am').fill('2026-02-01T10:00');
		await page.getByLabel(/^Letzter Stand von 1LGZ0056789012/).fill('12.645,6');
		await page.getByLabel(/^Erster Stand des neuen Zählers/).fill('0');
		await page.getByLabel('Gerätenummer des neuen Zählers').fill('1LGZ0099999999');
		await press('Wechsel speichern');
		await page.getByText('Der Zähler ist gewechselt, neu ist 1LGZ0099999999.').waitFor();
		await page.getByText('Zähler gewechselt; beide Stände liegen vor.').waitFor();
		await page.getByText(/300,0\s?kWh seit/).waitFor();
		await expectAccessible(page);
	});

	test('no page complained', () => expect(portal.complaints).toEqual([]));
});
