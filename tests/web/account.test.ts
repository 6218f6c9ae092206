// From an empty database to a signed-in board, and the pages of one's own account, as people use them in a browser.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { setupCode } from '../../api/accounts/service/setup.ts';
import { system } from '../database.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, totpCode, usePortal } from './portal.ts';

const portal = usePortal({ demo: true });

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
const pathOf = (page: Page) => new URL(page.url()).pathname;

async function signIn(page: Page, { email, password, totpSecret }: Account, later = 0): Promise<void> {
	await page.getByLabel('E-Mail-Adresse').fill(email);
	await page.getByLabel('Passwort', { exact: true }).fill(password);
	await press(page, 'Anmelden');
	if (!totpSecret) return;
	await heading(page, 'Zweiter Schritt');
	await page.getByLabel('Code aus der App').fill(totpCode(totpSecret, later));
	await press(page, 'Anmelden');
}

/** The link in the last mail to somebody. */
async function linkTo(email: string, subject: string): Promise<string> {
	const mail = (await portal.mailsTo(email)).findLast((one) => one.subject === subject);
	const link = /https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
	expect(link.startsWith(`${portal.url}/`), mail?.text).toBe(true);
	return link.slice(portal.url.length);
}

describe('the first visit', () => {
	let page: Page;
	const cooperative = 'Bürgerenergie Großräschen-Lübbenau eG';

	test('leads to the set-up from everywhere', async () => {
		for (const address of ['/', '/anmelden', '/willkommen', '/mitglied-werden', '/satzung', '/konto']) {
			page = await portal.open(address, { phone: address === '/' });
			expect(pathOf(page), address).toBe('/einrichtung');
			if (address === '/') await expectNoSidewaysScroll(page);
		}
		await expectAccessible(page);
	});

	test('keeps what was typed when the code is wrong', async () => {
		const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
		await fill('Einmalcode', 'WRONG-WRONG-WRONG-WRONG');
		await fill('Name', cooperative);
		await fill('Straße und Hausnummer', 'Am Gärtnerplatz 1');
		await fill('Postleitzahl', '01983');
		await fill('Ort', 'Großräschen');
		await fill('Registergericht', 'Amtsgericht Cottbus');
		await fill('Registernummer', 'GnR 412');
		await fill('E-Mail-Adresse der Genossenschaft', 'vorstand@lausitz.example');
		await fill('Diese Fassung gilt seit', '2019-05-02');
		await fill('Beschlossen von', 'Gründungsversammlung am 02.05.2019');
		await fill('Vor- und Nachname', 'Änne Weiß');
		await fill('E-Mail-Adresse', 'aenne.weiss@lausitz.example');
		await fill('Passwort', 'drei Kühe, ein Windrad');
		await press(page, 'Genossenschaft einrichten');
		await page.getByText('Dieser Code gilt nicht.', { exact: false }).first().waitFor();
		expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(cooperative);
		expect(await page.getByLabel('Postleitzahl').inputValue()).toBe('01983');
	});

	test('makes the cooperative and the first account, then asks for the second step', async () => {
		const code = await setupCode(portal.database.db, { by: system, at: new Date() });
		const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
		await fill('Einmalcode', code ?? '');
		await fill('Passwort', 'drei Kühe, ein Windrad');
		await fill('Geschäftsanteil', '0,50');
		await press(page, 'Genossenschaft einrichten');
		await page.getByText('Das Gesetz lässt hier 1,00 € bis 1.000.000,00 € zu.').waitFor();
		await fill('Geschäftsanteil', '250,00');
		await fill('Pflichteinzahlung je Anteil', '250,00');
		await press(page, 'Genossenschaft einrichten');
		await heading(page, 'Anmeldung in zwei Schritten');
		expect(pathOf(page)).toBe('/konto/zweiter-schritt');
		await page.goto(`${portal.url}/vorstand/mitglieder`);
		expect(pathOf(page)).toBe('/konto');
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Jetzt einrichten' }).click();
		await press(page, 'Jetzt einrichten');
		await heading(page, 'App verbinden');
		await expectAccessible(page);
		const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(/\s/g, '');
		await page.getByLabel('Code aus der App').fill('000000');
		await press(page, 'Zweiten Schritt einschalten');
		await page.getByText('Dieser Code gilt nicht').first().waitFor();
		await page.getByLabel('Code aus der App').fill(totpCode(secret));
		await press(page, 'Zweiten Schritt einschalten');
		await heading(page, /zweite Schritt ist aktiv/);
		const codes = await page.getByRole('list', { name: 'Notfallcodes' }).getByRole('listitem').allTextContents();
		expect(codes).toHaveLength(10);
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Ich habe sie aufbewahrt' }).click();
		await page.waitForURL('**/vorstand');

		const second = await portal.open('/anmelden');
		const founder = { email: 'aenne.weiss@lausitz.example', password: 'drei Kühe, ein Windrad', totpSecret: secret };
		await signIn(second, founder as Account, 1);
		await second.waitForURL('**/vorstand');
		await second.getByText('Änne Weiß').first().click();
		await press(second, 'Abmelden');
		await second.getByText('Sie sind abgemeldet.').waitFor();

		const third = await portal.open('/anmelden');
		await signIn(third, { ...founder, totpSecret: undefined } as Account);
		await heading(third, 'Zweiter Schritt');
		await third.getByText('Sie kommen nicht an Ihre App?').click();
		await third.getByLabel('Notfallcode').fill(codes[0] ?? '');
		await press(third, 'Mit Notfallcode anmelden');
		await third.waitForURL('**/vorstand');
	});

	test('is over afterwards', async () => {
		const visitor = await portal.open('/einrichtung');
		expect(pathOf(visitor)).toBe('/willkommen');
		await heading(visitor, cooperative);
		await expectAccessible(visitor);
	});
});

describe('signing in', () => {
	let member: Account;
	beforeAll(async () => {
		member = await portal.account('member', { name: 'Jördis Großmann-Weißenfels', emailConfirmed: false });
	});

	test('says the same for a wrong password and an unknown address, and leads on to the page asked for', async () => {
		const page = await portal.open('/konto/geraete', { phone: true });
		expect(pathOf(page)).toBe('/anmelden');
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		for (const email of [member.email, 'niemand@auental.example']) {
			await signIn(page, { ...member, email, password: 'ganz bestimmt falsch' });
			await page.getByRole('alert').getByText('E-Mail-Adresse und Passwort passen nicht zusammen.').waitFor();
			expect(await page.getByLabel('E-Mail-Adresse').inputValue()).toBe(email);
		}
		await signIn(page, member);
		await page.waitForURL('**/konto/geraete');
	});

	test('works without JavaScript, code included', async () => {
		const board = await portal.account('board');
		const page = await portal.open('/anmelden?weiter=/konto', { scripts: false });
		await signIn(page, { ...board, totpSecret: undefined });
		await heading(page, 'Zweiter Schritt');
		await page.getByLabel('Code aus der App').fill('123456');
		await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
		await page.getByRole('alert').getByText('Dieser Code gilt nicht').waitFor();
		await page.getByLabel('Code aus der App').fill(totpCode(board.totpSecret ?? ''));
		await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
		await heading(page, 'Konto und Sicherheit');
	});

	test('says until when to wait after many attempts', async () => {
		const page = await portal.open('/anmelden');
		for (let attempt = 0; attempt < 6; attempt++) {
			await signIn(page, { ...member, email: 'ungeduldig@auental.example', password: `Versuch ${attempt} war falsch` });
			await page.locator('[role=alert], [role=status]').first().waitFor();
		}
		await page.getByText(/Ab \d\d:\d\d Uhr können Sie es noch einmal versuchen/).waitFor();
		await expectAccessible(page);
	});
});

describe('links in mails', () => {
	test('a forgotten password is set anew, with rules explained, once', async () => {
		const account = await portal.account('member');
		const page = await portal.open('/passwort-vergessen', { phone: true });
		await expectAccessible(page);
		await page.getByLabel('E-Mail-Adresse').fill(account.email);
		await press(page, 'Link schicken');
		await heading(page, 'Bitte sehen Sie in Ihr Postfach');
		const link = await linkTo(account.email, 'Neues Passwort');

		await page.goto(portal.url + link);
		await heading(page, 'Passwort wählen');
		await page.waitForURL('**/passwort');
		expect(page.url()).not.toContain('token');
		await page.getByLabel('Neues Passwort').fill('kurz');
		await page.getByText('Noch 11 von mindestens 15 Zeichen').waitFor();
		await press(page, 'Passwort speichern');
		await page.getByText('Bitte nehmen Sie mindestens 15 Zeichen.', { exact: false }).first().waitFor();
		await expectAccessible(page);
		await page.getByLabel('Neues Passwort').fill('acht Hühner unter Strom');
		await press(page, 'Passwort speichern');
		await page.getByText('Ihr Passwort ist gesetzt.', { exact: false }).waitFor();
		await signIn(page, { ...account, password: 'acht Hühner unter Strom' });
		await page.waitForURL((url) => url.pathname !== '/anmelden');

		// A slow connection: the password is typed before the page's scripts are there.
		const again = await portal.open('/anmelden');
		await again.route('**/*.js', async (route) => {
			await new Promise((done) => setTimeout(done, 500));
			await route.continue();
		});
		await again.goto(portal.url + link, { waitUntil: 'commit' });
		await again.getByLabel('Neues Passwort').fill('neun Hühner unter Strom');
		await press(again, 'Passwort speichern');
		await again.getByText('Dieser Link gilt nicht mehr', { exact: false }).waitFor();
	});

	test('without JavaScript the link is pasted', async () => {
		const account = await portal.account('member', { emailConfirmed: false });
		const asking = await portal.open('/konto', { as: account });
		await asking.getByText('noch nicht bestätigt').waitFor();
		await press(asking, 'Bestätigungslink schicken');
		await asking.getByText('Der Link ist unterwegs.', { exact: false }).waitFor();
		const link = await linkTo(account.email, 'Bitte bestätigen Sie Ihre E-Mail-Adresse');
		const page = await portal.open(link, { scripts: false });
		await press(page, 'Ja, das ist meine Adresse');
		await page.getByText('Hier fehlt der Link aus der E-Mail.').waitFor();
		await page.getByLabel('Link aus der E-Mail').fill(portal.url + link);
		await press(page, 'Ja, das ist meine Adresse');
		await heading(page, 'Ihre Adresse ist bestätigt');
		await asking.reload();
		await asking.getByText('bestätigt', { exact: true }).waitFor();
	});

	test('the demo shows its mails, and their links lead into the portal', async () => {
		const page = await portal.open('/mails', { dark: true });
		await page.getByText('Neues Passwort').first().waitFor();
		await expectAccessible(page);
		await page.getByRole('searchbox').fill('gibt es nicht');
		await page.getByRole('searchbox').press('Enter');
		await page.getByText('Nichts gefunden').waitFor();
	});
});

describe("one's own account", () => {
	test('shows everything, in German and English, light and dark, wide and narrow', async () => {
		const account = await portal.account(['member', 'board'], {
			name: 'Dr. Ömer Özdemir-Thüringer von und zu Übelbach',
		});
		for (const address of ['', '/passwort', '/e-mail', '/zweiter-schritt', '/geraete', '/bestaetigen']) {
			const page = await portal.open(`/konto${address}`, { phone: true, as: account });
			await expectAccessible(page);
			await expectNoSidewaysScroll(page);
		}
		const dark = await portal.open('/konto', { dark: true, english: true, as: account });
		await heading(dark, 'Account and security');
		await expectAccessible(dark);
	});

	test('the language is kept for pages and mails', async () => {
		const page = await portal.open('/konto', { as: await portal.account('member') });
		await page.getByRole('radio', { name: 'English' }).check();
		await press(page, 'Sprache übernehmen');
		await heading(page, 'Account and security');
		await page.getByText('From now on', { exact: false }).waitFor();
	});

	test('the password is changed and every other device is signed out', async () => {
		const account = await portal.account('member');
		const other = await portal.open('/konto', { as: account });
		const page = await portal.open('/konto/passwort', { as: account });
		await page.getByLabel('Bisheriges Passwort').fill('weiß ich nicht mehr');
		await page.getByLabel('Neues Passwort').fill('zwölf Schafe auf dem Deich');
		await press(page, 'Passwort ändern');
		await page.getByText('Das ist nicht Ihr heutiges Passwort.').first().waitFor();
		await page.getByLabel('Bisheriges Passwort').fill(account.password);
		await page.getByLabel('Neues Passwort').fill('zwölf Schafe auf dem Deich');
		await press(page, 'Passwort ändern');
		await page.getByText('Ihr Passwort ist geändert.', { exact: false }).waitFor();
		await other.reload();
		expect(pathOf(other)).toBe('/anmelden');
	});

	test('a device is signed out from another one', async () => {
		const account = await portal.account('member');
		const lost = await portal.open('/konto', { as: account });
		const page = await portal.open('/konto/geraete', { as: account });
		await expectAccessible(page);
		await page.getByRole('listitem').getByRole('button', { name: 'Abmelden' }).first().click();
		await page.getByText('Das Gerät ist abgemeldet.').waitFor();
		await lost.reload();
		expect(pathOf(lost)).toBe('/anmelden');
	});

	test('something sensitive asks for password first, long after signing in', async () => {
		const account = await portal.account('member');
		const page = await portal.open('/konto/zweiter-schritt', { as: account });
		await portal.database
			.owner`update sessions set proved_at = proved_at - interval '1 hour' where person_id = ${account.personId}`;
		await press(page, 'Jetzt einrichten');
		await heading(page, 'Sind Sie es?');
		await page.getByLabel('Passwort', { exact: true }).fill(account.password);
		await press(page, 'Bestätigen');
		await heading(page, 'Anmeldung in zwei Schritten');
		await press(page, 'Jetzt einrichten');
		await heading(page, 'App verbinden');
	});
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
