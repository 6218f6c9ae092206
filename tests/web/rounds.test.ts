// A subscription round in the browser: the board sets it, members and a joiner subscribe, the board looks, decides, everybody sees the result.
import { beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { setRound } from '../../api/shares/service/rounds/set.ts';
import { board, foundTestCooperative, join } from '../cooperative.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
let anna: Account;
let auditor: Account;
let erika: Account;
let jonas: Account;

/** A member with one paid share and an account. */
async function memberNamed(givenNames: string): Promise<Account> {
	const name = { familyName: 'Zeichner', givenNames };
	const { memberId, number } = await join(portal.database.db, '2024-01-10', 1, { name });
	const payment = { memberNumber: number, amountCents: 50_000, valueOn: '2024-01-20', purpose: 'Anteile' };
	await recordPayment(portal.database.db, {
		...{ by: board, at: new Date('2024-01-20T11:00:00Z'), payment: { ...payment, bankReference: `R${number}` } },
	});
	return portal.account('member', { name: `${givenNames} Zeichner`, memberId });
}

beforeAll(async () => {
	await foundTestCooperative(portal.database.db, { maxShares: 20 });
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
	erika = await memberNamed('Erika');
	jonas = await memberNamed('Jonas');
}, 240_000);

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const flash = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** Moves the window of the one round: the clock of the tests is the real one. */
async function windowFrom(opens: number, closes: number): Promise<void> {
	const at = (hours: number) => new Date(Date.now() + hours * 3_600_000);
	await portal.database.owner`update subscription_rounds set opens_at = ${at(opens)}, closes_at = ${at(closes)}`;
}

async function declareAndSubscribe(page: Page, count: string): Promise<void> {
	await page.getByLabel('Wie viele Anteile möchten Sie zeichnen?').fill(count);
	for (const box of await page.getByRole('checkbox').all()) await box.check();
	await page.getByRole('button', { name: /Verbindlich zeichnen|Zeichnung ändern/ }).click();
}

test('the board sets a round; what cannot be is refused with what was typed kept', async () => {
	const page = await portal.open('/vorstand/mitglieder/runden', { as: anna });
	await page.getByText('Noch keine Zeichnungsrunde').waitFor();
	await expectAccessible(page);
	await page.getByRole('link', { name: 'Neue Runde' }).click();
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await page.getByLabel('Titel').fill('Solarpark Südhang');
	await page.getByLabel('Wofür').fill('Zwölf Modultische für das Schulzentrum.');
	await page.getByLabel('Volumen', { exact: true }).fill('10');
	await page.getByLabel('Höchstens je Zeichnung').fill('99');
	await press(page, 'Runde anlegen');
	await page.getByText('passen nicht zusammen', { exact: false }).last().waitFor();
	expect(await page.getByLabel('Titel').inputValue()).toBe('Solarpark Südhang');
	await page.getByLabel('Höchstens je Zeichnung').fill('12');
	await press(page, 'Runde anlegen');
	await flash(page, /Die Runde ist angelegt/);
	await page.getByText('Noch hat niemand gezeichnet').waitFor();
	await page.getByText('Entschieden wird nach dem Ende der Frist').waitFor();
	await page.getByRole('link', { name: 'Runde ändern' }).click();
	await expectAccessible(page);
	await page.getByLabel('Wofür').fill('Vierzehn Modultische für das Schulzentrum.');
	await press(page, 'Speichern');
	await flash(page, /Die Runde ist geändert/);
	await page.getByText('Vierzehn Modultische').waitFor();
});

test('a member finds the coming round, subscribes once it is open, changes, and cannot go beyond the cap', async () => {
	const page = await portal.open('/anteile', { as: erika, phone: true });
	await page.getByRole('heading', { name: 'Solarpark Südhang' }).waitFor();
	await page.getByRole('link', { name: 'Ansehen', exact: true }).click();
	await page.getByText('Beginnt am', { exact: false }).waitFor();
	await windowFrom(-1, 24);
	const home = await portal.open('/', { as: erika });
	await home.getByRole('link', { name: /Solarpark Südhang/ }).click();
	await home.getByRole('heading', { level: 1, name: 'Solarpark Südhang' }).waitFor();
	await expectAccessible(home);
	await expectNoSidewaysScroll(home);
	await page.reload();
	await declareAndSubscribe(page, '8');
	await flash(page, /8 Anteile sind gezeichnet/);
	await declareAndSubscribe(page, '6');
	await flash(page, /6 Anteile sind gezeichnet/);
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	const other = await portal.open('/anteile', { as: jonas, scripts: false });
	await other.getByRole('link', { name: 'Ansehen und zeichnen' }).click();
	await other.locator('form[action*="subscribe"]').evaluate((form) => form.setAttribute('novalidate', ''));
	await declareAndSubscribe(other, '13');
	await other.getByText('höchstens 12 Anteile', { exact: false }).last().waitFor();
	await declareAndSubscribe(other, '9');
	await flash(other, /9 Anteile sind gezeichnet/);
});

test('a visitor sees the announced round and subscribes with the declaration to join', async () => {
	const page = await portal.open('/willkommen');
	await page.getByRole('heading', { name: 'Solarpark Südhang' }).waitFor();
	await expectAccessible(page);
	await page.getByRole('link', { name: 'Beitreten und zeichnen' }).click();
	const fields = {
		...{ Vornamen: 'Änne', Nachname: 'Neuhaus', Geburtsdatum: '1990-05-17', Postleitzahl: '43210', Ort: 'Auental' },
		...{ 'Straße und Hausnummer': 'Am Wehr 3', 'E-Mail-Adresse': 'aenne.neuhaus@auental.example' },
	};
	for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
	await page.getByLabel('Anteile in dieser Runde').fill('13');
	for (const box of await page.getByRole('group', { name: 'Ihre Erklärung' }).getByRole('checkbox').all())
		await box.check();
	await page.getByRole('checkbox', { name: /in dieser Runde gezeichneten/ }).check();
	await press(page, 'Beitritt verbindlich erklären');
	await page.getByText('höchstens 12 Anteile', { exact: false }).last().waitFor();
	await page.getByLabel('Anteile in dieser Runde').fill('5');
	await press(page, 'Beitritt verbindlich erklären');
	await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
});

test('the board sees the preview at any time and decides after the close; everybody is told', async () => {
	const page = await portal.open('/vorstand/mitglieder/runden', { as: anna });
	await page.getByRole('link', { name: 'Solarpark Südhang' }).click();
	await page.getByText('Überzeichnet: 20 gezeichnet, 10 zu vergeben.', { exact: false }).waitFor();
	expect(await page.getByRole('button', { name: 'Zuteilung beschließen' }).count()).toBe(0);
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await windowFrom(-48, -1 / 60);
	await page.reload();
	await page.getByLabel('Beschluss Nr.').fill('V 31/2026');
	await press(page, 'Zuteilung beschließen');
	await flash(page, /Entschieden: 10 Anteile an 3 Zeichnungen/);
	await page.getByText('Beschluss V 31/2026', { exact: false }).waitFor();
	await expectAccessible(page);
	const reader = await portal.open('/vorstand/mitglieder/runden', { as: auditor, phone: true, english: true });
	await reader.getByRole('link', { name: 'Solarpark Südhang' }).click();
	await reader.getByText('10 shares were given out.').waitFor();
	await expectNoSidewaysScroll(reader);
	const [mail] = (await portal.mailsTo('aenne.neuhaus@auental.example')).filter(({ subject }) =>
		subject.startsWith('Ergebnis der Zeichnungsrunde'),
	);
	expect(mail?.text).toMatch(/5 Geschäftsanteile gezeichnet und bekommen [23] Geschäftsanteile/);
	const own = await portal.open('/anteile', { as: erika });
	await own.getByRole('link', { name: 'Ansehen', exact: true }).click();
	await own.getByText('Zugeteilt: 3 von 6').waitFor();
	await own.getByText('nach der Regel gekürzt', { exact: false }).waitFor();
});

test('a round is called off with a reason', async () => {
	const page = await portal.open('/vorstand/mitglieder/runden/neu', { as: anna, scripts: false });
	await page.getByLabel('Titel').fill('Windpark Kamm');
	await page.getByLabel('Wofür').fill('Zwei Anlagen auf dem Kamm.');
	await page.getByLabel('Volumen in').selectOption('euro');
	await page.getByLabel('Volumen', { exact: true }).fill('25.000');
	await press(page, 'Runde anlegen');
	await page.getByText('50 Anteile, 25.000,00', { exact: false }).waitFor();
	await page.getByText('Runde absagen').click();
	await page.getByLabel('Grund').fill('Der Pachtvertrag kam nicht zustande.');
	await press(page, 'Endgültig absagen');
	await page.getByText('Abgesagt: Der Pachtvertrag kam nicht zustande.').waitFor();
});

test('a member sees what became of a declaration to take further shares', async () => {
	const karla = await memberNamed('Karla');
	const page = await portal.open('/anteile/weitere', { as: karla, phone: true });
	await page.getByLabel('Wie viele', { exact: false }).fill('2');
	for (const box of await page.getByRole('checkbox').all()) await box.check();
	await page.getByRole('button', { name: /verbindlich|erklären|übernehmen/i }).click();
	await flash(page, /./);
	const desk = await portal.open('/vorstand/mitglieder/anteile', { as: anna });
	await desk.getByText('Ablehnen', { exact: true }).first().click();
	await desk.getByLabel('Beschluss Nr.').last().fill('V 40/2026');
	await press(desk, 'Endgültig ablehnen');
	await flash(desk, /abgelehnt/);
	await page.goto(`${portal.url}/anteile/weitere`);
	await page.getByText(/nicht angenommen am .*, Beschluss V 40\/2026/).waitFor();
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	expect((await portal.mailsTo(karla.email)).map(({ subject }) => subject)).toEqual([]);
});

test('the board enters a subscription on paper and changes the volume of an open round; everybody is told why', async () => {
	const now = Date.now();
	await setRound(portal.database.db, {
		...{ by: board, at: new Date(now) },
		round: {
			...{ title: 'Windrad Ost', purpose: 'Ein Windrad am Osthang', announced: false, rule: 'first-come' },
			...{ opensAt: new Date(now - 86_400_000), closesAt: new Date(now + 86_400_000) },
			...{ volumeShares: 10, volumeCents: null, floorShares: 1, capShares: 5 },
		},
	});
	const [jonasFile] = await portal.database.owner`select number, email from members where given_names = 'Jonas'`;
	const page = await portal.open('/vorstand/mitglieder/runden', { as: anna, phone: true });
	await page.getByRole('link', { name: 'Windrad Ost' }).click();
	await page.getByText('Zeichnung auf Papier eintragen').click();
	await page.getByLabel('Nummer', { exact: true }).fill(String(jonasFile?.number));
	await page.getByLabel('Anzahl', { exact: true }).fill('2');
	await page.getByLabel('Unterschrieben am').fill('2026-01-05');
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await press(page, 'Zeichnung eintragen');
	await flash(page, /Die Zeichnung ist eingetragen/);
	await page.getByText('Ende oder Volumen ändern').click();
	await page.getByLabel('Volumen', { exact: true }).fill('11');
	await page.getByLabel('Grund', { exact: true }).first().fill('Ein Flügel mehr');
	await press(page, 'Ändern und benachrichtigen');
	await flash(page, /bekommt eine Nachricht/);
	const letter = (await portal.mailsTo(String(jonasFile?.email))).at(-1);
	expect(letter?.text).toMatch(/Ein Flügel mehr[\s\S]*11 Geschäftsanteile \(bisher 10 Geschäftsanteile\)/);
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
